"""The worth of crossings: prices keep what they promise, words say what figures say."""

import pytest

from farshore.plan import plan
from farshore.results.stress import Figures
from farshore.stress import stress
from farshore.stress.what_if import WhatIf, changed
from farshore.stress.words import sentence
from tests.unit.stress.sample import town, town_plan


@pytest.fixture(scope="module")
def worth():
    found = stress(town_plan(), futures=2, seed=7, vary=("hazards",), resolve=10, lost_from_h=1.0)
    assert found.worth is not None
    return found.worth


def test_every_used_crossing_and_pair_is_lost_once(worth) -> None:
    kinds = {(row.kind, row.assets) for row in worth.rows}
    assert {("loss", ("bridge",)), ("loss", ("boat",)), ("repair", ("bridge",))} <= kinds
    assert any(kind == "pair" and set(assets) == {"bridge", "boat"} for kind, assets in kinds)
    assert ("repair", ("boat",)) not in kinds  # no hazard says how soon


def test_a_loss_planned_for_is_never_worse_on_paper_than_no_way_at_all(worth) -> None:
    for row in worth.rows:
        if row.kind == "loss":
            assert row.saved_person_h <= 1e-6  # losing something saves nothing
            assert row.anew.unserved <= row.kept.unserved or row.kept.unserved == 0


def test_planning_anew_saves_what_prices_promise_and_no_more(worth) -> None:
    """Weak duality: places added where prices stand save at most price times places."""
    better = [row for row in worth.rows if row.dual_person_h is not None]
    assert {row.kind for row in better} >= {"lane", "vessel"}
    for row in better:
        assert -1e-6 <= row.saved_person_h <= row.dual_person_h + 1e-6


def test_more_beds_are_worth_the_people_who_had_none() -> None:
    short = plan(town(hosts=["h n4 beds=6900"]))
    found = stress(short, futures=1, vary=("hazards",), resolve=10)
    row = next(row for row in found.worth.rows if row.kind == "beds")
    assert row.anew.unserved == 0
    assert found.worth.paper.unserved == 300
    assert "lets 300 more arrive" in row.words


def test_a_corridor_is_opened_around_noon() -> None:
    shut = town(
        crossings=["bridge bridge", "boat ferry trip_s=900 vessels=2 persons_per_trip=40", "gate corridor"],
        links=["street n1 n2", "span n2 n3 crossing_id=bridge", "water n2 n3 crossing_id=boat", "road n3 n4",
               "lane n1 n4 crossing_id=gate"],
        closures=["gate"],
        horizon_h=48,
    )  # fmt: skip
    opened = changed(shut, WhatIf("corridor", ("gate",), 6.0))
    start_s = int(shut.about.start.timestamp())
    gate = opened.closures.asset_id == "gate"
    shut_h = [
        ((int(a) - start_s) / 3600 if a > 0 else 0, (int(b) - start_s) / 3600 if b > 0 else 48)
        for a, b in zip(opened.closures.from_time[gate], opened.closures.until_time[gate], strict=True)
    ]
    assert sorted(shut_h) == [(0, 9), (15, 33), (39, 48)]


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        (Figures(43.0, 31_000, 9.0), "losing bridge on day 2 costs 19 h and leaves 31,000 more behind"),
        (Figures(None, 31_000, 9.0), "losing bridge on day 2 keeps 90 % from arriving in time and leaves"),
        (Figures(24.0, 0, 500.0), "losing bridge on day 2 adds 499 person-hours of exposure"),
        (Figures(24.0, 0, 1.0), "losing bridge on day 2 changes next to nothing"),
        (Figures(2.0, 0, 0.5), "losing bridge on day 2 saves 22 h"),
    ],
)
def test_words(kept: Figures, words: str) -> None:
    base = Figures(24.0, 0, 1.0)
    what = WhatIf("loss", ("bridge",), 0.0, 24.0)
    assert sentence(town(), what, (base, kept), (base, None)).startswith(words)
