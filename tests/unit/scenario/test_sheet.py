"""The form of CSV files: what is tolerated, what is named, and which row is which."""

import pytest

from farshore.scenario.sheet import FEW, read_sheet

MANY = FEW * 20


def cells(data: bytes) -> tuple[dict[str, list[str]], list[int], list[str]]:
    sheet, faults = read_sheet(data, "t.csv")
    assert sheet is not None
    return (
        {name: list(texts) for name, texts in sheet.cells.items()},
        sheet.lines.tolist(),
        list(map(str, faults)),
    )


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("last", [b"", b"end"])
def test_byte_order_marks_and_line_ends_do_not_matter(mark: bytes, end: bytes, last: bytes) -> None:
    data = mark + end.join([b"a,b", b"1,x", b"2,"]) + (end if last else b"")
    assert cells(data) == ({"a": ["1", "2"], "b": ["x", ""]}, [2, 3], [])


@pytest.mark.parametrize("rows", [3, MANY])
def test_few_rows_and_many_are_read_alike(rows: int) -> None:
    quoted = [f'{i},"a ""b"", c",{i * 0.5}' for i in range(rows)]
    data = "\n".join(["id,text,number", "#id,,#n", *quoted, ""]).encode()
    found, lines, faults = cells(data)
    assert faults == []
    assert found["id"] == [str(i) for i in range(rows)]
    assert set(found["text"]) == {'a "b", c'}
    assert lines == list(range(3, rows + 3))


@pytest.mark.parametrize("rows", [3, MANY])
def test_rows_are_numbered_as_a_spreadsheet_shows_them(rows: int) -> None:
    """A cell with a line break is one row; a blank row counts and holds nothing."""
    body = ['1,"two\nlines"', "", ",", *(f"{i},x" for i in range(rows))]
    found, lines, faults = cells("\n".join(["a,b", *body, ""]).encode())
    assert faults == []
    assert found["b"][0] == "two\nlines"
    assert lines == [2, *range(5, rows + 5)]


def test_a_row_of_hashtags_counts_as_a_row() -> None:
    found, lines, _ = cells(b"a,b\n#adm1+code,\nx,y\n")
    assert found == {"a": ["x"], "b": ["y"]}
    assert lines == [3]


def test_a_first_row_that_only_begins_with_a_hash_is_no_hashtag_row() -> None:
    found, lines, _ = cells(b"a,b\n#1,plain\n")
    assert found == {"a": ["#1"], "b": ["plain"]}
    assert lines == [2]


@pytest.mark.parametrize("rows", [1, MANY])
def test_blank_columns_and_rows_that_spreadsheets_leave_behind_are_nothing(rows: int) -> None:
    data = "\n".join(["a,b,,", *(f"{i},x,," for i in range(rows)), ",,,", ""]).encode()
    found, lines, faults = cells(data)
    assert faults == []
    assert set(found) == {"a", "b"}
    assert len(lines) == rows


def test_a_row_of_the_wrong_length_is_named_and_the_others_are_read() -> None:
    found, lines, faults = cells(b"a,b\n1,2,3\n4,5\n6\n")
    assert found == {"a": ["4"], "b": ["5"]}
    assert lines == [3]
    assert [fault.partition(";")[0] for fault in faults] == [
        "t.csv, row 2: has 3 cells where the header has 2",
        "t.csv, row 4: has 1 cells where the header has 2",
    ]


def test_columns_twice_and_without_a_name_are_named() -> None:
    _, _, faults = cells(b"a,b,a,\n1,2,3,4\n")
    assert [fault.partition(";")[0] for fault in faults] == [
        "t.csv, row 1, a: is there twice, as column 1 and column 3",
        "t.csv, row 1, column 4: has no name",
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\r\n", "is empty"),
        ("a,b\n1,2\n".encode("utf-16"), "UTF-16"),
        (b"a,b\n1,2\n1,\xe9\n", "row 3: is not UTF-8"),
        (b"a;b\n1;2\n", "separated by semicolons"),
        (b'a,b\n1,"2\n', "row 2: cannot be read as CSV"),
    ],
)
def test_what_is_no_csv_in_utf_8_is_said(data: bytes, said: str) -> None:
    _, faults = read_sheet(data, "t.csv")
    assert len(faults) == 1
    assert said in str(faults[0])
