"""Writing a plan: audited, written beside, certified as it stands, and only then put in its place."""

from collections.abc import Callable
from pathlib import Path

from farshore.plan.audit import audited
from farshore.plan.certify import CertificateCheck, certify
from farshore.results.folder import write_outcome
from farshore.results.outcome import Outcome

__all__ = ["write_plan"]


def write_plan(
    outcome: Outcome,
    folder: Path,
    *,
    extra: Callable[[Path, CertificateCheck], None] | None = None,
    replace: bool = False,
) -> CertificateCheck:
    """Write a plan's folder, whole and certified or not at all; returns what certifying found.

    extra : given the folder before anybody else can see it, and the check, writes what else belongs there
    (report.html); replace : allows a plan folder that is already there.
    Raises CertificateRefused if the plan contradicts itself, OutputUnwritable if it cannot be written.
    """
    checks: list[CertificateCheck] = []

    def check(written: Path) -> None:
        checks.append(certify(written))

    def add(written: Path) -> None:
        if extra is not None:
            extra(written, checks[-1])

    write_outcome(audited(outcome), folder, check=check, extra=add, replace=replace)
    return checks[-1]
