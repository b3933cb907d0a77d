"""Orders by zone, lanes and turns against the free flow, on plains of the literature's shape."""

from benchmarks.registry import benchmark
from benchmarks.zone_instances import FloodPlain, flood_plain
from farshore.plan import plan
from farshore.plan.orders import plan_zones
from farshore.scenario import Scenario
from farshore.scenario.timing import timing_of


def plain(seed: int) -> Scenario:
    """A plain by seed, of tightness 0.3 to 0.8."""
    return flood_plain(FloodPlain(seed, 0.3 + 0.1 * ((seed - 1) % 6)))


def patchwork(seed: int) -> Scenario:
    """A plain on which wide and narrow stretches are strewn about, of tightness 0.4 to 0.9."""
    return flood_plain(FloodPlain(seed, 0.4 + 0.1 * ((seed - 1) % 6), main_roads=False))


def free_flow(scenario: Scenario) -> int:
    """The optimum of the free flow, which bounds all orders; in 10⁻⁶ person-hours."""
    return plan(scenario).certificate.objective


def arcs_in_time(scenario: Scenario) -> float:
    """Arcs of the network × steps."""
    timing = timing_of(scenario)
    return float(len(timing.tail) * timing.n_steps)


@benchmark(
    area="orders",
    sizes=(1, 2, 3, 4, 5, 6),
    instance=plain,
    rivals={"free flow (the bound)": free_flow},
    same=lambda orders, flow: flow <= orders <= 1.05 * flow,
    scale=arcs_in_time,
    scale_unit="arcs × steps",
    limit_s=300,
    notes="Size is the seed of a plain: 80 zones, 184 junctions, 5 safe places, 580 arcs, 38,000 vehicles, "
    "10 h in 5-minute steps, tightness 0.3 to 0.8. Answers are objectives, in 10⁻⁶ person-hours. The bound "
    "is no rival but what orders are held against: they agree if orders cost at most 5 % more.",
)
def orders_by_zone(scenario: Scenario) -> int:
    """One convergent route and one window for each zone."""
    return plan_zones(scenario).certificate.objective
