"""What a plan made in the midst of another says of itself: counts, seal, and who is told something new."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from farshore.plan.checker.feasible import Costs
from farshore.plan.checker.files import Faults, csv_rows, differences, step_of, whole_number
from farshore.plan.checker.halts import Along, Pause
from farshore.plan.checker.household_rows import FILE
from farshore.plan.checker.households import Families
from farshore.plan.checker.movements import Movement, Way
from farshore.plan.checker.problem import Problem
from farshore.plan.checker.regrouped import CHANGED, Rows, check_regrouped
from farshore.plan.checker.replanned import BEFORE, REPLAN, Halted, Midst, instruction_of

__all__ = ["CHANGES", "check_changes", "check_midst", "check_seal"]

CHANGES = "changes.csv"
COLUMNS = (
    "zone_id",
    "at_node",
    "persons",
    "old_depart",
    "old_route_id",
    "old_host_id",
    "new_depart",
    "new_route_id",
    "new_host_id",
    "what",
    "why",
)


def check_midst(
    folder: Path,
    problem: Problem,
    midst: Midst,
    ways: Mapping[str, Way],
    moves: tuple[Movement, ...],
    *,
    costs: Costs,
    families: Families | None,
    faults: Faults,
) -> None:
    """Fault counts that are not what the plans come to, a broken seal, changes that are not those made.

    families : the plan's households; None where it counts persons only, or has none that can be read
    """

    def report(place: str, cause: str) -> None:
        faults.add(REPLAN, 0, place, cause)

    differences(midst.stated["counts"], _counts(problem, midst, moves), "counts", report)
    differences(midst.stated["halted"], _halted(problem, midst, moves), "halted", report)
    check_seal(folder, midst.stated, families is not None, faults)
    chosen = [row for row in midst.stated["trade_off"] if isinstance(row, dict) and row.get("chosen") is True]
    if len(chosen) != 1 or chosen[0].get("objective") != costs.objective:
        report("trade_off", f"does not have this plan's objective, {costs.objective:,}, as the one chosen")
    if families is not None:
        expected = check_regrouped(folder, problem, midst, ways, families, faults)
    else:
        expected = _differences(problem, midst, moves)
        for file in (f"{BEFORE}/{FILE}", CHANGED):
            if (folder / file).exists():
                faults.add(file, 0, "", "is there, but this plan has no households")
        if midst.stated["parted"] != []:
            report("parted", "names households, but this plan has none")
    if expected is not None:
        check_changes(folder, problem, *expected, faults)


def _counts(problem: Problem, midst: Midst, moves: tuple[Movement, ...]) -> dict[str, int]:
    counts = dict.fromkeys(("arrived", "on_their_way", "halted_now", "halted_before"), 0)
    gone = sum(each.persons for each in midst.stranded)
    for move in moves:
        if move.step >= midst.at:
            continue
        gone += move.persons
        if move.step + move.way.how.leaves < midst.at:
            arrived = move.step + move.way.arrival < midst.at
            counts["arrived" if arrived else "on_their_way"] += move.persons
    for _, _, new, others in _at_halts(midst, moves):
        counts["halted_now"] += new
        counts["halted_before"] += others
    return counts | {"at_home": problem.people - gone}


def _at_halts(midst: Midst, moves: tuple[Movement, ...]) -> list[tuple[str, int, int, int]]:
    """Of those at halts: cause, arc entered last, persons whom this event has halted, and all others.

    A halt of this event begins at or after it. Who is at one of which the plan before knew already is of this
    event if that plan had fewer there.
    """
    found = []
    before = _by_halt(midst, midst.old_moves, midst.old_stranded)
    for place, persons in _by_halt(midst, moves, midst.stranded).items():
        _, step, past, halts = place
        begins = step + halts[-1].since
        new = persons - min(persons, before[place]) if begins >= midst.at else 0
        found.append((halts[-1].cause, past[-1][0] if past else -1, new, persons - new))
    return found


Place = tuple[int, int, tuple[tuple[int, int], ...], tuple[Pause, ...]]


def _by_halt(midst: Midst, moves: tuple[Movement, ...], stranded: tuple[Halted, ...]) -> Counter[Place]:
    """People on the road who have yet to go on from a halt, by how they came to it."""
    found: Counter[Place] = Counter()
    for zone, step, persons, how in (
        *((m.way.zone, m.step, m.persons, m.way.how) for m in moves if m.step + m.way.how.leaves >= midst.at),
        *((each.zone, each.step, each.persons, each.how) for each in stranded),
    ):
        if step < midst.at and how.halts:
            past = tuple((arc, entry) for arc, entry in how.entered if step + entry < midst.at)
            found[zone, step, past, how.halts] += persons
    return found


def _halted(problem: Problem, midst: Midst, moves: tuple[Movement, ...]) -> list[list[Any]]:
    found: Counter[tuple[str, str]] = Counter()
    for cause, arc, new, _ in _at_halts(midst, moves):
        if new:
            found[cause, problem.network.arc_ids[arc] if arc >= 0 else ""] += new
    return [[cause, link, persons] for (cause, link), persons in sorted(found.items())]


def check_seal(folder: Path, stated: Mapping[str, Any], with_households: bool, faults: Faults) -> None:
    """Fault an edit of replan.json or of the tables of changes."""
    changes = b""
    for file in (CHANGES, CHANGED)[: 1 + with_households]:
        try:
            changes += (folder / file).read_bytes()
        except OSError as error:
            faults.add(file, 0, "", f"cannot be read ({error})")
            return
    said = {key: value for key, value in stated.items() if key != "seal"}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    seal = hashlib.sha256(text.encode(errors="surrogatepass") + changes).hexdigest()
    if stated["seal"] != seal:
        cause = f"is not that of this file and {CHANGES}: one of them has been edited"
        faults.add(REPLAN, 0, "seal", cause)


def check_changes(folder: Path, problem: Problem, before: Rows, after: Rows, faults: Faults) -> None:
    """Fault rows of changes.csv that do not come to the difference between the two plans."""
    old_rows: Counter[tuple[str, ...]] = Counter()
    new_rows: Counter[tuple[str, ...]] = Counter()
    for line, row in csv_rows(folder, CHANGES, COLUMNS, faults):
        persons = whole_number(row["persons"])
        if persons is None or persons < 1 or persons > problem.people:
            faults.add(CHANGES, line, "persons", f"{row['persons']!r} is no number of persons above 0")
            continue
        if row["zone_id"] not in problem.zone_row:
            faults.add(CHANGES, line, "zone_id", f"{row['zone_id']!r} is no zone of the scenario")
            continue
        for column in ("old_depart", "new_depart"):
            if row[column] and isinstance(step_of(row[column], problem.clock), str):
                faults.add(CHANGES, line, column, f"{row[column]!r} is not the start of a step")
        place = (row["zone_id"], row["at_node"])
        if row["new_route_id"] or row["at_node"]:
            new_rows[(*place, row["new_depart"], row["new_route_id"], row["new_host_id"])] += persons
        if row["old_route_id"] and not row["at_node"]:
            old_rows[(*place, row["old_depart"], row["old_route_id"], row["old_host_id"])] += persons
    for which, stated, expected in (("old", old_rows, before), ("new", new_rows, after)):
        for key in sorted({*stated, *expected}):
            if stated[key] != expected[key]:
                zone, node, depart, route, host = key
                where = f"{zone}{f' at {node}' if node else ''}"
                cause = (
                    f"of {where}, {stated[key]:,} have {depart or 'no time'} {route or 'no way'} {host} "
                    f"as their {which} instruction; the plans make it {expected[key]:,}"
                )
                faults.add(CHANGES, 0, f"{which}_route_id", cause)


def _differences(problem: Problem, midst: Midst, moves: tuple[Movement, ...]) -> tuple[Rows, Rows]:
    """Instructions of the plan before that do not hold any more, and new ones, by people."""
    told: Counter[Any] = Counter()
    for move in midst.old_moves:
        told[instruction_of(move)] += move.persons
    before, after = Rows(), Rows()
    now: Counter[Any] = Counter()
    for move in moves:
        kept = (
            min(move.persons, told[instruction_of(move)])
            if move.step + move.way.how.leaves >= midst.at
            else 0
        )
        now[instruction_of(move)] += kept
        if move.step >= midst.at:
            after[_row(problem, move, "", move.step)] += move.persons - kept
        elif move.step + move.way.how.leaves >= midst.at:
            node = str(problem.scenario.nodes.node_id[move.way.how.pauses[-1][0]])
            after[_row(problem, move, node, move.step + move.way.how.leaves)] += move.persons - kept
    for move in midst.old_moves:
        if move.step >= midst.at:
            before[_row(problem, move, "", move.step)] += move.persons - now[instruction_of(move)]
    still: Counter[tuple[int, int, Along]] = Counter()
    for each in midst.old_stranded:
        still[each.zone, each.step, each.how] += each.persons
    for each in midst.stranded:
        key = (each.zone, each.step, each.how)
        as_before = min(each.persons, still[key])
        still[key] -= as_before
        node = str(problem.scenario.nodes.node_id[each.how.pauses[-1][0]])
        after[problem.zones[each.zone].zone_id, node, "", "", ""] += each.persons - as_before
    return +before, +after


def _row(problem: Problem, move: Movement, node: str, step: int) -> tuple[str, ...]:
    zone, host = problem.zones[move.way.zone].zone_id, problem.hosts[move.way.host].host_id
    return (zone, node, problem.time(step), move.way.route_id, host)
