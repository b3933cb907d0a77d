"""The plan's own tables, read strictly: its routes, link by link, and who departs when by which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

from farshore.plan.checker.files import Faults, csv_rows, differences, json_object, step_of, whole_number
from farshore.plan.checker.halts import Along, along, pauses_in
from farshore.plan.checker.problem import Problem

__all__ = [
    "DEPARTURES",
    "ROUTES",
    "Going",
    "Movement",
    "Routed",
    "Way",
    "also",
    "movements_of",
    "persons_by_route",
    "ways_of",
]

DEPARTURES = "departures.csv"
ROUTES = "routes.geojson"
REMEDY = "write the route as it was planned"
PROPERTIES = {
    "route_id": str,
    "zone_id": str,
    "host_id": str,
    "links": list,
    "entry_steps": list,
    "arrival_steps": int,
    "length_m": float,
    "free_flow_s": int,
    "persons": int,
}


@dataclass(frozen=True, slots=True)
class Way:
    """A route found to be sound: rows of its zone, host and arcs, and when each is reached.

    how : the same, with its halts if it was broken off on the way
    """

    route_id: str
    zone: int
    host: int
    arcs: tuple[int, ...]
    entries: tuple[int, ...]
    arrival: int
    feature: int
    persons: int  # as stated
    how: Along


class Routed(Protocol):
    """What routes have in common, with classes or without."""

    @property
    def route_id(self) -> str: ...  # noqa: D102
    @property
    def host(self) -> int: ...  # noqa: D102
    @property
    def arrival(self) -> int: ...  # noqa: D102
    @property
    def feature(self) -> int: ...  # noqa: D102
    @property
    def persons(self) -> int: ...  # noqa: D102


class Going(Protocol):
    """What rows of departures.csv have in common, with classes or without."""

    @property
    def line(self) -> int: ...  # noqa: D102
    @property
    def way(self) -> Routed: ...  # noqa: D102
    @property
    def step(self) -> int: ...  # noqa: D102
    @property
    def persons(self) -> int: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Movement:
    """A row of departures.csv: so many persons leave at a step by a way."""

    line: int
    way: Way
    step: int
    persons: int


def ways_of(
    folder: Path, problem: Problem, faults: Faults, *, file: str = ROUTES, halts: bool = False
) -> dict[str, Way]:
    """The routes of a plan by id, those only that are what they say they are.

    halts : whether routes may have any
    """
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
    ways: dict[str, Way] = {}
    for number, feature in enumerate(features):
        way = _way(feature, number, problem, faults, file=file, halts=halts)
        if way is None:
            continue
        if way.route_id in ways:
            faults.add(file, 0, f"features[{number}].route_id", f"{way.route_id!r} is there twice")
            continue
        ways[way.route_id] = way
    return ways


def _way(
    feature: Any, number: int, problem: Problem, faults: Faults, *, file: str, halts: bool
) -> Way | None:
    """One feature as a way, or None with every fault in it."""
    before = len(faults.found)

    def fault(column: str, cause: str) -> None:
        faults.add(file, 0, f"features[{number}]{'.' * bool(column)}{column}", cause, REMEDY)

    stated = _properties(feature, fault, halts=halts)
    if stated is None:
        return None
    zone, host = problem.zone_row.get(stated["zone_id"]), problem.host_row.get(stated["host_id"])
    if zone is None:
        fault("zone_id", f"{stated['zone_id']!r} is no zone of the scenario")
    if host is None:
        fault("host_id", f"{stated['host_id']!r} is no host of the scenario")
    arcs = [problem.arc_row.get(link) if isinstance(link, str) else None for link in stated["links"]]
    for i, arc in enumerate(arcs):
        if arc is None:
            fault(f"links[{i}]", f"{stated['links'][i]!r} is no link that cars or ferries may use that way")
    known = tuple(arc for arc in arcs if arc is not None)
    pauses = pauses_in(stated["halts"], problem, fault) if "halts" in stated else ()
    if zone is None or host is None or len(known) < len(arcs) or pauses is None:
        return None
    _check_chain(zone, host, known, tuple(pause.before for pause in pauses), problem, fault)
    if len(faults.found) > before:
        return None
    entries, arrival = _steps_along(known, problem)
    if pauses:
        entries, arrival = tuple(stated["entry_steps"]), stated["arrival_steps"]
        if len(entries) != len(known):
            fault("entry_steps", f"has {len(entries)} entries; the plan makes it {len(known)}")
            return None
    followed = along(problem.zones[zone].node, known, entries, pauses, arrival, problem, fault)
    differences(
        {name: stated[name] for name in ("entry_steps", "arrival_steps", "length_m", "free_flow_s")},
        {
            "entry_steps": entries,
            "arrival_steps": arrival,
            "length_m": float(sum(_lengths_m(known, problem))),
            "free_flow_s": int(problem.network.travel_s[list(known)].sum()),
        },
        "",
        fault,
        close=1e-9,  # lengths may be added up in any order
    )
    line = _geometry(zone, known, problem)
    if not _same_line(feature["geometry"], line):
        differences(feature["geometry"], line, "geometry", fault)
    if len(faults.found) > before or followed is None:
        return None
    return Way(stated["route_id"], zone, host, known, entries, arrival, number, stated["persons"], followed)


def _properties(feature: Any, fault: Any, *, halts: bool) -> Mapping[str, Any] | None:
    """The properties of a feature, all there and each of its kind, or None with every fault."""
    if not isinstance(feature, Mapping) or set(feature) != {"type", "geometry", "properties"}:
        fault("", "is not a GeoJSON feature of type, geometry and properties")
        return None
    stated = feature["properties"]
    if feature["type"] != "Feature" or not isinstance(stated, Mapping):
        fault("", "is not a GeoJSON feature of type, geometry and properties")
        return None
    if set(stated) - ({"halts"} if halts else set()) != set(PROPERTIES):
        fault("properties", f"must be {', '.join(PROPERTIES)}")
        return None
    wrong = [
        name
        for name, kind in PROPERTIES.items()
        if type(stated[name]) is not kind and not (kind is float and type(stated[name]) is int)
    ]
    for name in wrong:
        fault(name, f"is {stated[name]!r}, not of the kind {PROPERTIES[name].__name__}")
    return None if wrong else stated


def _check_chain(
    zone: int, host: int, arcs: tuple[int, ...], halted: tuple[int, ...], problem: Problem, fault: Any
) -> None:
    """Fault every place where a route does not hang together or turns straight back.

    halted : the links before which they halt; they may turn round there
    """
    network, nodes = problem.network, problem.scenario.nodes
    here = problem.zones[zone].node
    for i, arc in enumerate(arcs):
        name = network.arc_ids[arc]
        if network.tail[arc] != here:
            fault(
                f"links[{i}]",
                f"{name} begins at {nodes.node_id[network.tail[arc]]}, not {nodes.node_id[here]}",
            )
        back = i and network.head[arc] == network.tail[arcs[i - 1]] and network.tail[arc] == here
        if back and i not in halted:
            fault(f"links[{i}]", f"{name} turns straight back to {nodes.node_id[network.head[arc]]}")
        here = int(network.head[arc])
    if here != problem.hosts[host].node:
        end, wanted = nodes.node_id[here], nodes.node_id[problem.hosts[host].node]
        fault("links", f"ends at {end}, not at {wanted}, where {problem.hosts[host].host_id} is")


def _steps_along(arcs: tuple[int, ...], problem: Problem) -> tuple[tuple[int, ...], int]:
    """Steps after departure at which each arc is entered, and at which the last is left."""
    entries, passed = [], 0
    for arc in arcs:
        entries.append(passed)
        passed += int(problem.network.steps[arc])
    return tuple(entries), passed


def _lengths_m(arcs: tuple[int, ...], problem: Problem) -> list[float]:
    lengths: list[float] = problem.scenario.links.length[problem.network.link_row[list(arcs)]].tolist()
    return lengths


def _geometry(zone: int, arcs: tuple[int, ...], problem: Problem) -> dict[str, Any]:
    """The line through the nodes of the full network, a point if there is no way to go."""
    passed = [problem.zones[zone].node, *problem.network.head[list(arcs)].tolist()]
    line = [problem.points[node] for node in passed]
    return {"type": "LineString", "coordinates": line} if arcs else {"type": "Point", "coordinates": line[0]}


def _same_line(stated: Any, line: dict[str, Any]) -> bool:
    """Whether a geometry is this very line, all of whose numbers have fractions: most are, and long."""
    if stated != line or line["type"] != "LineString":
        return False
    return set(map(type, chain.from_iterable(stated["coordinates"]))) == {float}


def movements_of(
    folder: Path, problem: Problem, ways: Mapping[str, Way], faults: Faults, *, file: str = DEPARTURES
) -> tuple[Movement, ...]:
    """The rows of departures.csv that say something that can be checked further."""
    moves: list[Movement] = []
    seen: dict[tuple[str, int], int] = {}
    columns = ("zone_id", "depart", "route_id", "host_id", "persons")
    for line, row in csv_rows(folder, file, columns, faults):
        before = len(faults.found)
        way = ways.get(row["route_id"])
        if way is None:
            faults.add(file, line, "route_id", f"{row['route_id']!r} is no sound route of {ROUTES}")
        else:
            zone, host = problem.zones[way.zone].zone_id, problem.hosts[way.host].host_id
            for column, there in (("zone_id", zone), ("host_id", host)):
                if row[column] != there:
                    cause = f"says {row[column]!r}, but {way.route_id} is a route of {there!r}"
                    faults.add(file, line, column, cause)
        step = step_of(row["depart"], problem.clock)
        if isinstance(step, str):
            faults.add(file, line, "depart", step)
        persons = whole_number(row["persons"])
        if persons is None or persons < 1:
            faults.add(file, line, "persons", f"{row['persons']!r} is no number of persons above 0")
        elif persons > problem.people:
            faults.add(file, line, "persons", f"{persons:,} is more than all who choose to leave")
        if way is None or persons is None or isinstance(step, str) or len(faults.found) > before:
            continue
        if (way.route_id, step) in seen:
            cause = f"{way.route_id} at {row['depart']} is there already in row {seen[way.route_id, step]}"
            faults.add(file, line, "", cause)
            continue
        seen[way.route_id, step] = line
        if step + way.arrival >= problem.clock.n_steps:
            faults.add(file, line, "depart", f"{way.route_id} arrives after the end of the horizon")
            continue
        moves.append(Movement(line, way, step, persons))
    return tuple(moves)


def persons_by_route(
    ways: Mapping[str, Routed], moves: Sequence[Going], faults: Faults, *, folder: str = ""
) -> None:
    """Fault each route whose stated persons are not those who depart by it, in both tables.

    folder : put before the names of the files
    """
    departing: dict[str, list[Going]] = {route_id: [] for route_id in ways}
    for move in moves:
        departing[move.way.route_id].append(move)
    for route_id, way in ways.items():
        persons = sum(move.persons for move in departing[route_id])
        if way.persons == persons and persons:
            continue
        cause = f"says {way.persons:,}; {persons:,} depart by {route_id}"
        faults.add(f"{folder}{ROUTES}", 0, f"features[{way.feature}].persons", cause)
        lines = [move.line for move in departing[route_id]]
        cause = f"{persons:,} depart by {route_id}{also(lines)}; {ROUTES} says {way.persons:,}"
        faults.add(f"{folder}{DEPARTURES}", lines[0] if lines else 0, "persons", cause)


def also(lines: list[int]) -> str:
    """The rows that share a fault with the first of them, in words."""
    return f" (with row{'s' * (len(lines) > 2)} {', '.join(map(str, lines[1:]))})" if len(lines) > 1 else ""
