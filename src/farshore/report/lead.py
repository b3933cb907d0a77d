"""The top of the page: title, time frame, the plain answer, the key figures."""

import math
from collections.abc import Mapping
from typing import Any

from farshore.report.answer import answer
from farshore.report.figures import Figures
from farshore.report.markup import Html, element
from farshore.report.wording import SHARES, count, day, hours_text, offset_text
from farshore.results.outcome import Outcome

__all__ = ["header"]


def header(outcome: Outcome, figures: Figures) -> Html:
    """Title, time frame, the plain answer and the key figures."""
    about = outcome.scenario.about
    told = answer(outcome, figures)
    days = about.horizon_h / 24
    span = f"{days:g} days" if days >= 2 and days == int(days) else f"{about.horizon_h} h"
    return element(
        "header",
        element("h1", about.title),
        element(
            "p",
            f"{day(figures.start_s, figures.offset)} to {day(figures.end_s, figures.offset)} · "
            f"{span} in steps of {about.step_s / 60:g} min · "
            f"all times local, {offset_text(figures.offset)}",
            class_="when",
        ),
        element("p", told.who, class_="answer"),
        element("p", told.which_way, class_="answer") if told.which_way else "",
        element("p", told.who_cannot, class_="answer left") if told.who_cannot else "",
        _key_figures(figures),
    )


def _key_figures(figures: Figures) -> Html:
    told = figures.summary
    items = [
        (count(told["people"]), "people choose to leave"),
        (count(told["placed"]), "people reach a bed"),
        (count(told["unserved"]), "people cannot leave in time"),
        *(
            (hours_text(told[f"t{share}_h"]), f"until {words} have arrived (T{share})")
            for share, words in SHARES.items()
        ),
        (
            f"{sum(1 for c in told['crossings'] if c['persons'])} of {len(told['crossings'])}",
            "crossings are used",
        ),
        _gap(told),
    ]
    boxes = [
        element(
            "div",
            element("dt", meaning),
            element("dd", value, class_="words" if value[0].isalpha() else None),
        )
        for value, meaning in items
    ]
    return element("dl", *boxes, class_="figures")


def _gap(told: Mapping[str, Any]) -> tuple[str, str]:
    if told["gap"] <= 0:
        return "best possible", "no plan does better: proven"
    return f"{math.ceil(round(told['gap'] * 1e4, 6)) / 100:.2f} %", "from the best possible plan, at most"
