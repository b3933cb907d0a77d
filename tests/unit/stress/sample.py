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
