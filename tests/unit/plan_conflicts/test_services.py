"""What conflicts in plans with classes, whatever the roads."""

from farshore.plan import audited, certify, plan, with_conflicts
from farshore.plan.conflicts.services import conflicts_of_services
from farshore.results.folder import outcome_files
from tests.builders import scenario
from tests.property.test_certify_tampering import as_written


def town(**rows):
    return scenario(
        **{
            "links": [
                {"link_id": "a", "from_node_id": "n1", "to_node_id": "n2", "allowed_uses": "auto;bus;walk"}
            ],
            "zones": ["z n1 persons=10 share_needing_assistance=0.3 share_with_car=1"],
            "hosts": ["h n2 beds=10 services=ward", "g n2 beds=10"],
            **rows,
        }
    )


def test_nothing_conflicts_where_beds_and_choices_agree():
    assert conflicts_of_services(town()) == ()


def test_a_class_that_no_host_accepts():
    """Of two rows that ask for what nobody offers, each suffices: one is named, the harmless third is not."""
    found = conflicts_of_services(
        town(
            choices=[
                {"need": "assisted", "services": "ward"},
                {"need": "assisted", "services": "dialysis"},
                {"need": "assisted", "services": "dialysis;ward"},
            ]
        )
    )
    (only,) = found
    assert (only.kind, only.people, only.room, only.short) == ("services", 3, 0, 3)
    assert [(fact.kind, fact.row) for fact in only.facts] == [("people", 2), ("choice", 4)]
    assert only.statement == "3 people (assisted of z) accept no host that is open and has beds."


def test_too_few_beds_among_those_accepted():
    (only,) = conflicts_of_services(
        town(
            zones=["z n1 persons=40 share_needing_assistance=0.3 share_with_car=1"],
            hosts=["h n2 beds=10 services=ward", "g n2 beds=100"],
            choices=[{"need": "assisted", "services": "ward"}],
        )
    )
    assert (only.people, only.room, only.short) == (12, 10, 2)
    assert sorted((fact.kind, fact.code) for fact in only.facts[1:]) == [("beds", "h"), ("choice", "")]


def test_fleets_that_can_help_nobody_are_named_with_what_is_missing():
    found = conflicts_of_services(
        town(
            nodes=["n1", "n2", "n3"],
            fleets=["away bus n3", "none bus n1 vehicles=0", "late bus n1 from=9", "good bus n1"],
        )
    )
    assert [(c.kind, c.facts[0].code, c.facts[0].column, c.facts[0].row) for c in found] == [
        ("fleet", "away", "base_node_id", 2),
        ("fleet", "none", "vehicles", 3),
        ("fleet", "late", "from", 4),
    ]
    assert found[0].statement == "Fleet away can help nobody: it has no way from its base n3 to any stop."


def test_a_plan_with_classes_is_certified_with_its_conflicts(tmp_path):
    made = with_conflicts(plan(town(hosts=["h n2 beds=4"]), model="classes"))
    assert [c.short for c in made.conflicts] == [6]
    with as_written(outcome_files(audited(made))) as folder:
        certify(folder)
