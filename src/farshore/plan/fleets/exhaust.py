"""Trying everything: whether whole buses can do it in a time, as a flow through places and moments."""

import time
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import csr_array

from farshore.plan.fleets.problem import BusProblem, Tour
from farshore.plan.fleets.programs import least_whole_cost

__all__ = ["exhaust"]

_DRIVES: Final = 30_000  # in space and time; more are not tried
_NODES: Final = 20_000  # of branch and bound

_Place = tuple[str, int, int]  # kind (depot, pickup, shelter), row, moment


@dataclass(frozen=True, slots=True)
class _Drive:
    tail: _Place
    head: _Place


def exhaust(problem: BusProblem, within: int, *, seconds: float) -> tuple[Tour, ...] | bool | None:
    """Tours of at most `within` for all loads; False if there are none; None if that was not found out.

    Buses that stand at one place at one moment are alike, so that their tours are one flow in whole numbers
    through places and moments (Ford & Fulkerson 1958; the integer program is HiGHS's, with its tolerances).
    """
    begun_s = time.monotonic()
    drives = _drives(problem, within)
    if drives is None or seconds <= 0:
        return None
    places = {
        place: row for row, place in enumerate(dict.fromkeys(p for d in drives for p in (d.tail, d.head)))
    }
    n_places, n_pickups, n_shelters = len(places), len(problem.loads), len(problem.room)
    rows, columns, values = [], [], []
    for at, drive in enumerate(drives):
        for place, value in ((drive.tail, -1.0), (drive.head, 1.0)):
            rows.append(places[place])
            columns.append(at)
            values.append(value)
        if drive.tail[0] == "pickup":
            rows += [n_places + drive.tail[1], n_places + n_pickups + drive.head[1]]
            columns += [at, at]
            values += [1.0, 1.0]
    low, high = np.zeros(n_places), np.zeros(n_places)
    for place, row in places.items():
        if place[0] == "depot":
            low[row], high[row] = -problem.buses[place[1]], 0
        elif place[0] == "shelter":
            high[row] = np.inf  # a tour may end there
    answer = least_whole_cost(
        np.zeros(len(drives)),
        csr_array((values, (rows, columns)), shape=(n_places + n_pickups + n_shelters, len(drives))),
        np.concatenate([low, problem.loads, np.full(n_shelters, -np.inf)]),
        np.concatenate([high, problem.loads, problem.room]).astype(np.float64),
        seconds=seconds - (time.monotonic() - begun_s),
        nodes=_NODES,
    )
    if answer.amounts is None:
        return False if answer.impossible else None
    return _tours(drives, answer.amounts.astype(np.int64).tolist())


def _drives(problem: BusProblem, within: int) -> list[_Drive] | None:
    """Every drive that a tour of at most `within` can make, in order of time; None if there are too many."""
    found: dict[_Drive, None] = {}
    least_out = problem.out_time.min(axis=1)
    depots, pickups, shelters = (
        np.flatnonzero(n).tolist() for n in (problem.buses, problem.loads, problem.room)
    )
    moments: list[set[_Place]] = [set() for _ in range(within + 1)]

    def go(tail: _Place, pickup: int, moment: int) -> None:
        if moment + least_out[pickup] <= within:
            head = ("pickup", pickup, moment)
            found[_Drive(tail, head)] = None
            moments[moment].add(head)

    for depot in depots:
        for pickup in pickups:
            go(("depot", depot, 0), pickup, int(problem.pull_out[depot, pickup]))
    for now in range(within + 1):
        if len(found) > _DRIVES:
            return None
        waiting = sorted(moments[now])
        while waiting:
            place = waiting.pop(0)
            for other in shelters if place[0] == "pickup" else pickups:
                if place[0] == "pickup":
                    moment = now + int(problem.out_time[place[1], other])
                    if moment <= within:
                        head = ("shelter", other, moment)
                        found[_Drive(place, head)] = None
                        moments[moment].add(head)
                    continue
                moment = now + int(problem.back_time[place[1], other])
                fresh = moment == now and ("pickup", other, now) not in moments[now]
                go(place, other, moment)
                if fresh and ("pickup", other, now) in moments[now]:
                    waiting.append(("pickup", other, now))
    return list(found)


def _tours(drives: list[_Drive], counts: list[int]) -> tuple[Tour, ...]:
    """A flow taken apart into tours."""
    leaving: dict[_Place, list[int]] = {}
    for at, count in enumerate(counts):
        leaving.setdefault(drives[at].tail, []).extend([at] * count)
    tours = []
    for depot in [place for place in leaving if place[0] == "depot"]:
        while leaving[depot]:
            place, loads = drives[leaving[depot].pop()].head, []
            while leaving.get(place):
                head = drives[leaving[place].pop()].head
                if place[0] == "pickup":
                    loads.append((place[1], head[1]))
                place = head
            tours.append(Tour(depot[1], tuple(loads)))
    return tuple(tour for tour in tours if tour.loads)
