"""Elements to the model: a reader compiled from a class, by qualified name.

For each class a function is generated, as `dataclasses` does for `__init__`; it expects an element
that has passed the contract's schema. Places are only worked out when something is wrong, so that a
good document pays nothing for them.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from typing import Any, TypeAlias, TypeVar, cast

from riv_careplans import identity
from riv_careplans.codec.extension import keep
from riv_careplans.codec.parse import Element
from riv_careplans.codec.shape import FieldShape, Kind, shape_of
from riv_careplans.errors import ContractViolation, Finding, InvalidIdentifier
from riv_careplans.model import ContractType

__all__ = ["local_name", "namespace_of", "read"]

Model = TypeVar("Model", bound=ContractType)
_Reader: TypeAlias = Callable[[Element], Any]
_XML_SPACE = re.compile("[ \t\n\r]+")


def read(cls: type[Model], element: Element, path: str = "") -> Model:
    """Read an element into `cls`; the element must have passed its contract's schema.

    `path` is where the element stands, for findings. Raises `ContractViolation` with a finding for
    each value that the schema's patterns let through and that still does not exist, such as
    31 February (CP-001).
    """
    try:
        return cast("Model", _reader(cls)(element))
    except (KeyError, ValueError):
        findings = tuple(_explain(cls, element, path)) or (_unexplained(path, element),)
    raise ContractViolation("the document cannot be read as the contract says", findings=findings)


def local_name(element: Element) -> str:
    """Return an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace_of(element: Element) -> str:
    """Return an element's namespace, or an empty text."""
    return str(element.tag).rpartition("}")[0][1:]


@cache
def _reader(cls: type[ContractType]) -> _Reader:
    """Generate the reader of one class, and with it those of the classes inside."""
    names: dict[str, Any] = {"cls": cls, "keep": keep}
    for position, field in enumerate(shape_of(cls)):
        if field.enum is not None:
            names[f"convert{position}"] = {member.value: member for member in field.enum}.__getitem__
        elif field.cls is None:
            names[f"convert{position}"] = _CONVERT.get(field.kind)
        elif field.cls is not cls:
            names[f"convert{position}"] = _reader(field.cls)
    source = "\n".join(_source(cls))
    exec(source, names)  # noqa: S102 - the text is made here from our own class names alone
    return cast("_Reader", names["read"])


def _source(cls: type[ContractType]) -> Iterator[str]:
    """Yield the lines of the generated function.

    A list is made only for what is there, and the children are taken in one slice: both are a good
    deal cheaper than what one would write by hand.
    """
    fields = shape_of(cls)
    yield "def read(element):"
    yield " extensions = ()"
    yield from (f" v{position} = {'()' if field.many else 'None'}" for position, field in enumerate(fields))
    yield " for child in element[:]:"
    yield "  tag = child.tag"
    for position, field in enumerate(fields):
        yield f"  {'elif' if position else 'if'} tag == {field.tag!r}:"
        value = _expression(cls, position, field)
        yield from _append(f"v{position}", value) if field.many else (f"   v{position} = {value}",)
    yield "  else:"
    yield from _append("extensions", f"keep(child, {cls.namespace!r})")
    missing = " or ".join(
        f"not v{position}" if field.many else f"v{position} is None"
        for position, field in enumerate(fields)
        if field.required
    )
    if missing:
        yield f" if {missing}:"
        yield "  raise ValueError"
    arguments = ", ".join(
        f"{field.name}=v{position} and tuple(v{position})" if field.many else f"{field.name}=v{position}"
        for position, field in enumerate(fields)
    )
    yield f" return cls({arguments}, extensions=extensions and tuple(extensions))"


def _append(name: str, value: str) -> tuple[str, ...]:
    return f"   if {name}:", f"    {name}.append({value})", "   else:", f"    {name} = [{value}]"


def _expression(cls: type[ContractType], position: int, field: FieldShape) -> str:
    """Return the expression that makes the value of the element `child`."""
    if field.cls is cls:
        return "read(child)"
    if field.cls is not None:
        return f"convert{position}(child)"
    if field.kind in (Kind.TEXT, Kind.CHECKSUM):
        return 'child.text or ""'
    return f'convert{position}(child.text or "")'


def _boolean(text: str) -> bool:
    return text.strip() in ("true", "1")


def _base64(text: str) -> bytes:
    return binascii.a2b_base64("".join(text.split()), strict_mode=True)


def _collapsed(text: str) -> str:
    return _XML_SPACE.sub(" ", text).strip(" ")


_CONVERT: dict[Kind, Callable[[str], Any]] = {
    Kind.BOOLEAN: _boolean,
    Kind.INTEGER: int,
    # The same few days come again and again in a person's plans.
    Kind.DATE: lru_cache(1024)(identity.parse_date),
    Kind.TIMESTAMP: lru_cache(1024)(identity.parse_timestamp),
    Kind.TIME: lru_cache(1024)(identity.parse_time),
    Kind.PARTIAL_TIME: lru_cache(1024)(identity.PartialTime),
    Kind.BYTES: _base64,
    Kind.URI: _collapsed,
}

# --- what was wrong -----------------------------------------------------------------------------


def _line(element: Element) -> int | None:
    return cast("int | None", element.sourceline)


def _unexplained(path: str, element: Element) -> Finding:
    message = "the elements are not those of the contract, or not where they belong"
    return Finding(code="XSD", message=message, path=path, line=_line(element))


def _explain(cls: type[ContractType], element: Element, path: str) -> list[Finding]:
    """Find every value that cannot be read, with its place; the slow way, for the few."""
    fields = {field.tag: field for field in shape_of(cls)}
    findings: list[Finding] = []
    counts: dict[str, int] = {}
    for child in element:
        field = fields.get(child.tag)
        if field is None:
            continue
        counts[field.xml_name] = counts.get(field.xml_name, 0) + 1
        position = f"[{counts[field.xml_name]}]" if field.many else ""
        place = f"{path}/{field.xml_name}{position}".lstrip("/")
        if field.cls is not None:
            findings += _explain(field.cls, child, place)
        else:
            findings += _explain_value(field, child, place)
    missing = [
        field.xml_name for field in fields.values() if field.required and not counts.get(field.xml_name)
    ]
    findings += [
        Finding(code="XSD", message=f"the element {name} is missing", path=path, line=_line(element))
        for name in missing
    ]
    return findings


def _explain_value(field: FieldShape, element: Element, place: str) -> list[Finding]:
    text = element.text or ""
    try:
        if field.enum is not None:
            field.enum(text)
        elif field.kind in _CONVERT:
            _CONVERT[field.kind](text)
    except InvalidIdentifier as exc:
        return [Finding(code="CP-001", message=str(exc), path=place, line=_line(element))]
    except ValueError:
        message = f"this is not a valid {field.kind.value}"
        return [Finding(code="XSD", message=message, path=place, line=_line(element))]
    return []
