"""What must agree across the tables of a scenario: one module a concern, each giving findings."""

from farshore.scenario.draft import Draft, Findings

__all__ = ["cross_check"]


def cross_check(draft: Draft) -> Findings:
    """Everything that the tables of a draft contradict in each other."""
    yield from ()
