"""What may be said at an origin about how counts will change: targets, and the features that predict them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.forecast.counts import slope
from farshore.scenario.displacement import Counts, Displacement

__all__ = [
    "FIRST_ORIGIN_DAY",
    "LEADS_DAYS",
    "N_FEATURES",
    "Targets",
    "future_targets",
    "joined",
    "past_targets",
]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LEADS_DAYS: Final = (7, 30, 60, 90)
FIRST_ORIGIN_DAY: Final = 30
ORIGIN_EVERY_DAYS: Final = 15
WINDOWS_DAYS: Final = (20.0, 45.0, 90.0, 180.0)
FADES_DAYS: Final = (20.0, 60.0, 200.0)
NEW_CONFLICT_DAYS: Final = 45
N_FEATURES: Final = len(WINDOWS_DAYS) * len(FADES_DAYS) + len(WINDOWS_DAYS) + 3 + 4


@dataclass(frozen=True, eq=False)
class Targets:
    """Counts to be forecast, one row each, sorted by origin; arrays of length n.

    origin, host, day : when it is forecast, where, for when; band : index of the lead it belongs to
    due : first day on which its outcome may be learnt from
    observed : persons counted, NaN where nobody has; last, age_days : latest count at the origin and its age
    total : people counted in all hosts at the origin, 1 at least
    features : float64[n, N_FEATURES], persons; each predicts the change since the latest count
    """

    origin: Ints
    host: Ints
    day: Ints
    band: Ints
    due: Ints
    observed: Floats
    last: Floats
    age_days: Floats
    total: Floats
    features: Floats

    def __len__(self) -> int:
        return len(self.origin)

    def select(self, rows: npt.NDArray[np.bool_] | Ints) -> "Targets":
        """Some of the rows."""
        return Targets(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


def past_targets(
    problem: Displacement,
    chosen: Floats,
    origins: Sequence[int],
    *,
    until: int | None = None,
    leads_days: Sequence[int] = LEADS_DAYS,
) -> Targets:
    """For each origin, host and lead the last count after the lead before and not after this one.

    chosen : float64[n_days, n_hosts] of `chosen_shares`; until : last day that may be known, for none the end
    Each band is complete, and may be learnt from, once its lead has passed.
    """
    until = problem.n_days - 1 if until is None else until
    known = [counts.known_by(until) for counts in problem.counts]
    rows: list[tuple[int, int, int, int, float]] = []
    for origin in origins:
        for host, counts in enumerate(known):
            low = origin
            for band, lead in enumerate(leads_days):
                at = int(np.searchsorted(counts.day, origin + lead, side="right")) - 1
                if at >= 0 and counts.day[at] > low and counts.day[at] <= until:
                    rows.append((origin, host, int(counts.day[at]), band, float(counts.persons[at])))
                low = origin + lead
    leads = np.array(leads_days)
    table = np.array(rows, dtype=float).reshape(len(rows), 5)
    origin_, host_, day_, band_ = (table[:, i].astype(np.int64) for i in range(4))
    return _described(problem, chosen, origin_, host_, day_, band_, origin_ + leads[band_], table[:, 4])


def joined(first: Targets, second: Targets) -> Targets:
    """Rows of both; the second's origins must not be before the first's."""
    pairs = {f.name: (getattr(first, f.name), getattr(second, f.name)) for f in fields(Targets)}
    return Targets(**{name: np.concatenate(pair) for name, pair in pairs.items()})


def future_targets(problem: Displacement, chosen: Floats, origin: int, horizon_days: int) -> Targets:
    """Every host on every day after the origin, none of them observed."""
    n_hosts = len(problem.hosts)
    day = np.repeat(np.arange(origin + 1, origin + horizon_days + 1), n_hosts)
    host = np.tile(np.arange(n_hosts), horizon_days)
    band = np.minimum(np.searchsorted(LEADS_DAYS, day - origin), len(LEADS_DAYS) - 1).astype(np.int64)
    nobody = np.full(len(day), np.nan)
    return _described(
        problem, chosen, np.full(len(day), origin), host, day, band, np.full(len(day), 10**9), nobody
    )


def _described(
    problem: Displacement,
    chosen: Floats,
    origin: Ints,
    host: Ints,
    day: Ints,
    band: Ints,
    due: Ints,
    observed: Floats,
) -> Targets:
    n = len(origin)
    last, age, total = np.zeros(n), np.zeros(n), np.ones(n)
    features = np.zeros((n, N_FEATURES))
    for t in np.unique(origin):
        rows = np.flatnonzero(origin == t)
        now = _Origin.of(problem, chosen, int(t))
        h = host[rows]
        last[rows], total[rows] = now.last[h], now.total
        age[rows] = t - now.last_day[h]
        features[rows] = now.features(h, (day[rows] - now.last_day[h]).astype(float))
    return Targets(origin, host, day, band, due, observed, last, age, total, features)


@dataclass(frozen=True, eq=False)
class _Origin:
    # Everything read off the counts, the conflict and the roads as they were known on one day.
    last: Floats
    last_day: Floats
    total: float
    slopes: Floats  # [n_hosts, n_windows], persons a day
    all_slopes: Floats  # [n_windows], of the total's own file, as shares of it a day
    all_since: Floats  # [n_hosts], growth of the total's file since the host's last count, share
    newly: float  # share of people in conflict whose conflict broke out lately
    chosen: Floats  # [n_hosts]

    @classmethod
    def of(cls, problem: Displacement, chosen: Floats, day: int) -> "_Origin":
        seen = [counts.known_by(day) for counts in problem.counts]
        whole = problem.total.known_by(day)
        last = np.array([c.persons[-1] if len(c) else 0.0 for c in seen])
        last_day = np.array([float(c.day[-1]) if len(c) else float(day) for c in seen])
        everyone = max(float(whole.persons[-1]), 1.0) if len(whole) else 1.0
        row = min(day, problem.n_days - 1)
        return cls(
            last,
            last_day,
            max(float(last.sum()), 1.0),
            np.array([[slope(c, w) for w in WINDOWS_DAYS] for c in seen]),
            np.array([slope(whole, w) for w in WINDOWS_DAYS]) / everyone,
            _growth(whole, last_day, everyone),
            _newly(problem, row),
            chosen[row],
        )

    def features(self, host: Ints, ahead_days: Floats) -> Floats:
        fade = {tau: tau * (1.0 - np.exp(-ahead_days / tau)) for tau in FADES_DAYS}
        last = self.last[host]
        share = last / self.total
        together = self.slopes.sum(axis=0)
        columns = [self.slopes[host, w] * fade[tau] for w in range(len(WINDOWS_DAYS)) for tau in FADES_DAYS]
        columns += [self.all_slopes[w] * last * fade[60.0] for w in range(len(WINDOWS_DAYS))]
        columns += [together[w] * share * fade[60.0] for w in range(3)]
        columns += [
            self.all_since[host] * last,
            self.newly * last * ahead_days / 60.0,
            last * ahead_days / 600.0,
            self.chosen[host] * max(together[1], 0.0) * fade[60.0],
        ]
        return np.column_stack(columns)


def _growth(whole: Counts, since_day: Floats, everyone: float) -> Floats:
    if not len(whole):
        return np.zeros(len(since_day))
    return np.asarray((whole.persons[-1] - np.interp(since_day, whole.day, whole.persons)) / everyone)


def _newly(problem: Displacement, day: int) -> float:
    people = np.nan_to_num(problem.population_persons)
    now = problem.conflict[day] > 0
    before = problem.conflict[max(day - NEW_CONFLICT_DAYS, 0)] > 0
    usual = float(((problem.conflict[: day + 1] > 0) @ people).mean())
    return float(people[now & ~before].sum()) / max(usual, 1.0)
