"""What the schema has no place for: military objects, unit positions and targets."""

import re
from typing import Final

__all__ = ["REFUSAL", "military_word"]

REFUSAL: Final = "leave it out: Farshore has no place for military objects, units or targets"

# Whole words only: `checkpoint`, `tanker`, `bomb_shelter` and `Armiansk` are nobody's arms.
# fmt: off
_WORDS: Final = frozenset(
    {
        "airbase", "airdefence", "airdefense", "ammo", "ammunition", "armed", "armored", "armory", "armour",
        "armoured", "army", "arsenal", "artillery", "barracks", "battalion", "battlegroup", "brigade",
        "cannon", "combat", "combatant", "commandpost", "emplacement", "enemy", "firingposition", "garrison",
        "grenade", "gun", "gunner", "howitzer", "infantry", "launcher", "launchpad", "military", "militia",
        "missile", "mortar", "munition", "ordnance", "paratrooper", "platoon", "regiment", "sniper",
        "soldier", "squadron", "target", "targeting", "troop", "unitposition", "warhead", "weapon",
        "weaponry",
    }
)
# fmt: on
_CIVIL: Final = (("fire", "brigade"), ("salvation", "army"))
# Words that are harmless alone and not beside each other.
_PHRASES: Final = (
    ("air", "base"),
    ("air", "defence"),
    ("air", "defense"),
    ("battery", "position"),
    ("battle", "group"),
    ("battle", "tank"),
    ("command", "post"),
    ("fire", "position"),
    ("firing", "position"),
    ("order", "battle"),
    ("rocket", "system"),
    ("strike", "point"),
    ("unit", "location"),
    ("unit", "position"),
    ("unit", "strength"),
)
# Stems, in the languages of the first scenario.
_STEMS: Final = ("військ", "воен", "артилер", "артиллер", "боєприпас", "боеприпас", "казарм")


def military_word(text: str) -> str:
    """The word or words in a column name or type that name something military; "" if none does."""
    spaced = re.sub(r"(?<=[a-zа-яії])(?=[A-ZА-ЯІЇ])", " ", text)
    words = [_singular(word) for word in re.findall(r"[^\W_]+", spaced.casefold())]
    for before, word in zip(["", *words], words, strict=False):
        if (word in _WORDS and (before, word) not in _CIVIL) or word.startswith(_STEMS):
            return word
    for first, second in _PHRASES:
        if first in words and second in words[words.index(first) + 1 :]:
            return f"{first} {second}"
    return ""


def _singular(word: str) -> str:
    """The word without a plural's s, where the singular is on the list."""
    for ending, put in (("ies", "y"), ("es", ""), ("s", "")):
        if word.endswith(ending) and word not in _WORDS:
            stem = word.removesuffix(ending) + put
            if stem in _WORDS or any(stem in phrase for phrase in _PHRASES):
                return stem
    return word
