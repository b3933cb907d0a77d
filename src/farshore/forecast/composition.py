"""Who is expected where: attributes of people carried from where they fled to where they arrive."""

import numpy as np
import numpy.typing as npt

from farshore.forecast.choice import CENTRAL, source_flows
from farshore.forecast.network import HostNetwork
from farshore.results.forecast import Composition
from farshore.scenario.displacement import Displacement

__all__ = ["compositions"]

Floats = npt.NDArray[np.float64]
DEFAULT = "Default"


def compositions(problem: Displacement, network: HostNetwork, people: Floats) -> tuple[Composition, ...]:
    """Expected shares of each attribute's values in each host, from the demographics of where people fled.

    people : float64[n], totals of the days to count; flows run by the central rates
    """
    if not problem.demographics:
        return ()
    flows = source_flows(problem, network, CENTRAL, people)
    arrived = np.maximum(flows.sum(axis=0), 1e-12)
    found = []
    for demographic in problem.demographics:
        table = demographic.weights
        usual = table.get(DEFAULT) or next(iter(table.values()))
        rows = np.array([table.get(name, usual) for name in problem.place_id[network.sources]])
        rows = rows / rows.sum(axis=1, keepdims=True)
        share = (flows.T @ rows) / arrived[:, None]
        found.append(Composition(demographic.attribute, demographic.values, share))
    return tuple(found)
