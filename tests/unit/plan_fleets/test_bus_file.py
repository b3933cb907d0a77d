"""Bus evacuation problems as files: round trips, the layout by hand, every fault at once."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from farshore.errors import ScenarioFaults
from farshore.plan.fleets import BusesCannot, bus_problem, bus_text, read_bus_problem

TEXT = """3 30
2 1 2
2 70 60 10
3 120 61 29 30

1 4 7
2 5 6

1 6 7 3
2 2 3 8
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "town.txt"
    path.write_text(text)
    return path


def test_the_layout_by_hand(tmp_path: Path) -> None:
    """30 seats: 60 and 10 people are 2 loads and 1, 61, 29 and 30 places take 2 loads, none and 1."""
    problem = read_bus_problem(written(tmp_path, TEXT))
    assert problem.buses.tolist() == [1, 2]
    assert problem.loads.tolist() == [2, 1]
    assert problem.room.tolist() == [2, 0, 1]
    assert problem.pull_out.tolist() == [[4, 7], [5, 6]]
    assert problem.out_time.tolist() == [[6, 7, 3], [2, 3, 8]]
    assert problem.back_time.tolist() == problem.out_time.T.tolist()


def test_labels_and_colons_are_let_pass(tmp_path: Path) -> None:
    labelled = TEXT.replace("3 30", "buses: 3 seats: 30", 1).replace("\n1 4", "\n1: 4")
    assert read_bus_problem(written(tmp_path, labelled)).pull_out.tolist() == [[4, 7], [5, 6]]


@given(st.integers(1, 3), st.integers(1, 4), st.integers(1, 3), st.integers(1, 60), st.integers(0, 2**32))
def test_what_is_written_is_read(tmp_path_factory, n_depots, n_pickups, n_shelters, seats, seed) -> None:
    random = np.random.default_rng(seed)
    out = random.integers(1, 99, (n_pickups, n_shelters))
    loads = random.integers(0, 4, n_pickups)
    problem = bus_problem(
        buses=random.integers(1, 4, n_depots),
        loads=loads,
        room=random.integers(0, 3, n_shelters) + loads.sum(),
        pull_out=random.integers(0, 99, (n_depots, n_pickups)),
        out_time=out,
        back_time=out.T,
    )
    path = tmp_path_factory.mktemp("buses") / "some.txt"
    path.write_text(bus_text(problem, seats=seats))
    again = read_bus_problem(path)
    for name in ("buses", "loads", "room", "pull_out", "out_time", "back_time"):
        assert np.array_equal(getattr(problem, name), getattr(again, name))


def test_what_the_layout_cannot_say_is_refused() -> None:
    problem = bus_problem(buses=[1], loads=[1], room=[1], pull_out=[[1]], out_time=[[2]], back_time=[[3]])
    with pytest.raises(ValueError, match="ways back"):
        bus_text(problem)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("3 30", "4 30", "row 2: 3 buses stand at the depots, row 1 has 4"),
        ("3 30", "3 0", "carries nobody"),
        ("3 30", "3", "row 1: 1 numbers"),
        ("2 70 60 10", "2 71 60 10", "row 3: pickups add up to 70, 71 is stated"),
        ("2 70 60 10", "3 70 60 10", "2 pickups follow, 3 are stated"),
        ("1 4 7\n", "1 4\n", "row 6: 1 times from depot 1 to 2 pickups"),
        ("2 5 6", "3 5 6", "depot 3 comes where depot 2 should"),
        ("2 2 3 8\n", "", "the file ends before the times of pickup 2"),
        ("2 2 3 8\n", "2 2 3 8\n3 1 1 1\n", "row 11: nothing should follow"),
        ("2 2 3 8\n", "2 2 0 8\n", "takes 0"),
        ("1 4 7", "1 4.5 7", "'4.5' is no whole number"),
    ],
)
def test_faults_are_told_with_their_row(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(ScenarioFaults) as refused:
        read_bus_problem(written(tmp_path, TEXT.replace(old, new, 1)))
    assert said in str(refused.value)


def test_all_faults_at_once(tmp_path: Path) -> None:
    text = TEXT.replace("1 4 7", "1 4").replace("2 2 3 8", "5 2 3 8").replace("3 30", "9 30")
    with pytest.raises(ScenarioFaults) as refused:
        read_bus_problem(written(tmp_path, text))
    assert len(refused.value.faults) == 3


def test_files_that_are_none(tmp_path: Path) -> None:
    for path, said in ((tmp_path / "none.txt", "cannot be read"), (tmp_path, "cannot be read")):
        with pytest.raises(ScenarioFaults, match=said):
            read_bus_problem(path)
    (tmp_path / "x").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ScenarioFaults, match="is no text"):
        read_bus_problem(tmp_path / "x")
    with pytest.raises(ScenarioFaults, match="the file ends before"):
        read_bus_problem(written(tmp_path, ""))


def test_too_few_beds_are_told(tmp_path: Path) -> None:
    with pytest.raises(BusesCannot, match="add room for 1"):
        read_bus_problem(written(tmp_path, TEXT.replace("3 120 61 29 30", "3 119 61 29 29")))
