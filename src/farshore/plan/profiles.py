"""Rows over the steps (capacities, openings, costs), each kept once however many arcs share it."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from farshore.scenario.clock import Ints

__all__ = ["Profiles"]


@dataclass
class Profiles:
    """Rows over the steps, each kept once."""

    n_steps: int
    rows: list[Ints] = field(default_factory=list)
    row_of: dict[object, int] = field(default_factory=dict)

    def stacked(self) -> Ints:
        """int64[n_rows, n_steps]."""
        return np.array(self.rows, np.int64).reshape(len(self.rows), self.n_steps)

    def add(self, key: tuple[tuple[int, int], ...], source: Ints, *, least: bool) -> int:
        """Row of the least or the sum of some rows of `source`, each (row, entered so many steps later)."""
        if key not in self.row_of:
            whole = np.full(self.n_steps, np.iinfo(np.int64).max if least else 0, np.int64)
            for row, later in key:
                ahead = max(0, self.n_steps - later)
                if least:
                    np.minimum(whole[:ahead], source[row, later:], out=whole[:ahead])
                    whole[ahead:] = 0  # the horizon ends on the way
                else:
                    whole[:ahead] += source[row, later:]
            self.row_of[key] = len(self.rows)
            self.rows.append(whole)
        return self.row_of[key]

    def keep(self, key: object, row: npt.NDArray[Any]) -> int:
        """Number of a row, kept as it is under a key unless there is one already."""
        if key not in self.row_of:
            self.row_of[key] = len(self.rows)
            self.rows.append(row.astype(np.int64))
        return self.row_of[key]
