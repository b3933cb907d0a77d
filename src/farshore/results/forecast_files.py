"""Forecasts as files: CSV with a row of HXL hashtags under the header, and JSON."""

from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Final

import numpy as np

from farshore.folders import csv_bytes, json_bytes, written_whole
from farshore.results.forecast import Backtest, Forecast
from farshore.results.hosts import HostNeeds

__all__ = ["backtest_files", "forecast_files", "needs_files", "write_files"]

ARRIVALS: Final = {
    "date": "#date",
    "host_id": "#loc+code",
    "expected": "#affected+expected",
    "low": "#affected+min",
    "high": "#affected+max",
}
NEEDS: Final = {
    "date": "#date",
    "host_id": "#loc+code",
    "host": "#loc+name",
    "expected": "#affected+expected",
    "low": "#affected+min",
    "high": "#affected+max",
    "beds": "#capacity+beds",
    "short_beds": "#inneed+beds+expected",
    "short_beds_high": "#inneed+beds+max",
    "covered_space_m2": "#need+shelter+m2",
    "water_l": "#need+water+litres",
    "toilets": "#need+toilets+num",
    "taps": "#need+taps+num",
    "food_kcal": "#need+food+kcal",
}
SCORES: Final = {
    "method": "#indicator+method",
    "lead_days": "#indicator+lead+days",
    "n": "#indicator+num",
    "wape": "#indicator+wape",
    "bias": "#indicator+bias",
    "crps": "#indicator+crps",
    "coverage": "#indicator+coverage",
    "width": "#indicator+width",
}
POINTS: Final = {
    "made_on": "#date+start",
    "date": "#date",
    "host_id": "#loc+code",
    "lead_days": "#indicator+lead+days",
    "counted": "#affected+observed",
    "expected": "#affected+expected",
    "low": "#affected+min",
    "high": "#affected+max",
}


def forecast_files(forecast: Forecast) -> dict[str, str]:
    """`forecast.csv` and `forecast.json` of a forecast, by file name."""
    rows = [
        (
            forecast.date_of(d),
            host,
            *(_whole(table[d, h]) for table in (forecast.expected, forecast.low, forecast.high)),
        )
        for d in range(len(forecast.day))
        for h, host in enumerate(forecast.host_ids)
    ]
    value = {
        "name": forecast.name,
        "engine": forecast.engine,
        "as_of": None if forecast.as_of is None else forecast.as_of,
        "dates": [forecast.date_of(d).isoformat() for d in range(len(forecast.day))],
        "hosts": list(forecast.host_ids),
        "cover": forecast.cover,
        "expected": _table(forecast.expected),
        "low": _table(forecast.low),
        "high": _table(forecast.high),
        "compositions": [
            {"attribute": c.attribute, "values": list(c.values), "share": np.round(c.share, 4).tolist()}
            for c in forecast.compositions
        ],
        "options": forecast.options,
        "seed": forecast.seed,
        "problem_hash": forecast.problem_hash,
        "version": forecast.version,
    }
    return {"forecast.csv": _csv(ARRIVALS, rows), "forecast.json": _json(value)}


def needs_files(needs: HostNeeds) -> dict[str, str]:
    """`needs.csv` and `needs.json`, by file name."""
    told = needs.arrivals
    rows = []
    for d, day in enumerate(told.day):
        for h, host in enumerate(told.host_ids):
            beds = told.beds[h]
            rows.append(
                (
                    day,
                    host,
                    told.names[h],
                    *(_whole(table[d, h]) for table in (told.expected, told.low, told.high)),
                    _whole(beds) if np.isfinite(beds) else "",
                    _whole(needs.short_beds[d, h]),
                    _whole(needs.short_beds_high[d, h]),
                    *(_whole(needs.needs[key][d, h]) for key in needs.needs),
                )
            )
    value = {
        "title": told.title,
        "cover": told.cover,
        "dates": [day.isoformat() for day in told.day],
        "standards": [
            {"key": s.key, "value": s.value, "unit": s.unit, "source": s.source} for s in needs.standards
        ],
        "hosts": [
            {
                "host_id": host,
                "name": told.names[h],
                "beds": _whole(told.beds[h]) if np.isfinite(told.beds[h]) else None,
                "expected": _table(told.expected[:, h]),
                "low": _table(told.low[:, h]),
                "high": _table(told.high[:, h]),
                "first_short": first.isoformat() if (first := needs.first_short[h]) else None,
                "short_beds": _table(needs.short_beds[:, h]),
                "short_beds_high": _table(needs.short_beds_high[:, h]),
                "needs": {key: _table(table[:, h]) for key, table in needs.needs.items()},
                "needs_high": {key: _table(table[:, h]) for key, table in needs.needs_high.items()},
            }
            for h, host in enumerate(told.host_ids)
        ],
    }
    return {"needs.csv": _csv(NEEDS, rows), "needs.json": _json(value)}


def backtest_files(backtest: Backtest) -> dict[str, str]:
    """`scores.csv`, `points.csv` and `backtest.json`, by file name."""
    scores = [tuple(_short(getattr(s, key)) for key in SCORES) for s in backtest.scores]
    start = np.datetime64(backtest.start, "D")
    points = [
        (
            start + origin,
            start + day,
            backtest.host_ids[host],
            lead,
            *(_whole(v) for v in values),
        )
        for origin, day, host, lead, *values in zip(
            backtest.origin,
            backtest.day,
            backtest.host,
            backtest.lead_days,
            backtest.observed,
            backtest.expected,
            backtest.low,
            backtest.high,
            strict=True,
        )
    ]
    value = {
        "name": backtest.name,
        "learnt_from": backtest.lesson,
        "hindcast_error": {key: _short(v) for key, v in backtest.hindcast_error.items()},
        "scores": [dict(zip(SCORES, row, strict=True)) for row in scores],
    }
    return {
        "scores.csv": _csv(SCORES, scores),
        "points.csv": _csv(POINTS, points),
        "backtest.json": _json(value),
    }


def write_files(texts: dict[str, str], folder: Path) -> list[Path]:
    """Write a folder of files, whole or not at all; one that holds the first of them already is replaced.

    Files of other names in it are kept. Raises OutputUnwritable if something else is in the way.
    """
    first = next(iter(texts))
    with written_whole(folder, replaces=first, own=tuple(texts)) as made:
        for name, text in texts.items():
            (made / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


def _csv(columns: dict[str, str], rows: Iterable[Sequence[object]]) -> str:
    return csv_bytes(columns, chain((tuple(columns.values()),), rows)).decode()


def _json(value: Any) -> str:
    return json_bytes(value).decode()


def _whole(value: float) -> int:
    return round(float(value))


def _table(values: Any) -> Any:
    return np.rint(values).astype(np.int64).tolist()


def _short(value: Any) -> Any:
    if isinstance(value, float):
        return None if np.isnan(value) else round(value, 4)
    return value
