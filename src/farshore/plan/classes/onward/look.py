"""Where people who are under way come to a halt: on what has closed, or where their way is cut off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from farshore.plan.classes.onward.groups import BEFORE, Broken, Group, Rides
from farshore.plan.classes.onward.ledger import Ledger
from farshore.plan.classes.onward.parts import Part, RideKey, legs_before, ride_of
from farshore.results.outcome import Halt

__all__ = ["Look"]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where people under way come to a halt: after which link of the leg, whose end is `end` in `alight`.

    node, since : where they are, and from when; back : whether they turned back on that link
    """

    link: int
    end: str
    alight: int
    node: str
    since: int
    back: bool


@dataclass(frozen=True, eq=False)
class Look:
    """The network at the moment, and what has closed on it."""

    ledger: Ledger
    at: int
    shut: Mapping[str, Sequence[tuple[int, int]]]
    caught: str

    def opens(self, link: str) -> int:
        """First step from now on in which no event closes a link."""
        links = self.ledger.problem.scenario.links
        row = links.position()[link.removeprefix("-")]
        spans = [
            s for asset in (links.link_id[row], links.crossing_id[row]) for s in self.shut.get(str(asset), ())
        ]
        step = self.at
        while any(first <= step < until for first, until in spans):
            step += 1
        return min(step, self.ledger.n_steps)

    def last(self, entries: Sequence[int], begin: int) -> int:
        """The link entered last, by its place."""
        return max(i for i, entry in enumerate(entries) if begin + entry < self.at)

    def caught_on(
        self, links: tuple[str, ...], entries: Sequence[int], begin: int, *, walk: bool
    ) -> str | None:
        """The link on which people are who have just been caught, of those who entered the leg at `begin`."""
        if self.caught == "through" or not links or begin + entries[0] >= self.at:
            return None
        last = self.last(entries, begin)
        steps = self.ledger.problem.timing.steps[self.ledger.arc_row[links[last]]] if not walk else 1 << 30
        if begin + entries[last] + steps <= self.at:
            return None
        on = links if walk else (links[last],)
        shut = [link for link in on if self.opens(link) > self.at]
        return shut[0] if shut else None

    def place(self, part: Part, begin: int, cause: str) -> _Place:
        """Where people on a leg come to a halt who entered it at `begin` (its entries count from there)."""
        timing, codes = self.ledger.problem.timing, self.ledger.problem.scenario.nodes.node_id
        on_road = part.mode in ("car", "bus")
        i = self.last(part.entries, begin) if on_road else len(part.links) - 1
        entered = begin + (part.entries[i] if part.links else 0)
        if on_road:
            arc = self.ledger.arc_row[part.links[i]]
            tail, end = str(codes[timing.tail[arc]]), str(codes[timing.head[arc]])
            alight = entered + int(timing.steps[arc])
        else:
            tail, end, alight = part.tail, part.head, begin + part.alight - part.board
        if cause == "caught" and self.caught == "back":
            return _Place(i, end, alight, tail, self.at + (self.at - entered), True)
        since = alight
        if cause == "caught":
            on = part.links if part.mode == "walk" else (part.links[i],)
            since = max(self.opens(link) for link in on) + (alight - self.at)
        return _Place(i, end, alight, end, since, False)

    def on_ride(self, key: RideKey, cause: str) -> _Place:
        """Where a bus is broken off."""
        _, board, tail, links = key
        part = Part("bus", tail, "", 0, 0, links, self.ledger.entries(links), key[0])
        return self.place(part, board, cause)

    def _under_way(self, group: Group) -> int:
        """The leg that people are on or have ended last; −1 if they have waited since they left."""
        return max((i for i, part in enumerate(group.parts) if group.step + part.board < self.at), default=-1)

    def stopped(self, group: Group, rides: Rides) -> Broken | None:
        """People on an asset that has just closed, if they do not go through.

        Who is on the way to a halt of an earlier event halts there, unless their bus is lost before.
        """
        number = self._under_way(group)
        if number < 0:
            return None
        part = group.parts[number]
        if group.leaves >= self.at:
            status = rides.status[ride_of(part, group.step)] if part.mode == "bus" else "done"
            return self._halt(group, number, status) if status in ("caught", "cut off") else None
        if group.step + part.alight <= self.at:
            return None
        if part.mode == "bus":
            link = "caught" if rides.status[ride_of(part, group.step)] == "caught" else None
        else:
            link = self.caught_on(part.links, part.entries, group.step, walk=part.mode == "walk")
        return None if link is None else self._halt(group, number, "caught")

    def cut_off(self, group: Group, rides: Rides) -> Broken:
        """People whose way ahead is closed or full."""
        number = self._under_way(group)
        if number >= 0:
            part = group.parts[number]
            under_way = group.step + part.alight > self.at or (
                part.mode in ("car", "bus") and group.step + part.entries[-1] >= self.at
            )  # links that take no step may be ahead in the step in which the leg ends
            whole = part.mode == "bus" and rides.status[ride_of(part, group.step)] in ("goes", "done")
            if under_way and not whole:
                return self._halt(group, number, "cut off")
            since = max(self.at, group.step + part.alight)
            return self._broken(group, group.parts[: number + 1], part.head, since, "cut off", False)
        codes, zones = self.ledger.problem.scenario.nodes.node_id, self.ledger.problem.scenario.zones
        home = self.ledger.problem.timing.zone_node[zones.position()[group.route.zone_id]]
        return self._broken(group, (), str(codes[home]), self.at, "cut off", False)

    def _halt(self, group: Group, number: int, cause: str) -> Broken:
        part = group.parts[number]
        begins = tuple(entry - part.board for entry in part.entries)
        place = self.place(replace(part, entries=begins), group.step + part.board, cause)
        ended = part.until(place.link, place.alight - group.step, place.end) if part.links else part
        return self._broken(group, (*group.parts[:number], ended), place.node, place.since, cause, place.back)

    def at_halt(self, group: Group) -> Broken:
        """People who stay at the halt of an earlier event, or on their way to it, whatever they were told."""
        parts, halt = group.parts[: group.begins], group.route.halts[-1]
        since = max(self.at, group.step + halt.from_steps)
        return _so_far(group, parts, group.route.halts, since, BEFORE)

    def _broken(
        self, group: Group, parts: tuple[Part, ...], node: str, since: int, cause: str, back: bool
    ) -> Broken:
        turned = (parts[-1].links[-1], parts[-1].entries[-1]) if back else ("", 0)
        n_links = sum(len(part.links) for part in parts)
        halt = Halt(n_links, node, since - group.step, cause, *turned)
        earlier = [each for each in group.route.halts if legs_before(each, group.parts) < len(parts)]
        return _so_far(group, parts, (*earlier, halt), since, cause)


def _so_far(group: Group, parts: tuple[Part, ...], halts: tuple[Halt, ...], since: int, cause: str) -> Broken:
    """People who have come so far, to the last of these halts."""
    links = tuple(link for part in parts for link in part.links)
    so_far = replace(
        group.route,
        links=links,
        entry_steps=tuple(entry for part in parts for entry in part.entries),
        legs=tuple(part.leg for part in parts),
        halts=halts,
    )
    in_car = bool(parts) and parts[-1].mode == "car"
    return Broken(group, so_far, since, halts[-1].node_id, in_car, cause, links[-1] if links else "")
