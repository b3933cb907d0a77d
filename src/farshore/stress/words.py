"""Changes and what comes of them, in plain words."""

from farshore.results.stress import Figures
from farshore.scenario.scenario import Scenario
from farshore.stress.what_if import WhatIf

__all__ = ["sentence"]

_HOUR = 0.5  # less than so many hours is no difference


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
    day = int(what.from_h // 24) + 1
    if what.kind in ("loss", "pair"):
        return f"losing {names} on day {day}"
    if what.kind == "repair":
        return f"losing {names} on day {day}, and repairing it after {what.amount:g} h,"
    if what.kind == "vessel":
        return f"one more vessel for {names}"
    if what.kind == "lane":
        return f"one more lane on {names}"
    if what.kind == "beds":
        return f"{what.amount:,.0f} more beds in {names}"
    if what.kind == "intake":
        return f"receiving {what.amount:g} more people an hour in {names}"
    return f"opening {names} for {what.amount:g} h a day"


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
    parts = []
    if now.t90_h is None and base.t90_h is not None:
        parts.append("keeps 90 % from arriving in time")
    elif now.t90_h is not None and base.t90_h is None:
        parts.append("lets 90 % arrive in time")
    elif now.t90_h is not None and base.t90_h is not None and abs(now.t90_h - base.t90_h) >= _HOUR:
        hours = now.t90_h - base.t90_h
        parts.append(f"{'costs' if hours > 0 else 'saves'} {abs(hours):,.0f} h")
    if behind:
        parts.append(f"leaves {behind:,} more behind" if behind > 0 else f"lets {-behind:,} more arrive")
    if not parts:
        exposed = now.exposure_person_h - base.exposure_person_h
        if abs(exposed) < 0.0005 * max(base.exposure_person_h, 1.0):
            return "changes next to nothing"
        verb = "adds" if exposed > 0 else "saves"
        return f"{verb} {abs(exposed):,.0f} person-hours of exposure"
    return " and ".join(parts)
