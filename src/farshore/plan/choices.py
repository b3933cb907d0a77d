"""Which hosts the people of a zone could choose among: open by law, offering beds, with a way there."""

from collections import deque
from collections.abc import Collection

from farshore.scenario.scenario import Scenario
from farshore.scenario.table import NO_TIME

__all__ = ["hosts_to_choose_from"]


def hosts_to_choose_from(scenario: Scenario, blocked: Collection[str]) -> dict[str, tuple[str, ...]]:
    """zone_id → hosts, in file order, that rules leave open, that offer a bed and that a way leads to.

    A way is links that cars or a ferry may use and that are not closed throughout the horizon. Whether it
    has room enough in time is what planning finds out; this says only what there is to choose from.
    """
    leads_to = _neighbours(scenario)
    offered = [
        (str(host_id), str(node))
        for host_id, node, beds in zip(
            scenario.hosts.host_id, scenario.hosts.node_id, scenario.hosts.beds, strict=True
        )
        if beds > 0 and host_id not in blocked
    ]
    reached_from: dict[str, set[str]] = {}
    found = {}
    for zone_id, node in zip(scenario.zones.zone_id, scenario.zones.node_id, strict=True):
        if node not in reached_from:
            reached_from[node] = _reached(str(node), leads_to)
        found[str(zone_id)] = tuple(host for host, at in offered if at in reached_from[node])
    return found


def _neighbours(scenario: Scenario) -> dict[str, list[str]]:
    links, crossings = scenario.links, scenario.crossings
    ferries = {
        str(code) for code, kind in zip(crossings.crossing_id, crossings.kind, strict=True) if kind == "ferry"
    }
    closed = _closed_throughout(scenario)
    leads_to: dict[str, list[str]] = {}
    for row, link_id in enumerate(links.link_id):
        crossing_id = links.crossing_id[row]
        usable = crossing_id in ferries or _cars_may(links.allowed_uses[row])
        if not usable or link_id in closed or (crossing_id and crossing_id in closed):
            continue
        here, there = str(links.from_node_id[row]), str(links.to_node_id[row])
        leads_to.setdefault(here, []).append(there)
        if not links.directed[row]:
            leads_to.setdefault(there, []).append(here)
    return leads_to


def _cars_may(uses: str) -> bool:
    return "auto" in {use.strip() for use in uses.split(";")}


def _closed_throughout(scenario: Scenario) -> set[str]:
    """Links and crossings that closures keep shut from the first moment of the horizon to the last."""
    table = scenario.closures
    start_s = int(scenario.about.start.timestamp())
    end_s = start_s + scenario.about.n_steps * scenario.about.step_s
    spans: dict[str, list[tuple[int, int]]] = {}
    for row, asset in enumerate(table.asset_id):
        uses = table.allowed_uses[row]
        if table.capacity_factor[row] > 0 and (not uses or _cars_may(uses)):
            continue
        since, until = int(table.from_time[row]), int(table.until_time[row])
        span = (start_s if since == NO_TIME else since, end_s if until == NO_TIME else until)
        spans.setdefault(str(asset), []).append(span)
    closed = set()
    for asset, periods in spans.items():
        shut_until = start_s
        for since, until in sorted(periods):
            if since <= shut_until:
                shut_until = max(shut_until, until)
        if shut_until >= end_s:
            closed.add(asset)
    return closed


def _reached(start: str, leads_to: dict[str, list[str]]) -> set[str]:
    reached, queue = {start}, deque([start])
    while queue:
        for there in leads_to.get(queue.popleft(), ()):
            if there not in reached:
                reached.add(there)
                queue.append(there)
    return reached
