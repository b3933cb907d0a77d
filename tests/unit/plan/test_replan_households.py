"""Households through a replan, on a line of road with a dam, by hand: whole, and told apart by their codes.

Steps of half an hour; four people fit into a step of any road. Households are of two, six of them.
"""

import csv
import io

import pytest

from farshore.plan import Caught, certify, plan, replan, with_households, write_plan
from farshore.results import read_outcome
from farshore.results.folder import outcome_files
from farshore.results.outcome import Parted
from tests.builders import scenario
from tests.unit.plan.test_replan import at

ROAD = ["a n1 n2 length=18000 capacity=8", "b n2 n3 length=72000 capacity=8 crossing_id=dam"]
ROUND = ["c n2 n4 length=72000 capacity=8", "d n4 n3 length=72000 capacity=8"]


def town(*links, size=2, persons=12, **given):
    return scenario(
        links=[*ROAD, *links],
        crossings=["dam dam"],
        zones=[f"z n1 persons={persons}"],
        hosts=["h n3 beds=100"],
        household_sizes=[f"{size} share=1"],
        horizon_h=given.get("horizon_h", 12),
    )


def family_plan(*links, **given):
    return with_households(plan(town(*links, **given)))


def places(outcome):
    """Of each household: step of leaving home, links, halts; None: at home; links so far, None: waits."""
    found = []
    households = outcome.households
    for route, step, waits in zip(
        households.route.tolist(), households.step.tolist(), households.stranded.tolist(), strict=True
    ):
        if waits >= 0:
            found.append((step, outcome.replan.stranded[waits].route.links, None))
        else:
            found.append(None if route < 0 else (step, outcome.routes[route].links, step))
    return found


def changed(outcome, file="changed_households.csv"):
    return list(csv.DictReader(io.StringIO(outcome_files(outcome)[file].decode())))


def test_before():
    """Two households a step over the dam, from the first step on."""
    assert sorted(place[0] for place in places(family_plan())) == [0, 0, 1, 1, 2, 2]


def test_who_is_unaffected_keeps_everything_and_is_not_listed():
    """The dam is narrowed to half at step 2: the third pair of households enters it then, one at a time.

    Nobody has entered it who would feel it: of the two that come to it at step 3 one waits at n2.
    """
    old = family_plan()
    new = replan(old, at=at(2), capacity=["dam=0.5"])
    before, after = places(old), places(new)
    moved = [number for number, (was, now) in enumerate(zip(before, after, strict=True)) if was != now]
    listed = {int(row["household_id"].rpartition("-")[2]) - 1 for row in changed(new)}
    assert listed == {each for change in new.replan.changes for each in change.households}
    assert set(moved) <= listed
    kept = [number for number in range(6) if number not in listed]
    assert [before[number] for number in kept] == [after[number] for number in kept]
    assert sum(int(row["size"]) for row in changed(new)) == sum(c.persons for c in new.replan.changes)
    assert new.unserved == ()


def test_a_household_is_cut_off_whole_where_room_for_half_of_it_is_left():
    """Three persons a step: of two households of two one goes on, the other halts; a seat stays empty."""
    old = family_plan()
    new = replan(old, at=at(1), capacity=["dam=0.75"])  # at 1 four people enter the dam, room is for three
    assert new.replan.halted == {("cut off", "a"): 2}
    assert new.replan.counts["on_their_way"] == 2


def test_households_that_wait_on_the_road_are_named_and_go_on_when_it_opens(tmp_path):
    """Caught on the dam, no way round: all on the road wait; the next replan takes them over, whole."""
    first = replan(family_plan(), at=at(3), close=["dam"])
    waiting = [number for number, place in enumerate(places(first)) if place and place[2] is None]
    assert len(waiting) == 6
    write_plan(first, tmp_path / "first")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "first/households.csv").read_text())))
    stated = len(first.replan.stranded)
    assert {row["route_id"] for row in rows} == {f"w{number}" for number in range(1, stated + 1)}
    again = read_outcome(tmp_path / "first")
    assert places(again) == places(first)
    assert again.replan.changes == first.replan.changes
    second = replan(again, at=at(8), open_=[f"dam@{at(10)}"])
    write_plan(second, tmp_path / "second")
    assert second.unserved == ()
    assert {row["household_id"] for row in changed(second)} == {row["household_id"] for row in rows}
    assert {row["old_depart"] for row in changed(second)} == {""}
    assert read_outcome(tmp_path / "second").replan.old_households.stranded.tolist() == (
        first.households.stranded.tolist()
    )


@pytest.mark.parametrize("caught", list(Caught))
def test_nobody_is_parted_on_a_lost_link(caught):
    """A household is on one link at a time: whatever becomes of those caught, it becomes of all of it."""
    new = replan(family_plan(*ROUND), at=at(3), close=[f"dam@{at(3)}/{at(6)}"], caught=caught)
    assert new.replan.parted == ()
    assert new.households.size.sum() == 12
    assert new.unserved == ()


def test_a_host_that_has_counted_half_a_household_has_all_of_it_and_it_is_named(tmp_path):
    """By step 7 eight should be there (0 and 1), seven are counted: one of a household is still to come."""
    new = replan(family_plan(), at=at(7), arrived={"h": 7})
    assert new.replan.counts["arrived"] == 8
    (parted,) = new.replan.parted
    assert (parted.host_id, parted.persons) == ("h", 1)
    assert places(new)[parted.household][0] == 1  # of those who came last
    write_plan(new, tmp_path / "plan")
    assert read_outcome(tmp_path / "plan").replan.parted == (Parted(parted.household, "h", 1),)


def test_a_host_that_has_counted_a_household_less_has_one_that_is_late():
    """Six counted of eight: one household of those who came last is late, the others are there."""
    new = replan(family_plan(), at=at(7), arrived={"h": 6})
    assert new.replan.parted == ()
    assert new.replan.halted == {("late", "b"): 2}
    (row,) = changed(new)
    assert (row["at_node"], row["size"], row["why"]) == ("n3", "2", "the host at n3 has not counted them")


def test_households_too_large_for_the_seats_left_stay_and_the_loss_is_told():
    """Of three a step, one household of two goes: a third of the dam is never used, and that has a price."""
    old = family_plan(horizon_h=8)
    new = replan(old, at=at(0), capacity=["dam=0.75"])
    assert set(new.departures.persons.tolist()) == {2}
    assert new.certificate.objective > new.households.objective_if_split >= new.certificate.lower_bound
    chosen = next(row for row in new.replan.trade_off if row.chosen)
    assert chosen.objective == new.certificate.objective
    assert chosen.unserved == sum(left.persons for left in new.unserved)


def test_a_plan_of_persons_stays_one_of_persons(tmp_path):
    new = replan(plan(town()), at=at(3), close=["dam"])
    write_plan(new, tmp_path / "plan")
    assert new.households is None
    assert not (tmp_path / "plan/changed_households.csv").exists()
    assert certify(tmp_path / "plan").people == 12
