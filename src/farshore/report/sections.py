"""What the plan does, section by section: over time, at the crossings, in the hosts, who is left."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from farshore.report.answer import plain_binding
from farshore.report.figures import Figures
from farshore.report.markup import Cell, Html, element, escape, number, section, table
from farshore.report.openness import Spell
from farshore.report.wording import (
    NOT_REACHED,
    SHARES,
    count,
    hours_text,
    joined,
    moment,
    offset_text,
    percent,
)
from farshore.results.outcome import Outcome

__all__ = ["crossings", "hosts", "over_time", "unserved"]


def over_time(figures: Figures) -> Html:
    """Departures and arrivals over time; the script draws the chart, the table holds the times."""
    rows = []
    for share, words in SHARES.items():
        at = figures.reached_s(share)
        when = NOT_REACHED if at is None else moment(at, figures.offset, year=True)
        after = "–" if at is None else hours_text(figures.summary[f"t{share}_h"])
        rows.append((f"T{share}", f"{words} of those who choose to leave are in a bed", when, number(after)))
    return section(
        "Leaving and arriving",
        element(
            "p",
            Html(
                '<span class="key left"></span>have left home &nbsp; '
                '<span class="key"></span>have reached a bed'
            ),
            class_="note",
        ),
        element("div", "", class_="chart", id="people-chart"),
        table(
            f"Clearance times, local ({offset_text(figures.offset)}), counted from the start",
            ("mark", "what it says", "reached", "after"),
            rows,
            numeric=(3,),
        ),
        identity="over-time",
    )


def crossings(outcome: Outcome, figures: Figures) -> Html:
    """What each crossing carries, against what it could."""
    told = figures.summary["crossings"]
    if not told:
        return Html("")
    ranked = sorted(enumerate(told), key=lambda pair: -pair[1]["persons"])
    charts = [
        element(
            "div",
            element("h3", row["name"]),
            element(
                "p",
                f"{count(row['persons'])} persons, "
                f"{percent(row['share_of_capacity'])} of its capacity over the horizon",
            ),
            element("div", "", class_="chart", id=f"crossing-chart-{index}"),
        )
        for index, row in ranked
        if row["persons"]
    ]
    rows = [
        (
            row["name"],
            row["kind"].replace("_", " "),
            number(count(row["persons"])),
            number(percent(row["share_of_capacity"]) if row["capacity_persons"] else "–"),
            number(count(load.persons.max(initial=0) * 3600 / figures.step_s)),
            _spells_text(figures, figures.spells[row["crossing_id"]]),
        )
        for load, row in ((figures.loads[index], row) for index, row in ranked)
    ]
    return section(
        "Crossings",
        element(
            "p",
            Html(
                '<span class="key load"></span>persons who cross &nbsp; '
                '<span class="key room"></span>capacity at that time'
            ),
            class_="note",
        ),
        ""
        if outcome.services is None
        else element(
            "p",
            "Capacity is room for people in cars, on decks and on foot; a bus takes the room of a few cars, "
            "however many are aboard, so that more people than that may cross by road.",
            class_="note",
        ),
        element("div", *charts, class_="grid") if charts else element("p", "The plan uses none of them."),
        table(
            "Each crossing over the whole horizon; its state apart from the hours of the night",
            ("crossing", "kind", "persons", "share of capacity", "busiest, persons/h", "state, and why"),
            rows,
            numeric=(2, 3, 4),
        ),
        identity="crossings",
        long=True,
    )


def _spells_text(figures: Figures, spells: tuple[Spell, ...]) -> str:
    """The states of a crossing without its nights: `closed: span lost`, each with its end if it has one."""
    joined_spells: list[list[Any]] = []  # [first, end, words]
    for spell in spells:
        words = {0.0: "closed", 1.0: "open"}.get(spell.factor, f"limited to {percent(spell.factor)}")
        if spell.reason:
            words += f": {spell.reason}"
        if joined_spells and joined_spells[-1][2] == words:
            joined_spells[-1][1] = spell.first + spell.steps
        else:
            joined_spells.append([spell.first, spell.first + spell.steps, words])
    texts = []
    for _, end, words in joined_spells:
        until = moment(figures.start_s + end * figures.step_s, figures.offset)
        texts.append(words if end >= figures.n_steps else f"until {until} {words}")
    return "; then ".join(texts)


def hosts(figures: Figures) -> Html:
    """Beds filled, host by host; blocked ones stay visible, with the reason."""
    told = figures.summary["hosts"]
    rows = [
        (
            row["name"],
            row["territory"],
            number(count(row["placed"])),
            number(count(row["beds"])),
            Cell(_bar(row), "bar"),
            f"blocked: {row['blocked']}" if row["blocked"] else _when_taken(row),
        )
        for row in sorted(told, key=lambda row: (bool(row["blocked"]), -row["placed"], row["name"]))
    ]
    return section(
        "Places that take people in",
        table(
            "Beds filled at the end of the horizon, in persons; territory as the scenario states it",
            ("host", "territory", "arrived", "beds", "share filled", "first and last arrival, or why none"),
            rows,
            numeric=(2, 3),
        ),
        identity="hosts",
        long=True,
    )


def _bar(row: Mapping[str, Any]) -> Html:
    if row["blocked"]:
        return Html('<span class="beds blocked" role="img" aria-label="blocked"></span>')
    share = row["placed"] / row["beds"] if row["beds"] else 0.0
    words = percent(share)
    bar = element(
        "span", Html(f'<i style="width:{100 * share:.1f}%"></i>'), class_="beds", aria_hidden="true"
    )
    return Html(escape(words) + bar)


def _when_taken(row: Mapping[str, Any]) -> str:
    if not row["first_arrival"]:
        return "nobody comes here in this plan"
    return f"{_short(row['first_arrival'])} to {_short(row['last_arrival'])}"


def _short(time: str) -> str:
    """`2022-10-14T06:30+03:00` as `14 October, 06:30`: the offset is said once for the page."""

    at = datetime.fromisoformat(time)
    return f"{at.day} {at:%B}, {at:%H:%M}"


def unserved(outcome: Outcome, figures: Figures) -> Html:
    """Who cannot leave within the horizon, from where, and what holds them."""
    left = [row for row in figures.summary["zones"] if row["unserved"]]
    if not left:
        body: object = element("p", "Everybody who chooses to leave reaches a bed within the horizon.")
    else:
        body = table(
            "People who choose to leave and cannot within the horizon",
            ("zone", "cannot leave", "of", "share", "what holds them, most first"),
            [
                (
                    row["name"],
                    number(count(row["unserved"])),
                    number(count(row["people"])),
                    number(percent(row["unserved"] / row["people"])),
                    joined([plain_binding(outcome, what) for what in row["binding"]])
                    + (
                        f"; {count(row['ready_too_late'])} are ready only after the end"
                        if row["ready_too_late"]
                        and not any("ready only after" in what for what in row["binding"])
                        else ""
                    ),
                )
                for row in sorted(left, key=lambda row: (-row["unserved"], row["name"]))
            ],
            numeric=(1, 2, 3),
        )
    return section("Who cannot leave in time", body, identity="unserved", long=True)
