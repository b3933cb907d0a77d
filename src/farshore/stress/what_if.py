"""What might be different about a plan's scenario: a crossing lost, one more vessel, lane, bed or hour."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from farshore.errors import UsageFault
from farshore.scenario import with_opening
from farshore.scenario.edit import with_more_closures
from farshore.scenario.scenario import Scenario
from farshore.scenario.table import NO_TIME

__all__ = ["BEDS", "WhatIf", "changed"]

BEDS = 1000
_NOON_H = 12.0  # hours a day of a corridor lie around it


@dataclass(frozen=True, slots=True)
class WhatIf:
    """One change. kind : as in `Worth`.

    amount : hours until repair (loss and pair; 0: never), hours a day (corridor), vessels, lanes, beds or
    persons an hour more (the others); from_h : hours after the start from which it holds
    """

    kind: str
    assets: tuple[str, ...]
    amount: float = 0.0
    from_h: float = 0.0

    @property
    def key(self) -> str:
        """A name of its own."""
        return f"{self.kind} {'+'.join(self.assets)} {self.amount:g} {self.from_h:g}"


def changed(scenario: Scenario, what: WhatIf) -> Scenario:
    """The scenario under a change; raises UsageFault for a kind that is none."""
    if what.kind in ("loss", "pair", "repair"):
        return _lost(scenario, what)
    if what.kind == "vessel":
        return _more(scenario, "crossings", "vessels", what)
    if what.kind == "lane":
        return _lanes(scenario, what)
    if what.kind == "beds":
        return _more(scenario, "hosts", "beds", what)
    if what.kind == "intake":
        return _more(scenario, "hosts", "intake_persons_h", what)
    if what.kind == "corridor":
        return _daily(scenario, what)
    raise UsageFault(f"{what.kind!r} is no change that can be asked for")


def _lost(scenario: Scenario, what: WhatIf) -> Scenario:
    start_s = int(scenario.about.start.timestamp())
    begin = start_s + round(3600 * what.from_h)
    end = begin + round(3600 * what.amount) if what.amount else NO_TIME
    rows = [
        {"asset_id": asset, "from_time": begin, "until_time": end, "reason": "what if it were lost"}
        for asset in what.assets
    ]
    return with_more_closures(scenario, rows)


def _more(scenario: Scenario, table: str, column: str, what: WhatIf) -> Scenario:
    rows: Any = getattr(scenario, table)
    cells = getattr(rows, column).copy()
    position = rows.position()
    for asset in what.assets:
        cells[position[asset]] += cells.dtype.type(what.amount)
    changes: dict[str, Any] = {table: replace(rows, **{column: cells})}
    return replace(scenario, **changes)


def _lanes(scenario: Scenario, what: WhatIf) -> Scenario:
    """One more lane on a link, or on every link of a crossing."""
    links = scenario.links
    wanted = np.isin(links.link_id.astype(str), what.assets) | np.isin(
        links.crossing_id.astype(str), what.assets
    )
    return replace(scenario, links=replace(links, lanes=links.lanes + np.where(wanted, int(what.amount), 0)))


def _daily(scenario: Scenario, what: WhatIf) -> Scenario:
    """Open for some hours around noon, every day."""
    about = scenario.about
    start_s = int(about.start.timestamp())
    offset = about.start.utcoffset()
    assert offset is not None
    midnight_s = start_s - (start_s + round(offset.total_seconds())) % 86_400
    for day in range(about.horizon_h // 24 + 2):
        noon_s = midnight_s + day * 86_400 + round(3600 * _NOON_H)
        half_s = round(1800 * what.amount)
        if noon_s + half_s <= start_s or noon_s - half_s >= start_s + about.horizon_h * 3600:
            continue
        for asset in what.assets:
            scenario = with_opening(scenario, asset, noon_s - half_s, noon_s + half_s)
    return scenario
