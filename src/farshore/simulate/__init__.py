"""Simulating: what happens on the road when a plan, or none, meets real traffic."""

from farshore.simulate.changes import OnClosure
from farshore.simulate.compare import compare
from farshore.simulate.loader import Merge, Origins
from farshore.simulate.options import Contraflow, Departing, Options, Routes
from farshore.simulate.pauses import Pause
from farshore.simulate.repeat import Instructions, Rehearsal, Rehearsed
from farshore.simulate.run import simulate

__all__ = [
    "Contraflow",
    "Departing",
    "Instructions",
    "Merge",
    "OnClosure",
    "Options",
    "Origins",
    "Pause",
    "Rehearsal",
    "Rehearsed",
    "Routes",
    "compare",
    "simulate",
]
