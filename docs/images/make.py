"""Make the pictures of the manual and the README: plan the Kherson scenario, open its report, photograph it.

    .venv/bin/python docs/images/make.py

needs chromium and Playwright (in the dev group); takes about two minutes. The pictures are committed,
so nobody else needs either.
"""

import json
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, sync_playwright
from rich.console import Console

from farshore.cli.plans import demo
from farshore.report.terminal import summary_table

HERE = Path(__file__).parent
STEP = 7 * 48 + 18  # 21 October, 09:00: every kind of crossing is in use


def photograph_report(browser: Browser, page_path: Path, picture: Path) -> None:
    """The top of the report, down to the map's sentence, in daylight."""
    page = browser.new_page(viewport={"width": 1200, "height": 1330}, color_scheme="light")
    page.goto(page_path.as_uri())
    page.wait_for_selector("html[data-ready=yes]")
    page.evaluate(
        "step => { const s = document.querySelector('#step'); s.value = step;"
        " s.dispatchEvent(new Event('input', {bubbles: true})); }",
        STEP,
    )
    page.wait_for_timeout(300)
    page.screenshot(path=picture)


def photograph_terminal(browser: Browser, drawing: Path, picture: Path) -> None:
    """The terminal's summary, from rich's own drawing of it."""
    page = browser.new_page(viewport={"width": 994, "height": 660})
    page.goto(drawing.as_uri())
    page.locator("svg").screenshot(path=picture)


def main() -> None:
    """Plan, report, photograph."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("no chromium on this machine: apt-get install chromium")
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        plan, screen = Path(folder) / "out" / "kherson", Path(folder) / "screen.svg"
        demo(out=plan)  # raises unless the certificate holds: the pictures say so
        console = Console(width=80, record=True, file=sys.stderr, force_terminal=True)
        console.print(summary_table(json.loads((plan / "summary.json").read_text(encoding="utf-8"))))
        console.save_svg(str(screen), title="farshore demo")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        photograph_report(browser, plan / "report.html", HERE / "report.png")
        photograph_terminal(browser, screen, HERE / "terminal.png")
        browser.close()


if __name__ == "__main__":
    main()
