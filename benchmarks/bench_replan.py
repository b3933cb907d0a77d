"""Replanning from where a plan stands against solving the same remaining problem from nothing."""

from dataclasses import dataclass, replace

from benchmarks.bench_plan import kherson
from benchmarks.registry import benchmark
from farshore.plan import plan, replan
from farshore.results.outcome import Outcome
from farshore.scenario import Scenario, parse_window, with_closing
from farshore.units import format_time, offset_of


@dataclass(frozen=True)
class Falls:
    """A plan of Kherson, and the crossing that falls in its midst."""

    old: Outcome
    at: str
    asset: str

    @property
    def changed(self) -> Scenario:
        """The scenario with the crossing closed from then on."""
        return with_closing(self.old.scenario, *parse_window(f"{self.asset}@{self.at}", self.old.scenario))


def crowded(times: int) -> Scenario:
    """Kherson with so many times its people and all that carries and takes them."""
    scenario = kherson(336)
    zones, links, hosts = scenario.zones, scenario.links, scenario.hosts
    crossings = scenario.crossings
    return replace(
        scenario,
        zones=replace(zones, persons=zones.persons * times),
        links=replace(links, lanes=links.lanes * times),
        hosts=replace(hosts, beds=hosts.beds * times, intake_persons_h=hosts.intake_persons_h * times),
        crossings=replace(crossings, vessels=crossings.vessels * times),
    )


def dam_falls(times: int) -> Falls:
    """The dam road is lost at noon on the sixth day."""
    old = plan(crowded(times))
    start = old.scenario.about.start
    at = format_time(int(start.timestamp()) + 132 * 3600, offset_of(start))
    return Falls(old, at, "dam")


def cold(falls: Falls) -> int:
    """The whole plan anew, the crossing closed from that moment; what it costs at least."""
    return plan(falls.changed).certificate.lower_bound


def no_better(ours: int, theirs: int) -> bool:
    """Knowing of the loss from the first day on, a plan can only be better than one overtaken by it."""
    return theirs <= ours


@benchmark(
    area="replan",
    sizes=(1, 2, 3),
    instance=dam_falls,
    rivals={"cold plan of the changed scenario": cold},
    same=no_better,
    scale=lambda falls: float(sum(falls.old.people.values())),
    scale_unit="people",
    limit_s=600,
    notes="Kherson, its people, lanes, vessels and beds so many times over, the dam road lost at noon on the "
    "sixth day. Ours takes stock of everybody, finds the best plan with its proof and four others for the "
    "trade-off, and lists who hears what. The rival plans the changed scenario from the first day on, "
    "knowing the loss in advance, so that its bound must not be above ours.",
)
def dam_lost(falls: Falls) -> int:
    """Replanning when the dam falls."""
    outcome = replan(falls.old, at=falls.at, close=[falls.asset])
    assert outcome.complete
    return outcome.certificate.lower_bound
