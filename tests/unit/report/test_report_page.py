"""The page as text: what it says, what it must never say, and that it asks nobody for anything."""

import base64
import dataclasses
import hashlib
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from farshore.report import html
from farshore.results.outcome import Certificate, Departures
from tests.unit.report.sample import HOSTILE, PEOPLE, outcome, scenario


@pytest.fixture(scope="module")
def page() -> str:
    return html(outcome(), folder="out/two_banks")


class Parsed(HTMLParser):
    """Elements with their attributes, and the texts of tables and headings."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.stack: list[str] = []
        self.words: dict[str, list[str]] = {}
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "input", "img"):
            self.stack.append(tag)

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data):
        if self.stack:
            self.words.setdefault(self.stack[-1], []).append(data)


def data_of(page: str) -> dict:
    return json.loads(re.search(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.S)[1])


def test_same_outcome_same_bytes(page):
    assert html(outcome(), folder="out/two_banks") == page


def test_how_long_solving_took_changes_nothing(page):
    assert html(outcome(solve_s=99.0, rounds=()), folder="out/two_banks") == page


def test_the_answer_comes_first_and_in_plain_words(page):
    parsed = Parsed(page)
    headline = page.split("</header>")[0]
    assert "18,500 people choose to leave. 15,090 of them (82 %) reach a bed by 4 May, 00:00" in headline
    assert "Half of all who choose to leave are there by 2 May, 11:30." in headline
    assert "They cross by Port ferry (8,580) and Old bridge (6,510)." in headline
    assert "3,410 cannot leave within that time. What holds them: Old bridge and Port ferry." in headline
    assert parsed.words["h1"] == ["Two banks: a spring rehearsal"]


def test_times_that_are_not_reached_say_so(page):
    assert page.count("not within the horizon") >= 4  # T90 and T100, as figures and in the table


def test_nothing_in_the_page_asks_for_anything(page):
    parsed = Parsed(page)
    for tag, attributes in parsed.elements:
        for name in ("src", "href", "action", "data", "poster", "srcset"):
            value = attributes.get(name) or ""
            assert not re.match(r"(https?:)?//", value), f"<{tag} {name}={value}>"
    style = page.split("<style>")[1].split("</style>")[0]
    assert "@import" not in style
    assert "url(" not in style


def test_the_policy_lets_this_script_run_and_no_other(page):
    policy = next(
        a["content"] for t, a in Parsed(page).elements if a.get("http-equiv") == "Content-Security-Policy"
    )
    script = re.search(r"<script>(.*?)</script>", page, re.S)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "connect-src" not in policy  # so it falls to default-src


def test_hostile_names_stay_text():
    hostile = outcome(scenario(title=HOSTILE, town=HOSTILE))
    page = html(hostile, folder=HOSTILE)
    parsed = Parsed(page)
    assert not [tag for tag, _ in parsed.elements if tag == "img"]
    assert sum(tag == "script" for tag, _ in parsed.elements) == 2
    body = page.split("<body>")[1].split('<script type="application/json"')[0]
    assert "<script" not in body
    assert body.count("&lt;/script&gt;&lt;script&gt;alert(") >= 3  # title, table, command
    assert data_of(page)["zones"][0]["name"] == HOSTILE


def test_every_table_has_a_caption_and_every_section_a_heading(page):
    parsed = Parsed(page)
    tags = [tag for tag, _ in parsed.elements]
    assert tags.count("table") == tags.count("caption") == len(parsed.words["caption"]) >= 6
    titles = {a["id"] for t, a in parsed.elements if t == "h2"}
    assert {a["aria-labelledby"] for t, a in parsed.elements if t == "section"} == titles
    assert tags.count("h1") == 1


def test_blocked_hosts_stay_visible_with_the_reason(page):
    hosts = page.split('id="hosts"')[1].split("</section>")[0]
    assert "Farcastle" in hosts
    assert "blocked: lies in the country of those who run the evacuation" in hosts


def test_the_audit_shows_all_three_answers(page):
    audit = page.split('id="protection"')[1].split("</section>")[0]
    assert all(words in audit for words in ("✓ holds", "✗ does not hold", "– not applicable"))


def test_the_certificate_says_how_to_check_it(page):
    assert "No plan can do better than 411,900 person-hours" in page
    assert "farshore certify out/two_banks" in page
    assert "Nobody has checked this certificate yet." in page


def test_a_stopped_plan_says_that_a_better_one_may_exist(page):
    assert "a better one may exist" in html(outcome(complete=False))
    assert "a better one may exist" not in page


def test_options_are_what_was_asked_for_and_not_what_came_of_it():
    options = {
        "gap": 0.005,
        "seconds": None,
        "stop": ["t90@6h", "unserved"],
        "steps": "adaptive",
        "greedy": {"objective": 3.0, "unserved": 0, "more_unserved": 0, "worse_by": 0.25},
    }
    text = html(dataclasses.replace(outcome(), options=options), folder="out/two_banks")
    assert "<dt>Options</dt><dd>gap = 0.005; steps = adaptive; stop = t90@6h, unserved</dd>" in text


def test_the_data_add_up(page):
    """Whoever leaves is in the zones' series, the arcs' series at the door, and the hosts' series."""
    data = data_of(page)
    series = [sum(run[i + 1] * run[i + 2] for i in range(0, len(run), 3)) for run in data["series"]]
    left = sum(series[zone["departures"]] for zone in data["zones"])
    assert left == sum(series[host["arrivals"]] for host in data["hosts"]) == 15_090
    assert sum(series[crossing["load"]] for crossing in data["crossings"]) == 15_090
    assert data["people"] == sum(PEOPLE.values())
    ends = {(arc[0], arc[1]): arc for arc in data["arcs"]}
    assert len(ends) == len(data["arcs"])
    assert max(max(arc[:2]) for arc in data["arcs"]) < len(data["nodes"]) / 2


def test_links_that_nobody_uses_are_drawn_once_each(page):
    data = data_of(page)
    pairs = list(zip(data["network"][::2], data["network"][1::2], strict=True))
    # Hilltop–Northwick, Southend–Westham and Eastham–Farcastle carry nobody.
    assert len(pairs) == len(set(pairs)) == 3


def test_states_follow_closures_and_nights(page):
    bridge, ferry, corridor = (c["states"] for c in data_of(page)["crossings"])
    assert [s[2] for s in bridge[:3]] == ["night", "limited", "night"]
    assert bridge[-1][2:] == ["closed", 0.0, "span lost"]
    assert bridge[-1][0] == 76  # 2 May, 14:00
    assert {s[2] for s in ferry} == {"open"}  # the hours of driving bind no ferry
    assert corridor == [[0, 144, "closed", 0.0, "not negotiated"]]


def test_an_empty_plan_is_still_a_page():
    none = Departures(*(np.zeros(0, np.int64) for _ in range(3)))
    empty = dataclasses.replace(
        outcome(),
        departures=none,
        routes=(),
        people=dict.fromkeys(PEOPLE, 0),
        unserved=(),
        certificate=Certificate(0, 0, {}, {}, {}),
    )
    page = html(empty)
    assert "Nobody in this scenario chooses to leave" in page
    assert data_of(page)["arcs"] == []


def test_a_page_is_small(page):
    assert len(page.encode()) < 500_000
