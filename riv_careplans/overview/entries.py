"""The records of an overview, numbered: what every part of it asks of a record again and again.

Pure. Decides when a record is still in force, and how records are cited.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from riv_careplans.aggregate.collation import swedish_key
from riv_careplans.aggregate.elements import goals_of, participants_of
from riv_careplans.aggregate.merged import AnyRecord, Merged, RecordKey, record_key
from riv_careplans.codes import AgreementStatus, LegalBasis, PlanStatus
from riv_careplans.contracts.get_care_plans_2 import UNSTATED, is_from_2_0
from riv_careplans.model import II, Agreement, Organization, Participant, Person
from riv_careplans.overview.audience import Audience, visible_to
from riv_careplans.overview.view import Assumed, Citation, ProvenanceView

__all__ = [
    "Entry",
    "Standing",
    "cited_once",
    "entries_of",
    "id_text",
    "provenance_of",
    "sorted_citations",
]

T = TypeVar("T")


class Standing(StrEnum):
    """How much a record still counts."""

    IN_FORCE = "inForce"
    CLOSED = "closed"
    """Completed, cancelled or ended: what it says of the past still stands, and so do booked times."""
    REPLACED = "replaced"
    """Replaced or superseded: only what has been done still stands."""


_STANDING_OF_PLAN: Mapping[PlanStatus, Standing] = {
    PlanStatus.COMPLETED: Standing.CLOSED,
    PlanStatus.CANCELLED: Standing.CLOSED,
}
_STANDING_OF_AGREEMENT: Mapping[AgreementStatus, Standing] = {
    AgreementStatus.SUPERSEDED: Standing.REPLACED,
    AgreementStatus.ENDED: Standing.CLOSED,
}


class Entry(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A record and its number in the overview."""

    number: int
    record: AnyRecord
    key: RecordKey
    standing: Standing
    participants: Mapping[str, Participant]
    goals: Mapping[str, str]
    """The texts of the record's goals and sub-goals, by their ids."""
    care_giver: str
    """The name of the care giver that answers for the record; as another record names it, else its id."""
    care_unit: str | None
    """The name of the care unit, likewise."""

    @property
    def in_force(self) -> bool:
        """Whether the record still counts in full."""
        return self.standing is Standing.IN_FORCE

    @property
    def unit(self) -> str:
        """Who answers for the record: the care unit, else the care giver."""
        return self.care_unit or self.care_giver

    @property
    def title(self) -> str:
        """The record's title."""
        return self.record.body.title

    def cite(self, legal_basis: LegalBasis | None = None) -> Citation:
        """Refer to the record; `legal_basis` is the element's own, where it overrides the header's."""
        return Citation(
            provenance=self.number,
            legal_basis=legal_basis or self.record.header.access_control.legal_basis,
        )


def entries_of(merged: Merged) -> tuple[Entry, ...]:
    """Number the records: by unit, then by title, both in Swedish order."""
    replaced = frozenset(merged.replaced)
    names = _organization_names(merged)
    entries = []
    for record in merged.records:
        key = record_key(record)
        care_giver, care_unit = _accountable(record, names)
        entries.append(
            Entry(
                number=0,
                record=record,
                key=key,
                standing=Standing.REPLACED if key in replaced else _standing(record),
                participants=participants_of(record),
                goals={goal.id: goal.text for _, goal in goals_of(record)},
                care_giver=care_giver,
                care_unit=care_unit,
            )
        )
    entries.sort(key=lambda one: (swedish_key(one.unit), swedish_key(one.title), one.key))
    return tuple(replace(entry, number=number) for number, entry in enumerate(entries, 1))


def _organization_names(merged: Merged) -> Mapping[tuple[str, str], str]:
    """Name the organisations that answer for records; of several names the first in Swedish order."""
    names: dict[tuple[str, str], str] = {}
    for record in merged.records:
        access = record.header.access_control
        for one in (access.accountable_care_giver, access.accountable_care_unit):
            if one is not None and one.name:
                names[one.id.key] = min(one.name, names.get(one.id.key, one.name), key=swedish_key)
    return names


def _accountable(record: AnyRecord, names: Mapping[tuple[str, str], str]) -> tuple[str, str | None]:
    """Name the care giver and the care unit; where the record says neither, the unit that wrote it."""
    access, author = record.header.access_control, record.header.author
    giver, unit = access.accountable_care_giver, access.accountable_care_unit
    written_at = author.care_unit if author is not None else None
    if unit is None and written_at is not None and giver.id == UNSTATED:
        unit = written_at
    known = None if unit is None or (unit.id == UNSTATED and not unit.name) else _name(unit, names)
    if giver.id == UNSTATED and not giver.name:
        return ("vårdgivaren anges inte" if known else "Ansvarig enhet anges inte"), known
    return _name(giver, names), known


def _name(organization: Organization, names: Mapping[tuple[str, str], str]) -> str:
    return organization.name or names.get(organization.id.key) or id_text(organization.id)


def _standing(record: AnyRecord) -> Standing:
    if isinstance(record, Agreement):
        return _STANDING_OF_AGREEMENT.get(record.body.status, Standing.IN_FORCE)
    return _STANDING_OF_PLAN.get(record.body.status, Standing.IN_FORCE)


def cited_once(
    items: Iterable[tuple[T, Citation]], *, key: Callable[[T], object] = lambda item: item
) -> list[tuple[T, tuple[Citation, ...]]]:
    """Put equal items together, each with all its citations; the first of equals stands for them."""
    found: dict[object, tuple[T, dict[Citation, None]]] = {}
    for item, citation in items:
        found.setdefault(key(item), (item, {}))[1][citation] = None
    return [(item, sorted_citations(citations)) for item, citations in found.values()]


def sorted_citations(citations: Iterable[Citation]) -> tuple[Citation, ...]:
    """Give citations once each, by number."""
    return tuple(sorted(set(citations), key=lambda one: (one.provenance, one.legal_basis)))


# --- names --------------------------------------------------------------------------------------


def id_text(identity: II) -> str:
    """Write an identity: what is unique in it."""
    return identity.extension or identity.root


# --- provenance ---------------------------------------------------------------------------------


def provenance_of(entries: Sequence[Entry], systems: Mapping[str, str]) -> tuple[ProvenanceView, ...]:
    """Tell where every record comes from. `systems` names source systems by their address in capitals."""
    return tuple(_provenance(entry, systems) for entry in entries)


def _provenance(entry: Entry, systems: Mapping[str, str]) -> ProvenanceView:
    header = entry.record.header
    access, record = header.access_control, header.record
    system = id_text(header.source_system_id)
    return ProvenanceView(
        number=entry.number,
        kind=entry.key.kind,
        title=entry.title,
        source_system=systems.get(system.upper(), system),
        source_system_id=system,
        record_id=id_text(record.id),
        care_giver=entry.care_giver,
        care_unit=entry.care_unit,
        legal_basis=access.legal_basis,
        origin=None if is_from_2_0(entry.record) else header.provenance.origin,
        assumed=tuple(Assumed) if is_from_2_0(entry.record) else (),
        informants=header.provenance.informants,
        author=None if header.author is None else _person_text(header.author.person),
        author_unit=_author_unit(entry),
        created=record.created_time,
        updated=record.updated_time,
        signed=None if header.signature is None else header.signature.time,
        signer=None if header.signature is None else _person_text(header.signature.person),
        sharing=access.sharing,
        for_patient=visible_to(entry.record, Audience.PATIENT),
        for_representative=visible_to(entry.record, Audience.REPRESENTATIVE),
        replaced=entry.standing is Standing.REPLACED,
    )


def _author_unit(entry: Entry) -> str | None:
    author = entry.record.header.author
    unit = author.care_unit if author is not None else None
    if unit is None or (not unit.name and unit.id == UNSTATED):
        return None
    known = entry.record.header.access_control.accountable_care_unit
    is_accountable = known is not None and known.id.key == unit.id.key
    return unit.name or (entry.care_unit if is_accountable else id_text(unit.id))


def _person_text(person: Person | None) -> str | None:
    if person is None or person.name is None:
        return None
    title = person.title.text if person.title is not None else None
    return f"{person.name}, {title.lower()}" if title else person.name
