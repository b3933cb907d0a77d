"""Single cells: what is read, and what a person is told about the rest."""

import numpy as np
import polars as pl
import pytest

from farshore.scenario.cells import curve_points, read_cells
from farshore.scenario.sheet import Texts
from farshore.scenario.table import NO_TIME, Column, Kind, columns_of
from farshore.scenario.tables import Closures, Hosts, Links, Zones

COUNT = Column("persons", Kind.COUNT, "people", unit="persons")
NUMBER = Column("length", Kind.NUMBER, "length", low=0, above_low=True)
SHARE = Column("share", Kind.SHARE, "a share", default=0.25)


def read(spec: Column, *texts: str, fast: bool = False) -> tuple[list[object], list[str]]:
    given: Texts = pl.Series(list(texts), dtype=pl.String) if fast else list(texts)
    cells = read_cells(given, spec, "t.csv", np.arange(2, 2 + len(texts)))
    return cells.values.tolist(), [str(fault).removeprefix("t.csv, ") for fault in cells.faults]


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize(
    ("spec", "text", "value"),
    [
        (COUNT, "12", 12),
        (COUNT, " 12 ", 12),
        (COUNT, "12.0", 12),
        (NUMBER, "1e3", 1000.0),
        (NUMBER, "0.1", 0.1),
        (SHARE, "", 0.25),
        (SHARE, "1", 1.0),
        (Column("d", Kind.FLAG, "x"), "TRUE", True),
        (Column("d", Kind.FLAG, "x"), "0", False),
        (Column("d", Kind.TEXT, "x", default=""), "  ", "  "),
        (Column("d", Kind.TIME, "x"), "1970-01-01T03:00:05+03:00", 5),
        (Column("d", Kind.TIME, "x", default=NO_TIME), "", NO_TIME),
        (columns_of(Links)["allowed_uses"], " bus ; auto;", "bus;auto"),
        (columns_of(Hosts)["services"], "medical", "medical"),
        (Column("id", Kind.ID, "x"), "Zürich-1", "Zürich-1"),
    ],
)
def test_cells_are_read(spec: Column, text: str, value: object, fast: bool) -> None:
    assert read(spec, text, fast=fast) == ([value], [])


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize(
    ("spec", "text", "cause"),
    [
        (COUNT, "", "is blank"),
        (COUNT, "-20", "-20 is negative; give people: a whole number, 0 or more"),
        (COUNT, "1.5", "1.5 is not a whole number"),
        (COUNT, "1e30", "1e30 is not a whole number"),
        (COUNT, "twelve", "'twelve' is not a number"),
        (COUNT, "12,000", "'12,000' is not a number; write it without separators: 12000"),
        (COUNT, "1_000", "'1_000' is not a number"),
        (NUMBER, "0", "0 is out of range; give length: a number, above 0"),
        (NUMBER, "0,5", "'0,5' is not a number; write it with a point: 0.5"),
        (NUMBER, "nan", "'nan' is not a number"),
        (NUMBER, "inf", "'inf' is not a number"),
        (SHARE, "45", "45 is more than 1; write 45 per cent as 0.45"),
        (SHARE, "-0.5", "-0.5 is negative"),
        (Column("x", Kind.LONGITUDE, "longitude"), "181", "181 is no longitude"),
        (Column("y", Kind.LATITUDE, "latitude"), "-91", "-91 is no latitude"),
        (Column("d", Kind.FLAG, "x"), "maybe", "'maybe' is neither true nor false"),
        (Column("i", Kind.ID, "x"), "-a", "'-a' begins with a minus sign"),
        (Column("i", Kind.ID, "x"), "a b", "'a b' has a space"),
        (Column("i", Kind.ID, "x"), "a\u200b", "has a space or an invisible character"),
        (
            Column("d", Kind.TIME, "x"),
            "2022-10-14T06:00",
            "has no offset from UTC; add one, as 2022-10-14T06:00+03",
        ),
        (Column("d", Kind.TIME, "x"), "2022-13-14T06:00Z", "is no date or time that exists"),
        (columns_of(Links)["allowed_uses"], "auto,bus", "separate words by semicolons"),
        (columns_of(Links)["allowed_uses"], "car", "'car' is not one of the words for it"),
        (columns_of(Hosts)["territory"], "Sponsor", "did you mean `sponsor`?"),
        (columns_of(Hosts)["territory"], "barracks", "'barracks' speaks of a military object"),
        (columns_of(Closures)["capacity_factor"], "1.5", "1.5 is out of range"),
        (columns_of(Zones)["ready_curve"], "0:0 6:0.5", "its shares end at 0.5, not at 1"),
    ],
)
def test_cells_that_cannot_be_read_say_why(spec: Column, text: str, cause: str, fast: bool) -> None:
    _, faults = read(spec, text, fast=fast)
    assert len(faults) == 1
    assert faults[0].startswith(f"row 2, {spec.name}: ")
    assert cause in faults[0]


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "0:a",
        "a:1",
        "0:0 0:1",
        "2:0 1:1",
        "0:0.5 1:0.4 2:1",
        "0:0 1:0.9",
        "-1:0 1:1",
        "0:-1 1:1",
        "0:nan 1:1",
        "0:0 1:1.5",
    ],
)
def test_malformed_ready_curves_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        curve_points(text)


def test_a_ready_curve_is_its_points() -> None:
    assert curve_points("0:0 6:0.5  24:1") == [(0, 0), (6, 0.5), (24, 1)]
    assert curve_points("") == []
