"""Households of a plan: made up from totals, each whole on one departure or staying; as a table."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from farshore.folders import csv_bytes

__all__ = [
    "HOUSEHOLDS_FILE",
    "HOUSEHOLDS_TOLD",
    "Households",
    "household_id",
    "households_statement",
    "households_summary",
    "moved_table",
    "percent_up",
    "sha256_of",
    "waiting_id",
]

Ints = npt.NDArray[np.int64]

HOUSEHOLDS_FILE: Final = "households.csv"
# What of the summary nobody can work out from the tables: told by the planner, sealed against edits.
HOUSEHOLDS_TOLD: Final = ("seed", "moved", "objective_if_split", "notes")
_MICRO: Final = 1_000_000
COLUMNS: Final = (
    "household_id",
    "zone_id",
    "size",
    "children",
    "over_65",
    "needing_assistance",
    "with_car",
    "depart",
    "route_id",
    "host_id",
)


@dataclass(frozen=True, eq=False)
class Households:
    """Everybody who chooses to leave, in households that are synthetic: none of them exists.

    Parallel int64 arrays, one entry a household, sorted by zone, then by departure, those who stay last; in a
    plan made in the midst of another in that one's order, so that a household keeps its code.

    zone : row of the zones table; size : members
    children, over_65, needing_assistance : of the members; every household has an adult
    with_car : 1 where all its members have a seat in a car of theirs, else 0
    route : index into the outcome's routes, −1 where it stays; step : of departure, −1 likewise
    stranded : index into `stranded` of the outcome's replan where it has left and waits on the road for good,
    with its step of departure and no route; −1 elsewhere
    seed : gives the same households again; notes : where they differ from what the scenario asks, and why
    moved : how many leave otherwise than they would if households could be split
    objective_if_split : the plan's objective before it kept households whole, in 10⁻⁶ person-hours
    """

    zone: Ints
    size: Ints
    children: Ints
    over_65: Ints
    needing_assistance: Ints
    with_car: Ints
    route: Ints
    step: Ints
    stranded: Ints
    seed: int
    notes: tuple[str, ...]
    moved: int
    objective_if_split: int

    def __len__(self) -> int:
        return len(self.zone)

    @property
    def leaving(self) -> npt.NDArray[np.bool_]:
        """Which of them leave: bool[n_households]."""
        return self.route >= 0

    def places(self, times: list[str], routes: list[tuple[str, str]]) -> list[tuple[str, str, str]]:
        """The cells of depart, route_id and host_id of each household; arguments as of `table`."""
        waiting = [(waiting_id(number), "") for number in range(int(self.stranded.max(initial=-1)) + 1)]
        known = [*routes, *waiting, ("", "")]  # the last stands for −1
        place = np.where(self.stranded >= 0, len(routes) + self.stranded, self.route)
        told = [*times, ""]
        return [
            (told[step], *known[where])
            for step, where in zip(self.step.tolist(), place.tolist(), strict=True)
        ]

    def table(self, zone_ids: list[str], times: list[str], routes: list[tuple[str, str]]) -> bytes:
        """`households.csv`.

        zone_ids : by row of the zones table; times : the start of each step, as written
        routes : (route_id, host_id) of the outcome's routes
        """
        width = len(str(len(self)))
        members = (self.zone, self.size, self.children, self.over_65, self.needing_assistance, self.with_car)
        figures = zip(*(array.tolist() for array in members), strict=True)
        rows = (
            (household_id(number, width), zone_ids[zone], *others, *place)
            for number, ((zone, *others), place) in enumerate(
                zip(figures, self.places(times, routes), strict=True), 1
            )
        )
        return csv_bytes(COLUMNS, rows)


def moved_table(
    before: Households,
    after: Households,
    times: list[str],
    *,
    old_routes: list[tuple[str, str]],
    new_routes: list[tuple[str, str]],
) -> bytes:
    """`before/households.csv`: where households were to go whose places are not those of `households.csv`.

    Those who wait on the road for good are always there: their names hold in one plan only.
    """
    width = len(str(len(before)))
    pairs = zip(
        before.places(times, old_routes),
        after.places(times, new_routes),
        (before.stranded >= 0).tolist(),
        strict=True,
    )
    rows = (
        (household_id(number, width), *old)
        for number, (old, new, waits) in enumerate(pairs, 1)
        if waits or old != new
    )
    return csv_bytes(("household_id", *COLUMNS[-3:]), rows)


def household_id(number: int, width: int) -> str:
    """The code of a household by its number from 1 on: it says itself that nobody is meant."""
    return f"synthetic-{number:0{width}}"


def waiting_id(number: int) -> str:
    """How a table names the way so far of those who wait on the road for good, by their index."""
    return f"w{number + 1}"


def sha256_of(table: bytes) -> str:
    """SHA-256, in hex, of a table as it was written, so that an edit is named."""
    return hashlib.sha256(table).hexdigest()


def households_summary(
    households: Households, *, objective: int, lower_bound: int, exposure: int, sha256: str
) -> dict[str, Any]:
    """What summary.json says of them.

    objective, lower_bound, exposure : of the plan, in 10⁻⁶ person-hours; exposure is the objective without
    what is counted for those left behind
    `loss` is what not splitting costs, `loss_bound` the most that it can cost, both as shares of exposure.
    """
    leaving = households.leaving

    def share(cost: int) -> float:
        return cost / exposure if exposure else 0.0

    return {
        "households": len(households),
        "leaving": int(leaving.sum()),
        "staying": int((~leaving).sum()),
        "split": 0,
        "with_children": int((households.children > 0).sum()),
        "mean_size": int(households.size.sum()) / len(households) if len(households) else 0.0,
        "moved": households.moved,
        "objective_if_split": households.objective_if_split / _MICRO,
        "loss": share(objective - households.objective_if_split),
        "loss_bound": share(objective - lower_bound),
        "seed": households.seed,
        "notes": list(households.notes),
        "sha256": sha256,
    }


def households_statement(summary: Mapping[str, Any]) -> str:
    """One line about the households of a plan; `summary` as `households_summary` gives it."""
    cost = percent_up(summary["loss"]) if summary["loss"] > 0 else "nothing"
    bound = percent_up(summary["loss_bound"])
    staying = f", {summary['staying']:,} stay" if summary["staying"] else ""
    return (
        f"{summary['leaving']:,} households leave whole{staying}, none is split; that costs {cost}"
        f"{' of the exposure' if summary['loss'] > 0 else ''}, proven at most {bound}"
        f"{'' if summary['loss'] > 0 else ' of the exposure'}"
    )


def percent_up(share: float) -> str:
    """A share in per cent, rounded up: never less than it is."""
    return f"{math.ceil(round(share * 1e5, 6)) / 1e3:g} %"
