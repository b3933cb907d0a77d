"""How an opening or a closing is written on a command line, and what it does to closures."""

import pytest

from farshore.errors import UsageFault
from farshore.scenario import Scenario, Window, check_values, parse_window, with_closing, with_opening
from farshore.scenario.table import NO_TIME
from farshore.units import parse_time
from tests.builders import START, scenario

T0 = parse_time(START)
H = 3600


@pytest.fixture
def tiny() -> Scenario:
    return scenario(
        links=["a n1 n2", "b n1 n2 crossing_id=corridor", "x@y n1 n2"],
        zones=["z n1"],
        hosts=["h n2"],
        crossings=["corridor corridor"],
        closures=["corridor", "a from=1 until=3", "corridor from=2 until=4 capacity_factor=0.5"],
    )


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("corridor", (0, 6)),
        ("a@2022-10-14T01:00+03:00", (1, 6)),
        ("a@2022-10-14T01:00+03:00/2022-10-14T02:30+03:00", (1, 2.5)),
        ("a@/2022-10-13T23:00Z", (0, 2)),
        ("x@y", (0, 6)),
        ("x@y@2022-10-13T23:00Z", (2, 6)),
    ],
)
def test_windows_are_read(tiny: Scenario, text: str, window: tuple[float, float]) -> None:
    asset = text if text == "x@y" else text.rpartition("@")[0] or text
    assert parse_window(text, tiny) == Window(asset, T0 + int(window[0] * H), T0 + int(window[1] * H))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("coridor", "did you mean `corridor`? crossings are corridor; links are in network/link.csv"),
        ("", "there is no link or crossing ''"),
        ("a@2022-10-14T01:00", "has no offset from UTC; write ASSET@"),
        ("a@tomorrow", "is not an RFC 3339 time"),
        ("a@2022-10-14T03:00+03:00/2022-10-14T02:00+03:00", "not after it begins"),
        ("a@2023-10-14T03:00+03:00/2023-10-14T04:00+03:00", "lies outside the horizon"),
        ("a@2023-10-14T03:00+03:00", "not after it begins"),
    ],
)
def test_windows_that_make_no_sense_are_explained(tiny: Scenario, text: str, said: str) -> None:
    with pytest.raises(UsageFault) as raised:
        parse_window(text, tiny)
    assert said in str(raised.value)
    assert raised.value.exit_code == 2


def test_an_opening_cuts_each_closure_of_the_asset(tiny: Scenario) -> None:
    closures = with_opening(tiny, "corridor", T0 + 3 * H, T0 + 5 * H).closures
    assert list(closures.asset_id) == ["corridor", "corridor", "a", "corridor"]
    assert closures.from_time.tolist() == [NO_TIME, T0 + 5 * H, T0 + H, T0 + 2 * H]
    assert closures.until_time.tolist() == [T0 + 3 * H, NO_TIME, T0 + 3 * H, T0 + 3 * H]
    assert closures.capacity_factor.tolist() == [0.0, 0.0, 0.0, 0.5]


def test_opening_throughout_leaves_nothing_closed(tiny: Scenario) -> None:
    opened = with_opening(tiny, *parse_window("corridor", tiny))
    assert list(opened.closures.asset_id) == ["a"]
    assert check_values(opened).warnings == check_values(tiny).warnings == ()


def test_a_closing_adds_a_row_and_keeps_the_rest(tiny: Scenario) -> None:
    closed = with_closing(tiny, *parse_window("b@2022-10-14T01:00+03:00", tiny), reason="a strike")
    assert len(closed.closures) == 4
    row = {name: values[-1] for name, values in vars(closed.closures).items()}
    assert row == {
        "asset_id": "b",
        "from_time": T0 + H,
        "until_time": T0 + 6 * H,
        "capacity_factor": 0.0,
        "allowed_uses": "",
        "reason": "a strike",
        "source": "",
    }
    assert len(tiny.closures) == 3
