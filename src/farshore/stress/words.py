"""Changes and what comes of them, in plain words."""

import math

from farshore.results.stress import Figures
from farshore.scenario.scenario import Scenario
from farshore.stress.what_if import WhatIf

__all__ = ["sentence"]

_HOUR = 0.5  # less than so many hours is no difference
_LITTLE = 0.0005  # nor is less than this share of the exposure


Beside = tuple[Figures, Figures | None]  # what it is beside, and what it becomes; None: not worked out


def sentence(scenario: Scenario, what: WhatIf, kept: Beside, anew: Beside) -> str:
    """As in "losing the dam road on day 2 costs 19 h and leaves 31,000 behind".

    kept : rehearsals of the plan as it is; anew : plans on paper
    """
    subject = _subject(scenario, what)
    if kept[1] is not None:
        words = f"{subject} {_effect(kept[0], kept[1])}"
        return (
            words if anew[1] is None else f"{words}; planned anew, knowing it, it {_effect(anew[0], anew[1])}"
        )
    if anew[1] is not None:
        return f"{subject} {_effect(anew[0], anew[1])}"
    return f"{subject}: not worked out"


def _subject(scenario: Scenario, what: WhatIf) -> str:
    names = " and ".join(_name(scenario, asset) for asset in what.assets)
    lost = f"losing {names} on day {int(what.from_h // 24) + 1}"
    return {
        "loss": lost,
        "pair": lost,
        "repair": f"{lost}, and repairing it after {what.amount:g} h,",
        "vessel": f"one more vessel for {names}",
        "lane": f"one more lane on {names}",
        "beds": f"offering {what.amount:,.0f} more beds in {names}",
        "intake": f"receiving {what.amount:g} more people an hour in {names}",
        "corridor": f"opening {names} for {what.amount:g} h a day",
    }[what.kind]


def _name(scenario: Scenario, code: str) -> str:
    for table in (scenario.crossings, scenario.links, scenario.hosts):
        row = table.position().get(code)
        if row is not None:
            name = str(table.name[row])
            return name if name and table is not scenario.links else f"{name} ({code})" if name else code
    return code


def _effect(base: Figures, now: Figures) -> str:
    """What differs, the gravest first."""
    behind = now.unserved - base.unserved
    exposed = now.exposure_person_h - base.exposure_person_h
    hours = _later(base, now)
    parts = []
    if hours is not None and math.isinf(hours):
        parts.append("keeps 90 % from arriving in time" if hours > 0 else "lets 90 % arrive in time")
    elif hours is not None and abs(hours) >= _HOUR and (behind or hours * exposed > 0):
        parts.append(f"{'costs' if hours > 0 else 'saves'} {abs(hours):,.0f} h")
    if behind:
        parts.append(f"leaves {behind:,} more behind" if behind > 0 else f"lets {-behind:,} more arrive")
    if parts:
        return " and ".join(parts)
    if abs(exposed) < _LITTLE * max(base.exposure_person_h, 1.0):
        return "changes next to nothing"
    return f"{'adds' if exposed > 0 else 'saves'} {abs(exposed):,.0f} person-hours of exposure"


def _later(base: Figures, now: Figures) -> float | None:
    """Hours more until 90 % have arrived; infinite where only one gets there, None where none does."""
    if now.t90_h is None:
        return None if base.t90_h is None else math.inf
    return -math.inf if base.t90_h is None else now.t90_h - base.t90_h
