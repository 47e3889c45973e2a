"""Small, valid values for the tests: change one thing, and the test says which.

Everything here is made up: the person is the test identity Asta Blomberg, the organisation numbers
begin with seven zeros, and the phone numbers are from the series kept for fiction. Without changes
every record keeps every rule of the contract, at any `now` from `NOW` on.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from msgspec.structs import replace

from riv_careplans.codes import (
    CARE_PLAN_TYPE_SYSTEM,
    FIXED_CONTACT_SYSTEM,
    ActivityKind,
    ActivityStatus,
    AgreementStatus,
    FixedContact,
    GoalStatus,
    LegalBasis,
    MediaType,
    Origin,
    PartyKind,
    PlanStatus,
    PlanType,
    ResultCode,
    RiskLevel,
    Scope,
    Sharing,
    TimeUnit,
    Urgency,
)
from riv_careplans.exchange import Answer, Query, Result
from riv_careplans.identity import HSA_ID, PERSONNUMMER, parse_timestamp
from riv_careplans.model import (
    CV,
    II,
    AccessControl,
    Activity,
    Agreement,
    AgreementBody,
    Attachment,
    CarePlan,
    CarePlanBody,
    DatePeriod,
    Goal,
    Header,
    Organization,
    Participant,
    Party,
    Person,
    Provenance,
    Record,
    Recurrence,
    Risk,
    RiskAction,
    RiskTrigger,
    Sha256,
    Timing,
)

__all__ = [
    "ASTA",
    "ASTA_ID",
    "CARE_GIVER",
    "CARE_UNIT",
    "DOCTOR",
    "LOG_ID",
    "MUNICIPALITY",
    "NOW",
    "RECORD_ROOT",
    "SOURCE_SYSTEM",
    "activity",
    "agreement",
    "answer",
    "attachment",
    "care_plan",
    "goal",
    "header",
    "hsa",
    "organization",
    "participant",
    "plan_type",
    "query",
    "record_id",
    "recurring",
    "risk",
    "role",
]

ASTA = "191212121212"
ASTA_ID = II(root=PERSONNUMMER, extension=ASTA)
NOW = parse_timestamp("20260120120000")
LOG_ID = "6f1cbbd6-7a0e-4a5e-9d5b-0c2f3ae0d7a1"

SOURCE_SYSTEM = "SE0000000018-S1"
CARE_GIVER = "SE0000000018-V1"
CARE_UNIT = "SE0000000018-E1"
DOCTOR = "SE0000000018-P2"
MUNICIPALITY = "SE0000000026-V1"
RECORD_ROOT = "1.2.752.129.2.1.2.1"
"""Local identities without an OID of their own: source system's HSA-id and local id."""


def hsa(extension: str) -> II:
    return II(root=HSA_ID, extension=extension)


def record_id(number: int | str = 1, source_system: str = SOURCE_SYSTEM) -> II:
    return II(root=RECORD_ROOT, extension=f"{source_system}:{number}")


def organization(extension: str = CARE_GIVER, name: str = "Regionen", **changes: Any) -> Organization:
    return replace(Organization(id=hsa(extension), name=name), **changes)


def plan_type(code: PlanType = PlanType.VP, name: str = "Vårdplan") -> CV:
    return CV(code=str(code), code_system=CARE_PLAN_TYPE_SYSTEM, display_name=name)


def role(code: FixedContact = FixedContact.CARE_CONTACT, name: str = "Fast vårdkontakt") -> CV:
    return CV(code=str(code), code_system=FIXED_CONTACT_SYSTEM, display_name=name)


_ACCESS_FIELDS = frozenset(AccessControl.__struct_fields__)
_RECORD_FIELDS = frozenset(Record.__struct_fields__) - {"extensions"}


def header(**changes: Any) -> Header:
    """Build a header; a change may name a field of the header, of accessControl or of record."""
    access = {name: changes.pop(name) for name in _ACCESS_FIELDS & changes.keys() - {"extensions"}}
    record = {name: changes.pop(name) for name in _RECORD_FIELDS & changes.keys()}
    return replace(
        Header(
            access_control=replace(
                AccessControl(
                    accountable_care_giver=organization(),
                    accountable_care_unit=organization(CARE_UNIT, "Hälsocentralen Sol och Måne"),
                    patient_id=ASTA_ID,
                    block_comparison_time=parse_timestamp("20260115093000"),
                    approved_for_patient=True,
                    legal_basis=LegalBasis.HSL,
                    sharing=Sharing.SHARED,
                ),
                **access,
            ),
            source_system_id=hsa(SOURCE_SYSTEM),
            record=replace(
                Record(
                    id=record_id(),
                    created_time=parse_timestamp("20260115093000"),
                    updated_time=parse_timestamp("20260116080000"),
                ),
                **record,
            ),
            provenance=Provenance(origin=Origin.AUTOMATIC),
        ),
        **changes,
    )


def care_plan(*, header: Header | None = None, **changes: Any) -> CarePlan:
    """Build a care plan with one participant; a change names a field of the body."""
    body = CarePlanBody(
        type=plan_type(),
        scope=Scope.AREA,
        title="Vårdplan",
        status=PlanStatus.ACTIVE,
        participants=(participant(),),
    )
    return CarePlan(header=header or _header(), body=replace(body, **changes))


def agreement(*, header: Header | None = None, **changes: Any) -> Agreement:
    """Build an agreement of two parties; a change names a field of the body."""
    body = AgreementBody(
        title="Överenskommelse",
        status=AgreementStatus.ACTIVE,
        period=DatePeriod(start=dt.date(2026, 1, 15)),
        parties=(Party(kind=PartyKind.PATIENT), Party(kind=PartyKind.CARE_UNIT, id=hsa(CARE_UNIT))),
    )
    return Agreement(
        header=header or _header(id=record_id("overenskommelse-1")), body=replace(body, **changes)
    )


_header = header  # the two builders above take a `header`, which hides the function


def participant(**changes: Any) -> Participant:
    """Build a fast vårdkontakt with a name and an HSA-id."""
    person = Person(id=hsa("SE0000000018-P1"), name="Hampus Vällivara")
    return replace(
        Participant(id="deltagare-1", role=role(), person=person),
        **changes,
    )


def goal(**changes: Any) -> Goal:
    return replace(Goal(id="mal-1", text="Gå på promenad igen", status=GoalStatus.ACTIVE), **changes)


def activity(**changes: Any) -> Activity:
    planned = Activity(
        id="aktivitet-1",
        kind=ActivityKind.VISIT,
        title="Återbesök",
        status=ActivityStatus.PLANNED,
    )
    return replace(planned, **changes)


def recurring(**changes: Any) -> Timing:
    """Build a weekly timing; a change names a field of the recurrence."""
    weekly = Recurrence(text="1 gång i veckan", frequency=1, every=1, unit=TimeUnit.WEEK)
    return Timing(recurrence=replace(weekly, **changes))


def risk(**changes: Any) -> Risk:
    """Build a risk with a red trigger and the emergency number as its action."""
    return replace(
        Risk(
            id="risk-1",
            triggers=(RiskTrigger(text="Svår andnöd", level=RiskLevel.RED),),
            actions=(RiskAction(text="Ring 112", urgency=Urgency.EMERGENCY_112),),
        ),
        **changes,
    )


def attachment(document: bytes = b"%PDF-1.7", /, **changes: Any) -> Attachment:
    """Build an embedded PDF whose size and checksum are right."""
    embedded = Attachment(
        title="Vårdplan som dokument",
        media_type=MediaType.APPLICATION_PDF,
        value=document,
        size=len(document),
        sha256=Sha256(hashlib.sha256(document).hexdigest()),
    )
    return replace(embedded, **changes)


def query(**changes: Any) -> Query:
    return replace(Query(patient_id=ASTA_ID), **changes)


def answer(*care_plans: CarePlan, **changes: Any) -> Answer:
    """Build an answer of the plans given; a change names a field of the answer."""
    given = Answer(care_plans=care_plans, result=Result(code=ResultCode.OK, log_id=LOG_ID))
    return replace(given, **changes)
