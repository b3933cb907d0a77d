"""Halts: where a way was broken off by an event and goes on later. Read strictly, and followed along a way."""

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
    """A halt before a link of a way: where, since how many steps after departure, and after turning back on what.

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
        node = problem.scenario.nodes.position().get(entry["node_id"])
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
) -> tuple[Along, int] | None:
    """Follow a way from a node link by link and halt by halt: nobody waits but at a halt.

    arrival : steps after departure of being taken in; None for people who wait at their last halt for good
    returns : how it goes and the node at which it ends, or None with the first thing that cannot be
    """
    network, nodes = problem.network, problem.scenario.nodes.node_id
    here, now, waiting, came = start, 0, False, -1
    entered: list[tuple[int, int]] = []
    paused: list[tuple[int, int, int]] = []
    leaves, since = 0, 0
    todo = list(pauses)

    def leave(when: int) -> None:
        nonlocal leaves
        leaves = when
        paused.append((here, since, when))

    for i in range(len(arcs) + 1):
        while todo and todo[0].before == i:
            pause = todo.pop(0)
            place = f"halts[{len(pauses) - len(todo) - 1}]"
            if pause.node != here:
                fault(f"{place}.node_id", f"is {nodes[pause.node]}, but they are at {nodes[here]}")
                return None
            if pause.back >= 0:
                if network.tail[pause.back] != here:
                    fault(f"{place}.back", f"does not begin at {nodes[here]}")
                    return None
                if pause.back_steps < now or (pause.back_steps > now and not waiting):
                    fault(f"{place}.back_steps", f"is {pause.back_steps}; they are there at {now}")
                    return None
                if waiting:
                    leave(pause.back_steps)
                entered.append((pause.back, pause.back_steps))
                now = pause.back_steps
            elif waiting:
                fault(place, "is a second halt where they have not left the first")
                return None
            if pause.since < now or (pause.cause == "cut off" and pause.since != now):
                fault(f"{place}.from_steps", f"is {pause.since}; they are there at {now}")
                return None
            now, waiting, since = pause.since, True, pause.since
        if i == len(arcs):
            break
        arc, entry = arcs[i], entries[i]
        name = network.arc_ids[arc]
        if network.tail[arc] != here:
            fault(f"links[{i}]", f"{name} begins at {nodes[network.tail[arc]]}, not {nodes[here]}")
            return None
        if not waiting and network.head[arc] == came:
            fault(f"links[{i}]", f"{name} turns straight back to {nodes[network.head[arc]]}")
            return None
        if type(entry) is not int or entry < now or (entry > now and not waiting):
            fault(f"entry_steps[{i}]", f"says {entry!r}; the plan makes it {now}")
            return None
        if waiting:
            leave(entry)
        entered.append((arc, entry))
        waiting, came, here = False, here, int(network.head[arc])
        now = entry + int(network.steps[arc])
    if todo:
        fault("halts", "are not in the order of the way, or beyond its end")
        return None
    if arrival is None:
        if not waiting:
            fault("halts", "do not end with one where they are")
            return None
        paused.append((here, since, -1))
    elif arrival < now or (arrival > now and not waiting):
        fault("arrival_steps", f"says {arrival}; the plan makes it {now}")
        return None
    elif waiting:
        leave(arrival)
    return Along(tuple(entered), tuple(paused), leaves, tuple(pauses)), here
