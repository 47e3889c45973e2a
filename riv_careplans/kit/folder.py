"""A project's folder: what is there, what is to be done, and doing it.

The vendor's files are never written over. A marker remembers what was proposed the last time, so that only
what has changed since is laid beside, as `NAME.new`; a file of ours that somebody has edited is kept as
`NAME.old`. Nothing is written through a link that leads out of the folder.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from riv_careplans.errors import ConfigurationError
from riv_careplans.kit.project import Project, Proposal, Variant

__all__ = ["MARKER", "Action", "Step", "carry_out", "known_project", "steps_for"]

MARKER: Final = ".riv-careplans.json"
_FORMAT: Final = 1
_MAY_BE_THERE: Final = frozenset({".git", ".gitkeep", ".venv"})
_MODE: Final = 0o644


class Action(StrEnum):
    """What becomes of a file."""

    CREATE = "create"
    UPDATE = "update"
    """Ours, made anew."""
    REPLACE = "replace"
    """Ours, but edited: made anew, and the edited one kept beside as `.old`."""
    PROPOSE = "propose"
    """The vendor's: what is proposed now is laid beside as `.new`."""
    KEEP = "keep"
    """The vendor's, and nothing new is proposed; or nothing has changed."""
    LEAVE_OUT = "leave out"
    """The vendor has removed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is to be done with one file."""

    action: Action
    path: str
    """Where the vendor looks: with `.new` when it is laid beside."""

    before: bytes
    """What stands in the project now; empty when there is nothing."""

    after: bytes


class _Marker(msgspec.Struct, frozen=True, kw_only=True):
    """What the folder remembers."""

    format: int
    made_with: str
    name: str
    logical_address: str
    variant: Variant
    files: Mapping[str, str]
    """The checksum of what was proposed, by path."""


def known_project(folder: Path) -> Project | None:
    """Return the project in a folder; nothing for a folder that may become one.

    Raises `ConfigurationError` for a folder that holds something else.
    """
    marker = _marker(folder)
    if marker is not None:
        return Project(
            name=marker.name,
            logical_address=marker.logical_address,
            variant=marker.variant,
            version=marker.made_with,
        )
    if folder.exists() and not folder.is_dir():
        raise ConfigurationError(f"{folder}: this is a file: name a folder that is new or empty")
    if folder.is_dir() and {entry.name for entry in _entries(folder)} - _MAY_BE_THERE:
        raise ConfigurationError(
            f"{folder}: there is something here that new-producer did not make: name a new or empty folder"
        )
    return None


def steps_for(proposals: Iterable[Proposal], folder: Path) -> tuple[Step, ...]:
    """Decide what to do with each file; changes nothing.

    Raises `ConfigurationError` when something in the folder cannot be read or is in the way.
    """
    marker = _marker(folder)
    told = marker.files if marker else {}
    return tuple(_step(one, folder, told.get(one.path)) for one in proposals)


def carry_out(project: Project, proposals: Iterable[Proposal], steps: Iterable[Step], folder: Path) -> None:
    """Do it, and remember what was proposed; raises `ConfigurationError` when a file cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for step in steps:
            target = folder / step.path
            if step.action is Action.REPLACE:
                _write(target.with_name(f"{target.name}.old"), step.before)
            if step.action not in (Action.KEEP, Action.LEAVE_OUT):
                _write(target, step.after)
        marker = _Marker(
            format=_FORMAT,
            made_with=project.version,
            name=project.name,
            logical_address=project.logical_address,
            variant=project.variant,
            files={one.path: _checksum(one.data) for one in proposals},
        )
        _write(folder / MARKER, msgspec.json.format(msgspec.json.encode(marker), indent=1) + b"\n")
    except OSError as exc:
        raise ConfigurationError(f"{exc.filename or folder}: cannot be written: {exc.strerror}") from None


def _step(proposal: Proposal, folder: Path, told: str | None) -> Step:
    target = folder / proposal.path
    _check_inside(target, folder)
    there = _read(target)
    checksum = _checksum(proposal.data)
    path = proposal.path
    if there is None:
        gone = told is not None and not proposal.ours
        action = Action.LEAVE_OUT if gone else Action.CREATE
    elif there == proposal.data:
        action = Action.KEEP
    elif proposal.ours:
        action = Action.UPDATE if _checksum(there) == told else Action.REPLACE
    elif told == checksum:
        action = Action.KEEP
    else:
        path = f"{proposal.path}.new"
        action = Action.KEEP if _read(folder / path) == proposal.data else Action.PROPOSE
    return Step(action=action, path=path, before=there or b"", after=proposal.data)


def _marker(folder: Path) -> _Marker | None:
    data = _read(folder / MARKER)
    if data is None:
        return None
    try:
        marker = msgspec.json.decode(data, type=_Marker)
    except msgspec.DecodeError:
        raise ConfigurationError(
            f"{folder / MARKER}: cannot be read: restore it, or make a new project in another folder"
        ) from None
    if marker.format != _FORMAT:
        raise ConfigurationError(
            f"{folder / MARKER}: made by another version of the library: use that of requirements.txt"
        )
    return marker


def _check_inside(target: Path, folder: Path) -> None:
    if not target.parent.resolve().is_relative_to(folder.resolve()):
        raise ConfigurationError(
            f"{target.parent}: leads out of the project's folder: nothing is written there"
        )


def _entries(folder: Path) -> Iterator[Path]:
    try:
        yield from folder.iterdir()
    except OSError as exc:
        raise ConfigurationError(f"{folder}: the folder cannot be read: {exc.strerror}") from None


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as exc:
        raise ConfigurationError(f"{path}: cannot be read: {exc.strerror}") from None


def _write(path: Path, data: bytes) -> None:
    """Put a whole file in its place, or none; a link is replaced and not followed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-producer-")
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        beside.chmod(_MODE)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _checksum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
