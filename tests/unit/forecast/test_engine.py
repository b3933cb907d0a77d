from dataclasses import replace

import numpy as np
import pytest

from farshore.errors import UsageFault
from farshore.forecast import FleeRules, forecast
from farshore.forecast.choice import CENTRAL, chosen_shares
from farshore.forecast.network import host_network
from farshore.scenario import Closure, Demographic
from tests.displacements import displacement


def test_the_same_seed_gives_the_same_bytes_and_another_does_not() -> None:
    problem = displacement()
    first, again, other = (forecast(problem, members=20, seed=s) for s in (1, 1, 2))
    assert first.members.tobytes() == again.members.tobytes()
    assert first.expected.tobytes() == again.expected.tobytes()
    assert first.members.tobytes() != other.members.tobytes()


def test_members_hold_exactly_the_people_while_the_total_rises() -> None:
    made = forecast(displacement(), members=30, seed=0)
    daily = made.expected.sum(axis=1)
    assert np.all(made.members.sum(axis=2) == np.rint(daily)[None, :])


def test_members_scatter_around_the_mean() -> None:
    made = forecast(displacement(), members=400, seed=0)
    apart = np.abs(made.members[:, -1].mean(axis=0) - made.expected[-1])
    assert np.all(apart < 0.1 * made.expected[-1].sum())
    assert np.all(made.low <= made.high)


def test_nearer_hosts_get_more_without_capacity() -> None:
    problem = displacement().without_capacity()
    shares = chosen_shares(problem, host_network(problem), CENTRAL)[50]
    assert shares[0] > shares[1] > 0
    assert shares.sum() == pytest.approx(1.0)


def test_capacity_turns_the_order() -> None:
    told = forecast(displacement(capacity=(100.0, 5000.0)), members=0, seed=0).expected[-1]
    assert told[1] > told[0]


@pytest.mark.parametrize(
    "closure",
    [
        Closure("location", "Near", "", 50, 100),
        Closure("country", "Home", "Neighbour", 50, 100),
        Closure("link", "Town", "Near", 50, 100),
        Closure("link", "Near", "Town", 50, 100),
        Closure("camp", "Near", "", 50, 100),
        Closure("idpcamp", "Near", "", 50, 100),
    ],
)
def test_every_closure_shuts_and_opens_on_its_days(closure: Closure) -> None:
    problem = displacement(closures=(closure,))
    shares = chosen_shares(problem, host_network(problem), CENTRAL)
    assert np.all(shares[:50, 0] > 0)
    assert np.all(shares[50:100, 0] == 0)
    assert np.all(shares[100:, 0] > 0)


def test_a_closure_that_ends_before_it_starts_stays() -> None:
    problem = displacement(closures=(Closure("camp", "Near", "", 50, 0),))
    shares = chosen_shares(problem, host_network(problem), CENTRAL)
    assert np.all(shares[50:, 0] == 0)


def test_ties_draw_people() -> None:
    problem = displacement().without_capacity()
    network = host_network(problem)
    plain = chosen_shares(problem, network, CENTRAL)[10, 1]
    family = np.ones((problem.n_places, 2))
    family[:, 1] = 5.0
    tied = replace(problem, ties=family)
    assert chosen_shares(tied, network, CENTRAL)[10, 1] > plain
    here, there = (forecast(p, members=0, seed=0).expected[-1, 1] for p in (problem, tied))
    assert there > here


def test_demographics_are_carried_to_the_hosts() -> None:
    age = Demographic("age", ("young", "old"), {"Default": (1.0, 1.0), "City": (3.0, 1.0)})
    made = forecast(replace(displacement(), demographics=(age,)), members=0, seed=0)
    assert made.compositions[0].share == pytest.approx(np.array([[0.75, 0.25], [0.75, 0.25]]))


def test_a_real_forecast_follows_a_steady_trend() -> None:
    made = forecast(displacement(), members=50, seed=3, as_of=150, horizon_days=30)
    truth = np.array([5.0, 15.0]) * (150 + 30)
    assert np.all(made.expected[-1] > np.array([5.0, 15.0]) * 150)
    assert np.all(np.abs(made.expected[-1] - truth) < 0.1 * truth)
    assert np.all((made.low <= made.expected + 1e-9) & (made.expected <= made.high + 1e-9))


def test_capacity_never_enters_a_real_forecast() -> None:
    with_it = forecast(displacement(), members=0, seed=0, as_of=120)
    without = forecast(displacement().without_capacity(), members=0, seed=0, as_of=120)
    assert with_it.expected.tobytes() == without.expected.tobytes()


def test_the_flee_engine_keeps_people_whole() -> None:
    made = forecast(displacement(), members=0, seed=0, engine="flee", rules=FleeRules(camp_movechance=0.0))
    assert np.all(np.diff(made.expected.sum(axis=1)) > -1e-6)
    assert made.expected[-1].sum() <= 20 * 190 + 1


def test_flee_people_fill_a_camp_and_then_another() -> None:
    """At nine tenths of its (scaled) capacity a camp begins to turn people away."""
    rules = FleeRules(capacity_scaling=1.0, camp_movechance=0.0)
    small = displacement(capacity=(100.0, 1e6))
    made = forecast(small, members=0, seed=0, engine="flee", rules=rules).expected[-1]
    assert made[0] < 130
    assert made[1] > 1000


@pytest.mark.parametrize("awareness", [1, 2, 3])
def test_flee_awareness_looks_further(awareness: int) -> None:
    rules = FleeRules(awareness_level=awareness, start_on_foot=True)
    made = forecast(displacement(), members=0, seed=0, engine="flee", rules=rules).expected
    assert np.isfinite(made).all()
    assert made[-1].sum() > 1000


@pytest.mark.parametrize(
    "options",
    [
        {"engine": "other"},
        {"members": -1},
        {"as_of": 500},
        {"horizon_days": 0},
        {"engine": "flee", "members": 5},
        {"engine": "flee", "as_of": 50},
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict) -> None:
    with pytest.raises(UsageFault):
        forecast(displacement(), **({"members": 0, "seed": 0} | options))
