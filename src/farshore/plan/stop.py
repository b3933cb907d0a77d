"""When planning may stop: at a gap, a goal, after a time, when asked to; and what it reports on the way."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

__all__ = ["Gap", "Goal", "Progress", "Seconds", "Stop", "Target", "parse_stop"]

_RULES: Final = "first, unserved, t90, t90@6h, gap@0.01 or after@60s"
_UNIT_S: Final = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


@dataclass(frozen=True, slots=True)
class Goal:
    """What a plan must come to for planning to stop, in what matters to people.

    percent : of all who choose to leave, taken in …; None: all whom any plan can place
    hours : … by then; None: as soon as any plan can
    text : as it was asked for
    """

    text: str
    percent: int | None
    hours: float | None


@dataclass(frozen=True, slots=True)
class Target:
    """A goal worked out for a scenario: so many persons taken in by the end of a step."""

    step: int
    persons: int


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop as soon as any of these holds.

    gap : the plan is proven this close to the best, as a share of the objective, 0 or more
    seconds : so much wall-clock time has passed, None for as long as it takes
    goals : the plan comes to one of them; targets : the same, as whoever plans works them out
    asked : says whether somebody has asked to stop, with Ctrl-C for one
    """

    gap: float = 0.0
    seconds: float | None = None
    goals: tuple[Goal, ...] = ()
    targets: tuple[Target, ...] = ()
    asked: Callable[[], bool] | None = None

    def __or__(self, other: "Stop") -> "Stop":
        """Whichever of the two comes first."""
        times = [stop.seconds for stop in (self, other) if stop.seconds is not None]
        return Stop(
            max(self.gap, other.gap),
            min(times, default=None),
            self.goals + other.goals,
            self.targets + other.targets,
            self.asked or other.asked,
        )

    @property
    def options(self) -> dict[str, Any]:
        """For the summary: what anyone needs to stop there again."""
        told: dict[str, Any] = {"gap": self.gap, "seconds": self.seconds}
        return told | ({"stop": [goal.text for goal in self.goals]} if self.goals else {})

    def was_asked(self) -> bool:
        """Whether somebody has asked to stop."""
        return self.asked is not None and self.asked()

    def over(self, seconds: float) -> bool:
        """Whether the time is up after so many seconds, or somebody has asked to stop."""
        return self.was_asked() or (self.seconds is not None and seconds >= self.seconds)

    def good_enough(
        self, *, objective: int, lower_bound: int, taken_in: npt.NDArray[np.int64] | None = None
    ) -> bool:
        """Whether a plan of this objective and bound is near enough to the best, or comes to a goal.

        taken_in : int64[n_steps], persons taken in by the end of each step
        """
        if taken_in is not None and any(taken_in[each.step] >= each.persons for each in self.targets):
            return True
        return objective - lower_bound <= self.gap * objective

    def reached(
        self,
        *,
        objective: int,
        lower_bound: int,
        seconds: float,
        taken_in: npt.NDArray[np.int64] | None = None,
    ) -> bool:
        """Whether a plan of this objective and bound is good enough, or the time is up."""
        return self.over(seconds) or self.good_enough(
            objective=objective, lower_bound=lower_bound, taken_in=taken_in
        )


def parse_stop(text: str) -> Stop:
    """A stop as on the command line: rules separated by commas, of which the first that holds counts.

    `first` (there is a plan), `unserved` (all are placed whom any plan can place), `t90` (90 % are taken in
    as soon as any plan can have them), `t90@6h` (within six hours), `gap@0.01`, `after@60s`.
    Raises ValueError for what is none of these.
    """
    stop: Stop | None = None
    for rule in (word.strip() for word in text.split(",")):
        each = _rule(rule)
        stop = each if stop is None else stop | each
    return stop or Stop()


def _rule(rule: str) -> Stop:
    what, at, value = rule.partition("@")
    if rule == "first":
        return Stop(goals=(Goal(rule, 0, 0.0),))
    if rule == "unserved":
        return Stop(goals=(Goal(rule, None, None),))
    if what == "gap" and at:
        return Gap(_number(value, rule))
    if what == "after" and at:
        return Seconds(_seconds(value, rule))
    share = re.fullmatch(r"t(\d{1,3})", what)
    if share is None or not 1 <= int(share[1]) <= 100:
        raise ValueError(f"{rule!r} is no rule to stop by; give {_RULES}")
    return Stop(goals=(Goal(rule, int(share[1]), _seconds(value, rule) / 3600 if at else None),))


def _number(text: str, rule: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{rule!r}: {text!r} is no number; give {_RULES}") from None


def _seconds(text: str, rule: str) -> float:
    parts = re.fullmatch(r"(.*?)(s|min|h|d)", text.strip())
    if parts is None:
        raise ValueError(f"{rule!r}: write a time with its unit, as 60s, 90min, 6h or 2d")
    return _number(parts[1], rule) * _UNIT_S[parts[2]]


def Gap(share: float) -> Stop:  # noqa: N802 (reads as a value: Gap(0.005) | Seconds(60))
    """Stop when the plan is proven to be within this share of the best; 0 asks for the best itself."""
    if not share >= 0:
        raise ValueError(f"a gap of {share} makes no sense; give a share of the objective, 0 or more")
    return Stop(gap=share)


def Seconds(seconds: float) -> Stop:  # noqa: N802
    """Stop after so many seconds with the best plan so far."""
    if not seconds >= 0:
        raise ValueError(f"{seconds} s makes no sense; give a time of 0 s or more")
    return Stop(seconds=seconds)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far planning has come.

    phase : reading the network, reducing, solving, routes
    fraction : estimated share of the whole work done, 0 to 1, never falling
    eta_s : estimated seconds to the end, None while nothing is known
    objective, lower_bound : of the best plan and the best proof so far in 10⁻⁶ person-hours, None before any
    """

    phase: str
    fraction: float
    eta_s: float | None
    objective: int | None
    lower_bound: int | None

    @property
    def gap(self) -> float | None:
        """Distance of the best plan from the best proof, as a share of its objective."""
        if self.objective is None or self.lower_bound is None:
            return None
        return (self.objective - self.lower_bound) / self.objective if self.objective else 0.0
