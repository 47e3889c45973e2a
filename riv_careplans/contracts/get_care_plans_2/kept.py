"""Elements that one version of the contract knows and the other has no place for.

They stand in the other version's extension points, and go back to their own place on the way home.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

import msgspec

from riv_careplans import codec
from riv_careplans.codes import CORE_3
from riv_careplans.model import ContractType, Extension

__all__ = ["carried", "kept", "kept_elements", "moved"]

Model = TypeVar("Model", bound=ContractType)


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
