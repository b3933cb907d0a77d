"""Orders that can be given: zones with one route and window each, lanes reversed, zones in their turn."""

from farshore.plan.orders.asked import plan_with_orders
from farshore.plan.orders.contraflow import choose_lanes
from farshore.plan.orders.staging import plan_staging
from farshore.plan.orders.unstaged import all_at_once
from farshore.plan.orders.zones import plan_zones

__all__ = ["all_at_once", "choose_lanes", "plan_staging", "plan_with_orders", "plan_zones"]
