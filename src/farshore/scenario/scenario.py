"""A scenario: one frozen value that holds everything a plan is made from."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from farshore.scenario.parameters import SETTABLE
from farshore.scenario.rows import empty_rows
from farshore.scenario.tables import (
    Assumptions,
    Choices,
    Closures,
    Crossings,
    Exposure,
    Fleets,
    Hazards,
    Hosts,
    HouseholdSizes,
    Links,
    Nodes,
    Timetable,
    Zones,
)

__all__ = ["About", "BlockedHostsException", "Operation", "Scenario"]


@dataclass(frozen=True, slots=True)
class BlockedHostsException:
    """The documented reason why hosts that are blocked by default may be used after all.

    Geneva Convention IV, art. 49: only where nothing else is possible, approved by two people, with a
    plan of return.
    """

    reason: str
    approved_by: tuple[str, ...]
    return_plan: str

    @property
    def complete(self) -> bool:
        """Whether it says why, names two different people and a plan of return."""
        named = {name.strip() for name in self.approved_by} - {""}
        return bool(self.reason.strip()) and bool(self.return_plan.strip()) and len(named) >= 2


@dataclass(frozen=True, slots=True)
class Operation:
    """Who runs the evacuation, and what the law calls the territory that people leave."""

    sponsor: str = ""
    territory_status: str = "none"  # own, occupied, none
    legal_basis: str = ""
    exception: BlockedHostsException | None = None


@dataclass(frozen=True, slots=True)
class About:
    """`scenario.toml`: name, time frame, operation and solver overrides."""

    name: str
    title: str
    start: datetime  # aware
    horizon_h: int
    step_s: int
    operation: Operation = Operation()
    solver: dict[str, Any] = field(default_factory=dict)

    @property
    def n_steps(self) -> int:
        """Steps in the horizon; step k covers start + [k, k+1) · step_s."""
        return self.horizon_h * 3600 // self.step_s


@dataclass(frozen=True)
class Scenario:
    """Everything a plan is made from; a change gives a new value.

    `drawing` is the text of `drawing.geojson`: water, borders and labels that the map shows and nothing
    else uses. `zone_shapes` is the text of `zones.geojson`. Both are "" when absent.
    `defaults_used` lists each default that reading filled in, in words.
    """

    about: About
    nodes: Nodes
    links: Links
    crossings: Crossings
    closures: Closures
    zones: Zones
    hosts: Hosts
    fleets: Fleets
    exposure: Exposure
    assumptions: Assumptions
    hazards: Hazards = field(default_factory=lambda: empty_rows(Hazards))
    timetable: Timetable = field(default_factory=lambda: empty_rows(Timetable))
    choices: Choices = field(default_factory=lambda: empty_rows(Choices))
    household_sizes: HouseholdSizes = field(default_factory=lambda: empty_rows(HouseholdSizes))
    zone_shapes: str = ""
    drawing: str = ""
    defaults_used: tuple[str, ...] = field(default=(), compare=False)

    def parameter(self, key: str) -> float:
        """Best value of one of the program's parameters: the scenario's, or the program's default."""
        row = self.assumptions.position().get(key)
        return SETTABLE[key].default if row is None else float(self.assumptions.best[row])

    def with_closures(self, closures: Closures) -> "Scenario":
        """The same scenario under other closures."""
        return replace(self, closures=closures)
