"""The protection audit: each rule of protection, whether this plan holds it, and why, in plain words."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from farshore.plan.choices import hosts_to_choose_from
from farshore.results.outcome import AuditLine, Departures, Outcome, Route
from farshore.scenario.scenario import Scenario

__all__ = ["audited", "protection_audit"]

# Figures about fewer people than this can point at a family.
SMALLEST_GROUP: Final = 10
GC4: Final = "Geneva Convention IV"


def protection_audit(
    scenario: Scenario,
    *,
    routes: Sequence[Route],
    departures: Departures,
    people: Mapping[str, int],
    blocked_hosts: Mapping[str, str],
    households: int | None = None,
) -> tuple[AuditLine, ...]:
    """One line per rule, in the order of the rules; `holds` is None where this plan alone cannot tell.

    people : who chooses to leave, by zone; blocked_hosts : host_id → reason
    households : how many made-up households the plan seats whole; None: it counts persons only
    """
    sent: Counter[str] = Counter()
    for route, persons in zip(departures.route.tolist(), departures.persons.tolist(), strict=True):
        sent[routes[route].host_id] += persons
    choices = hosts_to_choose_from(scenario, blocked_hosts)
    small = [row for row, persons in enumerate(departures.persons.tolist(), 2) if persons < SMALLEST_GROUP]
    return (
        _whole(households),
        _guardians(households),
        _voluntary(scenario, sum(people.values())),
        _choice(choices, people),
        _blocked(scenario, sent, blocked_hosts),
        _own_government(scenario, choices, people, blocked_hosts),
        _children_abroad(scenario, sent),
        AuditLine(
            "No military objects",
            True,
            "Reading refuses a scenario that names military objects, positions or targets; it took this one.",
            "Additional Protocol I, arts. 48, 57, 58",
        ),
        _no_personal_data(households),
        _small_groups(small, len(departures.persons)),
        AuditLine("Every plan carries this audit", True, "It is part of the plan's summary and report.", ""),
    )


def audited(outcome: Outcome) -> Outcome:
    """The same outcome with its protection audit filled in."""
    lines = protection_audit(
        outcome.scenario,
        routes=outcome.routes,
        departures=outcome.departures,
        people=outcome.people,
        blocked_hosts=outcome.blocked_hosts,
        households=None if outcome.households is None else len(outcome.households),
    )
    return replace(outcome, audit=lines)


def _whole(households: int | None) -> AuditLine:
    rule, law = "Households stay whole", f"{GC4}, art. 49(3); Additional Protocol I, art. 74"
    if households is None:
        why = (
            "This plan counts persons. Households are seated whole when seats and beds are given out; "
            "nothing here splits one, and nothing here can prove it."
        )
        return AuditLine(rule, None, why, law)
    why = (
        f"No household is split: each of {households:,}, made up from the zones' totals, leaves together, by "
        "one route to one host, or stays together (households.csv, each row certified)."
    )
    return AuditLine(rule, True, why, law)


def _guardians(households: int | None) -> AuditLine:
    knows = "knows no ages" if households is None else "no real child is in it, made-up ones have an adult"
    return AuditLine(
        "A child without a guardian travels only when a child-protection role has signed",
        None,
        f"This plan has no passenger lists and {knows}; the rule binds whoever makes the lists.",
        "Convention on the Rights of the Child, arts. 9, 20; Additional Protocol I, art. 78",
    )


def _no_personal_data(households: int | None) -> AuditLine:
    no_households = "no names, no households."
    if households is not None:
        no_households = (
            "no names. The households of households.csv are made up from totals: none of them exists."
        )
    why = f"The plan holds numbers of people by zone, route and host; {no_households}"
    return AuditLine("No personal data", True, why, "")


def _voluntary(scenario: Scenario, people: int) -> AuditLine:
    """Only who wishes to leave is counted; a share of 1 is a claim that somebody must stand for."""
    persons, share = int(scenario.zones.persons.sum()), scenario.parameter("share_leaving")
    counted = (
        f"Counted are {people:,} of {persons:,} people, those taken to be present and to choose to leave"
    )
    always = "Nobody is told to go: staying, and leaving later, remain open to all and cost nobody anything."
    if share < 1:
        return AuditLine(
            "Only who chooses to leave is moved",
            True,
            f"{counted} (share_leaving {share:g}). {always}",
            _ART49,
        )
    doubt = "That everybody present wishes to leave is an assumption (share_leaving 1): ask them."
    return AuditLine("Only who chooses to leave is moved", None, f"{counted}. {doubt} {always}", _ART49)


_ART49: Final = f"{GC4}, art. 49(1), (2)"


def _choice(choices: Mapping[str, tuple[str, ...]], people: Mapping[str, int]) -> AuditLine:
    rule = "At least two destinations to choose from, besides staying and leaving later"
    asked = {zone: len(hosts) for zone, hosts in choices.items() if people.get(zone, 0) > 0}
    if not asked:
        return AuditLine(rule, None, "Nobody leaves.", "")
    later = " The choice itself is made and recorded with each household, not here."
    lacking = [f"{zone} ({'none' if n == 0 else 'only one'})" for zone, n in asked.items() if n < 2]
    if lacking:
        why = f"Fewer than two hosts are open and can be reached from {_listed(lacking)}."
        return AuditLine(rule, False, why + later, "")
    return AuditLine(rule, True, f"Every zone can reach {min(asked.values())} hosts or more.{later}", "")


def _blocked(scenario: Scenario, sent: Mapping[str, int], blocked_hosts: Mapping[str, str]) -> AuditLine:
    rule = "From occupied territory nobody is moved to the sponsor's or a third country"
    law = f"{GC4}, art. 49"
    operation = scenario.about.operation
    if operation.territory_status != "occupied":
        why = f"The scenario gives the territory's status as {operation.territory_status!r}, not occupied."
        return AuditLine(rule, None, why, law)
    wrongly = [f"{host} ({sent[host]:,})" for host in blocked_hosts if sent.get(host)]
    if wrongly:
        return AuditLine(rule, False, f"People are sent to hosts that are blocked: {_listed(wrongly)}.", law)
    exception = operation.exception
    if exception is not None and exception.complete:
        approved_by = _listed(name.strip() for name in exception.approved_by)
        why = (
            f"An exception is documented: {exception.reason.strip()}; approved by {approved_by}; "
            f"return: {exception.return_plan.strip()}."
        )
        return AuditLine(rule, None, why, law)
    if not blocked_hosts:
        return AuditLine(rule, True, "No host lies in the sponsor's or a third country.", law)
    reasons: dict[str, list[str]] = {}
    for host, reason in blocked_hosts.items():
        reasons.setdefault(reason, []).append(host)
    listed = " ".join(f"{_listed(hosts)}: {reason}." for reason, hosts in reasons.items())
    return AuditLine(rule, True, f"Blocked, and nobody is sent there: {listed}", law)


def _own_government(
    scenario: Scenario,
    choices: Mapping[str, tuple[str, ...]],
    people: Mapping[str, int],
    blocked_hosts: Mapping[str, str],
) -> AuditLine:
    """The right to leave towards one's own side: no rule may close it, but a front line can."""
    rule = "Going to one's own government's territory by one's own choice is never blocked"
    law = f"{GC4}, arts. 35, 48"
    if scenario.about.operation.territory_status != "occupied":
        return AuditLine(rule, None, "The territory that people leave is not given as occupied.", law)
    own = {
        str(host)
        for host, territory in zip(scenario.hosts.host_id, scenario.hosts.territory, strict=True)
        if territory == "own"
    }
    if not own:
        return AuditLine(rule, None, "The scenario lists no host there; ask for some.", law)
    if closed := sorted(own & set(blocked_hosts)):
        return AuditLine(rule, False, f"Blocked all the same: {_listed(closed)}.", law)
    cut_off = [zone for zone, n in people.items() if n > 0 and not own & set(choices.get(zone, ()))]
    none_blocked = f"None of the {len(own)} hosts there is blocked by a rule"
    if cut_off:
        why = f"{none_blocked}, but no way that is ever open leads to one from {_listed(cut_off)}."
        return AuditLine(rule, None, why, law)
    return AuditLine(rule, True, f"{none_blocked}, and every zone can reach one.", law)


def _children_abroad(scenario: Scenario, sent: Mapping[str, int]) -> AuditLine:
    rule = "Children cross a border only with their guardians' written consent"
    law = "Additional Protocol I, art. 78"
    abroad = [
        f"{host} ({sent[host]:,})"
        for host, territory in zip(scenario.hosts.host_id, scenario.hosts.territory, strict=True)
        if territory in ("sponsor", "third") and sent.get(host)
    ]
    if not abroad:
        return AuditLine(rule, True, "Nobody is sent to the sponsor's or a third country.", law)
    why = f"People are sent to {_listed(abroad)}; this plan knows no ages, so consent must be seen to."
    return AuditLine(rule, None, why, law)


def _small_groups(small: Sequence[int], rows: int) -> AuditLine:
    rule = f"Published figures speak of {SMALLEST_GROUP} people or more"
    if not small:
        return AuditLine(rule, True, f"No row of departures.csv speaks of fewer than {SMALLEST_GROUP}.", "")
    why = (
        f"{len(small):,} of {rows:,} rows of departures.csv speak of fewer than {SMALLEST_GROUP} people "
        f"(row{'s' * (len(small) > 1)} {_listed(map(str, small))}). It is a table to work with, not to "
        "publish, and so are arrivals.csv, crossings.csv and routes.geojson; publish sums."
    )
    return AuditLine(rule, None, why, "")


def _listed(items: Iterable[str], most: int = 12) -> str:
    known = list(items)
    more = f" and {len(known) - most:,} more" if len(known) > most else ""
    return ", ".join(known[:most]) + more
