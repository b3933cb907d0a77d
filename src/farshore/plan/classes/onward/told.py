"""Who must be told something new in a plan with classes: old instruction, new instruction, and why."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from farshore.plan.classes.onward.assemble import Made
from farshore.plan.classes.onward.groups import BEFORE, Broken, Group
from farshore.plan.classes.onward.ledger import Ledger
from farshore.plan.classes.onward.standing import Standing
from farshore.results.outcome import Change, Event, together

__all__ = ["changes_made"]


def changes_made(
    made: Made,
    standing: Standing,
    staying: Mapping[int, tuple[str, int]],
    events: Sequence[Event],
    sizes: Sequence[int],
    zone_row: Mapping[str, int],
) -> tuple[Change, ...]:
    """Every group with a new instruction, by zone, those on the road first.

    staying : zone and class of households at home that were told nothing
    """
    why = _Reasons(standing.ledger, events)
    found = [_of_halt(each, group, step, why) for each, group, step in _new_at_halts(made, standing, sizes)]
    home = [group for group in standing.free if group.step >= standing.at]
    kept = [group for group in made.kept if group.step >= standing.at]
    now = [*kept, *made.new]
    pairs = _by_household(now, home, staying, sizes) if sizes else _first_with_first(now, home)
    for before, after, persons, households in pairs:
        found.append(_of_home(before, after, persons, households, why))
    return together(
        sorted(
            found,
            key=lambda c: (
                not c.at_node, zone_row[c.zone_id], c.old_step is None, c.old_step or 0, c.old_route,
                c.new_step is None, c.new_step or 0, c.new_route,
            ),
        )
    )  # fmt: skip


def _new_at_halts(
    made: Made, standing: Standing, sizes: Sequence[int]
) -> list[tuple[Broken, Group, int | None]]:
    """Who has halted and hears something new: those of each group who are more than were told the same."""
    placed = [*made.onward, *((each, group, None) for each, group in made.waiting)]
    if sizes:
        return [
            (each, group, step)
            for each, group, step in placed
            if each.cause != BEFORE or _told(each.group) != _told(group)
        ]
    told: Counter[tuple[object, ...]] = Counter()
    for group in (*standing.free, *(each.group for each in standing.broken)):
        told[_told(group)] += group.persons
    for group in made.kept:
        told[_told(group)] -= group.persons
    found = []
    for each, group, step in placed:
        same = min(group.persons, told[_told(group)])
        told[_told(group)] -= same
        if group.persons > same:
            found.append((each, replace(group, persons=group.persons - same), step))
    return found


def _told(group: Group) -> tuple[object, ...]:
    """What people of a class are told, whatever their route is called."""
    route = group.route
    return (
        route.zone_id, group.kind, route.host_id, group.step, route.legs, route.links, route.halts,
        route.arrival_steps,
    )  # fmt: skip


Pair = tuple[Group | None, Group | None, int, tuple[int, ...]]


def _first_with_first(planned: Sequence[Group], home: Sequence[Group]) -> list[Pair]:
    """Instructions of each zone and class that hold no more with new ones, first with first."""
    now: Counter[tuple[str, int, int]] = Counter()
    example: dict[tuple[str, int, int], Group] = {}
    for group in planned:
        key = (group.route.route_id, group.step, group.kind)
        now[key] += group.persons
        example[key] = group
    lost: defaultdict[tuple[str, int], list[tuple[Group, int]]] = defaultdict(list)
    for group in home:
        key = (group.route.route_id, group.step, group.kind)
        same = min(group.persons, now[key])
        now[key] -= same
        if group.persons > same:
            lost[group.route.zone_id, group.kind].append((group, group.persons - same))
    anew: defaultdict[tuple[str, int], list[tuple[Group, int]]] = defaultdict(list)
    for key, persons in sorted(now.items(), key=lambda item: (item[0][1], item[0][0])):
        if persons:
            anew[example[key].route.zone_id, example[key].kind].append((example[key], persons))
    found: list[Pair] = []
    for place in sorted({*lost, *anew}):
        befores, afters = sorted(lost[place], key=lambda each: each[0].step), anew[place]
        i = j = 0
        left = [n for _, n in befores], [n for _, n in afters]
        while i < len(befores) or j < len(afters):
            persons = min(side[0] for side in (left[0][i : i + 1], left[1][j : j + 1]) if side)
            before = befores[i][0] if i < len(befores) else None
            after = afters[j][0] if j < len(afters) else None
            found.append((before, after, persons, ()))
            if before:
                left[0][i] -= persons
                i += not left[0][i]
            if after:
                left[1][j] -= persons
                j += not left[1][j]
    return found


def _by_household(
    planned: Sequence[Group],
    home: Sequence[Group],
    staying: Mapping[int, tuple[str, int]],
    sizes: Sequence[int],
) -> list[Pair]:
    """Households with a new instruction, those together that have the same before and after."""
    told = {h: group for group in home for h in group.households}
    now = {h: group for group in planned for h in group.households}
    alike: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    for h in sorted({*told, *(each for each in staying if each in now)}):
        before, after = told.get(h), now.get(h)
        old = None if before is None else (before.route.route_id, before.step)
        new = None if after is None else (after.route.route_id, after.step)
        if old != new:
            zone = (before or after).route.zone_id  # type: ignore[union-attr]
            alike[zone, old, new].append(h)
    return [
        (told.get(mine[0]), now.get(mine[0]), sum(sizes[h] for h in mine), tuple(mine))
        for mine in alike.values()
    ]


def _of_halt(each: Broken, group: Group, step: int | None, why: "_Reasons") -> Change:
    told, before, after = not each.group.waits, each.group.route, None if step is None else group.route
    said = "waits where they are: no way on"
    if after is not None and told:
        said = "another way on from here" + (", another host" if after.host_id != before.host_id else "")
    elif after is not None:
        said = "goes on"
    return Change(
        before.zone_id, each.node, group.persons, each.group.leaves if told else None,
        before.route_id if told else "", before.host_id if told else "",
        step, after.route_id if after else "", after.host_id if after else "", said, why.of_halt(each),
        group.households,
    )  # fmt: skip


def _of_home(
    before: Group | None, after: Group | None, persons: int, households: tuple[int, ...], why: "_Reasons"
) -> Change:
    known = before or after
    assert known is not None
    reason = "there is a way now; before there was none" if before is None else why.of_group(before)
    return Change(
        known.route.zone_id, "", persons,
        before.step if before else None, before.route.route_id if before else "",
        before.route.host_id if before else "", after.step if after else None,
        after.route.route_id if after else "", after.route.host_id if after else "",
        _what(before, after), reason, households,
    )  # fmt: skip


def _what(before: Group | None, after: Group | None) -> str:
    """What is new about an instruction, in a few words."""
    if after is None:
        return "stays: no way"
    if before is None:
        return "leaves"
    said = []
    if after.route.host_id != before.route.host_id:
        said.append("another host")
    if after.step != before.step:
        said.append("later" if after.step > before.step else "earlier")
    if after.route.links != before.route.links or after.route.legs != before.route.legs:
        said.append("another way")
    return ", ".join(said) or "as before"


class _Reasons:
    """Why an instruction does not hold any more, in words."""

    def __init__(self, ledger: Ledger, events: Sequence[Event]) -> None:
        self._ledger, self._events = ledger, {event.asset_id for event in events}
        scenario = ledger.problem.scenario
        self._links, self._row = scenario.links, scenario.links.position()
        self._name = dict(zip(scenario.crossings.crossing_id, scenario.crossings.name, strict=True))

    def of_group(self, group: Group) -> str:
        """Of people who have not set out."""
        for part in group.parts:
            for link in part.links:
                asset = self._asset(link)
                if asset is not None:
                    return f"{asset} is closed or takes fewer when the way before comes to it"
        return "others take the room of the way before, or better use is made of it"

    def of_halt(self, each: Broken) -> str:
        """Of people on the road."""
        if each.cause == BEFORE:
            return f"have halted at {each.node} by an earlier event"
        by = self._asset(each.link) or f"link {each.link}" if each.link else "where they waited"
        if each.cause == "caught":
            return f"were on {by} when it closed; they are at {each.node} now, or will be soon"
        return f"the way ahead is closed or full; by {by} they come to {each.node}"

    def _asset(self, link: str) -> str | None:
        """The asset of an event that a link is, or is of."""
        row = self._row[link.removeprefix("-")]
        link_id, crossing = str(self._links.link_id[row]), str(self._links.crossing_id[row])
        if crossing and crossing in self._events:
            return f"{self._name[crossing]} ({crossing})"
        if link_id in self._events:
            name = str(self._links.name[row])
            return f"road {link_id}{f' ({name})' if name else ''}"
        return None
