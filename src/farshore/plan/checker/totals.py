"""What a scenario says of the households of each zone, and whether those of a plan add up to it."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from farshore.plan.checker.files import Faults
from farshore.plan.checker.household_rows import Table
from farshore.plan.checker.problem import Problem
from farshore.plan.checker.timetable import Ints
from farshore.scenario.scenario import Scenario

__all__ = ["check_totals"]

LARGEST = 12
AGAIN = "plan again: households are made up and seated by the planner only"


@dataclass(frozen=True, slots=True)
class Totals:
    """The households of a zone, added up; `by_size` and `on_foot` count households by their size."""

    persons: int
    children: int
    over_65: int
    needing_assistance: int
    in_cars: int
    by_size: Counter[int]
    on_foot: frozenset[int]

    @classmethod
    def of(cls, members: Ints) -> "Totals":
        """Of households by members: int64[n, 5], in the order of the table's columns."""
        persons, children, over_65, needing = members[:, :4].sum(axis=0).tolist()
        size, with_car = members[:, 0], members[:, 4] > 0
        sizes, many = np.unique(size, return_counts=True)
        return cls(
            persons=persons,
            children=children,
            over_65=over_65,
            needing_assistance=needing,
            in_cars=int(size[with_car].sum()),
            by_size=Counter(dict(zip(sizes.tolist(), many.tolist(), strict=True))),
            on_foot=frozenset(np.unique(size[~with_car]).tolist()),
        )


def check_totals(file: str, problem: Problem, households: Table, faults: Faults) -> int:
    """Fault every zone whose households do not add up as docs/families.md has it.

    returns : in how many zones fewer are under 18 than the scenario asks for, for want of adults
    """
    noted = 0
    table, members = problem.scenario.zones, households.members
    for zone in problem.zones:
        found = Totals.of(members[households.zone == zone.row])

        def fault(column: str, cause: str, zone_id: str = zone.zone_id) -> None:
            faults.add(file, 0, column, f"{zone_id}: {cause}", AGAIN)

        if found.persons != zone.people:
            fault("size", f"households have {found.persons:,} members, {zone.people:,} choose to leave")
            continue
        wanted = _sizes(zone.people, _weights(problem.scenario, zone.zone_id))
        for size in sorted({*wanted, *found.by_size}):
            if found.by_size[size] != wanted[size]:
                fault("size", f"{found.by_size[size]:,} households of {size}; it makes {wanted[size]:,}")
        young = _nearest(zone.people, table.share_under_18[zone.row])
        adults_needed = wanted.total()
        noted += young > zone.people - adults_needed
        young = min(young, zone.people - adults_needed)
        old = min(_nearest(zone.people, table.share_over_65[zone.row]), zone.people - young)
        needing = _nearest(zone.people, table.share_needing_assistance[zone.row])
        for column, said, makes in (
            ("children", found.children, young),
            ("over_65", found.over_65, old),
            ("needing_assistance", found.needing_assistance, needing),
        ):
            if said != makes:
                fault(column, f"{said:,} in its households; the scenario makes it {makes:,}")
        seats = _nearest(zone.people, table.share_with_car[zone.row])
        spare = seats - found.in_cars
        if spare < 0 or any(size <= spare for size in found.on_foot):
            fault(
                "with_car",
                f"{found.in_cars:,} are in households with a car; the scenario has {seats:,} seats",
            )
    return noted


def _nearest(people: int, share: float) -> int:
    return int(np.floor(people * float(share) + 0.5))


def _weights(scenario: Scenario, zone_id: str) -> list[float]:
    """Of households of 1, 2, … members: as counted there, or everywhere, or as the mean size has it."""
    table = scenario.household_sizes
    rows = list(zip(table.zone_id.tolist(), table.size.tolist(), table.share.tolist(), strict=True))
    for whose in (zone_id, ""):
        counted = {size: share for zone, size, share in rows if zone == whose}
        if sum(counted.values()) > 0:
            return [counted.get(size, 0.0) for size in range(1, LARGEST + 1)]
    mean_others = scenario.parameter("mean_household_size") - 1
    weights = [1.0]
    for others in range(1, LARGEST):
        weights.append(weights[-1] * mean_others / others)
    return weights


def _sizes(people: int, weights: list[float]) -> Counter[int]:
    """Households of each size: whole parts first, then one at a time where most is lacking and it fits."""
    per_weight = sum(weight * size for size, weight in enumerate(weights, 1))
    exact = {size: people * weight / per_weight for size, weight in enumerate(weights, 1)}
    counts = Counter({size: int(np.floor(value + 1e-9)) for size, value in exact.items()})
    lacking = {size: exact[size] - counts[size] for size in exact}
    remaining = people - sum(size * count for size, count in counts.items())
    while remaining:
        most = max((size for size in exact if size <= remaining), key=lambda size: (lacking[size], -size))
        counts[most] += 1
        lacking[most] -= 1
        remaining -= most
    return +counts
