"""Arrivals that an evacuation plan brings to hosts, with an interval from what nobody knows: who leaves."""

from datetime import timedelta
from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.forecast.sequential import COVER
from farshore.results.forecast import Forecast
from farshore.results.hosts import HostArrivals
from farshore.results.outcome import Outcome
from farshore.scenario.scenario import Scenario

__all__ = ["plan_arrivals", "with_forecast"]

Floats = npt.NDArray[np.float64]
TURNOUT: Final = ("share_present", "share_leaving")
DAY_S: Final = 86_400


def plan_arrivals(outcome: Outcome, *, members: int = 1000, seed: int = 0) -> HostArrivals:
    """People present in each host at the end of each day under a plan.

    Each member draws the share present and the share leaving between their lowest and highest plausible
    values (triangular), the same for all zones, since each is one number that nobody knows, and scales all
    departures with it. Where the assumptions give no range, the plan's own figures stand without an interval.
    """
    scenario = outcome.scenario
    about = scenario.about
    n_days = -(-about.n_steps * about.step_s // DAY_S)
    host_row = scenario.hosts.position()
    arriving = np.zeros((n_days, len(scenario.hosts)))
    moves = outcome.departures
    for route, step, persons in zip(moves.route, moves.step, moves.persons, strict=True):
        way = outcome.routes[route]
        # The plan's clock starts at `start`; a day is a local calendar day only if that is midnight.
        day = min(int(step + way.arrival_steps) * about.step_s // DAY_S, n_days - 1)
        arriving[day, host_row[way.host_id]] += persons
    expected = arriving.cumsum(axis=0)
    low = high = expected
    turnout = _turnout(scenario, members, seed)
    if len(turnout):
        tail = (1.0 - COVER) / 2.0
        low, high = (expected * share for share in np.quantile(turnout, [tail, 1.0 - tail]))
        low, high = np.minimum(low, expected), np.maximum(high, expected)
    return HostArrivals(
        title=about.title,
        host_ids=tuple(map(str, scenario.hosts.host_id)),
        names=tuple(map(str, scenario.hosts.name)),
        day=tuple((about.start + timedelta(days=d)).date() for d in range(n_days)),
        expected=expected,
        low=low,
        high=high,
        beds=scenario.hosts.beds.astype(float),
        cover=COVER,
    )


def with_forecast(arrivals: HostArrivals, forecast: Forecast) -> HostArrivals:
    """Arrivals of a plan and of a displacement forecast together, host by host of the same id, day by day.

    Bounds add as if both erred together, which errs on the side of room. A day that the forecast does not
    reach keeps its last one before; hosts that only one of them knows keep what that one says.
    """
    extra = [h for h in forecast.host_ids if h not in arrivals.host_ids]
    ids = (*arrivals.host_ids, *extra)
    days = [forecast.date_of(row) for row in range(len(forecast.day))]
    row_of = np.array([max(sum(d <= day for d in days) - 1, -1) for day in arrivals.day])
    column = np.array([forecast.host_ids.index(h) if h in forecast.host_ids else -1 for h in ids])

    def added(planned: Floats, expected: Floats) -> Floats:
        padded = np.pad(planned, ((0, 0), (0, len(extra))))
        more = np.where((row_of[:, None] >= 0) & (column >= 0), expected[row_of][:, column], 0.0)
        return np.asarray(padded + more)

    return HostArrivals(
        title=f"{arrivals.title}, with {forecast.name}",
        host_ids=ids,
        names=(*arrivals.names, *extra),
        day=arrivals.day,
        expected=added(arrivals.expected, forecast.expected),
        low=added(arrivals.low, forecast.low),
        high=added(arrivals.high, forecast.high),
        beds=np.concatenate([arrivals.beds, np.full(len(extra), np.nan)]),
        cover=arrivals.cover,
    )


def _turnout(scenario: Scenario, members: int, seed: int) -> Floats:
    """How many times the expected number of people leave: float64[members], empty if no range is given."""
    rows = scenario.assumptions.position()
    rng = np.random.default_rng(np.random.SeedSequence(seed).spawn(1)[0])
    factor = np.ones(members)
    ranged = False
    for key in TURNOUT:
        if key not in rows:
            continue
        low, best, high = (
            float(values[rows[key]])
            for values in (scenario.assumptions.low, scenario.assumptions.best, scenario.assumptions.high)
        )
        if not low < high or best <= 0:
            continue
        ranged = True
        factor *= rng.triangular(low, best, high, size=members) / best
    return factor if ranged else np.zeros(0)
