"""Lithgow's scenario is what its files say, nobody and no road lost; its geography by known answers."""

import gzip
from pathlib import Path

import numpy as np
import pytest
from benchmarks.bench_classes import INSTANCES
from benchmarks.geography import degrees_of, inside
from benchmarks.lithgow import lithgow
from benchmarks.matsim_files import read_network, read_persons
from benchmarks.registry import Skipped

from farshore.scenario import Scenario, check_values


@pytest.fixture(scope="module")
def region() -> Scenario:
    found = lithgow()
    if found is None:
        pytest.skip("networks/lithgow is not at hand: set FARSHORE_DATA to the folder that holds networks/")
    return found


def test_everybody_and_every_road_of_the_files_is_there(region: Scenario) -> None:
    """Published: 26,331 nodes and 51,178 links; two of these have speed 0 and are all that one node has."""
    report = check_values(region)
    assert (report.faults, report.warnings) == ((), ())
    assert (len(region.nodes), len(region.links)) == (26_330, 51_176)
    assert (len(region.zones), region.zones.persons.sum()) == (77, 10_000)
    assert list(region.hosts.name) == ["Cranebrook"]
    assert np.allclose((region.links.capacity * region.links.lanes)[:3], (600, 600, 600))
    assert region.links.free_speed.min() == pytest.approx(1)  # 0.28 m/s
    assert (region.closures.from_time >= region.about.start.timestamp()).all()


def test_zones_lie_around_lithgow_and_keep_a_way_out(region: Scenario) -> None:
    """Lithgow is at 33.48° S, 150.16° E; nobody's node is touched by closed roads alone."""
    centre = np.average(
        np.column_stack([region.zones.x_coord, region.zones.y_coord]), axis=0, weights=region.zones.persons
    )
    assert np.abs(centre - (150.16, -33.48)).max() < 0.2
    closed = set(region.closures.asset_id)
    still = {
        node
        for link, node in zip(region.links.link_id, region.links.from_node_id, strict=True)
        if link not in closed
    }
    assert closed
    assert set(region.zones.node_id) <= still


def test_the_benchmark_without_the_files_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FARSHORE_DATA", str(tmp_path))
    with pytest.raises(Skipped, match="FARSHORE_DATA"):
        INSTANCES["Lithgow"]()


def test_degrees_are_those_of_proj() -> None:
    """EPSG:7855 by PROJ: three points up to 5.7° off the meridian, to 10⁻⁸° (1 mm)."""
    points = np.array([[845_070.0, 6_263_955.0], [1_025_481.85, 6_137_032.99], [500_000.0, 6_000_000.0]])
    known = [
        (150.72294071256442, -33.708339987245076),
        (152.73944565618933, -34.77350744929876),
        (147.0, -36.14471809978956),
    ]
    assert np.abs(degrees_of(points, 147.0) - known).max() < 1e-8


def test_points_in_a_shape_with_a_hole() -> None:
    square = np.array([(0, 0), (4, 0), (4, 4), (0, 4), (0, 0)], float)
    hole = 1 + square / 2
    points = np.array([(0.5, 0.5), (2, 2), (3.5, 2), (5, 2), (-1, 2)])
    assert inside(points, [square, hole]).tolist() == [True, False, True, False, False]
    assert inside(points, [square]).tolist() == [True, True, True, False, False]


def test_matsim_files_are_read(tmp_path: Path) -> None:
    """Links by the numbers of their nodes, homes where plans begin; else they are refused."""
    network = (
        '<network><nodes><node id="b" x="1" y="2"/><node id="a" x="3" y="4"/></nodes>'
        '<links capperiod="PERIOD"><link id="7" from="a" to="b" length="50" freespeed="10" capacity="900" '
        'permlanes="1.5"/></links></network>'
    )
    person = (
        '<population><person id="0"><attributes><attribute name="Kind">own</attribute></attributes>'
        '<plan><activity type="PLACE" x="5" y="6"/></plan></person></population>'
    )
    good = read_network(_zipped(tmp_path, network.replace("PERIOD", "01:00:00")))
    assert good.node_ids == ("b", "a")
    assert (good.tail.tolist(), good.head.tolist(), good.places_m.tolist()) == ([1], [0], [[1, 2], [3, 4]])
    assert (good.length_m[0], good.speed_ms[0], good.capacity_veh_h[0], good.lanes[0]) == (50, 10, 900, 1.5)
    persons = read_persons(_zipped(tmp_path, person.replace("PLACE", "home")))
    assert (persons.home_m.tolist(), persons.attributes) == ([[5, 6]], ({"Kind": "own"},))
    with pytest.raises(ValueError, match="not of an hour"):
        read_network(_zipped(tmp_path, network.replace("PERIOD", "00:30:00")))
    with pytest.raises(ValueError, match="person 0 does not begin at home"):
        read_persons(_zipped(tmp_path, person.replace("PLACE", "work")))


def _zipped(folder: Path, text: str) -> Path:
    file = folder / "file.xml.gz"
    file.write_bytes(gzip.compress(text.encode()))
    return file
