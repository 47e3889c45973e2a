"""How Swedish texts are ordered, and when two texts say the same.

Pure and self-contained. Not the module `locale`: it belongs to the whole process and needs the
machine to have Swedish installed. Not PyICU: it needs a C++ library that a vendor's server may lack.
Not pyuca: it knows only the order that all languages share, where å and ä sort with a.
"""

from __future__ import annotations

import unicodedata
from typing import Final

__all__ = ["same_words", "swedish_key"]

# "å, ä, ö follow z; æ and ø sort with ä and ö; ü sorts as y" -- the Swedish alphabet, as in CLDR's
# collation sv. W is a letter of its own since 2006. The three signs follow z in ASCII and cannot be
# mixed up with themselves in a text, because what is not a letter or a digit gets a mark before it.
_LETTERS: Final = {
    "å": "{",
    "ä": "|",
    "æ": "|",
    "ö": "}",
    "ø": "}",
    "œ": "}",
    "ü": "y",
    "ű": "y",
    "đ": "d",
    "ð": "d",
    "ł": "l",
    "þ": "th",
}
_PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789åäö")
_BEFORE_DIGITS: Final = "\x01"
_AFTER_LETTERS: Final = "~"


def swedish_key(text: str) -> tuple[str, str, str, str]:
    """Give a key that sorts texts as a Swedish reader expects.

    Blanks and signs, digits, a to z, å, ä, ö, other alphabets. Accents matter only between texts
    that are else equal, then case (lower before upper). Different texts have different keys.
    """
    composed = unicodedata.normalize("NFC", text)
    folded = unicodedata.normalize("NFC", composed.casefold())
    letters = "".join(map(_letter, folded))
    accents = "".join(" " if char in _PLAIN else char for char in folded)
    return letters, accents, composed.swapcase(), text


def _letter(char: str) -> str:
    if char in _LETTERS:
        return _LETTERS[char]
    base = unicodedata.normalize("NFD", char)[0]
    if base.isascii() and base.isalnum():
        return base
    if unicodedata.combining(base):
        return ""
    return (_AFTER_LETTERS if base.isalnum() else _BEFORE_DIGITS) + char


def same_words(text: str) -> str:
    """Give what two texts are compared by: case, kinds of blanks and how accents are built do not matter."""
    return " ".join(unicodedata.normalize("NFC", text.casefold()).split())
