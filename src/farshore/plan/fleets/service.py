"""What a scenario's fleets can do: vehicles, where they may go and how long it takes, who waits for them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from farshore.plan.model import Problem, problem_of
from farshore.results.outcome import Outcome
from farshore.scenario.scenario import Scenario
from farshore.scenario.table import NO_TIME
from farshore.scenario.timing import Ints
from farshore.units import offset_of

__all__ = ["NO_WAY", "Service", "Vehicle", "service_of", "waiting_for_vehicles"]

NO_WAY: Final = 1 << 40
_USE_OF: Final = {"bus": "bus", "train": "rail", "ferry": "", "boat": ""}


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One vehicle of a fleet; times in seconds from the scenario's start, `until_s` not included."""

    name: str
    fleet: int
    mode: str
    seats: int
    from_s: int
    until_s: int
    load_s: int
    unload_s: int


@dataclass(frozen=True, eq=False)
class Service:
    """Vehicles, their ways, and the people who need them.

    to_zone : int64[n_fleets, n_zones] from the base; out_s : int64[n_fleets, n_zones, n_hosts];
    back_s : int64[n_fleets, n_hosts, n_zones]; home_s : int64[n_fleets, n_hosts] to the base; NO_WAY where
    none
    arriving : int64[n_zones, n_steps], people without a car who become ready to board, in this step or the
    first
    beds : int64[n_hosts]; intake : int64[n_hosts, n_steps], free of who comes by car
    driving : (from hour, until hour) of the day between which vehicles are on the road
    troubles : what makes a fleet useless, in words
    """

    problem: Problem
    vehicles: tuple[Vehicle, ...]
    to_zone: Ints
    out_s: Ints
    back_s: Ints
    home_s: Ints
    arriving: Ints
    beds: Ints
    intake: Ints
    driving: tuple[float, float]
    duty_s: int
    rest_s: int
    troubles: tuple[str, ...]

    def may_drive(self, from_s: int, long_s: int) -> int:
        """First moment from `from_s` on at which so long a drive lies within the driving hours, or −1."""
        low, high = self.driving
        if high - low >= 24:
            return from_s
        span_s = round((high - low + (24 if high < low else 0)) * 3600)
        if long_s > span_s:
            return -1
        about = self.problem.scenario.about
        local_s = from_s + int(about.start.timestamp()) + round(offset_of(about.start).total_seconds())
        past_s = (local_s - round(low * 3600)) % 86_400
        return from_s if past_s + long_s <= span_s else from_s + 86_400 - past_s


def waiting_for_vehicles(
    scenario: Scenario, problem: Problem, outcome: Outcome | None
) -> tuple[Ints, Ints, Ints]:
    """People without a car as they become ready to board, and the beds and intake left by those with one.

    By a plan: the share without a car of all who have left by a step, rounded, from that step on. Without a
    plan: of all who are ready. returns : arriving int64[n_zones, n_steps]; beds; intake as in `Service`
    """
    timing = problem.timing
    beds, intake = timing.beds.astype(np.int64).copy(), timing.intake.copy()
    leaving = timing.newly_ready.copy()
    if outcome is not None:
        zone_row, host_row = scenario.zones.position(), scenario.hosts.position()
        leaving = np.zeros_like(leaving)
        moves = outcome.departures
        for route, step, persons in zip(
            moves.route.tolist(), moves.step.tolist(), moves.persons.tolist(), strict=True
        ):
            way = outcome.routes[route]
            zone, host = zone_row[way.zone_id], host_row[way.host_id]
            leaving[zone, step] += persons
            by_car = int(np.ceil(persons * float(scenario.zones.share_with_car[zone])))
            beds[host] -= by_car
            intake[host, step + way.arrival_steps] -= by_car
    without = 1 - scenario.zones.share_with_car
    so_far = np.floor(np.cumsum(leaving, axis=1) * without[:, None] + 0.5).astype(np.int64)
    return np.diff(so_far, axis=1, prepend=0), np.maximum(beds, 0), np.maximum(intake, 0)


def service_of(scenario: Scenario, outcome: Outcome | None = None) -> Service:
    """The service that a scenario's fleets can give; needs a scenario without faults.

    Vehicles take the quickest way over links that their mode may use (bus: `bus`, or a ferry that takes
    vehicles; train: `rail`; ferry, boat: links of ferry crossings) and that are not closed at any time in the
    horizon: what might close under way is not relied on.
    """
    problem = problem_of(scenario)
    about, fleets = scenario.about, scenario.fleets
    start_s, horizon_s = int(about.start.timestamp()), about.horizon_h * 3600
    node_row = scenario.nodes.position()
    zone_node, host_node = problem.timing.zone_node, problem.timing.host_node
    n_fleets, n_zones, n_hosts = len(fleets), len(zone_node), len(host_node)
    to_zone, home = np.full((n_fleets, n_zones), NO_WAY), np.full((n_fleets, n_hosts), NO_WAY)
    out = np.full((n_fleets, n_zones, n_hosts), NO_WAY)
    back = np.full((n_fleets, n_hosts, n_zones), NO_WAY)
    vehicles: list[Vehicle] = []
    troubles: list[str] = []
    arriving, beds, intake = waiting_for_vehicles(scenario, problem, outcome)
    intake = np.where(problem.host_open, intake, 0)
    wanted = arriving.sum(axis=1) > 0
    taking = problem.host_open.any(axis=1) & (beds > 0)
    words = {*map(str, scenario.zones.zone_id), *map(str, scenario.hosts.host_id)}
    for fleet in range(n_fleets):
        code, mode = str(fleets.fleet_id[fleet]), str(fleets.mode[fleet])
        base = node_row[fleets.base_node_id[fleet]]
        times = _quickest(scenario, mode, np.concatenate([[base], zone_node, host_node]))
        zones, hosts = 1 + np.arange(n_zones), 1 + n_zones + np.arange(n_hosts)
        to_zone[fleet], home[fleet] = times[0, zones], times[hosts, 0]
        out[fleet], back[fleet] = times[np.ix_(zones, hosts)], times[np.ix_(hosts, zones)]
        line = [word.strip() for word in str(fleets.line[fleet]).split(";") if word.strip()]
        troubles += [
            f"fleet {code}: its line {word!r} is no zone or host; it is not bound by it"
            for word in line
            if word not in words
        ]
        zone_bound = np.isin(scenario.zones.zone_id, [word for word in line if word in words])
        host_bound = np.isin(scenario.hosts.host_id, [word for word in line if word in words])
        if zone_bound.any():
            out[fleet, ~zone_bound] = NO_WAY
        if host_bound.any():
            out[fleet, :, ~host_bound] = NO_WAY
        trouble = _trouble(to_zone[fleet], out[fleet], home[fleet], wanted, taking)
        if not fleets.vehicles[fleet] or not fleets.seats[fleet]:
            trouble = "it has no vehicles or no seats"
        if trouble:
            troubles.append(f"fleet {code} (base {fleets.base_node_id[fleet]}): {trouble}")
            continue
        from_s = 0 if fleets.from_time[fleet] == NO_TIME else int(fleets.from_time[fleet]) - start_s
        until_s = (
            horizon_s if fleets.until_time[fleet] == NO_TIME else int(fleets.until_time[fleet]) - start_s
        )
        vehicles += [
            Vehicle(
                f"{code}-{number + 1:02}",
                fleet,
                mode,
                int(fleets.seats[fleet]),
                max(0, from_s),
                min(horizon_s, until_s),
                int(fleets.load_s[fleet]),
                int(fleets.unload_s[fleet]),
            )
            for number in range(int(fleets.vehicles[fleet]))
        ]
    get = scenario.parameter
    return Service(
        problem,
        tuple(vehicles),
        to_zone,
        out,
        back,
        home,
        arriving,
        beds,
        intake,
        (get("driving_from_hour"), get("driving_until_hour")),
        round(get("driver_duty_h") * 3600),
        round(get("driver_rest_h") * 3600),
        tuple(troubles),
    )


def _trouble(
    to_zone: Ints, out: Ints, home: Ints, wanted: npt.NDArray[np.bool_], taking: npt.NDArray[np.bool_]
) -> str:
    """Why a fleet can help nobody: the first link of the chain that is missing; "" if it can help."""
    if not (to_zone < NO_WAY).any():
        return "no zone can be reached from there by links that it may use and that stay open"
    if not ((to_zone < NO_WAY) & wanted).any():
        return "in the zones that it can reach nobody without a car waits"
    reached = (to_zone < NO_WAY) & wanted
    if not ((out[reached] < NO_WAY) & taking[None, :]).any():
        return "from the zones that it can reach no way leads to a host that takes people"
    if not ((out[reached] < NO_WAY) & taking[None, :] & (home < NO_WAY)[None, :]).any():
        return "no way leads back to its base from any host that it can serve"
    return ""


def _quickest(scenario: Scenario, mode: str, places: Ints) -> Ints:
    """Seconds between places by a mode: int64[n_places, n_places], NO_WAY where there is none."""
    links, crossings = scenario.links, scenario.crossings
    node_row, crossing_row = scenario.nodes.position(), crossings.position()
    closures = scenario.closures
    shut = {
        str(asset)
        for asset, factor, uses in zip(
            closures.asset_id, closures.capacity_factor, closures.allowed_uses, strict=True
        )
        if factor <= 0 or (uses and _USE_OF[mode] not in _words(uses))
    }
    tails, heads, seconds = [], [], []
    for row in range(len(links)):
        crossing = crossing_row.get(links.crossing_id[row], -1)
        if str(links.link_id[row]) in shut or (crossing >= 0 and str(links.crossing_id[row]) in shut):
            continue
        sails = crossing >= 0 and crossings.kind[crossing] == "ferry"
        if sails:
            if mode == "train" or (mode == "bus" and not crossings.vehicles_per_trip[crossing]):
                continue
            time_s = int(crossings.trip_s[crossing])
        else:
            if mode in ("ferry", "boat") or _USE_OF[mode] not in _words(str(links.allowed_uses[row])):
                continue
            time_s = int(links.length[row] / (links.free_speed[row] / 3.6) + 0.5)
        tail, head = node_row[links.from_node_id[row]], node_row[links.to_node_id[row]]
        tails.append(tail)
        heads.append(head)
        seconds.append(max(1, time_s))
        if not links.directed[row]:
            tails.append(head)
            heads.append(tail)
            seconds.append(max(1, time_s))
    n = len(scenario.nodes)
    order = np.lexsort((seconds, heads, tails)) if tails else np.zeros(0, np.int64)
    pairs = np.stack([np.array(tails, np.int64), np.array(heads, np.int64)])[:, order]
    first = np.ones(pairs.shape[1], bool)
    first[1:] = (pairs[:, 1:] != pairs[:, :-1]).any(axis=0)  # of parallel links the quickest
    graph = coo_array(
        (np.array(seconds, np.float64)[order][first], (pairs[0, first], pairs[1, first])), shape=(n, n)
    )
    unique, inverse = np.unique(places, return_inverse=True)
    found = dijkstra(graph.tocsr(), indices=unique)[:, places][inverse]
    return np.where(np.isfinite(found), found, NO_WAY).astype(np.int64)


def _words(uses: str) -> set[str]:
    return {word.strip() for word in uses.split(";")}
