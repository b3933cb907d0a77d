"""The Flee-compatible engine: Flee's published rules, in expectation instead of agent by agent."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from farshore.forecast.flee_target import flee_daily
from farshore.kernels.flee_flow import flee_flow
from farshore.scenario.displacement import Displacement, PlaceKind

__all__ = ["FleeRules", "flee_arrivals", "flee_from"]

Floats = npt.NDArray[np.float64]
CONFLICT_FLOOR = 1e-6


@dataclass(frozen=True, slots=True)
class FleeRules:
    """Flee's settings under Flee's names; the defaults are those of its published validation runs.

    Distances in km a day, chances per day.
    """

    max_move_speed: float = 400.0
    max_walk_speed: float = 35.0
    camp_weight: float = 1.0
    foreign_weight: float = 1.0
    conflict_weight: float = 0.25
    softening: float = 50.0
    weight_softening: float = 0.0
    distance_power: float = 0.75
    weight_power: float = 1.0
    default_movechance: float = 0.5
    camp_movechance: float = 0.001
    idpcamp_movechance: float = 0.1
    conflict_movechance: float = 1.0
    start_on_foot: bool = False
    avoid_short_stints: bool = True
    capacity_buffer: float = 0.9
    capacity_scaling: float = 1.25
    awareness_level: int = 1
    conflict_spawn_decay: tuple[float, ...] = (1.0, 1.0, 1.0, 0.5, 0.1)


@dataclass(frozen=True, eq=False)
class _Timetable:
    link_open: npt.NDArray[np.uint8]
    camp: npt.NDArray[np.uint8]
    town: npt.NDArray[np.uint8]
    chance: Floats
    score: Floats
    source: Floats


def flee_arrivals(problem: Displacement, rules: FleeRules | None = None) -> Floats:
    """float64[n_days, n_hosts]: expected people in each host, driven by the known daily total.

    This is a hindcast, as Flee's validation is: totals, conflict dates and first-day counts are those of
    the whole period, the total being the sum of the hosts. A closure of a `link` changes nothing, as in
    Flee 3.1, whose test for it never holds.
    """
    daily = flee_daily(problem)
    return flee_from(problem, rules or FleeRules(), daily[0], daily.sum(axis=1))


def flee_from(problem: Displacement, rules: FleeRules, first: Floats, people: Floats) -> Floats:
    """As `flee_arrivals`, from the people in each host on the first day and the total of every day.

    first : float64[n_hosts]; people : float64[n_days]. No day depends on a later one.
    """
    links = _links(problem)
    table = _timetable(problem, rules, links)
    paths, first_path = _paths(problem, rules, links)
    state_of: dict[int, int] = {}
    number = {path: i for i, path in enumerate(paths)}
    suffix = [number[path[1:]] if len(path) > 1 else -1 for path in paths]
    for i in sorted(set(suffix) - {-1}):
        state_of[i] = problem.n_places + len(state_of)
    soft = [(rules.softening + sum(links.km[i] for i in path)) ** -rules.distance_power for path in paths]
    path_open = np.ones((problem.n_days, len(paths)), np.uint8)
    for i, path in enumerate(paths):
        path_open[:, i] = np.all(table.link_open[:, list(path)], axis=1)
    initial = np.zeros(problem.n_places)
    initial[problem.hosts] = first
    return np.asarray(
        flee_flow(
            _spawned(people)[:, None] * table.source,
            initial,
            links.km,
            links.to,
            table.link_open,
            np.array([path[0] for path in paths], np.int64),
            np.array([links.to[path[-1]] for path in paths], np.int64),
            np.array([state_of[i] if i >= 0 else -1 for i in suffix], np.int64),
            np.array(soft),
            path_open,
            first_path,
            np.array([*range(problem.n_places), *(links.to[paths[i][0] ^ 1] for i in state_of)], np.int64),
            np.array([-1] * problem.n_places + list(state_of), np.int64),
            table.chance,
            table.score,
            table.town,
            table.camp,
            problem.capacity_persons * rules.capacity_scaling,
            rules.max_move_speed,
            rules.max_walk_speed,
            rules.start_on_foot,
            rules.avoid_short_stints,
            rules.capacity_buffer,
            rules.weight_softening,
            rules.weight_power,
            problem.hosts,
        )
    )


@dataclass(frozen=True, eq=False)
class _Links:
    km: Floats
    to: npt.NDArray[np.int64]  # the link i ^ 1 leads back, so to[i ^ 1] is where link i starts


def _links(problem: Displacement) -> _Links:
    to = np.column_stack([problem.route_to, problem.route_from]).ravel()
    return _Links(np.repeat(problem.route_km, 2), np.ascontiguousarray(to))


def _spawned(total: Floats) -> Floats:
    # A falling total is a debt that later arrivals pay off first.
    new = np.zeros(len(total))
    debt = 0.0
    for day in range(1, len(total)):
        change = total[day] - total[day - 1] - debt
        debt = max(-change, 0.0)
        new[day] = max(change, 0.0)
    return new


def _paths(
    problem: Displacement, rules: FleeRules, links: _Links
) -> tuple[list[tuple[int, ...]], npt.NDArray[np.int64]]:
    outward: list[list[int]] = [[] for _ in range(problem.n_places)]
    for i in range(len(links.to)):
        outward[links.to[i ^ 1]].append(i)
    marker = problem.kind == PlaceKind.MARKER
    paths: list[tuple[int, ...]] = []
    first = [0]

    def extend(path: tuple[int, ...], visited: tuple[int, ...], step: int) -> None:
        end = int(links.to[path[-1]])
        if marker[end]:
            step -= 1
        else:
            paths.append(path)
        if max(rules.awareness_level, 1) > step:
            for link in outward[end]:
                if links.to[link] not in visited:
                    extend((*path, link), (*visited, end), step + 1)

    for place in range(problem.n_places):
        for link in outward[place]:
            extend((link,), (place,), 1)
        first.append(len(paths))
    # The rest of a path through a marker may be no choice of its own, and still needs a number.
    known = set(paths)
    missing = {path[i:] for path in paths for i in range(1, len(path))} - known
    paths.extend(sorted(missing))
    return paths, np.array(first, np.int64)


def _timetable(problem: Displacement, rules: FleeRules, links: _Links) -> _Timetable:
    n_days, n = problem.n_days, problem.n_places
    foreign = problem.country != problem.country[0]
    kind = problem.kind
    camp = np.isin(kind, (PlaceKind.CAMP, PlaceKind.IDP_CAMP))
    chance_of = {
        PlaceKind.CONFLICT: rules.conflict_movechance,
        PlaceKind.TOWN: rules.default_movechance,
        PlaceKind.CAMP: rules.camp_movechance,
        PlaceKind.IDP_CAMP: rules.idpcamp_movechance,
        PlaceKind.HUB: 1.0,
        PlaceKind.MARKER: 1.0,
    }
    # A conflict place with a later date starts as a town.
    waits = (kind == PlaceKind.CONFLICT) & (problem.conflict_day > 0)
    chance = np.array([chance_of[PlaceKind(k)] for k in kind])
    chance[waits] = rules.default_movechance
    town = (kind == PlaceKind.TOWN) | waits
    intensity = np.where((kind == PlaceKind.CONFLICT) & ~waits, 1.0, -1.0)
    since = np.full(n, -1)
    is_open = np.ones(len(links.to), dtype=bool)
    population = np.nan_to_num(problem.population_persons)
    names = {name: i for i, name in enumerate(problem.place_id)}
    out = _Timetable(
        np.ones((n_days, len(links.to)), np.uint8),
        np.zeros((n_days, n), np.uint8),
        np.zeros((n_days, n), np.uint8),
        np.zeros((n_days, n)),
        np.ones((n_days, n)),
        np.zeros((n_days, n)),
    )
    decay = np.array(rules.conflict_spawn_decay or (1.0,))
    for day in range(n_days):
        now = problem.conflict[day]
        before = problem.conflict[day - 1] if day else np.zeros(n)
        begins = (now > CONFLICT_FLOOR) & (before < CONFLICT_FLOOR)
        ends = (now < CONFLICT_FLOOR) & (before == 1.0)  # other intensities never end, in Flee 3.1
        chance[begins], intensity[begins], town[begins], since[begins] = (
            rules.conflict_movechance, now[begins], False, day,
        )  # fmt: skip
        chance[ends], intensity[ends], town[ends] = rules.default_movechance, -1.0, True
        fading = decay[np.minimum((day - since) // 30, len(decay) - 1)]
        weight = np.where(intensity > 0, population * intensity * fading, 0.0)
        if weight.sum() > 0:
            out.source[day] = weight / weight.sum()
        for closure in problem.closures:
            for turn, opens in ((closure.from_day, False), (closure.until_day, True)):
                if turn != day:
                    continue
                if closure.kind in ("camp", "idpcamp"):
                    i = names.get(closure.first, -1)
                    if i >= 0:
                        camp[i], town[i], intensity[i] = opens, not opens, -1.0
                        opened = (
                            rules.idpcamp_movechance if closure.kind == "idpcamp" else rules.camp_movechance
                        )
                        chance[i] = opened if opens else rules.default_movechance
                else:
                    is_open[_touched(problem, links, closure.kind, closure.first, closure.second)] = opens
        out.link_open[day], out.camp[day], out.town[day], out.chance[day] = is_open, camp, town, chance
        base = np.where(foreign, rules.foreign_weight, 1.0) * np.where(camp, rules.camp_weight, 1.0)
        out.score[day] = base * np.where(intensity > 0, rules.conflict_weight ** (fading * intensity), 1.0)
    return out


def _touched(
    problem: Displacement, links: _Links, kind: str, first: str, second: str
) -> npt.NDArray[np.bool_]:
    start = np.array([links.to[i ^ 1] for i in range(len(links.to))], np.int64)
    if kind == "location":
        place = problem.place_id
        return np.asarray((place[start] == first) | (place[links.to] == first))
    if kind == "country":
        a, b = problem.country[start], problem.country[links.to]
        return np.asarray(((a == first) & (b == second)) | ((a == second) & (b == first)))
    return np.zeros(len(links.to), dtype=bool)
