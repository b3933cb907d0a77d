"""Whole households of a plan with classes: what classes they make, and whether each leaves as one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from farshore.plan.checker.classes.movements import ClassMovement
from farshore.plan.checker.classes.people import CLASSES, Whole
from farshore.plan.checker.classes.problem import ClassProblem
from farshore.plan.checker.classes.routes import ClassWay
from farshore.plan.checker.files import Faults, csv_rows, whole_number
from farshore.plan.checker.household_rows import COLUMNS, FILE
from farshore.plan.checker.households import Families, Leaving, check_households
from farshore.scenario.scenario import Scenario

__all__ = ["check_class_households", "class_of_household", "whole_in"]

_MOST = 12  # members: what says more is faulted later, and not counted


def class_of_household(members: tuple[int, ...]) -> int:
    """Row of CLASSES of a household of (size, children, over 65, needing assistance, with a car)."""
    _, children, _, needing, with_car = members
    need = 0 if needing else 1 if children else 2
    return 2 * need + (0 if with_car else 1)


def whole_in(folder: Path, scenario: Scenario) -> Whole:
    """What the rows of households.csv make the classes; rows that cannot be read are left to be faulted."""
    zone_row = scenario.zones.position()
    sizes: list[list[list[int]]] = [[[] for _ in CLASSES] for _ in zone_row]
    needing = together = 0
    for _, row in csv_rows(folder, FILE, COLUMNS, Faults()):
        names = ("size", "children", "over_65", "needing_assistance", "with_car")
        numbers = tuple(whole_number(row[name]) for name in names)
        zone = zone_row.get(row["zone_id"])
        known = tuple(each for each in numbers if each is not None and 0 <= each <= _MOST)
        if zone is None or len(known) < len(names):
            continue
        class_row = class_of_household(known)
        sizes[zone][class_row].append(known[0])
        if class_row // 2 == 0:
            needing += known[3]
            together += known[0]
    return Whole(tuple(tuple(tuple(found) for found in by_class) for by_class in sizes), needing, together)


def check_class_households(
    folder: Path,
    problem: ClassProblem,
    ways: Mapping[str, ClassWay],
    moves: tuple[ClassMovement, ...],
    *,
    stated: Any,
    faults: Faults,
    stranded: tuple[ClassMovement, ...] = (),
) -> Families | None:
    """Fault every household that is split, cannot be, or leaves with another class than its own.

    stranded : who waits on the road for good
    """
    leaving = [
        Leaving(move.line, move.way.route_id, move.step, move.persons, move.class_row) for move in moves
    ]
    return check_households(
        folder,
        problem.plain,
        ways,
        leaving,
        stranded=stranded,
        stated=stated,
        faults=faults,
        class_of=class_of_household,
        class_ids=CLASSES,
    )
