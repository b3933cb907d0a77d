"""The independent check of a timetable: duties driven again over the scenario's links, in plain Python.

It shares no code with what makes timetables: ways are sought anew, seats and people counted anew.
"""

import heapq
from collections import Counter, defaultdict

from farshore.plan.fleets.timetable import Leg, Timetable
from farshore.scenario.scenario import Scenario

__all__ = ["check_timetable"]

_DRIVES = ("pull-out", "trip", "deadhead", "pull-in")
_MODES = {"bus": "bus", "train": "rail"}


def check_timetable(scenario: Scenario, made: Timetable, waiting: dict[str, list[int]]) -> list[str]:
    """What is wrong with a timetable, in words; nothing if it is all right.

    waiting : by zone, who becomes ready to board in each step; nobody boards before being ready
    Duties are unbroken from base to base, within service hours and the driver's; no drive is quicker than the
    links allow; seats and beds hold; who is not fetched is stated.
    """
    wrong: list[str] = []
    by_vehicle: defaultdict[int, list[Leg]] = defaultdict(list)
    for leg in made.legs:
        by_vehicle[leg.vehicle].append(leg)
    for number, legs in sorted(by_vehicle.items()):
        wrong += _check_duties(
            scenario, made, number, sorted(legs, key=lambda leg: (leg.from_s, leg.until_s))
        )
    return wrong + _check_people(scenario, made, waiting)


def _check_duties(scenario: Scenario, made: Timetable, number: int, legs: list[Leg]) -> list[str]:
    vehicle = made.service.vehicles[number]
    fleet = scenario.fleets.fleet_id.tolist().index(vehicle.name.rsplit("-", 1)[0])
    zone_node = dict(zip(scenario.zones.zone_id, scenario.zones.node_id, strict=True))
    host_node = dict(zip(scenario.hosts.host_id, scenario.hosts.node_id, strict=True))

    def node(place: str) -> str:
        kind, _, code = place.partition(":")
        if kind == "base":
            return str(scenario.fleets.base_node_id[fleet])
        return str(zone_node[code] if kind == "zone" else host_node[code])

    wrong, name = [], vehicle.name
    place, clock = "base", vehicle.from_s
    begun = rested = 0
    for leg in legs:
        if leg.place_from != place:
            wrong.append(f"{name} leaves {leg.place_from} and is at {place}")
        if leg.from_s < clock:
            wrong.append(f"{name} leaves {leg.place_from} at {leg.from_s} s, busy until {clock} s")
        if leg.kind == "pull-out":
            begun = leg.from_s
            if rested and begun - rested < scenario.parameter("driver_rest_h") * 3600:
                wrong.append(f"{name}: the driver rests {begun - rested} s")
        if leg.kind in _DRIVES:
            least = _seconds(scenario, vehicle.mode, node(leg.place_from), node(leg.place_to))
            if least is None or leg.until_s - leg.from_s < least:
                wrong.append(
                    f"{name}: {leg.kind} to {leg.place_to} in {leg.until_s - leg.from_s} s; {least} at least"
                )
        least_s = {"load": vehicle.load_s, "unload": vehicle.unload_s}.get(leg.kind, 0)
        if leg.until_s - leg.from_s < least_s:
            wrong.append(f"{name}: {leg.kind} takes {leg.until_s - leg.from_s} s of {least_s}")
        if leg.kind == "pull-in":
            rested = leg.until_s
            if leg.until_s - begun > scenario.parameter("driver_duty_h") * 3600:
                wrong.append(f"{name}: a duty of {leg.until_s - begun} s")
        place, clock = leg.place_to, leg.until_s
    if place != "base":
        wrong.append(f"{name} ends at {place}")
    if clock > vehicle.until_s:
        wrong.append(f"{name} is out until {clock} s, its service ends at {vehicle.until_s} s")
    return wrong


def _check_people(scenario: Scenario, made: Timetable, waiting: dict[str, list[int]]) -> list[str]:
    wrong = []
    step_s = scenario.about.step_s
    legs = {(leg.trip, leg.kind): leg for leg in made.legs if leg.trip >= 0}
    boarded: defaultdict[str, Counter[int]] = defaultdict(Counter)
    brought: Counter[str] = Counter()
    for number, trip in enumerate(made.trips):
        seats = made.service.vehicles[trip.vehicle].seats
        if not 0 < trip.persons <= seats:
            wrong.append(f"trip {number} takes {trip.persons} on {seats} seats")
        leg = legs.get((number, "trip"))
        if leg is None or (leg.vehicle, leg.from_s, leg.until_s) != (
            trip.vehicle,
            trip.depart_s,
            trip.arrive_s,
        ):
            wrong.append(f"trip {number} is in no duty as it is stated")
        boarded[str(scenario.zones.zone_id[trip.zone])][trip.depart_s // step_s] += trip.persons
        brought[str(scenario.hosts.host_id[trip.host])] += trip.persons
    for zone_id, coming in waiting.items():
        there = 0
        for step, persons in enumerate(coming):
            there += persons - boarded[zone_id][step]
            if there < 0:
                wrong.append(f"in step {step} more board in {zone_id} than are ready")
                break
        left = sum(coming) - sum(boarded[zone_id].values())
        stated = made.unserved.get(zone_id, (0, ""))[0]
        if left != stated:
            wrong.append(f"{left} of {zone_id} are not fetched, {stated} are stated")
    for host_id, beds in zip(scenario.hosts.host_id, scenario.hosts.beds.tolist(), strict=True):
        if brought[str(host_id)] > beds:
            wrong.append(f"{brought[str(host_id)]} are brought to {host_id}, which has {beds} beds")
    if made.lower_bound > made.waiting_cost:
        wrong.append("the bound is above the cost")
    return wrong


def _seconds(scenario: Scenario, mode: str, start: str, end: str) -> int | None:
    """Least time between two nodes over links open to a mode, closures left out."""
    links = scenario.links
    kind = dict(zip(scenario.crossings.crossing_id, scenario.crossings.kind, strict=True))
    trip_s = dict(zip(scenario.crossings.crossing_id, scenario.crossings.trip_s.tolist(), strict=True))
    ways: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in range(len(links)):
        crossing = str(links.crossing_id[row])
        if kind.get(crossing) == "ferry":
            seconds = int(trip_s[crossing])
        elif _MODES.get(mode, "") in str(links.allowed_uses[row]).split(";"):
            seconds = max(1, int(links.length[row] / (links.free_speed[row] / 3.6) + 0.5))
        else:
            continue
        tail, head = str(links.from_node_id[row]), str(links.to_node_id[row])
        ways[tail].append((head, seconds))
        if not links.directed[row]:
            ways[head].append((tail, seconds))
    settled: set[str] = set()
    queue = [(0, start)]
    while queue:
        seconds, node = heapq.heappop(queue)
        if node == end:
            return seconds
        if node in settled:
            continue
        settled.add(node)
        for head, more in ways[node]:
            heapq.heappush(queue, (seconds + more, head))
    return None
