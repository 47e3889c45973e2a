"""An official release package in a folder, to validate against instead of the shipped schemas.

The layout is RIV-TA's. Every schema file is read through the hardened parser first, and every file it
names is looked for: nothing outside the folder, and nothing on the network, is ever read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from riv_careplans import codec
from riv_careplans.contract import Contract
from riv_careplans.errors import ConfigurationError, DocumentError

__all__ = ["released"]

_XS = "{http://www.w3.org/2001/XMLSchema}"
_NAMING = tuple(f"{_XS}{name}" for name in ("import", "include", "redefine", "override"))


@cache
def released(contract: Contract, folder: Path) -> Contract:
    """Return a contract as a release package in a folder has it.

    The package may be the folder, lie in it, or in its `schemas`. Raises `ConfigurationError` when there
    is none of this contract and version, or when it names a file that is not in it.
    """
    wanted = contract.schema.relative_to(contract.folder)
    for package in _packages(folder):
        if (package / wanted).is_file():
            found = replace(contract, release=package)
            _check(package / wanted, package, contract.namespace)
            return found
    raise ConfigurationError(
        f"{folder}: there is no release package of {contract.name} {contract.version} in it: "
        f"looked for {wanted.as_posix()}, in the folder, in the folders in it, and in those in schemas"
    )


def _packages(folder: Path) -> Iterator[Path]:
    for place in (folder, folder / "schemas"):
        if place.is_dir():
            yield place
            yield from sorted(inside for inside in place.iterdir() if inside.is_dir())


def _check(schema: Path, package: Path, namespace: str) -> None:
    """Follow every file that the schema names, and see that it can be read and lies in the package."""
    root = _read(schema)
    if root.get("targetNamespace") != namespace:
        raise ConfigurationError(f"{schema}: the schema's target namespace should be {namespace}")
    inside = package.resolve()
    seen = {schema.resolve()}
    pending = [(schema, root)]
    while pending:
        path, root = pending.pop()
        for naming in root.iter(*_NAMING):
            location = naming.get("schemaLocation")
            if location is None:
                continue
            named = (path.parent / location).resolve()
            if "://" in location or not named.is_relative_to(inside):
                raise ConfigurationError(f"{path}: the schema names a file outside its release package")
            if named not in seen:
                seen.add(named)
                pending.append((named, _read(named)))


def _read(path: Path) -> codec.Element:
    try:
        return codec.parse(path.read_bytes())
    except OSError as exc:
        raise ConfigurationError(f"{path}: the schema cannot be read: {exc.strerror}") from None
    except DocumentError as exc:
        raise ConfigurationError(f"{path}: the schema cannot be read: {exc}") from None
