"""The top of the page: title, time frame, the plain answer, the key figures."""

from collections.abc import Mapping
from typing import Any

from farshore.report.answer import answer
from farshore.report.figures import Figures
from farshore.report.markup import Html, element
from farshore.report.wording import NOT_REACHED, SHARES, count, day, offset_text, percent
from farshore.results.outcome import Outcome
from farshore.units import format_duration

__all__ = ["header"]


def header(outcome: Outcome, figures: Figures) -> Html:
    """Title, time frame, the plain answer and the key figures."""
    about = outcome.scenario.about
    first, *rest = answer(outcome, figures)
    return element(
        "header",
        element("h1", about.title),
        element(
            "p",
            f"{day(figures.start_s, figures.offset)} to {day(figures.end_s, figures.offset)} · "
            f"{format_duration(about.horizon_h * 3600)} in steps of {about.step_s / 60:g} min · "
            f"all times local, {offset_text(figures.offset)}",
            class_="when",
        ),
        element("p", first, class_="answer"),
        element("p", " ".join(rest), class_="answer") if rest else "",
        _key_figures(figures),
    )


def _key_figures(figures: Figures) -> Html:
    told = figures.summary
    items = [
        (count(told["people"]), "people choose to leave"),
        (count(told["placed"]), "people reach a bed"),
        (count(told["unserved"]), "people cannot leave in time"),
        *(
            (_reached(figures, share), f"until {words} have arrived (T{share})")
            for share, words in SHARES.items()
        ),
        (_gap(told), "from the best possible plan, at most"),
    ]
    boxes = [
        element(
            "div",
            element("dt", meaning),
            element("dd", value, class_="words" if value == NOT_REACHED else None),
        )
        for value, meaning in items
    ]
    return element("dl", *boxes, class_="figures")


def _reached(figures: Figures, share: int) -> str:
    hours = figures.summary[f"t{share}_h"]
    return NOT_REACHED if hours is None else format_duration(hours * 3600)


def _gap(told: Mapping[str, Any]) -> str:
    return "0 %" if told["gap"] <= 0 else percent(told["gap"], digits=2)
