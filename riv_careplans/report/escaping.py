r"""How a text that is not ours is shown: as what it is, and without power over whoever shows it.

A file name or a line of a document may hold control characters, marks that turn the direction of
writing, or bytes that are no text. Each is written out, such as `\x1b` or `\u202e`, in every format.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePath
from typing import Final, TextIO
from urllib.parse import quote

__all__ = ["SURROGATE", "as_uri", "encodable", "sound", "visible"]

_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories that draw nothing: controls, formats, halves of characters, line and paragraph ends."""

_NO_CHARACTER: Final = frozenset("\ufffe\uffff")
"""Not allowed in XML either."""

_BYTE_OF_A_NAME: Final = range(0xDC80, 0xDD00)
"""How Python carries a byte of a file name that is not UTF-8."""

SURROGATE: Final = re.compile("[\ud800-\udfff]")
"""Half a character: no encoding can carry it."""

_DRIVE: Final = re.compile(r"[A-Za-z]:/")


def visible(text: str) -> str:
    """Write out every character that could not be seen, on one line; the rest stays."""
    if text.isprintable():
        return text
    return "".join(map(_seen, text))


def sound(text: str) -> str:
    """Write out only what no encoding can carry; for a format that escapes the rest by itself."""
    return text if text.isascii() else SURROGATE.sub(lambda found: _seen(found[0]), text)


def _seen(char: str) -> str:
    if unicodedata.category(char) not in _UNSEEN and char not in _NO_CHARACTER:
        return char
    number = ord(char)
    if number in _BYTE_OF_A_NAME:
        number -= 0xDC00
    if number <= 0xFF:  # noqa: PLR2004 - two digits hold it
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"  # noqa: PLR2004 - four digits hold it


def encodable(text: str, stream: TextIO) -> str:
    """Replace what a stream that is not UTF-8, such as an old terminal, cannot show."""
    encoding = stream.encoding or "utf-8"
    if text.isascii() or encoding.lower().replace("-", "") == "utf8":
        return text
    return text.encode(encoding, "replace").decode(encoding)


def as_uri(name: str) -> str:
    """Write a file name as a relative or, if it is absolute, a file URI; every byte survives."""
    path = PurePath(name).as_posix()
    try:
        raw = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raw = path.encode("utf-8", "surrogatepass")
    quoted = quote(raw, safe="/")
    if path.startswith("/"):
        return f"file://{quoted}"
    return f"file:///{quoted}" if _DRIVE.match(path) else quoted
