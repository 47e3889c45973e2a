"""A care plan or an agreement as a 2.0 record: a readable document first, then its own documents.

Where 2.0 cannot say what 3.0 does, it says less rather than something else, and closes rather than opens:

- structure becomes a readable text/html document; a plan that is nothing but documents needs none.
- an agreement is a document like others, without a plan type.
- sharing: only what is shared carries both care unit and care giver. A record that must stay within
  them goes without either, and so stays out of sammanhållen journalföring (TKB, Regel 1: "without both,
  the post is not shown"); its patient still sees it, and its document names them.
- approvedForPatient: 2.0 knows no representatives, so what they may not see is not approved at all.
- authorTime: blockComparisonTime, because that is what it is used for (TKB, Regel 2).
- the accountable professional is the one responsible for the plan, else its author.
- a plan entered in error is not written: "nullified … ska ej anges", and 2.0 has no other word for it.
- attachments that are only described (without value and reference) have no place; the document names them.
- channels for professionals, internal notes, and unknown elements inside structured parts are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from riv_careplans import codec
from riv_careplans.codes import (
    CARE_PLAN_TYPE_SYSTEM,
    CORE_3,
    Audience,
    ChannelSystem,
    MediaType,
    PartyKind,
    PlanStatus,
    PlanType,
    Sharing,
)
from riv_careplans.contracts import readable
from riv_careplans.contracts.get_care_plans_2.identities import UNSTATED, document_id, hsa_text
from riv_careplans.contracts.get_care_plans_2.kept import carried, kept_elements, moved
from riv_careplans.contracts.get_care_plans_2.messages import (
    CarePlanBody2,
    CarePlanRecord,
    CodedValue,
    HealthcareProfessional,
    Identity,
    LegalAuthenticator,
    Multimedia,
    OrgUnit,
    PatientSummaryHeader,
    PersonIdentity,
)
from riv_careplans.contracts.get_care_plans_2.reading import UNTYPED
from riv_careplans.contracts.get_care_plans_2.structured import is_approved
from riv_careplans.errors import ContractViolation, DocumentError, Finding
from riv_careplans.identity import ORGANISATIONSNUMMER
from riv_careplans.model import (
    CV,
    II,
    Agreement,
    AgreementBody,
    Attachment,
    CarePlan,
    CarePlanBody,
    Channel,
    Header,
    Organization,
    Party,
    Person,
)
from riv_careplans.rules.attachments import MOST_EMBEDDED_BYTES

__all__ = ["is_given", "person_of", "professional_of", "record_of"]

_PLAN_TYPES = {str(code): code for code in PlanType if code is not PlanType.OTHER}


def is_given(record: CarePlan | Agreement) -> bool:
    """Say whether 2.0 can give the record at all."""
    return isinstance(record, Agreement) or record.body.status is not PlanStatus.ENTERED_IN_ERROR


def record_of(record: CarePlan | Agreement) -> CarePlanRecord:
    """Make a 2.0 record; raises `ContractViolation` for values that no document can hold."""
    try:
        return CarePlanRecord(
            header=_header(record), body=_body(record), extensions=carried(record.extensions, into=CORE_3)
        )
    # Records come from a vendor's code too, where no type was checked.
    except (AttributeError, DocumentError, KeyError, TypeError, ValueError):
        message = "the record holds a value, a text or an unknown element that no document can carry"
        raise ContractViolation(message, findings=(Finding(code="XSD", message=message),)) from None


def person_of(patient: II) -> PersonIdentity:
    """Write a person's identity."""
    extensions = carried(patient.extensions, into=CORE_3)
    return PersonIdentity(id=patient.extension or "", type=patient.root, extensions=extensions)


def _header(record: CarePlan | Agreement) -> PatientSummaryHeader:
    header = record.header
    access = header.access_control
    care_contacts = list(kept_elements(header.extensions, "careContactId"))
    return PatientSummaryHeader(
        document_id=document_id(header.record.id, header.source_system_id),
        source_system=_bare(header.source_system_id),
        document_title=record.body.title,
        document_time=header.record.created_time,
        patient_id=person_of(access.patient_id),
        professional=professional_of(record),
        legal_authenticator=_authenticator(header),
        approved_for_patient=is_approved(record),
        care_contact_id=(care_contacts[0].text or "") if care_contacts else None,
    )


def _bare(identity: II) -> str:
    return identity.root if identity.extension is None else identity.extension


def professional_of(record: CarePlan | Agreement) -> HealthcareProfessional:
    """Write who answers for a record, and what blocks and sharing are decided by."""
    access, author = record.header.access_control, record.header.author
    person = _accountable(record) or Person()
    unit, care_giver = access.accountable_care_unit, _care_giver(access.accountable_care_giver.id)
    care_unit = None if unit is None else hsa_text(unit.id)
    if access.sharing is not Sharing.SHARED and care_unit is not None and care_giver is not None:
        care_unit = care_giver = None
    return HealthcareProfessional(
        author_time=access.block_comparison_time,
        hsa_id=hsa_text(person.id),
        name=person.name,
        role_code=None if person.title is None else _role(person.title),
        org_unit=_org_unit(record.header),
        care_unit=care_unit,
        care_giver=care_giver,
        extensions=() if author is None else carried(author.extensions, into=CORE_3),
    )


def _care_giver(identity: II) -> str | None:
    """Write a care giver, who may also be named by a bare organisation number (CP-003)."""
    return identity.extension if identity.root == ORGANISATIONSNUMMER else hsa_text(identity)


def _accountable(record: CarePlan | Agreement) -> Person | None:
    """Find who answers for the record, and all that is known of that person."""
    author = record.header.author.person if record.header.author is not None else None
    responsible = record.body.responsible if isinstance(record, CarePlan) else None
    if responsible is None or responsible.kind is not PartyKind.PROFESSIONAL:
        return author
    named = [one.person for one in record.body.participants if one.id == responsible.participant_id]
    same = [author] if author is not None and _is_same(author, responsible) else []
    people = [person for person in (*named, *same) if person is not None]
    return Person(
        id=responsible.id or next((person.id for person in people if person.id), None),
        name=responsible.name or next((person.name for person in people if person.name), None),
        title=next((person.title for person in people if person.title), None),
    )


def _is_same(person: Person, party: Party) -> bool:
    if person.id is not None and party.id is not None:
        return person.id.key == party.id.key
    return person.name is not None and person.name == party.name


def _role(title: CV) -> CodedValue:
    # "om kod anges ska även codeSystem och displayName anges": without a display name the code is it.
    role = moved(title, CodedValue)
    return (
        role
        if role.code is None or role.display_name
        else msgspec.structs.replace(role, display_name=role.code)
    )


def _org_unit(header: Header) -> OrgUnit | None:
    """Name the unit as NPÖ wants it, with HSA-id and name (TKB, Regel 4)."""
    access, author = header.access_control, header.author
    unit = author.care_unit if author is not None else None
    if unit is None and access.accountable_care_unit is not None and access.accountable_care_unit.name:
        unit = access.accountable_care_unit
    if unit is None:
        return None
    locations = list(kept_elements(unit.extensions, "orgUnitLocation"))
    return OrgUnit(
        hsa_id=hsa_text(unit.id),
        name=unit.name or _name_beside(unit, access.accountable_care_unit),
        telecom=_reached(unit.channels, ChannelSystem.PHONE),
        email=_reached(unit.channels, ChannelSystem.EMAIL),
        address=_reached(unit.channels, ChannelSystem.ADDRESS),
        location=(locations[0].text or "") if locations else None,
        extensions=carried(unit.extensions, into=CORE_3),
    )


def _name_beside(unit: Organization, other: Organization | None) -> str | None:
    return other.name if other is not None and other.id.key == unit.id.key else None


def _reached(channels: Iterable[Channel], system: ChannelSystem) -> str | None:
    return next(
        (
            channel.value
            for channel in channels
            if channel.system is system and channel.audience is not Audience.PROFESSIONAL
        ),
        None,
    )


def _authenticator(header: Header) -> LegalAuthenticator | None:
    signature = header.signature
    if signature is None:
        return None
    person = signature.person or Person()
    return LegalAuthenticator(
        signature_time=signature.time,
        hsa_id=hsa_text(person.id),
        name=person.name,
        extensions=carried(signature.extensions, into=CORE_3),
    )


def _body(record: CarePlan | Agreement) -> CarePlanBody2:
    return CarePlanBody2(
        contents=tuple(_contents(record)),
        participating_care_units=tuple(_participating(record)),
        type_of_care_plan=_plan_type(record.body.type) if isinstance(record, CarePlan) else None,
        extensions=carried(record.body.extensions, into=CORE_3),
    )


def _plan_type(plan_type: CV) -> PlanType | None:
    if plan_type.code_system not in (CARE_PLAN_TYPE_SYSTEM, None):
        return None
    return _PLAN_TYPES.get(plan_type.code or "")


def _contents(record: CarePlan | Agreement) -> Iterator[Multimedia]:
    documents = [one for one in record.body.attachments if one.value is not None or one.reference is not None]
    if not documents or not _is_all_documents(record):
        page = readable.render(record, most_bytes=MOST_EMBEDDED_BYTES)
        yield Multimedia(media_type=str(MediaType.TEXT_HTML), value=page.encode())
    yield from map(_multimedia, documents)


def _is_all_documents(record: CarePlan | Agreement) -> bool:
    """Say whether a 2.0 record and its documents hold everything that the plan says."""
    if isinstance(record, Agreement):
        return False
    body = record.body
    bare = CarePlanBody(
        type=body.type,
        scope=body.scope,
        title=body.title,
        status=PlanStatus.ACTIVE,
        responsible=body.responsible,
        attachments=body.attachments,
        extensions=body.extensions,
    )
    fits_type = _plan_type(body.type) is not None or body.type == UNTYPED
    responsible = body.responsible
    fits_header = responsible is None or responsible.kind in (PartyKind.PROFESSIONAL, PartyKind.CARE_UNIT)
    return body == bare and fits_type and fits_header and record.header.record.change_summary is None


def _multimedia(attachment: Attachment) -> Multimedia:
    # "exactly one of value and reference": what is embedded needs no fetching.
    return Multimedia(
        media_type=str(attachment.media_type),
        value=attachment.value,
        reference=attachment.reference if attachment.value is None else None,
        extensions=carried(attachment.extensions, into=CORE_3),
    )


def _participating(record: CarePlan | Agreement) -> Iterator[Identity]:
    """Give the units that take part: those kept from 2.0, then each of participants and parties once."""
    body = record.body
    kept = tuple(_kept_participating(record))
    yield from kept
    organizations = [one.organization.id for one in body.participants if one.organization is not None]
    parties = body.parties if isinstance(body, AgreementBody) else ()
    units = [party.id for party in parties if party.kind is PartyKind.CARE_UNIT and party.id is not None]
    seen = {UNSTATED.key, *(identity.key for identity in kept)}
    for identity in (*organizations, *units):
        if identity.key not in seen:
            seen.add(identity.key)
            yield moved(identity, Identity)


def _kept_participating(record: CarePlan | Agreement) -> Iterator[Identity]:
    for element in kept_elements(record.body.extensions, "participatingCareUnitHSAId"):
        try:
            yield codec.read(Identity, element)
        except ContractViolation:  # whoever put it there did not get it from a valid 2.0 record
            continue
