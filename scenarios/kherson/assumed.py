"""Every number of the scenario that nobody measured: low, best, high, why, and what the reason rests on.

Keys are those of `assumptions.csv`; those that speak of cells are also what fills these cells.
"""

from dataclasses import dataclass

__all__ = ["ASSUMPTIONS", "READY_CURVE", "Assumption"]

# Hours after the start and share ready. Nobody recorded when people made up their minds: a tenth at once,
# most in the days after the organised boats began (hour 120), all a day before the end.
READY_CURVE = "0:0.1 120:0.4 192:0.8 312:1"


@dataclass(frozen=True)
class Assumption:
    """One row of `assumptions.csv`."""

    key: str
    low: float
    best: float
    high: float
    unit: str
    reason: str
    source: str = ""


CLAIMS = "occupation administration's counts of those who crossed (contested)"
DAYLIGHT = "sun's position at 46.6 N 32.6 E"
PLAN = "10,000 a day for six days, announced by the occupation administration for 19 October on"

_PEOPLE = (
    Assumption(
        "share_present", 0.40, 0.50, 0.60, "share",
        "how many were still there in October is not known; one estimate from phone data says the oblast had "
        "lost 59 %",
        "phone-data estimate of 2022",
    ),
    Assumption(
        "share_leaving", 0.20, 0.45, 0.60, "share",
        "115,000 claimed to have crossed by 9 November are 0.45 of those assumed present; Ukraine called the "
        "crossing deportation, and how many went by their own choice is not known",
        CLAIMS,
    ),
    Assumption(
        "persons_per_vehicle", 2.5, 4.0, 10.0, "persons/veh",
        "full family cars with some buses among them; a bus carries about 20 people in the room of one car",
    ),
    Assumption(
        "mean_household_size", 2.0, 2.6, 3.2, "persons",
        "households in Ukraine had 2.59 members in 2010, 2.71 in villages; nobody counted those still there "
        "in October",
        "State Statistics Service of Ukraine, households by age and sex of their members, 2010",
    ),
    Assumption(
        "zones.csv:*:share_with_car", 0.2, 0.35, 0.5, "share",
        "many who had a car had left by October; nobody counted",
    ),
    Assumption(
        "zones.csv:*:share_needing_assistance", 0.04, 0.08, 0.15, "share",
        "about half of those over 65, with people of any age who cannot travel unaided",
    ),
)  # fmt: skip

_HOURS = (
    Assumption("driving_from_hour", 5, 6, 7, "h", "curfew at night; its hours are not in the facts"),
    Assumption(
        "driving_until_hour", 18, 20, 22, "h",
        "curfew at night; both sides agree that 23:00 was unusual for civilians to be out",
        "statements on the strike of 20 October",
    ),
    Assumption(
        "sailing_from_hour", 7, 7.5, 8, "h",
        "sailing by daylight only: the sun rises at 07:05 on 14 October and 07:24 on the 27th", DAYLIGHT,
    ),
    Assumption(
        "sailing_until_hour", 17, 17.5, 18, "h",
        "sailing by daylight only: the sun sets at 18:05 on 14 October and 17:42 on the 27th", DAYLIGHT,
    ),
)  # fmt: skip

_EXPOSURE = (
    Assumption(
        "exposure_default_rate", 0.02, 0.1, 0.5, "per person-hour",
        "left bank, Crimea and places beyond the front beside 1 on the right bank, which is the unit",
    ),
    Assumption(
        "exposure.csv:place_id=antonivka_ferry:rate", 1, 5, 10, "per person-hour",
        "landing under fire more than once; struck on 20 October", "reports of July to October 2022",
    ),
    Assumption(
        "exposure.csv:place_id=antonivka_bridge:rate", 1, 5, 10, "per person-hour", "struck since July",
    ),
    Assumption(
        "exposure.csv:place_id=dam:rate", 1, 3, 10, "per person-hour",
        "the only road over the river, slow; how often it was struck is not in the facts",
    ),
    Assumption(
        "exposure.csv:place_id=darivka_bridge:rate", 1, 3, 10, "per person-hour", "damaged by strikes",
    ),
    Assumption(
        "exposure.csv:place_id=port_oleshky:rate", 1, 2, 5, "per person-hour",
        "open water and crowds at the piers",
    ),
    Assumption(
        "exposure.csv:place_id=port_hola_prystan:rate", 1, 2, 5, "per person-hour",
        "open water and crowds at the piers",
    ),
    Assumption(
        "exposure.csv:place_id=corridor:rate", 0.5, 1, 5, "per person-hour",
        "counts only if a corridor is opened, which both sides would then have agreed to spare",
    ),
)  # fmt: skip


_SPEEDS = (
    ("highway", 40, 60, 80, "trunk road with checkpoints and convoys; the graph has no speeds"),
    ("highway_estimated", 40, 60, 80, "as the trunk roads that it joins"),
    ("regional_estimated", 30, 45, 60, "two-lane rural road, damaged in places"),
    ("access_estimated", 15, 25, 40, "streets and village roads"),
    ("bridge_estimated", 10, 20, 40, "bridge, driven slowly"),
    ("dam_road_estimated", 5, 10, 20, "gravel bypass over the lock, walking pace in places"),
    ("rail", 40, 60, 80, "passenger train on single track; no train runs in this scenario"),
    ("rail_estimated", 20, 40, 60, "bridge; no train runs in this scenario"),
)
_CAPACITIES = (
    ("highway", 450, 600, 900, "sustained flow of a crowded two-lane road with checkpoints"),
    ("highway_estimated", 450, 600, 900, "as the trunk roads that it joins"),
    ("regional_estimated", 450, 600, 900, "sustained flow of a rural lane with slow vehicles"),
    ("access_estimated", 450, 600, 900, "sustained flow of a street"),
    ("bridge_estimated", 450, 600, 900, "as the road that it carries"),
    (
        "dam_road_estimated", 60, 120, 300,
        "one slow lane with a gravel bypass, shared with traffic the other way; nobody counted",
    ),
)  # fmt: skip
_LANES = (
    ("highway", 1, 1, 2, "the graph has no lanes; some trunk roads have two a direction"),
    ("highway_estimated", 1, 1, 2, "as the trunk roads that it joins"),
    ("regional_estimated", 1, 1, 1, "two-lane rural road"),
    ("access_estimated", 2, 4, 8, "stands for all streets that lead there"),
    ("bridge_estimated", 1, 1, 1, "one lane a direction"),
    ("dam_road_estimated", 1, 1, 1, "one slow lane is reported open"),
)
_ROADS = tuple(
    Assumption(f"network/link.csv:facility_type={kind}:{column}", low, best, high, unit, reason)
    for column, unit, rows in (
        ("free_speed", "km/h", _SPEEDS),
        ("capacity", "veh/h/lane", _CAPACITIES),
        ("lanes", "lanes", _LANES),
    )
    for kind, low, best, high, reason in rows
)

_CROSSINGS = (
    Assumption(
        "crossings.csv:antonivka_ferry:vehicles_per_trip", 10, 20, 40, "veh", "river barge of unknown size",
    ),
    Assumption(
        "crossings.csv:antonivka_ferry:persons_per_trip", 40, 100, 200, "persons",
        "people in twenty cars, and some on foot",
    ),
    Assumption(
        "crossings.csv:antonivka_ferry:trip_s", 1800, 3600, 7200, "s",
        "crossing took over 2 h, waiting included; half is taken as loading, sailing and unloading",
        "travellers' reports",
    ),
    Assumption("crossings.csv:antonivka_ferry:vessels", 1, 2, 3, "vessels", "how many ran is not known"),
    Assumption(
        "crossings.csv:port_oleshky:persons_per_trip", 80, 150, 250, "persons",
        "river passenger boat of unknown type",
    ),
    Assumption(
        "crossings.csv:port_oleshky:trip_s", 2400, 3600, 5400, "s",
        "about 10 km by water, boarding and landing included",
    ),
    Assumption(
        "crossings.csv:port_oleshky:vessels", 4, 8, 12, "vessels",
        "with the boats to Hola Prystan makes 10,200 a day at best, about the day's plan", PLAN,
    ),
    Assumption(
        "crossings.csv:port_hola_prystan:persons_per_trip", 80, 150, 250, "persons",
        "river passenger boat of unknown type",
    ),
    Assumption(
        "crossings.csv:port_hola_prystan:trip_s", 3600, 4500, 7200, "s",
        "about 14 km by water, boarding and landing included",
    ),
    Assumption(
        "crossings.csv:port_hola_prystan:vessels", 3, 7, 12, "vessels",
        "with the boats to Oleshky makes 10,200 a day at best, about the day's plan", PLAN,
    ),
    Assumption(
        "closures.csv:reason=struck about 23:00, unusable by 3 November (share between the two assumed):"
        "capacity_factor", 0.0, 0.5, 1.0, "share",
        "struck on 20 October and unusable by 3 November; what ran in between is not in the facts, from "
        "nothing to everything",
    ),
    Assumption(
        "closures.csv:reason=before the organised boats (assumed share):capacity_factor", 0.1, 0.3, 1.0,
        "share", "boats ran before 19 October; how many is not in the facts",
    ),
    Assumption(
        "closures.csv:reason=shortage of vessels reported on 23 October (assumed share):capacity_factor",
        0.3, 0.6, 1.0, "share", "a shortage is reported, not its size",
    ),
    Assumption(
        "closures.csv:asset_id=darivka_bridge:capacity_factor", 0.0, 0.5, 1.0, "share",
        "damaged; from impassable to whole, as reports differ",
    ),
)  # fmt: skip

# host: beds low, best, high; people received in an hour, best (half to double).
_BEDS = {
    "oleshky": (1_000, 4_000, 8_000, 600),
    "hola_prystan": (1_000, 3_000, 6_000, 500),
    "skadovsk": (5_000, 15_000, 30_000, 800),
    "henichesk": (5_000, 20_000, 40_000, 800),
    "kakhovka": (1_000, 5_000, 10_000, 600),
    "chaplynka": (500, 2_000, 5_000, 300),
    "armiansk": (1_000, 5_000, 10_000, 500),
    "dzhankoi": (3_000, 10_000, 20_000, 1_000),
    "simferopol": (20_000, 60_000, 120_000, 2_000),
    "rostov": (20_000, 50_000, 100_000, 2_000),
    "krasnodar": (20_000, 50_000, 100_000, 2_000),
    "mykolaiv": (2_000, 10_000, 20_000, 1_500),
    "odesa": (20_000, 60_000, 120_000, 2_500),
    "kryvyi_rih": (10_000, 25_000, 50_000, 1_500),
    "zaporizhzhia": (5_000, 15_000, 30_000, 1_500),
    "dnipro": (15_000, 40_000, 80_000, 2_000),
    "kropyvnytskyi": (5_000, 15_000, 30_000, 1_000),
    "voznesensk": (1_000, 4_000, 8_000, 500),
    "bashtanka": (500, 2_000, 5_000, 300),
}
_HOSTS = (
    *(
        Assumption(f"hosts.csv:{host}:beds", low, best, high, "persons",
                   "nobody published places offered; an order of magnitude by the size of the place")
        for host, (low, best, high, _) in _BEDS.items()
    ),
    *(
        Assumption(f"hosts.csv:{host}:intake_persons_h", hourly / 2, hourly, hourly * 2, "persons/h",
                   "reception desks and onward transport of a place of that size; nobody measured it")
        for host, (_, _, _, hourly) in _BEDS.items()
    ),
)  # fmt: skip

_COUNTED = "one strike known in the 85 days from 27 July to 20 October"
_HAZARDS = (
    Assumption(
        "hazards.csv:strike_barge:rate_per_day", 0.012, 0.024, 0.1, "events/day",
        "least: the one strike known in 85 days; best: twice that, as it came under fire more than once; "
        "most: one "
        "in ten days",
        _COUNTED,
    ),
    Assumption(
        "hazards.csv:loss_boats_oleshky:rate_per_day", 0, 0.02, 0.1, "events/day",
        "no loss of the boats is in the facts; best as the barge, most one in ten days",
    ),
    Assumption(
        "hazards.csv:loss_boats_hola_prystan:rate_per_day", 0, 0.02, 0.1, "events/day",
        "no loss of the boats is in the facts; best as the barge, most one in ten days",
    ),
    Assumption(
        "hazards.csv:loss_dam_road:rate_per_day", 0, 0.02, 0.1, "events/day",
        "how often it was struck is not in the facts; best as the barge, most one in ten days",
    ),
    Assumption(
        "hazards.csv:loss_darivka:rate_per_day", 0, 0.02, 0.1, "events/day",
        "damaged by strikes, how many is not in the facts; best as the barge, most one in ten days",
    ),
    Assumption(
        "hazards.csv:strike_barge:factor_after", 0, 0.5, 1, "share",
        "what ran after 20 October is not in the facts, from nothing to everything",
    ),
    Assumption(
        "hazards.csv:loss_boats_oleshky:factor_after", 0.5, 0.9, 1, "share",
        "another pier, the same boats, or some of them lost",
    ),
    Assumption(
        "hazards.csv:loss_boats_hola_prystan:factor_after", 0.5, 0.9, 1, "share",
        "another pier, the same boats, or some of them lost",
    ),
    Assumption(
        "hazards.csv:loss_dam_road:factor_after", 0.3, 0.7, 1, "share",
        "a bypass around the damage is slower than the road was",
    ),
    Assumption(
        "hazards.csv:loss_darivka:factor_after", 0.3, 0.7, 1, "share",
        "a bypass around the damage is slower than the road was",
    ),
    Assumption(
        "hazards.csv:alerts:rate_per_day", 0.5, 2, 6, "events/day",
        "how many alerts stopped movement is not in the facts; from one in two days to six a day",
    ),
    Assumption(
        "readiness_factor", 0.7, 1, 1.5, "share",
        "nobody recorded when people made up their minds: a third sooner to half as late again",
    ),
)  # fmt: skip

# Buses, of which no source speaks: what it would take to carry those without a car.
_FLEETS = (
    Assumption(
        "fleets.csv:bus_kherson_city:vehicles", 10, 20, 40, "vehicles",
        "to bring 10,000 people a day to the boats in ten rounds a day of 50",  PLAN,
    ),
    Assumption(
        "fleets.csv:bus_kherson_villages:vehicles", 8, 20, 40, "vehicles",
        "some 18,000 without a car in the villages around Kherson, over nine days from the first organised "
        "boats, in two rounds a day of 50",
    ),
    Assumption(
        "fleets.csv:bus_beryslav:vehicles", 4, 11, 25, "vehicles",
        "some 9,500 without a car around Beryslav, over nine days, in two rounds a day of 50",
    ),
    Assumption(
        "fleets.csv:bus_oleshky:vehicles", 20, 60, 120, "vehicles",
        "to carry on 6,000 a day who come by boat, in two rounds a day of 50, to places 70 to 235 km away",
        PLAN,
    ),
    Assumption(
        "fleets.csv:bus_hola_prystan:vehicles", 15, 42, 85, "vehicles",
        "to carry on 4,200 a day who come by boat, in two rounds a day of 50, to places 70 to 260 km away",
        PLAN,
    ),
    Assumption("fleets.csv:*:seats", 30, 50, 55, "persons", "city bus or coach of unknown type"),
    Assumption(
        "fleets.csv:*:wheelchair_places", 0, 2, 4, "places",
        "most coaches of the region have none; two stand for seats taken out or helpers who lift",
    ),
    Assumption("fleets.csv:*:load_s", 600, 1200, 1800, "s", "boarding of 50 people with luggage"),
    Assumption("fleets.csv:*:unload_s", 300, 600, 1200, "s", "half of boarding"),
)  # fmt: skip

# What only plans with classes and services depend on.
_CLASSES = (
    Assumption(
        "family_persons_per_child", 1.8, 2.2, 3.0, "persons/child",
        "one or two adults with one to three children",
    ),
    Assumption(
        "walking_speed_kmh", 3, 4, 5, "km/h", "groups with children and luggage; 5 is a free adult's pace",
    ),
    Assumption(
        "bus_detour_factor", 1.2, 1.5, 3, "share",
        "drivers keep to ways that they know; the more roads are closed the longer",
    ),
    Assumption(
        "walking_limit_min", 45, 75, 120, "min",
        "5 km with children and luggage; more where there is no other way",
    ),
    Assumption(
        "foot_persons_h_lane", 600, 1200, 2400, "persons/h/lane",
        "a damaged road with checks, walked with luggage; nobody counted",
    ),
    Assumption(
        "wheelchair_share", 0.1, 0.25, 0.5, "share",
        "of those who cannot travel unaided; others need an arm, a stretcher or a guide",
    ),
    Assumption(
        "driver_hours_day", 10, 14, 20, "h",
        "one to two drivers a bus; the curfew leaves 14 hours a day to drive",
    ),
    Assumption("bus_pcu", 1.5, 2, 3, "PCU", "a bus beside cars on a two-lane road"),
)  # fmt: skip

ASSUMPTIONS = (*_PEOPLE, *_HOURS, *_EXPOSURE, *_ROADS, *_CROSSINGS, *_HOSTS, *_FLEETS, *_CLASSES, *_HAZARDS)
