"""Members of an ensemble: rates drawn by their weight, then whole people drawn day by day."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from farshore.forecast.choice import Rates
from farshore.kernels.markov import settle_many
from farshore.scenario.displacement import Displacement

__all__ = ["sample_members"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def sample_members(
    problem: Displacement,
    rates: Sequence[Rates],
    weight: Floats,
    chosen: Floats,
    people: Floats,
    initial: Floats,
    members: int,
    seed: int,
) -> Ints:
    """int64[members, n_days, n_hosts]: equally likely outcomes of a hindcast.

    chosen : float64[n_rates, n_days, n_hosts]; weight : float64[n_rates], summing to 1
    Newcomers of a day divide by a multinomial; when the total falls, everybody leaves with the same chance.
    Memory is one whole number a member, day and host.
    """
    n_days, n_hosts = chosen.shape[1:]
    out = np.zeros((members, n_days, n_hosts), np.int64)
    if not members:
        return out
    choice, moves = np.random.SeedSequence(seed).spawn(2)
    which = np.random.default_rng(choice).choice(len(rates), size=members, p=weight)
    rng = np.random.default_rng(moves)
    tie = np.array([r.tie for r in rates])[which]
    room = np.array([r.room_power for r in rates])[which]
    capacity = np.nan_to_num(problem.capacity_persons[problem.hosts])
    here = np.tile(np.rint(initial).astype(np.int64), (members, 1))
    out[:, 0] = here
    shares = np.zeros((members, n_hosts))
    for day in range(1, n_days):
        more = round(people[day]) - round(people[day - 1])
        if more > 0:
            settle_many(here, chosen[:, day], which, tie, room, capacity, shares)
            here = here + rng.multinomial(more, shares)
        elif more < 0:
            stays = max(people[day], 0.0) / max(people[day - 1], 1.0)
            here = rng.binomial(here, stays)
        out[:, day] = here
    return out
