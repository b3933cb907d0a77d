"""What a stress test returns: every future's outcome, quantiles with intervals, the worth of crossings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from farshore.scenario.scenario import Scenario

__all__ = [
    "ClassFigures",
    "Detail",
    "Figures",
    "FutureOutcome",
    "Interval",
    "Occurrence",
    "Paired",
    "StressResult",
    "Worth",
    "WorthTable",
]


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and the ends between which the true one lies; ends may be infinite."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Something that went wrong in a future; hours after the start. asset_id "": everything."""

    hazard_id: str
    asset_id: str
    what: str
    from_h: float
    until_h: float
    factor_after: float


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """What came of one class of people in one future; t90_h None: not by the end."""

    class_id: str
    people: int
    arrived: int
    t90_h: float | None

    @property
    def unserved(self) -> int:
        """Those of them who did not arrive."""
        return self.people - self.arrived


@dataclass(frozen=True, slots=True)
class FutureOutcome:
    """What came of one future.

    t50_h … : hours until so many of its people had arrived; None: not by the end
    arrived_by : persons who had arrived by each of the result's moments
    values : of every assumption that was drawn; classes : of a plan with classes, in their order
    """

    number: int
    people: int
    arrived: int
    unserved: int
    without_bed: int
    t50_h: float | None
    t90_h: float | None
    t100_h: float | None
    exposure_person_h: float
    waiting_person_h: float
    travel_person_h: float
    arrived_by: tuple[int, ...]
    occurrences: tuple[Occurrence, ...]
    values: Mapping[str, float]
    classes: tuple[ClassFigures, ...] = ()


@dataclass(frozen=True, slots=True)
class Detail:
    """Where the people of one future were left, and why: (place, why, persons), most first."""

    number: int
    left: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class Paired:
    """Two plans over the same futures: differences of the second less the first, future by future.

    measure : as in `StressResult.quantiles`; median, low10, high90 : of the differences
    better : share of futures in which the second is better
    """

    measure: str
    low10: Interval
    median: Interval
    high90: Interval
    better: Interval


@dataclass(frozen=True, slots=True)
class Figures:
    """A rehearsal, or a plan on paper, in short; t90_h None: fewer than 90 % had arrived by the end."""

    t90_h: float | None
    unserved: int
    exposure_person_h: float


@dataclass(frozen=True, slots=True)
class Worth:
    """What one change would cost or save, beside the plan rehearsed as it is, without any hazard.

    kind : loss, pair, repair, vessel, lane, beds, intake, corridor
    assets : codes of crossings, links or a host; amount : how many, or hours; see `words`
    kept : if people keep to the plan, and drive around what is closed; None: it would not touch them
    anew : the plan, on paper, that knows of the change from the start; None: not worked out
    dual_person_h : what the plan's prices promise as saving; None: there is no price to say it
    saved_person_h : what planning anew saves of the plan's objective (10⁶ units)
    """

    kind: str
    assets: tuple[str, ...]
    amount: float
    words: str
    kept: Figures | None
    anew: Figures | None
    dual_person_h: float | None
    saved_person_h: float | None


@dataclass(frozen=True, slots=True)
class WorthTable:
    """Changes, most telling first.

    base, paper : the plan as it is, rehearsed (beside it stands `kept`) and on paper (`anew`; None: nothing
    is planned anew)
    lost_from_h : hours after the start at which losses begin
    """

    rows: tuple[Worth, ...]
    base: Figures
    paper: Figures | None
    lost_from_h: float


@dataclass(frozen=True, eq=False)
class StressResult:
    """A plan over many futures.

    moments_h : when arrivals are counted; quantiles : by measure and share, as ("t90_h", 0.9)
    widths : by measure, the widest half-width of its three intervals, as a share of its scale
    precise : whether all of them are as small as asked for; None: nothing was asked for
    beside : the other plan's name, "" if there is none; beside_outcomes : its futures, the same ones
    needed : about how many futures would make them as small as asked, or as 2 %
    classes : by class, measure and share, as ("family_foot", "unserved", 0.9); empty: the plan has none
    """

    scenario: Scenario
    label: str
    moments_h: tuple[float, ...]
    outcomes: tuple[FutureOutcome, ...]
    quantiles: Mapping[tuple[str, float], Interval]
    widths: Mapping[str, float]
    precision: float | None
    precise: bool | None
    needed: int
    details: tuple[Detail, ...]
    worth: WorthTable | None
    paired: tuple[Paired, ...]
    beside: str
    beside_outcomes: tuple[FutureOutcome, ...]
    partial: bool
    asked: int
    seed: int
    options: Mapping[str, Any]
    version: str
    assumptions: tuple[str, ...]
    classes: Mapping[tuple[str, str, float], Interval] = field(default_factory=dict)
