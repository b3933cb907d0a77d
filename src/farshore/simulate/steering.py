"""Steering a loading while it runs: changes of the road, and what drivers are told."""

import numpy as np

from farshore.kernels import control
from farshore.kernels.roads import BERTH, CLOSED, HELD, OPEN
from farshore.kernels.services import board
from farshore.simulate.changes import EVERY_ROAD, Change, OnClosure, What
from farshore.simulate.start import Run

__all__ = ["apply", "update"]


def apply(run: Run, change: Change, now_s: float) -> None:
    """Make one change of the road; lanes wait until they are clear."""
    roads, j, links = run.roads, change.link, run.roads.links
    if j == EVERY_ROAD:
        run.held = change.what is What.HOLD
        control.hold_roads(roads, run.held, now_s)
        return
    if change.once_empty >= 0 and links["taken"][change.once_empty] > 0:
        run.pending.append(change)
        return
    if change.what is What.USES:
        mask = int(run.network.uses[j]) & int(change.value)
        links["uses"][j] = mask | (int(links["uses"][j]) & BERTH)
        run.news = True
        return
    if links["ferry"][j] >= 0:
        _apply_to_ferry(run, change, now_s)
        return
    own = float(run.network.saturation_veh_s[j])
    if change.what is What.CAPACITY:
        control.set_saturation(roads, j, own * change.value, now_s)
    elif change.what is What.LANES:
        run.pending = [p for p in run.pending if p.link != j]
        places = min(max(1, round(run.network.places[j] * change.value)), int(links["ring_size"][j]))
        control.set_storage(roads, j, places, now_s)
        control.set_saturation(roads, j, own * change.value, now_s)
    elif change.what is What.OPEN:
        run.news |= bool(links["entry_state"][j] == CLOSED)
        control.set_entry_state(roads, j, HELD if run.held else OPEN, now_s)
        control.set_frozen(roads, j, 0, now_s)
    else:
        closing = change.what is What.CLOSE
        run.news |= closing
        control.set_entry_state(roads, j, CLOSED if closing else HELD, now_s)
        if closing and change.on_closure is OnClosure.STRANDED:
            control.set_frozen(roads, j, 1, now_s)
        elif closing and change.on_closure is OnClosure.TURNED_BACK:
            control.turn_back(roads, run.travellers, j, _queue_at_start(run, j), now_s)


def _apply_to_ferry(run: Run, change: Change, now_s: float) -> None:
    """A ferry that closes finishes its trips; who waits goes back, or stays where stranded is the rule."""
    roads, j = run.roads, change.link
    number = int(roads.links["ferry"][j])
    ferry, service = run.services.ferries[number], run.network.ferries[number]
    on_foot = j == service.walk_link
    place = 2 * number + on_foot
    berth, idle = run.services.berths[place], not run.services.berths["running"][2 * number :][:2].any()
    if change.what is What.CAPACITY:
        if not on_foot:
            ferry["deck_places"] = int(service.deck_vehicles * change.value + 1e-6)
        if on_foot or service.walk_link < 0:
            ferry["seats_persons"] = float(int(service.seats_persons * change.value + 1e-6))
    elif change.what is What.OPEN:
        run.news |= bool(roads.links["entry_state"][j] == CLOSED)
        control.set_entry_state(roads, j, OPEN, now_s)
        if idle:
            _space_vessels(run, number, now_s)
        berth["running"] = 1
    else:
        berth["running"] = 0
        if change.what is What.CLOSE:
            run.news = True
            control.set_entry_state(roads, j, CLOSED, now_s)
            if change.on_closure is not OnClosure.STRANDED:
                control.clear_berth(
                    roads, run.travellers, run.services, place, _queue_at_start(run, j), now_s
                )
    board(roads, run.travellers, run.services, number, now_s)


def _space_vessels(run: Run, number: int, now_s: float) -> None:
    """Service begins anew: vessels that are back lie at the berth at even intervals."""
    service, free_s = run.network.ferries[number], run.services.vessel_free_s[number]
    n_vessels = len(service.first_free_s)
    apart_s = 2.0 * service.trip_s / max(n_vessels, 1)
    for k, vessel in enumerate(np.argsort(free_s[:n_vessels], kind="stable")):
        free_s[vessel] = max(free_s[vessel], now_s + k * apart_s)


def _queue_at_start(run: Run, link: int) -> int:
    return run.network.n_links + run.queue_of_node[int(run.network.from_node[link])]


def update(run: Run, now_s: float) -> None:
    """A routing update: closures become known to all, travel times to the cohort whose turn it is."""
    for change in run.pending[:]:
        if run.roads.links["taken"][change.once_empty] == 0:
            run.pending.remove(change)
            apply(run, change, now_s)
    news, run.news = run.news, False
    if news:
        run.trees.hear_of_closures(run.roads)
        travellers = run.travellers
        control.mark_broken_routes(
            run.roads.links, travellers.route_links, travellers.route_uses, travellers.route_broken
        )
    changed = run.trees.update(run.roads, now_s, everybody=news)
    if news or changed:
        control.decide_anew(run.roads, now_s, changed)
