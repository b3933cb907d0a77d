"""Checking a scenario folder: every fault at once, every warning, every default that was used."""

from dataclasses import dataclass
from pathlib import Path

from farshore.errors import Fault, ScenarioFaults
from farshore.scenario.checks import cross_check
from farshore.scenario.draft import CutOff, Warned, draft_of
from farshore.scenario.read import read_folder
from farshore.scenario.scenario import Scenario

__all__ = ["CheckReport", "check_folder", "check_scenario", "check_values", "read_scenario"]


@dataclass(frozen=True)
class CheckReport:
    """What a check found, sorted by file and row; a scenario with warnings can be planned.

    A warning is written like a fault: where, what, and what to do about it.
    """

    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    defaults_used: tuple[str, ...]


def read_scenario(folder: Path, *, allow_cut_zones: bool = False) -> Scenario:
    """The scenario in a folder. Raises ScenarioFaults with all of its faults if it has any.

    `allow_cut_zones` lets zones pass that can reach no host, as closing a crossing on purpose may leave them.
    """
    scenario, report = check_folder(folder, allow_cut_zones=allow_cut_zones)
    if report.faults:
        raise ScenarioFaults(report.faults, _where(folder))
    return scenario


def check_scenario(folder: Path) -> CheckReport:
    """Every fault and warning of a scenario folder, and the defaults that reading it filled in."""
    return check_folder(folder)[1]


def check_folder(folder: Path, *, allow_cut_zones: bool = False) -> tuple[Scenario, CheckReport]:
    """Scenario and report together; with faults, the scenario holds placeholders where they are.

    `allow_cut_zones` makes warnings of zones that can reach no host.
    """
    if not Path(folder).is_dir():
        there = "is a file" if Path(folder).exists() else "does not exist"
        fault = Fault(str(folder), 0, "", there, "name the folder that holds scenario.toml")
        raise ScenarioFaults([fault], _where(folder))
    read = read_folder(Path(folder))
    findings = [*read.findings, *cross_check(read.draft)]
    mild = (Warned, CutOff) if allow_cut_zones else (Warned,)
    return read.draft.scenario, _report(findings, read.defaults_used, mild)


def check_values(scenario: Scenario) -> CheckReport:
    """What compares across tables, of a scenario in memory (its cells are taken to be of their kind).

    Rows are numbered as `write_scenario` would write them.
    """
    return _report(list(cross_check(draft_of(scenario))), (), (Warned,))


def _report(
    findings: list[Fault], defaults_used: tuple[str, ...], mild: tuple[type[Fault], ...]
) -> CheckReport:
    unique = dict.fromkeys(findings)
    return CheckReport(
        tuple(sorted(_plain(each) for each in unique if not isinstance(each, mild))),
        tuple(sorted(_plain(each) for each in unique if isinstance(each, mild))),
        defaults_used,
    )


def _plain(finding: Fault) -> Fault:
    """The finding without its kind: only faults of one class can be sorted together."""
    return Fault(finding.file, finding.row, finding.column, finding.cause, finding.remedy)


def _where(folder: Path) -> str:
    return f"{str(folder).rstrip('/')}/"
