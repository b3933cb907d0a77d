"""Bus tours as a folder: the tours line by line, and the proof of how good they are."""

import json
from pathlib import Path
from typing import Any, Final

from farshore.folders import csv_bytes, put, written_whole
from farshore.plan.fleets.checker import check_bus_plan
from farshore.plan.fleets.problem import BusPlan, BusProblem

__all__ = ["BUSES_KNOWN_BY", "bus_summary", "write_bus_plan"]

BUSES_KNOWN_BY: Final = "bus_certificate.json"

_TOURS: Final = "bus depot load pickup shelter leaves arrives"


def bus_summary(plan: BusPlan) -> dict[str, Any]:
    """The answer in figures, and the prices that prove its bound."""
    proof = plan.proof
    return {
        "makespan": plan.makespan,
        "lower_bound": proof.best,
        "gap": plan.gap,
        "buses": len(plan.tours),
        "loads": sum(len(tour.loads) for tour in plan.tours),
        "statement": plan.statement,
        "proof": {
            "by_prices": proof.lower_bound,
            "pickup_prices": proof.pickup_price.tolist(),
            "shelter_prices": proof.shelter_price.tolist(),
            "by_search": proof.by_search,
        },
    }


def write_bus_plan(problem: BusProblem, plan: BusPlan, folder: Path) -> None:
    """Write `tours.csv` and `bus_certificate.json`, whole or not at all; a folder of this kind is replaced.

    The tours and the prices are checked before, by `check_bus_plan`.
    Raises OutputUnwritable if it cannot be written.
    """
    wrong = check_bus_plan(problem, plan)
    if wrong:
        raise AssertionError(f"the tours contradict themselves: {'; '.join(wrong)}")
    text = json.dumps(bus_summary(plan), ensure_ascii=False, indent=2) + "\n"
    with written_whole(folder, replaces=BUSES_KNOWN_BY) as made:
        put(made, {"tours.csv": _tours(problem, plan), BUSES_KNOWN_BY: text.encode()})


def _tours(problem: BusProblem, plan: BusPlan) -> bytes:
    """A line for each load; everything is counted from 1, as in the problem's file."""
    rows = []
    for bus, tour in enumerate(plan.tours, 1):
        clock, before = 0, -1
        for number, (pickup, shelter) in enumerate(tour.loads, 1):
            empty = problem.pull_out[tour.depot, pickup] if before < 0 else problem.back_time[before, pickup]
            leaves = clock + int(empty)
            clock = leaves + int(problem.out_time[pickup, shelter])
            rows.append((bus, tour.depot + 1, number, pickup + 1, shelter + 1, leaves, clock))
            before = shelter
    return csv_bytes(_TOURS.split(), rows)
