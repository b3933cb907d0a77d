"""The manual page of the tables says what the tables say."""

from pathlib import Path

from farshore.scenario.manual import tables_markdown

PAGE = Path(__file__).parents[2] / "docs" / "scenario-tables.md"


def test_the_manual_page_is_current() -> None:
    """If not: python -m farshore.scenario.manual > docs/scenario-tables.md."""
    assert PAGE.read_text(encoding="utf-8") == tables_markdown()
