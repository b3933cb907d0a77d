"""Columns: how the people of a block leave, when and by which ways, and what that uses."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from farshore.kernels.columns import traced, used
from farshore.kernels.paths import FAR
from farshore.plan.classes.model import ClassProblem
from farshore.plan.classes.pricing import Ways
from farshore.scenario.clock import Ints

__all__ = ["Blocks", "Columns", "Timed", "blocks_of", "columns_of", "joined"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Blocks:
    """People of one commodity who become ready in consecutive steps.

    of : int64[n_commodities, n_steps], block of those who become ready; commodity, people : int64[n_blocks]
    """

    of: Ints
    commodity: Ints
    people: Ints


def blocks_of(problem: ClassProblem, quantum: float) -> Blocks:
    """Cut each commodity's people in blocks of about `quantum`."""
    newly = problem.people.newly_ready
    ready = np.cumsum(newly, axis=1)
    number = (np.maximum(ready - newly // 2 - 1, 0) // max(1.0, quantum)).astype(np.int64)
    number = np.maximum.accumulate(number, axis=1)
    step = np.diff(number, axis=1, prepend=-1) > 0
    of = (np.cumsum(step.ravel()) - 1).reshape(newly.shape)
    people = np.bincount(of.ravel(), newly.ravel(), minlength=int(of.max(initial=-1)) + 1).astype(np.int64)
    commodity = np.zeros(len(people), np.int64)
    commodity[of.ravel()] = np.repeat(np.arange(len(newly)), newly.shape[1])
    return Blocks(of, commodity, people)


@dataclass(frozen=True, eq=False)
class Timed:
    """Ways with the step in which they begin.

    commodity, depart, host, arrives, cost : int64[n_ways]; cost of the way itself, without prices
    first : int64[n_ways + 1]; arc, entered : int64[n_used], arcs of the layers in order of travel
    use_way, use_resource : int64[n_uses]; use_amount : float64[n_uses]
    """

    commodity: Ints
    depart: Ints
    host: Ints
    arrives: Ints
    cost: Ints
    first: Ints
    arc: Ints
    entered: Ints
    use_way: Ints
    use_resource: Ints
    use_amount: Floats

    def way(self, row: int) -> tuple[Ints, Ints]:
        """Arcs of a way and the steps in which they are entered."""
        span = slice(int(self.first[row]), int(self.first[row + 1]))
        return self.arc[span], self.entered[span]


@dataclass(frozen=True, eq=False)
class Columns:
    """Ways for the people of blocks; a person of the column is the average over those of the block.

    block : int64[n_columns]; cost : float64[n_columns], of a person, from being ready on
    part_column, part_way : int64[n_parts]; part_share : float64[n_parts], of the column's people on a way
    """

    block: Ints
    cost: Floats
    part_column: Ints
    part_way: Ints
    part_share: Floats
    ways: Timed

    def __len__(self) -> int:
        return len(self.block)

    def uses(self) -> tuple[Ints, Ints, Floats]:
        """What a person of each column uses: column, resource, amount."""
        n_ways = len(self.ways.commodity)
        size = np.bincount(self.ways.use_way, minlength=n_ways)
        begin = np.concatenate([[0], np.cumsum(size)])[:-1]
        count = size[self.part_way]
        along = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        which = np.repeat(begin[self.part_way], count) + along
        amount = np.repeat(self.part_share, count) * self.ways.use_amount[which]
        return np.repeat(self.part_column, count), self.ways.use_resource[which], amount


def joined(one: Columns | None, other: Columns) -> Columns:
    """Columns of both, in order."""
    if one is None:
        return other
    a, b = one.ways, other.ways
    n_ways = len(a.commodity)
    plain = ("commodity", "depart", "host", "arrives", "cost")
    ways = Timed(
        *(np.concatenate([getattr(a, name), getattr(b, name)]) for name in plain),
        first=np.concatenate([a.first, a.first[-1] + b.first[1:]]),
        arc=np.concatenate([a.arc, b.arc]),
        entered=np.concatenate([a.entered, b.entered]),
        use_way=np.concatenate([a.use_way, n_ways + b.use_way]),
        use_resource=np.concatenate([a.use_resource, b.use_resource]),
        use_amount=np.concatenate([a.use_amount, b.use_amount]),
    )
    return Columns(
        block=np.concatenate([one.block, other.block]),
        cost=np.concatenate([one.cost, other.cost]),
        part_column=np.concatenate([one.part_column, len(one) + other.part_column]),
        part_way=np.concatenate([one.part_way, n_ways + other.part_way]),
        part_share=np.concatenate([one.part_share, other.part_share]),
        ways=ways,
    )


def columns_of(problem: ClassProblem, blocks: Blocks, ways: Ways, bias: Ints | None = None) -> Columns:
    """The cheapest behaviour of every block under the prices of `ways`; those who best stay are left out.

    bias : int64[n_commodities, n_steps], added to what leaving in a step costs, to have other steps chosen
    """
    people = problem.people
    from_home = ways.from_home if bias is None else np.where(ways.from_home < FAR, ways.from_home + bias, FAR)
    leave = np.full(from_home.shape, -1, np.int64)
    worth = np.full(len(from_home), problem.left_cost, np.int64)
    chosen = np.full(len(from_home), -1, np.int64)
    for k in range(problem.timing.n_steps - 1, -1, -1):
        worth = worth + problem.wait_cost[:, k]
        better = from_home[:, k] <= worth
        worth = np.where(better, from_home[:, k], worth)
        chosen = np.where(better, k, chosen)
        leave[:, k] = chosen
    who, ready = np.nonzero((people.newly_ready > 0) & (leave >= 0))
    count, depart, block = people.newly_ready[who, ready], leave[who, ready], blocks.of[who, ready]
    n_steps = problem.timing.n_steps
    pairs, way = np.unique(who * n_steps + depart, return_inverse=True)
    timed = _timed(problem, ways, pairs // n_steps, pairs % n_steps)
    waits = np.concatenate(
        [np.zeros((len(from_home), 1), np.int64), np.cumsum(problem.wait_cost, axis=1)], axis=1
    )
    each = waits[who, depart] - waits[who, ready] + timed.cost[way]
    kept, column = np.unique(block, return_inverse=True)
    there = np.bincount(column, count)  # those of the block who leave at all
    parts, part = np.unique(column * len(pairs) + way, return_inverse=True)
    share = np.bincount(part, count)
    part_column, part_way = parts // len(pairs), parts % len(pairs)
    return Columns(
        block=kept,
        cost=np.bincount(column, count * each.astype(np.float64)) / there,
        part_column=part_column,
        part_way=part_way,
        part_share=share / there[part_column],
        ways=timed,
    )


def _timed(problem: ClassProblem, ways: Ways, commodity: Ints, depart: Ints) -> Timed:
    """The cheapest ways of some commodities in some steps, by rising commodity."""
    layers, people = problem.layers, problem.people
    first, arcs, enters = [np.zeros(1, np.int64)], [], []
    host, arrives = np.empty(len(commodity), np.int64), np.empty(len(commodity), np.int64)
    order = np.argsort(ways.group[commodity], kind="stable")
    bounds = np.searchsorted(ways.group[commodity][order], np.arange(len(ways.labels) + 1))
    for group, labels in enumerate(ways.labels):
        mine = order[bounds[group] : bounds[group + 1]]
        begins, arc, entered, ends, arrival = traced(
            ways.start[commodity[mine], depart[mine]], depart[mine], layers.head, layers.comes_from, layers.steps,
            labels.choice_1, labels.choice_2, labels.toward_1,
        )  # fmt: skip
        host[mine], arrives[mine] = ends % len(problem.host_open), arrival  # by car or on foot
        first.append(begins[1:] + first[-1][-1])
        arcs.append(arc)
        enters.append(entered)
    commodity, depart, host, arrives = commodity[order], depart[order], host[order], arrives[order]
    whole, arc, entered = np.concatenate(first), np.concatenate(arcs), np.concatenate(enters)
    need = np.repeat(people.need[commodity], np.diff(whole))
    use_way, use_resource, use_amount = used(
        whole, arc, entered, host, arrives, layers.seats[need, arc], layers.use_first, layers.use_base,
        layers.use_offset, layers.use_unit, layers.use_seats, layers.n_steps, layers.resources.intake,
        layers.resources.beds,
    )  # fmt: skip
    row = layers.cost_of[arc]
    each = layers.flat_cost[need, arc] + np.where(row >= 0, layers.costs[need, row, entered], 0)
    total = np.concatenate([[0], np.cumsum(each)])
    timed = Timed(
        commodity, depart, host, arrives, total[whole[1:]] - total[whole[:-1]], whole, arc, entered,
        use_way, use_resource, use_amount,
    )  # fmt: skip
    return _ordered(timed, np.argsort(order))


def _ordered(timed: Timed, rows: Ints) -> Timed:
    """The same ways in another order."""
    size = np.diff(timed.first)
    use_size = np.bincount(timed.use_way, minlength=len(size))

    def spans(first: Ints, count: Ints) -> Ints:
        along = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        return np.repeat(first, count) + along

    steps = spans(timed.first[rows], size[rows])
    uses = spans((np.cumsum(use_size) - use_size)[rows], use_size[rows])
    return Timed(
        timed.commodity[rows], timed.depart[rows], timed.host[rows], timed.arrives[rows], timed.cost[rows],
        np.concatenate([[0], np.cumsum(size[rows])]), timed.arc[steps], timed.entered[steps],
        np.repeat(np.arange(len(rows)), use_size[rows]), timed.use_resource[uses], timed.use_amount[uses],
    )  # fmt: skip
