"""A town on a river with a bridge, a ferry and a way round, where things go wrong often."""

from functools import cache

from farshore.plan import plan
from farshore.results.outcome import Outcome
from farshore.scenario.scenario import Scenario
from tests.builders import scenario


def town(**changes) -> Scenario:
    figures = {
        "links": [
            "street n1 n2 length=2000 capacity=900",
            "span n2 n3 length=500 capacity=120 crossing_id=bridge",
            "water n2 n3 length=900 crossing_id=boat",
            "round n1 n3 length=60000 free_speed=50 capacity=300",
            "road n3 n4 length=5000 capacity=900",
        ],
        "crossings": [
            "bridge bridge",
            "boat ferry vehicles_per_trip=10 persons_per_trip=40 trip_s=900 vessels=2",
        ],
        "zones": [{"zone_id": "z", "node_id": "n1", "persons": 9000, "ready_curve": "0:0.2 6:1"}],
        "hosts": ["h n4 beds=7000"],
        "hazards": [
            "strike bridge loss rate_per_day=1 hours_low=1 hours_best=3 hours_high=9 factor_after=0.5",
            {
                "hazard_id": "alert",
                "what": "pause",
                "rate_per_day": 3.0,
                "hours_low": 0.25,
                "hours_best": 0.5,
            },
        ],
        "assumptions": [
            {"key": "share_leaving", "low": 0.5, "best": 0.8, "high": 1.0},
            {"key": "readiness_factor", "low": 0.5, "best": 1.0, "high": 2.0},
            {"key": "crossings.csv:boat:vessels", "low": 1.0, "best": 2.0, "high": 4.0},
            {"key": "hazards.csv:strike:rate_per_day", "low": 0.5, "best": 1.0, "high": 2.0},
        ],
        "parameters": {"persons_per_vehicle": 3.0},
        "horizon_h": 24,
    }
    return scenario(**{**figures, **changes})


@cache
def town_plan() -> Outcome:
    return plan(town())


def class_town(**changes) -> Scenario:
    """A town whose people need different things: a bridge for all, a ferry, a boat, buses, a train."""
    figures = {
        "nodes": ["n1", {"node_id": "n2", "node_type": "port"}, {"node_id": "n3", "node_type": "port"}, "n4"],
        "links": [
            "street n1 n2 length=3000 capacity=300 allowed_uses=auto;bus;walk",
            "span n2 n3 length=500 capacity=25 crossing_id=bridge allowed_uses=auto;bus;walk",
            "water n2 n3 length=900 crossing_id=boat facility_type=ferry",
            "road n3 n4 length=20000 capacity=300 allowed_uses=auto;bus",
        ],
        "crossings": [
            "bridge bridge",
            "boat ferry vehicles_per_trip=4 persons_per_trip=20 trip_s=1200 vessels=1",
        ],
        "zones": [
            {
                "zone_id": "z",
                "node_id": "n1",
                "persons": 600,
                "share_with_car": 0.4,
                "share_under_18": 0.2,
                "share_needing_assistance": 0.1,
                "ready_curve": "0:0.2 6:1",
            }
        ],
        "hosts": ["h n4 beds=500", "g n3 beds=40"],
        "fleets": [
            "b bus n1 vehicles=3 seats=20 wheelchair_places=2 load_s=300 unload_s=300",
            "m boat n2 vehicles=1 seats=12 line=boat",
            "t train n3 vehicles=1 seats=60 wheelchair_places=4",
        ],
        "timetable": ["run t n3 departs=7", "run t n4 arrives=7.5"],
        "hazards": [
            "strike bridge loss rate_per_day=2 hours_low=1 hours_best=3 hours_high=9 factor_after=0.5",
            {
                "hazard_id": "alert",
                "what": "pause",
                "rate_per_day": 3.0,
                "hours_low": 0.25,
                "hours_best": 0.5,
            },
        ],
        "assumptions": [
            {"key": "share_leaving", "low": 0.5, "best": 0.8, "high": 1.0},
            {"key": "readiness_factor", "low": 0.5, "best": 1.0, "high": 2.0},
            {"key": "wheelchair_share", "low": 0.0, "best": 0.25, "high": 1.0},
            {"key": "zones.csv:*:share_with_car", "low": 0.1, "best": 0.4, "high": 0.6},
            {"key": "zones.csv:*:share_needing_assistance", "low": 0.05, "best": 0.1, "high": 0.3},
            {"key": "fleets.csv:b:vehicles", "low": 0.0, "best": 3.0, "high": 5.0},
            {"key": "fleets.csv:b:seats", "low": 8.0, "best": 20.0, "high": 30.0},
            {"key": "fleets.csv:b:wheelchair_places", "low": 0.0, "best": 2.0, "high": 3.0},
            {"key": "fleets.csv:m:vehicles", "low": 0.0, "best": 1.0, "high": 2.0},
        ],
        "parameters": {
            "persons_per_vehicle": 3.0,
            "walking_speed_kmh": 5,
            "walking_limit_min": 60,
            "foot_persons_h_lane": 10,
        },
        "horizon_h": 12,
    }
    return scenario(**{**figures, **changes})


@cache
def class_plan(*, whole: bool = True) -> Outcome:
    return plan(class_town(), model="classes", household_seed=1 if whole else None)
