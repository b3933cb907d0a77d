"""A scenario while it is being checked: its values, where each row stands, and which cells failed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from farshore.errors import Fault
from farshore.scenario.scenario import Scenario
from farshore.scenario.tables import TABLES

__all__ = ["CutOff", "Draft", "Finding", "Findings", "Marks", "Warned", "draft_of"]

Flags = npt.NDArray[np.bool_]


class Warned(Fault):
    """Something that deserves a look and stops nothing."""

    __slots__ = ()


class CutOff(Fault):
    """A zone that can reach no host: a fault, unless somebody asks what happens without a crossing."""

    __slots__ = ()


Finding = Fault  # a Warned is a Fault that stops nothing
Findings = Iterator[Finding]


@dataclass(frozen=True, eq=False)
class Marks:
    """Where the rows of one table stand in its file, and which of their cells hold a placeholder.

    lines : int64[n], row as a spreadsheet shows it; bad : per field bool[n], absent where every cell is good
    lost : the cells of the rows that had to be left out, so that nobody calls what is in them unknown
    """

    lines: npt.NDArray[np.int64]
    bad: Mapping[str, Flags]
    lost: frozenset[str] = frozenset()

    def line(self, row: int) -> int:
        """Row of the file in which row `row` of the table stands."""
        return int(self.lines[row])

    def good(self, *fields: str) -> Flags:
        """bool[n]: rows of which all the named cells hold what the file says."""
        good = np.ones(len(self.lines), dtype=np.bool_)
        for field in fields:
            if field in self.bad:
                good &= ~self.bad[field]
        return good


@dataclass(frozen=True, eq=False)
class Draft:
    """A scenario that may hold placeholders. `timed` is False if its time frame could not be read.

    marks : by the scenario's field name of the table (`nodes`, `links`, …)
    whole : tables that could be read to the end: only these can be asked what is *not* in them
    """

    scenario: Scenario
    marks: Mapping[str, Marks]
    whole: frozenset[str]
    timed: bool = True


def draft_of(scenario: Scenario) -> Draft:
    """A draft of a scenario that was never a file, as if it stood in files without a second header row."""
    marks = {
        field: Marks(np.arange(2, 2 + len(getattr(scenario, field)), dtype=np.int64), {}) for field in TABLES
    }
    return Draft(scenario, marks, frozenset(TABLES))
