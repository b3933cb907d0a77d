"""Made-up households: sizes, children, elderly, needs and cars that add up to what is said of a zone."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.scenario.scenario import Scenario
from farshore.scenario.timing import Ints, timing_of

__all__ = ["LARGEST", "HouseholdNote", "Households", "households_of", "sizes_of", "with_children"]

LARGEST: Final = 5  # persons; larger households are taken as this


@dataclass(frozen=True, slots=True)
class HouseholdNote:
    """Where the households of a zone depart from what was asked of them, and why."""

    zone_id: str
    what: str


@dataclass(frozen=True, eq=False)
class Households:
    """Everybody who chooses to leave, in households; parallel int64 arrays, by zone, in drawn order.

    zone : row of the zones table; size : persons, 1 to `LARGEST`
    under_18, over_65, needing_assistance : of these persons; a household has an adult for its children
    with_car : 1 where the household has seats in a car for all its members, else 0
    seed : gives the same households again. They are synthetic: no row is a real household.
    """

    zone: Ints
    size: Ints
    under_18: Ints
    over_65: Ints
    needing_assistance: Ints
    with_car: Ints
    seed: int
    notes: tuple[HouseholdNote, ...]

    def __len__(self) -> int:
        return len(self.zone)


def households_of(scenario: Scenario, *, seed: int = 0) -> Households:
    """Make up the households of all who choose to leave, zone by zone.

    Their numbers meet exactly: the people who leave a zone (docs/model.md), its under-18s, its over-65s and
    its people needing assistance, each ⌊people · share + ½⌋ (over-65s at most the adults). Sizes follow the
    parameters `household_share_1` … `household_share_5` by largest remainders. Which household has how many
    children follows the weights nearest to equal ones that give the number of children (raking: Deming, W. E.
    & Stephan, F. F. (1940), On a least squares adjustment of a sampled frequency table). Where children would
    be too many for the households, single persons are put together, and a note says so.
    """
    shares = np.array([scenario.parameter(f"household_share_{size}") for size in range(1, LARGEST + 1)])
    if shares.sum() <= 0:
        shares = np.ones(LARGEST)
    people, zones = timing_of(scenario).people, scenario.zones
    notes: list[HouseholdNote] = []
    parts: list[Ints] = []
    seeds = np.random.SeedSequence(seed).spawn(len(zones))
    for zone, persons in enumerate(people.tolist()):
        random = np.random.default_rng(seeds[zone])
        children = min(_rounded(persons * zones.share_under_18[zone]), persons)
        table, met = with_children(sizes_of(persons, shares), children)
        if met:
            notes.append(HouseholdNote(str(zones.zone_id[zone]), met))
        size, under_18 = (np.repeat(axis.ravel(), table.ravel()) for axis in np.indices(table.shape))
        order = random.permutation(len(size))
        size, under_18 = size[order], under_18[order]
        adults = size - under_18
        over_65 = _spread(_rounded(persons * zones.share_over_65[zone]), adults, random)
        needing = _needing(_rounded(persons * zones.share_needing_assistance[zone]), size, over_65, random)
        with_car = _whole(_rounded(persons * zones.share_with_car[zone]), size)
        parts.append(
            np.stack([np.full(len(size), zone), size, under_18, over_65, needing, with_car]).astype(np.int64)
        )
    joined = np.concatenate(parts, axis=1) if parts else np.zeros((6, 0), np.int64)
    zone_, size_, young, old, needing_, car = joined
    return Households(zone_, size_, young, old, needing_, car, seed, tuple(notes))


def sizes_of(persons: int, shares: npt.NDArray[np.float64]) -> Ints:
    """Households of each size 1 … len(shares) with so many persons together: int64[len(shares)].

    Whole parts of the exact numbers first; the persons that remain join households of the sizes with the
    largest remainders that still fit.
    """
    sizes = np.arange(1, len(shares) + 1)
    exact = persons * shares / float((shares * sizes).sum())
    counts = np.floor(exact + 1e-9).astype(np.int64)
    left = persons - int((counts * sizes).sum())
    wanting = exact - counts
    while left > 0:
        fits = np.flatnonzero(sizes <= left)
        size = int(fits[np.argmax(wanting[fits])])
        counts[size] += 1
        wanting[size] -= 1
        left -= size + 1
    return counts


def with_children(sizes: Ints, children: int) -> tuple[Ints, str]:
    """Households by size and children, `children` of them in all, each with an adult, and what had to give.

    sizes : int64[n], households of size 1 … n
    returns : int64[n + 1, n + 1], row = size, column = children; a sentence where sizes were changed, else ""
    Raises ValueError if there are fewer persons than children and one adult a household of them needs.
    """
    sizes, changed = sizes.copy(), 0
    n = len(sizes)
    room = np.arange(n)  # children that a household of each size can have
    while int((sizes * room).sum()) < children:
        small, other = 0, int(np.argmax(sizes[: n - 1] - (np.arange(n - 1) == 0)))
        if sizes[small] < 1 or sizes[other] < (2 if other == small else 1):
            raise ValueError(f"{children} children are too many for the adults there are")
        sizes[small] -= 1
        sizes[other] -= 1
        sizes[other + 1] += 1
        changed += 1
    fitting = np.tri(n, n, dtype=bool)  # children from 0 to size − 1
    low, high = -60.0, 60.0
    for _ in range(200):  # the tilt at which the expected number of children is right; it grows with the tilt
        tilt = (low + high) / 2
        if float((_expected(sizes, fitting, tilt) * np.arange(n)).sum()) < children:
            low = tilt
        else:
            high = tilt
    expected = _expected(sizes, fitting, high)
    table = np.zeros((n + 1, n + 1), np.int64)
    for row in range(n):
        table[row + 1, :n] = _largest_remainders(expected[row], int(sizes[row]))
    _mend(table, children)
    return (
        table,
        f"{changed} single persons were put into other households for {children} children" if changed else "",
    )


def _expected(sizes: Ints, fitting: npt.NDArray[np.bool_], tilt: float) -> npt.NDArray[np.float64]:
    power = tilt * np.arange(len(sizes))
    highest = np.where(fitting, power, -np.inf).max(axis=1, keepdims=True)
    weights = np.exp(np.where(fitting, power - highest, -np.inf))
    expected: npt.NDArray[np.float64] = sizes[:, None] * weights / weights.sum(axis=1, keepdims=True)
    return expected


def _largest_remainders(expected: npt.NDArray[np.float64], total: int) -> Ints:
    counts = np.floor(expected + 1e-9).astype(np.int64)
    order = np.argsort(counts - expected, kind="stable")
    for at in range(total - int(counts.sum())):
        counts[order[at % len(order)]] += 1
    return counts


def _mend(table: Ints, children: int) -> None:
    """Move households by one child until the children are right; sizes stay."""
    have = int((table * np.arange(table.shape[1])).sum())
    while have != children:
        step = 1 if have < children else -1
        movable = [
            (int(table[size, child]), size, child)
            for size in range(2, table.shape[0])
            for child in range(size)
            if table[size, child] and 0 <= child + step < size
        ]
        _, size, child = max(movable)
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


def _whole(persons: int, size: Ints) -> Ints:
    """Households, in drawn order, whose persons add up to `persons` as nearly as whole households can."""
    taken = np.zeros(len(size), np.int64)
    left = persons
    for at, members in enumerate(size.tolist()):
        if members <= left:
            taken[at] = 1
            left -= members
    return taken
