"""Numbers, moments and lists as the report says them: one way for every page, table and terminal."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

__all__ = [
    "NOT_REACHED",
    "SHARES",
    "count",
    "day",
    "hours_text",
    "joined",
    "moment",
    "offset_text",
    "percent",
    "quantity",
]

NOT_REACHED: Final = "not within the horizon"
SHARES: Final = {50: "half", 90: "nine in ten", 100: "all"}


def count(value: float) -> str:
    """A whole number with commas between thousands: `118,400`."""
    return f"{round(value):,}"


def quantity(value: float) -> str:
    """A number as short as it can be without losing what matters: `1,500`, `0.45`, `2.5`."""
    if math.isnan(value):
        return "–"
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"


def percent(share: float, *, digits: int = 0) -> str:
    """A share as a percentage; never rounds what is not 0 or 100 % to it."""
    text = f"{100 * share:.{digits}f}"
    smallest = 10.0**-digits
    if share > 0 and float(text) == 0:
        return f"< {smallest:.{digits}f} %"
    if share < 1 and float(text) >= 100:
        return f"> {100 - smallest:.{digits}f} %"
    return f"{text} %"


def _local(seconds: float, offset: timedelta) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).astimezone(timezone(offset))


def moment(seconds: float, offset: timedelta, *, year: bool = False) -> str:
    """A local moment in words: `28 October, 14:30`, with the year on request."""
    local = _local(seconds, offset)
    date = f"{local.day} {local:%B %Y}" if year else f"{local.day} {local:%B}"
    return f"{date}, {local:%H:%M}"


def day(seconds: float, offset: timedelta) -> str:
    """A local date in words: `28 October 2022`."""
    local = _local(seconds, offset)
    return f"{local.day} {local:%B %Y}"


def offset_text(offset: timedelta) -> str:
    """An offset from UTC as it is written after a time: `UTC+03:00`."""
    minutes = round(offset.total_seconds() / 60)
    sign = "−" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def hours_text(hours: float | None) -> str:
    """A clearance time to the minute: `3 d 4 h 30 min`, or that it is not reached."""
    if hours is None:
        return NOT_REACHED
    days, minutes = divmod(round(hours * 60), 24 * 60)
    parts = ((days, "d"), (minutes // 60, "h"), (minutes % 60, "min"))
    return " ".join(f"{value} {unit}" for value, unit in parts if value) or "0 h"


def joined(words: Sequence[str]) -> str:
    """A list in a sentence: `a`, `a and b`, `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
