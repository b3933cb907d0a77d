"""A plan's routes, leg by leg: that each hangs together, goes where and when it says, and could be gone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from farshore.plan.checker.classes.problem import ClassProblem
from farshore.plan.checker.files import Faults, differences, json_object
from farshore.plan.checker.halts import Pause, pauses_in
from farshore.plan.checker.movements import PROPERTIES, REMEDY, ROUTES

__all__ = ["ClassWay", "Leg", "class_routes_of", "legs_in"]

PROPERTIES_WITH_LEGS = {**PROPERTIES, "legs": list}
MODES = ("car", "walk", "ferry", "bus", "train")
Report = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Leg:
    """A part of a route by one mode.

    tail, head : rows of the nodes table; board, alight : steps after departure
    arcs : rows of arcs, or numbers of links as walked; entries : steps after departure at which each
    is entered
    service : place of the fleet in the problem's buses, or of the first stage that fits; −1
    """

    mode: str
    tail: int
    head: int
    board: int
    alight: int
    arcs: tuple[int, ...]
    entries: tuple[int, ...]
    service: int = -1
    run_id: str = ""


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
    halt: Pause | None = None
    halts_after: int = 0

    @property
    def by_car(self) -> bool:
        """Whether people with a car go by it."""
        return any(leg.mode == "car" for leg in self.legs)

    def waits(self) -> list[tuple[int, int, int]]:
        """Terminal (row of the node), from step, until step after departure, of each wait; −1: to the end.

        Who turns back, or is held, waits only where the halt is, from when it begins.
        """
        found, here, since = [], self.start, 0
        for number, leg in enumerate((*self.legs, None)):
            if self.halt is not None and number == self.halts_after:
                if self.halt.cause == "cut off" and self.halt.since > since:
                    found.append((here, since, self.halt.since))
                here, since = self.halt.node, self.halt.since
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
    legs, halt, after = followed
    if not legs and halt is None and plain.zones[zone].node != plain.hosts[host].node:
        fault("legs", f"end at {plain.zones[zone].zone_id}, not where {plain.hosts[host].host_id} is")
    _check_end(problem, host, legs, halt, after, stated["arrival_steps"], fault)
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
        halt,
        after,
    )


def legs_in(
    stated: Mapping[str, Any], problem: ClassProblem, zone: int, fault: Report
) -> tuple[list[Leg], Pause | None, int] | None:
    """Legs of people of a zone, their halt, and after how many legs it is; None with every fault.

    stated : links, entry_steps, legs and, of a way that was broken off, halts
    """
    faulted: list[str] = []

    def report(column: str, cause: str) -> None:
        faulted.append(column)
        fault(column, cause)

    halts = pauses_in(stated.get("halts", []), problem.plain, report)
    if halts is None:
        return None
    if len(halts) > 1:
        report("halts", "are more than one")
        return None
    halt = halts[0] if halts else None
    legs = _Legs(problem, stated, report, -1 if halt is None else halt.before).read()
    if legs is None or faulted:
        return None
    after = -1 if halt is None else _halts_after(legs, halt)
    if halt is not None and after < 0:
        report("halts", "has no place between two legs")
        return None
    _check_joined(problem, zone, legs, halt, after, report)
    return None if faulted else (legs, halt, after)


def _halts_after(legs: list[Leg], halt: Pause) -> int:
    """After how many legs people halt, −1 where the legs leave no place for it."""
    links = 0
    for number, leg in enumerate((*legs, None)):
        if links == halt.before and (leg is None or leg.board >= halt.since):
            return number
        links += 0 if leg is None else len(leg.arcs)
    return -1


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


@dataclass(frozen=True, eq=False)
class _Legs:
    """Reads the legs of one route against the problem; broken : links before its halt, −1 for none."""

    problem: ClassProblem
    stated: Mapping[str, Any]
    fault: Report
    broken: int = -1

    def read(self) -> list[Leg] | None:
        """Every leg, or None where one is not what it says."""
        links, legs = self.stated["links"], []
        if len(self.stated["entry_steps"]) != len(links):
            self.fault("entry_steps", f"has {len(self.stated['entry_steps'])} entries for {len(links)} links")
            return None
        begun = 0
        for i, entry in enumerate(self.stated["legs"]):
            form = self._form_fault(entry, len(links) - begun)
            if form:
                self.fault(f"legs[{i}]", form)
                return None
            mode, tail, head, board, alight, n_links = entry[:6]
            ends = self.node_row.get(tail, -1), self.node_row.get(head, -1)
            reads = {"ferry": self._ferry, "walk": self._walk, "train": self._train}
            read = reads.get(mode, self._ride)
            leg = read(i, entry, ends, (board, alight), links[begun : begun + n_links], begun)
            if leg is None:
                return None
            legs.append(leg)
            begun += n_links
        if begun < len(links):
            self.fault("legs", f"have {begun} links; the route has {len(links)}")
            return None
        return legs

    @cached_property
    def node_row(self) -> dict[str, int]:
        """Row of each node by its id."""
        return self.problem.plain.scenario.nodes.position()

    def _form_fault(self, entry: Any, links_left: int) -> str:
        if not isinstance(entry, list) or not entry or entry[0] not in MODES:
            return f"is no [mode, from, to, board, alight, n_links] with a mode of {', '.join(MODES)}"
        size = 7 if entry[0] in ("bus", "train") else 6
        if len(entry) != size:
            more = ", with its fleet or run as a seventh" if size == 7 else ""
            return f"has {len(entry)} entries; a leg by {entry[0]} has {size}{more}"
        strings = (entry[1], entry[2], *entry[6:])
        if any(not isinstance(each, str) for each in strings) or any(type(n) is not int for n in entry[3:6]):
            return "holds something else than codes and whole numbers"
        if not 0 <= entry[3] <= entry[4] or entry[5] < 0:
            return "ends before it begins, or begins before departure"
        unknown = [code for code in entry[1:3] if code not in self.node_row]
        if unknown:
            return f"{unknown[0]!r} is no node of the scenario"
        return f"takes {entry[5]} links; {links_left} are left" if entry[5] > links_left else ""

    def _ride(
        self,
        i: int,
        entry: list[Any],
        ends: tuple[int, int],
        steps: tuple[int, int],
        links: list[Any],
        begun: int,
    ) -> Leg | None:
        """By car or bus: arc after arc, without a wait, never straight back."""
        network, rows = self.problem.plain.network, self.problem.plain.arc_row
        nodes = self.problem.plain.scenario.nodes.node_id
        by_bus = entry[0] == "bus"
        service = self.problem.fleet.get(entry[6], -1) if by_bus else -1
        unfit = "" if links else f"goes by {entry[0]} over no link"
        ended = begun + len(links) == self.broken
        unfit = (self._unserved(entry, ends, service, ended=ended) if by_bus else "") or unfit
        if unfit:
            self.fault(f"legs[{i}]", unfit)
            return None
        arcs: list[int] = []
        here, at, came = ends[0], steps[0], -1
        entries: list[int] = []
        for j, link in enumerate(links):
            place = f"links[{begun + j}]"
            arc = rows.get(link, -1) if isinstance(link, str) else -1
            if arc < 0 or (by_bus and not self.problem.by_bus[arc]):
                self.fault(
                    place,
                    f"{link!r} is no link that {'buses' if by_bus else 'cars or ferries'} may use that way",
                )
                return None
            if network.tail[arc] != here:
                self.fault(place, f"{link} begins at {nodes[network.tail[arc]]}, not {nodes[here]}")
                return None
            if network.head[arc] == came:
                self.fault(place, f"{link} turns straight back to {nodes[came]}")
                return None
            arcs.append(arc)
            entries.append(at)
            came, here, at = here, int(network.head[arc]), at + int(network.steps[arc])
        if here != ends[1] or at != steps[1]:
            self.fault(f"legs[{i}]", f"ends at {nodes[here]} in step {at} by its links")
            return None
        return Leg(entry[0], *ends, *steps, tuple(arcs), tuple(entries), service)

    def _unserved(self, entry: list[Any], ends: tuple[int, int], service: int, *, ended: bool) -> str:
        """Why buses do not serve a leg, or ""; ended : where it was broken off, perhaps at no stop."""
        if service < 0:
            return f"{entry[6]!r} is no fleet of buses"
        buses, at = self.problem.buses[service], self.problem.terminals.at
        for code, node, steps, what in (
            (entry[1], ends[0], buses.out, "take people up"),
            (entry[2], ends[1], buses.back, "set people down"),
        ):
            if (node not in at or steps[at[node]] < 0) and not (ended and steps is buses.back):
                return f"buses of {entry[6]} cannot {what} at {code}"
        return ""

    def _ferry(
        self,
        i: int,
        entry: list[Any],
        ends: tuple[int, int],
        steps: tuple[int, int],
        links: list[Any],
        begun: int,
    ) -> Leg | None:
        network = self.problem.plain.network
        arc = (
            self.problem.plain.arc_row.get(links[0], -1)
            if len(links) == 1 and isinstance(links[0], str)
            else -1
        )
        if arc < 0 or not network.is_ferry[arc]:
            self.fault(f"legs[{i}]", "is not over one ferry link")
            return None
        if (int(network.tail[arc]), int(network.head[arc])) != ends:
            self.fault(f"legs[{i}]", f"{links[0]} does not go from {entry[1]} to {entry[2]}")
            return None
        if steps[1] != steps[0] + int(network.steps[arc]):
            self.fault(f"legs[{i}]", f"{links[0]} takes {int(network.steps[arc])} steps")
            return None
        return Leg("ferry", *ends, *steps, (arc,), (steps[0],))

    def _walk(
        self,
        i: int,
        entry: list[Any],
        ends: tuple[int, int],
        steps: tuple[int, int],
        links: list[Any],
        begun: int,
    ) -> Leg | None:
        at, foot = self.problem.terminals.at, self.problem.foot
        walk = self.problem.walks.get((at.get(ends[0], -1), at.get(ends[1], -1)))
        if walk is None:
            self.fault(
                f"legs[{i}]", f"nobody walks from {entry[1]} to {entry[2]}: too far, no way, or no terminal"
            )
            return None
        wanted = [foot.arc_ids[link] for link in walk.links]
        if links != wanted:
            self.fault(f"legs[{i}]", f"the walk goes by {' '.join(wanted)}")
            return None
        if steps[1] != steps[0] + walk.steps:
            self.fault(f"legs[{i}]", f"the walk takes {walk.steps} steps")
            return None
        return Leg("walk", *ends, *steps, walk.links, (steps[0],) * len(walk.links))

    def _train(
        self,
        i: int,
        entry: list[Any],
        ends: tuple[int, int],
        steps: tuple[int, int],
        links: list[Any],
        begun: int,
    ) -> Leg | None:
        at = self.problem.terminals.at
        pair = at.get(ends[0], -1), at.get(ends[1], -1)
        for place, stage in enumerate(self.problem.stages):
            fits = (stage.tail, stage.head) == pair and stage.arrives - stage.departs == steps[1] - steps[0]
            if stage.run_id == entry[6] and stage.usable and fits and not links:
                return Leg("train", *ends, *steps, (), (), place, stage.run_id)
        self.fault(f"legs[{i}]", f"run {entry[6]!r} has no such stage from {entry[1]} to {entry[2]}")
        return None


def _check_joined(
    problem: ClassProblem, zone: int, legs: list[Leg], halt: Pause | None, after: int, fault: Report
) -> None:
    """Fault legs that do not follow each other from the zone on, or that wait where nobody can."""
    nodes = problem.plain.scenario.nodes.node_id
    here, at = problem.plain.zones[zone].node, 0
    for i, leg in enumerate(legs):
        halted = halt is not None and i == after
        if halt is not None and halted:
            here, at = halt.node, halt.since
        if leg.tail != here:
            fault(f"legs[{i}]", f"begins at {nodes[leg.tail]}, not {nodes[here]}")
            return
        if leg.board < at:
            fault(f"legs[{i}]", f"begins in step {leg.board}, before step {at}")
            return
        before = legs[i - 1].mode == "car" if i else True
        through = (leg.mode == "car" or (i and before)) and not halted
        if (leg.mode == "car" and not (before and (i or not leg.board))) or (through and i):
            fault(f"legs[{i}]", "who goes by car goes right through, from the start")
            return
        here, at = leg.head, leg.alight


def _check_end(
    problem: ClassProblem,
    host: int,
    legs: list[Leg],
    halt: Pause | None,
    after: int,
    arrival: int,
    fault: Report,
) -> None:
    """Fault a route that does not end at its host, or before it is there."""
    nodes, hosts = problem.plain.scenario.nodes.node_id, problem.plain.hosts
    if halt is not None and after == len(legs):
        here, at = halt.node, halt.since
    elif legs:
        here, at = legs[-1].head, legs[-1].alight
    else:
        here, at = -1, 0
    by_car = bool(legs) and legs[-1].mode == "car" and (halt is None or after < len(legs))
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
