"""Orders by zone: by hand, against brute force, certified, and refused when tampered with."""

import csv
import itertools
import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farshore.errors import CertificateRefused
from farshore.plan import certify, plan, write_plan
from farshore.plan.orders import plan_zones
from tests.builders import scenario

# 10 persons a step on every road, steps of half an hour, a road of half an hour each.
ROAD = "length=18000 free_speed=36 capacity=20"


def forked():
    """Two zones meet at m; from there two ways to two hosts."""
    return scenario(
        links=[f"a x m {ROAD}", f"b y m {ROAD}", f"c m p {ROAD}", f"d m q {ROAD}", f"e y q {ROAD}"],
        zones=["zx x persons=40", "zy y persons=40"],
        hosts=["hp p", "hq q"],
        horizon_h=8,
    )


def test_one_road_is_filled_at_a_steady_rate():
    """25 persons, 10 a step: windows of 3 steps, and nothing better is possible."""
    road = scenario(links=[f"a x p {ROAD}"], zones=["z x persons=25"], hosts=["h p"])
    found = plan_zones(road, iterations=50)
    assert found.departures.step.tolist() == [0, 1, 2]
    assert found.departures.persons.tolist() == [10, 10, 5]
    assert found.certificate.gap == 0
    (order,) = found.orders
    assert (order.persons_per_step, order.rate_persons_h, order.persons) == (10, 20.0, 25)
    assert (
        order.order == "z: leave from 14 October 00:00 until 01:30, at most 20 persons an hour, by a, to h."
    )


def test_zones_that_meet_go_on_together_and_others_need_not():
    found = plan_zones(forked(), iterations=500)
    onward = {}
    for route in found.routes:
        for link in route.links:
            tail = {"a": "x", "b": "y", "e": "y", "c": "m", "d": "m"}[link]
            assert onward.setdefault(tail, link) == link
    assert {route.zone_id for route in found.routes} == {"zx", "zy"}
    # x by m to p: 10 each arrive after steps 2 … 5, an hour each; y straight to q, after 1 … 4, half an hour.
    assert found.certificate.objective == (140 + 100) * 500_000 + 40 * (1000 + 500)
    assert found.certificate.lower_bound == plan(forked()).certificate.objective


def brute_force(problem_scenario, paths, capacity, n_steps):
    """Least Σ of steps of arrival over paths that converge and windows at steady rates.

    paths : {zone: [(nodes…)]}, a step on each road; people are all ready at once
    """
    people = {
        str(z): int(p)
        for z, p in zip(problem_scenario.zones.zone_id, problem_scenario.zones.persons, strict=True)
    }

    def windows(total):
        for rate in range(1, capacity + 1):
            for first in range(1, min(rate, total) + 1):
                rest = total - first
                shape = [first] + [rate] * (rest // rate) + ([rest % rate] if rest % rate else [])
                yield from (([0] * start) + shape for start in range(n_steps - len(shape) + 1))

    shapes = {zone: list(set(map(tuple, windows(total)))) for zone, total in people.items()}
    best = None
    for chosen in itertools.product(*(paths[zone] for zone in people)):
        onward = {}
        if any(onward.setdefault(a, b) != b for path in chosen for a, b in itertools.pairwise(path)):
            continue
        for plans in itertools.product(*shapes.values()):
            used = {}
            cost = 0
            for path, window in zip(chosen, plans, strict=True):
                for step, persons in enumerate(window):
                    for i, arc in enumerate(itertools.pairwise(path)):
                        used[arc, step + i] = used.get((arc, step + i), 0) + persons
                    if persons and step + len(path) - 1 >= n_steps:
                        cost = 10**9
                    cost += persons * (step + len(path) - 1)
            if max(used.values()) <= capacity and (best is None or cost < best):
                best = cost
    return best


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(1, 4), st.integers(1, 4))
def test_small_plans_are_as_good_as_brute_force(left, right):
    """2 persons a step; x and y meet at m, y has a longer way of its own."""
    road = "length=18000 free_speed=36 capacity=4 directed=true"
    small = scenario(
        links=[
            f"a x m {road}",
            f"b y m {road}",
            f"c m p {road}",
            f"d y n {road}",
            f"e n o {road}",
            f"f o q {road}",
        ],
        zones=[f"zx x persons={left}", f"zy y persons={right}"],
        hosts=["hp p", "hq q"],
        horizon_h=5,
        parameters={"travel_weight": 0.0},
    )
    best = brute_force(small, {"zx": [("x", "m", "p")], "zy": [("y", "m", "p"), ("y", "n", "o", "q")]}, 2, 10)
    found = plan_zones(small, iterations=400)
    assert found.certificate.objective == best * 500_000  # half an hour each


def test_a_zone_too_large_for_one_route_is_told_so():
    wide = scenario(
        links=[f"a x p {ROAD}", f"b x q {ROAD}"],
        zones=["z x persons=150"],
        hosts=["hp p", "hq q"],
        horizon_h=5,
    )
    assert not plan(wide).unserved
    found = plan_zones(wide, iterations=50)
    (left,) = found.unserved
    assert left.persons == 60  # 9 of 10 steps in which somebody can leave and arrive
    assert "one route" in left.binding[0]


def test_people_who_become_ready_slowly_leave_as_they_do(tmp_path):
    slow = scenario(
        links=[f"a x p {ROAD}"],
        zones=[{"zone_id": "z", "node_id": "x", "persons": 40, "ready_curve": "0:0.1 3:1"}],
        hosts=["h p"],
    )
    found = plan_zones(slow, iterations=50)
    assert int(found.departures.persons.sum()) == 40
    write_plan(found, tmp_path / "plan")  # certified on the way


def test_a_curfew_shuts_the_way_and_is_no_pause(tmp_path):
    night = scenario(
        links=[f"a x p {ROAD}"], zones=["z x persons=60"], hosts=["h p"], horizon_h=48,
        parameters={"driving_from_hour": 0, "driving_until_hour": 2},
    )  # fmt: skip
    found = plan_zones(night, iterations=50)
    assert int(found.departures.persons.sum()) == 60
    assert found.departures.step.tolist() == [0, 1, 2, 3, 48, 49]
    write_plan(found, tmp_path / "plan")


def test_the_same_seed_gives_the_same_orders():
    one, other = (plan_zones(forked(), iterations=300) for _ in range(2))
    assert one.orders == other.orders
    assert one.departures.persons.tolist() == other.departures.persons.tolist()


# ---- tampering


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("zones") / "plan"
    write_plan(plan_zones(forked(), iterations=300), made)
    return made


def copy_of(folder, tmp_path):
    for file in folder.rglob("*"):
        if file.is_file():
            there = tmp_path / "plan" / file.relative_to(folder)
            there.parent.mkdir(parents=True, exist_ok=True)
            there.write_bytes(file.read_bytes())
    return tmp_path / "plan"


def rewritten(file, change):
    with file.open(newline="") as stream:
        rows = list(csv.reader(stream))
    change(rows)
    with file.open("w", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


def faults_of(plan_folder):
    with pytest.raises(CertificateRefused) as refused:
        certify(plan_folder)
    return [(fault.file, fault.column, fault.cause) for fault in refused.value.faults]


@pytest.mark.parametrize("column", range(10))
def test_every_cell_of_an_order_is_checked(folder, tmp_path, column):
    there = copy_of(folder, tmp_path)

    def change(rows):
        cell = rows[1][column]
        rows[1][column] = f"{float(cell) + 1:g}" if cell.replace(".", "").isdigit() else f"{cell}x"

    rewritten(there / "orders.csv", change)
    assert any(file == "orders.csv" for file, _, _ in faults_of(there))


def test_an_order_that_is_missing_or_twice_is_named(folder, tmp_path):
    there = copy_of(folder, tmp_path)
    rewritten(there / "orders.csv", lambda rows: rows.__delitem__(2))
    assert any("has no order" in cause for _, _, cause in faults_of(there))
    rewritten(there / "orders.csv", lambda rows: rows.append(rows[1]))
    assert any("already" in cause for _, _, cause in faults_of(there))
    (there / "orders.csv").unlink()
    assert ("orders.csv", "", "is missing") in faults_of(there)


def test_a_pause_is_named(folder, tmp_path):
    there = copy_of(folder, tmp_path)

    def pause(
        rows,
    ):  # who left in the second step leave with the last: room there is, but not without a pause
        mine = [row for row in rows[1:] if row[0] == rows[1][0]]
        late = list(mine[-1])
        late[1] = "2022-10-14T06:30+03:00"
        late[4] = mine[1][4]
        rows.remove(mine[1])
        rows.append(late)

    rewritten(there / "departures.csv", pause)
    assert any("no pause" in cause for _, _, cause in faults_of(there))


def test_routes_that_part_are_named(tmp_path):
    """The flow's own plan, passed off as orders by zone."""
    there = tmp_path / "plan"
    both = scenario(
        links=[f"a x m {ROAD}", f"c m p {ROAD}", f"d m q {ROAD}", f"b y m {ROAD}"],
        zones=["zx x persons=90", "zy y persons=90"],
        hosts=["hp p beds=90", "hq q beds=90"],
        horizon_h=8,
    )
    write_plan(plan(both), there)
    summary = json.loads((there / "summary.json").read_text())
    summary["options"]["orders"] = "zones"
    (there / "summary.json").write_text(json.dumps(summary))
    causes = [cause for _, _, cause in faults_of(there)]
    assert any("must go on together" in cause for cause in causes)


def test_orders_that_nobody_asked_for_are_named(folder, tmp_path):
    there = tmp_path / "plan"
    write_plan(plan(forked()), there)
    (there / "orders.csv").write_bytes((folder / "orders.csv").read_bytes())
    assert any("no orders by zone" in cause for _, _, cause in faults_of(there))


def test_what_is_free_is_what_is_left_over():
    """The kernel's books balance: room left is room less what its own departures take."""
    from farshore.kernels.order_search import insert_all, search  # noqa: PLC0415
    from farshore.kernels.order_state import Orders  # noqa: PLC0415
    from farshore.plan.model import problem_of  # noqa: PLC0415
    from farshore.plan.orders.ground import ground_of, no_orders, room_to_search  # noqa: PLC0415
    from farshore.plan.reduce import reduce_network  # noqa: PLC0415

    problem = problem_of(forked())
    ground = ground_of(problem, reduce_network(problem), convergent=True)
    now, work, rng = no_orders(ground), room_to_search(ground), np.random.default_rng(3)
    insert_all(ground, now, work, rng)
    best, kept = (Orders(*(array.copy() for array in now)) for _ in range(2))
    search(ground, now, work, best, kept, rng, 0, 200, 200, 1e6, 8.0, 2, 0, 1.0)
    left = ground.whole.copy()
    for zone in range(2):
        at = 0
        for chain in now.route[zone, : now.length[zone]]:
            for step in np.flatnonzero(now.departs[zone]):
                left[chain, step + at] -= now.departs[zone, step]
            at += ground.steps[chain]
    assert (left == now.left).all()
    assert (left >= 0).all()
