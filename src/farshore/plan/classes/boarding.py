"""Which of several buses that run together each household boards."""

from collections.abc import Sequence

__all__ = ["Group", "aboard_of"]

Group = tuple[int, int, bool]  # row of the household, persons, whether they need room


def aboard_of(groups: Sequence[Group], n_trips: int, seats: int, room: int) -> list[list[Group]]:
    """Households in so many vehicles, whole where they fit: the largest first, each into the fullest.

    n_trips : enough for all of them, were they cut up; room : seats that each of those who need it takes
    A household that fits into none whole sits in several. Where cutting the last ones does not help either,
    vehicles are filled one after the other, those who need room first.
    """

    def taken(group: Group) -> int:
        return group[1] * (room if group[2] else 1)

    in_turn = sorted(groups, key=lambda group: (-taken(group), group))
    aboard: list[list[Group]] = [[] for _ in range(n_trips)]
    free = [seats] * n_trips
    for group in in_turn:
        fits = [trip for trip in range(n_trips) if free[trip] >= taken(group)]
        if fits:
            fullest = min(fits, key=lambda trip: (free[trip], trip))
            aboard[fullest].append(group)
            free[fullest] -= taken(group)
            continue
        household, persons, needs_room = group
        each = room if needs_room else 1
        for trip in sorted(range(n_trips), key=lambda trip: (-free[trip], trip)):
            many = min(persons, free[trip] // each)
            if many:
                aboard[trip].append((household, many, needs_room))
                free[trip] -= many * each
                persons -= many
        if persons:
            return _one_after_the_other(groups, n_trips, seats, room)
    return aboard


def _one_after_the_other(groups: Sequence[Group], n_trips: int, seats: int, room: int) -> list[list[Group]]:
    aboard: list[list[Group]] = [[] for _ in range(n_trips)]
    free = [seats] * n_trips
    for needs_room, each in ((True, room), (False, 1)):
        trip = 0
        for household, persons, needs in sorted(groups):
            left = persons if needs == needs_room else 0
            while left:
                many = min(left, free[trip] // each)
                if many:
                    aboard[trip].append((household, many, needs))
                    free[trip] -= many * each
                    left -= many
                else:
                    trip += 1
    return aboard
