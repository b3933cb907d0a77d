"""Plans of many steps: flows over few intervals, refined where it matters, dispatched in single steps."""

from farshore.plan.adaptive.solve import Adapted, solve_adaptively

__all__ = ["Adapted", "solve_adaptively"]
