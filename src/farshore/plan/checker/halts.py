"""Halts: where a way was broken off by an event and goes on later; read strictly, followed along a way."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from farshore.plan.checker.problem import Problem

__all__ = ["Along", "Pause", "along", "pauses_in"]

KEYS = {"before": int, "node_id": str, "from_steps": int, "cause": str, "back": str, "back_steps": int}
CAUSES = ("caught", "cut off", "late")
Fault = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Pause:
    """A halt before a link of a way: where, since how many steps after departure, turned back on what.

    back : row of the arc that they entered at `back_steps` and came back from, −1 for none
    """

    before: int
    node: int
    since: int
    cause: str
    back: int
    back_steps: int


@dataclass(frozen=True, slots=True)
class Along:
    """How a way goes: when each arc must be entered, and what its halts come to.

    entered : every arc entered with its steps after departure, turnings back included, in order of time
    pauses : (node row, since, until) of each halt; the last may have no end, −1
    leaves : steps after departure at which its last unbroken part begins
    halts : as they are stated
    """

    entered: tuple[tuple[int, int], ...]
    pauses: tuple[tuple[int, int, int], ...]
    leaves: int
    halts: tuple[Pause, ...]


def pauses_in(stated: Any, problem: Problem, fault: Fault) -> tuple[Pause, ...] | None:
    """Halts as a file gives them, or None with every fault."""
    if not isinstance(stated, list):
        fault("halts", "is not a list")
        return None
    found, sound = [], True
    for i, entry in enumerate(stated):
        if not isinstance(entry, Mapping) or set(entry) != set(KEYS):
            fault(f"halts[{i}]", f"must be {', '.join(KEYS)}")
            sound = False
            continue
        wrong = [key for key, kind in KEYS.items() if type(entry[key]) is not kind]
        for key in wrong:
            fault(f"halts[{i}].{key}", f"is {entry[key]!r}, not of the kind {KEYS[key].__name__}")
        if wrong:
            sound = False
            continue
        node = problem.node_row.get(entry["node_id"])
        back = problem.arc_row.get(entry["back"], -1)
        if node is None:
            fault(f"halts[{i}].node_id", f"{entry['node_id']!r} is no node of the scenario")
        if entry["back"] and back < 0:
            fault(f"halts[{i}].back", f"{entry['back']!r} is no link that cars or ferries may use that way")
        if entry["cause"] not in CAUSES:
            fault(f"halts[{i}].cause", f"is {entry['cause']!r}, none of {', '.join(CAUSES)}")
        if node is None or (entry["back"] and back < 0) or entry["cause"] not in CAUSES:
            sound = False
            continue
        found.append(
            Pause(entry["before"], node, entry["from_steps"], entry["cause"], back, entry["back_steps"])
        )
    return tuple(found) if sound else None


def along(
    start: int,
    arcs: Sequence[int],
    entries: Sequence[int],
    pauses: Sequence[Pause],
    arrival: int | None,
    problem: Problem,
    fault: Fault,
) -> Along | None:
    """Follow a way from a node link by link and halt by halt: nobody waits but at a halt.

    arrival : steps after departure of being taken in; None for people who wait at their last halt for good
    returns : how it goes, or None with the first thing that cannot be
    """
    walk = _Walk(problem, start)
    todo = list(enumerate(pauses))
    try:
        for i in range(len(arcs) + 1):
            while todo and todo[0][1].before == i:
                walk.halt(*todo.pop(0))
            if i < len(arcs):
                walk.enter(i, arcs[i], entries[i])
        if todo:
            raise _Wrong("halts", "are not in the order of the way, or beyond its end")
        walk.end(arrival)
    except _Wrong as wrong:
        fault(wrong.column, wrong.cause)
        return None
    return Along(tuple(walk.entered), tuple(walk.pauses), walk.leaves, tuple(pauses))


class _Wrong(Exception):
    def __init__(self, column: str, cause: str) -> None:
        self.column, self.cause = column, cause


class _Walk:
    """Somebody on a way: the node, the steps since departure, and whether they may wait there."""

    def __init__(self, problem: Problem, start: int) -> None:
        self.network, self.nodes = problem.network, problem.scenario.nodes.node_id
        self.here, self.now, self.came = start, 0, -1
        self.waiting, self.since = False, 0
        self.entered: list[tuple[int, int]] = []
        self.pauses: list[tuple[int, int, int]] = []
        self.leaves = 0

    def _leave(self, when: int) -> None:
        """Go on at a step, from a halt if they are at one."""
        if self.waiting:
            self.leaves = when
            self.pauses.append((self.here, self.since, when))
        self.now, self.waiting = when, False

    def _cannot(self, when: object) -> bool:
        early = type(when) is not int or when < self.now
        return early or (when != self.now and not self.waiting)

    def halt(self, number: int, pause: Pause) -> None:
        """Come to a halt, or be turned back to it."""
        place, nodes = f"halts[{number}]", self.nodes
        if pause.node != self.here:
            raise _Wrong(f"{place}.node_id", f"is {nodes[pause.node]}, but they are at {nodes[self.here]}")
        if pause.back >= 0:
            if self.network.tail[pause.back] != self.here:
                raise _Wrong(f"{place}.back", f"does not begin at {nodes[self.here]}")
            if self._cannot(pause.back_steps):
                raise _Wrong(f"{place}.back_steps", f"is {pause.back_steps}; they are there at {self.now}")
            self._leave(pause.back_steps)
            self.entered.append((pause.back, pause.back_steps))
        elif self.waiting:
            raise _Wrong(place, "is a second halt where they have not left the first")
        if pause.since < self.now or (pause.cause == "cut off" and pause.since != self.now):
            raise _Wrong(f"{place}.from_steps", f"is {pause.since}; they are there at {self.now}")
        self.now, self.waiting, self.since = pause.since, True, pause.since

    def enter(self, i: int, arc: int, entry: int) -> None:
        """Enter a link at a step."""
        network, nodes, name = self.network, self.nodes, self.network.arc_ids[arc]
        if network.tail[arc] != self.here:
            cause = f"{name} begins at {nodes[network.tail[arc]]}, not {nodes[self.here]}"
            raise _Wrong(f"links[{i}]", cause)
        if not self.waiting and network.head[arc] == self.came:
            raise _Wrong(f"links[{i}]", f"{name} turns straight back to {nodes[self.came]}")
        if self._cannot(entry):
            raise _Wrong(f"entry_steps[{i}]", f"says {entry!r}; the plan makes it {self.now}")
        self._leave(entry)
        self.entered.append((arc, entry))
        self.came, self.here = self.here, int(network.head[arc])
        self.now = entry + int(network.steps[arc])

    def end(self, arrival: int | None) -> None:
        """Be taken in, or stay at a halt for good."""
        if arrival is not None:
            if self._cannot(arrival):
                raise _Wrong("arrival_steps", f"says {arrival}; the plan makes it {self.now}")
            self._leave(arrival)
        elif self.waiting:
            self.pauses.append((self.here, self.since, -1))
        else:
            raise _Wrong("halts", "do not end with one where they are")
