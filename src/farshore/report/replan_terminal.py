"""A replan in the terminal: where everybody is, who was broken off, what fewer changes would cost."""

from collections.abc import Sequence

from rich.console import Group, JustifyMethod, RenderableType
from rich.table import Table
from rich.text import Text

from farshore.report.wording import count
from farshore.results.outcome import Replan, TradeOff
from farshore.scenario.scenario import Scenario
from farshore.units import format_time, offset_of

__all__ = ["replan_table"]

_MICRO = 1_000_000
_SHOWN = 6


def replan_table(replan: Replan, scenario: Scenario) -> RenderableType:
    """What has happened, and the trade-off between new instructions and exposure, in 80 columns."""
    return Group(
        _where(replan, scenario), Text(), *_halted(replan, scenario), *_trade_off(replan.trade_off), Text()
    )


def _where(replan: Replan, scenario: Scenario) -> RenderableType:
    about = scenario.about
    at = format_time(int(about.start.timestamp()) + replan.at_step * about.step_s, offset_of(about.start))
    counts = replan.counts
    grid = Table.grid(padding=(0, 2))
    grid.add_column()
    grid.add_column(justify="right")
    grid.add_row(Text(f"By {at}", style="bold"), "")
    grid.add_row("have been taken in", count(counts["arrived"]))
    grid.add_row("are on their way and go on as told", count(counts["on_their_way"]))
    style = "bold red" if counts["halted_now"] else ""
    grid.add_row("are on the road and cannot", Text(count(counts["halted_now"]), style=style))
    if counts["halted_before"]:
        grid.add_row("wait on the road since an earlier event", count(counts["halted_before"]))
    grid.add_row("are still at home", count(counts["at_home"]))
    if replan.others:
        grid.add_row("came to a host without the plan", count(sum(replan.others.values())))
    return grid


def _halted(replan: Replan, scenario: Scenario) -> list[RenderableType]:
    """Who was broken off, by the name of the link they had entered last."""
    if not replan.halted:
        return []
    said = {
        "caught": f"on it when it closed ({replan.caught})",
        "cut off": "the way beyond it is closed or full",
        "late": "on it last, not counted by the host",
    }
    rows = scenario.links.position()
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    table.add_column("on the road by", no_wrap=True, overflow="ellipsis", max_width=30)
    table.add_column("persons", justify="right", no_wrap=True)
    table.add_column("why", no_wrap=True, overflow="ellipsis")
    ranked = sorted(replan.halted.items(), key=lambda item: (-item[1], item[0]))
    for (cause, link), persons in ranked[:_SHOWN]:
        row = rows.get(link.removeprefix("-"))
        name = str(scenario.links.name[row]) if row is not None else ""
        table.add_row(f"{link} {name}".strip() or "the host's gate", count(persons), said[cause])
    rest = ranked[_SHOWN:]
    if rest:
        table.add_row(f"and {len(rest)} more links", count(sum(n for _, n in rest)), "")
    return [table, Text()]


def _trade_off(rows: Sequence[TradeOff]) -> list[RenderableType]:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for title in ("", "who hears something new", "persons", "person-hours", "left behind"):
        justify: JustifyMethod = "left" if not title or title.startswith("who") else "right"
        table.add_column(title, justify=justify, no_wrap=True)
    for row in rows:
        table.add_row(
            "→" if row.chosen else "",
            row.what,
            count(row.changed_persons),
            count(row.objective / _MICRO),
            Text(count(row.unserved), style="bold red" if row.unserved else ""),
            style="bold" if row.chosen else "",
        )
    return [table]
