"""Certifying plans made by hand: what is accepted, and what a refusal says."""

import json
from dataclasses import replace

import pytest

from farshore.errors import CertificateRefused
from farshore.plan import certify, write_plan
from farshore.results import write_outcome
from farshore.scenario import write_scenario
from tests.builders import scenario
from tests.unit.plan_check.handmade import outcome


def road(**rows):
    return scenario(
        **{
            "links": ["a n1 n2 capacity=2", "b n2 n3"],
            "zones": ["z n1 persons=3"],
            "hosts": ["h n3 beds=5", "g n3 beds=5"],
            "horizon_h": 2,
            **rows,
        }
    )


ONE_A_STEP = [("z", 0, "a b", "h", 1), ("z", 1, "a b", "h", 1), ("z", 2, "a b", "h", 1)]
PRICES = {("a", 0): 1_000_000, ("a", 1): 500_000}


def written(folder, made):
    write_outcome(made, folder, check=lambda _: None)
    return folder


def faults_of(folder, **options):
    with pytest.raises(CertificateRefused) as refused:
        certify(folder, **options)
    assert refused.value.exit_code == 3
    return [str(fault) for fault in refused.value.faults]


def test_an_optimal_plan_with_its_prices_is_certified_as_such(tmp_path):
    check = write_plan(outcome(road(), ONE_A_STEP, links=PRICES), tmp_path / "plan")
    # Three trips at 28 a link, one and two half hours of waiting.
    assert check.objective == check.lower_bound == 3 * 56 + 3 * 500_000
    assert (check.people, check.placed, check.unserved, check.gap) == (3, 3, 0, 0.0)
    assert str(check).startswith("No plan can do better than 1 person-hours")
    assert certify(tmp_path / "plan") == check


def test_a_worse_plan_is_certified_with_its_distance(tmp_path):
    late = [("z", 1, "a b", "h", 1), ("z", 2, "a b", "h", 1), ("z", 3, "a b", "h", 1)]
    check = write_plan(outcome(road(), late, links=PRICES), tmp_path / "plan")
    assert check.objective - check.lower_bound == 3 * 500_000
    assert "within 50.00 %" in check.statement


def test_weak_prices_prove_less_and_are_certified_for_that(tmp_path):
    check = write_plan(outcome(road(), ONE_A_STEP), tmp_path / "plan")
    assert check.lower_bound == 3 * 56


@pytest.mark.parametrize(
    ("moves", "said"),
    [
        (
            [("z", 0, "a b", "h", 2), ("z", 1, "a b", "h", 1)],
            "departures.csv, row 2, persons: 2 enter link a at 2022-10-14T00:00+03:00, which takes 1;",
        ),
        (
            [("z", 0, "a b", "g", 1), ("z", 0, "a b", "h", 1)],
            "row 2, persons: 2 enter link a at 2022-10-14T00:00+03:00, which takes 1 (with row 3);",
        ),
        (
            [("z", 2, "a b", "h", 1), ("z", 3, "a b", "h", 3)],
            "4 have left z by 2022-10-14T01:30+03:00, when 3",
        ),
    ],
)
def test_too_many(tmp_path, moves, said):
    found = faults_of(written(tmp_path / "plan", outcome(road(), moves)))
    assert any(said in line for line in found), found


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            {"closures": ["b from=0.5 until=1"]},
            "1 enter link b at 2022-10-14T00:30+03:00, which is closed then",
        ),
        (
            {"parameters": {"driving_from_hour": 0, "driving_until_hour": 1}},
            "1 enter link a at 2022-10-14T01:00+03:00, outside the hours",
        ),
        ({"hosts": ["h n3 beds=2"]}, "row 4, persons: 3 are sent to h, which has 2 beds"),
        ({"hosts": ["h n3 beds_from=0.2"]}, "1 reach h at 2022-10-14T00:00+03:00; it takes nobody in then"),
        ({"hosts": ["h n3 intake_persons_h=1"]}, "it takes in 0 in a step"),
    ],
)
def test_what_the_scenario_does_not_allow(tmp_path, rows, said):
    found = faults_of(written(tmp_path / "plan", outcome(road(**rows), ONE_A_STEP)))
    assert any(said in line for line in found), found


def test_leaving_too_late_to_arrive(tmp_path):
    folder = written(tmp_path / "plan", outcome(road(step_s=150, horizon_h=1), [("z", 20, "a b", "h", 1)]))
    table = (folder / "departures.csv").read_text().replace("T00:50", "T00:57:30")
    (folder / "departures.csv").write_text(table)
    assert any("row 2, depart: r0 arrives after the end of the horizon" in f for f in faults_of(folder))


@pytest.mark.parametrize(
    ("links", "said"),
    [
        ("a", "features[0].links: ends at n2, not at n3, where h is"),
        ("b", "features[0].links[0]: b begins at n2, not n1"),
        ("a -a a b", "features[0].links[1]: -a turns straight back to n1"),
        ("a b -b b", "features[0].links[2]: -b turns straight back to n2"),
    ],
)
def test_routes_that_are_no_routes(tmp_path, links, said):
    made = outcome(road(), [("z", 0, links, "h", 1)])
    assert any(said in line for line in faults_of(written(tmp_path / "plan", made)))


def test_a_link_that_only_walkers_may_use(tmp_path):
    made = outcome(road(links=["a n1 n2 capacity=2", "b n2 n3", "c n1 n2"]), ONE_A_STEP)
    folder = written(tmp_path / "plan", made)
    links = (folder / "scenario" / "network" / "link.csv").read_text()
    (folder / "scenario" / "network" / "link.csv").write_text(links.replace("auto;bus;truck;walk", "walk", 1))
    found = faults_of(folder)
    assert any("links[0]: 'a' is no link that cars or ferries may use that way" in f for f in found), found
    assert any(line.startswith("scenario/: is not what was planned") for line in found)


@pytest.mark.parametrize(
    ("price", "said"),
    [
        (["a", 0, -1], "prices.links[0]: is negative: -1"),
        (["a", 9, 1], "prices.links[0]: is for step 9, outside the horizon"),
        (["x", 0, 1], "prices.links[0]: is for 'x', which is not in the scenario"),
        (["a", 0, 0.5], "prices.links[0]: holds something else than whole numbers"),
        (["a", 0], "prices.links[0]: is no price"),
        (["a", 1, 5], "prices.links[1]: is the price of [0] again"),
    ],
)
def test_prices_that_are_no_prices(tmp_path, price, said):
    folder = written(tmp_path / "plan", outcome(road(), ONE_A_STEP, links=PRICES))
    certificate = json.loads((folder / "certificate.json").read_text())
    certificate["prices"]["links"][0] = price
    (folder / "certificate.json").write_text(json.dumps(certificate))
    found = faults_of(folder)
    assert any(f"certificate.json, {said}" in line for line in found), found


def test_a_price_on_an_intake_without_limit_is_refused(tmp_path):
    folder = written(tmp_path / "plan", outcome(road(), ONE_A_STEP, links=PRICES))
    certificate = json.loads((folder / "certificate.json").read_text())
    certificate["prices"]["intake"] = [["h", 0, 4]]
    (folder / "certificate.json").write_text(json.dumps(certificate))
    assert any("prices.intake[0]: h has no limit of intake" in line for line in faults_of(folder))


def test_every_place_is_named_at_once(tmp_path):
    folder = written(tmp_path / "plan", outcome(road(), ONE_A_STEP, links=PRICES))
    summary = json.loads((folder / "summary.json").read_text())
    summary["t50_h"], summary["hosts"][1]["beds"], summary["options"] = 0.5, 50, {}
    (folder / "summary.json").write_text(json.dumps(summary))
    (folder / "arrivals.csv").write_text("host_id,arrive,persons\nh,2022-10-14T00:00+03:00,2\n")
    found = faults_of(folder)
    for said in (
        "summary.json, t50_h: says 0.5; the plan makes it 1.0",
        "summary.json, hosts[1].beds: says 50; the plan makes it 5",
        "summary.json, seal: says",
        "arrivals.csv, row 2, persons: says '2'; departures.csv, row 2, make it 1",
        "arrivals.csv: lacks the row of h at 2022-10-14T00:30+03:00, 1 persons by departures.csv, row 3",
    ):
        assert any(said in line for line in found), (said, found)


def test_no_plan_at_all(tmp_path):
    assert "is no folder" in faults_of(tmp_path / "nowhere")[0]
    (tmp_path / "empty").mkdir()
    assert all("scenario" in line for line in faults_of(tmp_path / "empty"))


def test_an_undisclosed_change_of_the_scenario_is_located_by_the_original(tmp_path):
    folder = written(tmp_path / "plan", outcome(road(), ONE_A_STEP, links=PRICES))
    original = road()
    write_scenario(original, tmp_path / "same")
    assert certify(folder, scenario_folder=tmp_path / "same").placed == 3
    capacity = original.links.capacity.copy()
    capacity[1] = 7
    other = replace(original, links=replace(original.links, capacity=capacity))
    write_scenario(other, tmp_path / "other")
    (line,) = faults_of(folder, scenario_folder=tmp_path / "other")
    assert line.startswith("scenario/network/link.csv, row 3, capacity: is 1000.0, in the original 7.0")
