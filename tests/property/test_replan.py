"""What must hold of every replan, whatever happens and however often: nobody disappears, the proof holds."""

import tempfile
from collections import Counter
from dataclasses import fields
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farshore.plan import Caught, certify, plan, replan, with_households, write_plan
from farshore.results import read_outcome
from farshore.results.folder import outcome_files
from farshore.results.outcome import Outcome
from farshore.scenario.scenario import Scenario
from tests.strategies import happenings, small_scenarios

often = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
seldom = settings(often, max_examples=40)

crowded = small_scenarios(max_nodes=5, max_hosts=3, max_persons=40)
any_scenario = st.one_of(small_scenarios(), crowded)


def after(data: st.DataObject, outcome: Outcome, **fixed: object) -> Outcome:
    """The outcome after something has happened to it."""
    first = outcome.replan.at_step if outcome.replan else 0
    drawn = data.draw(happenings(outcome.scenario, after_step=first))
    return replan(outcome, **(drawn | {"caught": Caught(drawn["caught"])} | fixed))


def by_zone(outcome: Outcome) -> Counter[str]:
    """Everybody of each zone whom a plan knows: those it places and those it leaves behind."""
    found: Counter[str] = Counter()
    for route, persons in zip(
        outcome.departures.route.tolist(), outcome.departures.persons.tolist(), strict=True
    ):
        found[outcome.routes[route].zone_id] += persons
    for left in outcome.unserved:
        found[left.zone_id] += left.persons
    return found


def counted(data: st.DataObject, outcome: Outcome) -> dict[str, object]:
    """Perhaps every host counts, few people: some are late, and late again in the next replan."""
    if not data.draw(st.booleans()):
        return {}
    hosts = map(str, outcome.scenario.hosts.host_id)
    return {"arrived": {host: data.draw(st.integers(0, 8)) for host in hosts}}


@often
@given(any_scenario, st.data())
def test_nobody_disappears_and_every_folder_is_certified(scenario: Scenario, data: st.DataObject) -> None:
    """Replan after replan: each zone has the people it had, each folder is checked by other code."""
    outcome = plan(scenario)
    if data.draw(st.booleans()):
        outcome = with_households(outcome)
    people = +Counter(outcome.people)
    for _ in range(data.draw(st.integers(1, 4))):
        outcome = after(data, outcome, **counted(data, outcome))
        assert +by_zone(outcome) == people
        assert outcome.replan is not None
        assert sum(outcome.replan.counts.values()) == people.total()
        assert sum(outcome.replan.halted.values()) == outcome.replan.counts["halted_now"]
        with tempfile.TemporaryDirectory() as parent:
            check = write_plan(outcome, Path(parent) / "plan")
            outcome = read_outcome(Path(parent) / "plan")
            assert certify(Path(parent) / "plan") == check
        assert check.objective == outcome.certificate.objective
        assert check.lower_bound <= check.objective


def where(outcome: Outcome, household: int) -> tuple[object, ...] | None:
    """Where a household goes, whatever its route is called; of those who wait, where they stand."""
    households = outcome.households
    assert households is not None
    route, step, waits = (
        int(column[household]) for column in (households.route, households.step, households.stranded)
    )
    if waits >= 0:
        assert outcome.replan is not None
        how = outcome.replan.stranded[waits].route
        return ("waits", step, how.links, how.entry_steps, how.halts)
    if route < 0:
        return None
    how = outcome.routes[route]
    return (step, how.links, how.entry_steps, how.arrival_steps, how.halts, how.host_id)


@often
@given(any_scenario, st.data())
def test_households_stay_whole_and_exactly_those_with_something_new_are_named(
    scenario: Scenario, data: st.DataObject
) -> None:
    """Whatever happens: who is in a household stays, departures are sums of households, changes are named."""
    outcome = with_households(plan(scenario))
    for _ in range(2):
        old, outcome = outcome, after(data, outcome, **counted(data, outcome))
        before, now, record = old.households, outcome.households, outcome.replan
        assert before is not None
        assert now is not None
        assert record is not None
        for name in ("zone", "size", "children", "over_65", "needing_assistance", "with_car"):
            np.testing.assert_array_equal(getattr(before, name), getattr(now, name))
        sums: Counter[tuple[int, int]] = Counter()
        for route, step, size in zip(now.route.tolist(), now.step.tolist(), now.size.tolist(), strict=True):
            sums[route, step] += size if route >= 0 else 0
        moves = outcome.departures
        departures = zip(moves.route.tolist(), moves.step.tolist(), moves.persons.tolist(), strict=True)
        assert +sums == {(route, step): persons for route, step, persons in departures}
        changed = {each for change in record.changes for each in change.households}
        assert changed == {each for each in range(len(now)) if where(old, each) != where(outcome, each)}
        for change in record.changes:
            assert change.persons == sum(int(now.size[each]) for each in change.households)


@often
@given(any_scenario, st.data())
def test_without_regard_for_changes_it_is_the_best_there_is(scenario: Scenario, data: st.DataObject) -> None:
    """At stability 0 the certified bound is the plan's own cost."""
    outcome = plan(scenario)
    for _ in range(2):
        outcome = after(data, outcome, stability_person_h=0.0)
        assert outcome.complete
        assert outcome.certificate.objective == outcome.certificate.lower_bound


@often
@given(any_scenario, st.data())
def test_a_trade_off_goes_from_no_change_to_the_best(scenario: Scenario, data: st.DataObject) -> None:
    """The best plan costs least; nobody hears anything in the first row; the chosen row is the plan made."""
    outcome = after(data, plan(scenario))
    assert outcome.replan is not None
    rows = outcome.replan.trade_off
    assert rows[0].changed_persons == 0
    assert min(row.objective for row in rows) == rows[-1].objective == outcome.certificate.lower_bound
    assert max(row.objective for row in rows) == rows[0].objective
    (chosen,) = (row for row in rows if row.chosen)
    assert chosen.objective == outcome.certificate.objective
    assert chosen.changed_persons == sum(change.persons for change in outcome.replan.changes)
    assert chosen.unserved == sum(left.persons for left in outcome.unserved)


@often
@given(any_scenario, st.data())
def test_if_nothing_has_happened_nobody_hears_anything(scenario: Scenario, data: st.DataObject) -> None:
    """Without an event the plan stays as it is, and costs what it did."""
    outcome = plan(scenario)
    again = after(data, outcome, close=(), open_=(), capacity=(), arrived=None, stability_person_h=1000.0)
    assert again.replan is not None
    assert again.replan.changes == ()
    assert again.certificate.objective == outcome.certificate.objective
    assert again.routes == outcome.routes
    for field in fields(outcome.departures):
        ours, before = (getattr(each.departures, field.name) for each in (again, outcome))
        np.testing.assert_array_equal(ours, before)


@seldom
@given(any_scenario, st.data())
def test_the_same_replan_every_time(scenario: Scenario, data: st.DataObject) -> None:
    drawn = data.draw(happenings(scenario))
    drawn |= {"caught": Caught(drawn["caught"])}
    one, other = (outcome_files(replan(plan(scenario), **drawn)) for _ in range(2))
    assert one.keys() == other.keys()
    for name in one.keys() - {"summary.json"}:  # it says how long solving took
        assert one[name] == other[name], name
