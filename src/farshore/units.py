"""Units and times at the borders: aware datetimes outside, whole seconds since 1970 inside."""

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final

__all__ = ["HOUR_S", "format_duration", "format_time", "hours", "offset_of", "parse_time", "round_half_up"]

HOUR_S: Final = 3600
_RFC3339: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.0+)?)?([Zz]|[+-]\d\d:\d\d)")


@lru_cache(maxsize=1 << 14)
def parse_time(text: str) -> int:
    """Whole seconds since 1970-01-01T00:00Z of an RFC 3339 time; seconds may be left out.

    Raises ValueError, with the reason in words, if there is no offset, a fraction of a second, or no time.
    """
    if not _RFC3339.fullmatch(text):
        if re.fullmatch(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d)?", text):
            raise ValueError("has no offset from UTC")
        raise ValueError("is not an RFC 3339 time in whole seconds")
    try:
        return int(datetime.fromisoformat(text.upper()).timestamp())
    except ValueError:
        raise ValueError("is no date or time that exists") from None


@lru_cache(maxsize=1 << 14)
def format_time(seconds: int, offset: timedelta) -> str:
    """RFC 3339 text of a moment, in the given offset, minutes precision where seconds are zero."""
    moment = datetime.fromtimestamp(int(seconds), UTC).astimezone(timezone(offset))
    return moment.isoformat(timespec="minutes" if moment.second == 0 else "seconds")


def offset_of(moment: datetime) -> timedelta:
    """Offset from UTC of an aware datetime; raises ValueError for a naive one."""
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError(f"{moment} has no offset from UTC")
    return offset


def hours(seconds: float) -> float:
    """Hours in so many seconds."""
    return seconds / HOUR_S


def format_duration(seconds: float) -> str:
    """A duration as people say it: `3 d 4 h`, `5 h 30 min`, `40 s`."""
    whole = round(seconds)
    days, rest = divmod(whole, 86_400)
    hrs, rest = divmod(rest, HOUR_S)
    minutes, secs = divmod(rest, 60)
    if days:
        return f"{days} d {hrs} h"
    if hrs:
        return f"{hrs} h {minutes} min"
    return f"{minutes} min" if minutes else f"{secs} s"


def round_half_up(value: float) -> int:
    """Nearest whole number, halves upward (Python's own `round` goes to even)."""
    return int(value + 0.5) if value >= 0 else -int(-value + 0.5)
