"""The page's section about robustness: what the plan costs and gains beside the nominal one."""

from collections.abc import Mapping
from typing import Any

from farshore.report.markup import Html, element, number, section, table
from farshore.report.robust_words import robust_rows
from farshore.report.wording import count, joined
from farshore.scenario.scenario import Scenario

__all__ = ["robustness"]

_SHOWN = 10


def robustness(told: Mapping[str, Any] | None, scenario: Scenario) -> Html:
    """What robust.json says, assets called by their names; nothing where there is none."""
    if told is None:
        return Html("")
    body = [
        element("ul", *(element("li", line) for line in told["statement"])),
        table(
            "Costs in person-hours at exposure 1, who is left behind counting far more; the nominal plan is "
            "the best if nothing is lost",
            ("what", "this plan", "nominal plan"),
            [(what, number(ours), number(theirs)) for what, ours, theirs in robust_rows(told)],
            numeric=(1, 2),
        ),
    ]
    worst = sorted(
        (each for each in told["futures"]["fresh"] if each["known_from_h"] is not None),
        key=lambda each: (-each["nominal_person_h"], each["number"]),
    )[:_SHOWN]
    if worst:
        rows = [
            (
                joined([_name(scenario, code) for code in each["lost"]]),
                number(f"{each['known_from_h']:g} h"),
                number(count(each["robust_person_h"])),
                number(count(each["nominal_person_h"])),
                number(count(each["robust_left"])),
                number(count(each["nominal_left"])),
            )
            for each in worst
        ]
        body.append(
            table(
                "The fresh futures that are worst for the nominal plan",
                ("lost", "first known after", "this plan", "nominal plan", "left by this", "left by nominal"),
                rows,
                numeric=(1, 2, 3, 4, 5),
            )
        )
    note = (
        "Worked out on paper: instructions are followed until a first loss is known, then everybody still at "
        "home is planned anew, knowing how that future goes on. certify checks the plan, not these figures; "
        "the same command with the same seed gives them again."
    )
    return section("If crossings are lost", *body, element("p", note, class_="note"), identity="robust")


def _name(scenario: Scenario, code: str) -> str:
    for table_of in (scenario.crossings, scenario.links):
        row = table_of.position().get(code)
        if row is not None:
            return str(table_of.name[row]) or code
    return code
