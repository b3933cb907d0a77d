"""Plans with classes in many futures: undisturbed the rehearsal itself; varied, nobody is lost, no seat is
made up.
"""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farshore.plan.classes.people import CLASSES, class_of, commodities_of
from farshore.results.outcome import Outcome
from farshore.scenario import Scenario
from farshore.scenario.clock import Clock
from farshore.scenario.edit import with_closing, with_more_closures
from farshore.scenario.turnout import turnout_of
from farshore.simulate import Options, Pause, Rehearsal, simulate
from farshore.simulate.riding.turnout import class_counts, people_in
from farshore.stress import Futures
from tests.unit.stress.sample import class_plan, class_town

FUTURES = Futures(class_town(), seed=99)
REHEARSALS = {whole: Rehearsal(class_town(), class_plan(whole=whole)) for whole in (True, False)}
both = pytest.mark.parametrize("whole", [True, False])


@both
def test_left_undisturbed_it_is_the_simulation(whole: bool) -> None:
    here, outcome, options = class_town(), class_plan(whole=whole), Options(sample_s=60.0)
    one = simulate(here, plan=outcome, options=options, seed=4)
    many = Rehearsal(here, outcome, options, seed=4).run(moments_s=one.sample_s, sample_s=60.0)
    np.testing.assert_array_equal(many.arrived_by, one.arrived.sum(axis=1))
    assert {share: one.reached_s[share] for share in (50, 90, 100)} == many.reached_s
    assert many.classes == one.classes
    assert many.led is not None
    assert many.led.riders.tolist() == [ride.persons for ride in one.rides]
    assert many.hours.travel == pytest.approx(one.travel_person_h, rel=1e-6)
    assert many.hours.waiting == pytest.approx(one.waiting_person_h, rel=0.01, abs=0.5)
    assert many.hours.exposure == pytest.approx(one.exposure_person_h, rel=0.02)


def test_a_closure_alone_is_the_simulation_with_it() -> None:
    here, outcome = class_town(), class_plan()
    start_s = int(here.about.start.timestamp())
    shut = with_closing(here, "bridge", start_s + 2 * 3600, start_s + 5 * 3600)
    one, many = simulate(shut, plan=outcome), Rehearsal(here, outcome).run(shut)
    assert many.reached_s == {share: one.reached_s[share] for share in (50, 90, 100)}
    assert many.classes == one.classes


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_everybody_is_somewhere_in_every_future(number: int, whole: bool) -> None:
    """And no bus is fuller than that future's seats, no class larger than it is, no vehicle made up."""
    rehearsal, future = REHEARSALS[whole], FUTURES.future(number)
    here, pauses = FUTURES.scenario_of(future)
    done = rehearsal.run(here, pauses=pauses, moments_s=np.array([0.0, 43_200.0]))
    left = rehearsal.left_where(here, done)
    assert done.people.tolist() == turnout_of(here).tolist()
    assert done.arrived + sum(persons for *_, persons in left) == done.people.sum()
    assert sum(each.people for each in done.classes) == done.people.sum()
    assert sum(each.arrived for each in done.classes) == done.arrived
    assert all(0 <= each.arrived <= each.people for each in done.classes)
    assert done.led is not None
    script = done.led.script
    seats, room = int(here.fleets.seats[0]), {ride.room for ride in script.rides}
    assert (done.led.riders <= seats).all()
    assert len(script.buses) == min(3, int(here.fleets.vehicles[0]))
    driven = Counter(ride for bus in script.buses for ride in bus.rides)
    assert set(driven.values()) <= {1}
    assert len(driven) == (len(script.rides) if script.buses else 0)
    assert len(room) == 1
    if not room.pop():  # no wheelchair places: nobody who needs assistance is ever on a bus
        assisted = [row for row, needs in enumerate(script.parties.assisted) if needs]
        assert not {row for bus in done.led.bus for row in bus.aboard} & set(assisted)


def with_assumed(scenario: Scenario, **values: float) -> Scenario:
    table = scenario.assumptions
    best = [values.get(str(key), old) for key, old in zip(table.key, table.best.tolist(), strict=True)]
    return replace(scenario, assumptions=replace(table, best=np.array(best)))


@pytest.mark.parametrize("number", range(12))
def test_classes_are_those_that_a_plan_for_that_future_would_have(number: int) -> None:
    """Counted by persons, a future's classes are the planner's own of the same scenario."""
    here, _ = FUTURES.scenario_of(FUTURES.future(number))
    found = people_in(here, class_town(), class_counts(class_plan(whole=False), class_town()))
    told = commodities_of(here, Clock(here), turnout_of(here), np.ones(len(here.hosts), bool))
    wanted = np.zeros((1, len(CLASSES)), np.int64)
    for zone, need, car, people in zip(told.zone, told.need, told.has_car, told.people, strict=True):
        wanted[zone, class_of(int(need), bool(car))] = people
    assert found.tolist() == wanted.tolist()


def test_households_keep_their_classes_where_shares_do_not_change() -> None:
    here, counts = class_town(), class_counts(class_plan(), class_town())
    assert people_in(here, here, counts).tolist() == counts.people.tolist()
    more = with_assumed(here, share_leaving=1.0)
    found = people_in(more, here, counts)
    assert found.sum() == 600
    np.testing.assert_allclose(found, counts.people * 600 / 480, atol=1)


@both
def test_twice_the_people_are_twice_as_many_on_every_way(whole: bool) -> None:
    """At most a person of each group is rounded away."""
    half = with_assumed(class_town(), share_leaving=0.4)
    parties = REHEARSALS[whole].run(half).demand.script.parties
    before = REHEARSALS[whole].run().demand.script.parties
    for row in range(6):
        now, then = (int(each.persons[each.class_row == row].sum()) for each in (parties, before))
        assert now == pytest.approx(then / 2, abs=1)


def of_buses(scenario: Scenario, **columns: int) -> Scenario:
    """The scenario with other figures for its first fleet."""
    changed = {}
    for name, value in columns.items():
        column = getattr(scenario.fleets, name).copy()
        column[0] = value
        changed[name] = column
    return replace(scenario, fleets=replace(scenario.fleets, **changed))


def test_one_bus_makes_all_trips_one_after_the_other() -> None:
    """Of three buses one is left: it makes every trip, none before it is back, and people wait for it."""
    here = class_town()
    rehearsal = Rehearsal(here, class_plan())
    whole, one = rehearsal.run(), rehearsal.run(of_buses(here, vehicles=1))
    assert [len(done.led.script.buses) for done in (whole, one)] == [3, 1]
    rides = one.led.script.rides
    mine = one.led.script.buses[0].rides
    assert sorted(mine) == list(range(len(rides)))
    assert [rides[row].leaves_s for row in mine] == sorted(ride.leaves_s for ride in rides)
    left = one.led.departed_s[list(mine)]
    assert (np.diff(left[~np.isnan(left)]) > 0).all()
    assert one.arrived < whole.arrived
    assert any("bus" in why for _, why, _ in rehearsal.left_where(here, one))


def test_no_bus_at_all_leaves_its_riders_at_the_stop() -> None:
    here, outcome = class_town(), class_plan()
    rehearsal = Rehearsal(here, outcome)
    whole, none = rehearsal.run(), rehearsal.run(of_buses(here, vehicles=0))
    riders = sum(int(trip[9]) for trip in outcome.services.trips)
    late = sum(n for _, why, n in rehearsal.left_where(here, whole) if why == "missed the train")
    assert 10 * late < riders == outcome.services.figures["modes"]["bus"]
    assert whole.arrived - none.arrived == riders - late
    assert sum(n for _, why, n in rehearsal.left_where(here, none) if "bus" in why) == riders


def test_who_finds_the_bus_full_takes_the_next_with_a_seat() -> None:
    """Half the seats: every bus leaves full or takes all who are there; who is left waits to the end."""
    here, outcome = class_town(), class_plan(whole=False)
    rehearsal = Rehearsal(here, outcome)
    done = rehearsal.run(of_buses(here, seats=10, wheelchair_places=10))
    assert (done.led.riders <= 10).all()
    assert done.led.riders.sum() > 0.9 * 10 * len(done.led.riders)
    missed = {why for _, why, _ in rehearsal.left_where(here, done)}
    assert "missed the bus, and no later one had seats" in missed


def test_boats_that_are_not_there_take_nobody_and_move_no_arc() -> None:
    """Without the fleet's boat who was told to sail takes the ferry; arcs stay where routes say they are."""
    here = class_town()
    rehearsal = Rehearsal(here, class_plan())
    fleets = replace(here.fleets, vehicles=np.where(here.fleets.mode == "boat", 0, here.fleets.vehicles))
    whole, none = rehearsal.run(), rehearsal.run(replace(here, fleets=fleets))
    assert none.ground.arc_ids == whole.ground.arc_ids
    boat = none.ground.arc_row()["~water/m"]
    assert none.loaded.entered[-1, boat] == 0
    assert none.loaded.entered[-1, none.ground.arc_row()["~water"]] > 0
    assert none.arrived == whole.arrived


def test_a_ferry_shut_for_people_on_foot_alone_lets_them_go_back_ashore() -> None:
    """Cars still sail; nobody is lost, and the rehearsal goes on to its end."""
    here = class_town()
    start_s = int(here.about.start.timestamp())
    only_cars = {"from_time": start_s + 3600, "until_time": start_s + 14_400, "allowed_uses": "auto"}
    shut = with_more_closures(here, [{"asset_id": "boat", "capacity_factor": 1.0, **only_cars}])
    done = REHEARSALS[True].run(shut)
    left = REHEARSALS[True].left_where(shut, done)
    assert done.arrived + sum(persons for *_, persons in left) == done.people.sum()


@both
def test_people_who_are_ready_later_leave_later_than_told(whole: bool) -> None:
    here = class_town()
    slow = with_assumed(here, readiness_factor=2.0)
    told, late = REHEARSALS[whole].run(), REHEARSALS[whole].run(slow)
    one, two = (each.demand.script.parties.sets_out_s for each in (told, late))
    assert (two >= one).all()
    assert two.max() > one.max()
    assert late.led.missed.sum() > told.led.missed.sum() == 0


def test_an_alert_holds_buses_and_people_on_foot() -> None:
    """Four hours in which nothing moves: nobody arrives in them but by train, and everybody later."""
    rehearsal = REHEARSALS[True]
    moments = np.arange(0.0, 12.5) * 3600
    whole = rehearsal.run(moments_s=moments)
    done = rehearsal.run(moments_s=moments, pauses=[Pause("", 0.0, 4 * 3600.0)])
    assert done.arrived_by[4] == 0 < whole.arrived_by[4]
    assert done.people.tolist() == whole.people.tolist()
    later = [a for a, b in zip(done.arrived_by, whole.arrived_by, strict=True) if a > b]
    assert not later


def test_a_plan_of_persons_with_strays_adds_up() -> None:
    """Who does not comply drives on their own: they are of no class, and still counted."""
    here: Scenario = class_town()
    outcome: Outcome = class_plan(whole=False)
    rehearsal = Rehearsal(here, outcome, Options(compliance_share=0.5))
    for scenario in (here, with_assumed(here, share_leaving=0.55)):
        done = rehearsal.run(scenario)
        left = rehearsal.left_where(scenario, done)
        assert done.people.sum() == pytest.approx(turnout_of(scenario).sum(), abs=2)
        assert done.arrived + sum(persons for *_, persons in left) == done.people.sum()
