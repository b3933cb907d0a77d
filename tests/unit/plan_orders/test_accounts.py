"""What orders are said to gain is worked out again from prices; what they do not prove is refused."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from farshore.errors import CertificateRefused
from farshore.plan import audited, certify, plan_with_orders
from farshore.plan.orders.choice_bound import proven_choice_bound
from farshore.results.folder import outcome_files
from farshore.results.summary import seal_of
from farshore.scenario.rows import records_of
from farshore.scenario.tables import Assumptions, Closures
from tests.builders import table
from tests.property.test_certify_tampering import as_written
from tests.unit.plan_orders.test_contraflow import two_ways


@pytest.fixture(scope="module")
def turned():
    return outcome_files(audited(plan_with_orders(two_ways(), contraflow=2)))


@pytest.fixture(scope="module")
def staged():
    return outcome_files(audited(plan_with_orders(two_ways(), staging=True)))


def with_account(files, name, **changes):
    """The plan with other figures, sealed anew."""
    summary = json.loads(files["summary.json"])
    summary["options"][name] |= changes
    summary["seal"] = seal_of(summary)
    return files | {"summary.json": json.dumps(summary).encode()}


def refused(files):
    with as_written(files) as folder, pytest.raises(CertificateRefused) as wrong:
        certify(folder)
    return "\n".join(map(str, wrong.value.faults))


def account_of(files, name):
    return json.loads(files["summary.json"])["options"][name]


def test_the_accounts_are_what_prices_prove(turned, staged):
    for files in (turned, staged):
        with as_written(files) as folder:
            certify(folder)
    account = account_of(turned, "contraflow")
    assert account["gain"] > 0
    assert account["lower_bound"] == pytest.approx(account["objective"], rel=1e-6)


@pytest.mark.parametrize("name", ["contraflow", "staging"])
@pytest.mark.parametrize("key", ["lower_bound", "gain", "gain_at_most", "objective", "doing_nothing"])
def test_every_figure_of_an_account_is_checked(turned, staged, name, key):
    files = turned if name == "contraflow" else staged
    account = account_of(files, name)
    if key not in account:
        return
    for factor in (0.9, 1.1):
        found = refused(with_account(files, name, **{key: account[key] * factor + 1}))
        assert f"options.{name}" in found


def test_a_consistent_lie_about_doing_nothing_is_refused(turned):
    """Figures that agree with each other, but not with the prices of the plan without lanes turned."""
    account = account_of(turned, "contraflow")
    more = {key: account[key] + 1000 for key in ("doing_nothing", "gain", "gain_at_most")}
    assert "options.contraflow.doing_nothing" in refused(with_account(turned, "contraflow", **more))


def changed_proof(files, change):
    proof = json.loads(files["orders_proof.json"])
    change(proof)
    return files | {"orders_proof.json": json.dumps(proof).encode()}


def cheaper_prices(proof):
    for entry in proof["contraflow"]["cuts"][-1]["links"]:
        entry[2] = entry[2] // 2 or 1


def fewer_options(proof):
    proof["contraflow"]["options"].pop()


def no_tree(proof):
    proof["contraflow"]["tree"] = {"weights": []}


def half_a_tree(proof):
    tree = proof["contraflow"]["tree"]
    proof["contraflow"]["tree"] = {"branch": 0, "with": tree}


def negative_weights(proof):
    tree = proof["contraflow"]["tree"]
    while "branch" in tree:
        tree = tree["with"]
    tree["weights"] = [[0, -1]]


def unknown_arc(proof):
    proof["contraflow"]["nothing"]["links"].append(["nowhere", 0, 1])


@pytest.mark.parametrize(
    "change", [cheaper_prices, fewer_options, no_tree, half_a_tree, negative_weights, unknown_arc]
)
def test_a_proof_that_is_none_is_refused(turned, change):
    assert refused(changed_proof(turned, change))


def test_a_proof_that_is_gone_or_of_another_scenario_is_refused(turned, staged):
    assert "orders_proof.json" in refused({k: v for k, v in turned.items() if k != "orders_proof.json"})
    assert "unreversed" in refused({k: v for k, v in turned.items() if not k.startswith("unreversed/zones")})
    wider = turned["unreversed/network/link.csv"].replace(b",20.0,", b",10.0,")
    assert wider != turned["unreversed/network/link.csv"]
    assert refused(turned | {"unreversed/network/link.csv": wider})
    people = staged["unstaged/zones.csv"].replace(b",70,", b",71,")
    assert "unstaged" in refused(staged | {"unstaged/zones.csv": people})


def test_lanes_that_were_not_turned_as_told_are_refused(turned):
    """A row of contraflow.csv more than lanes, and one that names another moment."""
    header, *rows = turned["contraflow.csv"].decode().splitlines()
    assert rows
    fewer = "\n".join([header, *rows[1:], ""]).encode()
    assert refused(turned | {"contraflow.csv": fewer})
    again = "\n".join([header, *rows, rows[0], ""]).encode()
    assert "contraflow.csv" in refused(turned | {"contraflow.csv": again})


def test_zones_and_staging_on_turned_lanes_are_certified():
    for options in ({"orders": "zones"}, {"staging": True}):
        made = plan_with_orders(two_ways(), contraflow=1, **options)
        with as_written(outcome_files(audited(made))) as folder:
            certify(folder)


def test_lanes_narrowed_by_a_closure_are_certified():
    """Half of 10 and half of 5 of turned lanes are 7 together, but 5 and 2 apart."""
    given = two_ways(contraflow_capacity_factor=0.5)
    given = given.with_closures(table(Closures, ["a capacity_factor=0.5"]))
    made = plan_with_orders(given, contraflow=2)
    with as_written(outcome_files(audited(made))) as folder:
        certify(folder)


def test_assumptions_about_cells_that_turned_lanes_change_are_left_out():
    """A plan on turned lanes was refused where assumptions.csv spoke of what the road lets through."""
    given = two_ways()
    told = {"low": 10.0, "best": 20.0, "high": 30.0, "reason": "counted"}
    rows = [*records_of(given.assumptions), {"key": "network/link.csv:*:capacity"} | told]
    made = plan_with_orders(replace(given, assumptions=table(Assumptions, rows)), contraflow=1)
    assert made.reversals
    assert len(made.scenario.assumptions) == len(given.assumptions)
    with as_written(outcome_files(audited(made))) as folder:
        certify(folder)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_the_tree_proves_what_a_mixed_integer_program_finds(data):
    """Random bounds of few cuts: the tree's least is HiGHS's best choice, to the person-hour's millionth."""
    n_roads = data.draw(st.integers(1, 5))
    roads = [i // 2 for i in range(2 * n_roads)]
    cuts = data.draw(st.integers(1, 4))
    whole = st.integers(-1000, 1000)
    worth = [data.draw(st.lists(whole, min_size=len(roads), max_size=len(roads))) for _ in range(cuts)]
    constant = [data.draw(st.integers(2000, 4000)) for _ in range(cuts)]
    limit = data.draw(st.integers(1, n_roads))
    bound, tree = proven_choice_bound(constant, worth, roads, limit, goal=1 << 60)
    n = len(roads)
    rows = [np.append(row, 1.0) for row in worth] + [np.append(np.ones(n), 0.0)]
    rows += [np.append(np.array(roads) == road, 0.0).astype(float) for road in range(n_roads)]
    low = [float(c) for c in constant] + [-np.inf] * (1 + n_roads)
    high = [np.inf] * cuts + [limit] + [1.0] * n_roads
    best = milp(
        np.append(np.zeros(n), 1.0),
        constraints=LinearConstraint(np.array(rows), low, high),
        integrality=np.append(np.ones(n), 0.0),
        bounds=Bounds(np.append(np.zeros(n), -np.inf), np.append(np.ones(n), np.inf)),
    )
    assert bound == round(best.fun)
    assert set(tree) in ({"weights"}, {"branch", "with", "without"})
