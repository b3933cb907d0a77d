"""Ways of people as they are written, cut into their legs; and the trips of buses that carry them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from farshore.results.outcome import Halt, Route
from farshore.results.services import Services

__all__ = ["Part", "RideKey", "Trip", "legs_before", "parts_of", "ride_of", "stops_of", "trips_in"]

RideKey = tuple[str, int, str, tuple[str, ...]]  # fleet, step of boarding, node, links


@dataclass(frozen=True, slots=True)
class Part:
    """A leg of a route; steps count from departure, name : its fleet or run."""

    mode: str
    tail: str
    head: str
    board: int
    alight: int
    links: tuple[str, ...]
    entries: tuple[int, ...]
    name: str = ""

    def until(self, link: int, alight: int, head: str) -> "Part":
        """As much of it as ends with a link."""
        return replace(
            self,
            links=self.links[: link + 1],
            entries=self.entries[: link + 1],
            alight=alight,
            head=head,
        )

    @property
    def leg(self) -> tuple[Any, ...]:
        """As a route has it."""
        named = (self.name,) if self.name else ()
        return (self.mode, self.tail, self.head, self.board, self.alight, len(self.links), *named)


def parts_of(route: Route) -> tuple[Part, ...]:
    """The legs of a route with their links."""
    found, at = [], 0
    for mode, tail, head, board, alight, n_links, *named in route.legs or ():
        span = slice(at, at + n_links)
        links, entries = tuple(route.links[span]), tuple(route.entry_steps[span])
        found.append(Part(mode, tail, head, board, alight, links, entries, named[0] if named else ""))
        at += n_links
    return tuple(found)


def legs_before(halt: Halt, parts: Sequence[Part]) -> int:
    """How many legs end before a halt: those begun by the event that made it, which it is no sooner than."""
    return sum(part.board < halt.from_steps for part in parts)


def stops_of(routes: Iterable[Route]) -> set[str]:
    """Nodes at which people halt, or from which they go otherwise than by car: terminals from then on."""
    found = set()
    for route in routes:
        found |= {halt.node_id for halt in route.halts}
        found |= {part.tail for part in parts_of(route) if part.mode != "car"}
    return found


def ride_of(part: Part, step: int) -> RideKey:
    """What riders who share trips have in common, of a leg by bus of those who leave home in a step."""
    return part.name, step + part.board, part.tail, part.links


@dataclass(frozen=True, slots=True)
class Trip:
    """A row of trips.csv, times as steps; aboard : its households, by their rows, with their persons."""

    fleet_id: str
    vehicle: int
    tail: str
    head: str
    board: int
    alight: int
    leaves: int
    back: int
    persons: int
    seats: int
    links: tuple[str, ...]
    aboard: tuple[tuple[int, int], ...] = ()

    @property
    def key(self) -> RideKey:
        """What its riders have in common."""
        return self.fleet_id, self.board, self.tail, self.links

    @property
    def row(self) -> tuple[Any, ...]:
        """As the table has it, but for its code."""
        return (
            self.fleet_id, self.vehicle, self.tail, self.head, self.board, self.alight, self.leaves,
            self.back, self.persons, self.seats, " ".join(self.links),
        )  # fmt: skip


def trips_in(services: Services) -> list[Trip]:
    """The trips of a plan, with who boards them where the plan tells households apart."""
    aboard: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for household, code, persons in services.boarding or ():
        aboard[code].append((household, persons))
    return [
        Trip(fleet, vehicle, tail, head, board, alight, leaves, back, persons, seats, tuple(links.split()),
             tuple(aboard[code]))
        for code, fleet, vehicle, tail, head, board, alight, leaves, back, persons, seats, links
        in services.trips
    ]  # fmt: skip
