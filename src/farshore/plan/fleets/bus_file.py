"""Bus evacuation problems as text files, in the layout in which the literature passes them on.

Whole numbers between blanks and line ends; blank lines mean nothing:

    buses  seats
    depots  buses at each depot …
    pickups  persons in all  persons at each pickup …
    shelters  places in all  places at each shelter …
    number of the depot  time to each pickup …            (a line for each depot)
    number of the pickup  time to each shelter …          (a line for each pickup)

A bus drives back from a shelter as long as out to it. Loading takes no time, or is part of the times. It is
the layout of the instances of Loyola Vitali, Montero & Riff (2017, CEC), made as in Goerigk, Grün & Heßler
(2013).
"""

import re
from pathlib import Path
from typing import Final

import numpy as np

from farshore.errors import Fault, ScenarioFaults
from farshore.plan.fleets.problem import BusProblem, bus_problem, busloads

__all__ = ["bus_text", "read_bus_problem"]

_Row = tuple[int, list[int]]  # number of the line, its numbers

_LABEL: Final = re.compile(r"[^\W\d]\w*\s*:|:")  # "buses:" or a colon after a number is let pass


def read_bus_problem(path: Path) -> BusProblem:
    """The problem in a file; every fault at once.

    Persons are rounded up to busloads at each pickup, places down to busloads at each shelter.
    Raises ScenarioFaults with file, row and remedy; BusesCannot where some people can be brought nowhere.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        wrong = Fault(
            str(path), 0, "", f"cannot be read ({error.strerror})", "name a text file that is there"
        )
        raise ScenarioFaults([wrong], str(path)) from error
    except UnicodeDecodeError as error:
        wrong = Fault(str(path), 0, "", "is no text", "see docs/fleets.md for the layout")
        raise ScenarioFaults([wrong], str(path)) from error
    reader = _Reader(path.name, text)
    problem = reader.problem()
    if reader.faults or problem is None:
        raise ScenarioFaults(reader.faults, str(path))
    return problem


class _Reader:
    """Reads line by line, and remembers what is wrong."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.faults: list[Fault] = []
        self.rows: list[_Row] = []
        self.last = text.count("\n") + 1
        for number, line in enumerate(text.splitlines(), 1):
            words = _LABEL.sub(" ", line).split()
            if not words:
                continue
            row = []
            for word in words:
                if re.fullmatch(r"\d{1,15}", word):
                    row.append(int(word))
                else:
                    self.fault(number, f"{word!r} is no whole number", "give 0 or more, in a finer unit")
            self.rows.append((number, row))

    def fault(self, row: int, cause: str, remedy: str) -> None:
        self.faults.append(Fault(self.name, row, "", cause, remedy))

    def problem(self) -> BusProblem | None:
        if self.faults:
            return None
        buses, seats = self._pair()
        at_depot = self._counted("depots", "buses at each")
        persons = self._counted("pickups", "persons in all, then at each", total=True)
        places = self._counted("shelters", "places in all, then at each", total=True)
        if self.faults or at_depot is None or persons is None or places is None:
            return None
        if seats < 1:
            self.fault(self.rows[0][0], f"a bus of {seats} seats carries nobody", "give its seats")
        if sum(at_depot) != buses:
            cause = f"{sum(at_depot)} buses stand at the depots, row 1 has {buses}"
            self.fault(self.rows[1][0], cause, "make them agree")
        pull_out = self._times("depot", len(at_depot), "pickup", len(persons))
        out = self._times("pickup", len(persons), "shelter", len(places))
        for number, _ in self.rows[4 + len(at_depot) + len(persons) :]:
            self.fault(number, "nothing should follow the last pickup's times", "take it away")
        if not self.faults and min(map(min, out), default=1) < 1:
            self.fault(0, "a drive from a pickup to a shelter takes 0", "give at least 1, in a finer unit")
        if self.faults:
            return None
        shape = len(persons), len(places)
        out_time = np.array(out, np.int64).reshape(shape)
        return bus_problem(
            buses=np.array(at_depot, np.int64),
            loads=busloads(persons, seats),
            room=np.array(places, np.int64) // seats,
            pull_out=np.array(pull_out, np.int64).reshape(len(at_depot), len(persons)),
            out_time=out_time,
            back_time=out_time.T,
        )

    def _row(self, at: int, holds: str) -> _Row | None:
        if at < len(self.rows):
            return self.rows[at]
        self.fault(self.last, f"the file ends before {holds}", "see docs/fleets.md for the layout")
        return None

    def _pair(self) -> tuple[int, int]:
        row = self._row(0, "the numbers of buses and seats")
        if row is None:
            return 0, 0
        if len(row[1]) != 2:
            self.fault(row[0], f"{len(row[1])} numbers", "give the number of buses and the seats of a bus")
            return 0, 0
        return row[1][0], row[1][1]

    def _counted(self, what: str, holds: str, *, total: bool = False) -> list[int] | None:
        """The numbers of a line that begins with how many there are and, perhaps, their sum."""
        at = {"depots": 1, "pickups": 2, "shelters": 3}[what]
        row = self._row(at, f"the {what}")
        if row is None:
            return None
        number, values = row
        head = 1 + total
        if len(values) < head or len(values) != head + values[0]:
            cause = f"{max(0, len(values) - head)} {what} follow"
            stated = f"{values[0]} are stated" if values else "none are stated"
            self.fault(number, f"{cause}, {stated}", f"give the number of {what}, {holds}")
            return None
        if total and values[1] != sum(values[2:]):
            self.fault(
                number, f"{what} add up to {sum(values[2:])}, {values[1]} is stated", "make them agree"
            )
        return values[head:]

    def _times(self, of: str, n_rows: int, to: str, n_columns: int) -> list[list[int]]:
        first = 4 if of == "depot" else 4 + self.rows[1][1][0]
        found = []
        for at in range(n_rows):
            row = self._row(first + at, f"the times of {of} {at + 1}")
            if row is None:
                break
            number, values = row
            if len(values) != n_columns + 1:
                cause = f"{max(0, len(values) - 1)} times from {of} {at + 1} to {n_columns} {to}s"
                self.fault(number, cause, f"give the number of the {of} and a time to each {to}")
            elif values[0] != at + 1:
                self.fault(
                    number, f"{of} {values[0]} comes where {of} {at + 1} should", "sort and number them"
                )
            else:
                found.append(values[1:])
        return found


def bus_text(problem: BusProblem, *, seats: int = 1) -> str:
    """A problem in that layout, each busload `seats` persons; its ways back must be as long as those out."""
    if (problem.back_time != problem.out_time.T).any():
        raise ValueError("the layout has no place for ways back that differ from those out")
    persons, places = (problem.loads * seats).tolist(), (problem.room * seats).tolist()
    lines = [
        [int(problem.buses.sum()), seats],
        [len(problem.buses), *problem.buses.tolist()],
        [len(persons), sum(persons), *persons],
        [len(places), sum(places), *places],
        [],
        *([at, *times] for at, times in enumerate(problem.pull_out.tolist(), 1)),
        [],
        *([at, *times] for at, times in enumerate(problem.out_time.tolist(), 1)),
    ]
    return "".join(" ".join(map(str, line)) + "\n" for line in lines)
