"""Planning: the exact plan, replanning, the certificate and its own checker, the protection audit."""

from farshore.plan.audit import audited, protection_audit
from farshore.plan.certify import CertificateCheck, certify
from farshore.plan.classes.loads import with_crossing_room
from farshore.plan.conflicts import with_conflicts
from farshore.plan.families import with_households
from farshore.plan.orders import plan_with_orders, plan_zones
from farshore.plan.plan import plan
from farshore.plan.replanning import STABILITY_PERSON_H, Caught, replan
from farshore.plan.stop import Gap, Progress, Seconds, Stop, parse_stop
from farshore.plan.write import write_plan

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
