"""Replanning plans with classes: buses that are lost, once and again, by numbers worked out by hand."""

import json
from pathlib import Path

import pytest

from farshore.errors import CertificateRefused
from farshore.plan import Caught, certify, plan, replan
from farshore.plan.write import write_plan
from farshore.results.outcome import Halt, Outcome
from tests.builders import scenario


@pytest.fixture(scope="module", params=[None, 1], ids=["persons", "households"])
def by_bus(request: pytest.FixtureRequest) -> Outcome:
    """Twelve ride from step 1 on over `a` (4 steps) and `b` (4 steps) to a pier, and sail in step 9."""
    road = scenario(
        links=[
            "a n1 n2 length=80000 capacity=100 allowed_uses=auto;bus",
            "b n2 n3 length=80000 capacity=100 allowed_uses=auto;bus",
            "w n3 n4 length=3000 crossing_id=boat facility_type=ferry",
        ],
        crossings=["boat ferry vehicles_per_trip=0 persons_per_trip=20 trip_s=1800 vessels=2"],
        zones=["z n1 persons=12 share_with_car=0 share_under_18=0.2"],
        hosts=["h n4 beds=40"],
        fleets=["b bus n1 vehicles=2 seats=20 wheelchair_places=2 load_s=600"],
        horizon_h=24,
    )
    found = plan(road, model="classes", household_seed=request.param)
    assert trips(found) == [(0, 1, 9, 18, "a b", 12)]
    return found


def trips(outcome: Outcome) -> list[tuple[int, int, int, int, str, int]]:
    """When each bus leaves its base, boards, alights and is back, by which links, with how many."""
    assert outcome.services is not None
    return [(leaves, board, alight, back, links, persons)
            for *_, board, alight, leaves, back, persons, _, links in outcome.services.trips]  # fmt: skip


def halts(outcome: Outcome) -> set[tuple[Halt, ...]]:
    """Of everybody who is in the plan."""
    assert outcome.replan is not None
    stranded = (each.route for each in outcome.replan.stranded)
    return {route.halts for route in (*outcome.routes, *stranded)}


def at(step: int) -> str:
    return f"2022-10-14T{step // 2:02}:{step % 2 * 30:02}+03:00"


def test_a_bus_caught_on_the_last_link_of_its_ride_is_back_when_it_has_turned(
    by_bus: Outcome, tmp_path: Path
) -> None:
    """On `b` since step 5, turned in step 6, off at n2 in step 7: home in 2 · 7 − 0 = 14, not in 18."""
    one = replan(by_bus, at=at(6), close=[f"b@{at(6)}/{at(10)}"])
    write_plan(one, tmp_path / "one")
    assert trips(one)[0] == (0, 1, 9, 14, "a b", 12)
    assert halts(one) == {(Halt(2, "n2", 6, "caught", "b", 4),)}
    assert [row[1:5] for row in trips(one)[1:]] == [(11, 15, 24, "b")]


@pytest.mark.parametrize(
    ("link", "halt", "trip"),
    [
        ("b", Halt(1, "n2", 4, "cut off"), (0, 1, 5, 10, "a", 12)),
        ("a", Halt(1, "n1", 4, "caught", "a", 0), (0, 1, 5, 10, "a", 12)),
    ],
)
def test_who_was_to_halt_at_the_end_of_a_ride_halts_where_the_bus_is_lost(
    by_bus: Outcome, tmp_path: Path, link: str, halt: Halt, trip: tuple[int, int, int, int, str, int]
) -> None:
    """The boat is lost in step 2: they are to halt at n3 in step 9. In step 3 a road is: they halt before."""
    one = replan(by_bus, at=at(2), close=["boat"])
    assert halts(one) == {(Halt(2, "n3", 8, "cut off"),)}
    assert trips(one) == trips(by_bus)
    two = replan(one, at=at(3), close=[link])
    write_plan(two, tmp_path / "two")
    assert two.replan is not None
    assert halts(two) == {(halt,)}
    assert trips(two) == [trip]
    assert (two.replan.counts["halted_now"], two.replan.counts["halted_before"]) == (12, 0)
    assert {(c.old_step, c.old_route, c.new_step) for c in two.replan.changes} == {(None, "", None)}


def test_who_is_on_the_way_to_a_halt_is_not_caught_again(by_bus: Outcome, tmp_path: Path) -> None:
    """Broken off on `a`, which ends in step 5; what closes then is no more to them."""
    one = replan(by_bus, at=at(2), close=["b"])
    two = replan(one, at=at(3), close=["a"])
    write_plan(two, tmp_path / "two")
    assert halts(one) == halts(two) == {(Halt(1, "n2", 4, "cut off"),)}
    assert trips(one) == trips(two) == [(0, 1, 5, 10, "a", 12)]
    assert two.replan is not None
    assert two.replan.counts["halted_before"] == 12
    assert two.replan.changes == ()


def test_who_waits_at_a_halt_is_fetched_when_there_is_a_way_again(by_bus: Outcome, tmp_path: Path) -> None:
    """A bus is sent for them; it turns round when the boat is lost; when that goes again, so does a bus."""
    one = replan(by_bus, at=at(2), close=["b"])
    two = replan(one, at=at(7), open_=[f"b@{at(12)}"])
    write_plan(two, tmp_path / "two")
    assert two.replan is not None
    assert two.replan.stranded == ()
    fetched = trips(two)[1:]
    assert sum(persons for *_, persons in fetched) == 12
    assert all((board, links) == (12, "b") for _, board, _, _, links, _ in fetched)
    assert {(c.at_node, c.old_route, c.what) for c in two.replan.changes} == {("n2", "", "goes on")}
    three = replan(two, at=at(9), close=["boat"])
    write_plan(three, tmp_path / "three")
    assert trips(three)[1][4:] == ("", 0)  # it had left its base in step 7 and turns round in step 9
    assert trips(three)[1][:4] == (7, 9, 9, 11)
    assert three.replan is not None
    assert {(c.at_node, c.old_step, c.new_step) for c in three.replan.changes} == {("n2", 12, None)}
    four = replan(three, at=at(10), open_=[f"boat@{at(20)}"])
    write_plan(four, tmp_path / "four")
    assert trips(four)[:2] == trips(three)[:2]
    assert four.replan is not None
    assert four.replan.stranded == ()


def test_a_bus_on_an_open_road_goes_on_whatever_another_takes_of_the_drivers_hours(tmp_path: Path) -> None:
    """One is held on `a`, which takes more hours than there are; the other is on `d`."""
    fork = scenario(
        links=[
            f"{link} n1 {node} length=160000 capacity=100 allowed_uses=auto;bus"
            for link, node in (("a", "n2"), ("d", "n3"))
        ],
        zones=["z n1 persons=12 share_with_car=0 share_under_18=0"],
        hosts=["h n2 beds=6", "g n3 beds=6"],
        fleets=["b bus n1 vehicles=2 seats=6 load_s=600"],
        parameters={"driver_hours_day": 10},
        horizon_h=24,
    )
    old = plan(fork, model="classes", household_seed=None)
    assert {row[4]: row[:4] for row in trips(old)} == {"a": (0, 1, 9, 18), "d": (0, 1, 9, 18)}
    new = replan(old, at=at(6), close=[f"a@{at(6)}/{at(40)}"], caught=Caught.HELD)
    write_plan(new, tmp_path / "new")
    assert {row[4]: row[:4] for row in trips(new)} == {"a": (0, 1, 9, 48), "d": (0, 1, 9, 18)}
    assert new.replan is not None
    assert (new.replan.counts["halted_now"], new.replan.counts["on_their_way"]) == (6, 6)


@pytest.mark.parametrize(
    ("step", "freed", "fault"),
    [
        (6, {}, "freed[0]: names nobody who had yet to leave by the plan before"),
        (1, {"route_id": "r9"}, "freed[0]: names nobody who had yet to leave"),
        (1, {"persons": 0}, "freed[0]: names nobody who had yet to leave"),
        (1, {"persons": 13}, "freed[0].persons: are more than were bound so"),
        (1, {}, " take seats in buses that go for people who are on their way"),
    ],
)
def test_nobody_is_said_to_be_freed_who_was_not(
    by_bus: Outcome, tmp_path: Path, step: int, freed: dict[str, object], fault: str
) -> None:
    """All twelve are bound from step 0 on, when their bus leaves its base, and leave home in step 1."""
    assert by_bus.services is not None
    again = replan(by_bus, at=at(step), capacity=[f"b=0.5@{at(10)}/{at(12)}"])
    write_plan(again, tmp_path / "again")
    assert again.replan is not None
    assert again.replan.freed == ()
    file = tmp_path / "again" / "replan.json"
    stated = json.loads(file.read_text())
    entry = {
        "route_id": by_bus.routes[0].route_id,
        "depart": at(1),
        "class_id": by_bus.services.class_ids[0],
        "persons": int(by_bus.departures.persons[0]),
    }
    file.write_text(json.dumps(stated | {"freed": [entry | freed]}))
    with pytest.raises(CertificateRefused) as refused:
        certify(tmp_path / "again")
    assert fault in str(refused.value).replace(", ", ": ")
