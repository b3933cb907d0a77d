"""What the tables contradict in each other, one contradiction at a time."""

import pytest

from farshore.scenario import CheckReport, Scenario, check_values
from tests.builders import Row, scenario

FERRY = "vessels=1 trip_s=600 persons_per_trip=5"


def base(**more: list[Row] | dict[str, float]) -> Scenario:
    given: dict[str, object] = {
        "links": ["a n1 n2", "b n2 n3 crossing_id=bridge"],
        "zones": ["z n1 persons=10"],
        "hosts": ["h n3 beds=20"],
        "crossings": ["bridge bridge"],
    }
    return scenario(**(given | more))  # type: ignore[arg-type]


def only(report: CheckReport) -> str:
    assert len(report.faults) == 1, report.faults
    return str(report.faults[0])


def only_warning(report: CheckReport) -> str:
    assert report.faults == ()
    assert len(report.warnings) == 1, report.warnings
    return str(report.warnings[0])


def test_a_good_scenario_has_no_findings() -> None:
    assert check_values(base()) == CheckReport((), (), ())


def test_duplicate_codes_name_both_rows() -> None:
    fault = only(check_values(base(links=["a n1 n2", "b n2 n3 crossing_id=bridge", "a n2 n1"])))
    assert fault.startswith("network/link.csv, row 4, link_id: 'a' is already in row 2;")


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"crossings": ["bridge bridge", "a bridge"]}, "'a' is also a crossing_id (crossings.csv, row 3)"),
        ({"zones": ["z n1", "a n1"]}, "'a' is also a zone_id (zones.csv, row 3)"),
        ({"zones": ["z n1", "bridge n1"]}, "'bridge' is also a zone_id (zones.csv, row 3)"),
    ],
)
def test_codes_that_closures_could_not_tell_apart(more: dict[str, list[Row]], where: str) -> None:
    if "a bridge" in more.get("crossings", []):
        more = more | {"links": ["a n1 n2 crossing_id=a", "b n2 n3 crossing_id=bridge"]}
    assert where in only(check_values(base(**more)))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"closures": ["brigde until=1"]}, "closures.csv, row 2, asset_id: 'brigde' is in none of"),
        ({"closures": ["Bridge until=1"]}, "did you mean `bridge`?"),
        ({"exposure": ["y"]}, "exposure.csv, row 2, place_id: 'y'"),
        ({"fleets": ["f bus nowhere"]}, "fleets.csv, row 2, base_node_id: 'nowhere'"),
        ({"nodes": [{"node_id": "n2", "zone_id": "zz"}]}, "zone_id: 'zz' is not in zones.csv"),
        ({"nodes": [{"node_id": "n2", "zone_id": "z"}]}, "'z' starts at node 'n1' by zones.csv, row 2"),
    ],
)
def test_codes_that_exist_nowhere(more: dict[str, list[Row]], said: str) -> None:
    assert said in only(check_values(base(**more)))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {"closures": ["a from=5 until=1"]},
            "is before `from` 2022-10-14T05:00+03:00; a closure over",
        ),
        ({"closures": ["a from=1 until=1"]}, "is the same moment as `from`"),
        ({"exposure": ["a from=50 until=1"]}, "give a row an end that comes after its beginning"),
        ({"hosts": ["h n3 beds_from=3 confirmed_until=2"]}, "hosts.csv, row 2, confirmed_until"),
        ({"fleets": ["f bus n1 from=3 until=2"]}, "fleets.csv, row 2, until"),
    ],
)
def test_spans_that_end_before_they_begin(more: dict[str, list[Row]], said: str) -> None:
    assert said in only(check_values(base(**more)))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {"closures": ["a from=6"]},
            "row 2, from: 2022-10-14T06:00+03:00 is not before the end",
        ),
        ({"closures": ["a from=-5 until=0"]}, "closures.csv, row 2, until"),
        ({"exposure": ["a from=7 until=8"]}, "it changes nothing"),
        ({"hosts": ["h n3 beds=20 confirmed_until=0"]}, "nobody can be taken in"),
    ],
)
def test_spans_outside_the_horizon_are_warnings(more: dict[str, list[Row]], said: str) -> None:
    assert said in only_warning(check_values(base(**more)))


@pytest.mark.parametrize("closure", ["a from=5.9", "a from=-5 until=0.1", "a from=5 until=500"])
def test_spans_that_touch_the_horizon_are_fine(closure: str) -> None:
    assert check_values(base(closures=[closure])) == CheckReport((), (), ())


def test_swapped_coordinates() -> None:
    nodes: list[Row] = [{"node_id": f"n{i}", "x_coord": 32 + i / 10, "y_coord": 46.0} for i in range(1, 6)]
    nodes[1] = {"node_id": "n2", "x_coord": 46.0, "y_coord": 32.2}
    links: list[Row] = [f"l{i} n{i} n{i + 1} length=9000000" for i in range(1, 5)]
    report = check_values(base(nodes=nodes, links=links, crossings=[]))
    fault = only(report)
    assert "network/node.csv, row 3, x_coord: 46, 32.2 lies far from everything else" in fault
    assert "exchange them" in fault


def test_far_away_is_not_swapped() -> None:
    nodes: list[Row] = [{"node_id": f"n{i}", "x_coord": 32 + i / 10, "y_coord": 46.0} for i in range(1, 6)]
    nodes[4] = {"node_id": "n5", "x_coord": 2.35, "y_coord": 48.85}
    links: list[Row] = [f"l{i} n{i} n{i + 1} length=9000000" for i in range(1, 5)]
    assert check_values(base(nodes=nodes, links=links, crossings=[])).faults == ()


def test_links_to_themselves() -> None:
    report = check_values(base(links=["a n1 n2", "b n2 n3 crossing_id=bridge", "c n2 n2"]))
    assert "network/link.csv, row 4, to_node_id: 'c' leads from 'n2' to itself" in only(report)


def test_lone_nodes_are_a_warning_and_a_fault_with_people_on_them() -> None:
    lone: list[Row] = ["n8", "n9"]
    assert "2 nodes are touched by no link (n8, n9)" in only_warning(check_values(base(nodes=lone)))
    faults = list(map(str, check_values(base(hosts=["h n3 beds=20", "i n9"])).faults))
    assert len(faults) == 1
    assert "'n9' is touched by no link, and host 'i' is on it" in faults[0]


def test_lengths_in_kilometres_are_suspected() -> None:
    nodes: list[Row] = [{"node_id": f"n{i}", "x_coord": 32 + i / 10, "y_coord": 46.0} for i in range(1, 4)]
    links: list[Row] = ["a n1 n2 length=7.7", "b n2 n3 length=7.7 crossing_id=bridge"]
    report = check_values(base(nodes=nodes, links=links))
    assert "2 links are less than half the straight line (a: 8 m for 7,7" in only_warning(report)


@pytest.mark.parametrize(
    ("crossings", "links", "said"),
    [
        (["bridge bridge", "lone dam"], [], "crossings.csv, row 3, crossing_id: 'lone' has no link"),
        (
            ["bridge bridge", "f ferry trip_s=6 persons_per_trip=5"],
            ["f1 n1 n3 crossing_id=f"],
            "vessels: ferry 'f'",
        ),
        (
            ["bridge bridge", "f ferry vessels=1 persons_per_trip=5"],
            ["f1 n1 n3 crossing_id=f"],
            "trip_s: a trip of",
        ),
        (["bridge bridge", "f ferry vessels=1 trip_s=5"], ["f1 n1 n3 crossing_id=f"], "takes nobody aboard"),
        (
            ["bridge bridge", f"f ferry {FERRY}"],
            ["f1 n1 n3 crossing_id=f directed=true"],
            "ferry 'f' has 1 arc (of f1)",
        ),
        (
            ["bridge bridge", f"f ferry {FERRY}"],
            ["f1 n1 n3 crossing_id=f", "f2 n1 n3 crossing_id=f"],
            "ferry 'f' has 4 arcs (of f1, f2)",
        ),
        (
            ["bridge bridge", f"f ferry {FERRY}"],
            ["f1 n1 n3 crossing_id=f directed=true", "f2 n3 n2 crossing_id=f directed=true"],
            "ferry 'f' has 2 arcs",
        ),
        (["bridge bridge"], ["f1 n1 n3 facility_type=ferry"], "'f1' is a ferry and belongs to no crossing"),
        (
            ["bridge bridge"],
            ["f1 n1 n3 facility_type=ferry crossing_id=bridge"],
            "'f1' is a ferry and belongs to a bridge",
        ),
    ],
)
def test_crossings_that_cannot_be_crossed(crossings: list[Row], links: list[Row], said: str) -> None:
    made = base(crossings=crossings, links=["a n1 n2", "b n2 n3 crossing_id=bridge", *links])
    assert said in only(check_values(made))


@pytest.mark.parametrize(
    "links",
    [
        ["f1 n1 n3 crossing_id=f"],
        ["f1 n1 n3 crossing_id=f directed=true", "f2 n3 n1 crossing_id=f directed=true"],
    ],
)
def test_a_ferry_there_and_back_is_one(links: list[Row]) -> None:
    made = base(
        crossings=["bridge bridge", f"f ferry {FERRY}"],
        links=["a n1 n2", "b n2 n3 crossing_id=bridge", *links],
    )
    assert check_values(made).faults == ()


def test_vessels_on_a_bridge_are_a_warning() -> None:
    assert "only ferries make trips" in only_warning(
        check_values(base(crossings=["bridge bridge vessels=2"]))
    )


def test_more_people_than_beds_is_a_warning_with_both_numbers() -> None:
    made = base(zones=["z n1 persons=50"], hosts=["h n3 beds=20"], parameters={"share_leaving": 0.5})
    assert "25 people choose to leave and 20 beds are open to them; 5 people" in only_warning(
        check_values(made)
    )
    enough = base(zones=["z n1 persons=40"], hosts=["h n3 beds=20"], parameters={"share_leaving": 0.5})
    assert check_values(enough).warnings == ()


def test_shares_that_make_more_than_all() -> None:
    made = base(zones=["z n1 share_under_18=0.6 share_over_65=0.5"])
    assert "1.1 of its people are under 18 or 65 and over" in only(check_values(made))


def assumption(key: str, low: float, best: float, high: float, **more: str) -> Row:
    return {"key": key, "low": low, "best": best, "high": high, "reason": "r"} | more


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (assumption("share_present", 0.5, 0.4, 0.6), "low 0.5, best 0.4 and high 0.6 do not rise"),
        (assumption("share_presnt", 0, 0.4, 0.6), "did you mean `share_present`?"),
        (assumption("share_present", 0, 0.4, 1.5), "row 3, high: 1.5 is out of range for share_present"),
        (assumption("troop_strength", 0, 1, 2), "names something military"),
        (
            assumption("zones.csv:z:persons", 0, 11, 20),
            "11 is not what zones.csv, row 2, persons holds: 10",
        ),
        (assumption("zones.csv:*:persons", 0, 11, 20), "11 is not what zones.csv, row 2"),
        (assumption("network/link.csv:facility_type=road:lanes", 1, 2, 3), "holds: 1 (and 1 more cells)"),
        (assumption("zones.csv:y:persons", 0, 10, 20), "no row of zones.csv is 'y'"),
        (assumption("network/link.csv:facility_type=trail:lanes", 1, 1, 3), "no row of network/link.csv is"),
        (assumption("network/link.csv:nothing=1:lanes", 1, 1, 3), "no row of network/link.csv is"),
        (assumption("zones.csv:z:name", 0, 10, 20), "'name' is no column of numbers in zones.csv"),
        (
            assumption("zone.csv:z:persons", 0, 10, 20),
            "'zone.csv' is no table of a scenario; did you mean `zones.csv`",
        ),
        (assumption("driving_until_hour", 0, 0, 0), "driving ends at 0 h and begins at 0 h"),
    ],
)
def test_assumptions_that_do_not_hold(row: Row, said: str) -> None:
    assert said in only(check_values(base(assumptions=[row])))


@pytest.mark.parametrize(
    "row",
    [
        assumption("zones.csv:z:persons", 0, 10, 20),
        assumption("zones.csv:*:persons", 0, 10, 20),
        assumption("network/link.csv:facility_type=road:lanes", 1, 1, 3),
        assumption("network/link.csv:directed=false:lanes", 1, 1, 3),
        assumption("network/link.csv:length=1000:lanes", 1, 1, 3),
        assumption("share_present", 0.9, 1, 1, unit="share"),
    ],
)
def test_assumptions_that_hold(row: Row) -> None:
    assert check_values(base(assumptions=[row])) == CheckReport((), (), ())


def test_an_assumption_in_another_unit_is_a_warning() -> None:
    row = assumption("share_present", 0.9, 1, 1, unit="per cent")
    assert "'per cent' is not 'share'" in only_warning(check_values(base(assumptions=[row])))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["1 share=0.5", "2 share=0.4"], "share: the shares of all zones add up to 0.9"),
        (["1 share=1", "2 share=0.4 zone_id=z"], "share: the shares of z add up to 0.4"),
        (["2 share=0.5", "2 share=0.5"], "size: households of 2 are there already in row 2"),
        (["13 share=1"], "size: 13 is out of range; give 1 to 12 members"),
    ],
)
def test_household_sizes_are_checked(rows, said):
    made = scenario(links=["a n1 n2"], zones=["z n1"], hosts=["h n2"], household_sizes=rows)
    assert any(said in str(fault) for fault in check_values(made).faults)


def test_household_sizes_in_whole_per_cent_need_not_add_up_to_the_last_digit():
    rows = ["1 share=0.33", "2 share=0.33", "3 share=0.33"]
    made = scenario(links=["a n1 n2"], zones=["z n1"], hosts=["h n2"], household_sizes=rows)
    assert check_values(made).faults == ()
