"""People and beds: shares that add up, and a warning if there are fewer beds than people."""

import numpy as np
import numpy.typing as npt

from farshore.errors import Fault
from farshore.scenario.draft import Draft, Findings, Warned
from farshore.scenario.protection import blocked_hosts
from farshore.scenario.scenario import Scenario

__all__ = ["check_people", "open_hosts", "people_of"]


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
