"""Which hosts the people of a zone could choose among: open by law, offering beds, with a way there."""

from collections import deque
from collections.abc import Collection, Mapping

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
            reached_from[node] = _reached(str(node), leads_to, reached_from)
        found[str(zone_id)] = tuple(host for host, at in offered if at in reached_from[node])
    return found


def _neighbours(scenario: Scenario) -> dict[str, list[str]]:
    links, crossings = scenario.links, scenario.crossings
    ferries = {
        str(code) for code, kind in zip(crossings.crossing_id, crossings.kind, strict=True) if kind == "ferry"
    }
    closed = _closed_throughout(scenario)
    leads_to: dict[str, list[str]] = {}
    cars_may = {uses: _cars_may(uses) for uses in set(links.allowed_uses.tolist())}
    columns = (
        links.link_id,
        links.crossing_id,
        links.allowed_uses,
        links.from_node_id,
        links.to_node_id,
        links.directed,
    )
    for link_id, crossing_id, uses, here, there, directed in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        usable = crossing_id in ferries or cars_may[uses]
        if not usable or link_id in closed or (crossing_id and crossing_id in closed):
            continue
        leads_to.setdefault(here, []).append(there)
        if not directed:
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


def _reached(start: str, leads_to: dict[str, list[str]], known: Mapping[str, set[str]]) -> set[str]:
    """All nodes that ways lead to; `known` says it of some nodes, beyond which nothing need be followed."""
    reached, queue, beyond = {start}, deque([start]), set[str]()
    while queue:
        here = queue.popleft()
        if here in beyond:
            continue
        if here in known:
            beyond |= known[here]
            continue
        for there in leads_to.get(here, ()):
            if there not in reached:
                reached.add(there)
                queue.append(there)
    return reached | beyond
