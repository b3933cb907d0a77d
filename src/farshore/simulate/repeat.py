"""One plan rehearsed many times: what does not differ is worked out once, what does is varied cheaply."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.results.outcome import Outcome
from farshore.results.simulation import ClassRun
from farshore.scenario.protection import blocked_hosts
from farshore.scenario.scenario import Scenario
from farshore.scenario.table import NO_TIME
from farshore.scenario.timing import timing_of
from farshore.simulate.changes import OnClosure
from farshore.simulate.check import check_inputs
from farshore.simulate.crowd import Crowd, crowd_of, joined
from farshore.simulate.demand import Demand, demand_of
from farshore.simulate.ground import Ground, ground_of
from farshore.simulate.loader import Loaded, load
from farshore.simulate.observe import Moves, joined_moves, moves_of, unfinished
from farshore.simulate.options import Options
from farshore.simulate.pauses import Pause, with_pauses
from farshore.simulate.promised import class_runs
from farshore.simulate.rates import Hours, hours_of
from farshore.simulate.riding.accounts import party_moves, standing, terminal_hours
from farshore.simulate.riding.conductor import Conductor
from farshore.simulate.riding.turnout import class_counts
from farshore.simulate.routing import Routing
from farshore.simulate.start import Run, turning_nodes
from farshore.simulate.trunk import Trunk
from farshore.simulate.varied import varied_demand

__all__ = ["Instructions", "Rehearsal", "Rehearsed"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SHARES: Final = (50, 90, 100)

# Parameters that decide who drives how: where a future has others, its demand is made anew.
_OF_DEMAND: Final = ("compliance_share", "informed_share", "half_departed_h")

# An instruction holds for departures from a moment (s after the start) on.
Instructions = Sequence[tuple[float, Outcome]]


@dataclass(frozen=True, eq=False)
class Rehearsed:
    """What came of one rehearsal. Times are seconds after the start.

    people : int64[n_zones], who set out to leave; reached_s : by share in per cent, None: not by the end
    arrived_by : int64[n_moments], persons taken in by each of the moments asked for
    without_bed : persons who arrived where all beds were taken
    crossed_veh : int64[n_crossings]
    classes, led : of a plan with classes: what came of each class, and who led those not in cars of their own
    """

    people: Ints
    arrived: int
    without_bed: int
    reached_s: dict[int, float | None]
    hours: Hours
    arrived_by: Ints
    crossed_veh: Ints
    ground: Ground
    demand: Demand
    moves: Moves
    loaded: Loaded
    classes: tuple[ClassRun, ...] = ()
    led: Conductor | None = None

    @property
    def unserved(self) -> int:
        """Who set out to leave and was taken in nowhere by the end."""
        return int(self.people.sum()) - self.arrived


class Rehearsal:
    """A plan (or none) ready to be rehearsed under other closures, figures and turnouts.

    Left undisturbed it is what `simulate` makes of the same plan, options and seed.
    """

    def __init__(
        self, scenario: Scenario, plan: Outcome | None, options: Options | None = None, *, seed: int = 0
    ) -> None:
        """Raises SimulationFaults as `simulate` does."""
        self.scenario, self.plan, self.options = scenario, plan, options or Options()
        check_inputs(scenario, plan, self.options)
        self._timing = timing_of(scenario)
        blocked = blocked_hosts(scenario)
        hosts = [row for row, code in enumerate(scenario.hosts.host_id) if str(code) not in blocked]
        self._open_hosts = np.array(hosts, np.int64)
        self._traits, roads = np.random.SeedSequence(seed).spawn(2)
        self._seed = int(roads.generate_state(1)[0])
        self._by_class = plan is not None and plan.services is not None
        self._ground = ground_of(scenario, self.options, by_class=self._by_class)
        self._crowd = self._crowd_for(scenario, self._ground, plan)
        self._demand: Demand | None = None  # of the scenario as it is, once it has been asked for
        self._trunks: dict[float | None, Trunk] = {}

    def run(
        self,
        scenario: Scenario | None = None,
        *,
        pauses: Sequence[Pause] = (),
        moments_s: Floats | None = None,
        later: Instructions = (),
        sample_s: float | None = None,
    ) -> Rehearsed:
        """Rehearse in a scenario of the same places; turnout, readiness, roads and closures may differ.

        Of people who leave beyond those planned for, each zone's share keeps to each of its instructions;
        whoever is not ready when told to go goes when ready.
        sample_s : how often roads are looked at; None: as often as rates of exposure that change call for
        moments_s : when to count arrivals
        later : instructions that replace the plan's from a moment on; of plans without classes
        """
        scenario = scenario or self.scenario
        base = ground_of(scenario, self.options, by_class=self._by_class)
        ground = with_pauses(base, pauses, scenario.crossings.crossing_id, scenario.links.link_id)
        alike = not later and _alike_but_for_closures(scenario, self.scenario)
        sample_s = sample_s or _sample_s(scenario)
        demand = self._demand_as_it_is() if alike else self._demand_in(scenario, base, later)
        leaders: list[Conductor] = []
        script = demand.script

        def conduct(run: Run) -> Conductor:
            assert script is not None
            leaders.append(Conductor(script, run))
            return leaders[-1]

        loaded = load(
            ground.network,
            demand.trips,
            until_s=float(scenario.about.horizon_h * 3600),
            changes=ground.changes,
            routing=Routing(update_s=self.options.update_s, cohorts=self.options.cohorts, tolerance=0.05),
            merge=self.options.merge,
            origins=self.options.origins,
            sample_s=sample_s,
            seed=self._seed,
            conduct=None if script is None else conduct,
            trunk=self._trunk(sample_s) if alike and script is None else None,
        )
        moves = moves_of(demand, loaded, ground)
        led: Conductor | None = None
        classes: tuple[ClassRun, ...] = ()
        more_h = (0.0, 0.0)
        if script is not None:
            led = leaders[-1]
            moves = joined_moves(moves, party_moves(script, led, loaded))
            classes = class_runs(demand, moves, script.parties)
            more_h = terminal_hours(scenario, ground, led, loaded)
        hours = hours_of(scenario, ground, demand, moves, loaded)
        moments = np.zeros(0) if moments_s is None else moments_s
        known = ~np.isnan(moves.arrived_s)
        times, persons = moves.arrived_s[known], moves.persons[known]
        order = np.argsort(times, kind="stable")
        times, total = times[order], np.concatenate([[0], np.cumsum(persons[order])])
        people = int(demand.people.sum())
        return Rehearsed(
            people=demand.people,
            arrived=int(total[-1]),
            without_bed=_without_bed(scenario, moves),
            reached_s={share: _reached(times, total, share, people) for share in SHARES},
            hours=Hours(hours.waiting, hours.travel + more_h[0], hours.exposure + more_h[1]),
            arrived_by=total[np.searchsorted(times, moments, side="right")],
            crossed_veh=_crossed(scenario, ground, loaded),
            ground=ground,
            demand=demand,
            moves=moves,
            loaded=loaded,
            classes=classes,
            led=led,
        )

    def left_where(self, scenario: Scenario, done: Rehearsed) -> list[tuple[str, str, int]]:
        """Who had not arrived: place, why, persons, most first."""
        others: Counter[tuple[str, str]] = Counter()
        if done.led is not None:
            standing(others, scenario, done.ground, done.led, done.loaded)
        rows = unfinished(scenario, done.ground, done.demand, done.loaded, done.loaded.partial, others)
        return [(row.place_id, row.why, row.persons) for row in rows]

    def _trunk(self, sample_s: float | None) -> Trunk:
        """What all have in common that differ in closures and pauses alone."""
        if sample_s not in self._trunks:
            network = self._ground.network
            links = [service.link for service in network.ferries]
            if self.options.on_closure is OnClosure.TURNED_BACK:
                links += np.flatnonzero(self._ground.crossing_row >= 0).tolist()
            turning = {int(network.from_node[link]) for link in links}
            turning |= turning_nodes(network, self._ground.changes)
            self._trunks[sample_s] = Trunk(self._ground.changes, turning)
        return self._trunks[sample_s]

    def _demand_as_it_is(self) -> Demand:
        if self._demand is None:
            self._demand = varied_demand(self._crowd, self.scenario, self.scenario, self.options)
        return self._demand

    def _demand_in(self, scenario: Scenario, ground: Ground, later: Instructions) -> Demand:
        crowd = self._crowd
        if any(scenario.parameter(key) != self.scenario.parameter(key) for key in _OF_DEMAND):
            crowd = self._crowd_for(scenario, ground, self.plan)
        for from_s, outcome in later:
            crowd = joined(crowd, self._crowd_for(scenario, ground, outcome), from_s)
        return varied_demand(crowd, self.scenario, scenario, self.options)

    def _crowd_for(self, scenario: Scenario, ground: Ground, plan: Outcome | None) -> Crowd:
        if plan is not None and plan is not self.plan:
            check_inputs(scenario, plan, self.options)
        parameters = replace(self.scenario, assumptions=scenario.assumptions)
        rng = np.random.default_rng(self._traits)
        demand = demand_of(parameters, self._timing, ground, plan, self.options, self._open_hosts, rng)
        by_class = plan is not None and plan.services is not None
        counts = class_counts(plan, self.scenario) if plan is not None and by_class else None
        return crowd_of(demand, parameters.parameter("persons_per_vehicle"), counts)


def _alike_but_for_closures(one: Scenario, two: Scenario) -> bool:
    """Whether two scenarios hold the very same tables, closures apart."""
    return all(
        getattr(one, each.name) is getattr(two, each.name) for each in fields(one) if each.name != "closures"
    )


def _sample_s(scenario: Scenario) -> float | None:
    """Hours on the road need to be told apart by their time only where rates change with it."""
    table = scenario.exposure
    steady = (table.from_time == NO_TIME).all() and (table.until_time == NO_TIME).all()
    return None if steady else 10_800.0


def _reached(times: Floats, total: Ints, share: int, people: int) -> float | None:
    at = int(np.searchsorted(total[1:], share * people / 100 - 1e-9))
    return float(times[at]) if at < len(times) else (0.0 if people == 0 else None)


def _without_bed(scenario: Scenario, moves: Moves) -> int:
    at = moves.host >= 0
    came = np.bincount(moves.host[at], weights=moves.persons[at], minlength=len(scenario.hosts))
    return int(np.maximum(came - scenario.hosts.beds, 0).sum())


def _crossed(scenario: Scenario, ground: Ground, loaded: Loaded) -> Ints:
    """Vehicles that entered each crossing."""
    arcs = np.flatnonzero((ground.crossing_row >= 0) & ground.entrance)
    found = np.zeros(len(scenario.crossings), np.int64)
    np.add.at(found, ground.crossing_row[arcs], loaded.entered[-1, arcs].astype(np.int64))
    return found
