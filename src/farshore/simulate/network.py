"""The network as traffic sees it: links with a free-flow time, a saturation flow, places and a wave."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import numpy.typing as npt

from farshore.kernels.roads import storage_and_backward_time

__all__ = ["AUTO", "BUS", "RAIL", "TRUCK", "WALK", "FerryService", "RoadNetwork", "road_network", "uses_mask"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

AUTO, BUS, TRUCK, WALK, RAIL = 1, 2, 4, 8, 16
_MASKS = {"auto": AUTO, "bus": BUS, "truck": TRUCK, "walk": WALK, "rail": RAIL}


@dataclass(frozen=True, slots=True)
class FerryService:
    """Vessels that shuttle over one link, loaded one way.

    link : index of the link, -1: for people on foot only; walk_link : where people on foot wait if not there
    deck_vehicles : places on one deck; seats_persons : 0 is no limit
    trip_s : from casting off to cast off again on the other side; longest_wait_s : sails after so long with
    anybody aboard; every_s : above 0 sails by the clock instead; first_free_s : when each vessel first lies
    at the berth on the near side
    """

    link: int
    deck_vehicles: int
    seats_persons: float
    trip_s: float
    first_free_s: tuple[float, ...]
    longest_wait_s: float = 900.0
    every_s: float = 0.0
    walk_link: int = -1

    @property
    def links(self) -> tuple[int, ...]:
        """The links on which anybody waits for it, cars before people on foot."""
        return tuple(link for link in (self.link, self.walk_link) if link >= 0)


@dataclass(frozen=True, eq=False)
class RoadNetwork:
    """Directed links as arrays, with everything that the loading needs to know of them.

    from_node, to_node : int64[n_links], 0 … n_nodes - 1
    length_m, free_flow_s, backward_s : float64[n_links]
    saturation_veh_s : float64[n_links], all lanes, above 0
    places, most_places : int64[n_links], jam storage in passenger cars, now and with lanes reversed for it
    uses : int64[n_links], sum of AUTO, BUS, TRUCK, WALK, RAIL
    priority : float64[n_links], its claim in a merge; its saturation flow where nobody states one
    drop : float64[n_links], share of the saturation flow lost while a queue stands at its entry
    """

    n_nodes: int
    from_node: Ints
    to_node: Ints
    length_m: Floats
    free_flow_s: Floats
    backward_s: Floats
    saturation_veh_s: Floats
    places: Ints
    most_places: Ints
    uses: Ints
    priority: Floats
    drop: Floats
    ferries: tuple[FerryService, ...] = field(default=())

    @property
    def n_links(self) -> int:
        """How many directed links there are."""
        return len(self.from_node)


@cache
def uses_mask(words: str) -> int:
    """Sum of the flags of words as `auto;bus`."""
    return sum(_MASKS[word] for word in words.split(";") if word)


def road_network(
    from_node: npt.ArrayLike,
    to_node: npt.ArrayLike,
    length_m: npt.ArrayLike,
    speed_mps: npt.ArrayLike,
    saturation_veh_s: npt.ArrayLike,
    *,
    jam_veh_m: npt.ArrayLike = 0.15,
    lanes: npt.ArrayLike = 1.0,
    wave_mps: npt.ArrayLike = 5.0,
    uses: npt.ArrayLike = AUTO | BUS | TRUCK,
    priority: npt.ArrayLike | None = None,
    drop: npt.ArrayLike = 0.0,
    most_lanes: npt.ArrayLike | None = None,
    ferries: Sequence[FerryService] = (),
    n_nodes: int | None = None,
) -> RoadNetwork:
    """A network from physical figures, scalars or float64[n_links] each.

    saturation_veh_s : veh/s, all lanes; jam_veh_m : veh/m in each lane; wave_mps : speed of the backward wave
    most_lanes : lanes at any time, where lanes are reversed
    Raises ValueError if a length, speed, saturation flow, jam density or wave speed is not above 0.
    """
    start = np.asarray(from_node, np.int64)
    end = np.asarray(to_node, np.int64)

    def spread(value: npt.ArrayLike) -> Floats:
        return np.ascontiguousarray(np.broadcast_to(np.asarray(value, np.float64), start.shape))

    length, speed, flow = spread(length_m), spread(speed_mps), spread(saturation_veh_s)
    jam, wave, width = spread(jam_veh_m), spread(wave_mps), spread(lanes)
    for name, values in (
        ("length_m", length),
        ("speed_mps", speed),
        ("saturation_veh_s", flow),
        ("jam_veh_m", jam),
        ("wave_mps", wave),
        ("lanes", width),
    ):
        if bad := np.flatnonzero(~(values > 0)).tolist():
            raise ValueError(f"{name} must be above 0; it is not for links {bad[:10]}")
    places, backward_s = storage_and_backward_time(length, width, jam, wave, flow)
    most = width if most_lanes is None else np.maximum(width, spread(most_lanes))
    most_places, _ = storage_and_backward_time(length, most, jam, wave, flow)
    return RoadNetwork(
        n_nodes=int(max(start.max(initial=-1), end.max(initial=-1))) + 1 if n_nodes is None else n_nodes,
        from_node=start,
        to_node=end,
        length_m=length,
        free_flow_s=length / speed,
        backward_s=backward_s,
        saturation_veh_s=flow,
        places=places,
        most_places=most_places,
        uses=np.ascontiguousarray(np.broadcast_to(np.asarray(uses, np.int64), start.shape)),
        priority=flow if priority is None else spread(priority),
        drop=spread(drop),
        ferries=tuple(ferries),
    )
