"""Tables of people: where they are, how many live together, which hosts they accept."""

from dataclasses import dataclass
from typing import ClassVar, Final

from farshore.scenario.table import Counts, Kind, Numbers, Rows, Texts, column

__all__ = ["LARGEST_HOUSEHOLD", "Choices", "HouseholdSizes", "Zones"]

LARGEST_HOUSEHOLD: Final = 12  # persons


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
