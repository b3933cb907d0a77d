"""Infeasible input explained: the smallest sets of facts that conflict, and what would help."""

from farshore.plan.conflicts.explain import conflicts_of, with_conflicts

__all__ = ["conflicts_of", "with_conflicts"]
