"""Plans made in the midst of another: the past is unchanged, nobody is lost, what lies ahead is proven."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from farshore.plan.checker.files import Faults, json_object, step_of
from farshore.plan.checker.halts import Along, Pause, along, pauses_in
from farshore.plan.checker.movements import (
    DEPARTURES,
    ROUTES,
    Movement,
    Way,
    movements_of,
    persons_by_route,
    ways_of,
)
from farshore.plan.checker.problem import Problem
from farshore.plan.checker.timetable import Flags, Ints
from farshore.units import parse_time

__all__ = [
    "BEFORE",
    "CAUGHT",
    "KEYS",
    "REPLAN",
    "Halted",
    "Happened",
    "Midst",
    "check_history",
    "events_in",
    "instruction_of",
    "midst_in",
]

REPLAN = "replan.json"
BEFORE = "before"
KEYS = (
    "at",
    "caught",
    "stability_person_h",
    "events",
    "others",
    "counts",
    "halted",
    "stranded",
    "parted",
    "trade_off",
    "seal",
)
CAUGHT = ("back", "through", "held")


@dataclass(frozen=True, slots=True)
class Halted:
    """People who have left and wait on the road for good: how far they came."""

    zone: int
    host: int
    step: int
    persons: int
    how: Along
    class_row: int = 0


@dataclass(frozen=True, slots=True)
class Happened:
    """An asset closed, opened (factor None) or narrowed in [from_s, until_s), seconds since 1970."""

    asset_id: str
    from_s: int
    until_s: int
    factor: float | None


@dataclass(frozen=True, eq=False)
class Midst:
    """What `replan.json` states: the first step planned anew, who waits for good, beds that others took.

    old_ways, old_moves : routes and departures of the plan before
    old_halts : (zone row, step of departure, halt) of it; old_stranded : who waited for good in it
    unheard : what is wrong with the files of the plan before
    """

    at: int
    caught: str
    stranded: tuple[Halted, ...]
    events: tuple[Happened, ...]
    others: Ints
    old_ways: Mapping[str, Way]
    old_moves: tuple[Movement, ...]
    old_stranded: tuple[Halted, ...]
    old_halts: frozenset[tuple[int, int, Pause]]
    unheard: Faults
    stated: Mapping[str, Any]


def midst_in(folder: Path, problem: Problem, faults: Faults) -> Midst | None:
    """The statement of a plan made in the midst of another, or None where there is none or it is unsound."""
    stated = json_object(folder, REPLAN, faults)
    if stated is None:
        return None
    if set(stated) != set(KEYS):
        faults.add(REPLAN, 0, "", f"must be {', '.join(KEYS)}")
        return None
    at = step_of(str(stated["at"]), problem.clock)
    if isinstance(at, str) or stated["caught"] not in CAUGHT:
        cause = f"{at!r} and {stated['caught']!r} are no time of the horizon and one of {', '.join(CAUGHT)}"
        faults.add(REPLAN, 0, "at, caught", cause)
        return None
    others = _others_in(stated["others"], problem, faults)
    stranded = halted_in(stated["stranded"], f"{REPLAN}", problem, faults)
    events = events_in(stated["events"], problem, at, faults)
    if stranded is None or events is None or others is None:
        return None
    unheard = Faults()
    old_ways, old_moves, old_stranded = _plan_before(folder, problem, unheard)
    halts = {(move.way.zone, move.step, halt) for move in old_moves for halt in move.way.how.halts}
    halts |= {(each.zone, each.step, halt) for each in old_stranded for halt in each.how.halts}
    return Midst(
        at=at,
        caught=stated["caught"],
        stranded=stranded,
        events=events,
        others=others,
        old_ways=old_ways,
        old_moves=old_moves,
        old_stranded=old_stranded,
        old_halts=frozenset(halts),
        unheard=unheard,
        stated=stated,
    )


def _others_in(stated: Any, problem: Problem, faults: Faults) -> Ints | None:
    """Beds that people without the plan have taken: int64[n_hosts]."""
    others = np.zeros(len(problem.hosts), np.int64)
    for host_id, persons in stated.items() if isinstance(stated, Mapping) else [("", 0)]:
        row = problem.host_row.get(host_id)
        if row is None or type(persons) is not int or persons < 1:
            faults.add(REPLAN, 0, "others", f"{host_id!r}: is no number of people at a host of the scenario")
            return None
        others[row] = persons
    return others


def events_in(stated: Any, problem: Problem, at: int, faults: Faults) -> tuple[Happened, ...] | None:
    """The events, each of which must stand in the scenario's closures unless it is an opening."""
    if not isinstance(stated, list):
        faults.add(REPLAN, 0, "events", "is not a list")
        return None
    table = problem.scenario.closures
    rows = set(
        zip(
            table.asset_id.tolist(),
            table.from_time.tolist(),
            table.until_time.tolist(),
            table.capacity_factor.tolist(),
            strict=True,
        )
    )
    found = []
    for i, entry in enumerate(stated):
        try:
            if set(entry) != {"asset_id", "from", "until", "capacity_factor"}:
                raise ValueError("must be asset_id, from, until, capacity_factor")
            factor = entry["capacity_factor"]
            event = Happened(
                str(entry["asset_id"]),
                parse_time(entry["from"]),
                parse_time(entry["until"]),
                None if factor is None else float(factor),
            )
        except (TypeError, ValueError) as error:
            faults.add(REPLAN, 0, f"events[{i}]", str(error))
            return None
        if event.from_s < problem.clock.begins_s[at]:
            faults.add(REPLAN, 0, f"events[{i}].from", "is before the plan's own beginning")
            return None
        if (
            event.factor is not None
            and (event.asset_id, event.from_s, event.until_s, event.factor) not in rows
        ):
            faults.add(REPLAN, 0, f"events[{i}]", "is in no row of scenario/closures.csv")
            return None
        found.append(event)
    return tuple(found)


def halted_in(stated: Any, file: str, problem: Problem, faults: Faults) -> tuple[Halted, ...] | None:
    """People who wait for good, from a list in a file, or None with every fault."""
    if not isinstance(stated, list):
        faults.add(file, 0, "stranded", "is not a list")
        return None
    before, found = len(faults.found), []
    for i, entry in enumerate(stated):

        def fault(column: str, cause: str, i: int = i) -> None:
            faults.add(file, 0, f"stranded[{i}]{'.' * bool(column)}{column}", cause)

        keys = {"zone_id", "host_id", "depart", "persons", "links", "entry_steps", "halts"}
        if not isinstance(entry, Mapping) or set(entry) != keys:
            fault("", f"must be {', '.join(sorted(keys))}")
            continue
        zone, host = problem.zone_row.get(entry["zone_id"]), problem.host_row.get(entry["host_id"])
        step = step_of(str(entry["depart"]), problem.clock)
        links, entries = entry["links"], entry["entry_steps"]
        arcs = [problem.arc_row.get(link) for link in links] if isinstance(links, list) else [None]
        pauses = pauses_in(entry["halts"], problem, fault)
        if zone is None or host is None or isinstance(step, str) or pauses is None or None in arcs:
            fault("", "names a zone, host, time or link that is not in the scenario")
            continue
        known = tuple(arc for arc in arcs if arc is not None)
        if type(entry["persons"]) is not int or entry["persons"] < 1:
            fault("persons", "is no number of persons above 0")
            continue
        if not isinstance(entries, list) or len(entries) != len(known):
            fault("entry_steps", "are not as many as the links")
            continue
        followed = along(problem.zones[zone].node, known, entries, pauses, None, problem, fault)
        if followed is not None:
            found.append(Halted(zone, host, step, entry["persons"], followed))
    return tuple(found) if len(faults.found) == before else None


def _plan_before(
    folder: Path, problem: Problem, faults: Faults
) -> tuple[dict[str, Way], tuple[Movement, ...], tuple[Halted, ...]]:
    """Routes and departures of the plan that was followed until the event, and who waited for good in it."""
    ways = ways_of(folder, problem, faults, file=f"{BEFORE}/{ROUTES}", halts=True)
    moves = movements_of(folder, problem, ways, faults, file=f"{BEFORE}/{DEPARTURES}")
    persons_by_route(ways, moves, faults, folder=f"{BEFORE}/")
    file = f"{BEFORE}/stranded.json"
    try:
        stated = json.loads((folder / file).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        faults.add(file, 0, "", f"cannot be read ({error})")
        return ways, moves, ()
    return ways, moves, halted_in(stated, file, problem, faults) or ()


# -- what had happened ------------------------------------------------------------------------------------

Past = tuple[int, int, tuple[tuple[int, int], ...]]


def check_history(problem: Problem, midst: Midst, moves: tuple[Movement, ...], faults: Faults) -> None:
    """Fault everything by which the plan differs from the one before in what had happened by the event.

    For each zone, step of departure and sequence of links entered before the event there are as many people
    in both plans; who is on the road and has no halt now goes on exactly as the plan before told him.
    """
    if midst.unheard:
        faults.found.extend(midst.unheard.found)
        return
    ours = _past(moves, midst.stranded, midst.at)
    theirs = _past(midst.old_moves, midst.old_stranded, midst.at)
    for past in sorted({*ours, *theirs}):
        if ours[past] != theirs[past]:
            zone, step, entered = past
            where = problem.network.arc_ids[entered[-1][0]] if entered else "nowhere"
            cause = (
                f"{ours[past]:,} had left {problem.zones[zone].zone_id} at {problem.time(step)} and come to "
                f"{where} by {problem.time(midst.at)}; in the plan before, {theirs[past]:,} had"
            )
            faults.add(DEPARTURES, 0, "", cause, "keep what has happened as it happened")
    _check_on_the_road(problem, midst, moves, faults)


def _past(moves: tuple[Movement, ...], stranded: tuple[Halted, ...], at: int) -> Counter[Past]:
    """People by zone, step of departure and links entered before the event, of those who had left by then."""
    found: Counter[Past] = Counter()
    for zone, step, persons, how in (
        *((move.way.zone, move.step, move.persons, move.way.how) for move in moves),
        *((each.zone, each.step, each.persons, each.how) for each in stranded),
    ):
        if step < at:
            entered = tuple((arc, step + entry) for arc, entry in how.entered if step + entry < at)
            found[zone, step, entered] += persons
    return found


def _check_on_the_road(
    problem: Problem,
    midst: Midst,
    moves: tuple[Movement, ...],
    faults: Faults,
) -> None:
    """Fault who goes on otherwise than told, and halts that are not where the event leaves people."""
    told: Counter[tuple[Any, ...]] = Counter()
    for move in midst.old_moves:
        told[instruction_of(move)] += move.persons
    for move in moves:
        cause = ""
        if move.step >= midst.at:
            cause = f"{move.way.route_id} has halts, but leaves home only now" if move.way.how.halts else ""
        elif move.step + move.way.how.leaves < midst.at:
            told[instruction_of(move)] -= move.persons
            if told[instruction_of(move)] < 0:
                cause = f"goes on by {move.way.route_id} as the plan before told nobody to, or fewer"
        elif any(move.step + until >= midst.at for _, _, until in move.way.how.pauses[:-1]):
            cause = f"{move.way.route_id} has more than one halt to leave after the event"
        if cause:
            faults.add(DEPARTURES, move.line, "route_id", cause, "keep who is on the road as they were told")
    shut = _shut(problem, midst)
    everybody = [
        (ROUTES, f"features[{move.way.feature}].halts", move.way.zone, move.step, move.way.how)
        for move in moves
    ] + [(REPLAN, f"stranded[{i}].halts", s.zone, s.step, s.how) for i, s in enumerate(midst.stranded)]
    for file, place, zone, step, how in everybody:
        for halt in how.halts:
            if (zone, step, halt) not in midst.old_halts:
                cause = _wrong_halt(problem, midst, step, how, halt, shut)
                if cause:
                    faults.add(file, 0, place, cause)


def _shut(problem: Problem, midst: Midst) -> dict[str, Flags]:
    """Steps in which the event's closings touch each asset."""
    shut: dict[str, Flags] = {}
    for event in midst.events:
        if event.factor == 0:
            touched = problem.clock.touched(event.from_s, event.until_s)
            shut[event.asset_id] = shut.get(event.asset_id, np.zeros_like(touched)) | touched
    return shut


def _wrong_halt(
    problem: Problem, midst: Midst, step: int, how: Along, halt: Pause, shut: Mapping[str, Flags]
) -> str:
    """What is wrong with a halt that the plan before did not have, or ""."""
    network, at, n_steps = problem.network, midst.at, problem.clock.n_steps
    if halt is not how.halts[-1]:
        return "has a halt of an earlier event that the plan before did not have"
    since, past = step + halt.since, [(a, step + k) for a, k in how.entered if step + k < at]
    if halt.cause == "late":
        hosts = {host.node for host in problem.hosts}
        return (
            ""
            if since == at and halt.node in hosts
            else "is late elsewhere than at a host, or at another time"
        )
    if not past:
        return "halts before any link has been entered"
    arc, entry = past[-1]
    end = entry + int(network.steps[arc])
    if halt.cause == "cut off":
        return (
            "" if since == end >= at and halt.node == network.head[arc] else "is not at the end of the link"
        )
    closed = np.zeros(n_steps, bool)
    link = str(problem.scenario.links.link_id[network.link_row[arc]])
    for asset in (link, network.crossing_id(arc)):
        closed |= shut.get(asset, np.zeros(n_steps, bool))
    if not closed[at] or end <= at:
        return f"is caught on {network.arc_ids[arc]}, which no event closes while they are on it"
    if midst.caught == "back":
        right = halt.back == arc and halt.back_steps == entry - step and since == at + (at - entry)
    else:
        opens = at + int(np.argmax(~closed[at:])) if not closed[at:].all() else n_steps
        right = midst.caught == "held" and halt.back < 0 and since == opens + (end - at)
        right = right and halt.node == network.head[arc]
    return "" if right else f"is not what becomes of people caught who are to be {midst.caught!r}"


def instruction_of(move: Movement) -> tuple[Any, ...]:
    """What somebody is told, whatever the route is called."""
    way = move.way
    return (way.zone, way.host, move.step, way.how.entered, way.how.pauses, way.arrival)
