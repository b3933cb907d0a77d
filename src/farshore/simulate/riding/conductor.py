"""Leading people and buses through a plan's legs: who sets out, boards, waits, alights, and when.

Nobody begins a walk or boards a ferry before the plan says so. A bus waits at its stop until its riders are
all there, at most to the end of the step in which it is to leave; once late, it leaves as soon as it has
loaded. If nobody at all is there to take, it waits on until somebody comes, then a step more for the others,
and gives up when its next trip begins. Free seats go to those who wait there for the same drop and whose own
bus should have left, in the order in which these were to leave. Trains run by the timetable, come who may.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import inf

import numpy as np
import numpy.typing as npt

from farshore.kernels.services import join_queue
from farshore.simulate.loader import ConservationBroken
from farshore.simulate.network import BUS as BY_BUS
from farshore.simulate.network import WALK as ON_FOOT
from farshore.simulate.riding.script import BUS, TRAIN, Script
from farshore.simulate.start import Run

__all__ = ["Conductor", "State", "Stay"]

Floats = npt.NDArray[np.float64]

_SET_OUT, _ALIGHT, _GO_ON, _TRY_LEAVE, _TRAIN = range(5)  # at one moment, in this order


class State:
    """Where a party is: on the road is on foot, on a ferry or waiting for one."""

    HOME, TOLD_LATER, ON_ROAD, AT_STOP, ABOARD, AT_STATION, IN_TRAIN, THERE = range(8)


_PULLING_OUT, _AT_STOP, _RIDING, _GOING_BACK = range(4)


@dataclass(slots=True)
class _Bus:
    """A vehicle: the place of its trip among its own, what it does, who is aboard."""

    turn: int = 0
    does: int = _PULLING_OUT
    ready_s: float = 0.0
    patience_s: float = 0.0  # until when it waits for its riders
    aboard: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Stay:
    """A wait at a terminal after leaving home: its node, who (persons), from when until when (s)."""

    node: int
    persons: int
    from_s: float
    until_s: float


class Conductor:
    """Leads one run; what it knows at the end are the moments of everybody.

    left_s, arrived_s : float64[n_parties], of setting out and of reaching the host, NaN before
    departed_s, reached_s, riders : of each trip, NaN and 0 where it was not made; missed : persons who were
    not there when their trip left
    """

    def __init__(self, script: Script, run: Run) -> None:
        self.script, self.run = script, run
        parties, n = script.parties, len(script.parties)
        self.first = run.travellers.first_shuttle
        self.persons: list[int] = parties.persons.tolist()
        self.step, self.way = parties.step.tolist(), parties.way.tolist()
        self.assisted = parties.assisted.tolist()
        self.leg, self.state = [0] * n, np.full(n, State.HOME, np.int8)
        self.since: list[float] = [0.0] * n
        self.left_s, self.arrived_s = np.full(n, np.nan), np.full(n, np.nan)
        self.stays: list[Stay] = []
        self.train_s = 0.0  # person-seconds in trains
        self.train_of = [-1] * n
        rides = script.rides
        self.departed_s, self.reached_s = np.full(len(rides), np.nan), np.full(len(rides), np.nan)
        self.riders, self.missed = np.zeros(len(rides), np.int64), np.zeros(len(rides), np.int64)
        self._missing = [0] * len(rides)
        for mine in parties.rides:
            for ride in mine:
                if ride >= 0:
                    self._missing[ride] += 1
        self.bus = [_Bus() for _ in script.buses]
        self._bus_of = {ride: number for number, bus in enumerate(script.buses) for ride in bus.rides}
        self._at_stop: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
        self._at_station: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
        self._stage_of = {
            (stage.run_id, stage.tail, stage.head, stage.departs_step): row
            for row, stage in reversed(list(enumerate(script.stages)))
        }
        self._in_train: defaultdict[int, list[int]] = defaultdict(list)
        self._heap: list[tuple[float, int, int]] = []
        for party in range(n):
            heappush(self._heap, (float(parties.sets_out_s[party]), _SET_OUT, party))
        for row, stage in enumerate(script.stages):
            heappush(self._heap, (stage.departs_s, _TRAIN, row))
        for number, bus in enumerate(script.buses):
            self._pull_out(number, rides[bus.rides[0]].leaves_s)
        self._left = n

    @property
    def next_s(self) -> float:
        """When it next has something to do."""
        return self._heap[0][0] if self._heap else float("inf")

    @property
    def done(self) -> bool:
        """Whether everybody has arrived."""
        return self._left == 0

    def act(self, now_s: float) -> None:
        """Do what is due by now."""
        while self._heap and self._heap[0][0] <= now_s:
            moment_s, what, who = heappop(self._heap)
            if what in (_SET_OUT, _GO_ON):
                self._begin_leg(who, moment_s)
            elif what == _TRY_LEAVE:
                self._try_leave(who, moment_s)
            elif what == _TRAIN:
                self._train_leaves(who, moment_s)
            else:
                self._train_comes(who, moment_s)

    def met(self, vehicle: int, now_s: float) -> None:
        """A party or a bus has reached the end of the way that it was told."""
        party = vehicle - self.first
        if party < len(self.persons):
            self.leg[party] += 1
            self._begin_leg(party, now_s)
            return
        self._bus_comes(party - len(self.persons), now_s)

    def count(self) -> None:
        """Raise ConservationBroken unless everybody is in one place, and every bus holds who is aboard."""
        resting = ~np.isnan(self.run.travellers.arrived_s[self.first :])
        carried = self.run.travellers.carried
        n = len(self.persons)
        on_road = self.state == State.ON_ROAD
        aboard = [party for bus in self.bus for party in bus.aboard]
        riding = np.flatnonzero(self.state == State.ABOARD).tolist()
        seated = np.array([sum(self.persons[party] for party in bus.aboard) for bus in self.bus])
        if (
            (resting[:n] == on_road).any()
            or sorted(aboard) != riding
            or (seated != carried[n:]).any()
            or (carried[:n] != self.script.parties.persons).any()
        ):
            raise ConservationBroken("people are in two places or in none")

    # People

    def _begin_leg(self, party: int, now_s: float) -> None:
        """Let a party do what comes next, as soon as the plan says."""
        legs = self.script.ways[self.way[party]]
        at = self.leg[party]
        if at == len(legs):
            self.state[party] = State.THERE
            self.arrived_s[party] = now_s
            if np.isnan(self.left_s[party]):
                self.left_s[party] = now_s
            self._left -= 1
            return
        leg = legs[at]
        if self.state[party] != State.TOLD_LATER:
            self.since[party] = now_s
        if leg.mode == BUS:
            self._reach_stop(party, now_s)
            return
        if leg.mode == TRAIN:
            self.state[party] = State.AT_STATION
            self._at_station[leg.tail, leg.head].add(party)
            return
        told_s = float((self.step[party] + leg.begins) * self.script.step_s)
        if told_s > now_s:
            self.state[party] = State.TOLD_LATER
            heappush(self._heap, (told_s, _GO_ON, party))
            return
        self._moves_on(party, leg.tail, now_s)
        route = min(leg.routes, key=lambda row: (self._waiting_h(row), row))
        self.state[party] = State.ON_ROAD
        self._send(
            self.first + party,
            self.run.stream_of_foot[leg.tail],
            int(self.run.route_start[route]),
            self.run.trees.row(0, ON_FOOT, self.script.exit_of[leg.head]),
            now_s,
        )

    def _waiting_h(self, route: int) -> float:
        """How long, about, who joins the queue for a ferry now waits; 0 on a walk."""
        run = self.run
        link = int(run.travellers.route_links[run.route_start[route]])
        number = int(run.roads.links["ferry"][link])
        if number < 0:
            return 0.0
        berth = run.services.berths[2 * number + 1]
        service = run.network.ferries[number]
        waiting = float(run.roads.links["persons"][link])
        per_s = service.seats_persons * len(service.first_free_s) / (2 * service.trip_s)
        if per_s <= 0:  # no vessel, or none with seats
            return inf
        return waiting / per_s + (0.0 if berth["running"] else 1e9)

    def _moves_on(self, party: int, node: int, now_s: float) -> None:
        """Note when a party left home, or how long it waited since."""
        if np.isnan(self.left_s[party]):
            self.left_s[party] = now_s
        elif now_s > self.since[party]:
            self.stays.append(Stay(node, self.persons[party], self.since[party], now_s))

    def _room(self, party: int, room: int) -> int:
        """Seats that a party takes where an assisted person takes `room`; 0: cannot ride."""
        return self.persons[party] * (room if self.assisted[party] else 1)

    # Buses

    def own_ride(self, party: int) -> int:
        """The trip that a party at a stop was told, −1 if none."""
        return self.script.parties.rides[party][self.leg[party]]

    def _reach_stop(self, party: int, now_s: float) -> None:
        leg = self.script.ways[self.way[party]][self.leg[party]]
        self.state[party] = State.AT_STOP
        self._at_stop[leg.tail, leg.head].add(party)
        ride = self.own_ride(party)
        if ride >= 0:
            self._missing[ride] -= 1
            if ride not in self._bus_of:  # there is no vehicle for it
                return
            bus = self.bus[self._bus_of[ride]]
            if self._stands(ride) and now_s >= max(bus.patience_s, bus.ready_s):  # it had nobody to take
                bus.patience_s = now_s + self.script.step_s
                heappush(self._heap, (bus.patience_s, _TRY_LEAVE, ride))
            self._try_leave(ride, now_s)

    def _pull_out(self, number: int, now_s: float) -> None:
        """Send a bus from its base to the stop of its next trip."""
        bus, plan = self.bus[number], self.script.buses[number]
        bus.does = _PULLING_OUT
        ride = self.script.rides[plan.rides[bus.turn]]
        tree = self.run.trees.row(0, BY_BUS, self.script.exit_of[ride.tail])
        self._drive(number, plan.base, -1 - tree, tree, now_s)

    def _bus_comes(self, number: int, now_s: float) -> None:
        bus, plan = self.bus[number], self.script.buses[number]
        row = plan.rides[bus.turn]
        ride = self.script.rides[row]
        if bus.does == _PULLING_OUT:
            bus.does, bus.ready_s, bus.patience_s = _AT_STOP, now_s + ride.load_s, ride.until_s
            for moment_s in (max(bus.ready_s, ride.board_s), ride.until_s, self._gives_up_s(number)):
                if now_s <= moment_s < np.inf:
                    heappush(self._heap, (moment_s, _TRY_LEAVE, row))
        elif bus.does == _RIDING:
            self.reached_s[row] = now_s
            alighting, bus.aboard = bus.aboard, []
            self._set_carried(number, 0)
            self._go_back(number, ride.head, now_s + ride.unload_s)
            for party in alighting:
                self.leg[party] += 1
                self._begin_leg(party, now_s)
        else:
            bus.turn += 1
            if bus.turn < len(plan.rides):
                self._pull_out(number, max(now_s, self.script.rides[plan.rides[bus.turn]].leaves_s))

    def _go_back(self, number: int, node: int, now_s: float) -> None:
        self.bus[number].does = _GOING_BACK
        tree = self.run.trees.row(0, BY_BUS, self.script.exit_of[self.script.buses[number].base])
        self._drive(number, node, -1 - tree, tree, now_s)

    def _stands(self, row: int) -> bool:
        """Whether the bus of a trip is at its stop for it."""
        number = self._bus_of[row]
        bus = self.bus[number]
        return bus.does == _AT_STOP and self.script.buses[number].rides[bus.turn] == row

    def _gives_up_s(self, number: int) -> float:
        """When a bus that stands at a stop is to set out for its next trip."""
        turn, mine = self.bus[number].turn, self.script.buses[number].rides
        return self.script.rides[mine[turn + 1]].leaves_s if turn + 1 < len(mine) else float("inf")

    def _try_leave(self, row: int, now_s: float) -> None:
        """Let the bus of a trip leave if it stands at its stop, is loaded, and need not wait any more."""
        ride, number = self.script.rides[row], self._bus_of[row]
        bus, missing = self.bus[number], self._missing[row] > 0
        if not self._stands(row) or now_s < max(bus.ready_s, ride.board_s):
            return
        if missing and now_s < bus.patience_s:
            return
        waiting = self._at_stop[ride.tail, ride.head]
        boarding = self._boarding(row, now_s)
        if missing and not boarding and now_s < max(self._gives_up_s(number), ride.until_s):
            return
        self.departed_s[row] = now_s
        self.riders[row] = sum(self.persons[party] for party in boarding)
        self.missed[row] = ride.persons - sum(
            self.persons[party] for party in boarding if self.own_ride(party) == row
        )
        for party in boarding:
            waiting.remove(party)
            self._moves_on(party, ride.tail, now_s)
            self.state[party] = State.ABOARD
        bus.aboard = boarding
        self._set_carried(number, int(self.riders[row]))
        if not boarding:
            self._go_back(number, ride.tail, now_s)
            return
        bus.does = _RIDING
        tree = self.run.trees.row(0, BY_BUS, self.script.exit_of[ride.head])
        self._drive(number, ride.tail, int(self.run.route_start[ride.route]), tree, now_s)

    def _boarding(self, row: int, now_s: float) -> list[int]:
        """Who boards a trip that leaves now: its own riders, then those whose bus should have left.

        Where more were told to ride than there are seats, those board who were first told.
        """
        ride = self.script.rides[row]
        waiting = self._at_stop[ride.tail, ride.head]
        own = sorted(party for party in waiting if self.own_ride(party) == row)
        others = sorted((self._was_due_s(party), party) for party in waiting.difference(own))
        free, boarding = ride.seats, list[int]()
        for party in (*own, *(party for due_s, party in others if due_s <= now_s)):
            seats = self._room(party, ride.room)
            if 0 < seats <= free:
                boarding.append(party)
                free -= seats
        return boarding

    def _was_due_s(self, party: int) -> float:
        """When the bus of a party that waits was to have left at the latest, or did."""
        row = self.own_ride(party)
        if row < 0:
            return 0.0
        ride = self.script.rides[row]
        return ride.until_s if np.isnan(self.departed_s[row]) else min(ride.until_s, self.departed_s[row])

    def _set_carried(self, number: int, persons: int) -> None:
        self.run.travellers.carried[len(self.persons) + number] = persons

    def _drive(self, number: int, node: int, way: int, tree: int, now_s: float) -> None:
        vehicle = self.first + len(self.persons) + number
        self._send(vehicle, self.run.stream_of_bus[node], way, tree, now_s)

    def _send(self, vehicle: int, stream: int, way: int, detour: int, now_s: float) -> None:
        """Put a vehicle that is nowhere on the road into the queue at a node."""
        travellers = self.run.travellers
        travellers.way[vehicle], travellers.detour[vehicle] = way, detour
        travellers.arrived_s[vehicle], travellers.arrived_at[vehicle] = np.nan, -1
        join_queue(self.run.roads, travellers, stream, vehicle, now_s)

    # Trains

    def own_stage(self, party: int) -> int:
        """The train ride that a party at a station was told, −1 if there is none."""
        leg = self.script.ways[self.way[party]][self.leg[party]]
        key = (leg.name, leg.tail, leg.head, self.step[party] + leg.begins)
        row: int = self._stage_of.get(key, -1)
        return row

    def _train_leaves(self, row: int, now_s: float) -> None:
        """Who was told this train boards first, then who missed an earlier one, while there are seats."""
        stages = self.script.stages
        stage, waiting = stages[row], self._at_station[stages[row].tail, stages[row].head]
        heappush(self._heap, (stage.arrives_s, _ALIGHT, row))
        free = stage.seats
        due = {party: self.own_stage(party) for party in waiting}
        in_turn = sorted(
            (own != row, stages[own].departs_s if own >= 0 else 0.0, party) for party, own in due.items()
        )
        for _, due_s, party in in_turn:
            seats = self._room(party, stage.room)
            if due_s <= now_s and 0 < seats <= free:
                free -= seats
                waiting.remove(party)
                self._moves_on(party, stage.tail, now_s)
                self.state[party] = State.IN_TRAIN
                self.train_of[party] = row
                self._in_train[row].append(party)

    def _train_comes(self, row: int, now_s: float) -> None:
        stage = self.script.stages[row]
        for party in self._in_train.pop(row, ()):
            self.train_s += self.persons[party] * (now_s - stage.departs_s)
            self.leg[party] += 1
            self._begin_leg(party, now_s)
