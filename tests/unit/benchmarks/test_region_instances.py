"""Generated regions are scenarios without fault, the same each time, and of the kind they are called."""

import pytest
from benchmarks.region_instances import HOSTS, KINDS, PEOPLE, region

from farshore.scenario import check_values, scenario_hash


@pytest.mark.parametrize("kind", KINDS)
def test_a_region_is_whole_and_of_its_kind(kind: str) -> None:
    drawn = region(kind, 3)
    assert check_values(drawn).faults == ()
    assert scenario_hash(drawn) == scenario_hash(region(kind, 3)) != scenario_hash(region(kind, 4))
    people, beds = int(drawn.zones.persons.sum()), int(drawn.hosts.beds.sum())
    assert people == pytest.approx(PEOPLE, abs=30)
    assert beds == (int(1.1 * people) if "few beds" in kind else HOSTS * people)
    assert len(drawn.crossings) == 6
    assert len(drawn.closures) == (3 if "lost" in kind else 0)
    north = (drawn.hosts.y_coord > 50 + 40_000 / 111_000).sum()
    assert (north == HOSTS) == ("one bank" in kind)
