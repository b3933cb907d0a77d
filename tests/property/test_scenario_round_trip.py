"""What is written is what is read."""

import tempfile
from pathlib import Path

from hypothesis import given, settings

from farshore.scenario import Scenario, check_folder, check_values, scenario_hash, write_scenario
from tests.strategies import small_scenarios


@settings(max_examples=150, deadline=None)
@given(small_scenarios(awkward_names=True))
def test_a_scenario_written_and_read_is_the_same(scenario: Scenario) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_scenario(scenario, Path(folder) / "s")
        read, report = check_folder(Path(folder) / "s")
    assert report.faults == ()
    assert read == scenario
    assert check_values(scenario).faults == ()
    assert read.about.start.utcoffset() == scenario.about.start.utcoffset()
    assert scenario_hash(read) == scenario_hash(scenario)
