"""Small scenarios in which everybody can see what conflicts."""

import pytest

from farshore.plan import plan, with_conflicts
from farshore.plan.conflicts import conflicts_of
from farshore.results.conflicts import conflicts_from, conflicts_summary
from farshore.scenario.scenario import Operation
from tests.builders import scenario


def road(**rows):
    """Ten people, a road of one half hour, a host with room for all: six hours in steps of half an hour."""
    return scenario(
        **{
            "links": ["a n1 n2 length=18000"],
            "zones": ["z n1 persons=10"],
            "hosts": ["h n2 beds=10"],
            **rows,
        }
    )


def kinds(conflict):
    return sorted(fact.kind for fact in conflict.facts if fact.kind != "people")


def test_nothing_conflicts_where_everybody_can_be_placed():
    assert conflicts_of(road()) == ()


def test_too_few_beds():
    (found,) = conflicts_of(road(hosts=["h n2 beds=7", "g n2 beds=0"]))
    assert (found.kind, found.people, found.room, found.short) == ("beds", 10, 7, 3)
    # Without either of the two there would be a bed for everybody.
    assert [(fact.kind, fact.code, fact.row) for fact in found.facts[1:]] == [
        ("beds", "h", 2),
        ("beds", "g", 3),
    ]
    assert found.statement == (
        "10 people of z; the hosts that they can reach (h) have 7 beds: 3 cannot be housed."
    )
    assert {(r.words, r.placed_persons) for r in found.remedies} == {
        ("3 more beds at h", 3),
        ("3 more beds at g", 3),
    }


def test_a_zone_cut_off_names_the_closure_and_not_the_road():
    found = conflicts_of(
        road(
            zones=["z n1 persons=10", "y n3 persons=4"],
            links=["a n1 n2", "b n3 n2"],
            hosts=["h n2"],
            closures=["b reason=flood", "a from=0 until=1"],
        )
    )
    (only,) = found
    assert (only.kind, only.people, only.room, only.short) == ("cut_off", 4, 0, 4)
    assert [fact.code for fact in only.facts] == ["y", "b"]
    assert [r.placed_persons for r in only.remedies] == [4]
    assert only.statement == "4 people of y have no way to any host."


def test_a_closure_that_ends_after_the_plan_is_a_matter_of_time():
    """A longer plan would do: horizon and closure are both needed."""
    (found,) = conflicts_of(road(closures=["a from=0 until=6"]))
    assert kinds(found) == ["closure", "horizon"]
    assert {r.placed_persons for r in found.remedies} == {10}


def test_of_two_closures_in_a_row_either_suffices_and_the_other_waits_behind_it():
    found = conflicts_of(road(links=["a n1 n3", "b n3 n2"], closures=["a", "b"]))
    assert [(c.depth, kinds(c)) for c in found] == [(0, ["closure"]), (1, ["closure"])]
    assert {c.facts[1].code for c in found} == {"a", "b"}
    assert [[r.placed_persons for r in c.remedies] for c in found] == [[], [10]]


def test_no_road_at_all_is_nobodys_fact():
    (found,) = conflicts_of(road(zones=["z n1 persons=10", "y n9 persons=4"], nodes=["n1", "n2", "n9"]))
    assert (found.kind, found.short, kinds(found), found.remedies) == ("cut_off", 4, [], ())


def test_a_narrow_crossing_and_the_end_of_the_plan():
    """One person a step for eleven of twelve steps: the last who leaves in step 10 arrives in step 11."""
    (found,) = conflicts_of(
        road(
            zones=["z n1 persons=30"],
            hosts=["h n2 beds=40"],
            links=["a n1 n2 length=18000 capacity=2 crossing_id=bridge"],
            crossings=["bridge bridge"],
        )
    )
    assert (found.kind, found.people, found.room, found.short) == ("time", 30, 11, 19)
    assert kinds(found) == ["crossing", "horizon"]
    assert found.links == (("a", 0, 11),)
    assert (
        "no more than 11 can be placed in time (bridge lets only so many over: 11 people in all): 19 cannot"
        in (found.statement)
    )
    assert any(r.words.endswith("more room on bridge") and r.placed_persons == 19 for r in found.remedies)


def test_too_far_for_the_horizon():
    (found,) = conflicts_of(road(links=["a n1 n2 length=360000"]))
    assert (found.kind, kinds(found)) == ("cut_off", ["horizon"])
    assert [(r.words, r.placed_persons) for r in found.remedies] == [("6 more hours", 10)]


def test_ready_only_after_the_end():
    (found,) = conflicts_of(
        road(zones=[{"zone_id": "z", "node_id": "n1", "persons": 10, "ready_curve": "0:0.6 8:1"}])
    )
    assert found.kind == "late"
    assert kinds(found) == ["horizon", "ready"]
    assert found.short == found.people == sum(held.persons for held in found.held)


def test_night_hours_that_cannot_be_spared():
    """Driving from midnight until two: six hours more, until noon, would not help."""
    (found,) = conflicts_of(
        road(
            zones=["z n1 persons=10"],
            links=["a n1 n2 length=18000 capacity=2"],
            parameters={"driving_from_hour": 0, "driving_until_hour": 2},
        )
    )
    assert kinds(found) == ["driving", "link"]
    assert (found.room, found.short) == (4, 6)
    assert {r.words for r in found.remedies} >= {"driving day and night"}


def test_intake_per_hour_and_the_dates_of_a_host():
    (found,) = conflicts_of(road(hosts=["h n2 beds=10 intake_persons_h=4 beds_from=4"]))
    assert kinds(found) == ["dates", "horizon", "intake"]
    assert (found.room, found.short) == (8, 2)
    assert found.intake == (("h", 8, 12),)


def test_a_host_that_protection_rules_close_is_named_and_never_offered_as_a_remedy():
    (found,) = conflicts_of(
        road(
            hosts=["h n2 beds=7 territory=occupied", "s n2 beds=9 territory=sponsor"],
            operation=Operation("x", "occupied", "y"),
        )
    )
    assert kinds(found) == ["beds", "blocked"]
    assert [r.words for r in found.remedies] == ["3 more beds at h"]


def test_two_zones_held_by_different_things_are_two_conflicts():
    found = conflicts_of(
        road(
            zones=["z n1 persons=10", "y n3 persons=4"],
            links=["a n1 n2", "b n3 n4"],
            hosts=["h n2 beds=7", "g n4 beds=1"],
        )
    )
    assert [(c.depth, c.kind, c.people, c.room, c.short) for c in found] == [
        (0, "beds", 10, 7, 3),
        (0, "beds", 4, 1, 3),
    ]


def test_what_waits_behind_a_conflict_is_told_too():
    """Seven beds for ten people; with more beds, the road would let eight through."""
    found = conflicts_of(
        road(
            links=["a n1 n2 length=18000 capacity=2"],
            hosts=["h n2 beds=7"],
            closures=["a from=4 until=6"],
        )
    )
    assert [(c.depth, c.kind, c.room) for c in found] == [(0, "beds", 7), (1, "time", 8)]
    assert [(r.words, r.placed_persons) for r in found[0].remedies] == [("3 more beds at h", 1)]
    assert max(r.placed_persons for r in found[1].remedies) == 2


def test_conflicts_survive_being_written_down():
    found = conflicts_of(road(hosts=["h n2 beds=7"]))
    assert conflicts_from(conflicts_summary(found)) == found


@pytest.mark.parametrize("beds", [10, 7])
def test_a_plan_has_the_conflicts_of_its_scenario(beds):
    outcome = with_conflicts(plan(road(hosts=[f"h n2 beds={beds}"])))
    assert sum(c.short for c in outcome.conflicts) == 10 - beds


def test_no_time_to_explain_leaves_the_plan_as_it_is():
    outcome = plan(road(hosts=["h n2 beds=7"]))
    assert with_conflicts(outcome, seconds=-1.0).conflicts == ()
