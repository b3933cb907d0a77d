"""Hypothesis strategies, in one place: every property test draws its scenarios from here."""

import math
from datetime import datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from farshore.scenario.parameters import PARAMETERS
from farshore.scenario.rows import make_rows
from farshore.scenario.scenario import About, BlockedHostsException, Operation, Scenario
from farshore.scenario.table import NO_TIME
from farshore.scenario.tables import (
    Assumptions,
    Closures,
    Crossings,
    Exposure,
    Fleets,
    Hosts,
    HouseholdSizes,
    Links,
    Nodes,
    Zones,
)
from farshore.units import format_time, offset_of

__all__ = ["awkward_text", "happenings", "small_scenarios"]

Record = dict[str, Any]

_USES = ("auto;bus;truck;walk", "auto", "auto;bus", "walk", "rail")
_CURVES = ("", "", "0:0 1:0.5 2:1", "0:0.25 1:0.25 1.5:1", "0.5:1", "1:0 3:1", "0:0.5 30:1")

awkward_text = st.text(
    alphabet=st.one_of(
        st.sampled_from(list("aб ,;\"'\n\r\t#-=0.|їѣ漢🙂\u2028\u00a0")),
        st.characters(exclude_categories=("Cs",), exclude_characters="\x00"),
    ),
    max_size=12,
)
"""Text as the worst spreadsheets hold it: commas, quotes, line breaks, any alphabet."""


def _named(draw: st.DrawFn, code: str, awkward: bool) -> str:
    return f"{code} {draw(awkward_text)}" if awkward else code.upper()


def _reached(arcs: list[tuple[str, str]], sources: set[str]) -> set[str]:
    """Nodes from which some source can be reached."""
    found = set(sources)
    grown = True
    while grown:
        more = {u for u, v in arcs if v in found} - found
        found |= more
        grown = bool(more)
    return found


@st.composite
def small_scenarios(
    draw: st.DrawFn,
    *,
    awkward_names: bool = False,
    max_zones: int = 4,
    max_hosts: int = 4,
    max_nodes: int = 8,
    max_persons: int = 12,
) -> Scenario:
    """Valid scenarios of one to four zones and hosts, in four to twelve steps, with tight capacities.

    Every zone can reach a host that protection rules leave open, were there time enough; whether there is
    depends on closures, curfews, beds and the horizon. `awkward_names` puts any text into the text columns.
    """
    step_s = draw(st.sampled_from((900, 1800, 3600)))
    horizon_h = draw(st.integers(-(-4 * step_s // 3600), 12 * step_s // 3600))
    n_steps = horizon_h * 3600 // step_s
    offset = timedelta(hours=draw(st.sampled_from((3, 0, -5, 5.75))))
    start = datetime(2022, 10, 14, draw(st.integers(0, 23)), tzinfo=timezone(offset))
    start_s = int(start.timestamp())

    def moment(*, lowest: int = 0, highest: int = n_steps) -> int:
        """Some time in the horizon, often on the border of a step."""
        step = draw(st.integers(lowest, highest))
        return start_s + step * step_s + draw(st.sampled_from((0, 0, 0, step_s // 3)))

    def window() -> tuple[int, int]:
        first = draw(st.one_of(st.none(), st.integers(0, n_steps - 1)))
        last = draw(st.one_of(st.none(), st.integers(1, n_steps)))
        from_s = NO_TIME if first is None else start_s + first * step_s
        until_s = NO_TIME if last is None else start_s + last * step_s
        if first is not None and last is not None and last <= first:
            until_s = start_s + (first + 1) * step_s
        if first is not None and first > 0 and draw(st.booleans()):
            from_s -= step_s // 3
        return from_s, until_s

    codes = [f"n{i}" for i in range(draw(st.integers(3, max_nodes)))]
    any_node = st.sampled_from(codes)
    persons_per_vehicle = draw(st.sampled_from((1.0, 2.5, 3.0)))

    operation = Operation("", "none", "", None)
    if draw(st.booleans()):
        exception = draw(
            st.sampled_from(
                (
                    None,
                    None,
                    BlockedHostsException("nothing else is near", ("A. One", "B. Two"), "home by spring"),
                )
            )
        )
        operation = Operation(
            "the sponsor", draw(st.sampled_from(("own", "occupied", "occupied"))), "law", exception
        )
    blocks = operation.territory_status == "occupied" and operation.exception is None

    hosts: list[Record] = []
    for i in range(draw(st.integers(1, max_hosts))):
        territory = draw(st.sampled_from(("own", "own", "occupied", "sponsor", "third")))
        if i == 0 and blocks:
            territory = "own"
        confirmed = moment(lowest=1) if draw(st.integers(0, 3)) == 0 else NO_TIME
        beds_from = start_s + draw(st.integers(0, n_steps // 2)) * step_s
        if confirmed != NO_TIME and beds_from >= confirmed:
            beds_from = NO_TIME
        hosts.append(
            {
                "host_id": f"h{i}",
                "name": _named(draw, f"h{i}", awkward_names),
                "node_id": draw(any_node),
                "beds": draw(st.integers(0 if i else 1, 10)),
                "beds_from": beds_from if draw(st.integers(0, 3)) == 0 else NO_TIME,
                "intake_persons_h": draw(st.sampled_from((math.nan, math.nan, 1.0, 2.0, 4.0, 6.5))),
                "territory": territory,
                "confirmed_until": confirmed,
                "country": draw(st.sampled_from(("", "UA"))),
                "services": draw(st.sampled_from(("", "medical;school"))),
                "stay_limit_days": draw(st.sampled_from((0, 90))),
            }
        )

    zones: list[Record] = [
        {
            "zone_id": f"z{i}",
            "name": _named(draw, f"z{i}", awkward_names),
            "node_id": draw(any_node),
            "persons": draw(st.integers(0, max_persons)),
            "share_with_car": draw(st.sampled_from((1.0, 0.5))),
            "share_under_18": draw(st.sampled_from((0.0, 0.2, 0.6))),
            "share_over_65": draw(st.sampled_from((0.0, 0.2, 0.4))),
            "share_needing_assistance": draw(st.sampled_from((0.0, 0.1, 1.0))),
            "ready_curve": draw(st.sampled_from(_CURVES)),
        }
        for i in range(draw(st.integers(1, max_zones)))
    ]

    def capacity_for(lanes: int) -> float:
        """Vehicles per hour and lane that let few enough people through in a step to matter."""
        persons = draw(st.integers(0, 6))
        return persons * 3600 / (step_s * persons_per_vehicle * max(lanes, 1))

    links: list[Record] = []

    def add_link(tail: str, head: str, **given: Any) -> None:
        lanes = draw(st.sampled_from((1, 1, 2)))
        seconds = draw(st.integers(1, 2 * step_s))
        links.append(
            {
                "link_id": f"l{len(links)}",
                "name": _named(draw, "road", awkward_names) if awkward_names else "",
                "from_node_id": tail,
                "to_node_id": head,
                "directed": draw(st.booleans()),
                "length": float(seconds * 10),
                "free_speed": 36.0,
                "lanes": lanes,
                "capacity": capacity_for(lanes),
                "allowed_uses": draw(st.sampled_from(_USES)) if draw(st.integers(0, 5)) == 0 else _USES[0],
                "jam_density": draw(st.sampled_from((math.nan, 130.0))),
            }
            | given
        )

    for i in range(1, len(codes)):  # a tree holds the nodes together, loosely: it may be one-way
        add_link(codes[draw(st.integers(0, i - 1))], codes[i])
    for _ in range(draw(st.integers(0, 3))):
        tail, head = draw(any_node), draw(any_node)
        if tail != head:
            add_link(tail, head)

    crossings: list[Record] = []
    for i in range(draw(st.integers(0, 3))):
        tail, head = draw(any_node), draw(any_node)
        if tail == head:
            continue
        code = f"c{i}"
        crossing: Record = {
            "crossing_id": code,
            "name": _named(draw, code, awkward_names),
            "kind": draw(st.sampled_from(("ferry", "bridge", "corridor", "pontoon"))),
            "x_coord": 32.5,
            "y_coord": 46.5,
        }
        if crossing["kind"] == "ferry":
            crossing |= {
                "vehicles_per_trip": draw(st.integers(0, 2)),
                "persons_per_trip": draw(st.integers(1, 6)),
                "trip_s": draw(st.sampled_from((step_s // 4, step_s // 2, step_s, 2 * step_s))),
                "vessels": draw(st.integers(1, 3)),
            }
            ferry = {"crossing_id": code, "facility_type": "ferry", "directed": draw(st.booleans())}
            add_link(tail, head, **ferry)
            if ferry["directed"]:
                add_link(head, tail, **ferry)
        else:
            for _ in range(draw(st.integers(1, 2))):
                add_link(tail, head, crossing_id=code)
        crossings.append(crossing)

    open_nodes = {
        host["node_id"]
        for host in hosts
        if host["beds"] > 0 and not (blocks and host["territory"] in ("sponsor", "third"))
    }

    def arcs(closed: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
        found = []
        for link in links:
            ferry = link.get("facility_type") == "ferry"
            if not ferry and ("auto" not in link["allowed_uses"] or link["capacity"] == 0):
                continue
            if link["link_id"] in closed or link.get("crossing_id") in closed:
                continue
            found.append((link["from_node_id"], link["to_node_id"]))
            if not link["directed"]:
                found.append((link["to_node_id"], link["from_node_id"]))
        return found

    closures: list[Record] = []
    for _ in range(draw(st.integers(0, 3))):
        assets = [link["link_id"] for link in links] + [crossing["crossing_id"] for crossing in crossings]
        from_s, until_s = window()
        closures.append(
            {
                "asset_id": draw(st.sampled_from(assets)),
                "from_time": from_s,
                "until_time": until_s,
                "capacity_factor": draw(st.sampled_from((0.0, 0.0, 0.5, 1.0))),
                "allowed_uses": draw(st.sampled_from(("", "", "walk", "auto;bus"))),
                "reason": draw(awkward_text) if awkward_names else "",
            }
        )
    # An asset that is ever closed may be closed throughout: such zones get a road of their own.
    closed = frozenset(closure["asset_id"] for closure in closures)
    reached = _reached(arcs(closed), open_nodes)
    for zone in zones:
        if zone["node_id"] not in reached:
            add_link(zone["node_id"], sorted(open_nodes)[0], directed=True, allowed_uses=_USES[0])
            links[-1]["capacity"] = links[-1]["capacity"] or 3600 / step_s
            reached = _reached(arcs(closed), open_nodes)

    places = (
        [zone["zone_id"] for zone in zones]
        + [link["link_id"] for link in links]
        + [crossing["crossing_id"] for crossing in crossings]
    )
    exposure: list[Record] = []
    for _ in range(draw(st.integers(0, 4))):
        from_s, until_s = window()
        exposure.append(
            {
                "place_id": draw(st.sampled_from(places)),
                "from_time": from_s,
                "until_time": until_s,
                "rate": draw(st.sampled_from((0.0, 0.1, 1.0, 2.0, 7.5))),
            }
        )

    figures = {"persons_per_vehicle": persons_per_vehicle}
    if draw(st.booleans()):
        figures["share_leaving"] = draw(st.sampled_from((0.5, 0.8, 1.0)))
    if draw(st.integers(0, 3)) == 0:
        figures["share_present"] = draw(st.sampled_from((0.4, 1.0)))
    for way in ("driving", "sailing"):
        if draw(st.integers(0, 3)) == 0:
            figures[f"{way}_from_hour"] = float(draw(st.integers(0, 12)))
            figures[f"{way}_until_hour"] = float(draw(st.integers(14, 24)))
    if draw(st.integers(0, 3)) == 0:
        figures["exposure_default_rate"] = draw(st.sampled_from((0.0, 0.5)))
    if draw(st.integers(0, 3)) == 0:
        figures["travel_weight"] = draw(st.sampled_from((0.0, 0.5)))
    if draw(st.booleans()):
        figures["mean_household_size"] = draw(st.sampled_from((1.0, 1.4, 2.6, 8.0)))
    household_sizes: list[Record] = []
    for owner in ("", "z0"):
        if draw(st.integers(0, 3)) == 0:
            sizes = draw(st.sampled_from(({1: 0.5, 3: 0.5}, {2: 1.0}, {1: 0.995}, {1: 0.7, 2: 0.2, 5: 0.1})))
            household_sizes += [{"zone_id": owner, "size": n, "share": share} for n, share in sizes.items()]

    fleets: list[Record] = []
    if draw(st.integers(0, 3)) == 0:
        fleets.append(
            {"fleet_id": "f0", "mode": "bus", "vehicles": 2, "seats": 50, "base_node_id": draw(any_node)}
        )

    place = {
        code: {"x_coord": 32 + 0.01 * i, "y_coord": 46 + 0.01 * (i * i % 5)} for i, code in enumerate(codes)
    }
    home: dict[str, str] = {}
    if draw(st.booleans()):
        home = {zone["node_id"]: zone["zone_id"] for zone in zones}
    return Scenario(
        about=About("small", "A small scenario", start, horizon_h, step_s, operation, {}),
        nodes=make_rows(
            Nodes,
            [
                {
                    "node_id": code,
                    "zone_id": home.get(code, ""),
                    "name": _named(draw, code, awkward_names) if awkward_names else "",
                }
                | place[code]
                for code in codes
            ],
        ),
        links=make_rows(Links, links),
        crossings=make_rows(Crossings, crossings),
        closures=make_rows(Closures, closures),
        zones=make_rows(Zones, [zone | place[zone["node_id"]] for zone in zones]),
        hosts=make_rows(Hosts, [host | place[host["node_id"]] for host in hosts]),
        fleets=make_rows(Fleets, fleets),
        household_sizes=make_rows(HouseholdSizes, household_sizes),
        exposure=make_rows(Exposure, exposure),
        assumptions=make_rows(
            Assumptions,
            [
                {
                    "key": key,
                    "low": value,
                    "best": value,
                    "high": value,
                    "unit": PARAMETERS[key].unit,
                    "reason": "drawn",
                }
                for key, value in figures.items()
            ],
        ),
    )


@st.composite
def happenings(draw: st.DrawFn, scenario: Scenario, *, after_step: int = 0) -> dict[str, Any]:
    """Something that happens in the midst of a plan, as `replan` takes it: a time, losses and openings."""
    about = scenario.about
    start_s, n_steps = int(about.start.timestamp()), about.n_steps
    step = draw(st.integers(after_step, n_steps - 1))
    assets = [*scenario.crossings.crossing_id, *scenario.links.link_id]

    def moment(at: int) -> str:
        return format_time(start_s + at * about.step_s, offset_of(about.start))

    def window() -> str:
        first = draw(st.one_of(st.none(), st.integers(step, n_steps - 1)))
        last = draw(st.one_of(st.none(), st.integers((step if first is None else first) + 1, n_steps)))
        if first is None and last is None:
            return ""
        return f"@{'' if first is None else moment(first)}/{'' if last is None else moment(last)}"

    def some(most: int) -> list[str]:
        return [
            f"{asset}{{}}{window()}"
            for asset in draw(st.lists(st.sampled_from(assets), max_size=most))
            if assets
        ]

    hosts = draw(st.lists(st.sampled_from(list(scenario.hosts.host_id)), unique=True, max_size=2))
    return {
        "at": moment(step),
        "close": [text.format("") for text in some(2)],
        "open_": [text.format("") for text in some(1)],
        "capacity": [text.format(f"={draw(st.sampled_from((0.0, 0.25, 0.5)))}") for text in some(1)],
        "arrived": {host: draw(st.integers(0, 12)) for host in hosts} if draw(st.booleans()) else None,
        "caught": draw(st.sampled_from(("back", "through", "held"))),
        "stability_person_h": draw(st.sampled_from((0.0, 0.5, 3.0, 1000.0))),
    }
