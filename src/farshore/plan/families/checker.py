"""The seating's own checker: households, seats and the plan, compared from what is stated alone.

It shares no code with what makes households and seats them.
"""

from collections import Counter, defaultdict

from farshore.plan.families.households import Households
from farshore.plan.families.seating import Seating
from farshore.results.outcome import Outcome

__all__ = ["check_households", "check_seating"]


def check_households(households: Households, people: dict[str, int], zone_ids: tuple[str, ...]) -> list[str]:
    """What is wrong with some households, in words; nothing if they are all right.

    people : who chooses to leave, by zone
    """
    wrong = []
    members: Counter[str] = Counter()
    for number, (zone, size, under_18, over_65, needing) in enumerate(
        zip(
            households.zone.tolist(),
            households.size.tolist(),
            households.under_18.tolist(),
            households.over_65.tolist(),
            households.needing_assistance.tolist(),
            strict=True,
        )
    ):
        members[zone_ids[zone]] += size
        if size < 1:
            wrong.append(f"household {number} has {size} members")
        if not 0 <= under_18 < max(size, 1):
            wrong.append(f"household {number} has {under_18} under 18 among {size} and no adult")
        if not 0 <= over_65 <= size - under_18:
            wrong.append(f"household {number} has {over_65} over 65 among {size - under_18} adults")
        if not 0 <= needing <= size:
            wrong.append(f"household {number} has {needing} needing assistance among {size}")
    return wrong + [
        f"zone {zone_id} has {members[zone_id]} in households, {people.get(zone_id, 0)} who leave"
        for zone_id in zone_ids
        if members[zone_id] != people.get(zone_id, 0)
    ]


def check_seating(plan: Outcome, seating: Seating) -> list[str]:
    """What is wrong with a seating of a plan, in words; nothing if it is all right.

    Every household once and whole, on a route of its own zone; the departures stated are those that
    households make; none takes more than the plan gave it except households named as moved; who has no seat
    is stated.
    That arcs, hosts and beds hold is for `farshore.plan.certify` to say of the outcome, as of any plan.
    """
    households, outcome = seating.households, seating.outcome
    zone_ids = tuple(map(str, outcome.scenario.zones.zone_id))
    wrong = check_households(households, outcome.people, zone_ids)
    if not len(seating.route) == len(seating.step) == len(seating.moved) == len(households):
        return [*wrong, "seats are not stated for each household once"]
    aboard: Counter[tuple[str, str, tuple[str, ...], tuple[int, ...], int]] = Counter()
    as_planned: Counter[tuple[str, str, tuple[str, ...], tuple[int, ...], int]] = Counter()
    without: defaultdict[str, int] = defaultdict(int)
    for number, (route, step, moved) in enumerate(
        zip(seating.route.tolist(), seating.step.tolist(), seating.moved.tolist(), strict=True)
    ):
        zone_id, size = zone_ids[households.zone[number]], int(households.size[number])
        if route < 0:
            without[zone_id] += size
            continue
        way = outcome.routes[route]
        if way.zone_id != zone_id:
            wrong.append(f"household {number} of {zone_id} sits on a route from {way.zone_id}")
        key = (way.zone_id, way.host_id, way.links, way.entry_steps, step)
        aboard[key] += size
        if not moved:
            as_planned[key] += size
    stated, planned = _departures(outcome), _departures(plan)
    for key in sorted({*aboard, *stated}):
        if aboard[key] != stated[key]:
            wrong.append(f"{stated[key]} leave {key[0]} in step {key[4]}, households make {aboard[key]}")
    for key, persons in sorted(as_planned.items()):
        if persons > planned[key]:
            wrong.append(f"{persons} sit on {planned[key]} seats from {key[0]} in step {key[4]}")
    unserved = {each.zone_id: each.persons for each in outcome.unserved}
    for zone_id in zone_ids:
        if without[zone_id] != unserved.get(zone_id, 0):
            wrong.append(
                f"{without[zone_id]} of {zone_id} have no seat, {unserved.get(zone_id, 0)} are stated"
            )
    return wrong


def _departures(outcome: Outcome) -> Counter[tuple[str, str, tuple[str, ...], tuple[int, ...], int]]:
    found: Counter[tuple[str, str, tuple[str, ...], tuple[int, ...], int]] = Counter()
    moves = outcome.departures
    for route, step, persons in zip(
        moves.route.tolist(), moves.step.tolist(), moves.persons.tolist(), strict=True
    ):
        way = outcome.routes[route]
        found[way.zone_id, way.host_id, way.links, way.entry_steps, step] += persons
    return found
