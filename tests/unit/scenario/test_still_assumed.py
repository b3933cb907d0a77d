"""What becomes of assumptions about closures when closures are added or cut."""

from dataclasses import replace

import numpy as np
import pytest

from farshore.scenario import (
    Scenario,
    changes_of_assumptions,
    check_values,
    with_capacity,
    with_closing,
    with_opening,
)
from farshore.scenario.spoken_of import key_of, rows_of
from farshore.units import parse_time
from tests.builders import START, scenario

T0 = parse_time(START)
H = 3600
FERRY = "closures.csv:asset_id=ferry:capacity_factor"
PARAMETER = ["persons_per_vehicle"]


def shore(*keys: str, reasons: tuple[str, str, str] = ("struck", "damaged", "damaged")) -> Scenario:
    """A ferry at half from hour 1 to 3, a bridge at half, a road shut; what is assumed, by key."""
    ferry, bridge, road = reasons
    made = scenario(
        links=["a n1 n2", "bridge n1 n2", "ferry n1 n2"],
        zones=["z n1"],
        hosts=["h n2"],
        closures=[
            {"asset_id": "ferry", "from_time": 1, "until_time": 3}
            | {"capacity_factor": 0.5, "reason": ferry},
            {"asset_id": "bridge", "capacity_factor": 0.5, "reason": bridge},
            {"asset_id": "a", "until_time": 1, "reason": road},
        ],
        assumptions=[{"key": key, "low": 0, "best": 0.5, "high": 1, "reason": "unknown"} for key in keys],
    )
    assert check_values(made).faults == ()
    return made


def keys_of(made: Scenario) -> list[str]:
    """Keys of the assumptions about closures; whatever else there is stays, and nothing is at fault."""
    assert check_values(made).faults == ()
    keys = list(made.assumptions.key)
    assert keys[:1] == PARAMETER
    return keys[1:]


def test_an_assumption_does_not_speak_of_a_closing_that_was_added() -> None:
    before = shore(FERRY)
    after = with_closing(before, "ferry", T0 + 4 * H, T0 + 5 * H)
    assert keys_of(after) == ["closures.csv:reason=struck:capacity_factor"]
    row = {name: column[-1] for name, column in vars(after.assumptions).items()}
    assert (row["low"], row["best"], row["high"], row["reason"]) == (0, 0.5, 1, "unknown")
    assert changes_of_assumptions(before, after) == (
        f"The assumption {FERRY} is kept as closures.csv:reason=struck:capacity_factor: "
        "it is about what was closed before.",
    )


def test_nor_of_one_that_has_the_same_value() -> None:
    """Half by request is no guess: futures must not draw it."""
    after = with_capacity(shore(FERRY), "ferry", T0 + 4 * H, T0 + 5 * H, 0.5, "asked for")
    assert keys_of(after) == ["closures.csv:reason=struck:capacity_factor"]


def test_two_columns_name_what_one_cannot() -> None:
    """Ferry and bridge have the same reason, ferry and closing the same asset."""
    before = shore(FERRY, reasons=("damaged", "damaged", ""))
    after = with_closing(before, "ferry", T0 + 4 * H, T0 + 5 * H)
    [key] = keys_of(after)
    assert key == "closures.csv:asset_id=ferry&reason=damaged:capacity_factor"
    assert rows_of(after.closures, key.split(":")[1]).tolist() == [0]


@pytest.mark.parametrize(
    ("asset", "from_h", "until_h", "kept"),
    [
        ("ferry", 0, 6, []),  # all of it is gone
        ("ferry", 1.5, 2, [FERRY]),  # two parts are left, both as assumed
        ("ferry", 2, 6, [FERRY]),
        ("ferry", 4, 6, [FERRY]),  # it was open then
        ("bridge", 0, 6, [FERRY]),
    ],
)
def test_an_assumption_goes_with_the_last_part_of_its_closure(
    asset: str, from_h: float, until_h: float, kept: list[str]
) -> None:
    before = shore(FERRY)
    after = with_opening(before, asset, T0 + round(from_h * H), T0 + round(until_h * H))
    assert keys_of(after) == kept
    gone = f"The assumption {FERRY} is left out: what it speaks of is not there any more."
    assert changes_of_assumptions(before, after) == (() if kept else (gone,))


def test_an_assumption_about_two_closures_stays_for_the_one_that_is_left() -> None:
    key = "closures.csv:reason=damaged:capacity_factor"
    before = shore(key, reasons=("damaged", "damaged", "flood"))
    after = with_opening(before, "bridge", T0, T0 + 6 * H)
    assert keys_of(after) == [key]
    assert keys_of(with_opening(after, "ferry", T0, T0 + 6 * H)) == []


def test_what_no_key_can_tell_from_the_new_is_left_out_and_said() -> None:
    """Two closures of the ferry with a reason each: no value of theirs in common that the new one has not."""
    iced = with_capacity(shore(), "ferry", T0 + 4 * H, T0 + 5 * H, 0.5, "ice")
    before = replace(iced, assumptions=shore(FERRY).assumptions)
    after = with_closing(before, "ferry", T0 + 5 * H, T0 + 6 * H)
    assert keys_of(after) == []
    assert changes_of_assumptions(before, after) == (
        f"The assumption {FERRY} is left out: it cannot be told from what is new.",
    )


def test_no_two_assumptions_get_the_same_key() -> None:
    """Both speak of the ferry alone; only one can be kept by its reason, and one by two columns."""
    before = shore(FERRY, "closures.csv:reason=struck:capacity_factor")
    keys = keys_of(with_closing(before, "ferry", T0 + 4 * H, T0 + 5 * H))
    assert keys == [
        "closures.csv:asset_id=ferry&reason=struck:capacity_factor",
        "closures.csv:reason=struck:capacity_factor",
    ]


def test_assumptions_about_anything_else_are_not_looked_at() -> None:
    before = shore()
    after = with_closing(before, "ferry", T0, T0 + H)
    assert after.assumptions is before.assumptions
    assert changes_of_assumptions(before, after) == ()


@pytest.mark.parametrize(
    ("which", "rows"),
    [
        ("*", [0, 1, 2]),
        ("asset_id=a", [2]),
        ("capacity_factor=0.5", [0, 1]),
        ("reason=damaged&capacity_factor=0.5", [1]),
        ("reason=damaged&asset_id=ferry", []),
        ("reason=R&D", []),
        ("colour=red", []),
        ("a", []),
        ("capacity_factor=half", []),
    ],
)
def test_the_middle_of_a_key_means_rows(which: str, rows: list[int]) -> None:
    assert rows_of(shore().closures, which).tolist() == rows


def test_a_value_may_hold_what_divides_keys() -> None:
    closures = shore(reasons=("R&D: x=1", "R&D: x=2", "source=none & all")).closures
    for row in range(3):
        key = key_of(closures, np.array([row]), "capacity_factor", first="reason")
        assert key == f"closures.csv:reason={closures.reason[row]}:capacity_factor"
