"""Commands about scenario folders: check, new, scenarios."""

import dataclasses
from pathlib import Path

from cyclopts import App

from farshore import shipped
from farshore.cli.output import Json, print_json
from farshore.errors import ScenarioFaults
from farshore.scenario import check_scenario, new_scenario, read_scenario

__all__ = ["check", "new", "scenarios_app"]

scenarios_app = App(name="scenarios", help="The scenarios that come with Farshore.")


def check(folder: Path, *, json_: Json = False) -> int:
    """Name every fault of a scenario folder: file, row, column, what is wrong, how to mend it.

    Parameters
    ----------
    folder
        The scenario folder.

    """
    report = check_scenario(folder)
    if json_:
        print_json(
            {
                "faults": [dataclasses.asdict(fault) for fault in report.faults],
                "warnings": list(map(str, report.warnings)),
                "defaults_used": list(report.defaults_used),
            }
        )
    else:
        for warning in report.warnings:
            print(f"warning: {warning}")
        for default in report.defaults_used:
            print(f"default: {default}")
        if report.faults:
            print(ScenarioFaults(report.faults, str(folder)))
        else:
            print(f"{folder}: no faults, {len(report.warnings)} warnings")
    return ScenarioFaults.exit_code if report.faults else 0


def new(folder: Path) -> None:
    """Write a small valid scenario to start from.

    Parameters
    ----------
    folder
        Where to; empty or not there yet.

    """
    new_scenario(folder)
    print(f"wrote {folder}; change it, then: farshore check {folder}")


@scenarios_app.default
def list_scenarios() -> None:
    """List the scenarios that come with Farshore."""
    for name in shipped.names():
        print(f"{name}\t{read_scenario(shipped.path(name)).about.title}")


@scenarios_app.command(name="copy")
def copy_scenario(name: str, folder: Path) -> None:
    """Copy a shipped scenario, to be changed.

    Parameters
    ----------
    name
        One of those that `farshore scenarios` lists.
    folder
        Where to; empty or not there yet.

    """
    shipped.copy(name, folder)
    print(f"wrote {folder}; change it, then: farshore plan {folder}")
