"""Plans with classes made in the midst of another: what replan.json and before/ say, read strictly."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
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

__all__ = ["ClassMidst", "class_midst_in", "halt_nodes_in", "instruction_of", "leaves_base", "rides_of"]

STRANDED_KEYS = {
    "zone_id", "class_id", "host_id", "depart", "persons", "links", "entry_steps", "legs", "halts",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class ClassMidst:
    """What a plan made in the midst of another states.

    at : first step planned anew; stranded : who waits on the road for good
    old_ways, old_moves, old_trips : the plan before
    bound : instructions of the plan before by which people go whatever is planned: who has left home, who
        rides a bus that has left its base, and who rides with any of them; keys : of the buses they ride
    """

    at: int
    caught: str
    stranded: tuple[ClassMovement, ...]
    events: tuple[Happened, ...]
    old_ways: Mapping[str, ClassWay]
    old_moves: tuple[ClassMovement, ...]
    old_trips: tuple[Trip, ...]
    bound: Counter[Any]
    keys: frozenset[RideKey]
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
    """Nodes at which anybody halts by the folder's files; what cannot be read is left to be faulted."""
    found: set[str] = set()
    try:
        routes = json.loads((folder / ROUTES).read_text(encoding="utf-8"))["features"]
        stranded = json.loads((folder / REPLAN).read_text(encoding="utf-8"))["stranded"]
        for each in (*(route["properties"] for route in routes), *stranded):
            found |= {str(halt["node_id"]) for halt in each.get("halts", [])}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return found
    return found


def class_midst_in(folder: Path, problem: ClassProblem, faults: Faults) -> ClassMidst | None:
    """The statement of a plan made in the midst of another; None, with every fault, where it is unsound."""
    stated = json_object(folder, REPLAN, faults)
    if stated is None:
        return None
    before = len(faults.found)
    if set(stated) != set(KEYS):
        faults.add(REPLAN, 0, "", f"must be {', '.join(KEYS)}")
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
    stranded = _stranded(stated["stranded"], problem, faults)
    ways = class_routes_of(folder, problem, faults, file=f"{BEFORE}/{ROUTES}")
    moves = class_movements_of(folder, problem, ways, faults, file=f"{BEFORE}/{DEPARTURES}")
    persons_by_route(ways, moves, faults, folder=f"{BEFORE}/")
    trips = trips_of(folder, problem, faults, file=f"{BEFORE}/{TRIPS}")
    waiting = json.loads((folder / BEFORE / "stranded.json").read_text()) if _there(folder, faults) else []
    if waiting != []:
        faults.add(f"{BEFORE}/stranded.json", 0, "", "is not known of plans with classes")
    if events is None or len(faults.found) > before:
        return None
    bound, keys = _bound(problem, moves, at)
    return ClassMidst(
        at=at,
        caught=stated["caught"],
        stranded=stranded,
        events=events,
        old_ways=ways,
        old_moves=moves,
        old_trips=trips,
        bound=bound,
        keys=keys,
        stated=stated,
    )


def _there(folder: Path, faults: Faults) -> bool:
    try:
        json.loads((folder / BEFORE / "stranded.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        faults.add(f"{BEFORE}/stranded.json", 0, "", f"cannot be read ({error})")
        return False
    return True


def _stranded(stated: Any, problem: ClassProblem, faults: Faults) -> tuple[ClassMovement, ...]:
    """People who wait on the road for good, those only that are what they say they are."""
    if not isinstance(stated, list):
        faults.add(REPLAN, 0, "stranded", "is not a list")
        return ()
    found = []
    for i, entry in enumerate(stated):

        def fault(column: str, cause: str, i: int = i) -> None:
            faults.add(REPLAN, 0, f"stranded[{i}]{'.' * bool(column)}{column}", cause)

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
        legs, halt, after = followed
        entries = [k for leg in legs for k in leg.entries]
        if halt is None or after < len(legs) or entries != entry["entry_steps"]:
            fault("", "does not end with a halt, or says otherwise when its links are entered")
            continue
        class_row = CLASSES.index(entry["class_id"])
        if class_row % 2 and any(leg.mode == "car" for leg in legs):
            fault("class_id", "have no car, and went by one")
        travel_s = sum(_seconds(problem, leg) for leg in legs)
        start = plain.zones[zone].node
        way = ClassWay(
            f"w{i + 1}", zone, host, start, tuple(legs), tuple(entry["links"]), tuple(entries), -1, travel_s,
            i, entry["persons"], halt, after,
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
    return way.zone, move.class_row, way.host, move.step, way.legs, way.halt, way.arrival


def rides_of(move: ClassMovement) -> list[RideKey]:
    """Buses that people are told to take."""
    return [
        (leg.service, move.step + leg.board, leg.tail, leg.arcs) for leg in move.way.legs if leg.mode == "bus"
    ]


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
        for key in rides_of(move):
            riders[key].append(i)
    bound = {i for i, move in enumerate(moves) if move.step < at}
    ahead = [key for key in riders if leaves_base(problem, key) < at]
    ahead += [key for i in sorted(bound) for key in rides_of(moves[i])]
    keys: set[RideKey] = set()
    while ahead:
        key = ahead.pop()
        if key in keys:
            continue
        keys.add(key)
        for i in riders[key]:
            if i not in bound:
                bound.add(i)
                ahead += rides_of(moves[i])
    found: Counter[Any] = Counter()
    for i in sorted(bound):
        found[instruction_of(moves[i])] += moves[i].persons
    return found, frozenset(keys)
