"""Ways taken from labels, and what each uses of everything that there is only so much of."""

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["traced", "used"]

Ints = npt.NDArray[np.int64]
Small = npt.NDArray[np.int32]


@njit(cache=True)
def traced(
    start: Ints,
    step: Ints,
    head: Ints,
    comes_from: Ints,
    steps: Ints,
    choice_1: Small,
    choice_2: Small,
    toward_1: Small,
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """The cheapest ways from some nodes in some steps.

    returns : first int64[n_ways + 1]; arc, entered int64[n_used]: way w enters `arc[first[w]:first[w + 1]]` in
        those steps; host, arrives int64[n_ways], −1 where no way leads on
    """
    n_ways = len(start)
    n_steps, n_nodes = choice_1.shape
    longest = n_steps + 4 * n_nodes
    first = np.zeros(n_ways + 1, np.int64)
    host, arrives = np.full(n_ways, -1, np.int64), np.full(n_ways, -1, np.int64)
    arc, entered = np.empty(1024, np.int64), np.empty(1024, np.int64)
    n = 0
    for way in range(n_ways):
        node, k, came, on_way = start[way], step[way], -1, 0
        while on_way < longest:
            choice = choice_2[k, node] if on_way > 0 and toward_1[k, node] == came else choice_1[k, node]
            if choice == -1:
                break
            if choice < 0:
                host[way], arrives[way] = -2 - choice, k
                break
            if n == len(arc):
                arc, entered = (
                    np.append(arc, np.empty(n, np.int64)),
                    np.append(entered, np.empty(n, np.int64)),
                )
            arc[n], entered[n] = choice, k
            n += 1
            on_way += 1
            came, k, node = comes_from[choice], k + steps[choice], head[choice]
        first[way + 1] = n
    return first, arc[:n].copy(), entered[:n].copy(), host, arrives


@njit(cache=True)
def used(
    first: Ints,
    arc: Ints,
    entered: Ints,
    host: Ints,
    arrives: Ints,
    seats: Ints,
    use_first: Ints,
    use_base: Ints,
    use_offset: Ints,
    use_unit: npt.NDArray[np.float64],
    use_seats: npt.NDArray[np.bool_],
    n_steps: int,
    intake: int,
    beds: int,
) -> tuple[Ints, Ints, npt.NDArray[np.float64]]:
    """What each way uses.

    first, arc, entered, host, arrives : ways as from `traced`; seats : int64[n_used], taken on that arc
    use_* : as in the planner's layers; intake, beds : where these resources begin
    returns : way, resource int64[n]; amount float64[n], each pair once
    """
    total = 2 * len(host)
    for i in range(len(arc)):
        total += use_first[arc[i] + 1] - use_first[arc[i]]
    way, resource, amount = np.empty(total, np.int64), np.empty(total, np.int64), np.empty(total, np.float64)
    n = 0
    for w in range(len(host)):
        begin = n
        for i in range(first[w], first[w + 1]):
            for j in range(use_first[arc[i]], use_first[arc[i] + 1]):
                way[n] = w
                resource[n] = use_base[j] + entered[i] + use_offset[j]
                amount[n] = use_unit[j] * (seats[i] if use_seats[j] else 1)
                n += 1
        way[n], resource[n], amount[n] = w, intake + host[w] * n_steps + arrives[w], 1.0
        way[n + 1], resource[n + 1], amount[n + 1] = w, beds + host[w], 1.0
        n += 2
        order = np.argsort(resource[begin:n])
        sorted_resource, sorted_amount = resource[begin:n][order], amount[begin:n][order]
        n = begin
        for i in range(len(order)):
            if i > 0 and sorted_resource[i] == sorted_resource[i - 1]:
                amount[n - 1] += sorted_amount[i]
                continue
            resource[n], amount[n] = sorted_resource[i], sorted_amount[i]
            n += 1
    return way[:n].copy(), resource[:n].copy(), amount[:n].copy()
