"""The same network, vehicles and routes given to UXsim and to SUMO's mesoscopic model."""

import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt

from benchmarks.traffic_cases import Case

__all__ = ["PeerRun", "farshore", "sumo", "uxsim"]


@dataclass(frozen=True, eq=False)
class PeerRun:
    """Arrival times (NaN: not arrived), CPU seconds of the simulation alone, vehicles loaded."""

    arrived_s: npt.NDArray[np.float64]
    cpu_s: float
    loaded: int
    peak_mb: float

    def quantiles(self, shares: Sequence[float], of: int) -> npt.NDArray[np.float64]:
        """When so many per cent of `of` vehicles had arrived; NaN where they had not."""
        times = np.sort(self.arrived_s[~np.isnan(self.arrived_s)])
        at = np.ceil(np.array(shares) / 100 * of).astype(int) - 1
        return np.where(at < len(times), times[np.minimum(at, len(times) - 1)], np.nan)


def farshore(
    case: Case, routes: Sequence[Sequence[int]] | None = None, *, update_s: float = 600.0, **rules: Any
) -> PeerRun:
    """Ours: by fixed routes (one a vehicle) or by the shortest way as it is now."""
    from farshore.simulate.loader import load  # noqa: PLC0415 (only the process that runs it loads it)
    from farshore.simulate.routing import Routing  # noqa: PLC0415 (only the process that runs it loads it)
    from farshore.simulate.trips import trips  # noqa: PLC0415 (only the process that runs it loads it)

    exits = [[node] for node in case.exits]
    if routes is None:
        demand = trips(case.origin, case.departure_s, exits=exits, exit_=case.exit)
    else:
        distinct = sorted({tuple(route) for route in routes})
        number = {route: k for k, route in enumerate(distinct)}
        demand = trips(
            case.origin,
            case.departure_s,
            exits=exits,
            exit_=case.exit,
            routes=distinct,
            route=[number[tuple(route)] for route in routes],
            may_detour=False,
        )
    begin = cpu_s()
    loaded = load(case.network, demand, until_s=case.until_s, routing=Routing(update_s=update_s), **rules)
    return PeerRun(loaded.arrived_s, cpu_s() - begin, len(case.origin), peak_mb())


def uxsim(case: Case, routes: Sequence[Sequence[int]] | None = None, *, deltan: int = 1) -> PeerRun:
    """UXsim's C++ engine, vehicle logging off."""
    from uxsim import World  # noqa: PLC0415 (only the process that runs it loads it)

    world = World(
        name="case",
        deltan=deltan,
        tmax=case.until_s,
        print_mode=0,
        save_mode=0,
        show_mode=0,
        show_progress=0,
        random_seed=1,
        vehicle_logging_timestep_interval=-1,
        cpp=True,
    )
    net = case.network
    for node in range(net.n_nodes):
        world.addNode(f"n{node}", float(case.x_m[node]), float(case.y_m[node]))
    for link in range(net.n_links):
        world.addLink(
            f"l{link}",
            f"n{net.from_node[link]}",
            f"n{net.to_node[link]}",
            float(net.length_m[link]),
            free_flow_speed=float(case.speed_mps[link]),
            jam_density_per_lane=case.jam_veh_m,
            number_of_lanes=int(case.lanes[link]),
            merge_priority=float(case.lanes[link]),
        )
    order = np.argsort(case.departure_s, kind="stable")
    vehicles = []
    for k in order[::deltan].tolist():
        vehicle = world.addVehicle(
            f"n{case.origin[k]}", f"n{case.exits[int(case.exit[k])]}", float(case.departure_s[k])
        )
        vehicles.append(vehicle)
        if routes is not None:
            vehicle.enforce_route([f"l{link}" for link in routes[k]])
    begin = cpu_s()
    world.exec_simulation()
    used_s = cpu_s() - begin
    arrived = np.array(
        [
            float(v.arrival_time) * world.DELTAT if v.state == "end" else np.nan
            for v in world.VEHICLES.values()
        ]
    )
    return PeerRun(arrived, used_s, len(world.VEHICLES) * deltan, peak_mb())


def sumo(case: Case, routes: Sequence[Sequence[int]], *, update_s: float = 0.0) -> PeerRun:
    """SUMO's mesoscopic model: one segment an edge, no deviation of speeds, headways of 1 s.

    update_s : above 0 everybody looks for the fastest way so often; 0 keeps to the routes
    """
    choice = (
        ["--device.rerouting.probability", "1", "--device.rerouting.period", f"{update_s:g}"]
        if update_s
        else []
    )
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder)
        _sumo_files(case, routes, where)
        home = Path(sys.executable).parent
        binary = shutil.which("netconvert", path=str(home)) or "netconvert"
        subprocess.run(
            [
                binary,
                "-n",
                "n.xml",
                "-e",
                "e.xml",
                "-o",
                "net.xml",
                "--no-turnarounds",
                "false",
                "--no-internal-links",
            ],
            cwd=where,
            check=True,
            capture_output=True,
        )
        engine = shutil.which("sumo", path=str(home)) or "sumo"
        begin = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [
                engine, "-n", "net.xml", "-r", "r.xml", "--mesosim", "--meso-edgelength", "1000000",
                "--meso-tauff", "1", "--meso-taufj", "1", "--meso-taujf", "1", "--meso-taujj", "1",
                "--meso-multi-queue", "false", "--meso-junction-control", "false",
                "--meso-jam-threshold", "-1", "--default.speeddev", "0",
                "--time-to-teleport", "-1", "--max-depart-delay", "-1", "--no-step-log",
                "--tripinfo-output", "t.xml",
                "--end", str(int(case.until_s)), "--no-warnings", *choice,
            ],
            cwd=where,
            check=True,
            capture_output=True,
        )  # fmt: skip
        end = resource.getrusage(resource.RUSAGE_CHILDREN)
        times = [
            float(e.get("arrival", "nan"))
            for _, e in ElementTree.iterparse(where / "t.xml")
            if e.tag == "tripinfo"
        ]
    used_s = end.ru_utime + end.ru_stime - begin.ru_utime - begin.ru_stime
    return PeerRun(np.array(times), used_s, len(case.origin), end.ru_maxrss / 1024)


def _sumo_files(case: Case, routes: Sequence[Sequence[int]], where: Path) -> None:
    net = case.network
    with (where / "n.xml").open("w") as out:
        out.write("<nodes>\n")
        for node in range(net.n_nodes):
            out.write(f'<node id="n{node}" x="{case.x_m[node]}" y="{case.y_m[node]}" type="priority"/>\n')
        out.write("</nodes>\n")
    with (where / "e.xml").open("w") as out:
        out.write("<edges>\n")
        for link in range(net.n_links):
            out.write(
                f'<edge id="l{link}" from="n{net.from_node[link]}" to="n{net.to_node[link]}" priority="1" '
                f'numLanes="{case.lanes[link]}" speed="{case.speed_mps[link]}" '
                f'length="{net.length_m[link]}"/>\n'
            )
        out.write("</edges>\n")
    length = 1 / case.jam_veh_m
    with (where / "r.xml").open("w") as out:
        out.write(
            f'<routes>\n<vType id="car" length="{length - 1}" minGap="1" speedFactor="1" speedDev="0" '
            'maxSpeed="60"/>\n'
        )
        for k in np.argsort(case.departure_s, kind="stable").tolist():
            edges = " ".join(f"l{link}" for link in routes[k])
            out.write(
                f'<vehicle id="{k}" type="car" depart="{case.departure_s[k]:.2f}" departSpeed="max">'
                f'<route edges="{edges}"/></vehicle>\n'
            )
        out.write("</routes>\n")


def cpu_s() -> float:
    """CPU seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_mb() -> float:
    """Most memory this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
