"""What makes a simulation impossible, all of it at once."""

from collections.abc import Mapping

import numpy as np

from farshore.errors import Fault, SimulationFaults
from farshore.results.outcome import Outcome, Route
from farshore.scenario.scenario import Scenario
from farshore.scenario.table import NO_TIME
from farshore.simulate.network import AUTO, BUS, TRUCK, WALK, uses_mask
from farshore.simulate.options import Options

__all__ = ["check_inputs"]


def check_inputs(scenario: Scenario, plan: Outcome | None, options: Options) -> None:
    """Raise SimulationFaults naming every reason why these cannot be simulated together."""
    on_foot = plan is not None and plan.services is not None
    faults = _network_faults(scenario, on_foot) + _option_faults(scenario, options)
    if plan is not None:
        faults += _plan_faults(scenario, plan)
    if faults:
        raise SimulationFaults(faults, scenario.about.name)


def _network_faults(scenario: Scenario, on_foot: bool) -> list[Fault]:
    """Links without length, and people or hosts at places without a road; on_foot : or a way to walk."""
    links, zones, hosts = scenario.links, scenario.zones, scenario.hosts
    faults = [
        Fault(
            links.FILE,
            row + 2,
            "length",
            f"{links.link_id[row]} has no length",
            "merge its two nodes into one",
        )
        for row in np.flatnonzero(~(links.length > 0)).tolist()
    ]
    ferry_ids = {
        str(code)
        for code, kind in zip(scenario.crossings.crossing_id, scenario.crossings.kind, strict=True)
        if kind == "ferry"
    }
    shut = _shut_throughout(scenario)
    served: set[str] = set()
    reached: set[str] = set()
    leads_out: set[str] = set()  # by road, shut or not
    for row, uses in enumerate(links.allowed_uses):
        walked = on_foot and bool(uses_mask(uses) & WALK)
        by_road = uses_mask(uses) & (AUTO | BUS | TRUCK) or str(links.crossing_id[row]) in ferry_ids
        if not by_road and not walked:
            continue
        ends = str(links.from_node_id[row]), str(links.to_node_id[row])
        one_way = links.directed[row] and not walked
        leads_out.update(ends[:1] if one_way else ends)
        if str(links.link_id[row]) in shut or str(links.crossing_id[row]) in shut:
            continue
        served.add(ends[0])
        reached.add(ends[1])
        if not one_way:
            served.add(ends[1])
            reached.add(ends[0])
    host_nodes = set(map(str, hosts.node_id))
    for row, node in enumerate(zones.node_id):
        if zones.persons[row] > 0 and str(node) not in served and str(node) not in host_nodes:
            closed = str(node) in leads_out
            faults.append(
                Fault(
                    zones.FILE,
                    row + 2,
                    "node_id",
                    f"every road out of {zones.zone_id[row]} is closed throughout"
                    if closed
                    else f"no road leads away from {zones.zone_id[row]}",
                    "open one in closures.csv or with --open, or set its persons to 0"
                    if closed
                    else "join its node to the network, or set its persons to 0",
                )
            )
    if len(hosts) and not host_nodes & (reached | set(map(str, zones.node_id))):
        faults.append(
            Fault(hosts.FILE, 0, "", "no road leads to any host", "join their nodes to the network")
        )
    return faults


def _shut_throughout(scenario: Scenario) -> set[str]:
    """Links and crossings that are closed by one row of closures.csv from the start to the end."""
    closures = scenario.closures
    start_s = int(scenario.about.start.timestamp())
    end_s = start_s + scenario.about.horizon_h * 3600
    whole = (
        ((closures.from_time == NO_TIME) | (closures.from_time <= start_s))
        & ((closures.until_time == NO_TIME) | (closures.until_time >= end_s))
        & (closures.capacity_factor == 0)
    )
    return {str(code) for code in closures.asset_id[whole]}


def _option_faults(scenario: Scenario, options: Options) -> list[Fault]:
    known = set(map(str, scenario.links.link_id))
    return [
        Fault("contraflow", number + 1, side, f"there is no link {link}", "use a link_id of network/link.csv")
        for number, reversal in enumerate(options.contraflow)
        for side, link in (("takes", reversal.takes), ("gives", reversal.gives))
        if link.removeprefix("-") not in known
    ] + [
        Fault("priority", number + 1, "", f"there is no link {link}", "use a link_id of network/link.csv")
        for number, (link, _) in enumerate(options.priorities)
        if link.removeprefix("-") not in known
    ]


def _plan_faults(scenario: Scenario, plan: Outcome) -> list[Fault]:
    """Why a plan is not a plan for this scenario; closures and demand may differ, places may not."""
    halting = _halting(plan)
    if halting:
        return halting
    theirs, ours = plan.scenario.about, scenario.about
    faults = [
        Fault(
            "scenario.toml",
            0,
            name,
            f"the plan was made for {getattr(theirs, name)}, not {getattr(ours, name)}",
            "plan this scenario again",
        )
        for name in ("start", "step_s", "horizon_h")
        if getattr(theirs, name) != getattr(ours, name)
    ]
    links = scenario.links
    ends = {
        str(code): (str(a), str(b))
        for code, a, b in zip(links.link_id, links.from_node_id, links.to_node_id, strict=True)
    }
    zone_node = dict(zip(map(str, scenario.zones.zone_id), map(str, scenario.zones.node_id), strict=True))
    host_node = dict(zip(map(str, scenario.hosts.host_id), map(str, scenario.hosts.node_id), strict=True))
    for number, route in enumerate(plan.routes):
        where = ("routes.geojson", number + 1, "")
        missing = [arc for arc in route.links if arc.removeprefix("-") not in ends]
        unknown = [
            code
            for code, known in ((route.zone_id, zone_node), (route.host_id, host_node))
            if code not in known
        ]
        if missing or unknown:
            what = ", ".join(f"link {arc}" for arc in missing) or ", ".join(unknown)
            faults.append(
                Fault(
                    *where,
                    f"route {route.route_id} needs {what}, which the scenario lacks",
                    "plan this scenario again",
                )
            )
            continue
        why = _broken_off(route, zone_node[route.zone_id], host_node[route.host_id], ends)
        if why:
            faults.append(Fault(*where, f"route {route.route_id} {why}", "plan this scenario again"))
    if plan.services is not None:
        faults += _trip_faults(scenario, plan)
    return faults


def _halting(plan: Outcome) -> list[Fault]:
    """Why a plan with classes that was made in the midst of another cannot be rehearsed; [] if it can."""
    if plan.replan is None or plan.services is None:
        return []
    halting = sum(bool(route.halts) for route in plan.routes) + len(plan.replan.stranded)
    called_off = sum(not trip[9] for trip in plan.services.trips)
    if not halting and not called_off:
        return []
    cause = (
        f"is of a plan with classes in which people halt on {halting} ways and {called_off} buses turn back; "
        "rehearsals do not know that of such plans yet"
    )
    mend = "rehearse the plan before it, with --close or --open for what happens"
    return [Fault("replan.json", 0, "", cause, mend)]


def _broken_off(route: Route, start: str, end: str, ends: Mapping[str, tuple[str, str]]) -> str:
    """Where a route does not hang together, in words; "" if it does. ends : of each link."""
    at, place = start, 0
    legs = route.legs if route.legs is not None else (("car", start, end, 0, 0, len(route.links)),)
    for mode, tail, head, _, _, n_links, *_ in legs:
        if tail != at:
            return f"does not go on from {at}, where its leg to {head} begins at {tail}"
        for arc in route.links[place : place + n_links]:
            here, there = ends[arc.removeprefix("-")]
            if arc.startswith("-"):
                here, there = there, here
            if here != at:
                return f"breaks off before link {arc}"
            at = there
        place += n_links
        if mode == "train":
            at = head
        if at != head:
            return f"does not end at {route.host_id}" if head == end else f"breaks off before {head}"
    return "" if at == end else f"does not end at {route.host_id}"


def _trip_faults(scenario: Scenario, plan: Outcome) -> list[Fault]:
    """Trips of buses by fleets, nodes or links that the scenario lacks."""
    fleets, nodes = set(map(str, scenario.fleets.fleet_id)), set(map(str, scenario.nodes.node_id))
    links = set(map(str, scenario.links.link_id))
    faults = []
    for number, trip in enumerate(() if plan.services is None else plan.services.trips):
        lacking = [f"fleet {trip[1]}"] if trip[1] not in fleets else []
        lacking += [f"node {node}" for node in trip[3:5] if node not in nodes]
        lacking += [f"link {arc}" for arc in trip[11].split(" ") if arc.removeprefix("-") not in links]
        if lacking:
            cause = f"trip {trip[0]} needs {', '.join(lacking)}, which the scenario lacks"
            faults.append(Fault("trips.csv", number + 2, "", cause, "plan this scenario again"))
    return faults
