"""Plans with classes beside OR-Tools' min-cost flow of the same people taken as alike and in cars."""

from collections.abc import Callable
from functools import partial
from typing import Final

from benchmarks.bench_plan import arcs_in_time, kherson, ortools_min_cost_flow
from benchmarks.class_instances import class_city
from benchmarks.lithgow import lithgow
from benchmarks.registry import Skipped, benchmark
from farshore.plan import plan
from farshore.plan.stop import Stop
from farshore.scenario import Scenario

Answer = dict[str, float]

LIMIT_S: Final = 600.0  # by the clock: planning stops then with the best plan and proof so far


def lithgow_at_hand() -> Scenario:
    """The region around Lithgow; Skipped where its files are not."""
    found = lithgow()
    if found is None:
        raise Skipped("no networks/lithgow at hand (FARSHORE_DATA)")
    return found


INSTANCES: Final[dict[str, Callable[[], Scenario]]] = {
    "city of 100, half full": partial(class_city, 100, load=0.5),
    "city of 500, half full": partial(class_city, 500, load=0.5),
    "city of 1,000, half full": partial(class_city, 1000, load=0.5),
    "city of 100, nine tenths full": partial(class_city, 100, load=0.9),
    "Kherson": partial(kherson, 336),
    "Lithgow": lithgow_at_hand,
    "city of 10,000, half full": partial(class_city, 10_000, load=0.5),
}


def in_words(answer: Answer, _seconds: float) -> str:
    """What is certified."""
    left = f", {answer['unserved']:,.0f} left behind" if answer["unserved"] else ""
    return f"{100 * answer['gap']:.1f} % ({answer['hours_each']:.2g} h each{left})"


@benchmark(
    area="classes",
    sizes=tuple(INSTANCES),
    instance=lambda name: INSTANCES[name](),
    rivals={"OR-Tools, one class": ortools_min_cost_flow},
    same=lambda ours, one_class: ours["objective"] > 0 and one_class > 0,
    scale=arcs_in_time,
    scale_unit="arcs × steps",
    tells=("certified gap", in_words),
    limit_s=900,
    notes="Of a generated river city the size is its nodes, and its people as a share of what its crossings "
    "carry in the day; Kherson is the right bank, two weeks; Lithgow a region of 26,330 nodes in New "
    "South Wales, a day, with roads that a fire closes. Of Lithgow the roads, the fire, where 10,000 "
    "people are at home and the one town that they make for are as its files have it "
    "(github.com/agentsoz/ees); who is without a car, a child, old or in need of assistance, when people "
    "are ready, buses, beds and exposure are in no file and assumed as in the generated cities "
    "(`benchmarks/lithgow.py`). Persons are counted, households not kept whole; planning stops at a gap "
    "of 0.5 % or after 600 seconds by the clock, and its seconds here are the processor's. The rival "
    "solves less: everybody alike and in a car, no bus, ferry place or way on foot; its answers are of "
    "another problem and are not compared. The aim is a gap of 0.5 % in less time than the rival's, or in"
    " 600 seconds where it needs more; where people wait minutes, whole buses alone cost more than that "
    "(docs/classes.md).",
)
def with_classes(scenario: Scenario) -> Answer:
    """Six classes, buses, ferries and ways on foot."""
    outcome = plan(scenario, model="classes", stop=Stop(gap=0.005, seconds=LIMIT_S))
    found = outcome.certificate
    people = int(scenario.zones.persons.sum())
    return {
        "objective": float(found.objective),
        "gap": 1 - found.lower_bound / found.objective,
        "hours_each": found.objective / 1e6 / people,
        "unserved": float(sum(each.persons for each in outcome.unserved)),
    }
