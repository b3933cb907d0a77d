"""Planning: the exact plan, replanning, the certificate and its own checker, the protection audit."""

from importlib import import_module
from typing import TYPE_CHECKING

from farshore.plan.audit import audited, protection_audit
from farshore.plan.certify import CertificateCheck, certify
from farshore.plan.plan import plan
from farshore.plan.stop import Gap, Progress, Seconds, Stop, parse_stop
from farshore.plan.write import write_plan

if TYPE_CHECKING:
    from farshore.plan.classes.loads import with_crossing_room
    from farshore.plan.conflicts import with_conflicts
    from farshore.plan.families import with_households
    from farshore.plan.orders import plan_with_orders, plan_zones
    from farshore.plan.replanning import STABILITY_PERSON_H, Caught, replan

__all__ = [
    "STABILITY_PERSON_H",
    "Caught",
    "CertificateCheck",
    "Gap",
    "Progress",
    "Seconds",
    "Stop",
    "audited",
    "certify",
    "parse_stop",
    "plan",
    "plan_with_orders",
    "plan_zones",
    "protection_audit",
    "replan",
    "with_conflicts",
    "with_crossing_room",
    "with_households",
    "write_plan",
]

# Loaded when asked for: in the minute a crossing falls nobody should wait for what orders zones.
_ROOM_OF = {
    "STABILITY_PERSON_H": "replanning",
    "Caught": "replanning",
    "plan_with_orders": "orders",
    "plan_zones": "orders",
    "replan": "replanning",
    "with_conflicts": "conflicts",
    "with_crossing_room": "classes.loads",
    "with_households": "families",
}

if not TYPE_CHECKING:  # a type checker should name what is not there

    def __getattr__(name: str) -> object:
        """A public name of a room that has not been loaded yet."""
        if name not in _ROOM_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{_ROOM_OF[name]}"), name)
        globals()[name] = value
        return value
