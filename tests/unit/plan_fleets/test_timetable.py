"""Timetabled trips and duties: covered demand, hours, seats, beds; the checker refuses tampering."""

from dataclasses import replace

import pytest

from farshore.plan import plan
from farshore.plan.fleets import Timetable, check_timetable, timetable, timetable_files
from farshore.scenario.scenario import Scenario
from tests.builders import scenario


def two_zones(fleet: str = "f1 bus d vehicles=3 seats=40 load_s=600 unload_s=300", **more) -> Scenario:
    given = {
        "links": [
            "a d z1 length=5000",
            "b z1 z2 length=8000",
            "c z2 h1 length=20000",
            "e z1 h1 length=15000",
        ],
        "zones": ["A z1 persons=300 share_with_car=0.5", "B z2 persons=200 share_with_car=0.2"],
        "hosts": ["H h1 beds=600"],
        "fleets": [fleet] if fleet else [],
        "horizon_h": 12,
    }
    return scenario(**(given | more))


def waiting(made: Timetable) -> dict[str, list[int]]:
    zones = made.service.problem.scenario.zones.zone_id
    return {str(zone): made.service.arriving[row].tolist() for row, zone in enumerate(zones)}


def checked(given: Scenario) -> Timetable:
    made = timetable(given)
    assert check_timetable(given, made, waiting(made)) == []
    return made


def test_everybody_without_a_car_is_fetched() -> None:
    made = checked(two_zones())
    assert sum(trip.persons for trip in made.trips) == 150 + 160
    assert made.unserved == {}
    assert 0 < made.lower_bound <= made.waiting_cost


def test_a_single_bus_by_hand() -> None:
    """5 km at 10 m/s to the zone, 600 s to load, 15 km on: 500 + 600 + 1,500 s."""
    made = checked(
        two_zones("f1 bus d seats=150 load_s=600 unload_s=300", zones=["A z1 persons=300 share_with_car=0.5"])
    )
    assert [(trip.depart_s, trip.arrive_s, trip.persons) for trip in made.trips] == [(1_100, 2_600, 150)]
    assert [leg.kind for leg in made.legs] == ["pull-out", "load", "trip", "unload", "pull-in"]
    assert made.waiting_cost == made.lower_bound == 0  # boarded in the first step


def test_people_of_a_plan_board_when_they_leave_by_it() -> None:
    given = two_zones(zones=["A z1 persons=100 share_with_car=0.5 ready_curve=0:0"], parameters={})
    given = replace(given, zones=replace(given.zones, ready_curve=given.zones.ready_curve * 0 + "2:0.5 4:1"))
    outcome = plan(given)
    made = timetable(given, outcome)
    assert check_timetable(given, made, waiting(made)) == []
    assert sum(map(sum, waiting(made).values())) == 50
    assert min(trip.depart_s for trip in made.trips) >= 2 * 3600


def test_a_driver_goes_home_and_rests() -> None:
    given = two_zones(
        "f1 bus d vehicles=1 seats=20 load_s=600 unload_s=300",
        parameters={"driver_duty_h": 3, "driver_rest_h": 2},
    )
    made = checked(given)
    duties = {leg.duty for leg in made.legs}
    assert len(duties) >= 2
    outs = [leg.from_s for leg in made.legs if leg.kind == "pull-out"]
    ins = [leg.until_s for leg in made.legs if leg.kind == "pull-in"]
    assert all(out - back >= 2 * 3600 for back, out in zip(ins, outs[1:], strict=False))


def test_who_is_not_fetched_is_named_with_the_reason() -> None:
    late = checked(two_zones("f1 bus d vehicles=1 seats=20 load_s=600 unload_s=300 until=3"))
    assert sum(persons for persons, _ in late.unserved.values()) == 310 - sum(t.persons for t in late.trips)
    assert all("do not suffice" in why for _, why in late.unserved.values())
    full = checked(two_zones(hosts=["H h1 beds=60"]))
    assert sum(trip.persons for trip in full.trips) == 60
    assert {why for _, why in full.unserved.values()} == {"no beds are left"}
    none = checked(two_zones(""))
    assert {why for _, why in none.unserved.values()} == {"there is no fleet"}


@pytest.mark.parametrize(
    ("fleet", "said"),
    [
        ("f1 train d vehicles=1 seats=500", "no zone can be reached"),
        ("f1 bus d vehicles=0 seats=500", "no vehicles or no seats"),
        ("f1 bus d vehicles=1 seats=50 line=nowhere", "is no zone or host"),
    ],
)
def test_a_useless_fleet_is_explained(fleet: str, said: str) -> None:
    assert any(said in trouble for trouble in timetable(two_zones(fleet)).troubles)


def test_a_fleet_that_cannot_return_is_explained() -> None:
    given = two_zones(
        links=["a d z1 length=5000 directed=true", "b z1 z2 length=8000", "c z2 h1 length=20000"]
    )
    made = timetable(given)
    assert any("no way leads back to its base" in trouble for trouble in made.troubles)
    assert made.trips == ()


def test_a_line_binds_a_fleet() -> None:
    made = checked(two_zones("f1 bus d vehicles=3 seats=40 line=B"))
    assert {trip.zone for trip in made.trips} == {1}


@pytest.mark.parametrize(
    ("tampered", "said"),
    [
        (lambda made: replace(made, trips=made.trips[:-1]), "not fetched"),
        (lambda made: replace(made, legs=made.legs[1:]), "leaves"),
        (
            lambda made: replace(made, trips=(replace(made.trips[0], persons=41), *made.trips[1:])),
            "41 on 40 seats",
        ),
        (
            lambda made: replace(
                made,
                legs=tuple(
                    replace(leg, until_s=leg.until_s - 60) if leg.kind == "trip" else leg for leg in made.legs
                ),
            ),
            "at least",
        ),
        (lambda made: replace(made, lower_bound=made.waiting_cost + 1), "bound"),
    ],
)
def test_the_checker_refuses_any_tampering(tampered, said: str) -> None:
    given = two_zones()
    made = timetable(given)
    assert any(said in line for line in check_timetable(given, tampered(made), waiting(made)))


def test_files_hold_every_trip_and_leg() -> None:
    made = timetable(two_zones())
    files = timetable_files(made)
    trips, duties = (files[name].decode().splitlines() for name in ("trips.csv", "duties.csv"))
    assert len(trips) == 1 + len(made.trips)
    assert len(duties) == 1 + len(made.legs)
    assert trips[1] == "t1,f1,f1-01,A,H,2022-10-14T00:18:20+03:00,2022-10-14T00:43:20+03:00,40,0"
    assert files == timetable_files(timetable(two_zones()))
