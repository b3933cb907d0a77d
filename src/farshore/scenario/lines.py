"""Lines of fleets: how the stops that a fleet is bound to are written."""

__all__ = ["line_words"]


def line_words(text: str) -> list[str]:
    """The words of a fleet's `line`, separated by spaces or semicolons."""
    return text.replace(";", " ").split()
