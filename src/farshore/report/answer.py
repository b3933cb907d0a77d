"""The plain answer: who can leave by when and which way, and who cannot and why, in sentences."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

from farshore.report.figures import Figures
from farshore.report.services import modes_sentence
from farshore.report.wording import count, joined, moment, percent
from farshore.results.outcome import Outcome

__all__ = ["Answer", "answer", "plain_binding"]

_WAYS_NAMED: Final = 3
_HELD_BY: Final = 2


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer in three parts, each whole sentences: who by when, which way, who cannot ("" if all can)."""

    who: str
    which_way: str
    who_cannot: str


def answer(outcome: Outcome, figures: Figures) -> Answer:
    """What a plan comes to, the most important first."""
    if not figures.summary["people"]:
        return Answer("Nobody in this scenario chooses to leave; there is nothing to plan.", "", "")
    ways = _which_way(figures)
    if outcome.services is not None:
        ways = " ".join(filter(None, (modes_sentence(figures.summary["modes"]), ways)))
    return Answer(f"{_who(figures)} {_when(figures)}", ways, _who_cannot(outcome, figures))


def _who(figures: Figures) -> str:
    people, placed = figures.summary["people"], figures.summary["placed"]
    leaving = f"{count(people)} people choose to leave."
    last = figures.reached_s(100)
    if last is not None:
        return f"{leaving} All of them reach a bed by {moment(last, figures.offset)}."
    end = moment(figures.end_s, figures.offset)
    reaching = f"{count(placed)} of them ({percent(placed / people)}) reach a bed by {end}"
    return f"{leaving} {reaching}, the end of the time planned."


def _when(figures: Figures) -> str:
    half = figures.reached_s(50)
    if half is None:
        return "Fewer than half of them do."
    return f"Half of all who choose to leave are there by {moment(half, figures.offset)}."


def _which_way(figures: Figures) -> str:
    crossings = figures.summary["crossings"]
    used = sorted((c for c in crossings if c["persons"]), key=lambda c: -c["persons"])
    if not used:
        return "Nobody uses a crossing." if crossings else ""
    ways = [f"{c['name']} ({count(c['persons'])})" for c in used[:_WAYS_NAMED]]
    more = used[_WAYS_NAMED:]
    if more:
        ways.append(f"{len(more)} more ({count(sum(c['persons'] for c in more))})")
    twice = ""
    if sum(c["persons"] for c in used) > figures.summary["placed"]:
        twice = " Some cross more than one of them."
    return f"They cross by {joined(ways)}.{twice}"


def _who_cannot(outcome: Outcome, figures: Figures) -> str:
    if not figures.summary["unserved"]:
        return ""
    weight: Counter[str] = Counter()
    for zone in outcome.unserved:
        for what in zone.binding[:_HELD_BY]:
            weight[plain_binding(outcome, what)] += zone.persons
    held = [what for what, _ in weight.most_common(_HELD_BY)]
    because = f" What holds them: {joined(held)}." if held else ""
    return f"{count(figures.summary['unserved'])} cannot leave within that time.{because}"


def plain_binding(outcome: Outcome, what: str) -> str:
    """What binds, as people know it: names instead of codes, commas in large numbers."""
    scenario = outcome.scenario
    names: dict[str, str] = {}
    for codes, called in (
        (scenario.crossings.crossing_id, scenario.crossings.name),
        (scenario.hosts.host_id, scenario.hosts.name),
    ):
        names |= dict(zip(map(str, codes), map(str, called), strict=True))
    if what in names:
        return names[what]
    for code, name in names.items():
        what = what.replace(f"crossing {code} ({name})", name).replace(f"{code} ({name})", name)
    return re.sub(r"(?<![\w.,])\d{4,}(?![\w.])", lambda number: count(int(number[0])), what)
