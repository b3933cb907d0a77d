"""Groups of people with an instruction, those who have come to a halt, and the buses that go for them."""

from dataclasses import dataclass, field

from farshore.plan.classes.onward.parts import Part, RideKey, Trip, ride_of
from farshore.results.outcome import Route

__all__ = ["Broken", "Group", "Rides"]


@dataclass(frozen=True, slots=True)
class Group:
    """A row of departures.csv: so many of a class who leave in a step by a route of the plan before.

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
    def rides(self) -> list[RideKey]:
        """Buses they are told to take."""
        return [ride_of(part, self.step) for part in self.parts if part.mode == "bus"]


@dataclass(frozen=True, slots=True)
class Broken:
    """People who come to a halt: as far as they have come by a route that ends with where they are.

    since : first step in which they can go on from `node`; in_car : whether they have their car there
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
