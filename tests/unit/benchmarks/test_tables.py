"""Instances of every kind are scenarios without fault, and a table that there is not is refused."""

from collections.abc import Callable

import pytest
from benchmarks.exit_instances import KINDS, exits
from benchmarks.stress_cases import river_scenario
from benchmarks.tables import drawn, lost, scenario_of
from benchmarks.zone_instances import FloodPlain, flood_plain

from farshore.scenario import Scenario, check_values, scenario_hash

GENERATED: dict[str, Callable[[], Scenario]] = {
    **{kind: lambda kind=kind: exits(kind) for kind in KINDS},
    "plain": lambda: flood_plain(FloodPlain(1, 0.4)),
    "river": lambda: river_scenario(10_000, 16),
}


@pytest.mark.parametrize("kind", GENERATED)
def test_generated_instances_are_whole_and_the_same_each_time(kind: str) -> None:
    made = GENERATED[kind]()
    assert check_values(made).faults == ()
    assert scenario_hash(made) == scenario_hash(GENERATED[kind]())


def test_only_what_is_named_lost_falls() -> None:
    lost_ones = exits(next(kind for kind in KINDS if "lost" in kind))
    assert len(lost_ones.closures) == len(lost_ones.crossings) // 2
    assert len(exits(KINDS[0]).closures) == 0


def test_closures_count_hours_from_the_start() -> None:
    about = drawn("one", "One", 4, 300)
    row = lost("bridge", 1.5, 4)
    assert row["from_time"] == int(about.start.timestamp()) + 5400
    assert row["until_time"] == int(about.start.timestamp()) + 4 * 3600


def test_a_table_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="no table is called bridges"):
        scenario_of(drawn("one", "One", 4, 300), bridges=[])
