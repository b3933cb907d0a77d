"""Made-up households: sizes, children, over-65s, needs and cars that add up to what is said of a zone."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.scenario.scenario import Scenario
from farshore.scenario.tables import LARGEST_HOUSEHOLD
from farshore.scenario.timing import Ints

__all__ = ["Members", "households_of", "share_by_size", "sizes_of", "with_children"]

Floats = npt.NDArray[np.float64]

_EXACT: Final = 1e-9  # so that what is a whole number but for rounding counts as one


@dataclass(frozen=True, eq=False)
class Members:
    """Households as who is in them; parallel int64 arrays, zone by zone, in drawn order.

    zone : row of the zones table; size : 1 to `LARGEST_HOUSEHOLD`; with_car : 1 or 0
    children, over_65, needing_assistance : of the members; one adult at least in each household
    notes : where they are not what the scenario asks for, in words
    """

    zone: Ints
    size: Ints
    children: Ints
    over_65: Ints
    needing_assistance: Ints
    with_car: Ints
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.zone)


def households_of(scenario: Scenario, people: Ints, *, seed: int = 0) -> Members:
    """Make up the households of all who choose to leave, by the rules of docs/families.md.

    people : int64[n_zones], who chooses to leave
    Exact in each zone: people, households of each size, under-18s, over-65s, people needing assistance.
    Which household has how many children follows the weights nearest to equal ones that give their number
    (raking: Deming, W. E. & Stephan, F. F. (1940), On a least squares adjustment of a sampled frequency
    table); everybody else is drawn. The same seed gives the same households.
    """
    zones = scenario.zones
    notes: list[str] = []
    parts: list[Ints] = []
    seeds = np.random.SeedSequence(seed).spawn(len(zones))
    for zone, persons in enumerate(people.tolist()):
        random = np.random.default_rng(seeds[zone])
        counts = sizes_of(persons, share_by_size(scenario, str(zones.zone_id[zone])))
        wanted = _rounded(persons * float(zones.share_under_18[zone]))
        children = min(wanted, persons - int(counts.sum()))
        if children < wanted:
            notes.append(
                f"{zones.zone_id[zone]}: {wanted - children:,} of {wanted:,} under 18 count as adults, "
                "because households of these sizes would have none"
            )
        table = with_children(counts, children)
        size, young = (np.repeat(axis.ravel(), table.ravel()) for axis in np.indices(table.shape))
        order = random.permutation(len(size))
        size, young = size[order], young[order]
        over_65 = _spread(_rounded(persons * float(zones.share_over_65[zone])), size - young, random)
        needing = _needing(
            _rounded(persons * float(zones.share_needing_assistance[zone])), size, over_65, random
        )
        with_car = _filling(_rounded(persons * float(zones.share_with_car[zone])), size)
        parts.append(
            np.stack([np.full(len(size), zone), size, young, over_65, needing, with_car]).astype(np.int64)
        )
    joined = np.concatenate(parts, axis=1) if parts else np.zeros((6, 0), np.int64)
    zone_, size_, children_, over_65_, needing_, with_car_ = joined
    return Members(zone_, size_, children_, over_65_, needing_, with_car_, tuple(notes))


def share_by_size(scenario: Scenario, zone_id: str) -> Floats:
    """Shares of households with 1 … `LARGEST_HOUSEHOLD` members in a zone: float64[LARGEST_HOUSEHOLD].

    The zone's own rows of households.csv, else those of all zones, else a Poisson distribution of the members
    beyond the first with the parameter's mean (Jarosz, B. (2021), Poisson distribution: a model for
    estimating households by household size, Population Research and Policy Review 40).
    """
    table = scenario.household_sizes
    for owner in (zone_id, ""):
        rows = np.flatnonzero(table.zone_id == owner)
        if len(rows) and float(table.share[rows].sum()) > 0:
            shares = np.zeros(LARGEST_HOUSEHOLD)
            shares[table.size[rows] - 1] = table.share[rows]
            return shares
    beyond, weights = scenario.parameter("mean_household_size") - 1, [1.0]
    for others in range(1, LARGEST_HOUSEHOLD):
        weights.append(weights[-1] * beyond / others)
    return np.array(weights)


def sizes_of(persons: int, shares: Floats) -> Ints:
    """Households of each size 1 … len(shares) with so many persons together: int64[len(shares)].

    Whole parts of the exact numbers first; the persons who remain join households of the sizes with the
    largest remainders that still fit.
    """
    members = sum(float(share) * (at + 1) for at, share in enumerate(shares.tolist()))
    exact = [persons * float(share) / members for share in shares.tolist()]
    counts = [int(np.floor(each + _EXACT)) for each in exact]
    left = persons - sum(count * (at + 1) for at, count in enumerate(counts))
    wanting = [each - count for each, count in zip(exact, counts, strict=True)]
    while left > 0:
        at = max(range(min(left, len(counts))), key=lambda each: wanting[each])
        counts[at] += 1
        wanting[at] -= 1
        left -= at + 1
    return np.array(counts, np.int64)


def with_children(sizes: Ints, children: int) -> Ints:
    """Households by size and children, so many of these in all, an adult in each: int64[n + 1, n].

    sizes : int64[n], households of size 1 … n; children : at most their members less one each
    returns : row = size, column = children
    """
    n = len(sizes)
    fitting = np.tri(n, n, dtype=bool)  # children from 0 to size − 1
    low, high = -60.0, 60.0
    for _ in range(100):  # the tilt at which the expected number of children is right; it grows with the tilt
        tilt = (low + high) / 2
        if float((_expected(sizes, fitting, tilt) * np.arange(n)).sum()) < children:
            low = tilt
        else:
            high = tilt
    expected = _expected(sizes, fitting, high)
    table = np.zeros((n + 1, n), np.int64)
    for row in range(n):
        table[row + 1] = _largest_remainders(expected[row], int(sizes[row]))
    _mend(table, children)
    return table


def _expected(sizes: Ints, fitting: npt.NDArray[np.bool_], tilt: float) -> Floats:
    power = tilt * np.arange(len(sizes))
    highest = np.where(fitting, power, -np.inf).max(axis=1, keepdims=True)
    weights = np.exp(np.where(fitting, power - highest, -np.inf))
    expected: Floats = sizes[:, None] * weights / weights.sum(axis=1, keepdims=True)
    return expected


def _largest_remainders(expected: Floats, total: int) -> Ints:
    counts = np.floor(expected + _EXACT).astype(np.int64)
    order = np.argsort(counts - expected, kind="stable")
    for at in range(total - int(counts.sum())):
        counts[order[at]] += 1
    return counts


def _mend(table: Ints, children: int) -> None:
    """Move households by one child until the children are right; sizes stay."""
    have = int((table * np.arange(table.shape[1])).sum())
    while have != children:
        step = 1 if have < children else -1
        _, size, child = max(
            (int(table[size, child]), size, child)
            for size in range(2, table.shape[0])
            for child in range(size)
            if table[size, child] and 0 <= child + step < size
        )
        table[size, child] -= 1
        table[size, child + step] += 1
        have += step


def _rounded(value: float) -> int:
    return int(np.floor(value + 0.5))


def _spread(count: int, room: Ints, random: np.random.Generator) -> Ints:
    """So many persons drawn from households with room for them, at most all: int64[n_households]."""
    places = np.repeat(np.arange(len(room)), room)
    chosen = random.permutation(places)[: min(count, len(places))]
    return np.bincount(chosen, minlength=len(room)).astype(np.int64)


def _needing(count: int, size: Ints, over_65: Ints, random: np.random.Generator) -> Ints:
    """People needing assistance: half of them, at most all, over 65, the others of any age."""
    elderly = _spread((count + 1) // 2, over_65, random)
    return elderly + _spread(count - int(elderly.sum()), size - elderly, random)


def _filling(persons: int, size: Ints) -> Ints:
    """1 for households, in drawn order, that still fit into so many persons, else 0."""
    taken = np.zeros(len(size), np.int64)
    left = persons
    for at, members in enumerate(size.tolist()):
        if members <= left:
            taken[at] = 1
            left -= members
    return taken
