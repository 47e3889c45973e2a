"""Elements that one version of the contract knows and the other has no place for.

They stand in the other version's extension points, and go back to their own place on the way home.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

import msgspec

from riv_careplans import codec
from riv_careplans.codes import CORE_3
from riv_careplans.model import Agreement, CarePlan, ContractType, Extension

__all__ = ["ASSUMING", "carried", "is_from_2_0", "kept", "kept_elements", "moved"]

Model = TypeVar("Model", bound=ContractType)


_ASSUMING_NAMESPACE: Final = "urn:riv-careplans:get-care-plans-2:1"

ASSUMING: Final = Extension(f'<a:assuming xmlns:a="{_ASSUMING_NAMESPACE}"/>')
"""Marks in a record's provenance that it came as 2.0, so that 3.0's status, scope and origin are assumed."""


def is_from_2_0(record: CarePlan | Agreement) -> bool:
    """Say whether a record came as 2.0, also by way of 3.0: its status, scope and origin nobody stated."""
    marks = record.header.provenance.extensions
    return any(
        _ASSUMING_NAMESPACE in one and _parsed(one).tag == f"{{{_ASSUMING_NAMESPACE}}}assuming"
        for one in marks
    )


def kept(name: str, content: str) -> Extension:
    """Keep an element of core 3.0; `content` is XML already."""
    return Extension(f"<c:{name}{codec.declarations(CORE_3)}>{content}</c:{name}>")


def kept_elements(extensions: Iterable[Extension], name: str) -> Iterator[codec.Element]:
    """Give the kept elements of a name."""
    for element in map(_parsed, extensions):
        if element.tag == f"{{{CORE_3}}}{name}":
            yield element


def carried(extensions: Iterable[Extension], *, into: str) -> tuple[Extension, ...]:
    """Return the unknown elements that may stand in a type of the namespace `into`.

    An extension point takes every namespace but that of its own schema ("##other").
    """
    return tuple(one for one in extensions if codec.namespace_of(_parsed(one)) != into)


def moved(value: ContractType, to: type[Model]) -> Model:
    """Make a value of the class that has the same fields in the other version."""
    fields = msgspec.structs.asdict(value)
    return to(**{**fields, "extensions": carried(value.extensions, into=to.namespace)})


def _parsed(extension: Extension) -> codec.Element:
    return codec.parse(extension.encode())
