"""The error tree: what went wrong, where, how to mend it, and the exit code and HTTP status it maps to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

__all__ = [
    "CertificateRefused",
    "ExecutorLost",
    "FarshoreError",
    "Fault",
    "Interrupted",
    "OutputUnwritable",
    "ScenarioFaults",
    "SimulationFaults",
    "UsageFault",
]


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong with an input: where it is, what is wrong and how to mend it.

    file : path relative to the scenario folder
    row : 1-based line as a spreadsheet shows it (the header is row 1); 0 when the whole file is meant
    column : column name, or "" when the whole row is meant
    cause, remedy : a clause each, without a full stop
    """

    file: str
    row: int
    column: str
    cause: str
    remedy: str

    def __str__(self) -> str:
        where = self.file
        if self.row:
            where += f", row {self.row}"
        if self.column:
            where += f", {self.column}"
        return f"{where}: {self.cause}; {self.remedy}"


class FarshoreError(Exception):
    """Anything Farshore tells its user in words instead of a traceback."""

    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 500


class UsageFault(FarshoreError):
    """An option or argument that makes no sense; the message says which values do."""

    exit_code = 2
    http_status = 400


class ScenarioFaults(FarshoreError):
    """Every fault of an input, sorted by file and row; nothing was computed from it."""

    exit_code = 2
    http_status = 422

    def __init__(self, faults: Sequence[Fault], where: str) -> None:
        self.faults = tuple(sorted(faults))
        self.where = where
        super().__init__(f"{len(self.faults)} fault{'s' * (len(self.faults) != 1)} in {where}")

    def __str__(self) -> str:
        return "\n".join([*map(str, self.faults), f"{self.args[0]}; nothing was planned"])


class SimulationFaults(ScenarioFaults):
    """Every reason why a scenario, a plan and options cannot be simulated together."""

    def __str__(self) -> str:
        return "\n".join([*map(str, self.faults), f"{self.args[0]}; nothing was simulated"])


class CertificateRefused(FarshoreError):
    """A plan that its own tables or its scenario contradict; `faults` name each place."""

    exit_code = 3
    http_status = 409

    def __init__(self, faults: Sequence[Fault], where: str) -> None:
        self.faults = tuple(sorted(faults))
        self.where = where
        super().__init__(f"{len(self.faults)} reason{'s' * (len(self.faults) != 1)} to refuse {where}")

    def __str__(self) -> str:
        return "\n".join([*map(str, self.faults), str(self.args[0])])


class OutputUnwritable(FarshoreError):
    """A folder that cannot be written: no permission, disk full, a file in the way."""

    exit_code = 4
    http_status = 507


class ExecutorLost(FarshoreError):
    """Nothing is left to run tasks on: a scheduler that is gone, workers that keep dying."""

    exit_code = 5
    http_status = 503


class Interrupted(FarshoreError):
    """The user stopped the work before there was anything to keep; nothing was written."""

    exit_code = 130
    http_status = 503
