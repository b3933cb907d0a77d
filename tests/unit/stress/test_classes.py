"""Plans with classes stress-tested: the same bytes anywhere, losses, resuming, what is refused."""

import csv
import io
import json
import re
from dataclasses import replace

import numpy as np
import pytest

from farshore.cli.stress import stress_folder
from farshore.errors import SimulationFaults, UsageFault
from farshore.plan import plan, replan
from farshore.plan.write import write_plan
from farshore.report import stress_html
from farshore.results import stress_files
from farshore.results.outcome import Outcome
from farshore.scenario import Scenario
from farshore.simulate import simulate
from farshore.stress import planned_on, stress
from tests.builders import scenario
from tests.unit.stress.sample import class_plan, class_town, town, town_plan

N = 16


def bytes_of(result) -> dict[str, bytes]:
    return stress_files(result) | {"report.html": stress_html(result).encode()}


@pytest.fixture(scope="module")
def alone():
    return stress(class_plan(), futures=N, seed=7)


def test_people_are_never_lost(alone) -> None:
    for each in alone.outcomes:
        assert each.arrived + each.unserved == each.people
        assert sum(figures.people for figures in each.classes) == each.people
        assert sum(figures.unserved for figures in each.classes) == each.unserved
        assert all((row.t90_h is None) == (10 * row.arrived < 9 * row.people) for row in each.classes)
    for detail in alone.details:
        behind = next(each.unserved for each in alone.outcomes if each.number == detail.number)
        assert sum(persons for *_, persons in detail.left) <= behind  # the eight largest places are told
    assert len({each.people for each in alone.outcomes}) > N - 3


def test_two_processes_give_the_same_bytes(alone) -> None:
    assert bytes_of(stress(class_plan(), futures=N, seed=7, workers=2)) == bytes_of(alone)


def test_ctrl_c_keeps_what_is_done_and_resume_goes_on(alone, tmp_path) -> None:
    kept, seen = tmp_path / "kept", []

    def stop(progress) -> None:
        if progress.fraction >= 0.5:
            raise KeyboardInterrupt

    partial = stress(class_plan(), futures=N, seed=7, kept=kept, progress=stop)
    assert partial.partial
    assert partial.outcomes == alone.outcomes[: N // 2]
    whole = stress(class_plan(), futures=N, seed=7, kept=kept, resume=True, progress=seen.append)
    assert seen[0].fraction == pytest.approx(0.5)
    assert bytes_of(whole) == bytes_of(alone)


def test_another_plan_of_the_same_town_is_not_resumed(tmp_path) -> None:
    """Who boards what is part of the plan: with other households nothing kept holds."""
    kept = tmp_path / "kept"
    stress(class_plan(), futures=2, seed=7, worth=False, kept=kept)
    with pytest.raises(UsageFault, match="another plan, seed or options"):
        stress(class_plan(whole=False), futures=2, seed=7, worth=False, kept=kept, resume=True)


def test_where_nothing_happens_it_is_the_rehearsal() -> None:
    """A hazard that never comes: every future is what simulate gives, class by class."""
    calm = class_town(hazards=["strike bridge loss rate_per_day=0"], assumptions=[])
    outcome = plan(calm, model="classes", household_seed=1)
    one = simulate(calm, plan=outcome, seed=3)
    found = stress(outcome, futures=2, seed=3, vary=("hazards",), worth=False)
    for each in found.outcomes:
        assert each.occurrences == ()
        assert (each.people, each.arrived) == (int(one.people.sum()), one.arrived_persons)
        assert [each.t50_h, each.t90_h] == [hours(one.reached_s[share]) for share in (50, 90)]
        told = [(row.class_id, row.people, row.arrived, hours(row.t90_s)) for row in one.classes]
        assert [(row.class_id, row.people, row.arrived, row.t90_h) for row in each.classes] == told


def hours(moment_s: float | None) -> float | None:
    return None if moment_s is None else round(moment_s / 3600, 4)


def river(**changes) -> Scenario:
    """One bridge and nothing else over the river, half an hour from the stop by bus or car."""
    figures = {
        "links": [
            "street n1 n2 length=15000 free_speed=30 capacity=600 allowed_uses=auto;bus",
            "span n2 n3 length=500 free_speed=30 capacity=600 crossing_id=bridge allowed_uses=auto;bus",
        ],
        "crossings": ["bridge bridge"],
        "zones": [
            {
                "zone_id": "z",
                "node_id": "n1",
                "persons": 300,
                "share_with_car": 0.4,
                "ready_curve": "0:0.1 9:1",
            }
        ],
        "hosts": ["h n3 beds=300"],
        "fleets": ["b bus n1 vehicles=5 seats=12"],
        "hazards": [
            "strike bridge loss rate_per_day=1000 hours_low=99 hours_best=99 hours_high=99 from=4.1 until=4.3"
        ],
        "parameters": {"persons_per_vehicle": 3.0},
        "horizon_h": 12,
    }
    return scenario(**{**figures, **changes})


def test_a_sure_loss_of_the_only_bridge_leaves_who_had_to_cross_after_it() -> None:
    """Who is on the bridge goes on; nobody who comes later crosses, by bus or by car."""
    outcome = plan(river(), model="classes", household_seed=None)
    before = simulate(river(), plan=outcome, seed=2)
    assert before.arrived_persons == 300
    found = stress(outcome, futures=2, seed=2, vary=("hazards",), worth=False)
    on_street_s = 15000 / (30 / 3.6)
    for each in found.outcomes:
        lost_s = 3600 * each.occurrences[0].from_h
        assert 4.1 * 3600 <= lost_s < 4.3 * 3600
        riders = sum(ride.persons for ride in before.rides if ride.depart_s + on_street_s < lost_s)
        by_class = {row.class_id: row for row in each.classes}
        assert 0 < by_class["other_foot"].arrived == riders < by_class["other_foot"].people
        drivers = sum(
            int(persons)
            for class_id, step, persons in zip(
                outcome.services.class_ids,
                outcome.departures.step.tolist(),
                outcome.departures.persons.tolist(),
                strict=True,
            )
            if class_id == "other_car" and (step + 1) * 1800 + on_street_s < lost_s
        )
        assert drivers <= by_class["other_car"].arrived < by_class["other_car"].people
    detail = found.details[0]
    assert sum(persons for *_, persons in detail.left) == found.outcomes[0].unserved
    assert any(why.startswith("on a bus") for _, why, _ in detail.left)


def test_losing_the_bridge_is_what_weighs_most_and_nothing_is_promised() -> None:
    outcome = plan(river(), model="classes", household_seed=None)
    found = stress(outcome, futures=1, seed=2, lost_from_h=4.0)
    assert found.worth is not None
    assert found.worth.paper is None
    assert [row.kind for row in found.worth.rows] == ["loss", "repair"]
    assert found.worth.base.unserved == 0
    loss = found.worth.rows[0]
    assert loss.kept is not None
    assert 0 < loss.kept.unserved < 300
    assert loss.words == (
        f"losing bridge on day 1 keeps 90 % from arriving in time and leaves {loss.kept.unserved} more behind"
    )
    assert all(row.anew is row.dual_person_h is row.saved_person_h is None for row in found.worth.rows)


def test_two_plans_with_classes_meet_the_same_futures() -> None:
    same = stress(class_plan(), beside=class_plan(), futures=6, seed=3, worth=False)
    assert all(row.median.value == 0 and row.better.value == 0 for row in same.paired)
    files = stress_files(same)
    assert files["classes.csv"] == files["classes_beside.csv"]


def test_what_plans_with_classes_cannot_be_asked_is_refused_at_once() -> None:
    with pytest.raises(UsageFault) as raised:
        stress(class_plan(), beside=town_plan(), futures=2, replan=planned_on, resolve=3)
    said = str(raised.value).splitlines()
    assert len(said) == 3
    for words in ("they cannot be compared", "leave out --replan", "leave out --resolve"):
        assert any(words in line for line in said)


def test_a_plan_in_which_buses_turn_back_is_refused_as_in_a_rehearsal() -> None:
    outcome = class_plan()
    after = replan(outcome, at="2022-10-14T03:00+03:00", close=["bridge@2022-10-14T03:00+03:00"])
    assert after.services is not None
    assert not all(trip[9] for trip in after.services.trips)
    with pytest.raises(SimulationFaults, match="turn back"):
        stress(after, futures=2, worth=False)


def test_the_tables_and_the_page_say_each_class_and_what_is_left_out(alone) -> None:
    files, page = stress_files(alone), stress_html(alone)
    rows = list(csv.DictReader(io.StringIO(files["classes.csv"].decode())))
    assert len(rows) == 6 * N
    assert all(int(row["arrived"]) + int(row["unserved"]) == int(row["people"]) for row in rows)
    summary = json.loads(files["stress.json"])
    behind = sorted(int(row["unserved"]) for row in rows if row["class_id"] == "other_foot")
    told = next(row for row in summary["classes"] if row["class_id"] == "other_foot")
    assert told["unserved"]["p50"]["value"] == behind[N // 2 - 1]
    assert "Class by class" in page
    assert "What is left out" in page
    assert "What one more vessel" in page
    assert re.search(r"need assistance, no car|need assistance</", page)
    assert "promised" not in page.lower()
    assert "wheelchair_share: 0 to 1, likeliest 0.25" in page


def test_pages_of_other_plans_say_nothing_of_classes() -> None:
    found = stress(town_plan(), futures=2, seed=1, worth=False)
    assert "classes.csv" not in stress_files(found)
    assert "classes" not in json.loads(stress_files(found)["stress.json"])
    assert "What is left out" not in stress_html(found)


def test_from_the_command_line(tmp_path, capsys) -> None:
    """A plan folder in, tables and a page out; again over it without classes, nothing of them stays."""
    write_plan(class_plan(), tmp_path / "plan")
    assert stress_folder(tmp_path / "plan", futures=3, seed=7, out=tmp_path / "out", worth=False) == 0
    said = capsys.readouterr().out
    assert "all others, no car, some " in said
    direct = stress(class_plan(), futures=3, seed=7, worth=False)
    assert (tmp_path / "out" / "classes.csv").read_bytes() == stress_files(direct)["classes.csv"]
    write_plan(plan(town()), tmp_path / "alike")
    assert stress_folder(tmp_path / "alike", futures=2, out=tmp_path / "out", worth=False) == 0
    assert not (tmp_path / "out" / "classes.csv").exists()


def test_dealing_seats_out_anew_needs_no_prices_and_no_loads() -> None:
    """What travels to workers lacks what no replay reads, and gives the same futures."""
    outcome: Outcome = class_plan()
    assert outcome.services is not None
    bare = replace(outcome, services=replace(outcome.services, prices={}, loads=(), duties=()))
    one, two = (stress(each, futures=3, seed=5, worth=False) for each in (outcome, bare))
    assert one.outcomes == two.outcomes
    assert np.isfinite([each.exposure_person_h for each in one.outcomes]).all()
