"""The line of a document that a finding is about, without what the document says.

Shown are brackets, the contract's names and known namespaces; a text, a value, a comment and a name
that is the sender's own are `***`. What could play with the reader's terminal is made harmless.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, NamedTuple

from riv_careplans.validation.places import Place, Source, Span
from riv_careplans.validation.report import Excerpt

__all__ = ["Mask", "harmless"]

_HIDDEN: Final = "***"
_CUT: Final = "…"
_BEFORE: Final = 60
_AFTER: Final = 100
"""Characters shown before the place, and from it on."""

_TAG = re.compile(r"""(</?)([^\s/>]+)((?:[^>"']|"[^"]*"|'[^']*')*?)(/?>)\Z""", re.DOTALL)
_ATTRIBUTE = re.compile(r"""([^\s=]+)(\s*=\s*)("[^"]*"|'[^']*')|\s+""")
_PREFIX = re.compile(r"[A-Za-z]{1,8}[0-9]{0,2}")
_NAMESPACE = re.compile(
    r"(?:urn:(?:riv|oasis):|https?://(?:schemas\.xmlsoap|www\.w3)\.org/)[A-Za-z0-9:./_-]{1,120}"
)
_LONG_NUMBER = re.compile(r"[0-9]{5}")
_ATTRIBUTES: Final = frozenset(
    {"type", "nil", "schemaLocation", "noNamespaceSchemaLocation", "lang", "space", "id", "href"}
    | {"mustUnderstand", "actor", "role", "encodingStyle", "root", "extension"}
)
"""Attributes whose names tell what is wrong."""
_BROKEN_TAG = re.compile(r"(</?)((?:[A-Za-z]{1,8}[0-9]{0,2}:)?)([A-Za-z]+)(?=[\s/>]|\Z)|/?>")


class _Piece(NamedTuple):
    """A stretch of the document and what is shown for it."""

    span: Span
    shown: str
    blank: bool = False
    """True for whitespace, which may be cut."""


def harmless(text: str) -> str:
    """Replace what is no visible character: control characters, and those that turn the line around."""
    return "".join(
        char
        if char.isprintable()
        else " "
        if unicodedata.category(char) == "Zs" or char == "\t"
        else "\ufffd"
        for char in text
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """Makes excerpts; `names` are the local names that may be seen."""

    names: AbstractSet[str]
    show_personal_data: bool = False

    def excerpt(self, source: Source, offset: int, *, own_name: str = "") -> Excerpt:
        """Show the line of a start tag; `own_name` is a name that may be seen although it is unknown."""
        line = source.line_around(offset)
        number = source.token_at(offset)
        if self.show_personal_data:
            tag = source.data[offset : min(source.token(number).end, line.end)]
            length = len(re.split(rb"[\s/>]", tag, maxsplit=1)[0].decode(errors="replace"))
            before = source.data[max(line.start, offset - 4 * _BEFORE) : offset].decode(errors="ignore")
            after = source.data[offset : min(line.end, offset + 4 * _AFTER)].decode(errors="ignore")
            return _shortened(before, after, length)
        names = self.names | {own_name} if own_name else self.names
        before = "".join(reversed(list(self._leftwards(source, number, line, names))))
        shown = list(self._rightwards(source, number, line, names))
        return _shortened(before, "".join(shown), len(shown[0]) if shown else 1)

    def _leftwards(self, source: Source, number: int, line: Span, names: AbstractSet[str]) -> Iterator[str]:
        """Give what is shown before a token, the nearest first, until that is enough."""
        length, end = 0, source.token(number).start
        for earlier in range(number - 1, -2, -1):
            span = source.token(earlier) if earlier >= 0 else Span(0, 0)
            shown = _in_line(_text(source, Span(span.end, end)), line)
            yield shown
            length += len(shown)
            if span.end <= line.start or length > _BEFORE:
                return
            for piece in reversed(self._pieces(source, span, names)):
                shown = _in_line(piece, line)
                yield shown
                length += len(shown)
            end = span.start

    def _rightwards(self, source: Source, number: int, line: Span, names: AbstractSet[str]) -> Iterator[str]:
        """Give what is shown from a token on, until that is enough."""
        length = 0
        for later in range(number, len(source)):
            span = source.token(later)
            if span.start >= line.end or length > _AFTER:
                return
            following = source.token(later + 1).start if later + 1 < len(source) else len(source.data)
            for piece in (*self._pieces(source, span, names), _text(source, Span(span.end, following))):
                shown = _in_line(piece, line)
                yield shown
                length += len(shown)

    def _pieces(self, source: Source, span: Span, names: AbstractSet[str]) -> tuple[_Piece, ...]:
        """Take one token apart."""
        raw = source.data[span.start : span.end]
        tag = None if raw.startswith((b"<!", b"<?")) else _TAG.match(raw.decode(errors="replace"))
        if tag is None:
            around = ("<!--", "-->") if raw.startswith(b"<!--") else ("<?", "?>")
            around = ("<![CDATA[", "]]>") if raw.startswith(b"<![") else around
            return (_Piece(span, f"{around[0]}{_HIDDEN}{around[1]}"),)
        pieces: list[_Piece] = []
        position = span.start

        def add(text: str, shown: str) -> None:
            nonlocal position
            end = position + len(text.encode())
            pieces.append(_Piece(Span(position, end), shown, not text.strip()))
            position = end

        opening, name, attributes, closing = tag.groups()
        add(opening + name, opening + _name(name, names))
        for part in _ATTRIBUTE.finditer(attributes):
            add(part[0], part[0] if part[1] is None else _attribute(part[1], part[3]))
        add(closing, closing)
        return tuple(pieces)

    def excerpt_of_broken(self, data: bytes, place: Place) -> Excerpt | None:
        """Show a line of a document that is not well-formed: known names, and nothing else of it."""
        start = _start_of_line(data, place.line)
        end = data.find(b"\n", start)
        line = data[start : len(data) if end < 0 else end].decode(errors="replace")
        at = min(max(place.column - 1, 0), len(line))
        before, after = line[max(0, at - 4 * _BEFORE) : at], line[at : at + 4 * _AFTER]
        if not self.show_personal_data:
            before, after = self._broken(before), self._broken(after)
            if before.endswith(_HIDDEN):
                after = after.removeprefix(_HIDDEN)
        return _shortened(before, after, 1) if before or after else None

    def _broken(self, text: str) -> str:
        shown, position = "", 0
        for found in _BROKEN_TAG.finditer(text):
            if found[3] is None or found[3] in self.names:
                shown += _hidden(text[position : found.start()]) + found[0]
                position = found.end()
        return shown + _hidden(text[position:])


def _start_of_line(data: bytes, line: int) -> int:
    """Return where a line begins; by halves, because a document may consist of line breaks."""
    low, high, before = 0, len(data), 0
    while low < high:
        middle = (low + high) // 2
        breaks = before + data.count(b"\n", low, middle + 1)
        if breaks < line - 1:
            low, before = middle + 1, breaks
        else:
            high = middle
    return low + 1 if line > 1 else 0


def _text(source: Source, span: Span) -> _Piece:
    """Make a piece of what stands between two tokens."""
    text = source.data[span.start : span.end]
    return _Piece(span, _HIDDEN, blank=True) if text.isspace() or not text else _Piece(span, _HIDDEN)


def _in_line(piece: _Piece, line: Span) -> str:
    """Show a piece, or as much of it as stands in the line."""
    start, end = max(piece.span.start, line.start), min(piece.span.end, line.end)
    if start >= end:
        return ""
    if piece.blank:
        return " " * min(end - start, _BEFORE)
    return piece.shown if (start, end) == piece.span else _HIDDEN


def _hidden(text: str) -> str:
    return _HIDDEN if text.strip() else text


def _name(name: str, names: AbstractSet[str]) -> str:
    prefix, colon, local = name.rpartition(":")
    shown = prefix if _PREFIX.fullmatch(prefix) or not prefix else _HIDDEN
    return shown + colon + (local if local in names else _HIDDEN)


def _attribute(name: str, quoted: str) -> str:
    prefix, colon, local = name.rpartition(":")
    value = quoted[1:-1]
    if "xmlns" in (prefix, name):
        declared = local if not prefix or _PREFIX.fullmatch(local) else _HIDDEN
        known = _NAMESPACE.fullmatch(value) and not _LONG_NUMBER.search(value)
        return f'{prefix}{colon}{declared}="{value if known else _HIDDEN}"'
    shown = prefix if _PREFIX.fullmatch(prefix) or not prefix else _HIDDEN
    return f'{shown}{colon}{local if local in _ATTRIBUTES else _HIDDEN}="{_HIDDEN}"'


def _shortened(before: str, after: str, length: int) -> Excerpt:
    """Put a line together around the place, without its indentation."""
    before = harmless(before).lstrip(" ")
    after = harmless(after).rstrip(" ")
    if len(before) > _BEFORE:
        before = _CUT + before[-_BEFORE:]
    if len(after) > _AFTER:
        after = after[:_AFTER] + _CUT
    return Excerpt(text=before + after, start=len(before), length=max(1, min(length, len(after))))
