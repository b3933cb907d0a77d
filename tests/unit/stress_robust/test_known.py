"""Cases with a known best: the extensive form of all futures as one linear programme."""

import numpy as np
import pytest

from farshore.plan import Gap
from farshore.stress.robust import parse_measure, plan_robustly
from tests.oracle import Oracle
from tests.oracle_robust import best_objective
from tests.unit.stress_robust.sample import river

EXACT = Gap(1e-8)


@pytest.mark.parametrize("measure", ["mean", "cvar@0.5", "cvar@0.9"])
@pytest.mark.parametrize("rate", [0.5, 2.0, 6.0])
def test_the_best_instructions_are_found_and_proven(measure, rate):
    asked = parse_measure(measure)
    made = plan_robustly(river(rate=rate), measure=asked, futures=15, seed=3, stop=EXACT)
    best = best_objective(river(rate=rate), seed=3, futures=15, level=asked.level)
    assert made.found.proven
    assert made.found.best.objective == pytest.approx(best, rel=1e-8)
    assert made.found.lower_bound <= best * (1 + 1e-8)
    assert made.found.nominal.objective > best * 1.05, "or there is nothing to be found here"


def test_who_depends_on_the_bridge_goes_over_it_first():
    """If nothing is lost, zone b goes over it for two hours; the worst futures lose it within the first."""
    made = plan_robustly(river(rate=6.0), measure=parse_measure("cvar@0.9"), futures=20, seed=3, stop=EXACT)
    assert min(answer.known_from for answer in made.found.nominal.answers) == 1
    assert _over_the_bridge(made.nominal)[:3].tolist() == [[0, 20], [0, 20], [20, 0]]
    assert _over_the_bridge(made.outcome)[0].tolist() == [20, 0]


def _over_the_bridge(outcome):
    """Who leaves for it in each step, of zones a and b."""
    found = np.zeros((12, 2), int)
    moves = outcome.departures
    for route, step, persons in zip(
        moves.route.tolist(), moves.step.tolist(), moves.persons.tolist(), strict=True
    ):
        if "span" in outcome.routes[route].links:
            found[step, ["za", "zb"].index(outcome.routes[route].zone_id)] += persons
    return found


def test_the_plan_is_a_plan_of_the_scenario_with_the_price_in_its_certificate():
    scenario = river(rate=6.0)
    made = plan_robustly(scenario, measure=parse_measure("mean"), futures=15, seed=3, stop=EXACT)
    page = Oracle(scenario)
    proof = made.outcome.certificate
    assert page.cost_of(made.outcome) == proof.objective
    assert proof.lower_bound == made.nominal.certificate.objective == page.optimum()
    assert proof.objective > proof.lower_bound
    assert made.outcome.complete


def test_where_nothing_can_be_done_better_the_nominal_plan_is_kept():
    """One zone and one way: whoever is ready leaves, and that is the best in every future."""
    scenario = river(
        links=["road_a a west length=100", "span west east length=100 capacity=20 crossing_id=bridge"],
        crossings=["bridge bridge"],
        zones=["za a persons=60"],
        hosts=["he east beds=1000"],
        exposure=["za rate=1"],
    )
    made = plan_robustly(scenario, measure=parse_measure("cvar@0.9"), futures=15, seed=3)
    assert made.found.proven
    assert made.found.best is made.found.nominal
    assert made.outcome.certificate.gap == 0
