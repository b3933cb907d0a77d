"""Who must be told something new: old instruction, new instruction, and why, in words."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from farshore.plan.replanning.assemble import Assembled
from farshore.plan.replanning.groups import Instructed
from farshore.plan.replanning.part import Way
from farshore.plan.replanning.remaining import Remaining
from farshore.plan.replanning.stages import Plan
from farshore.plan.replanning.state import State, Told
from farshore.results.outcome import Change, Event, Outcome, Route
from farshore.scenario.scenario import Scenario
from farshore.scenario.timing import Timing
from farshore.units import format_time, offset_of

__all__ = ["changed_persons", "changes_of"]

MICRO = 1_000_000


def changed_persons(
    remaining: Remaining, instructed: Instructed, halted: Mapping[int, int], plan: Plan
) -> int:
    """How many hear something new under a plan.

    halted : by node, who has come free on the road with this event. Others who leave though they had no
    instruction count too.
    """
    ways, others = instructed.kept.ways, plan.others
    kept = np.zeros(len(instructed.told), np.int64)
    np.add.at(kept, instructed.of_told, plan.kept)
    depart = np.zeros(len(instructed.told), np.int64)
    depart[instructed.of_told] = instructed.kept.depart
    number: dict[Way, int] = {}
    old_way = [number.setdefault(way, len(number)) for way in ways]
    new_way = [number.setdefault(way, len(number)) for way in others.ways]
    origin = [way.origin for way in number]
    before: Counter[tuple[int, int]] = Counter()
    for told, n, step in zip(instructed.told, kept.tolist(), depart.tolist(), strict=True):
        before[old_way[told.route], step] += told.persons - n
    after: Counter[tuple[int, int]] = Counter()
    for way, step, persons in zip(
        others.way.tolist(), others.step.tolist(), others.persons.tolist(), strict=True
    ):
        after[new_way[way], step] += persons
    lost, leaving = np.zeros((2, len(remaining.problem.timing.zone_node)), np.int64)
    for moved, added in ((before - after, lost), (after - before, leaving)):
        for (way, _), persons in moved.items():
            added[origin[way]] += persons
    for node, persons in halted.items():
        lost[remaining.origin_of(node)] += persons
    return int(np.maximum(lost, leaving).sum())


def changes_of(
    old: Outcome,
    scenario: Scenario,
    timing: Timing,
    state: State,
    instructed: Instructed,
    plan: Plan,
    made: Assembled,
    events: Sequence[Event],
) -> tuple[Change, ...]:
    """Every group with a new instruction, by zone, those on the road first.

    timing : after the events, steps from the event's
    """
    why = _Reasons(old, scenario, timing, state, events)
    found = [change for change in _on_the_road(old, made, why) if change is not None]
    saved = np.zeros(len(instructed.told), np.int64)
    np.maximum.at(saved, instructed.of_told, plan.saved)
    saved_by = dict(zip(instructed.told, saved.tolist(), strict=True))
    whole = {(told.route, told.step): told for told in instructed.told}
    for each in made.at_home:
        zone_id, told, before = str(scenario.zones.zone_id[each.zone]), each.told, None
        reason = "there is a way now; before there was none"
        if told is not None:
            before = old.routes[told.route]
            reason = why.of_group(told, saved_by[whole[told.route, told.step]])
        old_step = told.step if told else None
        change = _change(zone_id, "", each.persons, old_step, before, each.step, each.route, reason)
        found.append(replace(change, households=each.households))
    row = old.scenario.zones.position()
    return tuple(sorted(_merged(found), key=lambda change: _in_order(change, row)))


def _merged(changes: Sequence[Change]) -> list[Change]:
    """Those that say the same to households of one place are one."""
    found: dict[Change, list[Change]] = {}
    for change in changes:
        alike = replace(change, persons=0, households=()) if change.households else change
        found.setdefault(alike, []).append(change)
    return [
        replace(
            one[0],
            persons=sum(each.persons for each in one),
            households=tuple(sorted(household for each in one for household in each.households)),
        )
        if len(one) > 1 and one[0].households
        else change
        for one in found.values()
        for change in (one[:1] if one[0].households else one)
    ]


def _in_order(change: Change, zone_row: Mapping[str, int]) -> tuple[object, ...]:
    return (
        not change.at_node,
        zone_row[change.zone_id],
        change.old_step is None,
        change.old_step or 0,
        change.old_route,
        change.new_step is None,
        change.new_step or 0,
        change.new_route,
    )


def _on_the_road(old: Outcome, made: Assembled, why: "_Reasons") -> list[Change | None]:
    found: list[Change | None] = []
    for each in made.on_the_road:
        waiting = each.waiting
        if waiting.cause == "before" and each.route is None:
            continue  # they had no way on, and have none
        told_before = None if waiting.cause == "before" else waiting.so_far
        before = old.routes[waiting.told.route] if waiting.told else told_before
        old_step = None if before is None else waiting.step
        if waiting.told:
            reason = why.of_group(waiting.told, 0)
        else:
            reason = why.of_halt(waiting.cause, waiting.link, waiting.so_far.halts[-1].node_id)
        change = _change(
            waiting.so_far.zone_id,
            waiting.so_far.halts[-1].node_id,
            each.persons,
            old_step,
            before,
            each.step,
            each.route,
            reason,
        )
        found.append(replace(change, households=each.households))
    return found


def _change(
    zone_id: str,
    at_node: str,
    persons: int,
    old_step: int | None,
    before: Route | None,
    new_step: int | None,
    after: Route | None,
    why: str,
) -> Change:
    return Change(
        zone_id,
        at_node,
        persons,
        old_step,
        before.route_id if before else "",
        before.host_id if before else "",
        new_step,
        after.route_id if after else "",
        after.host_id if after else "",
        _what(at_node, old_step, before, new_step, after),
        why,
    )


def _what(
    at_node: str, old_step: int | None, before: Route | None, new_step: int | None, after: Route | None
) -> str:
    """What is new about an instruction, in a few words."""
    if after is None or new_step is None:
        return "waits where they are: no way on" if at_node else "stays: no way"
    if before is None or old_step is None:
        return "goes on" if at_node else "leaves"
    said = []
    if after.host_id != before.host_id:
        said.append("another host")
    if at_node:
        return ", ".join(["another way on from here", *said])
    if new_step != old_step:
        said.append("later" if new_step > old_step else "earlier")
    if after.links != before.links:
        said.append("another way")
    return ", ".join(said) or "as before"


class _Reasons:
    """Why an instruction does not hold any more, in words."""

    def __init__(
        self, old: Outcome, scenario: Scenario, timing: Timing, state: State, events: Sequence[Event]
    ) -> None:
        self._old, self._scenario, self._timing, self._state = old, scenario, timing, state
        self._events = {event.asset_id for event in events}
        self._crossing_name = dict(zip(scenario.crossings.crossing_id, scenario.crossings.name, strict=True))
        self._link_row = scenario.links.position()

    def of_group(self, told: Told, saved: int) -> str:
        """Of people who have not set out, or have halted."""
        if saved:
            hours = f"{saved / MICRO:,.1f}".rstrip("0").rstrip(".")
            return (
                f"keeping to it would cost {hours} person-hours more for each of them than the best there is"
            )
        legs, timing = self._state.legs, self._timing
        begin = told.step - self._state.at
        route = self._old.routes[told.route]
        if route.halts:
            before = route.halts[-1].before
            begin += route.entry_steps[before] if before < len(route.links) else route.arrival_steps
        narrower = ""
        span = slice(int(legs.first[told.route]), int(legs.first[told.route + 1]))
        for arc, entry in zip(legs.arc[span].tolist(), legs.entry[span].tolist(), strict=True):
            asset = self._asset(int(timing.link_row[arc]))
            if timing.capacities[timing.capacity_of[arc], begin + entry] == 0:
                return f"{asset[1]} is closed at {self._time(begin + entry)}, when the way before comes to it"
            if asset[0] in self._events and not narrower:
                narrower = f"{asset[1]} takes fewer at {self._time(begin + entry)} than were to come"
        return narrower or "the way before, or the host, is full with those who are on their way already"

    def of_halt(self, cause: str, link: str, node_id: str) -> str:
        """Of people on the road."""
        asset = self._asset(self._link_row[link.removeprefix("-")])[1] if link else ""
        if cause == "caught":
            return f"were on {asset} when it closed; they are at {node_id} now, or will be soon"
        if cause == "cut off":
            return f"the way ahead is closed or full; by {asset} they come to {node_id}"
        if cause in ("late", "late again"):
            return f"the host at {node_id} has not counted them"
        return f"have waited at {node_id} since an earlier event"

    def _asset(self, row: int) -> tuple[str, str]:
        """A link's event asset and its name: its crossing's if it is of one."""
        links = self._scenario.links
        link, crossing = str(links.link_id[row]), str(links.crossing_id[row])
        if crossing and link not in self._events:
            return crossing, f"{self._crossing_name[crossing]} ({crossing})"
        name = str(links.name[row])
        return link, f"road {link}{f' ({name})' if name else ''}"

    def _time(self, step: int) -> str:
        timing = self._timing
        return format_time(timing.start_s + step * timing.step_s, offset_of(self._scenario.about.start))
