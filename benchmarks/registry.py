"""Benchmarks register themselves: what is measured, on which sizes, against whom, and what must agree."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

__all__ = ["REGISTRY", "Benchmark", "Skipped", "Timed", "benchmark"]


class Skipped(Exception):
    """Raised by a rival that is not there to be measured; the text says what is missing."""


@dataclass(frozen=True)
class Timed:
    """An answer of a side that kept the time itself, having files to convert before the job begins."""

    answer: Any
    cpu_s: float
    peak_mb: float


@dataclass(frozen=True)
class Benchmark:
    """One measured job.

    instance : size → what both sides are given; made before the clock starts
    ours, rivals : instance → answer, something small that can be compared and printed
    same : whether two answers agree; ours against each rival's
    scale : instance → the number that growth is measured against (expanded arcs, say), in `scale_unit`
    limit_s : a side that takes longer is stopped, and the table says so
    tells : heading and text of one more column, made from our answer and our seconds
    """

    area: str
    name: str
    title: str
    sizes: tuple[Any, ...]
    instance: Callable[[Any], Any]
    ours: Callable[[Any], Any]
    rivals: Mapping[str, Callable[[Any], Any]]
    same: Callable[[Any, Any], bool]
    scale: Callable[[Any], float]
    scale_unit: str
    limit_s: float
    notes: str = ""
    tells: tuple[str, Callable[[Any, float], str]] | None = None

    @property
    def key(self) -> str:
        """How the command line names it."""
        return f"{self.area}.{self.name}"

    def side(self, name: str) -> Callable[[Any], Any]:
        """`ours`, or a rival by name."""
        return self.ours if name == "ours" else self.rivals[name]


@dataclass
class _Registry:
    cases: dict[str, Benchmark] = field(default_factory=dict)

    def areas(self) -> list[str]:
        """Areas in the order in which they registered."""
        return list(dict.fromkeys(case.area for case in self.cases.values()))


REGISTRY: Final = _Registry()


def benchmark(
    *,
    area: str,
    sizes: tuple[Any, ...],
    instance: Callable[[Any], Any],
    rivals: Mapping[str, Callable[[Any], Any]] | None = None,
    same: Callable[[Any, Any], bool] = lambda a, b: bool(a == b),
    scale: Callable[[Any], float],
    scale_unit: str,
    limit_s: float = 600.0,
    notes: str = "",
    tells: tuple[str, Callable[[Any, float], str]] | None = None,
) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """Register the decorated function as our side of a benchmark; its docstring's first line is the title."""

    def register(ours: Callable[[Any], Any]) -> Callable[[Any], Any]:
        title = (ours.__doc__ or ours.__name__).splitlines()[0].rstrip(".")
        case = Benchmark(
            area,
            ours.__name__,
            title,
            sizes,
            instance,
            ours,
            rivals or {},
            same,
            scale,
            scale_unit,
            limit_s,
            notes,
            tells,
        )
        REGISTRY.cases[case.key] = case
        return ours

    return register
