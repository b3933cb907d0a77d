"""Replanning on a line of road with a dam, by hand: who is where, what becomes of them, who hears what."""

import pytest

from farshore.errors import UsageFault
from farshore.plan import Caught, certify, plan, replan, write_plan
from farshore.results.outcome import Change, Halt
from tests.builders import scenario

# Steps of half an hour; 18 km at 36 km/h is a step. Two people fit into a step of any road.
ROAD = ["a n1 n2 length=18000 capacity=4"]
DAM = ["b n2 n3 length=72000 capacity=4 crossing_id=dam"]
ROUND = ["c n2 n4 length=72000 capacity=4", "d n4 n3 length=72000 capacity=4"]
DAM_ROW = ["dam dam"]


def town(*links, hosts=("h n3 beds=100",), horizon_h=12, persons=10):
    return scenario(
        links=[*ROAD, *DAM, *links],
        crossings=DAM_ROW,
        zones=[f"z n1 persons={persons}"],
        hosts=list(hosts),
        horizon_h=horizon_h,
    )


def at(step):
    return f"2022-10-14T{step // 2:02}:{30 * (step % 2):02}+03:00"


def departures(outcome):
    rows = zip(
        outcome.departures.step.tolist(),
        [outcome.routes[route] for route in outcome.departures.route.tolist()],
        outcome.departures.persons.tolist(),
        strict=True,
    )
    return [
        (step, route.links, route.entry_steps, route.arrival_steps, persons) for step, route, persons in rows
    ]


def test_the_plan_before():
    """Two a step over the dam, from the first step on."""
    assert departures(plan(town())) == [(k, ("a", "b"), (0, 1), 5, 2) for k in range(5)]


def test_people_caught_turn_back_and_take_the_way_round():
    """The dam falls at step 3: those who entered it at 1 and 2 are back at n2 at 5 and 4, and go by n4.

    Those who left at step 2 enter it at 3: they come to n2 at 3. Two each leave later; nobody is left.
    """
    outcome = replan(plan(town(*ROUND)), at=at(3), close=["dam"])
    record = outcome.replan
    assert record.halted == {("caught", "b"): 4, ("cut off", "a"): 2}
    assert record.counts == {
        "arrived": 0,
        "on_their_way": 0,
        "halted_now": 6,
        "halted_before": 0,
        "at_home": 4,
    }
    halts = sorted((step, route.halts, route.entry_steps) for step, route in _on_the_road(outcome))
    assert halts == [
        (0, (Halt(1, "n2", 5, "caught", "b", 1),), (0, 5, 9)),
        (1, (Halt(1, "n2", 3, "caught", "b", 1),), (0, 3, 7)),
        (2, (Halt(1, "n2", 1, "cut off"),), (0, 1, 5)),
    ]
    assert outcome.unserved == ()
    assert outcome.certificate.objective == outcome.certificate.lower_bound


def _on_the_road(outcome):
    return [
        (step, outcome.routes[route])
        for step, route in zip(
            outcome.departures.step.tolist(), outcome.departures.route.tolist(), strict=True
        )
        if outcome.routes[route].halts
    ]


def test_people_caught_go_through_if_so_told():
    """Nobody is caught; only who has yet to enter the dam is cut off."""
    outcome = replan(plan(town(*ROUND)), at=at(3), close=["dam"], caught=Caught.THROUGH)
    assert outcome.replan.halted == {("cut off", "a"): 2}
    assert outcome.replan.counts["on_their_way"] == 4


def test_people_held_go_on_when_it_opens():
    """Held from 3 to 8 with two and three steps to go: at the end of the dam at 10 and 11."""
    outcome = replan(plan(town()), at=at(3), close=[f"dam@{at(3)}/{at(8)}"], caught=Caught.HELD)
    assert outcome.replan.halted == {("caught", "b"): 4, ("cut off", "a"): 2}
    halts = [(step, route.halts[0], route.arrival_steps) for step, route in _on_the_road(outcome)]
    assert halts == [
        (0, Halt(2, "n3", 10, "caught"), 10),
        (1, Halt(2, "n3", 10, "caught"), 10),
        (2, Halt(1, "n2", 1, "cut off"), 10),
    ]


def test_who_can_go_nowhere_is_named_with_the_place():
    """Without a way round everybody is left; six of them on the road, none forgotten."""
    outcome = replan(plan(town()), at=at(3), close=["dam"])
    (left,) = outcome.unserved
    assert left.persons == 10
    assert left.binding[-1] == "6 of them have set out and wait at n2"
    assert sum(each.persons for each in outcome.replan.stranded) == 6
    assert outcome.departures.persons.sum() == 0


def test_who_was_stranded_goes_on_when_the_dam_is_mended(tmp_path):
    """Another replan: the dam opens at 12, and all ten come over it, two a step, those at n2 first."""
    first = replan(plan(town()), at=at(3), close=["dam"])
    second = replan(first, at=at(10), open_=[f"dam@{at(12)}"])
    assert second.replan.counts["halted_before"] == 6
    assert second.unserved == ()
    check = write_plan(second, tmp_path / "plan")
    assert check == certify(tmp_path / "plan")
    assert check.placed == 10


def test_half_the_capacity_halves_those_who_keep_their_time():
    """One a step from step 3 on: of those who enter at 3 one turns into a later traveller, and so on."""
    outcome = replan(plan(town()), at=at(3), capacity=["dam=0.5"])
    entered = {}
    for step, _, entries, _, persons in departures(outcome):
        entered[step + entries[1]] = entered.get(step + entries[1], 0) + persons
    assert entered == {1: 2, 2: 2, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1, 8: 1}
    assert outcome.replan.halted == {("cut off", "a"): 1}


def test_changes_say_who_hears_what_and_why():
    """A narrower dam: two of the four at home keep their time, two leave later."""
    before = plan(town())
    outcome = replan(before, at=at(3), capacity=["dam=0.5"], stability_person_h=100.0)
    on_the_road, *at_home = outcome.replan.changes
    assert (on_the_road.at_node, on_the_road.persons, on_the_road.old_step) == ("n2", 1, 2)
    assert on_the_road.why == "the way ahead is closed or full; by road a (a) they come to n2"
    (route,) = {route.route_id for route in before.routes}
    assert at_home == [
        Change(
            "z", "", 1, step, route, "h", new_step, route, "h", "later",
            f"dam (dam) takes fewer at {at(step + 1)} than were to come",
        )
        for step, new_step in zip((3, 4), sorted(change.new_step for change in at_home), strict=True)
    ]  # fmt: skip


def test_fewer_arrived_than_planned_are_late_and_wait_at_the_gate():
    """By step 7 four should have been taken in; the host has counted one: three are late, from 7 on."""
    outcome = replan(plan(town()), at=at(7), arrived={"h": 1})
    assert outcome.replan.halted == {("late", "b"): 3}
    assert outcome.replan.counts["arrived"] == 1
    late = [(step, route.halts, route.arrival_steps) for step, route in _on_the_road(outcome)]
    assert late == [
        (0, (Halt(2, "n3", 7, "late"),), 7),
        (1, (Halt(2, "n3", 6, "late"),), 6),
    ]
    assert outcome.unserved == ()


def test_late_again_at_a_gate_that_takes_nobody_any_more(tmp_path):
    """Late at 7 and taken in by the new plan; uncounted at 13, when the host has closed: they wait for good.

    They had an instruction, to be taken in, and hear a new one; that they halt there is no news.
    """
    first = replan(plan(town(hosts=[f"h n3 beds=100 confirmed_until={at(13)}"])), at=at(7), arrived={"h": 1})
    second = replan(first, at=at(13), arrived={"h": 1})
    assert second.replan.counts["halted_before"] == 3
    assert second.replan.halted == {("late", "b"): 6}
    assert sum(change.persons for change in second.replan.changes) == 9
    assert {change.why for change in second.replan.changes} == {"the host at n3 has not counted them"}
    check = write_plan(second, tmp_path / "plan")
    assert check.placed == 1
    third = replan(second, at=at(14), arrived={"h": 1})
    assert third.replan.changes == ()
    write_plan(third, tmp_path / "third")


def test_two_events_at_one_moment_are_counted_apart(tmp_path):
    """Three of a group are late by the first count; by the second, at the same moment, another is."""
    first = replan(plan(town()), at=at(7), arrived={"h": 3})
    second = replan(first, at=at(7), arrived={"h": 2})
    assert first.replan.halted == second.replan.halted == {("late", "b"): 1}
    assert (second.replan.counts["halted_now"], second.replan.counts["halted_before"]) == (1, 1)
    write_plan(second, tmp_path / "plan")


def test_more_arrived_than_planned_take_beds():
    """Ten beds, seven counted where four were planned: three of the plan's people find none any more."""
    outcome = replan(plan(town(hosts=["h n3 beds=10"])), at=at(7), arrived={"h": 7})
    assert outcome.replan.others == {"h": 3}
    assert sum(left.persons for left in outcome.unserved) == 3


def test_nobody_hears_anything_when_keeping_is_worth_more():
    """A better way opens: at a high weight all keep to the dam, at 0 all who are at home change."""
    shorter = "e n1 n3 length=18000 capacity=4 crossing_id=ford"
    place = scenario(
        links=[*ROAD, *DAM, shorter],
        crossings=["dam dam", "ford corridor"],
        zones=["z n1 persons=10"],
        hosts=["h n3 beds=100"],
        closures=["ford"],
        horizon_h=12,
    )
    before = plan(place)
    steady = replan(before, at=at(1), open_=["ford"], stability_person_h=100.0)
    best = replan(before, at=at(1), open_=["ford"], stability_person_h=0.0)
    assert steady.replan.changes == ()
    assert sum(change.persons for change in best.replan.changes) == 8
    assert best.certificate.objective < steady.certificate.objective
    assert best.certificate.lower_bound == steady.certificate.lower_bound


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"at": "2022-10-14T03:00"}, "has no offset"),
        ({"at": "2022-10-15T03:00+03:00"}, "lies outside the horizon"),
        ({"at": at(4), "close": [f"dam@{at(1)}/{at(3)}"]}, "is over by"),
        ({"at": at(4), "close": ["damn"]}, "there is no link or crossing"),
        ({"at": at(4), "capacity": ["dam=2"]}, "no share from 0 to 1"),
        ({"at": at(4), "capacity": ["dam"]}, "no share from 0 to 1"),
        ({"at": at(4), "arrived": {"nowhere": 3}}, "there is no host"),
        ({"at": at(4), "stability_person_h": -1.0}, "makes no sense"),
    ],
)
def test_what_makes_no_sense_is_said(given, said):
    with pytest.raises(UsageFault, match=said):
        replan(plan(town()), **given)


def test_a_replan_does_not_go_back_in_time():
    with pytest.raises(UsageFault, match="before the plan's own beginning"):
        replan(replan(plan(town()), at=at(5)), at=at(4))
