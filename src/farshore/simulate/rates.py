"""Hours waited and travelled, and both times the rates of their places, worked out from moments alone."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from farshore.scenario.scenario import Scenario
from farshore.scenario.table import NO_TIME
from farshore.simulate.demand import Demand
from farshore.simulate.ground import Ground
from farshore.simulate.loader import Loaded
from farshore.simulate.observe import Moves
from farshore.simulate.varied import ready_by_share_s

__all__ = ["Hours", "Rates", "hours_of"]

Floats = npt.NDArray[np.float64]

_LAST = (np.arange(32) + 0.5) / 32  # places along the last to be ready


@dataclass(frozen=True, slots=True)
class Hours:
    """Person-hours: from being due to being on the road, on the way, and both times the rates of places."""

    waiting: float
    travel: float
    exposure: float


def hours_of(scenario: Scenario, ground: Ground, demand: Demand, moves: Moves, loaded: Loaded) -> Hours:
    """Hours of everybody who was due by the end.

    Waiting is exact: a rate that changes in steps, summed along a line, is read off at both ends of a wait.
    On the road, rates are taken at the middle of the intervals between observations.
    """
    rates = Rates(scenario)
    end_s = loaded.until_s
    due = np.minimum(moves.due_s, end_s)
    gone = np.where(np.isnan(moves.left_s), end_s, np.minimum(moves.left_s, end_s))
    gone = np.maximum(gone, due)
    waiting_s = float((moves.persons * (gone - due)).sum())
    exposed_s = 0.0
    unplanned = demand.unplanned
    order = np.argsort(moves.zone, kind="stable")
    first = np.searchsorted(moves.zone[order], np.arange(len(scenario.zones) + 1))
    for zone, code in enumerate(scenario.zones.zone_id):
        mine = order[first[zone] : first[zone + 1]]
        times, summed = rates.summed((str(code),), end_s)
        at = np.interp(gone[mine], times, summed) - np.interp(due[mine], times, summed)
        exposed_s += float((moves.persons[mine] * at).sum())
        if unplanned[zone]:  # they wait at home, the last to be ready, from then to the end
            share = unplanned[zone] / demand.people[zone]
            curve, factor = str(scenario.zones.ready_curve[zone]), scenario.parameter("readiness_factor")
            ready = np.minimum(ready_by_share_s(curve, 1 - share * _LAST, factor), end_s)
            waiting_s += float(unplanned[zone] * (end_s - ready).mean())
            exposed_s += float(unplanned[zone] * (summed[-1] - np.interp(ready, times, summed)).mean())
    t = loaded.sample_s
    middle = (t[1:] + t[:-1]) / 2
    total = loaded.person_s.sum(axis=1, dtype=np.float64)
    travel_s = float(total[-1] - total[0])
    exposed_s += rates.ordinary * travel_s
    for arc in rates.listed_arcs(scenario, ground):
        spent = np.diff(loaded.person_s[:, arc].astype(np.float64))
        if spent.any():
            places = rates.places_of(scenario, ground, arc)
            exposed_s += float((spent * (rates.at(places, middle) - rates.ordinary)).sum())
    return Hours(waiting_s / 3600, travel_s / 3600, exposed_s / 3600)


class Rates:
    """The exposure table, by place."""

    def __init__(self, scenario: Scenario) -> None:
        table, start_s = scenario.exposure, int(scenario.about.start.timestamp())
        self.ordinary = scenario.parameter("exposure_default_rate")
        self.rows: dict[str, list[tuple[float, float, float]]] = {}
        for place, begin, end, rate in zip(
            table.place_id,
            table.from_time.tolist(),
            table.until_time.tolist(),
            table.rate.tolist(),
            strict=True,
        ):
            span = (
                -np.inf if begin == NO_TIME else float(begin - start_s),
                np.inf if end == NO_TIME else float(end - start_s),
                float(rate),
            )
            self.rows.setdefault(str(place), []).append(span)

    def at(self, places: tuple[str, ...], moments_s: Floats) -> Floats:
        """The highest rate of the rows of some places at each moment."""
        value = np.full(len(moments_s), -np.inf)
        for place in places:
            for begin, end, rate in self.rows.get(place, ()):
                inside = (moments_s >= begin) & (moments_s < end)
                value = np.where(inside, np.maximum(value, rate), value)
        return np.where(np.isinf(value), self.ordinary, value)

    def summed(self, places: tuple[str, ...], end_s: float) -> tuple[Floats, Floats]:
        """Moments at which the highest rate of some places changes, and what it has added up to by each.

        Each is a place by itself, with the ordinary rate where none of its own rows holds; so is no place.
        """
        edges = {0.0, end_s}
        for place in places:
            for begin, end, _ in self.rows.get(place, ()):
                edges |= {edge for edge in (begin, end) if 0.0 < edge < end_s}
        times = np.array(sorted(edges))
        rate = np.stack([self.at((place,), times[:-1]) for place in places or ("",)]).max(axis=0)
        return times, np.concatenate([[0.0], np.cumsum(rate * np.diff(times))])

    def listed_arcs(self, scenario: Scenario, ground: Ground) -> list[int]:
        """Arcs whose link or crossing is in the table."""
        links, crossings = scenario.links.link_id, scenario.crossings.crossing_id
        link_listed = np.array([str(code) in self.rows for code in links], np.bool_)
        crossing_listed = np.array([str(code) in self.rows for code in crossings] + [False], np.bool_)
        listed: list[int] = np.flatnonzero(
            link_listed[ground.link_row] | crossing_listed[ground.crossing_row]
        ).tolist()
        return listed

    def places_of(self, scenario: Scenario, ground: Ground, arc: int) -> tuple[str, ...]:
        """The link and the crossing of an arc."""
        link, crossing = int(ground.link_row[arc]), int(ground.crossing_row[arc])
        own = (str(scenario.links.link_id[link]),)
        return (*own, str(scenario.crossings.crossing_id[crossing])) if crossing >= 0 else own
