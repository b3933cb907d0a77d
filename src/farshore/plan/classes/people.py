"""Who leaves: a zone's people by need and by whether they have a car, and which hosts they accept."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.scenario.clock import Clock, Ints, floored, share_ready
from farshore.scenario.scenario import Scenario
from farshore.scenario.table import Numbers
from farshore.scenario.turnout import CLASSES, counted_by_class

__all__ = [
    "CLASSES",
    "NEEDS",
    "Commodities",
    "Sizes",
    "class_of",
    "commodities_of",
    "priorities_of",
    "whole_ready",
]

NEEDS: Final = ("assisted", "family", "other")


def class_of(need: int, car: bool) -> int:
    """Row of `CLASSES`."""
    return 2 * need + (0 if car else 1)


@dataclass(frozen=True, eq=False)
class Sizes:
    """What the classes are where households are kept whole.

    by_size : int64[n_zones, n_classes, largest + 1], households of each size
    assisted : who needs assistance, among in_assisted_households, of all zones
    """

    by_size: Ints
    assisted: int
    in_assisted_households: int

    @property
    def people(self) -> Ints:
        """Members: int64[n_zones, n_classes]."""
        return np.asarray(self.by_size @ np.arange(self.by_size.shape[-1]))

    @property
    def share_assisted(self) -> float:
        """How many of the assisted class need assistance themselves, a share."""
        return self.assisted / self.in_assisted_households if self.in_assisted_households else 1.0


@dataclass(frozen=True, eq=False)
class Commodities:
    """Groups of people of one zone and class; those without anybody are left out.

    zone, need, people, late : int64[n]; has_car : bool[n]
    newly_ready : int64[n, n_steps]; accepts : bool[n, n_hosts], blocked hosts excepted
    """

    zone: Ints
    need: Ints
    has_car: npt.NDArray[np.bool_]
    people: Ints
    late: Ints
    newly_ready: Ints
    accepts: npt.NDArray[np.bool_]


def priorities_of(scenario: Scenario) -> tuple[float, ...]:
    """How much an hour of exposure of each need counts."""
    return scenario.parameter("assisted_priority"), scenario.parameter("family_priority"), 1.0


def commodities_of(
    scenario: Scenario,
    clock: Clock,
    people: Ints,
    usable: npt.NDArray[np.bool_],
    sizes: Sizes | None = None,
) -> Commodities:
    """Split each zone's people : int64[n_zones] into classes, by docs/classes.md.

    usable : bool[n_hosts], hosts that no rule blocks; sizes : of the classes, where households are whole
    """
    zones = scenario.zones
    curves = {
        curve: np.array([share_ready(curve, k * clock.step_s / 3600) for k in range(clock.n_steps)])
        for curve in sorted(set(map(str, zones.ready_curve)))
    }
    rows: list[tuple[int, int, bool, int]] = []
    members = counted_by_class(scenario, people) if sizes is None else sizes.people
    for zone, counts in enumerate(members.tolist()):
        rows += [(zone, row // 2, row % 2 == 0, count) for row, count in enumerate(counts)]
    rows = [row for row in rows if row[3] > 0]
    ready = np.array(
        [
            _ready(count, curves[str(zones.ready_curve[zone])], sizes, zone, class_of(need, car))
            for zone, need, car, count in rows
        ],
        np.int64,
    ).reshape(len(rows), clock.n_steps)
    count = np.array([row[3] for row in rows], np.int64)
    accepted = {
        (zone, need): accepted_hosts(scenario, str(zones.zone_id[zone]), NEEDS[need]) & usable
        for zone, need in sorted({row[:2] for row in rows})
    }
    return Commodities(
        zone=np.array([row[0] for row in rows], np.int64),
        need=np.array([row[1] for row in rows], np.int64),
        has_car=np.array([row[2] for row in rows], bool),
        people=count,
        late=count - ready[:, -1:].sum(axis=1),
        newly_ready=np.diff(ready, axis=1, prepend=0),
        accepts=np.array([accepted[row[:2]] for row in rows], bool).reshape(len(rows), len(usable)),
    )


def _ready(count: int, curve: Numbers, sizes: Sizes | None, zone: int, class_row: int) -> Ints:
    """Who of a commodity is ready by the start of each step: int64[n_steps]."""
    persons = floored(count * curve + 0.5)
    return persons if sizes is None else whole_ready(sizes.by_size[zone, class_row], persons)


def whole_ready(households: Ints, persons: Ints) -> Ints:
    """Members of the households that are ready, all of each, where so many persons are: int64[n_steps].

    households : of each size from 0 on; they become ready one after the other, sizes in even turns
    """
    sizes = np.arange(len(households))
    size = np.repeat(sizes, households)
    turn = np.concatenate([np.empty(0), *((np.arange(n) + 0.5) / n for n in households.tolist() if n)])
    until = np.concatenate([[0], np.cumsum(size[np.lexsort((size, turn))])])
    return np.asarray(until[np.searchsorted(until, persons, side="right") - 1])


def accepted_hosts(scenario: Scenario, zone_id: str, need: str) -> npt.NDArray[np.bool_]:
    """Hosts that a zone's people of a need accept, by choices.csv: bool[n_hosts]."""
    hosts, choices = scenario.hosts, scenario.choices
    services = [set(_words(text)) for text in hosts.services]
    accepts = np.ones(len(hosts), bool)
    named: set[str] = set()
    for row in range(len(choices)):
        if choices.zone_id[row] not in ("", zone_id) or choices.need[row] not in ("", need):
            continue
        wanted = set(_words(str(choices.services[row])))
        countries = set(_words(str(choices.countries[row])))
        accepts &= np.array([wanted <= offered for offered in services], bool)
        if countries:
            accepts &= np.array([country in countries for country in hosts.country], bool)
        named |= {str(choices.host_id[row])} - {""}
    if named:
        accepts &= np.array([host in named for host in hosts.host_id], bool)
    return accepts


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(";") if word.strip()]
