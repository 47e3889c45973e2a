"""A source without a system: the XML files of a folder.

What a vendor starts with, and what the demo's source systems are. Files are answers (GetCarePlans
3.0 or 2.0, with or without a SOAP envelope); they are kept in memory by patient, and read again when
they change.
"""

from __future__ import annotations

import logging
import stat
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from riv_careplans import codec
from riv_careplans.codes import ResultCode
from riv_careplans.contracts import interaction_for
from riv_careplans.contracts.soap import SOAP_11, read_envelope
from riv_careplans.errors import ConfigurationError, ContractViolation, DocumentError, Finding
from riv_careplans.exchange import Answer, Query, Result, select
from riv_careplans.identity import PersonId
from riv_careplans.model import Agreement, CarePlan

__all__ = ["DirectorySource", "read_document"]

_LOG = logging.getLogger(__name__)
_Key = tuple[str, str]
_Changed = tuple[int, int, int]
"""When a file's content and its entry were changed (nanoseconds), and its size."""
Rec = TypeVar("Rec", CarePlan, Agreement)


def read_document(data: bytes) -> Answer:
    """Read an answer in a file: GetCarePlans 3.0 or 2.0, with or without a SOAP envelope.

    Raises `DocumentError` when it is not XML, belongs to no contract known here, breaks the
    contract's schema, tells of an error, or has a record that cannot be read.
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
    if findings:
        raise _broken(findings)
    reading = interaction.read_response(root)
    if reading.findings:
        raise _broken(reading.findings)
    if reading.answer.result.code is ResultCode.ERROR:
        raise ContractViolation("the document is an answer with the result ERROR, without records")
    return reading.answer


def _broken(findings: tuple[Finding, ...]) -> ContractViolation:
    first = findings[0]
    place = [f"line {first.line}"] if first.line else []
    place += [first.path] if first.path else []
    return ContractViolation(": ".join([*place, first.message]), findings=findings)


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it was when it was read."""

    changed: _Changed
    answer: Answer | None
    """None when the file could not be read."""
    problem: str = ""
    """Why it could not: one sentence without anything of the document."""


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
    knows whose it was. A folder that is gone is no folder without plans: it is a `ConfigurationError`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = Path(folder)
        self._lock = threading.Lock()
        self._snapshot = self._refreshed(_Snapshot())
        if not self._snapshot.files:
            raise ConfigurationError(f"{self._folder}: the folder has no XML documents (*.xml)")
        for path, file in self._snapshot.files.items():
            if file.answer is None:
                raise ConfigurationError(f"{path}: {file.problem}")

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

    def patients(self) -> Iterator[tuple[PersonId, datetime]]:
        """Give every patient in the files, with the time of the newest record about the patient."""
        return _patients(self._current())

    def all_patients(self) -> tuple[tuple[PersonId, datetime], ...] | None:
        """Give the same as `patients`; None when there may be more of them.

        So it is when a file cannot be read, because nobody knows whose it is, and when there is no file
        at all, because a disk that is not there looks the same.
        """
        snapshot = self._current()
        return None if snapshot.unreadable or not snapshot.files else tuple(_patients(snapshot))

    def _current(self) -> _Snapshot:
        with self._lock:
            before = self._snapshot
            self._snapshot = self._refreshed(before)
            for path, file in self._snapshot.files.items():
                if file.answer is None and file is not before.files.get(path):
                    # Not its name: people name files after people.
                    _LOG.warning("a document in the folder cannot be read and is held back: %s", file.problem)
            return self._snapshot

    def _refreshed(self, before: _Snapshot) -> _Snapshot:
        """Look at the folder; read what is new or has changed; the same snapshot when nothing is."""
        if not self._folder.is_dir():
            raise ConfigurationError(f"{self._folder}: there is no such folder")
        found = {path: changed for path in self._folder.rglob("*.xml") if (changed := _changed(path))}
        if found == {path: file.changed for path, file in before.files.items()}:
            return before
        files = {
            path: before.files[path]
            if path in before.files and before.files[path].changed == changed
            else _read(path, changed)
            for path, changed in sorted(found.items())
        }
        answers = [file.answer for file in files.values() if file.answer is not None]
        return _Snapshot(
            files=files,
            plans=_by_patient(plan for answer in answers for plan in answer.care_plans),
            agreements=_by_patient(agreement for answer in answers for agreement in answer.agreements),
            unreadable=len(files) - len(answers),
        )


def _patients(snapshot: _Snapshot) -> Iterator[tuple[PersonId, datetime]]:
    newest: dict[_Key, datetime] = {}
    held: tuple[Iterable[CarePlan | Agreement], ...] = (
        *snapshot.plans.values(),
        *snapshot.agreements.values(),
    )
    for record in chain.from_iterable(held):
        key = record.header.access_control.patient_id.key
        time = record.header.record.updated_time
        newest[key] = max(time, newest.get(key, time))
    for (root, extension), moment in sorted(newest.items()):
        yield PersonId(root, extension), moment


def _changed(path: Path) -> _Changed | None:
    """Return what tells that a file has changed; None when it is gone or is no file."""
    try:
        status = path.stat()
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size


def _read(path: Path, changed: _Changed) -> _File:
    try:
        with path.open("rb") as file:
            # One byte more than may be parsed is enough to see that there are too many.
            return _File(changed, read_document(file.read(codec.ANSWER_LIMITS.size + 1)))
    except OSError as exc:
        return _File(changed, None, exc.strerror or "it cannot be read")
    except DocumentError as exc:
        return _File(changed, None, str(exc))


def _by_patient(records: Iterable[Rec]) -> dict[_Key, tuple[Rec, ...]]:
    """Group records by patient; of one identity the newest version stays, of two alike the later file's."""
    newest: dict[_Key, dict[tuple[_Key, _Key], Rec]] = {}
    for record in records:
        header = record.header
        own = newest.setdefault(header.access_control.patient_id.key, {})
        identity = (header.source_system_id.key, header.record.id.key)
        if identity not in own or _age(own[identity]) <= _age(record):
            own[identity] = record
    return {patient: tuple(own.values()) for patient, own in newest.items()}


def _age(record: CarePlan | Agreement) -> tuple[int, datetime]:
    # "the higher version, else the later updatedTime, wins" -- contract description, section 5, rule 1
    return record.header.record.version or 0, record.header.record.updated_time
