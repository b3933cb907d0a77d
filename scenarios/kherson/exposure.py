"""Where it is dangerous: zones and roads of the right bank at 1, which is the unit; crossings as assumed."""

from crossings import CROSSINGS
from facts import ZONES
from network import Network
from tables import Cells

__all__ = ["exposure_rows"]

# Crossings over which nobody goes in any variant of this scenario, or that lie on the other side.
WITHOUT_RATE = frozenset({"antonivka_rail_bridge", "varvarivskyi_bridge", "front_zaporizhzhia"})
SHUT_AT_THE_FRONT = frozenset({"front_mykolaiv", "front_bashtanka", "front_kryvyi_rih"})


def exposure_rows(network: Network) -> list[Cells]:
    """A row for each zone, each road of the right bank and each crossing; rates of crossings are assumed."""
    rows: list[Cells] = [{"place_id": zone.zone_id, "rate": 1.0} for zone in ZONES]
    rows += [{"place_id": link_id, "rate": 1.0} for link_id in _right_bank_links(network)]
    rows += [{"place_id": crossing_id, "rate": 1.0} for crossing_id in sorted(SHUT_AT_THE_FRONT)]
    rows += [
        {"place_id": row["crossing_id"]}
        for row in CROSSINGS
        if row["crossing_id"] not in WITHOUT_RATE | SHUT_AT_THE_FRONT
    ]
    return rows


def _right_bank_links(network: Network) -> list[str]:
    """Links that can be reached from Kherson without any crossing of the river or the front."""
    inner = [
        link
        for link in network.links.values()
        if not link.facility_type.startswith("rail") and link.crossing_id in {"", "darivka_bridge"}
    ]
    reached, grown = {"z_kherson"}, True
    while grown:
        before = len(reached)
        for link in inner:
            if not reached.isdisjoint(link.ends):
                reached.update(link.ends)
        grown = len(reached) > before
    return [link.link_id for link in inner if link.ends[0] in reached and not link.crossing_id]
