"""What must agree across the tables of a scenario: one module a concern, each giving findings."""

from farshore.scenario.checks.assumptions import check_assumptions
from farshore.scenario.checks.codes import check_codes
from farshore.scenario.checks.crossings import check_crossings
from farshore.scenario.checks.hazards import check_hazards
from farshore.scenario.checks.network import network_of
from farshore.scenario.checks.people import check_households, check_people
from farshore.scenario.checks.places import check_places
from farshore.scenario.checks.reach import check_reach
from farshore.scenario.checks.services import check_services
from farshore.scenario.checks.times import check_times
from farshore.scenario.draft import Draft, Findings

__all__ = ["cross_check"]


def cross_check(draft: Draft) -> Findings:
    """Everything that the tables of a draft contradict in each other: faults, and warnings among them."""
    network = network_of(draft)
    yield from check_codes(draft)
    yield from check_times(draft)
    yield from check_places(draft, network)
    yield from check_crossings(draft)
    yield from check_services(draft)
    yield from check_people(draft)
    yield from check_hazards(draft)
    yield from check_households(draft)
    yield from check_assumptions(draft)
    yield from check_reach(draft, network)
