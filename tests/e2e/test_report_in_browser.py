"""The report as a person meets it: in a real browser, without a network, wide and narrow, light and dark."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from farshore.report import html
from tests.unit.report.sample import HOSTILE, outcome, scenario

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
if CHROMIUM is None and not os.environ.get("CI"):
    pytest.skip("no chromium on this machine: apt-get install chromium", allow_module_level=True)
sync_api = pytest.importorskip("playwright.sync_api") if not os.environ.get("CI") else None
if sync_api is None:
    from playwright import sync_api

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    assert CHROMIUM, "CI must have a chromium"
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(html(outcome()), encoding="utf-8")
    return path


class Visit:
    """An open report, with everything that it complained of or asked for."""

    def __init__(self, browser: Any, file: Path, **context: Any) -> None:
        self.context = browser.new_context(**{"viewport": {"width": 1200, "height": 900}, **context})
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(file.as_uri())
        self.page.wait_for_selector("html[data-ready=yes]")

    def picture(self) -> str:
        """What the map shows, as text: two pictures are alike if and only if these are."""
        self.page.wait_for_timeout(80)
        return self.page.evaluate("document.querySelector('canvas').toDataURL()")

    def text(self, selector: str) -> str:
        return self.page.inner_text(selector)

    def slide_to(self, step: int) -> None:
        self.page.evaluate(
            "step => { const s = document.querySelector('#step'); s.value = step;"
            " s.dispatchEvent(new Event('input', {bubbles: true})); }",
            step,
        )


@pytest.fixture
def visit(browser: Any, file: Path) -> Iterator[Visit]:
    made = Visit(browser, file)
    yield made
    made.context.close()


@pytest.fixture
def visiting(browser: Any, file: Path) -> Iterator[Any]:
    made: list[Visit] = []

    def open_it(path: Path = file, **context: Any) -> Visit:
        made.append(Visit(browser, path, **context))
        return made[-1]

    yield open_it
    for one in made:
        one.context.close()


def test_it_opens_without_a_complaint_or_a_request(visit: Visit, file: Path) -> None:
    assert visit.complaints == []
    assert [url for url in visit.requests if url not in (file.as_uri(), "data:,")] == []
    assert visit.text("h1") == "Two banks: a spring rehearsal"


def test_the_policy_stops_a_script_that_reaches_out(visit: Visit) -> None:
    refused = visit.page.evaluate("fetch('https://example.org/').then(() => 'went', () => 'refused')")
    assert refused == "refused"
    assert any("Content Security Policy" in text for text in visit.complaints)


def test_the_slider_moves_clock_sentence_and_flows(visit: Visit) -> None:
    visit.slide_to(0)
    assert visit.text("#clock") == "Wed 1 May, 00:00–00:30 (UTC+02:00)"
    assert "0 have left, 0 have reached a bed" in visit.text("#sentence")
    night = visit.picture()
    visit.slide_to(20)
    assert visit.text("#clock") == "Wed 1 May, 10:00–10:30 (UTC+02:00)"
    # By then routes 1 to 4 have had 9 steps of 110, 60, 45 and 50 persons.
    assert f"{9 * (110 + 60 + 45 + 50):,} have left" in visit.text("#sentence")
    assert visit.picture() != night
    visit.slide_to(0)
    assert visit.picture() == night


def test_the_slider_and_the_steps_work_by_keyboard(visit: Visit) -> None:
    visit.slide_to(10)
    visit.page.focus("#step")
    visit.page.keyboard.press("ArrowRight")
    assert visit.page.input_value("#step") == "11"
    assert "05:30" in visit.page.get_attribute("#step", "aria-valuetext")
    visit.page.click("#back")
    visit.page.click("#back")
    assert visit.text("#clock").startswith("Wed 1 May, 04:30")


def test_play_runs_from_the_beginning_and_stops_on_demand(visit: Visit) -> None:
    visit.page.click("#play")
    assert "Pause" in visit.text("#play")
    seen = []
    for _ in range(8):
        visit.page.wait_for_timeout(100)
        seen.append(int(visit.page.input_value("#step")))
    assert seen[0] < 12  # from the beginning; the page opened at the busiest moment, step 12
    assert seen == sorted(seen)
    assert seen[0] < seen[-1]
    visit.page.click("#play")
    assert "Play" in visit.text("#play")
    stopped = visit.text("#clock")
    visit.page.wait_for_timeout(400)
    assert visit.text("#clock") == stopped


def test_moving_the_slider_stops_the_film(visit: Visit) -> None:
    visit.page.click("#play")
    visit.slide_to(50)
    visit.page.wait_for_timeout(400)
    assert visit.page.input_value("#step") == "50"
    assert "Play" in visit.text("#play")


def test_arrows_run_only_for_who_wants_motion(visiting: Any) -> None:
    """With reduced motion the picture of one step stays as it is while the clock plays."""
    for wish, alike in (("reduce", True), ("no-preference", False)):
        visit = visiting(reduced_motion=wish)
        visit.slide_to(20)
        # Slow the film down until one step lasts longer than the test.
        visit.page.evaluate("document.querySelector('#speed').selectedOptions[0].value = '0.001'")
        visit.page.click("#play")
        assert (visit.picture() == visit.picture()) is alike, wish


def test_the_map_moves_by_keyboard_and_buttons(visit: Visit) -> None:
    visit.slide_to(20)
    home = visit.picture()
    visit.page.focus("canvas")
    visit.page.keyboard.press("ArrowRight")
    panned = visit.picture()
    visit.page.keyboard.press("+")
    zoomed = visit.picture()
    assert len({home, panned, zoomed}) == 3
    visit.page.keyboard.press("0")
    assert visit.picture() == home
    visit.page.click("#zoom-whole")
    assert visit.picture() != home


def test_pointing_at_a_mark_tells_what_it_is(visit: Visit) -> None:
    visit.slide_to(20)
    found = set(
        visit.page.evaluate("""() => {
          const [canvas, tip, found] = [document.querySelector('canvas'), document.querySelector('#tip'), []];
          const box = canvas.getBoundingClientRect();
          for (let x = 20; x < box.width; x += 14)
            for (let y = 20; y < box.height; y += 14) {
              const at = { clientX: box.x + x, clientY: box.y + y };
              canvas.dispatchEvent(new PointerEvent('pointermove', at));
              if (!tip.hidden) found.push(tip.querySelector('strong').textContent);
            }
          return found;
        }""")
    )
    assert {"Westham", "Old bridge", "Port ferry"} <= found


def test_dark_mode_darkens_page_and_map(visiting: Any) -> None:
    light, dark = visiting(color_scheme="light"), visiting(color_scheme="dark")
    shades = [
        [int(n) for n in v.page.evaluate("getComputedStyle(document.body).backgroundColor")[4:-1].split(",")]
        for v in (light, dark)
    ]
    assert min(shades[0]) > 200
    assert max(shades[1]) < 60
    assert light.picture() != dark.picture()
    dark.page.emulate_media(color_scheme="light")
    assert light.picture() == dark.picture()


@pytest.mark.parametrize("width", [390, 320])
def test_a_phone_needs_no_sideways_scrolling(visiting: Any, width: int) -> None:
    visit = visiting(viewport={"width": width, "height": 844}, has_touch=True, is_mobile=True)
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    wide = visit.page.evaluate(
        "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right >"
        " innerWidth + 1 && !e.closest('svg, pre, .days')).map(e => e.tagName + '.' + e.className)"
    )
    assert wide == []
    assert visit.complaints == []


def test_charts_are_labelled_with_units(visit: Visit) -> None:
    people = visit.page.text_content("#people-chart")
    assert "persons" in people
    assert "local time (UTC+02:00)" in people
    assert "T50" in people
    assert "T90" not in people  # not reached
    assert visit.page.locator(".grid .chart svg").count() == 2  # two crossings carry somebody
    assert "persons per hour" in visit.page.text_content("#crossing-chart-0")


def test_contrast_of_text_is_enough(visiting: Any) -> None:
    """WCAG 2.2 AA: 4.5 : 1 for text, in both colour schemes."""
    measure = """() => {
      const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
      const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
        .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
      const behind = (e) => {
        for (; e; e = e.parentElement) {
          const c = rgb(getComputedStyle(e).backgroundColor);
          if (c.length < 4 || c[3] > 0) return c;
        }
        return [255, 255, 255];
      };
      const bad = [];
      for (const e of document.querySelectorAll('body *')) {
        const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
        if (!own || e.closest('svg, script, noscript, [hidden]') || !e.getClientRects().length) continue;
        const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < 4.5) bad.push(`${e.tagName}.${e.className}: ${ratio.toFixed(2)}`);
      }
      return bad;
    }"""
    for scheme in ("light", "dark"):
        assert visiting(color_scheme=scheme).page.evaluate(measure) == [], scheme


def test_hostile_names_do_nothing(visiting: Any, tmp_path: Path) -> None:
    path = tmp_path / "hostile.html"
    path.write_text(html(outcome(scenario(title=HOSTILE, town=HOSTILE))), encoding="utf-8")
    visit = visiting(path)
    assert visit.complaints == []
    assert visit.page.locator("img").count() == 0
    assert visit.text("h1") == HOSTILE


def test_without_scripts_the_answer_and_the_tables_stay(browser: Any, file: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(file.as_uri())
    assert "18,500 people choose to leave" in page.inner_text("header")
    assert page.locator("table").count() >= 6
    assert "need JavaScript" in page.inner_text("#map")
    context.close()
