"""A flow taken apart into ways, each with the people who take it, in as few different ways as come easily."""

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["decompose"]

Ints = npt.NDArray[np.int64]


@njit(cache=True)
def decompose(
    first_out: Ints,
    arcs_out: Ints,
    head: Ints,
    move: Ints,
    arc_of: Ints,
    steps: Ints,
    flow: Ints,
    home_zone: Ints,
    home_step: Ints,
    home_place: Ints,
) -> tuple[Ints, Ints, Ints, Ints]:
    """Take every departure out of a flow: along ways already known while they have room, else the fullest.

    Loops that the flow contains are taken out and belong to no way.

    first_out, arcs_out : arcs out of each place, grouped; head : int64[n_arcs], place 0 ends every way
    move : int64[n_arcs], what an arc does regardless of the step, −1 for arcs into the end and for waiting
    arc_of : int64[n_moves, n_steps], −1 where there is none; steps : int64[n_moves]
    flow : int64[n_arcs], used up by this
    home_zone, home_step, home_place : int64[n_homes], in the order in which departures are taken
    returns : way_first int64[n_ways + 1] and way_moves, the moves of each way; departures int64[n, 3]: way,
        step, persons; way_zone int64[n_ways]
    """
    way_first = [np.int64(0)]
    way_moves = [np.int64(0)]
    way_moves.pop()
    way_zone = [np.int64(0)]
    way_zone.pop()
    out_way = [np.int64(0)]
    out_way.pop()
    out_step = [np.int64(0)]
    out_step.pop()
    out_persons = [np.int64(0)]
    out_persons.pop()
    seen_at = np.full(len(first_out), -1, np.int64)
    path = np.empty(len(first_out), np.int64)
    zone_ways = 0  # where the ways of the zone at hand begin
    zone = np.int64(-1)
    for home in range(len(home_place)):
        place, step = home_place[home], home_step[home]
        if home_zone[home] != zone:
            zone = home_zone[home]
            zone_ways = len(way_zone)
        leaving = np.int64(0)
        for i in range(first_out[place], first_out[place + 1]):
            if move[arcs_out[i]] >= 0:
                leaving += flow[arcs_out[i]]
        way = zone_ways
        while leaving > 0 and way < len(way_zone):
            persons, k = leaving, step
            for i in range(way_first[way], way_first[way + 1]):
                arc = arc_of[way_moves[i], k] if k < arc_of.shape[1] else -1
                if arc < 0 or flow[arc] == 0:
                    persons = np.int64(0)
                    break
                persons = min(persons, flow[arc])
                k += steps[way_moves[i]]
            if persons > 0:
                k = step
                for i in range(way_first[way], way_first[way + 1]):
                    flow[arc_of[way_moves[i], k]] -= persons
                    k += steps[way_moves[i]]
                out_way.append(np.int64(way))
                out_step.append(step)
                out_persons.append(persons)
                leaving -= persons
            way += 1
        while leaving > 0:
            n, here = 0, place
            seen_at[place] = 0
            while True:
                fullest, most = np.int64(-1), np.int64(0)
                for i in range(first_out[here], first_out[here + 1]):
                    arc = arcs_out[i]
                    if move[arc] >= 0 and flow[arc] > most:
                        fullest, most = arc, flow[arc]
                if fullest < 0:
                    break  # a host: nothing leads on but its beds
                path[n] = fullest
                n += 1
                here = head[fullest]
                if seen_at[here] >= 0:  # a loop within a step: nobody drives it
                    begin = seen_at[here]
                    least = flow[path[begin]]
                    for i in range(begin, n):
                        least = min(least, flow[path[i]])
                    for i in range(begin, n):
                        flow[path[i]] -= least
                        if i > begin:
                            seen_at[head[path[i - 1]]] = -1
                    n = begin
                else:
                    seen_at[here] = n
            seen_at[place] = -1
            persons = leaving
            for i in range(n):
                persons = min(persons, flow[path[i]])
                seen_at[head[path[i]]] = -1
            for i in range(n):
                flow[path[i]] -= persons
                way_moves.append(move[path[i]])
            way_first.append(np.int64(len(way_moves)))
            way_zone.append(zone)
            out_way.append(np.int64(len(way_zone) - 1))
            out_step.append(step)
            out_persons.append(persons)
            leaving -= persons
    departures = np.empty((len(out_way), 3), np.int64)
    for i in range(len(out_way)):
        departures[i, 0], departures[i, 1], departures[i, 2] = out_way[i], out_step[i], out_persons[i]
    return np.array(way_first), np.array(way_moves), departures, np.array(way_zone)
