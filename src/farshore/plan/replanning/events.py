"""What happens to the network: closings, openings and losses of capacity, from the moment of replanning."""

from collections.abc import Sequence
from enum import StrEnum

from farshore.errors import UsageFault
from farshore.results.outcome import Event, Outcome
from farshore.scenario.edit import Window, parse_capacity, parse_window, with_capacity, with_opening
from farshore.scenario.scenario import Scenario
from farshore.units import format_time, offset_of, parse_time

__all__ = ["Caught", "after_events", "first_step_from", "parse_events"]


class Caught(StrEnum):
    """What people do who are on an asset when it closes."""

    BACK = "back"  # to where they entered it, in as long as they had come
    THROUGH = "through"  # on to its other end, as if nothing had happened
    HELD = "held"  # they stay on it until it opens, then go on


def first_step_from(text: str, old: Outcome) -> int:
    """The first step that begins at or after a time: what a plan does before it stays done.

    Raises UsageFault if the text is no time within the horizon, or before the plan's own beginning.
    """
    about = old.scenario.about
    try:
        seconds = parse_time(text.strip()) - int(about.start.timestamp())
    except ValueError as error:
        raise UsageFault(f"--at {text!r} {error}; write 2022-10-19T06:00+03:00") from None
    step = -(-seconds // about.step_s)
    if not 0 <= step < about.n_steps:
        offset, start_s = offset_of(about.start), int(about.start.timestamp())
        first = format_time(start_s, offset)
        last = format_time(start_s + (about.n_steps - 1) * about.step_s, offset)
        raise UsageFault(f"--at {text!r} lies outside the horizon; name a time from {first} to {last}")
    if old.replan is not None and step < old.replan.at_step:
        raise UsageFault(
            f"--at {text!r} is before the plan's own beginning: it is a plan made in the midst itself"
        )
    return step


def parse_events(
    scenario: Scenario, step: int, *, close: Sequence[str], open_: Sequence[str], capacity: Sequence[str]
) -> tuple[Event, ...]:
    """Events as a command line gives them, cut to what lies ahead of a step; openings first, then losses.

    Raises UsageFault for one that cannot be read or lies wholly in the past.
    """
    now_s = int(scenario.about.start.timestamp()) + step * scenario.about.step_s
    found: list[tuple[Window, float | None, str]] = []
    found += [(parse_window(text, scenario), None, text) for text in open_]
    found += [(parse_window(text, scenario), 0.0, text) for text in close]
    found += [(*parse_capacity(text, scenario), text) for text in capacity]
    events = []
    for (asset, from_s, until_s), factor, text in found:
        if until_s <= now_s:
            now = format_time(now_s, offset_of(scenario.about.start))
            raise UsageFault(f"{text!r} is over by {now}, from when plans are made anew")
        events.append(Event(asset, max(from_s, now_s), until_s, factor))
    return tuple(events)


def after_events(scenario: Scenario, events: Sequence[Event]) -> Scenario:
    """The scenario with all events applied, in order."""
    for event in events:
        span = (event.asset_id, event.from_s, event.until_s)
        if event.factor is None:
            scenario = with_opening(scenario, *span)
        else:
            reason = "closed in the midst" if event.factor == 0 else "less room in the midst"
            scenario = with_capacity(scenario, *span, event.factor, f"{reason} of a plan")
    return scenario
