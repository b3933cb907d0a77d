"""Network loading: nanoseconds per vehicle and link, and CPU time beside UXsim and SUMO.

    python -m benchmarks.bench_traffic [ours] [river] [country]

`ours`: 2 thousand and 40 thousand links; `river`: 60,000 vehicles over three crossings beside the peers
(group `peers`); `country`: 240,000 links, a million vehicles, 72 h. Each run is a process of its own; CPU
seconds of the simulation alone, route choice included, everything loaded.
"""

import multiprocessing
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.traffic_cases import Case, grid_with_exits, river, shortest_routes
from benchmarks.traffic_peers import PeerRun, cpu_s, farshore, peak_mb, sumo, uxsim

__all__ = ["country", "loading", "river_beside_peers"]


def loading(case: Case, *, update_s: float = 600.0) -> dict[str, Any]:
    """Ours on a case, compiled beforehand: ns a traversal, CPU seconds, share arrived, memory."""
    from farshore.simulate.loader import load  # noqa: PLC0415 (only the process that runs it loads it)
    from farshore.simulate.routing import Routing  # noqa: PLC0415 (only the process that runs it loads it)
    from farshore.simulate.trips import trips  # noqa: PLC0415 (only the process that runs it loads it)

    farshore(river(200, 4, 4, until_s=20_000))
    demand = trips(case.origin, case.departure_s, exits=[[node] for node in case.exits], exit_=case.exit)
    begin = cpu_s()
    loaded = load(case.network, demand, until_s=case.until_s, routing=Routing(update_s=update_s))
    used_s = cpu_s() - begin
    return {
        "case": case.name,
        "links": case.network.n_links,
        "vehicles": len(demand),
        "traversals": loaded.traversals,
        "ns_per_traversal": used_s / loaded.traversals * 1e9,
        "cpu_s": used_s,
        "arrived": float(np.isfinite(loaded.arrived_s).mean()),
        "trees": loaded.trees_grown,
        "peak_mb": peak_mb(),
    }


def two_thousand() -> dict[str, Any]:
    """2,310 links."""
    return loading(river())


def forty_thousand() -> dict[str, Any]:
    """39,600 links."""
    return loading(grid_with_exits(100, 200_000, exits=6))


def country() -> dict[str, Any]:
    """239,120 links, a million vehicles that set out over 36 h, 72 h simulated."""
    return loading(grid_with_exits(245, 1_000_000, exits=12, window_s=129_600), update_s=3600)


def _ours_on_river() -> PeerRun:
    farshore(river(200, 4, 4, until_s=20_000))
    return farshore(river())


def _ours_fixed() -> PeerRun:
    case = river()
    routes = shortest_routes(case)
    farshore(case, routes)
    return farshore(case, routes)


def _uxsim_1() -> PeerRun:
    return uxsim(river(), deltan=1)


def _uxsim_5() -> PeerRun:
    return uxsim(river(), deltan=5)


def _sumo() -> PeerRun:
    case = river()
    return sumo(case, shortest_routes(case))


def _sumo_rerouting() -> PeerRun:
    case = river()
    return sumo(case, shortest_routes(case), update_s=600.0)


def river_beside_peers() -> None:
    """60,000 vehicles: CPU seconds of each, in turn, and the ratios."""
    free, fixed = _alone(_ours_on_river), _alone(_ours_fixed)
    _line("Farshore, own ways", free, free)
    _line("Farshore, fixed ways", fixed, free)
    _line("UXsim C++, groups of 5", _alone(_uxsim_5), free)
    _line("SUMO mesoscopic, fixed ways", _alone(_sumo), fixed)
    _line("SUMO mesoscopic, own ways", _alone(_sumo_rerouting), free)
    _line("UXsim C++, single vehicles", _alone(_uxsim_1), free)


def _line(name: str, run: PeerRun, ours: PeerRun) -> None:
    done = np.isfinite(run.arrived_s).sum() / len(run.arrived_s)
    print(
        f"{name:30} {run.cpu_s:9.2f} CPU s   {run.cpu_s / ours.cpu_s:7.1f} times ours   "
        f"loaded {run.loaded}   "
        f"arrived {done:.1%}   {run.peak_mb:.0f} MB",
        flush=True,
    )


def _alone(work: Callable[[], Any]) -> Any:
    """Run in a fresh process, so that memory and compiled code are its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work)


def main(which: list[str]) -> None:
    """Run what was asked for, or all."""
    if not which or "ours" in which:
        for work in (two_thousand, forty_thousand):
            print(_alone(work), flush=True)
    if not which or "river" in which:
        river_beside_peers()
    if not which or "country" in which:
        print(_alone(country), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
