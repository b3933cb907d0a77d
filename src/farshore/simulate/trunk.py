"""What many loadings have in common: each goes on from a copy of the last moment at which all were alike.

Futures in which a crossing is lost at noon are the same to the byte until noon. The first one that is loaded
leaves copies of its state behind as it goes, and every other one takes up the last copy before anything
differs. Whoever comes later lays down what is missing, so that no loading is made for its own sake.
"""

from collections.abc import Sequence
from copy import deepcopy
from math import inf
from typing import Any

import numpy as np

from farshore.kernels.roads import on_fresh_pages
from farshore.simulate.changes import Change
from farshore.simulate.course import Course

__all__ = ["Trunk"]

_ROOM_BYTES = 256 << 20
_MOST = 10  # copies kept at a time
_FIRST_WORK = 50_000  # links travelled between two copies, doubled whenever there are too many of them


class Trunk:
    """The course of a loading in which nothing happens but `changes`, with copies of its state along the way.

    Everything else about the loadings that use it must be the same: network, trips, routing, seed, what is
    observed when. turning : nodes at which vehicles may have to wait that are turned back, by any change
    room_bytes : what the copies may take together; where not even two fit, none is kept
    """

    def __init__(
        self, changes: Sequence[Change], turning: set[int], *, room_bytes: int = _ROOM_BYTES
    ) -> None:
        self.changes = sorted(changes, key=lambda change: change.time_s)
        self.turning = turning
        self._room_bytes = room_bytes
        self._most = _MOST
        self._work = _FIRST_WORK
        self._kept: list[Course] = []

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_kept": []}

    def parts_s(self, todo: Sequence[Change]) -> float:
        """When changes, in order of time, first differ from the trunk's own (s); inf if they never do."""
        for mine, other in zip(self.changes, todo, strict=False):
            if mine != other:
                return min(mine.time_s, other.time_s)
        shared = min(len(self.changes), len(todo))
        rest = [*self.changes[shared:], *todo[shared:]]
        return min((change.time_s for change in rest), default=inf)

    def taken_up(self, todo: Sequence[Change]) -> Course | None:
        """A copy of the last state kept before these changes differ; None: begin at the beginning."""
        parts_s = self.parts_s(todo)
        before = [course for course in self._kept if course.now_s <= parts_s]
        return _copied(before[-1]) if before else None

    def grow(self, course: Course, todo: Sequence[Change]) -> None:
        """Keep a copy of a loading at an update, if it is still on the trunk and well beyond the last."""
        last = int(self._kept[-1].tally[0]) if self._kept else 0
        if course.tally[0] < last + self._work or self._most == 0 or course.now_s > self.parts_s(todo):
            return
        if not self._kept:
            fit = self._room_bytes // _bytes_of(course)
            self._most = min(_MOST, fit) if fit >= 2 else 0
            if self._most == 0:
                return
        self._kept.append(_copied(course))
        while len(self._kept) > self._most:
            self._work *= 2
            self._kept = _apart(self._kept, self._work)


def _apart(courses: Sequence[Course], work: int) -> list[Course]:
    """Those that are so many links travelled apart, from the beginning on."""
    found: list[Course] = []
    for course in courses:
        if course.tally[0] >= work + (found[-1].tally[0] if found else 0):
            found.append(course)
    return found


def _copied(course: Course) -> Course:
    """The whole state once more; what no loading changes is shared."""
    run, seen = course.run, course.seen
    shared = [
        run.network,
        run.trips,
        run.queue_of_node,
        run.trees.network,
        run.trees.trips,
        run.trees.routing,
    ]
    shared += [run.travellers.vehicle_class, run.travellers.detour, run.travellers.route_links]
    shared += [run.trees.first_in, run.trees.links_in, run.trees.before_in]
    shared += [*seen.entered, *seen.left, *seen.person_s, *run.pending]
    known: dict[int, Any] = {id(each): each for each in shared}
    links = on_fresh_pages(len(run.roads.links), run.roads.links.dtype)
    links[:] = run.roads.links
    known[id(run.roads.links)] = links
    return deepcopy(course, known)


def _bytes_of(course: Course) -> int:
    arrays = [*course.run.roads, *course.run.travellers, *course.run.services]
    return sum(each.nbytes for each in arrays if isinstance(each, np.ndarray))
