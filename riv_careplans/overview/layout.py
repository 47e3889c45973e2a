"""How the overview is set on a terminal: headings, rows with details, citations. Knows rich, decides nothing.

What a source wrote is shown as text and nothing else: no markup, no control characters, no direction
marks that could make a line read otherwise than it was written.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.rule import Rule
from rich.segment import Segment
from rich.text import Text

from riv_careplans.overview.view import Citation, Contact, Help, Overview, TimedItem

__all__ = ["Page", "Row", "clean", "heading", "labelled", "line", "row", "section", "subheading"]

_KEPT_FORMATS = frozenset("\u00ad\u200c\u200d")
"""Soft hyphen and the two joiners: they shape words and hide nothing."""


class Page(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """An overview, and what its rows look up in it."""

    overview: Overview
    contacts: Mapping[str, Contact]
    told: frozenset[tuple[int, str, str]]
    """What the sections about time print: the record's number, the title of the row, and the text."""

    @classmethod
    def of(cls, overview: Overview) -> Page:
        """Prepare an overview."""
        return cls(
            overview=overview,
            contacts={contact.id: contact for contact in overview.contacts},
            told=frozenset(_told(overview)),
        )

    def cite(self, citations: Iterable[Citation]) -> str:
        """Refer to records: ` [4, 6–9]`; a law is said where it is not the record's own: ` [4 HSL]`."""
        runs: list[tuple[str, list[int]]] = []
        for citation in citations:
            law = self._foreign_law(citation)
            if runs and runs[-1][0] == law and runs[-1][1][-1] == citation.provenance - 1:
                runs[-1][1].append(citation.provenance)
            else:
                runs.append((law, [citation.provenance]))
        return f" [{', '.join(f'{part}{law}' for law, numbers in runs for part in _run_text(numbers))}]"

    def title(self, citation: Citation) -> str:
        """Give the title of a record."""
        return self.overview.provenance[citation.provenance - 1].title

    def _foreign_law(self, citation: Citation) -> str:
        own = self.overview.provenance[citation.provenance - 1].legal_basis
        return "" if citation.legal_basis is own else f" {citation.legal_basis.value}"


def _told(overview: Overview) -> Iterator[tuple[int, str, str]]:
    ahead: tuple[TimedItem | Help, ...] = (
        *overview.coming,
        *overview.approximate,
        *overview.ongoing,
        *overview.weekly_help,
    )
    rows: list[tuple[TimedItem | Help, Sequence[str | None]]] = [
        *((one, (one.text, one.preparation, one.place, one.granted, *one.goals)) for one in ahead),
        *((one, (one.text, one.place)) for one in overview.past),
    ]
    for item, texts in rows:
        for citation in item.citations:
            for text in texts:
                if text is not None:
                    yield citation.provenance, item.title, text


def _run_text(numbers: Sequence[int]) -> Iterator[str]:
    """Write numbers in a row; from three on with a dash."""
    if len(numbers) > 2:  # noqa: PLR2004 - two numbers are as short with a comma
        yield f"{numbers[0]}–{numbers[-1]}"
    else:
        yield from map(str, numbers)


def clean(text: str) -> str:
    """Make a text of a source safe to print, on one line."""
    kept = (
        char if char in _KEPT_FORMATS or unicodedata.category(char) not in ("Cc", "Cf", "Cs") else " "
        for char in text
    )
    return " ".join("".join(kept).split())


def line(*parts: str | tuple[str, str]) -> Text:
    """Set a line of parts, each plain or with a style."""
    text = Text()
    for part in parts:
        content, style = (part, "") if isinstance(part, str) else part
        cleaned = clean(content)
        # A part's own blanks at its ends set it off from its neighbours.
        before = " " if content[:1] == " " else ""
        after = " " if content[-1:] == " " and cleaned else ""
        text.append(f"{before}{cleaned}{after}", style=style)
    return text


def labelled(label: str, value: str | None) -> Text | None:
    """Set `Label: value`, or nothing."""
    return None if not value else line((f"{label}: ", "bold"), value)


class Row(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A sign, and beside it lines that stay together; rich's own grid takes several times as long."""

    sign: str
    parts: Sequence[RenderableType]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Set the lines beside the sign."""
        width = max(options.max_width - 2, 1)
        margin = self.sign
        for part in self.parts:
            for segments in console.render_lines(part, options.update(width=width, height=None), pad=False):
                yield Segment(f"{margin} ")
                yield from segments
                yield Segment.line()
                margin = " "


def row(head: Text, details: Sequence[RenderableType | None] = (), sign: str = "•") -> Row:
    """Set a row with its details under it, indented together."""
    return Row(sign=sign, parts=[head, *(one for one in details if one is not None)])


def heading(title: str) -> RenderableType:
    """Set the heading of a section."""
    return Group(Text(), Rule(Text(title, style="bold"), align="left", characters="─"))


def subheading(title: str) -> RenderableType:
    """Set a heading inside a section."""
    return Group(Text(), line((title, "bold underline")))


def section(title: str, rows: Iterable[RenderableType]) -> list[RenderableType]:
    """Set a section; nothing when it has no rows."""
    rows = list(rows)
    return [heading(title), *rows] if rows else []
