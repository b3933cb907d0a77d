"""Patterns: ways without their times, cut into stretches that are gone through without a stop."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from farshore.kernels.stretches import costs_along, open_along
from farshore.plan.classes.columns import Timed
from farshore.plan.classes.layers import ALIGHT, BOARD, CAR, WAIT, Layers
from farshore.plan.classes.model import ClassProblem
from farshore.scenario.clock import Ints

__all__ = ["PatternBook", "Patterns", "stretch_costs", "stretch_opens"]


@dataclass(frozen=True, eq=False)
class Patterns:
    """Patterns and their stretches, as arrays.

    first : int64[n_patterns + 1]; stretch : their stretches in order; host : int64[n_patterns]
    car : bool[n_patterns]; arcs_first : int64[n_stretches + 1]
    arcs, offset : arcs of the layers, and steps from entering the stretch to entering each
    length : int64[n_stretches], steps
    bus_of : int64[n_stretches], number among the rides by bus, −1 for others; bus_fleet : int64[n_rides]
    wait_at : int64[n_stretches + n_hosts], terminal where one waits before the stretch, or at the host
    """

    first: Ints
    stretch: Ints
    host: Ints
    car: npt.NDArray[np.bool_]
    arcs_first: Ints
    arcs: Ints
    offset: Ints
    length: Ints
    bus_of: Ints
    bus_fleet: Ints
    wait_at: Ints


class PatternBook:
    """Numbers patterns and stretches as they are met."""

    def __init__(self, layers: Layers) -> None:
        self._layers = layers
        self._patterns: dict[tuple[int, tuple[int, ...]], int] = {}
        self._stretches: dict[tuple[int, ...], int] = {}
        self._met: dict[tuple[int, bytes], int] = {}
        self.terminal = np.full(layers.n_nodes, 0, np.int64)
        waits = np.flatnonzero(layers.kind == WAIT)
        self.terminal[layers.tail[waits]] = layers.what[waits]

    def of(self, ways: Timed) -> Ints:
        """Pattern of each way: int64[n_ways]."""
        kind = self._layers.kind
        moving = kind[ways.arc] != WAIT
        size = np.bincount(np.repeat(np.arange(len(ways.host)), np.diff(ways.first)), moving, len(ways.host))
        arcs = ways.arc[moving]
        ends = np.cumsum(size).astype(np.int64)
        return np.array(
            [
                self._numbered(host, arcs[begin:end])
                for host, begin, end in zip(
                    ways.host.tolist(), (ends - size.astype(np.int64)).tolist(), ends.tolist(), strict=True
                )
            ],
            np.int64,
        )

    def _numbered(self, host: int, arcs: Ints) -> int:
        """Pattern of a way through some arcs, most of which have been met before."""
        way = (host, arcs.tobytes())
        if way not in self._met:
            self._met[way] = self.number(host, tuple(self._cut(arcs.tolist())))
        return self._met[way]

    def _cut(self, arcs: list[int]) -> list[int]:
        """Stretches of a way."""
        kind = self._layers.kind
        if arcs and kind[arcs[0]] == CAR:
            return [self.stretch(tuple(arcs))]
        found: list[int] = []
        riding: list[int] = []
        for arc in arcs:
            if kind[arc] == BOARD or riding:
                riding.append(arc)
                if kind[arc] == ALIGHT:
                    found.append(self.stretch(tuple(riding)))
                    riding = []
            else:
                found.append(self.stretch((arc,)))
        return found

    def stretch(self, arcs: tuple[int, ...]) -> int:
        """Number of a stretch, which need not be on any way yet."""
        return self._stretches.setdefault(arcs, len(self._stretches))

    def number(self, host: int, stretches: tuple[int, ...]) -> int:
        """Number of the pattern that goes through some stretches to a host."""
        return self._patterns.setdefault((host, stretches), len(self._patterns))

    def patterns(self) -> Patterns:
        """All of them so far."""
        layers = self._layers
        stretches = list(self._stretches)
        size = np.array([len(arcs) for arcs in stretches], np.int64)
        arcs_first = np.concatenate([[0], np.cumsum(size)])
        arcs = np.array([arc for through in stretches for arc in through], np.int64)
        passed = np.concatenate([[0], np.cumsum(layers.steps[arcs])])
        offset = passed[:-1] - np.repeat(passed[arcs_first[:-1]], size)
        heads = arcs[arcs_first[:-1]]
        rides = layers.kind[heads] == BOARD
        by = [through for _, through in self._patterns]
        return Patterns(
            first=np.concatenate([[0], np.cumsum([len(through) for through in by])]).astype(np.int64),
            stretch=np.array([number for through in by for number in through], np.int64),
            host=np.array([host for host, _ in self._patterns], np.int64),
            car=np.array(
                [bool(through) and layers.kind[stretches[through[0]][0]] == CAR for through in by], bool
            ),
            arcs_first=arcs_first,
            arcs=arcs,
            offset=offset,
            length=passed[arcs_first[1:]] - passed[arcs_first[:-1]],
            bus_of=np.where(rides, np.cumsum(rides) - 1, -1),
            bus_fleet=layers.fleet[heads[rides]],
            wait_at=np.concatenate(
                [self.terminal[layers.tail[heads]], self.terminal[np.maximum(layers.foot_host, 0)]]
            ),
        )


def stretch_costs(patterns: Patterns, problem: ClassProblem, need: int) -> Ints:
    """What entering each stretch costs a person of a need: int64[n_stretches, n_steps]."""
    layers, arcs = problem.layers, patterns.arcs
    flat = layers.flat_cost[need, arcs]
    return costs_along(patterns.arcs_first, layers.cost_of[arcs], patterns.offset, layers.costs[need], flat)


def stretch_opens(patterns: Patterns, layers: Layers) -> npt.NDArray[np.bool_]:
    """When each stretch can be entered: bool[n_stretches, n_steps]."""
    row = layers.opens_of[patterns.arcs]
    return open_along(patterns.arcs_first, row, patterns.offset, layers.opens, patterns.length)
