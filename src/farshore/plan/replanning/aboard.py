"""Which households are where: whole ones only, whoever has to be told apart."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from farshore.plan.families.packing import pack
from farshore.results.households import Households

__all__ = ["Aboard", "aboard_of"]


@dataclass(frozen=True, eq=False)
class Aboard:
    """Households of the plan that was followed, by where it has put them; empty for a plan of persons.

    whole : whether the plan keeps households; size : members of each
    leaving : rows by (route, step); waiting : rows by index into its stranded; staying : rows by zone
    """

    whole: bool
    size: Sequence[int]
    leaving: Mapping[tuple[int, int], tuple[int, ...]]
    waiting: Mapping[int, tuple[int, ...]]
    staying: Mapping[int, tuple[int, ...]]

    def persons(self, households: Sequence[int]) -> int:
        """How many are in some households."""
        return sum(self.size[each] for each in households)

    def fitting(self, households: tuple[int, ...], most: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """As many persons of some households as fit, each household whole; and the households left."""
        if most <= 0:
            return (), households
        if self.persons(households) <= most:
            return households, ()
        sizes = np.array([self.size[each] for each in households], np.int64)
        inside = pack(sizes, np.array([most], np.int64)) >= 0
        within = tuple(each for each, fits in zip(households, inside.tolist(), strict=True) if fits)
        return within, tuple(each for each, fits in zip(households, inside.tolist(), strict=True) if not fits)


def aboard_of(households: Households | None) -> Aboard:
    """Sort the households of a plan by where it has put them."""
    if households is None:
        return Aboard(False, (), {}, {}, {})
    leaving: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    waiting: defaultdict[int, list[int]] = defaultdict(list)
    staying: defaultdict[int, list[int]] = defaultdict(list)
    columns = (households.zone, households.route, households.step, households.stranded)
    for row, (zone, route, step, stranded) in enumerate(
        zip(*(column.tolist() for column in columns), strict=True)
    ):
        if route >= 0:
            leaving[route, step].append(row)
        elif stranded >= 0:
            waiting[stranded].append(row)
        else:
            staying[zone].append(row)
    return Aboard(
        True,
        households.size.tolist(),
        {key: tuple(rows) for key, rows in leaving.items()},
        {key: tuple(rows) for key, rows in waiting.items()},
        {key: tuple(rows) for key, rows in staying.items()},
    )
