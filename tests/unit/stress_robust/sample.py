"""Two zones on a river: one can leave by a bridge alone, which is likely to fall, one by a pontoon too."""

from typing import Any

from farshore.scenario.scenario import Scenario
from tests.builders import scenario


def river(*, rate: float = 2.0, **changes: Any) -> Scenario:
    """Zone b is four times as exposed as zone a: if nothing is lost, it goes first, over the bridge too."""
    figures: dict[str, Any] = {
        "links": [
            "road_a a west length=100",
            "road_b b west length=100 directed=true",
            "span west east length=100 capacity=20 crossing_id=bridge",
            "float b south length=100 capacity=10 crossing_id=pontoon",
        ],
        "crossings": ["bridge bridge", "pontoon pontoon"],
        "zones": ["za a persons=60", "zb b persons=60"],
        "hosts": ["he east beds=1000", "hs south beds=1000"],
        "exposure": ["za rate=1", "zb rate=4", "bridge rate=1", "pontoon rate=1"],
        "hazards": [f"strike bridge loss rate_per_day={rate} hours_low=20 hours_best=30 hours_high=40"],
        "horizon_h": 12,
        "step_s": 3600,
    }
    return scenario(**(figures | changes))
