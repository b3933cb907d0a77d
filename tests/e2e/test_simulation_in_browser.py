"""The page of a simulation in a real browser: its film plays without a network, wide and narrow."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from farshore.report import simulation_html
from farshore.simulate import Options, simulate
from tests.builders import scenario

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
if CHROMIUM is None and not os.environ.get("CI"):
    pytest.skip("no chromium on this machine: apt-get install chromium", allow_module_level=True)
sync_api = pytest.importorskip("playwright.sync_api")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    here = scenario(
        nodes=["n1 x_coord=32 y_coord=46", "n2 x_coord=32.1 y_coord=46.05", "n3 x_coord=32.3 y_coord=46.1"],
        links=["a n1 n2 length=9000 capacity=600", "b n2 n3 length=20000 capacity=300"],
        zones=["z n1 persons=300"],
        hosts=["h n3 beds=1000 x_coord=32.3 y_coord=46.1"],
    )
    path = tmp_path_factory.mktemp("simulation") / "report.html"
    path.write_text(simulation_html([simulate(here, options=Options(sample_s=60))]), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    assert CHROMIUM, "CI must have a chromium"
    with sync_api.sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield started
        started.close()


def opened(browser: Any, file: Path, **context: Any) -> tuple[Any, list[str], list[str]]:
    page = browser.new_context(**{"viewport": {"width": 1200, "height": 900}, **context}).new_page()
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-ready=yes]")
    return page, complaints, requests


def picture(page: Any) -> str:
    page.wait_for_timeout(80)
    return str(page.evaluate("document.querySelector('#film').toDataURL()"))


def slide_to(page: Any, step: int) -> None:
    page.evaluate(
        "n => { const s = document.querySelector('#step'); s.value = n; "
        "s.dispatchEvent(new Event('input')); }",
        step,
    )


def test_the_film_shows_another_picture_at_another_moment(browser, file):
    page, complaints, requests = opened(browser, file)
    shown, time = picture(page), page.inner_text("#clock")
    slide_to(page, 0)
    assert picture(page) != shown
    assert page.inner_text("#clock") != time
    page.click("#forward")
    sync_api.expect(page.locator("#step")).to_have_value("1")  # with the next picture drawn
    assert not complaints
    assert requests == [file.as_uri()]


def test_it_plays_to_the_end_and_stops(browser, file):
    page, complaints, _ = opened(browser, file)
    last = int(page.get_attribute("#step", "max"))
    slide_to(page, last - 2)
    page.select_option("#speed", "4")
    page.click("#play")
    # Not by a script of the test's own: the page forbids such.
    sync_api.expect(page.locator("#play")).to_have_attribute("aria-pressed", "false", timeout=60_000)
    sync_api.expect(page.locator("#step")).to_have_value(str(last))
    assert not complaints


def test_dark_and_narrow(browser, file):
    day, _, _ = opened(browser, file)
    night, _, _ = opened(browser, file, color_scheme="dark")
    assert picture(day) != picture(night)
    phone, complaints, _ = opened(browser, file, viewport={"width": 390, "height": 844})
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert not complaints


def test_zooming_moves_the_map_and_home_brings_it_back(browser, file):
    page, _, _ = opened(browser, file)
    before = picture(page)
    page.click("#zoom-in")
    assert picture(page) != before
    page.click("#zoom-home")
    assert picture(page) == before
