"""What the codec needs to know of a model class: its fields as elements, worked out once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import cache
from typing import Any, cast

import msgspec
from msgspec import inspect

from riv_careplans.identity import PartialTime
from riv_careplans.model import ContractType

__all__ = ["FieldShape", "Kind", "shape_of"]


class Kind(Enum):
    """What an element holds; the value is what a person calls it."""

    TYPE = "type"
    TEXT = "text"
    ENUM = "code of the contract"
    URI = "address"
    CHECKSUM = "SHA-256 checksum"
    BOOLEAN = "boolean"
    INTEGER = "number"
    DATE = "date"
    TIMESTAMP = "time"
    TIME = "time of day"
    PARTIAL_TIME = "partial time"
    BYTES = "base64 value"


_XS_INT = (-(2**31), 2**31 - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldShape:
    """One field of a class, seen as an element."""

    name: str
    """The field's name in Python."""
    xml_name: str
    tag: str
    """The element's qualified name, `{namespace}name`."""
    kind: Kind
    many: bool
    """Repeated: the field is a tuple."""
    required: bool
    """At least one must be there."""
    cls: type[ContractType] | None = None
    """The class of a nested type."""
    enum: type[StrEnum] | None = None
    """The enumeration of a coded value."""
    most: int | None = None
    """How often a repeated element may stand at most."""
    range: tuple[int, int] = _XS_INT
    """The smallest and the largest number allowed."""


_KINDS: dict[type[inspect.Type], Kind] = {
    inspect.StrType: Kind.TEXT,
    inspect.BoolType: Kind.BOOLEAN,
    inspect.IntType: Kind.INTEGER,
    inspect.DateType: Kind.DATE,
    inspect.DateTimeType: Kind.TIMESTAMP,
    inspect.TimeType: Kind.TIME,
    inspect.BytesType: Kind.BYTES,
    inspect.EnumType: Kind.ENUM,
}
_KINDS_BY_NAME = {"Uri": Kind.URI, "Sha256": Kind.CHECKSUM}


@cache
def shape_of(cls: type[ContractType]) -> tuple[FieldShape, ...]:
    """Return the elements of a class in the contract's order, without the extension point."""
    return tuple(_field(cls, field) for field in msgspec.structs.fields(cls) if field.name != "extensions")


def _field(cls: type[ContractType], field: msgspec.structs.FieldInfo) -> FieldShape:
    declared: Any = inspect.type_info(field.type)
    if isinstance(declared, inspect.UnionType):
        declared = next(part for part in declared.types if not isinstance(part, inspect.NoneType))
    many = isinstance(declared, inspect.VarTupleType)
    most = declared.max_length if many else None
    if many:
        declared = declared.item_type
    nested = getattr(declared, "cls", None)
    kind = _kind(declared, field.type)
    return FieldShape(
        name=field.name,
        xml_name=field.encode_name,
        tag=f"{{{cls.namespace}}}{field.encode_name}",
        kind=kind,
        many=many,
        required=field.required,
        cls=nested if kind is Kind.TYPE else None,
        enum=cast("type[StrEnum]", nested) if kind is Kind.ENUM else None,
        most=most,
        range=_range(declared),
    )


def _kind(declared: inspect.Type, annotation: object) -> Kind:
    if isinstance(declared, inspect.StructType):
        return Kind.PARTIAL_TIME if declared.cls is PartialTime else Kind.TYPE
    named = _KINDS_BY_NAME.keys() & _names(annotation)
    return _KINDS_BY_NAME[named.pop()] if named else _KINDS[type(declared)]


def _range(declared: inspect.Type) -> tuple[int, int]:
    if not isinstance(declared, inspect.IntType) or declared.ge is None or declared.le is None:
        return _XS_INT
    return declared.ge, declared.le


def _names(annotation: object) -> set[str]:
    """Return the names in an annotation: NewTypes are gone once msgspec has looked at it."""
    inner = getattr(annotation, "__args__", ())
    return {getattr(annotation, "__name__", "")}.union(*map(_names, inner))
