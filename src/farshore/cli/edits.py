"""What --open and --close of a command make of a scenario, and what is said of it."""

from collections.abc import Sequence

from farshore.scenario import Scenario, changes_of_assumptions, parse_window, with_closing, with_opening

__all__ = ["opened_and_closed"]


def opened_and_closed(
    scenario: Scenario, open_: Sequence[str], close: Sequence[str], *, silent: bool
) -> Scenario:
    """The scenario with assets opened, then others closed; prints what becomes of assumptions about closures.

    Raises UsageFault for what `parse_window` raises it.
    """
    edited = scenario
    for text in open_:
        edited = with_opening(edited, *parse_window(text, edited))
    for text in close:
        edited = with_closing(edited, *parse_window(text, edited))
    if not silent:
        for line in changes_of_assumptions(scenario, edited):
            print(line)
    return edited
