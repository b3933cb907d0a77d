"""A capacity-constrained route planner: who can arrive soonest reserves the way, and nobody gives one back.

Planners of this kind are quick and feasible, and nothing says how far from the best they are: near it behind
a single bottleneck, and well off it where ways compete. It is here to be compared with, and to complete a
plan that was stopped.

Lu, Q., George, B., Shekhar, S. (2005), Capacity constrained routing algorithms for evacuation planning. SSTD.
"""

from farshore.kernels.earliest_arrival import EarliestArrival, Releases, earliest_arrival
from farshore.kernels.network import Network

__all__ = ["capacity_constrained_routes"]


def capacity_constrained_routes(network: Network, releases: Releases) -> EarliestArrival:
    """The flow of the planner CCRP: of all waiting people those who can arrive first, by a way with room.

    CCRP asks anew for the earliest of all arrivals after each reservation. Looking at the steps in turn, and
    in each sending all who can still arrive, reserves ways in the same order of arrival. Ties go to the
    farthest. Nothing is proven of the result: `proven_steps` is 0.
    """
    return earliest_arrival(network, releases, reroute=False)
