"""What would help against a conflict, found by solving again with one thing changed."""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np

from farshore.plan.conflicts.facts import Fact, Facts, World
from farshore.plan.conflicts.most import most_placed
from farshore.plan.conflicts.search import Clash, everybody
from farshore.plan.conflicts.words import fact_of
from farshore.results.conflicts import Remedy
from farshore.scenario.scenario import Scenario

__all__ = ["remedies_of"]

_EACH: Final = 3  # changes tried of one kind


def remedies_of(world: World, clash: Clash, holding: Facts) -> tuple[Remedy, ...]:
    """Changes to the facts of a conflict that place more people, those that place most first.

    holding : the facts that hold otherwise: all of them, but for those of conflicts of smaller depth
    """
    people = everybody(world)
    before = most_placed(world, holding, people, explain=False).short
    found = []
    for words, changed, away in _changes(world, clash):
        other = world if changed is None else World(changed, over=world.over)
        gain = before - most_placed(other, holding - away, people, explain=False).short
        if gain > 0:
            found.append(Remedy(words, gain))
    return tuple(sorted(found, key=lambda remedy: -remedy.placed_persons))


def _changes(world: World, clash: Clash) -> Iterator[tuple[str, Scenario | None, Facts]]:
    """(in words, the scenario changed, or facts taken away); of each kind the widest first, a few of them."""
    scenario, short = world.scenario, clash.short
    rooms = {} if clash.cut is None else clash.cut.facts
    for kind in ("beds", "closure", "crossing", "link", "intake", "dates", "driving", "sailing", "horizon"):
        facts = sorted(
            (fact for fact in clash.facts if fact.kind == kind), key=lambda fact: (-rooms.get(fact, 0), fact)
        )
        for fact in facts[:_EACH]:
            yield from _change(scenario, fact, rooms.get(fact, 0), short)
        if kind == "closure" and len(facts) > 1:
            rows = [fact.row for fact in facts]
            yield f"all {len(rows)} closures named lifted", _without_closures(scenario, rows), frozenset()


def _change(
    scenario: Scenario, fact: Fact, room: int, short: int
) -> Iterator[tuple[str, Scenario | None, Facts]]:
    hosts, links, crossings, row = scenario.hosts, scenario.links, scenario.crossings, fact.row
    nothing: Facts = frozenset()
    more = 1 + short / room if room else 0.0
    match fact.kind:
        case "beds":
            beds = _with(hosts.beds, row, hosts.beds[row] + short)
            yield (
                f"{short:,} more beds at {hosts.name[row]}",
                replace(scenario, hosts=replace(hosts, beds=beds)),
                nothing,
            )
        case "closure":
            words = fact_of(scenario, fact).words
            yield f"lifted: {words}", _without_closures(scenario, [row]), nothing
        case "crossing" if room and crossings.kind[row] == "ferry":
            vessels = math.ceil(crossings.vessels[row] * more)
            made = replace(crossings, vessels=_with(crossings.vessels, row, vessels))
            words = f"{vessels - int(crossings.vessels[row])} more vessels on {crossings.name[row]}"
            yield words, replace(scenario, crossings=made), nothing
        case "crossing" if room:
            over = links.crossing_id == crossings.crossing_id[row]
            percent = _percent(scenario, float((links.capacity * links.lanes)[over].min()), more)
            wider = np.where(over, 1 + percent / 100, 1.0)
            made_links = replace(links, capacity=links.capacity * wider)
            yield (
                f"{percent} % more room on {crossings.name[row]}",
                replace(scenario, links=made_links),
                nothing,
            )
        case "link" if room:
            percent = _percent(scenario, float(links.capacity[row] * links.lanes[row]), more)
            made_links = replace(
                links, capacity=_with(links.capacity, row, links.capacity[row] * (1 + percent / 100))
            )
            words = f"{percent} % more room on road {links.link_id[row]}"
            yield words, replace(scenario, links=made_links), nothing
        case "intake" if room:
            percent = _percent(scenario, float(hosts.intake_persons_h[row]), more, people=True)
            intake = _with(hosts.intake_persons_h, row, hosts.intake_persons_h[row] * (1 + percent / 100))
            words = f"{percent} % more taken in an hour at {hosts.name[row]}"
            yield words, replace(scenario, hosts=replace(hosts, intake_persons_h=intake)), nothing
        case "dates":
            yield f"{hosts.name[row]} open throughout", None, frozenset({fact})
        case "driving":
            yield "driving day and night", None, frozenset({fact})
        case "sailing":
            yield "sailing day and night", None, frozenset({fact})
        case "horizon":
            about = scenario.about
            hours = min(about.horizon_h, math.ceil(about.horizon_h * (more - 1))) if room else about.horizon_h
            longer = replace(scenario, about=replace(about, horizon_h=about.horizon_h + hours))
            yield f"{hours} more hours", longer, nothing


def _percent(scenario: Scenario, per_hour: float, more: float, *, people: bool = False) -> int:
    """How much more an hour lets so many times the whole people through in each step.

    per_hour : vehicles, or people
    """
    each = 1.0 if people else scenario.parameter("persons_per_vehicle")
    per_step = per_hour * each * scenario.about.step_s / 3600
    target = math.ceil(max(1, math.floor(per_step)) * more)
    return math.ceil(100 * (target / per_step - 1)) if per_step > 0 else 0


def _with(values: Any, row: int, value: Any) -> Any:
    changed = values.copy()
    changed[row] = value
    return changed


def _without_closures(scenario: Scenario, rows: list[int]) -> Scenario:
    """The scenario with closures that change nothing any more; rows keep their numbers."""
    table = scenario.closures
    factor, uses = table.capacity_factor.copy(), table.allowed_uses.copy()
    factor[rows], uses[rows] = 1.0, ""
    return scenario.with_closures(replace(table, capacity_factor=factor, allowed_uses=uses))
