"""Plans with classes made in the midst of another: what replan.json and before/ say, read strictly."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from farshore.plan.checker.classes.legs import Leg, legs_in
from farshore.plan.checker.classes.loads import RideKey
from farshore.plan.checker.classes.movements import ClassMovement, class_movements_of, stages_ridden
from farshore.plan.checker.classes.people import CLASSES
from farshore.plan.checker.classes.problem import ClassProblem
from farshore.plan.checker.classes.routes import ClassWay, class_routes_of
from farshore.plan.checker.classes.trips import TRIPS, Trip, trips_of
from farshore.plan.checker.files import Faults, json_object, step_of
from farshore.plan.checker.movements import DEPARTURES, ROUTES, persons_by_route
from farshore.plan.checker.replanned import BEFORE, CAUGHT, KEYS, REPLAN, Happened, events_in

__all__ = [
    "ClassMidst",
    "class_midst_in",
    "halt_nodes_in",
    "instruction_of",
    "leaves_base",
    "leaves_in",
    "ride_of",
]

FAR = 1 << 40
STRANDED = "stranded.json"
FREED = "freed"
_ENTRY = {"route_id", "depart", "class_id", "persons"}

STRANDED_KEYS = {
    "zone_id", "class_id", "host_id", "depart", "persons", "links", "entry_steps", "legs", "halts",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class ClassMidst:
    """What a plan made in the midst of another states.

    at : first step planned anew; stranded : who waits on the road for good
    old_ways, old_moves, old_stranded, old_trips : the plan before
    bound : instructions of the plan before by which people go whatever is planned: who is on the road, who
        rides a bus that has left its base, and who rides with any of them, but for those who had yet to leave
        and are said to be planned anew; keys : of the buses they ride
    live : rides that may yet be broken off
    """

    at: int
    caught: str
    stranded: tuple[ClassMovement, ...]
    events: tuple[Happened, ...]
    old_ways: Mapping[str, ClassWay]
    old_moves: tuple[ClassMovement, ...]
    old_stranded: tuple[ClassMovement, ...]
    old_trips: tuple[Trip, ...]
    bound: Counter[Any]
    keys: frozenset[RideKey]
    live: frozenset[RideKey]
    stated: Mapping[str, Any]

    def closed(self, problem: ClassProblem, links: Iterable[str]) -> np.ndarray:
        """Steps in which an event closes any of some links, or its crossing: bool[n_steps]."""
        plain = problem.plain
        table, row = plain.scenario.links, plain.scenario.links.position()
        found = np.zeros(problem.n_steps, bool)
        for link in links:
            number = row[link.removeprefix("-")]
            assets = {str(table.link_id[number]), str(table.crossing_id[number])}
            for event in self.events:
                if event.factor == 0 and event.asset_id in assets:
                    found |= plain.clock.touched(event.from_s, event.until_s)
        return found


def halt_nodes_in(folder: Path) -> set[str]:
    """Nodes at which anybody halts by the folder's files, or went on from by the plan before but by car.

    What cannot be read is left to be faulted.
    """
    found: set[str] = set()
    try:
        routes, old_routes = (
            [route["properties"] for route in json.loads(path.read_text(encoding="utf-8"))["features"]]
            for path in (folder / ROUTES, folder / BEFORE / ROUTES)
        )
        stranded = json.loads((folder / REPLAN).read_text(encoding="utf-8"))["stranded"]
        old_stranded = json.loads((folder / BEFORE / STRANDED).read_text(encoding="utf-8"))
        for each in (*routes, *stranded, *old_routes, *old_stranded):
            found |= {str(halt["node_id"]) for halt in each.get("halts", [])}
        for each in (*old_routes, *old_stranded):
            found |= {str(leg[1]) for leg in each["legs"] if leg[0] != "car"}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return found
    return found


def class_midst_in(folder: Path, problem: ClassProblem, faults: Faults) -> ClassMidst | None:
    """The statement of a plan made in the midst of another; None, with every fault, where it is unsound."""
    stated = json_object(folder, REPLAN, faults)
    if stated is None:
        return None
    before = len(faults.found)
    if set(stated) != {*KEYS, FREED}:
        faults.add(REPLAN, 0, "", f"must be {', '.join((*KEYS, FREED))}")
        return None
    at = step_of(str(stated["at"]), problem.plain.clock)
    if isinstance(at, str) or stated["caught"] not in CAUGHT:
        cause = f"{at!r} and {stated['caught']!r} are no time of the horizon and one of {', '.join(CAUGHT)}"
        faults.add(REPLAN, 0, "at, caught", cause)
        return None
    for key, nothing in (("others", {}), ("parted", [])):
        if stated[key] != nothing:
            faults.add(REPLAN, 0, key, "is not known of plans with classes")
    events = events_in(stated["events"], problem.plain, at, faults)
    stranded = _stranded(stated["stranded"], problem, REPLAN, faults)
    ways = class_routes_of(folder, problem, faults, file=f"{BEFORE}/{ROUTES}", halts=True)
    moves = class_movements_of(folder, problem, ways, faults, file=f"{BEFORE}/{DEPARTURES}")
    persons_by_route(ways, moves, faults, folder=f"{BEFORE}/")
    file = f"{BEFORE}/{STRANDED}"
    waiting = _stranded(_old_stranded(folder, faults), problem, file, faults)
    ended = _ended(moves, waiting)
    trips = trips_of(folder, problem, faults, file=f"{BEFORE}/{TRIPS}", ended=ended)
    if events is None or len(faults.found) > before:
        return None
    bound, keys = _bound(problem, moves, at)
    _free(bound, stated[FREED], moves, problem, at, faults)
    if len(faults.found) > before:
        return None
    ridden_on = {key for move in (*moves, *waiting) for key, since in _ends(move) if since < 0}
    return ClassMidst(
        at=at,
        caught=stated["caught"],
        stranded=stranded,
        events=events,
        old_ways=ways,
        old_moves=moves,
        old_stranded=waiting,
        old_trips=trips,
        bound=bound,
        keys=keys,
        live=frozenset(_live(moves, waiting, at, ridden_on)),
        stated=stated,
    )


def _old_stranded(folder: Path, faults: Faults) -> Any:
    """Who waited for good by the plan before, as stated."""
    try:
        return json.loads((folder / BEFORE / STRANDED).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        faults.add(f"{BEFORE}/{STRANDED}", 0, "", f"cannot be read ({error})")
        return []


def _stranded(stated: Any, problem: ClassProblem, file: str, faults: Faults) -> tuple[ClassMovement, ...]:
    """People who wait on the road for good, those only that are what they say they are."""
    if not isinstance(stated, list):
        faults.add(file, 0, "stranded", "is not a list")
        return ()
    found = []
    for i, entry in enumerate(stated):

        def fault(column: str, cause: str, i: int = i) -> None:
            faults.add(file, 0, f"stranded[{i}]{'.' * bool(column)}{column}", cause)

        before, plain = len(faults.found), problem.plain
        if not isinstance(entry, Mapping) or set(entry) != STRANDED_KEYS:
            fault("", f"must be {', '.join(sorted(STRANDED_KEYS))}")
            continue
        zone, host = plain.zone_row.get(entry["zone_id"]), plain.host_row.get(entry["host_id"])
        step = step_of(str(entry["depart"]), plain.clock)
        if zone is None or host is None or isinstance(step, str) or entry["class_id"] not in CLASSES:
            fault("", "names a zone, host, class or time that is not in the scenario")
            continue
        if type(entry["persons"]) is not int or entry["persons"] < 1:
            fault("persons", "is no number of persons above 0")
            continue
        lists = [entry[name] for name in ("links", "entry_steps", "legs", "halts")]
        if not all(isinstance(each, list) for each in lists):
            fault("", "has something else than a list where one belongs")
            continue
        followed = legs_in(entry, problem, zone, fault)
        if followed is None:
            continue
        legs, halts, after = followed
        entries = [k for leg in legs for k in leg.entries]
        if not halts or after[-1] < len(legs) or entries != entry["entry_steps"]:
            fault("", "does not end with a halt, or says otherwise when its links are entered")
            continue
        class_row = CLASSES.index(entry["class_id"])
        if class_row % 2 and any(leg.mode == "car" for leg in legs):
            fault("class_id", "have no car, and went by one")
        travel_s = sum(_seconds(problem, leg) for leg in legs)
        start = plain.zones[zone].node
        way = ClassWay(
            f"w{i + 1}", zone, host, start, tuple(legs), tuple(entry["links"]), tuple(entries), -1, travel_s,
            i, entry["persons"], halts, after,
        )  # fmt: skip
        stages = stages_ridden(problem, way, step)
        if -1 in stages:
            fault("depart", "a train of theirs does not leave then")
        if len(faults.found) == before:
            found.append(ClassMovement(0, way, class_row, step, entry["persons"], stages))
    return tuple(found)


def _seconds(problem: ClassProblem, leg: Leg) -> int:
    if leg.mode == "train":
        return problem.stages[leg.service].travel_s
    seconds = problem.foot.travel_s if leg.mode == "walk" else problem.plain.network.travel_s
    return int(seconds[list(leg.arcs)].sum())


def instruction_of(move: ClassMovement) -> tuple[Any, ...]:
    """What somebody is told, whatever the route is called."""
    way = move.way
    return way.zone, move.class_row, way.host, move.step, way.legs, way.halts, way.arrival


def leaves_in(move: ClassMovement) -> int:
    """Step in which people go on from their last halt, or leave home; far off for those who never do."""
    return FAR if move.way.leaves < 0 else move.step + move.way.leaves


def ride_of(move: ClassMovement, leg: Leg) -> RideKey:
    """The bus that people take on a leg."""
    return leg.service, move.step + leg.board, leg.tail, leg.arcs


def _rides_on(move: ClassMovement) -> list[RideKey]:
    """Buses that people are told to take from their last halt on."""
    return [ride_of(move, leg) for leg in move.way.legs[move.way.begins :] if leg.mode == "bus"]


def _ends(move: ClassMovement) -> list[tuple[RideKey, int]]:
    """Buses that people take, each with the step in which they halt after it; −1: they go on from there."""
    way = move.way
    halts = {n: move.step + halt.since for n, halt in zip(way.halts_after, way.halts, strict=True)}
    return [(ride_of(move, leg), halts.get(n, -1)) for n, leg in enumerate(way.legs, 1) if leg.mode == "bus"]


def _ended(*some: Iterable[ClassMovement]) -> dict[RideKey, set[int]]:
    """Rides after which somebody halts, with the steps of it."""
    found: defaultdict[RideKey, set[int]] = defaultdict(set)
    for moves in some:
        for move in moves:
            for key, since in _ends(move):
                if since >= 0:
                    found[key].add(since)
    return found


def _live(
    moves: Iterable[ClassMovement], waiting: Iterable[ClassMovement], at: int, ridden_on: Set[RideKey]
) -> Iterator[RideKey]:
    """Rides with links ahead of them, or on their last with somebody who goes on from its end."""
    for move in (*moves, *waiting):
        for leg in move.way.legs:
            if leg.mode == "bus":
                key = ride_of(move, leg)
                ahead = move.step + leg.entries[-1] >= at
                if ahead or (move.step + leg.alight > at and key in ridden_on):
                    yield key


def leaves_base(problem: ClassProblem, key: RideKey) -> int:
    """Step in which a bus leaves its base to take people up."""
    service, board, tail, _ = key
    return board - int(problem.buses[service].out[problem.terminals.at[tail]])


def _bound(
    problem: ClassProblem, moves: tuple[ClassMovement, ...], at: int
) -> tuple[Counter[Any], frozenset[RideKey]]:
    """Instructions by which people are bound, and the rides that are bound with them."""
    riders: defaultdict[RideKey, list[int]] = defaultdict(list)
    for i, move in enumerate(moves):
        for key in _rides_on(move):
            riders[key].append(i)
    bound = {i for i, move in enumerate(moves) if leaves_in(move) < at}
    ahead = [key for key in riders if leaves_base(problem, key) < at]
    ahead += [key for i in sorted(bound) for key in _rides_on(moves[i])]
    keys: set[RideKey] = set()
    while ahead:
        key = ahead.pop()
        if key in keys:
            continue
        keys.add(key)
        for i in riders[key]:
            if i not in bound:
                bound.add(i)
                ahead += _rides_on(moves[i])
    found: Counter[Any] = Counter()
    for i in sorted(bound):
        found[instruction_of(moves[i])] += moves[i].persons
    return found, frozenset(keys)


def _free(
    bound: Counter[Any],
    stated: Any,
    moves: tuple[ClassMovement, ...],
    problem: ClassProblem,
    at: int,
    faults: Faults,
) -> None:
    """Take those out of who is bound who are said to be planned anew; they must have yet to leave."""
    yet_to_leave: Counter[tuple[str, str, str]] = Counter()
    instruction: dict[tuple[str, str, str], tuple[Any, ...]] = {}
    for move in moves:
        if leaves_in(move) >= at:
            key = move.way.route_id, problem.plain.time(move.step), CLASSES[move.class_row]
            yet_to_leave[key] += move.persons
            instruction[key] = instruction_of(move)
    for i, entry in enumerate(stated if isinstance(stated, list) else [None]):
        whole = isinstance(entry, dict) and set(entry) == _ENTRY
        told: dict[str, Any] = entry if whole else dict.fromkeys(_ENTRY, 0)
        key = str(told["route_id"]), str(told["depart"]), str(told["class_id"])
        persons = told["persons"]
        if key not in instruction or type(persons) is not int or persons < 1:
            faults.add(REPLAN, 0, f"{FREED}[{i}]", "names nobody who had yet to leave by the plan before")
            continue
        yet_to_leave[key] -= persons
        bound[instruction[key]] -= persons
        if yet_to_leave[key] < 0 or bound[instruction[key]] < 0:
            faults.add(REPLAN, 0, f"{FREED}[{i}].persons", "are more than were bound so")
