"""Did you mean: the known word that an unknown one most resembles."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = ["nearest", "resembles"]

_LONGEST = 64
_ALIKE = 0.7
"""How much two words have in common, of 1, to be taken for each other."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is most like another, if any is enough so; letters' case counts little."""
    if not 1 < len(word) <= _LONGEST:
        return None
    by_form: dict[str, str] = {}
    for candidate in sorted(known):
        by_form.setdefault(candidate.casefold(), candidate)
    found = difflib.get_close_matches(word.casefold(), by_form, 1, _ALIKE)
    return by_form[found[0]] if found else None


def resembles(word: str, known: Iterable[str]) -> bool:
    """Say whether an unknown name can be shown: letters only, and nearly a known one."""
    return word.isascii() and word.isalpha() and nearest(word, known) is not None
