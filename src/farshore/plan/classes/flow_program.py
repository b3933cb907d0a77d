"""The best plan of some moves beside buses that go anyway: a linear program, people as a flow in parts."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from farshore.kernels.near_ways import BOARDS, BY_CAR, HOME_WAITS, HOSTED, RIDES, WAITS, Moves, some_of
from farshore.kernels.pouring import Rooms
from farshore.kernels.spreading import Choices
from farshore.plan.classes.frame import Uses
from farshore.plan.linear import Corner, least_cost
from farshore.scenario.clock import Ints
from farshore.scenario.timing import UNLIMITED

__all__ = ["Flow", "best_flow", "used_of"]

Floats = npt.NDArray[np.float64]

_AMPLE: Final = UNLIMITED / 2  # of what has no limit, some may be taken


@dataclass(frozen=True, eq=False)
class Flow:
    """How many people make each move: float64[n_moves].

    limits : what there may be too little of, by number, in the order of its rows; corner : where they end
    """

    many: Floats
    limits: Ints
    corner: Corner


def best_flow(
    moves: Moves,
    choices: Choices,
    ready: Ints,
    uses: Uses,
    families: Floats,
    rooms: Rooms,
    bus_of: Ints,
    seconds: float | None,
    begin: Flow | None = None,
) -> Flow | None:
    """How many people best make each move; None if not found in so many seconds.

    ready : int64[n_commodities, n_steps], who gets ready
    families : float64[n_families, n_steps], what there is of what stretches use
    rooms : what there is at hosts, and for those who take several seats
    bus_of : int64[n_stretches], number among the rides, −1 for others
    begin : what was best of these moves for others, with other room, or with fewer uses looked at

    Rows: nobody is lost at home or at a terminal in any step; nothing is used of which there is no more.
    """
    at_end = (moves.step == ready.shape[1] - 1) & ((moves.kind == HOME_WAITS) | (moves.kind == WAITS))
    balance, supply = _balance(moves, choices, ready, at_end)
    what = [families, rooms.taken, rooms.beds, rooms.assisted_left]
    room = np.concatenate([part.ravel().astype(np.float64) for part in what])
    row, column, amount = _used(moves, choices, uses, families, rooms, bus_of)
    limited = room[row] < _AMPLE
    row, column, amount = row[limited], column[limited], amount[limited]
    known = np.empty(0, np.int64) if begin is None else begin.limits
    limits = np.concatenate([known, np.setdiff1d(row, known)])
    order = np.argsort(limits)
    row = order[np.searchsorted(limits, row, sorter=order)]
    matrix = csr_array(
        (
            np.concatenate([balance.data, amount]),
            (
                np.concatenate([balance.row, balance.shape[0] + row]),
                np.concatenate([balance.col, column]),
            ),
        ),
        shape=(balance.shape[0] + len(limits), len(moves.kind)),
    )
    corner = least_cost(
        moves.cost + np.where(at_end, choices.left_cost, 0.0),
        matrix,
        np.concatenate([supply, np.full(len(limits), -np.inf)]),
        np.concatenate([supply, room[limits]]),
        seconds,
        None if begin is None else begin.corner,
    )
    return None if corner is None else Flow(corner.values, limits, corner)


def _balance(
    moves: Moves, choices: Choices, ready: Ints, at_end: npt.NDArray[np.bool_]
) -> tuple[Any, Floats]:
    """Who goes out of each place in each step less who comes there, and who is there to begin with."""
    who, step, at, what = moves.who, moves.step, moves.at, moves.what
    (n_commodities, n_steps), n_terminals = ready.shape, len(choices.quick_first)
    n_homes = n_commodities * n_steps

    def home(which: Ints, after: int) -> Ints:
        return np.asarray(who[which] * n_steps + step[which] + after)

    def terminal(group: Ints, k: Ints, t: Ints) -> Ints:
        return np.asarray(n_homes + (group * n_steps + k) * n_terminals + t)

    of = [np.flatnonzero(moves.kind == kind) for kind in range(6)]
    boards, rides = of[BOARDS], of[RIDES]
    stay, wait = (which[~at_end[which]] for which in (of[HOME_WAITS], of[WAITS]))
    from_home = np.concatenate([of[HOME_WAITS], boards, of[BY_CAR]])
    on_foot = np.concatenate([of[HOSTED], of[WAITS], rides])
    out_of = np.concatenate([home(from_home, 0), terminal(who[on_foot], step[on_foot], at[on_foot])])
    into = np.concatenate(
        [
            home(stay, 1),
            terminal(choices.group[who[boards]], step[boards], at[boards]),
            terminal(who[wait], step[wait] + 1, at[wait]),
            terminal(who[rides], step[rides] + choices.length[what[rides]], choices.head[what[rides]]),
        ]
    )
    supply = np.zeros(n_homes + len(choices.need) * n_steps * n_terminals)
    supply[:n_homes] = ready.ravel()
    places = np.unique(np.concatenate([out_of, into, np.flatnonzero(supply)]))
    balance = csr_array(
        (
            np.concatenate([np.ones(len(out_of)), -np.ones(len(into))]),
            (
                np.searchsorted(places, np.concatenate([out_of, into])),
                np.concatenate([from_home, on_foot, stay, boards, wait, rides]),
            ),
        ),
        shape=(len(places), len(who)),
    )
    return balance.tocoo(), supply[places]


def used_of(moves: Moves, flow: Floats, choices: Choices, uses: Uses, shape: tuple[int, int]) -> Floats:
    """What a flow uses of each family in each step: float64[n_families, n_steps], of that shape."""
    goes = flow > 0
    some, many = some_of(moves, goes), flow[goes]
    whose, row, amount = _by_stretches(some, choices, uses, shape[1])
    used = np.bincount(row, amount * many[whose], shape[0] * shape[1])
    return np.asarray(used[: shape[0] * shape[1]].reshape(shape), np.float64)


def _used(
    moves: Moves, choices: Choices, uses: Uses, families: Floats, rooms: Rooms, bus_of: Ints
) -> tuple[Ints, Ints, Floats]:
    """What moves use of families, intake, beds and places in buses, numbered on: row, move, amount."""
    n_steps = families.shape[1]
    whose, row, amount = _by_stretches(moves, choices, uses, n_steps)
    cars, hosted = (np.flatnonzero(moves.kind == one) for one in (BY_CAR, HOSTED))
    ends = np.concatenate([cars, hosted])
    host = np.concatenate([choices.car_host[moves.what[cars]], moves.what[hosted]])
    lasting = choices.length[choices.cars[moves.what[cars]]]
    arrival = np.concatenate([moves.step[cars] + lasting, moves.step[hosted]])
    at_hosts = families.size + host * n_steps + arrival
    beds = families.size + rooms.taken.size
    rides = np.flatnonzero(moves.kind == RIDES)
    seats = choices.seats[moves.who[rides], moves.what[rides]]
    several = rides[(bus_of[moves.what[rides]] >= 0) & (seats > 1)]
    places = beds + rooms.beds.size + bus_of[moves.what[several]] * n_steps + moves.step[several]
    return (
        np.concatenate([row, at_hosts, beds + host, places]),
        np.concatenate([whose, ends, ends, several]),
        np.concatenate([amount, np.ones(2 * len(ends) + len(several))]),
    )


def _by_stretches(moves: Moves, choices: Choices, uses: Uses, n_steps: int) -> tuple[Ints, Ints, Floats]:
    """What moves use by the stretches that they enter: move, row among families and steps, amount."""
    who, step, what = moves.who, moves.step, moves.what
    cars, rides = (np.flatnonzero(moves.kind == one) for one in (BY_CAR, RIDES))
    goes = np.concatenate([cars, rides])
    stretch = np.concatenate([choices.cars[what[cars]], what[rides]])
    seats = np.concatenate([np.ones(len(cars)), choices.seats[who[rides], what[rides]]])
    first = np.searchsorted(uses.stretch, stretch)
    size = np.searchsorted(uses.stretch, stretch + 1) - first
    whose = np.repeat(np.arange(len(goes)), size)
    each = np.arange(len(whose)) - np.repeat(np.cumsum(size) - size, size) + first[whose]
    when = step[goes[whose]] + uses.offset[each]
    inside = (when >= 0) & (when < n_steps)
    whose, each, when = whose[inside], each[inside], when[inside]
    return goes[whose], uses.family[each] * n_steps + when, uses.amount[each] * seats[whose]
