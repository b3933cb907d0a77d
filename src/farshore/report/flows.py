"""Who is where when: persons per step on each arc that a plan uses, for the map."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from farshore.results.outcome import Outcome

__all__ = ["ArcFlow", "arc_flows", "runs"]

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ArcFlow:
    """One arc that somebody travels; entering : int64[n_steps], persons; steps : how many it takes."""

    entering: Ints
    steps: int


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
    """Persons entering each used arc in each step, by arc, in the order of first use."""
    entering: dict[str, Ints] = {}
    steps: dict[str, int] = {}
    for route, departing in zip(outcome.routes, _by_route(outcome), strict=True):
        if not departing.any():
            continue
        leaves = (*route.entry_steps[1:], route.arrival_steps)
        moved: dict[int, Ints] = {}
        for arc, entry, leave in zip(route.links, route.entry_steps, leaves, strict=True):
            if entry not in moved:
                moved[entry] = _later(departing, entry)
            if arc in entering:
                entering[arc] += moved[entry]
            else:
                entering[arc] = moved[entry].copy()
                steps[arc] = leave - entry
    return {arc: ArcFlow(persons, steps[arc]) for arc, persons in entering.items()}


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
