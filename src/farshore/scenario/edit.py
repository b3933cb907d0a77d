"""Changed scenarios: an asset opened or closed for a while, and how that is written on a command line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from farshore.errors import UsageFault
from farshore.scenario.rows import make_rows
from farshore.scenario.scenario import Scenario
from farshore.scenario.still_assumed import still_assumed
from farshore.scenario.suggest import Suggester
from farshore.scenario.table import NO_TIME
from farshore.scenario.tables import Closures
from farshore.units import format_time, offset_of, parse_time

__all__ = [
    "Window",
    "closure_row",
    "parse_capacity",
    "parse_window",
    "with_capacity",
    "with_closing",
    "with_more_closures",
    "with_opening",
]

_SHOWN: Final = 12


class Window(NamedTuple):
    """A link or crossing and a span of time, [from_s, until_s) in seconds since 1970-01-01T00:00Z."""

    asset_id: str
    from_s: int
    until_s: int


def parse_window(text: str, scenario: Scenario) -> Window:
    """`ASSET`, `ASSET@FROM`, `ASSET@/UNTIL` or `ASSET@FROM/UNTIL`; what is left out is the horizon's end.

    Raises UsageFault, saying which assets there are or how times are written.
    """
    start_s, end_s = _horizon(scenario)
    known = {*scenario.links.link_id, *scenario.crossings.crossing_id}
    asset, at, span = (text, "", "") if text in known else text.rpartition("@")
    if not at:
        asset = text
    if asset not in known:
        hint = Suggester(sorted(known)).hint(asset)
        raise UsageFault(f"{text!r}: there is no link or crossing {asset!r}; {hint}{_known_assets(scenario)}")
    first, _, last = span.partition("/")
    from_s = _moment(first, text) if first.strip() else start_s
    until_s = _moment(last, text) if last.strip() else end_s
    offset = offset_of(scenario.about.start)
    if until_s <= from_s:
        begin, end = format_time(from_s, offset), format_time(until_s, offset)
        raise UsageFault(f"{text!r} ends at {end}, not after it begins at {begin}")
    if until_s <= start_s or from_s >= end_s:
        begin, end = format_time(start_s, offset), format_time(end_s, offset)
        raise UsageFault(f"{text!r} lies outside the horizon, {begin} to {end}")
    return Window(asset, from_s, until_s)


def parse_capacity(text: str, scenario: Scenario) -> tuple[Window, float]:
    """`ASSET=SHARE`, then a span as in `parse_window`: what is left of an asset's capacity, and when.

    Raises UsageFault if the share is no number from 0 to 1, or for what `parse_window` raises it.
    """
    asset, given, rest = text.rpartition("=")
    share_text, at, span = rest.partition("@")
    try:
        share = float(share_text)
    except ValueError:
        share = -1.0
    if not given or not 0 <= share <= 1:
        raise UsageFault(f"{text!r} gives no share from 0 to 1; write ASSET=0.5 or ASSET=0.5@FROM/UNTIL")
    return parse_window(f"{asset}{at}{span}", scenario), share


def with_opening(scenario: Scenario, asset_id: str, from_s: int, until_s: int) -> Scenario:
    """The scenario with every closure of the asset cut out of [from_s, until_s); all others stay as they are.

    Of a closure the parts before and after the window remain, unless they lie outside the horizon.
    Closures of the links of a crossing are their own: opening the crossing leaves them. Assumptions about
    closures that are gone go with them.
    """
    start_s, end_s = _horizon(scenario)
    closures = scenario.closures
    kept: list[int] = []
    spans: list[tuple[int, int]] = []
    for row, asset in enumerate(closures.asset_id):
        span = int(closures.from_time[row]), int(closures.until_time[row])
        first = start_s if span[0] == NO_TIME else span[0]
        last = max(end_s, first) if span[1] == NO_TIME else span[1]
        if asset != asset_id or last <= from_s or first >= until_s:
            kept.append(row)
            spans.append(span)
            continue
        if first < from_s and from_s > start_s:
            kept.append(row)
            spans.append((span[0], from_s))
        if until_s < last and until_s < end_s:
            kept.append(row)
            spans.append((until_s, span[1]))
    rows = np.array(kept, dtype=np.int64)
    cut = {field.name: getattr(closures, field.name)[rows] for field in fields(closures)}
    cut["from_time"] = np.array([first for first, _ in spans], dtype=np.int64)
    cut["until_time"] = np.array([last for _, last in spans], dtype=np.int64)
    return _under(scenario, Closures(**cut), rows)


def with_closing(
    scenario: Scenario, asset_id: str, from_s: int, until_s: int, reason: str = "closed by request"
) -> Scenario:
    """The scenario with one more closure: nobody uses the asset in [from_s, until_s)."""
    return with_capacity(scenario, asset_id, from_s, until_s, 0.0, reason)


def with_capacity(
    scenario: Scenario, asset_id: str, from_s: int, until_s: int, factor: float, reason: str
) -> Scenario:
    """The scenario with one more closure that leaves a share of the asset's capacity, 0 to 1."""
    return with_more_closures(scenario, [closure_row(asset_id, from_s, until_s, factor, reason)])


def closure_row(
    asset_id: str, from_s: int, until_s: int, factor: float, reason: str, source: str = ""
) -> dict[str, Any]:
    """A closure by field name: a share of the asset's capacity is left in [from_s, until_s)."""
    return {
        "asset_id": asset_id,
        "from_time": from_s,
        "until_time": until_s,
        "capacity_factor": factor,
        "allowed_uses": "",
        "reason": reason,
        "source": source,
    }


def with_more_closures(scenario: Scenario, rows: Sequence[Mapping[str, Any]]) -> Scenario:
    """The scenario with rows, by field name, after its own closures; no assumption speaks of them."""
    before, more = scenario.closures, make_rows(Closures, rows)
    names = [field.name for field in fields(before)]
    joined = {name: np.concatenate([getattr(before, name), getattr(more, name)]) for name in names}
    new = np.full(len(more), -1, np.int64)
    return _under(scenario, Closures(**joined), np.concatenate([np.arange(len(before)), new]))


def _under(scenario: Scenario, closures: Closures, origin: npt.NDArray[np.int64]) -> Scenario:
    """The scenario under other closures; each assumption about those it had keeps to them, or goes.

    origin : int64[n], row before of each closure, −1: it is new
    """
    assumptions = still_assumed(scenario, closures, origin)
    return replace(scenario, closures=closures, assumptions=assumptions)


def _horizon(scenario: Scenario) -> tuple[int, int]:
    start_s = int(scenario.about.start.timestamp())
    return start_s, start_s + scenario.about.horizon_h * 3600


def _moment(text: str, whole: str) -> int:
    try:
        return parse_time(text.strip())
    except ValueError as error:
        example = "ASSET@2022-10-14T06:00+03:00/2022-10-14T18:00+03:00"
        raise UsageFault(f"{whole!r}: {text!r} {error}; write {example}") from None


def _known_assets(scenario: Scenario) -> str:
    return f"crossings are {', '.join(_some(scenario.crossings.crossing_id))}; links are in network/link.csv"


def _some(codes: np.ndarray) -> Iterator[str]:
    if not len(codes):
        yield "none"
    yield from codes[:_SHOWN]
    if len(codes) > _SHOWN:
        yield f"… ({len(codes)} in all)"
