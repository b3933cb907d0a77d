"""Simple rules that any forecast must beat, each from nothing but what was known at the origin."""

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.forecast.counts import held
from farshore.forecast.flee_rules import FleeRules, flee_from
from farshore.forecast.increments import N_FEATURES, Targets
from farshore.forecast.network import HostNetwork
from farshore.scenario.displacement import Displacement

__all__ = ["BASELINES", "capacity_rule", "equal_split", "inverse_distance"]

Floats = npt.NDArray[np.float64]
DAMPING: Final = 0.5
SLOPE_FEATURE: Final = 4  # 45 days' slope, faded over 60 days
assert SLOPE_FEATURE < N_FEATURES


def capacity_rule(problem: Displacement) -> Floats:
    """float64[n_days, n_hosts]: shares in proportion to capacity; alike where nobody told any."""
    capacity = np.nan_to_num(problem.capacity_persons[problem.hosts])
    if not capacity.sum() > 0:
        return equal_split(problem)
    return np.tile(capacity / capacity.sum(), (problem.n_days, 1))


def equal_split(problem: Displacement) -> Floats:
    """float64[n_days, n_hosts]: every host alike."""
    return np.full((problem.n_days, len(problem.hosts)), 1.0 / max(len(problem.hosts), 1))


def inverse_distance(problem: Displacement, network: HostNetwork) -> Floats:
    """float64[n_days, n_hosts]: shares as one over the distance to the nearest conflict place by then."""
    shares = np.zeros((problem.n_days, len(problem.hosts)))
    struck = np.maximum.accumulate(network.intensity > 0, axis=0)
    for day in range(problem.n_days):
        km = network.distance_km[network.epoch[day]][struck[day]]
        nearest = km.min(axis=0) if len(km) else np.full(len(problem.hosts), np.inf)
        worth = np.where(np.isfinite(nearest), 1.0 / np.maximum(nearest, 1.0), 0.0)
        shares[day] = worth / worth.sum() if worth.sum() > 0 else 1.0 / len(worth)
    return shares


def _persistence(targets: Targets, problem: Displacement, network: HostNetwork) -> Floats:
    return targets.last


def _damped_trend(targets: Targets, problem: Displacement, network: HostNetwork) -> Floats:
    return np.asarray(np.maximum(targets.last + DAMPING * targets.features[:, SLOPE_FEATURE], 0.0))


def _equal(targets: Targets, problem: Displacement, network: HostNetwork) -> Floats:
    return _split(targets, equal_split(problem))


def _inverse(targets: Targets, problem: Displacement, network: HostNetwork) -> Floats:
    return _split(targets, inverse_distance(problem, network))


def _capacity(targets: Targets, problem: Displacement, network: HostNetwork) -> Floats:
    return _split(targets, capacity_rule(problem))


def _flee(targets: Targets, problem: Displacement, network: HostNetwork) -> Floats:
    # Driven by counts held at their last known value: Flee's own interpolation would see later counts.
    known = np.column_stack([held(counts, problem.n_days) for counts in problem.counts])
    here = flee_from(problem, FleeRules(), known[0], known.sum(axis=1))
    total = here.sum(axis=1, keepdims=True)
    return _split(targets, np.where(total > 0, here / np.where(total > 0, total, 1.0), equal_split(problem)))


def _split(targets: Targets, shares: Floats) -> Floats:
    # The total of the hosts is held; only how it divides is forecast.
    return np.asarray(targets.total * shares[targets.origin, targets.host])


BASELINES: Final[dict[str, Callable[[Targets, Displacement, HostNetwork], Floats]]] = {
    "persistence": _persistence,
    "damped trend": _damped_trend,
    "equal split": _equal,
    "inverse distance": _inverse,
    "capacity rule": _capacity,
    "Flee-compatible": _flee,
}
