"""Values as JSON that is also safe to look at: nothing in it that a terminal or an editor might obey."""

from __future__ import annotations

import re
from typing import Final

import msgspec

__all__ = ["encoded"]

_RISKY: Final = re.compile(
    "[\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]"
)
"""Controls, direction marks and the like, which JSON would allow unescaped."""


def encoded(value: object) -> str:
    """Write a value as JSON on one line."""
    text = msgspec.json.encode(value).decode()
    return text if text.isascii() and "\x7f" not in text else _RISKY.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
