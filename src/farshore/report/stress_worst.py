"""The worst futures of a stress test, one by one: what went wrong, when, and where people were left."""

from collections import defaultdict
from typing import Final, TypeAlias

from farshore.report.markup import Cell, Html, element, number, section, table
from farshore.report.stress_charts import future_line
from farshore.report.wording import count, hours_text, joined, percent, quantity
from farshore.results.stress import Detail, FutureOutcome, Occurrence, StressResult

__all__ = ["worst_futures"]

_NOT_TOLD: Final = ("hosts.csv:", "exposure.csv:")  # they slow nobody down
_FAR: Final = 5  # assumptions named for a future: those furthest from their best value

Row: TypeAlias = list[str | Cell]


def worst_futures(result: StressResult) -> Html:
    """A closed box for each, that opens on its own."""
    by_number = {each.number: each for each in result.outcomes}
    boxes = [
        _box(result, by_number[detail.number], detail, rank) for rank, detail in enumerate(result.details, 1)
    ]
    if not boxes:
        return Html("")
    return section(
        f"The {len(boxes)} worst futures" if len(boxes) > 1 else "The worst future",
        element("p", "Most people left behind first. Open each for what went wrong in it.", class_="note"),
        *boxes,
        identity="worst",
        long=True,
    )


def _box(result: StressResult, future: FutureOutcome, detail: Detail, rank: int) -> Html:
    lost = dict.fromkeys(
        _name(result, event.asset_id) for event in future.occurrences if event.what == "loss"
    )
    struck = f"{joined(list(lost))} lost" if lost else "nothing lost"
    behind = (
        f"{count(future.unserved)} of {count(future.people)} left behind"
        if future.unserved
        else f"all {count(future.people)} arrive in {hours_text(future.t100_h)}"
    )
    left: list[Row] = [
        [_place(result, place), why, number(count(persons))] for place, why, persons in detail.left
    ]
    return element(
        "details",
        element("summary", f"{rank}. Future {future.number}: {behind}; {struck}"),
        future_line(result, future.arrived_by, f"Future {future.number}"),
        _happened(result, future),
        _drawn(result, future),
        table("Where people were left", ["place", "why", "persons"], left, numeric=(2,))
        if left
        else Html(""),
        class_="worst",
    )


def _happened(result: StressResult, future: FutureOutcome) -> Html:
    """For each asset a strip of the horizon: lost, repaired to less than it was, paused."""
    by_asset: defaultdict[str, list[Occurrence]] = defaultdict(list)
    for event in future.occurrences:
        by_asset[event.asset_id].append(event)
    end_h = float(result.scenario.about.horizon_h)
    strips = []
    for asset, events in sorted(by_asset.items(), key=lambda each: (each[0] == "", each[0])):
        bars, words = [], []
        for event in events:
            until = min(event.until_h, end_h)
            css = "pause" if event.what == "pause" else "lost"
            bars.append(_bar(event.from_h, until, end_h, css))
            if event.factor_after < 1 and event.until_h < end_h:
                bars.insert(0, _bar(until, end_h, end_h, "after"))
            if event.what == "loss":
                back = "not repaired in time" if event.until_h >= end_h else f"back at {event.until_h:.0f} h"
                left = (
                    f", with {percent(event.factor_after)} of its capacity" if event.until_h < end_h else ""
                )
                words.append(f"lost at {event.from_h:.0f} h, {back}{left}")
        if not words:
            total = sum(min(event.until_h, end_h) - event.from_h for event in events)
            words.append(f"{len(events)} pauses, {total:.0f} h together")
        strips.append(
            element("p", f"{_name(result, asset) or 'Everything'}: {'; '.join(words)}", class_="happened")
            + element("div", Html("".join(bars)), class_="span", aria_hidden="true")
        )
    return Html("".join(strips))


def _bar(from_h: float, until_h: float, end_h: float, css: str) -> str:
    left, width = 100 * from_h / end_h, 100 * max(until_h - from_h, 0.0) / end_h
    return f'<i class="{css}" style="left:{left:.2f}%;width:{width:.2f}%"></i>'


def _drawn(result: StressResult, future: FutureOutcome) -> Html:
    """The assumptions of this future that lie furthest from their best values."""
    assumptions = result.scenario.assumptions
    far = []
    for row, key in enumerate(assumptions.key):
        if key in future.values and not str(key).startswith(_NOT_TOLD):
            low, best, high = (float(getattr(assumptions, name)[row]) for name in ("low", "best", "high"))
            value = future.values[key]
            side = (high - best) if value > best else (best - low)
            far.append((abs(value - best) / side if side else 0.0, str(key), value, best))
    far.sort(key=lambda each: (-each[0], each[1]))
    if not far:
        return Html("")
    words = "; ".join(
        f"{key} {quantity(round(value, 3))} (likeliest {quantity(best)})"
        for _, key, value, best in far[:_FAR]
    )
    return element("p", f"Furthest from what is likeliest: {words}.", class_="happened")


def _name(result: StressResult, asset: str) -> str:
    row = result.scenario.crossings.position().get(asset)
    return asset if row is None else str(result.scenario.crossings.name[row])


def _place(result: StressResult, code: str) -> str:
    for rows in (result.scenario.zones, result.scenario.crossings, result.scenario.links):
        row = rows.position().get(code)
        if row is not None:
            return str(rows.name[row]) or code
    return code
