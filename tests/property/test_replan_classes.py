"""Plans with classes replanned: nobody is lost, the past stays, all is certified, no edit goes unseen."""

import csv
import hashlib
import json
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from farshore.errors import CertificateRefused, SimulationFaults, UsageFault
from farshore.plan import Caught, certify, plan, replan
from farshore.plan.write import write_plan
from farshore.results import read_outcome
from farshore.results.folder import outcome_files
from farshore.results.outcome import Outcome
from farshore.scenario import Scenario
from farshore.simulate import simulate
from farshore.units import format_time, offset_of
from tests.builders import scenario
from tests.class_strategies import service_towns, small_class_scenarios
from tests.unit.report.test_report_services import town

often = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def events(draw: st.DrawFn, old: Outcome, first: int = 0) -> dict[str, Any]:
    """A moment from a step on and what happens then: closings, openings and losses of capacity.

    Often what is lost is a link that somebody on the road comes to in that very step, or has just come to.
    """
    scenario = old.scenario
    about = scenario.about
    start_s, offset = int(about.start.timestamp()), offset_of(about.start)
    at = draw(st.integers(first, about.n_steps - 1))
    entered = sorted(
        {
            (step + entry, link.removeprefix("-"))
            for route, step in zip(old.departures.route.tolist(), old.departures.step.tolist(), strict=True)
            for link, entry in zip(old.routes[route].links, old.routes[route].entry_steps, strict=True)
            if step + entry >= first and entry > 0
        }
    )
    lost = draw(st.sampled_from(entered)) if entered and draw(st.sampled_from((True, True, False))) else None
    if lost is not None:
        at = min(lost[0] + draw(st.integers(0, 1)), about.n_steps - 1)

    def time(step: int) -> str:
        return format_time(start_s + step * about.step_s, offset)

    assets = [*scenario.links.link_id.tolist(), *scenario.crossings.crossing_id.tolist()]
    given: dict[str, Any] = {"at": time(at), "close": [], "open_": [], "capacity": []}
    if lost is not None:
        until = draw(st.integers(at + 1, about.n_steps))
        given["close"].append(f"{lost[1]}@{time(at)}/{time(until)}")
    for _ in range(draw(st.integers(lost is None, 2))):
        kind = draw(st.sampled_from(("close", "close", "capacity", "open_")))
        asset = draw(st.sampled_from(assets))
        until = draw(st.integers(at + 1, about.n_steps))
        share = "=0.5" if kind == "capacity" else ""
        whole = draw(st.booleans())
        given[kind].append(f"{asset}{share}" if whole else f"{asset}{share}@{time(at)}/{time(until)}")
    return given | {
        "caught": draw(st.sampled_from(Caught)),
        "stability_person_h": draw(st.sampled_from((0.0, 1.0, 1e6))),
    }


def persons_by_class(outcome: Outcome) -> Counter[tuple[str, str]]:
    """Everybody in the plan by zone and class: placed, or waiting on the road for good."""
    assert outcome.services is not None
    found: Counter[tuple[str, str]] = Counter()
    moves = outcome.departures
    for route, persons, class_id in zip(
        moves.route.tolist(), moves.persons.tolist(), outcome.services.class_ids, strict=True
    ):
        found[outcome.routes[route].zone_id, class_id] += persons
    for each in outcome.replan.stranded if outcome.replan else ():
        found[each.route.zone_id, each.class_id] += each.persons
    return found


def after(old: Outcome, told: dict[str, Any]) -> Outcome:
    """The plan after something has happened, unless that is what such plans do not know yet."""
    faults: list[str] = []
    try:
        return replan(old, **told)
    except UsageFault as fault:
        faults.append(str(fault))
    assert "cannot be replanned yet" in faults[0] or "no closure" in faults[0]
    assume(False)
    raise AssertionError


@often
@given(st.one_of(service_towns(), small_class_scenarios()), st.data(), st.sampled_from((None, 1)))
def test_every_replan_is_certified_and_loses_nobody(
    tmp_path_factory, scenario: Scenario, data: st.DataObject, seed: int | None
) -> None:
    """Whatever happens whenever, with households and without: the checker's own code agrees to all of it."""
    old = plan(scenario, model="classes", household_seed=seed)
    told = data.draw(events(old))
    new = after(old, told)
    assert new.replan is not None
    assert sum(new.replan.counts.values()) == sum(new.people.values()) == sum(old.people.values())
    said = {replace(change, persons=0, households=()) for change in new.replan.changes}
    assert len(said) == len(
        new.replan.changes
    )  # a row for each group: people of two classes may be told the same
    folder = tmp_path_factory.mktemp("after") / "plan"
    found = write_plan(new, folder)
    assert found.lower_bound <= found.objective
    rows = {row.what: row for row in new.replan.trade_off}
    assert rows["the best found"].objective <= rows["only who must"].objective
    assert all(row.objective >= found.lower_bound for row in rows.values())
    gone_before, gone_now = (
        sum(n for n, k in zip(each.departures.persons, each.departures.step, strict=True)
            if k < new.replan.at_step)
        for each in (old, new)
    )  # fmt: skip
    assert gone_before == gone_now + sum(each.persons for each in new.replan.stranded)
    again = read_outcome(folder, with_classes=True)
    ours, theirs = outcome_files(new), outcome_files(again)
    for name in ("departures.csv", "trips.csv", "replan.json", "changes.csv", "before/trips.csv"):
        assert ours[name] == theirs[name]
    for name in ("boarding.csv", "before/boarding.csv"):
        assert ours.get(name) == theirs.get(name)
        assert (name in ours) == (seed is not None)


@pytest.mark.parametrize("seed", [None, 1])
def test_people_of_two_classes_who_are_told_the_same_are_one_row(tmp_path: Path, seed: int | None) -> None:
    """Families and others halt together and drive on together: one change with each household once."""
    road = scenario(
        links=["a n1 n2 length=30000", "b n2 n3 length=30000"],
        zones=["z n1 persons=12 share_under_18=0.2"],
        hosts=["h n3"],
        horizon_h=12,
    )
    old = plan(road, model="classes", household_seed=seed)
    assert old.services is not None
    assert sorted(set(old.services.class_ids)) == ["family_car", "other_car"]
    at = "2022-10-14T00:30+03:00"
    new = replan(old, at=at, close=[f"b@{at}/2022-10-14T03:00+03:00"])
    assert new.replan is not None
    [change] = new.replan.changes
    assert (change.at_node, change.persons) == ("n2", 12)
    write_plan(new, tmp_path / "plan")
    again = read_outcome(tmp_path / "plan", with_classes=True).replan
    assert again is not None
    assert again.changes == new.replan.changes
    if seed is not None:
        assert old.households is not None
        assert change.households == tuple(range(len(old.households)))


def edits(folder: Path, name: str, change: Any) -> None:
    """Have a table of a plan changed by somebody."""
    with (folder / name).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    columns = list(rows[0])
    change(rows)
    with (folder / name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def to_json(folder: Path, name: str, change: Any) -> None:
    """Have a document of a plan changed by somebody."""
    document = json.loads((folder / name).read_text(encoding="utf-8"))
    change(document)
    (folder / name).write_text(json.dumps(document), encoding="utf-8")


def first(rows: list[dict[str, str]], **values: str) -> None:
    rows[0].update(values)


def halted(document: dict[str, Any]) -> dict[str, Any]:
    """The first halt of a route."""
    return next(f["properties"]["halts"][0] for f in document["features"] if "halts" in f["properties"])


def not_aboard(rows: list[dict[str, str]]) -> str:
    """A household that boards nothing."""
    aboard = {row["household_id"] for row in rows}
    width = len(rows[0]["household_id"].rpartition("-")[2])
    codes = (f"synthetic-{number:0{width}}" for number in range(1, 10**width))
    return next(code for code in codes if code not in aboard)


def swap_places(folder: Path) -> None:
    """Two households of one size, of which one had left by the event, best of one class; hash made to fit."""

    def kind(row: dict[str, str]) -> tuple[bool, bool, str]:
        return row["needing_assistance"] > "0", row["children"] > "0", row["with_car"]

    def change(rows: list[dict[str, str]]) -> None:
        pairs = [
            (one, other)
            for one in rows
            for other in rows
            if "" < one["depart"] < "2022-10-14T01:00" <= other["depart"] and one["size"] == other["size"]
        ]
        one, other = max(pairs, key=lambda pair: kind(pair[0]) == kind(pair[1]))
        for column in ("depart", "route_id", "host_id"):
            one[column], other[column] = other[column], one[column]

    edits(folder, "households.csv", change)
    digest = hashlib.sha256((folder / "households.csv").read_bytes()).hexdigest()
    to_json(folder, "summary.json", lambda d: d["households"].update(sha256=digest))


TAMPERINGS = {
    "one fewer had left": lambda f: edits(f, "before/departures.csv", lambda r: first(r, persons="1")),
    "a past departure later": lambda f: edits(
        f, "departures.csv", lambda r: first(r, depart="2022-10-14T00:30+03:00")
    ),
    "a halt elsewhere": lambda f: to_json(
        f, "routes.geojson", lambda d: halted(d).update(node_id="n1")
    ),
    "a halt sooner": lambda f: to_json(
        f, "routes.geojson", lambda d: halted(d).update(from_steps=halted(d)["from_steps"] - 1)
    ),
    "another cause": lambda f: to_json(f, "routes.geojson", lambda d: halted(d).update(cause="late")),
    "a bus that had left is not there": lambda f: edits(f, "trips.csv", lambda r: r.pop(0)),
    "a bus that had left is another": lambda f: edits(f, "trips.csv", lambda r: first(r, vehicle="2")),
    "more than there were at home": lambda f: to_json(
        f, "replan.json", lambda d: d["counts"].update(at_home=d["counts"]["at_home"] + 1)
    ),
    "the event is later": lambda f: to_json(
        f, "replan.json", lambda d: d["events"][0].update({"from": "2022-10-14T02:00+03:00"})
    ),
    "the moment is earlier": lambda f: to_json(
        f, "replan.json", lambda d: d.update(at="2022-10-14T00:30+03:00")
    ),
    "a bound that is better": lambda f: to_json(
        f, "certificate.json", lambda d: d.update(lower_bound=d["lower_bound"] + 1)
    ),
    "somebody hears nothing": lambda f: edits(f, "changes.csv", lambda r: r.pop(0)),
    "a household hears nothing": lambda f: edits(f, "changed_households.csv", lambda r: r.pop(0)),
    "a household had been elsewhere": lambda f: edits(
        f, "before/households.csv", lambda r: r.pop(0)
    ),
    "two households change places": swap_places,
    "a household does not board its bus": lambda f: edits(f, "boarding.csv", lambda r: r.pop(0)),
    "a household had been told another bus": lambda f: edits(
        f, "before/boarding.csv", lambda r: first(r, household_id=not_aboard(r))
    ),
    "fewer of a household had been told the bus": lambda f: edits(
        f, "before/boarding.csv", lambda r: first(r, persons="1")
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def broken_off(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The town's boat is lost for two hours when the first are on it."""
    folder = tmp_path_factory.mktemp("town") / "after"
    old = plan(town(), model="classes", household_seed=2)
    close = ["boat@2022-10-14T01:00+03:00/2022-10-14T03:00+03:00"]
    write_plan(replan(old, at="2022-10-14T01:00+03:00", close=close), folder)
    return folder


@pytest.mark.parametrize("what", TAMPERINGS)
def test_certify_refuses_what_somebody_has_changed(broken_off: Path, tmp_path: Path, what: str) -> None:
    shutil.copytree(broken_off, tmp_path / "plan")
    certify(tmp_path / "plan")
    TAMPERINGS[what](tmp_path / "plan")
    with pytest.raises(CertificateRefused):
        certify(tmp_path / "plan")


def test_counts_of_hosts_are_refused_plainly(broken_off: Path) -> None:
    outcome = read_outcome(broken_off, with_classes=True)
    with pytest.raises(UsageFault, match="--arrived"):
        replan(outcome, at="2022-10-14T05:00+03:00", arrived={"h": 3})


def test_a_rehearsal_of_people_who_halt_is_refused_plainly(broken_off: Path) -> None:
    outcome = read_outcome(broken_off, with_classes=True)
    with pytest.raises(SimulationFaults, match=r"people halt on \d+ ways") as refused:
        simulate(outcome.scenario, plan=outcome)
    assert [(fault.file, fault.row) for fault in refused.value.faults] == [("replan.json", 0)]


def test_people_caught_on_a_ferry_are_named_and_go_on(broken_off: Path) -> None:
    """Back at the pier after an hour, in the next boat at three: nobody who was on it is left out."""
    about = json.loads((broken_off / "replan.json").read_text(encoding="utf-8"))
    routes = json.loads((broken_off / "routes.geojson").read_text(encoding="utf-8"))["features"]
    halts = [r["properties"] for r in routes if "halts" in r["properties"]]
    assert sum(n for _, _, n in about["halted"]) == about["counts"]["halted_now"] > 0
    assert sum(r["persons"] for r in halts) == about["counts"]["halted_now"]
    assert about["stranded"] == []
    for route in halts:
        onward = [leg for leg in route["legs"] if leg[3] >= route["halts"][0]["from_steps"]]
        assert onward[0][1] == route["halts"][0]["node_id"]
