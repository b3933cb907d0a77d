"""Orders that can be given: zones with one route and window each, lanes reversed, zones in their turn."""

from farshore.plan.orders.zones import plan_zones

__all__ = ["plan_zones"]
