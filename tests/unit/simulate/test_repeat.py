"""Many rehearsals of one plan: undisturbed they are the simulation itself; varied, people are never lost."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farshore.plan import plan
from farshore.scenario.edit import with_closing
from farshore.simulate import Options, Pause, Rehearsal, simulate
from farshore.stress import Futures
from tests.builders import scenario
from tests.unit.stress.sample import town, town_plan


@pytest.mark.parametrize("planned", [True, False])
def test_left_undisturbed_it_is_the_simulation(planned: bool) -> None:
    here = town(hosts=["h n4 beds=9000"])
    outcome = plan(here) if planned else None
    options = Options(sample_s=60.0)
    one = simulate(here, plan=outcome, options=options, seed=4)
    many = Rehearsal(here, outcome, options, seed=4).run(moments_s=one.sample_s, sample_s=60.0)
    np.testing.assert_array_equal(many.arrived_by, one.arrived.sum(axis=1))
    assert {share: many.reached_s[share] for share in (50, 90, 100)} == {
        share: one.reached_s[share] for share in (50, 90, 100)
    }
    assert many.hours.travel == pytest.approx(one.travel_person_h, rel=1e-6)
    assert many.hours.waiting == pytest.approx(one.waiting_person_h, rel=0.01, abs=0.5)
    assert many.hours.exposure == pytest.approx(one.exposure_person_h, rel=0.02)


def test_it_can_be_run_again() -> None:
    rehearsal = Rehearsal(town(), town_plan())
    before = rehearsal.run()
    rehearsal.run(with_closing(town(), "bridge", *span(town(), 1, 20)))
    assert rehearsal.run().reached_s == before.reached_s


def span(here, from_h, until_h):
    start_s = int(here.about.start.timestamp())
    return start_s + 3600 * from_h, start_s + 3600 * until_h


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_everybody_is_somewhere_in_every_future(number: int, planned: bool) -> None:
    rehearsal, futures = PLANNED if planned else FREE, FUTURES
    future = futures.future(number)
    here, pauses = futures.scenario_of(future)
    done = rehearsal.run(here, pauses=pauses, moments_s=np.array([0.0, 86_400.0]))
    left = rehearsal.left_where(here, done)
    assert done.arrived + sum(persons for *_, persons in left) == done.people.sum()
    wanted = np.floor(here.zones.persons * future.values["share_leaving"] + 0.5)
    assert done.people.tolist() == wanted.tolist()
    assert done.unserved == sum(persons for *_, persons in left)


PLANNED, FREE = Rehearsal(town(), town_plan()), Rehearsal(town(), None)
FUTURES = Futures(town(), seed=99)


def road(**changes):
    figures = {
        "links": ["a n1 n2 length=1000 capacity=600", "b n2 n3 length=10000 capacity=600 crossing_id=gate"],
        "crossings": ["gate checkpoint"],
        "zones": ["z n1 persons=300"],
        "hosts": ["h n3 beds=1000"],
        "parameters": {"informed_share": 0.0},
    }
    return scenario(**{**figures, **changes})


def test_a_pause_of_everything_delays_everybody_by_itself() -> None:
    """Nobody has set out before it, so all arrive later by its length."""
    here = road()
    whole = Rehearsal(here, None).run()
    paused = Rehearsal(here, None).run(pauses=[Pause("", 0.0, 1800.0)])
    assert paused.reached_s[100] == pytest.approx(whole.reached_s[100] + 1800, abs=15)
    assert paused.people.tolist() == whole.people.tolist()


def test_a_pause_of_one_asset_holds_who_would_enter_it() -> None:
    """Cars reach the gate after 100 s, and wait there from 300 s to 1,500 s."""
    here = road()
    done = Rehearsal(here, None).run(pauses=[Pause("gate", 300.0, 1500.0)], sample_s=100.0)
    entered = done.loaded.entered[:, done.ground.arc_row()["b"]]
    at = dict(zip(done.loaded.sample_s.tolist(), entered.tolist(), strict=True))
    assert 0 < at[300.0] == at[1400.0] < at[1700.0]
    assert done.arrived == 300


def test_pauses_that_overlap_are_one_and_closures_stay_shut() -> None:
    here = with_closing(road(zones=["z n1 persons=3000"]), "gate", *span(road(), 1, 3))
    pauses = [Pause("gate", 3000.0, 9000.0), Pause("gate", 8000.0, 12_600.0), Pause("", 100.0, 200.0)]
    done = Rehearsal(here, None).run(pauses=pauses, sample_s=600.0)
    entered = done.loaded.entered[:, done.ground.arc_row()["b"]]
    at = dict(zip(done.loaded.sample_s.tolist(), entered.tolist(), strict=True))
    assert 0 < at[3000.0] == at[12_600.0] < at[14_400.0]


def test_twice_the_people_are_twice_the_vehicles() -> None:
    half = road(parameters={"informed_share": 0.0, "share_leaving": 0.5})
    rehearsal = Rehearsal(half, None)
    done = rehearsal.run(road())
    assert done.people.tolist() == [300]
    assert len(done.demand.trips) == 2 * len(rehearsal.run().demand.trips)
    assert done.arrived == 300


def test_people_who_are_ready_later_leave_later_than_told() -> None:
    outcome = town_plan()
    rehearsal = Rehearsal(town(), outcome)
    table = town().assumptions
    slow = replace(
        town(), assumptions=replace(table, best=np.where(table.key == "readiness_factor", 2.0, table.best))
    )
    told, late = rehearsal.run().moves, rehearsal.run(slow).moves
    assert (np.sort(late.due_s) >= np.sort(told.due_s) - 1e-6).all()
    assert late.due_s.max() > told.due_s.max()


def test_a_future_with_other_drivers_makes_its_demand_anew() -> None:
    here, nobody = road(), road(parameters={"informed_share": 0.0, "half_departed_h": 3.0})
    rehearsal = Rehearsal(here, None)
    np.testing.assert_array_equal(rehearsal.run(nobody).moves.due_s, rehearsal.run().moves.due_s)


def test_people_at_stops_are_as_many_as_the_future_sends_there() -> None:
    """Half have no car and are fetched; undisturbed it is the simulation, with more people nobody is lost."""
    figures = {
        "zones": ["z n1 persons=400 share_with_car=0.5"],
        "fleets": ["b bus n1 vehicles=3 seats=40"],
        "links": ["a n1 n2 length=1000 capacity=600", "b n2 n3 length=10000 capacity=600"],
    }
    half = scenario(**figures, hosts=["h n3 beds=1000"], parameters={"share_leaving": 0.5})
    rehearsal = Rehearsal(half, None)
    assert rehearsal.run().reached_s[100] == simulate(half).reached_s[100]
    whole = scenario(**figures, hosts=["h n3 beds=1000"], parameters={"share_leaving": 1.0})
    done = rehearsal.run(whole)
    left = rehearsal.left_where(whole, done)
    assert done.people.tolist() == [400]
    assert done.demand.by_bus.tolist() == [200]
    assert done.arrived + sum(persons for *_, persons in left) == 400
