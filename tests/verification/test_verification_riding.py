"""People led through a plan's legs, buses with a timetable, berths for cars and feet: figures by hand."""

import numpy as np
import pytest

from farshore.kernels.census import AWAY
from farshore.simulate.changes import Change, What
from farshore.simulate.loader import ConservationBroken, load
from farshore.simulate.network import AUTO, BUS, WALK, FerryService, road_network
from farshore.simulate.riding.conductor import Conductor, State
from farshore.simulate.riding.script import BUS as BY_BUS
from farshore.simulate.riding.script import WALK as BY_FOOT
from farshore.simulate.riding.script import Bus, Leg, Parties, Ride, Script
from farshore.simulate.routing import Routing
from farshore.simulate.trips import Kind, Led, Trips

STEP_S = 300


def a_ride(
    number, tail, head, route, *, board_s, leaves_s=0.0, persons=1, seats=50, load_s=0.0, unload_s=0.0
):
    """A trip that is to leave at `board_s` and waits for its riders to the end of the step."""
    return Ride(
        trip_id=f"t{number}",
        fleet_id="f",
        tail=tail,
        head=head,
        leaves_s=leaves_s,
        board_s=board_s,
        until_s=board_s + STEP_S,
        alight_s=board_s + STEP_S,
        back_s=board_s + 2 * STEP_S,
        route=route,
        seats=seats,
        room=5,
        load_s=load_s,
        unload_s=unload_s,
        persons=persons,
    )


def rehearse(
    network,
    *,
    ways,
    parties,
    rides=(),
    buses=(),
    routes=(),
    uses=(),
    cars=((), ()),
    car_route=-1,
    until_s=9000.0,
    changes=(),
    update_s=100.0,
):
    """Load parties and buses; parties : (way, persons, step, rides of its legs) each.

    cars : (origins, departures), all by route `car_route`
    returns : what was loaded, and who led it
    """
    nodes = sorted({leg.head for way in ways for leg in way} | {n for r in rides for n in (r.tail, r.head)})
    nodes = sorted({*nodes, *(bus.base for bus in buses)})
    exit_of = {node: 1 + place for place, node in enumerate(nodes)}
    n = len(parties)
    way, persons, step = (np.array([each[k] for each in parties], np.int64) for k in range(3))
    people = Parties(
        zone=np.zeros(n, np.int64),
        persons=persons,
        class_row=np.full(n, 5, np.int64),
        assisted=np.zeros(n, np.bool_),
        household=np.full(n, -1, np.int64),
        step=step,
        sets_out_s=(step * STEP_S).astype(np.float64),
        host=np.zeros(n, np.int64),
        way=way,
        rides=tuple(each[3] for each in parties),
    )
    sizes, kind = np.unique(persons, return_inverse=True)
    kinds = [Kind("car"), *(Kind("on foot", pcu=float(k), uses=WALK) for k in sizes.tolist())]
    kinds.append(Kind("bus", uses=BUS, persons=0.0))
    bus_nodes = {bus.base for bus in buses} | {node for ride in rides for node in (ride.tail, ride.head)}
    led = Led(
        kind=np.concatenate([1 + kind, np.full(len(buses), len(kinds) - 1)]).astype(np.int64),
        carried=np.concatenate([persons, np.zeros(len(buses))]).astype(np.float64),
        foot_nodes=np.array(sorted({leg.tail for w in ways for leg in w if leg.mode == BY_FOOT}), np.int64),
        bus_nodes=np.array(sorted(bus_nodes), np.int64),
        trees=tuple((use, exit_of[node]) for use in (WALK, BUS) for node in nodes),
        route_uses=uses,
    )
    origin, departs = (np.asarray(column) for column in cars)
    trips = Trips(
        origin=origin.astype(np.int64),
        departure_s=departs.astype(np.float64),
        exit=np.zeros(len(origin), np.int64),
        kind=np.zeros(len(origin), np.int64),
        route=np.full(len(origin), car_route, np.int64),
        informed=np.zeros(len(origin), np.bool_),
        may_detour=np.ones(len(origin), np.bool_),
        exits=(np.array([nodes[-1]]), *(np.array([node]) for node in nodes)),
        routes=tuple(np.array(route, np.int64) for route in routes),
        kinds=tuple(kinds),
        led=led,
    )
    script = Script(people, tuple(ways), tuple(rides), tuple(buses), (), exit_of, STEP_S, 0.0, led)
    leaders = []

    def conduct(run):
        leaders.append(Conductor(script, run))
        return leaders[-1]

    loaded = load(
        network,
        trips,
        until_s=until_s,
        changes=changes,
        routing=Routing(update_s=update_s),
        sample_s=100.0,
        conduct=conduct,
    )
    assert not (loaded.stream == AWAY).any()
    return loaded, leaders[0]


def a_street(n_links, saturation=1.0, uses=AUTO | BUS):
    """0 → 1 → … and back, 1 km each, 50 s."""
    ends = np.arange(n_links)
    flow = np.broadcast_to(np.asarray(saturation, float), n_links)
    return road_network(
        [*ends, *(ends + 1)], [*(ends + 1), *ends], 1000, 20, [*flow, *flow], jam_veh_m=0.2, uses=uses
    )


def test_of_sixty_who_wait_fifty_ride_and_ten_go_with_the_next_bus():
    """50 seats: five tens ride at 600 s; the sixth, whose bus never comes, has free seats at 1,020 s."""
    network = road_network([0, 1, 3], [1, 0, 4], 1000, 20, 1.0, jam_veh_m=0.2, uses=BUS)
    way = (Leg(BY_BUS, 0, 1, 0, 1, name="f"),)
    rides = (
        a_ride(0, 0, 1, 0, board_s=600.0, persons=50, unload_s=60.0),
        a_ride(1, 0, 1, 0, board_s=1000.0, leaves_s=900.0, persons=40, load_s=120.0),
        a_ride(2, 0, 1, 0, board_s=0.0, persons=10),  # by a bus whose base has no way here
    )
    told = [*[(0, 10, 0, (0,))] * 5, (0, 10, 0, (2,)), *[(0, 10, 2, (1,))] * 4]
    buses = (Bus(0, (0, 1)), Bus(4, (2,)))
    loaded, led = rehearse(
        network, ways=[way], parties=told, rides=rides, buses=buses, routes=[[0]], uses=(BUS,)
    )
    assert led.departed_s == pytest.approx([600, 1020, np.nan], nan_ok=True)
    assert led.riders.tolist() == [50, 50, 0]
    assert led.arrived_s == pytest.approx([650] * 5 + [1070] * 5)
    assert loaded.until_s < 9000  # nobody is left


def test_who_finds_no_seat_stays_at_the_stop():
    """The same without the second bus of the day: ten stay."""
    network = road_network([0, 1, 3], [1, 0, 4], 1000, 20, 1.0, jam_veh_m=0.2, uses=BUS)
    way = (Leg(BY_BUS, 0, 1, 0, 1, name="f"),)
    rides = (a_ride(0, 0, 1, 0, board_s=600.0, persons=50), a_ride(1, 0, 1, 0, board_s=0.0, persons=10))
    told = [*[(0, 10, 0, (0,))] * 5, (0, 10, 0, (1,))]
    _, led = rehearse(
        network,
        ways=[way],
        parties=told,
        rides=rides,
        buses=(Bus(0, (0,)), Bus(4, (1,))),
        routes=[[0]],
        uses=(BUS,),
    )
    assert led.state.tolist().count(State.THERE) == 5
    assert led.state[5] == State.AT_STOP


def test_a_bus_in_a_jam_comes_late_and_its_riders_wait():
    """60 cars before it into 0.1 veh/s: the bus is in at 650 s, at its stop at 700 s, off at 730 s."""
    network = a_street(3, [1.0, 0.1, 1.0])
    way = (Leg(BY_BUS, 2, 3, 0, 1, name="f"),)
    rides = (a_ride(0, 2, 3, 1, board_s=300.0, leaves_s=60.0, persons=20, load_s=30.0),)
    _, led = rehearse(
        network,
        ways=[way],
        parties=[(0, 20, 1, (0,))],
        rides=rides,
        buses=(Bus(0, (0,)),),
        routes=[[0, 1, 2], [2]],
        uses=(AUTO, BUS),
        cars=(np.zeros(60), np.arange(60.0)),
        car_route=0,
    )
    assert led.departed_s == pytest.approx([730], abs=0.01)
    assert led.reached_s == pytest.approx([780], abs=0.01)
    assert led.left_s == pytest.approx([730], abs=0.01)  # they were to leave at 300


@pytest.mark.parametrize(("late_s", "leaves_s", "riders"), [(100, 400, 20), (400, 600, 10)])
def test_a_bus_waits_for_its_riders_to_the_end_of_the_step(late_s, leaves_s, riders):
    """Ten are there; ten come 100 s after it should leave, and it waits; 400 s after, and it does not."""
    network = road_network(
        [0, 1, 2], [1, 2, 1], [late_s + 300, 1000, 1000], [1, 20, 20], 1.0, jam_veh_m=3, uses=[WALK, BUS, BUS]
    )
    ways = [
        (Leg(BY_BUS, 1, 2, 1, 2, name="f"),),
        (Leg(BY_FOOT, 0, 1, 0, 1, (0,)), Leg(BY_BUS, 1, 2, 1, 2, name="f")),
    ]
    rides = (a_ride(0, 1, 2, 1, board_s=300.0, persons=20),)
    _, led = rehearse(
        network,
        ways=ways,
        parties=[(0, 10, 0, (0,)), (1, 10, 0, (-1, 0))],
        rides=rides,
        buses=(Bus(1, (0,)),),
        routes=[[0], [1]],
        uses=(WALK, BUS),
    )
    assert led.departed_s[0] == pytest.approx(leaves_s, abs=0.01)
    assert led.riders[0] == riders
    assert led.missed[0] == 20 - riders


def test_a_bus_that_nobody_has_reached_waits_for_whom_it_was_sent():
    """All ten come 400 s late: it stands until then."""
    network = road_network(
        [0, 1, 2], [1, 2, 1], [700, 1000, 1000], [1, 20, 20], 1.0, jam_veh_m=3, uses=[WALK, BUS, BUS]
    )
    ways = [(Leg(BY_FOOT, 0, 1, 0, 1, (0,)), Leg(BY_BUS, 1, 2, 1, 2, name="f"))]
    rides = (a_ride(0, 1, 2, 1, board_s=300.0, persons=10),)
    _, led = rehearse(
        network,
        ways=ways,
        parties=[(0, 10, 0, (-1, 0))],
        rides=rides,
        buses=(Bus(1, (0,)),),
        routes=[[0], [1]],
        uses=(WALK, BUS),
    )
    assert led.departed_s[0] == pytest.approx(700, abs=0.01)
    assert led.arrived_s[0] == pytest.approx(750, abs=0.01)


def over_a_bridge(changes, **more):
    """A bus at 600 s over a bridge 0 → 1 of 50 s; beside it a way around over 2 of 200 s, if it is there."""
    way = (Leg(BY_BUS, 0, 1, 0, 1, name="f"),)
    return rehearse(
        more.pop("network"),
        ways=[way],
        parties=[(0, 20, 0, (0,))],
        rides=(a_ride(0, 0, 1, 0, board_s=600.0, persons=20),),
        buses=(Bus(0, (0,)),),
        routes=[[0]],
        uses=(BUS,),
        changes=changes,
        **more,
    )


def test_a_bus_goes_around_a_bridge_that_closes():
    """Closed from 300 s on, it takes 200 s and not 50."""
    around = road_network([0, 1, 0, 2], [1, 0, 2, 1], [1000, 1000, 2000, 2000], 20, 1.0, uses=BUS)
    _, led = over_a_bridge([Change(300.0, 0, What.CLOSE)], network=around)
    assert led.reached_s == pytest.approx([800])


def test_riders_sit_in_the_bus_before_a_bridge_that_is_closed():
    """No way around: they stand until it opens at 2,000 s, hear of it at 2,100 s, and ride 50 s."""
    bridge = road_network([0, 1], [1, 0], 1000, 20, 1.0, uses=BUS)
    closed = [Change(300.0, 0, What.CLOSE), Change(2000.0, 0, What.OPEN)]
    _, led = over_a_bridge(closed, network=bridge)
    assert led.reached_s == pytest.approx([2150])
    _, stuck = over_a_bridge(closed[:1], network=bridge)
    assert stuck.state.tolist() == [State.ABOARD]


def test_a_rider_who_is_lost_is_noticed():
    """Whoever is taken out of a bus, or counted twice, stops the run: conservation is asserted."""
    bridge = road_network([0, 1], [1, 0], 1000, 20, 1.0, uses=BUS)
    _, led = over_a_bridge([Change(300.0, 0, What.CLOSE)], network=bridge)
    led.count()
    led.bus[0].aboard.append(0)
    with pytest.raises(ConservationBroken):
        led.count()
    led.bus[0].aboard.clear()
    with pytest.raises(ConservationBroken):
        led.count()


def test_a_road_closed_to_cars_only_is_open_to_buses():
    """The same bridge, left to buses: nothing changes for them."""
    bridge = road_network([0, 1], [1, 0], 1000, 20, 1.0, uses=AUTO | BUS)
    _, led = over_a_bridge([Change(300.0, 0, What.USES, BUS)], network=bridge)
    assert led.reached_s == pytest.approx([650])
    _, shut = over_a_bridge([Change(300.0, 0, What.USES, AUTO)], network=bridge)
    assert shut.state.tolist() == [State.ABOARD]


def test_walkers_pass_at_their_flow_one_after_the_other():
    """Ten fours over a path of 0.5 persons/s: the last of them enters it at 72 s and needs 100 s more."""
    path = road_network([0], [1], 100, 1, 0.5, jam_veh_m=3, uses=WALK)
    way = (Leg(BY_FOOT, 0, 1, 0, 1, (0,)),)
    _, led = rehearse(path, ways=[way], parties=[(0, 4, 0, (-1,))] * 10, routes=[[0]], uses=(WALK,))
    assert np.sort(led.arrived_s) == pytest.approx(100 + 8.0 * np.arange(10), abs=0.01)


def test_nobody_goes_on_before_the_plan_says():
    """Told to walk in the third step: at 600 s and not before."""
    path = road_network([0], [1], 100, 1, 10, jam_veh_m=3, uses=WALK)
    way = (Leg(BY_FOOT, 0, 1, 2, 3, (0,)),)
    _, led = rehearse(path, ways=[way], parties=[(0, 4, 0, (-1,))], routes=[[0]], uses=(WALK,))
    assert led.arrived_s == pytest.approx([700])


def test_cars_have_the_deck_and_walkers_the_seats_that_are_left():
    """Deck of 2, 8 seats, 600 s a trip: eight walkers at once; two cars and two walkers; the third car."""
    network = road_network(
        [0, 1, 1],
        [1, 2, 2],
        1000,
        20,
        [1.0, 1.0, 10.0],
        jam_veh_m=0.2,
        uses=[AUTO, AUTO, WALK],
        ferries=[FerryService(1, 2, 8, 600, (0.0,), longest_wait_s=900, walk_link=2)],
    )
    origin = np.array([0, 0, 0, *[1] * 10])
    kinds = (Kind("car", persons=2.0), Kind("on foot", persons=1.0, uses=WALK))
    trips = Trips(
        origin=origin,
        departure_s=np.where(origin == 1, 10.0, 0.0),
        exit=np.zeros(13, np.int64),
        kind=(origin == 1).astype(np.int64),
        route=np.full(13, -1),
        informed=np.zeros(13, np.bool_),
        may_detour=np.ones(13, np.bool_),
        exits=(np.array([2]),),
        routes=(),
        kinds=kinds,
    )
    loaded = load(network, trips, until_s=20_000)
    sailings = loaded.services.sailings[: loaded.services.counts[0]]
    first = 10 + 0.7  # the eighth walker is there seven headways of 0.1 s after the first
    np.testing.assert_allclose(sailings["time_s"], [first, first + 1200, first + 3300], atol=0.01)
    assert sailings["persons"].tolist() == [8, 6, 2]
    assert sailings["vehicles"].tolist() == [0, 2, 1]
