"""The Farshore engine's rates, and what they make of a network: who chooses which host, and who settles."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.forecast.countries import country_people
from farshore.forecast.network import HostNetwork
from farshore.kernels.markov import host_shares, settle
from farshore.scenario.displacement import Displacement

__all__ = ["CENTRAL", "Rates", "chosen_shares", "settled", "source_flows"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rates:
    """One set of rates of the destination choice. All are pure numbers but where a unit is named.

    distance_power, softening_km : worth falls as (km + softening_km) ** -distance_power
    people_power : how strongly departures grow with the people of a conflict place
    fading_days : e-folding time of departures after a conflict breaks out
    country_power : the hosts of one country share its worth: each counts n_hosts ** -country_power
    mass_power : worth grows with the population of the host's country
    tie : share of newcomers who follow those before them
    capacity_power, room_power : worth grows with a host's capacity, and with what is still free of it
    """

    distance_power: float
    softening_km: float
    people_power: float
    fading_days: float
    country_power: float
    mass_power: float
    tie: float
    capacity_power: float = 0.0
    room_power: float = 0.0


# The middle of every range of `fit.draw_rates`, fitted to nothing: what trend forecasts ask of the network.
CENTRAL: Final = Rates(
    distance_power=1.0,
    softening_km=50.0,
    people_power=0.5,
    fading_days=120.0,
    country_power=0.5,
    mass_power=0.3,
    tie=0.5,
)


def chosen_shares(problem: Displacement, network: HostNetwork, rates: Rates) -> Floats:
    """float64[n_days, n_hosts]: the share of each day's newly displaced that chooses each host.

    Ties are those that the problem holds. A capacity or a country that nobody told counts as the average
    of those told.
    """
    attraction = _attraction(problem, network, rates)
    return np.asarray(host_shares(attraction, network.epoch, _departing(network, rates)))


def source_flows(problem: Displacement, network: HostNetwork, rates: Rates, people: Floats) -> Floats:
    """float64[n_sources, n_hosts]: expected newcomers from each conflict place in each host.

    people : float64[n], totals of the first n days
    """
    n = min(len(people), problem.n_days)
    more = np.diff(people[:n], prepend=0.0).clip(0.0)
    departing = _departing(network, rates)[:n]
    total = departing.sum(axis=1, keepdims=True)
    left = more[:, None] * departing / np.where(total > 0, total, 1.0)
    attraction = _attraction(problem, network, rates)
    worth = attraction.sum(axis=2, keepdims=True)
    share = attraction / np.where(worth > 0, worth, 1.0)
    flows = np.zeros(share.shape[1:])
    for epoch in range(len(share)):
        flows += left[network.epoch[:n] == epoch].sum(axis=0)[:, None] * share[epoch]
    return np.asarray(flows)


def settled(problem: Displacement, chosen: Floats, people: Floats, initial: Floats, rates: Rates) -> Floats:
    """float64[n_days, n_hosts]: expected people in each host, given the total of each day."""
    capacity = np.nan_to_num(problem.capacity_persons[problem.hosts])
    return np.asarray(settle(chosen, people, initial, rates.tie, rates.room_power, capacity))


def _attraction(problem: Displacement, network: HostNetwork, rates: Rates) -> Floats:
    reached = np.isfinite(network.distance_km)
    km = np.where(reached, network.distance_km, 0.0)
    softened = (km + rates.softening_km) ** -rates.distance_power
    worth = np.where(reached, _host_worth(problem, rates) * softened, 0.0)
    return np.asarray(worth if problem.ties is None else worth * problem.ties[network.sources])


def _departing(network: HostNetwork, rates: Rates) -> Floats:
    fading = np.exp(-network.age_days / rates.fading_days)
    return np.asarray(np.maximum(network.people, 1.0) ** rates.people_power * network.intensity * fading)


def _host_worth(problem: Displacement, rates: Rates) -> Floats:
    hosts = problem.hosts
    country = problem.country[hosts]
    siblings = np.array([np.sum(country == name) for name in country], dtype=float)
    worth = siblings**-rates.country_power
    for power, size in (
        (rates.mass_power, country_people(tuple(country))),
        (rates.capacity_power, problem.capacity_persons[hosts]),
    ):
        told = np.isfinite(size) & (size > 0)
        if power > 0 and told.any():
            typical = float(np.exp(np.log(size[told]).mean()))
            worth = worth * (np.where(told, size, typical) / typical) ** power
    return np.asarray(worth)
