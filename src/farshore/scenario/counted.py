"""What a count counts: people present, everybody who ever arrived, or arrivals since the count before."""

from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.errors import UsageFault
from farshore.scenario.displacement import Counts

__all__ = ["MEANINGS", "as_stock", "joined_counts"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
MEANINGS: Final = ("stock", "cumulative", "flow")
NONE: Final = Counts(np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int64))


def as_stock(counts: Counts, meaning: str, stocks: Counts = NONE) -> Counts:
    """Counts as people present, whatever they were counted as.

    meaning : `stock` (present that day), `cumulative` (arrived up to that day; a later lower figure revises
        the earlier ones down), `flow` (arrived since the count before)
    stocks : counts of people present in the same place; arrivals are added to the latest one by their day
    Departures since then are not known: what comes out for the last two is an upper bound. The sum is made
    anew on every day on which a figure became known, from those known by then: a late or revised part
    changes what is known from that day on, and nothing before. Raises UsageFault for other words.
    """
    if meaning not in MEANINGS:
        raise UsageFault(f"counts mean {', '.join(MEANINGS)}, not {meaning!r}")
    if meaning == "stock":
        return counts
    told: dict[int, float] = {}
    rows: list[tuple[int, float, int]] = []
    for known in np.unique(np.concatenate([counts.known_day, stocks.known_day])).tolist():
        day, arrived = _arrived(counts, meaning, known)
        present_day, present = _standing(stocks, known)
        at = np.searchsorted(present_day, day, side="right") - 1
        before_any = 0.0 if meaning == "flow" or not len(arrived) else float(arrived[0])
        for i, on in enumerate(day.tolist()):
            value = float(arrived[i])
            if at[i] >= 0:
                if present_day[at[i]] == on:
                    told.pop(on, None)  # people were counted that day: no sum is better
                    continue
                j = int(np.searchsorted(day, present_day[at[i]], side="right")) - 1
                value += float(present[at[i]]) - (float(arrived[j]) if j >= 0 else before_any)
            if told.get(on) != value:
                told[on] = value
                rows.append((on, value, known))
    table = np.array(rows, dtype=float).reshape(len(rows), 3)
    return Counts(table[:, 0].astype(np.int64), table[:, 1], table[:, 2].astype(np.int64))


def joined_counts(first: Counts, second: Counts) -> Counts:
    """Both, in the order in which they became known; of two figures known alike the second's stands."""
    known = np.concatenate([first.known_day, second.known_day])
    order = np.argsort(known, kind="stable")
    return Counts(
        np.concatenate([first.day, second.day])[order],
        np.concatenate([first.persons, second.persons])[order],
        known[order],
    )


def _standing(counts: Counts, known: int) -> tuple[Ints, Floats]:
    """Days and figures as they stood when `known` was the last day of knowledge, one a day, by day."""
    seen = np.flatnonzero(counts.known_day <= known)
    order = seen[np.lexsort((counts.known_day[seen], counts.day[seen]))]
    last_of_day = np.append(counts.day[order][1:] != counts.day[order][:-1], True)[: len(order)]
    return counts.day[order][last_of_day], counts.persons[order][last_of_day]


def _arrived(counts: Counts, meaning: str, known: int) -> tuple[Ints, Floats]:
    day, persons = _standing(counts, known)
    if meaning == "flow":
        return day, np.cumsum(persons)
    return day, np.minimum.accumulate(persons[::-1])[::-1]
