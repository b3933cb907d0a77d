"""Households made up: every total met, an adult for every child, the same seed the same households."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farshore.plan.families import households_of
from farshore.plan.families.synthesis import share_by_size, sizes_of, with_children
from tests.builders import scenario

SHARES = np.array([0.243, 0.269, 0.248, 0.159, 0.081])


def town(**more):
    given_ = {
        "links": ["a n1 n2"],
        "zones": ["z n1 persons=500 share_under_18=0.21 share_over_65=0.17 share_needing_assistance=0.08"],
        "hosts": ["h n2 beds=1000"],
    }
    return scenario(**(given_ | more))


def made(of, seed=0):
    return households_of(of, np.array(of.zones.persons, np.int64), seed=seed)


@settings(deadline=None)
@given(st.integers(0, 20_000))
def test_sizes_add_up_to_the_people_and_follow_the_shares(persons):
    counts = sizes_of(persons, SHARES)
    assert (counts >= 0).all()
    assert int((counts * np.arange(1, 6)).sum()) == persons
    exact = persons * SHARES / float((SHARES * np.arange(1, 6)).sum())
    assert (np.abs(counts - exact) < 4).all()  # what is left over is fewer persons than two large households


@settings(deadline=None)
@given(st.integers(1, 3_000), st.floats(0, 1))
def test_children_add_up_and_each_has_an_adult(persons, share):
    sizes = sizes_of(persons, SHARES)
    children = int((persons - sizes.sum()) * share)
    table = with_children(sizes, children)
    assert int((table * np.arange(5)).sum()) == children
    assert table.sum(axis=1)[1:].tolist() == sizes.tolist()
    assert table[np.triu_indices(6, m=5)].sum() == 0  # never as many children as members


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 700),
    st.floats(0, 0.6),
    st.floats(0, 0.4),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(1, 8),
    st.integers(0, 9),
)
def test_every_total_is_met(persons, young, old, needing, car, mean, seed):
    of = town(
        zones=[
            f"z n1 persons={persons} share_under_18={young} share_over_65={old} "
            f"share_needing_assistance={needing} share_with_car={car}"
        ],
        parameters={"mean_household_size": mean},
    )
    households = made(of, seed)
    assert households.size.sum() == persons
    wanted = int(persons * young + 0.5)
    assert households.children.sum() == min(wanted, persons - len(households))
    assert bool(households.notes) == (wanted > persons - len(households))
    assert households.over_65.sum() == min(int(persons * old + 0.5), persons - households.children.sum())
    assert households.needing_assistance.sum() == int(persons * needing + 0.5)
    assert (households.children < households.size).all()
    assert (households.over_65 + households.children <= households.size).all()
    assert (households.needing_assistance <= households.size).all()
    spare = int(persons * car + 0.5) - int(households.size[households.with_car == 1].sum())
    assert spare >= 0
    assert not (households.size[households.with_car == 0] <= spare).any()


def test_the_mean_size_is_the_parameters():
    households = made(town(zones=["z n1 persons=100000"], parameters={"mean_household_size": 2.6}))
    assert households.size.mean() == pytest.approx(2.6, abs=0.01)
    assert (households.size == 1).mean() == pytest.approx(np.exp(-1.6), abs=0.001)  # Poisson, Jarosz 2021


def test_a_table_of_sizes_counts_before_the_parameter_and_a_zones_own_rows_before_all():
    of = town(
        zones=["z n1 persons=600", "y n2 persons=600"],
        household_sizes=["2 share=1", "1 share=0.5 zone_id=y", "3 share=0.5 zone_id=y"],
    )
    households = made(of)
    assert set(households.size[households.zone == 0].tolist()) == {2}
    counts = np.bincount(households.size[households.zone == 1], minlength=4)
    assert counts.tolist() == [0, 150, 0, 150]
    assert share_by_size(of, "y").tolist()[:4] == [0.5, 0, 0.5, 0]


def test_a_seed_gives_the_same_households_and_another_others():
    of = town()
    one, same, other = made(of, 1), made(of, 1), made(of, 2)
    assert np.array_equal(one.size, same.size)
    assert np.array_equal(one.needing_assistance, same.needing_assistance)
    assert not np.array_equal(one.size, other.size)


def test_children_for_whom_there_is_no_adult_are_counted_and_told():
    households = made(town(zones=["z n1 persons=100 share_under_18=0.9"]))
    assert households.children.sum() == 100 - len(households)
    assert households.notes[0].startswith(f"z: {90 - (100 - len(households))} of 90 under 18")
