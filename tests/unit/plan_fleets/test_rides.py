"""Rides to trips and duties: hand-made days, properties on drawn ones, and every tampering named."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farshore.kernels.colouring import most_at_once
from farshore.plan.fleets import (
    NO_DRIVE,
    DutyLeg,
    Hours,
    RideFleet,
    Rides,
    RideTimetable,
    Travel,
    check_rides,
    driver_hours,
    fewest_vehicles,
    ride_files,
    timetable_rides,
)
from tests.builders import scenario

DAY_S = 86_400
LONG = Hours(duty_s=DAY_S, rest_s=0)


def travel(rows: list[list[int]], *later: list[list[int]], period_s: int = 3600) -> Travel:
    seconds = np.array([[rows, *later]], np.int64)
    return Travel(seconds, period_s, tuple(f"p{at}" for at in range(len(rows))))


# Depot 0, square 1, school 2: 5 min to the square, 10 to the school, 10 back to the depot.
TOWN = travel([[0, 300, 900], [300, 0, 600], [600, 600, 0]])


def bus(**more) -> RideFleet:
    given_ = {"name": "bus", "base": 0, "vehicles": 1, "seats": 50, "until_s": DAY_S, "load_s": 120}
    return RideFleet(**(given_ | {"unload_s": 60} | more))


def made_and_checked(
    rides: Rides, fleets: tuple[RideFleet, ...], hours: Hours = LONG, where: Travel = TOWN, **options
) -> RideTimetable:
    made = timetable_rides(rides, fleets, where, hours, **options)
    base = options.get("between", "base") == "base"
    assert check_rides(rides, fleets, where, hours, made, returns_to_base=base) == []
    return made


def test_one_bus_two_loads_by_hand() -> None:
    """70 at the square from the start: 300 out, 120 to load, 600 on, 60 to unload, 600 back; then again."""
    rides = Rides.of(pickup=[1], drop=[2], ready_step=[0], persons=[70], step_s=300)
    made = made_and_checked(rides, (bus(),))
    assert [(trip.depart_s, trip.arrive_s, trip.persons) for trip in made.trips] == [
        (420, 1020, 50),
        (420 + 1680, 1020 + 1680, 20),
    ]
    assert made.waiting_person_s == 50 * 420 + 20 * 2100
    assert [leg.kind for leg in made.legs] == ["pull-out", "load", "trip", "unload", "pull-in"] * 2


def test_a_second_bus_leaves_with_the_first() -> None:
    rides = Rides.of(pickup=[1], drop=[2], ready_step=[0], persons=[70], step_s=300)
    made = made_and_checked(rides, (bus(vehicles=2),))
    assert [trip.depart_s for trip in made.trips] == [420, 420]
    assert made.vehicles_used.tolist() == made.vehicles_least.tolist() == [2]


def test_going_on_from_a_drop_saves_the_way_home() -> None:
    """The school is 600 s from the square and from the depot: the second load is there 300 s sooner."""
    rides = Rides.of(pickup=[1], drop=[2], ready_step=[0], persons=[100], step_s=300)
    made = made_and_checked(rides, (bus(),), between="anywhere")
    assert [trip.depart_s for trip in made.trips] == [420, 420 + 600 + 60 + 600 + 120]
    assert "deadhead" in {leg.kind for leg in made.legs}


def test_more_trips_where_a_bus_is_idle_and_they_are_worth_it() -> None:
    """10 are ready at 0 and 10 three hours later: one trip if driving is dear, two if it is not."""
    rides = Rides.of(pickup=[1, 1], drop=[2, 2], ready_step=[0, 36], persons=[10, 10], step_s=300)
    assert len(made_and_checked(rides, (bus(),), worth=float("inf")).trips) == 1
    two = made_and_checked(rides, (bus(),))
    assert [trip.depart_s for trip in two.trips] == [420, 3 * 3600]


def test_wheelchairs_take_their_places_and_only_those() -> None:
    rides = Rides.of(
        pickup=[1, 1], drop=[2, 2], ready_step=[0, 0], persons=[3, 50], step_s=300, wheelchair=[True, False]
    )
    made = made_and_checked(rides, (bus(vehicles=2, wheelchair_places=2),))
    assert sorted(trip.persons for trip in made.trips) == [1, 52]
    none = made_and_checked(rides, (bus(vehicles=2),))
    assert none.left.tolist() == [3, 0]
    assert none.why == {0: "no vehicle has wheelchair places"}


def test_only_the_fleet_that_is_named() -> None:
    rides = Rides.of(
        pickup=[1, 1], drop=[2, 2], ready_step=[0, 0], persons=[10, 10], step_s=300, fleet=[1, -1]
    )
    made = made_and_checked(rides, (bus(), bus(name="van", seats=10)))
    assert {trip.fleet for trip in made.trips if any(row == 0 for row, _ in trip.boarded)} == {1}


@pytest.mark.parametrize("between", ["base", "anywhere"])
def test_a_service_window_is_kept_to_the_second(between: str) -> None:
    """A round takes 300 + 120 + 600 + 60 + 600 = 1,680 s: it fits a window of as much and no less."""
    rides = Rides.of(pickup=[1], drop=[2], ready_step=[0], persons=[9], step_s=300)
    fits = made_and_checked(rides, (bus(from_s=1000, until_s=2680),), between=between)
    assert [trip.depart_s for trip in fits.trips] == [1420]
    short = made_and_checked(rides, (bus(from_s=1000, until_s=2679),), between=between)
    assert short.trips == ()
    assert "do not suffice" in short.why[0]


def test_a_driver_is_relieved_at_the_base_or_rests() -> None:
    """A duty of 3,500 s holds two rounds of 1,680 s; the third waits for another driver, or for a rest."""
    rides = Rides.of(pickup=[1], drop=[2], ready_step=[0], persons=[150], step_s=300)
    relieved = made_and_checked(rides, (bus(),), Hours(3500, 7200))
    assert [trip.depart_s for trip in relieved.trips] == [420, 2100, 3780]
    assert {leg.duty for leg in relieved.legs} == {1, 2}
    rested = made_and_checked(rides, (bus(),), Hours(3500, 7200, relief=False))
    assert [trip.depart_s for trip in rested.trips] == [420, 2100, 3360 + 7200 + 420]


def test_a_round_longer_than_a_duty_is_named() -> None:
    rides = Rides.of(pickup=[1], drop=[2], ready_step=[0], persons=[9], step_s=300)
    made = made_and_checked(rides, (bus(),), Hours(1679, 0))
    assert "longer than a driver's duty" in made.why[0]


def test_roads_that_open_later_are_waited_for() -> None:
    shut = np.full((3, 3), NO_DRIVE).tolist()
    later = travel(shut, TOWN.seconds[0, 0].tolist())
    rides = Rides.of(pickup=[1], drop=[2], ready_step=[0], persons=[9], step_s=300)
    for between in ("base", "anywhere"):
        made = made_and_checked(rides, (bus(),), where=later, between=between)
        assert [trip.depart_s for trip in made.trips] == [3600 + 300 + 120]
    never = made_and_checked(rides, (bus(),), where=travel(shut))
    assert "no way" in never.why[0]


def test_efficient_rounds_first_where_not_all_can_ride() -> None:
    """One bus, 50 near and 50 far, time for three near rounds or one far: the near go, whoever came first."""
    places = travel([[0, 300, 300, 9000], [300, 0, 300, 0], [300, 300, 0, 0], [9000, 0, 9000, 0]])
    rides = Rides.of(pickup=[3, 1], drop=[2, 2], ready_step=[0, 1], persons=[50, 150], step_s=300)
    made = made_and_checked(rides, (bus(until_s=18_600),), where=places)
    assert made.left.tolist() == [50, 0]


@st.composite
def days(draw: st.DrawFn) -> tuple[Rides, tuple[RideFleet, ...], Travel]:
    """Up to six rows, two fleets, four places, drives that differ by the hour, some ways not there."""
    n = draw(st.integers(1, 6))
    place = st.integers(0, 3)
    column = st.lists(place, min_size=n, max_size=n)
    rides = Rides.of(
        pickup=draw(column),
        drop=draw(column),
        ready_step=draw(st.lists(st.integers(0, 20), min_size=n, max_size=n)),
        persons=draw(st.lists(st.integers(0, 9), min_size=n, max_size=n)),
        step_s=draw(st.sampled_from([60, 300])),
        wheelchair=draw(st.lists(st.booleans(), min_size=n, max_size=n)),
        fleet=draw(st.lists(st.integers(-1, 1), min_size=n, max_size=n)),
    )
    time = st.one_of(st.integers(0, 2000), st.just(NO_DRIVE))
    seconds = draw(st.lists(time, min_size=2 * 2 * 16, max_size=2 * 2 * 16))
    fleets = tuple(
        RideFleet(
            name=f"f{at}",
            base=draw(place),
            vehicles=draw(st.integers(0, 2)),
            seats=draw(st.integers(0, 5)),
            wheelchair_places=draw(st.integers(0, 2)),
            load_s=draw(st.integers(0, 300)),
            unload_s=draw(st.integers(0, 300)),
            from_s=draw(st.integers(0, 2000)),
            until_s=draw(st.integers(0, 20_000)),
            table=at,
        )
        for at in range(2)
    )
    return rides, fleets, Travel(np.array(seconds, np.int64).reshape(2, 2, 4, 4), 1800, ("a", "b", "c", "d"))


@settings(max_examples=150, deadline=None)
@given(days(), st.sampled_from(["base", "anywhere"]), st.booleans(), st.integers(100, 9000))
def test_whatever_is_asked_the_answer_holds(day, between: str, relief: bool, duty_s: int) -> None:
    rides, fleets, where = day
    hours = Hours(duty_s, 1000, relief)
    made = timetable_rides(rides, fleets, where, hours, between=between, horizon_s=15_000)
    assert check_rides(rides, fleets, where, hours, made, returns_to_base=between == "base") == []
    if between == "base" and relief:
        assert made.vehicles_used.tolist() == made.vehicles_least.tolist()
    again = timetable_rides(rides, fleets, where, hours, between=between, horizon_s=15_000)
    assert (made.trips, made.legs) == (again.trips, again.legs)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12)), max_size=25))
def test_vehicles_are_as_many_as_are_out_at_once(rounds: list[tuple[int, int]]) -> None:
    leave = [a for a, _ in rounds]
    back = [a + n for a, n in rounds]
    vehicle = fewest_vehicles(leave, back)
    at_once = max((sum(a <= t < b for a, b in zip(leave, back, strict=True)) for t in range(50)), default=0)
    assert most_at_once(leave, back) == at_once
    assert len(set(vehicle.tolist())) == at_once
    for one in range(at_once):
        mine = sorted((leave[at], back[at]) for at in np.flatnonzero(vehicle == one))
        assert all(before[1] <= after[0] for before, after in pairwise(mine))


def busy_day() -> tuple[Rides, tuple[RideFleet, ...], Hours]:
    rides = Rides.of(
        pickup=[1, 1, 2],
        drop=[2, 2, 1],
        ready_step=[0, 6, 3],
        persons=[70, 3, 200],
        step_s=300,
        wheelchair=[False, True, False],
    )
    return rides, (bus(wheelchair_places=2, vehicles=2), bus(name="van", seats=8)), Hours(5000, 3000)


def changed_trip(made: RideTimetable, **fields) -> RideTimetable:
    return replace(made, trips=(replace(made.trips[0], **fields), *made.trips[1:]))


def changed_leg(made: RideTimetable, kind: str, **moved: int) -> RideTimetable:
    """The first leg of a kind, its numbers moved by so much."""
    at = next(at for at, leg in enumerate(made.legs) if leg.kind == kind)
    leg = made.legs[at]
    leg = replace(leg, **{name: getattr(leg, name) + by for name, by in moved.items()})
    return replace(made, legs=(*made.legs[:at], leg, *made.legs[at + 1 :]))


def later(leg: DutyLeg) -> DutyLeg:
    return replace(leg, until_s=leg.until_s + DAY_S)


def more_aboard(made: RideTimetable) -> RideTimetable:
    (row, persons), *rest = made.trips[0].boarded
    return changed_trip(made, boarded=((row, persons + 1), *rest))


@pytest.mark.parametrize(
    ("tampered", "said"),
    [
        (more_aboard, "on 50 seats"),
        (more_aboard, "are left, of"),
        (lambda made: changed_trip(made, boarded=()), "takes nobody"),
        (lambda made: changed_trip(made, boarded=((1, 3),)), "3 wheelchairs on 2 places"),
        (lambda made: changed_trip(made, boarded=((99, 1),)), "of row 99"),
        (lambda made: changed_trip(made, boarded=((2, 1),)), "does not go where row 2 goes"),
        (lambda made: changed_trip(made, depart_s=-1), "ready at"),
        (lambda made: changed_trip(made, arrive_s=0), "is stated as"),
        (lambda made: changed_trip(made, fleet=7), "which is not there"),
        (lambda made: changed_leg(made, "trip", until_s=-1), "s at least"),
        (lambda made: changed_leg(made, "load", from_s=1), "s at least"),
        (lambda made: changed_leg(made, "unload", until_s=-1), "s at least"),
        (lambda made: changed_leg(made, "pull-out", from_s=-DAY_S), "busy until"),
        (lambda made: changed_leg(made, "pull-out", from_s=-DAY_S), "lasts"),
        (lambda made: changed_leg(made, "pull-in", place_to=1), "it stands at"),
        (lambda made: changed_leg(made, "pull-in", place_to=77), "s at least"),
        (lambda made: changed_leg(made, "load", trip=1), "loaded was"),
        (lambda made: changed_leg(made, "load", place_to=1), "moves it"),
        (lambda made: changed_leg(made, "pull-out", trip=1), "is empty"),
        (lambda made: changed_leg(made, "trip", vehicle=5), "which is not there"),
        (lambda made: changed_leg(made, "trip", duty=-1), "comes after duty"),
        (lambda made: replace(made, legs=(*made.legs[:-1], later(made.legs[-1]))), "its service ends"),
        (lambda made: replace(made, legs=made.legs[:-1]), "not at its base"),
        (lambda made: replace(made, legs=made.legs[1:]), "follows"),
        (lambda made: replace(made, legs=made.legs[5:]), "is in 0 duties"),
        (lambda made: replace(made, trips=made.trips[:-1]), "of trip"),
        (lambda made: replace(made, left=made.left + 1), "no reason is given"),
        (lambda made: replace(made, waiting_person_s=0), "are stated"),
        (lambda made: replace(made, vehicles_used=made.vehicles_used - 1), "vehicles used are"),
    ],
)
def test_the_checker_names_any_tampering(tampered, said: str) -> None:
    rides, fleets, hours = busy_day()
    made = made_and_checked(rides, fleets, hours)
    wrong = check_rides(rides, fleets, TOWN, hours, tampered(made), returns_to_base=True)
    assert any(said in line for line in wrong), wrong


def test_the_checker_knows_rest_and_the_way_home() -> None:
    rides, fleets, hours = busy_day()
    alone = replace(hours, relief=False)
    on_the_way = timetable_rides(rides, fleets, TOWN, alone, between="anywhere")
    assert check_rides(rides, fleets, TOWN, alone, on_the_way) == []
    at_base = check_rides(rides, fleets, TOWN, alone, on_the_way, returns_to_base=True)
    assert any("without its base" in line for line in at_base)
    relieved = timetable_rides(rides, fleets, TOWN, hours)
    assert any("the driver rests" in line for line in check_rides(rides, fleets, TOWN, alone, relieved))


def test_all_that_makes_no_sense_is_named_at_once() -> None:
    rides = Rides.of(
        pickup=[9, 1], drop=[2, -1], ready_step=[0, -3], persons=[1, 1], step_s=300, fleet=[4, 0]
    )
    with pytest.raises(ValueError, match="pickup is no place") as refused:
        timetable_rides(rides, (bus(base=8, seats=-1),), TOWN, LONG)
    for said in (
        "ride 1: its drop",
        "ready_step is below 0",
        "no fleet 4",
        "base is no place",
        "a number below",
    ):
        assert said in str(refused.value)
    with pytest.raises(ValueError, match="tables × periods"):
        timetable_rides(rides, (bus(),), replace(TOWN, places=("a",)), LONG)


def test_hours_come_from_the_parameters() -> None:
    given_ = scenario(links=["a n1 n2"], zones=["z n1"], hosts=["h n2"], parameters={"driver_duty_h": 4.5})
    assert driver_hours(given_) == Hours(16_200, 11 * 3600)


def test_files_by_hand() -> None:
    rides = Rides.of(
        pickup=[1, 1], drop=[2, 2], ready_step=[0, 0], persons=[48, 2], step_s=300, wheelchair=[False, True]
    )
    fleets = (bus(wheelchair_places=2),)
    made = made_and_checked(rides, fleets)
    start = datetime(2022, 10, 14, 6, tzinfo=timezone(timedelta(hours=3)))
    files = ride_files(made, rides, fleets, TOWN, start)
    assert files["trips.csv"].decode().splitlines() == [
        "trip_id,fleet_id,vehicle,pickup,drop,depart,arrive,persons,wheelchairs",
        "t1,bus,bus-01,p1,p2,2022-10-14T06:07+03:00,2022-10-14T06:17+03:00,50,2",
    ]
    duties = files["duties.csv"].decode().splitlines()
    assert duties[0] == "vehicle,duty,leg,place_from,place_to,from,until,trip_id,duty_h"
    assert duties[1] == "bus-01,1,pull-out,p0,p1,2022-10-14T06:00+03:00,2022-10-14T06:05+03:00,,0.47"
    assert duties[-1] == "bus-01,1,pull-in,p2,p0,2022-10-14T06:18+03:00,2022-10-14T06:28+03:00,,0.47"
