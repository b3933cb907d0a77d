"""Hypothesis strategies for small networks over time."""

from hypothesis import strategies as st

from farshore.kernels.earliest_arrival import Releases, releases_of
from farshore.kernels.network import UNLIMITED, Network, build_network

__all__ = ["Problem", "small_networks"]

Problem = tuple[Network, Releases]


@st.composite
def small_networks(draw: st.DrawFn, *, limited_sinks: bool = False, varying: bool = True) -> Problem:
    """Up to 7 nodes and 14 links: zero-step links, closures, storage of every kind, several sinks.

    Horizons go past 64 steps now and then, where a word of steps ends.
    """
    n_nodes = draw(st.integers(2, 7))
    n_steps = draw(st.sampled_from((3, 7, 12, 12, 66, 131)))
    n_sinks = draw(st.integers(1, min(3, n_nodes - 1)))
    n_links = draw(st.integers(1, 14))
    node = st.integers(0, n_nodes - 1)
    tail = draw(st.lists(node, min_size=n_links, max_size=n_links))
    head = draw(st.lists(node, min_size=n_links, max_size=n_links))
    long = st.sampled_from((0, 0, 1, 1, 1, 2, 3, n_steps // 2, 63, 64, 65))
    profiles = []
    for _ in range(draw(st.integers(0, 3)) if varying else 0):
        if n_steps <= 12:
            profiles.append(draw(st.lists(st.integers(0, 3), min_size=n_steps, max_size=n_steps)))
        else:  # open only in windows, so that flow meets the ends of words
            opens, shuts = sorted(draw(st.tuples(*[st.integers(0, n_steps)] * 2)))
            profiles.append([draw(st.integers(1, 3)) if opens <= k < shuts else 0 for k in range(n_steps)])
    storage = st.sampled_from((0, 0, 1, 2, UNLIMITED))
    limits = draw(st.lists(st.integers(0, 6), min_size=n_sinks, max_size=n_sinks)) if limited_sinks else None
    network = build_network(
        n_nodes=n_nodes,
        n_steps=n_steps,
        tail=tail,
        head=head,
        transit_steps=draw(st.lists(long, min_size=n_links, max_size=n_links)),
        capacity_persons=draw(st.lists(st.integers(0, 4), min_size=n_links, max_size=n_links)),
        sinks=list(range(n_sinks)),
        sink_limit_persons=limits,
        storage_persons=draw(st.lists(storage, min_size=n_nodes, max_size=n_nodes)),
        profile=draw(st.lists(st.integers(-1, len(profiles) - 1), min_size=n_links, max_size=n_links)),
        profile_persons=profiles or None,
    )
    late = st.one_of(st.just(0), st.integers(0, n_steps - 1))
    home = st.tuples(st.integers(n_sinks, n_nodes - 1), late, st.integers(0, 5))
    people = draw(st.lists(home, min_size=1, max_size=5))
    return network, releases_of(*zip(*people, strict=True))
