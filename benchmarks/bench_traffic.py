"""Network loading: nanoseconds per vehicle and link, and processor time beside UXsim and SUMO.

Seconds are those of the simulation alone, route choice included: each side converts the same network,
vehicles and routes for itself before the clock starts. Every vehicle is loaded.
"""

from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np

from benchmarks.registry import Skipped, Timed, benchmark
from benchmarks.traffic_cases import Case, grid_with_exits, river, shortest_routes
from benchmarks.traffic_peers import PeerRun, cpu_s, farshore, peak_mb, sumo, uxsim
from farshore.simulate.loader import load
from farshore.simulate.routing import Routing
from farshore.simulate.trips import trips

_RUNS = 3


def by_links(links: str) -> tuple[Case, float]:
    """A case of so many links, and how often drivers hear of queues there (s)."""
    if links == "2k":
        return river(), 600.0
    if links == "40k":
        return grid_with_exits(100, 200_000, exits=6), 600.0
    return grid_with_exits(245, 1_000_000, exits=12, window_s=129_600), 3600.0


def _told(answer: dict[str, Any], used_s: float) -> str:
    return (
        f"{used_s / answer['traversals'] * 1e9:.0f} ns × {answer['traversals'] / 1e6:,.1f} million, "
        f"{answer['arrived']:.0%} arrived"
    )


@benchmark(
    area="traffic",
    sizes=("2k", "40k", "240k"),
    instance=by_links,
    scale=lambda instance: instance[0].network.n_links,
    scale_unit="links",
    tells=("a vehicle over a link", _told),
    notes="Size is links: 60,000 vehicles over three crossings; 200,000 in a grid; a million in a grid, who "
    "set out over 36 h of the 72 h simulated. All choose their way and hear of queues every 10 minutes "
    "(every hour with 240k); the trees they follow are grown anew each time. The median of three runs.",
)
def loading(instance: tuple[Case, float]) -> Timed:
    """Loading a network, every vehicle choosing its way."""
    case, update_s = instance
    demand = trips(case.origin, case.departure_s, exits=[[node] for node in case.exits], exit_=case.exit)
    times_s = []
    for _ in range(_RUNS):
        begin = cpu_s()
        loaded = load(case.network, demand, until_s=case.until_s, routing=Routing(update_s=update_s))
        times_s.append(cpu_s() - begin)
    answer = {"traversals": loaded.traversals, "arrived": float(np.isfinite(loaded.arrived_s).mean())}
    return Timed(answer, median(times_s), peak_mb())


def _answer(run: PeerRun) -> Timed:
    """Loaded, arrived, and when 50 and 90 % of all had."""
    half, most = run.quantiles((50, 90), run.loaded)
    answer = [run.loaded, int(np.isfinite(run.arrived_s).sum()), float(half), float(most)]
    return Timed(answer, run.cpu_s, run.peak_mb)


def _ours(run: Callable[[], PeerRun]) -> Timed:
    runs = sorted((run() for _ in range(_RUNS)), key=lambda made: made.cpu_s)
    return _answer(runs[_RUNS // 2])


def _here(name: str) -> None:
    try:
        __import__(name)
    except ImportError:
        raise Skipped(f"the group `peers` is not installed ({name})") from None


def _uxsim(deltan: int) -> Callable[[Case], Timed]:
    def run(case: Case) -> Timed:
        _here("uxsim")
        return _answer(uxsim(case, deltan=deltan))

    return run


def _sumo(update_s: float) -> Callable[[Case], Timed]:
    def run(case: Case) -> Timed:
        _here("sumo")
        return _answer(sumo(case, shortest_routes(case), update_s=update_s))

    return run


def all_loaded(ours: list[float], theirs: list[float]) -> bool:
    """Whether both loaded every vehicle; how fast they clear depends on each one's way of choosing."""
    return abs(theirs[0] - ours[0]) < 5


def _arrivals(answer: list[float], _used_s: float) -> str:
    loaded, arrived, half_s, most_s = answer
    return f"{arrived / loaded:.0%}; 50 % by {half_s / 3600:.2f} h, 90 % by {most_s / 3600:.2f} h"


@benchmark(
    area="traffic",
    sizes=(60_000,),
    instance=river,
    rivals={
        "UXsim C++, groups of 5": _uxsim(5),
        "UXsim C++, single vehicles": _uxsim(1),
        "SUMO mesoscopic": _sumo(600.0),
    },
    same=all_loaded,
    scale=lambda case: len(case.origin),
    scale_unit="vehicles",
    tells=("arrived", _arrivals),
    limit_s=1800,
    notes="60,000 vehicles over three crossings, 16 h, each choosing its way. UXsim with `cpp=True` and "
    "logging off; SUMO with one segment an edge, rerouting every 10 minutes. Ours: median of three runs.",
)
def river_own_ways(case: Case) -> Timed:
    """A river crossing, drivers choosing their way."""
    return _ours(lambda: farshore(case))


@benchmark(
    area="traffic",
    sizes=(60_000,),
    instance=river,
    rivals={"SUMO mesoscopic": _sumo(0.0)},
    same=all_loaded,
    scale=lambda case: len(case.origin),
    scale_unit="vehicles",
    tells=("arrived", _arrivals),
    limit_s=1800,
    notes="The same, everybody on the free-flow shortest way from the start. SUMO's seconds, here and above, "
    "are those of its whole process, reading its input included.",
)
def river_fixed_ways(case: Case) -> Timed:
    """A river crossing, fixed ways."""
    routes = shortest_routes(case)
    return _ours(lambda: farshore(case, routes))
