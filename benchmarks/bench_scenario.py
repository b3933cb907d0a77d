"""Reading and checking a scenario folder, from a town to all the highways of the world."""

import atexit
import math
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.registry import benchmark
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

SIZES = ((2_600, 7_200), (26_000, 72_000), (144_000, 404_000), (560_000, 826_000))  # nodes, links


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


def written(size: tuple[int, int]) -> Path:
    """A folder of that many nodes and links, removed when the process ends."""
    beside = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, beside)
    write_scenario(grid(*size), beside / "grid")
    return beside / "grid"


def rows_in(folder: Path) -> float:
    """Nodes and links in a folder."""
    return float(sum(1 for name in ("node", "link") for _ in (folder / "network" / f"{name}.csv").open()) - 2)


@benchmark(
    area="scenario",
    sizes=SIZES,
    instance=written,
    scale=rows_in,
    scale_unit="nodes and links",
    notes="Size is nodes and links. The first row is as large as the highways of a region, the last as those "
    "of the world. No rival: no peer checks what this checks.",
)
def read_and_check(folder: Path) -> int:
    """Reading a scenario folder with every check."""
    _, report = check_folder(folder)
    return len(report.faults)
