"""Codes: none twice, none that points nowhere, zones and nodes of one mind."""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from farshore.errors import Fault
from farshore.scenario.draft import Draft, Findings
from farshore.scenario.suggest import Suggester
from farshore.scenario.table import Kind, Rows, columns_of
from farshore.scenario.tables import TABLES

__all__ = ["check_codes"]

_FIELD_OF_FILE = {table.FILE: field for field, table in TABLES.items()}


def check_codes(draft: Draft) -> Findings:
    """Codes that are there twice, in one table or in two that are looked up together, or nowhere."""
    yield from _empty_tables(draft)
    keys = {field: _keys(draft, field) for field, table in TABLES.items() if table.KEY}
    for field in keys:
        yield from _duplicates(draft, field)
    for one, other in (("links", "crossings"), ("links", "zones"), ("crossings", "zones")):
        yield from _shared(draft, one, other, keys[one] & keys[other])
    for field, table in TABLES.items():
        for column, spec in columns_of(table).items():
            if spec.kind is Kind.REF:
                yield from _unknown(draft, field, column, spec.references, keys)
    yield from _disagreeing_zones(draft)


def _rows(draft: Draft, field: str) -> Rows:
    rows: Rows = getattr(draft.scenario, field)
    return rows


def _keys(draft: Draft, field: str) -> set[str]:
    return set(getattr(_rows(draft, field), TABLES[field].KEY))


def _empty_tables(draft: Draft) -> Iterator[Fault]:
    for field, table in TABLES.items():
        empty = table.REQUIRED_FILE and field in draft.whole and not len(_rows(draft, field))
        if empty and not draft.marks[field].lost:
            what = table.TITLE.partition(":")[0].lower()
            yield Fault(table.FILE, 0, "", "has no rows", f"a scenario needs {what}: give at least one")


def _duplicates(draft: Draft, field: str) -> Iterator[Fault]:
    table = TABLES[field]
    codes = getattr(_rows(draft, field), table.KEY).tolist()
    if len(set(codes)) == len(codes):
        return
    first: dict[str, int] = {}
    marks = draft.marks[field]
    for row, code in enumerate(codes):
        if code in first and code:
            cause = f"{code!r} is already in row {marks.line(first[code])}"
            yield Fault(table.FILE, marks.line(row), table.KEY, cause, "give each row a code of its own")
        first.setdefault(code, row)


def _shared(draft: Draft, one: str, other: str, codes: set[str]) -> Iterator[Fault]:
    """Codes in two tables that closures and exposure look up together."""
    if not codes - {""}:
        return
    table, beside = TABLES[one], TABLES[other]
    place = _rows(draft, other).position()
    for row, code in enumerate(getattr(_rows(draft, one), table.KEY)):
        if code and code in codes:
            there = f"{beside.FILE}, row {draft.marks[other].line(place[code])}"
            cause = f"{code!r} is also a {beside.KEY} ({there})"
            remedy = "rename one of them: closures and exposure could not tell them apart"
            yield Fault(table.FILE, draft.marks[one].line(row), table.KEY, cause, remedy)


def _unknown(
    draft: Draft, field: str, column: str, references: tuple[str, ...], keys: dict[str, set[str]]
) -> Iterator[Fault]:
    fields = [_FIELD_OF_FILE[file] for file in references]
    if not all(each in draft.whole for each in fields):
        return
    codes = getattr(_rows(draft, field), column)
    unknown = set(codes.tolist()) - {""}
    for each in fields:
        unknown -= keys[each]
        unknown -= draft.marks[each].lost
    if not unknown:
        return
    marks = draft.marks[field]
    good = marks.good(column)
    suggester = Suggester(sorted(set[str]().union(*(keys[each] for each in fields))))
    spec = columns_of(TABLES[field])[column]
    for row in np.flatnonzero([code in unknown for code in codes]):
        if not good[row]:
            continue
        cause = f"{codes[row]!r} is in none of {', '.join(references)}"
        if len(references) == 1:
            cause = f"{codes[row]!r} is not in {references[0]}"
        remedy = f"{suggester.hint(codes[row])}give the {spec.description.partition(';')[0]}"
        yield Fault(TABLES[field].FILE, marks.line(int(row)), spec.name, cause, remedy)


def _disagreeing_zones(draft: Draft) -> Iterator[Fault]:
    """Nodes that name a zone which starts at another node."""
    nodes, zones = draft.scenario.nodes, draft.scenario.zones
    named = np.flatnonzero(nodes.zone_id != "")
    if not named.size:
        return
    starts: defaultdict[str, list[int]] = defaultdict(list)
    for row, code in enumerate(zones.zone_id):
        starts[code].append(row)
    for node in named.tolist():
        rows = starts.get(nodes.zone_id[node], [])
        if not rows or any(zones.node_id[row] in (nodes.node_id[node], "") for row in rows):
            continue
        there = f"zones.csv, row {draft.marks['zones'].line(rows[0])}"
        cause = f"{nodes.zone_id[node]!r} starts at node {zones.node_id[rows[0]]!r} by {there}"
        remedy = f"blank this cell, or write node_id {nodes.node_id[node]!r} there"
        yield Fault(nodes.FILE, draft.marks["nodes"].line(node), "zone_id", cause, remedy)
