"""What the page's script gets: geometry once, series as runs, each different one once."""

from typing import Any

import numpy as np
import numpy.typing as npt

from farshore.report.figures import Figures
from farshore.report.flows import arc_flows, foot_flows, runs, train_flows
from farshore.report.geography import NodeNumbers, drawing_shapes, surrounding_links
from farshore.results.outcome import Outcome
from farshore.scenario.scenario import Scenario

__all__ = ["page_data"]

Ints = npt.NDArray[np.int64]


class _Series:
    """Series numbered in the order of asking; links in a row mostly share one."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[int, ...], int] = {}

    def of(self, values: Ints) -> int:
        return self.numbers.setdefault(tuple(runs(values)), len(self.numbers))


def page_data(outcome: Outcome, figures: Figures) -> dict[str, Any]:
    """The page's data, ready for JSON; its shapes are those of web/report/src/data.ts."""
    series = _Series()
    nodes = NodeNumbers(outcome.scenario, outcome.scenario.nodes.position())
    arcs = _arcs(outcome, nodes, series)
    used = [arc.removeprefix("-") for route in outcome.routes for arc in route.links]
    network = [
        nodes.of(node) for ends in surrounding_links(outcome.scenario, used, nodes.rows) for node in ends
    ]
    return {
        "start_s": figures.start_s,
        "offset_s": round(figures.offset.total_seconds()),
        "step_s": figures.step_s,
        "steps": figures.n_steps,
        "people": figures.summary["people"],
        "arcs": arcs,
        "network": network,
        "nodes": nodes.coordinates(),
        "zones": _zones(outcome, figures, series),
        "hosts": _hosts(outcome, figures, series),
        "crossings": _crossings(outcome, figures, series, nodes.rows),
        "drawing": drawing_shapes(outcome.scenario.drawing),
        "marks": [{"label": f"T{share}", "hours": figures.summary[f"t{share}_h"]} for share in (50, 90, 100)],
        "series": [list(values) for values in series.numbers],
    }


def _arcs(outcome: Outcome, nodes: NodeNumbers, series: _Series) -> list[list[int]]:
    """From, to, series, steps on it, by water or not."""
    links, crossings = outcome.scenario.links, outcome.scenario.crossings
    link_row = links.position()
    ferries = set(crossings.crossing_id[crossings.kind == "ferry"])
    found = []
    ridden, walked = arc_flows(outcome), foot_flows(outcome)
    together = {arc: flow.with_more(walked.pop(arc, None)) for arc, flow in ridden.items()}
    for arc, flow in (together | walked).items():
        row = link_row[arc.removeprefix("-")]
        ends = [str(links.from_node_id[row]), str(links.to_node_id[row])]
        tail, head = reversed(ends) if arc.startswith("-") else ends
        water = int(arc in ridden and links.crossing_id[row] in ferries)
        found.append([nodes.of(tail), nodes.of(head), series.of(flow.entering), flow.steps, water])
    for (tail, head), flow in train_flows(outcome).items():
        found.append([nodes.of(tail), nodes.of(head), series.of(flow.entering), flow.steps, 0])
    return found


def _place(lon: float, lat: float) -> dict[str, float]:
    return {"lon": round(float(lon), 5), "lat": round(float(lat), 5)}


def _zones(outcome: Outcome, figures: Figures, series: _Series) -> list[dict[str, Any]]:
    zones = outcome.scenario.zones
    return [
        {
            "name": str(zones.name[row]),
            **_place(zones.x_coord[row], zones.y_coord[row]),
            "people": outcome.people.get(str(code), 0),
            "departures": series.of(figures.flows.departed[row]),
        }
        for row, code in enumerate(zones.zone_id)
    ]


def _hosts(outcome: Outcome, figures: Figures, series: _Series) -> list[dict[str, Any]]:
    hosts = outcome.scenario.hosts
    return [
        {
            "name": str(hosts.name[row]),
            **_place(hosts.x_coord[row], hosts.y_coord[row]),
            "beds": int(hosts.beds[row]),
            "territory": str(hosts.territory[row]),
            "blocked": outcome.blocked_hosts.get(str(code), ""),
            "arrivals": series.of(figures.flows.arrived[row]),
        }
        for row, code in enumerate(hosts.host_id)
    ]


def _crossing_place(scenario: Scenario, row: int, at: dict[str, int]) -> dict[str, float]:
    """Where a crossing's mark lies: a ferry's midway, so that two from one pier lie apart."""
    table, links, nodes = scenario.crossings, scenario.links, scenario.nodes
    mine = np.flatnonzero(links.crossing_id == table.crossing_id[row])
    if table.kind[row] != "ferry" or not len(mine):
        return _place(table.x_coord[row], table.y_coord[row])
    ends = [at[links.from_node_id[mine[0]]], at[links.to_node_id[mine[0]]]]
    return _place(nodes.x_coord[ends].mean(), nodes.y_coord[ends].mean())


def _crossings(
    outcome: Outcome, figures: Figures, series: _Series, node_rows: dict[str, int]
) -> list[dict[str, Any]]:
    table = outcome.scenario.crossings
    return [
        {
            "name": str(table.name[row]),
            "kind": str(table.kind[row]),
            **_crossing_place(outcome.scenario, row, node_rows),
            "states": [
                [s.first, s.steps, s.state, round(s.factor, 4), s.reason]
                for s in figures.spells[load.crossing_id]
            ],
            "load": series.of(load.persons),
            "capacity": series.of(load.capacity_persons),
        }
        for row, load in enumerate(figures.loads)
    ]
