"""Services: lines that lead along real stops, runs in order of time, choices that some host can meet."""

from collections.abc import Iterator

import numpy as np

from farshore.errors import Fault
from farshore.scenario.draft import Draft, Findings, Warned
from farshore.scenario.lines import line_words
from farshore.scenario.suggest import nearest
from farshore.scenario.table import NO_TIME
from farshore.units import format_time, offset_of

__all__ = ["check_services"]


def check_services(draft: Draft) -> Findings:
    """Fleets' lines, the runs of the timetable and what choices ask for, against the other tables."""
    yield from _lines(draft)
    yield from _runs(draft)
    yield from _choices(draft)


def _lines(draft: Draft) -> Iterator[Fault]:
    """A bus stops at nodes, a boat sails a ferry crossing; of trains simulations read a zone there."""
    fleets, marks = draft.scenario.fleets, draft.marks["fleets"]
    crossings = draft.scenario.crossings
    nodes = set(draft.scenario.nodes.node_id) | draft.marks["nodes"].lost
    ferries = {c for c, kind in zip(crossings.crossing_id, crossings.kind, strict=True) if kind == "ferry"}
    unread = {
        c
        for c, good in zip(crossings.crossing_id, draft.marks["crossings"].good("kind"), strict=True)
        if not good
    } | draft.marks["crossings"].lost
    good, whole = marks.good("mode"), "crossings" in draft.whole
    for row, (mode, line) in enumerate(zip(fleets.mode, fleets.line, strict=True)):
        at, code = marks.line(row), fleets.fleet_id[row]
        if not good[row]:
            continue
        if mode == "bus" and "nodes" in draft.whole:
            for word in line_words(line):
                if word not in nodes:
                    remedy = f"{nearest(word, sorted(nodes))}give the nodes at which buses of {code!r} stop"
                    yield Fault(fleets.FILE, at, "line", f"{word!r} is not in network/node.csv", remedy)
        elif mode in ("ferry", "boat") and whole and line.strip() not in ferries | unread:
            what = f"{line!r} is no crossing of kind `ferry`" if line.strip() else "is blank"
            remedy = f"{nearest(line, sorted(ferries))}name the ferry on which {code!r} sails"
            yield Fault(fleets.FILE, at, "line", what, remedy)


def _runs(draft: Draft) -> Iterator[Fault]:
    """Each run: of one fleet of trains, two stops or more, times that never go back."""
    table, marks = draft.scenario.timetable, draft.marks["timetable"]
    fleets = draft.scenario.fleets
    fleet_good = draft.marks["fleets"].good("mode")
    trains = {
        code
        for code, mode, good in zip(fleets.fleet_id, fleets.mode, fleet_good, strict=True)
        if mode == "train" or not good
    }
    known = set(fleets.fleet_id)
    runs: dict[str, list[int]] = {}
    for row, (run, fleet) in enumerate(zip(table.run_id, table.fleet_id, strict=True)):
        rows = runs.setdefault(run, [])
        if rows and rows[-1] != row - 1:
            cause = f"run {run!r} has rows further up, down to row {marks.line(rows[-1])}"
            yield Fault(
                table.FILE, marks.line(row), "run_id", cause, "put the stops of a run one after the other"
            )
        if rows and fleet != table.fleet_id[rows[0]]:
            cause = f"run {run!r} is of fleet {table.fleet_id[rows[0]]!r} in row {marks.line(rows[0])}"
            yield Fault(
                table.FILE, marks.line(row), "fleet_id", cause, "a run has one train: give it one fleet"
            )
        elif fleet in known and fleet not in trains:
            cause = f"fleet {fleet!r} is not of mode `train`"
            yield Fault(table.FILE, marks.line(row), "fleet_id", cause, "name a fleet of trains")
        rows.append(row)
    for run, rows in runs.items():
        if len(rows) < 2 and run not in marks.lost:
            cause = f"run {run!r} stops once only"
            yield Fault(table.FILE, marks.line(rows[0]), "run_id", cause, "give the other stops, a row each")
            continue
        yield from _times(draft, rows)


def _times(draft: Draft, rows: list[int]) -> Iterator[Fault]:
    table, marks = draft.scenario.timetable, draft.marks["timetable"]
    offset = offset_of(draft.scenario.about.start)
    good = {name: marks.good(name) for name in ("arrives", "departs")}
    before, what = NO_TIME, ""
    for place, row in enumerate(rows):
        for name in ("arrives", "departs"):
            when, line = int(getattr(table, name)[row]), marks.line(row)
            blank = when == NO_TIME
            if not good[name][row]:
                continue
            none_here = (name == "arrives" and place == 0) or (name == "departs" and place == len(rows) - 1)
            if blank and not none_here:
                remedy = f"say when the run {table.run_id[row]!r} {name} there"
                yield Fault(table.FILE, line, name, "is blank", remedy)
            if blank:
                continue
            if when < before:
                cause = f"{format_time(when, offset)} is before {format_time(before, offset)}, {what}"
                remedy = "give the stops of a run in order of time"
                yield Fault(table.FILE, line, name, cause, remedy)
            before, what = when, f"when it {name} in row {line}"


def _choices(draft: Draft) -> Iterator[Fault]:
    """Warn of a row that no host can meet; an empty row says nothing."""
    table, marks = draft.scenario.choices, draft.marks["choices"]
    hosts = draft.scenario.hosts
    if "hosts" not in draft.whole or draft.marks["hosts"].lost or not len(table):
        return
    offered = [_words(text) for text in hosts.services]
    for row in range(len(table)):
        wanted, countries = _words(table.services[row]), _words(table.countries[row])
        if not wanted and not countries and not table.host_id[row]:
            cause = "asks for no service, no country and no host"
            yield Warned(table.FILE, marks.line(row), "services", cause, "it changes nothing; delete it")
            continue
        meets = np.array(
            [
                wanted <= offer
                and (not countries or country in countries)
                and table.host_id[row] in ("", host)
                for offer, country, host in zip(offered, hosts.country, hosts.host_id, strict=True)
            ],
            bool,
        )
        unknown = table.host_id[row] not in ("", *hosts.host_id)
        if not meets.any() and len(hosts) and not unknown:
            cause = "no host is what this row asks for"
            remedy = "these people will have to stay; see that it is meant"
            yield Warned(table.FILE, marks.line(row), "services", cause, remedy)


def _words(text: str) -> set[str]:
    return {word.strip() for word in str(text).split(";")} - {""}
