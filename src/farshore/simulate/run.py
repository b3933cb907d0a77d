"""Simulating: a scenario, with a plan or without, in; what happens on the road out."""

from collections import Counter
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import numpy as np

from farshore.results.outcome import Outcome
from farshore.results.simulation import RideRun, SimulationResult
from farshore.scenario.parameters import CLASSES, PARAMETERS, TRAFFIC
from farshore.scenario.protection import blocked_hosts
from farshore.scenario.scenario import Scenario
from farshore.scenario.timing import timing_of
from farshore.simulate.check import check_inputs
from farshore.simulate.demand import demand_of
from farshore.simulate.equilibrium import equilibrium
from farshore.simulate.ground import ground_of
from farshore.simulate.loader import load
from farshore.simulate.observe import (
    arrivals,
    crossing_flows,
    exposure_person_h,
    joined_moves,
    link_states,
    moves_of,
    reached,
    so_far,
    unfinished,
)
from farshore.simulate.options import Options, Routes, options_as_text
from farshore.simulate.promised import class_runs, host_runs, planned_of
from farshore.simulate.riding.accounts import party_moves, rides_run, standing, terminal_hours
from farshore.simulate.riding.conductor import Conductor
from farshore.simulate.riding.script import Script
from farshore.simulate.routing import Routing
from farshore.simulate.start import Run

__all__ = ["simulate"]

_OF_CLASSES = ("foot_persons_h_lane", "wheelchair_share")  # what a rehearsal of such a plan takes besides
_ROOM_BYTES = 150_000_000  # for what is seen of all links over time


def simulate(
    scenario: Scenario,
    *,
    plan: Outcome | None = None,
    options: Options | None = None,
    seed: int = 0,
    label: str = "",
    progress: Callable[[float], None] | None = None,
) -> SimulationResult:
    """Simulate a scenario's evacuation, as docs/simulate.md describes it.

    scenario : one without faults; closures may differ from those that the plan was made for
    plan : people keep to its times and ways (those who comply); None: everybody chooses for themselves
    seed : the same seed, options and inputs give the same result
    progress : is told the share of the time that has passed

    Ctrl-C gives what happened so far, marked partial. Raises `SimulationFaults` with all that is wrong: a
    plan
    of another scenario, a route with a missing link, people at a place without a road.
    """
    options = options or Options()
    check_inputs(scenario, plan, options)
    timing = timing_of(scenario)
    by_class = plan is not None and plan.services is not None
    ground = ground_of(scenario, options, by_class=by_class)
    blocked = blocked_hosts(scenario)
    open_hosts = np.array(
        [row for row, code in enumerate(scenario.hosts.host_id) if str(code) not in blocked], np.int64
    )
    root = np.random.SeedSequence(seed)
    traits, roads = root.spawn(2)
    demand = demand_of(scenario, timing, ground, plan, options, open_hosts, np.random.default_rng(traits))
    horizon_s = float(scenario.about.horizon_h * 3600)
    sample_s = options.sample_s or _sample_s(horizon_s, ground.network.n_links)
    routing = Routing(update_s=options.update_s, cohorts=options.cohorts, tolerance=0.05)
    settings: dict[str, Any] = {
        "until_s": horizon_s,
        "changes": ground.changes,
        "routing": routing,
        "merge": options.merge,
        "origins": options.origins,
        "sample_s": sample_s,
        "seed": int(roads.generate_state(1)[0]),
    }
    leaders: list[Conductor] = []
    script = demand.script
    if script is not None:

        def conduct(run: Run, script: Script = script) -> Conductor:
            leaders.append(Conductor(script, run))
            return leaders[-1]

        settings["conduct"] = conduct
    if options.routes is Routes.EQUILIBRIUM:
        trips, loaded, _ = equilibrium(
            ground.network, demand.trips, iterations=options.iterations, settings=settings
        )
        demand = demand.with_trips(trips)
    else:
        loaded = load(ground.network, demand.trips, progress=progress, **settings)
    moves = moves_of(demand, loaded, ground)
    rides: tuple[RideRun, ...] = ()
    others: Counter[tuple[str, str]] = Counter()
    more_h = (0.0, 0.0)
    if script is not None:
        led = leaders[-1]
        moves = joined_moves(moves, party_moves(script, led, loaded))
        more_h = terminal_hours(scenario, ground, led, loaded)
        rides = rides_run(scenario, led)
        standing(others, scenario, ground, led, loaded)
    waited_h, travelled_h, exposed_h = exposure_person_h(scenario, timing, ground, demand, moves, loaded)
    people = int(demand.people.sum())
    return SimulationResult(
        scenario=scenario,
        label=label or (f"plan of {plan.scenario.about.name}" if plan is not None else options.routes.value),
        people=demand.people,
        until_s=loaded.until_s,
        sample_s=loaded.sample_s,
        departed=so_far(moves.left_s, moves.persons, loaded.sample_s),
        arrived=arrivals(moves, len(scenario.hosts), loaded.sample_s),
        reached_s=reached(moves, people),
        travel_person_h=travelled_h + more_h[0],
        waiting_person_h=waited_h,
        delay_veh_h=float(loaded.waited_s.sum()) / 3600,
        exposure_person_h=exposed_h + more_h[1],
        vehicles=len(demand.trips),
        traversals=loaded.traversals,
        links=link_states(ground, loaded),
        crossings=crossing_flows(scenario, ground, loaded),
        unfinished=unfinished(scenario, ground, demand, loaded, loaded.partial, others),
        partial=loaded.partial,
        options=options_as_text(options),
        seed=seed,
        version=version("farshore"),
        assumptions=_assumptions(scenario, by_class),
        hosts=host_runs(scenario, moves),
        planned=None if plan is None else planned_of(plan),
        classes=() if script is None else class_runs(demand, moves, script.parties),
        rides=rides,
    )


def _sample_s(horizon_s: float, n_links: int) -> float:
    """The finest round interval whose observations of all links fit the room."""
    for step_s in (60, 120, 300, 600, 900, 1800, 3600):
        if horizon_s / step_s * n_links * 12 <= _ROOM_BYTES:
            return float(step_s)
    return 7200.0


def _assumptions(scenario: Scenario, by_class: bool) -> tuple[str, ...]:
    more = {key: CLASSES[key] for key in _OF_CLASSES if by_class}
    given = set(scenario.assumptions.key)
    return tuple(
        f"{p.key}: {scenario.parameter(p.key):g} {p.unit} "
        f"({'assumptions.csv' if p.key in given else 'default'})"
        for p in (PARAMETERS | TRAFFIC | more).values()
    )
