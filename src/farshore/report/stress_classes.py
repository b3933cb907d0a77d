"""What a stress test says of a plan with classes: each class over the futures, and what is not looked at."""

import math
from typing import Final, TypeAlias

from farshore.report.markup import Cell, Html, element, number, section, table
from farshore.report.services import class_words
from farshore.report.wording import count
from farshore.results.stress import StressResult

__all__ = ["classes_over_futures", "left_out"]

_LEFT_OUT: Final = (
    "What one more vessel, lane, bed or hour of a corridor is worth, and what planning anew would reach: a "
    "plan with classes takes minutes to make, and the prices in its certificate prove how good the plan is, "
    "not what a change would save. Losses of crossings are rehearsed.",
    "New instructions after a loss. People wait for what they were told to take; who misses a bus, or finds "
    "it full, takes the next one to the same stop that has a seat.",
    "More trips. Buses make the trips of the plan and no others, whether more people come or fewer. Where a "
    "fleet has fewer vehicles than the plan uses, the one that is back first makes the next trip, late if "
    "need be; where it has more, they stay at their base.",
    "Drivers' hours and the hours of a fleet once its buses are late. Trains run by their timetable through "
    "every alert.",
)

Row: TypeAlias = list[str | Cell]


def classes_over_futures(result: StressResult) -> Html:
    """People of each class: how many there are, are left behind, and when nine in ten have arrived."""
    classes = dict.fromkeys(class_id for class_id, _, _ in result.classes)
    if not classes:
        return Html("")

    def cell(class_id: str, measure: str, share: float) -> Cell:
        value = result.classes[class_id, measure, share].value
        return number(count(value) if math.isfinite(value) else "not by the end")

    asked = (("people", 0.5), ("unserved", 0.5), ("unserved", 0.9), ("t90_h", 0.5), ("t90_h", 0.9))
    rows: list[Row] = [
        [class_words(class_id), *(cell(class_id, measure, share) for measure, share in asked)]
        for class_id in classes
    ]
    return section(
        "Class by class",
        table(
            "One future in two is below P50, nine in ten below P90; times are hours until nine in ten of the "
            "class have arrived",
            ["class", "people, P50", "left behind, P50", "left behind, P90", "T90, P50", "T90, P90"],
            rows,
            numeric=(1, 2, 3, 4, 5),
        ),
        element(
            "p", "Every future's classes are in classes.csv, P10 and intervals in stress.json.", class_="note"
        ),
        identity="classes",
    )


def left_out(result: StressResult) -> Html:
    """What is not looked at in the futures of a plan with classes."""
    if not result.classes:
        return Html("")
    return section(
        "What is left out",
        element("p", "This is a plan with classes. Of such plans no future says:", class_="note"),
        element("ul", *(element("li", words) for words in _LEFT_OUT)),
        identity="left-out",
    )
