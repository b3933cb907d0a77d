"""One network of everything that moves people: cars, ways on foot, and a layer for each bus fleet."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from farshore.kernels.paths import FAR, grouped
from farshore.kernels.reduction import drop_dead_ends
from farshore.plan.classes.afoot import Afoot
from farshore.plan.classes.buses import Fleet, bus_arcs, room_of, vehicle_room
from farshore.plan.classes.ground import Ground
from farshore.plan.classes.resources import Resources, resources_of
from farshore.plan.classes.strung import Strung, strung_of
from farshore.plan.profiles import Profiles
from farshore.plan.reduce import in_time
from farshore.scenario.clock import Ints

__all__ = ["ALIGHT", "BOARD", "BUS", "CAR", "LEG", "WAIT", "Layers", "layers_of"]

CAR: Final = 0
WAIT: Final = 1
LEG: Final = 2
BOARD: Final = 3
BUS: Final = 4
ALIGHT: Final = 5

_APART: Final = 1 << 30  # the next nodes of arcs that are not turned back from


@dataclass(frozen=True, eq=False)
class Layers:
    """Arcs between nodes of a layered network; those of cars and buses stand for chains of the ground's arcs.

    tail, head, leads_to, comes_from, steps, kind : int64[n_arcs]
    fleet : int64[n_arcs], place in `fleets`, −1 for none
    what : int64[n_arcs], terminal of a wait, boarding or alighting; leg; chain in `cars` or `roads`
    opens_of : int64[n_arcs], row of `opens` : int64[n_rows, n_steps], 1 where it may be entered
    cost_of : int64[n_arcs], row of costs or −1; costs : int64[n_needs, n_rows, n_steps]
    flat_cost : int64[n_needs, n_arcs]
    use_first : int64[n_arcs + 1]; use_base, use_offset : int64[n_uses]; use_unit : float64[n_uses]
        who enters arc a in step k uses `use_unit` of resource `use_base + k + use_offset`,
        times the seats that he takes where `use_seats` : bool[n_uses]
    seats : int64[n_needs, n_arcs], what one takes on buses and trains, 0 if he cannot ride, 1 elsewhere
    car_home, foot_home : int64[n_zones]; car_host, foot_host : int64[n_hosts]; −1 where there is none
    """

    n_nodes: int
    tail: Ints
    head: Ints
    leads_to: Ints
    comes_from: Ints
    steps: Ints
    kind: Ints
    fleet: Ints
    what: Ints
    opens_of: Ints
    opens: Ints
    cost_of: Ints
    costs: Ints
    flat_cost: Ints
    use_first: Ints
    use_base: Ints
    use_offset: Ints
    use_unit: npt.NDArray[np.float64]
    use_seats: npt.NDArray[np.bool_]
    seats: Ints
    car_home: Ints
    foot_home: Ints
    car_host: Ints
    foot_host: Ints
    cars: Strung
    roads: Strung
    afoot: Afoot
    fleets: tuple[Fleet, ...]
    resources: Resources
    ground: Ground

    @property
    def n_steps(self) -> int:
        """Steps of the horizon."""
        return self.ground.timing.n_steps


_NAMES: Final = (
    "tail", "head", "leads_to", "comes_from", "steps", "kind", "fleet", "what", "opens_of", "cost_of",
)  # fmt: skip


class _Arcs:
    """Arcs of the layers, as they are added."""

    def __init__(self, n_steps: int, n_needs: int) -> None:
        self.opens = Profiles(n_steps)
        self.costs = [Profiles(n_steps) for _ in range(n_needs)]
        self.number: dict[tuple[str, int, int], int] = {}
        self._columns: dict[str, list[Ints]] = {name: [] for name in _NAMES}
        self._flat: list[Ints] = []
        self._uses: list[tuple[Ints, Ints, Ints, npt.NDArray[np.float64], npt.NDArray[np.bool_]]] = []
        self._n = 0

    def node(self, layer: str, number: int, fleet: int = -1) -> int:
        """Number of a node, given when it is first asked for."""
        return self.number.setdefault((layer, number, fleet), len(self.number))

    def cost(self, key: object, by_need: Ints) -> int:
        """Row of costs, one for each need."""
        for rows, row in zip(self.costs, by_need, strict=True):
            rows.keep(key, row)
        return self.costs[0].row_of[key]

    def add(self, *, flat: Ints | None = None, **columns: Ints | list[int] | int) -> Ints:
        """Add arcs, one number standing for all of them; returns their numbers."""
        count = len(np.atleast_1d(np.asarray(columns["tail"])))
        arcs = np.arange(self._n, self._n + count)
        self._n += count
        filled: dict[str, Ints | list[int] | int] = {
            "leads_to": _APART + arcs, "comes_from": -_APART - arcs, "steps": 0, "fleet": -1, "cost_of": -1
        }  # fmt: skip
        for name in _NAMES:
            value = np.asarray(columns.get(name, filled.get(name)), np.int64)
            self._columns[name].append(np.broadcast_to(value, (count,)))
        self._flat.append(np.zeros((len(self.costs), count), np.int64) if flat is None else flat)
        return arcs

    def use(self, arc: Ints, base: Ints | int, offset: Ints | int, unit: float, *, seats: bool) -> None:
        """Say what entering some arcs uses."""
        n = len(arc)
        every = [np.broadcast_to(np.asarray(part, np.int64), (n,)) for part in (arc, base, offset)]
        self._uses.append((every[0], every[1], every[2], np.full(n, unit), np.full(n, seats)))

    def chains(self, strung: Strung, layer: str, kind: int, opens_of: Ints, fleet: int = -1) -> Ints:
        """Add the chains of a network as a layer."""
        return self.add(
            tail=[self.node(layer, node, fleet) for node in strung.tail.tolist()],
            head=[self.node(layer, node, fleet) for node in strung.head.tolist()],
            leads_to=strung.leads_to,
            comes_from=strung.comes_from,
            steps=strung.steps,
            kind=kind,
            fleet=fleet,
            what=np.arange(len(strung.tail)),
            opens_of=opens_of,
            cost_of=strung.cost_of,
            flat=strung.flat_cost,
        )

    def table(self) -> dict[str, Any]:
        """All columns, and the uses by arc."""
        found = {name: np.concatenate(parts) for name, parts in self._columns.items()}
        columns = [np.concatenate(part) for part in zip(*self._uses, strict=True)]
        first, members = grouped(columns[0], self._n)
        names = ("use_base", "use_offset", "use_unit", "use_seats")
        found |= {name: part[members] for name, part in zip(names, columns[1:], strict=True)}
        return found | {"use_first": first, "flat_cost": np.concatenate(self._flat, axis=1)}


def layers_of(ground: Ground, afoot: Afoot, fleets: tuple[Fleet, ...]) -> Layers:
    """Build the network of layers."""
    timing = ground.timing
    resources = resources_of(ground, afoot, fleets)
    arcs = _Arcs(timing.n_steps, len(ground.flat_cost))
    cars = _cars(ground, arcs)
    _use_roads(ground, resources, arcs, cars, arcs.chains(cars, "car", CAR, cars.opens_of))
    _on_foot(ground, afoot, resources, arcs)
    roads = _roads(ground, afoot, fleets, arcs)
    for number in range(len(fleets)):
        _buses(ground, afoot, fleets, number, resources, arcs, roads)
    table = arcs.table()

    def of(layer: str, node: int) -> int:
        return arcs.number.get((layer, node, -1), -1)

    return Layers(
        n_nodes=len(arcs.number),
        opens=arcs.opens.stacked(),
        costs=np.array([rows.stacked() for rows in arcs.costs]),
        seats=_seats(ground, afoot, fleets, table),
        car_home=np.array([of("car", node) for node in timing.zone_node.tolist()], np.int64),
        foot_home=np.array([of("foot", afoot.at(node)) for node in timing.zone_node.tolist()], np.int64),
        car_host=np.array([of("car", node) for node in timing.host_node.tolist()], np.int64),
        foot_host=np.array([of("foot", afoot.at(node)) for node in timing.host_node.tolist()], np.int64),
        cars=cars,
        roads=roads,
        afoot=afoot,
        fleets=fleets,
        resources=resources,
        ground=ground,
        **table,
    )


def _seats(ground: Ground, afoot: Afoot, fleets: tuple[Fleet, ...], table: dict[str, Any]) -> Ints:
    """Seats that each need takes on each arc."""
    seats = np.ones((len(ground.flat_cost), len(table["tail"])), np.int64)
    for number, fleet in enumerate(fleets):
        seats[:, table["fleet"] == number] = fleet.room[:, None]
    for arc in np.flatnonzero(table["kind"] == LEG).tolist():
        for kind, stage in afoot.legs[int(table["what"][arc])].rooms:
            if kind == "train":
                seats[:, arc] = room_of(ground, int(afoot.train_fleet[stage]))
    return seats


def _cars(ground: Ground, arcs: _Arcs) -> Strung:
    """Chains for cars: what cannot be part of a way within the horizon is left out."""
    timing = ground.timing
    rows = Profiles(timing.n_steps)
    ferry = {int(arc): i for i, arc in enumerate(ground.ferry_arcs)}
    enter_of = np.empty(len(timing.tail), np.int64)
    for arc in range(len(timing.tail)):
        key = (int(ground.car_of[arc]), int(ground.room_of[arc]), ferry.get(arc, -1))
        if key not in rows.row_of:
            may = (ground.opens[key[0]] > 0) & (ground.rooms[key[1]] > 0)
            rows.keep(key, may & (ground.decks[key[2]] > 0) if key[2] >= 0 else may)
        enter_of[arc] = rows.row_of[key]
    enters = rows.stacked()
    useful = np.any(enters > 0, axis=1)[enter_of]
    ready = timing.newly_ready > 0
    leaving = np.any(ready, axis=1)
    starts = np.full(timing.n_nodes, FAR, np.int64)
    np.minimum.at(starts, timing.zone_node[leaving], ready.argmax(axis=1)[leaving])
    ends = np.zeros(timing.n_nodes, bool)
    ends[timing.host_node[(timing.beds > 0) & (timing.intake > 0).any(axis=1)]] = True
    useful &= in_time(timing, useful, starts, ends)
    by_tail, by_head = grouped(timing.tail, timing.n_nodes), grouped(timing.head, timing.n_nodes)
    drop_dead_ends(timing.tail, timing.head, *by_tail, *by_head, starts < FAR, ends, useful)
    return strung_of(ground, enter_of, enters, useful, (starts < FAR) | ends, arcs.opens, arcs.costs)


def _use_roads(ground: Ground, resources: Resources, arcs: _Arcs, cars: Strung, numbers: Ints) -> None:
    """A person in a car uses a person's room of each arc, and a place on the deck."""
    n_steps = ground.timing.n_steps
    where = np.repeat(numbers, np.diff(cars.first))
    arcs.use(where, cars.arcs * n_steps, cars.entry, 1.0, seats=False)
    ferry = np.full(len(ground.timing.tail), -1, np.int64)
    ferry[ground.ferry_arcs] = np.arange(len(ground.ferry_arcs))
    sails = ferry[cars.arcs] >= 0
    decks = resources.decks + ferry[cars.arcs[sails]] * n_steps
    arcs.use(where[sails], decks, cars.entry[sails], 1.0, seats=False)


def _on_foot(ground: Ground, afoot: Afoot, resources: Resources, arcs: _Arcs) -> None:
    """Waits at terminals, and legs between them."""
    n_steps = ground.timing.n_steps
    terminal = [arcs.node("foot", number) for number in range(len(afoot.terminals))]
    always = arcs.opens.keep("always", np.ones(n_steps, np.int64))
    arcs.add(
        tail=terminal,
        head=terminal,
        steps=1,
        kind=WAIT,
        what=np.arange(len(terminal)),
        opens_of=always,
        cost_of=[arcs.cost(("wait", t), afoot.wait_cost[:, t]) for t in range(len(terminal))],
    )
    begins = {"ferry": 0, "foot": resources.foot, "train": resources.trains}
    for number, leg in enumerate(afoot.legs):
        arc = arcs.add(
            tail=[terminal[leg.tail]],
            head=terminal[leg.head],
            steps=leg.steps,
            kind=LEG,
            what=number,
            opens_of=arcs.opens.keep(leg.opens.tobytes(), leg.opens),
            cost_of=arcs.cost(leg.costs.tobytes(), leg.costs),
        )
        for kind, which in leg.rooms:
            arcs.use(arc, begins[kind] + which * n_steps, 0, 1.0, seats=kind == "train")


def _roads(ground: Ground, afoot: Afoot, fleets: tuple[Fleet, ...], arcs: _Arcs) -> Strung:
    """Chains for buses between the terminals at which some fleet stops."""
    timing = ground.timing
    stops = np.zeros(timing.n_nodes, bool)
    reach = np.zeros(timing.n_nodes, bool)
    for fleet in fleets:
        stops[afoot.terminals[(fleet.out_steps >= 0) | (fleet.back_steps >= 0)]] = True
        reach |= fleet.reach
    rows = Profiles(timing.n_steps)
    rows.keep("never", np.zeros(timing.n_steps, np.int64))
    enter_of = np.zeros(len(timing.tail), np.int64)
    useful = bus_arcs(ground) & reach[timing.tail] & reach[timing.head]
    for arc in np.flatnonzero(useful).tolist():
        key = (int(ground.bus_of[arc]), int(ground.room_of[arc]))
        if key not in rows.row_of:
            rows.keep(key, (ground.opens[key[0]] > 0) & (ground.rooms[key[1]] > 0))
        enter_of[arc] = rows.row_of[key]
    enters = rows.stacked()
    useful &= np.any(enters > 0, axis=1)[enter_of]
    by_tail, by_head = grouped(timing.tail, timing.n_nodes), grouped(timing.head, timing.n_nodes)
    drop_dead_ends(timing.tail, timing.head, *by_tail, *by_head, stops, stops, useful)
    return strung_of(ground, enter_of, enters, useful, stops, arcs.opens, arcs.costs)


def _buses(
    ground: Ground, afoot: Afoot, fleets: tuple[Fleet, ...], number: int, resources: Resources, arcs: _Arcs,
    roads: Strung,
) -> None:  # fmt: skip
    """The layer of one fleet: boarding, riding, alighting."""
    n_steps, fleet = ground.timing.n_steps, fleets[number]
    mine = resources.fleets + number * n_steps
    serving = fleet.vehicles > 0

    def bound(steps: int, later: int) -> Ints:
        """Where a vehicle is in service in `steps` steps from the `later`th after this: int64[n_steps]."""
        served = np.concatenate([[0], np.cumsum(serving)])
        begin = np.arange(n_steps) + later
        inside = (begin >= 0) & (begin + steps <= n_steps)
        low, high = np.clip(begin, 0, n_steps), np.clip(begin + steps, 0, n_steps)
        return np.asarray(inside & (served[high] - served[low] == steps), np.int64)

    rides = np.empty(len(roads.tail), np.int64)
    of_line = np.logical_and.reduceat(fleet.roads[roads.arcs], roads.first[:-1]) if len(rides) else rides
    opens_of = np.where(of_line, roads.opens_of, arcs.opens.keep("never", np.zeros(n_steps, np.int64)))
    for chain, (row, steps) in enumerate(zip(opens_of.tolist(), roads.steps.tolist(), strict=True)):
        key = ("ride", number, row, steps)
        if key not in arcs.opens.row_of:
            arcs.opens.keep(key, arcs.opens.rows[row] * bound(steps, 0))
        rides[chain] = arcs.opens.row_of[key]
    chain_arcs = arcs.chains(roads, "bus", BUS, rides, fleet=number)
    where = np.repeat(chain_arcs, np.diff(roads.first))
    share = vehicle_room(ground) / fleet.seats
    arcs.use(where, roads.arcs * n_steps, roads.entry, share, seats=True)
    _use_vehicle(arcs, chain_arcs, mine, roads.steps, np.zeros_like(roads.steps))
    on_roads = set(roads.tail.tolist()) | set(roads.head.tolist())
    for terminal, node in enumerate(afoot.terminals.tolist()):
        if node not in on_roads:
            continue
        here, there = arcs.node("foot", terminal), arcs.node("bus", node, number)
        out, back = int(fleet.out_steps[terminal]), int(fleet.back_steps[terminal])
        if out >= 0:
            row = arcs.opens.keep(("out", number, out), bound(out, -out))
            arc = arcs.add(tail=[here], head=there, kind=BOARD, fleet=number, what=terminal, opens_of=row)
            _use_vehicle(arcs, arc, mine, np.array([out]), np.array([-out]))
        if back >= 0:
            row = arcs.opens.keep(("back", number, back), bound(back, 0))
            arc = arcs.add(tail=[there], head=here, kind=ALIGHT, fleet=number, what=terminal, opens_of=row)
            _use_vehicle(arcs, arc, mine, np.array([back]), np.array([0]))


def _use_vehicle(arcs: _Arcs, numbers: Ints, mine: int, steps: Ints, begin: Ints) -> None:
    """Entering arc a binds the vehicle for `steps` steps from `begin` on."""
    where = np.repeat(numbers, steps)
    along = np.arange(len(where)) - np.repeat(np.cumsum(steps) - steps, steps)
    arcs.use(where, mine, along + np.repeat(begin, steps), 1.0, seats=True)
