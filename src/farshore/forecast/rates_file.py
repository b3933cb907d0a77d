"""The rates that ship with Farshore: fitted once, kept as a small file, with their origin."""

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from farshore.forecast.choice import Rates
from farshore.forecast.sequential import Lessons
from farshore.scenario.displacement import Displacement

__all__ = ["EVERY", "Learnt", "encode", "fingerprint", "learnt_without"]

Floats = npt.NDArray[np.float64]
EVERY: Final = "every conflict"


@dataclass(frozen=True, eq=False)
class Learnt:
    """Rates and what they are worth, from some conflicts.

    with_capacity, without_capacity : draws of rates, each with its weight; the weights sum to 1
    source : which conflicts it was learnt from, in words
    """

    with_capacity: tuple[tuple[Rates, ...], Floats]
    without_capacity: tuple[tuple[Rates, ...], Floats]
    lessons: Lessons
    source: str


def fingerprint(problem: Displacement) -> str:
    """A name for a conflict that survives renaming its folder: from its start and its hosts."""
    text = "\n".join([problem.start.isoformat(), *problem.host_ids])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def learnt_without(problem: Displacement) -> Learnt:
    """What is known from every fitted conflict but this one, so that no forecast is scored on its teacher."""
    file = _file()
    key = fingerprint(problem)
    fold = file["folds"].get(key, file["folds"][EVERY])
    rates = {
        kind: tuple(Rates(**values) for values in file["rates"][kind])
        for kind in ("with_capacity", "without_capacity")
    }
    return Learnt(
        (rates["with_capacity"], _whole(fold["with_capacity"])),
        (rates["without_capacity"], _whole(fold["without_capacity"])),
        Lessons(np.array(fold["coefficients"]), np.array(fold["residuals"])),
        fold["source"],
    )


def encode(learnt: dict[str, Learnt], provenance: dict[str, Any]) -> str:
    """The text of `rates.json`; the draws of rates are the same in every fold and kept once."""
    one = learnt[EVERY]
    value = {
        "provenance": provenance,
        "rates": {
            "with_capacity": [asdict(r) for r in one.with_capacity[0]],
            "without_capacity": [asdict(r) for r in one.without_capacity[0]],
        },
        "folds": {
            key: {
                "source": fold.source,
                "with_capacity": _short(fold.with_capacity[1]),
                "without_capacity": _short(fold.without_capacity[1]),
                "coefficients": _short(fold.lessons.coefficients),
                "residuals": [_short(row) for row in fold.lessons.residuals],
            }
            for key, fold in learnt.items()
        },
    }
    return json.dumps(value, indent=1) + "\n"


def _whole(weights: list[float]) -> Floats:
    # Rounded in the file: they must sum to 1 again before anything is drawn by them.
    return np.array(weights) / sum(weights)


def _short(values: Floats) -> list[float]:
    return [float(f"{v:.6g}") for v in values]


@cache
def _file() -> dict[str, Any]:
    text = files("farshore.forecast").joinpath("rates.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found
