"""A plan's routes, leg by leg: that each hangs together, goes where and when it says, and could be gone."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from farshore.plan.checker.classes.legs import Leg, Report, legs_in
from farshore.plan.checker.classes.problem import ClassProblem
from farshore.plan.checker.files import Faults, differences, json_object
from farshore.plan.checker.halts import Pause
from farshore.plan.checker.movements import PROPERTIES, REMEDY, ROUTES

__all__ = ["ClassWay", "Leg", "class_routes_of"]

PROPERTIES_WITH_LEGS = {**PROPERTIES, "legs": list}


@dataclass(frozen=True, slots=True)
class ClassWay:
    """A route found to be sound."""

    route_id: str
    zone: int
    host: int
    start: int  # row of the node
    legs: tuple[Leg, ...]
    links: tuple[str, ...]
    entries: tuple[int, ...]
    arrival: int
    travel_s: int
    feature: int
    persons: int
    halts: tuple[Pause, ...] = ()
    halts_after: tuple[int, ...] = ()  # legs before each

    @property
    def by_car(self) -> bool:
        """Whether people with a car go by it."""
        return any(leg.mode == "car" for leg in self.legs)

    @property
    def halt(self) -> Pause | None:
        """The last halt."""
        return self.halts[-1] if self.halts else None

    @property
    def begins(self) -> int:
        """The leg by which they go on from their last halt, or leave home."""
        return self.halts_after[-1] if self.halts else 0

    @property
    def leaves(self) -> int:
        """Steps after departure at which they go on from their last halt, or leave home; −1: never."""
        if not self.halts:
            return 0
        return self.legs[self.begins].board if self.begins < len(self.legs) else self.arrival

    def waits(self) -> list[tuple[int, int, int]]:
        """Terminal (row of the node), from step, until step after departure, of each wait; −1: to the end.

        Who turns back, or is held, waits only where the halt is, from when it begins.
        """
        found, here, since = [], self.start, 0
        halts = dict(zip(self.halts_after, self.halts, strict=True))
        for number, leg in enumerate((*self.legs, None)):
            halt = halts.get(number)
            if halt is not None:
                if halt.cause == "cut off" and halt.since > since:
                    found.append((here, since, halt.since))
                here, since = halt.node, halt.since
            until = self.arrival if leg is None else leg.board
            if until > since or until < 0:
                found.append((here, since, until))
            if leg is not None:
                here, since = leg.head, leg.alight
        return found


def class_routes_of(
    folder: Path, problem: ClassProblem, faults: Faults, *, file: str = ROUTES, halts: bool = False
) -> dict[str, ClassWay]:
    """The routes of a plan by id, those only that are what they say they are; `halts` : may be broken off."""
    document = json_object(folder, file, faults)
    if document is None:
        return {}
    features = document.get("features")
    if set(document) != {"type", "features"} or document["type"] != "FeatureCollection":
        faults.add(file, 0, "", "is not a plain GeoJSON FeatureCollection")
        return {}
    if not isinstance(features, list):
        faults.add(file, 0, "features", "is not a list")
        return {}
    ways: dict[str, ClassWay] = {}
    for number, feature in enumerate(features):
        way = _way(feature, number, problem, faults, file, halts)
        if way is not None and way.route_id in ways:
            faults.add(file, 0, f"features[{number}].route_id", f"{way.route_id!r} is there twice")
        elif way is not None:
            ways[way.route_id] = way
    return ways


def _way(
    feature: Any, number: int, problem: ClassProblem, faults: Faults, file: str, halts: bool
) -> ClassWay | None:
    """One feature as a way, or None with every fault in it."""
    before = len(faults.found)

    def fault(column: str, cause: str) -> None:
        faults.add(file, 0, f"features[{number}]{'.' * bool(column)}{column}", cause, REMEDY)

    stated = _properties(feature, fault, halts=halts)
    if stated is None:
        return None
    plain = problem.plain
    zone, host = plain.zone_row.get(stated["zone_id"]), plain.host_row.get(stated["host_id"])
    if zone is None:
        fault("zone_id", f"{stated['zone_id']!r} is no zone of the scenario")
    if host is None:
        fault("host_id", f"{stated['host_id']!r} is no host of the scenario")
    if zone is None or host is None:
        return None
    followed = legs_in(stated, problem, zone, fault)
    if followed is None:
        return None
    legs, pauses, after = followed
    if not legs and not pauses and plain.zones[zone].node != plain.hosts[host].node:
        fault("legs", f"end at {plain.zones[zone].zone_id}, not where {plain.hosts[host].host_id} is")
    last = pauses[-1] if pauses and after[-1] == len(legs) else None
    _check_end(problem, host, legs, last, stated["arrival_steps"], fault)
    if len(faults.found) > before:
        return None
    travel_s = sum(_travel_s(problem, leg) for leg in legs)
    entries = [entry for leg in legs for entry in leg.entries]
    expected = {
        "entry_steps": entries,
        "length_m": float(sum(_length_m(problem, leg) for leg in legs)),
        "free_flow_s": travel_s,
    }
    differences({name: stated[name] for name in expected}, expected, "", fault, close=1e-9)
    differences(feature["geometry"], _geometry(problem, zone, legs), "geometry", fault)
    if len(faults.found) > before:
        return None
    return ClassWay(
        stated["route_id"],
        zone,
        host,
        plain.zones[zone].node,
        tuple(legs),
        tuple(stated["links"]),
        tuple(entries),
        stated["arrival_steps"],
        travel_s,
        number,
        stated["persons"],
        pauses,
        after,
    )


def _properties(feature: Any, fault: Report, *, halts: bool) -> Mapping[str, Any] | None:
    """The properties of a feature, all there and each of its kind, or None with every fault."""
    if not isinstance(feature, Mapping) or set(feature) != {"type", "geometry", "properties"}:
        fault("", "is not a GeoJSON feature of type, geometry and properties")
        return None
    stated = feature["properties"]
    kinds = PROPERTIES_WITH_LEGS
    if halts and isinstance(stated, Mapping) and "halts" in stated:
        kinds = {**kinds, "halts": list}
    if feature["type"] != "Feature" or not isinstance(stated, Mapping) or set(stated) != set(kinds):
        fault("properties", f"must be {', '.join(kinds)}")
        return None
    wrong = [
        name
        for name, kind in kinds.items()
        if type(stated[name]) is not kind and not (kind is float and type(stated[name]) is int)
    ]
    for name in wrong:
        fault(name, f"is {stated[name]!r}, not of the kind {kinds[name].__name__}")
    return None if wrong else stated


def _check_end(
    problem: ClassProblem,
    host: int,
    legs: list[Leg],
    halt: Pause | None,
    arrival: int,
    fault: Report,
) -> None:
    """Fault a route that does not end at its host, or before it is there; halt : with which it ends."""
    nodes, hosts = problem.plain.scenario.nodes.node_id, problem.plain.hosts
    if halt is not None:
        here, at = halt.node, halt.since
    elif legs:
        here, at = legs[-1].head, legs[-1].alight
    else:
        here, at = -1, 0
    by_car = bool(legs) and legs[-1].mode == "car" and halt is None
    if here >= 0 and here != hosts[host].node:
        wanted = nodes[hosts[host].node]
        fault("legs", f"end at {nodes[here]}, not at {wanted}, where {hosts[host].host_id} is")
    elif (arrival != at if by_car else arrival < at) or arrival < 0:
        fault("arrival_steps", f"says {arrival}; the legs end in step {at}")


def _travel_s(problem: ClassProblem, leg: Leg) -> int:
    if leg.mode == "train":
        return problem.stages[leg.service].travel_s
    seconds = problem.foot.travel_s if leg.mode == "walk" else problem.plain.network.travel_s
    return int(seconds[list(leg.arcs)].sum())


def _length_m(problem: ClassProblem, leg: Leg) -> float:
    rows = problem.foot.link_row if leg.mode == "walk" else problem.plain.network.link_row
    return float(sum(problem.plain.scenario.links.length[rows[arc]] for arc in leg.arcs))


def _geometry(problem: ClassProblem, zone: int, legs: list[Leg]) -> dict[str, Any]:
    """The line through the nodes passed, of a train its stops; a point where nobody moves."""
    nodes, passed = problem.plain.scenario.nodes, [problem.plain.zones[zone].node]
    for leg in legs:
        heads = problem.foot.head if leg.mode == "walk" else problem.plain.network.head
        passed += [leg.head] if leg.mode == "train" else [int(heads[arc]) for arc in leg.arcs]
    line = [[float(nodes.x_coord[node]), float(nodes.y_coord[node])] for node in passed]
    return {"type": "LineString", "coordinates": line} if legs else {"type": "Point", "coordinates": line[0]}
