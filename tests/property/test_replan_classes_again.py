"""Plans with classes replanned again and again: the past stays through all of it, and no edit goes unseen."""

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farshore.errors import CertificateRefused, UsageFault
from farshore.plan import certify, plan, replan, with_crossing_room
from farshore.plan.write import write_plan
from farshore.results import read_outcome
from farshore.results.folder import outcome_files
from farshore.results.outcome import Outcome
from farshore.scenario import Scenario
from farshore.units import format_time, offset_of
from tests.builders import scenario
from tests.class_strategies import service_towns, small_class_scenarios
from tests.property.test_replan_classes import after, edits, events, first, persons_by_class, to_json

often = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
anywhere = st.one_of(service_towns(far=True), service_towns(), small_class_scenarios())


def gone_by(outcome: Outcome, at: int) -> Counter[tuple[Any, ...]]:
    """Who has left home before a step: zone, class, when, and each link entered by then with its step."""
    assert outcome.services is not None
    moves, found = outcome.departures, Counter[tuple[Any, ...]]()
    rows = [
        (outcome.routes[route], step, persons, class_id)
        for route, step, persons, class_id in zip(
            moves.route.tolist(), moves.step.tolist(), moves.persons.tolist(), outcome.services.class_ids,
            strict=True,
        )
    ]  # fmt: skip
    stranded = outcome.replan.stranded if outcome.replan else ()
    rows += [(each.route, each.step, each.persons, each.class_id) for each in stranded]
    for route, step, persons, class_id in rows:
        if step < at:
            entered = tuple(
                (link, step + entry)
                for link, entry in zip(route.links, route.entry_steps, strict=True)
                if step + entry < at
            )
            found[route.zone_id, class_id, step, entered] += persons
    return found


@often
@given(anywhere, st.data(), st.sampled_from((None, 1)))
def test_replans_of_replans_are_certified_and_lose_nobody(
    tmp_path_factory, town: Scenario, data: st.DataObject, seed: int | None
) -> None:
    """Three events, one after the other, each read from the folder that the one before has written."""
    old = plan(town, model="classes", household_seed=seed)
    begin = 0
    for _ in range(3):
        new = after(old, data.draw(events(old, begin)))
        assert new.replan is not None
        begin = new.replan.at_step
        assert sum(new.replan.counts.values()) == sum(old.people.values()) == sum(new.people.values())
        assert gone_by(new, begin) == gone_by(old, begin)
        folder = tmp_path_factory.mktemp("after") / "plan"
        found = write_plan(new, folder)
        assert found.lower_bound <= found.objective
        assert certify(folder).objective == found.objective
        written, before = outcome_files(new), outcome_files(old)
        for name in ("departures.csv", "trips.csv", "routes.geojson"):
            assert written[f"before/{name}"] == before[name]
        assert written.get("before/boarding.csv") == before.get("boarding.csv")
        if seed is not None:
            assert new.households is not None
            assert old.households is not None
            for name in ("zone", "size", "children", "over_65", "needing_assistance", "with_car"):
                assert np.array_equal(getattr(new.households, name), getattr(old.households, name))
        old = read_outcome(folder, with_classes=True)
        again = outcome_files(with_crossing_room(old))
        for name in ("crossings.csv", "summary.json", "replan.json", "before/stranded.json"):
            assert again[name] == (folder / name).read_bytes()


@often
@given(anywhere, st.data(), st.sampled_from((None, 1)))
def test_where_nothing_happens_nobody_with_an_instruction_hears_anything(
    town: Scenario, data: st.DataObject, seed: int | None
) -> None:
    """Whoever had halted and was told how to go on, or is in the midst of going on, goes on as told."""
    old = plan(town, model="classes", household_seed=seed)
    one = after(old, data.draw(events(old)))
    assert one.replan is not None
    about = town.about
    at = data.draw(st.integers(one.replan.at_step, about.n_steps - 1))
    time = format_time(int(about.start.timestamp()) + at * about.step_s, offset_of(about.start))
    two = replan(one, at=time, stability_person_h=1e6)
    assert two.replan is not None
    assert [change for change in two.replan.changes if change.old_step is not None] == []
    assert two.replan.counts["halted_now"] == 0
    told = persons_by_class(one)
    assert persons_by_class(two) & told == told


# -- edits ------------------------------------------------------------------------------------------------


def halted_twice(document: dict[str, Any]) -> dict[str, Any]:
    """The first route with two halts."""
    return next(f["properties"] for f in document["features"] if len(f["properties"].get("halts", ())) == 2)


def of_two(document: dict[str, Any], number: int) -> dict[str, Any]:
    """One of two halts."""
    halt: dict[str, Any] = halted_twice(document)["halts"][number]
    return halt


def without_halts(folder: Path, name: str) -> None:
    to_json(folder, name, lambda d: halted_twice(d).update(halts=halted_twice(d)["halts"][1:]))


TAMPERINGS = {
    "the halt of the first event elsewhere": lambda f: to_json(
        f, "routes.geojson", lambda d: of_two(d, 0).update(node_id="n1")
    ),
    "the halt of the first event sooner": lambda f: to_json(
        f, "routes.geojson", lambda d: of_two(d, 0).update(from_steps=of_two(d, 0)["from_steps"] - 1)
    ),
    "the halt of the first event later": lambda f: to_json(
        f, "routes.geojson", lambda d: of_two(d, 0).update(from_steps=of_two(d, 0)["from_steps"] + 1)
    ),
    "the first halt is forgotten": lambda f: without_halts(f, "routes.geojson"),
    "the second halt sooner": lambda f: to_json(
        f, "routes.geojson", lambda d: of_two(d, 1).update(from_steps=of_two(d, 1)["from_steps"] - 1)
    ),
    "the second halt has another cause": lambda f: to_json(
        f, "routes.geojson", lambda d: of_two(d, 1).update(cause="late")
    ),
    "the plan before had others halt": lambda f: to_json(
        f,
        "before/routes.geojson",
        lambda d: next(
            p["properties"]["halts"][0] for p in d["features"] if "halts" in p["properties"]
        ).update(cause="cut off", back="", back_steps=0),
    ),
    "one more waited for good": lambda f: to_json(
        f, "before/stranded.json", lambda d: d[0].update(persons=d[0]["persons"] + 1)
    ),
    "nobody waited for good": lambda f: to_json(f, "before/stranded.json", lambda d: d.clear()),
    "fewer have halted before": lambda f: to_json(
        f,
        "replan.json",
        lambda d: d["counts"].update(
            halted_before=d["counts"]["halted_before"] - 1, halted_now=d["counts"]["halted_now"] + 1
        ),
    ),
    "a bus of the first plan had been back sooner": lambda f: edits(
        f, "before/trips.csv", lambda r: first(r, back_at_base=r[0]["leaves_base"])
    ),
    "a bus of the first plan is another": lambda f: edits(
        f, "before/trips.csv", lambda r: first(r, vehicle="2" if r[0]["vehicle"] == "1" else "1")
    ),
    "a bus that had left is not there": lambda f: edits(f, "trips.csv", lambda r: r.pop(0)),
    "the moment is that of the first event": lambda f: to_json(
        f, "replan.json", lambda d: d.update(at="2022-10-14T01:00+03:00")
    ),
    "a bound that is better": lambda f: to_json(
        f, "certificate.json", lambda d: d.update(lower_bound=d["lower_bound"] + 1)
    ),
    "somebody hears nothing": lambda f: edits(f, "changes.csv", lambda r: r.pop(0)),
    "a household had been elsewhere": lambda f: edits(f, "before/households.csv", lambda r: r.pop(0)),
    "a household does not board its bus": lambda f: edits(f, "boarding.csv", lambda r: r.pop(0)),
}  # fmt: skip


@pytest.fixture(scope="module")
def broken_off_again(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A road is lost at its second link, then at its third: cars halt twice, buses are lost, some wait on."""
    folder = tmp_path_factory.mktemp("road") / "after"
    road = scenario(
        links=[
            f"{link} {ends} length=60000 capacity={capacity} allowed_uses=auto;bus"
            for link, ends, capacity in (("a", "n1 n2", 14), ("b", "n2 n3", 4), ("c", "n3 n4", 14))
        ],
        zones=["z n1 persons=40 share_with_car=0.6 share_under_18=0.2"],
        hosts=["h n4 beds=60"],
        fleets=["b bus n1 vehicles=3 seats=6 wheelchair_places=2 load_s=600"],
        parameters={"persons_per_vehicle": 1.0, "driver_hours_day": 20},
        horizon_h=26,
    )
    old = plan(road, model="classes", household_seed=2)
    for link, since, until in (("b", "02:30", "18:30"), ("c", "20:30", "21:00")):
        span = f"2022-10-14T{since}+03:00/2022-10-14T{until}+03:00"
        old = replan(old, at=span.partition("/")[0], close=[f"{link}@{span}"])
    write_plan(old, folder)
    return folder


def test_who_has_halted_twice_is_followed_through_both(broken_off_again: Path) -> None:
    """The first halt is as the first event made it, the second is where the second event left them."""
    outcome = read_outcome(broken_off_again, with_classes=True)
    assert outcome.replan is not None
    twice = [route for route in outcome.routes if len(route.halts) == 2]
    known = {route.halts for route in outcome.replan.old_routes}
    assert twice
    assert all(route.halts[:1] in known for route in twice)
    assert [halt.node_id for halt in twice[0].halts] == ["n2", "n3"]
    assert outcome.replan.counts["halted_before"] >= sum(e.persons for e in outcome.replan.old_stranded) > 0
    assert outcome.replan.counts["halted_now"] == sum(outcome.replan.halted.values()) > 0
    old_trips = outcome.replan.old_services
    assert outcome.services is not None
    assert old_trips is not None
    assert outcome.services.trips == old_trips.trips  # all had left, and were broken off by the first event


@pytest.mark.parametrize("what", TAMPERINGS)
def test_certify_refuses_what_somebody_has_changed(broken_off_again: Path, tmp_path: Path, what: str) -> None:
    shutil.copytree(broken_off_again, tmp_path / "plan")
    certify(tmp_path / "plan")
    TAMPERINGS[what](tmp_path / "plan")
    with pytest.raises(CertificateRefused):
        certify(tmp_path / "plan")


def test_no_plan_is_made_anew_from_before_its_own_beginning(broken_off_again: Path) -> None:
    outcome = read_outcome(broken_off_again, with_classes=True)
    with pytest.raises(UsageFault, match="before the plan's own beginning"):
        replan(outcome, at="2022-10-14T03:00+03:00", close=["boat"])


def test_the_same_events_make_the_same_folder(broken_off_again: Path) -> None:
    """Byte by byte, from what was read: but for the time that it took."""
    old = read_outcome(broken_off_again, with_classes=True)
    one, other = (
        outcome_files(replan(old, at="2022-10-14T21:30+03:00", close=["b@2022-10-14T21:30+03:00"]))
        for _ in range(2)
    )
    assert one["before/trips.csv"] == (broken_off_again / "trips.csv").read_bytes()
    assert {name for name in one if one[name] != other[name]} <= {"summary.json"}
