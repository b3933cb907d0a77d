"""Near misses: what somebody probably meant by a word that does not exist."""

import difflib
from collections.abc import Collection, Iterable
from typing import Final

__all__ = ["Suggester", "nearest"]

_FEW: Final = 5_000  # comparing letter by letter is slow: beyond this only spelling variants are found


class Suggester:
    """Finds near misses among many words without comparing each with each."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = list(dict.fromkeys(known))
        self._folded = {_fold(word): word for word in self._known}
        self._seen: dict[str, str] = {}

    def hint(self, word: str) -> str:
        """`did you mean X?; ` if something known is close, else nothing: to stand before a remedy."""
        if word not in self._seen:
            self._seen[word] = self._look(word)
        found = self._seen[word]
        return f"did you mean `{found}`? " if found else ""

    def _look(self, word: str) -> str:
        if same := self._folded.get(_fold(word)):
            return same
        if len(self._known) > _FEW or len(self._seen) > 50:
            return ""
        close = difflib.get_close_matches(word, self._known, n=1, cutoff=0.7)
        return close[0] if close else ""


def nearest(word: str, known: Collection[str]) -> str:
    """The hint for one word among a few."""
    return Suggester(known).hint(word)


def _fold(word: str) -> str:
    """What is left of a word when case, spaces and marks do not count."""
    return "".join(letter for letter in word.casefold() if letter.isalnum())
