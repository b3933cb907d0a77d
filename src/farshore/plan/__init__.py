"""Planning: the exact plan, its certificate, the certificate's own checker, the protection audit."""

from farshore.plan.audit import protection_audit
from farshore.plan.certify import CertificateCheck, certify
from farshore.plan.protection import blocked_hosts

__all__ = ["CertificateCheck", "blocked_hosts", "certify", "protection_audit"]
