"""Groups of people with an instruction, those who have come to a halt, and the buses that go for them."""

from dataclasses import dataclass, field
from typing import Final

from farshore.plan.classes.onward.parts import Part, RideKey, Trip, legs_before, ride_of
from farshore.results.outcome import Route

__all__ = ["BEFORE", "Broken", "Group", "Rides"]

BEFORE: Final = "before"  # cause of a halt: an earlier event
_NEVER: Final = 1 << 40


@dataclass(frozen=True, slots=True)
class Group:
    """A row of departures.csv: so many of a class who leave in a step by a route of the plan before.

    Who waits on the road for good has a route that ends with a halt, and no arrival.
    kind : row of CLASSES; households : rows of those they are, where the plan keeps households
    """

    route: Route
    parts: tuple[Part, ...] = field(compare=False)
    step: int
    kind: int
    persons: int
    households: tuple[int, ...] = field(default=(), compare=False)

    @property
    def need(self) -> int:
        """Row of NEEDS."""
        return self.kind // 2

    @property
    def arrives(self) -> int:
        """Step of being taken in."""
        return self.step + self.route.arrival_steps

    @property
    def begins(self) -> int:
        """The leg, by its place, by which they go on from their last halt, or leave home."""
        return legs_before(self.route.halts[-1], self.parts) if self.route.halts else 0

    @property
    def waits(self) -> bool:
        """Whether they stay at their last halt for good."""
        return self.route.arrival_steps < 0

    @property
    def leaves(self) -> int:
        """Step in which they go on from their last halt, or leave home; far off for those who never do."""
        if not self.route.halts:
            return self.step
        if self.begins < len(self.parts):
            return self.step + self.parts[self.begins].board
        return _NEVER if self.waits else self.arrives

    @property
    def rides(self) -> list[RideKey]:
        """Buses that they take on their way, from home to its end."""
        return [ride_of(part, self.step) for part in self.parts if part.mode == "bus"]

    @property
    def rides_on(self) -> list[RideKey]:
        """Buses that they are told to take from their last halt on."""
        return [ride_of(part, self.step) for part in self.parts[self.begins :] if part.mode == "bus"]


@dataclass(frozen=True, slots=True)
class Broken:
    """People who come to a halt: as far as they have come by a route that ends with where they are.

    since : first step in which they can go on from `node`; in_car : whether they have their car there
    cause : caught or cut off by this event; or before: they stay at the halt of an earlier one
    """

    group: Group
    so_far: Route
    since: int
    node: str
    in_car: bool
    cause: str
    link: str


@dataclass(eq=False)
class Rides:
    """Buses that go for people who keep their instruction.

    out : trips that had left their base, as they end now
    status : of each of their keys: done, goes, caught, cut off or called off
    asked : trips sent for others, by key: leaves, back, how many are counted in the ledger
    """

    out: list[Trip]
    status: dict[RideKey, str]
    asked: dict[RideKey, tuple[int, int, int]]
