"""The structured record inside a 2.0 record, for receivers that know it.

It stands in the extension point of CarePlanBodyType, which others pass on and ignore, so structure can
travel through a platform that speaks 2.0 alone. Its attachments are described there and embedded once,
as 2.0's own documents. Whoever does not know it may still show it: of a record that the patient may see,
what is for professionals alone (internal notes, their own channels) is left out, as 2.0 leaves it out.

What is carried is believed only when it is valid and says the same as the 2.0 record around it about
whose it is, which it is, and who may see it (patient, blocks, sharing); else the 2.0 record stands as it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final, TypeVar

from msgspec.structs import replace

from riv_careplans import codec
from riv_careplans.codes import CORE_4, Audience, PlanStatus
from riv_careplans.contract import GET_CARE_PLANS_3
from riv_careplans.contracts.get_care_plans_2.identities import document_id
from riv_careplans.contracts.get_care_plans_2.messages import CarePlanRecord, Multimedia
from riv_careplans.errors import ContractViolation
from riv_careplans.exchange import without_values
from riv_careplans.model import Agreement, Attachment, CarePlan, Channel, ContractType, Extension

__all__ = ["is_approved", "structured_of", "with_structure", "without_internal"]

Value = TypeVar("Value")

_PLAN: Final = f"{{{CORE_4}}}carePlan"
_AGREEMENT: Final = f"{{{CORE_4}}}agreement"


def with_structure(message: CarePlanRecord, record: CarePlan | Agreement) -> CarePlanRecord:
    """Return a 2.0 record that carries the record it was made of; raises `ContractViolation`."""
    extensions = (*message.body.extensions, _written(record))
    return replace(message, body=replace(message.body, extensions=extensions))


def _written(record: CarePlan | Agreement) -> Extension:
    shown = without_internal(record) if is_approved(record) else record
    if isinstance(shown, CarePlan):
        name, written = "carePlan", codec.content(without_values(shown), "carePlan")
    else:
        name, written = "agreement", codec.content(without_values(shown), "agreement")
    return Extension(f'<x:{name} xmlns:x="{CORE_4}"{codec.declarations(CORE_4)}>{written}</x:{name}>')


def without_internal(value: Value) -> Value:
    """Return a record, or a part of one, without what is for professionals alone."""
    if not isinstance(value, ContractType):
        return value
    changes: dict[str, object] = {}
    for name in value.__struct_fields__:
        before = getattr(value, name)
        if name == "internal_note":
            after: object = None
        elif isinstance(before, tuple):
            after = tuple(without_internal(one) for one in before if not _is_internal(one))
        else:
            after = without_internal(before)
        if after != before:
            changes[name] = after
    return replace(value, **changes) if changes else value


def _is_internal(value: object) -> bool:
    return isinstance(value, Channel) and value.audience is Audience.PROFESSIONAL


def structured_of(message: CarePlanRecord, seen: CarePlan) -> CarePlan | Agreement | None:
    """Return the structured record that a 2.0 record carries, when there is one to be believed.

    `seen` is the same record as 2.0 alone tells it.
    """
    for extension in message.body.extensions:
        element = codec.parse(extension.encode())
        if element.tag not in (_PLAN, _AGREEMENT) or GET_CARE_PLANS_3.violations(element):
            continue
        try:
            record = _read(element)
        except ContractViolation:
            continue
        if _is_same(record, message, seen):
            return _with_documents(record, message.body.contents)
    return None


def _read(element: codec.Element) -> CarePlan | Agreement:
    return codec.read(CarePlan, element) if element.tag == _PLAN else codec.read(Agreement, element)


def is_approved(record: CarePlan | Agreement) -> bool:
    """Say whether 2.0 may show a record to its patient.

    2.0 tells neither a representative apart nor a draft from a plan in force: closed for both.
    """
    access = record.header.access_control
    return (
        access.approved_for_patient
        and access.approved_for_representative is not False
        and record.body.status is not PlanStatus.DRAFT
    )


def _is_same(record: CarePlan | Agreement, message: CarePlanRecord, seen: CarePlan) -> bool:
    header = record.header
    return (
        header.access_control.patient_id.key == seen.header.access_control.patient_id.key
        and header.source_system_id.key == seen.header.source_system_id.key
        and document_id(header.record.id, header.source_system_id) == message.header.document_id
        and is_approved(record) == message.header.approved_for_patient
    )


def _with_documents(record: CarePlan | Agreement, contents: Iterable[Multimedia]) -> CarePlan | Agreement:
    """Give the attachments their values back, by checksum."""
    if not record.body.attachments:
        return record
    values = {hashlib.sha256(one.value).hexdigest(): one.value for one in contents if one.value is not None}
    attachments = tuple(_with_value(one, values) for one in record.body.attachments)
    if isinstance(record, CarePlan):
        return replace(record, body=replace(record.body, attachments=attachments))
    return replace(record, body=replace(record.body, attachments=attachments))


def _with_value(attachment: Attachment, values: dict[str, bytes]) -> Attachment:
    if attachment.value is not None or attachment.reference is not None or attachment.sha256 is None:
        return attachment
    return replace(attachment, value=values.get(attachment.sha256))
