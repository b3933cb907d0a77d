"""Reads the input folder of Flee (locations, routes, closures, conflicts, counts) into a displacement.

The format: Suleimenova, D., Bell, D., Groen, D. (2017), A generalized simulation development approach for
predicting refugee destinations, Scientific Reports 7, 13377; and the manual of Flee 3. Whatever the format
leaves loose is accepted and remarked upon; whatever makes no sense is a fault, and all are told at once.
"""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from farshore.errors import Fault, ScenarioFaults
from farshore.scenario.displacement import CLOSURE_KINDS, Closure, Correction, Displacement, PlaceKind
from farshore.sources.csv_rows import LooseRows, read_loose
from farshore.sources.flee_counts import HostCounts, read_counts, read_demographics

__all__ = ["read_flee"]

INPUT: Final = "input_csv"
LOCATION_COLUMNS: Final = 8
COUNTED_CAMPS: Final = (PlaceKind.CAMP, PlaceKind.IDP_CAMP)


@dataclass
class Findings:
    """Faults and remarks gathered while reading; the reader's only moving part."""

    faults: list[Fault] = field(default_factory=list)
    remarks: list[Fault] = field(default_factory=list)

    def fault(self, file: str, row: int, column: str, cause: str, remedy: str) -> None:
        """Something that stops the reading."""
        self.faults.append(Fault(file, row, column, cause, remedy))

    def remark(self, file: str, row: int, column: str, cause: str, done: str) -> None:
        """Something odd, and what was done about it."""
        self.remarks.append(Fault(file, row, column, cause, done))


def read_flee(folder: str | Path) -> Displacement:
    """The displacement that a Flee folder (`input_csv/`, `source_data/`) describes.

    Raises ScenarioFaults with every fault found. Oddities that could be mended are in `remarks`.
    """
    root = Path(folder)
    found = Findings()
    if not (root / INPUT).is_dir():
        cause, remedy = "there is no such folder", "give the folder that holds input_csv/ and source_data/"
        raise ScenarioFaults([Fault(INPUT, 0, "", cause, remedy)], str(root))
    start, n_days = _period(_rows(root, f"{INPUT}/sim_period.csv", found, titled=False), found)
    places = _places(_rows(root, f"{INPUT}/locations.csv", found), found)
    if not places:
        raise ScenarioFaults(found.faults, str(root))
    position = {place.name: i for i, place in enumerate(places)}
    routes = _routes(_rows(root, f"{INPUT}/routes.csv", found), position, found)
    countries = {place.country for place in places}
    closures = _closures(_rows(root, f"{INPUT}/closures.csv", found, need=False), position, countries, found)
    conflict = _conflict(_rows(root, f"{INPUT}/conflicts.csv", found, need=False), places, n_days, found)
    camps = tuple(i for i, place in enumerate(places) if place.kind in COUNTED_CAMPS)
    counted = read_counts(root, start, tuple(places[i].name for i in camps), found.faults, found.remarks)
    corrections = _corrections(
        _rows(root, f"{INPUT}/registration_corrections.csv", found, titled=False, need=False),
        start,
        counted,
        found,
    )
    demographics = read_demographics(root / INPUT, found.faults)
    if found.faults:
        raise ScenarioFaults(found.faults, str(root))
    hosts = [i for i in camps if places[i].name in counted.hosts]
    return Displacement(
        name=root.name,
        start=start,
        n_days=n_days,
        place_id=np.array([p.name for p in places], dtype=object),
        region=np.array([p.region for p in places], dtype=object),
        country=np.array([p.country for p in places], dtype=object),
        latitude_deg=np.array([p.latitude_deg for p in places]),
        longitude_deg=np.array([p.longitude_deg for p in places]),
        kind=np.array([p.kind for p in places], dtype=np.int64),
        conflict_day=np.array([p.conflict_day for p in places], dtype=np.int64),
        population_persons=np.array([np.nan if p.kind in COUNTED_CAMPS else p.persons for p in places]),
        capacity_persons=np.array([p.persons if p.kind in COUNTED_CAMPS else np.nan for p in places]),
        route_from=np.array([r.a for r in routes], dtype=np.int64),
        route_to=np.array([r.b for r in routes], dtype=np.int64),
        route_km=np.array([r.km for r in routes]),
        redirection=np.array([r.redirection for r in routes], dtype=np.int64),
        closures=closures,
        conflict=conflict,
        hosts=np.array(hosts, dtype=np.int64),
        counts=tuple(counted.hosts[places[i].name] for i in hosts),
        parts=tuple(counted.parts[places[i].name] for i in hosts),
        total=counted.total,
        corrections=corrections,
        demographics=demographics,
        remarks=tuple(sorted(found.remarks)),
    )


@dataclass(frozen=True, slots=True)
class _Place:
    name: str
    region: str
    country: str
    latitude_deg: float
    longitude_deg: float
    kind: PlaceKind
    conflict_day: int
    persons: float


@dataclass(frozen=True, slots=True)
class _Route:
    a: int
    b: int
    km: float
    redirection: int


def _rows(root: Path, file: str, found: Findings, *, titled: bool = True, need: bool = True) -> LooseRows:
    try:
        loose = read_loose(root / file, file, titled=titled)
    except OSError:
        if need:
            found.fault(file, 0, "", "the file is missing or unreadable", "add it as Flee's manual describes")
        else:
            found.remark(file, 0, "", "there is no such file", "read as empty")
        return LooseRows(file, (), (), 0, 0)
    if loose.padded:
        found.remark(
            file, 0, "", f"{loose.padded} rows with spaces around values", "the spaces were left out"
        )
    return loose


def _period(loose: LooseRows, found: Findings) -> tuple[date, int]:
    values = {cells[0].lower().lstrip("#"): (row, cells[1]) for row, cells in loose.rows if len(cells) > 1}
    start, n_days = date(1970, 1, 1), 1
    row, text = values.get("startdate", (0, ""))
    try:
        start = date.fromisoformat(text)
    except ValueError:
        found.fault(loose.file, row, "StartDate", f"{text!r} is no date", "write it as 2012-02-29")
    row, text = values.get("length", (0, ""))
    if text.isdigit() and int(text) > 0:
        n_days = int(text)
    else:
        found.fault(
            loose.file, row, "Length", f"{text!r} is no number of days", "write a whole number above 0"
        )
    return start, n_days


def _number(
    text: str, blank: float, at: tuple[str, int, str], found: Findings, low: float | None = None
) -> float:
    if text == "":
        return blank
    try:
        value = float(text.replace(" ", ""))
        if not np.isfinite(value) or (low is not None and value < low):
            raise ValueError
    except ValueError:
        found.fault(
            *at, f"{text!r} is not a number{'' if low is None else f' of {low:g} or more'}", "mend it"
        )
        return blank
    return value


def _kind(text: str) -> PlaceKind | None:
    # Flee looks for these words anywhere in the text, in this order.
    low = text.lower()
    if "camp" in low:
        return PlaceKind.IDP_CAMP if "idp" in low else PlaceKind.CAMP
    for word, kind in (
        ("conflict", PlaceKind.CONFLICT),
        ("forward", PlaceKind.HUB),
        ("marker", PlaceKind.MARKER),
        ("default", PlaceKind.TOWN),
        ("town", PlaceKind.TOWN),
    ):
        if word in low:
            return kind
    return None


def _places(loose: LooseRows, found: Findings) -> list[_Place]:
    places: list[_Place] = []
    seen: dict[str, int] = {}
    words = {"camp", "idpcamp", "conflict_zone", "forwarding_hub", "marker", "town", "default"}
    loosely: set[str] = set()
    longitude_first = any("lon" in name.lower() for name in loose.header[3:4])
    for row, given in loose.rows:
        cells = given + ("",) * (LOCATION_COLUMNS - len(given))
        name, region, country, first, second, kind_text, day_text, persons_text = cells[:LOCATION_COLUMNS]
        if not name:
            found.fault(loose.file, row, "name", "a place without a name", "name it or leave the row out")
            continue
        if name in seen:
            found.remark(loose.file, row, "name", f"{name} is also in row {seen[name]}", "the first stands")
            continue
        seen[name] = row
        kind = _kind(kind_text)
        if kind is None:
            cause = f"{kind_text!r} is no type of place"
            found.remark(loose.file, row, "location_type", cause, "read as a town")
            kind = PlaceKind.TOWN
        if kind_text not in words:
            loosely.add(kind_text)
        lat, lon = (
            _number(text, np.nan, (loose.file, row, column), found)
            for text, column in ((first, "latitude"), (second, "longitude"))
        )
        if longitude_first:
            lat, lon = lon, lat
        if abs(lat) > 90 and abs(lon) <= 90:
            found.remark(
                loose.file, row, "latitude", f"{lat:g} can only be a longitude", "the two were swapped"
            )
            lat, lon = lon, lat
        day = int(_number(day_text, -1, (loose.file, row, "conflict_date"), found))
        persons = _number(persons_text, np.nan, (loose.file, row, "population"), found, 0)
        if kind in COUNTED_CAMPS and persons < 1:
            persons = np.nan  # Flee, too, reads a capacity below 1 as none given
        conflict_day = day if kind is PlaceKind.CONFLICT else -1
        places.append(_Place(name, region, country or "unknown", lat, lon, kind, conflict_day, persons))
    if loosely:
        listed = ", ".join(sorted(loosely))
        found.remark(loose.file, 0, "location_type", f"types found by the word inside: {listed}", "read so")
    if not places and not found.faults:
        found.fault(loose.file, 0, "", "holds no place", "add places as Flee's manual describes")
    order = "longitude before latitude" if longitude_first else "latitude before longitude"
    if loose.header and not found.faults:
        found.remark(
            loose.file, 1, "", f"{order}, where maps and GMNS write x before y", "read as the header says"
        )
    return places


def _routes(loose: LooseRows, position: dict[str, int], found: Findings) -> list[_Route]:
    routes: list[_Route] = []
    seen: dict[tuple[int, int], int] = {}
    for row, given in loose.rows:
        cells = given + ("",) * (4 - len(given))
        ends = []
        for column, name in zip(("name1", "name2"), cells[:2], strict=True):
            if name not in position:
                found.fault(
                    loose.file, row, column, f"{name!r} is no place in locations.csv", "mend or add it"
                )
            ends.append(position.get(name, -1))
        if not cells[2]:
            found.fault(loose.file, row, "distance", "is blank", "give the length in km")
        km = _number(cells[2], 0.0, (loose.file, row, "distance"), found, 0)
        redirection = int(_number(cells[3], 0, (loose.file, row, "forced_redirection"), found, 0))
        if redirection not in (0, 1, 2):
            found.fault(
                loose.file, row, "forced_redirection", f"{redirection} means nothing", "write 0, 1 or 2"
            )
        a, b = ends
        if min(a, b) < 0:
            continue
        if a == b:
            found.remark(loose.file, row, "", "leads from a place to itself", "left out")
            continue
        pair = (min(a, b), max(a, b))
        if pair in seen:
            # Flee keeps both, so that the pair is chosen twice as often; one road is meant.
            found.remark(
                loose.file, row, "", f"joins the same two places as row {seen[pair]}", "both are kept, marked"
            )
        seen.setdefault(pair, row)
        routes.append(_Route(a, b, km, redirection))
    return routes


def _closures(
    loose: LooseRows, position: dict[str, int], countries: set[str], found: Findings
) -> tuple[Closure, ...]:
    closures = []
    for row, given in loose.rows:
        cells = given + ("",) * (5 - len(given))
        kind, first, second = cells[0].lower(), cells[1], cells[2]
        if kind not in CLOSURE_KINDS:
            found.fault(
                loose.file, row, "closure_type", f"{cells[0]!r} is none", f"write {', '.join(CLOSURE_KINDS)}"
            )
            continue
        known = countries if kind == "country" else set(position)
        named = (first, second) if kind in ("country", "link", "remove_forced_redirection") else (first,)
        for column, name in zip(("name1", "name2"), named, strict=False):
            if name not in known:
                what = "country" if kind == "country" else "place"
                found.remark(
                    loose.file, row, column, f"{name!r} is no {what} in locations.csv", "closes nothing"
                )
        days = [
            int(_number(text, 0, (loose.file, row, column), found))
            for column, text in zip(("closure_start", "closure_end"), cells[3:5], strict=True)
        ]
        closures.append(Closure(kind, first, second, days[0], days[1]))
    return tuple(closures)


def _conflict(
    loose: LooseRows, places: list[_Place], n_days: int, found: Findings
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    conflict = np.zeros((n_days, len(places)))
    position = {place.name: i for i, place in enumerate(places)}
    if not loose.rows:
        # Without conflicts.csv the dates in locations.csv stand: once a conflict place, always one.
        for i, place in enumerate(places):
            if place.conflict_day >= 0:
                conflict[place.conflict_day :, i] = 1.0
        return conflict
    columns = [position.get(name, -1) for name in loose.header[1:]]
    for name, column in zip(loose.header[1:], columns, strict=True):
        if name and column < 0:
            found.remark(loose.file, 1, name, "a conflict in no place of locations.csv", "left out")
    last = -1
    for row, cells in loose.rows:
        day = int(_number(cells[0], -1, (loose.file, row, "Day"), found))
        if not 0 <= day < n_days:
            continue
        for column, text in zip(columns, cells[1:], strict=False):
            if column >= 0:
                conflict[day, column] = _number(text, 0.0, (loose.file, row, places[column].name), found, 0)
        last = max(last, day)
    if last < n_days - 1:
        found.remark(
            loose.file, 0, "", f"ends on day {last} of {n_days - 1}", "its last day was held to the end"
        )
        conflict[last + 1 :] = conflict[last]
    return conflict


def _corrections(
    loose: LooseRows, start: date, counted: HostCounts, found: Findings
) -> tuple[Correction, ...]:
    corrections = []
    for row, cells in loose.rows:
        if len(cells) < 2:
            continue
        name, text = cells[:2]
        try:
            day = (date.fromisoformat(text) - start).days
        except ValueError:
            found.fault(loose.file, row, "date", f"{text!r} is no date", "write it as 2012-12-31")
            continue
        if name not in counted.hosts:
            found.remark(loose.file, row, "name", f"{name!r} is no counted place", "left out")
        elif day not in counted.hosts[name].day:
            found.remark(loose.file, row, "date", f"{text} matches no count of {name}", "corrects nothing")
        else:
            corrections.append(Correction(name, day))
    return tuple(corrections)
