"""Small scenarios with classes and services: cars, walkers, ferries with decks, buses, trains, choices."""

from dataclasses import fields, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from farshore.scenario.parameters import SETTABLE
from farshore.scenario.rows import make_rows
from farshore.scenario.scenario import Scenario
from farshore.scenario.table import NO_TIME, Rows
from farshore.scenario.tables import Assumptions, Choices, Fleets, Timetable
from tests.builders import scenario
from tests.strategies import small_scenarios

__all__ = ["service_towns", "small_class_scenarios"]

Record = dict[str, Any]


@st.composite
def small_class_scenarios(
    draw: st.DrawFn, *, max_nodes: int = 6, max_zones: int = 2, max_hosts: int = 3, max_persons: int = 14
) -> Scenario:
    """Valid scenarios of `small_scenarios` with services and people of all classes in them."""
    base = draw(
        small_scenarios(
            max_nodes=max_nodes, max_zones=max_zones, max_hosts=max_hosts, max_persons=max_persons
        )
    )
    step_s, n_steps = base.about.step_s, base.about.n_steps
    start_s = int(base.about.start.timestamp())
    nodes = st.sampled_from(base.nodes.node_id.tolist())
    shares = st.sampled_from((0.0, 0.25, 0.5, 1.0))

    def column(rows: Rows, name: str, values: Any) -> np.ndarray:
        made = np.empty(len(rows), getattr(rows, name).dtype)
        made[:] = [draw(values) for _ in range(len(rows))]
        return made

    zones = replace(
        base.zones,
        share_needing_assistance=column(
            base.zones, "share_needing_assistance", st.sampled_from((0.0, 0.2, 0.5))
        ),
        share_under_18=column(base.zones, "share_under_18", st.sampled_from((0.0, 0.2, 0.4))),
        share_with_car=column(base.zones, "share_with_car", shares),
    )
    closures = replace(
        base.closures,
        allowed_uses=column(
            base.closures, "allowed_uses", st.sampled_from(("", "", "walk", "auto;bus", "bus", "auto;walk"))
        ),
    )
    kinds = st.sampled_from(("", "", "pickup", "town", "station"))
    fleets = [_fleet(draw, f"b{i}", "bus", base, nodes) for i in range(draw(st.integers(0, 2)))]
    crossings = base.crossings
    ferries = [c for c, kind in zip(crossings.crossing_id, crossings.kind, strict=True) if kind == "ferry"]
    if ferries and draw(st.booleans()):
        boat = _fleet(draw, "v0", draw(st.sampled_from(("boat", "ferry"))), base, nodes)
        fleets.append(boat | {"line": draw(st.sampled_from(ferries))})
    timetable: list[Record] = []
    if draw(st.booleans()):
        fleets.append(_fleet(draw, "t0", "train", base, nodes) | {"line": ""})
        for run in range(draw(st.integers(1, 2))):
            moment = (
                start_s
                + draw(st.integers(-1, n_steps - 1)) * step_s
                + draw(st.sampled_from((0, step_s // 3)))
            )
            stops = draw(st.lists(nodes, min_size=2, max_size=3))
            for i, stop in enumerate(stops):
                record: Record = {"run_id": f"r{run}", "fleet_id": "t0", "node_id": stop}
                if i:
                    moment += draw(st.sampled_from((60, step_s // 2, step_s, 2 * step_s)))
                    record["arrives"] = moment
                if i < len(stops) - 1:
                    moment += draw(st.sampled_from((0, step_s // 2, step_s)))
                    record["departs"] = moment
                timetable.append(record)
    choices: list[Record] = [
        {
            "zone_id": draw(st.sampled_from(("", *base.zones.zone_id))),
            "need": draw(st.sampled_from(("", "assisted", "family", "other"))),
        }
        | draw(
            st.sampled_from(
                (
                    {"services": "medical"},
                    {"countries": "UA"},
                    *({"host_id": host} for host in base.hosts.host_id),
                    {"services": "school", "countries": "UA;PL"},
                )
            )
        )
        for _ in range(draw(st.sampled_from((0, 0, 1, 2))))
    ]
    figures = {
        "walking_speed_kmh": draw(st.sampled_from((4.0, 8.0))),
        "walking_limit_min": draw(st.sampled_from((0.0, 75.0, 200.0, 600.0))),
        "foot_persons_h_lane": draw(st.integers(0, 6)) * 3600 / step_s,
        "assisted_priority": draw(st.sampled_from((1.0, 2.0, 3.5))),
        "family_priority": draw(st.sampled_from((1.0, 1.5))),
        "family_persons_per_child": draw(st.sampled_from((1.0, 2.2))),
        "wheelchair_share": draw(st.sampled_from((0.0, 0.25, 1.0))),
        "driver_hours_day": draw(st.sampled_from((0.0, 1.0, 3.0, 20.0))),
        "bus_pcu": draw(st.sampled_from((1.0, 2.0))),
    }
    return replace(
        base,
        nodes=replace(base.nodes, node_type=column(base.nodes, "node_type", kinds)),
        zones=zones,
        closures=closures,
        fleets=make_rows(Fleets, fleets),
        timetable=make_rows(Timetable, timetable),
        choices=make_rows(Choices, choices),
        assumptions=with_assumed(base.assumptions, figures),
    )


@st.composite
def service_towns(draw: st.DrawFn, *, far: bool = False) -> Scenario:
    """A town, a stop, a ferry and two hosts, small enough that every service is worth taking.

    One road joins all; who has no car needs buses, the ferry, trains or feet.
    far : whether everybody is under way for hours, through many steps
    """
    step_s = 1800
    n_steps = draw(st.integers(20, 28) if far else st.integers(8, 14))
    persons = draw(st.integers(4, 16))
    ppv = draw(st.sampled_from((1.0, 2.5)))

    def room(most: int = 8) -> float:
        return draw(st.integers(2, most)) * 3600 / step_s / ppv

    seconds = st.sampled_from((1900, 3700, 5500, 7300) if far else (300, 700, 1300, 1900, 2500))
    links = [
        f"a n0 n1 length={draw(seconds) * 10} capacity={room()}",
        f"b n1 n2 length={draw(seconds) * 10} capacity={room()} crossing_id=bridge",
        f"c n2 n3 length={draw(seconds) * 10} capacity={room()}",
        "w n1 n2 length=3000 capacity=0 crossing_id=boat facility_type=ferry",
    ]
    if draw(st.booleans()):
        links.append(f"d n0 n2 length={draw(seconds) * 10} capacity={room()}")
    fleets = [
        f"b{i} bus {draw(st.sampled_from(('n0', 'n1', 'n3')))} vehicles={draw(st.integers(1, 2))} "
        f"seats={draw(st.integers(2, 5))} wheelchair_places={draw(st.integers(0, 2))} "
        f"load_s={draw(st.sampled_from((0, 900)))} unload_s={draw(st.sampled_from((0, 900)))}"
        for i in range(draw(st.integers(1, 2)))
    ]
    timetable = []
    if draw(st.booleans()):
        fleets.append(f"t train n0 vehicles=1 seats={draw(st.integers(1, 6))} wheelchair_places=1")
        leaves = draw(st.integers(1, n_steps - 3)) / 2
        timetable = [
            f"r t n0 departs={leaves}",
            f"r t n2 arrives={leaves + 0.5} departs={leaves + 0.5}",
            f"r t n3 arrives={leaves + 1}",
        ]
    closures = []
    if draw(st.booleans()):
        asset = draw(st.sampled_from(("bridge", "boat", "a")))
        since = draw(st.integers(0, n_steps - 2)) / 2
        uses = draw(st.sampled_from(("", "bus", "walk", "auto;walk")))
        closures = [f"{asset} from={since} until={since + 1} capacity_factor=0.5 allowed_uses={uses}"]
    shares = st.sampled_from((0.0, 0.3, 0.6))
    deck = draw(st.integers(0, 3))
    young = draw(st.sampled_from((0, 0.2)))
    endangered = draw(st.sampled_from(("z", "bridge", "boat", "c")))
    return scenario(
        links=links,
        crossings=[
            "bridge bridge",
            f"boat ferry vehicles_per_trip={deck} "
            f"persons_per_trip={draw(st.integers(0 if deck else 1, 4))} "
            f"trip_s={draw(st.sampled_from((1800, 5400, 7200) if far else (600, 1800, 2700)))} vessels=1",
        ],
        closures=closures,
        zones=[
            f"z n0 persons={persons} share_with_car={draw(shares)} share_under_18={young} "
            f"share_needing_assistance={draw(shares)}",
            f"y n1 persons={draw(st.integers(0, 6))} share_with_car={draw(shares)}",
        ],
        hosts=[
            f"h n3 beds={draw(st.integers(persons // 2, 30))} services=medical",
            f"g n2 beds={draw(st.integers(0, 6))} intake_persons_h={draw(st.sampled_from((2, 8)))}",
        ],
        fleets=fleets,
        timetable=timetable,
        choices=["need=assisted services=medical"] if draw(st.booleans()) else [],
        exposure=[f"{endangered} rate={draw(st.sampled_from((0.2, 3, 9)))}"],
        parameters={
            "persons_per_vehicle": ppv,
            "walking_speed_kmh": 8,
            "walking_limit_min": draw(st.sampled_from((0, 100, 400))),
            "foot_persons_h_lane": draw(st.integers(1, 4)) * 3600 / step_s,
            "driver_hours_day": draw(st.sampled_from((2, 4, 20))),
            "wheelchair_share": draw(st.sampled_from((0.25, 1))),
            "bus_pcu": draw(st.sampled_from((1, 2))),
            "exposure_default_rate": draw(st.sampled_from((0.1, 1))),
        },
        horizon_h=n_steps // 2,
        step_s=step_s,
    )


def _fleet(draw: st.DrawFn, code: str, mode: str, base: Scenario, nodes: Any) -> Record:
    step_s, n_steps = base.about.step_s, base.about.n_steps
    start_s = int(base.about.start.timestamp())
    since, until = NO_TIME, NO_TIME
    if draw(st.integers(0, 3)) == 0:
        since = start_s + draw(st.integers(0, n_steps // 2)) * step_s
    if draw(st.integers(0, 3)) == 0:
        until = (
            start_s
            + draw(st.integers(n_steps // 2 + 1, n_steps)) * step_s
            + draw(st.sampled_from((0, step_s // 3)))
        )
    bound_to = draw(st.lists(nodes, max_size=3)) if mode == "bus" and draw(st.booleans()) else []
    return {
        "fleet_id": code,
        "mode": mode,
        "vehicles": draw(st.integers(0, 3)),
        "seats": draw(st.integers(1, 6)),
        "wheelchair_places": draw(st.integers(0, 2)),
        "base_node_id": draw(nodes),
        "from_time": since,
        "until_time": until,
        "load_s": draw(st.sampled_from((0, step_s // 2, step_s))),
        "unload_s": draw(st.sampled_from((0, 0, step_s // 2))),
        "line": draw(st.sampled_from((" ", ";", "; "))).join(bound_to),
    }


def with_assumed(table: Assumptions, figures: dict[str, float]) -> Assumptions:
    """The table with rows for some parameters; those that it has of them are replaced."""
    old = [
        {f.name: getattr(table, f.name)[row] for f in fields(table)}
        for row in range(len(table))
        if table.key[row] not in figures
    ]
    more = [
        {
            "key": key,
            "low": value,
            "best": value,
            "high": value,
            "unit": SETTABLE[key].unit,
            "reason": "drawn",
        }
        for key, value in figures.items()
    ]
    return make_rows(Assumptions, [*old, *more])
