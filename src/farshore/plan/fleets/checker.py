"""The independent check of bus tours and their proof: plain Python over the problem's numbers.

It shares no code with the solver and none of its arithmetic of cells: times are counted as they are.
"""

from collections import Counter
from typing import Final

from farshore.plan.fleets.problem import BusPlan, BusProblem

__all__ = ["check_bus_plan", "proven_bound"]

_LEAST: Final = -(1 << 80)  # below any sum: a load may cost more than it earns and lead to a better one


def check_bus_plan(problem: BusProblem, plan: BusPlan) -> list[str]:
    """What is wrong with a plan for buses, in words; nothing if it is all right.

    Every load is brought to a shelter with room by a bus that there is; the makespan is that of the tours; no
    plan can be quicker than the bound that prices prove. A bound found by trying everything is not checked.
    """
    wrong = []
    used = Counter(tour.depot for tour in plan.tours)
    for depot, n in sorted(used.items()):
        if not 0 <= depot < len(problem.buses) or n > problem.buses[depot]:
            wrong.append(f"{n} tours begin at depot {depot}, which has fewer buses")
    served = Counter(pickup for tour in plan.tours for pickup, _ in tour.loads)
    for pickup, loads in enumerate(problem.loads.tolist()):
        if served[pickup] != loads:
            wrong.append(f"{served[pickup]} of {loads} loads are fetched from pickup {pickup}")
    brought = Counter(shelter for tour in plan.tours for _, shelter in tour.loads)
    for shelter, room in enumerate(problem.room.tolist()):
        if brought[shelter] > room:
            wrong.append(
                f"{brought[shelter]} loads are brought to shelter {shelter}, which has room for {room}"
            )
    if {*served} - {*range(len(problem.loads))} or {*brought} - {*range(len(problem.room))}:
        return [*wrong, "a tour visits a place that is not there"]
    latest = 0
    for tour in plan.tours:
        clock, at = 0, -1
        for pickup, shelter in tour.loads:
            clock += int(problem.pull_out[tour.depot][pickup] if at < 0 else problem.back_time[at][pickup])
            clock += int(problem.out_time[pickup][shelter])
            at = shelter
        latest = max(latest, clock)
    if latest != plan.makespan:
        wrong.append(f"the last load arrives at {latest}, not at {plan.makespan}")
    bound = plan.proof.lower_bound
    if bound > latest:
        wrong.append(f"the bound {bound} is above the makespan {latest}")
    if bound > 0 and not proven_bound(problem, plan, bound - 1):
        wrong.append(f"the prices do not prove that nothing below {bound} can be")
    return wrong


def proven_bound(problem: BusProblem, plan: BusPlan, time: int) -> bool:
    """Whether the proof's prices show that not everybody can be in a shelter by `time`.

    Forwards in time: the most that a bus from one depot can have earned when it stands at a shelter.
    """
    pickup_price = plan.proof.pickup_price.tolist()
    shelter_price = plan.proof.shelter_price.tolist()
    if min([*pickup_price, *shelter_price], default=0) < 0:
        return False
    worth = sum(n * p for n, p in zip(problem.loads.tolist(), pickup_price, strict=True))
    worth -= sum(n * p for n, p in zip(problem.room.tolist(), shelter_price, strict=True))
    earned = sum(
        n_buses * _most_earned(problem, depot, pickup_price, shelter_price, time)
        for depot, n_buses in enumerate(problem.buses.tolist())
        if n_buses
    )
    return bool(earned < worth)


def _most_earned(
    problem: BusProblem, depot: int, pickup_price: list[int], shelter_price: list[int], time: int
) -> int:
    """Most that a bus from a depot can have earned by `time`, going forwards from moment to moment.

    It may fetch loads from a pickup as often as it likes, but not twice in succession where only one waits.
    At a shelter the two best sums that were brought there from different pickups are remembered.
    """
    out, back, loads = problem.out_time.tolist(), problem.back_time.tolist(), problem.loads.tolist()
    pickups, shelters = range(len(pickup_price)), range(len(shelter_price))
    at_pickup: list[dict[int, int]] = [{} for _ in range(time + 1)]
    at_shelter: list[list[tuple[int, int, int]]] = [[] for _ in range(time + 1)]  # shelter, earned, from
    so_far_pickup = [_LEAST for _ in pickups]
    so_far_shelter: list[dict[int, int]] = [{} for _ in shelters]  # earned, by the pickup it came from last

    def come(moment: int, pickup: int, earned: int) -> None:
        if moment <= time and at_pickup[moment].get(pickup, _LEAST) < earned:
            at_pickup[moment][pickup] = earned

    for pickup, pull_out in enumerate(problem.pull_out[depot].tolist()):
        come(pull_out, pickup, 0)
    for now in range(time + 1):
        for shelter, earned, source in at_shelter[now]:
            best = so_far_shelter[shelter]
            if earned <= best.get(source, _LEAST):
                continue  # it was here earlier with as much
            better = dict(sorted((best | {source: earned}).items(), key=lambda each: -each[1])[:2])
            if better == best:
                continue
            so_far_shelter[shelter] = better
            for pickup in pickups:
                sums = [sum_ for last, sum_ in better.items() if last != pickup or loads[pickup] > 1]
                if sums:
                    come(now + back[shelter][pickup], pickup, max(sums))
        for pickup, earned in at_pickup[now].items():
            if earned <= so_far_pickup[pickup]:
                continue
            so_far_pickup[pickup] = earned
            for shelter in shelters:
                moment = now + out[pickup][shelter]
                if moment <= time:
                    sum_ = earned + pickup_price[pickup] - shelter_price[shelter]
                    at_shelter[moment].append((shelter, sum_, pickup))
    return max([0, *(sum_ for best in so_far_shelter for sum_ in best.values())])
