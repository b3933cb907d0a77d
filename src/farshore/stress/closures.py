"""More closures for a scenario."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from farshore.scenario.rows import make_rows
from farshore.scenario.scenario import Scenario
from farshore.scenario.tables import Closures

__all__ = ["with_more_closures"]


def with_more_closures(scenario: Scenario, rows: Sequence[Mapping[str, Any]]) -> Scenario:
    """The scenario with rows, by field name, after its own closures."""
    before, more = scenario.closures, make_rows(Closures, rows)
    names = [field.name for field in fields(before)]
    joined = {name: np.concatenate([getattr(before, name), getattr(more, name)]) for name in names}
    return scenario.with_closures(Closures(**joined))
