"""A forecast made on a day depends on nothing that became known later."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from farshore.forecast import forecast
from farshore.forecast.backtest import backtest
from farshore.forecast.baselines import BASELINES
from farshore.forecast.choice import CENTRAL, chosen_shares
from farshore.forecast.increments import past_targets
from farshore.forecast.network import host_network
from farshore.scenario import Closure, Counts, Displacement
from farshore.sources import read_counts_file
from tests.displacements import displacement, public_conflict


def changed_after(problem: Displacement, day: int, rng: np.random.Generator) -> Displacement:
    """The same until `day`; afterwards other counts, conflict, totals, corrections and closures."""

    def other(counts: Counts) -> Counts:
        later = counts.known_day > day
        persons = np.where(later, rng.uniform(0, 90_000, len(counts)), counts.persons)
        more = np.arange(day + 1, day + 1 + int(rng.integers(1, 9)))
        return Counts(
            np.concatenate([counts.day, more]),
            np.concatenate([persons, rng.uniform(0, 90_000, len(more))]),
            np.concatenate([counts.known_day, more]),
        )

    conflict = problem.conflict.copy()
    conflict[day + 1 :] = rng.integers(0, 2, conflict[day + 1 :].shape)
    kinds = ("location", "camp", "country", "link")
    closure = Closure(kinds[int(rng.integers(4))], "Near", "Town", day + 1, day + 20)
    counts = tuple(other(c) for c in problem.counts)
    return replace(
        problem,
        counts=counts,
        parts=tuple((c,) for c in counts),
        total=other(problem.total),
        conflict=conflict,
        closures=(*problem.closures, closure),
        corrections=(),
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 190), st.integers(0, 2**32 - 1))
def test_changing_anything_after_a_day_changes_no_forecast_made_on_it(day: int, seed: int) -> None:
    problem = displacement()
    other = changed_after(problem, day, np.random.default_rng(seed))
    here, there = (forecast(p, members=7, seed=1, as_of=day, horizon_days=40) for p in (problem, other))
    for table in ("expected", "low", "high", "members"):
        assert getattr(here, table).tobytes() == getattr(there, table).tobytes(), table


@settings(max_examples=10, deadline=None)
@given(st.integers(31, 190), st.integers(0, 2**32 - 1))
def test_no_rule_of_the_backtest_looks_ahead(day: int, seed: int) -> None:
    problem = displacement()
    other = changed_after(problem, day, np.random.default_rng(seed))
    origins = range(30, day + 1, 15)
    made = []
    for p in (problem, other):
        network = host_network(p)
        targets = past_targets(p, chosen_shares(p, network, CENTRAL), origins, until=day)
        made.append([rule(targets, p, network) for rule in BASELINES.values()])
    for name, a, b in zip(BASELINES, *made, strict=True):
        assert a.tobytes() == b.tobytes(), name


def test_changing_what_was_known_changes_the_forecast() -> None:
    """The leak test can fail: a count known by the day must matter."""
    problem = displacement()
    near = problem.counts[0]
    louder = Counts(near.day, np.where(near.day == 150, 4000.0, near.persons), near.known_day)
    other = replace(problem, counts=(louder, problem.counts[1]))
    here, there = (forecast(p, members=0, seed=1, as_of=150) for p in (problem, other))
    assert here.expected.tobytes() != there.expected.tobytes()


def test_backtest_and_forecast_are_one_engine() -> None:
    problem = public_conflict("mali2012")
    tested = backtest(problem)
    made = forecast(problem, members=0, seed=0, as_of=150)
    rows = np.flatnonzero(tested.origin == 150)
    assert len(rows)
    for row in rows:
        at = int(tested.day[row]) - 151
        assert made.expected[at, tested.host[row]] == tested.expected[row]
        assert made.low[at, tested.host[row]] == tested.low[row]
        assert made.high[at, tested.host[row]] == tested.high[row]


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["Near", "Far", "total"]),
        st.integers(0, 190),
        st.integers(0, 40),
        st.integers(0, 9_000),
        st.sampled_from(["stock", "arrivals"]),
    ),
    min_size=1,
    max_size=25,
    unique_by=lambda row: (row[0], row[1], row[2]),
)


def with_rows(folder: Path, rows: list[tuple[str, int, int, int, str]], arrivals: str) -> Displacement:
    """The small displacement with a counts file of (place, day, days late, persons, kind)."""
    problem = displacement()
    lines = [
        f"{place},{problem.date_of(day)},{persons},{problem.date_of(day + late)},"
        f"{arrivals if kind == 'arrivals' else kind}\n"
        for place, day, late, persons, kind in rows
    ]
    path = folder / "counts.csv"
    path.write_text("place_id,date,persons,known_on,kind\n" + "".join(lines))
    return read_counts_file(path, problem)


@settings(max_examples=40, deadline=None)
@given(ROWS, st.integers(30, 190), st.sampled_from(["flow", "cumulative"]))
def test_rows_known_later_change_no_forecast_made_before(
    rows: list[tuple[str, int, int, int, str]], day: int, arrivals: str
) -> None:
    with TemporaryDirectory() as folder:
        whole = with_rows(Path(folder), rows, arrivals)
        known = [row for row in rows if row[1] + row[2] <= day]
        before = with_rows(Path(folder), known, arrivals)
    for a, b in zip((*whole.counts, whole.total), (*before.counts, before.total), strict=True):
        assert [c.tolist() for c in vars(a.known_by(day)).values()][:2] == [
            c.tolist() for c in vars(b.known_by(day)).values()
        ][:2]
    here, there = (forecast(p, members=3, seed=1, as_of=day, horizon_days=40) for p in (whole, before))
    for table in ("expected", "low", "high", "members"):
        assert getattr(here, table).tobytes() == getattr(there, table).tobytes(), table


@settings(max_examples=8, deadline=None)
@given(ROWS, st.integers(60, 190), st.sampled_from(["flow", "cumulative"]))
def test_a_backtest_learns_from_no_figure_before_it_is_known(
    rows: list[tuple[str, int, int, int, str]], day: int, arrivals: str
) -> None:
    with TemporaryDirectory() as folder:
        tested = backtest(with_rows(Path(folder), rows, arrivals))
        known = [row for row in rows if row[1] + row[2] <= day]
        other = backtest(with_rows(Path(folder), known, arrivals))
    made = [
        {
            (t.origin[i], t.host[i], t.day[i]): (t.expected[i], t.low[i], t.high[i])
            for i in np.flatnonzero(t.origin <= day)
        }
        for t in (tested, other)
    ]
    both = made[0].keys() & made[1].keys()  # a count known later adds or moves targets, never a forecast
    assert both
    assert {key: made[0][key] for key in both} == {key: made[1][key] for key in both}


def test_a_revision_counts_from_the_day_it_is_known(tmp_path: Path) -> None:
    revised = with_rows(tmp_path, [("Near", 140, 20, 4_000, "stock")], "flow")
    plain = displacement()
    for day, alike in ((159, True), (160, False)):
        here, there = (forecast(p, members=0, seed=1, as_of=day) for p in (revised, plain))
        assert (here.expected.tobytes() == there.expected.tobytes()) is alike


def test_a_backtest_learns_from_a_revision_only_once_it_is_known(tmp_path: Path) -> None:
    """Day 100 is scored as it was revised on day 140; origins before that learnt from the first figure."""
    revised = backtest(with_rows(tmp_path, [("Near", 100, 40, 9_000, "stock")], "flow"))
    plain = backtest(displacement())
    outcome = (revised.host == 0) & (revised.day == 100)
    assert outcome.any()
    assert np.all(revised.observed[outcome] == 9_000.0)
    before = revised.origin < 140
    assert (revised.origin[before] > 100).any()
    for table in ("expected", "low", "high"):
        here, there = getattr(revised, table), getattr(plain, table)
        assert here[before].tobytes() == there[before].tobytes(), table
        assert here[~before].tobytes() != there[~before].tobytes(), table
