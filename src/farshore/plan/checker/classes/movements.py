"""The rows of departures.csv of a plan with classes: who leaves when by which route."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from farshore.plan.checker.classes.legs import Leg
from farshore.plan.checker.classes.people import ASSISTED, CLASSES
from farshore.plan.checker.classes.problem import ClassProblem
from farshore.plan.checker.classes.routes import ClassWay
from farshore.plan.checker.files import Faults, csv_rows, step_of, whole_number
from farshore.plan.checker.movements import DEPARTURES, ROUTES

__all__ = ["ClassMovement", "class_movements_of", "stages_ridden"]

COLUMNS = ("zone_id", "class_id", "depart", "route_id", "host_id", "persons")


@dataclass(frozen=True, slots=True)
class ClassMovement:
    """A row of departures.csv: so many persons of a class leave at a step by a way.

    class_row : index into CLASSES; stages : places of the stages of its legs by train, in order
    """

    line: int
    way: ClassWay
    class_row: int
    step: int
    persons: int
    stages: tuple[int, ...]

    @property
    def need(self) -> int:
        """Index into NEEDS."""
        return self.class_row // 2

    @property
    def zone(self) -> int:
        """Row of the zone that they are from."""
        return self.way.zone


def class_movements_of(
    folder: Path,
    problem: ClassProblem,
    ways: Mapping[str, ClassWay],
    faults: Faults,
    *,
    file: str = DEPARTURES,
) -> tuple[ClassMovement, ...]:
    """The rows of departures.csv that say something that can be checked further."""
    moves: list[ClassMovement] = []
    seen: dict[tuple[str, int, int], int] = {}
    for line, row in csv_rows(folder, file, COLUMNS, faults):
        move = _movement(line, row, problem, ways, faults, file)
        if move is None:
            continue
        key = (move.way.route_id, move.step, move.class_row)
        if key in seen:
            who = f"{row['class_id']} by {move.way.route_id} at {row['depart']}"
            cause = f"{who} are there already in row {seen[key]}"
            faults.add(file, line, "", cause)
            continue
        seen[key] = line
        moves.append(move)
    return tuple(moves)


def _movement(
    line: int,
    row: dict[str, str],
    problem: ClassProblem,
    ways: Mapping[str, ClassWay],
    faults: Faults,
    file: str,
) -> ClassMovement | None:
    """One row as a movement, or None with every fault in it."""
    before = len(faults.found)

    def fault(column: str, cause: str) -> None:
        faults.add(file, line, column, cause)

    plain = problem.plain
    class_row = CLASSES.index(row["class_id"]) if row["class_id"] in CLASSES else -1
    if class_row < 0:
        fault("class_id", f"{row['class_id']!r} is no class; they are {', '.join(CLASSES)}")
    way = ways.get(row["route_id"])
    if way is None:
        fault("route_id", f"{row['route_id']!r} is no sound route of {ROUTES}")
    else:
        zone, host = plain.zones[way.zone].zone_id, plain.hosts[way.host].host_id
        for column, there in (("zone_id", zone), ("host_id", host)):
            if row[column] != there:
                fault(column, f"says {row[column]!r}, but {way.route_id} is a route of {there!r}")
    step = step_of(row["depart"], plain.clock)
    if isinstance(step, str):
        fault("depart", step)
    persons = whole_number(row["persons"])
    if persons is None or persons < 1:
        fault("persons", f"{row['persons']!r} is no number of persons above 0")
    elif persons > plain.people:
        fault("persons", f"{persons:,} is more than all who choose to leave")
    if way is None or persons is None or isinstance(step, str) or len(faults.found) > before:
        return None
    _check_fits(problem, way, class_row, fault)
    if step + way.arrival >= plain.clock.n_steps:
        fault("depart", f"{way.route_id} arrives after the end of the horizon")
    stages = stages_ridden(problem, way, step)
    if -1 in stages:
        fault("depart", f"a train of {way.route_id} does not leave then")
    if len(faults.found) > before:
        return None
    return ClassMovement(line, way, class_row, step, persons, stages)


def stages_ridden(problem: ClassProblem, way: ClassWay, step: int) -> tuple[int, ...]:
    """Places of the stages of a way's legs by train, of people who leave at a step; −1 for none that fits."""
    return tuple(_stage(problem, leg, step) for leg in way.legs if leg.mode == "train")


def _check_fits(
    problem: ClassProblem, way: ClassWay, class_row: int, fault: Callable[[str, str], None]
) -> None:
    """Fault a class that cannot or does not wish to go by a way."""
    plain, class_id = problem.plain, CLASSES[class_row]
    zone, host = plain.zones[way.zone].zone_id, plain.hosts[way.host].host_id
    if way.by_car and class_row % 2:
        fault("class_id", f"{class_id} have no car, and {way.route_id} goes by car")
    if not problem.accepts[way.zone, class_row // 2, way.host] and not plain.hosts[way.host].blocked:
        fault("host_id", f"{class_id} of {zone} do not accept {host} (choices.csv)")
    if class_row // 2 == ASSISTED:
        for leg in way.legs:
            if _seats(problem, leg) == 0:
                what = problem.buses[leg.service].fleet_id if leg.mode == "bus" else leg.run_id
                fault("class_id", f"assisted people cannot ride {what}, which has no wheelchair places")


def _seats(problem: ClassProblem, leg: Leg) -> int:
    """Seats that an assisted rider takes on a leg; 1 where there are no seats to speak of."""
    if leg.mode == "bus":
        return problem.buses[leg.service].seats_for(ASSISTED)
    return problem.stages[leg.service].seats_for(ASSISTED) if leg.mode == "train" else 1


def _stage(problem: ClassProblem, leg: Leg, step: int) -> int:
    """The stage that people ride who leave home at a step: the first that fits, −1 if none does."""
    at = problem.terminals.at
    for place, stage in enumerate(problem.stages):
        if (
            stage.usable
            and (stage.run_id, stage.tail, stage.head) == (leg.run_id, at[leg.tail], at[leg.head])
            and (stage.departs, stage.arrives) == (step + leg.board, step + leg.alight)
        ):
            return place
    return -1
