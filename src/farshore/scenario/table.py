"""One attribute table per file: the columns that drive reading, checking, writing and the manual.

A table is a frozen class whose fields are columns. Each column says once what it is (kind, unit, bounds,
default, what it refers to); the reader, the checks, the writer, the manual page and mypy all read that.
"""

import dataclasses
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar, Final, TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = [
    "NO_TIME",
    "REQUIRED",
    "Column",
    "Counts",
    "Flags",
    "Kind",
    "Numbers",
    "Rows",
    "Texts",
    "Times",
    "column",
    "columns_of",
]

Texts: TypeAlias = npt.NDArray[np.object_]
Numbers: TypeAlias = npt.NDArray[np.float64]
Counts: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Times: TypeAlias = npt.NDArray[np.int64]  # seconds since 1970-01-01T00:00Z

NO_TIME: Final = np.iinfo(np.int64).min  # an optional time that was left blank


class Kind(Enum):
    """What a column holds: (numpy dtype, what a person is told to write)."""

    ID = ("object", "a short code without spaces, not starting with a minus sign")
    REF = ("object", "a code that exists in the table referred to")
    TEXT = ("object", "text")
    CHOICE = ("object", "one of the words listed")
    WORDS = ("object", "words separated by semicolons")
    CURVE = ("object", "pairs `hours:share` separated by spaces, rising to share 1")
    COUNT = ("int64", "a whole number, 0 or more")
    NUMBER = ("float64", "a number")
    SHARE = ("float64", "a share from 0 to 1")
    LONGITUDE = ("float64", "degrees east, −180 to 180, WGS 84")
    LATITUDE = ("float64", "degrees north, −90 to 90, WGS 84")
    TIME = ("int64", "RFC 3339 with an offset, as 2022-10-14T06:00+03:00")
    FLAG = ("bool", "true or false")

    @property
    def dtype(self) -> str:
        """Numpy dtype of the column in memory."""
        return self.value[0]

    @property
    def wanted(self) -> str:
        """What a person is asked to write there."""
        return self.value[1]


class _Required(Enum):
    REQUIRED = "required"


REQUIRED: Final = _Required.REQUIRED


@dataclass(frozen=True, slots=True)
class Column:
    """One column: everything that reading, checking, writing and the manual need to know of it.

    `default` fills a blank cell or an absent column; REQUIRED means neither is allowed. `references` are
    the files whose key the value must be found in. `low` and `high` are inclusive bounds in `unit`.
    `above_low` makes `low` exclusive.
    """

    name: str
    kind: Kind
    description: str
    unit: str = ""
    default: Any = REQUIRED
    references: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    above_low: bool = False

    @property
    def required(self) -> bool:
        """Whether a blank is a fault."""
        return self.default is REQUIRED


def column(
    kind: Kind,
    description: str,
    *,
    name: str = "",
    unit: str = "",
    default: Any = REQUIRED,
    references: str | tuple[str, ...] = (),
    choices: tuple[str, ...] = (),
    low: float | None = None,
    high: float | None = None,
    above_low: bool = False,
) -> Any:
    """Declare one column of a `Rows` class; `name` differs from the field only for Python's keywords."""
    refs = (references,) if isinstance(references, str) else references
    spec = Column(name, kind, description, unit, default, refs, choices, low, high, above_low)
    return dataclasses.field(metadata={"column": spec})


@dataclass(frozen=True, eq=False)
class Rows:
    """Base of every table: equal-length columns, in file order, compared by value."""

    FILE: ClassVar[str]
    KEY: ClassVar[str] = ""
    TITLE: ClassVar[str]
    REQUIRED_FILE: ClassVar[bool] = False
    SAID_WHEN_ABSENT: ClassVar[bool] = True  # False: no plan is another for a file that is not there
    ABSENT: ClassVar[str] = ""  # what an optional file that is not there means; "": there is none of it

    def __len__(self) -> int:
        return len(getattr(self, dataclasses.fields(self)[0].name))

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(
            np.array_equal(getattr(self, f.name), getattr(other, f.name), equal_nan=f.type is Numbers)
            for f in dataclasses.fields(self)
        )

    __hash__ = None  # type: ignore[assignment]

    def position(self) -> dict[str, int]:
        """Row number of each key."""
        return {key: row for row, key in enumerate(getattr(self, self.KEY))}


def columns_of(table: type[Rows]) -> dict[str, Column]:
    """The columns of a table by field name, in file order, each with its name in the file filled in."""
    found = {}
    for field in dataclasses.fields(table):
        spec: Column = field.metadata["column"]
        found[field.name] = dataclasses.replace(spec, name=spec.name or field.name)
    return found
