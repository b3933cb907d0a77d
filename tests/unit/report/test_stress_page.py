"""The page of a stress test: offline, without a script, every worst future to be opened."""

import re
from dataclasses import replace

import pytest

from farshore.plan import plan
from farshore.report import stress_html
from farshore.stress import stress
from tests.unit.stress.sample import town, town_plan


@pytest.fixture(scope="module")
def page() -> str:
    return stress_html(stress(town_plan(), futures=15, seed=7, resolve=3))


def test_it_asks_nobody_and_runs_nothing(page: str) -> None:
    assert "<script" not in page
    assert re.findall(r'(?:src|href)="([^"]*)"', page) == ["data:,"]
    assert "default-src &#x27;none&#x27;" in page


def test_each_of_the_ten_worst_futures_opens_on_its_own(page: str) -> None:
    assert page.count('<details class="worst">') == 10
    assert "The 10 worst futures" in page
    assert page.count("Where people were left") >= 1


def test_crossings_are_ranked_in_words_and_on_the_map(page: str) -> None:
    assert "losing bridge on day 2" in page
    assert 'class="tornado"' in page
    assert "Which crossing carries the plan" in page
    assert page.count("<svg") == 12  # arrivals, the map, ten futures


def test_names_from_a_scenario_are_escaped() -> None:
    here = town()
    names = here.crossings.name.copy()
    names[0] = "<b>bridge</b>"
    odd = replace(here, crossings=replace(here.crossings, name=names))
    text = stress_html(stress(plan(odd), futures=3, seed=1, resolve=0))
    assert "<b>bridge" not in text
    assert "&lt;b&gt;bridge" in text


def test_without_worth_and_with_one_future_it_is_still_a_page() -> None:
    text = stress_html(stress(town_plan(), futures=1, seed=1, worth=False))
    assert "What crossings are worth" not in text
    assert "The worst future<" in text
