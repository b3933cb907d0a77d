"""Replanning: a plan and what has happened to it in, a plan for everybody from that moment on out."""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import Final

import numpy as np

from farshore.errors import Interrupted, UsageFault
from farshore.plan.binding import binding_of
from farshore.plan.certificate import certificate_of
from farshore.plan.model import Problem
from farshore.plan.prices import prices_of
from farshore.plan.reduce import reduce_network
from farshore.plan.replanning.assemble import Assembled, assemble, assemble_whole
from farshore.plan.replanning.changes import changed_persons, changes_of
from farshore.plan.replanning.chosen import Chosen, chosen_of, cost_ahead, staying
from farshore.plan.replanning.events import Caught, after_events, first_step_from, parse_events
from farshore.plan.replanning.groups import Instructed, Waiting, instructed_groups, waiting_on_the_road
from farshore.plan.replanning.part import Taken
from farshore.plan.replanning.remaining import Remaining, from_step, remaining_problem
from farshore.plan.replanning.seating import seat_households
from farshore.plan.replanning.stages import Plan, Proof, stages
from farshore.plan.replanning.state import State, state_of
from farshore.plan.stop import Gap, Progress, Stop
from farshore.results.measures import effort_of, flows_of
from farshore.results.outcome import Outcome, Replan, TradeOff, Unserved
from farshore.scenario.scenario import Scenario
from farshore.scenario.timing import Ints, Timing, timing_of

__all__ = ["STABILITY_PERSON_H", "replan"]

STABILITY_PERSON_H: Final = 1.0
MICRO: Final = 1_000_000


def replan(
    old: Outcome,
    *,
    at: str,
    close: Sequence[str] = (),
    open_: Sequence[str] = (),
    capacity: Sequence[str] = (),
    arrived: Mapping[str, int] | None = None,
    caught: Caught = Caught.BACK,
    stability_person_h: float = STABILITY_PERSON_H,
    stop: Stop | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Outcome:
    """Plan on from the midst of a plan, as docs/model.md defines it (Replanning).

    at : RFC 3339; what the old plan does in steps that begin before it has happened
    close, open_, capacity : as on the command line: ASSET@FROM/UNTIL, ASSET=SHARE@FROM/UNTIL
    arrived : host_id → persons taken in by then, where that is not what the plan says
    stability_person_h : person-hours at exposure 1 that sparing one person a new instruction is worth
    stop : for the proof of the best plan; `Gap(0.0)` if not said

    The outcome holds everybody, from the scenario's start on; its `replan` says what is new and what other
    plans would have cost. Raises UsageFault for a time or an event that makes no sense.
    """
    begun_s = time.monotonic()
    stop = Gap(0.0) if stop is None else stop
    if not 0 <= stability_person_h < 1e9:
        raise UsageFault(f"--stability {stability_person_h} makes no sense; give person-hours, 0 or more")
    if old.services is not None:
        if arrived:
            raise UsageFault("--arrived is not known yet of plans with classes: leave it out")
        from farshore.plan.classes.onward.replan import replan_classes  # noqa: PLC0415 (few replans need it)

        return replan_classes(
            old,
            at=at,
            close=close,
            open_=open_,
            capacity=capacity,
            caught=caught.value,
            stability_person_h=stability_person_h,
            stop=stop,
            progress=progress,
        )
    told = _telling(progress, begun_s)
    first = first_step_from(at, old)
    events = parse_events(old.scenario, first, close=close, open_=open_, capacity=capacity)
    _check_counted(old.scenario, arrived or {})
    try:
        told("who is where", 0.0, None, None)
        scenario = after_events(old.scenario, events)
        whole = timing_of(scenario)
        timing = from_step(whole, first)
        state, others = state_of(old, timing, at=first, events=events, caught=caught, counted=arrived or {})
        waiting = waiting_on_the_road(old, state)
        remaining = remaining_problem(
            scenario,
            timing,
            state,
            gone=_gone(old, first, len(scenario.zones)),
            supply=_supply(waiting, first),
        )
        instructed = instructed_groups(old, timing, state, remaining, waiting)
        told("reducing", 0.1, None, None)
        reduced = reduce_network(remaining.problem)
        weight = round(stability_person_h * MICRO)
        plans, proof, rounds = stages(
            remaining.problem,
            reduced,
            instructed.kept,
            prices_of(old, remaining.problem, first),
            weights=_weights(weight, remaining.problem.timing.left_cost),
            stop=stop,
            begun_s=begun_s,
            report=lambda objective, bound: told("solving", 0.5, objective, bound),
        )
    except KeyboardInterrupt:
        raise Interrupted("stopped before there was a plan; nothing was written") from None
    told("routes", 0.9, None, None)
    chosen = plans[-1]
    for_persons = final = chosen_of(instructed, chosen)
    if old.households is None:
        made, moved = assemble(old, timing, state, remaining, instructed, waiting, final), 0
    else:
        seated = seat_households(state, remaining, instructed, waiting, for_persons)
        made, moved, final = (
            assemble_whole(old, timing, state, waiting, seated),
            seated.moved,
            seated.chosen,
        )
    stay = staying(remaining.problem, instructed, final)
    binding = binding_of(
        remaining.problem, reduced, proof.prices, stay, only=remaining.n_zones, ways=proof.ways
    )
    unserved = _unserved(remaining, scenario, binding, stay, made)
    anew: defaultdict[int, int] = defaultdict(int)
    for each in waiting:
        if each.told is None and each.cause != "before":  # these had no way on, and hear of none
            anew[each.node] += each.persons
    record = Replan(
        at_step=first,
        caught=caught.value,
        stability_person_h=stability_person_h,
        events=events,
        others=others,
        stranded=made.stranded,
        halted=_halted(state),
        counts=_counts(state, remaining),
        trade_off=(),
        changes=changes_of(old, scenario, timing, state, instructed, chosen, made, events),
        old_routes=old.routes,
        old_departures=old.departures,
        old_stranded=old.replan.stranded if old.replan else (),
        old_households=old.households,
        parted=state.parted,
    )
    outcome = Outcome(
        scenario=scenario,
        routes=made.routes,
        departures=made.departures,
        people=dict(old.people),
        unserved=unserved,
        certificate=certificate_of(remaining.problem, proof.prices, objective=0, lower_bound=0, first=first),
        audit=(),
        blocked_hosts=dict(remaining.problem.blocked),
        solve_s=time.monotonic() - begun_s,
        complete=plans[0].objective - proof.lower_bound <= stop.gap * plans[0].objective,
        options={"gap": stop.gap, "seconds": stop.seconds},
        version=version("farshore"),
        rounds=rounds,
        households=made.households,
        replan=record,
    )
    if outcome.households is not None:
        outcome = replace(outcome, households=replace(outcome.households, moved=moved))
    return _costed(outcome, whole, remaining, instructed, anew, plans, chosen, final, proof)


def _telling(
    progress: Callable[[Progress], None] | None, begun_s: float
) -> Callable[[str, float, int | None, int | None], None]:
    def told(phase: str, fraction: float, objective: int | None, lower_bound: int | None) -> None:
        if progress is not None:
            elapsed_s = time.monotonic() - begun_s
            eta_s = elapsed_s * (1 - fraction) / fraction if fraction > 0.05 else None
            progress(Progress(phase, fraction, eta_s, objective, lower_bound))

    return told


def _check_counted(scenario: Scenario, counted: Mapping[str, int]) -> None:
    known = set(scenario.hosts.host_id)
    for host_id, persons in counted.items():
        if host_id not in known:
            raise UsageFault(
                f"there is no host {host_id!r} in the plan; hosts are {', '.join(sorted(known))}"
            )
        if persons < 0:
            raise UsageFault(f"{persons} people counted at {host_id}; give 0 or more")


def _gone(old: Outcome, first: int, n_zones: int) -> Ints:
    """Who has left each zone before a step, wherever they are by then: int64[n_zones]."""
    zone_row = old.scenario.zones.position()
    gone = np.zeros(n_zones, np.int64)
    before = old.departures.step < first
    zone = np.array([zone_row[route.zone_id] for route in old.routes], np.int64)
    np.add.at(gone, zone[old.departures.route[before]], old.departures.persons[before])
    for each in old.replan.stranded if old.replan else ():
        gone[zone_row[each.route.zone_id]] += each.persons
    return gone


def _supply(waiting: Sequence[Waiting], first: int) -> dict[tuple[int, int], int]:
    supply: defaultdict[tuple[int, int], int] = defaultdict(int)
    for each in waiting:
        supply[each.node, each.since - first] += each.persons
    return dict(supply)


def _weights(weight: int, left_cost: int) -> list[int]:
    """One for which nobody is left behind, one that spares many, and the user's own."""
    more = (left_cost // 10, max(10 * MICRO, 10 * weight))
    return [*(other for other in more if other > weight), weight]


def _unserved(
    remaining: Remaining,
    scenario: Scenario,
    binding: Mapping[int, tuple[str, ...]],
    stay: Ints,
    made: Assembled,
) -> tuple[Unserved, ...]:
    """By zone, who stays at home and who waits on the road for good."""
    on_the_road: defaultdict[str, int] = defaultdict(int)
    places: defaultdict[str, list[str]] = defaultdict(list)
    for each in made.stranded:
        on_the_road[each.route.zone_id] += each.persons
        node = each.route.halts[-1].node_id
        places[each.route.zone_id] += [node] if node not in places[each.route.zone_id] else []
    found = []
    for zone in range(remaining.n_zones):
        zone_id = str(scenario.zones.zone_id[zone])
        persons = int(stay[zone]) + on_the_road[zone_id]
        if persons:
            words = binding.get(zone, ())
            if on_the_road[zone_id]:
                where = ", ".join(places[zone_id])
                words = (*words, f"{on_the_road[zone_id]} of them have set out and wait at {where}")
            found.append(Unserved(zone_id, persons, words))
    return tuple(found)


def _halted(state: State) -> dict[tuple[str, str], int]:
    """Who has been broken off by this event, by cause and link."""
    found: defaultdict[tuple[str, str], int] = defaultdict(int)
    for each in state.broken:
        if each.anew:
            found[each.cause, each.link] += each.persons
    return dict(sorted(found.items()))


def _counts(state: State, remaining: Remaining) -> dict[str, int]:
    """Where everybody is at the event; the figures add up to all people."""
    at_home = int(remaining.problem.timing.people[: remaining.n_zones].sum())
    return {
        "arrived": sum(told.persons for told in state.arrived),
        "on_their_way": sum(told.persons for told in state.going),
        "halted_now": sum(each.persons for each in state.broken if each.anew),
        "halted_before": sum(each.persons for each in state.broken if not each.anew)
        + sum(told.persons for told in state.halted),
        "at_home": at_home,
    }


def _costed(
    outcome: Outcome,
    whole: Timing,
    remaining: Remaining,
    instructed: Instructed,
    anew: Mapping[int, int],
    plans: Sequence[Plan],
    chosen: Plan,
    final: Chosen,
    proof: Proof,
) -> Outcome:
    """The outcome with its costs: what is spent, or sure to be, is in the objective and in the bound."""
    effort = effort_of(outcome, whole, flows_of(outcome, whole))
    objective = effort.waiting + effort.travel + effort.left_behind
    problem, record = remaining.problem, outcome.replan
    assert record is not None
    ahead = chosen.objective if outcome.households is None else cost_ahead(problem, instructed, final)
    spent = objective - ahead
    households = outcome.households
    if households is not None:
        households = replace(households, objective_if_split=chosen.objective + spent)
    rows, people = [_nobody_told(problem, instructed, spent)], int(problem.timing.people.sum())
    for plan in (*plans[1:], plans[0]):
        if plan.weight is None:
            what = "only who must"
        elif plan is plans[0]:
            what = "the best there is"
        else:
            what = f"where it saves over {plan.weight / MICRO:,g} h each"
        rows.append(
            TradeOff(
                what=what,
                weight_person_h=None if plan.weight is None else plan.weight / MICRO,
                changed_persons=sum(change.persons for change in record.changes)
                if plan is chosen
                else changed_persons(remaining, instructed, anew, plan),
                objective=objective if plan is chosen else plan.objective + spent,
                unserved=people - int(final.kept.sum() + final.others.persons.sum())
                if plan is chosen
                else people - int(plan.kept.sum() + plan.others.persons.sum()),
                chosen=plan is chosen,
            )
        )
    return replace(
        outcome,
        certificate=replace(outcome.certificate, objective=objective, lower_bound=proof.lower_bound + spent),
        replan=replace(record, trade_off=tuple(rows)),
        households=households,
    )


def _nobody_told(problem: Problem, instructed: Instructed, spent: int) -> TradeOff:
    """What it would cost if nobody heard anything new: who cannot do as told stays where he is."""
    able = np.zeros(len(instructed.told), np.int64)
    np.add.at(able, instructed.of_told, instructed.kept.persons)
    as_told = Chosen(able, Taken.nobody())
    objective = cost_ahead(problem, instructed, as_told) + spent
    unserved = int(problem.timing.people.sum() - able.sum())
    return TradeOff("nobody: who cannot go, stays", None, 0, objective, unserved)
