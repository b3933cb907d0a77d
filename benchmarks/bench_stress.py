"""Futures replayed: what is worked out once for all of them, against a simulation from scratch for each."""

from dataclasses import dataclass

from benchmarks.bench_plan import kherson
from benchmarks.registry import benchmark
from benchmarks.stress_cases import river_scenario
from farshore.plan import plan
from farshore.results.outcome import Outcome
from farshore.scenario.scenario import Scenario
from farshore.simulate import Options, Rehearsal, simulate
from farshore.stress import Futures

SEED = 7


@dataclass(frozen=True)
class Many:
    """A scenario, its plan or none, and how many futures in which crossings are lost."""

    scenario: Scenario
    plan: Outcome | None
    futures: int


def kherson_futures(futures: int) -> Many:
    """The shipped scenario with its plan."""
    scenario = kherson(336)
    return Many(scenario, plan(scenario), futures)


def river_futures(futures: int) -> Many:
    """240,000 vehicles, three crossings, 16 h; nobody has a plan."""
    return Many(river_scenario(240_000, 16), None, futures)


def from_scratch(many: Many) -> list[int]:
    """`simulate` for each future, pauses left out on both sides."""
    futures = Futures(many.scenario, seed=SEED, vary=("hazards",))
    return [
        simulate(
            futures.scenario_of(futures.future(number))[0],
            plan=many.plan,
            options=Options(sample_s=10_800.0),
            seed=SEED,
        ).arrived_persons
        for number in range(many.futures)
    ]


def _replayed(many: Many) -> list[int]:
    rehearsal = Rehearsal(many.scenario, many.plan, Options(), seed=SEED)
    futures = Futures(many.scenario, seed=SEED, vary=("hazards",))
    return [
        rehearsal.run(futures.scenario_of(futures.future(number))[0]).arrived
        for number in range(many.futures)
    ]


@benchmark(
    area="stress",
    sizes=(10, 40, 160),
    instance=kherson_futures,
    rivals={"simulate, each from scratch": from_scratch},
    scale=lambda many: many.futures,
    scale_unit="futures",
    notes="Size is the number of futures; one process; the answer is who arrives in each.",
)
def crossing_losses(many: Many) -> list[int]:
    """Crossing-loss futures of Kherson, 30,000 vehicles keeping to a plan."""
    return _replayed(many)


@benchmark(
    area="stress",
    sizes=(2, 10, 100),
    instance=river_futures,
    rivals={"simulate, each from scratch": from_scratch},
    scale=lambda many: many.futures,
    scale_unit="futures",
    limit_s=1200,
    notes=(
        "Size is the number of futures; one process; every driver chooses, half of them hear of "
        "queues. A loss a day for each of three crossings; nothing is lost in 18 of the first 100. "
        "Futures share what comes before they part."
    ),
)
def river_losses(many: Many) -> list[int]:
    """Crossing-loss futures of a river with 240,000 vehicles."""
    return _replayed(many)
