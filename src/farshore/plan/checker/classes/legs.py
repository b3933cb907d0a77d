"""The legs of a way, one after the other: that each can be gone, and that they hang together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from farshore.plan.checker.classes.problem import ClassProblem
from farshore.plan.checker.halts import Pause, pauses_in

__all__ = ["Leg", "Report", "legs_in"]

MODES = ("car", "walk", "ferry", "bus", "train")
Report = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Leg:
    """A part of a route by one mode.

    tail, head : rows of the nodes table; board, alight : steps after departure
    arcs : rows of arcs, or numbers of links as walked; entries : steps after departure at which each
    is entered
    service : place of the fleet in the problem's buses, or of the first stage that fits; −1
    """

    mode: str
    tail: int
    head: int
    board: int
    alight: int
    arcs: tuple[int, ...]
    entries: tuple[int, ...]
    service: int = -1
    run_id: str = ""


def legs_in(
    stated: Mapping[str, Any], problem: ClassProblem, zone: int, fault: Report
) -> tuple[list[Leg], tuple[Pause, ...], tuple[int, ...]] | None:
    """Legs of people of a zone, their halts, and after how many legs each is; None with every fault.

    stated : links, entry_steps, legs and, of a way that was broken off, halts
    """
    faulted: list[str] = []

    def report(column: str, cause: str) -> None:
        faulted.append(column)
        fault(column, cause)

    halts = pauses_in(stated.get("halts", []), problem.plain, report)
    if halts is None:
        return None
    legs = _Legs(problem, stated, report, frozenset(halt.before for halt in halts)).read()
    if legs is None or faulted:
        return None
    after = tuple(_halts_after(legs, halt) for halt in halts)
    if -1 in after or any(late <= soon for soon, late in pairwise(after)):
        report("halts", "have no place between two legs, or none before each other")
        return None
    _check_joined(problem, zone, legs, dict(zip(after, halts, strict=True)), report)
    return None if faulted else (legs, halts, after)


def _halts_after(legs: list[Leg], halt: Pause) -> int:
    """After how many legs people halt, −1 where the legs leave no place for it."""
    links = 0
    for number, leg in enumerate((*legs, None)):
        if links == halt.before and (leg is None or leg.board >= halt.since):
            return number
        links += 0 if leg is None else len(leg.arcs)
    return -1


@dataclass(frozen=True, eq=False)
class _Legs:
    """Reads the legs of one route against the problem; broken : links before each of its halts."""

    problem: ClassProblem
    stated: Mapping[str, Any]
    fault: Report
    broken: frozenset[int] = frozenset()

    def read(self) -> list[Leg] | None:
        """Every leg, or None where one is not what it says."""
        links, legs = self.stated["links"], []
        if len(self.stated["entry_steps"]) != len(links):
            self.fault("entry_steps", f"has {len(self.stated['entry_steps'])} entries for {len(links)} links")
            return None
        reads = {"car": self._ride, "bus": self._ride, "ferry": self._ferry, "walk": self._walk}
        reads["train"] = self._train
        node_row, begun = self.problem.plain.node_row, 0
        for i, entry in enumerate(self.stated["legs"]):
            form = self._form_fault(entry, len(links) - begun)
            if form:
                self.fault(f"legs[{i}]", form)
                return None
            mode, tail, head, board, alight, n_links, *rest = entry
            ends = node_row.get(tail, -1), node_row.get(head, -1)
            mine = links[begun : begun + n_links]
            one = _Stated(mode, tail, head, rest[0] if rest else "", ends, (board, alight), mine, begun)
            leg = reads[mode](one)
            if isinstance(leg, str):
                if leg:  # the fault of a link has been named already
                    self.fault(f"legs[{i}]", leg)
                return None
            legs.append(leg)
            begun += n_links
        if begun < len(links):
            self.fault("legs", f"have {begun} links; the route has {len(links)}")
            return None
        return legs

    def _form_fault(self, entry: Any, links_left: int) -> str:
        if not isinstance(entry, list) or not entry or entry[0] not in MODES:
            return f"is no [mode, from, to, board, alight, n_links] with a mode of {', '.join(MODES)}"
        size = 7 if entry[0] in ("bus", "train") else 6
        if len(entry) != size:
            more = ", with its fleet or run as a seventh" if size == 7 else ""
            return f"has {len(entry)} entries; a leg by {entry[0]} has {size}{more}"
        strings = (entry[1], entry[2], *entry[6:])
        if any(not isinstance(each, str) for each in strings) or any(type(n) is not int for n in entry[3:6]):
            return "holds something else than codes and whole numbers"
        if not 0 <= entry[3] <= entry[4] or entry[5] < 0:
            return "ends before it begins, or begins before departure"
        unknown = [code for code in entry[1:3] if code not in self.problem.plain.node_row]
        if unknown:
            return f"{unknown[0]!r} is no node of the scenario"
        return f"takes {entry[5]} links; {links_left} are left" if entry[5] > links_left else ""

    def _ride(self, one: "_Stated") -> Leg | str:
        """By car or bus: arc after arc, without a wait, never straight back."""
        network, rows = self.problem.plain.network, self.problem.plain.arc_row
        by_bus = one.mode == "bus"
        service = self.problem.fleet.get(one.code, -1) if by_bus else -1
        ended = one.begun + len(one.links) in self.broken
        unfit = self._unserved(one, service, ended=ended) if by_bus else ""
        if unfit or not one.links:
            return unfit or f"goes by {one.mode} over no link"
        arcs: list[int] = []
        entries: list[int] = []
        here, at, came = one.ends[0], one.steps[0], -1
        for number, link in enumerate(one.links, start=one.begun):
            arc = rows.get(link, -1) if isinstance(link, str) else -1
            unfit = self._unfit(arc, link, here, came, by_bus=by_bus)
            if unfit:
                self.fault(f"links[{number}]", unfit)
                return ""
            arcs.append(arc)
            entries.append(at)
            came, here, at = here, int(network.head[arc]), at + int(network.steps[arc])
        if (here, at) != (one.ends[1], one.steps[1]):
            return f"ends at {self.problem.plain.scenario.nodes.node_id[here]} in step {at} by its links"
        return one.leg(tuple(arcs), tuple(entries), service)

    def _unfit(self, arc: int, link: Any, here: int, came: int, *, by_bus: bool) -> str:
        """Why nobody goes on by a link from a node, come from another, or ""."""
        network, nodes = self.problem.plain.network, self.problem.plain.scenario.nodes.node_id
        if arc < 0 or (by_bus and not self.problem.by_bus[arc]):
            return f"{link!r} is no link that {'buses' if by_bus else 'cars or ferries'} may use that way"
        if network.tail[arc] != here:
            return f"{link} begins at {nodes[network.tail[arc]]}, not {nodes[here]}"
        return f"{link} turns straight back to {nodes[came]}" if network.head[arc] == came else ""

    def _unserved(self, one: "_Stated", service: int, *, ended: bool) -> str:
        """Why buses do not serve a leg, or ""; ended : where it was broken off, perhaps at no stop."""
        if service < 0:
            return f"{one.code!r} is no fleet of buses"
        buses, at = self.problem.buses[service], self.problem.terminals.at
        for code, node, steps, what in (
            (one.tail, one.ends[0], buses.out, "take people up"),
            (one.head, one.ends[1], buses.back, "set people down"),
        ):
            if (node not in at or steps[at[node]] < 0) and not (ended and steps is buses.back):
                return f"buses of {one.code} cannot {what} at {code}"
        return ""

    def _ferry(self, one: "_Stated") -> Leg | str:
        network, rows = self.problem.plain.network, self.problem.plain.arc_row
        single = len(one.links) == 1 and isinstance(one.links[0], str)
        arc = rows.get(one.links[0], -1) if single else -1
        if arc < 0 or not network.is_ferry[arc]:
            return "is not over one ferry link"
        if (int(network.tail[arc]), int(network.head[arc])) != one.ends:
            return f"{one.links[0]} does not go from {one.tail} to {one.head}"
        if one.lasts != int(network.steps[arc]):
            return f"{one.links[0]} takes {int(network.steps[arc])} steps"
        return one.leg((arc,), (one.steps[0],))

    def _walk(self, one: "_Stated") -> Leg | str:
        walk = self.problem.walks.get(self._terminals(one))
        if walk is None:
            return f"nobody walks from {one.tail} to {one.head}: too far, no way, or no terminal"
        wanted = [self.problem.foot.arc_ids[link] for link in walk.links]
        if one.links != wanted:
            return f"the walk goes by {' '.join(wanted)}"
        if one.lasts != walk.steps:
            return f"the walk takes {walk.steps} steps"
        return one.leg(walk.links, (one.steps[0],) * len(walk.links))

    def _train(self, one: "_Stated") -> Leg | str:
        pair = self._terminals(one)
        for place, stage in enumerate(self.problem.stages):
            fits = (stage.tail, stage.head) == pair and stage.arrives - stage.departs == one.lasts
            if stage.run_id == one.code and stage.usable and fits and not one.links:
                return one.leg((), (), place, stage.run_id)
        return f"run {one.code!r} has no such stage from {one.tail} to {one.head}"

    def _terminals(self, one: "_Stated") -> tuple[int, int]:
        """Terminals at the ends of a leg, −1 where there is none."""
        at = self.problem.terminals.at
        return at.get(one.ends[0], -1), at.get(one.ends[1], -1)


class _Stated(NamedTuple):
    """A leg as stated, its form in order; ends : rows of nodes; begun : links of the route before its own."""

    mode: str
    tail: str
    head: str
    code: str
    ends: tuple[int, int]
    steps: tuple[int, int]
    links: list[Any]
    begun: int

    @property
    def lasts(self) -> int:
        """Steps from boarding to alighting."""
        return self.steps[1] - self.steps[0]

    def leg(
        self, arcs: tuple[int, ...], entries: tuple[int, ...], service: int = -1, run_id: str = ""
    ) -> Leg:
        """The leg, over these arcs."""
        return Leg(self.mode, *self.ends, *self.steps, arcs, entries, service, run_id)


def _check_joined(
    problem: ClassProblem, zone: int, legs: list[Leg], halts: Mapping[int, Pause], fault: Report
) -> None:
    """Fault legs that do not follow each other from the zone on, or that wait where nobody can.

    halts : by how many legs are before them
    """
    nodes = problem.plain.scenario.nodes.node_id
    here, at = problem.plain.zones[zone].node, 0
    for i, leg in enumerate(legs):
        halt = halts.get(i)
        if halt is not None:
            here, at = halt.node, halt.since
        if leg.tail != here:
            fault(f"legs[{i}]", f"begins at {nodes[leg.tail]}, not {nodes[here]}")
            return
        if leg.board < at:
            fault(f"legs[{i}]", f"begins in step {leg.board}, before step {at}")
            return
        before = legs[i - 1].mode == "car" if i else True
        through = (leg.mode == "car" or (i and before)) and halt is None
        if (leg.mode == "car" and not (before and (i or not leg.board))) or (through and i):
            fault(f"legs[{i}]", "who goes by car goes right through, from the start")
            return
        here, at = leg.head, leg.alight
