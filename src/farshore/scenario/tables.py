"""The tables of a scenario folder, each written once: names, kinds, units, defaults, meaning."""

from dataclasses import dataclass
from typing import ClassVar, Final

from farshore.scenario.table import (
    NO_TIME,
    Counts,
    Flags,
    Kind,
    Numbers,
    Rows,
    Texts,
    Times,
    column,
)

__all__ = [
    "LARGEST_HOUSEHOLD",
    "TABLES",
    "Assumptions",
    "Choices",
    "Closures",
    "Crossings",
    "Exposure",
    "Fleets",
    "Hazards",
    "Hosts",
    "HouseholdSizes",
    "Links",
    "Nodes",
    "Timetable",
    "Zones",
]

USES: Final = ("auto", "bus", "truck", "walk", "rail")
NAN: Final = float("nan")
LARGEST_HOUSEHOLD: Final = 12  # persons


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


@dataclass(frozen=True, eq=False)
class Zones(Rows):
    """Where people are before they leave."""

    FILE: ClassVar = "zones.csv"
    KEY: ClassVar = "zone_id"
    TITLE: ClassVar = "Zones: where people are before they leave"
    REQUIRED_FILE: ClassVar = True

    zone_id: Texts = column(Kind.ID, "P-code or local code")
    name: Texts = column(Kind.TEXT, "name")
    node_id: Texts = column(Kind.REF, "where its people enter the network", references="network/node.csv")
    x_coord: Numbers = column(Kind.LONGITUDE, "longitude", unit="degrees")
    y_coord: Numbers = column(Kind.LATITUDE, "latitude", unit="degrees")
    persons: Counts = column(Kind.COUNT, "people who lived there when last counted", unit="persons")
    share_under_18: Numbers = column(Kind.SHARE, "share of persons under 18", default=0.0)
    share_over_65: Numbers = column(Kind.SHARE, "share of persons aged 65 and over", default=0.0)
    share_with_car: Numbers = column(Kind.SHARE, "share of persons with a seat in a car", default=1.0)
    share_needing_assistance: Numbers = column(
        Kind.SHARE, "share of persons who cannot travel unaided", default=0.0
    )
    ready_curve: Texts = column(
        Kind.CURVE,
        "hours after the start and the share ready by then, straight lines between; blank: all at once",
        default="",
    )


@dataclass(frozen=True, eq=False)
class HouseholdSizes(Rows):
    """How many of a zone's households have how many members."""

    FILE: ClassVar = "households.csv"
    TITLE: ClassVar = "Households: how many have how many members, counted, never listed one by one"
    ABSENT: ClassVar = "sizes follow `mean_household_size`"

    zone_id: Texts = column(
        Kind.REF,
        "zone whose households these are; blank: every zone without rows of its own",
        default="",
        references="zones.csv",
    )
    size: Counts = column(
        Kind.COUNT,
        f"members, 1 to {LARGEST_HOUSEHOLD}; larger households are counted with the largest size given",
        unit="persons",
    )
    share: Numbers = column(
        Kind.SHARE, "share of households that have so many; the shares of a zone add up to 1"
    )


@dataclass(frozen=True, eq=False)
class Hosts(Rows):
    """Places that offer beds."""

    FILE: ClassVar = "hosts.csv"
    KEY: ClassVar = "host_id"
    TITLE: ClassVar = "Hosts: places that offer beds"
    REQUIRED_FILE: ClassVar = True

    host_id: Texts = column(Kind.ID, "P-code or local code")
    name: Texts = column(Kind.TEXT, "name")
    node_id: Texts = column(Kind.REF, "where arrivals leave the network", references="network/node.csv")
    x_coord: Numbers = column(Kind.LONGITUDE, "longitude", unit="degrees")
    y_coord: Numbers = column(Kind.LATITUDE, "latitude", unit="degrees")
    beds: Counts = column(Kind.COUNT, "beds offered and confirmed", unit="persons")
    beds_from: Times = column(
        Kind.TIME, "first moment at which somebody can be taken in; blank: from the start", default=NO_TIME
    )
    intake_persons_h: Numbers = column(
        Kind.NUMBER,
        "persons who can be received in an hour; blank: no limit",
        unit="persons/h",
        default=NAN,
        low=0,
    )
    country: Texts = column(Kind.TEXT, "ISO 3166-1 alpha-2 code", default="")
    territory: Texts = column(
        Kind.CHOICE,
        "whose: own, occupied, sponsor (of the operation), third",
        choices=("own", "occupied", "sponsor", "third"),
    )
    services: Texts = column(
        Kind.WORDS, "what it offers beside beds: medical, school, wheelchair, pets", default=""
    )
    stay_limit_days: Counts = column(
        Kind.COUNT, "days after which guests must move on; 0: no limit", unit="days", default=0
    )
    confirmed_until: Times = column(
        Kind.TIME, "moment up to which the offer is confirmed; blank: throughout", default=NO_TIME
    )


@dataclass(frozen=True, eq=False)
class Fleets(Rows):
    """Vehicles that carry people who have none."""

    FILE: ClassVar = "fleets.csv"
    KEY: ClassVar = "fleet_id"
    TITLE: ClassVar = "Fleets: buses, trains, ferries and boats"

    fleet_id: Texts = column(Kind.ID, "code of the fleet")
    mode: Texts = column(Kind.CHOICE, "what they are", choices=("bus", "train", "ferry", "boat"))
    vehicles: Counts = column(Kind.COUNT, "how many", unit="vehicles")
    seats: Counts = column(Kind.COUNT, "seats in each", unit="persons")
    wheelchair_places: Counts = column(Kind.COUNT, "wheelchair places in each", default=0)
    base_node_id: Texts = column(Kind.REF, "where they start", references="network/node.csv")
    from_time: Times = column(Kind.TIME, "first moment of service", name="from", default=NO_TIME)
    until_time: Times = column(Kind.TIME, "end of service, not included", name="until", default=NO_TIME)
    load_s: Counts = column(Kind.COUNT, "time to load one vehicle", unit="s", default=0)
    unload_s: Counts = column(Kind.COUNT, "time to unload one vehicle", unit="s", default=0)
    line: Texts = column(
        Kind.TEXT,
        "of buses: codes of the only nodes at which they stop, separated by spaces or semicolons; of a ferry "
        "or boat: the crossing on which it sails; of trains: the zone that simulations fetch",
        default="",
    )


@dataclass(frozen=True, eq=False)
class Timetable(Rows):
    """Runs of trains: each stop with its times."""

    FILE: ClassVar = "timetable.csv"
    TITLE: ClassVar = "Timetable: runs of trains, a row for each stop in order of time"
    SAID_WHEN_ABSENT: ClassVar = False

    run_id: Texts = column(Kind.ID, "code of the run; its rows follow each other in the file")
    fleet_id: Texts = column(
        Kind.REF, "fleet of mode train, which says how many seats there are", references="fleets.csv"
    )
    node_id: Texts = column(Kind.REF, "where it stops", references="network/node.csv")
    arrives: Times = column(Kind.TIME, "when people can get off; blank: the run begins here", default=NO_TIME)
    departs: Times = column(Kind.TIME, "when it leaves; blank: the run ends here", default=NO_TIME)


@dataclass(frozen=True, eq=False)
class Choices(Rows):
    """What people accept of a host: services, countries, or a place by name."""

    FILE: ClassVar = "choices.csv"
    TITLE: ClassVar = "Choices: which hosts people accept"
    SAID_WHEN_ABSENT: ClassVar = False

    zone_id: Texts = column(
        Kind.REF, "zone whose people it speaks of; blank: all", default="", references="zones.csv"
    )
    need: Texts = column(
        Kind.CHOICE, "need it speaks of; blank: all", default="", choices=("assisted", "family", "other")
    )
    services: Texts = column(
        Kind.WORDS, "services that a host must offer, every one of them; blank: none", default=""
    )
    countries: Texts = column(
        Kind.WORDS, "countries that are accepted, by the codes in hosts.csv; blank: any", default=""
    )
    host_id: Texts = column(
        Kind.REF,
        "host that is accepted; several rows make several; blank: any",
        default="",
        references="hosts.csv",
    )


@dataclass(frozen=True, eq=False)
class Exposure(Rows):
    """How dangerous it is to be somewhere, relative to other places and times."""

    FILE: ClassVar = "exposure.csv"
    TITLE: ClassVar = "Exposure: how dangerous it is to be somewhere, relative to elsewhere"

    place_id: Texts = column(
        Kind.REF,
        "zone, link or crossing",
        references=("zones.csv", "network/link.csv", "crossings.csv"),
    )
    from_time: Times = column(Kind.TIME, "first moment; blank: from the start", name="from", default=NO_TIME)
    until_time: Times = column(
        Kind.TIME, "end, not included; blank: to the end of the horizon", name="until", default=NO_TIME
    )
    rate: Numbers = column(Kind.NUMBER, "relative exposure", unit="per person-hour", low=0)


@dataclass(frozen=True, eq=False)
class Hazards(Rows):
    """What may go wrong, how often and for how long: the futures that a stress test draws."""

    FILE: ClassVar = "hazards.csv"
    KEY: ClassVar = "hazard_id"
    TITLE: ClassVar = "Hazards: what may go wrong, how often, for how long"

    hazard_id: Texts = column(Kind.ID, "code of the hazard; random numbers are drawn by it")
    asset_id: Texts = column(
        Kind.REF,
        "link or crossing that it strikes; blank: everything that moves",
        default="",
        references=("network/link.csv", "crossings.csv"),
    )
    what: Texts = column(
        Kind.CHOICE,
        "loss (nobody passes, drivers go around) or pause (nobody moves on, people wait for its end)",
        choices=("loss", "pause"),
    )
    rate_per_day: Numbers = column(Kind.NUMBER, "how often it happens", unit="events/day", low=0)
    from_time: Times = column(
        Kind.TIME, "first moment at which it may happen; blank: from the start", name="from", default=NO_TIME
    )
    until_time: Times = column(
        Kind.TIME,
        "end of that span, not included; blank: to the end of the horizon",
        name="until",
        default=NO_TIME,
    )
    hours_low: Numbers = column(
        Kind.NUMBER, "least time until it is over or repaired", unit="h", low=0, above_low=True
    )
    hours_best: Numbers = column(Kind.NUMBER, "likeliest time", unit="h", low=0, above_low=True)
    hours_high: Numbers = column(Kind.NUMBER, "longest time", unit="h", low=0, above_low=True)
    factor_after: Numbers = column(
        Kind.NUMBER, "what is left of the asset's capacity once repaired", default=1.0, low=0, high=1
    )
    reason: Texts = column(Kind.TEXT, "why this rate and these times")
    source: Texts = column(Kind.TEXT, "who counted it; blank: nobody did", default="")


@dataclass(frozen=True, eq=False)
class Assumptions(Rows):
    """Every number that nobody measured, with its range and reason."""

    FILE: ClassVar = "assumptions.csv"
    KEY: ClassVar = "key"
    TITLE: ClassVar = "Assumptions: every number that nobody measured"

    key: Texts = column(
        Kind.TEXT,
        "a parameter of the program, or the cells it speaks of: `FILE:ID:COLUMN`, `FILE:*:COLUMN` or "
        "`FILE:COLUMN=VALUE:COLUMN`, with several columns as `COLUMN=VALUE&COLUMN=VALUE` (those cells must "
        "hold `best`)",
    )
    low: Numbers = column(Kind.NUMBER, "lowest plausible value")
    best: Numbers = column(Kind.NUMBER, "value used")
    high: Numbers = column(Kind.NUMBER, "highest plausible value")
    unit: Texts = column(Kind.TEXT, "unit", default="")
    reason: Texts = column(Kind.TEXT, "why this value and this range")
    source: Texts = column(Kind.TEXT, "where the reason comes from", default="")


TABLES: Final[dict[str, type[Rows]]] = {
    "nodes": Nodes,
    "links": Links,
    "crossings": Crossings,
    "closures": Closures,
    "zones": Zones,
    "household_sizes": HouseholdSizes,
    "hosts": Hosts,
    "fleets": Fleets,
    "timetable": Timetable,
    "choices": Choices,
    "exposure": Exposure,
    "hazards": Hazards,
    "assumptions": Assumptions,
}
