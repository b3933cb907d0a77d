"""What conflicts: facts that cannot all hold if everybody is to be placed, on the screen and on the page."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from farshore.report.markup import Html, element, section
from farshore.report.wording import count

__all__ = ["conflict_lines", "conflicts"]

_CONFLICTS: Final = 6  # on the screen; the page and summary.json have all
_FACTS: Final = 5
_REMEDIES: Final = 3
_LEAD: Final = (
    "No plan can place all of these people as long as all facts of a group hold. If any one of them did not, "
    "and nothing else stood in the way, more of them could be placed."
)


def conflict_lines(summary: Mapping[str, Any]) -> RenderableType:
    """Each conflict in a sentence, its facts with file and row, and what would help, for a terminal."""
    told = summary["conflicts"]
    parts: list[RenderableType] = [Text("\nwhat conflicts", style="bold")]
    for conflict in told[:_CONFLICTS]:
        parts.append(Padding(Text(f"{_behind(conflict)}{conflict['statement']}", style="red"), (0, 0, 0, 2)))
        parts += [Padding(Text(line), (0, 0, 0, 4)) for line in _facts(conflict, _FACTS)]
        parts += [
            Padding(Text(f"→ {line}", style="green"), (0, 0, 0, 4))
            for line in _remedies(conflict, summary["unserved"])[:_REMEDIES]
        ]
    if len(told) > _CONFLICTS:
        parts.append(Text(f"  and {len(told) - _CONFLICTS} more in summary.json", style="dim"))
    return Group(*parts)


def conflicts(summary: Mapping[str, Any]) -> Html:
    """A section of the page; nothing where nothing conflicts."""
    told = summary["conflicts"]
    if not told:
        return Html("")
    parts = [
        element(
            "div",
            element("h3", f"{_behind(conflict)}{conflict['statement']}"),
            element("p", "The facts that conflict:"),
            element("ul", *(element("li", line) for line in _facts(conflict, len(conflict["facts"])))),
            *_helping(conflict, summary["unserved"]),
            class_="conflict",
        )
        for conflict in told
    ]
    return section("What conflicts", element("p", _LEAD), *parts, identity="conflicts", long=True)


def _helping(conflict: Mapping[str, Any], unserved: int) -> Iterator[Html]:
    remedies = _remedies(conflict, unserved)
    if remedies:
        when = "What would help then" if conflict["depth"] else "What would help"
        yield element("p", f"{when}, each by itself, found by planning anew:")
        yield element("ul", *(element("li", line) for line in remedies))
    else:
        yield element("p", "No single change to one of these facts was found that would place more people.")


def _behind(conflict: Mapping[str, Any]) -> str:
    return "Even without the above: " if conflict["depth"] else ""


def _facts(conflict: Mapping[str, Any], most: int) -> list[str]:
    """Facts in words with where they stand; people of several zones as one line, their curves as another."""
    together = {
        "people": f"{count(conflict['people'])} people choose to leave",
        "ready": "they are ready by curves",
    }
    lines: list[str] = []
    others: list[str] = []
    for kind, words in together.items():
        facts = [fact for fact in conflict["facts"] if fact["kind"] == kind]
        into = lines if kind == "people" else others
        if len(facts) > 1:
            rows = ", ".join(str(fact["row"]) for fact in facts)
            into.append(f"{words} ({facts[0]['file']}, rows {rows}, {facts[0]['column']})")
        else:
            into += [_line(fact) for fact in facts]
    others = [_line(fact) for fact in conflict["facts"] if fact["kind"] not in together] + others
    lines += others[:most]
    if len(others) > most:
        lines.append(f"and {len(others) - most} more facts")
    return lines


def _line(fact: Mapping[str, Any]) -> str:
    where = f"{fact['file']}, row {fact['row']}" if fact["row"] else fact["file"]
    return f"{fact['words']} ({where}, {fact['column']})"


def _remedies(conflict: Mapping[str, Any], unserved: int) -> list[str]:
    return [
        f"{remedy['words']}: "
        + (
            "everybody could be placed"
            if not conflict["depth"] and remedy["placed_persons"] >= unserved
            else f"{count(remedy['placed_persons'])} more could be placed"
        )
        for remedy in conflict["remedies"]
    ]
