"""Names that sound alike: they are listed for whoever writes a new one, and never taken for the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from difflib import SequenceMatcher
from unicodedata import combining, normalize

SHORT = 3
"""Words of so few letters tell no institution from another: of, the, de."""
COMMON = 3
"""A word that so many names have tells nothing either."""
OF_ANY = frozenset(
    "academy association center centre college consortium department faculty foundation hospital institut institute institution international laboratory national observatory polytechnic research "
    "school sciences science state technology universidad universidade universita universitaet universitat universite universiteit university".split()
)
"""Words for what an institution is: none is told from another by them."""
NEAR = 0.84
"""Two spellings of which so large a share agrees are near."""


def sounding_like(name: str, known: Mapping[str, str]) -> list[str]:
    """The ids of those whose names sound like this one, nearest first; ``known`` has the name of each id."""
    often = Counter(word for other in known.values() for word in set(words_in(other)))
    found = {record_id: _likeness(name, other, often) for record_id, other in known.items()}
    return sorted((it for it, share in found.items() if share >= NEAR), key=lambda it: (-found[it], it))


def _likeness(one: str, other: str, often: Mapping[str, int]) -> float:
    """How much of two names agrees: of the whole, of a word that tells, or of the initials that one of them is."""
    first, second = words_in(one), words_in(other)
    whole = _share(" ".join(first), " ".join(second))
    telling = [word for word in second if _tells(word) and often[word] < COMMON]
    parts = [_share(word, wanted) for word in first if _tells(word) for wanted in telling]
    initials = {_initials(first), _initials(second)} & {"".join(first), "".join(second)}
    return max(whole, *parts, 1.0 if initials else 0.0) if first and second else 0.0


def _tells(word: str) -> bool:
    return len(word) > SHORT and word not in OF_ANY


def _share(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def words_in(name: str) -> list[str]:
    """The words of a name without letter case, accents and punctuation."""
    plain = "".join(letter for letter in normalize("NFKD", name.casefold()) if not combining(letter))
    return "".join(letter if letter.isalnum() else " " for letter in plain).split()


def _initials(words: list[str]) -> str:
    return "".join(word[0] for word in words if len(word) > SHORT) if len(words) > 1 else ""
