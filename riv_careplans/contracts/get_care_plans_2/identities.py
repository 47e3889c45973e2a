"""Identities in GetCarePlans 2.0, where they are bare texts, and in the model, where they have a root.

A record must have one identity in both versions, because a consumer of both removes duplicates by it
(TKB clinicalprocess:logistics:logistics 3.0.13; contract description, section 3.1: "stable across
versions and contracts"). So the way from `record.id` to documentId can be walked back:

- a root alone is the documentId itself, as GetCareDocumentation 3.0 has it ("root-only = old
  documentId, for dedupe"); a system that has spoken 2.0 keeps its ids this way;
- a local id (`II.local`) begins with its source system's HSA-id, and stands as it is;
- any other is written root#extension, because extensions of two roots may be equal and a documentId
  is unique in its source system.
"""

from __future__ import annotations

from typing import Final

from riv_careplans.identity import (
    HSA_ID,
    HSA_ID_HL7,
    LOCAL_ID,
    ORGANISATIONSNUMMER,
    is_oid,
    is_organisation_number,
)
from riv_careplans.model import II, Organization

__all__ = [
    "UNSTATED",
    "care_giver_of",
    "document_id",
    "given",
    "hsa_id",
    "hsa_text",
    "record_id",
]

UNSTATED: Final = II(root=HSA_ID)
"""An organisation whose HSA-id the record does not state: the kind of identity without a value.

3.0 wants a care giver on every record and 2.0 does not. Nobody can ask for this one, be given access
to it, or block it; CP-003 warns of it.
"""


def document_id(identity: II, source_system: II) -> str:
    """Write a record's identity as a documentId."""
    if identity.extension is None:
        return identity.root
    if identity.root == LOCAL_ID and identity.extension.startswith(hsa_text(source_system) or " "):
        return identity.extension
    return f"{identity.root}#{identity.extension}"


def record_id(text: str, source_system: str) -> II:
    """Read a documentId as the identity it stands for."""
    if source_system and text.startswith(source_system):
        return II.local(text)
    root, mark, extension = text.partition("#")
    return II(root=root, extension=extension) if mark and is_oid(root) else II(root=text)


def given(text: str | None) -> str | None:
    """Return a text that says something; an empty element says as little as none."""
    return text if text and not text.isspace() else None


def hsa_id(text: str | None) -> II | None:
    """Read an HSA-id; nothing for nothing."""
    known = given(text)
    return None if known is None else II.hsa_id(known)


def hsa_text(identity: II | None) -> str | None:
    """Write an identity where only HSA-ids have a place; nothing for other kinds."""
    if identity is None or identity.root not in (HSA_ID, HSA_ID_HL7):
        return None
    return identity.extension


def care_giver_of(text: str | None) -> Organization:
    """Read a care giver, who may also be named by a bare organisation number (CP-003)."""
    known = given(text)
    if known is None:
        return Organization(id=UNSTATED)
    root = ORGANISATIONSNUMMER if is_organisation_number(known) else HSA_ID
    return Organization(id=II(root=root, extension=known))
