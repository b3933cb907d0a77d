"""What may go wrong beside what did: losses of crossings, alerts that stop movement.

Strikes that are known, and their dates, are closures (`crossings.py`). How often more might have come is
counted for one crossing only; every other rate is assumed, and `assumed.py` fills in all of them with their
ranges.
"""

from typing import Any

__all__ = ["HAZARDS"]

_REPAIR = (
    "from a night's work on a pier or a vessel, by days for a deck or a road, to out of use for good: the "
    "barge, "
    "struck on 20 October, could not be used by 3 November (14 days)"
)

HAZARDS: tuple[dict[str, Any], ...] = (
    {
        "hazard_id": "strike_barge",
        "asset_id": "antonivka_ferry",
        "what": "loss",
        "hours_low": 6,
        "hours_best": 48,
        "hours_high": 336,
        "reason": f"ran from 27 July; struck on 20 October, 85 days later; repair: {_REPAIR}",
        "source": "both sides report the strike of 20 October; nobody published how many there were",
    },
    {
        "hazard_id": "loss_boats_oleshky",
        "asset_id": "port_oleshky",
        "what": "loss",
        "hours_low": 3,
        "hours_best": 12,
        "hours_high": 72,
        "reason": "pier shelled, vessels withdrawn; other piers are near",
    },
    {
        "hazard_id": "loss_boats_hola_prystan",
        "asset_id": "port_hola_prystan",
        "what": "loss",
        "hours_low": 3,
        "hours_best": 12,
        "hours_high": 72,
        "reason": "pier shelled, vessels withdrawn; other piers are near",
    },
    {
        "hazard_id": "loss_dam_road",
        "asset_id": "dam",
        "what": "loss",
        "hours_low": 6,
        "hours_best": 48,
        "hours_high": 336,
        "reason": f"one slow lane over a gravel bypass; repair: {_REPAIR}",
    },
    {
        "hazard_id": "loss_darivka",
        "asset_id": "darivka_bridge",
        "what": "loss",
        "hours_low": 6,
        "hours_best": 48,
        "hours_high": 336,
        "reason": f"damaged before; repair: {_REPAIR}",
    },
    {
        "hazard_id": "alerts",
        "what": "pause",
        "hours_low": 0.25,
        "hours_best": 1,
        "hours_high": 4,
        "reason": "roads and boats stop until an alert is over; how long alerts were is not in the facts",
    },
)
