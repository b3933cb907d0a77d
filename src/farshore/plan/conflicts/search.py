"""The smallest sets of facts that conflict: from a minimum cut, by leaving out whatever it can do without.

Chinneck, J. W. (2008), Feasibility and Infeasibility in Optimization, ch. 6 (the deletion filter).
Junker, U. (2004), QuickXplain, AAAI (leaving out many at once).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from farshore.plan.conflicts.facts import KINDS, Fact, Facts, World
from farshore.plan.conflicts.most import LATE, Cut, People, most_placed

__all__ = ["Clash", "clashes", "everybody"]

_DEPTHS = 4  # conflicts behind conflicts behind conflicts
_MOST = 12  # explained at each depth, those that hold most people first
_QUANTITIES = ("link", "crossing", "intake", "beds")


@dataclass(frozen=True, eq=False)
class Clash:
    """A conflict: where only `facts` hold, `short` of `people` cannot be placed; without any of them, fewer.

    cut : the places left to them; None for people who are ready only after the end
    """

    depth: int
    people: tuple[People, ...]
    facts: Facts
    short: int
    cut: Cut | None


def everybody(world: World) -> tuple[People, ...]:
    """All people of all zones."""
    return tuple(People(zone, 0, LATE) for zone in range(len(world.people)) if world.people[zone])


def clashes(world: World, tell: Callable[[Clash], None]) -> None:
    """Tell every conflict found, one after the other, those that hold now first.

    The facts of a conflict need not be all that stands in the way: once found, they are taken away, and what
    still holds people then is a conflict of the next depth. Conflicts of one depth hold different people.
    """
    holding, people = world.facts(), everybody(world)
    for depth in range(_DEPTHS):
        found = list(_at_depth(world, holding, people, depth, tell))
        gone = {fact for clash in found for fact in clash.facts if fact.kind != "horizon"}
        holding -= gone
        for clash in found:
            if not any(
                fact.kind != "horizon" for fact in clash.facts
            ):  # nothing could be done but let them stay
                people = _without(people, clash.people)
        if not found or not people:
            return


def _at_depth(
    world: World, holding: Facts, people: tuple[People, ...], depth: int, tell: Callable[[Clash], None]
) -> Iterator[Clash]:
    left = most_placed(world, holding, people, explain=True)
    seen: list[Facts] = []
    late = tuple(
        People(each.zone, world.n_steps, each.end)
        for each in people
        if each.end > world.n_steps and _late_people(world, each.zone) and Fact("ready", each.zone) in holding
    )
    if late and left.late:
        short = most_placed(world, holding, late, explain=False).short
        may = frozenset(
            fact for fact in holding if fact.kind != "ready" or fact.row in {p.zone for p in late}
        )
        kept = _shrunk(world, late, short, frozenset(f for f in may if f.kind in ("ready", "horizon")), may)
        clash = Clash(depth, late, kept, short, None)
        tell(clash)
        yield clash
    for cut in sorted(left.cuts, key=lambda cut: (-cut.short, min(cut.who)))[:_MOST]:
        mine = tuple(
            People(each.zone, cut.who[each.zone], min(each.end, world.n_steps))
            if Fact("ready", each.zone) in holding
            else each
            for each in people
            if each.zone in cut.who
        )
        for clash in _of_group(world, holding, mine, cut, depth, seen):
            tell(clash)
            seen.append(clash.facts)
            yield clash


def _late_people(world: World, zone: int) -> int:
    return int(world.people[zone] - world.ready[zone, : world.n_steps].sum())


def _of_group(
    world: World, holding: Facts, people: tuple[People, ...], cut: Cut, depth: int, seen: list[Facts]
) -> Iterator[Clash]:
    """The conflict of a group; several, if once all else is away its people are held by different things."""
    zones = {each.zone for each in people}
    for facts in seen:  # what holds others may hold these
        if most_placed(world, facts, people, explain=False).short >= cut.short:
            kept = _shrunk(world, people, cut.short, facts, facts)
            break
    else:
        may = frozenset(fact for fact in holding if fact.kind != "ready" or fact.row in zones)
        likely = frozenset(fact for fact in may if fact.kind not in _QUANTITIES)
        likely |= (frozenset(cut.facts) | world.always_shut()) & may
        kept = _shrunk(world, people, cut.short, likely, may)
    # The end of the plan is said with what the places hold by then, whether a later one would help or not.
    cuts = most_placed(world, kept | {Fact("horizon", 0)}, people, explain=True).cuts
    if len(cuts) == 1:
        yield Clash(depth, _those(people, cuts[0], kept), kept, cut.short, cuts[0])
        return
    for part in cuts:
        yield from _of_group(world, kept, _those(people, part, kept), part, depth, [])


def _those(people: tuple[People, ...], cut: Cut, holding: Facts) -> tuple[People, ...]:
    """Of some people those whom a cut holds."""
    return tuple(
        replace(each, first=max(each.first, cut.who[each.zone]))
        if Fact("ready", each.zone) in holding
        else each
        for each in people
        if each.zone in cut.who
    )


def _shrunk(world: World, people: tuple[People, ...], short: int, likely: Facts, may: Facts) -> Facts:
    """The facts without any that is not needed for as many to be left over.

    likely : tried first, all of `may` where they do not suffice
    """

    def suffices(facts: Facts) -> bool:
        return most_placed(world, facts, people, explain=False).short >= short

    kept = likely if suffices(likely) else may
    for kind in KINDS:
        mine = sorted(fact for fact in kept if fact.kind == kind)
        kept = _without_needless(suffices, kept, mine)
    return kept


def _without_needless(suffices: Callable[[Facts], bool], kept: Facts, facts: list[Fact]) -> Facts:
    if not facts:
        return kept
    without = kept - frozenset(facts)
    if suffices(without):
        return without
    if len(facts) == 1:
        return kept
    half = len(facts) // 2
    kept = _without_needless(suffices, kept, facts[:half])
    return _without_needless(suffices, kept, facts[half:])


def _without(people: tuple[People, ...], gone: tuple[People, ...]) -> tuple[People, ...]:
    """People without others of the same zones: who is ready before them stays."""
    first = {each.zone: each.first for each in gone}
    rest = (replace(each, end=min(each.end, first.get(each.zone, LATE))) for each in people)
    return tuple(each for each in rest if each.end > each.first)
