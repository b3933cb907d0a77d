"""Mean-field flow of people under Flee's movement rules: expected numbers in place of single agents."""

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["flee_flow"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]

# Distance moved today and the running mean of past days, both in days' worth of travel, are kept on grids;
# mass between two grid points is split so that its mean is kept.
MOVED_BINS = 12
RECENT_BINS = 8
RECENT_STEP = 0.2
FIRST_LEG = RECENT_BINS  # people who have not left their first place; they have travelled nothing
NEGLIGIBLE = 1e-7


@njit(cache=True)
def _capacity_factor(here: float, capacity: float, buffer: float) -> float:
    if not capacity >= 1.0 or here <= buffer * capacity:
        return 1.0
    if here >= capacity:
        return 0.0
    return 1.0 - (here - buffer * capacity) / (capacity * (1.0 - buffer))


@njit(cache=True)
def _recent(mass: float, state: int, rest: Floats, total: float) -> None:
    # Adds people to `rest[state]` under the running mean that `total` days' worth gives.
    at = min(total / RECENT_STEP, RECENT_BINS - 1.000001)
    low = int(at)
    rest[state, low] += mass * (1.0 - (at - low))
    rest[state, low + 1] += mass * (at - low)


@njit(cache=True)
def _moved(mass: float, state: int, recent: int, wave: Floats, moved: float) -> None:
    at = moved * MOVED_BINS
    low = int(at)
    if low >= MOVED_BINS - 1:
        wave[MOVED_BINS - 1, state, recent] += mass
        return
    wave[low, state, recent] += mass * (1.0 - (at - low))
    wave[low + 1, state, recent] += mass * (at - low)


@njit(cache=True)
def flee_flow(
    spawn: Floats,
    initial: Floats,
    link_km: Floats,
    link_to: Ints,
    link_open: Bytes,
    path_link: Ints,
    path_end: Ints,
    path_rest: Ints,
    path_weight: Floats,
    path_open: Bytes,
    first_path: Ints,
    state_place: Ints,
    state_path: Ints,
    chance: Floats,
    score: Floats,
    is_town: Bytes,
    is_camp: Bytes,
    capacity: Floats,
    speed_km: float,
    walk_km: float,
    on_foot: bool,
    short_stints: bool,
    buffer: float,
    weight_softening: float,
    weight_power: float,
    hosts: Ints,
) -> Floats:
    """Expected people in each host at the end of each day.

    spawn : float64[n_days, n_places], persons who start that day; initial : float64[n_places]
    link_km, link_to : float64 and int64[n_links], directed; link_open : uint8[n_days, n_links]
    path_* : the routes people may choose, sorted by first place; `path_link` its first link, `path_end`
        its last place, `path_rest` the state of those with the rest of it before them, -1 for none,
        `path_weight` 1 / (softened km) ** power, `path_open` uint8[n_days, n_paths]
    first_path : int64[n_places + 1], range of paths of each place
    state_place, state_path : int64[n_states]; states below n_places are "free", path -1
    chance, score : float64[n_days, n_places]; is_town, is_camp : uint8[n_days, n_places]
    capacity : float64[n_places], NaN for none; speed_km, walk_km : per day
    returns : float64[n_days, n_hosts]

    Rules: Flee 3.1, `flee.py` and `moving.py` (Groen and others, BSD-3-Clause), restated as expectations.
    """
    n_days, n_places = spawn.shape
    n_states = len(state_place)
    n_paths = len(path_link)
    n_recent = RECENT_BINS + 1
    rest = np.zeros((n_states, n_recent))
    nextrest = np.zeros((n_states, n_recent))
    wave = np.zeros((MOVED_BINS, n_states, n_recent))
    longest = 2
    for link in range(len(link_km)):
        slowest = walk_km if on_foot else speed_km
        longest = max(longest, int(link_km[link] / slowest) + 2)
    transit = np.zeros((longest, n_paths, n_recent))  # by days until the far end is reached
    here = initial.copy()
    factor = np.ones(n_places)
    share = np.zeros(n_paths)
    stuck = np.zeros(n_places, np.bool_)  # no open road leads out
    out = np.zeros((n_days, len(hosts)))
    for place in range(n_places):
        rest[place, FIRST_LEG] = initial[place]
    for day in range(n_days):
        for place in range(n_places):
            rest[place, FIRST_LEG] += spawn[day, place]
            here[place] += spawn[day, place]
        for place in range(n_places):
            factor[place] = _capacity_factor(here[place], capacity[place], buffer)
        for place in range(n_places):
            total = 0.0
            count = 0
            for path in range(first_path[place], first_path[place + 1]):
                share[path] = 0.0
                if path_open[day, path]:
                    end = path_end[path]
                    weight = weight_softening + score[day, end] * path_weight[path]
                    share[path] = (weight * factor[end]) ** weight_power
                    total += share[path]
                    count += 1
            stuck[place] = count == 0
            for path in range(first_path[place], first_path[place + 1]):
                if path_open[day, path]:
                    share[path] = share[path] / total if total > 0.0 else 1.0 / count
        nextrest[:, :] = 0.0
        # People on the way come a day nearer before new ones set out.
        arriving = transit[0].copy()
        for left in range(longest - 1):
            transit[left] = transit[left + 1]
        transit[longest - 1] = 0.0
        for left in range(longest - 1):
            for path in range(n_paths):
                moved_all_day = 0.0
                for recent in range(RECENT_BINS):
                    moved_all_day += transit[left, path, recent]
                if moved_all_day > 0.0:
                    mean = 0.0
                    for recent in range(RECENT_BINS):
                        mean += transit[left, path, recent] * recent * RECENT_STEP
                        transit[left, path, recent] = 0.0
                    _recent(moved_all_day, path, transit[left], (mean / moved_all_day + 1.0) / 2.0)
        for path in range(n_paths):
            link = path_link[path]
            for recent in range(n_recent):
                mass = arriving[path, recent]
                if mass <= 0.0:
                    continue
                if not link_open[day, link]:
                    # The border shut behind them: Flee turns them back to where they set out.
                    start = link_to[link ^ 1]
                    _recent(mass, start, nextrest, 1.0)
                    here[start] += mass
                    continue
                to = link_to[link]
                state = path_rest[path] if path_rest[path] >= 0 else to
                here[to] += mass
                if recent == FIRST_LEG:
                    legs = int(link_km[link] / walk_km)
                    _moved(mass, state, 0, wave, (link_km[link] - legs * walk_km) / speed_km)
                else:
                    legs = int(link_km[link] / speed_km)
                    _moved(mass, state, recent, wave, link_km[link] / speed_km - legs)
        # Morning: everybody in a place leaves with the chance of that place.
        for state in range(n_states):
            place = state_place[state]
            for recent in range(n_recent):
                mass = rest[state, recent]
                if mass <= 0.0:
                    continue
                rest[state, recent] = 0.0
                leaving = mass * chance[day, place]
                if stuck[place]:
                    leaving = 0.0
                staying = mass - leaving
                low = first_path[place]
                high = first_path[place + 1]
                if state_path[state] >= 0:
                    low = state_path[state]
                    high = low + 1
                for path in range(low, high):
                    part = leaving if state_path[state] >= 0 else leaving * share[path]
                    if part <= 0.0:
                        continue
                    end = path_end[path]
                    if not path_open[day, path] or (is_camp[day, end] and factor[end] < 0.5):
                        # Turned away by a full camp or a closed road: the plan is dropped, the day lost.
                        if recent == FIRST_LEG:
                            nextrest[place, FIRST_LEG] += part
                        else:
                            _recent(part, place, nextrest, recent * RECENT_STEP / 2.0)
                        continue
                    link = path_link[path]
                    here[place] -= part
                    foot = on_foot and recent == FIRST_LEG
                    pace = walk_km if foot else speed_km
                    days = int(link_km[link] / pace)
                    was = 0 if (recent == FIRST_LEG and not foot) else recent
                    if days == 0:
                        to = link_to[link]
                        here[to] += part
                        state_to = path_rest[path] if path_rest[path] >= 0 else to
                        _moved(part, state_to, 0 if foot else was, wave, link_km[link] / speed_km)
                    elif foot:
                        transit[days - 1, path, FIRST_LEG] += part
                    else:
                        _recent(part, path, transit[days - 1], (was * RECENT_STEP + 1.0) / 2.0)
                if staying > 0.0:
                    if recent == FIRST_LEG:
                        nextrest[state, FIRST_LEG] += staying
                    else:
                        _recent(staying, state, nextrest, recent * RECENT_STEP / 2.0)
        # The rest of the day: who has travelled less than a day's worth may go on.
        for step in range(MOVED_BINS):
            moved = step / MOVED_BINS
            for again in range(60):
                active = 0.0
                for place in range(n_places):
                    factor[place] = _capacity_factor(here[place], capacity[place], buffer)
                for state in range(n_states):
                    place = state_place[state]
                    inside = 0.0
                    for recent in range(RECENT_BINS):
                        inside += wave[step, state, recent]
                    if inside <= 0.0:
                        continue
                    total = 0.0
                    count = 0
                    if state_path[state] < 0:
                        for path in range(first_path[place], first_path[place + 1]):
                            share[path] = 0.0
                            if path_open[day, path]:
                                end = path_end[path]
                                weight = weight_softening + score[day, end] * path_weight[path]
                                share[path] = (weight * factor[end]) ** weight_power
                                total += share[path]
                                count += 1
                    for recent in range(RECENT_BINS):
                        mass = wave[step, state, recent]
                        if mass <= 0.0:
                            continue
                        wave[step, state, recent] = 0.0
                        past = recent * RECENT_STEP
                        leave = chance[day, place]
                        if short_stints and is_town[day, place] and past + moved < 1.0:
                            leave = 1.0
                        if again == 59 or mass < NEGLIGIBLE:
                            leave = 0.0
                        low = first_path[place]
                        high = first_path[place + 1]
                        if state_path[state] >= 0:
                            low = state_path[state]
                            high = low + 1
                        if stuck[place]:
                            leave = 0.0
                        if leave < 1.0:
                            _recent(mass * (1.0 - leave), state, nextrest, (past + moved) / 2.0)
                        if leave <= 0.0:
                            continue
                        for path in range(low, high):
                            part = mass * leave
                            if state_path[state] < 0:
                                if not path_open[day, path]:
                                    continue
                                part *= share[path] / total if total > 0.0 else 1.0 / count
                            if part <= 0.0:
                                continue
                            end = path_end[path]
                            if not path_open[day, path] or (is_camp[day, end] and factor[end] < 0.5):
                                _recent(part, place, nextrest, (past + moved) / 2.0)
                                continue
                            link = path_link[path]
                            here[place] -= part
                            days = int(link_km[link] / speed_km)
                            if days > 0:
                                _recent(part, path, transit[days - 1], (past + moved + 1.0) / 2.0)
                                continue
                            to = link_to[link]
                            here[to] += part
                            state_to = path_rest[path] if path_rest[path] >= 0 else to
                            after = moved + link_km[link] / speed_km
                            if after < 1.0:
                                _moved(part, state_to, recent, wave, after)
                                active += part
                            else:
                                _recent(part, state_to, nextrest, (past + after) / 2.0)
                if active <= NEGLIGIBLE:
                    break
        rest, nextrest = nextrest, rest
        for index in range(len(hosts)):
            out[day, index] = here[hosts[index]]
    return out
