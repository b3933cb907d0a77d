"""The figures of robust.json as rows of a table, for the terminal and the page."""

from collections.abc import Mapping
from typing import Any

from farshore.report.wording import count

__all__ = ["robust_rows"]


def robust_rows(told: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(what, robust, nominal): if nothing is lost, in the futures planned for, in fresh ones."""

    def row(what: str, pair: Mapping[str, Any], digits: int = 0) -> tuple[str, str, str]:
        return (what, *(f"{pair[name]:,.{digits}f}" for name in ("robust", "nominal")))  # type: ignore[return-value]

    def figure(part: Mapping[str, Any], name: str) -> dict[str, Any]:
        return {plan: part[plan][name] for plan in ("robust", "nominal")}

    rows = [row("if nothing is lost", told["undisturbed"])]
    for part, words in (("sampled", "the {} futures planned for"), ("fresh", "{} fresh futures")):
        faced = told[part]
        if not faced["futures"]:
            continue
        where = f"in {words.format(count(faced['futures']))}"
        rows.append(row(f"{where}: {told['measure']}", figure(faced, "measure_person_h")))
        if told["measure"] != "mean":
            rows.append(row(f"{where}: mean", figure(faced, "mean_person_h")))
        rows.append(row(f"{where}: people left behind, mean", figure(faced, "left_mean"), 1))
        rows.append(row(f"{where}: people left behind, most", figure(faced, "left_most")))
    return rows
