"""Pauses: spans in which everything, or one asset, stands still and people wait for the end of it."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from farshore.scenario.table import Texts
from farshore.simulate.changes import EVERY_ROAD, Change, What
from farshore.simulate.ground import Ground

__all__ = ["Pause", "with_pauses"]


@dataclass(frozen=True, slots=True)
class Pause:
    """Nobody enters between two moments (s after the start); asset_id "": no road and no ferry."""

    asset_id: str
    from_s: float
    until_s: float


def with_pauses(ground: Ground, pauses: Sequence[Pause], crossing_ids: Texts, link_ids: Texts) -> Ground:
    """The ground with pauses laid over its changes: what is open is held, what is closed stays closed.

    Whoever is on a road drives on to its end; a ferry under way lands.
    """
    if not pauses:
        return ground
    ferries = {link for service in ground.network.ferries for link in service.links}
    spans: defaultdict[int, list[tuple[float, float]]] = defaultdict(list)
    for asset in sorted({pause.asset_id for pause in pauses}):
        mine = [(pause.from_s, pause.until_s) for pause in pauses if pause.asset_id == asset]
        for link in _links_of(asset, ground, ferries, crossing_ids, link_ids):
            spans[link] += mine
    touched: dict[int, list[Change]] = {link: [] for link in spans}
    others: list[Change] = []
    for change in ground.changes:
        touched.get(change.link, others).append(change)
    changes = others + [new for link in sorted(spans) for new in _held(link, touched[link], spans[link])]
    return replace(ground, changes=tuple(changes))


def _links_of(
    asset_id: str, ground: Ground, ferries: set[int], crossing_ids: Texts, link_ids: Texts
) -> list[int]:
    if not asset_id:
        return [EVERY_ROAD, *sorted(ferries)]
    return [
        arc
        for arc, (link, crossing) in enumerate(
            zip(ground.link_row.tolist(), ground.crossing_row.tolist(), strict=True)
        )
        if link_ids[link] == asset_id or (crossing >= 0 and crossing_ids[crossing] == asset_id)
    ]


def _held(link: int, changes: Iterable[Change], spans: Sequence[tuple[float, float]]) -> list[Change]:
    """Changes of one link with holds in between; capacities, lanes and uses stay as they were."""
    found: list[Change] = []
    moments: list[tuple[float, int, Change | None]] = []
    for change in changes:
        if change.what in (What.CAPACITY, What.LANES, What.USES):
            found.append(change)
        else:
            moments.append((change.time_s, 0, change))
    edges = _edges(spans)
    moments += [(moment, 1, None) for moment in edges]
    moments.sort(key=lambda each: each[:2])
    own, shown = What.OPEN, What.OPEN
    for moment, _, own_change in moments:
        if own_change is not None:
            own = own_change.what
        paused = bisect_right(edges, moment) % 2 == 1  # after a beginning, before its end
        wanted = What.HOLD if own is What.OPEN and paused else own
        if wanted is not shown or (own_change is not None and own is What.CLOSE):
            if shown is What.CLOSE and wanted is What.HOLD:
                found.append(Change(moment, link, What.OPEN))
            found.append(
                own_change
                if own_change is not None and own_change.what is wanted
                else Change(moment, link, wanted)
            )
            shown = wanted
    return sorted(found, key=lambda change: change.time_s)


def _edges(spans: Iterable[tuple[float, float]]) -> list[float]:
    """Beginnings and ends in turn, rising, of spans that no longer overlap or touch."""
    edges: list[float] = []
    for begin, end in sorted(spans):
        if end <= begin:
            continue
        if edges and begin <= edges[-1]:
            edges[-1] = max(edges[-1], end)
        else:
            edges += [begin, end]
    return edges
