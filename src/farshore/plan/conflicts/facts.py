"""The facts of a scenario that may hold people back, and the scenario in which only some of them do."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from farshore.plan.model import Problem
from farshore.scenario.clock import Clock, factor_of, floored, rows_by_asset, sailings_in
from farshore.scenario.protection import blocked_hosts
from farshore.scenario.rows import make_rows, records_of
from farshore.scenario.scenario import Scenario
from farshore.scenario.table import NO_TIME, Rows
from farshore.scenario.tables import Assumptions
from farshore.scenario.timing import UNLIMITED, Ints, Timing, timing_of

__all__ = ["KINDS", "Fact", "Facts", "OutOfTime", "World"]

# In the order in which an explanation does without them: what people can do something about comes last.
KINDS: Final = (
    "link",
    "intake",
    "ready",
    "dates",
    "driving",
    "sailing",
    "closure",
    "crossing",
    "blocked",
    "beds",
    "horizon",
)

_NUDGE: Final = 1e-6  # the model page's own
_WIDE_VEH_H: Final = 1e9  # a road that never fills up
_MANY: Final = 1_000_000_000  # beds that are never all taken

R = TypeVar("R", bound=Rows)


@dataclass(frozen=True, slots=True, order=True)
class Fact:
    """One statement of the scenario that people could change: its kind (see KINDS) and the row of its table.

    `link` and `crossing` are what one lets through, `closure` a row of closures.csv, `ready` when a zone's
    people are ready, `dates` when a host takes people in, `blocked` that protection rules close it, `driving`
    and `sailing` the hours of the day, `horizon` when the plan ends. The last three kinds have row 0.
    """

    kind: str
    row: int


Facts = frozenset[Fact]


class OutOfTime(Exception):
    """The time given to an explanation is over."""


class World:
    """A scenario of which some facts can be taken away, which never leaves room for fewer people.

    Without them roads and ferries take any number, hosts any number (at once, at any time, even if blocked),
    closures are not there, people drive and sail day and night, everybody is ready at the start, and the
    horizon is twice as long.
    """

    def __init__(self, scenario: Scenario, *, over: Callable[[], bool] = lambda: False) -> None:
        """Take a scenario; `over` is asked by `problem`, which raises OutOfTime if it says yes."""
        self.scenario, self.over = scenario, over
        self.blocked = blocked_hosts(scenario)
        self.n_steps = scenario.about.n_steps
        crossing_row = scenario.crossings.position()
        self._crossing = np.array(
            [crossing_row.get(code, -1) for code in scenario.links.crossing_id], np.int64
        )
        kinds = np.append(scenario.crossings.kind, "")
        self._ferry = kinds[self._crossing] == "ferry"
        later = timing_of(_longer(scenario))
        self.ready: Ints = later.newly_ready
        self.people: Ints = later.people

    def facts(self) -> Facts:
        """All facts that might hold anybody back."""
        scenario = self.scenario
        hosts, zones = scenario.hosts, scenario.zones
        found = {Fact("link", row) for row in np.flatnonzero(self._crossing < 0).tolist()}
        found |= {Fact("crossing", row) for row in range(len(scenario.crossings))}
        found |= {Fact("closure", row) for row in range(len(scenario.closures))}
        for row in range(len(hosts)):
            found.add(Fact("beds", row))
            if not np.isnan(hosts.intake_persons_h[row]):
                found.add(Fact("intake", row))
            if hosts.beds_from[row] != NO_TIME or hosts.confirmed_until[row] != NO_TIME:
                found.add(Fact("dates", row))
            if str(hosts.host_id[row]) in self.blocked:
                found.add(Fact("blocked", row))
        found |= {Fact("ready", row) for row in range(len(zones)) if str(zones.ready_curve[row]).strip()}
        return frozenset(found | {Fact(kind, 0) for kind in ("driving", "sailing", "horizon")})

    def of_arc(self, timing: Timing, arc: int) -> Fact:
        """The fact that limits how many enter an arc."""
        crossing = int(timing.crossing_row[arc])
        return Fact("crossing", crossing) if crossing >= 0 else Fact("link", int(timing.link_row[arc]))

    def always_shut(self) -> Facts:
        """Capacities, beds and intakes that let nobody through at any time, whatever else is changed."""
        scenario, get = self.scenario, self.scenario.parameter
        links, crossings, hosts, step_s = (
            scenario.links,
            scenario.crossings,
            scenario.hosts,
            scenario.about.step_s,
        )
        per_step = floored(links.capacity * links.lanes * get("persons_per_vehicle") * step_s / 3600 + _NUDGE)
        found = set()
        for row in np.flatnonzero(~self._ferry & (per_step == 0)).tolist():
            crossing = int(self._crossing[row])
            found.add(Fact("crossing", crossing) if crossing >= 0 else Fact("link", row))
        decks = np.asarray(crossings.vehicles_per_trip * get("persons_per_vehicle") + _NUDGE, np.float64)
        aboard = np.maximum(crossings.persons_per_trip, floored(decks))
        idle = (crossings.trip_s == 0) | (crossings.vessels == 0) | (aboard == 0)
        found |= {
            Fact("crossing", row) for row in np.flatnonzero(idle & (crossings.kind == "ferry")).tolist()
        }
        found |= {Fact("beds", row) for row in np.flatnonzero(hosts.beds == 0).tolist()}
        tiny = floored(np.nan_to_num(hosts.intake_persons_h, nan=3600.0) * step_s / 3600 + _NUDGE) == 0
        return frozenset(found | {Fact("intake", row) for row in np.flatnonzero(tiny).tolist()})

    def problem(self, holding: Facts) -> Problem:
        """The problem in which these facts hold and no others; `first_ready` is nobody's yet."""
        if self.over():
            raise OutOfTime
        scenario = self._edited(holding)
        timing = timing_of(scenario)
        timing = self._with_ferries(scenario, timing, holding)
        shut = [str(code) in self.blocked and Fact("blocked", row) in holding
                for row, code in enumerate(scenario.hosts.host_id)]  # fmt: skip
        usable = ~np.array(shut, bool) & (timing.beds > 0)
        nobody = np.full(len(scenario.zones), timing.n_steps, np.int64)
        return Problem(scenario, timing, {}, (timing.intake > 0) & usable[:, None], nobody)

    def _edited(self, holding: Facts) -> Scenario:
        scenario = self.scenario if Fact("horizon", 0) in holding else _longer(self.scenario)
        links, hosts, zones = scenario.links, scenario.hosts, scenario.zones
        narrow = self._held("link", len(links), holding)
        at_crossing = self._held("crossing", len(scenario.crossings), holding)
        narrow = np.where(self._crossing >= 0, np.append(at_crossing, False)[self._crossing], narrow)
        dated = self._held("dates", len(hosts), holding)
        slow, late = self._held("intake", len(hosts), holding), self._held("ready", len(zones), holding)
        return replace(
            scenario,
            closures=_picked(scenario.closures, self._held("closure", len(scenario.closures), holding)),
            links=replace(
                links,
                capacity=np.where(narrow, links.capacity, _WIDE_VEH_H),
                lanes=np.where(narrow, links.lanes, np.maximum(links.lanes, 1)),
            ),
            hosts=replace(
                hosts,
                beds=np.where(self._held("beds", len(hosts), holding), hosts.beds, _MANY),
                intake_persons_h=np.where(slow, hosts.intake_persons_h, np.nan),
                beds_from=np.where(dated, hosts.beds_from, NO_TIME),
                confirmed_until=np.where(dated, hosts.confirmed_until, NO_TIME),
            ),
            zones=replace(zones, ready_curve=np.where(late, zones.ready_curve, "").astype(object)),
            assumptions=_hours(
                scenario, [kind for kind in ("driving", "sailing") if Fact(kind, 0) not in holding]
            ),
        )

    @staticmethod
    def _held(kind: str, n: int, holding: Facts) -> npt.NDArray[np.bool_]:
        held = np.zeros(n, bool)
        held[[fact.row for fact in holding if fact.kind == kind]] = True
        return held

    def _with_ferries(self, scenario: Scenario, timing: Timing, holding: Facts) -> Timing:
        """Places on ferries such that an opening never takes a sailing away.

        A timetable begins anew with each unbroken run of open steps: a gap closed might cost a sailing. Here
        steps that are open anyway keep their sailings, others have as many as a step can have.
        """
        clock, get, crossings = Clock(scenario), scenario.parameter, scenario.crossings
        asked, given = self.scenario.closures, scenario.closures
        before, after = rows_by_asset(asked.asset_id), rows_by_asset(given.asset_id)
        hours = [
            clock.within_hours(one.parameter("sailing_from_hour"), one.parameter("sailing_until_hour"))
            for one in (self.scenario, scenario)
        ]
        capacity_of, rows = timing.capacity_of.copy(), [timing.capacities]
        n = len(timing.capacities)
        for arc in np.flatnonzero(self._ferry[timing.link_row]).tolist():
            crossing, link = int(timing.crossing_row[arc]), str(scenario.links.link_id[timing.link_row[arc]])
            assets = (link, str(crossings.crossing_id[crossing]))
            was = factor_of(self.scenario, clock, [row for code in assets for row in before.get(code, ())])
            factor = factor_of(scenario, clock, [row for code in assets for row in after.get(code, ())])
            is_open = hours[1] & (factor > 0)
            if Fact("crossing", crossing) in holding:
                trip_s, vessels = int(crossings.trip_s[crossing]), int(crossings.vessels[crossing])
                decks = int(crossings.vehicles_per_trip[crossing]) * get("persons_per_vehicle")
                aboard = max(
                    int(crossings.persons_per_trip[crossing]), int(floored(np.float64(decks + _NUDGE)))
                )
                open_before = hours[0] & (was > 0)
                sailings = sailings_in(open_before, clock.step_s, trip_s, vessels)
                most = -(-clock.step_s * vessels // (2 * trip_s)) if trip_s else 0
                places = np.where(open_before, sailings, most) * floored(aboard * factor + _NUDGE)
            else:
                places = np.full(clock.n_steps, UNLIMITED)
            rows.append(np.where(is_open, places, 0)[None])
            capacity_of[arc] = n
            n += 1
        return replace(timing, capacity_of=capacity_of, capacities=np.concatenate(rows))


def _longer(scenario: Scenario) -> Scenario:
    return replace(scenario, about=replace(scenario.about, horizon_h=2 * scenario.about.horizon_h))


def _picked(table: R, kept: npt.NDArray[np.bool_]) -> R:
    return replace(table, **{field.name: getattr(table, field.name)[kept] for field in fields(table)})


def _hours(scenario: Scenario, round_the_clock: list[str]) -> Assumptions:
    """The assumptions, with some hours of the day from 0 until 24."""
    ends = {
        f"{kind}_{end}_hour": value
        for kind in round_the_clock
        for end, value in (("from", 0.0), ("until", 24.0))
    }
    if not ends:
        return scenario.assumptions
    rows = [row for row in records_of(scenario.assumptions) if row["key"] not in ends]
    made = {"low": 0.0, "high": 24.0, "unit": "h", "reason": "day and night", "source": ""}
    return make_rows(Assumptions, [*rows, *({"key": key, "best": best} | made for key, best in ends.items())])
