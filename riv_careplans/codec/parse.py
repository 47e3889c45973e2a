"""The one way in for XML from outside: `parse`, hardened and bounded.

Nothing is fetched, expanded or repaired because a document says so: no DTD, no entity, no
schemaLocation, no XInclude. Sizes are checked before libxml2 sees the bytes, so that a hostile
document costs no more memory than an honest one of the same size.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from lxml import etree

from riv_careplans.errors import Finding, NotWellFormed

__all__ = ["ANSWER_LIMITS", "REQUEST_LIMITS", "Element", "Limits", "parse"]

Element: TypeAlias = etree._Element  # noqa: SLF001 - lxml gives its element type no public name

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a document may be; one more than a limit is refused."""

    size: int
    """Bytes of the document as it arrived."""

    depth: int = 64
    """Elements inside each other, the root counted."""

    elements: int = 200_000
    """Elements in all."""

    attributes: int = 64
    """Attributes and namespace declarations of one element."""

    text: int = 8 * _MIB
    """Bytes of one text, in UTF-8."""


REQUEST_LIMITS = Limits(size=_MIB)
"""For a question to a producer."""

ANSWER_LIMITS = Limits(size=15 * _MIB)
"""For a producer's answer, and for files."""

_SMALLEST_ELEMENT = len(b"<a/>")
_ENCODINGS = frozenset({"utf-8", "utf8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252"})
_UTF_16 = frozenset({"utf-16", "utf-16le", "utf-16be"})
_UTF_16_STARTS = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_DECLARATION = re.compile(
    rb"""(?:\xef\xbb\xbf)?<\?xml\s+version\s*=\s*["']([^"']{0,8})["']"""
    rb"""(?:\s+encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["'])?[^>]{0,60}\?>"""
)
_DOCTYPE_IN_PROLOG = re.compile(rb"(?:[^<]|<\?(?:[^?]|\?(?!>))*\?>|<!--(?:[^-]|-(?!->))*-->)*?<!DOCTYPE")
_START_TAG = re.compile(rb"""[^<>"'\s]+((?:\s+[^<>"'\s=]+\s*=\s*(?:"[^"]*"|'[^']*'))*)""")
_ATTRIBUTE = re.compile(rb"""=\s*(?:"[^"]*"|'[^']*')""")

# Comments and processing instructions go, because a value may hold them and the whole text is
# wanted; nothing is resolved, and nothing is mended.
_PARSER = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
    recover=False,
    collect_ids=False,
)

_SENTENCES = {
    "ERR_DOCUMENT_EMPTY": "the document is empty or does not begin with an element",
    "ERR_DOCUMENT_END": "there is something after the end of the root element",
    "ERR_TAG_NAME_MISMATCH": "an end tag does not match its start tag",
    "ERR_TAG_NOT_FINISHED": "the document ends before its root element does",
    "ERR_INVALID_CHAR": "there is a character that XML cannot carry",
    "ERR_INVALID_ENCODING": "the bytes are not text in the encoding of the document",
    "ERR_UNDECLARED_ENTITY": "there is an entity, and entities are not accepted",
    "ERR_ATTRIBUTE_REDEFINED": "an attribute occurs twice in one element",
    "NS_ERR_UNDEFINED_NAMESPACE": "a prefix is used that no namespace declaration names",
    "WAR_UNDECLARED_ENTITY": "there is an entity, and entities are not accepted",
}


def parse(data: bytes, limits: Limits = ANSWER_LIMITS, *, charset: str | None = None) -> Element:
    """Parse a document and return its root element.

    `charset` is what the transport said (HTTP's Content-Type); it goes before the document's own
    declaration. Raises `NotWellFormed` for bytes that are not XML 1.0, for a DOCTYPE, for an
    encoding other than UTF-8, UTF-16, US-ASCII, ISO-8859-1, ISO-8859-15 and windows-1252, and for a
    document over a limit. The message never repeats anything of the document.
    """
    if len(data) > limits.size:
        raise _refused(f"the document is larger than {limits.size} bytes")
    if charset is not None and charset.lower() not in ("utf-8", "utf8"):
        data = _as_utf_8(data, charset.lower())
    elif data.startswith(_UTF_16_STARTS):
        data = _as_utf_8(data, "utf-16")
    else:
        _check_declaration(data)
    if _DOCTYPE_IN_PROLOG.match(data):
        raise _refused("a DOCTYPE is not accepted")
    _check_attributes(data, limits.attributes)
    crowded = len(data) > limits.elements * _SMALLEST_ELEMENT
    if crowded and data.count(b"<") > 2 * limits.elements:
        raise _refused(f"the document has more than {limits.elements} elements")
    try:
        root = etree.fromstring(data, _PARSER)
    except etree.XMLSyntaxError as exc:
        raise _syntax_error(exc) from None
    except ValueError:
        raise _refused("the document is not XML") from None
    _check_tree(root, limits, count=crowded, measure=len(data) > limits.text)
    return root


def _refused(problem: str, line: int | None = None) -> NotWellFormed:
    return NotWellFormed(problem, findings=(Finding(code="XML", message=problem, line=line),))


def _as_utf_8(data: bytes, charset: str) -> bytes:
    """Turn another encoding into UTF-8 without a declaration, so that later checks see one form."""
    if charset not in _ENCODINGS | _UTF_16:
        raise _refused("the encoding must be UTF-8 or UTF-16")
    if charset in _UTF_16 and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        charset = "utf-16-le" if data[1:2] == b"\x00" else "utf-16-be"
    try:
        encoded = data.decode(charset).encode()
    except UnicodeError:
        raise _refused(_SENTENCES["ERR_INVALID_ENCODING"]) from None
    declaration = _DECLARATION.match(encoded)
    return encoded[declaration.end() :] if declaration else encoded


def _check_declaration(data: bytes) -> None:
    if not data.startswith((b"<?xml", b"\xef\xbb\xbf<?xml")):
        return
    declaration = _DECLARATION.match(data)
    if declaration is None:
        raise _refused("the XML declaration cannot be read", 1)
    version, encoding = declaration.groups()
    if version != b"1.0":
        raise _refused("only XML 1.0 is accepted", 1)
    if encoding is not None and encoding.decode().lower() not in _ENCODINGS:
        raise _refused("the encoding must be UTF-8 or UTF-16", 1)


def _check_attributes(data: bytes, most: int) -> None:
    """Count attributes before parsing: libxml2 would take hundreds of bytes for each."""
    if data.count(b"=") <= most:
        return
    for piece in data.split(b"<"):
        if piece.count(b"=") <= most:
            continue
        tag = _START_TAG.match(piece)
        if tag and len(_ATTRIBUTE.findall(tag[1])) > most:
            raise _refused(f"an element has more than {most} attributes")


def _check_tree(root: Element, limits: Limits, *, count: bool, measure: bool) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise _refused("a DOCTYPE is not accepted")
    if _deeper_than(limits.depth)(root):
        raise _refused(f"elements are more than {limits.depth} deep inside each other")
    if count and sum(1 for _ in root.iter()) > limits.elements:
        raise _refused(f"the document has more than {limits.elements} elements")
    if measure and any(len((found.text or "").encode()) > limits.text for found in root.iter()):
        raise _refused(f"a text is longer than {limits.text} bytes")


def _deeper_than(depth: int) -> etree.XPath:
    return _DEEPER.get(depth) or etree.XPath("/*" * (depth + 1))


_DEEPER = {depth: etree.XPath("/*" * (depth + 1)) for depth in {REQUEST_LIMITS.depth, ANSWER_LIMITS.depth}}


def _syntax_error(exc: etree.XMLSyntaxError) -> NotWellFormed:
    """Say where, and in our words what: libxml2's sentence may repeat names of the document."""
    known = etree.ErrorTypes.__dict__
    kind = next((name for name in _SENTENCES if known.get(name) == getattr(exc, "code", None)), "")
    problem = (
        f"the document is not well-formed XML: {_SENTENCES[kind]}"
        if kind
        else "the document is not well-formed XML"
    )
    line = exc.position[0] or None
    place = f" (line {exc.position[0]}, column {exc.position[1]})" if line else ""
    return _refused(problem + place, line)
