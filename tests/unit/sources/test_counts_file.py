"""Counts and ties from files: what they change, what is told, and every fault at once."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from farshore.errors import ScenarioFaults
from farshore.scenario import Displacement, displacement_files
from farshore.sources import read_counts_file, read_ties_file
from tests.displacements import counts, displacement

HEAD = (
    "place_id,date,persons,known_on,kind,source\n#loc+code,#date,#affected,#date+reported,#meta+kind,#meta\n"
)


def written(folder: Path, *rows: str, head: str = HEAD) -> Path:
    path = folder / "counts.csv"
    path.write_text(head + "".join(f"{row}\n" for row in rows))
    return path


def small() -> Displacement:
    """Near and Far are counted on days 0, 10, … from 2020-01-01."""
    return displacement(n_days=60)


def read_on(problem: Displacement, host: int, day: int) -> dict[int, float]:
    seen = problem.counts[host].known_by(day)
    return dict(zip(seen.day.tolist(), seen.persons.tolist(), strict=True))


def test_a_figure_of_the_file_stands_over_the_folders_from_the_day_it_is_known(tmp_path: Path) -> None:
    made = read_counts_file(written(tmp_path, "Near,2020-01-31,999,2020-02-05,stock,camp office"), small())
    assert read_on(made, 0, 34)[30] == 150.0
    assert read_on(made, 0, 35)[30] == 999.0
    assert read_on(made, 1, 35) == read_on(small(), 1, 35)


def test_a_hindcast_reads_the_figures_as_they_stood_in_the_end(tmp_path: Path) -> None:
    made = read_counts_file(written(tmp_path, "Near,2020-01-31,999,2020-02-05,,"), small())
    (part,) = made.parts[0]
    assert part.persons[part.day == 30].tolist() == [999.0]
    assert np.all(np.diff(part.day) > 0)


def test_a_blank_kind_is_stock_and_a_blank_known_on_the_date(tmp_path: Path) -> None:
    made = read_counts_file(written(tmp_path, "Far,2020-01-12,77", head="place_id,date,persons\n"), small())
    assert read_on(made, 1, 11)[11] == 77.0


def test_arrivals_are_added_to_people_present(tmp_path: Path) -> None:
    made = read_counts_file(
        written(tmp_path, "Near,2020-01-12,30,,flow,", "Near,2020-01-13,5,,flow,"), small()
    )
    assert read_on(made, 0, 12) == {0: 0.0, 10: 50.0, 11: 80.0, 12: 85.0}


def test_a_row_without_a_number_is_a_day_without_a_count(tmp_path: Path) -> None:
    made = read_counts_file(written(tmp_path, "Near,2020-01-12,,,,"), small())
    assert 11 not in read_on(made, 0, 59)
    assert any("1 rows without a number" in str(r) for r in made.remarks)


def test_total_is_everybody(tmp_path: Path) -> None:
    made = read_counts_file(written(tmp_path, "total,2020-01-12,4321,,,"), small())
    assert made.total.known_by(11).persons[-1] == 4321.0


def test_places_that_are_no_hosts_are_told_and_change_nothing(tmp_path: Path) -> None:
    made = read_counts_file(
        written(tmp_path, "Town,2020-01-12,8,,,", "Border post 3,2020-01-12,9,,,", "near,2020-01-12,9,,,"),
        small(),
    )
    said = "\n".join(map(str, made.remarks))
    assert "counts.csv, row 3, place_id: Town is no host" in said
    assert "Border post 3 is no place of locations.csv" in said
    assert "did you mean `Near`?" in said
    for host in range(2):
        assert read_on(made, host, 59) == read_on(small(), host, 59)


def test_a_camp_counted_for_the_first_time_becomes_a_host(tmp_path: Path) -> None:
    full = small()
    one = replace(full, hosts=full.hosts[1:], counts=full.counts[1:], parts=full.parts[1:])
    one = replace(one, ties=np.full((one.n_places, 1), 3.0))
    made = read_counts_file(written(tmp_path, "Near,2020-01-12,8,,,"), one)
    assert made.host_ids == ("Near", "Far")
    assert read_on(made, 0, 59) == {11: 8.0}
    assert made.ties is not None
    assert made.ties[0].tolist() == [1.0, 3.0]
    assert any("it is a host from now on" in str(r) for r in made.remarks)


def test_figures_after_the_period_are_told(tmp_path: Path) -> None:
    made = read_counts_file(written(tmp_path, "Near,2020-03-01,8,,,"), small())
    assert any("after the last of sim_period.csv" in str(r) for r in made.remarks)


def test_every_fault_of_the_counts_is_told_at_once(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "Near,soon,5,,,",
        "Near,2020-01-12,-5,,,",
        "Near,2020-01-12,5,2020-01-11,,",
        ",2020-01-12,nan,,guess,",
        "Far,2020-01-12,5,,flow,",
        "Far,2020-01-13,5,,cumulative,",
        "Far,2020-01-12,6,,flow,",
    )
    with pytest.raises(ScenarioFaults) as told:
        read_counts_file(path, small())
    found = [(f.row, f.column) for f in told.value.faults]
    assert found == [
        (3, "date"),
        (4, "persons"),
        (5, "known_on"),
        (6, "kind"),
        (6, "persons"),
        (6, "place_id"),
        (8, "kind"),
        (9, "persons"),
    ]
    assert all(f.file == "counts.csv" and f.remedy for f in told.value.faults)


def test_a_missing_file_and_a_missing_column_are_faults(tmp_path: Path) -> None:
    with pytest.raises(ScenarioFaults, match="1 fault"):
        read_counts_file(tmp_path / "none.csv", small())
    with pytest.raises(ScenarioFaults) as told:
        read_counts_file(written(tmp_path, "Near", head="place_id\n"), small())
    assert "has no column date, persons" in str(told.value)


def ties(folder: Path, *rows: str) -> Path:
    path = folder / "ties.csv"
    head = "from_place_id,from_region,host_id,strength\n#loc+code,#adm1,#loc+host,#indicator\n"
    path.write_text(head + "".join(f"{row}\n" for row in rows))
    return path


def test_ties_of_a_place_stand_over_those_of_its_region_and_country(tmp_path: Path) -> None:
    made = read_ties_file(ties(tmp_path, "City,,Far,9", ",R,Far,4", ",Home,Near,0.5", ",Home,Far,2"), small())
    assert made.ties is not None
    assert made.ties.tolist() == [[0.5, 9.0], [0.5, 4.0], [1.0, 1.0], [1.0, 1.0]]


def test_every_fault_of_the_ties_is_told_at_once(tmp_path: Path) -> None:
    path = ties(
        tmp_path, "City,R,Far,2", ",,Far,2", "Cty,,Farr,2", "City,,Far,-1", "City,,Near,1", "City,,Near,2"
    )
    with pytest.raises(ScenarioFaults) as told:
        read_ties_file(path, small())
    said = str(told.value)
    assert "row 3, from_place_id: names both" in said
    assert "row 4, from_place_id: names neither" in said
    assert "row 5, from_place_id: 'Cty' is nowhere in locations.csv; did you mean `City`?" in said
    assert "row 5, host_id: 'Farr' is no host; did you mean `Far`?" in said
    assert "row 6, strength: '-1' is no strength" in said
    assert "row 8, host_id: row 7 ties the same two already" in said


def test_counts_as_exported_read_back_alike(tmp_path: Path) -> None:
    problem = displacement(n_days=60, near=counts((0, 5.0), (20, 60.0), late=4))
    path = tmp_path / "counts.csv"
    path.write_text(displacement_files(problem)["counts.csv"])
    made = read_counts_file(path, problem)
    for day in range(60):
        for host in range(2):
            assert read_on(made, host, day) == read_on(problem, host, day)
