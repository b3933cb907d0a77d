"""Who must be told something new: old instruction, new instruction, and why, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from farshore.plan.replanning.assemble import Assembled
from farshore.plan.replanning.groups import Instructed
from farshore.plan.replanning.part import Way
from farshore.plan.replanning.remaining import Remaining
from farshore.plan.replanning.stages import Plan
from farshore.plan.replanning.state import State, Told
from farshore.results.outcome import Change, Event, Outcome, Route
from farshore.scenario.scenario import Scenario
from farshore.scenario.timing import Ints, Timing
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
    old_way = np.array([number.setdefault(way, len(number)) for way in ways], np.int64)
    new_way = np.array([number.setdefault(way, len(number)) for way in others.ways], np.int64)
    origin = np.array([way.origin for way in number], np.int64)
    more = np.zeros((len(number), remaining.problem.timing.n_steps), np.int64)  # than were told to, by way
    np.add.at(more, (new_way[others.way], others.step), others.persons)
    if instructed.told:
        route = np.array([told.route for told in instructed.told], np.int64)
        persons = np.array([told.persons for told in instructed.told], np.int64)
        np.subtract.at(more, (old_way[route], depart), persons - kept)
    lost, leaving = np.zeros((2, len(remaining.problem.timing.zone_node)), np.int64)
    np.add.at(lost, origin, np.maximum(-more, 0).sum(axis=1))
    np.add.at(leaving, origin, np.maximum(more, 0).sum(axis=1))
    for node, anew in halted.items():
        lost[remaining.origin_of(node)] += anew
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
        found.append(
            _change(
                zone_id, "", each.persons, old_step, before, each.step, each.route, reason, each.households
            )
        )
    row = old.scenario.zones.position()
    return tuple(sorted(_merged(found), key=lambda change: _in_order(change, row)))


def _merged(changes: Sequence[Change]) -> list[Change]:
    """Those that say the same to households of one place are one; groups of persons stay as they are."""
    found: dict[object, list[Change]] = {}
    for number, change in enumerate(changes):
        says = (change.zone_id, change.at_node, change.old_step, change.old_route, change.old_host)
        holds = (change.new_step, change.new_route, change.new_host, change.what, change.why)
        found.setdefault((says, holds) if change.households else number, []).append(change)
    return [one[0] if len(one) == 1 else _as_one(one) for one in found.values()]


def _as_one(changes: Sequence[Change]) -> Change:
    households = sorted(household for each in changes for household in each.households)
    persons = sum(each.persons for each in changes)
    return replace(changes[0], persons=persons, households=tuple(households))


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
        found.append(
            _change(
                waiting.so_far.zone_id,
                waiting.so_far.halts[-1].node_id,
                each.persons,
                old_step,
                before,
                each.step,
                each.route,
                reason,
                each.households,
            )
        )
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
    households: tuple[int, ...],
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
        households,
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


@dataclass(frozen=True, eq=False)
class _Leg:
    """What lies ahead on a route: arcs and when each is entered, int64[n_arcs].

    first_shut : by step of going on, the first of the arcs that is closed when they come to it, −1 if none
    first_of_event : the first of the arcs that an event is about, −1 if none
    """

    arcs: Ints
    entries: Ints
    first_shut: list[int]
    first_of_event: int


class _Reasons:
    """Why an instruction does not hold any more, in words."""

    def __init__(
        self, old: Outcome, scenario: Scenario, timing: Timing, state: State, events: Sequence[Event]
    ) -> None:
        self._old, self._scenario, self._timing, self._state = old, scenario, timing, state
        self._events = {event.asset_id for event in events}
        self._crossing_name = dict(zip(scenario.crossings.crossing_id, scenario.crossings.name, strict=True))
        self._link_row = scenario.links.position()
        self._legs: dict[int, _Leg] = {}
        self._offset = offset_of(scenario.about.start)
        self._assets: dict[int, tuple[str, str]] = {}

    def of_group(self, told: Told, saved: int) -> str:
        """Of people who have not set out, or have halted."""
        if saved:
            hours = f"{saved / MICRO:,.1f}".rstrip("0").rstrip(".")
            return (
                f"keeping to it would cost {hours} person-hours more for each of them than the best there is"
            )
        timing = self._timing
        begin = told.step - self._state.at
        route = self._old.routes[told.route]
        if route.halts:
            before = route.halts[-1].before
            begin += route.entry_steps[before] if before < len(route.links) else route.arrival_steps
        if told.route not in self._legs:
            self._legs[told.route] = self._leg(told.route)
        leg = self._legs[told.route]
        shut = leg.first_shut[begin]
        if shut >= 0:
            asset, when = self._asset(int(timing.link_row[leg.arcs[shut]])), int(leg.entries[shut])
            return f"{asset[1]} is closed at {self._time(begin + when)}, when the way before comes to it"
        if leg.first_of_event >= 0:
            first = leg.first_of_event
            asset, when = self._asset(int(timing.link_row[leg.arcs[first]])), int(leg.entries[first])
            return f"{asset[1]} takes fewer at {self._time(begin + when)} than were to come"
        return "the way before, or the host, is full with those who are on their way already"

    def _leg(self, route: int) -> "_Leg":
        """The leg ahead on a route."""
        legs, timing = self._state.legs, self._timing
        span = slice(int(legs.first[route]), int(legs.first[route + 1]))
        arcs, entries = legs.arc[span], legs.entry[span]
        begins = np.arange(timing.n_steps - int(entries.max(initial=0)))
        shut = timing.capacities[timing.capacity_of[arcs], begins[:, None] + entries] == 0
        first_shut = np.where(shut.any(axis=1), shut.argmax(axis=1), -1) if len(arcs) else begins * 0 - 1
        assets = [self._asset(row)[0] in self._events for row in timing.link_row[arcs].tolist()]
        return _Leg(arcs, entries, first_shut.tolist(), assets.index(True) if True in assets else -1)

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
        if row not in self._assets:
            self._assets[row] = self._look_up(row)
        return self._assets[row]

    def _look_up(self, row: int) -> tuple[str, str]:
        links = self._scenario.links
        link, crossing = str(links.link_id[row]), str(links.crossing_id[row])
        if crossing and link not in self._events:
            return crossing, f"{self._crossing_name[crossing]} ({crossing})"
        name = str(links.name[row])
        return link, f"road {link}{f' ({name})' if name else ''}"

    def _time(self, step: int) -> str:
        timing = self._timing
        return format_time(timing.start_s + step * timing.step_s, self._offset)
