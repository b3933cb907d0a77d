"""The folder of a simulation: its tables as plain files."""

import itertools
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np

from farshore.folders import csv_bytes, json_bytes
from farshore.results.simulation import RideRun, SimulationResult
from farshore.scenario.write import scenario_hash
from farshore.units import format_time, offset_of

__all__ = ["SIMULATION_KNOWN_BY", "SIMULATION_OWN", "simulation_files", "simulation_summary"]

SIMULATION_KNOWN_BY: Final = "simulation.json"  # the file by which a folder that may be replaced is known
SIMULATION_OWN: Final = (
    SIMULATION_KNOWN_BY,
    "buses.csv",
    "crossings.csv",
    "hosts.csv",
    "links.csv",
    "links_over_time.csv",
    "people.csv",
    "report.html",
    "unfinished.csv",
)


def simulation_files(results: Sequence[SimulationResult]) -> dict[str, bytes]:
    """The files by name; the same results give the same bytes."""
    files = {
        "simulation.json": json_bytes(simulation_summary(results)),
        "people.csv": csv_bytes(
            ("run", "time", "departed", "arrived", "host_id", "arrived_there"), _people(results)
        ),
        "links.csv": csv_bytes(
            ("run", "link_id", "entered", "left", "busiest_veh_h", "longest_queue_veh", "longest_queue_at"),
            _links(results),
        ),
        "links_over_time.csv": csv_bytes(
            ("run", "link_id", "time", "flow_veh_h", "density_veh_km", "queue_veh"), _over_time(results)
        ),
        "crossings.csv": csv_bytes(
            ("run", "crossing_id", "vehicles", "persons", "busiest_veh_h", "sailings"),
            (
                (r.label, c.crossing_id, c.vehicles, round(c.persons), round(c.busiest_veh_h), c.sailings)
                for r in results
                for c in r.crossings
            ),
        ),
        "unfinished.csv": csv_bytes(
            ("run", "place_id", "why", "persons"),
            ((r.label, u.place_id, u.why, u.persons) for r in results for u in r.unfinished),
        ),
        "hosts.csv": csv_bytes(
            ("run", "host_id", "arrived", "without_bed", "longest_wait_h"),
            (
                (r.label, h.host_id, h.arrived, h.without_bed, round(h.wait_s / 3600, 2))
                for r in results
                for h in r.hosts
            ),
        ),
    }
    if any(result.rides for result in results):
        files["buses.csv"] = csv_bytes(
            ("run", "trip_id", "fleet_id", "from_node_id", "to_node_id", "planned_depart", "depart",
             "planned_arrive", "arrive", "planned_persons", "persons", "missed"),
            (_ride(result, ride) for result in results for ride in result.rides),
        )  # fmt: skip
    return files


def _ride(result: SimulationResult, ride: RideRun) -> tuple[Any, ...]:
    moments = (ride.planned_depart_s, ride.depart_s, ride.planned_arrive_s, ride.arrive_s)
    times = ("" if moment is None else _time(result, moment) for moment in moments)
    ends = (ride.trip_id, ride.fleet_id, ride.from_node_id, ride.to_node_id)
    return (result.label, *ends, *times, ride.planned_persons, ride.persons, ride.missed)


def simulation_summary(results: Sequence[SimulationResult]) -> dict[str, Any]:
    """What a person asks first, of every run, and what it takes to run them again."""
    first = results[0]
    return {
        "scenario": first.scenario.about.name,
        "scenario_hash": scenario_hash(first.scenario),
        "version": first.version,
        "partial": any(result.partial for result in results),
        "assumptions": list(first.assumptions),
        "runs": [_run(result) for result in results],
    }


def _run(result: SimulationResult) -> dict[str, Any]:
    def hours(value_s: float | None) -> float | None:
        return None if value_s is None else round(value_s / 3600, 3)

    return {
        "label": result.label,
        "people": int(result.people.sum()),
        "departed": int(result.departed[-1]),
        "arrived": result.arrived_persons,
        "unfinished": sum(row.persons for row in result.unfinished),
        **{f"t{share}_h": hours(moment) for share, moment in result.reached_s.items()},
        "simulated_h": hours(result.until_s),
        "partial": result.partial,
        "waiting_person_h": round(result.waiting_person_h, 1),
        "travel_person_h": round(result.travel_person_h, 1),
        "delay_veh_h": round(result.delay_veh_h, 1),
        "exposure_person_h": round(result.exposure_person_h, 1),
        "vehicles": result.vehicles,
        "without_bed": sum(host.without_bed for host in result.hosts),
        "planned": None
        if result.planned is None
        else {
            "people": result.planned.people,
            "arrived": result.planned.arrived,
            "left_behind": result.planned.people - result.planned.arrived,
            **{f"t{share}_h": hours(moment) for share, moment in result.planned.reached_s.items()},
        },
        "classes": [
            {
                "class_id": each.class_id,
                "people": each.people,
                "arrived": each.arrived,
                "t90_h": hours(each.t90_s),
            }
            for each in result.classes
        ],
        "seed": result.seed,
        "options": dict(result.options),
    }


def _time(result: SimulationResult, seconds: float) -> str:
    about = result.scenario.about
    return format_time(int(about.start.timestamp()) + round(seconds), offset_of(about.start))


def _people(results: Sequence[SimulationResult]) -> Iterable[tuple[Any, ...]]:
    for result in results:
        total = result.arrived.sum(axis=1)
        for sample, seconds in enumerate(result.sample_s.tolist()):
            for host in np.flatnonzero(result.arrived[-1]).tolist():
                yield (
                    result.label,
                    _time(result, seconds),
                    int(result.departed[sample]),
                    int(total[sample]),
                    result.scenario.hosts.host_id[host],
                    int(result.arrived[sample, host]),
                )


def _links(results: Sequence[SimulationResult]) -> Iterable[tuple[Any, ...]]:
    for result in results:
        links, queue = result.links, result.links.queue_veh
        flow = links.flow_veh_h
        for row in np.flatnonzero(links.entered[-1]).tolist():
            worst = int(queue[:, row].argmax())
            yield (
                result.label,
                links.arc_ids[row],
                int(links.entered[-1, row]),
                int(links.left[-1, row]),
                round(float(flow[:, row].max(initial=0.0))),
                round(float(queue[worst, row])),
                _time(result, float(links.sample_s[worst])),
            )


def _over_time(results: Sequence[SimulationResult]) -> Iterable[tuple[Any, ...]]:
    """Hour by hour, for links that anybody was on."""
    for result in results:
        links = result.links
        used = np.flatnonzero(links.entered[-1])
        step = max(1, round(3600 / max(float(np.diff(links.sample_s).min(initial=3600.0)), 1.0)))
        rows = np.arange(0, len(links.sample_s), step)
        density, queue = links.density_veh_km, links.queue_veh
        for before, row in itertools.pairwise(rows):
            span_h = (links.sample_s[row] - links.sample_s[before]) / 3600
            busy = used[(links.entered[row, used] > links.left[before, used])]
            for link in busy.tolist():
                yield (
                    result.label,
                    links.arc_ids[link],
                    _time(result, float(links.sample_s[row])),
                    round(float(links.entered[row, link] - links.entered[before, link]) / span_h),
                    round(float(density[row, link]), 1),
                    round(float(queue[row, link])),
                )
