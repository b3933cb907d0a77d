"""Orders that can be given, as people read them out: by zone, by road, in turn."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from farshore.report.markup import Html, element, number, section, table
from farshore.report.wording import count, percent
from farshore.results.outcome import Outcome

__all__ = ["account_lines", "instructions"]


def account_lines(summary: Mapping[str, Any]) -> list[str]:
    """What orders cost and gain, a line for each kind that was asked for; nothing for a plain plan."""
    options = summary["options"]
    lines = []
    if options.get("orders") == "zones":
        told = sum(1 for zone in summary["zones"] if zone["placed"])
        bound, cost = summary["lower_bound"], summary["objective"]
        above = percent((cost - bound) / bound, digits=1) if bound else "–"
        lines.append(
            f"orders: one route and one window for each of {count(told)} zones; {above} above the free flow"
        )
    if turned := options.get("contraflow"):
        lines.append(
            f"contraflow: {turned['reversed']} of at most {turned['limit']} roads reversed save "
            f"{_saved(turned, 'doing_nothing')} person-hours of the free flow"
        )
    if staged := options.get("staging"):
        lines.append(
            f"staging: saves {_saved(staged, 'all_at_once')} person-hours against all leaving at once"
        )
    return lines


def _saved(account: Mapping[str, Any], against: str) -> str:
    share = account["gain"] / account[against] if account[against] else 0.0
    return f"{count(account['gain'])} ({percent(share, digits=1)}; {count(account['gain_at_most'])} at most)"


def instructions(outcome: Outcome, summary: Mapping[str, Any]) -> Html:
    """The orders of a plan that has some; nothing for one that has none."""
    if not (outcome.orders or outcome.reversals or outcome.stages):
        return Html("")
    zones = dict(zip(outcome.scenario.zones.zone_id, outcome.scenario.zones.name, strict=True))
    parts = [element("p", f"{line[:1].upper()}{line[1:]}.") for line in account_lines(summary)]
    if outcome.reversals:
        parts.append(
            table(
                "Roads whose lanes are reversed",
                ("road", "lanes close", "open to those who leave", "vehicles/h", "order"),
                [
                    (turn.name or turn.link_id, _short(turn.closes), _short(turn.opens),
                     number(count(turn.capacity_veh_h)), turn.order)
                    for turn in outcome.reversals
                ],
                numeric=(3,),
            )
        )  # fmt: skip
    if outcome.orders:
        parts.append(
            table(
                "One order for each zone, by the time at which it begins",
                ("zone", "from", "until", "persons", "persons/h", "order"),
                [
                    (zones[told.zone_id], _short(told.depart_from), _short(told.depart_until),
                     number(count(told.persons)), number(count(told.rate_persons_h)), told.order)
                    for told in sorted(outcome.orders, key=lambda told: (told.depart_from, told.zone_id))
                ],
                numeric=(3, 4),
                tall=True,
            )
        )  # fmt: skip
    if outcome.stages:
        parts.append(
            table(
                "Zones in their turn",
                ("zone", "turn", "from", "until", "persons"),
                [
                    (zones[stage.zone_id], number(str(stage.turn)), _short(stage.depart_from),
                     _short(stage.depart_until), number(count(stage.persons)))
                    for stage in outcome.stages
                ],
                numeric=(1, 4),
                tall=True,
            )
        )  # fmt: skip
    return section("Orders to give", *parts, identity="orders", long=True)


def _short(time: str) -> str:
    at = datetime.fromisoformat(time)
    return f"{at.day} {at:%B}, {at:%H:%M}"
