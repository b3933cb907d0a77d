"""When planning may stop: at a gap, after a time, whichever comes first; and what it reports on the way."""

from dataclasses import dataclass

__all__ = ["Gap", "Progress", "Seconds", "Stop"]


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop as soon as the plan is proven this close to the best, or this much time has passed.

    gap : share of the objective, 0 or more; seconds : wall-clock, None for as long as it takes
    """

    gap: float = 0.0
    seconds: float | None = None

    def __or__(self, other: "Stop") -> "Stop":
        """Whichever of the two comes first."""
        times = [stop.seconds for stop in (self, other) if stop.seconds is not None]
        return Stop(max(self.gap, other.gap), min(times, default=None))

    def reached(self, *, objective: int, lower_bound: int, seconds: float) -> bool:
        """Whether a plan of this objective and bound is good enough, or the time is up."""
        if self.seconds is not None and seconds >= self.seconds:
            return True
        return objective - lower_bound <= self.gap * objective


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
