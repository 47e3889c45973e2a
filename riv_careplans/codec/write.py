"""The model to XML text: a writer compiled from a class.

For each class a function is generated, as `dataclasses` does for `__init__`: one f-string per
element. That is twice as fast as closures over a table, and writing is what a producer does most.
Every name in the generated text comes from the model's classes, none from a document.
"""

from __future__ import annotations

import binascii
import datetime as dt
import re
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

from lxml import etree

from riv_careplans import codes, identity
from riv_careplans.codec import extension
from riv_careplans.codec.parse import ANSWER_LIMITS
from riv_careplans.codec.shape import FieldShape, Kind, shape_of
from riv_careplans.errors import ContractViolation, Finding
from riv_careplans.identity import PartialTime
from riv_careplans.model import ContractType

__all__ = ["content", "declarations", "element", "escape"]

_PREFIXES = {
    codes.RESPONDER_3: "r",
    codes.RESPONDER_2: "r",
    codes.CORE_4: "c",
    codes.CORE_3: "c",
    codes.STATUS_HEADERS_1: "h",
    codes.REGISTRY_1: "a",
    codes.ENGAGEMENT_INDEX_1: "c",
    codes.UPDATE_1: "r",
    codes.FIND_CONTENT_1: "r",
    codes.PROCESS_NOTIFICATION_1: "r",
    codes.PING_FOR_CONFIGURATION_1: "r",
}
"""Every element has a prefix and none a default namespace: an extension without one stays so."""

_NOT_PLAIN = re.compile("[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]").search
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]").search
_CHECKSUM = re.compile("[0-9a-f]{64}").fullmatch
_URI_SCHEMA = etree.XMLSchema(
    etree.XML(
        '<schema xmlns="http://www.w3.org/2001/XMLSchema"><element name="uri" type="anyURI"/></schema>',
    )
)
"""What an xs:anyURI is: libxml2 alone knows what it will accept."""

_CANNOT = (AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValueError)
"""What Python says of a value that is not of its field's type."""


def content(value: ContractType, path: str = "") -> str:
    """Write the child elements of a value, without an element around them.

    `path` is where the value will stand, for findings. Raises `ContractViolation` where a field holds
    what its type does not allow, or a character XML cannot carry; the findings name the fields and
    repeat no value.
    """
    try:
        return _writer(type(value))(value)
    except _CANNOT:
        findings = tuple(_explain(value, path)) or (_finding("this cannot be written", path),)
    raise ContractViolation("the value cannot be written as the contract says", findings=findings)


def element(namespace: str, name: str, value: ContractType) -> str:
    """Write a value as an element; raises as `content` does."""
    tag = f"{_PREFIXES[namespace]}:{name}"
    return f"<{tag}>{content(value, name)}</{tag}>"


def declarations(*namespaces: str) -> str:
    """Return the namespace declarations that the prefixes of written elements need."""
    return "".join(f' xmlns:{_PREFIXES[namespace]}="{namespace}"' for namespace in namespaces)


def escape(text: str) -> str:
    """Make a text fit for an element; raises `ValueError` for characters XML cannot carry."""
    if _ILLEGAL(text):
        raise ValueError("a text holds a character that XML cannot carry")
    # A bare carriage return would come back as a line feed.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


# --- values -------------------------------------------------------------------------------------


def _integer(smallest: int, largest: int, value: int) -> str:
    number = value.__index__()
    if not smallest <= number <= largest:
        raise ValueError
    return str(number)


def _in_our_time(digits: str) -> str:
    # "(19|20)[0-9]{2}": the schema has no other centuries.
    if digits[:2] not in ("19", "20"):
        raise ValueError
    return digits


def _date(value: dt.date) -> str:
    return _in_our_time(identity.format_date(value))


def _timestamp(value: dt.datetime) -> str:
    return _in_our_time(identity.format_timestamp(value))


def _time(value: dt.time) -> str:
    if value.tzinfo is not None:
        raise ValueError
    return identity.format_time(value)


def _partial_time(value: PartialTime) -> str:
    return _in_our_time(value.digits)


def _base64(value: bytes) -> str:
    return binascii.b2a_base64(value, newline=False).decode()


def _checksum(value: str) -> str:
    if not _CHECKSUM(value):
        raise ValueError
    return value


def _uri(value: str) -> str:
    uri = etree.Element("uri")
    uri.text = value
    if " ".join(re.split("[ \t\n\r]+", value)).strip(" ") != value or not _URI_SCHEMA.validate(uri):
        raise ValueError
    return escape(value)


_CONVERT: dict[Kind, Callable[[Any], str]] = {
    Kind.TEXT: escape,
    Kind.URI: _uri,
    Kind.CHECKSUM: _checksum,
    Kind.BOOLEAN: {True: "true", False: "false"}.__getitem__,
    Kind.DATE: _date,
    Kind.TIMESTAMP: _timestamp,
    Kind.TIME: _time,
    Kind.PARTIAL_TIME: _partial_time,
    Kind.BYTES: _base64,
}


def _converter(field: FieldShape) -> Callable[[Any], str]:
    """Return what makes text of a value, and raises one of `_CANNOT` when it is none."""
    if field.enum is not None:
        return {member: member.value for member in field.enum}.__getitem__
    if field.kind is Kind.INTEGER:
        return partial(_integer, *field.range)
    return _CONVERT[field.kind]


# --- the generated function ---------------------------------------------------------------------


@cache
def _writer(cls: type[ContractType]) -> Callable[[Any], str]:
    """Generate the writer of one class, and with it those of the classes inside."""
    names: dict[str, Any] = {"plain": _NOT_PLAIN, "escape": escape, "extension": extension.written}
    for position, field in enumerate(shape_of(cls)):
        if field.cls is None:
            names[f"convert{position}"] = _converter(field)
        elif field.cls is not cls:
            names[f"convert{position}"] = _writer(field.cls)
    source = "\n".join(_source(cls))
    exec(source, names)  # noqa: S102 - the text is made here from our own class names alone
    write: Callable[[Any], str] = names["write"]
    return write


def _source(cls: type[ContractType]) -> Iterator[str]:
    """Yield the lines of the generated function."""
    yield "def write(o):"
    yield ' s = ""'
    choice = cls.exactly_one_of
    if choice:
        yield " chosen = 0"
    for position, field in enumerate(shape_of(cls)):
        tag = f"{_PREFIXES[cls.namespace]}:{field.xml_name}"
        piece = f's += f"<{tag}>{{{_expression(cls, position, field)}}}</{tag}>"'
        yield f" v = o.{field.name}"
        if field.many:
            yield from (f" if {fault}: raise ValueError" for fault in _faults(field))
            yield f" for v in v: {piece}"
        elif field.required:
            yield f" {piece}"
        else:
            yield f" if v is not None: {piece}{'; chosen += 1' if field.name in choice else ''}"
    if choice:
        yield " if chosen != 1: raise ValueError"
    yield " if o.extensions:"
    yield f'  s += "".join(extension(x, {cls.namespace!r}) for x in o.extensions)'
    yield " return s"


def _faults(field: FieldShape) -> Iterator[str]:
    """Yield the conditions under which the repeated values `v` cannot be written."""
    if field.required:
        yield "not v"
    if field.most is not None:
        yield f"len(v) > {field.most}"
    if field.kind is Kind.TEXT:
        yield "v.__class__ is str"  # a text is many texts of one character, and never meant so


def _expression(cls: type[ContractType], position: int, field: FieldShape) -> str:
    """Return the expression that makes the text of the value `v`."""
    if field.cls is cls:
        return "write(v)"
    if field.kind is Kind.TEXT:
        return "v if plain(v) is None else escape(v)"
    return f"convert{position}(v)"


# --- what was wrong -----------------------------------------------------------------------------

_WANTED = {
    Kind.TEXT: "a text of characters that XML can carry",
    Kind.URI: "an address (URI) without blanks around it",
    Kind.CHECKSUM: "64 lower-case hexadecimal digits",
    Kind.BOOLEAN: "true or false",
    Kind.DATE: "a date from 1900 to 2099",
    Kind.TIMESTAMP: "a date with time from 1900 to 2099",
    Kind.TIME: "a time of day without a zone",
    Kind.PARTIAL_TIME: "a partial time from 1900 to 2099",
    Kind.BYTES: "bytes",
}


def _finding(message: str, path: str) -> Finding:
    return Finding(code="XSD", message=message, path=path)


def _explain(value: object, path: str) -> Iterator[Finding]:
    """Find what cannot be written; the slow way, for the few."""
    if not isinstance(value, ContractType):
        yield _finding("expected a value of the contract's types", path)
        return
    if path.count("/") >= ANSWER_LIMITS.depth:
        yield _finding(f"the parts are more than {ANSWER_LIMITS.depth} deep inside each other", path)
        return
    choice = value.exactly_one_of
    if choice and sum(getattr(value, name) is not None for name in choice) != 1:
        yield _finding(f"expected exactly one of {', '.join(choice)}", path)
    for field in shape_of(type(value)):
        yield from _explain_field(field, getattr(value, field.name), f"{path}/{field.xml_name}".lstrip("/"))
    yield from _explain_extensions(value.extensions, value.namespace, path)


def _explain_extensions(held: object, namespace: str, path: str) -> Iterator[Finding]:
    if not isinstance(held, tuple | list):
        yield _finding("expected a tuple of extensions", path)
        return
    for number, part in enumerate(held, 1):
        if not _can(partial(extension.written, namespace=namespace), part):
            yield _finding("expected one element of another namespace, as XML", f"{path}/*[{number}]")


def _explain_field(field: FieldShape, held: object, place: str) -> Iterator[Finding]:
    if not field.many:
        if held is not None or field.required:
            yield from _explain_part(field, held, place)
    elif not isinstance(held, tuple | list):
        yield _finding("expected a tuple of values", place)
    elif field.required and not held:
        yield _finding("expected at least one", place)
    elif field.most is not None and len(held) > field.most:
        yield _finding(f"expected at most {field.most}", place)
    else:
        for number, part in enumerate(held, 1):
            yield from _explain_part(field, part, f"{place}[{number}]")


def _explain_part(field: FieldShape, part: object, place: str) -> Iterator[Finding]:
    if part is None:
        yield _finding("this is missing", place)
    elif field.cls is not None:
        if isinstance(part, field.cls):
            yield from _explain(part, place)
        else:
            yield _finding(f"expected a value of the type {field.cls.__name__}", place)
    elif not _can(_converter(field), part):
        yield _finding(f"expected {_wanted(field)}", place)


def _wanted(field: FieldShape) -> str:
    if field.enum is not None:
        return f"one of the codes {', '.join(member.value for member in field.enum)}"
    if field.kind is Kind.INTEGER:
        return f"a whole number from {field.range[0]} to {field.range[1]}"
    return _WANTED[field.kind]


def _can(convert: Callable[[Any], object], value: object) -> bool:
    try:
        convert(value)
    except _CANNOT:
        return False
    return True
