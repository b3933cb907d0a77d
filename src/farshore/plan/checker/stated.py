"""What a plan folder states of itself, compared with what its departures and its scenario come to."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from farshore.plan.checker.bound import Prices, lower_bound
from farshore.plan.checker.feasible import Costs, Loads
from farshore.plan.checker.files import Faults, csv_rows, differences, step_of, whole_number
from farshore.plan.checker.movements import DEPARTURES
from farshore.plan.checker.problem import Problem

__all__ = [
    "ARRIVALS",
    "CERTIFICATE",
    "CROSSINGS",
    "check_arrivals",
    "check_bound",
    "check_certificate",
    "check_crossings",
    "prices_in",
]

ARRIVALS, CROSSINGS = "arrivals.csv", "crossings.csv"
CERTIFICATE = "certificate.json"
# Beyond this a price could not be told from any other: no way that costs so much is ever the cheapest.
HIGHEST_PRICE = 10**15


def check_arrivals(folder: Path, problem: Problem, loads: Loads, faults: Faults) -> None:
    """Fault each row of arrivals.csv that is not what the departures come to, and each that is missing."""
    expected = {
        (problem.hosts[host].host_id, step): (int(loads.arrived[host, step]),)
        for host, step in np.argwhere(loads.arrived).tolist()
    }
    columns = ("host_id", "arrive", "persons")
    _check_table(folder, ARRIVALS, columns, expected, loads.arriving_by, problem=problem, faults=faults)


def check_crossings(folder: Path, problem: Problem, loads: Loads, faults: Faults) -> None:
    """Fault each row of crossings.csv that is not what the departures come to, and each that is missing."""
    capacity = {each: loads.crossing_capacity(problem, each) for each in loads.entrances}
    expected = {
        (crossing_id, step): (persons, int(capacity[crossing_id][step]))
        for (crossing_id, step), persons in loads.crossed.items()
    }
    columns = ("crossing_id", "time", "persons", "capacity_persons")
    _check_table(folder, CROSSINGS, columns, expected, loads.crossed_by, problem=problem, faults=faults)


def _check_table(
    folder: Path,
    file: str,
    columns: tuple[str, ...],
    expected: Mapping[tuple[str, int], tuple[int, ...]],
    rows_behind: Mapping[tuple[str, int], list[int]],
    *,
    problem: Problem,
    faults: Faults,
) -> None:
    """Compare a table whose first two columns are a code and a time, the others whole numbers.

    rows_behind : rows of departures.csv that make up each expected row
    """
    before = len(faults.found)
    missing = dict(expected)
    for line, row in csv_rows(folder, file, columns, faults):
        code, when = row[columns[0]], row[columns[1]]
        step = step_of(when, problem.clock)
        if isinstance(step, str):
            faults.add(file, line, columns[1], step)
            continue
        if (code, step) not in expected:
            faults.add(file, line, "", f"by {DEPARTURES} there is nobody at {code!r} at {when}")
            continue
        if (code, step) not in missing:
            faults.add(file, line, "", f"{code} at {when} is there already")
            continue
        behind = _behind(rows_behind[code, step])
        for column, wanted in zip(columns[2:], missing.pop((code, step)), strict=True):
            if whole_number(row[column]) != wanted:
                faults.add(file, line, column, f"says {row[column]!r}; {behind} make it {wanted:,}")
    if len(faults.found) > before and len(missing) == len(expected) > 0:
        return  # the whole file is the fault
    for (code, step), (persons, *_) in missing.items():
        cause = f"lacks the row of {code} at {problem.time(step)}, {persons:,} persons"
        faults.add(file, 0, "", f"{cause} by {_behind(rows_behind[code, step])}")


def _behind(lines: list[int]) -> str:
    rows = ", ".join(map(str, lines[:8])) + (f" and {len(lines) - 8} more" if len(lines) > 8 else "")
    return f"{DEPARTURES}, row{'s' * (len(lines) > 1)} {rows},"


def prices_in(stated: dict[str, Any], problem: Problem, faults: Faults) -> Prices | None:
    """The prices of a certificate, or None with every fault in them."""
    lists = stated.get("prices")
    if not isinstance(lists, dict) or set(lists) != {"links", "intake", "beds"}:
        faults.add(CERTIFICATE, 0, "prices", "must be links, intake and beds")
        return None
    before = len(faults.found)
    links = _prices(lists, "links", problem.arc_row, problem, faults)
    intake = _prices(lists, "intake", problem.host_row, problem, faults)
    beds = _prices(lists, "beds", problem.host_row, problem, faults)
    for (host, step), (i, _) in intake.items():
        if problem.hosts[host].intake_in(step) is None:
            cause = f"{problem.hosts[host].host_id} has no limit of intake that could have a price"
            faults.add(CERTIFICATE, 0, f"prices.intake[{i}]", cause)
    if len(faults.found) > before:
        return None
    return Prices(
        links={key: price for key, (_, price) in links.items()},
        intake={key: price for key, (_, price) in intake.items()},
        beds={host: price for (host, _), (_, price) in beds.items()},
    )


def _prices(
    lists: dict[str, Any], kind: str, rows: dict[str, int], problem: Problem, faults: Faults
) -> dict[tuple[int, int], tuple[int, int]]:
    """One list of prices: (row, step) → (place in the list, price); a price without a step has step 0."""
    entries = lists[kind]
    if not isinstance(entries, list):
        faults.add(CERTIFICATE, 0, f"prices.{kind}", "is not a list")
        return {}
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for i, entry in enumerate(entries):
        cause = _price_fault(entry, kind, rows, problem)
        if not cause:
            key = (rows[entry[0]], entry[1] if len(entry) == 3 else 0)
            cause = f"is the price of [{found[key][0]}] again" if key in found else ""
        if cause:
            faults.add(CERTIFICATE, 0, f"prices.{kind}[{i}]", cause)
        else:
            found[key] = (i, entry[-1])
    return found


def _price_fault(entry: Any, kind: str, rows: dict[str, int], problem: Problem) -> str:
    """What is wrong with one price, or ""."""
    size = 2 if kind == "beds" else 3
    if not isinstance(entry, list) or len(entry) != size or not isinstance(entry[0], str):
        return "is no price of the form [code, step, price]" if size == 3 else "is no [host, price]"
    if any(type(number) is not int for number in entry[1:]):
        return "holds something else than whole numbers"
    if entry[0] not in rows:
        return f"is for {entry[0]!r}, which is not in the scenario"
    if size == 3 and not 0 <= entry[1] < problem.clock.n_steps:
        return f"is for step {entry[1]}, outside the horizon"
    if entry[-1] < 0:
        return f"is negative: {entry[-1]:,}"
    return f"is beyond any use: {entry[-1]:,}" if entry[-1] > HIGHEST_PRICE else ""


def check_certificate(
    stated: dict[str, Any],
    problem: Problem,
    costs: Costs,
    *,
    prices: Prices | None,
    unit: str,
    faults: Faults,
    bound_of: Callable[[Prices], int] | None = None,
) -> int | None:
    """Fault every number of a certificate that is not what it comes to; returns the bound recomputed.

    bound_of : how the bound is worked out, if not for everybody from the first step on
    """
    if prices is None:
        return None
    return check_bound(
        stated,
        costs,
        lambda: (
            lower_bound(problem.network, problem.zones, problem.hosts, problem.left_cost, prices)
            if bound_of is None
            else bound_of(prices)
        ),
        unit=unit,
        faults=faults,
    )


def check_bound(
    stated: dict[str, Any], costs: Costs, recompute: Callable[[], int], *, unit: str, faults: Faults
) -> int | None:
    """Fault every number of a certificate that is not what it comes to; `recompute` gives the bound."""
    try:
        bound = recompute()
    except OverflowError as error:
        faults.add(
            CERTIFICATE, 0, "lower_bound", f"cannot be recomputed: {error}", "lower the exposure rates"
        )
        return None

    def report(place: str, cause: str) -> None:
        faults.add(CERTIFICATE, 0, place, cause)

    expected: dict[str, Any] = {
        "unit": unit,
        "objective": costs.objective,
        "lower_bound": bound,
        "gap": gap_of(costs.objective, bound),
    }
    given = {key: value for key, value in stated.items() if key not in ("prices", "statement")}
    differences(given, expected, "", report)
    return bound


def gap_of(objective: int, bound: int) -> float:
    """Distance from the bound, as a share of the objective."""
    return (objective - bound) / objective if objective else 0.0
