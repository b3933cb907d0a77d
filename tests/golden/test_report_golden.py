"""What people read, word for word: the page's text and the terminal's screen for the hand-made plan.

`python -m tests.golden.test_report_golden` writes both anew; read the difference before committing it.
"""

import re
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from farshore.report import html
from farshore.report.terminal import summary_table
from farshore.results.summary import summary_of
from farshore.scenario import scenario_hash
from farshore.scenario.timing import timing_of
from tests.unit.report.sample import outcome

HERE = Path(__file__).parent
BREAKS = {"p", "h1", "h2", "h3", "tr", "li", "dt", "caption", "section", "summary", "div"}


class Words(HTMLParser):
    """The text that a reader sees, a line for each paragraph or row."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text = ""
        self.silent = 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.silent += tag in ("script", "style", "pre")
        if tag in BREAKS:
            self.text += "\n"
        elif tag in ("td", "th", "dd"):
            self.text += " | "

    def handle_endtag(self, tag):
        self.silent -= tag in ("script", "style", "pre")

    def handle_data(self, data):
        if not self.silent:
            self.text += data


def page_text() -> str:
    page = html(outcome(), folder="out/two_banks")
    page = page.replace(scenario_hash(outcome().scenario), "HASH")  # any change to how scenarios are written
    lines = Words(page).text.split("\n")
    return "\n".join(line for line in (re.sub(r"\s+", " ", raw).strip() for raw in lines) if line) + "\n"


def screen_text() -> str:
    made = outcome()
    summary = summary_of(
        made, timing_of(made.scenario), scenario_hash=scenario_hash(made.scenario), certified=True
    )
    console = Console(width=80, file=StringIO(), color_system=None)
    console.print(summary_table(summary))
    return "\n".join(line.rstrip() for line in console.file.getvalue().split("\n"))


GOLDEN = {"report_page.txt": page_text, "report_screen.txt": screen_text}


@pytest.mark.parametrize("name", GOLDEN)
def test_words_are_as_they_were_read(name):
    assert GOLDEN[name]() == (HERE / name).read_text(encoding="utf-8")


if __name__ == "__main__":
    for name, make in GOLDEN.items():
        (HERE / name).write_text(make(), encoding="utf-8")
