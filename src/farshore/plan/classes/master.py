"""The master program: how many of each block behave in each known way, and what more room would be worth."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_array

from farshore.plan.classes.columns import Blocks, Columns
from farshore.plan.classes.model import ClassProblem
from farshore.plan.programs import mixed
from farshore.scenario.clock import Ints

__all__ = ["Master", "Mixture"]

_OVER: Final = 0.01  # share by which a limit may be passed before it becomes a row

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Mixture:
    """The master's answer.

    amounts : float64[n_columns], people; staying : float64[n_blocks], people for whom no column has room
    price : int64[n_resources]; worth : float64[n_blocks], what one more person of a block costs
    """

    amounts: Floats
    staying: Floats
    price: Ints
    worth: Floats
    objective: float


class Master:
    """Keeps the limits that count and where the last answer stood.

    Limits become rows by families: all steps of an arc, a fleet or a host's intake, when one of them is passed.
    """

    def __init__(self, problem: ClassProblem, blocks: Blocks) -> None:
        self.problem, self.blocks = problem, blocks
        self.capacity = problem.layers.resources.capacity
        self.n_steps = problem.layers.n_steps
        self.families = np.zeros(len(self.capacity) // self.n_steps + 1, bool)
        self._prices = np.zeros(len(self.capacity))
        self._worth = np.zeros(len(blocks.people))
        self._amounts = np.zeros(0)
        self._staying = blocks.people.astype(np.float64)

    def mix(self, columns: Columns, staying_cost: Floats, *, accuracy: float) -> Mixture:
        """Mix the columns.

        staying_cost : float64[n_blocks], of a person for whom there is no room
        """
        column, resource, amount = columns.uses()
        while True:
            found = self._mixed(columns, column, resource, amount, staying_cost, accuracy)
            use = np.bincount(resource, amount * found.amounts[column], minlength=len(self.capacity))
            over = use > self.capacity * (1 + _OVER) + 1.0
            over &= ~self.families[np.arange(len(self.capacity)) // self.n_steps]
            if not over.any():
                return found
            where = np.flatnonzero(over)
            excess = use[where] - self.capacity[where]
            by_family = np.bincount(where // self.n_steps, excess)
            n_more = max(3, int((by_family > 0).sum()) // 4)
            worst = np.argsort(-by_family, kind="stable")[:n_more]
            self.families[worst[by_family[worst] > 0]] = True

    def _mixed(
        self, columns: Columns, column: Ints, resource: Ints, amount: Floats, staying_cost: Floats, accuracy: float
    ) -> Mixture:  # fmt: skip
        counted = self.families[resource // self.n_steps]
        rows, row = np.unique(resource[counted], return_inverse=True)
        n_blocks, n_columns = len(self.blocks.people), len(columns)
        every = np.arange(n_blocks)
        uses = csc_array(
            (
                np.concatenate([np.ones(n_columns + n_blocks), amount[counted]]),
                (
                    np.concatenate([columns.block, every, n_blocks + row]),
                    np.concatenate([np.arange(n_columns), n_columns + every, column[counted]]),
                ),
            ),
            shape=(n_blocks + len(rows), n_columns + n_blocks),
        )
        unit = 1e6
        start = np.concatenate([self._amounts, np.zeros(n_columns - len(self._amounts)), self._staying])
        amounts, prices = mixed(
            np.concatenate([columns.cost, staying_cost]) / unit,
            uses,
            np.concatenate([self.blocks.people, self.capacity[rows]]).astype(np.float64),
            n_blocks,
            accuracy=accuracy,
            start=(start, np.concatenate([self._worth, -self._prices[rows]]) / unit),
        )
        self._amounts, self._staying = amounts[:n_columns], amounts[n_columns:]
        self._worth = prices[:n_blocks] * unit
        self._prices = np.zeros(len(self.capacity))
        self._prices[rows] = np.maximum(0.0, -prices[n_blocks:] * unit)
        return Mixture(
            self._amounts,
            self._staying,
            np.floor(self._prices + 0.5).astype(np.int64),
            self._worth,
            float(columns.cost @ self._amounts + staying_cost @ self._staying),
        )
