"""Orders as people read them: on the page and on the screen, and nowhere in a plan without any."""

from io import StringIO

from rich.console import Console

from farshore.plan import plan
from farshore.plan.orders import plan_staging, plan_with_orders
from farshore.report import html
from farshore.report.instructions import account_lines
from farshore.report.terminal import summary_table
from farshore.results.summary import summary_of
from farshore.scenario import scenario_hash
from farshore.scenario.timing import timing_of
from tests.builders import scenario

ROAD = "length=18000 free_speed=36 capacity=20"


def town():
    return scenario(
        links=[f"a x m {ROAD}", f"b y m {ROAD}", f"c m p {ROAD}"],
        zones=["zx x persons=60", "zy y persons=60"],
        hosts=["hp p"],
        horizon_h=12,
        parameters={"contraflow_setup_h": 0.5},
    )


def summary(outcome):
    code = scenario_hash(outcome.scenario)
    return summary_of(outcome, timing_of(outcome.scenario), scenario_hash=code, certified=True)


def test_orders_and_lanes_are_on_the_page_and_on_the_screen():
    outcome = plan_with_orders(town(), orders="zones", contraflow=1)
    page, told = html(outcome), summary(outcome)
    for order in outcome.orders:
        assert order.order in page
    assert outcome.reversals[0].order in page
    assert "Orders to give" in page
    assert "<dt>Options</dt><dd>contraflow = 1; gap = 0; iterations" in page
    screen = StringIO()
    Console(file=screen, width=100).print(summary_table(told))
    assert "one route and one window for each of 2 zones" in screen.getvalue()
    assert "1 of at most 1 roads reversed save" in screen.getvalue()


def test_turns_are_told_with_their_gain():
    outcome = plan_staging(town())
    assert "Zones in their turn" in html(outcome)
    assert "<dt>Options</dt><dd>gap = 0; staging</dd>" in html(outcome)
    (line,) = account_lines(summary(outcome))
    assert line.startswith("staging: saves")


def test_a_plan_without_orders_speaks_of_none():
    outcome = plan(town())
    assert "Orders to give" not in html(outcome)
    assert account_lines(summary(outcome)) == []
