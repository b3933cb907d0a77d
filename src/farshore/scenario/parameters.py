"""The program's own assumed numbers: what each means, and the value used where a scenario gives none."""

from dataclasses import dataclass
from typing import Final

__all__ = [
    "CLASSES",
    "DRIVERS",
    "FUTURES",
    "HOST_STANDARDS",
    "ORDERS",
    "PARAMETERS",
    "SETTABLE",
    "TRAFFIC",
    "Parameter",
]


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
        Parameter(
            "mean_household_size",
            2.6,
            "persons",
            "mean members of a household, in zones for which households.csv says nothing: 2 to 3 in most of "
            "Europe, 4 to 6 where families are large; a census or household survey tells",
            1,
            8,
        ),
    )
}

# What traffic is like. Simulations list which of these they took; two of them, which `CLASSES` has as well,
# are all that any plan depends on.
TRAFFIC: Final[dict[str, Parameter]] = {
    p.key: p
    for p in (
        Parameter(
            "backward_wave_kmh",
            18.0,
            "km/h",
            "speed at which room travels back through a queue",
            1,
            60,
        ),
        Parameter(
            "jam_density_veh_km",
            130.0,
            "veh/km/lane",
            "vehicles that a lane holds at standstill, where link.csv does not say",
            20,
            300,
        ),
        Parameter(
            "capacity_drop_share",
            0.0,
            "share",
            "saturation flow lost while a queue stands",
            0,
            0.5,
        ),
        Parameter("walking_speed_kmh", 4.0, "km/h", "walking speed of a group with children", 1, 8),
        Parameter("bus_pcu", 2.0, "PCU", "room and headway of a bus, in passenger cars", 1, 6),
        Parameter("truck_pcu", 2.5, "PCU", "room and headway of a truck, in passenger cars", 1, 8),
        Parameter(
            "evacuation_flow_share",
            1.0,
            "share",
            "saturation flow beside `capacity` in link.csv: 1 where that is an evacuation's, 0.85 to 0.9 "
            "where it is an ordinary day's",
            0.3,
            1.2,
        ),
        Parameter(
            "train_every_min",
            60.0,
            "min",
            "trains leave their stop at multiples of this after the start",
            1,
            1440,
        ),
        Parameter(
            "ferry_waiting_veh",
            300.0,
            "veh",
            "cars that can wait at a ferry before its road",
            1,
            100_000,
        ),
        Parameter(
            "ferry_longest_wait_min",
            30.0,
            "min",
            "a vessel with anybody aboard sails after so long, full or not",
            0,
            1440,
        ),
        Parameter(
            "compliance_share",
            1.0,
            "share",
            "people with a plan who leave when and by the way it says",
            0,
            1,
        ),
        Parameter("informed_share", 0.5, "share", "drivers without a fixed way who hear of queues", 0, 1),
        Parameter(
            "half_departed_h",
            12.0,
            "h",
            "hours after which half of those who follow no plan have set out",
            0.1,
            1000,
        ),
    )
}

# What a plan with classes and services (docs/classes.md) depends on beside PARAMETERS. Other plans do not:
# these are not among the defaults that they list.
CLASSES: Final[dict[str, Parameter]] = {
    p.key: p
    for p in (
        Parameter(
            "family_persons_per_child",
            2.2,
            "persons/child",
            "people who travel as a family for each child under 18: the child, and its share of those who "
            "look after it",
            1,
            6,
        ),
        Parameter(
            "assisted_priority",
            2.0,
            "",
            "what an hour of exposure of people who cannot travel unaided counts beside others'; a choice of "
            "whoever plans",
            1,
            100,
        ),
        Parameter(
            "family_priority",
            1.5,
            "",
            "what an hour of exposure of families with children counts beside others'; a choice of whoever "
            "plans",
            1,
            100,
        ),
        Parameter(
            "bus_detour_factor",
            1.5,
            "share",
            "longest way of a bus between two stops of its line, in times of the quickest: nobody is driven "
            "round in circles",
            1,
            10,
        ),
        Parameter(
            "walking_limit_min",
            75.0,
            "min",
            "longest walk in one go, between two places where people can wait: 5 km at 4 km/h",
            0,
            600,
        ),
        Parameter(
            "foot_persons_h_lane",
            1200.0,
            "persons/h/lane",
            "people with luggage who pass on foot over one lane of a bridge or dam in an hour, far below the "
            "4,000 and more of a footway that is full",
            0,
            10_000,
        ),
        Parameter(
            "wheelchair_share",
            0.25,
            "share",
            "of people who cannot travel unaided, those who need a wheelchair place on a bus or train",
            0,
            1,
        ),
        Parameter(
            "driver_hours_day",
            20.0,
            "h",
            "hours a day that drivers are at hand for each vehicle: two shifts of 10",
            0,
            24,
        ),
        TRAFFIC["walking_speed_kmh"],
        TRAFFIC["bus_pcu"],
    )
}

# How long drivers of vehicles work. Timetables of fleets use them.
DRIVERS: Final[dict[str, Parameter]] = {
    p.key: p
    for p in (
        Parameter("driver_duty_h", 9, "h", "longest duty of a vehicle's driver, pull-out to pull-in", 1, 24),
        Parameter("driver_rest_h", 11, "h", "rest between two duties of a vehicle's driver", 0, 24),
    )
}

# What hosts need for each guest. No plan depends on them: they are not among the defaults a plan lists.
HOST_STANDARDS: Final[dict[str, Parameter]] = {
    p.key: p
    for p in (
        Parameter(
            "covered_space_m2",
            3.5,
            "m²/person",
            "covered living space a guest needs: Sphere Handbook 2018, at least 3.5 without cooking space; "
            "4.5 to 5.5 with it, where it is cold or in towns",
            1,
            20,
        ),
        Parameter(
            "water_l_day",
            15,
            "l/person/day",
            "water a guest needs: Sphere Handbook 2018, at least 15; its basic needs (drinking, hygiene, "
            "cooking) begin at 7.5, drinking alone at 2.5",
            3,
            200,
        ),
        Parameter(
            "persons_per_toilet",
            20,
            "persons/toilet",
            "guests to a toilet: Sphere Handbook 2018, at most 20; 50 in the first phase of a sudden crisis",
            1,
            200,
        ),
        Parameter(
            "persons_per_tap",
            250,
            "persons/tap",
            "guests to a tap: Sphere Handbook 2018, at most 250, at 7.5 litres a minute",
            1,
            1000,
        ),
        Parameter(
            "food_kcal_day",
            2100,
            "kcal/person/day",
            "food energy a guest needs: 2,100 to plan with, WFP/UNHCR guidelines for estimating food and "
            "nutritional needs in emergencies, UNHCR Handbook for Emergencies",
            1000,
            4000,
        ),
    )
}

# What differs from one future to another beside the tables. Plans do not depend on it.
FUTURES: Final[dict[str, Parameter]] = {
    p.key: p
    for p in (
        Parameter(
            "readiness_factor",
            1.0,
            "share",
            "hours of every ready curve, times this: above 1 people are ready later than planned",
            0.1,
            10,
        ),
    )
}

# What orders assume. Plans without such orders do not depend on it.
ORDERS: Final[dict[str, Parameter]] = {
    p.key: p
    for p in (
        Parameter(
            "contraflow_capacity_factor",
            0.67,
            "share",
            "what a reversed lane carries, as a share of its link's capacity: reversing all lanes of a road "
            "added 67 % (Wolshon 2001); plan figures go down to 30 %; lanes that carried 600 veh/h in "
            "evacuations sustained 800 to 1,000 when reversed, a share of 1.33 to 1.67 (Dixit, Wolshon 2011)",
            0.1,
            2,
        ),
        Parameter(
            "contraflow_setup_h",
            2.0,
            "h",
            "hours from closing lanes to those who come until they are open to those who leave",
            0,
            24,
        ),
    )
}

SETTABLE: Final[dict[str, Parameter]] = (
    PARAMETERS | TRAFFIC | CLASSES | DRIVERS | HOST_STANDARDS | ORDERS | FUTURES
)
