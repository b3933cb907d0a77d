"""Zones that can reach no host are named, with what cuts them; zones that can, whatever the time, are not."""

from farshore.scenario import BlockedHostsException, Operation, Scenario, check_values
from tests.builders import scenario

OCCUPIED = Operation("S", "occupied", "law", None)


def cut(made: Scenario) -> list[str]:
    return [str(fault) for fault in check_values(made).faults if "can reach no host" in fault.cause]


def river(**more: object) -> Scenario:
    given: dict[str, object] = {
        "links": ["bank n1 n2", "span n2 n3 crossing_id=bridge"],
        "zones": ["z n1"],
        "hosts": ["h n3"],
        "crossings": ["bridge bridge"],
    }
    return scenario(**(given | more))  # type: ignore[arg-type]


def test_an_open_way_is_no_fault() -> None:
    assert check_values(river()).faults == ()


def test_the_closure_that_cuts_a_zone_is_named() -> None:
    (fault,) = cut(river(closures=["bridge"]))
    assert "crossing 'bridge' is closed from 2022-10-14T00:00+03:00 until 2022-10-14T06:00+03:00" in fault
    assert "without that closure (closures.csv, row 2) it reaches host 'h'" in fault


def test_a_closure_that_leaves_a_moment_cuts_nobody() -> None:
    assert cut(river(closures=["bridge until=5.5"])) == []
    assert cut(river(closures=["bridge capacity_factor=0.01"])) == []
    assert cut(river(closures=["bridge allowed_uses=auto capacity_factor=0.5"])) == []


def test_closures_that_only_together_leave_no_moment_cut() -> None:
    (fault,) = cut(river(closures=["bridge until=3", "span from=3"]))
    assert "crossing 'bridge' is closed" in fault
    assert "link 'span' is closed" in fault
    assert "those closures (closures.csv, row 2, row 3)" in fault
    assert cut(river(closures=["bridge until=3", "span from=3.1"])) == []


def test_a_closure_to_cars_is_a_closure() -> None:
    assert len(cut(river(closures=["bridge capacity_factor=1 allowed_uses=walk"]))) == 1


def test_the_fewest_closures_are_named() -> None:
    """Two closed bridges one after the other, or one ferry: the ferry is what would have to open."""
    made = scenario(
        links=[
            "a n1 n2 crossing_id=one",
            "b n2 n3 crossing_id=two",
            "c n1 n3 crossing_id=boat length=90000",
        ],
        zones=["z n1"],
        hosts=["h n3"],
        crossings=["one bridge", "two bridge", "boat ferry vessels=1 trip_s=600 persons_per_trip=5"],
        closures=["one", "two", "boat"],
    )
    (fault,) = cut(made)
    assert "'boat' is closed" in fault
    assert "'one'" not in fault


def test_a_ferry_carries_whatever_its_link_allows() -> None:
    ferry = ["boat ferry vessels=1 trip_s=600 persons_per_trip=5"]
    made = scenario(
        links=["c n1 n2 crossing_id=boat allowed_uses=walk"], zones=["z n1"], hosts=["h n2"], crossings=ferry
    )
    assert cut(made) == []


def test_hosts_that_protection_rules_close_do_not_count() -> None:
    (fault,) = cut(river(hosts=["h n3 territory=sponsor", "i n3 territory=third"], operation=OCCUPIED))
    assert "protection rules close (h, i)" in fault
    excepted = Operation("S", "occupied", "law", BlockedHostsException("r", ("A", "B"), "p"))
    assert cut(river(hosts=["h n3 territory=sponsor"], operation=excepted)) == []


def test_hosts_without_beds_do_not_count() -> None:
    (fault,) = cut(river(hosts=["h n3 beds=0"]))
    assert "no host is open and has beds" in fault


def test_a_road_that_leads_only_the_other_way_is_named() -> None:
    (fault,) = cut(river(links=["bank n1 n2", "span n3 n2 directed=true"], crossings=[]))
    assert "cars reach 1 other node;" in fault
    assert "write directed=false for link 'span'" in fault


def test_a_road_that_lets_no_car_through_is_named() -> None:
    for what in ("allowed_uses=walk;bus", "capacity=0", "lanes=0"):
        (fault,) = cut(river(links=["bank n1 n2", f"span n2 n3 {what}"], crossings=[]))
        assert "let no car through (span)" in fault


def test_a_missing_road_is_named() -> None:
    made = river(links=["bank n1 n2", "far n3 n4"], crossings=[])
    (fault,) = cut(made)
    assert "no link leads on from there" in fault


def test_parallel_roads_are_as_good_as_one() -> None:
    """Hundreds of parallel links must not add up to nothing."""
    made = scenario(links=[f"l{i} n1 n2" for i in range(512)], zones=["z n1"], hosts=["h n2"])
    assert cut(made) == []


def test_a_parallel_closed_road_hides_no_open_one() -> None:
    made = scenario(links=["a n1 n2", "b n1 n2"], zones=["z n1"], hosts=["h n2"], closures=["a"])
    assert cut(made) == []


def test_a_zone_at_its_host_needs_no_road() -> None:
    made = scenario(links=["a n1 n2"], zones=["z n3"], hosts=["h n3"])
    assert check_values(made).faults == ()
