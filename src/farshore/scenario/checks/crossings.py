"""Crossings: each with its links, each ferry with vessels, trips, room and one way in each direction."""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from farshore.errors import Fault
from farshore.scenario.draft import Draft, Findings, Warned

__all__ = ["check_crossings"]

_SERVICE = ("vessels", "trip_s", "persons_per_trip", "vehicles_per_trip")


def check_crossings(draft: Draft) -> Findings:
    """Crossings without links, ferries that cannot carry anybody, ferry links without a ferry."""
    links_of: defaultdict[str, list[int]] = defaultdict(list)
    links = draft.scenario.links
    for row in np.flatnonzero(links.crossing_id != "").tolist():
        links_of[links.crossing_id[row]].append(row)
    crossings, marks = draft.scenario.crossings, draft.marks["crossings"]
    good = {field: marks.good(field) for field in ("kind", *_SERVICE)}
    arcs_good = draft.marks["links"].good("from_node_id", "to_node_id", "directed")
    for row, code in enumerate(crossings.crossing_id):
        line = marks.line(row)
        lost = code in draft.marks["links"].lost or "links" not in draft.whole
        if code not in links_of and not lost:
            remedy = f"write {code!r} in the crossing_id of its links in network/link.csv, or delete it"
            yield Fault(crossings.FILE, line, "crossing_id", f"{code!r} has no link", remedy)
        if not good["kind"][row]:
            continue
        if crossings.kind[row] == "ferry":
            yield from _service(draft, row, {field for field in _SERVICE if good[field][row]})
            if code in links_of and not lost and arcs_good[links_of[code]].all():
                yield from _both_ways(draft, row, links_of[code])
        else:
            yield from _idle_vessels(draft, row)
    yield from _ferry_links(draft)


def _service(draft: Draft, row: int, good: set[str]) -> Iterator[Fault]:
    """A ferry needs vessels, a trip that takes time and room aboard; of the `good` cells that say so."""
    crossings, marks = draft.scenario.crossings, draft.marks["crossings"]
    line, code = marks.line(row), crossings.crossing_id[row]
    if crossings.vessels[row] == 0 and "vessels" in good:
        yield Fault(crossings.FILE, line, "vessels", f"ferry {code!r} has none", "give how many shuttle")
    if crossings.trip_s[row] == 0 and "trip_s" in good:
        remedy = "give the seconds from casting off to casting off again on the other side"
        yield Fault(crossings.FILE, line, "trip_s", f"a trip of ferry {code!r} takes no time", remedy)
    aboard = crossings.vehicles_per_trip[row] + crossings.persons_per_trip[row]
    if aboard == 0 and {"vehicles_per_trip", "persons_per_trip"} <= good:
        remedy = "give how many persons or vehicles one vessel takes"
        yield Fault(crossings.FILE, line, "persons_per_trip", f"ferry {code!r} takes nobody aboard", remedy)


def _both_ways(draft: Draft, row: int, of_it: list[int]) -> Iterator[Fault]:
    """Vessels shuttle: exactly one arc each way, between the same two nodes."""
    links, crossings = draft.scenario.links, draft.scenario.crossings
    arcs = []
    for link in of_it:
        arcs.append((links.from_node_id[link], links.to_node_id[link]))
        if not links.directed[link]:
            arcs.append((links.to_node_id[link], links.from_node_id[link]))
    if len(arcs) == 2 and arcs[0] == arcs[1][::-1]:
        return
    codes = ", ".join(links.link_id[of_it])
    cause = f"ferry {crossings.crossing_id[row]!r} has {len(arcs)} arc{'s' * (len(arcs) != 1)} (of {codes})"
    remedy = "give it one undirected link, or two directed ones there and back between the same two nodes"
    yield Fault(crossings.FILE, draft.marks["crossings"].line(row), "crossing_id", cause, remedy)


def _idle_vessels(draft: Draft, row: int) -> Iterator[Fault]:
    crossings, marks = draft.scenario.crossings, draft.marks["crossings"]
    for column in _SERVICE:
        if getattr(crossings, column)[row]:
            cause = f"{crossings.crossing_id[row]!r} is a {crossings.kind[row]}, and only ferries make trips"
            remedy = "it is not used; write `ferry` as its kind if it is one"
            yield Warned(crossings.FILE, marks.line(row), column, cause, remedy)
            return


def _ferry_links(draft: Draft) -> Iterator[Fault]:
    """Links that say they are a ferry and have no ferry to sail on them."""
    links, crossings = draft.scenario.links, draft.scenario.crossings
    if "crossings" not in draft.whole:
        return
    kinds = dict(zip(crossings.crossing_id, crossings.kind, strict=True))
    ferry = np.isin(links.facility_type, ("ferry", "ferry_estimated"))
    for row in np.flatnonzero(ferry).tolist():
        kind = kinds.get(links.crossing_id[row])
        blank = links.crossing_id[row] == ""
        if blank or (kind is not None and kind not in ("ferry", "")):
            code = links.link_id[row]
            what = "belongs to no crossing" if blank else f"belongs to a {kind}"
            remedy = "name its crossing of kind `ferry`, which says how many vessels sail how fast"
            cause = f"{code!r} is a ferry and {what}"
            yield Fault(links.FILE, draft.marks["links"].line(row), "crossing_id", cause, remedy)
