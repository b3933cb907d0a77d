"""The page of benchmark results: sections are replaced, never doubled; growth is the slope of the logs."""

from pathlib import Path

import pytest
from benchmarks import __main__ as runner


def test_a_section_is_replaced_and_others_are_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "PAGE", tmp_path / "benchmarks.md")
    runner._write("plan", "result one")
    runner._write("traffic", "result three")
    runner._write("plan", "result two")
    page = (tmp_path / "benchmarks.md").read_text()
    assert "result one" not in page
    assert page.count("result two") == page.count("result three") == 1
    assert page.index("result two") < page.index("result three")


def test_the_page_says_how_to_get_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "PAGE", tmp_path / "benchmarks.md")
    (tmp_path / "benchmarks.md").write_text(
        "# An old head\n\n<!-- plan begins -->\nold\n<!-- plan ends -->\n"
    )
    runner._write("stress", "fewer sizes", 2)
    page = (tmp_path / "benchmarks.md").read_text()
    assert page.startswith(runner.HEAD)
    assert "An old head" not in page
    assert "\nold\n" in page
    assert "`python -m benchmarks --area stress --largest 2`" in page
    runner._write("plan", "new")
    again = (tmp_path / "benchmarks.md").read_text()
    assert "\nold\n" not in again
    assert "`python -m benchmarks --area plan`" in again
    assert again.endswith("ends -->\n")


def test_growth_of_a_cubic_is_three() -> None:
    assert runner._exponent([1, 10, 100], [5, 5e3, 5e6]) == pytest.approx(3)
    assert runner._exponent([1, 10], [1, 10]) is None
    assert runner._exponent([69, 73, 85], [14, 5, 16]) is None  # sizes all alike tell nothing of growth
