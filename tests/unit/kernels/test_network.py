"""Building a network over time: what is refused, what is dropped, what each step's capacity is."""

from typing import Any

import numpy as np
import pytest

from farshore.kernels.bits import get_bit
from farshore.kernels.earliest_arrival import earliest_arrival, releases_of
from farshore.kernels.network import UNLIMITED, Network, build_network, capacities, open_words


def network(**changes: Any) -> Network:
    """Three nodes in a row, the last a sink; the second link shut in step 1; waiting at node 0."""
    given = {
        "n_nodes": 3,
        "n_steps": 70,
        "tail": [0, 1],
        "head": [1, 2],
        "transit_steps": [1, 2],
        "capacity_persons": [3, 0],
        "profile": [-1, 0],
        "profile_persons": [[4 * (k != 1) for k in range(70)]],
        "sinks": [2],
        "storage_persons": [UNLIMITED, 0, 0],
    }
    return build_network(**(given | changes))


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"tail": [0]}, "differ in length"),
        ({"tail": [0, 3]}, "tail names nodes"),
        ({"head": [-1, 2]}, "head names nodes"),
        ({"transit_steps": [1, -2]}, "transit_steps has negative"),
        ({"profile": [-1, 1]}, "rows that do not exist"),
        ({"profile_persons": [[1, 2]]}, "profile_persons has shape"),
        ({"profile_persons": [[-1] * 70]}, "profile_persons has negative"),
        ({"storage_persons": [0]}, "storage_persons has shape"),
    ],
)
def test_what_does_not_fit_is_refused(changes: dict[str, Any], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        network(**changes)


def test_capacity_is_constant_or_the_profiles() -> None:
    built = network()
    assert capacities(built, [0, 0, 1, 1], [0, 1, 0, 1]).tolist() == [3, 3, 4, 0]


def test_steps_are_open_where_there_is_capacity_and_an_end_in_time() -> None:
    built = network()
    words = open_words(built)
    first = [k for k in range(70) if get_bit(words, 0, k)]
    second = [k for k in range(70) if get_bit(words, 1, k)]
    waits = [k for k in range(70) if get_bit(words, built.wait_link[0], k)]
    assert first == list(range(69))
    assert second == [0, *range(2, 68)]
    assert waits == list(range(69))


def test_links_that_leave_a_sink_are_dropped() -> None:
    built = network(
        tail=[0, 1, 2], head=[1, 2, 0], transit_steps=[1, 2, 1], capacity_persons=[3, 4, 9], profile=None
    )
    assert built.n_roads == 2
    assert sorted(built.given_link.tolist()) == [-1, 0, 1]


def test_releases_outside_the_network_are_refused() -> None:
    with pytest.raises(ValueError, match="outside"):
        earliest_arrival(network(), releases_of([0], [70], [1]))
    with pytest.raises(ValueError, match="at a sink"):
        earliest_arrival(network(), releases_of([2], [0], [1]))
    with pytest.raises(ValueError, match="of one length"):
        releases_of([0, 1], [0], [1])


def test_the_same_problem_gives_the_same_flow() -> None:
    releases = releases_of([0, 1], [0, 5], [50, 3])
    one, two = (earliest_arrival(network(), releases).flow for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
