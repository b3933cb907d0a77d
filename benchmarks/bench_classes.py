"""Plans with classes beside OR-Tools' min-cost flow of the same people taken as alike and in cars."""

from benchmarks.bench_plan import arcs_in_time, kherson, ortools_min_cost_flow
from benchmarks.class_instances import class_city
from benchmarks.registry import benchmark
from farshore.plan import plan
from farshore.plan.stop import Gap
from farshore.scenario import Scenario

Answer = dict[str, float]


def instance(size: tuple[int, float]) -> Scenario:
    """A generated city of so many nodes and so much load; 0 nodes: right-bank Kherson whole."""
    n_nodes, load = size
    return class_city(n_nodes, load=load) if n_nodes else kherson(336)


def in_words(answer: Answer, _seconds: float) -> str:
    """What is certified."""
    left = f", {answer['unserved']:,.0f} left behind" if answer["unserved"] else ""
    return f"{100 * answer['gap']:.1f} % ({answer['hours_each']:.2g} h each{left})"


@benchmark(
    area="classes",
    sizes=((100, 0.5), (1000, 0.5), (3000, 0.5), (100, 0.9), (1000, 0.9), (3000, 0.9), (0, 0.0)),
    instance=instance,
    rivals={"OR-Tools, one class": ortools_min_cost_flow},
    same=lambda ours, one_class: ours["objective"] > 0 and one_class > 0,
    scale=arcs_in_time,
    scale_unit="arcs × steps",
    tells=("certified gap", in_words),
    limit_s=600,
    notes="Size is the nodes of a generated river city and its people as a share of what its crossings carry "
    "in the day; 0 nodes: right-bank Kherson, two weeks. Persons are counted, households not kept whole. The "
    "rival solves less: everybody alike and in a car, no bus, ferry place or way on foot; its answers are of "
    "another problem and are not compared. The aim is a gap of 0.5 % in less time than the rival's; where "
    "people wait minutes, whole buses alone cost more than that (docs/classes.md).",
)
def with_classes(scenario: Scenario) -> Answer:
    """Six classes, buses, ferries and ways on foot."""
    outcome = plan(scenario, model="classes", stop=Gap(0.005))
    found = outcome.certificate
    people = int(scenario.zones.persons.sum())
    return {
        "objective": float(found.objective),
        "gap": 1 - found.lower_bound / found.objective,
        "hours_each": found.objective / 1e6 / people,
        "unserved": float(sum(each.persons for each in outcome.unserved)),
    }
