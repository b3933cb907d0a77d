import json
from pathlib import Path

import numpy as np
import pytest

from farshore.errors import ScenarioFaults
from farshore.scenario import PlaceKind, displacement_files
from farshore.sources import read_flee
from tests.displacements import CONFLICTS, conflict_folder

LOCATIONS = """#name,region,country,latitude,longitude,location_type,conflict_date,population
 City ,R,Home,10.0,20.0,conflict_zone,0,5000
Town,R,Home,10.5,20.5,my_town_here,,
Camp,R,Away,11.0,21.0,refugee-camp-1,,900
Idp,R,Home,10.2,20.2,IDPcamp,,
Hub,R,Away,10.7,20.7,forwarding_hub,,
Bend,R,Home,10.1,20.1,marker,,
"""


def flee_folder(root: Path, **files: str) -> Path:
    texts = {
        "input_csv/locations.csv": LOCATIONS,
        "input_csv/routes.csv": "#name1,name2,distance,forced_redirection\nCity,Town,50,\nTown, Camp,60,2\n",
        "input_csv/closures.csv": "#closure_type,name1,name2,closure_start,closure_end\n",
        "input_csv/conflicts.csv": "#Day, City, Town,\n0, 1, 0,\n1, 1, 0,\n2, 0, 1,\n",
        "input_csv/sim_period.csv": "StartDate,2020-01-01\nLength,3\n",
        "input_csv/registration_corrections.csv": "",
        "source_data/data_layout.csv": "total,all.csv\nCamp,camp.csv\n",
        "source_data/all.csv": "2020-01-01,0\n2020-01-03,40\n",
        "source_data/camp.csv": "#comment\n2020-01-01,0\n2020-01-03,30 \n",
    }
    for name, text in (texts | files).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def said(problem, words: str) -> bool:
    return any(words in str(remark) for remark in problem.remarks)


def test_kinds_are_found_by_the_word_inside(tmp_path: Path) -> None:
    problem = read_flee(flee_folder(tmp_path))
    assert problem.kind.tolist() == [
        PlaceKind.CONFLICT,
        PlaceKind.TOWN,
        PlaceKind.CAMP,
        PlaceKind.IDP_CAMP,
        PlaceKind.HUB,
        PlaceKind.MARKER,
    ]
    assert said(problem, "types found by the word inside")


def test_latitude_comes_before_longitude(tmp_path: Path) -> None:
    problem = read_flee(flee_folder(tmp_path))
    assert (problem.latitude_deg[0], problem.longitude_deg[0]) == (10.0, 20.0)
    assert said(problem, "latitude before longitude")


def test_a_header_that_says_longitude_first_is_believed(tmp_path: Path) -> None:
    swapped = LOCATIONS.replace("latitude,longitude", "longitude,latitude")
    problem = read_flee(flee_folder(tmp_path, **{"input_csv/locations.csv": swapped}))
    assert (problem.latitude_deg[0], problem.longitude_deg[0]) == (20.0, 10.0)


def test_spaces_comments_and_blank_populations(tmp_path: Path) -> None:
    problem = read_flee(flee_folder(tmp_path))
    assert problem.place_id[0] == "City"
    assert problem.counts[0].persons.tolist() == [0.0, 30.0]
    assert np.isnan(problem.population_persons[1])
    assert problem.capacity_persons[2] == 900
    assert said(problem, "spaces around values")


def test_conflict_follows_the_columns_of_its_header(tmp_path: Path) -> None:
    problem = read_flee(flee_folder(tmp_path))
    assert problem.conflict[:, 0].tolist() == [1.0, 1.0, 0.0]
    assert problem.conflict[:, 1].tolist() == [0.0, 0.0, 1.0]


def test_a_short_conflict_file_is_held_and_said(tmp_path: Path) -> None:
    text = "#Day,City\n0,1\n"
    problem = read_flee(flee_folder(tmp_path, **{"input_csv/conflicts.csv": text}))
    assert problem.conflict[:, 0].tolist() == [1.0, 1.0, 1.0]
    assert said(problem, "ends on day 0")


def test_duplicate_routes_are_said(tmp_path: Path) -> None:
    text = "#name1,name2,distance,forced_redirection\nCity,Town,50,\nTown,City,40,\n"
    problem = read_flee(flee_folder(tmp_path, **{"input_csv/routes.csv": text}))
    assert said(problem, "joins the same two places as row 2")


def test_a_counted_place_without_a_location_is_said(tmp_path: Path) -> None:
    layout = "total,all.csv\nCamp,camp.csv\nElsewhere,camp.csv\n"
    problem = read_flee(flee_folder(tmp_path, **{"source_data/data_layout.csv": layout}))
    assert problem.host_ids == ("Camp",)
    assert said(problem, "Elsewhere is counted")


def test_a_camp_without_counts_is_said_and_no_host(tmp_path: Path) -> None:
    problem = read_flee(flee_folder(tmp_path))
    assert "Idp" not in problem.host_ids
    assert said(problem, "Idp is counted nowhere")


def test_columns_are_summed_without_looking_ahead(tmp_path: Path) -> None:
    """Flee's own sum adds the NEXT count of the first file; a figure here knows nothing later."""
    files = {
        "source_data/data_layout.csv": "total,all.csv\nCamp,camp.csv,outside.csv\n",
        "source_data/camp.csv": "2020-01-01,100\n2020-01-03,500\n",
        "source_data/outside.csv": "2020-01-02,7\n",
    }
    problem = read_flee(flee_folder(tmp_path, **files))
    assert problem.counts[0].day.tolist() == [0, 1, 2]
    assert problem.counts[0].persons.tolist() == [100.0, 107.0, 507.0]


def test_corrections_that_match_no_count_are_said(tmp_path: Path) -> None:
    text = "Camp,2020-01-03,normalize\nCamp,2020-01-02,normalize\nNowhere,2020-01-03,x\n"
    problem = read_flee(flee_folder(tmp_path, **{"input_csv/registration_corrections.csv": text}))
    assert [(c.place, c.day) for c in problem.corrections] == [("Camp", 2)]
    assert said(problem, "matches no count of Camp")
    assert said(problem, "'Nowhere' is no counted place")


def test_demographics_are_read(tmp_path: Path) -> None:
    text = "Value,Default,City\nyoung,1,3\nold,1,1\n"
    problem = read_flee(flee_folder(tmp_path, **{"input_csv/demographics_age.csv": text}))
    (age,) = problem.demographics
    assert (age.attribute, age.values) == ("age", ("young", "old"))
    assert age.weights == {"Default": (1.0, 1.0), "City": (3.0, 1.0)}


def test_all_faults_are_told_at_once_with_row_and_column(tmp_path: Path) -> None:
    files = {
        "input_csv/routes.csv": "#n1,n2,distance\nCity,Nowhere,50\nCity,Town,far\n",
        "input_csv/closures.csv": "#t,a,b,s,e\nwall,City,Town,0,1\n",
        "source_data/camp.csv": "2020-13-01,4\n2020-01-02,many\n",
    }
    with pytest.raises(ScenarioFaults) as raised:
        read_flee(flee_folder(tmp_path, **files))
    told = [(f.file, f.row, f.column) for f in raised.value.faults]
    assert told == [
        ("input_csv/closures.csv", 2, "closure_type"),
        ("input_csv/routes.csv", 2, "name2"),
        ("input_csv/routes.csv", 3, "distance"),
        ("source_data/camp.csv", 1, "date"),
        ("source_data/camp.csv", 2, "count"),
    ]


def test_a_place_given_twice_and_a_type_unknown_are_said(tmp_path: Path) -> None:
    text = LOCATIONS + "Camp,R,Away,1.0,1.0,camp,,5\nLake,R,Home,1.0,1.0,flood_zone,,\n"
    problem = read_flee(flee_folder(tmp_path, **{"input_csv/locations.csv": text}))
    assert problem.capacity_persons[2] == 900
    assert problem.kind[-1] == PlaceKind.TOWN
    assert said(problem, "Camp is also in row 4")
    assert said(problem, "'flood_zone' is no type of place")


def test_a_route_without_a_length_is_a_fault(tmp_path: Path) -> None:
    text = "#n1,n2,distance\nCity,Town,\n"
    with pytest.raises(ScenarioFaults, match="1 fault"):
        read_flee(flee_folder(tmp_path, **{"input_csv/routes.csv": text}))


def test_a_folder_that_is_none_is_one_fault(tmp_path: Path) -> None:
    with pytest.raises(ScenarioFaults, match="no such folder"):
        read_flee(tmp_path / "absent")


def test_tables_carry_hashtags_under_their_header(tmp_path: Path) -> None:
    for name, text in displacement_files(read_flee(flee_folder(tmp_path))).items():
        header, tags, *_ = text.splitlines()
        assert len(header.split(",")) == len(tags.split(",")), name
        assert all(tag.startswith("#") for tag in tags.split(",")), name
    assert json.dumps(header)


@pytest.mark.parametrize("name", CONFLICTS)
def test_the_public_conflicts_are_read_whole(name: str) -> None:
    problem = read_flee(conflict_folder(name))
    assert len(problem.conflict) == problem.n_days
    assert problem.conflict.any()
    assert len(problem.hosts) == len(problem.counts)
    assert all(len(c) for c in problem.counts)
