"""What had happened before a plan with classes was made anew: the past is unchanged, and nobody is lost."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from farshore.plan.checker.classes.legs import Leg
from farshore.plan.checker.classes.loads import ClassLoads, RideKey
from farshore.plan.checker.classes.midst import ClassMidst, instruction_of, leaves_in, ride_of
from farshore.plan.checker.classes.movements import ClassMovement
from farshore.plan.checker.classes.people import ASSISTED, CLASSES
from farshore.plan.checker.classes.problem import ClassProblem
from farshore.plan.checker.classes.trips import TRIPS, Trip
from farshore.plan.checker.files import Faults, whole_number
from farshore.plan.checker.halts import Pause
from farshore.plan.checker.movements import DEPARTURES, ROUTES
from farshore.plan.checker.replanned import REPLAN
from farshore.units import parse_time

__all__ = [
    "as_told",
    "at_halt",
    "check_class_history",
    "check_own_buses",
    "earlier_past",
    "halts_anew",
    "known_trips",
    "past_of",
    "trips_needed",
]

KEPT = "keep what has happened as it happened"


def past_of(midst: ClassMidst, move: ClassMovement) -> tuple[Any, ...] | None:
    """What people have done before the moment: the legs they had begun, their halts; None: still at home.

    A halt to which they are on their way in a bus may yet be another, if that is lost.
    """
    way, halts = move.way, move.way.halts
    if at_halt(midst, move) and way.begins:
        leg = way.legs[way.begins - 1]
        halts = halts[:-1] if leg.mode == "bus" and ride_of(move, leg) in midst.live else halts
    return _past(midst, move, halts)


def earlier_past(midst: ClassMidst, move: ClassMovement) -> tuple[Any, ...] | None:
    """What people have done before the moment who halt by its event: all but that halt."""
    return _past(midst, move, move.way.halts[:-1])


def _past(midst: ClassMidst, move: ClassMovement, halts: tuple[Pause, ...]) -> tuple[Any, ...] | None:
    if move.step >= midst.at:
        return None
    begun = []
    for leg in move.way.legs:
        board = move.step + leg.board
        if board >= midst.at:
            break
        steps = [move.step + k for k in leg.entries]
        arcs = tuple((a, k) for a, k in zip(leg.arcs, steps, strict=True) if k < midst.at)
        end = -1 if leg.mode in ("car", "bus") else leg.head
        begun.append(
            (leg.mode, leg.tail, end, board, leg.service if leg.mode == "bus" else -1, leg.run_id, arcs)
        )
    return move.way.zone, move.class_row, move.step, tuple(begun), halts


def at_halt(midst: ClassMidst, move: ClassMovement) -> bool:
    """Whether people are at a halt at the moment, or on their way to one."""
    return move.way.halt is not None and move.step < midst.at <= leaves_in(move)


def halts_anew(midst: ClassMidst, moves: Iterable[ClassMovement]) -> list[tuple[ClassMovement, int]]:
    """Of all who are at a halt, how many are there by this event: more than the plan before had there."""
    left: Counter[Any] = Counter()
    for move in (*midst.old_moves, *midst.old_stranded):
        if at_halt(midst, move):
            left[_place(move)] += move.persons
    found = []
    for move in moves:
        if at_halt(midst, move):
            known = min(move.persons, left[_place(move)])
            left[_place(move)] -= known
            found.append((move, move.persons - known))
    return found


def _place(move: ClassMovement) -> tuple[Any, ...]:
    """How people came to their last halt."""
    way = move.way
    return way.zone, move.class_row, move.step, way.legs[: way.begins], way.halts


def as_told(midst: ClassMidst, moves: Iterable[ClassMovement]) -> dict[int, int]:
    """Of each row, by its line, how many go by an instruction of the plan before that binds people."""
    left, found = midst.bound.copy(), {}
    for move in moves:
        what = instruction_of(move)
        found[move.line] = min(move.persons, left[what]) if what in left else 0
        if found[move.line]:
            left[what] -= found[move.line]
    return found


def check_class_history(
    problem: ClassProblem, midst: ClassMidst, moves: tuple[ClassMovement, ...], faults: Faults
) -> None:
    """Fault everything by which the plan differs from the one before in what had happened by the event."""
    at, plain = midst.at, problem.plain
    everybody = (*moves, *midst.stranded)
    anew = halts_anew(midst, everybody)
    ours, theirs = Counter[Any](), Counter[Any]()
    for move in everybody:
        ours[past_of(midst, move)] += move.persons
    for move, persons in anew:
        ours[past_of(midst, move)] -= persons
        ours[earlier_past(midst, move)] += persons
    for move in (*midst.old_moves, *midst.old_stranded):
        theirs[past_of(midst, move)] += move.persons
    for past in sorted({*ours, *theirs} - {None}, key=repr):
        if ours[past] != theirs[past]:
            zone, class_row, step, *_ = past
            cause = (
                f"{ours[past]:,} {CLASSES[class_row]} had left {plain.zones[zone].zone_id} at "
                f"{plain.time(step)} and come one way by {plain.time(at)}; in the plan before, "
                f"{theirs[past]:,} had"
            )
            faults.add(DEPARTURES, 0, "", cause, KEPT)
    told = as_told(midst, moves)
    for move in moves:
        if move.way.halt is not None and move.step >= at:
            cause = f"{move.way.route_id} has a halt, but leaves home only now"
            faults.add(DEPARTURES, move.line, "route_id", cause, KEPT)
        elif leaves_in(move) < at and told[move.line] < move.persons:
            cause = f"goes on by {move.way.route_id} as the plan before told nobody to, or fewer"
            faults.add(DEPARTURES, move.line, "route_id", cause, "keep who is on the road as they were told")
    old_rides = {
        ride_of(move, leg)
        for move in (*midst.old_moves, *midst.old_stranded)
        for leg in move.way.legs
        if leg.mode == "bus"
    }
    for move, persons in anew:
        cause = _wrong_halt(problem, midst, move, old_rides) if persons else ""
        if cause:
            file, place = (REPLAN, "stranded") if move.way.arrival < 0 else (ROUTES, "features")
            faults.add(file, 0, f"{place}[{move.way.feature}].halts", cause)


def _wrong_halt(  # noqa: PLR0911 (each cause answers for itself)
    problem: ClassProblem, midst: ClassMidst, move: ClassMovement, old_rides: set[RideKey]
) -> str:
    """What is wrong with a halt, or ""."""
    at, way, halt = midst.at, move.way, move.way.halt
    assert halt is not None
    since, before = move.step + halt.since, way.legs[: way.begins]
    here = way.start if not before else before[-1].head
    if any(move.step + leg.board >= at for leg in before):
        return "is after a leg that begins only after the event"
    ended = not before or (
        move.step + before[-1].alight <= at and all(move.step + k < at for k in before[-1].entries)
    )
    if ended:
        right = halt.cause == "cut off" and halt.back < 0 and halt.node == here and since == at
        return "" if right else "is not where and when people are who wait, or have just come"
    leg = before[-1]
    alight, links = move.step + leg.alight, way.links[: halt.before]
    mine = links[len(links) - len(leg.arcs) :]
    entered = [k for k in leg.entries if move.step + k < at]
    truncated = leg.mode in ("car", "bus") and len(entered) == len(leg.arcs)
    key = ride_of(move, leg)
    if leg.mode == "car" and not truncated:
        return "is not at the end of the link that people are on"
    if leg.mode == "bus" and not truncated and key not in old_rides:
        return "is on a ride that the plan before does not have"
    if halt.cause == "cut off":
        right = halt.back < 0 and halt.node == leg.head and since == alight
        return "" if right else "is not at the end of what people are on"
    on = mine if leg.mode == "walk" else mine[-1:]
    closed = midst.closed(problem, on)
    if halt.cause != "caught" or not on or not closed[at] or midst.caught == "through":
        return "is of people caught on what no event closes while they are on it"
    if leg.mode == "bus" and not truncated:
        return "is of people caught on a bus that goes on"
    begun = move.step + (leg.entries[-1] if leg.mode in ("car", "bus") else leg.board)
    if midst.caught == "back":
        node = _tail(problem, leg)
        right = halt.node == node and since == at + (at - begun) and halt.back_steps == leg.entries[-1]
        right = right and halt.back == problem.plain.arc_row.get(mine[-1], -1)
        return "" if right else "is not where people turn back to, or not when"
    opens = max(_opens(midst.closed(problem, (link,)), at) for link in on)
    right = halt.back < 0 and halt.node == leg.head and since == opens + (alight - at)
    return "" if right else "is not where people are who have been held, or not when"


def _opens(closed: np.ndarray, at: int) -> int:
    free = np.flatnonzero(~closed[at:])
    return at + int(free[0]) if len(free) else len(closed)


def _tail(problem: ClassProblem, leg: Leg) -> int:
    """Where people come back to who turn round on a leg."""
    return int(problem.plain.network.tail[leg.arcs[-1]]) if leg.mode in ("car", "bus") else leg.tail


# -- buses ------------------------------------------------------------------------------------------------


def known_trips(  # noqa: PLR0915 (the reader is one function)
    problem: ClassProblem, midst: ClassMidst, everybody: Iterable[ClassMovement], faults: Faults
) -> tuple[Callable[[int, dict[str, str]], Trip | bool | None], Callable[[], None]]:
    """A reader of the rows whose buses had left their base: as told, broken off, or called off.

    returns : the reader, as `trips_of` wants it, and what faults the trips that it has not come across
    """
    plain, at, n_steps = problem.plain, midst.at, problem.n_steps
    old = {(t.service, t.vehicle, t.leaves): t for t in midst.old_trips if t.leaves < at}
    seen: set[tuple[int, int, int]] = set()
    off: defaultdict[RideKey, set[int]] = defaultdict(set)
    caught: set[RideKey] = set()
    for move, persons in halts_anew(midst, everybody):
        way, halt = move.way, move.way.halt
        if persons and halt is not None and way.begins and way.legs[way.begins - 1].mode == "bus":
            key = ride_of(move, way.legs[way.begins - 1])
            off[key].add(move.step + halt.since)
            caught |= {key} if halt.cause == "caught" else set()

    def read(line: int, row: dict[str, str]) -> Trip | bool | None:  # noqa: PLR0911
        leaves, back = _moment(problem, row["leaves_base"]), _moment(problem, row["back_at_base"])
        if leaves is None or leaves >= at:
            return False

        def fault(cause: str) -> None:
            faults.add(TRIPS, line, "", cause, KEPT)

        key = (problem.fleet.get(row["fleet_id"], -1), whole_number(row["vehicle"]) or 0, leaves)
        before = old.get(key)
        if before is None or key in seen:
            fault("had left its base before the event, and no such trip is in the plan before")
            return None
        seen.add(key)
        nodes = plain.scenario.nodes.node_id
        persons, seats = whole_number(row["persons"]), whole_number(row["seats_taken"])
        arcs = tuple(plain.arc_row.get(link, -1) for link in row["links"].split())
        board, alight = _moment(problem, row["board"]), _moment(problem, row["alight"])
        tail = before.key[2]
        head, until, end = before.head, before.key[1] + _steps(problem, before.key[3]), before.back
        if before.key[3] == () and row["links"] == "" and (persons, seats) == (0, 0):
            expected, trip = before.board, replace(before, line=line, trip_id=row["trip_id"])
        elif arcs == () and row["links"] == "":
            if before.board < at or (persons, seats) != (0, 0):
                fault("is called off with people aboard, or after it had taken people up")
                return None
            head, until, end = tail, at, min(2 * at - leaves, before.back)
            expected = at
            trip = Trip(
                line, row["trip_id"], key[0], key[1], (key[0], at, tail, ()), tail, at, leaves, end, 0, 0, ()
            )  # fmt: skip
        else:
            expected = before.board
            ride = (key[0], before.board, tail, arcs)
            if arcs != before.key[3] or ride in caught:
                part = before.key[3][: len(arcs)]
                sinces = off.get(ride, set())
                if arcs != part or not arcs or len(sinces) != 1:
                    fault("does not go by the links of the plan before, or is broken off with nobody aboard")
                    return None
                head = int(plain.network.head[arcs[-1]])
                until = before.board + _steps(problem, arcs)
                end = min(2 * min(sinces) - leaves, n_steps)
            if persons is None or seats is None or persons < 1 or seats < persons:
                fault("says nothing sound of who is aboard")
                return None
            if seats > problem.buses[key[0]].seats:
                fault("has more people aboard than seats")
                return None
            trip = Trip(
                line, row["trip_id"], key[0], key[1], (key[0], before.board, tail, arcs), head, before.board,
                leaves, end, persons, seats, before.entries[: len(arcs)],
            )  # fmt: skip
        stated = (row["from_node_id"], row["to_node_id"], board, alight, back)
        wanted = (str(nodes[tail]), str(nodes[head]), expected, until, end)
        if stated != wanted:
            fault(f"says {stated}; by the plan before and what has happened it is {wanted}")
            return None
        return trip

    def check_all() -> None:
        for key in sorted(old.keys() - seen):
            fleet = problem.buses[key[0]].fleet_id
            cause = f"lacks the trip of {fleet} {key[1]} that left its base at {plain.time(key[2])}"
            faults.add(TRIPS, 0, "", cause, KEPT)

    return read, check_all


def _moment(problem: ClassProblem, text: str) -> int | None:
    """The step that begins at a time, or the end of the horizon; None for anything else."""
    clock = problem.plain.clock
    try:
        step, rest = divmod(parse_time(text) - clock.start_s, clock.step_s)
    except ValueError:
        return None
    return None if rest or not 0 <= step <= clock.n_steps else step


def _steps(problem: ClassProblem, arcs: tuple[int, ...]) -> int:
    return int(problem.plain.network.steps[list(arcs)].sum()) if arcs else 0


def trips_needed(problem: ClassProblem, service: int, persons: list[int]) -> int:
    """Trips of a fleet that so many riders of each need fill."""
    buses = problem.buses[service]
    assisted = persons[ASSISTED]
    seats = sum(persons) + assisted * (buses.room - 1 if assisted else 0)
    places = buses.seats // max(1, buses.room) if buses.room else 0
    return max(-(-assisted // places) if places else 0, -(-seats // buses.seats))


def check_own_buses(
    problem: ClassProblem,
    midst: ClassMidst,
    moves: tuple[ClassMovement, ...],
    loads: ClassLoads,
    trips: tuple[Trip, ...],
    faults: Faults,
) -> None:
    """Fault people who take seats in buses that go for those who are bound to them."""
    told = as_told(midst, moves)
    many = Counter(trip.key for trip in trips)
    others: defaultdict[RideKey, list[int]] = defaultdict(lambda: [0, 0, 0])
    lines: defaultdict[RideKey, list[int]] = defaultdict(list)
    out = {trip.key for trip in trips if trip.leaves < midst.at}
    for move in moves:
        free = move.persons - told[move.line]
        for leg in move.way.legs:
            key = (leg.service, move.step + leg.board, leg.tail, leg.arcs)
            begun = move.step < midst.at and move.step + leg.board < midst.at
            if leg.mode == "bus" and free and key in midst.keys and not begun:
                others[key][move.need] += free
                lines[key].append(move.line)
    for key, persons in others.items():
        bound = [n - more for n, more in zip(loads.rides[key].persons, persons, strict=True)]
        needed = trips_needed(problem, key[0], bound) + trips_needed(problem, key[0], persons)
        if key in out or many[key] < needed:
            cause = f"{sum(persons):,} take seats in buses that go for people who are on their way"
            faults.add(DEPARTURES, lines[key][0], "route_id", cause, "send buses of their own")
