"""A source without a system: the XML files of a folder.

What a vendor starts with, and what the demo's source systems are. Files are answers (GetCarePlans
3.0 or 2.0, with or without a SOAP envelope); they are kept in memory by patient, and read again when
they change.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from riv_careplans import codec
from riv_careplans.codes import ResultCode
from riv_careplans.contracts import interaction_for
from riv_careplans.contracts.soap import SOAP_11, read_envelope
from riv_careplans.errors import ConfigurationError, ContractViolation, DocumentError
from riv_careplans.exchange import Answer, Query, Result, select
from riv_careplans.model import Agreement, CarePlan

__all__ = ["DirectorySource", "read_document"]

_LOG = logging.getLogger(__name__)
_Key = tuple[str, str]
Rec = TypeVar("Rec", CarePlan, Agreement)


def read_document(data: bytes) -> Answer:
    """Read an answer in a file: GetCarePlans 3.0 or 2.0, with or without a SOAP envelope.

    Raises `DocumentError` when it is not XML, belongs to no contract known here, breaks the
    contract's schema, or has a record that cannot be read.
    """
    root = codec.parse(data)
    if codec.namespace_of(root) == SOAP_11:
        body = read_envelope(root).body
        if body is None:
            raise ContractViolation("the document is a SOAP Fault, not an answer")
        root = body
    interaction = interaction_for(codec.namespace_of(root))
    if root.tag != interaction.contract.response_tag:
        raise ContractViolation(f"the document is not a {interaction.contract.name}Response")
    findings = interaction.contract.violations(root)
    if not findings:
        reading = interaction.read_response(root)
        findings = reading.findings
    if findings:
        first = findings[0]
        raise ContractViolation(
            f"line {first.line}: {first.path}: {first.message}" if first.line else first.message,
            findings=findings,
        )
    return reading.answer


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it was when it was read."""

    changed: tuple[int, int]
    """Modification time in nanoseconds, and size."""

    answer: Answer | None
    """None when the file could not be read."""


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """The folder at one moment; replaced as a whole, so that readers need no lock."""

    files: dict[Path, _File] = field(default_factory=dict)
    plans: dict[_Key, tuple[CarePlan, ...]] = field(default_factory=dict)
    agreements: dict[_Key, tuple[Agreement, ...]] = field(default_factory=dict)
    unreadable: int = 0


class DirectorySource:
    """The answers in a folder's XML files, as a source.

    A file that cannot be read when the source is made is a `ConfigurationError` that names it. One
    that becomes unreadable later is logged and counted as held back in every answer, because nobody
    knows whose it was.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = Path(folder)
        self._lock = threading.Lock()
        if not self._folder.is_dir():
            raise ConfigurationError(f"{self._folder}: there is no such folder")
        self._snapshot = self._refreshed(_Snapshot())
        if not self._snapshot.files:
            raise ConfigurationError(f"{self._folder}: the folder has no XML documents (*.xml)")
        for path, file in sorted(self._snapshot.files.items()):
            if file.answer is None:
                raise ConfigurationError(f"{path}: {_reason(path)}")

    def care_plans(self, query: Query) -> Answer:
        """Answer from the files as they are now."""
        snapshot = self._current()
        key = query.patient_id.key
        held_back = snapshot.unreadable
        answer = Answer(
            care_plans=snapshot.plans.get(key, ()),
            agreements=snapshot.agreements.get(key, ()),
            result=Result(code=ResultCode.INFO if held_back else ResultCode.OK, log_id=str(uuid4())),
            held_back=held_back,
        )
        return select(query, answer)

    def _current(self) -> _Snapshot:
        with self._lock:
            self._snapshot = self._refreshed(self._snapshot)
            return self._snapshot

    def _refreshed(self, before: _Snapshot) -> _Snapshot:
        """Look at the folder; read what is new or has changed; the same snapshot when nothing is."""
        found = {path: changed for path in self._folder.rglob("*.xml") if (changed := _changed(path))}
        if found == {path: file.changed for path, file in before.files.items()}:
            return before
        files = {
            path: before.files[path]
            if path in before.files and before.files[path].changed == changed
            else _File(changed, _read(path))
            for path, changed in sorted(found.items())
        }
        answers = [file.answer for file in files.values() if file.answer is not None]
        return _Snapshot(
            files=files,
            plans=_by_patient(plan for answer in answers for plan in answer.care_plans),
            agreements=_by_patient(agreement for answer in answers for agreement in answer.agreements),
            unreadable=len(files) - len(answers),
        )


def _changed(path: Path) -> tuple[int, int] | None:
    """Return what tells that a file has changed; None when it is gone or is no file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_size) if path.is_file() else None


def _read(path: Path) -> Answer | None:
    try:
        return read_document(path.read_bytes())
    except (OSError, DocumentError) as exc:
        _LOG.warning("a document in the folder cannot be read and is held back: %s", type(exc).__name__)
        return None


def _reason(path: Path) -> str:
    try:
        read_document(path.read_bytes())
    except (OSError, DocumentError) as exc:
        return exc.strerror or "it cannot be read" if isinstance(exc, OSError) else str(exc)
    return "it changed while it was read"


def _by_patient(records: Iterable[Rec]) -> dict[_Key, tuple[Rec, ...]]:
    """Group records by patient; of one identity the newest version stays (CP-007)."""
    newest: dict[_Key, dict[tuple[_Key, _Key], Rec]] = {}
    for record in records:
        header = record.header
        own = newest.setdefault(header.access_control.patient_id.key, {})
        identity = (header.source_system_id.key, header.record.id.key)
        if identity not in own or _age(own[identity]) <= _age(record):
            own[identity] = record
    return {patient: tuple(own.values()) for patient, own in newest.items()}


def _age(record: CarePlan | Agreement) -> tuple[int, datetime]:
    return record.header.record.version or 0, record.header.record.updated_time
