"""Where the elements of a document stand: line and column of every start tag, counted in characters.

libxml2 remembers lines only, and those not everywhere. A document that gets here has been parsed, so
that it is well-formed and has no DOCTYPE: then a few expressions split it exactly.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from riv_careplans.codec import Element

__all__ = ["Place", "Source", "Span", "ordinals"]

_TOKEN = re.compile(
    rb"<!--[^-]*+(?:-(?!->)[^-]*+)*+-->"
    rb"|<!\[CDATA\[[^\]]*+(?:\](?!\]>)[^\]]*+)*+\]\]>"
    rb"|<\?[^?]*+(?:\?(?!>)[^?]*+)*+\?>"
    rb"|</[^>]*+>"
    rb"""|(<[^!?/>"'\s][^>"']*+(?:(?:"[^"]*+"|'[^']*+')[^>"']*+)*+>)"""
)
"""Comment, CDATA section, processing instruction, end tag; as a group, start tag."""


class Place(NamedTuple):
    """A place as a person counts it."""

    line: int
    """From 1."""

    column: int
    """In characters, from 1."""


class Span(NamedTuple):
    """A stretch of the document's bytes."""

    start: int
    end: int


class Source:
    """The text of a well-formed document, as UTF-8, split into what stands in `<` and `>`, and the rest."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._starts = array("L")
        self._ends = array("L")
        self._elements = array("L")
        for token in _TOKEN.finditer(data):
            if token.lastindex:
                self._elements.append(len(self._starts))
            self._starts.append(token.start())
            self._ends.append(token.end())

    def __len__(self) -> int:
        """Return how many tokens there are."""
        return len(self._starts)

    def token(self, number: int) -> Span:
        """Return where a token stands."""
        return Span(self._starts[number], self._ends[number])

    def token_at(self, offset: int) -> int:
        """Return the number of the last token that begins at or before an offset; -1 when none does."""
        return bisect_right(self._starts, offset) - 1

    def start_of(self, ordinal: int) -> int:
        """Return the offset of the start tag of an element, counted in document order from 0."""
        return self._starts[self._elements[ordinal]]

    def line_around(self, offset: int) -> Span:
        """Return the line that holds an offset, without its end."""
        end = self.data.find(b"\n", offset)
        return Span(self.data.rfind(b"\n", 0, offset) + 1, len(self.data) if end < 0 else end)

    def places(self, offsets: Iterable[int]) -> dict[int, Place]:
        """Count lines and columns for many offsets in one walk through the document."""
        found: dict[int, Place] = {}
        line, column, before = 1, 1, 0
        for offset in sorted(set(offsets)):
            breaks = self.data.count(b"\n", before, offset)
            if breaks:
                line, column = line + breaks, 1
                before = self.data.rfind(b"\n", before, offset) + 1
            column += len(self.data[before:offset].decode(errors="replace"))
            before = offset
            found[offset] = Place(line, column)
        return found


def ordinals(root: Element, wanted: Iterable[Element]) -> dict[Element, int]:
    """Number the wanted elements of a document in document order, from the root's 0."""
    left = set(wanted)
    found: dict[Element, int] = {}
    if left:
        for number, element in enumerate(root.iter()):
            if element in left:
                found[element] = number
                if len(found) == len(left):
                    break
    return found
