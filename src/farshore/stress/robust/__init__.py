"""Robust planning: instructions that stay good when crossings are lost, with a bound on all others."""

from farshore.stress.robust.check import certify_robust
from farshore.stress.robust.compare import beside_nominal
from farshore.stress.robust.measure import Measure, parse_measure
from farshore.stress.robust.planner import GAP, Robust, plan_robustly

__all__ = ["GAP", "Measure", "Robust", "beside_nominal", "certify_robust", "parse_measure", "plan_robustly"]
