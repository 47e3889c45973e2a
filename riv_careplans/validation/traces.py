"""What of a document is needed to see whether documents go together; no personal data.

An identity is kept as a keyless hash of sixteen bytes: enough to compare with, for as long as a run
lasts; never written down anywhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Final

import msgspec

from riv_careplans.codes import FIXED_CONTACT_SYSTEM, AgreementStatus, FixedContact, PlanStatus
from riv_careplans.identity import swedish_time
from riv_careplans.model import II, Agreement, CarePlan

__all__ = ["PhysicianTrace", "RecordTrace", "Traces", "hash_of", "traces_of"]

_IN_FORCE: Final = frozenset({PlanStatus.ACTIVE, PlanStatus.ON_HOLD, AgreementStatus.ACTIVE})


def hash_of(*parts: str) -> bytes:
    """Return what stands for an identity, or for a name, in a trace."""
    return hashlib.blake2b("\n".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest()


class RecordTrace(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One care plan or agreement."""

    source_system: bytes
    record: bytes
    patient: bytes
    joint_plan: bytes | None
    path: str
    """The record in its document, such as `carePlan[2]`; empty when the document is the record."""

    line: int | None

    version: int | None = None
    updated: int | None = None
    """record.updatedTime as a number, YYYYMMDDhhmmss: which of two versions is the newer."""


class PhysicianTrace(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One active fast läkarkontakt i primärvården, as a record names it."""

    patient: bytes
    physician: bytes | None
    """The physician's id; None without one, then `name` tells."""

    name: bytes | None
    path: str
    """The participant in its document, such as `carePlan[2]/body/participant[1]`."""

    line: int | None

    record: int | None = None
    """Which of the document's traced records names it, counted from 0."""


class Traces(msgspec.Struct, frozen=True, kw_only=True):
    """What one document leaves behind; empty for a question, a fault and what could not be read."""

    records: tuple[RecordTrace, ...] = ()
    physicians: tuple[PhysicianTrace, ...] = ()


def traces_of(
    records: Mapping[str, CarePlan | Agreement],
    lines: Mapping[str, int | None],
    *,
    now: datetime,
    is_record: bool,
) -> Traces:
    """Return what the records of an answer leave behind; both mappings are by the records' paths.

    `is_record` is true when the document is one record, and paths begin below it.
    """
    today = swedish_time(now).date()
    found: list[RecordTrace] = []
    physicians: list[PhysicianTrace] = []
    for place, record in records.items():
        header = record.header
        patient = _of(header.access_control.patient_id)
        joint_plan = record.body.joint_plan_id if isinstance(record, CarePlan) else None
        path = "" if is_record else place
        trace = RecordTrace(
            source_system=_of(header.source_system_id),
            record=_of(header.record.id),
            patient=patient,
            joint_plan=None if joint_plan is None else _of(joint_plan),
            path=path,
            line=lines.get(place),
            version=header.record.version,
            updated=int(f"{header.record.updated_time:%Y%m%d%H%M%S}"),
        )
        physicians += _physicians(record, len(found), patient, path, lines.get(place), today)
        found.append(trace)
    return Traces(records=tuple(found), physicians=tuple(physicians))


def _of(identity: II) -> bytes:
    return hash_of(*identity.key)


def _physicians(
    record: CarePlan | Agreement, number: int, patient: bytes, path: str, line: int | None, today: date
) -> Iterator[PhysicianTrace]:
    """Give every active fast läkarkontakt, as CP-016 counts them; the line is that of the record."""
    period = record.body.period
    if record.body.status not in _IN_FORCE or not (period is None or period.contains(today)):
        return
    for position, one in enumerate(record.body.participants, 1):
        role = one.role
        if role.code != FixedContact.PRIMARY_CARE_PHYSICIAN or role.code_system != FIXED_CONTACT_SYSTEM:
            continue
        who = one.person or one.team
        if who is None or not (one.period is None or one.period.contains(today)):
            continue
        name = " ".join((who.name or "").casefold().split())
        if who.id is not None or name:
            yield PhysicianTrace(
                patient=patient,
                physician=None if who.id is None else _of(who.id),
                name=hash_of(name) if name else None,
                path=f"{path}/body/participant[{position}]".lstrip("/"),
                line=line,
                record=number,
            )
