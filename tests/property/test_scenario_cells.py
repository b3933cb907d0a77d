"""The fast way through many cells and the slow way through few give the same values and the same faults."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farshore.scenario.cells import read_cells
from farshore.scenario.table import columns_of
from farshore.scenario.tables import TABLES
from tests.strategies import awkward_text

COLUMNS = [(table.FILE, spec) for table in TABLES.values() for spec in columns_of(table).values()]
KINDS = sorted({spec.kind.name for _, spec in COLUMNS})

SPELLINGS = (
    *("", " ", "0", "1", "-1", "+1", "1.0", "0.5", "1e400", "nan", "inf", ".5", "5.", "0x1", "1_0", "١"),
    *("true", "False", "YES", "auto;bus", "auto; bus", "auto", "0:0 1:1", "0:1 1:0", "n1", "-n1", "n 1"),
    *("2022-10-14T06:00+03:00", "2022-10-14T06:00", "2022-02-30T06:00Z", "9223372036854775808"),
)

texts = st.lists(
    st.one_of(
        awkward_text,
        st.sampled_from(SPELLINGS),
        st.floats().map(repr),
        st.integers().map(str),
    ),
    min_size=1,
    max_size=30,
)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, deadline=None)
@given(given_texts=texts, data=st.data())
def test_few_cells_and_many_are_read_alike(kind: str, given_texts: list[str], data: st.DataObject) -> None:
    file, spec = data.draw(st.sampled_from([each for each in COLUMNS if each[1].kind.name == kind]))
    lines = np.arange(2, 2 + len(given_texts))
    few = read_cells(given_texts, spec, file, lines)
    many = read_cells(pl.Series(given_texts, dtype=pl.String), spec, file, lines)
    assert sorted(map(str, many.faults)) == sorted(map(str, few.faults))
    assert many.bad.tolist() == few.bad.tolist()
    assert many.blank == few.blank
    assert many.values.dtype == few.values.dtype
    np.testing.assert_array_equal(many.values, few.values)
