"""Tables of what is there for people: hosts with their beds, fleets, trains by timetable."""

from dataclasses import dataclass
from typing import ClassVar, Final

from farshore.scenario.table import NO_TIME, Counts, Kind, Numbers, Rows, Texts, Times, column

__all__ = ["Fleets", "Hosts", "Timetable"]

NAN: Final = float("nan")


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
        "of buses: codes of the only nodes at which they stop, separated by spaces or semicolons (riders are "
        "carried on ways near the quickest between two of them); of a ferry "
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
