"""A line of a document with its marked place, ready to be shown: in three parts, and cut to a width. Pure."""

from __future__ import annotations

from typing import Final, NamedTuple, Self

from rich.cells import cell_len, set_cell_size

from riv_careplans.report.escaping import visible
from riv_careplans.validation.report import Excerpt

__all__ = ["Marked"]

_CUT: Final = "…"
_LEAST_PLACE: Final = 8
"""Columns of the place that are shown however narrow the terminal is."""


class Marked(NamedTuple):
    """A line in three parts, of which the middle one is the place."""

    before: str
    place: str
    after: str

    @classmethod
    def of(cls, excerpt: Excerpt) -> Self:
        """Take a line apart; everything in it can be seen, a tab is one blank."""
        text = excerpt.text.replace("\t", " ")
        start = min(max(excerpt.start, 0), len(text))
        end = min(start + max(excerpt.length, 1), len(text))
        return cls(visible(text[:start]), visible(text[start:end]), visible(text[end:]))

    def within(self, columns: int) -> Self:
        """Leave out what does not fit, on both sides of the place, and indentation first."""
        before, place, after = self.before.lstrip(), self.place, self.after.rstrip()
        columns = max(columns, _LEAST_PLACE)
        if cell_len(place) > columns:
            return self._replace(before="", place=_head(place, columns), after="")
        room = columns - cell_len(place)
        half = room // 2
        longest_before = max(half, room - cell_len(after))
        if cell_len(before) > longest_before:
            before = _tail(before, longest_before)
        return self._replace(before=before, place=place, after=_head(after, room - cell_len(before)))

    @property
    def indentation(self) -> int:
        """Columns before the place."""
        return cell_len(self.before)

    @property
    def breadth(self) -> int:
        """Columns of the place, at least one."""
        return max(cell_len(self.place), 1)


def _head(text: str, columns: int) -> str:
    if cell_len(text) <= columns:
        return text
    return set_cell_size(text, columns - 1).rstrip() + _CUT if columns > 0 else ""


def _tail(text: str, columns: int) -> str:
    if columns < 1:
        return ""
    while cell_len(text) > columns - 1:
        text = text[max(1, (cell_len(text) - columns + 1) // 2) :]
    return _CUT + text
