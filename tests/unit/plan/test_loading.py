"""What a command loads: in the minute a crossing falls, nothing that it does not use."""

import subprocess
import sys

import pytest

import farshore.plan


def test_a_replan_waits_for_no_solver_that_it_does_not_use():
    """SciPy's optimisers and the planners of classes and orders take as long to load as a replan to find."""
    asks = "import sys, farshore.cli.replans; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", asks], check=True, capture_output=True, text=True
    ).stdout.split()
    unused = ("scipy.optimize", "scipy.sparse", "farshore.plan.orders", "farshore.plan.fleets")
    assert not set(unused) & set(loaded)
    assert "farshore.plan.replanning" in loaded


def test_every_public_name_is_there():
    """Loaded when asked for, whichever room it is in."""
    for name in farshore.plan.__all__:
        assert getattr(farshore.plan, name) is not None


def test_other_names_are_not():
    """As of any module."""
    with pytest.raises(AttributeError, match="no_such_thing"):
        _ = farshore.plan.no_such_thing
