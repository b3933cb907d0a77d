"""Markov flow of displaced people from where they flee to the hosts that they can reach, day by day."""

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["host_shares", "settle", "settle_many", "settle_one"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

KEEPS_A_LITTLE = 0.02  # nearly full hosts still take a few: capacities are never hard limits


@njit(cache=True)
def host_shares(attraction: Floats, epoch: Ints, weight: Floats) -> Floats:
    """Share of each day's newly displaced people that chooses each host.

    attraction : float64[n_epochs, n_sources, n_hosts], worth of a host to people of a source, 0 if shut
    epoch : int64[n_days], which set of open roads holds; weight : float64[n_days, n_sources]
    returns : float64[n_days, n_hosts]; rows sum to 1, or to 0 where every host is shut. Where nobody
    flees, open hosts share alike.

    Luce, R. D. (1959), Individual choice behavior: chances in proportion to worth.
    """
    n_days, n_sources = weight.shape
    n_hosts = attraction.shape[2]
    shares = np.zeros((n_days, n_hosts))
    for day in range(n_days):
        e = epoch[day]
        total = 0.0
        for source in range(n_sources):
            if weight[day, source] <= 0.0:
                continue
            worth = 0.0
            for host in range(n_hosts):
                worth += attraction[e, source, host]
            if worth <= 0.0:
                continue
            total += weight[day, source]
            for host in range(n_hosts):
                shares[day, host] += weight[day, source] * attraction[e, source, host] / worth
        if total > 0.0:
            for host in range(n_hosts):
                shares[day, host] /= total
            continue
        n_open = 0
        for host in range(n_hosts):
            for source in range(n_sources):
                if attraction[e, source, host] > 0.0:
                    shares[day, host] = 1.0
                    n_open += 1
                    break
        for host in range(n_hosts):
            shares[day, host] /= max(n_open, 1)
    return shares


@njit(cache=True)
def settle_one(
    here: Floats, chosen: Floats, tie: float, room: float, capacity: Floats, shares: Floats
) -> None:
    """Writes into `shares` how one day's newcomers divide, given who is there already.

    here, chosen, capacity, shares : float64[n_hosts]; `chosen` is a row of `host_shares`
    tie : share of newcomers who follow those before them; room : how strongly people avoid full hosts
    """
    n_hosts = len(here)
    before = 0.0
    for host in range(n_hosts):
        if chosen[host] > 0.0:
            before += here[host]
    total = 0.0
    for host in range(n_hosts):
        part = chosen[host]
        if before > 0.0 and part > 0.0:
            part = (1.0 - tie) * part + tie * here[host] / before
        if room > 0.0 and capacity[host] > 0.0:
            part *= max(1.0 - here[host] / capacity[host], KEEPS_A_LITTLE) ** room
        shares[host] = part
        total += part
    for host in range(n_hosts):
        shares[host] = shares[host] / total if total > 0.0 else 1.0 / n_hosts


@njit(cache=True)
def settle(
    chosen: Floats, people: Floats, initial: Floats, tie: float, room: float, capacity: Floats
) -> Floats:
    """Expected people in each host on each day, given how many there are in all.

    chosen : float64[n_days, n_hosts]; people : float64[n_days]; initial, capacity : float64[n_hosts]
    returns : float64[n_days, n_hosts]; a falling total takes from every host alike.
    """
    n_days, n_hosts = chosen.shape
    here = np.zeros((n_days, n_hosts))
    shares = np.zeros(n_hosts)
    here[0] = initial
    for day in range(1, n_days):
        more = people[day] - people[day - 1]
        if more >= 0.0:
            settle_one(here[day - 1], chosen[day], tie, room, capacity, shares)
            for host in range(n_hosts):
                here[day, host] = here[day - 1, host] + more * shares[host]
        else:
            left = people[day] / max(people[day - 1], 1.0)
            for host in range(n_hosts):
                here[day, host] = here[day - 1, host] * left
    return here


@njit(cache=True)
def settle_many(
    here: Ints,
    chosen: Floats,
    which: Ints,
    tie: Floats,
    room: Floats,
    capacity: Floats,
    shares: Floats,
) -> None:
    """`settle_one` for every member of an ensemble; writes rows of `shares` that sum to 1.

    here : int64[n_members, n_hosts]; chosen : float64[n_rates, n_hosts]; which : int64[n_members]
    tie, room : float64[n_members]; capacity : float64[n_hosts]; shares : float64[n_members, n_hosts]
    """
    for member in range(len(which)):
        settle_one(here[member], chosen[which[member]], tie[member], room[member], capacity, shares[member])
        total = 0.0
        for host in range(shares.shape[1]):
            total += shares[member, host]
        for host in range(shares.shape[1]):
            shares[member, host] /= total
