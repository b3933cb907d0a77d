"""Gates: a short link out of each zone that is open in the zone's window only."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from farshore.scenario.rows import make_rows, records_of
from farshore.scenario.scenario import Scenario
from farshore.scenario.tables import Closures, Links, Nodes, Zones
from farshore.units import HOUR_S

__all__ = ["gate_of", "with_gates"]

_LENGTH_M: Final = 1.0  # a gate takes a second, the least that a link can
_WIDTH_VEH_H: Final = 1e7  # lets everybody through


def gate_of(zone_id: str) -> str:
    """Id of a zone's gate."""
    return f"{zone_id}_gate"


def with_gates(scenario: Scenario, windows: Mapping[str, tuple[int, int]]) -> Scenario:
    """The scenario in which zones leave by a gate each, open from … until, in seconds since 1970."""
    nodes, links, zones = (records_of(table) for table in (scenario.nodes, scenario.links, scenario.zones))
    closures = records_of(scenario.closures)
    place = {node["node_id"]: node for node in nodes}
    start_s = int(scenario.about.start.timestamp())
    end_s = start_s + scenario.about.horizon_h * HOUR_S
    for zone in zones:
        code, node = zone["zone_id"], place[zone["node_id"]]
        if code not in windows:
            continue
        inside = f"{code}_home"
        nodes.append(node | {"node_id": inside, "name": "", "zone_id": code})
        node["zone_id"] = "" if node["zone_id"] == code else node["zone_id"]
        links.append(
            {
                "link_id": gate_of(code), "from_node_id": inside, "to_node_id": zone["node_id"],
                "directed": True,
                "length": _LENGTH_M, "free_speed": 50.0, "lanes": 1, "capacity": _WIDTH_VEH_H,
                "facility_type": "gate",
            }
        )  # fmt: skip
        zone["node_id"] = inside
        first_s, until_s = windows[code]
        for since, until in ((start_s, first_s), (until_s, end_s)):
            if until > since:
                closures.append(
                    {
                        "asset_id": gate_of(code), "from_time": since, "until_time": until,
                        "capacity_factor": 0.0, "allowed_uses": "", "reason": "staging: not this zone's turn",
                        "source": "this plan",
                    }
                )  # fmt: skip
    return replace(
        scenario,
        nodes=make_rows(Nodes, nodes),
        links=make_rows(Links, links),
        zones=make_rows(Zones, zones),
        closures=make_rows(Closures, closures),
    )
