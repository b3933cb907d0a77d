"""What a plan with classes adds to the page: who goes how, what vehicles do, and what each zone is told."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from farshore.report.figures import Figures
from farshore.report.markup import Cell, Html, element, number, section, table
from farshore.report.wording import count, hours_text, joined, moment, percent
from farshore.results.outcome import Outcome, Route
from farshore.results.services import Services
from farshore.results.ways import Places, way_words

__all__ = ["class_words", "classes", "modes_sentence", "vehicles", "what_zones_are_told"]

_NEEDS: Final = {"assisted": "need assistance", "family": "with children", "other": "all others"}
_MODES: Final = {
    "car": "by car",
    "bus": "by bus",
    "ferry": "by ferry",
    "train": "by train",
    "walk": "on foot",
}
_WAYS_TOLD: Final = 4  # of a zone's people of a class; who goes otherwise is summed up


def class_words(class_id: str) -> str:
    """A class as people say it: `with children, no car`."""
    need, way = class_id.rsplit("_", 1)
    return f"{_NEEDS[need]}, {'with a car' if way == 'car' else 'no car'}"


def modes_sentence(modes: Mapping[str, int]) -> str:
    """How many use what on their way: `36,259 drive; on the way of others …`."""
    told = {
        "bus": f"{count(modes['bus'])} ride buses",
        "ferry": f"{count(modes['ferry'])} board ferries without a car",
        "train": f"{count(modes['train'])} take trains",
        "walk": f"{count(modes['walk'])} walk some of the way",
    }
    others = [words for mode, words in told.items() if modes[mode]]
    first = f"{count(modes['car'])} drive." if modes["car"] else ""
    rest = f"{'Of the others ' if first else ''}{joined(others)}." if others else ""
    return " ".join(filter(None, (first, rest[:1].upper() + rest[1:])))


def classes(outcome: Outcome, figures: Figures) -> Html:
    """The six classes: how many, how many arrive, when, and by what; nothing for a plan without classes."""
    if outcome.services is None:
        return Html("")
    used = _modes_by_class(outcome, outcome.services)
    modes = [mode for mode in _MODES if figures.summary["modes"][mode]]
    rows: list[tuple[str | Cell, ...]] = [
        (
            class_words(row["class_id"]),
            number(count(row["people"])),
            number(count(row["placed"])),
            number(count(row["unserved"])),
            number(hours_text(row["t90_h"]) if row["people"] else "–"),
            *(number(count(used[row["class_id"], mode])) for mode in modes),
        )
        for row in figures.summary["classes"]
    ]
    head = ("class", "people", "reach a bed", "cannot", "T90")
    return section(
        "Who goes, and how",
        element("p", modes_sentence(figures.summary["modes"])),
        table(
            "People by what they need and whether they have a car; T90: until nine in ten of them are there; "
            "then how many use what on their way",
            (*head, *(_MODES[mode] for mode in modes)),
            rows,
            numeric=tuple(range(1, len(head) + len(modes))),
        ),
        identity="classes",
        long=True,
    )


def _modes_by_class(outcome: Outcome, services: Services) -> dict[tuple[str, str], int]:
    used: defaultdict[tuple[str, str], int] = defaultdict(int)
    moves = outcome.departures
    by_route = [{leg[0] for leg in route.legs or ()} for route in outcome.routes]
    for class_id, route, persons in zip(
        services.class_ids, moves.route.tolist(), moves.persons.tolist(), strict=True
    ):
        for mode in by_route[route]:
            used[class_id, mode] += persons
    return used


def vehicles(outcome: Outcome, figures: Figures) -> Html:
    """Buses and trains: what of them is used, and how hard; nothing for a plan without any."""
    if outcome.services is None:
        return Html("")
    told, parts = figures.summary, []
    bases = dict(zip(outcome.scenario.fleets.fleet_id, outcome.scenario.fleets.base_node_id, strict=True))
    places = Places(outcome.scenario)
    if told["fleets"]:
        parts.append(
            table(
                "Buses: a trip leaves the base, loads, rides, unloads and goes back",
                ("fleet", "base", "vehicles", "used", "trips", "riders", "hours out", "of driver hours"),
                [
                    (
                        row["fleet_id"],
                        places.name(bases[row["fleet_id"]]),
                        number(count(row["vehicles"])),
                        number(count(row["vehicles_used"])),
                        number(count(row["trips"])),
                        number(count(row["persons"])),
                        number(count(row["occupied_h"])),
                        number(percent(row["share_of_driver_hours"])),
                    )
                    for row in told["fleets"]
                ],
                numeric=tuple(range(2, 8)),
            )
        )  # fmt: skip
    if told["trains"]:
        parts.append(
            table(
                "Trains that somebody rides",
                ("run", "fleet", "riders, stage by stage", "most seats taken"),
                [
                    (row["run_id"], row["fleet_id"], number(count(row["persons"])),
                     number(count(row["most_seats_taken"])))
                    for row in told["trains"]
                ],
                numeric=(2, 3),
            )
        )  # fmt: skip
    if not parts:
        return Html("")
    told_apart = outcome.services.boarding is not None
    boards = ", which bus each household boards in boarding.csv" if told_apart else ""
    files = element("p", "Every trip with its times and links is in trips.csv, every vehicle's duty in "
                    f"duties.csv{boards}.", class_="note")  # fmt: skip
    return section("Buses and trains", *parts, files, identity="vehicles", long=True)


@dataclass
class _Told:
    """What people of one zone and class who go one way are told."""

    words: str
    persons: int = 0
    steps: set[int] = field(default_factory=set)
    person_steps: int = 0


def what_zones_are_told(outcome: Outcome, figures: Figures) -> Html:
    """For each zone and class: when to leave and which way, most used first."""
    services = outcome.services
    if services is None or not len(outcome.departures.route):
        return Html("")
    told = _by_zone_and_class(outcome, services)
    zones = outcome.scenario.zones
    persons = {
        str(zone): sum(one.persons for (at, _), ways in told.items() for one in ways if at == zone)
        for zone in zones.zone_id
    }
    names = dict(zip(map(str, zones.zone_id), map(str, zones.name), strict=True))
    parts = [
        element(
            "details",
            element("summary", f"{names[zone]}: {count(persons[zone])} people"),
            table(
                f"{names[zone]}, class by class; times are those of leaving home, first and last",
                ("class", "persons", "first", "last", "on the way", "which way"),
                [
                    row
                    for class_id in (row["class_id"] for row in figures.summary["classes"])
                    for row in _rows(figures, class_id, told.get((zone, class_id), []))
                ],
                numeric=(1,),
            ),
        )
        for zone in sorted(persons, key=lambda zone: (-persons[zone], names[zone]))
        if persons[zone]
    ]
    return section(
        "What each zone is told",
        element(
            "p",
            "Who leaves when and which way, zone by zone; not everybody who goes one way leaves at once. "
            "departures.csv has every departure.",
        ),
        *parts,
        identity="told",
        long=True,
    )


def _by_zone_and_class(outcome: Outcome, services: Services) -> dict[tuple[str, str], list[_Told]]:
    places = Places(outcome.scenario)
    found: defaultdict[tuple[str, str], dict[str, _Told]] = defaultdict(dict)
    words: dict[int, str] = {}
    moves = outcome.departures
    for class_id, row, step, persons in zip(
        services.class_ids, moves.route.tolist(), moves.step.tolist(), moves.persons.tolist(), strict=True
    ):
        route: Route = outcome.routes[row]
        if row not in words:
            words[row] = way_words(places, route)
        ways = found[route.zone_id, class_id]
        one = ways.setdefault(words[row], _Told(words[row]))
        one.persons += persons
        one.steps.add(step)
        one.person_steps += persons * route.arrival_steps
    return {
        key: sorted(ways.values(), key=lambda one: (-one.persons, one.words)) for key, ways in found.items()
    }


def _rows(figures: Figures, class_id: str, ways: list[_Told]) -> list[tuple[Any, ...]]:
    rest = ways[_WAYS_TOLD:]
    shown = ways[:_WAYS_TOLD] if len(rest) != 1 else ways
    rows = [_row(figures, class_words(class_id), one, one.words) for one in shown]
    if len(rest) > 1:
        others = _Told(
            f"in {len(rest)} other ways",
            sum(one.persons for one in rest),
            {step for one in rest for step in one.steps},
            sum(one.person_steps for one in rest),
        )
        rows.append(_row(figures, class_words(class_id), others, others.words))
    return rows


def _row(figures: Figures, class_: str, one: _Told, words: str) -> tuple[Any, ...]:
    def at(step: int) -> str:
        return moment(figures.start_s + step * figures.step_s, figures.offset)

    mean_h = one.person_steps / one.persons * figures.step_s / 3600
    way = hours_text(round(mean_h, 1)) if mean_h else f"under {hours_text(figures.step_s / 3600)}"
    return class_, number(count(one.persons)), at(min(one.steps)), at(max(one.steps)), way, words
