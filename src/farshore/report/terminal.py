"""The terminal's half of the report: progress while planning, then everything that matters on one screen."""

import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Protocol, Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from farshore.report.instructions import account_lines
from farshore.report.services_terminal import classes_lines
from farshore.report.wording import count, hours_text, percent
from farshore.results.households import percent_up
from farshore.results.wording import certificate_statement, greedy_statement
from farshore.units import format_duration

__all__ = ["LiveProgress", "Progress", "progress_line", "summary_table"]

_ROWS: Final = 8  # crossings and hosts shown: what leaves the whole summary under 24 lines
_ROWS_WITH_CLASSES: Final = 3  # likewise, beside the classes and the vehicles
_LEFT_SHOWN: Final = 2
_NEWS_S: Final = 2.0  # between two lines about a plan that gets better
_MICRO: Final = 1_000_000
_MARKS: Final = {True: ("✓", "green"), False: ("✗", "bold red"), None: ("–", "dim")}


class Progress(Protocol):
    """How far planning has come; `eta_s`, `objective`, `lower_bound` and `gap` are None while unknown."""

    @property
    def phase(self) -> str: ...  # noqa: D102
    @property
    def fraction(self) -> float: ...  # noqa: D102
    @property
    def eta_s(self) -> float | None: ...  # noqa: D102
    @property
    def objective(self) -> int | None: ...  # noqa: D102
    @property
    def lower_bound(self) -> int | None: ...  # noqa: D102
    @property
    def gap(self) -> float | None: ...  # noqa: D102


def progress_line(progress: Progress, elapsed_s: float) -> RenderableType:
    """Two lines: what is being done, how far it is and how long it may take; the best plan and its bound."""
    line = Table.grid(padding=(0, 1))
    left = "" if progress.eta_s is None else f"about {format_duration(progress.eta_s)} left"
    line.add_row(
        Text(f"{progress.phase:<20}", style="bold"),
        ProgressBar(total=1.0, completed=min(1.0, max(0.0, progress.fraction)), width=24),
        Text(f"{100 * progress.fraction:3.0f} %"),
        Text(f"{format_duration(elapsed_s)} so far" + (f", {left}" if left else "")),
    )
    return Group(line, _quality(progress))


def _quality(progress: Progress) -> Text:
    if progress.objective is None:
        return Text("no plan yet", style="dim")
    words = f"best plan {count(progress.objective / _MICRO)} person-hours"
    if progress.lower_bound is not None and progress.gap is not None:
        # Rounded down, as the certificate's own sentence has it: a bound may promise less, never more.
        words += f", none can be below {count(progress.lower_bound // _MICRO)}: "
        words += f"within {percent(progress.gap, digits=2)}" if progress.gap > 0 else "the best there is"
    return Text(words, style="dim")


class LiveProgress:
    """Shows progress in place on a terminal; elsewhere line by line, as phases and the best plan change.

    Use as a context, and call it with each `Progress`: `with LiveProgress() as show: show(progress)`.
    """

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True)
        self.live = Live(console=self.console, transient=True, refresh_per_second=5)
        self.begun_s = time.monotonic()
        self.phase = ""
        self.told: tuple[int | None, int | None] = (None, None)
        self.told_s = 0.0

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self.live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.live.stop()

    def __call__(self, progress: Progress) -> None:
        """Show where planning stands now."""
        elapsed_s = time.monotonic() - self.begun_s
        if self.console.is_terminal:
            self.live.update(progress_line(progress, elapsed_s))
        elif progress.phase != self.phase or self._has_news(progress, elapsed_s):
            news = "" if progress.objective is None else f", {_quality(progress)}"
            line = f"{format_duration(elapsed_s)}: {progress.phase}{news}"
            self.console.print(line, highlight=False, soft_wrap=True)
            self.told, self.told_s = (progress.objective, progress.lower_bound), elapsed_s
        self.phase = progress.phase

    def say(self, text: str) -> None:
        """Print a line that stays, above what is shown in place."""
        self.console.print(text, highlight=False, markup=False, soft_wrap=True)

    def _has_news(self, progress: Progress, elapsed_s: float) -> bool:
        """Whether plan or bound are others than those told last, some time ago."""
        if progress.objective is None or (progress.objective, progress.lower_bound) == self.told:
            return False
        return elapsed_s - self.told_s >= _NEWS_S


def summary_table(summary: Mapping[str, Any]) -> RenderableType:
    """Everything that matters of a plan in 80 columns and at most 24 lines; `summary` as in summary.json."""
    return Group(
        _heading(summary),
        Text(),
        _people(summary),
        *_left(summary),
        Text(),
        *classes_lines(summary),
        _side_by_side(_crossings(summary), _hosts(summary)),
        _certificate(summary),
        *_greedy(summary),
        *_households(summary),
        *(Text(line, no_wrap=True, overflow="ellipsis") for line in account_lines(summary)),
        _audit(summary),
    )


def _heading(summary: Mapping[str, Any]) -> Group:
    about = summary["scenario"]
    span = format_duration(about["horizon_h"] * 3600)
    return Group(
        Text(about["title"], style="bold", no_wrap=True, overflow="ellipsis"),
        Text(f"from {about['start']} for {span}, steps of {about['step_s'] / 60:g} min", style="dim"),
    )


def _people(summary: Mapping[str, Any]) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column()
    grid.add_column(justify="right")
    people = summary["people"]
    share = percent(summary["placed"] / people) if people else "–"
    grid.add_row(
        "choose to leave", Text(count(people), style="bold"), "half there (T50)", _reached(summary, 50)
    )
    grid.add_row(
        "reach a bed",
        Text(f"{count(summary['placed'])} ({share})", style="bold green"),
        "nine in ten (T90)",
        _reached(summary, 90),
    )
    style = "bold red" if summary["unserved"] else "bold"
    grid.add_row(
        "cannot in time", Text(count(summary["unserved"]), style=style), "all (T100)", _reached(summary, 100)
    )
    return grid


def _reached(summary: Mapping[str, Any], share: int) -> Text:
    hours = summary[f"t{share}_h"]
    return Text(hours_text(hours), style="bold" if hours is not None else "yellow")


def _left(summary: Mapping[str, Any]) -> list[Text]:
    """Who is left and what holds them."""
    left = sorted((z for z in summary["zones"] if z["unserved"]), key=lambda z: (-z["unserved"], z["name"]))
    if not left:
        return []
    shown = [f"{z['name']} {count(z['unserved'])}" for z in left[:_LEFT_SHOWN]]
    more = len(left) - _LEFT_SHOWN
    if more > 0:
        shown.append(f"{more} more zone{'s' * (more > 1)}")
    names = {c["crossing_id"]: c["name"] for c in summary["crossings"]}
    names |= {h["host_id"]: h["name"] for h in summary["hosts"]}
    binding = list(dict.fromkeys(_named(names, what) for z in left for what in z["binding"][:1]))[:2]
    lines = [f"still there: {', '.join(shown)}", *([f"because:     {'; '.join(binding)}"] if binding else [])]
    return [Text(line, style="red", no_wrap=True, overflow="ellipsis") for line in lines]


def _named(names: Mapping[str, str], what: str) -> str:
    """What binds, by its name instead of its code."""
    for code, name in names.items():
        what = what.replace(f"crossing {code} ({name})", name).replace(f"{code} ({name})", name)
    return names.get(what, what)


def _table(title: str, *headings: str) -> Table:
    made = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim", expand=True)
    made.add_column(title, no_wrap=True, overflow="ellipsis", ratio=1)
    for heading in headings:
        made.add_column(heading, justify="right", no_wrap=True)
    return made


def _crossings(summary: Mapping[str, Any]) -> Table:
    made = _table("crossing", "persons", "of room")
    ranked = sorted(summary["crossings"], key=lambda c: (-c["persons"], c["name"]))
    for row in ranked[: _rows(summary)]:
        full = percent(row["share_of_capacity"]) if row["capacity_persons"] else "closed"
        style = "" if row["persons"] else "dim"
        made.add_row(row["name"], count(row["persons"]), full, style=style)
    return _with_rest(made, len(ranked) - _rows(summary), 3)


def _hosts(summary: Mapping[str, Any]) -> Table:
    made = _table("host", "arrived", "beds")
    ranked = sorted(
        summary["hosts"], key=lambda h: (not h["placed"], not h["blocked"], -h["placed"], h["name"])
    )
    for row in ranked[: _rows(summary)]:
        beds = "blocked" if row["blocked"] else count(row["beds"])
        made.add_row(row["name"], count(row["placed"]), beds, style="" if row["placed"] else "dim")
    return _with_rest(made, len(ranked) - _rows(summary), 3)


def _rows(summary: Mapping[str, Any]) -> int:
    return _ROWS_WITH_CLASSES if summary.get("model") == "classes" else _ROWS


def _with_rest(made: Table, more: int, columns: int) -> Table:
    if more > 0:
        made.add_row(f"and {more} more", *[""] * (columns - 1), style="dim")
    return made


def _side_by_side(left: Table, right: Table) -> Padding:
    grid = Table.grid(padding=(0, 3, 0, 0), expand=True)
    grid.add_column(ratio=9)
    grid.add_column(ratio=8)
    grid.add_row(left, right)
    return Padding(grid, (0, 0, 1, 0))


def _certificate(summary: Mapping[str, Any]) -> Text:
    words = certificate_statement(
        round(summary["objective"] * _MICRO), round(summary["lower_bound"] * _MICRO)
    )
    state = ("checked", "green") if summary["certified"] else ("not checked", "yellow")
    unproven = "A better one may exist." if summary.get("model") == "classes" else "Stopped early."
    early = "" if summary["complete"] else f" {unproven}"
    return Text.assemble((state[0], state[1]), ": ", words + early)


def _greedy(summary: Mapping[str, Any]) -> list[Text]:
    """One line about a greedy planner, where the plan was compared with one."""
    words = greedy_statement(summary).removeprefix(
        "A greedy planner, which sends whoever can arrive soonest "
    )
    words = words.removeprefix("and never thinks again, ").replace(" at exposure 1", "")
    return [Text(f"greedy: {words}", no_wrap=True, overflow="ellipsis")] if words else []


def _households(summary: Mapping[str, Any]) -> list[Text]:
    """One line about households, where the plan has any."""
    if summary["households"] is None:
        return []
    told = summary["households"]
    staying = f", {count(told['staying'])} stay" if told["staying"] else ""
    words = f"{count(told['leaving'])} leave whole{staying}, none split; costs at most "
    return [
        Text(
            f"households: {words}{percent_up(told['loss_bound'])}",
            no_wrap=True,
            overflow="ellipsis",
        )
    ]


def _audit(summary: Mapping[str, Any]) -> Text:
    """How many protection rules hold, and every one that does not."""
    line = Text("protection: ", no_wrap=True, overflow="ellipsis")
    for holds, words in ((True, "hold"), (False, "do not hold"), (None, "not applicable")):
        number = sum(1 for rule in summary["audit"] if rule["holds"] is holds)
        mark, style = _MARKS[holds]
        if number:
            line.append(f"{mark} {number} {words}  ", style=style)
    broken = [rule["rule"] for rule in summary["audit"] if rule["holds"] is False]
    if broken:
        line.append(f"({'; '.join(broken)})", style="red")
    return line
