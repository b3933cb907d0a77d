"""Planning: the exact plan, its certificate, the certificate's own checker, the protection audit."""

from farshore.plan.audit import protection_audit
from farshore.plan.certify import CertificateCheck, certify
from farshore.plan.plan import plan
from farshore.plan.protection import blocked_hosts
from farshore.plan.stop import Gap, Progress, Seconds, Stop

__all__ = [
    "CertificateCheck",
    "Gap",
    "Progress",
    "Seconds",
    "Stop",
    "blocked_hosts",
    "certify",
    "plan",
    "protection_audit",
]
