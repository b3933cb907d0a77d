"""What must hold of every conflict: it is one, none of its facts can be spared, and together they say it all.

The oracle's own linear program counts who cannot be placed; what a scenario is without some facts is written
down here anew.
"""

import itertools
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from farshore.errors import CertificateRefused
from farshore.plan import audited, certify, plan, with_conflicts
from farshore.plan.conflicts import conflicts_of
from farshore.results.conflicts import Conflict, Fact, conflicts_summary
from farshore.results.folder import outcome_files
from farshore.results.summary import seal_of
from farshore.scenario.rows import make_rows, records_of
from farshore.scenario.scenario import Scenario
from farshore.scenario.table import NO_TIME
from farshore.scenario.tables import Assumptions, Closures, Hosts, Links, Zones
from tests.oracle import Oracle, Place
from tests.property.test_certify_tampering import as_written
from tests.strategies import small_scenarios

often = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
seldom = settings(often, max_examples=40)


@st.composite
def crowded(draw: st.DrawFn, *, ferries: bool = True) -> Scenario:
    """More people than some scenarios have beds, room or time for."""
    made = draw(small_scenarios(max_nodes=6, max_persons=20))
    assume(ferries or not (made.crossings.kind == "ferry").any())
    zones = replace(made.zones, persons=made.zones.persons * draw(st.sampled_from((1, 3, 20))))
    return replace(made, zones=zones)


def only(scenario: Scenario, facts: tuple[Fact, ...]) -> Scenario:
    """The scenario in which of all facts that a conflict can have only these hold."""
    held = {(fact.kind, fact.code) for fact in facts}
    rows = {fact.row - 2 for fact in facts if fact.kind == "closure"}

    def links() -> list[dict[str, object]]:
        narrow = ("crossing", "link")
        return [
            row
            if any((kind, row["crossing_id"] or row["link_id"]) in held for kind in narrow)
            else row | {"capacity": 1e7, "lanes": max(1, row["lanes"])}
            for row in records_of(scenario.links)
        ]

    def hosts() -> list[dict[str, object]]:
        found = []
        for row in records_of(scenario.hosts):
            code = row["host_id"]
            if ("beds", code) not in held:
                row["beds"] = 100_000
            if ("intake", code) not in held:
                row["intake_persons_h"] = np.nan
            if ("dates", code) not in held:
                row["beds_from"] = row["confirmed_until"] = NO_TIME
            if ("blocked", code) not in held and row["territory"] in ("sponsor", "third"):
                row["territory"] = "own"
            found.append(row)
        return found

    zones = [
        row if ("ready", row["zone_id"]) in held else row | {"ready_curve": ""}
        for row in records_of(scenario.zones)
    ]
    hours = {
        f"{kind}_{end}_hour": value
        for kind in ("driving", "sailing")
        if (kind, f"{kind}_from_hour") not in held
        for end, value in (("from", 0.0), ("until", 24.0))
    }
    assumptions = [row for row in records_of(scenario.assumptions) if row["key"] not in hours]
    assumptions += [
        {"key": key, "low": 0, "best": best, "high": 24, "reason": "x"} for key, best in hours.items()
    ]
    longer = 1 if any(fact.kind == "horizon" for fact in facts) else 2
    return replace(
        scenario,
        about=replace(scenario.about, horizon_h=longer * scenario.about.horizon_h),
        links=make_rows(Links, links()),
        hosts=make_rows(Hosts, hosts()),
        zones=make_rows(Zones, zones),
        closures=make_rows(
            Closures, [row for i, row in enumerate(records_of(scenario.closures)) if i in rows]
        ),
        assumptions=make_rows(Assumptions, assumptions),
    )


def left_over(scenario: Scenario, conflict: Conflict | None = None, original: Scenario | None = None) -> int:
    """How many cannot be placed: of everybody, or of a conflict's people, as they were in the original."""
    oracle = Oracle(scenario)
    oracle.left = 1
    oracle.arcs = [replace(arc, cost=(0,) * oracle.n_steps) for arc in oracle.arcs]
    held = {} if conflict is None else {each.zone_id: each for each in conflict.held}
    before = Oracle(original or scenario)

    def waiting(zone: Place, was: Place) -> Place:
        free = replace(zone, wait=(0,) * oracle.n_steps)
        if conflict is None:
            return free
        if zone.code not in held:
            return replace(free, people=0, ready=(0,) * oracle.n_steps)
        mine = held[zone.code]
        earlier = was.ready[mine.first_step - 1] if mine.first_step else 0
        last = was.people if mine.end_step is None else was.ready[mine.end_step - 1] if mine.end_step else 0
        ready = tuple(min(max(n - earlier, 0), last - earlier) for n in zone.ready)
        return replace(free, people=last - earlier, ready=ready)

    oracle.zones = [waiting(zone, was) for zone, was in zip(oracle.zones, before.zones, strict=True)]
    return oracle.optimum()


@often
@given(crowded())
def test_conflicts_account_for_all_who_cannot_be_placed(scenario: Scenario) -> None:
    found = conflicts_of(scenario)
    now = [conflict for conflict in found if conflict.depth == 0]
    assert sum(conflict.short for conflict in now) == left_over(scenario)
    assert all(conflict.people - conflict.room == conflict.short > 0 for conflict in found)
    for one, other in itertools.combinations(now, 2):
        spans = {each.zone_id: each for each in one.held}
        for each in other.held:
            if each.zone_id in spans:
                last, late = sorted((spans[each.zone_id], each), key=lambda held: held.first_step)
                assert last.end_step is not None
                assert last.end_step <= late.first_step


@often
@given(crowded(ferries=False))
def test_a_conflict_is_one_and_no_fact_of_it_can_be_spared(scenario: Scenario) -> None:
    """Where only its facts hold, as many are left over; without any of them, or several, fewer."""
    for conflict in conflicts_of(scenario):
        facts = tuple(fact for fact in conflict.facts if fact.kind != "people")
        assert left_over(only(scenario, facts), conflict, scenario) == conflict.short
        smaller = range(len(facts)) if len(facts) <= 4 else [len(facts) - 1]
        for n in smaller:
            for rest in itertools.combinations(facts, n):
                assert left_over(only(scenario, rest), conflict, scenario) < conflict.short


@seldom
@given(crowded())
def test_what_would_help_does(scenario: Scenario) -> None:
    """More beds, as a remedy says: so many more are placed."""
    for conflict in conflicts_of(scenario):
        for remedy in conflict.remedies:
            more, _, name = remedy.words.partition(" more beds at ")
            if not name or conflict.depth:
                continue
            hosts = [
                row | {"beds": row["beds"] + int(more.replace(",", ""))} if row["name"] == name else row
                for row in records_of(scenario.hosts)
            ]
            if sum(row["name"] == name for row in hosts) == 1:
                other = replace(scenario, hosts=make_rows(Hosts, hosts))
                assert left_over(scenario) - left_over(other) == remedy.placed_persons


@seldom
@given(crowded(), st.data())
def test_the_checker_accepts_conflicts_and_refuses_what_they_are_not(
    scenario: Scenario, data: st.DataObject
) -> None:
    outcome = with_conflicts(plan(scenario))
    assume(outcome.conflicts)
    files = outcome_files(audited(outcome))
    with as_written(files) as folder:
        certify(folder)
    summary = json.loads(files["summary.json"])
    assert summary["conflicts"] == json.loads(json.dumps(conflicts_summary(outcome.conflicts)))
    number = data.draw(st.integers(0, len(summary["conflicts"]) - 1))
    forged, what = (
        summary["conflicts"][number],
        data.draw(st.sampled_from(("people", "short", "room", "places"))),
    )
    match what:
        case "people":
            forged["people"] += 1
            forged["short"] += 1
        case "short":
            forged["short"] += 1
        case "room":
            # Deeper ones are told with earlier facts out of the way: their room is an upper limit only.
            assume(forged["room"] and not forged["depth"])
            forged["room"] -= 1
            forged["short"] += 1
        case "places":
            key = next((key for key in ("beds", "links", "intake") if forged[key]), None)
            assume(key and not forged["depth"])
            forged[key].pop()
    summary["seal"] = seal_of(summary)
    changed = files | {"summary.json": json.dumps(summary).encode()}
    with as_written(changed) as folder, pytest.raises(CertificateRefused) as refused:
        certify(folder)
    assert f"conflicts[{number}]" in str(refused.value)
