"""What a certificate says in plain words, never more than the numbers do."""

from collections.abc import Mapping
from typing import Any, Final

from farshore.scenario.scenario import Scenario
from farshore.units import format_time, offset_of

__all__ = ["UNIT", "certificate_statement", "greedy_statement", "step_time"]

UNIT: Final = "1e-6 person-hours at exposure 1"
_MICRO: Final = 1_000_000
_NEAR: Final = 0.01  # of the best: where greedy is said to be near it


def step_time(scenario: Scenario, step: int) -> str:
    """The start of a step as every table writes it."""
    about = scenario.about
    return format_time(int(about.start.timestamp()) + step * about.step_s, offset_of(about.start))


def certificate_statement(objective: int, lower_bound: int) -> str:
    """The sentence that a certificate comes to; the share is rounded up, the bound down.

    objective, lower_bound : whole numbers of 10⁻⁶ person-hours
    """
    bound = f"{lower_bound // _MICRO:,} person-hours"
    if objective == 0:
        return "No plan can cost less than nothing, and this one costs nothing."
    if objective <= lower_bound:
        return f"No plan can do better than {bound} at exposure 1; this one does as well as that."
    hundredths_of_percent = -(-(objective - lower_bound) * 10_000 // objective)
    percent = f"{hundredths_of_percent // 100:,}.{hundredths_of_percent % 100:02d}"
    return (
        f"No plan can do better than {bound} at exposure 1; this one is within {percent} % of its own cost."
    )


def greedy_statement(summary: Mapping[str, Any]) -> str:
    """How a greedy planner compares, in a sentence; nothing where nobody asked.

    summary : as in summary.json
    """
    told = summary["options"].get("greedy")
    if told is None:
        return ""
    return _compared(told["more_unserved"], told["worse_by"], summary["gap"])


def _compared(more: int, worse: float | None, gap: float) -> str:
    who = "A greedy planner, which sends whoever can arrive soonest and never thinks again,"
    if more > 0:
        return f"{who} would leave {more:,} more people behind."
    if more < 0:
        return f"{who} would leave {-more:,} fewer people behind: this plan was stopped too early."
    if worse is None:
        words = ""
    elif worse < 0:
        words = f"{who} would cost {-100 * worse:.1f} % less: this plan was stopped too early."
    elif worse + gap < _NEAR:
        words = f"{who} comes within {100 * worse:.2f} %: here greedy is near the best."
    else:
        words = f"{who} would cost {100 * worse:,.1f} % more person-hours at exposure 1."
    return words
