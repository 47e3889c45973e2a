"""The one way in for XML from outside: `parse`, hardened and bounded.

Nothing is fetched, expanded or repaired because a document says so: no DTD, no entity, no
schemaLocation, no XInclude. What could cost much memory is counted before libxml2 sees the bytes, so
that a refused document costs little more than its own size.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import islice
from typing import TypeAlias

from lxml import etree

from riv_careplans.errors import Finding, NotWellFormed

__all__ = ["ANSWER_LIMITS", "REQUEST_LIMITS", "Element", "Limits", "Reason", "Refusal", "as_utf_8", "parse"]

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
    """Elements in all; and attributes in all, because each costs as much memory as an element."""

    attributes: int = 64
    """Attributes and namespace declarations of one element."""

    text: int = 8 * _MIB
    """Bytes of one text or attribute value, in UTF-8."""

    names: int | None = None
    """Different names and namespaces; libxml2 keeps each for as long as the thread lives that met it."""


REQUEST_LIMITS = Limits(size=_MIB, names=2000)
"""For a question to a producer."""

ANSWER_LIMITS = Limits(size=15 * _MIB)
"""For a producer's answer, and for files."""


class Reason(StrEnum):
    """Why a document is refused, for those who tell it in their own words."""

    SIZE = "size"
    DOCTYPE = "doctype"
    ENTITY = "entity"
    ENCODING = "encoding"
    CHARSETS = "charsets"
    """The transport and the document name different encodings."""

    BYTES = "bytes"
    """The bytes are not text in the document's encoding."""

    DECLARATION = "declaration"
    DECLARATION_LATE = "declaration-late"
    """Something stands before the XML declaration."""

    VERSION = "version"
    ELEMENTS = "elements"
    ATTRIBUTES = "attributes"
    """Too many in all."""

    CROWDED = "crowded"
    """Too many attributes in one element."""

    DEPTH = "depth"
    TEXT = "text"
    TOO_MUCH = "too-much"
    """Deeper, or a name or value longer, than libxml2 takes."""

    NO_ELEMENT = "no-element"
    AFTER_THE_END = "after-the-end"
    END_TAG = "end-tag"
    CUT = "cut"
    CHARACTER = "character"
    ATTRIBUTE_TWICE = "attribute-twice"
    PREFIX = "prefix"
    UNESCAPED = "unescaped"
    """A `<` or `&` that begins neither an element nor a reference."""

    SYNTAX = "syntax"
    """Anything else that is not well-formed."""


class Refusal(Finding, frozen=True, kw_only=True):
    """Why a document was not parsed."""

    reason: Reason
    limit: int = 0
    """The limit that was passed, where it was one."""

    column: int | None = None
    """Column, counted from 1, when known."""


# --- what is looked for in the bytes ------------------------------------------------------------

_PLAIN_START = re.compile(
    rb"""(?:\xef\xbb\xbf)?(?:<\?xml\s+version\s*=\s*["']1\.0["']"""
    rb"""(?:\s+encoding\s*=\s*["'](?i:utf-8)["'])?(?:\s+standalone\s*=\s*["'](?:yes|no)["'])?\s*\?>)?"""
    rb"""\s*<[^!?\x00]"""
)
"""How nearly every document begins: UTF-8, and the root element without anything before it."""

_DECLARATION = re.compile(
    r"""\s+version\s*=\s*["']([^"'<>]{0,8})["'](?:\s+encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["'])?"""
    r"""(?:\s+standalone\s*=\s*["'](?:yes|no)["'])?\s*\?>"""
)
_EIGHT_BIT = frozenset({"iso-8859-1", "iso-8859-15", "windows-1252"})
"""Encodings in which nearly any bytes are text, so that only a label can tell."""
_ENCODINGS = _EIGHT_BIT | {"us-ascii", "utf-16", "utf-16le", "utf-16be"}
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_UTF_16_STARTS = (*_UTF_16_MARKS, b"<\x00", b"\x00<")

_SMALLEST_ELEMENT = len(b"<a/>")
_HIDDEN = (
    rb"(?:(?:<!--[^-]*+(?:-(?!->)[^-]*+)*+(?:-->)?"
    rb"|<!\[CDATA\[[^\]]*+(?:\](?!\]>)[^\]]*+)*+(?:\]\]>)?"
    rb"|<\?[^?]*+(?:\?(?!>)[^?]*+)*+(?:\?>)?)\s*+)++"
)
"""Comments, CDATA sections and processing instructions; an unclosed one reaches to the end."""
_ATTRIBUTE = rb"""\s++[^<>"'\s=/]++\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+')"""
_START_TAG = rb"""<[^<>"'\s=!?/]++"""
_NAME_START = rb"(?<![^<>\"'\s=/])"
"""A name is looked for from its first byte alone: from each byte, a long text would take for ever."""
_NAMES = (
    re.compile(rb"<([^<>\"'\s=!?/]+)"),
    re.compile(_NAME_START + rb"([^<>\"'\s=/]++)\s*+="),
    re.compile(_NAME_START + rb"xmlns[^<>\"'\s=/]*+\s*+=\s*+(\"[^\"]*+\"|'[^']*+')"),
)
"""Of elements and of attributes, and namespaces; what stands hidden or in a text is not told apart."""
_FROM_EQUALS_SIGN = re.compile(rb"=[^<]*+")
"""From an equals sign to the next tag: few in most documents, so that few tags need be looked at."""


class _Parser(threading.local):
    """A parser for each thread: lxml lets one thread at a time use a parser."""

    def __init__(self) -> None:
        # Comments and processing instructions go, because a value may hold them and the whole text is
        # wanted; nothing is resolved, and nothing is mended. The encoding is decided before.
        self.parser = etree.XMLParser(
            encoding="UTF-8",
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
            recover=False,
            collect_ids=False,
        )


_OWN = _Parser()

_TOO_MUCH = "it is deeper, or a name or value in it is longer, than is accepted"
_BAD_BYTES = "the bytes are not text in the encoding of the document"
_ENTITY = "there is an entity, and entities are not accepted"
_TWICE = "an attribute occurs twice in one element"
_SENTENCES = {
    "ERR_DOCUMENT_EMPTY": (Reason.NO_ELEMENT, "the document is empty or does not begin with an element"),
    "ERR_DOCUMENT_END": (Reason.AFTER_THE_END, "there is something after the end of the root element"),
    "ERR_TAG_NAME_MISMATCH": (Reason.END_TAG, "an end tag does not match its start tag"),
    "ERR_TAG_NOT_FINISHED": (Reason.CUT, "the document ends before its root element does"),
    "ERR_INVALID_CHAR": (Reason.CHARACTER, "there is a character that XML cannot carry"),
    "ERR_INVALID_ENCODING": (Reason.BYTES, _BAD_BYTES),
    "ERR_UNDECLARED_ENTITY": (Reason.ENTITY, _ENTITY),
    "WAR_UNDECLARED_ENTITY": (Reason.ENTITY, _ENTITY),
    "ERR_ATTRIBUTE_REDEFINED": (Reason.ATTRIBUTE_TWICE, _TWICE),
    "NS_ERR_UNDEFINED_NAMESPACE": (Reason.PREFIX, "a prefix is used that no namespace declaration names"),
    "NS_ERR_ATTRIBUTE_REDEFINED": (Reason.ATTRIBUTE_TWICE, _TWICE),
    "ERR_RESERVED_XML_NAME": (Reason.DECLARATION_LATE, ""),
    "ERR_NAME_REQUIRED": (Reason.UNESCAPED, ""),
    "ERR_ENTITYREF_SEMICOL_MISSING": (Reason.UNESCAPED, ""),
    "ERR_NAME_TOO_LONG": (Reason.TOO_MUCH, _TOO_MUCH),
    "ERR_RESOURCE_LIMIT": (Reason.TOO_MUCH, _TOO_MUCH),
}


def parse(data: bytes, limits: Limits = ANSWER_LIMITS, *, charset: str | None = None) -> Element:
    """Parse a document and return its root element.

    `charset` is what the transport said (HTTP's Content-Type); it goes before the document's own
    declaration (RFC 7303, section 3). Raises `NotWellFormed` for bytes that are not XML 1.0, for a
    DOCTYPE, for an encoding other than UTF-8, UTF-16, US-ASCII, ISO-8859-1, ISO-8859-15 and
    windows-1252, and for a document over a limit. The message never repeats anything of the document.
    """
    if len(data) > limits.size:
        raise _refused(f"the document is larger than {limits.size} bytes", Reason.SIZE, limit=limits.size)
    if charset not in (None, "utf-8", "UTF-8") or not _PLAIN_START.match(data):
        data = _in_utf_8(data, charset)
        _check_declaration(data)
        doctype = next(_found(rb"<!DOCTYPE", data), None)
        if doctype is not None:
            before = data[: doctype.start(1)]
            line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
            raise _refused("a DOCTYPE is not accepted", Reason.DOCTYPE, line=line, column=column)
    _check_counts(data, limits)
    if limits.names is not None:
        _check_names(data, limits.names)
    try:
        root = etree.fromstring(data, _OWN.parser)
    except etree.XMLSyntaxError as exc:
        raise _syntax_error(exc) from None
    _check_tree(root, limits, measure=len(data) > limits.text)
    return root


def _refused(
    problem: str, reason: Reason, *, limit: int = 0, line: int | None = None, column: int | None = None
) -> NotWellFormed:
    refusal = Refusal(
        code="XML", message=problem, reason=reason, limit=limit, line=line, column=column or None
    )
    return NotWellFormed(problem, findings=(refusal,))


def as_utf_8(data: bytes) -> bytes:
    """Return the UTF-8 text that `parse` reads, without a byte order mark: places are counted in it.

    Raises `NotWellFormed` for bytes that are no text.
    """
    return data.removeprefix(b"\xef\xbb\xbf") if _PLAIN_START.match(data) else _in_utf_8(data, None)


# --- encodings ----------------------------------------------------------------------------------


def _in_utf_8(data: bytes, charset: str | None) -> bytes:
    """Turn a document into UTF-8, so that all later checks and libxml2 see the same bytes."""
    declared = _declared_encoding(data)
    encoding = (charset or "").strip(" \t\"'").lower()
    if encoding in _EIGHT_BIT and declared not in ("", encoding):
        # Any bytes are text in it: nobody can tell which of the two lies, and names would be garbled.
        raise _refused("the transport and the document name different encodings", Reason.CHARSETS)
    encoding = encoding or declared or "utf-8"
    if encoding in ("utf-8", "utf8"):
        return data.removeprefix(b"\xef\xbb\xbf")
    if encoding not in _ENCODINGS:
        raise _refused("the encoding must be UTF-8 or UTF-16", Reason.ENCODING)
    if encoding.startswith("utf-16"):
        if not data.startswith(_UTF_16_STARTS):
            raise _refused(_BAD_BYTES, Reason.BYTES)
        if not data.startswith(_UTF_16_MARKS):
            encoding = "utf-16-le" if data[1:2] == b"\x00" else "utf-16-be"
    try:
        return data.decode(encoding).removeprefix("\ufeff").encode()
    except UnicodeError:
        raise _refused(_BAD_BYTES, Reason.BYTES) from None


def _declared_encoding(data: bytes) -> str:
    """Return the encoding that the document's first bytes or its declaration name, or nothing."""
    if data.startswith(_UTF_16_STARTS):
        return "utf-16"
    if data.startswith(b"\xef\xbb\xbf"):
        return "utf-8"
    declaration = _DECLARATION.match(_head(data))
    return (declaration[2] or "").lower() if declaration else ""


def _head(data: bytes) -> str:
    """Return the beginning of a document, after `<?xml`, for its declaration; else nothing."""
    return data[5:1000].decode("iso-8859-1") if data.startswith(b"<?xml") else ""


def _check_declaration(data: bytes) -> None:
    if not data.startswith(b"<?xml") or not data[5:6].isspace():
        return
    declaration = _DECLARATION.match(_head(data))
    if declaration is None:
        raise _refused("the XML declaration cannot be read", Reason.DECLARATION, line=1)
    if declaration[1] != "1.0":
        raise _refused("only XML 1.0 is accepted", Reason.VERSION, line=1)


# --- limits -------------------------------------------------------------------------------------


def _found(pattern: bytes, data: bytes) -> Iterator[re.Match[bytes]]:
    """Find a pattern outside comments, CDATA sections and processing instructions; never copies."""
    return (match for match in re.finditer(_HIDDEN + b"|(" + pattern + b")", data) if match.lastindex)


def _check_counts(data: bytes, limits: Limits) -> None:
    """Count before parsing: libxml2 takes a hundred bytes and more for each element or attribute."""
    most = limits.elements
    if len(data) > most * _SMALLEST_ELEMENT:
        if data.count(b"<") - data.count(b"</") > most and _more(_found(rb"<[^/!?]", data), most):
            raise _refused(f"the document has more than {most} elements", Reason.ELEMENTS, limit=most)
        if data.count(b"=") > most:
            tags = _found(_START_TAG + b"(?:" + _ATTRIBUTE + b")++", data)
            if _more((attribute for tag in tags for attribute in re.finditer(_ATTRIBUTE, tag[0])), most):
                raise _refused(f"the document has more than {most} attributes", Reason.ATTRIBUTES, limit=most)
    most = limits.attributes
    if _occurs_more(b"=", data, most) and any(
        part[0].count(b"=") > most for part in _FROM_EQUALS_SIGN.finditer(data)
    ):
        crowded = _START_TAG + b"(?:" + _ATTRIBUTE + b"){%d}" % (most + 1)
        if next(_found(crowded, data), None):
            raise _refused(f"an element has more than {most} attributes", Reason.CROWDED, limit=most)


def _check_names(data: bytes, most: int) -> None:
    if data.count(b"<") + data.count(b"=") > most:
        names = sum(len(set(pattern.findall(data))) for pattern in _NAMES)
        if names > most:
            raise _refused(f"the document has more than {most} different names", Reason.ELEMENTS, limit=most)


def _occurs_more(byte: bytes, data: bytes, most: int) -> bool:
    """Say whether a byte occurs more often; searching is ten times as fast as counting."""
    position = -1
    for _ in range(most + 1):
        position = data.find(byte, position + 1)
        if position < 0:
            return False
    return True


def _more(found: Iterator[object], most: int) -> bool:
    return next(islice(found, most, None), None) is not None


def _check_tree(root: Element, limits: Limits, *, measure: bool) -> None:
    if _deeper_than(limits.depth)(root):
        problem = f"elements are more than {limits.depth} deep inside each other"
        raise _refused(problem, Reason.DEPTH, limit=limits.depth)
    if measure and _longest(root, limits.text) > limits.text:
        raise _refused(f"a text is longer than {limits.text} bytes", Reason.TEXT, limit=limits.text)


@cache
def _deeper_than(depth: int) -> etree.XPath:
    return etree.XPath("boolean(" + "/*" * (depth + 1) + ")")


def _longest(root: Element, limit: int) -> int:
    """Return the bytes of the longest text or attribute value, if any may be over the limit."""
    texts = (
        text
        for element in root.iter()
        for text in (element.text, element.tail, *element.attrib.values())
        if text and len(text) * 4 > limit
    )
    return max((len(str(text).encode()) for text in texts), default=0)


def _syntax_error(exc: etree.XMLSyntaxError) -> NotWellFormed:
    """Say where, and in our words what: libxml2's sentence may repeat names of the document."""
    known = etree.ErrorTypes.__dict__
    kind = next((name for name in _SENTENCES if known.get(name) == getattr(exc, "code", None)), "")
    reason, sentence = _SENTENCES.get(kind, (Reason.SYNTAX, ""))
    problem = "the document is not well-formed XML" + (f": {sentence}" if sentence else "")
    line, column = exc.position
    place = f" (line {line}, column {column})" if line else ""
    return _refused(problem + place, reason, line=line or None, column=column)
