"""The model to XML text: a writer compiled from a class.

For each class a function is generated, as `dataclasses` does for `__init__`: one f-string per run
of required elements. That is twice as fast as closures over a table, and writing is what a producer
does most. Every name in the generated text comes from the model's classes, none from a document.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable, Iterator
from functools import cache
from operator import attrgetter
from typing import Any

from riv_careplans import codes, identity
from riv_careplans.codec.shape import FieldShape, Kind, shape_of
from riv_careplans.errors import ContractViolation, Finding
from riv_careplans.model import ContractType

__all__ = ["content", "declarations", "element", "escape"]

_PREFIXES = {
    codes.RESPONDER_3: "r",
    codes.RESPONDER_2: "r",
    codes.CORE_4: "c",
    codes.CORE_3: "c",
    codes.STATUS_HEADERS_1: "h",
    codes.REGISTRY_1: "a",
}
"""Every element has a prefix and none a default namespace: an extension without one stays so."""

_NOT_PLAIN = re.compile("[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]").search
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]").search


def content(value: ContractType) -> str:
    """Write the child elements of a value, without an element around them.

    Raises `ContractViolation` where a field holds what its type does not allow, or a character XML
    cannot carry; the findings name the fields and repeat no value.
    """
    try:
        return _writer(type(value))(value)
    except (AttributeError, KeyError, TypeError, ValueError):
        findings = tuple(_explain(value, ""))
    raise ContractViolation("the value cannot be written as the contract says", findings=findings)


def element(namespace: str, name: str, value: ContractType) -> str:
    """Write a value as an element; raises as `content` does."""
    tag = f"{_PREFIXES[namespace]}:{name}"
    return f"<{tag}>{content(value)}</{tag}>"


def declarations(*namespaces: str) -> str:
    """Return the namespace declarations that the prefixes of written elements need."""
    return "".join(f' xmlns:{_PREFIXES[namespace]}="{namespace}"' for namespace in namespaces)


def escape(text: str) -> str:
    """Make a text fit for an element; raises `ValueError` for characters XML cannot carry."""
    if _ILLEGAL(text):
        raise ValueError("a text holds a character that XML cannot carry")
    # A bare carriage return would come back as a line feed.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def _integer(value: int) -> str:
    return str(value.__index__())


def _base64(value: bytes) -> str:
    return binascii.b2a_base64(value, newline=False).decode()


_CONVERT: dict[Kind, Callable[[Any], str]] = {
    Kind.TEXT: escape,
    Kind.URI: escape,
    Kind.BOOLEAN: {True: "true", False: "false"}.__getitem__,
    Kind.INTEGER: _integer,
    Kind.DATE: identity.format_date,
    Kind.TIMESTAMP: identity.format_timestamp,
    Kind.TIME: identity.format_time,
    Kind.PARTIAL_TIME: attrgetter("digits"),
    Kind.BYTES: _base64,
}


@cache
def _writer(cls: type[ContractType]) -> Callable[[Any], str]:
    """Generate the writer of one class, and with it those of the classes inside."""
    names: dict[str, Any] = {"plain": _NOT_PLAIN, "escape": escape}
    for position, field in enumerate(shape_of(cls)):
        if field.enum is not None:
            names[f"convert{position}"] = {member: member.value for member in field.enum}.__getitem__
        elif field.cls is None:
            names[f"convert{position}"] = _CONVERT[field.kind]
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
    for position, field in enumerate(shape_of(cls)):
        tag = f"{_PREFIXES[cls.namespace]}:{field.xml_name}"
        piece = f'f"<{tag}>{{{_expression(cls, position, field)}}}</{tag}>"'
        if field.many:
            yield f" for v in o.{field.name}:"
            yield f"  s += {piece}"
        elif field.required:
            yield f" v = o.{field.name}"
            yield f" s += {piece}"
        else:
            yield f" v = o.{field.name}"
            yield " if v is not None:"
            yield f"  s += {piece}"
    yield " if o.extensions:"
    yield '  s += "".join(o.extensions)'
    yield " return s"


def _expression(cls: type[ContractType], position: int, field: FieldShape) -> str:
    """Return the expression that makes the text of the value `v`."""
    if field.cls is cls:
        return "write(v)"
    if field.kind in (Kind.TEXT, Kind.URI):
        return "v if plain(v) is None else escape(v)"
    return f"convert{position}(v)"


def _explain(value: ContractType, path: str) -> list[Finding]:
    """Find the fields that cannot be written; the slow way, for the few."""
    findings: list[Finding] = []
    for field in shape_of(type(value)):
        held = getattr(value, field.name)
        if held is None and not field.required:
            continue
        parts = list(held) if field.many and isinstance(held, tuple | list) else [held]
        for number, part in enumerate(parts, 1):
            place = f"{path}/{field.xml_name}{f'[{number}]' if field.many else ''}".lstrip("/")
            if field.cls is not None and type(part) is field.cls:
                findings += _explain(part, place)
            elif not _can_be_written(field, part):
                wanted = field.cls.__name__ if field.cls else field.kind.value
                message = f"this is not a {wanted} that can be written"
                findings.append(Finding(code="XSD", message=message, path=place))
    return findings


def _can_be_written(field: FieldShape, value: object) -> bool:
    try:
        if field.enum is not None:
            field.enum(str(value))
        elif field.cls is not None:
            return False
        else:
            _CONVERT[field.kind](value)
    except (AttributeError, KeyError, TypeError, ValueError):
        return False
    return True
