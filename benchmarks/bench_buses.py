"""Buses: instances of the literature's shapes solved and proven; rides to duties as they grow in number."""

import resource
import time
from collections.abc import Iterable

import numpy as np

from benchmarks.bus_instances import CITY_BUSES, BusInstance, city, drawn, one_way
from benchmarks.registry import Timed, benchmark
from farshore.plan import Gap, Seconds, Stop
from farshore.plan.fleets import (
    Hours,
    RideFleet,
    Rides,
    Travel,
    check_bus_plan,
    check_rides,
    evacuate_by_bus,
    timetable_rides,
)

CPU_S = 60  # for each instance
WALL_S = 240  # other work may run beside: what counts is processor seconds


def in_words(answer: dict[str, float], _seconds: float) -> str:
    """An answer of several figures as a cell."""
    return ", ".join(f"{name} {value:,g}" for name, value in answer.items())


def solved(instances: Iterable[BusInstance], gap: float) -> Timed:
    """Every plan is checked, off the clock; how good they are, and how long the slowest took."""
    gaps, taken_s = [], []
    for instance in instances:
        begun_s = time.process_time()
        stop = Gap(gap) | Seconds(WALL_S) | spent(begun_s + CPU_S)
        plan = evacuate_by_bus(instance.problem, stop=stop)
        taken_s.append(time.process_time() - begun_s)
        assert check_bus_plan(instance.problem, plan) == []
        gaps.append(plan.gap)
    in_time = sum(found <= 0.01 and cpu_s <= CPU_S for found, cpu_s in zip(gaps, taken_s, strict=True))
    told = {
        "of": len(gaps),
        "proven best": sum(found == 0 for found in gaps),
        f"within 1 % in {CPU_S} s": in_time,
        "largest gap, %": round(100 * max(gaps), 2),
        "longest, s": round(max(taken_s), 1),
    }
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Timed(told, sum(taken_s), peak_kb / 1024)


def spent(until_s: float) -> Stop:
    """Stop once the process has used so many processor seconds, between two things that are tried."""
    return Stop(asked=lambda: time.process_time() >= until_s)


@benchmark(
    area="buses",
    sizes=tuple(range(2, 11)),
    instance=lambda size: [drawn(size, number) for number in range(10)],
    scale=lambda given: float(sum(each.problem.loads.sum() for each in given)),
    scale_unit="loads",
    tells=("answer", in_words),
    limit_s=3 * WALL_S,
    notes="Size is pickups, and as many shelters; ten instances of each size, seconds are of all ten. One "
    "depot, 1 to 5 loads at a pickup, drives of 1 to 10. The best itself is asked for, in 60 processor "
    "seconds for each instance; *longest* is the slowest instance.",
)
def small_bus_evacuation(given: list[BusInstance]) -> Timed:
    """The bus evacuation problem: 90 small instances."""
    return solved(given, 0.0)


@benchmark(
    area="buses",
    sizes=CITY_BUSES[::-1],
    instance=lambda buses: [city(buses)],
    scale=lambda given: float(given[0].problem.loads.sum()),
    scale_unit="loads",
    tells=("answer", in_words),
    limit_s=2 * WALL_S,
    notes="Size is buses. 5 depots, 52 pickups, 12 shelters without a bed to spare. Stopped within 1 %, or "
    f"after {CPU_S} processor seconds. The clock may show {WALL_S} s meanwhile, for a busy machine.",
)
def city_bus_evacuation(given: list[BusInstance]) -> Timed:
    """The bus evacuation problem: a city."""
    return solved(given, 0.01)


@benchmark(
    area="buses",
    sizes=(75, 50, 25, 10),
    instance=lambda buses: [one_way(buses)],
    scale=lambda given: float(given[0].problem.loads.sum()),
    scale_unit="loads",
    tells=("answer", in_words),
    limit_s=2 * WALL_S,
    notes="Size is buses. The same city with ways back unlike those out, and a fifth of the beds to spare.",
)
def one_way_bus_evacuation(given: list[BusInstance]) -> Timed:
    """The bus evacuation problem: a city of one-way streets."""
    return solved(given, 0.01)


def rides_of(n_rides: int) -> tuple[Rides, tuple[RideFleet, ...], Travel]:
    """A day of rides between 30 pickups and 8 drops; a vehicle for every 50 rides, of three kinds."""
    random = np.random.default_rng(np.random.SeedSequence([n_rides]))
    places = random.uniform(0, 20_000, (41, 2))
    metres = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    slower = 1 + 0.5 * np.sin(np.linspace(0, 6, 24))[:, None, None]
    rides = Rides.of(
        pickup=random.integers(0, 30, n_rides),
        drop=30 + random.integers(0, 8, n_rides),
        ready_step=random.integers(0, 144, n_rides),
        persons=random.integers(1, 30, n_rides),
        step_s=300,
        wheelchair=random.random(n_rides) < 0.05,
    )
    fleets = tuple(
        RideFleet(
            name=f"fleet{at}",
            base=38 + at,
            vehicles=n_rides // 150,
            seats=(50, 30, 18)[at],
            wheelchair_places=(2, 4, 1)[at],
            load_s=600,
            unload_s=300,
            until_s=86_400,
        )
        for at in range(3)
    )
    seconds = np.rint(metres / 10 * slower).astype(np.int64)[None]
    return rides, fleets, Travel(seconds, 3600, tuple(map(str, range(41))))


@benchmark(
    area="buses",
    sizes=(1_500, 7_500, 30_000),
    instance=rides_of,
    scale=lambda given: float(len(given[0].persons)),
    scale_unit="rows of rides",
    tells=("answer", in_words),
    notes="Size is rows of rides, each of 1 to 29 people alike, of a day; a vehicle for every 50 rows. "
    "Vehicles go back to their base after each trip.",
)
def rides_to_duties(given: tuple[Rides, tuple[RideFleet, ...], Travel]) -> dict[str, float]:
    """Whole-vehicle trips and duties for rides."""
    rides, fleets, travel = given
    hours = Hours(duty_s=9 * 3600, rest_s=11 * 3600)
    made = timetable_rides(rides, fleets, travel, hours, horizon_s=86_400)
    assert check_rides(rides, fleets, travel, hours, made, returns_to_base=True) == []
    return {
        "trips": len(made.trips),
        "vehicles": int(made.vehicles_used.sum()),
        "fewest": int(made.vehicles_least.sum()),
        "share left": round(float(made.left.sum() / rides.persons.sum()), 4),
    }
