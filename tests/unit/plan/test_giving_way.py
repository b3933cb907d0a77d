"""Who gives way on a full bus, by hand: where it saves more than it costs, and nowhere else."""

from typing import Any

import numpy as np
import pytest

from farshore.plan import Gap, certify, plan, write_plan
from farshore.plan.classes import households as seating
from farshore.plan.classes.berths import Berths
from farshore.plan.classes.giving_way import GivingWay
from farshore.plan.classes.households import class_sizes
from farshore.plan.classes.model import class_problem_of
from farshore.plan.classes.room_left import RoomLeft
from farshore.plan.classes.solve import solve_classes
from farshore.plan.classes.ways import WayCosts, numbered_ways
from farshore.scenario.clock import Ints
from farshore.scenario.scenario import Scenario
from tests.builders import scenario
from tests.unit.plan.test_class_households import members

FAMILY, OTHERS = 0, [1, 2, 3]
HOUSEHOLDS = members((3, 1, 0, 0), (1, 0, 0, 0), (1, 0, 0, 0), (2, 0, 0, 0))


def let_in(**changed: Any) -> tuple[int, Ints, Ints]:
    """A bus of four seats goes twice, the family of three by the second; how many are let in, and when all
    leave before and after, int64[n_households]."""
    there = scenario(
        links=["a n1 n2 length=18000 allowed_uses=auto;bus"],
        zones=["z n1 persons=7 share_with_car=0"],
        hosts=["h n2"],
        fleets=["b bus n1 vehicles=1 seats=4"],
        horizon_h=12,
        **changed,
    )
    problem = class_problem_of(there, class_sizes(HOUSEHOLDS, 1))
    answer = solve_classes(problem, stop=Gap(0.0), report=lambda *_: None, begun_s=0.0)
    ways, _ = numbered_ways(problem, answer.placed)
    assert len(ways) == 1
    left, at = RoomLeft(problem, answer.placed.patterns), np.full((2, 4), -1, np.int64)
    costs = WayCosts(problem, answer.placed.patterns)
    mine = {0: OTHERS, 1: [FAMILY]}  # by what their commodity needs less
    parts = []
    for commodity, need in enumerate(problem.people.need.tolist()):
        parts.append(Berths(problem, left, ways, costs, commodity, HOUSEHOLDS, mine[2 - need], at))
    early, late = sorted(set(answer.placed.entered[:, 0].tolist()))
    for part in parts:
        for household in part.mine:
            assert part.take(household, 0, late if household == FAMILY else early)
    before = at[1].copy()
    moved = GivingWay(left, ways, parts, HOUSEHOLDS.size, at).let_in([FAMILY])
    assert (left.seats >= 0).all()
    assert (left.left >= 0).all()
    assert all((part.free >= 0).all() for part in parts)
    return moved, before, at[1]


def test_riders_give_way_to_who_counts_for_more() -> None:
    moved, before, after = let_in(parameters={"family_priority": 3})
    assert moved == 1
    assert after[FAMILY] == before[OTHERS].min()
    assert HOUSEHOLDS.size[after == after[FAMILY]].sum() <= 4
    assert set(after[OTHERS].tolist()) <= set(before.tolist())


def test_nobody_gives_way_where_nothing_is_saved() -> None:
    """Three seats for a family of three: what it gains those lose who make room."""
    moved, before, after = let_in(parameters={"family_priority": 1})
    assert moved == 0
    assert after.tolist() == before.tolist()


def crowded() -> Scenario:
    """More than fit into the first buses, of all classes; single seats that no household fills."""
    return scenario(
        links=["a n1 n2 length=9000 allowed_uses=auto;bus"],
        zones=[
            {
                "zone_id": "z",
                "node_id": "n1",
                "persons": 40,
                "share_with_car": 0,
                "share_under_18": 0.2,
                "share_needing_assistance": 0.2,
                "ready_curve": "0:0 6:1",
            }
        ],
        hosts=["h n2"],
        fleets=["b bus n1 vehicles=1 seats=7 wheelchair_places=1"],
        household_sizes=["3 share=0.6", "2 share=0.3", "1 share=0.1"],
        horizon_h=24,
    )


def test_it_is_cheaper_than_without(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with_it = plan(crowded(), model="classes", household_seed=0)
    write_plan(with_it, tmp_path / "plan")
    certify(tmp_path / "plan")
    monkeypatch.setattr(seating, "_GIVING", 0)
    without = plan(crowded(), model="classes", household_seed=0)
    assert with_it.certificate.objective < without.certificate.objective


def test_who_stops_it_in_the_midst_has_a_plan_that_holds(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped: list[int] = []
    make = GivingWay._make

    def once(self: GivingWay, moves: Any) -> None:
        make(self, moves)
        stopped.append(len(moves))
        raise KeyboardInterrupt

    monkeypatch.setattr(GivingWay, "_make", once)
    outcome = plan(crowded(), model="classes", household_seed=0)
    write_plan(outcome, tmp_path / "plan")
    certify(tmp_path / "plan")
    assert stopped
