"""A 2.0 record as a care plan of structure level 1: its documents, and who answers for it.

Nothing is invented. Where 3.0 demands what 2.0 does not say, the choice is told here:

- status: 2.0 has none, so the plan is `active`, as everything a 2.0 source delivers is in force to
  today's readers. It is no statement of the source: a status counts from structure level 2 on
  (contract description, section 1). A record with nullified=true is `enteredInError`.
- provenance.origin: automatic. As status and scope it is assumed, and `is_from_2_0` tells a reader so:
  the record's provenance carries an element of the library's own, which stays with it through 3.0 and
  is left out of 2.0.
- care giver: when it is missing the care giver is `UNSTATED`, and the record is not shared ("without
  both, the post is not shown in sammanhållen journalföring" -- TKB, Regel 1), but not lost either.
- legal basis: HSL, except that a genomförandeplan exists under SoL or LSS only (CP-015): SoL. It is told
  as a fact: 2.0 belongs to clinicalprocess, the domain of health care.
- scope: plans that coordinate others (SIP, SPU, SPLPTLRV) are comprehensive, all others are for an area.
- title: documentTitle, which the TKB demands and the schema does not; without it the plan type's name.
- blockComparisonTime and author time: authorTime (TKB, Regel 2). updatedTime too, but not before
  documentTime, which is createdTime.
- the accountable professional is the author and responsible for the plan, and no participant: 2.0 says
  nothing of contacts. OrgUnit's channels are for all, because 2.0 shows all of a record to its readers
  and orgUnitTelecom is the unit's own number, no person's.

2.0's own elements without a place in 3.0 (careContactId, nullifiedReason, participatingCareUnitHSAId,
orgUnitLocation) are kept as extensions. content/id is dropped, which the TKB excludes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from riv_careplans import codec
from riv_careplans.codes import (
    CARE_PLAN_TYPE_SYSTEM,
    CORE_4,
    Audience,
    ChannelSystem,
    LegalBasis,
    MediaType,
    Origin,
    PartyKind,
    PlanStatus,
    PlanType,
    Scope,
    Sharing,
)
from riv_careplans.contracts.get_care_plans_2.identities import (
    UNSTATED,
    care_giver_of,
    given,
    hsa_id,
    record_id,
)
from riv_careplans.contracts.get_care_plans_2.kept import ASSUMING, carried, kept, moved
from riv_careplans.contracts.get_care_plans_2.messages import (
    CarePlanBody2,
    CarePlanRecord,
    HealthcareProfessional,
    LegalAuthenticator,
    Multimedia,
    OrgUnit,
    PatientSummaryHeader,
    PersonIdentity,
)
from riv_careplans.contracts.get_care_plans_2.rules import check_plan
from riv_careplans.errors import ContractViolation
from riv_careplans.exchange import care_contact
from riv_careplans.model import (
    CV,
    II,
    AccessControl,
    Attachment,
    Author,
    CarePlan,
    CarePlanBody,
    Channel,
    Extension,
    Header,
    Organization,
    Party,
    Person,
    Provenance,
    Record,
    Signature,
)
from riv_careplans.swedish.words import PLAN_TYPE

__all__ = ["UNTYPED", "care_plan_of", "patient_of"]

UNTYPED: Final = CV(original_text="Vård- och omsorgsplan")
"""The type of a plan that states none: what 2.0 calls all its records."""

_COORDINATING = frozenset({PlanType.SIP, PlanType.SPU, PlanType.SPLPTLRV})
_NOT_KEPT = frozenset({"CP2-002", "CP2-003"})
"""The rules without which a plan cannot be kept; the others may be broken by what is shown."""


def care_plan_of(record: CarePlanRecord, at: str) -> CarePlan:
    """Make a care plan of a record that has passed the schema; `at` is its place, for findings.

    Raises `ContractViolation` for a record that cannot be kept whole (CP2-002), or cannot be told
    from others (CP2-003).
    """
    findings = check_plan(record, at=at, codes=_NOT_KEPT)
    if findings:
        raise ContractViolation("the plan breaks the rules of GetCarePlans 2.0", findings=findings)
    return CarePlan(
        header=_header(record.header, record.body.type_of_care_plan),
        body=_body(record.header, record.body),
        extensions=carried(record.extensions, into=CORE_4),
    )


def patient_of(person: PersonIdentity) -> II:
    """Read a person's identity."""
    return II(root=person.type, extension=person.id, extensions=carried(person.extensions, into=CORE_4))


def _header(header: PatientSummaryHeader, plan_type: PlanType | None) -> Header:
    professional = header.professional
    changed = max(professional.author_time, header.document_time or professional.author_time)
    return Header(
        access_control=_access_control(header, plan_type),
        source_system_id=II.hsa_id(header.source_system),
        record=Record(
            id=record_id(header.document_id, header.source_system),
            created_time=header.document_time,
            updated_time=changed,
        ),
        author=Author(
            time=professional.author_time,
            person=_professional(professional),
            care_unit=_org_unit(professional.org_unit),
            extensions=carried(professional.extensions, into=CORE_4),
        ),
        signature=_signature(header.legal_authenticator),
        provenance=Provenance(origin=Origin.AUTOMATIC, extensions=(ASSUMING,)),
        extensions=tuple(_kept_of_header(header)),
    )


def _kept_of_header(header: PatientSummaryHeader) -> Iterator[Extension]:
    if header.care_contact_id is not None:
        yield care_contact(header.care_contact_id)
    if header.nullified_reason is not None:
        yield kept("nullifiedReason", codec.escape(header.nullified_reason))


def _access_control(header: PatientSummaryHeader, plan_type: PlanType | None) -> AccessControl:
    professional = header.professional
    care_giver, care_unit = care_giver_of(professional.care_giver), _care_unit(professional)
    if care_giver.id == UNSTATED:
        sharing = Sharing.CARE_UNIT
    else:
        sharing = Sharing.CARE_GIVER if care_unit is None else Sharing.SHARED
    return AccessControl(
        accountable_care_giver=care_giver,
        accountable_care_unit=care_unit,
        patient_id=patient_of(header.patient_id),
        block_comparison_time=professional.author_time,
        approved_for_patient=header.approved_for_patient,
        legal_basis=LegalBasis.SOL if plan_type is PlanType.GP else LegalBasis.HSL,
        sharing=sharing,
    )


def _care_unit(professional: HealthcareProfessional) -> Organization | None:
    """Name the care unit too, when the professional works just there."""
    identity = hsa_id(professional.care_unit)
    if identity is None:
        return None
    unit = _org_unit(professional.org_unit)
    if unit is None or unit.id.key != identity.key:
        return Organization(id=identity)
    return msgspec.structs.replace(unit, id=identity)


def _org_unit(unit: OrgUnit | None) -> Organization | None:
    if unit is None:
        return None
    reached = (
        (ChannelSystem.PHONE, given(unit.telecom)),
        (ChannelSystem.EMAIL, given(unit.email)),
        (ChannelSystem.ADDRESS, given(unit.address)),
    )
    location = given(unit.location)
    organization = Organization(
        id=hsa_id(unit.hsa_id) or UNSTATED,
        name=given(unit.name),
        channels=tuple(
            Channel(system=system, value=value, audience=Audience.BOTH) for system, value in reached if value
        ),
        extensions=(
            *([kept("orgUnitLocation", codec.escape(location))] if location else []),
            *carried(unit.extensions, into=CORE_4),
        ),
    )
    return None if organization == Organization(id=UNSTATED) else organization


def _professional(professional: HealthcareProfessional) -> Person | None:
    role = professional.role_code
    return _person(professional.hsa_id, professional.name, None if role is None else moved(role, CV))


def _person(hsa: str | None, name: str | None, title: CV | None = None) -> Person | None:
    person = Person(id=hsa_id(hsa), name=given(name), title=title)
    return None if person == Person() else person


def _signature(authenticator: LegalAuthenticator | None) -> Signature | None:
    if authenticator is None:
        return None
    return Signature(
        time=authenticator.signature_time,
        person=_person(authenticator.hsa_id, authenticator.name),
        extensions=carried(authenticator.extensions, into=CORE_4),
    )


def _body(header: PatientSummaryHeader, body: CarePlanBody2) -> CarePlanBody:
    code = body.type_of_care_plan
    plan_type = UNTYPED if code is None else _type(code)
    return CarePlanBody(
        type=plan_type,
        scope=Scope.COMPREHENSIVE if code in _COORDINATING else Scope.AREA,
        title=given(header.document_title) or plan_type.text or "",
        status=PlanStatus.ENTERED_IN_ERROR if header.nullified else PlanStatus.ACTIVE,
        responsible=_responsible(header.professional),
        attachments=tuple(map(_attachment, body.contents)),
        extensions=(
            *(
                kept("participatingCareUnitHSAId", codec.content(unit))
                for unit in body.participating_care_units
            ),
            *carried(body.extensions, into=CORE_4),
        ),
    )


def _type(code: PlanType) -> CV:
    return CV(code=str(code), code_system=CARE_PLAN_TYPE_SYSTEM, display_name=PLAN_TYPE[code])


def _responsible(professional: HealthcareProfessional) -> Party | None:
    """Name who answers for the plan ("ansvarar för vård- och omsorgsplanen"): the person, else the unit."""
    person = _professional(professional)
    if person is not None and (person.id or person.name):
        return Party(kind=PartyKind.PROFESSIONAL, id=person.id, name=person.name)
    unit = _care_unit(professional) or _org_unit(professional.org_unit)
    if unit is None or (unit.id == UNSTATED and unit.name is None):
        return None
    return Party(kind=PartyKind.CARE_UNIT, id=None if unit.id == UNSTATED else unit.id, name=unit.name)


def _attachment(content: Multimedia) -> Attachment:
    return Attachment(
        media_type=MediaType(content.media_type),
        value=content.value,
        reference=content.reference,
        extensions=carried(content.extensions, into=CORE_4),
    )
