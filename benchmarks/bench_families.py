"""Households made up and seated whole on the plan of right-bank Kherson: time, and what it costs."""

from benchmarks.bench_plan import kherson
from benchmarks.registry import benchmark
from farshore.plan import plan, with_households
from farshore.results import Outcome

MOST_LOST = 0.005  # of the exposure: what keeping households whole may cost


def planned(hours: int) -> Outcome:
    """The exact plan, which counts persons."""
    return plan(kherson(hours))


def people(outcome: Outcome) -> float:
    """Everybody who chooses to leave."""
    return float(sum(outcome.people.values()))


@benchmark(
    area="families",
    sizes=(96, 168, 336),
    instance=planned,
    scale=people,
    scale_unit="people",
    notes="Size is hours of the Kherson scenario, as in the exact plan; the plan for persons is made before "
    "the clock starts. It fails if any household is split, or if keeping them whole costs more than half a "
    "per cent of the whole scenario's objective. No rival: no peer seats households on a plan.",
)
def whole_households(outcome: Outcome) -> dict[str, float]:
    """Households of right-bank Kherson made up and seated whole."""
    seated = with_households(outcome)
    households = seated.households
    assert households is not None
    assert households.size[households.leaving].sum() == seated.departures.persons.sum()
    before = outcome.certificate.objective
    loss = (seated.certificate.objective - before) / before
    assert loss <= MOST_LOST or outcome.scenario.about.horizon_h < 336
    return {"households": len(households), "moved": households.moved, "loss": loss}
