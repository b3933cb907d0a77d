"""Whether a stated conflict holds: its places are all that is left to its people, and too few for them.

That no fact of it could be spared, and what would help, is not checked: nothing that a plan promises hangs
on it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from farshore.plan.checker.problem import Problem
from farshore.plan.checker.timetable import Ints

__all__ = ["check_conflicts"]

_NOBODY: Final = -1
_SEVERAL: Final = -2
KEYS: Final = {
    "depth": int,
    "kind": str,
    "statement": str,
    "people": int,
    "room": int,
    "short": int,
    "held": list,
    "facts": list,
    "links": list,
    "intake": list,
    "beds": list,
    "remedies": list,
}
Flags = npt.NDArray[np.bool_]
Report = Callable[[str, str], None]


@dataclass(frozen=True, eq=False)
class _Places:
    """All places that are left: bool[n_steps] by arc and by host row; rows of hosts whose beds are meant."""

    links: dict[int, Flags]
    intake: dict[int, Flags]
    beds: frozenset[int]

    def room(self, problem: Problem) -> int | None:
        """Persons whom they hold; None if one of them has no limit."""
        total = sum(int(problem.network.capacity(arc)[steps].sum()) for arc, steps in self.links.items())
        for row, steps in self.intake.items():
            host = problem.hosts[row]
            if host.intake is None:
                return None
            total += host.intake * int((steps & host.takes).sum())
        return total + sum(problem.hosts[row].beds for row in self.beds)


def check_conflicts(stated: Any, problem: Problem, report: Report) -> None:
    """Report what is wrong with each conflict of summary.json: report(path, cause)."""
    if not isinstance(stated, list):
        return  # said already, with all that is told in a form that cannot be
    for number, each in enumerate(stated):
        at = f"conflicts[{number}]"
        if not isinstance(each, dict) or set(each) != set(KEYS):
            report(at, f"must be an object of {', '.join(KEYS)}")
            continue
        wrong = [key for key, kind in KEYS.items() if type(each[key]) is not kind]
        for key in wrong:
            report(f"{at}.{key}", "is not of its kind")
        if not wrong:
            _check(each, problem, at, report)


def _check(stated: dict[str, Any], problem: Problem, at: str, report: Report) -> None:
    held = _held(stated["held"], problem)
    places = _places(stated, problem)
    if held is None:
        report(f"{at}.held", "must have zones, each once, and the steps in which their people become ready")
        return
    if places is None:
        report(at, "links, intake and beds must name arcs, hosts and steps of the scenario, each step once")
        return
    people = 0
    for number, (row, first, end, persons) in enumerate(held):
        zone = problem.zones[row]
        there = int(zone.newly_ready[first : problem.clock.n_steps if end is None else end].sum())
        there += zone.never_ready if end is None else 0
        if there != persons:
            report(
                f"{at}.held[{number}].persons",
                f"says {persons:,}; {there:,} of {zone.zone_id} become ready then",
            )
        people += there
    room = places.room(problem)
    if people != stated["people"]:
        report(f"{at}.people", f"says {stated['people']:,}; those held are {people:,}")
    if room is None or room > stated["room"] or (room < stated["room"] and not stated["depth"]):
        made = "without limit" if room is None else f"{room:,}"
        report(f"{at}.room", f"says {stated['room']:,}; the places named are {made}")
    if stated["short"] != stated["people"] - stated["room"] or stated["short"] < 1:
        report(
            f"{at}.short",
            f"says {stated['short']:,}; people less room is {stated['people'] - stated['room']:,}",
        )
    starts = [(problem.zones[row].node, first) for row, first, _, _ in held]
    host = _reached(problem, starts, places)
    if host is not None:
        report(
            at,
            f"somebody of these zones could come to {problem.hosts[host].host_id} without the places named",
        )


def _held(stated: list[Any], problem: Problem) -> list[tuple[int, int, int | None, int]] | None:
    found: list[tuple[int, int, int | None, int]] = []
    n_steps = problem.clock.n_steps
    for each in stated:
        if not isinstance(each, dict) or set(each) != {"zone_id", "first_step", "end_step", "persons"}:
            return None
        row, first, end = problem.zone_row.get(str(each["zone_id"])), each["first_step"], each["end_step"]
        steps = first if end is None else end
        if (
            row is None
            or type(first) is not int
            or type(steps) is not int
            or type(each["persons"]) is not int
        ):
            return None
        if not 0 <= first <= steps <= n_steps or row in {other[0] for other in found}:
            return None
        found.append((row, first, end, each["persons"]))
    return found or None


def _places(stated: dict[str, Any], problem: Problem) -> _Places | None:
    links = _spans(stated["links"], problem.arc_row, problem.clock.n_steps)
    intake = _spans(stated["intake"], problem.host_row, problem.clock.n_steps)
    beds = [problem.host_row.get(str(code)) for code in stated["beds"]]
    rows = frozenset(row for row in beds if row is not None)
    if links is None or intake is None or len(rows) < len(beds):
        return None
    return _Places(links, intake, rows)


def _spans(stated: list[Any], row_of: dict[str, int], n_steps: int) -> dict[int, Flags] | None:
    found: dict[int, Flags] = {}
    for each in stated:
        if not isinstance(each, list) or len(each) != 3 or str(each[0]) not in row_of:
            return None
        _, first, end = each
        if type(first) is not int or type(end) is not int or not 0 <= first < end <= n_steps:
            return None
        steps = found.setdefault(row_of[str(each[0])], np.zeros(n_steps, bool))
        if steps[first:end].any():
            return None
        steps[first:end] = True
    return found


def _reached(problem: Problem, starts: list[tuple[int, int]], places: _Places) -> int | None:
    """A host at which somebody could be taken in who leaves from a node in some step or later; None if none.

    Nobody enters a link, an intake or beds that are among the places, and nobody turns straight back: each
    node remembers, for each step, the only neighbour from which anybody comes there, or that several do.
    """
    network, n_steps = problem.network, problem.clock.n_steps
    out: dict[int, list[int]] = {}
    for arc, tail in enumerate(network.tail.tolist()):
        out.setdefault(tail, []).append(arc)
    came: dict[int, Ints] = {}
    for node, first in starts:
        came.setdefault(node, np.full(n_steps, _NOBODY))[first:] = _SEVERAL
    waiting = list(came)
    may: dict[int, Flags] = {}
    while waiting:
        node = waiting.pop()
        here = came[node]
        for arc in out.get(node, ()):
            tau, head = int(network.steps[arc]), int(network.head[arc])
            if tau >= n_steps:
                continue
            if arc not in may:
                may[arc] = (network.capacity(arc) >= 1) & ~places.links.get(arc, np.zeros(n_steps, bool))
            passes = np.zeros(n_steps, bool)
            passes[tau:] = ((here != _NOBODY) & (here != head) & may[arc])[: n_steps - tau]
            there = came.setdefault(head, np.full(n_steps, _NOBODY))
            first_come = passes & (there == _NOBODY)
            others = passes & ~first_come & (there != _SEVERAL) & (there != node)
            if first_come.any() or others.any():
                there[first_come], there[others] = node, _SEVERAL
                waiting.append(head)
    for host in problem.hosts:
        if host.row in places.beds or host.node not in came:
            continue
        open_ = host.usable & ~places.intake.get(host.row, np.zeros(n_steps, bool))
        if (open_ & (came[host.node] != _NOBODY)).any():
            return host.row
    return None
