"""Numbers, shares and moments as people read them."""

from datetime import timedelta

import pytest

from farshore.report.wording import count, day, hours_text, joined, moment, offset_text, percent, quantity
from farshore.units import parse_time

KYIV = timedelta(hours=3)


@pytest.mark.parametrize(
    ("share", "digits", "text"),
    [
        (0.0, 0, "0 %"),
        (0.0004, 0, "< 1 %"),
        (0.524, 0, "52 %"),
        (0.9999, 0, "> 99 %"),
        (1.0, 0, "100 %"),
        (0.001079, 2, "0.11 %"),
        (0.00001, 2, "< 0.01 %"),
        (1.3, 0, "130 %"),
    ],
)
def test_no_share_is_rounded_to_nothing_or_all(share, digits, text):
    assert percent(share, digits=digits) == text


def test_numbers():
    assert count(118_400) == "118,400"
    assert [quantity(v) for v in (1500.0, 0.45, 2.5, 1e6, float("nan"), 0.0)] == [
        "1,500",
        "0.45",
        "2.5",
        "1,000,000",
        "–",
        "0",
    ]


def test_moments_are_local():
    at = parse_time("2022-10-27T22:30Z")
    assert moment(at, KYIV) == "28 October, 01:30"
    assert moment(at, KYIV, year=True) == "28 October 2022, 01:30"
    assert day(at, KYIV) == "28 October 2022"
    assert offset_text(KYIV) == "UTC+03:00"
    assert offset_text(-timedelta(hours=3, minutes=30)) == "UTC−03:30"


def test_words():
    assert hours_text(None) == "not within the horizon"
    assert hours_text(35.5) == "1 d 11 h 30 min"
    assert hours_text(48) == "2 d"
    assert hours_text(0) == "0 h"
    assert joined([]) == ""
    assert joined(["a"]) == "a"
    assert joined(["a", "b", "c"]) == "a, b and c"
