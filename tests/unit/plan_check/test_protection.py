"""Protection: which hosts the law closes, what there is to choose from, and what the audit says of it."""

from dataclasses import replace

import pytest

from farshore.plan import protection_audit, with_households
from farshore.plan.audit import audited
from farshore.plan.choices import hosts_to_choose_from
from farshore.scenario import BlockedHostsException, Operation
from farshore.scenario.protection import blocked_hosts
from tests.builders import scenario
from tests.unit.plan_check.handmade import outcome

COMPLETE = BlockedHostsException("no other place has a dialysis ward", ("A. One", "B. Two"), "home by spring")
HOSTS = [
    "mine n2 territory=own",
    "near n3 territory=occupied",
    "theirs n4 territory=sponsor",
    "far n5 territory=third",
]
LINKS = ["a n1 n2", "b n1 n3", "c n1 n4", "d n1 n5"]


def case(status="occupied", exception=None, **rows):
    return scenario(
        **{
            "links": LINKS,
            "zones": ["z n1 persons=30"],
            "hosts": HOSTS,
            "operation": Operation("sponsor", status, "", exception),
            **rows,
        }
    )


def audit(made, rule):
    (line,) = [line for line in made.audit if rule in line.rule]
    return line


def test_an_occupying_power_may_not_send_people_home_or_abroad():
    blocked = blocked_hosts(case())
    assert list(blocked) == ["theirs", "far"]
    assert all("Geneva Convention IV, art. 49" in reason for reason in blocked.values())
    assert "no exception is documented" in blocked["far"]


@pytest.mark.parametrize("status", ["own", "none"])
def test_elsewhere_nothing_is_blocked(status):
    assert blocked_hosts(case(status)) == {}


def test_a_complete_exception_opens_them():
    assert blocked_hosts(case(exception=COMPLETE)) == {}


@pytest.mark.parametrize(
    ("change", "lacking"),
    [
        ({"reason": " "}, "the reason why nothing else is possible"),
        ({"approved_by": ("A. One", " A. One ")}, "two different people who approve"),
        ({"approved_by": ()}, "two different people who approve"),
        ({"return_plan": ""}, "a plan of return"),
    ],
)
def test_an_exception_that_lacks_anything_opens_nothing_and_says_what(change, lacking):
    blocked = blocked_hosts(case(exception=replace(COMPLETE, **change)))
    assert list(blocked) == ["theirs", "far"]
    assert lacking in blocked["theirs"]


def test_choices_are_open_hosts_with_beds_and_a_way():
    made = case(hosts=[*HOSTS, "full n2 beds=0", "island n9"])
    assert hosts_to_choose_from(made, {"theirs"}) == {"z": ("mine", "near", "far")}


@pytest.mark.parametrize(
    ("closures", "expected"),
    [
        (["a"], ("near",)),
        (["a from=1"], ("mine", "near")),
        (["a until=3", "a from=2 until=7"], ("near",)),
        (["a until=3", "a from=4 until=7"], ("mine", "near")),
        (["a capacity_factor=0.1"], ("mine", "near")),
        (["a capacity_factor=1 allowed_uses=walk"], ("near",)),
    ],
)
def test_a_way_that_is_never_open_is_no_choice(closures, expected):
    assert hosts_to_choose_from(case(closures=closures), {"theirs", "far"}) == {"z": expected}


def test_one_way_links_and_crossings_count():
    made = case(
        links=["a n2 n1 directed=true", "b n1 n3 crossing_id=f allowed_uses=walk"],
        crossings=["f ferry trip_s=60 vessels=1 persons_per_trip=9"],
        hosts=HOSTS[:2],
    )
    assert hosts_to_choose_from(made, {}) == {"z": ("near",)}
    assert hosts_to_choose_from(replace(made, closures=case(closures=["a"]).closures), {}) == {"z": ("near",)}


def test_the_audit_has_a_line_for_every_rule_and_says_why():
    made = outcome(case(), [("z", 0, "a", "mine", 30)])
    assert len(made.audit) == 11
    assert all(line.why.endswith(".") for line in made.audit)
    assert audit(made, "Households").holds is None
    assert audit(audited(with_households(made)), "Households").holds is True
    assert "none of them exists" in audit(audited(with_households(made)), "personal data").why
    assert audit(made, "military").holds is True


def test_the_audit_lists_blocked_hosts_with_the_law():
    line = audit(outcome(case(), []), "From occupied territory")
    assert line.holds is True
    assert "theirs" in line.why
    assert "far" in line.why
    assert line.law == "Geneva Convention IV, art. 49"


def test_the_audit_fails_a_plan_that_fills_a_blocked_host():
    made = outcome(case(), [("z", 0, "c", "theirs", 12)])
    assert audit(made, "From occupied territory").holds is False
    assert "theirs (12)" in audit(made, "From occupied territory").why
    assert audit(made, "Children cross").holds is None


def test_a_documented_exception_is_printed_not_praised():
    line = audit(outcome(case(exception=COMPLETE), [("z", 0, "c", "theirs", 12)]), "From occupied territory")
    assert line.holds is None
    for words in (COMPLETE.reason, "A. One", "B. Two", COMPLETE.return_plan):
        assert words in line.why


def test_one_destination_is_no_choice():
    assert audit(outcome(case(), []), "two destinations").holds is True
    line = audit(outcome(case(closures=["a"]), []), "two destinations")
    assert line.holds is False
    assert "z (only one)" in line.why


def test_a_front_line_is_not_called_a_right_held():
    assert audit(outcome(case(), []), "own government").holds is True
    line = audit(outcome(case(closures=["a"]), []), "own government")
    assert line.holds is None
    assert "from z" in line.why


def test_that_everybody_wishes_to_leave_is_never_simply_believed():
    assert audit(outcome(case(), []), "chooses to leave").holds is None
    some = case(parameters={"share_leaving": 0.5})
    line = audit(outcome(some, []), "chooses to leave")
    assert line.holds is True
    assert "15 of 30" in line.why


def test_small_groups_are_named_by_their_rows():
    moves = [("z", 0, "a", "mine", 10), ("z", 1, "a", "mine", 9), ("z", 2, "a", "mine", 3)]
    line = audit(outcome(case(), moves), "Published")
    assert line.holds is None
    assert "(rows 3, 4)" in line.why
    assert audit(outcome(case(), moves[:1]), "Published").holds is True


def test_auditing_an_outcome_changes_nothing_else():
    made = outcome(case(), [("z", 0, "a", "mine", 30)], audit=())
    again = audited(made)
    assert again.audit == protection_audit(
        made.scenario,
        routes=made.routes,
        departures=made.departures,
        people=made.people,
        blocked_hosts=made.blocked_hosts,
    )
    assert replace(again, audit=()).certificate is made.certificate
