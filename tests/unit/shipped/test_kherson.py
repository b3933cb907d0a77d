"""The Kherson scenario as shipped: whole, isolated as it was, honest about what is assumed."""

import csv
import heapq
import json
import math
from collections import defaultdict

import pytest

from farshore import shipped
from farshore.scenario import check_scenario, read_scenario
from farshore.scenario.parameters import PARAMETERS
from farshore.scenario.table import NO_TIME

RIVER = {"antonivka_bridge", "antonivka_ferry", "port_oleshky", "port_hola_prystan", "dam"}
FRONT = {"front_mykolaiv", "front_bashtanka", "front_kryvyi_rih", "front_zaporizhzhia"}
BOATS = {"antonivka_ferry", "port_oleshky", "port_hola_prystan"}


@pytest.fixture(scope="module")
def folder():
    return shipped.path("kherson")


@pytest.fixture(scope="module")
def scenario(folder):
    return read_scenario(folder)


@pytest.fixture(scope="module")
def links(folder):
    with (folder / "network" / "link.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if "auto" in row["allowed_uses"].split(";")]


@pytest.fixture(scope="module")
def east(folder):
    """Links shut one by one, east of Zaporizhzhia."""
    with (folder / "closures.csv").open(encoding="utf-8", newline="") as file:
        return {row["asset_id"] for row in csv.DictReader(file) if "east of Zaporizhzhia" in row["reason"]}


def shortest_m(links, start, shut):
    """Shortest road distance to every node that can be reached, by a plain Dijkstra."""
    ways = defaultdict(list)
    for link in links:
        if shut.isdisjoint((link["crossing_id"], link["link_id"])):
            ends = link["from_node_id"], link["to_node_id"]
            for tail, head in (ends, ends[::-1]):
                ways[tail].append((head, float(link["length"])))
    found, waiting = {}, [(0.0, start)]
    while waiting:
        so_far, node = heapq.heappop(waiting)
        if node not in found:
            found[node] = so_far
            for head, length in ways[node]:
                heapq.heappush(waiting, (so_far + length, head))
    return found


def hosts_within(scenario, reached):
    return {
        host
        for host, node in zip(scenario.hosts.host_id, scenario.hosts.node_id, strict=True)
        if node in reached
    }


def territory(scenario, wanted):
    pairs = zip(scenario.hosts.host_id, scenario.hosts.territory, strict=True)
    return {host for host, whose in pairs if whose in wanted}


def test_it_has_no_faults_and_no_warnings(folder):
    report = check_scenario(folder)
    assert report.faults == ()
    assert report.warnings == ()


def test_time_frame(scenario):
    assert scenario.about.start.isoformat() == "2022-10-14T00:00:00+03:00"
    assert scenario.about.n_steps == 14 * 24 * 2


def test_nineteen_zones_with_the_people_of_january_2022(scenario):
    assert len(scenario.zones) == 19
    assert scenario.zones.persons.sum() == 506_634
    kherson = scenario.zones.position()["kherson"]
    assert scenario.zones.persons[kherson] == 317_752


@pytest.mark.parametrize(
    ("start", "end", "shut", "known_km"),
    [
        ("z_kherson", "p_mykolaiv", set(), 70),
        ("z_kherson", "p_odesa", set(), 205),
        ("z_kherson", "z_beryslav", set(), 74),
        ("z_kherson", "h559456", RIVER - {"dam"}, 73),
        ("z_kherson", "p_oleshky", BOATS, 17),
        ("z_kherson", "p_oleshky", RIVER | {"front_zaporizhzhia"}, 800),
    ],
    ids=["Mykolaiv", "Odesa", "Beryslav", "Nova Kakhovka", "Oleshky by the bridge", "Oleshky round"],
)
def test_road_distances_are_known_ones(links, start, end, shut, known_km):
    """Within a tenth of the known distance."""
    assert shortest_m(links, start, shut)[end] / 1000 == pytest.approx(known_km, rel=0.1)


@pytest.mark.parametrize("also_shut", [set(), {"darivka_bridge"}], ids=["", "without Darivka"])
def test_the_right_bank_hangs_together_and_is_cut_off(scenario, links, east, also_shut):
    """With river, front and corridor shut every zone reaches every zone, and none a host."""
    reached = shortest_m(links, "z_kherson", RIVER | FRONT | east | {"corridor"} | also_shut)
    assert set(scenario.zones.node_id) <= set(reached)
    assert hosts_within(scenario, reached) == set()


@pytest.mark.parametrize("crossing", sorted(RIVER))
def test_each_crossing_of_the_river_leads_to_the_left_bank_alone(scenario, links, east, crossing):
    reached = shortest_m(links, "z_kherson", RIVER - {crossing} | FRONT | east | {"corridor"})
    assert hosts_within(scenario, reached) == territory(scenario, {"occupied", "sponsor"})


def test_the_corridor_leads_beyond_the_front_alone(scenario, links, east):
    reached = shortest_m(links, "z_kherson", RIVER | FRONT | east)
    assert hosts_within(scenario, reached) == territory(scenario, {"own"})


@pytest.mark.parametrize("crossing", ["front_mykolaiv", "front_bashtanka", "front_kryvyi_rih"])
def test_each_road_of_the_front_would_lead_beyond_it(scenario, links, east, crossing):
    reached = shortest_m(links, "z_kherson", RIVER | FRONT - {crossing} | east | {"corridor"})
    assert hosts_within(scenario, reached) == territory(scenario, {"own"})


def test_the_road_by_vasylivka_is_a_what_if(scenario, links, east):
    """Opened alone, with the dam, it leads from the left bank to all hosts."""
    reached = shortest_m(
        links, "z_kherson", RIVER - {"dam"} | FRONT - {"front_zaporizhzhia"} | east | {"corridor"}
    )
    assert hosts_within(scenario, reached) == set(scenario.hosts.host_id)


def test_front_and_corridor_are_shut_throughout(scenario, east):
    closures = scenario.closures
    shut = {
        asset
        for asset, begin, end, factor in zip(
            closures.asset_id, closures.from_time, closures.until_time, closures.capacity_factor, strict=True
        )
        if begin == end == NO_TIME and factor == 0
    }
    assert FRONT | east | {"corridor", "antonivka_bridge", "antonivka_rail_bridge"} == shut
    assert len(east) == 6


def test_blocked_hosts_are_there_to_be_seen(scenario):
    """Rostov and Krasnodar have beds in the tables and no exception that would unblock them."""
    assert territory(scenario, {"sponsor"}) == {"rostov", "krasnodar"}
    position = scenario.hosts.position()
    assert all(scenario.hosts.beds[position[host]] > 0 for host in ("rostov", "krasnodar"))
    assert scenario.about.operation.territory_status == "occupied"
    assert scenario.about.operation.exception is None


def test_crimea_and_the_left_bank_are_ukraine(scenario):
    hosts = scenario.hosts
    for host, country, whose in zip(hosts.host_id, hosts.country, hosts.territory, strict=True):
        assert country == ("RU" if whose == "sponsor" else "UA"), host


def test_beds_without_the_blocked_ones_suffice_for_all_who_leave(scenario):
    leaving = (
        scenario.zones.persons.sum()
        * scenario.parameter("share_present")
        * scenario.parameter("share_leaving")
    )
    beds = dict(zip(scenario.hosts.host_id, scenario.hosts.beds, strict=True))
    assert sum(beds[host] for host in territory(scenario, {"occupied"})) > leaving


def test_boats_carry_at_best_about_what_was_announced(scenario):
    """10,000 people a day, by the sailings that the model page counts."""
    crossings, position = scenario.crossings, scenario.crossings.position()
    hours = scenario.parameter("sailing_until_hour") - scenario.parameter("sailing_from_hour")
    a_day = 0
    for boat in ("port_oleshky", "port_hola_prystan"):
        row = position[boat]
        sailings = math.ceil(hours * 3600 * crossings.vessels[row] / (2 * crossings.trip_s[row]))
        a_day += sailings * crossings.persons_per_trip[row]
    assert a_day == pytest.approx(10_000, rel=0.05)


def test_every_assumption_has_a_range_and_a_reason(scenario):
    rows = scenario.assumptions
    for key, low, best, high, reason in zip(
        rows.key, rows.low, rows.best, rows.high, rows.reason, strict=True
    ):
        assert low <= best <= high, key
        assert len(reason) > 10, key


def test_every_bed_and_every_road_class_is_an_assumption(scenario):
    keys = set(scenario.assumptions.key)
    for host in scenario.hosts.host_id:
        assert {f"hosts.csv:{host}:beds", f"hosts.csv:{host}:intake_persons_h"} <= keys
    for kind in set(scenario.links.facility_type) - {"ferry"}:
        assert f"network/link.csv:facility_type={kind}:free_speed" in keys
    assert set(PARAMETERS) - keys == {"travel_weight"}


def test_what_was_estimated_says_so(scenario):
    """Everything but the graph's own roads and rails carries `_estimated`, boats apart."""
    links = scenario.links
    for link, kind in zip(links.link_id, links.facility_type, strict=True):
        from_graph = link[0] in "hr" and link[1:].rstrip("ab").isdigit()
        assert from_graph == (kind in {"highway", "rail"}), link
        assert from_graph or kind == "ferry" or kind.endswith("_estimated"), link


def test_the_drawing_is_schematic_and_without_borders(scenario):
    features = json.loads(scenario.drawing)["features"]
    water = [each["properties"] for each in features]
    assert [each["name"] for each in water] == [
        "Dnipro, Kakhovka reservoir",
        "Dnipro",
        "Dnipro estuary",
        "Inhulets",
    ]
    assert all(each["schematic"] and each["kind"] == "water" for each in water)


def test_it_stays_small(folder):
    assert sum(path.stat().st_size for path in folder.rglob("*")) < 1_500_000
