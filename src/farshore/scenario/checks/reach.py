"""Reach: zones from which no open host can be reached however long one waits, and what cuts them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.errors import Fault
from farshore.scenario.checks.network import Network
from farshore.scenario.checks.people import open_hosts
from farshore.scenario.draft import CutOff, Draft, Findings
from farshore.scenario.table import NO_TIME
from farshore.units import format_time, offset_of

__all__ = ["check_reach"]

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_SEARCHED: Final = 20  # zones around which roads are searched: each takes as long as the whole check


@dataclass(frozen=True, eq=False)
class _Arcs:
    """The arcs that people could ever drive or sail; parallel int64 arrays.

    link : row of the links; one past the last row stands for all links that could not be read
    """

    tail: Ints
    head: Ints
    link: Ints


def check_reach(draft: Draft, network: Network) -> Findings:
    """Zones that reach no host, time apart: over links that are never closed throughout the horizon.

    What could not be read of a link is taken to be good: a fault is named once.
    """
    if not {"nodes", "links", "zones", "hosts"} <= draft.whole or not draft.timed:
        return
    hosts, marks = draft.scenario.hosts, draft.marks["hosts"]
    offered = (network.hosts >= 0) & ((hosts.beds > 0) | ~marks.good("beds"))
    usable = offered & (open_hosts(draft.scenario) | ~marks.good("territory"))
    unplaced = ((network.hosts < 0) & (hosts.node_id != "")).any()
    if not len(hosts) or unplaced or marks.lost or draft.marks["nodes"].lost:
        return  # an unread host or node may be the one that is reached
    closed = np.append(_closed_throughout(draft), False)
    arcs = _arcs(draft, network)
    open_arcs = _Arcs(*(each[~closed[arcs.link]] for each in (arcs.tail, arcs.head, arcs.link)))
    n_nodes = len(draft.scenario.nodes)
    reached = _reaching(open_arcs, network.hosts[usable], n_nodes)
    cut = [zone for zone in np.flatnonzero(network.zones >= 0).tolist() if not reached[network.zones[zone]]]
    if cut:
        yield from _explained(draft, network, arcs, closed, cut=cut, usable=usable, offered=offered)


def _arcs(draft: Draft, network: Network) -> _Arcs:
    """Arcs of the links that `auto` may use and that let anybody through, and of all ferry links."""
    links, crossings, marks = draft.scenario.links, draft.scenario.crossings, draft.marks["links"]
    ferries = set(crossings.crossing_id[crossings.kind == "ferry"])
    sails = np.fromiter((code in ferries for code in links.crossing_id.tolist()), dtype=np.bool_)
    allowing = {uses for uses in set(links.allowed_uses) if "auto" in uses.split(";")}
    drives = np.fromiter((uses in allowing for uses in links.allowed_uses.tolist()), dtype=np.bool_)
    drives |= ~marks.good("allowed_uses")
    drives &= ~(links.capacity * links.lanes <= 0) | ~marks.good("capacity", "lanes")
    there = np.flatnonzero((sails | drives) & (network.tail >= 0) & (network.head >= 0))
    back = there[~links.directed[there]]
    # A link that was left out may join any of the nodes that its row names.
    lost = np.flatnonzero([code in marks.lost for code in draft.scenario.nodes.node_id] if marks.lost else [])
    ring = np.roll(lost, 1)
    return _Arcs(
        np.concatenate([network.tail[there], network.head[back], lost]),
        np.concatenate([network.head[there], network.tail[back], ring]),
        np.concatenate([there, back, np.full(lost.size, len(links))]),
    )


def _closures_of(draft: Draft) -> dict[str, list[int]]:
    """Rows of the closures that close an asset to cars altogether while they last, by asset."""
    closures, marks = draft.scenario.closures, draft.marks["closures"]
    rows: defaultdict[str, list[int]] = defaultdict(list)
    if not len(closures):
        return rows
    barred = np.array([bool(uses) and "auto" not in uses.split(";") for uses in closures.allowed_uses])
    whole = (closures.capacity_factor <= 0) | barred
    good = marks.good("capacity_factor", "allowed_uses", "from_time", "until_time")
    for row in np.flatnonzero(whole & good).tolist():
        rows[closures.asset_id[row]].append(row)
    return rows


def _closed_throughout(draft: Draft) -> Flags:
    """bool per link: closures of it and of its crossing together leave no moment of the horizon."""
    links, closures, about = draft.scenario.links, draft.scenario.closures, draft.scenario.about
    rows_of = _closures_of(draft)
    closed = np.zeros(len(links), dtype=np.bool_)
    if not rows_of:
        return closed
    begin = int(about.start.timestamp())
    end = begin + about.horizon_h * 3600
    concerned = np.fromiter(
        (
            link in rows_of or crossing in rows_of
            for link, crossing in zip(links.link_id.tolist(), links.crossing_id.tolist(), strict=True)
        ),
        dtype=np.bool_,
    )
    known: dict[tuple[int, ...], bool] = {}
    for link in np.flatnonzero(concerned).tolist():
        crossing = links.crossing_id[link]
        rows = tuple(rows_of.get(links.link_id[link], []) + (rows_of.get(crossing, []) if crossing else []))
        if rows not in known:
            spans = sorted(
                (
                    begin if closures.from_time[row] == NO_TIME else int(closures.from_time[row]),
                    end if closures.until_time[row] == NO_TIME else int(closures.until_time[row]),
                )
                for row in rows
            )
            known[rows] = _covers(spans, begin, end)
        closed[link] = known[rows]
    return closed


def _covers(spans: list[tuple[int, int]], begin: int, end: int) -> bool:
    """Whether the spans, sorted by their first moment, leave none uncovered."""
    covered = begin
    for first, last in spans:
        if first > covered:
            return False
        covered = max(covered, last)
    return covered >= end


def _reaching(arcs: _Arcs, goals: Ints, n_nodes: int) -> Flags:
    """bool per node: some goal can be reached from it."""
    return _spread(arcs.head, arcs.tail, goals, n_nodes)  # backward, from all goals at once


def _spread(tail: Ints, head: Ints, starts: Ints, n_nodes: int) -> Flags:
    """bool per node: one comes there from some start, arc after arc."""
    heads = head[np.argsort(tail, kind="stable")]
    first = np.zeros(n_nodes + 1, np.int64)
    np.cumsum(np.bincount(tail, minlength=n_nodes), out=first[1:])
    reached = np.zeros(n_nodes, dtype=np.bool_)
    reached[starts] = True
    newly = np.flatnonzero(reached)
    while newly.size:
        many = first[newly + 1] - first[newly]
        at = np.arange(many.sum()) + np.repeat(first[newly] - (np.cumsum(many) - many), many)
        there = heads[at]
        newly = np.unique(there[~reached[there]])
        reached[newly] = True
    return reached


def _explained(
    draft: Draft,
    network: Network,
    arcs: _Arcs,
    closed: Flags,
    *,
    cut: list[int],
    usable: Flags,
    offered: Flags,
) -> Iterator[Fault]:
    """A fault for each zone that is cut off, with what cuts it: closures, protection rules, or no road."""
    zones, hosts = draft.scenario.zones, draft.scenario.hosts
    by_closure = _fewest_closures(arcs, closed, network.hosts[usable], len(draft.scenario.nodes))
    blocked = offered & ~usable
    to_blocked = _reaching(arcs, network.hosts[blocked], len(draft.scenario.nodes))
    rows_of = _closures_of(draft)
    goal_host = dict(zip(network.hosts[usable].tolist(), hosts.host_id[usable], strict=True))
    searched = 0
    for zone in cut:
        node = int(network.zones[zone])
        way = by_closure.way(node)
        cause = f"{zones.zone_id[zone]!r} can reach no host"
        if way is not None:
            goal, links = way
            reason, remedy = _of_closures(draft, rows_of, links, goal_host[goal])
        elif to_blocked[node]:
            names = ", ".join(hosts.host_id[blocked][:3])
            reason = f"only such as protection rules close ({names})"
            remedy = "offer a host in own or occupied territory, or document an exception in scenario.toml"
        elif not usable.any():
            reason, remedy = (
                "no host is open and has beds",
                "give beds to a host that protection rules leave open",
            )
        elif searched < _SEARCHED:
            reason, remedy = _of_roads(draft, network, arcs, node)
            searched += 1
        else:
            reason, remedy = "no road leads from there to any", "see the zones above that are cut off as well"
        line = draft.marks["zones"].line(zone)
        yield CutOff(zones.FILE, line, "node_id", f"{cause}: {reason}", remedy)


@dataclass(frozen=True, eq=False)
class _Ways:
    """From each node the way to a host over the fewest links that are closed throughout."""

    distance: npt.NDArray[np.float64]
    next_node: Ints
    closed_between: dict[tuple[int, int], int]
    n_nodes: int

    def way(self, node: int) -> tuple[int, list[int]] | None:
        """The node of the host, and the closed links (rows) on the way; None if there is no way at all."""
        if not np.isfinite(self.distance[node]):
            return None
        links = []
        while (ahead := int(self.next_node[node])) != self.n_nodes:
            if (node, ahead) in self.closed_between:
                links.append(self.closed_between[node, ahead])
            node = ahead
        return node, links


def _fewest_closures(arcs: _Arcs, closed: Flags, goals: Ints, n_nodes: int) -> _Ways:
    # Loaded here: of few scenarios is a zone cut off.
    from scipy.sparse import csr_array  # noqa: PLC0415
    from scipy.sparse.csgraph import dijkstra  # noqa: PLC0415

    shut = closed[arcs.link]
    # Any number of open arcs is better than one closed arc more.
    weight = np.where(shut, float(n_nodes + 1), 1.0)
    tails = np.concatenate([arcs.head, np.full(goals.size, n_nodes)])
    heads = np.concatenate([arcs.tail, goals])
    weights = np.concatenate([weight, np.ones(goals.size)])
    order = np.lexsort((weights, heads, tails))  # of parallel arcs the cheapest, where a sum would be made
    tails, heads, weights = tails[order], heads[order], weights[order]
    first = np.ones(tails.size, dtype=np.bool_)
    first[1:] = (tails[1:] != tails[:-1]) | (heads[1:] != heads[:-1])
    graph = csr_array((weights[first], (tails[first], heads[first])), shape=(n_nodes + 1, n_nodes + 1))
    distances, befores = dijkstra(graph, indices=np.array([n_nodes]), return_predecessors=True)
    distance, before = distances[0], befores[0]
    only_closed = {
        (int(arcs.tail[arc]), int(arcs.head[arc])): int(arcs.link[arc]) for arc in np.flatnonzero(shut)
    }
    for arc in np.flatnonzero(~shut & np.isin(arcs.tail, arcs.tail[shut])).tolist():
        only_closed.pop((int(arcs.tail[arc]), int(arcs.head[arc])), None)
    return _Ways(distance, before.astype(np.int64), only_closed, n_nodes)


def _of_closures(
    draft: Draft, rows_of: dict[str, list[int]], shut_links: list[int], host: str
) -> tuple[str, str]:
    """Which closures shut the links of the best way, as assets with their times."""
    links, closures, about = draft.scenario.links, draft.scenario.closures, draft.scenario.about
    offset = offset_of(about.start)
    begin = int(about.start.timestamp())
    said: dict[str, None] = {}
    lines: dict[str, None] = {}
    for link in shut_links:
        for kind, asset in (("crossing", links.crossing_id[link]), ("link", links.link_id[link])):
            for row in rows_of.get(asset, []):
                first, last = int(closures.from_time[row]), int(closures.until_time[row])
                from_text = format_time(begin if first == NO_TIME else first, offset)
                until_text = (
                    format_time(begin + about.horizon_h * 3600, offset)
                    if last == NO_TIME
                    else format_time(last, offset)
                )
                said[f"{kind} {asset!r} is closed from {from_text} until {until_text}"] = None
                lines[f"row {draft.marks['closures'].line(row)}"] = None
    them = "that closure" if len(said) == 1 else "those closures"
    remedy = f"without {them} (closures.csv, {', '.join(lines)}) it reaches host {host!r}"
    return " and ".join(said), remedy


def _of_roads(draft: Draft, network: Network, arcs: _Arcs, node: int) -> tuple[str, str]:
    """What is wrong with the roads around a zone: none, the wrong way, or not for cars."""
    links, nodes = draft.scenario.links, draft.scenario.nodes
    n_nodes = len(nodes)
    inside = _spread(arcs.tail, arcs.head, np.array([node]), n_nodes)
    known = (network.tail >= 0) & (network.head >= 0)
    out = np.flatnonzero(known & (inside[network.tail] != inside[network.head]))
    many = int(inside.sum())
    where = f"from its node {nodes.node_id[node]!r} cars reach {many - 1:,} other node{'s' * (many != 2)}"
    if not out.size:
        return f"{where}, and no link leads on from there", "draw the missing link"
    codes = ", ".join(links.link_id[out[:3]]) + (", …" if out.size > 3 else "")
    travelled = np.isin(out, arcs.link)
    if travelled.any():
        one_way = links.link_id[out[travelled][0]]
        remedy = f"write directed=false for link {one_way!r} if it can be travelled both ways"
        return f"{where}; links to the rest lead only inward or let no car through ({codes})", remedy
    remedy = "see the allowed_uses, lanes and capacity of those links"
    return f"{where}; links to the rest let no car through ({codes})", remedy
