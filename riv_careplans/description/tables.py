"""The contract's types as tables, read from the schemas.

The schema's own Swedish documentation is the only text there is; nothing is added or left out here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from riv_careplans import codec
from riv_careplans.codec import Element

__all__ = ["Declared", "Schema"]

_XS: Final = "{http://www.w3.org/2001/XMLSchema}"
_PARTICLES: Final = (f"{_XS}sequence", f"{_XS}choice")
_UNBOUNDED: Final = "unbounded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """An element as the schema declares it."""

    name: str
    type: str
    occurs: str
    """Such as `0..*`."""

    text: str
    """The schema's documentation, in Swedish."""

    choice: bool
    """One of several that exclude each other."""


class Schema:
    """One schema file, as Markdown."""

    def __init__(self, path: Path) -> None:
        self._root = codec.parse(path.read_bytes())
        self.namespace = self._root.get("targetNamespace") or ""

    def type_names(self) -> tuple[str, ...]:
        """Return the names of the complex types, in the schema's order."""
        return tuple(found.get("name") or "" for found in self._root if found.tag == f"{_XS}complexType")

    def fields(self, type_name: str) -> str:
        """Return the table of a complex type: its elements in order."""
        rows = ["| Namn | Datatyp | Kardinalitet | Beskrivning |", "| :--- | :--- | :--- | :--- |"]
        rows += map(_row, self.elements(type_name))
        return "\n".join(rows)

    def elements(self, type_name: str) -> Iterator[Declared]:
        """Give the elements of a complex type, in order."""
        for child in self._named("complexType", type_name):
            if child.tag in _PARTICLES:
                yield from _elements(child)

    def text(self, type_name: str) -> str:
        """Return what the schema says of a complex type."""
        return _documentation(self._named("complexType", type_name))

    def simple_types(self) -> Iterator[tuple[str, str, str]]:
        """Give name, documentation and values of each simple type."""
        for found in self._root:
            if found.tag == f"{_XS}simpleType":
                yield found.get("name") or "", _documentation(found), "\n".join(_values(found))

    def _named(self, kind: str, name: str) -> Element:
        return next(
            found for found in self._root if found.tag == f"{_XS}{kind}" and found.get("name") == name
        )


def _elements(particle: Element, *, choice: bool = False) -> Iterator[Declared]:
    for child in particle:
        if child.tag == f"{_XS}element":
            yield _declared(child, choice=choice)
        elif child.tag in _PARTICLES:
            yield from _elements(child, choice=child.tag == f"{_XS}choice")


def _declared(element: Element, *, choice: bool) -> Declared:
    least, most = element.get("minOccurs", "1"), element.get("maxOccurs", "1")
    return Declared(
        name=element.get("name") or (element.get("ref") or "").rpartition(":")[2],
        type=(element.get("type") or "").rpartition(":")[2],
        occurs=f"{least}..{'*' if most == _UNBOUNDED else most}",
        text=_documentation(element),
        choice=choice,
    )


def _row(one: Declared) -> str:
    occurs = one.occurs + (" (val)" if one.choice else "")
    return f"| {one.name} | {one.type} | {occurs} | {one.text} |"


def _documentation(element: Element) -> str:
    texts = [
        " ".join((said.text or "").split())
        for note in element
        if note.tag == f"{_XS}annotation"
        for said in note
        if said.tag == f"{_XS}documentation"
    ]
    return " ".join(texts).replace("|", "\\|")


def _values(simple: Element) -> Iterator[str]:
    for restriction in simple:
        for facet in restriction:
            value = (facet.get("value") or "").replace("|", "\\|")
            if facet.tag == f"{_XS}enumeration":
                yield f"| {value} | {_documentation(facet)} |"
