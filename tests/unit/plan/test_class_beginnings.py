"""Ways to begin with, and people sent by them: what is left out to save time makes no difference."""

import numpy as np
import pytest
from benchmarks.class_instances import class_city

from farshore.kernels.dispatch import dispatch
from farshore.plan.classes import seeds, solve
from farshore.plan.classes.frame import _summed
from farshore.plan.classes.layers import ALIGHT, BOARD
from farshore.plan.classes.model import ClassProblem, class_problem_of
from farshore.plan.classes.outlook import Outlook
from farshore.plan.classes.patterns import PatternBook
from farshore.plan.classes.pour import rooms_of
from farshore.plan.classes.pricing import Pricer
from farshore.scenario.clock import Ints

ENDS = seeds._ENDS


@pytest.fixture(scope="module")
def crowded() -> ClassProblem:
    """Three times as many people as the crossings carry."""
    return class_problem_of(class_city(100, load=3.0))


def test_who_finds_no_way_would_find_none_if_looked_for(crowded: ClassProblem) -> None:
    """All groups in one go, and each alone beside those before it: the same ways."""
    pricer = Pricer(crowded)
    ways = pricer.ways(np.zeros(len(crowded.layers.resources.capacity), np.int64))
    spreader = solve._spreader(crowded, pricer, ways)
    guide = Outlook(spreader).guide
    who, ready = np.nonzero(crowded.people.newly_ready)
    order = np.random.default_rng(0).permutation(len(who))[:600]
    who, ready = who[order], ready[order]
    people = crowded.people.newly_ready[who, ready]
    fixed = (1.0, 1.0, 1e-4, 1e-5)  # filling, opening, slack and grain

    def unknown() -> Ints:
        return np.full(len(crowded.people.people), crowded.timing.n_steps)

    at_once = dispatch(who, people, ready, guide, rooms_of(crowded, spreader.patterns), *fixed, unknown())
    rooms = rooms_of(crowded, spreader.patterns)
    alone = [
        dispatch(who[g : g + 1], people[g : g + 1], ready[g : g + 1], guide, rooms, *fixed, unknown())
        for g in range(len(who))
    ]
    numbers = np.repeat(np.arange(len(who)), [len(each[0]) for each in alone])
    assert at_once[1].sum() < people.sum()  # many find none
    np.testing.assert_array_equal(at_once[0], numbers)
    for part, column in enumerate(at_once[1:], 1):
        np.testing.assert_array_equal(column, np.concatenate([each[part] for each in alone]))


def test_seeds_go_to_the_nearest_ends(crowded: ClassProblem, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one end a start has one ride to a host and one elsewhere; those are among what more ends give."""

    def stretches(ends: int) -> set[tuple[int, ...]]:
        monkeypatch.setattr(seeds, "_ENDS", ends)
        book = PatternBook(crowded.layers)
        seeds.seed(crowded, book)
        return set(book._stretches)

    few, many, all_of_them = stretches(1), stretches(2), stretches(10_000)
    assert few < many < all_of_them == stretches(ENDS)
    layers = crowded.layers
    rides = [arcs for arcs in few if layers.kind[arcs[0]] == BOARD]
    kinds = {(arcs[0], bool(np.isin(layers.head[arcs[-1]], layers.foot_host))) for arcs in rides}
    assert all(layers.kind[arcs[-1]] == ALIGHT for arcs in rides)
    assert len(rides) == len(kinds)


def test_uses_of_one_stretch_family_and_step_are_added_up() -> None:
    """As a dictionary adds them, sorted; steps before entering are below 0."""
    chance = np.random.default_rng(3)
    keys = [chance.integers(0, 5, 200), chance.integers(0, 4, 200), chance.integers(-3, 4, 200)]
    amount = chance.integers(1, 9, 200).astype(np.float64)
    known: dict[tuple[int, ...], float] = {}
    for *key, each in zip(*keys, amount, strict=True):
        known[tuple(map(int, key))] = known.get(tuple(map(int, key)), 0.0) + each
    found = _summed(*keys, amount)
    rows = list(zip(found.stretch.tolist(), found.family.tolist(), found.offset.tolist(), strict=True))
    assert rows == sorted(known)
    assert found.amount.tolist() == [known[row] for row in rows]
    assert len(_summed(*(np.zeros((4, 0), np.int64)[:3]), np.zeros(0)).stretch) == 0
