"""What the rules of GetCarePlans 2.0 look for: a small generator each, over the messages as they stand.

Pure: the time is passed in. Quotations are from TKB clinicalprocess:logistics:logistics 3.0.13 unless
another source is named; `rules` gives each its code and its weight. A breach repeats no value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

import msgspec
from msgspec.structs import replace

from riv_careplans import codec
from riv_careplans.codes import CORE_4, MediaType, ResultCode
from riv_careplans.contracts.get_care_plans_2.identities import given
from riv_careplans.contracts.get_care_plans_2.messages import (
    CarePlanRecord,
    CodedValue,
    GetCarePlans,
    Multimedia,
    PersonIdentity,
    ResultMessage,
)
from riv_careplans.identity import (
    HSA_ID,
    PERSONNUMMER,
    SAMORDNINGSNUMMER,
    is_hsa_id,
    is_organisation_number,
    is_uuid,
    swedish_time,
)
from riv_careplans.model import II, ContractType, Extension
from riv_careplans.rules import Text
from riv_careplans.rules.attachments import MOST_EMBEDDED_BYTES, is_web_address
from riv_careplans.rules.identities import hsa_id_fault, person_id_fault
from riv_careplans.rules.repeats import repeats
from riv_careplans.rules.rule import Breach
from riv_careplans.rules.walk import texts_with_paths

__all__ = [
    "ResponseSubject",
    "asked_hsa_ids_have_their_form",
    "asked_patient_exists",
    "asked_period_is_in_order",
    "author_times_have_been",
    "care_contacts_have_their_source_system",
    "carried_records_are_believed",
    "coded_roles_are_whole",
    "content_is_given",
    "contents_are_one_document",
    "contents_are_small",
    "contents_have_no_id",
    "document_ids_are_given",
    "document_ids_are_unique",
    "errors_come_alone",
    "hsa_ids_have_their_form",
    "log_ids_lead_nowhere",
    "media_types_are_allowed",
    "organisation_is_given",
    "patient_exists",
    "patients_are_one",
    "plan_type_is_given",
    "plans_are_not_nullified",
    "record_inside",
    "reservnummer_have_their_source_system",
    "results_keep_the_patient_id_out",
    "texts_keep_the_patient_id_out",
    "title_is_given",
    "unit_of_work_is_given",
]

_HEADER = "carePlanHeader"
_BODY = "carePlanBody"
_PROFESSIONAL = f"{_HEADER}/accountableHealthcareProfessional"
_RECORDS = frozenset({f"{{{CORE_4}}}carePlan", f"{{{CORE_4}}}agreement"})
_MEDIA_TYPES = frozenset(map(str, MediaType))

_TWO_DOCUMENTS = Text(
    "the document has both a value and a reference: give exactly one of them",
    "dokumentet har både ett värde och en referens: ange exakt ett av dem",
)
_NO_DOCUMENT = Text(
    "the document has neither a value nor a reference: give exactly one of them",
    "dokumentet har varken värde eller referens: ange exakt ett av dem",
)
_NO_WEB_ADDRESS = Text(
    "the reference is no web address: it must begin with https:// or http:// and a host",
    "referensen är ingen webbadress: den ska börja med https:// eller http:// och ett värdnamn",
)
_CODE_ALONE = Text(
    "the code stands without its code system or display name: give codeSystem and displayName",
    "koden saknar kodsystem eller klartext: ange codeSystem och displayName",
)
_TEXT_NOT_ALONE = Text(
    "an original text stands beside other parts of the code: give it alone, or leave it out",
    "en originaltext står tillsammans med kodens andra delar: ange den ensam eller utelämna den",
)
_NO_CARE_GIVER = Text(
    "the care giver's HSA-id is missing: without it the plan is not shown to other care givers",
    "vårdgivarens HSA-id saknas: utan det visas planen inte för andra vårdgivare",
)
_NO_CARE_UNIT = Text(
    "the care unit's HSA-id is missing: without it the plan is not shown to other care givers",
    "vårdenhetens HSA-id saknas: utan det visas planen inte för andra vårdgivare",
)
_NO_UNIT = Text(
    "the unit where the professional works is missing: give orgUnitHSAId and orgUnitName",
    "enheten där den ansvariga arbetar saknas: ange orgUnitHSAId och orgUnitName",
)
_NO_UNIT_ID = Text(
    "the unit's HSA-id is missing: give orgUnitHSAId", "enhetens HSA-id saknas: ange orgUnitHSAId"
)
_NO_UNIT_NAME = Text("the unit's name is missing: give orgUnitName", "enhetens namn saknas: ange orgUnitName")
_NOT_AN_HSA_ID = Text(
    "this is not an HSA-id: expected SE, ten digits, a hyphen and a suffix, at most 64 characters",
    "detta är inte ett HSA-id: SE, tio siffror, bindestreck och ett suffix väntas, högst 64 tecken",
)
_NULLIFIED = Text(
    "the plan is given as nullified: leave the element out, and do not deliver a nullified plan",
    "planen anges som makulerad: utelämna elementet, och lämna inte ut en makulerad plan",
)
_NULLIFIED_REASON = Text(
    "a reason for nullifying is given: leave the element out",
    "en makuleringsorsak anges: utelämna elementet",
)
_ERROR_WITHOUT_CODE = Text(
    "the result is ERROR but does not say why: give errorCode",
    "resultatet är ERROR men säger inte varför: ange errorCode",
)
_CODE_WITHOUT_ERROR = Text(
    "an error code is given although the result is no ERROR: leave errorCode out",
    "en felkod anges fast resultatet inte är ERROR: utelämna errorCode",
)
_ERROR_WITH_PLANS = Text(
    "the result is ERROR but plans come with it: send either, not both",
    "resultatet är ERROR men planer följer med: skicka det ena, inte båda",
)
_BACKWARDS = Text(
    "the period ends before it starts: the end must be the start or later",
    "perioden slutar innan den börjar: slutet ska vara samma som början eller senare",
)
_AUTHORED_LATER = Text(
    "the author time lies in the future: it is compared with blocks and must be now or earlier",
    "tidpunkten för registreringen är kommande: den jämförs med spärrar och ska vara nu eller tidigare",
)


class ResponseSubject(msgspec.Struct, frozen=True, kw_only=True):
    """A whole answer under examination."""

    plans: Mapping[str, CarePlanRecord]
    """The plans that could be read, by their places, such as `carePlan[2]`."""

    sent: int
    """Plans in the message, read or not."""

    disbelieved: tuple[str, ...] = ()
    """Where structured records stand that are invalid, or say something else than the plan around them."""

    result: ResultMessage
    now: datetime
    """Swedish local time without a zone."""


# --- a question ---------------------------------------------------------------------------------


def care_contacts_have_their_source_system(asked: GetCarePlans) -> Iterator[Breach]:
    """CP2-001."""
    # "sourceSystemHSAId … mandatory if careContactId given"
    if asked.care_contact_ids and not asked.source_system:
        yield Breach("sourceSystemHSAId")


def reservnummer_have_their_source_system(asked: GetCarePlans) -> Iterator[Breach]:
    """CP2-022."""
    # "sourceSystemHSAId … mandatory if … reservnummer": such a number is known only where it was given
    if asked.patient_id.type not in (PERSONNUMMER, SAMORDNINGSNUMMER) and not given(asked.source_system):
        yield Breach("sourceSystemHSAId")


def asked_patient_exists(asked: GetCarePlans) -> Iterator[Breach]:
    """CP2-012, in a question."""
    yield from _person_faults(asked.patient_id, "patientId")


def asked_hsa_ids_have_their_form(asked: GetCarePlans) -> Iterator[Breach]:
    """CP2-018, in a question; a source system is also a logical address, a bare organisation number too."""
    for position, unit in enumerate(asked.care_units, 1):
        if not is_hsa_id(unit):
            yield Breach(f"careUnitHSAId[{position}]", _NOT_AN_HSA_ID)
    if asked.source_system and not _names_an_organisation(asked.source_system):
        yield Breach("sourceSystemHSAId", _NOT_AN_HSA_ID)


def asked_period_is_in_order(asked: GetCarePlans) -> Iterator[Breach]:
    """CP2-019, in a question."""
    # "start, end … YYYYMMDD, inclusive"
    if asked.date_period is not None and asked.date_period.end < asked.date_period.start:
        yield Breach("datePeriod/end", _BACKWARDS)


# --- the header of a plan -----------------------------------------------------------------------


def document_ids_are_given(plan: CarePlanRecord) -> Iterator[Breach]:
    """CP2-003."""
    # "documentId 1..1 … unique within source system"
    if given(plan.header.document_id) is None:
        yield Breach(f"{_HEADER}/documentId")


def title_is_given(plan: CarePlanRecord) -> Iterator[Breach]:
    """CP2-004; the schema lets it be missing."""
    # "documentTitle 1..1"
    if given(plan.header.document_title) is None:
        yield Breach(f"{_HEADER}/documentTitle")


def plans_are_not_nullified(plan: CarePlanRecord) -> Iterator[Breach]:
    """CP2-005."""
    # "nullified, nullifiedReason 0..0: Ska ej anges"
    if plan.header.nullified is not None:
        yield Breach(f"{_HEADER}/nullified", _NULLIFIED)
    if plan.header.nullified_reason is not None:
        yield Breach(f"{_HEADER}/nullifiedReason", _NULLIFIED_REASON)


def coded_roles_are_whole(plan: CarePlanRecord) -> Iterator[Breach]:
    """CP2-009; the role is the contract's only coded value."""
    # "if code then codeSystem + displayName too … if originalText then nothing else in that CV"
    role = plan.header.professional.role_code
    if role is not None:
        path = f"{_PROFESSIONAL}/healthcareProfessionalRoleCode"
        if role.code is not None and not (role.code_system and role.display_name):
            yield Breach(path, _CODE_ALONE)
        elif role.original_text is not None and _is_coded(role):
            yield Breach(path, _TEXT_NOT_ALONE)


def _is_coded(role: CodedValue) -> bool:
    parts = (role.code, role.code_system, role.code_system_name, role.code_system_version, role.display_name)
    return any(part is not None for part in parts)


def organisation_is_given(plan: CarePlanRecord) -> Iterator[Breach]:
    """CP2-010."""
    # Regel 1: both "krävs för spärrhantering, åtkomstkontroll samt loggning enligt PDL"; without both, the
    # post is not shown in sammanhållen journalföring
    if given(plan.header.professional.care_unit) is None:
        yield Breach(f"{_PROFESSIONAL}/healthcareProfessionalCareUnitHSAId", _NO_CARE_UNIT)
    if given(plan.header.professional.care_giver) is None:
        yield Breach(f"{_PROFESSIONAL}/healthcareProfessionalCareGiverHSAId", _NO_CARE_GIVER)


def unit_of_work_is_given(plan: CarePlanRecord) -> Iterator[Breach]:
    """CP2-011."""
    # Regel 4: "for NPÖ RIV 2.2.0 compatibility healthcareProfessionalOrgUnit with orgUnitHSAId + orgUnitName
    # must be given"
    unit = plan.header.professional.org_unit
    path = f"{_PROFESSIONAL}/healthcareProfessionalOrgUnit"
    if unit is None:
        yield Breach(path, _NO_UNIT)
        return
    if given(unit.hsa_id) is None:
        yield Breach(f"{path}/orgUnitHSAId", _NO_UNIT_ID)
    if given(unit.name) is None:
        yield Breach(f"{path}/orgUnitName", _NO_UNIT_NAME)


def patient_exists(plan: CarePlanRecord) -> Iterator[Breach]:
    """CP2-012, in a plan."""
    yield from _person_faults(plan.header.patient_id, f"{_HEADER}/patientId")


def _person_faults(person: PersonIdentity, path: str) -> Iterator[Breach]:
    # "12 chars, no separator … OID: personnummer, samordningsnummer, local reservnummer"
    fault = person_id_fault(_identity(person))
    if fault is not None:
        yield Breach(path, fault)


def hsa_ids_have_their_form(plan: CarePlanRecord) -> Iterator[Breach]:
    """CP2-018, in a plan; an optional id that is empty is not given, and no form is asked of it."""
    # "HSA-id: SE + 10-digit orgnr + - + suffix … logical addresses may be a bare orgnr"
    header, professional = plan.header, plan.header.professional
    unit, signer = professional.org_unit, header.legal_authenticator
    if not _names_an_organisation(header.source_system):
        yield Breach(f"{_HEADER}/sourceSystemHSAId", _NOT_AN_HSA_ID)
    if given(professional.care_giver) and not _names_an_organisation(professional.care_giver or ""):
        yield Breach(f"{_PROFESSIONAL}/healthcareProfessionalCareGiverHSAId", _NOT_AN_HSA_ID)
    others = (
        (f"{_PROFESSIONAL}/healthcareProfessionalHSAId", professional.hsa_id),
        (f"{_PROFESSIONAL}/healthcareProfessionalOrgUnit/orgUnitHSAId", unit.hsa_id if unit else None),
        (f"{_PROFESSIONAL}/healthcareProfessionalCareUnitHSAId", professional.care_unit),
        (f"{_HEADER}/legalAuthenticator/legalAuthenticatorHSAId", signer.hsa_id if signer else None),
    )
    for path, text in others:
        if given(text) and not is_hsa_id(text or ""):
            yield Breach(path, _NOT_AN_HSA_ID)
    for position, identity in enumerate(plan.body.participating_care_units, 1):
        if hsa_id_fault(identity):
            yield Breach(f"{_BODY}/participatingCareUnitHSAId[{position}]", _NOT_AN_HSA_ID)


def _names_an_organisation(text: str) -> bool:
    return is_hsa_id(text) or is_organisation_number(text)


# --- the body of a plan -------------------------------------------------------------------------


def media_types_are_allowed(plan: CarePlanRecord) -> Iterator[Breach]:
    """CP2-002; the schema allows 21 types."""
    # "TKB allows only text/plain, text/html, image/png, image/jpeg, image/tiff, application/pdf"
    yield from _of_contents(
        plan, lambda content: () if content.media_type in _MEDIA_TYPES else (Breach("mediaType"),)
    )


def contents_have_no_id(plan: CarePlanRecord) -> Iterator[Breach]:
    """CP2-006."""
    # "content/id 0..0"
    yield from _of_contents(plan, lambda content: () if content.id is None else (Breach("id"),))


def contents_are_one_document(plan: CarePlanRecord) -> Iterator[Breach]:
    """CP2-007. Unsafe as CP-010 is: two documents in one, or an address that is no web page."""
    yield from _of_contents(plan, _document_faults)


def _document_faults(content: Multimedia) -> tuple[Breach, ...]:
    # "value, reference … exactly one of them"
    value, reference = content.value, content.reference
    checks = (
        (value is not None and reference is not None, Breach("", _TWO_DOCUMENTS)),
        (value is None and reference is None, Breach("", _NO_DOCUMENT, harmless=True)),
        # A reader's browser opens it, so it must be what CP-010 asks in 3.0.
        (reference is not None and not is_web_address(reference), Breach("reference", _NO_WEB_ADDRESS)),
    )
    return tuple(breach for is_broken, breach in checks if is_broken)


def contents_are_small(plan: CarePlanRecord) -> Iterator[Breach]:
    """CP2-008; read as 3.0 defines it: 100 000 bytes before base64."""
    # R1: "Inbäddade bilagor får inte överstiga 100KB."
    yield from _of_contents(
        plan, lambda content: (Breach("value"),) if len(content.value or b"") > MOST_EMBEDDED_BYTES else ()
    )


def content_is_given(plan: CarePlanRecord) -> Iterator[Breach]:
    """CP2-020: only a hint, because the contract allows it."""
    # content: "bör innehålla vård- och omsorgsplansstatus och mål"
    if not plan.body.contents:
        yield Breach(f"{_BODY}/content")


def plan_type_is_given(plan: CarePlanRecord) -> Iterator[Breach]:
    """CP2-021: only a hint, because the contract allows it."""
    # "typeOfCarePlan 0..1"
    if plan.body.type_of_care_plan is None:
        yield Breach(f"{_BODY}/typeOfCarePlanEnum")


def _of_contents(
    plan: CarePlanRecord, faults: Callable[[Multimedia], tuple[Breach, ...]]
) -> Iterator[Breach]:
    for position, content in enumerate(plan.body.contents, 1):
        for breach in faults(content):
            yield breach.below(f"{_BODY}/content[{position}]")


def texts_keep_the_patient_id_out(plan: CarePlanRecord) -> Iterator[Breach]:
    """CP2-017, of everything in a plan that is text, unknown elements included.

    A structured record inside the plan says whose it is, as it must, and has a rule of its own: CP-018.
    """
    # "text never repeats the patient id" -- contract description, section 4, CP-018
    is_repeated = repeats(_identity(plan.header.patient_id))
    others = tuple(one for one in plan.body.extensions if not _is_record(one))
    told = replace(plan, body=replace(plan.body, extensions=others))
    for path, text in texts_with_paths(told, skip=_is_identity_of_patient):
        if is_repeated(text):
            yield Breach(path)


def _is_record(extension: Extension) -> bool:
    return record_inside(extension) is not None


def record_inside(extension: Extension) -> str | None:
    """Return `carePlan` or `agreement` when an unknown element is a structured record, believed or not."""
    if CORE_4 not in extension:
        return None
    element = codec.parse(extension.encode())
    return codec.local_name(element) if element.tag in _RECORDS else None


def _is_identity_of_patient(part: ContractType, field: str) -> bool:
    return field == "id" and isinstance(part, PersonIdentity)


def _identity(person: PersonIdentity) -> II:
    return II(root=person.type, extension=person.id)


# --- a whole answer -----------------------------------------------------------------------------


def patients_are_one(subject: ResponseSubject) -> Iterator[Breach]:
    """CP2-013; the first plan's patient is taken for the one asked for."""
    # "GetCarePlans returnerar vårdplaner som finns dokumenterade för en patient."
    asked = None
    for place, plan in subject.plans.items():
        found = _identity(plan.header.patient_id).key
        asked = asked or found
        if found != asked:
            yield Breach(f"{place}/{_HEADER}/patientId")


def document_ids_are_unique(subject: ResponseSubject) -> Iterator[Breach]:
    """CP2-014; the later one is named."""
    # "documentId … unique within source system"
    seen = set()
    for place, plan in subject.plans.items():
        header = plan.header
        identity = (II(root=HSA_ID, extension=header.source_system).key, header.document_id)
        if identity in seen and given(header.document_id):
            yield Breach(f"{place}/{_HEADER}/documentId")
        seen.add(identity)


def author_times_have_been(subject: ResponseSubject) -> Iterator[Breach]:
    """CP2-019, in an answer."""
    # Regel 2: "authorTime is used for time-limited spärr"
    for place, plan in subject.plans.items():
        if swedish_time(plan.header.professional.author_time) > subject.now:
            yield Breach(f"{place}/{_PROFESSIONAL}/authorTime", _AUTHORED_LATER)


def carried_records_are_believed(subject: ResponseSubject) -> Iterator[Breach]:
    """CP2-023."""
    # "believed only when it is valid and says the same as the 2.0 record around it" -- `structured`
    yield from map(Breach, subject.disbelieved)


def errors_come_alone(subject: ResponseSubject) -> Iterator[Breach]:
    """CP2-015."""
    # "errorCode … only when ERROR"; "result ERROR + errorCode INVALID_REQUEST"
    result = subject.result
    if result.result_code != ResultCode.ERROR:
        if result.error_code is not None:
            yield Breach("result/errorCode", _CODE_WITHOUT_ERROR)
        return
    if result.error_code is None:
        yield Breach("result/errorCode", _ERROR_WITHOUT_CODE)
    if subject.sent:
        yield Breach("result/resultCode", _ERROR_WITH_PLANS)


def log_ids_lead_nowhere(subject: ResponseSubject) -> Iterator[Breach]:
    """CP2-016."""
    # logId: "En UUID"
    if not is_uuid(subject.result.log_id):
        yield Breach("result/logId")


def results_keep_the_patient_id_out(subject: ResponseSubject) -> Iterator[Breach]:
    """CP2-017, of what stands beside the plans, for every patient in the answer."""
    # "log-id never traceable to patient"
    patients = {_identity(plan.header.patient_id) for plan in subject.plans.values()}
    questions = [repeats(patient) for patient in patients]
    result = subject.result
    for name, text in (("logId", result.log_id), ("subCode", result.sub_code), ("message", result.message)):
        if any(is_repeated(text or "") for is_repeated in questions):
            yield Breach(f"result/{name}")
