"""Trips of buses: what each row of trips.csv says, by itself."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from pathlib import Path

from farshore.plan.checker.classes.loads import RideKey
from farshore.plan.checker.classes.problem import ClassProblem
from farshore.plan.checker.classes.services import Buses
from farshore.plan.checker.files import Faults, csv_rows, whole_number
from farshore.plan.checker.timetable import Ints
from farshore.units import parse_time

__all__ = ["TRIPS", "Trip", "trips_of"]

TRIPS = "trips.csv"
COLUMNS = (
    "trip_id", "fleet_id", "vehicle", "from_node_id", "to_node_id", "board", "alight", "leaves_base",
    "back_at_base", "persons", "seats_taken", "links",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trip:
    """A row of trips.csv found to be sound in itself; steps, and rows of nodes and arcs.

    service : place of the fleet; leaves … back − 1 are the steps in which its vehicle is occupied
    """

    line: int
    trip_id: str
    service: int
    vehicle: int
    key: RideKey
    head: int
    board: int
    leaves: int
    back: int
    persons: int
    seats: int
    entries: tuple[int, ...]

    @property
    def occupied(self) -> range:
        """Steps in which the vehicle is occupied."""
        return range(self.leaves, self.back)


Known = Callable[[int, dict[str, str]], "Trip | bool | None"]


def trips_of(
    folder: Path,
    problem: ClassProblem,
    faults: Faults,
    *,
    file: str = TRIPS,
    known: Known | None = None,
    ended: Mapping[RideKey, Set[int]] | None = None,
) -> tuple[Trip, ...]:
    """The rows of trips.csv that can be carried out, each by itself.

    known : says of a row which trip it is, None where it has faulted it, or False: that it is one like others
    ended : of a plan that may have been made in the midst itself: rides after which people halt, and when
    """
    found: list[Trip] = []
    seen: dict[str, int] = {}
    for line, row in csv_rows(folder, file, COLUMNS, faults):
        if row["trip_id"] in seen:
            faults.add(
                file, line, "trip_id", f"{row['trip_id']!r} is there already in row {seen[row['trip_id']]}"
            )
            continue
        seen[row["trip_id"]] = line
        before = False if known is None else known(line, row)
        trip = _Row(line, row, problem, faults, file, ended).read() if isinstance(before, bool) else before
        if trip is not None:
            found.append(trip)
    return tuple(found)


@dataclass(frozen=True, eq=False)
class _Row:
    line: int
    row: dict[str, str]
    problem: ClassProblem
    faults: Faults
    file: str
    ended: Mapping[RideKey, Set[int]] | None = None

    def fault(self, column: str, cause: str) -> None:
        self.faults.add(self.file, self.line, column, cause)

    def read(self) -> Trip | None:  # noqa: PLR0911, PLR0912 (each column by itself)
        """The row as a trip, or None with every fault in it."""
        before = len(self.faults.found)
        row, plain = self.row, self.problem.plain
        service = self.problem.fleet.get(row["fleet_id"], -1)
        if service < 0:
            self.fault("fleet_id", f"{row['fleet_id']!r} is no fleet of buses")
            return None
        buses = self.problem.buses[service]
        vehicle = whole_number(row["vehicle"])
        if vehicle is None or not 1 <= vehicle <= buses.number:
            self.fault(
                "vehicle", f"{row['vehicle']!r} is none of the {buses.number:,} vehicles of {buses.fleet_id}"
            )
        steps = {name: self._step(name) for name in ("board", "alight", "leaves_base", "back_at_base")}
        node_row = plain.node_row
        tail, head = node_row.get(row["from_node_id"], -1), node_row.get(row["to_node_id"], -1)
        if self.ended is not None and row["links"] == "" and row["persons"] == row["seats_taken"] == "0":
            return self._called_off(service, vehicle, (tail, head), steps, before)
        persons, seats = self._above_0("persons"), self._above_0("seats_taken")
        ride = self._ride(tail, head, steps["board"])
        if len(self.faults.found) > before or ride is None:
            return None
        arcs, entries, alight = ride
        out = self._served("from_node_id", tail, buses.out, "take people up")
        board = steps["board"]
        key = (service, board, tail, arcs)
        if self._broken_off(key, board - out, steps["back_at_base"]):
            back = steps["back_at_base"] - alight
            serving = None
        else:
            back = self._served("to_node_id", head, buses.back, "set people down")
            serving = buses.vehicles
        if len(self.faults.found) > before:
            return None
        expected = {"alight": alight, "leaves_base": board - out, "back_at_base": alight + back}
        for column, step in expected.items():
            if steps[column] != step:
                self.fault(column, f"says {row[column]}; by its ways it is {self._time(step)}")
        leaves, home = expected["leaves_base"], expected["back_at_base"]
        if leaves < 0 or (serving is not None and max(home, alight + 1) > self.problem.n_steps):
            self.fault("", "is not wholly within the horizon")
        elif serving is not None and (serving[leaves:home] < 1).any():
            self.fault("", f"is not wholly within the hours of service of {buses.fleet_id}")
        if vehicle is None or persons is None or seats is None:
            return None
        self._check_seats(buses, persons, seats)
        if len(self.faults.found) > before:
            return None
        return Trip(
            self.line,
            row["trip_id"],
            service,
            vehicle,
            key,
            head,
            board,
            leaves,
            home,
            persons,
            seats,
            entries,
        )

    def _called_off(
        self, service: int, vehicle: int | None, ends: tuple[int, int], steps: dict[str, int], before: int
    ) -> Trip | None:
        """A bus that an earlier event has turned round on its way to a stop; `before` : faults by then."""
        tail, head = ends
        board, alight, leaves, back = steps.values()
        if tail < 0 or tail != head or not 0 <= leaves < board == alight <= back <= 2 * board - leaves:
            self.fault("", "is called off, but elsewhere than where it stops, or at no time that could be")
        if vehicle is None or len(self.faults.found) > before:
            return None
        key = (service, board, tail, ())
        return Trip(
            self.line, self.row["trip_id"], service, vehicle, key, tail, board, leaves, back, 0, 0, ()
        )

    def _broken_off(self, key: RideKey, leaves: int, back: int) -> bool:
        """Whether a bus is back as one is whose riders halt at the end of its ride, by an earlier event."""
        sinces = () if self.ended is None else self.ended.get(key, ())
        return back in {min(2 * since - leaves, self.problem.n_steps) for since in sinces}

    def _above_0(self, column: str) -> int | None:
        """A whole number, or None with a fault."""
        number = whole_number(self.row[column])
        if number is None or number < 1:
            self.fault(column, f"{self.row[column]!r} is no number above 0")
            return None
        return number

    def _served(self, column: str, node: int, steps: Ints, what: str) -> int:
        """Steps that the fleet is occupied before or after a stop, −1 with a fault."""
        at = self.problem.terminals.at
        number = int(steps[at[node]]) if node in at else -1
        if number < 0:
            self.fault(column, f"buses of {self.row['fleet_id']} cannot {what} at {self.row[column]}")
        return number

    def _check_seats(self, buses: Buses, persons: int, seats: int) -> None:
        """Seats that some number of assisted riders among so many persons can take."""
        if seats > buses.seats:
            self.fault(
                "seats_taken", f"says {seats:,}; a vehicle of {buses.fleet_id} has {buses.seats:,} seats"
            )
        more = buses.room - 1
        extra = seats - persons
        if more <= 0:
            fits = extra == 0
        else:
            assisted, rest = divmod(extra, more)
            fits = rest == 0 and 0 <= assisted <= min(persons, buses.seats // buses.room)
        if not fits:
            self.fault("seats_taken", f"says {seats:,}, which {persons:,} persons cannot take")

    def _step(self, column: str) -> int:
        """The step that begins at a time; the end of the horizon is one as well. −1 with a fault."""
        clock, text = self.problem.plain.clock, self.row[column]
        try:
            step, rest = divmod(parse_time(text) - clock.start_s, clock.step_s)
        except ValueError as error:
            self.fault(column, f"{text!r} {error}")
            return -1
        if rest or not 0 <= step <= clock.n_steps:
            self.fault(column, f"{text} is {'not the start of a step' if rest else 'outside the horizon'}")
            return -1
        return step

    def _time(self, step: int) -> str:
        return self.problem.plain.time(step)

    def _ride(self, tail: int, head: int, board: int) -> tuple[tuple[int, ...], tuple[int, ...], int] | None:
        """Arcs, entry steps and step of alighting of the trip's links."""
        network, rows = self.problem.plain.network, self.problem.plain.arc_row
        nodes, links = self.problem.plain.scenario.nodes.node_id, self.row["links"].split(" ")
        for column, node in (("from_node_id", tail), ("to_node_id", head)):
            if node < 0:
                self.fault(column, f"{self.row[column]!r} is no node of the scenario")
                return None
        arcs: list[int] = []
        entries: list[int] = []
        here, came, at = tail, -1, board
        for link in links:
            arc = rows.get(link, -1)
            if arc < 0 or not self.problem.by_bus[arc]:
                self.fault("links", f"{link!r} is no link that buses may use that way")
                return None
            if network.tail[arc] != here or network.head[arc] == came:
                turns = (
                    "turns straight back" if network.tail[arc] == here else f"does not begin at {nodes[here]}"
                )
                self.fault("links", f"{link} {turns}")
                return None
            arcs.append(arc)
            entries.append(at)
            came, here, at = here, int(network.head[arc]), at + int(network.steps[arc])
        if here != head:
            self.fault("links", f"end at {nodes[here]}, not at {self.row['to_node_id']}")
            return None
        return tuple(arcs), tuple(entries), at
