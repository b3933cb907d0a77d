"""Tables of the network: junctions, roads, what crosses water and borders, what is closed when."""

from dataclasses import dataclass
from typing import ClassVar, Final

from farshore.scenario.table import NO_TIME, Counts, Flags, Kind, Numbers, Rows, Texts, Times, column

__all__ = ["Closures", "Crossings", "Links", "Nodes"]

USES: Final = ("auto", "bus", "truck", "walk", "rail")
NAN: Final = float("nan")


@dataclass(frozen=True, eq=False)
class Nodes(Rows):
    """Junctions, ends and access points of the network (GMNS node)."""

    FILE: ClassVar = "network/node.csv"
    KEY: ClassVar = "node_id"
    TITLE: ClassVar = "Nodes: junctions, ends and access points"
    REQUIRED_FILE: ClassVar = True

    node_id: Texts = column(Kind.ID, "code of the node")
    x_coord: Numbers = column(Kind.LONGITUDE, "longitude", unit="degrees")
    y_coord: Numbers = column(Kind.LATITUDE, "latitude", unit="degrees")
    name: Texts = column(Kind.TEXT, "name, where people know it by one", default="")
    zone_id: Texts = column(Kind.REF, "zone whose people start here", default="", references="zones.csv")
    node_type: Texts = column(Kind.TEXT, "what it is: junction, town, port, station", default="")


@dataclass(frozen=True, eq=False)
class Links(Rows):
    """Stretches of road, rail or water between two nodes (GMNS link)."""

    FILE: ClassVar = "network/link.csv"
    KEY: ClassVar = "link_id"
    TITLE: ClassVar = "Links: stretches of road, rail or water between two nodes"
    REQUIRED_FILE: ClassVar = True

    link_id: Texts = column(Kind.ID, "code of the link")
    from_node_id: Texts = column(Kind.REF, "node where it begins", references="network/node.csv")
    to_node_id: Texts = column(Kind.REF, "node where it ends", references="network/node.csv")
    directed: Flags = column(
        Kind.FLAG, "false: it can be travelled both ways, with the same figures each way", default=True
    )
    length: Numbers = column(Kind.NUMBER, "length", unit="m", low=0, above_low=True)
    facility_type: Texts = column(
        Kind.TEXT,
        "class of road, or `rail`, `ferry`; what comes from no survey carries `_estimated`",
        default="road",
    )
    free_speed: Numbers = column(
        Kind.NUMBER,
        "free-flow speed; of a ferry link not used (its crossing's `trip_s` counts)",
        unit="km/h",
        low=0,
        above_low=True,
    )
    lanes: Counts = column(Kind.COUNT, "lanes in each direction that may be used", unit="lanes", default=1)
    capacity: Numbers = column(
        Kind.NUMBER,
        "saturation flow of one lane; of a ferry link not used (its vessels count)",
        unit="veh/h/lane",
        low=0,
    )
    allowed_uses: Texts = column(
        Kind.WORDS,
        "who may use it: auto, bus, truck, walk, rail",
        default="auto;bus;truck;walk",
        choices=USES,
    )
    name: Texts = column(Kind.TEXT, "name or number of the road", default="")
    crossing_id: Texts = column(
        Kind.REF, "crossing that it is part of", default="", references="crossings.csv"
    )
    jam_density: Numbers = column(
        Kind.NUMBER, "vehicles a lane holds at standstill", unit="veh/km/lane", default=NAN, low=1
    )


@dataclass(frozen=True, eq=False)
class Crossings(Rows):
    """The few assets that everything depends on: bridges, dams, ferries, corridors."""

    FILE: ClassVar = "crossings.csv"
    KEY: ClassVar = "crossing_id"
    TITLE: ClassVar = "Crossings: bridges, dams, ferries, corridors"

    crossing_id: Texts = column(Kind.ID, "code of the crossing")
    name: Texts = column(Kind.TEXT, "name")
    kind: Texts = column(
        Kind.CHOICE,
        "what it is",
        choices=("bridge", "dam", "ferry", "pontoon", "rail_bridge", "checkpoint", "corridor"),
    )
    x_coord: Numbers = column(Kind.LONGITUDE, "longitude", unit="degrees")
    y_coord: Numbers = column(Kind.LATITUDE, "latitude", unit="degrees")
    vehicles_per_trip: Counts = column(
        Kind.COUNT, "vehicles that one vessel's deck takes", unit="veh", default=0
    )
    persons_per_trip: Counts = column(
        Kind.COUNT, "persons that one vessel takes, those in vehicles included", unit="persons", default=0
    )
    trip_s: Counts = column(
        Kind.COUNT, "from casting off to cast off again on the other side, one way", unit="s", default=0
    )
    vessels: Counts = column(Kind.COUNT, "vessels that shuttle", unit="vessels", default=0)


@dataclass(frozen=True, eq=False)
class Closures(Rows):
    """When a link or crossing carries less than it could, or nothing."""

    FILE: ClassVar = "closures.csv"
    TITLE: ClassVar = "Closures: when a link or crossing carries less, or nothing"

    asset_id: Texts = column(Kind.REF, "link or crossing", references=("network/link.csv", "crossings.csv"))
    from_time: Times = column(
        Kind.TIME, "first moment; blank: from the start of the scenario", name="from", default=NO_TIME
    )
    until_time: Times = column(
        Kind.TIME, "end, not included; blank: to the end of the horizon", name="until", default=NO_TIME
    )
    capacity_factor: Numbers = column(
        Kind.NUMBER, "what is left of its capacity: 0 is closed, 1 is whole", default=0.0, low=0, high=1
    )
    allowed_uses: Texts = column(
        Kind.WORDS, "who may still use it; blank: as the link says", default="", choices=USES
    )
    reason: Texts = column(Kind.TEXT, "why", default="")
    source: Texts = column(Kind.TEXT, "who says so", default="")
