"""Measures the forecast on the public conflicts, each left out of what it is forecast with.

    python -m benchmarks.forecast_accuracy > docs/forecast-results.md

FARSHORE_DATA names the folder that holds flee/NAME, one folder a conflict; every folder there is measured.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.bench_forecast import data_folder
from farshore.forecast.backtest import backtest
from farshore.forecast.increments import LEADS_DAYS
from farshore.results import Backtest
from farshore.sources import read_flee

# Flee 3.1's own error, measured on the same files with its validation settings.
FLEE = {
    "mali2012": 0.314,
    "burundi2015": 0.465,
    "ssudan2013": 0.544,
    "car2013": 0.380,
    "syria2013": 0.341,
    "nigeria2016": 0.219,
    "mali2017_adm1": 0.693,
    "ukraine2022": 0.716,
}
HINDCAST = (
    ("capacity rule", "share ∝ capacity"),
    ("Flee-compatible with capacity", "Flee-compatible"),
    ("Farshore with capacity", "**Farshore**"),
    ("equal split", "equal split, cold"),
    ("inverse distance", "inverse distance, cold"),
    ("Flee-compatible", "Flee-compatible, cold"),
    ("Farshore", "**Farshore, cold**"),
    ("Farshore, counts 30 days old", "**Farshore, counts 30 days old**"),
)
N_TOLD = 3


def main() -> None:
    """Print the page."""
    parent = data_folder(next(iter(FLEE))).parent
    folders = [f for f in sorted(parent.iterdir()) if (f / "input_csv").is_dir()]
    sys.stdout.write("\n".join(_page([backtest(read_flee(Path(f))) for f in folders])) + "\n")


def _page(tested: Sequence[Backtest]) -> Iterator[str]:
    yield "# Forecast: measured results\n"
    yield "Every figure is of a conflict that was left out of what it was forecast with. Reproduce with"
    yield "`python -m benchmarks.forecast_accuracy > docs/forecast-results.md`.\n"
    yield "## Hindcast error, as Flee defines it\n"
    yield "Given each day's total; lower is better. The first rows are told capacities, which for these sets"
    yield "are mostly the maximum of the very counts that are scored. The others are told none.\n"
    yield _row("", *(t.name for t in tested), "mean")
    yield _row("---", *("---:" for _ in tested), "---:")
    yield _row("Flee 3.1 (told)", *_cells([FLEE.get(t.name, np.nan) for t in tested]))
    for i, (key, title) in enumerate(HINDCAST):
        told = " (told)" if i < N_TOLD else ""
        yield _row(title + told, *_cells([t.hindcast_error.get(key, np.nan) for t in tested]))
    yield "\n## Real forecasts: WAPE by lead\n"
    yield "Made every 15 days from day 30 with only what was known; scored where people were counted. Mean"
    yield "over conflicts, and on how many of them Farshore was better.\n"
    yield _row("method", *(f"{lead} days" for lead in LEADS_DAYS))
    yield _row("---", *("---:" for _ in LEADS_DAYS))
    methods = list(dict.fromkeys(s.method for s in tested[0].scores))
    wape = {(m, lead): _scores(tested, m, lead, "wape") for m in methods for lead in LEADS_DAYS}
    for method in methods:
        cells = []
        for lead in LEADS_DAYS:
            own, other = wape["Farshore", lead], wape[method, lead]
            beaten = f" ({int(np.sum(own < other))} of {len(own)})" if method != "Farshore" else ""
            cells.append(f"{np.nanmean(other):.3f}{beaten}")
        yield _row(method, *cells)
    yield "\n## 80 % intervals: share of counts inside, and width as a share of the count\n"
    yield _row("conflict", *(f"{lead} days" for lead in LEADS_DAYS))
    yield _row("---", *("---:" for _ in LEADS_DAYS))
    for t in tested:
        own = {s.lead_days: s for s in t.scores if s.method == "Farshore"}
        cells = [
            f"{own[lead].coverage:.2f} ({own[lead].width:.2f})" if lead in own else "" for lead in LEADS_DAYS
        ]
        yield _row(t.name, *cells)


def _scores(tested: Sequence[Backtest], method: str, lead: int, what: str) -> np.ndarray:
    found = []
    for t in tested:
        values = [getattr(s, what) for s in t.scores if (s.method, s.lead_days) == (method, lead)]
        found.append(values[0] if values else np.nan)
    return np.array(found)


def _cells(values: Sequence[float]) -> list[str]:
    return ["" if np.isnan(v) else f"{v:.3f}" for v in (*values, float(np.nanmean(values)))]


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    main()
