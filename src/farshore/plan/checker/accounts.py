"""What turned lanes and turns of zones are said to gain: worked out again from prices, in whole numbers."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from farshore.errors import ScenarioFaults
from farshore.plan.checker.bound import lower_bound
from farshore.plan.checker.figures import SUMMARY
from farshore.plan.checker.files import Faults, csv_rows, differences, step_of
from farshore.plan.checker.problem import Problem, problem_of
from farshore.plan.checker.stated import prices_in
from farshore.plan.checker.timetable import Ints, least
from farshore.plan.checker.turned import (
    Lanes,
    Option,
    all_lanes,
    all_options,
    bound_of_choices,
    only_for_use,
    opens_after,
    widened,
)
from farshore.scenario.check import read_scenario

__all__ = ["check_accounts"]

PROOF: Final = "orders_proof.json"
CONTRAFLOW: Final = "contraflow.csv"
MICRO: Final = 1_000_000
REVERSAL: Final = (
    "link_id",
    "name",
    "from_node_id",
    "towards_node_id",
    "closes",
    "opens",
    "until",
    "lanes",
    "capacity_veh_h",
    "widened_link_id",
    "order",
)


def check_accounts(
    folder: Path, problem: Problem, options: Any, *, objective: int, bound: int | None, faults: Faults
) -> None:
    """Fault every figure of `options.contraflow` and `options.staging` that prices do not prove.

    objective, bound : of the plan itself. What it would cost if all left at once is not looked at.
    """
    told = options if isinstance(options, dict) else {}
    accounts = {name: told[name] for name in ("contraflow", "staging") if name in told}
    if not accounts:
        return
    try:
        proof = json.loads((folder / PROOF).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        proof = None
    if not isinstance(proof, dict) or set(proof) != set(accounts):
        faults.add(PROOF, 0, "", f"must hold what proves {' and '.join(accounts)}")
        return
    unstaged, free = problem, bound
    if "staging" in accounts:
        before = _before(folder, "unstaged", faults)
        if before is None:
            return
        unstaged = before
        free = _check_staging(
            accounts["staging"], proof["staging"], problem, before, objective, bound, faults
        )
    if "contraflow" in accounts:
        before = _before(folder, "unreversed", faults)
        if before is not None:
            account = accounts["contraflow"]
            _check_contraflow(folder, account, proof["contraflow"], unstaged, before, objective, free, faults)


def _before(folder: Path, name: str, faults: Faults) -> Problem | None:
    try:
        return problem_of(read_scenario(folder / name, allow_cut_zones=True))
    except ScenarioFaults as wrong:
        for fault in wrong.faults:
            faults.add(f"{name}/{fault.file}", fault.row, fault.column, fault.cause, fault.remedy)
        return None


def _proven(prices: Any, name: str, problem: Problem, faults: Faults) -> int | None:
    """The bound that prices prove for every plan of a problem."""
    here = Faults()
    found = prices_in({"prices": prices}, problem, here)
    for fault in here.found:
        faults.add(PROOF, 0, f"{name}.{fault.column}", fault.cause)
    if found is None:
        return None
    return lower_bound(problem.network, problem.zones, problem.hosts, problem.left_cost, found)


def _check_staging(
    account: Any,
    proof: Any,
    problem: Problem,
    before: Problem,
    objective: int,
    bound: int | None,
    faults: Faults,
) -> int | None:
    """The bound of the plan without windows, if its prices can be read."""
    prices = proof.get("unstaged") if isinstance(proof, dict) else None
    free = _proven(prices, "staging.unstaged", before, faults)
    at_once = account.get("all_at_once") if isinstance(account, dict) else None
    if not isinstance(at_once, (int, float)) or isinstance(at_once, bool) or free is None:
        if free is not None:
            faults.add(SUMMARY, 0, "options.staging.all_at_once", "is no number")
        return free
    if [(z.zone_id, z.people) for z in problem.zones] != [(z.zone_id, z.people) for z in before.zones]:
        faults.add("unstaged/zones.csv", 0, "", "has other people than the plan's scenario")
    own = _own_objective(account, objective, bound, "staging", faults)
    expected = {
        "objective": own / MICRO,
        "lower_bound": free / MICRO,
        "all_at_once": at_once,
        "all_at_once_not_arrived": account.get("all_at_once_not_arrived"),
        "gain": (round(at_once * MICRO) - own) / MICRO,
        "gain_at_most": (round(at_once * MICRO) - free) / MICRO,
    }
    _compare(account, expected, "staging", faults)
    return free


def _own_objective(
    account: Mapping[str, Any], objective: int, bound: int | None, name: str, faults: Faults
) -> int:
    """What the account says that the best plan costs; no table shows it once households move."""
    value = account.get("objective")
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        faults.add(SUMMARY, 0, f"options.{name}.objective", "is no number")
        return objective
    own = round(value * MICRO)
    if own > objective or (bound is not None and own < bound):
        cause = (
            f"says {value:,}; the plan itself costs {objective / MICRO:,}, and no plan less than its bound"
        )
        faults.add(SUMMARY, 0, f"options.{name}.objective", cause)
    return own


def _compare(account: Any, expected: dict[str, Any], name: str, faults: Faults) -> None:
    def report(place: str, cause: str) -> None:
        faults.add(SUMMARY, 0, place, cause)

    differences(account, expected, f"options.{name}", report)


def _check_contraflow(
    folder: Path,
    account: Any,
    proof: Any,
    problem: Problem,
    before: Problem,
    objective: int,
    free: int | None,
    faults: Faults,
) -> None:
    limit = account.get("limit") if isinstance(account, dict) else None
    if type(limit) is not int or limit < 1 or not isinstance(proof, dict):
        faults.add(SUMMARY, 0, "options.contraflow.limit", "is no number of roads")
        return
    if set(proof) != {"nothing", "options", "cuts", "tree"} or not isinstance(proof["cuts"], list):
        faults.add(PROOF, 0, "contraflow", "must be nothing, options, cuts and tree")
        return
    nothing = _proven(proof["nothing"], "contraflow.nothing", before, faults)
    lanes = all_lanes(before.network)
    network = widened(before.network, lanes)
    options = _options(proof["options"], before, lanes, faults)
    named = only_for_use(before, network)
    here = Faults()
    cuts = [prices_in({"prices": prices}, named, here) for prices in proof["cuts"]]
    for fault in here.found:
        faults.add(PROOF, 0, f"contraflow.cuts.{fault.column}", fault.cause)
    known = [prices for prices in cuts if prices is not None]
    if nothing is None or options is None or len(known) < len(cuts):
        return
    try:
        proven = bound_of_choices(before, network, options, known, proof["tree"], limit)
    except (ValueError, RecursionError) as wrong:
        faults.add(PROOF, 0, "contraflow.tree", str(wrong))
        return
    own = _own_objective(account, objective, free, "contraflow", faults)
    bound = min(proven, own)
    _compare(
        account,
        {
            "limit": limit,
            "reversed": _reversed(folder, problem, before, options, limit, faults),
            "doing_nothing": nothing / MICRO,
            "objective": own / MICRO,
            "lower_bound": bound / MICRO,
            "gain": (nothing - own) / MICRO,
            "gain_at_most": (nothing - bound) / MICRO,
            "plans": account.get("plans"),
        },
        "contraflow",
        faults,
    )


def _options(stated: Any, before: Problem, lanes: tuple[Lanes, ...], faults: Faults) -> list[Option] | None:
    """Every way to turn lanes, each once, as the proof numbers them."""
    found: list[Option] = []
    for each in stated if isinstance(stated, list) else ():
        if isinstance(each, list) and len(each) == len(("onward", "against", "step")):  # noqa: SIM102
            if str(each[0]) in before.arc_row and str(each[1]) in before.arc_row:
                found.append((before.arc_row[str(each[0])], before.arc_row[str(each[1])], each[2]))
    wanted = all_options(before, lanes)
    if (
        not isinstance(stated, list)
        or len(found) != len(stated)
        or len(found) != len(wanted)
        or set(found) != wanted
    ):
        cause = f"must be each of the {len(wanted)} ways to turn lanes, once"
        faults.add(PROOF, 0, "contraflow.options", cause)
        return None
    return found


def _reversed(
    folder: Path, problem: Problem, before: Problem, options: list[Option], limit: int, faults: Faults
) -> int:
    """How many roads are turned; faults a scenario that is not the one before with these roads turned."""
    rows = list(csv_rows(folder, CONTRAFLOW, REVERSAL, faults)) if (folder / CONTRAFLOW).exists() else []
    if len(rows) > limit:
        faults.add(CONTRAFLOW, 0, "", f"turns {len(rows)} roads; at most {limit} were asked for")
    gains: dict[int, tuple[int, int]] = {}  # arc that gains: (turned arc's own, step from which)
    gives: dict[int, int] = {}
    network = widened(before.network, all_lanes(before.network))
    turned_row = {lanes: network.n_own + i for i, lanes in enumerate(network.turned)}
    arc_now = _same_arcs(problem, before)
    if arc_now is None:
        faults.add("scenario/network/link.csv", 0, "", "is not the network in unreversed/ with lanes turned")
        return len(rows)
    was = {now: then for then, now in arc_now.items()}
    for line, row in rows:
        onward = was.get(problem.arc_row.get(row["widened_link_id"], -1))
        closes = step_of(row["closes"], before.clock)
        option = next(
            (one for one in options
             if one[0] == onward and one[2] == closes and _link_of(before, one[1]) == row["link_id"]),
            None,
        )  # fmt: skip
        if option is None or option[0] in gains or option[0] in gives or option[1] in gives:
            faults.add(CONTRAFLOW, line, "link_id", "is no way to turn lanes, or turns a road twice")
            continue
        gains[option[0]] = turned_row[Lanes(option[0], option[1])], opens_after(before, option[2])
        gives[option[1]] = option[2]
    for then, now in arc_now.items():
        room = before.network.capacity(then).copy()
        if then in gains:
            turned, opens = gains[then]
            room[opens:] += network.capacity(turned)[opens:]
            # Where a closure leaves a part, one road rounds down once and two roads twice.
            room[opens:] += _narrowed(before, then)[opens:]
        if then in gives:
            room[gives[then] :] = 0
        if (problem.network.capacity(now) > room).any():
            code = problem.network.arc_ids[now]
            faults.add(
                "scenario/network/link.csv", 0, "capacity", f"{code} has more room than turned lanes give it"
            )
    return len(rows)


def _narrowed(problem: Problem, arc: int) -> Ints:
    """1 in steps in which closures leave a part of an arc's room: int64[n_steps]."""
    network = problem.network
    link, crossing = _link_of(problem, arc), network.crossing_id(arc)
    rows = [*network.closures.get(link, ()), *(network.closures.get(crossing, ()) if crossing else ())]
    factor = least(rows, problem.clock.n_steps)
    return ((factor > 0) & (factor < 1)).astype(np.int64)


def _link_of(problem: Problem, arc: int) -> str:
    return str(problem.scenario.links.link_id[problem.network.link_row[arc]])


def _same_arcs(problem: Problem, before: Problem) -> dict[int, int] | None:
    """The plan's arc for each arc before lanes were turned; None if anything but room differs."""
    then, now = before.network, problem.network
    found: dict[int, int] = {}
    for arc, code in enumerate(then.arc_ids):
        other = problem.arc_row.get(code)
        if other is None and code.startswith("-"):
            other = problem.arc_row.get(f"{code[1:]}_back")
        if other is None:
            return None
        ways = (
            (then.tail, now.tail),
            (then.head, now.head),
            (then.steps, now.steps),
            (then.travel_s, now.travel_s),
        )
        if any(a[arc] != b[other] for a, b in ways):
            return None
        if (then.cost(arc) != now.cost(other)).any():
            return None
        found[arc] = other
    people = [
        [(z.zone_id, z.node, z.people, z.ready.tolist(), z.waiting_cost.tolist()) for z in one.zones]
        for one in (problem, before)
    ]
    beds = [
        [(h.host_id, h.node, h.beds, h.blocked, h.intake, h.takes.tolist()) for h in one.hosts]
        for one in (problem, before)
    ]
    alike = people[0] == people[1] and beds[0] == beds[1] and problem.clock.n_steps == before.clock.n_steps
    return found if alike and len(set(found.values())) == len(now.arc_ids) else None
