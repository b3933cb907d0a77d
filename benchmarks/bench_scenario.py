"""How long a scenario folder takes to write, read and check, by size.

    python benchmarks/bench_scenario.py [--large]

Grids with the proportions of real road networks; `--large` adds one as large as the world's highways.
Prints a line a size: nodes, links, seconds to write, best and median of reading with all checks (the
first reading not counted), processor seconds of it, and the exponent with which those grow.
"""

import argparse
import math
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from farshore.scenario import About, Scenario, check_folder, write_scenario
from farshore.scenario.rows import empty_rows, make_rows
from farshore.scenario.tables import (
    Assumptions,
    Closures,
    Crossings,
    Exposure,
    Fleets,
    Hosts,
    Links,
    Nodes,
    Zones,
)

SIZES = ((2_600, 7_200), (26_000, 72_000), (144_000, 404_000))
LARGE = (560_000, 826_000)


def grid(n_nodes: int, n_links: int, *, seed: int = 1) -> Scenario:
    """A scenario on a square grid: streets east and north, random short cuts, 20 zones and 20 hosts."""
    rng = np.random.default_rng(seed)
    side = math.ceil(math.sqrt(n_nodes))
    node = np.arange(n_nodes)
    x, y = 20 + (node % side) * 0.01, 40 + (node // side) * 0.01
    east = node[(node % side < side - 1) & (node + 1 < n_nodes)]
    north = node[node + side < n_nodes]
    tail = np.concatenate([east, north])
    head = np.concatenate([east + 1, north + side])
    if len(tail) > n_links:  # thin out the streets to the north, but for the first column
        keep = np.concatenate([np.arange(len(east)), len(east) + np.flatnonzero(north % side == 0)])
        spare = np.setdiff1d(np.arange(len(tail)), keep)
        keep = np.concatenate([keep, rng.choice(spare, n_links - len(keep), replace=False)])
        tail, head = tail[keep], head[keep]
    more = rng.integers(0, n_nodes - 1, max(n_links - len(tail), 0))
    tail = np.concatenate([tail, more])
    head = np.concatenate([head, more + 1])
    codes = np.array([f"n{i}" for i in range(n_nodes)], dtype=object)
    texts = {
        "facility_type": rng.choice(["primary", "secondary", "trunk_estimated"], len(tail)),
        "name": rng.choice(["", "M14", "P47", "Perekopska Street"], len(tail)),
    }
    links = Links(
        link_id=np.array([f"l{i}" for i in range(len(tail))], dtype=object),
        from_node_id=codes[tail],
        to_node_id=codes[head],
        directed=np.zeros(len(tail), dtype=bool),
        length=rng.uniform(1200, 3000, len(tail)),
        free_speed=rng.choice([50.0, 70.0, 90.0], len(tail)),
        lanes=rng.integers(1, 3, len(tail)),
        capacity=np.full(len(tail), 1200.0),
        allowed_uses=np.full(len(tail), "auto;bus;truck;walk", dtype=object),
        crossing_id=np.full(len(tail), "", dtype=object),
        jam_density=np.full(len(tail), math.nan),
        **{name: values.astype(object) for name, values in texts.items()},
    )
    blank = np.full(n_nodes, "", dtype=object)
    picked = rng.choice(n_nodes, 40, replace=False)

    def place(row: int, **more: object) -> dict[str, object]:
        return {"name": "a place", "node_id": codes[row], "x_coord": x[row], "y_coord": y[row]} | more

    return Scenario(
        about=About("grid", "A grid", datetime(2030, 1, 1, tzinfo=UTC), 48, 1800),
        nodes=Nodes(codes, x.astype(float), y.astype(float), blank, blank, blank),
        links=links,
        crossings=empty_rows(Crossings),
        closures=make_rows(Closures, [{"asset_id": f"l{i}"} for i in range(0, 200, 2)]),
        zones=make_rows(Zones, [place(i, zone_id=f"z{i}", persons=1000) for i in picked[:20]]),
        hosts=make_rows(Hosts, [place(i, host_id=f"h{i}", beds=2000, territory="own") for i in picked[20:]]),
        fleets=empty_rows(Fleets),
        exposure=empty_rows(Exposure),
        assumptions=empty_rows(Assumptions),
    )


def main() -> None:
    """Measure each size and print a line for it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="add 560,000 nodes and 826,000 links")
    sizes = (*SIZES, LARGE) if parser.parse_args().large else SIZES
    heads = f"{'nodes':>9} {'links':>9} {'write s':>8} {'read best s':>12} {'median s':>9}"
    print(f"{heads} {'cpu s':>7} {'faults':>7}")
    measured = []
    for n_nodes, n_links in sizes:
        scenario = grid(n_nodes, n_links)
        with tempfile.TemporaryDirectory() as beside:
            folder = Path(beside) / "grid"
            begin = time.perf_counter()
            write_scenario(scenario, folder)
            write_s = time.perf_counter() - begin
            taken, worked = [], []
            for _ in range(6 if n_nodes < 100_000 else 3):
                begin, busy = time.perf_counter(), time.process_time()
                _, report = check_folder(folder)
                taken.append(time.perf_counter() - begin)
                worked.append(time.process_time() - busy)
        warm = taken[1:]
        measured.append((n_nodes + n_links, min(worked[1:])))
        print(
            f"{n_nodes:9,} {len(scenario.links):9,} {write_s:8.2f} {min(warm):12.3f} "
            f"{statistics.median(warm):9.3f} {min(worked[1:]):7.3f} {len(report.faults):7}"
        )
    sizes_log, times_log = np.log(np.array(measured)).T
    print(f"processor time grows as size to the power {np.polyfit(sizes_log, times_log, 1)[0]:.2f}")


if __name__ == "__main__":
    main()
