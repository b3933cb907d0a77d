"""A displacement as plain tables, each with a row of HXL hashtags under its header."""

from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np

from farshore.folders import csv_bytes
from farshore.scenario.displacement import Displacement, PlaceKind

__all__ = ["displacement_files"]


def displacement_files(problem: Displacement) -> dict[str, str]:
    """`places.csv`, `routes.csv`, `closures.csv`, `conflict.csv`, `counts.csv`, `remarks.csv`, by name.

    Conflict is told as spells: a row for each place and unbroken run of days of one intensity.
    """
    name = problem.place_id
    places = (
        (
            name[i],
            problem.region[i],
            problem.country[i],
            problem.longitude_deg[i],
            problem.latitude_deg[i],
            PlaceKind(problem.kind[i]).name.lower(),
            _blank(problem.population_persons[i]),
            _blank(problem.capacity_persons[i]),
        )
        for i in range(problem.n_places)
    )
    routes = (
        (name[a], name[b], km, redirection)
        for a, b, km, redirection in zip(
            problem.route_from, problem.route_to, problem.route_km, problem.redirection, strict=True
        )
    )
    closures = (
        (
            c.kind,
            c.first,
            c.second,
            problem.date_of(c.from_day),
            problem.date_of(c.until_day) if c.until_day > c.from_day else "",
        )
        for c in problem.closures
    )
    counts = (
        (host, problem.date_of(day), persons, problem.date_of(known), "stock", "")
        for host, told in zip((*problem.host_ids, "total"), (*problem.counts, problem.total), strict=True)
        for day, persons, known in zip(told.day, told.persons, told.known_day, strict=True)
    )
    remarks = ((r.file, r.row, r.column, r.cause, r.remedy) for r in problem.remarks)
    return {
        "places.csv": _csv(
            "place_id region country x_coord y_coord kind population_persons capacity_persons",
            "#loc+code #adm1+name #country+name #geo+lon #geo+lat #loc+type #population #capacity",
            places,
        ),
        "routes.csv": _csv(
            "from_place_id to_place_id length_km redirection",
            "#loc+code+from #loc+code+to #distance+km #meta+redirection",
            routes,
        ),
        "closures.csv": _csv(
            "kind first second from until",
            "#access+type #loc+name+first #loc+name+second #date+start #date+end",
            closures,
        ),
        "conflict.csv": _csv(
            "place_id from until intensity", "#loc+code #date+start #date+end #severity", _spells(problem)
        ),
        "counts.csv": _csv(
            "place_id date persons known_on kind source",
            "#loc+code #date #affected+observed #date+reported #meta+kind #meta+source",
            counts,
        ),
        "remarks.csv": _csv(
            "file row column found done",
            "#meta+file #meta+row #meta+column #description+found #description+done",
            remarks,
        ),
    }


def _spells(problem: Displacement) -> Iterable[Sequence[object]]:
    for i in np.flatnonzero((problem.conflict > 0).any(axis=0)):
        column = problem.conflict[:, i]
        starts = np.flatnonzero(np.append(True, column[1:] != column[:-1]))
        ends = np.append(starts[1:], len(column))
        for start, end in zip(starts, ends, strict=True):
            if column[start] > 0:
                yield (
                    problem.place_id[i],
                    problem.date_of(int(start)),
                    problem.date_of(int(end)),
                    column[start],
                )


def _blank(value: float) -> object:
    return "" if np.isnan(value) else round(value)


def _csv(columns: str, hashtags: str, rows: Iterable[Sequence[object]]) -> str:
    return csv_bytes(columns.split(), chain((hashtags.split(),), rows)).decode()
