"""What a robust plan is worth beside the plan for the undisturbed future, and the file that says so."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from farshore.results.stress import Interval, Paired

__all__ = [
    "ROBUST_FILE",
    "Faced",
    "RobustFuture",
    "RobustResult",
    "robust_seal",
    "robust_statement",
    "robust_summary",
]

ROBUST_FILE: Final = "robust.json"


@dataclass(frozen=True, slots=True)
class RobustFuture:
    """One future: what is lost in it, and what each of the two plans comes to. Costs in 10⁶ units.

    known_from_h : hours after the start from which people are told anew; None: nothing is lost
    """

    number: int
    known_from_h: float | None
    lost: tuple[str, ...]
    robust_person_h: float
    nominal_person_h: float
    robust_left: int
    nominal_left: int


@dataclass(frozen=True, slots=True)
class Faced:
    """What a plan comes to over some futures: measure and mean of its costs, who is left behind."""

    measure_person_h: float
    mean_person_h: float
    left_mean: float
    left_most: int


@dataclass(frozen=True, eq=False)
class RobustResult:
    """A robust plan and the nominal one, which is the best if nothing is lost.

    measure : as given, cvar@0.9 or mean; the objective is this and `undisturbed_weight` times the cost if
        nothing is lost
    objective, nominal_objective, lower_bound : person-hours (10⁶ units), over the futures planned for, for
        persons; no instructions have an objective below the bound
    proven : whether they came as near as was asked; partial : stopped before that was tried to the end
    undisturbed : what the plans as written cost if nothing is lost, robust and nominal, person-hours
    undisturbed_persons : the same of the plans for persons, which the objective counts
    sampled : the futures planned for; fresh : others, in which the plans as written are compared
    faced_sampled, faced_fresh : what the plans come to in them, robust and nominal
    gains : by figure of `Faced`, nominal less robust in the fresh futures, with its interval
    rehearsed : how many fresh futures both were replayed in with traffic; rehearsal : differences in them,
        robust less nominal
    """

    measure: str
    undisturbed_weight: float
    seed: int
    fresh_seed: int
    objective: float
    nominal_objective: float
    lower_bound: float
    proven: bool
    partial: bool
    rounds: tuple[tuple[float, float], ...]
    undisturbed: tuple[float, float]
    undisturbed_persons: tuple[float, float]
    sampled: tuple[RobustFuture, ...]
    fresh: tuple[RobustFuture, ...]
    faced_sampled: tuple[Faced, Faced]
    faced_fresh: tuple[Faced, Faced] | None
    gains: Mapping[str, Interval]
    rehearsed: int = 0
    rehearsal: Sequence[Paired] = ()

    @property
    def gap(self) -> float:
        """Distance of the objective from the bound, as a share of it."""
        return (self.objective - self.lower_bound) / self.objective if self.objective else 0.0

    @property
    def price_person_h(self) -> float:
        """The price of robustness: what the robust plan costs more if nothing is lost."""
        return self.undisturbed[0] - self.undisturbed[1]

    @property
    def price_share(self) -> float:
        """The price as a share of what the nominal plan costs."""
        return self.price_person_h / self.undisturbed[1] if self.undisturbed[1] else 0.0


def robust_statement(result: RobustResult) -> tuple[str, ...]:
    """In words: how good the plan is, what it costs, what could be gained, what fresh futures say."""
    n, lossy = len(result.sampled), sum(each.known_from_h is not None for each in result.sampled)
    best = result.nominal_objective or 1.0
    most, reached = 1 - result.lower_bound / best, 1 - result.objective / best
    near = "" if _nothing(result.gap) else f"within {_share(result.gap)} of "
    lines = [
        f"Planned for {n:,} futures, in {lossy:,} of which something is lost: {near}the best that any "
        "instructions could do in them."
    ]
    if _nothing(most):
        lines.append("The plan for no loss is that already: nothing could be gained in them.")
    else:
        lines.append(
            f"Beside the plan for no loss, the most that could be gained in them is {_share(most)} of the "
            f"objective; {_share(reached)} is."
        )
    lines.append(
        f"Price of robustness: {result.price_person_h:,.0f} person-hours if nothing is lost "
        f"({_share(result.price_share)})."
    )
    lines += _fresh_words(result) if result.fresh else []
    lines += _rehearsed_words(result)
    if result.partial:
        lines.append("Stopped early: these are the best instructions found by then.")
    return tuple(lines)


def _fresh_words(result: RobustResult) -> list[str]:
    level = float(result.measure.partition("@")[2] or 0)
    where = (
        f"in the worst {_share(1 - level)} of {len(result.fresh):,} fresh futures"
        if level
        else (f"in {len(result.fresh):,} fresh futures")
    )
    gain, left = result.gains["measure_person_h"], result.gains["left_mean"]
    span = f"(95 % interval {gain.low:,.0f} to {gain.high:,.0f})"
    if gain.low > 0:
        words = f"saves {gain.value:,.0f} person-hours a future, on average, {where} {span}."
    elif gain.high < 0:
        words = f"costs {-gain.value:,.0f} person-hours a future MORE, on average, {where} {span}."
    else:
        words = f"makes no difference {where} that chance could not: it saves {gain.value:,.0f} {span}."
    lines = [f"Compared out of sample, it {words}"]
    if left.value or left.low < left.high:
        more = "fewer" if left.value >= 0 else "more"
        lines.append(
            f"On average of all of them, {abs(left.value):,.1f} people {more} are left behind "
            f"({left.low:,.1f} to {left.high:,.1f} fewer)."
        )
    return lines


def _rehearsed_words(result: RobustResult) -> list[str]:
    """What traffic makes of the two plans, in the middle of the futures in which they were replayed."""
    lines = []
    for measure, words in (
        ("unserved", "people left behind"),
        ("exposure_person_h", "person-hours of exposure"),
    ):
        for pair in (each for each in result.rehearsal if each.measure == measure):
            middle = pair.median
            span = f"({middle.low:+,.0f} to {middle.high:+,.0f})"
            more = (
                "makes no difference that chance could not"
                if middle.low <= 0 <= middle.high
                else ("is WORSE" if middle.value > 0 else "is better")
            )
            lines.append(
                f"Replayed with traffic in {result.rehearsed:,} fresh futures, it {more}: {words} "
                f"{middle.value:+,.0f} {span} in the middle one."
            )
    return lines


def robust_summary(result: RobustResult) -> dict[str, Any]:
    """The whole of robust.json: person-hours are in 10⁶ units of the objective, as in summary.json."""

    def faced(pair: tuple[Faced, Faced] | None) -> dict[str, Any]:
        if pair is None:
            return {}
        return {"robust": _rounded(asdict(pair[0])), "nominal": _rounded(asdict(pair[1]))}

    told = {
        "measure": result.measure,
        "undisturbed_weight": result.undisturbed_weight,
        "seed": result.seed,
        "fresh_seed": result.fresh_seed,
        "statement": list(robust_statement(result)),
        "objective": {
            "robust": round(result.objective, 6),
            "nominal": round(result.nominal_objective, 6),
            "lower_bound": round(result.lower_bound, 6),
            "gap": round(result.gap, 9),
            "proven": result.proven,
        },
        "partial": result.partial,
        "undisturbed": {
            "robust": round(result.undisturbed[0], 6),
            "nominal": round(result.undisturbed[1], 6),
            "persons": {
                "robust": round(result.undisturbed_persons[0], 6),
                "nominal": round(result.undisturbed_persons[1], 6),
            },
        },
        "price_of_robustness": {
            "person_h": round(result.price_person_h, 6),
            "share": round(result.price_share, 9),
        },
        "sampled": {"futures": len(result.sampled), **faced(result.faced_sampled)},
        "fresh": {"futures": len(result.fresh), **faced(result.faced_fresh)},
        "gains": {name: _rounded(asdict(gain)) for name, gain in result.gains.items()},
        "rehearsed": {
            "futures": result.rehearsed,
            "differences": {
                pair.measure: {
                    name: _rounded(asdict(getattr(pair, name)))
                    for name in ("low10", "median", "high90", "better")
                }
                for pair in result.rehearsal
            },
        },
        "rounds": [[round(objective, 6), round(bound, 6)] for objective, bound in result.rounds],
        "futures": {
            "sampled": [_rounded(asdict(each)) for each in result.sampled],
            "fresh": [_rounded(asdict(each)) for each in result.fresh],
        },
    }
    return told | {"seal": robust_seal(told)}


def robust_seal(told: Mapping[str, Any]) -> str:
    """A hash of all else that robust.json says, so that an edit is named."""
    rest = {name: value for name, value in told.items() if name != "seal"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def _rounded(row: Mapping[str, Any]) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        if isinstance(value, float):
            return round(value, 6) if abs(value) < float("inf") else None
        return list(value) if isinstance(value, tuple) else value

    return {name: plain(value) for name, value in row.items()}


def _nothing(share: float) -> bool:
    """Whether a share of the objective is too small to be named."""
    return share < 1e-6


def _share(share: float) -> str:
    percent = 100 * share
    if abs(percent) < 0.0005:
        return "0 %"
    return f"{percent:.0f} %" if abs(percent) >= 9.95 else f"{percent:.2g} %"
