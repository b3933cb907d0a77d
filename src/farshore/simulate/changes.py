"""What changes on the road at a stated moment: capacity, closures, lanes reversed."""

from dataclasses import dataclass
from enum import Enum

__all__ = ["EVERY_ROAD", "Change", "OnClosure", "What", "contraflow"]

EVERY_ROAD = -1  # a change of this link holds or opens all that are no ferry, as the hours of driving do


class What(Enum):
    """What a change does to its link."""

    CAPACITY = "capacity"  # value: saturation flow as a share of the link's own, above 0
    CLOSE = "close"  # nobody enters; drivers go around
    HOLD = "hold"  # nobody enters; drivers wait for it, as at night
    OPEN = "open"
    USES = "uses"  # value: sum of the uses that may enter from now on, where it is not closed to all
    LANES = "lanes"  # value: lanes as a multiple of the link's own, for flow and places alike


class OnClosure(Enum):
    """What becomes of vehicles that are on a link when it closes."""

    RELEASED = "released"  # they drive on to its end
    TURNED_BACK = "turned_back"  # they go back to its start, as long as they have come
    STRANDED = "stranded"  # they stand until it opens again


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one link at one moment.

    time_s : seconds after the start; value : see `What`
    once_empty : link whose last vehicle must have left first (lanes are given once clear); -1: none
    """

    time_s: float
    link: int
    what: What
    value: float = 1.0
    on_closure: OnClosure = OnClosure.RELEASED
    once_empty: int = -1


def contraflow(*, takes: int, gives: int, from_s: float, until_s: float, lanes: float) -> list[Change]:
    """Lanes of link `gives` reversed in favour of link `takes` between two moments.

    lanes : of `takes`, as a multiple of its own, while it lasts. The giving link closes at `from_s` and lets
    its vehicles out; the lanes change hands once it is empty, and go back once the taking link fits its own.
    """
    return [
        Change(from_s, gives, What.CLOSE),
        Change(from_s, takes, What.LANES, lanes, once_empty=gives),
        Change(until_s, takes, What.LANES, 1.0),
        Change(until_s, gives, What.OPEN),
    ]
