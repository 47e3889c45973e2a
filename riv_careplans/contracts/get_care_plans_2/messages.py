"""GetCarePlans 2.0's messages, type by type, as the codec reads and writes them.

Values only: what they mean in the model is said in the modules beside. `PatientSummaryHeader` and
`Result` have no extension point, so nothing is ever put in their `extensions`.
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

import msgspec

from riv_careplans.codes import CORE_3, RESPONDER_2, ErrorCode, PlanType, ResultCode
from riv_careplans.model import CV, II, ContractType, Uri

__all__ = [
    "CarePlanBody2",
    "CarePlanRecord",
    "CodedValue",
    "DatePeriod2",
    "GetCarePlans",
    "GetCarePlansResponse",
    "HealthcareProfessional",
    "Identity",
    "LegalAuthenticator",
    "Multimedia",
    "OrgUnit",
    "PatientSummaryHeader",
    "PersonIdentity",
    "ResultMessage",
]


class Identity(II, frozen=True, kw_only=True):
    """IIType of core 3.0: the same two elements in another namespace."""

    namespace: ClassVar[str] = CORE_3


class CodedValue(CV, frozen=True, kw_only=True):
    """CVType of core 3.0: the same elements in another namespace."""

    namespace: ClassVar[str] = CORE_3


class PersonIdentity(ContractType, frozen=True, kw_only=True):
    """A person's number, and the OID of its kind."""

    namespace: ClassVar[str] = CORE_3

    id: str
    type: str


class DatePeriod2(ContractType, frozen=True, kw_only=True):
    """A period of days, both included; unlike 3.0's it always ends."""

    namespace: ClassVar[str] = CORE_3

    start: dt.date
    end: dt.date


class OrgUnit(ContractType, frozen=True, kw_only=True):
    """Where the professional works, and how to get in touch."""

    namespace: ClassVar[str] = CORE_3

    hsa_id: str | None = msgspec.field(default=None, name="orgUnitHSAId")
    name: str | None = msgspec.field(default=None, name="orgUnitName")
    telecom: str | None = msgspec.field(default=None, name="orgUnitTelecom")
    email: str | None = msgspec.field(default=None, name="orgUnitEmail")
    address: str | None = msgspec.field(default=None, name="orgUnitAddress")
    location: str | None = msgspec.field(default=None, name="orgUnitLocation")


class HealthcareProfessional(ContractType, frozen=True, kw_only=True):
    """Who answers for the plan, and for which care unit and care giver."""

    namespace: ClassVar[str] = CORE_3

    author_time: dt.datetime
    hsa_id: str | None = msgspec.field(default=None, name="healthcareProfessionalHSAId")
    name: str | None = msgspec.field(default=None, name="healthcareProfessionalName")
    role_code: CodedValue | None = msgspec.field(default=None, name="healthcareProfessionalRoleCode")
    org_unit: OrgUnit | None = msgspec.field(default=None, name="healthcareProfessionalOrgUnit")
    care_unit: str | None = msgspec.field(default=None, name="healthcareProfessionalCareUnitHSAId")
    care_giver: str | None = msgspec.field(default=None, name="healthcareProfessionalCareGiverHSAId")


class LegalAuthenticator(ContractType, frozen=True, kw_only=True):
    """Who signed the plan, and when."""

    namespace: ClassVar[str] = CORE_3

    signature_time: dt.datetime
    hsa_id: str | None = msgspec.field(default=None, name="legalAuthenticatorHSAId")
    name: str | None = msgspec.field(default=None, name="legalAuthenticatorName")


class PatientSummaryHeader(ContractType, frozen=True, kw_only=True):
    """The header that the domain's older contracts share. It has no extension point."""

    namespace: ClassVar[str] = CORE_3

    document_id: str
    source_system: str = msgspec.field(name="sourceSystemHSAId")
    document_title: str | None = None
    document_time: dt.datetime | None = None
    patient_id: PersonIdentity
    professional: HealthcareProfessional = msgspec.field(name="accountableHealthcareProfessional")
    legal_authenticator: LegalAuthenticator | None = None
    approved_for_patient: bool
    nullified: bool | None = None
    nullified_reason: str | None = None
    care_contact_id: str | None = None


class Multimedia(ContractType, frozen=True, kw_only=True):
    """A document, embedded or referred to.

    The schema knows 21 media types and the rules allow six, so the type is read as a text.
    """

    namespace: ClassVar[str] = CORE_3

    id: str | None = None
    media_type: str
    value: bytes | None = None
    reference: Uri | None = None


class CarePlanBody2(ContractType, frozen=True, kw_only=True):
    """The plan as documents, and the units that take part."""

    namespace: ClassVar[str] = CORE_3

    contents: tuple[Multimedia, ...] = msgspec.field(default=(), name="content")
    participating_care_units: tuple[Identity, ...] = msgspec.field(
        default=(), name="participatingCareUnitHSAId"
    )
    # The element's name ends in Enum; the contract's text calls it typeOfCarePlan.
    type_of_care_plan: PlanType | None = msgspec.field(default=None, name="typeOfCarePlanEnum")


class CarePlanRecord(ContractType, frozen=True, kw_only=True):
    """One plan."""

    namespace: ClassVar[str] = CORE_3

    header: PatientSummaryHeader = msgspec.field(name="carePlanHeader")
    body: CarePlanBody2 = msgspec.field(name="carePlanBody")


class ResultMessage(ContractType, frozen=True, kw_only=True):
    """How the question was answered. It has no extension point."""

    namespace: ClassVar[str] = CORE_3

    result_code: ResultCode
    error_code: ErrorCode | None = None
    log_id: str
    sub_code: str | None = None
    message: str | None = None


class GetCarePlans(ContractType, frozen=True, kw_only=True):
    """The question."""

    namespace: ClassVar[str] = RESPONDER_2

    care_units: tuple[str, ...] = msgspec.field(default=(), name="careUnitHSAId")
    patient_id: PersonIdentity
    date_period: DatePeriod2 | None = None
    source_system: str | None = msgspec.field(default=None, name="sourceSystemHSAId")
    care_contact_ids: tuple[str, ...] = msgspec.field(default=(), name="careContactId")


class GetCarePlansResponse(ContractType, frozen=True, kw_only=True):
    """The answer."""

    namespace: ClassVar[str] = RESPONDER_2

    care_plans: tuple[CarePlanRecord, ...] = ()
    result: ResultMessage
