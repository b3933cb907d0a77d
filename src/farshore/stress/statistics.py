"""Measures of futures: what is asked of each, on which scale it is precise enough."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from farshore.results.stress import FutureOutcome, Interval
from farshore.stress.quantiles import futures_needed, half_width, quantile_interval

__all__ = ["MEASURES", "SHARES", "class_quantiles", "futures_for", "measured", "quantile_of", "widths_of"]

MEASURES: Final = ("t50_h", "t90_h", "t100_h", "unserved", "exposure_person_h")
SHARES: Final = (0.1, 0.5, 0.9)
_OF_CLASSES: Final = ("people", "unserved", "t90_h")


def measured(outcome: FutureOutcome, measure: str) -> float:
    """One figure of a future; a time that was not reached is infinite."""
    value = getattr(outcome, measure)
    return math.inf if value is None else float(value)


def quantile_of(values: Sequence[float], share: float) -> Interval:
    """A quantile of figures of which none is negative."""
    found = quantile_interval(values, share)
    return Interval(found.value, max(found.low, 0.0), found.high)


def class_quantiles(outcomes: Sequence[FutureOutcome]) -> dict[tuple[str, str, float], Interval]:
    """Of each class that anybody is of in any future: its people, those left behind, hours until 90 %."""
    found = {}
    for row, each in enumerate(outcomes[0].classes if outcomes else ()):
        mine = [outcome.classes[row] for outcome in outcomes]
        if not any(figures.people for figures in mine):
            continue
        for measure in _OF_CLASSES:
            told = [getattr(figures, measure) for figures in mine]
            values = [math.inf if value is None else float(value) for value in told]
            for share in SHARES:
                found[each.class_id, measure, share] = quantile_of(values, share)
    return found


def widths_of(outcomes: Sequence[FutureOutcome], horizon_h: float) -> dict[str, float]:
    """By measure, the widest half-width of P10, P50 and P90, as a share of its scale.

    The scale of times is the horizon (not reached counts as its end), of people left behind all who set out
    (the median of the futures), of exposure the hours of them all over the horizon, at exposure 1.
    """
    people = _median([each.people for each in outcomes])
    most = max((each.exposure_person_h for each in outcomes), default=0.0)
    scale = {"unserved": (people, 0.0, people), "exposure_person_h": (people * horizon_h, 0.0, most)}
    found = {}
    for measure in MEASURES:
        size, least, most = scale.get(measure, (float(horizon_h), 0.0, float(horizon_h)))
        values = [measured(each, measure) for each in outcomes]
        found[measure] = max(
            (half_width(quantile_interval(values, share), size, least=least, most=most) for share in SHARES),
            default=1.0,
        )
    return found


def futures_for(n: int, widths: Mapping[str, float], wanted: float) -> int:
    """About how many futures make every half-width as small as wanted."""
    finite = [min(width, 1.0) for width in widths.values()]
    return max((futures_needed(n, width, wanted) for width in finite), default=n)


def _median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    return float(ordered[len(ordered) // 2]) if ordered else 0.0
