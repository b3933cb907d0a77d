"""Protection: which hosts the law closes to a plan, and why, in words that can be printed."""

from typing import Final

from farshore.scenario.scenario import Operation, Scenario

__all__ = ["blocked_hosts"]

# Where an occupying power sends people decides whether the journey can be called an evacuation at all.
_WHERE: Final = {
    "sponsor": "lies in the country of those who run the evacuation",
    "third": "lies in a third country",
}
_LAW: Final = (
    "Geneva Convention IV, art. 49: from occupied territory nobody is moved out to the occupying power's "
    "country or to any other"
)


def blocked_hosts(scenario: Scenario) -> dict[str, str]:
    """Hosts to which nobody is sent: host_id → reason, in the order of the hosts table.

    From territory with `territory_status = "occupied"`, hosts whose `territory` is `sponsor` or `third` are
    blocked unless a complete exception is documented (reason, two different people who approve, a plan of
    return). Hosts in `own` or `occupied` territory are never blocked: going to one's own government's
    territory by one's own choice is a right (arts. 35 and 48).

    Source: Geneva Convention IV (1949), arts. 35, 48, 49.
    """
    operation = scenario.about.operation
    if operation.territory_status != "occupied" or _excepted(operation):
        return {}
    lacking = _what_is_lacking(operation)
    return {
        str(host): f"{_WHERE[territory]} ({_LAW}); {lacking}"
        for host, territory in zip(scenario.hosts.host_id, scenario.hosts.territory, strict=True)
        if territory in _WHERE
    }


def _excepted(operation: Operation) -> bool:
    return operation.exception is not None and operation.exception.complete


def _what_is_lacking(operation: Operation) -> str:
    """Why no exception applies: none is documented, or which part of it is missing."""
    exception = operation.exception
    if exception is None:
        return "no exception is documented"
    named = {name.strip() for name in exception.approved_by} - {""}
    missing = [
        what
        for what, there in (
            ("the reason why nothing else is possible", bool(exception.reason.strip())),
            ("two different people who approve", len(named) >= 2),
            ("a plan of return", bool(exception.return_plan.strip())),
        )
        if not there
    ]
    return f"the exception that is documented lacks {', '.join(missing)}"
