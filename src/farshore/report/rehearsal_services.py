"""What a rehearsal says of classes, buses and hosts: who of whom arrived, which trips came late or never."""

from collections.abc import Sequence
from typing import Final

from farshore.report.markup import Html, element, number, section, table
from farshore.report.services import class_words
from farshore.report.wording import count
from farshore.results.simulation import SimulationResult
from farshore.units import format_duration

__all__ = ["buses_section", "classes_section", "hosts_section", "reached"]

_LONG_WAIT_S: Final = 1800.0  # to be taken in at a host: shorter ones are not told


def reached(moment_s: float | None) -> str:
    """A time from the start in words, or that it was not reached."""
    return "not by the end" if moment_s is None else format_duration(moment_s)


def classes_section(results: Sequence[SimulationResult]) -> Html:
    """People of each class who left and arrived."""
    rows = [
        (
            class_words(each.class_id),
            result.label,
            number(count(each.people)),
            number(count(each.arrived)),
            number(reached(each.t90_s)),
        )
        for result in results
        for each in result.classes
        if each.people
    ]
    if not rows:
        return Html("")
    return section(
        "Class by class",
        table(
            "Who arrived, and when nine in ten had",
            ("class", "run", "leave", "arrive", "T90"),
            rows,
            numeric=(2, 3, 4),
        ),
        identity="classes",
        long=True,
    )


def buses_section(results: Sequence[SimulationResult]) -> Html:
    """What became of the trips that the plan has, fleet by fleet."""
    rows = []
    for result in results:
        for fleet in dict.fromkeys(ride.fleet_id for ride in result.rides):
            mine = [ride for ride in result.rides if ride.fleet_id == fleet]
            left = [ride for ride in mine if ride.depart_s is not None]
            late = sorted(ride.depart_s - ride.planned_depart_s for ride in left if ride.depart_s is not None)
            rows.append(
                (
                    fleet,
                    number(count(len(mine))),
                    number(count(len(mine) - len(left))),
                    number(count(sum(ride.planned_persons for ride in mine))),
                    number(count(sum(ride.persons for ride in mine))),
                    number(count(sum(ride.missed for ride in left))),
                    number(format_duration(late[len(late) // 2]) if late else "–"),
                    number(format_duration(late[-1]) if late else "–"),
                )
            )
    if not rows:
        return Html("")
    return section(
        "Buses",
        table(
            "Trips of the plan and what became of them",
            (
                "fleet",
                "trips",
                "never left",
                "riders planned",
                "riders",
                "missed it",
                "late, median",
                "late, most",
            ),
            rows,
            numeric=tuple(range(1, 8)),
        ),
        element("p", "Every trip with its times is in buses.csv.", class_="note"),
        identity="buses",
        long=True,
    )


def hosts_section(results: Sequence[SimulationResult]) -> Html:
    """Hosts that got more people than they have beds for, or more at a time than they take in."""
    names = dict(zip(results[0].scenario.hosts.host_id, results[0].scenario.hosts.name, strict=True))
    rows = [
        (
            names[host.host_id],
            result.label,
            number(count(host.arrived)),
            number(count(host.without_bed)),
            number(format_duration(host.wait_s) if host.wait_s else "none"),
        )
        for result in results
        for host in result.hosts
        if host.without_bed or host.wait_s >= _LONG_WAIT_S
    ]
    if not rows:
        return Html("")
    return section(
        "Hosts where people wait or lack a bed",
        table(
            "People who came, those beyond the beds, and the longest wait to be taken in",
            ("host", "run", "came", "without a bed", "longest wait"),
            rows,
            numeric=(2, 3, 4),
        ),
        identity="hosts",
        long=True,
    )
