"""One door to every engine: `forecast(problem, members=, seed=)` gives arrivals with intervals."""

import hashlib
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from farshore import __version__
from farshore.errors import UsageFault
from farshore.forecast.choice import CENTRAL, Rates, chosen_shares, settled
from farshore.forecast.composition import compositions
from farshore.forecast.counts import held
from farshore.forecast.ensemble import sample_members
from farshore.forecast.flee_rules import FleeRules, flee_arrivals
from farshore.forecast.flee_target import flee_daily
from farshore.forecast.increments import (
    FIRST_ORIGIN_DAY,
    ORIGIN_EVERY_DAYS,
    future_targets,
    joined,
    past_targets,
)
from farshore.forecast.network import HostNetwork, host_network
from farshore.forecast.rates_file import Learnt, learnt_without
from farshore.forecast.sequential import COVER, Predicted, predict
from farshore.results.forecast import Forecast
from farshore.scenario.displacement import Displacement

__all__ = ["Engine", "expected_hindcast", "forecast", "problem_hash"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Engine = Literal["farshore", "flee"]
ENGINES: Final = ("farshore", "flee")


def forecast(
    problem: Displacement,
    *,
    members: int,
    seed: int,
    as_of: int | None = None,
    horizon_days: int = 90,
    engine: Engine = "farshore",
    rules: FleeRules | None = None,
    learnt: Learnt | None = None,
) -> Forecast:
    """People in each host day by day, with an interval that is meant to hold 80 times in 100.

    members : equally likely outcomes to draw; 0 for the mean alone
    as_of : with a day, a real forecast of the `horizon_days` after it from what was known on it. Without,
        a hindcast of the whole period that is given each day's total, as Flee's validation is.
    engine : "flee" for the mean field of Flee's rules (a hindcast only, no interval), under `rules`
    learnt : rates, in place of those shipped (from every fitted conflict but this one)
    A hindcast uses the capacities that the problem holds; `problem.without_capacity()` has none. A real
    forecast uses none ever. The same arguments give the same bytes. Raises UsageFault for options that
    make no sense.
    """
    if engine not in ENGINES:
        raise UsageFault(f"the engines are {', '.join(ENGINES)}, not {engine!r}")
    if members < 0 or horizon_days < 1:
        raise UsageFault("members are 0 or more, and the horizon is a day or more")
    if as_of is not None and not 0 <= as_of < problem.n_days:
        raise UsageFault(f"as_of is a day from 0 to {problem.n_days - 1}, not {as_of}")
    if not len(problem.hosts):
        raise UsageFault("there is no counted host to forecast for")
    options: dict[str, Any] = {"members": members, "horizon_days": horizon_days}
    if engine == "flee":
        if as_of is not None or members:
            raise UsageFault("the flee engine makes hindcasts of the mean: leave out as_of and members")
        expected = flee_arrivals(problem, rules)
        nobody = np.zeros((0, *expected.shape), np.int64)
        return _told(problem, engine, None, np.arange(problem.n_days), expected, nobody, None, options, seed)
    learnt = learnt or learnt_without(problem)
    network = host_network(problem)
    if as_of is not None:
        return _real(problem, network, learnt, as_of, members, horizon_days, options, seed)
    rates, weight = _rates_for(problem, learnt)
    people, initial = _driven_by(problem)
    chosen = [chosen_shares(problem, network, r) for r in rates]
    here = np.array([settled(problem, c, people, initial, r) for c, r in zip(chosen, rates, strict=True)])
    expected = np.tensordot(weight, here, axes=1)
    drawn = sample_members(problem, rates, weight, np.array(chosen), people, initial, members, seed)
    day = np.arange(problem.n_days)
    return _told(problem, engine, None, day, expected, drawn, (network, people), options, seed)


def expected_hindcast(problem: Displacement, learnt: Learnt | None = None) -> Floats:
    """float64[n_days, n_hosts]: the mean of the Farshore engine's hindcast, and nothing else of it."""
    learnt = learnt or learnt_without(problem)
    network = host_network(problem)
    rates, weight = _rates_for(problem, learnt)
    people, initial = _driven_by(problem)
    total = np.zeros((problem.n_days, len(problem.hosts)))
    for r, w in zip(rates, weight, strict=True):
        total += w * settled(problem, chosen_shares(problem, network, r), people, initial, r)
    return total


def problem_hash(problem: Displacement) -> str:
    """SHA-256 of everything in a problem that a forecast depends on."""
    digest = hashlib.sha256()
    digest.update(repr((problem.start, problem.n_days, problem.closures, problem.corrections)).encode())
    digest.update(repr(problem.demographics).encode())
    for texts in (problem.place_id, problem.region, problem.country):
        digest.update("\0".join(map(str, texts)).encode())
    for array in (
        problem.latitude_deg,
        problem.longitude_deg,
        problem.kind,
        problem.population_persons,
        problem.capacity_persons,
        problem.route_from,
        problem.route_to,
        problem.route_km,
        problem.conflict,
        problem.hosts,
    ):
        digest.update(np.ascontiguousarray(array).tobytes())
    for counts in (*problem.counts, problem.total):
        for column in (counts.day, counts.persons, counts.known_day):
            digest.update(np.ascontiguousarray(column).tobytes())
    if problem.ties is not None:
        digest.update(np.ascontiguousarray(problem.ties).tobytes())
    return digest.hexdigest()


def _rates_for(problem: Displacement, learnt: Learnt) -> tuple[tuple[Rates, ...], Floats]:
    told = np.isfinite(problem.capacity_persons[problem.hosts]).any()
    return learnt.with_capacity if told else learnt.without_capacity


def _driven_by(problem: Displacement) -> tuple[Floats, Floats]:
    daily = flee_daily(problem)
    return daily.sum(axis=1), daily[0]


def _real(
    problem: Displacement,
    network: HostNetwork,
    learnt: Learnt,
    as_of: int,
    members: int,
    horizon_days: int,
    options: dict[str, Any],
    seed: int,
) -> Forecast:
    chosen = chosen_shares(problem.without_capacity(), network, CENTRAL)
    origins = range(FIRST_ORIGIN_DAY, as_of, ORIGIN_EVERY_DAYS)
    past = past_targets(problem, chosen, origins, until=as_of)
    ahead = future_targets(problem, chosen, as_of, horizon_days)
    found = predict(joined(past, ahead), learnt.lessons)
    rows = slice(len(past), None)
    shape = (horizon_days, len(problem.hosts))
    day = np.arange(as_of + 1, as_of + horizon_days + 1)
    drawn = _drawn(found.draws[rows].reshape(*shape, -1), members, seed)
    people = np.diff(held(problem.total, as_of + 1), prepend=0.0).clip(0).cumsum()
    return _told(
        problem,
        "farshore",
        as_of,
        day,
        found.expected[rows].reshape(shape),
        drawn,
        (network, people),
        options,
        seed,
        (found, rows),
    )


def _drawn(draws: Floats, members: int, seed: int) -> Ints:
    # One level of surprise a member and host, kept over its days: errors of one place persist.
    rng = np.random.default_rng(np.random.SeedSequence(seed).spawn(1)[0])
    n_days, n_hosts, n_points = draws.shape
    level = rng.integers(0, n_points, size=(members, n_hosts))
    out = np.empty((members, n_days, n_hosts), np.int64)
    for host in range(n_hosts):
        out[:, :, host] = np.rint(draws[:, host, :].T[level[:, host]]).astype(np.int64)
    return out


def _told(
    problem: Displacement,
    engine: Engine,
    as_of: int | None,
    day: Ints,
    expected: Floats,
    members: Ints,
    flows: tuple[HostNetwork, Floats] | None,
    options: dict[str, Any],
    seed: int,
    predicted: tuple[Predicted, slice] | None = None,
) -> Forecast:
    low = high = expected
    if predicted is not None:
        found, rows = predicted
        low, high = (bound[rows].reshape(expected.shape) for bound in (found.low, found.high))
    elif len(members) > 1:
        tail = (1.0 - COVER) / 2.0
        low, high = np.quantile(members, [tail, 1.0 - tail], axis=0)
    return Forecast(
        name=problem.name,
        engine=engine,
        start=problem.start,
        as_of=as_of,
        host_ids=problem.host_ids,
        day=day,
        expected=expected,
        low=low,
        high=high,
        cover=COVER,
        members=members,
        compositions=compositions(problem, *flows) if flows else (),
        options=options,
        seed=seed,
        problem_hash=problem_hash(problem),
        version=__version__,
    )
