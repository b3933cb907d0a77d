"""The folder of a stress test: its tables as plain files."""

import math
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np

from farshore.folders import csv_bytes, json_bytes
from farshore.results.stress import Figures, FutureOutcome, Interval, StressResult
from farshore.scenario.write import scenario_hash
from farshore.units import format_time, offset_of

__all__ = ["STRESS_KNOWN_BY", "STRESS_OWN", "stress_files", "stress_summary"]

STRESS_KNOWN_BY: Final = "stress.json"  # the file by which a folder that may be replaced is known
STRESS_OWN: Final = (
    STRESS_KNOWN_BY,
    "arrivals.csv",
    "classes.csv",
    "classes_beside.csv",
    "drawn.csv",
    "futures.csv",
    "futures_beside.csv",
    "happened.csv",
    "report.html",
    "worth.csv",
)

_OF_CLASSES: Final = ("class_id", "people", "arrived", "unserved", "t90_h")
_FIGURES: Final = (
    "people",
    "arrived",
    "unserved",
    "without_bed",
    "t50_h",
    "t90_h",
    "t100_h",
    "exposure_person_h",
    "waiting_person_h",
    "travel_person_h",
)


def stress_files(result: StressResult) -> dict[str, bytes]:
    """The files by name; the same result gives the same bytes."""
    files = {
        STRESS_KNOWN_BY: json_bytes(stress_summary(result)),
        "futures.csv": csv_bytes(("future", *_FIGURES), _futures(result.outcomes)),
        "happened.csv": csv_bytes(
            ("future", "hazard_id", "asset_id", "what", "from", "until", "factor_after"), _happened(result)
        ),
        "drawn.csv": _drawn(result.outcomes),
        "arrivals.csv": csv_bytes(("time", "least", "p10", "p50", "p90", "most"), _arrivals(result)),
    }
    for name, outcomes in (("classes.csv", result.outcomes), ("classes_beside.csv", result.beside_outcomes)):
        if any(each.classes for each in outcomes):
            files[name] = csv_bytes(("future", *_OF_CLASSES), _classes(outcomes))
    if result.beside_outcomes:
        files["futures_beside.csv"] = csv_bytes(("future", *_FIGURES), _futures(result.beside_outcomes))
    if result.worth is not None:
        files["worth.csv"] = _worth(result)
    return files


def stress_summary(result: StressResult) -> dict[str, Any]:
    """What a person asks first, and what it takes to run it again."""
    found = {
        "scenario": result.scenario.about.name,
        "scenario_hash": scenario_hash(result.scenario),
        "version": result.version,
        "futures": len(result.outcomes),
        "asked": result.asked,
        "partial": result.partial,
        "seed": result.seed,
        "options": dict(result.options),
        "quantiles": {
            measure: {
                f"p{round(100 * share)}": _interval(interval)
                for (name, share), interval in result.quantiles.items()
                if name == measure
            }
            for measure in dict.fromkeys(name for name, _ in result.quantiles)
        },
        "half_widths": {measure: _plain(width) for measure, width in result.widths.items()},
        "precision": result.precision,
        "precise": result.precise,
        "futures_needed": result.needed,
        "worst": [
            {"future": detail.number, "left": [list(row) for row in detail.left]} for detail in result.details
        ],
        "worth": [row.words for row in result.worth.rows] if result.worth is not None else [],
        "assumptions": list(result.assumptions),
    }
    if result.classes:
        found["classes"] = _class_summary(result)
    if result.paired:
        found["beside"] = result.beside
        found["differences"] = {
            row.measure: {
                "p10": _interval(row.low10),
                "p50": _interval(row.median),
                "p90": _interval(row.high90),
                "better": _interval(row.better),
            }
            for row in result.paired
        }
    return found


def _class_summary(result: StressResult) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for (class_id, measure, share), interval in result.classes.items():
        row = rows.setdefault(class_id, {"class_id": class_id})
        row.setdefault(measure, {})[f"p{round(100 * share)}"] = _interval(interval)
    return list(rows.values())


def _interval(interval: Interval) -> dict[str, float | None]:
    return {name: _plain(getattr(interval, name)) for name in ("value", "low", "high")}


def _plain(value: float) -> float | None:
    """JSON knows no infinity: null stands for not reached, or too few futures to say."""
    return round(value, 4) if math.isfinite(value) else None


def _futures(outcomes: Sequence[FutureOutcome]) -> Iterable[tuple[Any, ...]]:
    for each in outcomes:
        yield (each.number, *(_cell(getattr(each, name)) for name in _FIGURES))


def _classes(outcomes: Sequence[FutureOutcome]) -> Iterable[tuple[Any, ...]]:
    for each in outcomes:
        for figures in each.classes:
            yield (each.number, *(_cell(getattr(figures, name)) for name in _OF_CLASSES))


def _cell(value: Any) -> Any:
    return "" if value is None else value


def _happened(result: StressResult) -> Iterable[tuple[Any, ...]]:
    start = result.scenario.about.start
    start_s, offset = int(start.timestamp()), offset_of(start)
    for each in result.outcomes:
        for event in each.occurrences:
            yield (
                each.number,
                event.hazard_id,
                event.asset_id,
                event.what,
                format_time(start_s + round(3600 * event.from_h), offset),
                format_time(start_s + round(3600 * event.until_h), offset),
                round(event.factor_after, 4),
            )


def _drawn(outcomes: Sequence[FutureOutcome]) -> bytes:
    keys = list(outcomes[0].values) if outcomes else []
    return csv_bytes(
        ("future", *keys), ((each.number, *(f"{each.values[key]:.6g}" for key in keys)) for each in outcomes)
    )


def _arrivals(result: StressResult) -> Iterable[tuple[Any, ...]]:
    start = result.scenario.about.start
    start_s, offset = int(start.timestamp()), offset_of(start)
    table = np.sort(np.array([each.arrived_by for each in result.outcomes], np.int64), axis=0)
    n = len(table)
    rows = [0, *(max(0, math.ceil(share * n) - 1) for share in (0.1, 0.5, 0.9)), n - 1]
    for column, hour in enumerate(result.moments_h):
        yield format_time(start_s + round(3600 * hour), offset), *(int(table[row, column]) for row in rows)


def _worth(result: StressResult) -> bytes:
    assert result.worth is not None

    def cells(figures: Figures | None) -> tuple[Any, ...]:
        if figures is None:
            return "", "", ""
        return _cell(figures.t90_h), figures.unserved, round(figures.exposure_person_h)

    head = ("t90_h", "unserved", "exposure_person_h")
    base = ("0", "as it is", "", "", "the plan as it is")
    rows = [(*base, *cells(result.worth.base), *cells(result.worth.paper), "", "")]
    rows += [
        (
            str(rank),
            row.kind,
            ";".join(row.assets),
            f"{row.amount:g}" if row.amount else "",
            row.words,
            *cells(row.kept),
            *cells(row.anew),
            _cell(row.dual_person_h),
            _cell(row.saved_person_h),
        )
        for rank, row in enumerate(result.worth.rows, 1)
    ]
    return csv_bytes(
        (
            "rank",
            "kind",
            "assets",
            "amount",
            "words",
            *head,
            *(f"anew_{name}" for name in head),
            "promised_person_h",
            "saved_person_h",
        ),
        rows,
    )
