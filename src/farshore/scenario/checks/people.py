"""People, households and beds: shares that add up, and a warning if there are fewer beds than people."""

import numpy as np
import numpy.typing as npt

from farshore.errors import Fault
from farshore.scenario.draft import Draft, Findings, Warned
from farshore.scenario.protection import blocked_hosts
from farshore.scenario.scenario import Scenario
from farshore.scenario.tables import LARGEST_HOUSEHOLD

__all__ = ["check_households", "check_people", "open_hosts", "people_of"]

_ROUNDED: float = 0.02  # how far shares in whole per cent may be from adding up to 1


def people_of(scenario: Scenario) -> npt.NDArray[np.int64]:
    """int64 per zone: who chooses to leave (docs/model.md, People)."""
    present, leaving = scenario.parameter("share_present"), scenario.parameter("share_leaving")
    leave: npt.NDArray[np.int64] = np.floor(scenario.zones.persons * present * leaving + 0.5).astype(np.int64)
    return leave


def open_hosts(scenario: Scenario) -> npt.NDArray[np.bool_]:
    """bool per host: not closed by protection rules."""
    blocked = blocked_hosts(scenario)
    return np.array([host not in blocked for host in scenario.hosts.host_id], dtype=np.bool_)


def check_people(draft: Draft) -> Findings:
    """Shares of one zone that make more than all its people; more people than open beds."""
    zones, hosts, marks = draft.scenario.zones, draft.scenario.hosts, draft.marks["zones"]
    shares = zones.share_under_18 + zones.share_over_65
    good = marks.good("share_under_18", "share_over_65")
    for row in np.flatnonzero((shares > 1 + 1e-9) & good).tolist():
        cause = f"{shares[row]:g} of its people are under 18 or 65 and over"
        yield Fault(
            zones.FILE, marks.line(row), "share_over_65", cause, "both shares together make 1 or less"
        )
    if not np.isfinite(
        [draft.scenario.parameter("share_present"), draft.scenario.parameter("share_leaving")]
    ).all():
        return
    people = int(people_of(draft.scenario).sum())
    beds = int(hosts.beds[open_hosts(draft.scenario)].sum())
    if people == 0 and len(zones):
        yield Warned(
            zones.FILE, 0, "persons", "nobody chooses to leave", "see that persons and shares are meant"
        )
    if people > beds and len(hosts):
        closed = int(hosts.beds.sum()) - beds
        but = f" ({closed:,} more are closed by protection rules)" if closed else ""
        cause = f"{people:,} people choose to leave and {beds:,} beds are open to them{but}"
        yield Warned(
            hosts.FILE, 0, "beds", cause, f"{people - beds:,} people will have to stay: look for more beds"
        )


def check_households(draft: Draft) -> Findings:
    """Household sizes of a zone that are given twice, or whose shares are not those of all households."""
    table, marks = draft.scenario.household_sizes, draft.marks["household_sizes"]
    good = marks.good("zone_id", "size", "share")
    seen: dict[tuple[str, int], int] = {}
    for row in np.flatnonzero(good).tolist():
        key = str(table.zone_id[row]), int(table.size[row])
        if not 1 <= key[1] <= LARGEST_HOUSEHOLD:
            remedy = f"give 1 to {LARGEST_HOUSEHOLD} members; count larger households with the largest size"
            yield Fault(table.FILE, marks.line(row), "size", f"{key[1]} is out of range", remedy)
        if key in seen:
            cause = f"households of {key[1]} are there already in row {seen[key]}"
            yield Fault(table.FILE, marks.line(row), "size", cause, "give each size of a zone once")
        seen.setdefault(key, marks.line(row))
    if not draft.whole >= {"household_sizes"}:
        return
    for zone in dict.fromkeys(table.zone_id.tolist()):
        rows = np.flatnonzero(table.zone_id == zone)
        total = float(table.share[rows].sum())
        if good[rows].all() and abs(total - 1) > _ROUNDED:
            where = f"of {zone}" if zone else "of all zones"
            cause = f"the shares {where} add up to {total:g}"
            remedy = "make them the shares of all households, 1 together"
            yield Fault(table.FILE, marks.line(int(rows[0])), "share", cause, remedy)
