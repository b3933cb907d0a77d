"""Tables of what threatens people and of what nobody knows: exposure, hazards, assumptions."""

from dataclasses import dataclass
from typing import ClassVar

from farshore.scenario.table import NO_TIME, Kind, Numbers, Rows, Texts, Times, column

__all__ = ["Assumptions", "Exposure", "Hazards"]


@dataclass(frozen=True, eq=False)
class Exposure(Rows):
    """How dangerous it is to be somewhere, relative to other places and times."""

    FILE: ClassVar = "exposure.csv"
    TITLE: ClassVar = "Exposure: how dangerous it is to be somewhere, relative to elsewhere"

    place_id: Texts = column(
        Kind.REF,
        "zone, link or crossing",
        references=("zones.csv", "network/link.csv", "crossings.csv"),
    )
    from_time: Times = column(Kind.TIME, "first moment; blank: from the start", name="from", default=NO_TIME)
    until_time: Times = column(
        Kind.TIME, "end, not included; blank: to the end of the horizon", name="until", default=NO_TIME
    )
    rate: Numbers = column(Kind.NUMBER, "relative exposure", unit="per person-hour", low=0)


@dataclass(frozen=True, eq=False)
class Hazards(Rows):
    """What may go wrong, how often and for how long: the futures that a stress test draws."""

    FILE: ClassVar = "hazards.csv"
    KEY: ClassVar = "hazard_id"
    TITLE: ClassVar = "Hazards: what may go wrong, how often, for how long"

    hazard_id: Texts = column(Kind.ID, "code of the hazard; random numbers are drawn by it")
    asset_id: Texts = column(
        Kind.REF,
        "link or crossing that it strikes; blank: everything that moves",
        default="",
        references=("network/link.csv", "crossings.csv"),
    )
    what: Texts = column(
        Kind.CHOICE,
        "loss (nobody passes, drivers go around) or pause (nobody moves on, people wait for its end)",
        choices=("loss", "pause"),
    )
    rate_per_day: Numbers = column(Kind.NUMBER, "how often it happens", unit="events/day", low=0)
    from_time: Times = column(
        Kind.TIME, "first moment at which it may happen; blank: from the start", name="from", default=NO_TIME
    )
    until_time: Times = column(
        Kind.TIME,
        "end of that span, not included; blank: to the end of the horizon",
        name="until",
        default=NO_TIME,
    )
    hours_low: Numbers = column(
        Kind.NUMBER, "least time until it is over or repaired", unit="h", low=0, above_low=True
    )
    hours_best: Numbers = column(Kind.NUMBER, "likeliest time", unit="h", low=0, above_low=True)
    hours_high: Numbers = column(Kind.NUMBER, "longest time", unit="h", low=0, above_low=True)
    factor_after: Numbers = column(
        Kind.NUMBER, "what is left of the asset's capacity once repaired", default=1.0, low=0, high=1
    )
    reason: Texts = column(Kind.TEXT, "why this rate and these times")
    source: Texts = column(Kind.TEXT, "who counted it; blank: nobody did", default="")


@dataclass(frozen=True, eq=False)
class Assumptions(Rows):
    """Every number that nobody measured, with its range and reason."""

    FILE: ClassVar = "assumptions.csv"
    KEY: ClassVar = "key"
    TITLE: ClassVar = "Assumptions: every number that nobody measured"

    key: Texts = column(
        Kind.TEXT,
        "a parameter of the program, or the cells it speaks of: `FILE:ID:COLUMN`, `FILE:*:COLUMN` or "
        "`FILE:COLUMN=VALUE:COLUMN`, with several columns as `COLUMN=VALUE&COLUMN=VALUE` (those cells must "
        "hold `best`)",
    )
    low: Numbers = column(Kind.NUMBER, "lowest plausible value")
    best: Numbers = column(Kind.NUMBER, "value used")
    high: Numbers = column(Kind.NUMBER, "highest plausible value")
    unit: Texts = column(Kind.TEXT, "unit", default="")
    reason: Texts = column(Kind.TEXT, "why this value and this range")
    source: Texts = column(Kind.TEXT, "where the reason comes from", default="")
