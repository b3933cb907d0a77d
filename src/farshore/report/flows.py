"""Who is where when: persons per step on each arc that a plan uses, for the map."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from farshore.results.outcome import Outcome, Route

__all__ = ["ArcFlow", "arc_flows", "foot_flows", "runs", "train_flows"]

Ints = npt.NDArray[np.int64]
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, eq=False)
class ArcFlow:
    """One arc that somebody travels; entering : int64[n_steps], persons; steps : how many it takes."""

    entering: Ints
    steps: int

    def with_more(self, others: "ArcFlow | None") -> "ArcFlow":
        """The same arc with others who travel it more slowly, as if they kept pace."""
        return self if others is None else ArcFlow(self.entering + others.entering, self.steps)


def _by_route(outcome: Outcome) -> Ints:
    """Departures as int64[n_routes, n_steps]."""
    going = outcome.departures
    table = np.zeros((len(outcome.routes), outcome.scenario.about.n_steps), np.int64)
    np.add.at(table, (going.route, going.step), going.persons)
    return table


def _later(departing: Ints, steps: int) -> Ints:
    """The same persons so many steps later; the model lets nobody be on the road after the last step."""
    if steps == 0:
        return departing
    moved = np.zeros_like(departing)
    moved[steps:] = departing[:-steps]
    return moved


def arc_flows(outcome: Outcome) -> dict[str, ArcFlow]:
    """Persons riding into each used arc in each step, by arc, in the order of first use."""
    return _flows(outcome, _ridden)


def foot_flows(outcome: Outcome) -> dict[str, ArcFlow]:
    """Persons walking into each arc in each step, likewise; a walk goes on evenly along its links."""
    length_m = dict(
        zip(map(str, outcome.scenario.links.link_id), outcome.scenario.links.length.tolist(), strict=True)
    )
    return _flows(outcome, lambda route: _walked(route, length_m))


def train_flows(outcome: Outcome) -> dict[tuple[str, str], ArcFlow]:
    """Persons taking a train from one stop to the next in each step, by the stops' nodes."""
    return _flows(
        outcome,
        lambda route: [
            ((leg[1], leg[2]), leg[3], leg[4] - leg[3]) for leg in route.legs or () if leg[0] == "train"
        ],
    )


def _flows(
    outcome: Outcome, moves_of: Callable[[Route], Sequence[tuple[Key, int, int]]]
) -> dict[Key, ArcFlow]:
    """Add up departures; moves_of : what a route passes, steps after departure, steps it takes."""
    entering: dict[Key, Ints] = {}
    steps: dict[Key, int] = {}
    for route, departing in zip(outcome.routes, _by_route(outcome), strict=True):
        if not departing.any():
            continue
        moved: dict[int, Ints] = {}
        for key, entry, takes in moves_of(route):
            if entry not in moved:
                moved[entry] = _later(departing, entry)
            if key in entering:
                entering[key] += moved[entry]
            else:
                entering[key] = moved[entry].copy()
                steps[key] = takes
    return {key: ArcFlow(persons, steps[key]) for key, persons in entering.items()}


def _spans(route: Route) -> list[tuple[str, int, int, int, int]]:
    """A route's legs as (mode, first link, one past the last, step of boarding, of alighting)."""
    found, at = [], 0
    for mode, _, _, board, alight, count, *_ in route.legs or ():
        found.append((mode, at, at + count, board, alight))
        at += count
    return found if route.legs is not None else [("car", 0, len(route.links), 0, route.arrival_steps)]


def _ridden(route: Route) -> list[tuple[str, int, int]]:
    found = []
    for mode, first, end, _, alight in _spans(route):
        entries = route.entry_steps[first:end]
        if mode != "walk":
            found += [
                (arc, entry, leave - entry)
                for arc, entry, leave in zip(
                    route.links[first:end], entries, (*entries[1:], alight), strict=bool(entries)
                )
            ]
    return found


def _walked(route: Route, length_m: Mapping[str, float]) -> list[tuple[str, int, int]]:
    found = []
    for mode, first, end, board, alight in _spans(route):
        if mode != "walk":
            continue
        lengths = [length_m[arc.removeprefix("-")] for arc in route.links[first:end]]
        whole, passed, begins = sum(lengths), 0.0, board
        for arc, length in zip(route.links[first:end], lengths, strict=True):
            passed += length
            ends = board + int((alight - board) * passed / whole) if whole else alight
            found.append((arc, begins, ends - begins))
            begins = ends
    return found


def runs(values: Ints) -> list[int]:
    """A series as runs of equal values other than 0: first step, steps, value, first step, …"""
    edges = np.flatnonzero(np.diff(values)) + 1
    firsts = np.concatenate([[0], edges]).astype(np.int64)
    lengths = np.diff(np.append(firsts, len(values)))
    found: list[int] = []
    for first, length in zip(firsts.tolist(), lengths.tolist(), strict=True):
        if length and values[first]:
            found += [first, length, int(values[first])]
    return found
