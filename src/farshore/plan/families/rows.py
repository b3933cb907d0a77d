"""Households as they are written: in order of zone and departure, the larger first, who stays last."""

import numpy as np

from farshore.plan.families.synthesis import Members
from farshore.results.households import Households
from farshore.scenario.timing import Ints

__all__ = ["households_in_order"]


def households_in_order(
    members: Members, route: Ints, step: Ints, *, seed: int, moved: int, if_split: int
) -> tuple[Households, Ints]:
    """Households with their routes, and the member of each row: int64[n].

    route, step : int64[n], of each of the members, −1: it stays
    moved, if_split : as `Households` has `moved` and `objective_if_split`
    """
    last = np.iinfo(np.int64).max
    leaves = route >= 0
    order = np.lexsort(
        (-members.size, np.where(leaves, route, last), np.where(leaves, step, last), members.zone)
    )
    made = Households(
        zone=members.zone[order],
        size=members.size[order],
        children=members.children[order],
        over_65=members.over_65[order],
        needing_assistance=members.needing_assistance[order],
        with_car=members.with_car[order],
        route=route[order],
        step=step[order],
        stranded=np.full(len(order), -1, np.int64),
        seed=seed,
        notes=members.notes,
        moved=moved,
        objective_if_split=if_split,
    )
    return made, order
