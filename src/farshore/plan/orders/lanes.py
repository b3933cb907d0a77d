"""Roads whose lanes may be reversed, and the scenario in which some of them are."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from farshore.scenario.check import check_values
from farshore.scenario.edit import closure_row, with_more_closures
from farshore.scenario.rows import make_rows, records_of
from farshore.scenario.scenario import Scenario
from farshore.scenario.table import NO_TIME
from farshore.scenario.tables import Assumptions, Closures, Exposure, Links
from farshore.units import HOUR_S

__all__ = [
    "Choice",
    "Lanes",
    "arcs_as_cut",
    "candidates",
    "starts_of",
    "with_all_lanes",
    "with_reversed",
    "with_wider",
]

_SPARE: Final = 1e-4  # of a person: what is worked out back from capacities is not rounded down to one fewer
_SOURCE: Final = "this plan"
_HEADER: Final = 2  # line of the first row of a table
_TAKEN: Final = "contraflow: lanes are given to those who leave"
_NOT_YET: Final = "contraflow: lanes not turned yet"


@dataclass(frozen=True, slots=True)
class Lanes:
    """Lanes that run from one node to another and might be turned.

    onward : id of the link on which people go the way that gains lanes; against : of the lanes turned
    undirected : whether both are one link, which is then cut in two: `against` is written id + "_back"
    """

    onward: str
    against: str
    link_row: int  # of the lanes turned
    undirected: bool
    forward: bool  # of an undirected link: whether people go from its `from` to its `to` node

    @property
    def added(self) -> str:
        """Id of the link that stands for the turned lanes."""
        return f"{self.against}_turned"


@dataclass(frozen=True, slots=True)
class Choice:
    """Lanes and when they close to those coming the other way, in seconds since 1970."""

    lanes: Lanes
    closes_s: int


def candidates(scenario: Scenario) -> tuple[Lanes, ...]:
    """Every road for cars with lanes both ways, once for each way that might gain."""
    links = scenario.links
    ferries = set(scenario.crossings.crossing_id[scenario.crossings.kind == "ferry"])
    usable = [
        row
        for row in range(len(links))
        if "auto" in links.allowed_uses[row].split(";")
        and links.crossing_id[row] not in ferries
        and links.lanes[row] * links.capacity[row] > 0
    ]
    found = []
    pairs: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for row in usable:
        code = str(links.link_id[row])
        if links.directed[row]:
            pairs[str(links.from_node_id[row]), str(links.to_node_id[row])].append(row)
        else:
            found += [
                Lanes(code, f"{code}_back", row, undirected=True, forward=True),
                Lanes(f"{code}_back", code, row, undirected=True, forward=False),
            ]
    for (here, there), rows in pairs.items():
        back = pairs.get((there, here), [])
        if len(rows) == len(back) == 1:
            found.append(
                Lanes(
                    str(links.link_id[rows[0]]),
                    str(links.link_id[back[0]]),
                    back[0],
                    undirected=False,
                    forward=True,
                )
            )
    return tuple(found)


def with_all_lanes(scenario: Scenario, lanes: Sequence[Lanes]) -> Scenario:
    """The scenario with everything that any choice might open: turned lanes beside lanes as they are."""
    return _with(scenario, lanes, ())


def with_reversed(scenario: Scenario, choices: Sequence[Choice]) -> Scenario:
    """The scenario with some lanes reversed from a moment to the end of the horizon.

    From then on nobody comes the other way; after `contraflow_setup_h` the turned lanes open, each with
    `contraflow_capacity_factor` of the capacity that it had. An undirected link becomes two directed ones.
    """
    return _with(scenario, [choice.lanes for choice in choices], choices)


def _with(
    scenario: Scenario, lanes: Sequence[Lanes], choices: Sequence[Choice], *, apart: bool = True
) -> Scenario:
    """`apart`: turned lanes are links of their own."""
    table, factor = scenario.links, scenario.parameter("contraflow_capacity_factor")
    setup_s = round(scenario.parameter("contraflow_setup_h") * HOUR_S)
    links = records_of(table)
    closures, exposure = records_of(scenario.closures), records_of(scenario.exposure)
    cut = sorted({one.link_row for one in lanes if one.undirected})
    alike: dict[str, list[str]] = defaultdict(list)  # links that share a place's closures and exposure
    for row in cut:
        forth, back = links[row], f"{links[row]['link_id']}_back"
        forth["directed"] = True
        links.append(
            forth
            | {"link_id": back, "from_node_id": forth["to_node_id"], "to_node_id": forth["from_node_id"]}
        )
        alike[forth["link_id"]].append(back)
    by_id = {link["link_id"]: link for link in links}
    for one in lanes if apart else ():
        onward, against = by_id[one.onward], by_id[one.against]
        links.append(
            against
            | {
                "link_id": one.added,
                "from_node_id": onward["from_node_id"],
                "to_node_id": onward["to_node_id"],
                "length": onward["length"],
                "free_speed": onward["free_speed"],
                "capacity": against["capacity"] * factor,
            }
        )
        original = str(table.link_id[one.link_row]) if one.undirected else one.onward
        alike[original].append(one.added)
    closures += [
        record | {"asset_id": other}
        for record in list(closures)
        for other in alike.get(record["asset_id"], ())
    ]
    exposure += [
        record | {"place_id": other}
        for record in list(exposure)
        for other in alike.get(record["place_id"], ())
    ]
    start_s = int(scenario.about.start.timestamp())
    end_s = start_s + scenario.about.horizon_h * HOUR_S
    turned = []
    for choice in choices:
        opens_s = choice.closes_s + setup_s
        turned.append(closure_row(choice.lanes.against, choice.closes_s, end_s, 0.0, _TAKEN, _SOURCE))
        if apart and opens_s > start_s:
            closes_s = min(opens_s, end_s)
            turned.append(closure_row(choice.lanes.added, start_s, closes_s, 0.0, _NOT_YET, _SOURCE))
    alone = replace(
        scenario,
        links=make_rows(Links, links),
        closures=make_rows(Closures, closures),
        exposure=make_rows(Exposure, exposure),
    )
    return with_more_closures(alone, turned)


def with_wider(scenario: Scenario, choices: Sequence[Choice]) -> Scenario:
    """The same as `with_reversed`, with the turned lanes part of the road that they widen.

    Capacities in persons per step are those of the two roads together; before the turned lanes open, a
    closure leaves the road its own share.
    """
    plain = _with(scenario, [choice.lanes for choice in choices], choices, apart=False)
    links, closures = records_of(plain.links), records_of(plain.closures)
    by_id = {link["link_id"]: link for link in links}
    about = scenario.about
    start_s = int(about.start.timestamp())
    setup_s = round(scenario.parameter("contraflow_setup_h") * HOUR_S)
    per_veh_h = scenario.parameter("persons_per_vehicle") * about.step_s / HOUR_S
    factor = scenario.parameter("contraflow_capacity_factor")
    for choice in choices:
        onward, against = by_id[choice.lanes.onward], by_id[choice.lanes.against]
        own = _persons(onward["capacity"] * onward["lanes"] * per_veh_h)
        both = own + _persons(against["capacity"] * factor * against["lanes"] * per_veh_h)
        onward["lanes"] += against["lanes"]
        onward["capacity"] = (both + _SPARE) / per_veh_h / onward["lanes"]
        opens_s = min(choice.closes_s + setup_s, start_s + about.horizon_h * HOUR_S)
        if opens_s <= start_s:
            continue
        share = (own + _SPARE) / (both + _SPARE)
        before = []
        for row in closures:
            since = start_s if row["from_time"] == NO_TIME else row["from_time"]
            if row["asset_id"] == choice.lanes.onward and since < opens_s:
                until = row["until_time"]
                row["capacity_factor"] *= share
                if until == NO_TIME or until > opens_s:
                    before.append(
                        row | {"from_time": opens_s, "capacity_factor": row["capacity_factor"] / share}
                    )
                    row["until_time"] = opens_s
        closures += before
        closures.append(closure_row(choice.lanes.onward, start_s, opens_s, share, _NOT_YET, _SOURCE))
    made = replace(
        scenario,
        links=make_rows(Links, links),
        closures=make_rows(Closures, closures),
        exposure=plain.exposure,
    )
    return replace(made, assumptions=_still_true(made))


def _still_true(scenario: Scenario) -> Assumptions:
    """The assumptions without those about cells that turned lanes have changed."""
    table = scenario.assumptions
    gone = {fault.row - _HEADER for fault in check_values(scenario).faults if fault.file == table.FILE}
    return make_rows(Assumptions, [row for i, row in enumerate(records_of(table)) if i not in gone])


def _persons(room: float) -> int:
    return int(np.floor(room + 1e-6))


def arcs_as_cut(lanes: Iterable[Lanes]) -> dict[str, str]:
    """Arc ids of a scenario whose links are whole, by what they are called where all are cut."""
    return {f"-{one.onward}": one.against for one in lanes if one.undirected and one.forward}


def starts_of(scenario: Scenario, n_starts: int) -> list[int]:
    """Moments at which lanes may be turned: even parts of the horizon's first half, beginnings of steps."""
    about = scenario.about
    begins = np.unique(np.linspace(0, about.n_steps // 2, n_starts + 1)[:-1].astype(int))
    return [int(about.start.timestamp()) + int(step) * about.step_s for step in begins]
