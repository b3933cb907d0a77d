"""What must hold of every rehearsal of a plan with classes, whatever closes and whoever strays."""

from dataclasses import fields, replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farshore.plan import plan
from farshore.plan.write import write_plan
from farshore.results import read_outcome, simulation_files
from farshore.scenario import Scenario
from farshore.scenario.rows import make_rows
from farshore.scenario.tables import Closures
from farshore.scenario.timing import timing_of
from farshore.simulate import OnClosure, Options, Rehearsal, simulate
from tests.class_strategies import service_towns, small_class_scenarios, with_assumed

often = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
towns = st.one_of(service_towns(), small_class_scenarios())


@st.composite
def surprises(draw: st.DrawFn, scenario: Scenario) -> Scenario:
    """The scenario with one more closure, which no plan knew of; perhaps for some uses only."""
    start_s, step_s = int(scenario.about.start.timestamp()), scenario.about.step_s
    assets = [*map(str, scenario.links.link_id), *map(str, scenario.crossings.crossing_id)]
    since = draw(st.integers(0, scenario.about.n_steps - 1))
    closure = {
        "asset_id": draw(st.sampled_from(assets)),
        "from_time": start_s + since * step_s,
        "until_time": start_s + (since + draw(st.integers(1, 8))) * step_s,
        "capacity_factor": draw(st.sampled_from((0.0, 0.3))),
        "allowed_uses": draw(st.sampled_from(("", "walk", "bus", "auto"))),
    }
    old, new = scenario.closures, make_rows(Closures, [closure])
    columns = {f.name: np.concatenate([getattr(old, f.name), getattr(new, f.name)]) for f in fields(old)}
    return replace(scenario, closures=Closures(**columns))


@often
@given(towns, st.booleans(), st.sampled_from(list(OnClosure)), st.sampled_from((1.0, 0.5)), st.data())
def test_everybody_is_counted_once(
    scenario: Scenario, whole: bool, on_closure: OnClosure, compliance: float, data: st.DataObject
) -> None:
    """Arrived or somewhere with a reason; each class no more than it has; buses no fuller than they are.

    That nobody is in two places meanwhile is asserted at every look at the roads, by the run itself.
    """
    outcome = plan(scenario, model="classes", household_seed=0 if whole else None)
    future = data.draw(st.one_of(st.just(scenario), surprises(scenario)))
    options = Options(on_closure=on_closure, compliance_share=compliance)
    result = simulate(future, plan=outcome, options=options)
    people = int(result.people.sum())
    assert result.arrived_persons + sum(row.persons for row in result.unfinished) == people
    assert all(0 <= row.arrived <= row.people for row in result.classes)
    if compliance == 1:
        assert sum(row.arrived for row in result.classes) == result.arrived_persons
    seats = dict(zip(map(str, scenario.fleets.fleet_id), scenario.fleets.seats.tolist(), strict=True))
    for ride in result.rides:
        assert 0 <= ride.persons <= seats[ride.fleet_id]
        if ride.depart_s is not None:
            assert ride.depart_s >= ride.planned_depart_s
            assert ride.planned_persons - ride.missed <= ride.persons
    assert result.planned is not None
    assert result.planned.people - result.planned.arrived == sum(row.persons for row in outcome.unserved)


@st.composite
def futures(draw: st.DrawFn, scenario: Scenario) -> Scenario:
    """The scenario with other people, readiness, buses, boats and seats; perhaps with a closure."""
    figures = {
        "share_leaving": draw(st.sampled_from((0.0, 0.3, 1.0))),
        "readiness_factor": draw(st.sampled_from((0.5, 1.0, 2.0))),
        "wheelchair_share": draw(st.sampled_from((0.0, 0.3, 1.0))),
        "persons_per_vehicle": draw(st.sampled_from((1.0, 3.0))),
    }
    n = len(scenario.fleets)
    several = st.lists(st.integers(0, 6), min_size=n, max_size=n)
    zones = {"persons": scenario.zones.persons * draw(st.integers(1, 3))}
    zones |= {
        name: np.full(len(scenario.zones), draw(st.sampled_from((0.0, 0.4, 1.0))))
        for name in ("share_with_car", "share_needing_assistance")
    }
    changed = replace(
        scenario,
        zones=replace(scenario.zones, **zones) if draw(st.booleans()) else scenario.zones,
        fleets=replace(
            scenario.fleets,
            **{
                name: np.array(draw(several), np.int64) for name in ("vehicles", "seats", "wheelchair_places")
            },
        ),
        assumptions=with_assumed(scenario.assumptions, figures),
    )
    return draw(st.one_of(st.just(changed), surprises(changed)))


@settings(often, max_examples=40)
@given(towns, st.booleans(), st.data())
def test_many_futures_begin_where_one_rehearsal_is(
    scenario: Scenario, whole: bool, data: st.DataObject
) -> None:
    """Undisturbed the very same; in any future everybody is counted once, and no bus is fuller than it is."""
    outcome = plan(scenario, model="classes", household_seed=0 if whole else None)
    rehearsal, one = Rehearsal(scenario, outcome), simulate(scenario, plan=outcome)
    same = rehearsal.run()
    assert same.led is not None
    assert (same.arrived, same.classes) == (one.arrived_persons, one.classes)
    assert [*same.led.riders] == [ride.persons for ride in one.rides]
    assert same.reached_s == {share: one.reached_s[share] for share in same.reached_s}
    future = data.draw(futures(scenario))
    done = rehearsal.run(future)
    left = rehearsal.left_where(future, done)
    people = int(done.people.sum())
    assert done.arrived + sum(persons for *_, persons in left) == people
    assert done.people.tolist() == timing_of(future).people.tolist()
    assert sum(row.people for row in done.classes) == people
    assert sum(row.arrived for row in done.classes) == done.arrived
    assert all(0 <= row.arrived <= row.people for row in done.classes)
    assert done.led is not None
    seats = future.fleets.position()
    for ride, riders in zip(done.led.script.rides, done.led.riders.tolist(), strict=True):
        assert riders <= future.fleets.seats[seats[ride.fleet_id]]


@settings(often, max_examples=15)
@given(towns)
def test_a_plan_read_from_its_folder_is_rehearsed_alike(tmp_path_factory, scenario: Scenario) -> None:
    """The same plan, options and seed give the same bytes, whether it was made here or read."""
    outcome = plan(scenario, model="classes", household_seed=1)
    folder = tmp_path_factory.mktemp("again") / "plan"
    write_plan(outcome, folder)
    first = simulation_files([simulate(scenario, plan=outcome, seed=3)])
    again = read_outcome(folder, with_classes=True)
    second = simulation_files([simulate(again.scenario, plan=again, seed=3)])
    assert first == second
