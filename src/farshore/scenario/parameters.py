"""The program's own assumed numbers: what each means, and the value used where a scenario gives none."""

from dataclasses import dataclass
from typing import Final

__all__ = ["PARAMETERS", "Parameter"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One assumed number: a scenario sets it by a row of that key in `assumptions.csv`."""

    key: str
    default: float
    unit: str
    description: str
    low: float
    high: float


PARAMETERS: Final[dict[str, Parameter]] = {
    p.key: p
    for p in (
        Parameter("share_present", 1.0, "share", "share of `persons` still there at the start", 0, 1),
        Parameter("share_leaving", 1.0, "share", "share of those present who choose to leave", 0, 1),
        Parameter(
            "persons_per_vehicle", 2.5, "persons/veh", "people in one car, or in a car's room on a bus", 1, 60
        ),
        Parameter("driving_from_hour", 0, "h", "local hour from which people may drive", 0, 24),
        Parameter("driving_until_hour", 24, "h", "local hour by which people must be off the road", 0, 24),
        Parameter("sailing_from_hour", 0, "h", "local hour from which ferries sail", 0, 24),
        Parameter("sailing_until_hour", 24, "h", "local hour at which ferries stop", 0, 24),
        Parameter(
            "exposure_default_rate",
            1.0,
            "per person-hour",
            "relative exposure of every zone, link and crossing that exposure.csv does not list",
            0,
            1000,
        ),
        Parameter(
            "travel_weight",
            0.001,
            "exposure per person-hour",
            "what an hour of travel counts beside an hour at exposure 1: enough to break ties",
            0,
            1,
        ),
        Parameter("household_share_1", 0.243, "share", "share of households that are one person", 0, 1),
        Parameter("household_share_2", 0.269, "share", "share of households of two persons", 0, 1),
        Parameter("household_share_3", 0.248, "share", "share of households of three persons", 0, 1),
        Parameter("household_share_4", 0.159, "share", "share of households of four persons", 0, 1),
        Parameter(
            "household_share_5",
            0.081,
            "share",
            "share of households of five persons or more, taken as five",
            0,
            1,
        ),
        Parameter("driver_duty_h", 9, "h", "longest duty of a vehicle's driver, pull-out to pull-in", 1, 24),
        Parameter("driver_rest_h", 11, "h", "rest between two duties of a vehicle's driver", 0, 24),
    )
}
