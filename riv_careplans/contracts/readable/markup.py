"""The HTML there is in a readable document. Whatever is not `Html` already is escaped on its way in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NewType

from riv_careplans import codec

__all__ = ["NOTHING", "Html", "article", "facts", "joined", "listed", "page", "paragraph", "section"]

Html = NewType("Html", str)
"""Text that is HTML. The type checker keeps it apart from texts that are not escaped yet."""

NOTHING: Final = Html("")

_DEEPEST_HEADING = 6


def page(title: str, sections: Iterable[Html], *, warning: str = "") -> str:
    """Write a document that needs nothing from outside; it is well-formed XML too."""
    notice = f"<p><strong>{_text(warning)}</strong></p>\n" if warning else ""
    return (
        '<!DOCTYPE html>\n<html lang="sv">\n<head>\n<meta charset="utf-8"/>\n'
        f"<title>{_text(title, line_break=' ')}</title>\n</head>\n<body>\n"
        f"<h1>{_text(title)}</h1>\n{notice}{joined(sections)}</body>\n</html>\n"
    )


def section(heading: str, content: Html) -> Html:
    """Write a section of the document."""
    return Html(f"<section>\n<h2>{_text(heading)}</h2>\n{content}</section>\n")


def article(heading: str, *content: Html, level: int = 3) -> Html:
    """Write one of several alike, under its own heading."""
    tag = f"h{min(level, _DEEPEST_HEADING)}"
    return Html(f"<article>\n<{tag}>{_text(heading)}</{tag}>\n{joined(content)}</article>\n")


def paragraph(text: str | None) -> Html:
    """Write a text; nothing for none."""
    return Html(f"<p>{_text(text)}</p>\n") if text else NOTHING


def facts(*named: tuple[str, str | None]) -> Html:
    """Write what has a value, under its name."""
    rows = "".join(f"<dt>{_text(name)}</dt><dd>{_text(value)}</dd>\n" for name, value in named if value)
    return Html(f"<dl>\n{rows}</dl>\n") if rows else NOTHING


def listed(items: Iterable[str]) -> Html:
    """Write a list; nothing for an empty one."""
    rows = "".join(f"<li>{_text(item)}</li>\n" for item in items if item)
    return Html(f"<ul>\n{rows}</ul>\n") if rows else NOTHING


def joined(pieces: Iterable[Html]) -> Html:
    """Put pieces after one another."""
    return Html("".join(pieces))


def _text(text: str, *, line_break: str = "<br/>") -> Html:
    """Escape a text; raises `ValueError` for characters that no document can hold."""
    lines = codec.escape(text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    return Html(line_break.join(lines))
