"""What keeps people from being placed by any plan: facts that conflict, and what would help."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Conflict", "Fact", "Held", "Remedy", "conflicts_from", "conflicts_summary"]


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of the scenario that is part of a conflict.

    kind : people, beds, intake, dates, blocked, crossing, link, closure, ready, driving, sailing, horizon,
        fleet, choice
    file, row, column : where the scenario's copy in the plan folder says it, row 0 for none
    code : of the zone, host, crossing, link or fleet; words : the fact as a sentence
    persons : how many it lets through, of people how many they are; None where it counts nothing
    """

    kind: str
    file: str
    row: int
    column: str
    code: str
    words: str
    persons: int | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """People of a zone who become ready in steps first_step … end_step − 1 (None: whenever after)."""

    zone_id: str
    first_step: int
    end_step: int | None
    persons: int


@dataclass(frozen=True, slots=True)
class Remedy:
    """One change of the scenario, and how many more any plan could place then: found by solving again."""

    words: str
    placed_persons: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """Facts that cannot all hold if all of these people are to be placed, none of them to spare.

    depth : 0; n for one that shows once the facts of those of depth below n are out of the way
    kind : cut_off, beds, late, time, services
    people : how many they are; room : how many of them any plan can place; short : the others
    links [[arc, first step, end step]], intake [[host_id, first step, end step]], beds [host_id] : all places
        that are left to them; empty where nothing is
    """

    depth: int
    kind: str
    statement: str
    people: int
    room: int
    short: int
    held: tuple[Held, ...]
    facts: tuple[Fact, ...]
    links: tuple[tuple[str, int, int], ...] = ()
    intake: tuple[tuple[str, int, int], ...] = ()
    beds: tuple[str, ...] = ()
    remedies: tuple[Remedy, ...] = ()


def conflicts_summary(conflicts: Iterable[Conflict]) -> list[dict[str, Any]]:
    """For summary.json."""
    return [
        asdict(conflict)
        | {
            "held": [asdict(held) for held in conflict.held],
            "facts": [asdict(fact) for fact in conflict.facts],
            "links": [list(span) for span in conflict.links],
            "intake": [list(span) for span in conflict.intake],
            "beds": list(conflict.beds),
            "remedies": [asdict(remedy) for remedy in conflict.remedies],
        }
        for conflict in conflicts
    ]


def conflicts_from(stated: Iterable[Mapping[str, Any]]) -> tuple[Conflict, ...]:
    """As `conflicts_summary` wrote them."""
    return tuple(
        Conflict(
            **{
                **each,
                "held": tuple(Held(**held) for held in each["held"]),
                "facts": tuple(Fact(**fact) for fact in each["facts"]),
                "links": tuple((arc, first, end) for arc, first, end in each["links"]),
                "intake": tuple((host, first, end) for host, first, end in each["intake"]),
                "beds": tuple(each["beds"]),
                "remedies": tuple(Remedy(**remedy) for remedy in each["remedies"]),
            }
        )
        for each in stated
    )
