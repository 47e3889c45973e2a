"""What a value means, without how it is written: two values are the same when their essences are equal.

- Texts: white space is one blank, and characters are composed (Unicode NFC): how a file is indented or
  how a system writes an Å is no change of a plan.
- Identities: compared by `II.key`, so that an HSA-id is one however it is written.
- Repeated parts: their order means nothing in the contract.
- Documents: their bytes, whether they are embedded or told by checksum and size.
- Unknown elements: by namespace and name, not by prefix.
"""

from __future__ import annotations

import hashlib
import unicodedata
from enum import Enum
from typing import Any, TypeAlias

from riv_careplans import codec
from riv_careplans.codec.shape import FieldShape, Kind, shape_of
from riv_careplans.contracts.get_care_plans_2.kept import ASSUMING
from riv_careplans.identity import PartialTime
from riv_careplans.model import II, Attachment, ContractType, Extension

__all__ = [
    "Essence",
    "checksum_of",
    "essence",
    "essence_of_extension",
    "extensions_of",
    "fields_of",
    "part_of",
]

Essence: TypeAlias = "str | tuple[Any, ...]"
"""Can be compared, ordered and put in a set."""


def essence(value: Any) -> Essence:  # noqa: ANN401, PLR0911 - any value of the model, a table of its types
    """Say what a value means; of a type of the contract, its fields that say something."""
    match value:
        case II():
            return (*value.key, *map(essence_of_extension, value.extensions))
        case ContractType():
            return tuple(
                (field.name, essence(part))
                for field in fields_of(type(value))
                if (part := part_of(value, field.name)) not in (None, ())
            ) + tuple(sorted(map(essence_of_extension, extensions_of(value))))
        case tuple():
            return tuple(sorted(map(essence, value)))
        case bytes():
            return hashlib.sha256(value).hexdigest()
        case Enum():
            return str(value.value)
        case str():
            return " ".join(unicodedata.normalize("NFC", value).split())
        case PartialTime():
            return value.digits
        case _:
            return str(value)


def fields_of(cls: type[ContractType]) -> tuple[FieldShape, ...]:
    """Return the fields that are compared: a document's bytes are compared by their checksum."""
    return tuple(field for field in shape_of(cls) if field.kind is not Kind.BYTES)


def part_of(value: ContractType, name: str) -> Any:  # noqa: ANN401 - any value of the model
    """Give the value of a field; checksum and size of a document are those of its bytes when it has them."""
    if isinstance(value, Attachment) and name == "sha256":
        return checksum_of(value)
    if isinstance(value, Attachment) and name == "size" and value.value is not None:
        return len(value.value)
    return getattr(value, name)


def checksum_of(attachment: Attachment) -> str | None:
    """Give the checksum of a document: of its bytes when they are there, whatever the record says."""
    if attachment.value is None:
        return attachment.sha256
    return hashlib.sha256(attachment.value).hexdigest()


def extensions_of(value: ContractType) -> tuple[Extension, ...]:
    """Return the unknown elements, but not the library's own mark of what it has read as 2.0."""
    if not value.extensions:
        return ()
    mark = essence_of_extension(ASSUMING)
    return tuple(one for one in value.extensions if essence_of_extension(one) != mark)


def essence_of_extension(extension: Extension) -> Essence:
    """Say what an unknown element means, as far as that can be known without its schema."""
    return _element(codec.parse(extension.encode()))


def _element(element: codec.Element) -> Essence:
    attributes = tuple(sorted((str(name), str(value)) for name, value in element.attrib.items()))
    children = tuple((_element(child), essence(child.tail or "")) for child in element)
    return str(element.tag), attributes, essence(element.text or ""), children
