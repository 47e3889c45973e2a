"""Reads a page of a report as a strict reader would: every tag closed, nothing from elsewhere, nothing unnamed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

__all__ = ["Structure", "structure_of"]

VOID = {"meta", "link", "input", "br", "rect"}

KNOWN = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "link",
        "style",
        "body",
        "header",
        "main",
        "footer",
        "section",
        "article",
    ),
    *(
        "div",
        "span",
        "p",
        "h1",
        "h2",
        "h3",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "a",
        "b",
        "i",
        "code",
        "pre",
        "mark",
    ),
    *(
        "details",
        "summary",
        "form",
        "fieldset",
        "legend",
        "label",
        "input",
        "select",
        "option",
        "button",
        "output",
    ),
    *("svg", "rect", "script"),
}
"""The elements a page is made of; any other would be somebody else's."""


@dataclass
class Structure(HTMLParser):
    """What stands in a page, and what is wrong with it."""

    problems: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag not in KNOWN:
            self.problems.append(f"<{tag}> is not ours")
        self.problems += [
            f"{name} on <{tag}>" for name in named if name.startswith("on") or name in ("style", "src")
        ]
        if "id" in named:
            self.ids.append(named["id"] or "")
        if "href" in named:
            self.links.append(named["href"] or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in KNOWN:
            self.problems.append(f"<{tag}/> is not ours")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> closes something else")


def structure_of(page: str) -> Structure:
    """Read a page and judge it."""
    structure = Structure()
    structure.feed(page)
    structure.close()
    problems = structure.problems
    problems += [f"<{tag}> is never closed" for tag in structure.open]
    problems += [f"id {one} twice" for one in set(structure.ids) if structure.ids.count(one) > 1]
    problems += [
        f"link to {one}"
        for one in structure.links
        if one != "data:," and not (one.startswith("#") and one[1:] in structure.ids)
    ]
    if not page.startswith("<!DOCTYPE html>\n<html lang="):
        problems.append("no doctype or no language")
    if not re.search(r"<title>[^<]*\S[^<]*</title>", page):
        problems.append("no title")
    return structure
