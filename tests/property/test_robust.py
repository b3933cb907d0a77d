"""Robust planning on generated scenarios: the bound is a bound, the plan a plan, the recourse no miracle."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farshore.plan import Gap
from farshore.plan.model import problem_of
from farshore.stress.robust import Measure, plan_robustly
from farshore.stress.robust.cuts import cut_of, shape_of
from tests.builders import scenario
from tests.oracle import Oracle
from tests.oracle_robust import best_objective

FUTURES = 5


@st.composite
def rivers(draw, *, loops=True):
    """Two zones, two or three crossings of which some may be lost, roads of nought to two steps.

    loops : whether roads may be driven both ways, so that one can drive about while the way ahead is full
    """
    length = st.sampled_from((100, 36_000, 60_000, 90_000))
    capacity = st.integers(1, 9)
    ends = ["ra a w", "span w e", "float b e"]
    crossings = ["bridge bridge", "pontoon pontoon"]
    if draw(st.booleans()):
        ends += ["dam a s", "on s e"]
        crossings.append("dam dam")
    only = {"span": "bridge", "float": "pontoon", "dam": "dam"}
    both = {code: loops and draw(st.booleans()) for code in ("rb", *(each.split()[0] for each in ends))}
    links = [
        {
            "link_id": each.split()[0],
            "from_node_id": each.split()[1],
            "to_node_id": each.split()[2],
            "length": float(draw(length)),
            "capacity": float(draw(capacity)),
            "directed": not both[each.split()[0]],
            "crossing_id": only.get(each.split()[0], ""),
        }
        for each in (*ends, "rb b w")
    ]
    rate = st.sampled_from((0.5, 1, 2, 4))
    curve = st.sampled_from(("", "0:0.5 2:1", "0:0 3:1", "1:1", "0:0.5 30:1"))
    persons = st.integers(0, 25)
    exposed = st.sampled_from((0.5, 1, 2, 5))
    intake = draw(st.sampled_from(("", " intake_persons_h=6")))
    return scenario(
        links=links,
        crossings=crossings,
        zones=[
            {"zone_id": f"z{node}", "node_id": node, "persons": draw(persons), "ready_curve": draw(curve)}
            for node in "ab"
        ],
        hosts=[f"h e beds={draw(st.sampled_from((12, 30, 60)))}{intake}"],
        exposure=[f"za rate={draw(exposed)}", f"zb rate={draw(exposed)}", f"bridge rate={draw(exposed)}"],
        hazards=[
            f"x{code} {code} loss rate_per_day={draw(rate)} hours_low=1 hours_best=4 hours_high=20 "
            f"factor_after={draw(st.sampled_from((0.5, 1.0)))}"
            for code in ("bridge", "pontoon")
        ],
        horizon_h=draw(st.integers(5, 9)),
        step_s=3600,
    )


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(rivers(loops=False), st.sampled_from((0.0, 0.5, 0.9)), st.integers(0, 99))
def test_bound_best_and_plan_are_in_order(river, level, seed):
    """No instructions beat the linear programme, and the bound does not rule out any that there are."""
    made = plan_robustly(river, measure=Measure(level), futures=FUTURES, seed=seed, stop=Gap(1e-7))
    found = made.found
    best = best_objective(river, seed=seed, futures=FUTURES, level=level)
    slack = 1e-7 * abs(best) + 10  # HiGHS's own; the unit is 10⁻⁶ person-hours
    assert found.lower_bound <= best + slack
    assert best <= found.best.objective + slack
    assert found.best.objective <= found.nominal.objective
    page = Oracle(river)
    assert page.cost_of(made.outcome) == made.outcome.certificate.objective
    assert page.optimum() == made.nominal.certificate.objective


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(rivers(), st.sampled_from((0.0, 0.9)), st.integers(0, 99))
def test_the_bound_holds_where_people_may_drive_about(river, level, seed):
    """The programme knows no ways that come twice to a place: its best may be beaten, but not the bound."""
    made = plan_robustly(river, measure=Measure(level), futures=FUTURES, seed=seed, stop=Gap(1e-7))
    best = best_objective(river, seed=seed, futures=FUTURES, level=level)
    assert made.found.lower_bound <= best + 1e-7 * abs(best) + 10
    assert made.found.lower_bound <= made.found.best.objective + 10
    assert Oracle(river).cost_of(made.outcome) == made.outcome.certificate.objective


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(rivers(), st.integers(0, 99))
def test_a_cut_is_never_above_what_any_plan_comes_to(river, seed):
    """The cut that one plan's prices make holds for the other plan too, and for its own."""
    made = plan_robustly(river, measure=Measure(0.5), futures=FUTURES, seed=seed, stop=Gap(1e-7))
    problem = problem_of(river)
    for prices_of in (made.found.nominal, made.found.best):
        answers = (prices_of.undisturbed, *prices_of.answers)
        weights = Measure(0.5).objective_weights([float(each.cost) for each in prices_of.answers])
        cut = cut_of(problem, answers, weights)
        for tried in (made.found.nominal, made.found.best):
            value = cut.at(shape_of(problem, tried.told))
            assert value <= tried.objective * (1 + 1e-9) + 1e-3


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(rivers(), st.integers(0, 99))
def test_a_loss_never_helps(river, seed):
    """With recourse as good as can be, a future with losses costs no less than the undisturbed optimum."""
    made = plan_robustly(river, measure=Measure(0.0), futures=FUTURES, seed=seed)
    least = made.nominal.certificate.objective
    for tried in (made.found.nominal, made.found.best):
        assert tried.undisturbed.cost >= least
        for answer in tried.answers:
            assert answer.cost >= least
            assert 0 <= answer.left <= sum(made.outcome.people.values())


def test_most_generated_rivers_ask_for_something():
    """The strategy is no good if nothing is ever lost."""
    examples = []

    @settings(deadline=None, max_examples=20, database=None)
    @given(rivers(), st.integers(0, 99))
    def collect(river, seed):
        made = plan_robustly(river, measure=Measure(0.0), futures=FUTURES, seed=seed)
        examples.append(
            any(each.cost > made.found.nominal.undisturbed.cost for each in made.found.nominal.answers)
        )

    collect()
    assert sum(examples) >= len(examples) // 3
