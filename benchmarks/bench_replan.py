"""Replanning from where a plan stands against solving the same remaining problem from nothing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from benchmarks.bench_plan import kherson
from benchmarks.registry import benchmark
from farshore.plan import plan, replan, with_households
from farshore.plan.replanning.events import after_events, first_step_from, parse_events
from farshore.results.outcome import Outcome
from farshore.scenario import Scenario
from farshore.units import format_time, offset_of


@dataclass(frozen=True)
class Happens:
    """A plan of Kherson and what happens in its midst; events as on the command line."""

    old: Outcome
    at: str
    close: tuple[str, ...] = ()
    open_: tuple[str, ...] = ()
    capacity: tuple[str, ...] = ()

    @property
    def changed(self) -> Scenario:
        """The scenario with what happens, known in advance."""
        scenario = self.old.scenario
        events = parse_events(
            scenario,
            first_step_from(self.at, scenario),
            close=self.close,
            open_=self.open_,
            capacity=self.capacity,
        )
        return after_events(scenario, events)

    def replanned(self) -> Outcome:
        """The plan from then on."""
        return replan(self.old, at=self.at, close=self.close, open_=self.open_, capacity=self.capacity)


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


def clock_of(scenario: Scenario) -> Callable[[int], str]:
    """Hours after the start as times."""
    start = scenario.about.start
    return lambda hour: format_time(int(start.timestamp()) + hour * 3600, offset_of(start))


def dam_falls(times: int) -> Happens:
    """The dam road is lost at noon on the sixth day."""
    old = plan(crowded(times))
    return Happens(old, clock_of(old.scenario)(132), close=("dam",))


def families_when_the_dam_falls(times: int) -> Happens:
    """The same for a plan that keeps households whole."""
    falls = dam_falls(times)
    return replace(falls, old=with_households(falls.old))


EVENTS: Final = (
    "dam lost for a day, day 8",
    "ferry lost, boats at half, day 7",
    "corridor open for eight hours, day 6",
    "dam lost for good, day 6",
    "dam lost for good, day 3",
)


def happens(event: str) -> Happens:
    """One of the events, in the midst of the plan of Kherson."""
    old = plan(kherson(336))
    hour = clock_of(old.scenario)
    at = {"8": 180, "7": 156, "6": 132, "3": 60}[event[-1]]
    if event.startswith("dam lost for a day"):
        return Happens(old, hour(at), close=(f"dam@{hour(at)}/{hour(at + 24)}",))
    if event.startswith("dam"):
        return Happens(old, hour(at), close=("dam",))
    if event.startswith("corridor"):
        return Happens(old, hour(at), open_=(f"corridor@{hour(at)}/{hour(at + 8)}",))
    boats = ("port_oleshky=0.5", "port_hola_prystan=0.5")
    return Happens(old, hour(at), close=("antonivka_ferry",), capacity=boats)


def people(happened: Happens) -> float:
    """How many choose to leave."""
    return float(sum(happened.old.people.values()))


def cold(happened: Happens) -> int:
    """The whole plan anew, the event known from the first moment; what it costs at least."""
    return plan(happened.changed).certificate.lower_bound


def cold_families(happened: Happens) -> int:
    """The same with households seated whole."""
    return with_households(plan(happened.changed)).certificate.lower_bound


def no_better(ours: int, theirs: int) -> bool:
    """Knowing of the event from the first day on, a plan can only be better than one overtaken by it."""
    return theirs <= ours


@benchmark(
    area="replan",
    sizes=(1, 2, 3),
    instance=dam_falls,
    rivals={"cold plan of the changed scenario": cold},
    same=no_better,
    scale=people,
    scale_unit="people",
    limit_s=600,
    notes="Kherson, its people, lanes, vessels and beds so many times over, the dam road lost at noon on the "
    "sixth day. Ours takes stock of everybody, finds the best plan with its proof and four others for the "
    "trade-off, and lists who hears what. The rival plans the changed scenario from the first day on, "
    "knowing the loss in advance, so that its bound must not be above ours.",
)
def dam_lost(falls: Happens) -> int:
    """Replanning when the dam falls."""
    outcome = falls.replanned()
    assert outcome.complete
    return outcome.certificate.lower_bound


@benchmark(
    area="replan",
    sizes=EVENTS,
    instance=happens,
    rivals={"cold plan of the changed scenario": cold},
    same=no_better,
    scale=people,
    scale_unit="people",
    limit_s=600,
    notes="Kherson; a ratio of 4 is a quarter of a cold plan. Lost early and for good, the dam leaves little "
    "to be kept and little that can be done: a cold plan is quick there, and ours not under a quarter.",
)
def events(happened: Happens) -> int:
    """Replanning after one event or another."""
    outcome = happened.replanned()
    assert outcome.complete
    return outcome.certificate.lower_bound


@benchmark(
    area="replan",
    sizes=(1, 3),
    instance=families_when_the_dam_falls,
    rivals={"cold plan of the changed scenario": cold_families},
    same=no_better,
    scale=people,
    scale_unit="people",
    limit_s=600,
    notes="As when the dam falls, with households: who is unaffected keeps everything, the others are seated "
    "whole, and each that hears something new is named. The rival makes them up and seats them anew.",
)
def whole_families(falls: Happens) -> int:
    """Replanning whole households when the dam falls."""
    outcome = falls.replanned()
    assert outcome.complete
    assert outcome.households is not None
    return outcome.certificate.lower_bound
