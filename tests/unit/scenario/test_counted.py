"""Counts of any kind as people present, as they stood on each day."""

import numpy as np
import pytest

from farshore.errors import UsageFault
from farshore.scenario import Counts, as_stock, joined_counts
from tests.displacements import counts


def told(*rows: tuple[int, float, int]) -> Counts:
    """Counts of (day, persons, known_day)."""
    day, persons, known = zip(*rows, strict=True)
    return Counts(np.array(day, np.int64), np.array(persons, float), np.array(known, np.int64))


def read_on(counts: Counts, day: int) -> dict[int, float]:
    seen = counts.known_by(day)
    return dict(zip(seen.day.tolist(), seen.persons.tolist(), strict=True))


def test_flows_add_up() -> None:
    assert as_stock(counts((0, 5.0), (1, 7.0), (2, 1.0)), "flow").persons.tolist() == [5.0, 12.0, 13.0]


def test_a_late_flow_enters_every_later_sum_from_its_day_only() -> None:
    stock = as_stock(told((1, 10, 1), (2, 20, 9), (3, 30, 3)), "flow")
    assert read_on(stock, 8) == {1: 10.0, 3: 40.0}
    assert read_on(stock, 9) == {1: 10.0, 2: 30.0, 3: 60.0}


def test_a_revised_flow_takes_the_place_of_what_it_revises() -> None:
    stock = as_stock(told((1, 10, 1), (2, 20, 2), (1, 4, 5)), "flow")
    assert read_on(stock, 4) == {1: 10.0, 2: 30.0}
    assert read_on(stock, 5) == {1: 4.0, 2: 24.0}


def test_flows_are_added_to_the_latest_count_of_people_present() -> None:
    present = told((0, 100, 0), (5, 300, 5))
    flows = told((2, 10, 2), (4, 10, 4), (5, 10, 5), (7, 10, 7))
    joined = joined_counts(present, as_stock(flows, "flow", present))
    assert read_on(joined, 9) == {0: 100.0, 2: 110.0, 4: 120.0, 5: 300.0, 7: 310.0}


def test_a_late_count_of_people_present_moves_what_was_added_since() -> None:
    present = told((0, 100, 0), (3, 500, 8))
    joined = joined_counts(present, as_stock(told((2, 10, 2), (4, 10, 4)), "flow", present))
    assert read_on(joined, 7) == {0: 100.0, 2: 110.0, 4: 120.0}
    assert read_on(joined, 8) == {0: 100.0, 2: 110.0, 3: 500.0, 4: 510.0}


def test_cumulative_figures_add_only_what_came_since_the_count_of_people_present() -> None:
    present = told((5, 40, 5))
    joined = joined_counts(
        present, as_stock(counts((0, 1000.0), (5, 1200.0), (9, 1250.0)), "cumulative", present)
    )
    assert read_on(joined, 9) == {0: 1000.0, 5: 40.0, 9: 90.0}


def test_a_lower_cumulative_figure_revises_earlier_ones_from_its_day_only() -> None:
    stock = as_stock(counts((0, 10.0), (5, 30.0), (9, 20.0)), "cumulative")
    assert read_on(stock, 8) == {0: 10.0, 5: 30.0}
    assert read_on(stock, 9) == {0: 10.0, 5: 20.0, 9: 20.0}


def test_a_slip_that_is_put_right_leaves_no_trace() -> None:
    stock = as_stock(told((2, 20, 2), (5, 3, 5), (5, 30, 9)), "cumulative")
    assert read_on(stock, 5) == {2: 3.0, 5: 3.0}
    assert read_on(stock, 9) == {2: 20.0, 5: 30.0}


def test_other_meanings_are_refused() -> None:
    with pytest.raises(UsageFault, match="stock, cumulative, flow"):
        as_stock(counts((0, 1.0)), "guess")
