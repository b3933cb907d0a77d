"""LEMON's min-cost flow as a rival: a short driver, compiled where g++ and LEMON's headers are installed."""

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.registry import Skipped

__all__ = ["cost_scaling"]

_DRIVER = r"""
#include <cstdio>
#include <cstdint>
#include <vector>
#include <lemon/cost_scaling.h>
#include <lemon/static_graph.h>
int main(int, char** argv) {
  FILE* in = fopen(argv[1], "rb");
  int64_t size[2];
  if (fread(size, 8, 2, in) != 2) return 1;
  std::vector<int32_t> from(size[1]), to(size[1]), room(size[1]), cost(size[1]);
  std::vector<int64_t> supply(size[0]);
  for (auto* column : {&from, &to, &room, &cost})
    if (fread(column->data(), 4, size[1], in) != size_t(size[1])) return 1;
  if (fread(supply.data(), 8, size[0], in) != size_t(size[0])) return 1;
  std::vector<std::pair<int, int>> ends(size[1]);
  for (int64_t a = 0; a < size[1]; ++a) ends[a] = {from[a], to[a]};
  lemon::StaticDigraph graph;
  graph.build(size[0], ends.begin(), ends.end());
  lemon::StaticDigraph::ArcMap<int64_t> upper(graph), price(graph);
  lemon::StaticDigraph::NodeMap<int64_t> people(graph);
  for (int64_t a = 0; a < size[1]; ++a) {
    upper[graph.arc(a)] = room[a];
    price[graph.arc(a)] = cost[a];
  }
  for (int64_t x = 0; x < size[0]; ++x) people[graph.node(x)] = supply[x];
  lemon::CostScaling<lemon::StaticDigraph, int64_t> solver(graph);
  solver.upperMap(upper).costMap(price).supplyMap(people);
  if (solver.run() != solver.OPTIMAL) return 2;
  printf("%lld\n", (long long) solver.totalCost<int64_t>());
}
"""

Columns = tuple[npt.NDArray[np.int32], ...]


def cost_scaling(n_nodes: int, columns: Columns, supply: npt.NDArray[np.int64]) -> int:
    """Least total cost; tail (sorted), head, capacity and cost of each arc, int32[n_arcs]; raises Skipped."""
    with tempfile.TemporaryDirectory() as folder:
        problem = Path(folder) / "problem"
        with problem.open("wb") as out:
            np.array([n_nodes, len(columns[0])], np.int64).tofile(out)
            for column in columns:
                column.tofile(out)
            supply.tofile(out)
        done = subprocess.run([_driver(), problem], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Skipped(f"LEMON found no flow (exit {done.returncode})")
    return int(done.stdout)


def _driver() -> Path:
    """The compiled driver; made once for each text of it."""
    compiler = shutil.which("g++")
    if compiler is None:
        raise Skipped("g++ is not installed")
    mark = hashlib.sha256(_DRIVER.encode()).hexdigest()[:12]
    program = Path(tempfile.gettempdir()) / f"farshore-lemon-{mark}"
    if program.exists():
        return program
    with tempfile.TemporaryDirectory() as folder:
        source, built = Path(folder) / "driver.cpp", Path(folder) / "driver"
        source.write_text(_DRIVER)
        command = [compiler, "-O2", "-DNDEBUG", "-o", str(built), str(source), "-llemon"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Skipped("LEMON is not installed (liblemon-dev)")
        shutil.move(built, program)
    return program
