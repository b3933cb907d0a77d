"""Futures that share what comes before they part are the same, to the byte, as each from the beginning."""

import pickle

import numpy as np
import pytest

from farshore.scenario.edit import with_closing
from farshore.simulate import Options, Rehearsal, trunk
from farshore.simulate.changes import Change, OnClosure, What
from farshore.simulate.trunk import Trunk
from farshore.stress import Futures
from tests.unit.stress.sample import town, town_plan

TOWN = town()  # tables are the same where they are the very same


@pytest.fixture(autouse=True)
def every_update_is_worth_a_copy(monkeypatch) -> None:
    monkeypatch.setattr(trunk, "_FIRST_WORK", 1)


def taken_up(monkeypatch) -> list[float]:
    """The moments (s) at which loadings went on from a copy."""
    moments: list[float] = []
    real = Trunk.taken_up

    def noted(self, todo):
        course = real(self, todo)
        if course is not None:
            moments.append(course.now_s)
        return course

    monkeypatch.setattr(Trunk, "taken_up", noted)
    return moments


def everything_of(rehearsal, here, pauses):
    done = rehearsal.run(here, pauses=pauses, moments_s=np.linspace(0, 86_400, 9))
    loaded, moves = done.loaded, done.moves
    arrays = (loaded.entered, loaded.left, loaded.person_s, loaded.waited_s, loaded.entered_s)
    arrays += (moves.arrived_s, moves.left_s, moves.host, done.arrived_by, done.crossed_veh, loaded.behind)
    figures = (done.hours, done.reached_s, done.without_bed, loaded.traversals, loaded.trees_grown)
    return [array.tobytes() for array in arrays], figures, rehearsal.left_where(here, done)


@pytest.mark.parametrize("planned", [True, False])
@pytest.mark.parametrize("on_closure", list(OnClosure))
def test_whoever_shares_a_beginning_ends_as_from_nothing(monkeypatch, planned: bool, on_closure) -> None:
    outcome, options = (town_plan() if planned else None), Options(on_closure=on_closure)
    futures = Futures(TOWN, seed=5, vary=("hazards",))
    courses = [futures.scenario_of(futures.future(number)) for number in range(12)]
    moments = taken_up(monkeypatch)
    rehearsal = Rehearsal(TOWN, outcome, options)
    shared = [everything_of(rehearsal, *courses[k]) for k in range(12)]
    again = [everything_of(rehearsal, *courses[k]) for k in reversed(range(12))]
    assert len(moments) >= 8  # what parts before the first copy has nothing to take up
    monkeypatch.setattr(Rehearsal, "_trunk", lambda *_: None)
    alone = Rehearsal(TOWN, outcome, options)
    expected = [everything_of(alone, *each) for each in courses]
    assert shared == expected
    assert again == expected[::-1]


def test_a_ferry_that_closes_shares_its_beginning_too(monkeypatch) -> None:
    """Who waits at the berth goes back ashore, to a queue that others in the trunk have no use for."""
    start_s = int(TOWN.about.start.timestamp())
    here = with_closing(TOWN, "boat", start_s + 5 * 3600, start_s + 9 * 3600)
    rehearsal = Rehearsal(TOWN, None)
    undisturbed = everything_of(rehearsal, TOWN, ())
    moments = taken_up(monkeypatch)
    shared = everything_of(rehearsal, here, ())
    assert 2 * 3600 < moments[0] <= 5 * 3600
    assert shared != undisturbed
    monkeypatch.setattr(Rehearsal, "_trunk", lambda *_: None)
    assert everything_of(Rehearsal(TOWN, None), here, ()) == shared


def test_other_figures_share_nothing(monkeypatch) -> None:
    moments = taken_up(monkeypatch)
    rehearsal, futures = Rehearsal(TOWN, town_plan()), Futures(TOWN, seed=5)
    for number in range(3):
        here, pauses = futures.scenario_of(futures.future(number))
        rehearsal.run(here, pauses=pauses)
    assert not moments


def test_where_copies_have_no_room_none_is_kept(monkeypatch) -> None:
    monkeypatch.setattr(Trunk, "__init__", _with_little_room)
    moments = taken_up(monkeypatch)
    rehearsal = Rehearsal(TOWN, town_plan())
    first = rehearsal.run().reached_s
    assert rehearsal.run().reached_s == first
    assert not moments


_REAL = Trunk.__init__


def _with_little_room(self, changes, turning) -> None:
    _REAL(self, changes, turning, room_bytes=1000)


def test_copies_stay_few_however_long_it_takes(monkeypatch) -> None:
    rehearsal = Rehearsal(TOWN, town_plan())
    rehearsal.run()
    (one,) = rehearsal._trunks.values()
    assert 2 <= len(one._kept) <= trunk._MOST
    assert not pickle.loads(pickle.dumps(one))._kept  # they do not travel


def test_changes_part_where_the_first_differs() -> None:
    own = [Change(0.0, 1, What.OPEN), Change(100.0, 2, What.CLOSE), Change(200.0, 2, What.OPEN)]
    stem = Trunk(own, set())
    assert stem.parts_s(own) == np.inf
    assert stem.parts_s(own[:2]) == 200.0
    assert stem.parts_s([own[0], Change(50.0, 3, What.CLOSE), *own[1:]]) == 50.0
    assert stem.parts_s([*own, Change(300.0, 3, What.CLOSE)]) == 300.0
    assert stem.parts_s([own[0], Change(100.0, 2, What.CAPACITY, 0.5)]) == 100.0
