"""The plain answer: who can leave by when and which way, and who cannot and why, in sentences."""

from collections import Counter

from farshore.report.figures import Figures
from farshore.report.wording import count, joined, moment, percent
from farshore.results.outcome import Outcome

__all__ = ["answer", "binding_name"]

_WAYS_NAMED = 3


def answer(outcome: Outcome, figures: Figures) -> list[str]:
    """Sentences, the most important first; each stands by itself."""
    if not figures.summary["people"]:
        return ["Nobody in this scenario chooses to leave; there is nothing to plan."]
    return [_who(figures), *_when(figures), *_which_way(figures), *_who_cannot(outcome, figures)]


def _who(figures: Figures) -> str:
    people, placed = figures.summary["people"], figures.summary["placed"]
    leaving = f"{count(people)} people choose to leave."
    last = figures.reached_s(100)
    if last is not None:
        return f"{leaving} All of them reach a bed by {moment(last, figures.offset)}."
    end = moment(figures.end_s, figures.offset)
    reaching = f"{count(placed)} of them ({percent(placed / people)}) reach a bed by {end}"
    return f"{leaving} {reaching}, the end of the time planned."


def _when(figures: Figures) -> list[str]:
    half = figures.reached_s(50)
    if half is None:
        return ["Half of them do not reach one within that time."]
    return [f"Half of all who choose to leave are there by {moment(half, figures.offset)}."]


def _which_way(figures: Figures) -> list[str]:
    crossings = figures.summary["crossings"]
    used = sorted((c for c in crossings if c["persons"]), key=lambda c: -c["persons"])
    if not used:
        return ["Nobody uses a crossing."] if crossings else []
    ways = [f"{c['name']} carries {count(c['persons'])}" for c in used[:_WAYS_NAMED]]
    more = used[_WAYS_NAMED:]
    if more:
        rest = count(sum(c["persons"] for c in more))
        ways.append(f"{len(more)} more carry {rest}" if len(more) > 1 else f"{more[0]['name']} {rest}")
    return [f"Of the crossings, {joined(ways)}."]


def _who_cannot(outcome: Outcome, figures: Figures) -> list[str]:
    if not figures.summary["unserved"]:
        return []
    weight: Counter[str] = Counter()
    for zone in outcome.unserved:
        for what in zone.binding[:2]:
            weight[binding_name(outcome, what)] += zone.persons
    held = [what for what, _ in weight.most_common(2)]
    because = f" What holds them: {joined(held)}." if held else ""
    return [f"{count(figures.summary['unserved'])} cannot leave within that time.{because}"]


def binding_name(outcome: Outcome, what: str) -> str:
    """What binds, as people know it: a crossing, host or link by its name, words as they are."""
    scenario = outcome.scenario
    crossings, hosts, links = scenario.crossings, scenario.hosts, scenario.links
    if (row := crossings.position().get(what)) is not None:
        return str(crossings.name[row])
    if (row := hosts.position().get(what)) is not None:
        return f"the beds or intake of {hosts.name[row]}"
    if (row := links.position().get(what.removeprefix("-"))) is not None:
        return f"the road {links.name[row] or what}"
    return what
