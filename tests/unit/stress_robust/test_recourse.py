"""What instructions come to in a future, against sums done by hand."""

import numpy as np
import pytest

from farshore.plan import plan
from farshore.plan.model import problem_of
from farshore.plan.prices import prices_of
from farshore.results.outcome import Departures
from farshore.stress.draw import Event, Future, Futures
from farshore.stress.robust.courses import course_of
from farshore.stress.robust.recourse import answer_to
from farshore.stress.robust.told import Told, merged
from tests.builders import scenario

U = 10 * 8  # person-hours that somebody left behind counts besides: 10 · n_steps · the dearest hour


def one_bridge(**changes):
    """An hour to the bridge, no time over it; ten an hour; an hour at home costs 1, and so does one away."""
    figures = {
        "links": [
            "road home west length=36000",
            "span west east length=1 capacity=10 crossing_id=bridge",
        ],
        "crossings": ["bridge bridge"],
        "zones": ["z home persons=30"],
        "hosts": ["h east beds=100"],
        "exposure": ["z rate=1"],
        "hazards": ["strike bridge loss rate_per_day=1 hours_low=1 hours_best=2 hours_high=3"],
        "horizon_h": 8,
        "step_s": 3600,
        "parameters": {"travel_weight": 0.0, "exposure_default_rate": 1.0},
    }
    return scenario(**(figures | changes))


def faced(case, events, monkeypatch, told=None):
    outcome, problem = plan(case), problem_of(case)
    told = told or Told(outcome.routes, outcome.departures)
    losses = tuple(
        Event("strike", asset, what, 3600.0 * begin, 3600.0 * end, 1.0) for asset, what, begin, end in events
    )
    monkeypatch.setattr(Futures, "future", lambda _, number: Future(number, {}, losses))
    course = course_of(Futures(case, seed=0, vary=("hazards",)), 7)
    return course, answer_to(course, problem, told, prices_of(outcome, problem))


def test_with_no_loss_it_costs_what_the_plan_costs(monkeypatch):
    """30 people, 10 an hour: 0 + 10 + 20 hours of waiting for ten each, and an hour's way for all."""
    course, answer = faced(one_bridge(), [], monkeypatch)
    assert course.known_from == 8
    assert answer.cost == pytest.approx(10 * (1 + 2) * 1e6 + 30 * 1e6, abs=30 * 300)
    assert answer.left == 0


def test_a_pause_changes_nothing_here(monkeypatch):
    course, answer = faced(one_bridge(), [("", "pause", 1, 2)], monkeypatch)
    assert course.known_from == 8
    assert answer.left == 0


def test_who_is_on_the_road_comes_home_and_goes_again(monkeypatch):
    """Known from hour 1, when the first ten come to a bridge that is shut until hour 4; they are home at 2.

    All thirty set out again at 3, 4 and 5 and so wait 3, 4 and 5 hours, ten each; the way there in vain is an
    hour more for ten; then the way itself.
    """
    course, answer = faced(one_bridge(), [("bridge", "loss", 0.5, 4.0)], monkeypatch)
    assert course.known_from == 1
    assert answer.left == 0
    assert answer.cost == pytest.approx((10 * (3 + 4 + 5) + 10 + 30) * 1e6, abs=60 * 300)


def test_who_is_over_it_is_over_it(monkeypatch):
    """Known from hour 3: the first twenty have crossed at 1 and 2; the last ten come to it too late."""
    course, answer = faced(one_bridge(), [("bridge", "loss", 2.5, 99.0)], monkeypatch)
    assert course.known_from == 3
    assert answer.left == 10
    hours = 10 * (1 + 1) + 10 * (1 + 1) + 10 * (8 + 1)  # way and waiting of each ten; the way in vain
    assert answer.cost == pytest.approx((hours - 10 + 10 * U) * 1e6, abs=60 * 300)


def test_a_link_lost_beside_the_way_touches_nobody(monkeypatch):
    """Whoever is on the road goes on as told, and the rest as before."""
    case = one_bridge(
        links=[
            "road home west length=36000",
            "span west east length=1 capacity=10 crossing_id=bridge",
            "lane home west length=90000",
        ]
    )
    course, answer = faced(case, [("lane", "loss", 0.5, 99.0)], monkeypatch)
    assert course.known_from == 1
    assert answer.left == 0
    assert answer.cost == pytest.approx((10 * (1 + 2) + 30) * 1e6, abs=30 * 300)


def test_everybody_is_counted_once_in_whole_figures(monkeypatch):
    """Whole numbers in and out: the same sum, whoever asks, and prices that are not below nothing."""
    _, answer = faced(one_bridge(), [("bridge", "loss", 2.5, 5.0)], monkeypatch)
    _, again = faced(one_bridge(), [("bridge", "loss", 2.5, 5.0)], monkeypatch)
    assert isinstance(answer.cost, int)
    assert answer.cost == again.cost
    for mine, other in ((answer.at_home, again.at_home), (answer.road, again.road)):
        assert np.array_equal(mine, other)
        assert (mine >= 0).all()


def test_instructions_joined_are_one_group_where_they_are_the_same():
    outcome = plan(one_bridge())
    told = Told(outcome.routes, outcome.departures)
    twice = merged({"z": 0}, [told, told])
    assert len(twice.routes) == len(told.routes) == 1
    assert twice.departures.persons.tolist() == (2 * told.departures.persons).tolist()
    nobody = np.empty(0, np.int64)
    assert merged({"z": 0}, [Told((), Departures(nobody, nobody, nobody))]).routes == ()
