"""Certifying a plan folder: all that it states, worked out again from its scenario and tables alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from farshore.errors import CertificateRefused, ScenarioFaults
from farshore.plan.audit import protection_audit
from farshore.plan.checker.accounts import check_accounts
from farshore.plan.checker.ahead import bound_from_midst
from farshore.plan.checker.feasible import Costs, check_feasible, costs_of, loads_of
from farshore.plan.checker.figures import SUMMARY, Texts, check_summary
from farshore.plan.checker.files import Faults, json_object
from farshore.plan.checker.households import Families, check_households, leaving_of
from farshore.plan.checker.movements import Movement, Way, movements_of, persons_by_route, ways_of
from farshore.plan.checker.orders import check_orders
from farshore.plan.checker.problem import Problem, problem_of
from farshore.plan.checker.replanned import REPLAN, check_history, midst_in
from farshore.plan.checker.retold import check_midst
from farshore.plan.checker.same import check_same_scenario
from farshore.plan.checker.stated import (
    CERTIFICATE,
    check_arrivals,
    check_certificate,
    check_crossings,
    gap_of,
    prices_in,
)
from farshore.results.outcome import Departures, Route
from farshore.results.wording import UNIT, certificate_statement
from farshore.scenario.check import read_scenario
from farshore.scenario.protection import blocked_hosts
from farshore.scenario.scenario import Scenario

if TYPE_CHECKING:
    from farshore.plan.checker.classes.movements import ClassMovement
    from farshore.plan.checker.classes.problem import ClassProblem
    from farshore.plan.checker.classes.routes import ClassWay

__all__ = ["CertificateCheck", "certify"]


@dataclass(frozen=True, slots=True)
class CertificateCheck:
    """What certifying found, when it found nothing wrong.

    objective, lower_bound : recomputed, whole numbers of 10⁻⁶ person-hours at exposure 1
    gap : their distance as a share of the objective; scenario_hash : of the scenario planned
    """

    people: int
    placed: int
    objective: int
    lower_bound: int
    gap: float
    scenario_hash: str
    statement: str

    @property
    def unserved(self) -> int:
        """Who wishes to leave and has no place in the plan."""
        return self.people - self.placed

    def __str__(self) -> str:
        return self.statement


def certify(folder: Path, *, scenario_folder: Path | None = None) -> CertificateCheck:
    """Recompute a plan's feasibility, its cost and the bound on every plan's cost from its files alone.

    scenario_folder : the scenario that the plan should be of, compared cell by cell; without it the copy in
    the plan folder must be the one whose hash the summary gives.
    Raises CertificateRefused with every place that is contradicted: file, row, column, cause. Not checked,
    because nothing could show them false: how long solving took and the solver's account of its rounds.
    """
    folder = Path(folder)
    faults = Faults()
    scenario = _scenario_in(folder, faults)
    if scenario is None:
        raise CertificateRefused(faults.found, str(folder))
    summary = json_object(folder, SUMMARY, faults)
    certificate = json_object(folder, CERTIFICATE, faults)
    stated_about = summary.get("scenario") if summary else None
    scenario_hash = check_same_scenario(scenario, scenario_folder, stated_about, faults)
    check = _check_classes if summary and summary.get("model") == "classes" else _check_plain
    found = check(folder, scenario, summary, certificate, scenario_hash, faults)
    objective, bound = found.costs.objective, found.bound
    if certificate is not None and bound is not None:
        _check_statement(certificate, certificate_statement(objective, bound), faults)
    if not faults and bound is not None and bound > objective:
        faults.add(
            CERTIFICATE, 0, "lower_bound", "is above the cost of this very plan", "report this as a bug"
        )
    if faults or bound is None:
        raise CertificateRefused(faults.found, str(folder))
    return CertificateCheck(
        people=found.people,
        placed=found.placed,
        objective=objective,
        lower_bound=bound,
        gap=gap_of(objective, bound),
        scenario_hash=scenario_hash,
        statement=certificate_statement(objective, bound),
    )


@dataclass(frozen=True, slots=True)
class _Checked:
    """What the files come to; `bound` is None where the certificate is too broken to have one."""

    people: int
    placed: int
    costs: Costs
    bound: int | None


def _check_plain(
    folder: Path,
    scenario: Scenario,
    summary: dict[str, Any] | None,
    certificate: dict[str, Any] | None,
    scenario_hash: str,
    faults: Faults,
) -> _Checked:
    """A plan by the model page, everybody alike and in cars."""
    problem = problem_of(scenario)
    midst = midst_in(folder, problem, faults) if (folder / REPLAN).exists() else None
    ways = ways_of(folder, problem, faults, halts=midst is not None)
    moves = movements_of(folder, problem, ways, faults)
    persons_by_route(ways, moves, faults)
    loads = loads_of(problem, moves, midst.stranded if midst else ())
    costs = costs_of(problem, loads)
    check_feasible(problem, moves, loads, faults)
    if midst is not None:
        check_history(problem, midst, moves, faults)
    check_arrivals(folder, problem, loads, faults)
    check_crossings(folder, problem, loads, faults)
    if summary is not None:
        check_orders(folder, problem, ways, moves, summary.get("options"), faults)
    told = summary.get("households") if summary else None
    families = None
    if summary is not None:
        stranded = midst.stranded if midst else ()
        families = check_households(
            folder, problem, ways, leaving_of(moves), stranded=stranded, stated=told, faults=faults
        )
    if midst is not None:
        check_midst(folder, problem, midst, ways, moves, costs=costs, families=families, faults=faults)
    bound, prices = None, None
    if certificate is not None:
        prices = prices_in(certificate, problem, faults)
        bound_of = None if midst is None else partial(bound_from_midst, problem, midst, moves)
        bound = check_certificate(
            certificate, problem, costs, prices=prices, unit=UNIT, faults=faults, bound_of=bound_of
        )
    if summary is not None:
        check_accounts(
            folder, problem, summary.get("options"), objective=costs.objective, bound=bound, faults=faults
        )
        texts = _texts(problem, ways.values(), moves, families, scenario_hash)
        check_summary(
            summary,
            problem,
            loads,
            costs=costs,
            bound=bound,
            prices=prices,
            families=families,
            texts=texts,
            faults=faults,
        )
    return _Checked(problem.people, int(loads.departed.sum()), costs, bound)


def _check_classes(
    folder: Path,
    scenario: Scenario,
    summary: dict[str, Any] | None,
    certificate: dict[str, Any] | None,
    scenario_hash: str,
    faults: Faults,
) -> _Checked:
    """A plan with classes and services."""
    from farshore.plan.checker.classes.check import check_class_folder  # noqa: PLC0415 (few plans need it)

    def texts_of(
        problem: "ClassProblem",
        ways: "dict[str, ClassWay]",
        moves: "tuple[ClassMovement, ...]",
        families: Families | None,
    ) -> Texts:
        return _texts(problem.plain, ways.values(), moves, families, scenario_hash)

    found = check_class_folder(
        folder,
        scenario,
        summary=summary,
        certificate=certificate,
        texts_of=texts_of,
        unit=UNIT,
        faults=faults,
    )
    return _Checked(found.people, found.placed, found.costs, found.bound)


def _scenario_in(folder: Path, faults: Faults) -> Scenario | None:
    """The scenario that a plan folder carries, or None with every fault of it."""
    if not folder.is_dir():
        faults.add(str(folder), 0, "", "is no folder", "name the folder that a plan was written to")
        return None
    try:
        return read_scenario(folder / "scenario", allow_cut_zones=True)
    except ScenarioFaults as wrong:
        for fault in wrong.faults:
            file = fault.file if fault.file.startswith(str(folder)) else f"scenario/{fault.file}"
            faults.add(file, fault.row, fault.column, fault.cause, fault.remedy)
        return None


def _check_statement(certificate: Mapping[str, Any], statement: str, faults: Faults) -> None:
    if certificate.get("statement") != statement:
        faults.add(CERTIFICATE, 0, "statement", f"does not say what the numbers come to: {statement!r}")


def _texts(
    problem: Problem,
    ways: "Iterable[Way] | Iterable[ClassWay]",
    moves: "Sequence[Movement] | Sequence[ClassMovement]",
    families: Families | None,
    scenario_hash: str,
) -> Texts:
    """Reasons and audit in words, by the modules that word them for every plan."""
    routes = [
        Route(
            way.route_id,
            problem.zones[way.zone].zone_id,
            problem.hosts[way.host].host_id,
            tuple(problem.network.arc_ids[arc] for arc in way.arcs) if isinstance(way, Way) else way.links,
            way.entries,
            way.arrival,
            0.0,
            0,
        )
        for way in ways
    ]
    index = {route.route_id: i for i, route in enumerate(routes)}
    departures = Departures(
        np.array([index[move.way.route_id] for move in moves], np.int64),
        np.array([move.step for move in moves], np.int64),
        np.array([move.persons for move in moves], np.int64),
    )
    blocked = blocked_hosts(problem.scenario)
    lines = protection_audit(
        problem.scenario,
        routes=routes,
        departures=departures,
        people={zone.zone_id: zone.people for zone in problem.zones},
        blocked_hosts=blocked,
        households=None if families is None else families.households,
    )
    audit = tuple(
        {"rule": line.rule, "holds": line.holds, "why": line.why, "law": line.law} for line in lines
    )
    return Texts(scenario_hash, blocked, audit)
