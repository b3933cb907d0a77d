"""What a plan with classes made in the midst of another says of itself: counts, seal, who is told what."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from farshore.plan.checker.classes.history import at_halt, earlier_past, halts_anew, past_of
from farshore.plan.checker.classes.households import class_of_household
from farshore.plan.checker.classes.midst import ClassMidst, instruction_of, leaves_in
from farshore.plan.checker.classes.movements import ClassMovement
from farshore.plan.checker.classes.people import CLASSES
from farshore.plan.checker.classes.problem import ClassProblem
from farshore.plan.checker.feasible import Costs
from farshore.plan.checker.files import Faults, csv_rows, differences
from farshore.plan.checker.household_rows import FILE, RowReader
from farshore.plan.checker.households import Families, Key, Leaving, check_departures
from farshore.plan.checker.regrouped import CHANGED, Rows, check_changed
from farshore.plan.checker.replanned import BEFORE, REPLAN
from farshore.plan.checker.retold import check_changes, check_seal

__all__ = ["check_class_midst"]

PLACE = ("depart", "route_id", "host_id")
Seat = tuple[str, int] | None


def check_class_midst(
    folder: Path,
    problem: ClassProblem,
    midst: ClassMidst,
    moves: tuple[ClassMovement, ...],
    *,
    costs: Costs,
    families: Families | None,
    faults: Faults,
) -> None:
    """Fault counts that are not what the plans come to, a broken seal, changes that are not those made."""

    def report(place: str, cause: str) -> None:
        faults.add(REPLAN, 0, place, cause)

    differences(midst.stated["counts"], _counts(problem, midst, moves), "counts", report)
    differences(midst.stated["halted"], _halted(midst, moves), "halted", report)
    check_seal(folder, midst.stated, families is not None, faults)
    rows = midst.stated["trade_off"]
    chosen = [row for row in rows if isinstance(row, dict) and row.get("chosen") is True]
    if len(chosen) != 1 or chosen[0].get("objective") != costs.objective:
        report("trade_off", f"does not have this plan's objective, {costs.objective:,}, as the one chosen")
    expected: tuple[Rows, Rows] | None
    if families is not None:
        expected = _by_household(folder, problem, midst, moves, families, faults)
    else:
        expected = _differences(problem, midst, moves)
        for file in (f"{BEFORE}/{FILE}", CHANGED):
            if (folder / file).exists():
                faults.add(file, 0, "", "is there, but this plan has no households")
    if expected is not None:
        check_changes(folder, problem.plain, *expected, faults)


def _counts(problem: ClassProblem, midst: ClassMidst, moves: tuple[ClassMovement, ...]) -> dict[str, int]:
    counts = dict.fromkeys(("arrived", "on_their_way", "halted_now", "halted_before"), 0)
    everybody = (*moves, *midst.stranded)
    for move, anew in halts_anew(midst, everybody):
        counts["halted_now"] += anew
        counts["halted_before"] += move.persons - anew
    for move in everybody:
        if leaves_in(move) < midst.at:
            arrived = move.step + move.way.arrival < midst.at
            counts["arrived" if arrived else "on_their_way"] += move.persons
    return counts | {"at_home": problem.plain.people - sum(counts.values())}


def _halted(midst: ClassMidst, moves: tuple[ClassMovement, ...]) -> list[list[Any]]:
    found: Counter[tuple[str, str]] = Counter()
    for move, anew in halts_anew(midst, (*moves, *midst.stranded)):
        halt = move.way.halt
        if halt is not None and anew:
            links = move.way.links[: halt.before]
            found[halt.cause, links[-1] if links else ""] += anew
    return [[cause, link, persons] for (cause, link), persons in sorted(found.items())]


def _onward(problem: ClassProblem, move: ClassMovement) -> tuple[str, ...]:
    """Zone, node of a halt, when they go on from there, route and host: as changes name a new instruction."""
    way, plain = move.way, problem.plain
    zone, host = plain.zones[way.zone].zone_id, plain.hosts[way.host].host_id
    if way.halt is None:
        return zone, "", plain.time(move.step), way.route_id, host
    node = str(plain.scenario.nodes.node_id[way.halt.node])
    if way.arrival < 0:
        return zone, node, "", "", ""
    return zone, node, plain.time(leaves_in(move)), way.route_id, host


def _differences(
    problem: ClassProblem, midst: ClassMidst, moves: tuple[ClassMovement, ...]
) -> tuple[Rows, Rows]:
    """Instructions of the plan before that do not hold any more, and new ones, by people."""
    told: Counter[Any] = Counter()
    for move in (*midst.old_moves, *midst.old_stranded):
        told[instruction_of(move)] += move.persons
    before, after, now = Rows(), Rows(), Counter[Any]()
    for move in (*moves, *midst.stranded):
        what = instruction_of(move)
        kept = min(move.persons, told[what] - now[what])
        now[what] += kept
        after[_onward(problem, move)] += move.persons - kept
    for move in midst.old_moves:
        if move.step >= midst.at:
            before[_onward(problem, move)] += move.persons - now[instruction_of(move)]
    return +before, +after


# -- with households --------------------------------------------------------------------------------------


def _by_household(
    folder: Path,
    problem: ClassProblem,
    midst: ClassMidst,
    moves: tuple[ClassMovement, ...],
    families: Families,
    faults: Faults,
) -> tuple[Rows, Rows] | None:
    """Fault every household that is elsewhere than it had come to, or is not told what it should be."""
    old = _before(folder, problem, midst, families, faults)
    if old is None:
        return None
    was = _by_place((*midst.old_moves, *midst.old_stranded))
    now = _by_place((*moves, *midst.stranded))
    changed: dict[str, tuple[str, ...]] = {}
    lost, new = Rows(), Rows()
    for row, seat in zip(families.rows, old, strict=True):
        kind = class_of_household(row.members)
        before, after = _at(was, seat, kind), _at(now, row.seat, kind)
        cause = _wrong(midst, before, after)
        if cause:
            faults.add(FILE, row.line, "route_id", f"{row.household_id} {cause}")
        meanings = [None if each is None else instruction_of(each) for each in (before, after)]
        if meanings[0] == meanings[1]:
            continue
        size, zone = row.members[0], problem.plain.zones[row.zone].zone_id
        told = ("", "", "") if before is None else _onward(problem, before)[2:]
        onward = (zone, "", "", "", "") if after is None else _onward(problem, after)
        changed[row.household_id] = (zone, onward[1], str(size), *told, *onward[2:])
        if after is not None:
            new[onward] += size
        if before is not None and before.step >= midst.at:
            lost[zone, "", *told] += size
    check_changed(folder, list(changed), list(changed.values()), faults)
    return lost, new


def _by_place(moves: Sequence[ClassMovement]) -> dict[tuple[str, int, int], ClassMovement]:
    return {(move.way.route_id, move.step, move.class_row): move for move in moves}


def _at(places: Mapping[tuple[str, int, int], ClassMovement], seat: Seat, kind: int) -> ClassMovement | None:
    return None if seat is None else places.get((*seat, kind))


def _wrong(midst: ClassMidst, before: ClassMovement | None, after: ClassMovement | None) -> str:
    """What cannot have become of a household, or ""."""
    past = None if before is None else past_of(midst, before)
    possible: list[Any] = [None if after is None else past_of(midst, after)]
    if after is not None and at_halt(midst, after):
        possible.append(earlier_past(midst, after))
    if past not in possible:
        return "had come elsewhere by the event: keep what has happened as it happened"
    on_the_road = before is not None and after is not None and leaves_in(after) < midst.at
    if on_the_road and before and after and instruction_of(before) != instruction_of(after):
        return "is on the road and goes on otherwise than it was told to"
    return ""


def _before(
    folder: Path, problem: ClassProblem, midst: ClassMidst, families: Families, faults: Faults
) -> list[Seat] | None:
    """Where each household was to go in the plan before, whose departures they add up to; None: unknown."""
    before, file = len(faults.found), f"{BEFORE}/{FILE}"
    households = families.rows
    number_of = {row.household_id: number for number, row in enumerate(households)}
    reader = RowReader(problem.plain, midst.old_ways, midst.old_stranded, 0, faults)
    seats: list[Seat] = [row.seat for row in households]
    said: dict[int, int] = {}
    for line, row in csv_rows(folder, file, ("household_id", *PLACE), faults):

        def fault(column: str, cause: str, line: int = line) -> None:
            faults.add(file, line, column, cause)

        number = number_of.get(row["household_id"])
        if number is None or number in said:
            fault("household_id", f"{row['household_id']!r} is no household, or there twice")
            continue
        zone_id = problem.plain.zones[households[number].zone].zone_id
        said[number] = line
        seats[number] = reader.seat({"zone_id": zone_id, **row}, fault)
    aboard: Counter[Key] = Counter()
    first: dict[Key, int] = {}
    for number, (household, seat) in enumerate(zip(households, seats, strict=True)):
        if seat is None:
            continue
        if number not in said and seat[0] not in midst.old_ways:
            cause = f"does not say where {household.household_id} was to go"
            faults.add(file, 0, "household_id", cause)
            continue
        key = (*seat, class_of_household(household.members))
        aboard[key] += household.members[0]
        first.setdefault(key, said.get(number, 0))
    if len(faults.found) > before:
        return None
    leaving = [
        Leaving(move.line, move.way.route_id, move.step, move.persons, move.class_row)
        for move in midst.old_moves
    ]
    check_departures(
        problem.plain, leaving, midst.old_stranded, aboard, first, faults, file=file, class_ids=CLASSES
    )
    return None if len(faults.found) > before else seats
