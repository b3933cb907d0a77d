"""The prices of a plan with classes, read strictly, and what all capacity is worth at them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from farshore.plan.checker.classes.problem import ClassProblem
from farshore.plan.checker.files import Faults
from farshore.plan.checker.stated import CERTIFICATE, HIGHEST_PRICE

__all__ = ["ClassPrices", "class_prices_in", "worth_of_all_capacity"]

KINDS = ("links", "decks", "foot", "fleets", "drivers", "trains", "intake", "beds")
Keyed = dict[tuple[int, int], int]


@dataclass(frozen=True, eq=False)
class ClassPrices:
    """Prices in 10⁻⁶ person-hours, ≥ 0.

    links, decks : by (arc row, step); foot : by (number of the link as walked, step)
    fleets : by (row of the fleets table, step); drivers : by (row, day); trains : by place in the stages
    intake : by (host row, step); beds : by host row
    """

    links: Keyed = field(default_factory=dict)
    decks: Keyed = field(default_factory=dict)
    foot: Keyed = field(default_factory=dict)
    fleets: Keyed = field(default_factory=dict)
    drivers: Keyed = field(default_factory=dict)
    trains: dict[int, int] = field(default_factory=dict)
    intake: Keyed = field(default_factory=dict)
    beds: dict[int, int] = field(default_factory=dict)


def worth_of_all_capacity(problem: ClassProblem, prices: ClassPrices) -> int:
    """Σ price × capacity."""
    rooms, hosts = problem.rooms, problem.plain.hosts
    buses = {each.row: each for each in problem.buses}
    total = sum(p * int(rooms.places[rooms.row[arc], k]) for (arc, k), p in prices.links.items())
    total += sum(p * int(rooms.deck[rooms.row[arc], k]) for (arc, k), p in prices.decks.items())
    total += sum(p * int(problem.foot.room[link][k]) for (link, k), p in prices.foot.items())
    total += sum(p * int(buses[row].vehicles[k]) for (row, k), p in prices.fleets.items())
    total += sum(p * buses[row].driver_steps for (row, _), p in prices.drivers.items())
    total += sum(p * problem.stages[i].seats for i, p in prices.trains.items())
    total += sum(p * (hosts[row].intake_in(k) or 0) for (row, k), p in prices.intake.items())
    return total + sum(p * hosts[row].beds for row, p in prices.beds.items())


def class_prices_in(stated: dict[str, Any], problem: ClassProblem, faults: Faults) -> ClassPrices | None:
    """The prices of a certificate, or None with every fault in them."""
    lists = stated.get("prices")
    if not isinstance(lists, dict) or set(lists) != set(KINDS):
        faults.add(CERTIFICATE, 0, "prices", f"must be {', '.join(KINDS)}")
        return None
    before = len(faults.found)
    plain, n_steps = problem.plain, problem.n_steps
    arcs, is_ferry = plain.arc_row, plain.network.is_ferry
    ferries = {arc_id: row for arc_id, row in arcs.items() if is_ferry[row]}
    walked = {arc_id: row for arc_id, row in problem.foot.row.items() if row in problem.foot.room}
    fleets = {each.fleet_id: each.row for each in problem.buses}
    stages = {(stage.run_id, stage.number): i for i, stage in enumerate(problem.stages)}
    limited = {host.host_id: host.row for host in plain.hosts if host.intake is not None}
    n_days = int(problem.day[-1]) + 1 if n_steps else 0

    def read(kind: str, codes: dict[str, int], last: int, what: str) -> Keyed:
        def key(entry: list[Any]) -> tuple[int, int] | str:
            if entry[0] not in codes:
                return f"is for {entry[0]!r}, which {what}"
            if not 0 <= entry[1] < last:
                return f"is for {entry[1]}, outside the horizon"
            return codes[entry[0]], entry[1]

        return _list(lists[kind], kind, 3, key, faults)

    def stage(entry: list[Any]) -> tuple[int, int] | str:
        found = stages.get((entry[0], entry[1]))
        return f"is for no stage of a run: {entry[:2]}" if found is None else (found, 0)

    def host(entry: list[Any]) -> tuple[int, int] | str:
        row = plain.host_row.get(entry[0])
        return f"is for {entry[0]!r}, which is not in the scenario" if row is None else (row, 0)

    unknown, bus = "is not in the scenario", "is no fleet of buses"
    prices = ClassPrices(
        links=read("links", arcs, n_steps, unknown),
        decks=read("decks", ferries, n_steps, "is no ferry arc"),
        foot=read("foot", walked, n_steps, "is no link of a crossing that can be walked"),
        fleets=read("fleets", fleets, n_steps, bus),
        drivers=read("drivers", fleets, n_days, bus),
        trains={i: p for (i, _), p in _list(lists["trains"], "trains", 3, stage, faults).items()},
        intake=read("intake", limited, n_steps, "has no limit of intake that could have a price"),
        beds={row: p for (row, _), p in _list(lists["beds"], "beds", 2, host, faults).items()},
    )
    return None if len(faults.found) > before else prices


def _list(
    entries: Any, kind: str, size: int, key_of: Callable[[list[Any]], tuple[int, int] | str], faults: Faults
) -> Keyed:
    """One list of prices by key, with a fault for every entry that is none."""
    if not isinstance(entries, list):
        faults.add(CERTIFICATE, 0, f"prices.{kind}", "is not a list")
        return {}
    found: dict[tuple[int, int], int] = {}
    places: dict[tuple[int, int], int] = {}
    for i, entry in enumerate(entries):
        cause = _form_fault(entry, size)
        key = key_of(entry) if not cause else ""
        if isinstance(key, str):
            cause = cause or key
        elif key in found:
            cause = f"is the price of [{places[key]}] again"
        if cause or isinstance(key, str):
            faults.add(CERTIFICATE, 0, f"prices.{kind}[{i}]", cause)
        else:
            found[key], places[key] = entry[-1], i
    return found


def _form_fault(entry: Any, size: int) -> str:
    if not isinstance(entry, list) or len(entry) != size or not isinstance(entry[0], str):
        return "is no price of the form [code, step, price]" if size == 3 else "is no [host, price]"
    if any(type(number) is not int for number in entry[1:]):
        return "holds something else than whole numbers"
    if entry[-1] < 0:
        return f"is negative: {entry[-1]:,}"
    return f"is beyond any use: {entry[-1]:,}" if entry[-1] > HIGHEST_PRICE else ""
