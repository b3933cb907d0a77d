"""Facts and conflicts in words, with the row of the file that says so."""

from collections.abc import Iterable

import numpy as np

from farshore.plan.conflicts.facts import Fact, World
from farshore.plan.conflicts.most import LATE, People
from farshore.plan.conflicts.search import Clash
from farshore.results import conflicts as told
from farshore.scenario.scenario import Scenario
from farshore.scenario.table import NO_TIME
from farshore.units import format_time, offset_of

__all__ = ["conflict_of", "fact_of", "persons_of"]

_SHOWN = 3
_HEADER = 2  # line of a table's first row


def conflict_of(world: World, clash: Clash, arc_ids: tuple[str, ...]) -> told.Conflict:
    """A conflict as the results have it, with its arithmetic; `arc_ids` : of the whole network."""
    scenario, cut = world.scenario, clash.cut
    rooms = {} if cut is None else cut.facts
    people = sum(persons_of(world, each) for each in clash.people)
    held = tuple(
        told.Held(
            str(scenario.zones.zone_id[each.zone]),
            each.first,
            None if each.end >= LATE else each.end,
            persons_of(world, each),
        )
        for each in clash.people
    )
    facts = [_people(world, each) for each in clash.people]
    facts += [fact_of(scenario, fact, rooms.get(fact)) for fact in sorted(clash.facts, key=_order)]
    kind = _kind(clash)
    return told.Conflict(
        depth=clash.depth,
        kind=kind,
        statement=_statement(world, clash, kind, people),
        people=people,
        room=people - clash.short,
        short=clash.short,
        held=held,
        facts=tuple(facts),
        links=() if cut is None else tuple((arc_ids[a], k, end) for a, k, end in _spans(cut.links)),
        intake=()
        if cut is None
        else tuple((str(scenario.hosts.host_id[h]), k, end) for h, k, end in _spans(cut.intake)),
        beds=() if cut is None else tuple(str(scenario.hosts.host_id[host]) for host in cut.beds),
    )


def persons_of(world: World, each: People) -> int:
    """How many people these are."""
    persons = int(world.ready[each.zone, each.first : min(each.end, world.ready.shape[1])].sum())
    if each.end >= LATE:
        persons += int(world.people[each.zone] - world.ready[each.zone].sum())
    return persons


def _order(fact: Fact) -> tuple[int, int]:
    order = (
        "beds",
        "crossing",
        "link",
        "intake",
        "closure",
        "blocked",
        "dates",
        "ready",
        "driving",
        "sailing",
        "horizon",
    )
    return order.index(fact.kind), fact.row


def _spans(cells: Iterable[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Steps that follow each other as one: (place, first, end)."""
    spans: list[tuple[int, int, int]] = []
    for place, step in cells:
        if spans and spans[-1][0] == place and spans[-1][2] == step:
            spans[-1] = (place, spans[-1][1], step + 1)
        else:
            spans.append((place, step, step + 1))
    return spans


def _kind(clash: Clash) -> str:
    if clash.cut is None:
        return "late"
    if not clash.cut.room:
        return "cut_off"
    only_beds = {fact.kind for fact in clash.cut.facts} == {"beds"}
    return "beds" if only_beds and Fact("horizon", 0) not in clash.facts else "time"


def _statement(world: World, clash: Clash, kind: str, people: int) -> str:
    scenario = world.scenario
    zones = _several([str(scenario.zones.name[each.zone]) for each in clash.people])
    who, short = f"{people:,} people of {zones}", f"{clash.short:,}"
    if kind == "late":
        return f"{who} are ready only after the end of the plan."
    if kind == "cut_off":
        in_time = " within the horizon" if Fact("horizon", 0) in clash.facts else ""
        return f"{who} have no way to any host{in_time}."
    assert clash.cut is not None
    rooms = [
        fact_of(scenario, fact, room).words
        for fact, room in sorted(clash.cut.facts.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    room = f"{people - clash.short:,}"
    if kind == "beds":
        hosts = [str(scenario.hosts.name[host]) for host in clash.cut.beds]
        reached = _several(hosts)
        return f"{who}; the hosts that they can reach ({reached}) have {room} beds: {short} cannot be housed."
    return f"{who}; no more than {room} can be placed in time ({_several(rooms, '; ')}): {short} cannot."


def _several(names: list[str], between: str = ", ") -> str:
    more = len(names) - _SHOWN
    if more <= 1:
        return between.join(names)
    return f"{between.join(names[:_SHOWN])}{between}and {more} more"


def _people(world: World, each: People) -> told.Fact:
    zones, persons = world.scenario.zones, persons_of(world, each)
    name, everybody = zones.name[each.zone], int(world.people[each.zone])
    if persons == everybody:
        words = f"{persons:,} people of {name} choose to leave"
    elif each.first >= world.n_steps:
        words = f"{persons:,} of the {everybody:,} people of {name} are ready after the end"
    else:
        since = _time(world.scenario, each.first)
        words = f"{persons:,} of the {everybody:,} people of {name} are ready from {since} on"
    code = str(zones.zone_id[each.zone])
    return told.Fact("people", zones.FILE, each.zone + _HEADER, "persons", code, words, persons)


def _time(scenario: Scenario, step: int) -> str:
    about = scenario.about
    return format_time(int(about.start.timestamp()) + step * about.step_s, offset_of(about.start))


def fact_of(scenario: Scenario, fact: Fact, room: int | None = None) -> told.Fact:
    """A fact in words; `room` : how many it lets through of those whom it holds."""
    row = fact.row
    hosts, links, crossings = scenario.hosts, scenario.links, scenario.crossings
    through = "" if room is None else f": {room:,} people in all"
    line = row + _HEADER
    match fact.kind:
        case "beds":
            at = hosts.FILE, line, "beds", str(hosts.host_id[row])
            words = f"{hosts.name[row]} has {int(hosts.beds[row]):,} beds"
        case "intake":
            at = hosts.FILE, line, "intake_persons_h", str(hosts.host_id[row])
            words = f"{hosts.name[row]} takes in {hosts.intake_persons_h[row]:g} people an hour{through}"
        case "dates":
            first, last = (_moment(scenario, when[row]) for when in (hosts.beds_from, hosts.confirmed_until))
            at = hosts.FILE, line, "beds_from" if first else "confirmed_until", str(hosts.host_id[row])
            spans = [f"from {first} on"] * bool(first) + [f"until {last}"] * bool(last)
            words = f"{hosts.name[row]} takes people in {' and '.join(spans)} only"
        case "blocked":
            at = hosts.FILE, line, "territory", str(hosts.host_id[row])
            words = f"{hosts.name[row]} is closed by protection rules"
        case "link":
            at = links.FILE, line, "capacity", str(links.link_id[row])
            per_hour = f"{links.capacity[row] * links.lanes[row]:g} vehicles an hour"
            words = f"road {_road(scenario, row)} has room for {per_hour}{through}"
        case "crossing":
            code = str(crossings.crossing_id[row])
            at = crossings.FILE, line, "vessels" if crossings.kind[row] == "ferry" else "crossing_id", code
            words = f"{crossings.name[row]} lets only so many over{through}"
        case "closure":
            at = scenario.closures.FILE, line, "asset_id", str(scenario.closures.asset_id[row])
            words = _closure(scenario, row)
        case "ready":
            zones = scenario.zones
            at = zones.FILE, line, "ready_curve", str(zones.zone_id[row])
            words = f"people of {zones.name[row]} are ready by the curve {zones.ready_curve[row]}"
        case "driving" | "sailing":
            at, words = _hours(scenario, fact.kind)
        case "horizon":
            at = "scenario.toml", 0, "horizon_h", scenario.about.name
            words = f"the plan ends {scenario.about.horizon_h} hours after its start"
        case _:
            raise AssertionError(fact.kind)
    return told.Fact(fact.kind, *at, words, room)


def _hours(scenario: Scenario, kind: str) -> tuple[tuple[str, int, str, str], str]:
    """Where the hours of the day are set, row 0 where the default holds, and what they are."""
    key = f"{kind}_from_hour"
    row = scenario.assumptions.position().get(key)
    first, last = (scenario.parameter(f"{kind}_{end}_hour") for end in ("from", "until"))
    what = "people drive" if kind == "driving" else "ferries sail"
    where = scenario.assumptions.FILE, 0 if row is None else row + _HEADER, "best", key
    return where, f"{what} from {first:g} until {last:g} o'clock only"


def _moment(scenario: Scenario, when: np.int64) -> str:
    return "" if when == NO_TIME else format_time(int(when), offset_of(scenario.about.start))


def _road(scenario: Scenario, row: int) -> str:
    name = str(scenario.links.name[row])
    return f"{scenario.links.link_id[row]}{f' ({name})' if name else ''}"


def _closure(scenario: Scenario, row: int) -> str:
    table, crossing = scenario.closures, scenario.crossings.position()
    code = str(table.asset_id[row])
    if code in crossing:
        name = str(scenario.crossings.name[crossing[code]])
    else:
        at = scenario.links.position().get(code)
        name = f"road {code if at is None else _road(scenario, at)}"
    first, last = _moment(scenario, table.from_time[row]), _moment(scenario, table.until_time[row])
    uses, factor = str(table.allowed_uses[row]), float(table.capacity_factor[row])
    what = (
        f"is open to {uses} only" if uses else "is closed" if factor == 0 else f"has {factor:.0%} of its room"
    )
    span = (f" from {first}" if first else "") + (f" until {last}" if last else "")
    reason = str(table.reason[row])
    return f"{name} {what}{span}{f': {reason}' if reason else ''}"
