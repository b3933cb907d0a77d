"""Infeasible input explained: the smallest sets of facts that conflict, and what would help."""

from farshore.plan.conflicts.explain import conflicts_of, with_conflicts
from farshore.plan.conflicts.services import conflicts_of_services

__all__ = ["conflicts_of", "conflicts_of_services", "with_conflicts"]
