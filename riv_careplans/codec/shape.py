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
    BOOLEAN = "boolean"
    INTEGER = "number"
    DATE = "date"
    TIMESTAMP = "time"
    TIME = "time of day"
    PARTIAL_TIME = "partial time"
    BYTES = "base64 value"


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


@cache
def shape_of(cls: type[ContractType]) -> tuple[FieldShape, ...]:
    """Return the elements of a class in the contract's order, without the extension point."""
    return tuple(_field(cls, field) for field in msgspec.structs.fields(cls) if field.name != "extensions")


def _field(cls: type[ContractType], field: msgspec.structs.FieldInfo) -> FieldShape:
    declared: Any = inspect.type_info(field.type)
    if isinstance(declared, inspect.UnionType):
        declared = next(part for part in declared.types if not isinstance(part, inspect.NoneType))
    many = isinstance(declared, inspect.VarTupleType)
    if many:
        declared = declared.item_type
    nested = getattr(declared, "cls", None)
    if nested is PartialTime:
        kind = Kind.PARTIAL_TIME
    elif isinstance(declared, inspect.StructType):
        kind = Kind.TYPE
    elif "Uri" in _names(field.type):
        kind = Kind.URI
    else:
        kind = _KINDS[type(declared)]
    return FieldShape(
        name=field.name,
        xml_name=field.encode_name,
        tag=f"{{{cls.namespace}}}{field.encode_name}",
        kind=kind,
        many=many,
        required=field.required,
        cls=nested if kind is Kind.TYPE else None,
        enum=cast("type[StrEnum]", nested) if kind is Kind.ENUM else None,
    )


def _names(annotation: object) -> set[str]:
    """Return the names in an annotation: NewTypes are gone once msgspec has looked at it."""
    inner = getattr(annotation, "__args__", ())
    return {getattr(annotation, "__name__", "")}.union(*map(_names, inner))
