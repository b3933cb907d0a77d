"""The checker of plans with classes against the page written down plainly: numbers, bound and optimum."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farshore.plan.checker.classes.bound import lower_bound
from farshore.plan.checker.classes.prices import ClassPrices
from farshore.plan.checker.classes.problem import ClassProblem, class_problem_of
from farshore.scenario import Scenario, check_values, scenario_files, write_scenario
from farshore.scenario.check import read_scenario
from tests.class_strategies import service_towns, small_class_scenarios
from tests.oracle_classes import ClassOracle

often = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
seldom = settings(often, max_examples=40)


@seldom
@given(st.one_of(service_towns(), small_class_scenarios()))
def test_what_is_drawn_is_a_scenario(tmp_path_factory, scenario: Scenario) -> None:
    """No fault in it, and it comes back from its files as it was."""
    assert check_values(scenario).faults == ()
    folder = tmp_path_factory.mktemp("drawn") / "s"
    write_scenario(scenario, folder)
    assert scenario_files(read_scenario(folder)) == scenario_files(scenario)


@often
@given(small_class_scenarios())
def test_the_page_is_read_alike(scenario: Scenario) -> None:
    """People, arcs, rooms, walks, fleets and costs are those of the slow reading, to the last unit."""
    ours, page = class_problem_of(scenario), ClassOracle(scenario)
    steps = range(page.n_steps)
    assert ours.left_cost == page.left
    groups = [(g.zone, g.need, g.has_car, tuple(g.ready.tolist()), g.people) for g in ours.groups]
    assert groups == page.groups
    network = ours.plain.network
    assert list(network.arc_ids) == [r.code for r in page.roads]
    assert network.steps.tolist() == [r.steps for r in page.roads]
    for arc, road in enumerate(page.roads):
        row = ours.rooms.row[arc]
        assert ours.rooms.places[row].tolist() == [page.room(road, k) for k in steps]
        assert ours.rooms.car[row].tolist() == [page.open_to(road, "auto", k) for k in steps]
        if road.ferry is None:
            assert ours.rooms.bus[row].tolist() == [page.open_to(road, "bus", k) for k in steps]
        else:
            assert ours.rooms.deck[row].tolist() == [page.deck(road, k) for k in steps]
            assert ours.rooms.foot[row].tolist() == [page.open_to(road, "walk", k) for k in steps]
        for need in range(3):
            cost = np.broadcast_to(ours.arc_cost(arc, need), page.n_steps)
            assert cost.tolist() == [page.cost(road, need, k) for k in steps]
    _same_on_foot(ours, page)
    for fleet, buses in ((scenario.fleets.position()[each.fleet_id], each) for each in ours.buses):
        out, back = page.reach(fleet)
        codes = scenario.nodes.node_id[ours.terminals.nodes].tolist()
        assert {c: a for c, a in zip(codes, buses.out.tolist(), strict=True) if a >= 0} == out
        assert {c: b for c, b in zip(codes, buses.back.tolist(), strict=True) if b >= 0} == back
        assert buses.seats_for(0) == page.seats_of(fleet, 0)


def _same_on_foot(ours: ClassProblem, page: ClassOracle) -> None:
    codes = page.scenario.nodes.node_id[ours.terminals.nodes].tolist()
    assert set(codes) == set(page.terminals)
    for need in range(3):
        for place, code in enumerate(codes):
            waits = ours.terminals.waiting[need, place].tolist()
            assert waits == [page.wait(code, need, k) for k in range(page.n_steps)]
    short = {pair: walk for pair, walk in page.walks.items() if walk.steps < page.n_steps}
    found = {(codes[u], codes[v]): walk for (u, v), walk in ours.walks.items()}
    assert set(found) == set(short)
    for pair, walk in short.items():
        mine = found[pair]
        assert [ours.foot.arc_ids[link] for link in mine.links] == [code for code, _, _ in walk.links]
        assert (mine.travel_s, mine.steps) == (walk.seconds, walk.steps)
        for need in range(3):
            cost = np.broadcast_to(mine.cost[need], page.n_steps).tolist()
            assert cost == [page.walk_cost(pair, walk, need, k) for k in range(page.n_steps)]


@often
@given(st.one_of(service_towns(), small_class_scenarios()))
def test_nobody_is_safer_for_walking_to_and_fro_than_for_waiting(scenario: Scenario) -> None:
    ours = class_problem_of(scenario)
    waiting = ours.terminals.waiting
    steady = (waiting == waiting[:, :, :1]).all(axis=(0, 2))
    for (u, v), there in ours.walks.items():
        back = ours.walks.get((v, u))
        if back is not None and steady[u] and steady[v]:
            wait = np.minimum(waiting[:, u, 0], waiting[:, v, 0]) * (there.steps + back.steps)
            rounding = 2 + there.steps + back.steps
            assert (there.cost[:, 0] + back.cost[:, 0] >= wait - rounding).all()


def drawn_prices(data, ours: ClassProblem, page: ClassOracle):
    """Any prices, as the checker and as the oracle keep them."""
    scenario = page.scenario
    price = st.sampled_from((0, 1, 7, 40_000, 900_000, 3_000_000, 10**9, 10**15))
    step = st.integers(0, page.n_steps - 1)
    limited = [h.host_id for h in ours.plain.hosts if h.intake is not None]
    roads = [r.code for r in page.roads]
    ferries = [r.code for r in page.roads if r.ferry is not None]
    walked = [ours.foot.arc_ids[link] for link in ours.foot.room]
    fleets = [b.fleet_id for b in ours.buses]
    stages = [(s.run_id, s.number) for s in ours.stages if s.usable]
    day = st.integers(0, int(ours.day[-1]))

    def some(codes, *rest, most=24):
        if not codes:
            return {}
        keys = st.tuples(st.sampled_from(codes), *rest) if rest else st.tuples(st.sampled_from(codes))
        return data.draw(st.dictionaries(keys, price, max_size=most))

    links, decks, foot = some(roads, step, most=40), some(ferries, step), some(walked, step)
    fleet, drivers = some(fleets, step), some(fleets, day, most=2)
    trains = {key[0]: p for key, p in some(stages, most=3).items()}
    intake, beds = some(limited, step), some([h.host_id for h in ours.plain.hosts], most=3)
    arc, host, row = ours.plain.arc_row, ours.plain.host_row, scenario.fleets.position()
    place = {(s.run_id, s.number): i for i, s in enumerate(ours.stages)}
    prices = ClassPrices(
        links={(arc[a], k): p for (a, k), p in links.items()},
        decks={(arc[a], k): p for (a, k), p in decks.items()},
        foot={(ours.foot.row[a], k): p for (a, k), p in foot.items()},
        fleets={(row[f], k): p for (f, k), p in fleet.items()},
        drivers={(row[f], k): p for (f, k), p in drivers.items()},
        trains={place[key]: p for key, p in trains.items()},
        intake={(host[h], k): p for (h, k), p in intake.items()},
        beds={host[h]: p for (h,), p in beds.items()},
    )
    named = {
        "links": links,
        "decks": decks,
        "foot": foot,
        "fleets": fleet,
        "drivers": drivers,
        "intake": intake,
    }
    plain = {(kind, *key): p for kind, table in named.items() for key, p in table.items()}
    plain |= {("trains", *key): p for key, p in trains.items()}
    plain |= {("beds", *key): p for key, p in beds.items()}
    return prices, plain


@often
@given(st.one_of(service_towns(), small_class_scenarios()), st.data())
def test_the_bound_is_the_cheapest_of_all_ways(scenario: Scenario, data) -> None:
    """At any prices, what trying everything finds, to the last unit."""
    ours, page = class_problem_of(scenario), ClassOracle(scenario)
    prices, plain = drawn_prices(data, ours, page)
    assert lower_bound(ours, prices) == page.bound(plain)


@seldom
@given(st.one_of(service_towns(), small_class_scenarios(max_nodes=5, max_zones=1)), st.data())
def test_no_bound_is_above_the_best(scenario: Scenario, data) -> None:
    """Whatever the prices: not above what people and vehicles in parts could do."""
    ours, page = class_problem_of(scenario), ClassOracle(scenario)
    prices, _ = drawn_prices(data, ours, page)
    best = page.relaxed_optimum()
    for each in (ClassPrices(), prices):
        assert lower_bound(ours, each) <= best + 1e-6 * abs(best) + 1
