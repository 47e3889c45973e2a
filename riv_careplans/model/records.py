"""The records of the contract, care plan and agreement, and the parts they are made of."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import msgspec

from riv_careplans.codes import (
    Achievement,
    ActivityKind,
    ActivityStatus,
    AgreementStatus,
    CircumstanceKind,
    ContinuedContactCode,
    ExpressedBy,
    FollowUpResult,
    GoalCategory,
    GoalStatus,
    ImportantKind,
    Informant,
    Initiator,
    InvolvedBy,
    InvolvementForm,
    LegalBasis,
    MediaType,
    Origin,
    PlaceKind,
    PlanStatus,
    Relation,
    RiskLevel,
    Scope,
    Sharing,
    Urgency,
)
from riv_careplans.identity import PartialTime
from riv_careplans.model.values import (
    CV,
    II,
    BookingRef,
    ContractType,
    DatePeriod,
    Organization,
    Participant,
    Party,
    Person,
    Sha256,
    Timing,
    Uri,
)

__all__ = [
    "AccessControl",
    "Activity",
    "Agreement",
    "AgreementBody",
    "Attachment",
    "Author",
    "CarePlan",
    "CarePlanBody",
    "Circumstance",
    "ContinuedContact",
    "Decision",
    "FollowUp",
    "FollowUpOutcome",
    "Goal",
    "GoalAchievement",
    "GoalTarget",
    "Header",
    "ImportantToPatient",
    "Involvement",
    "Need",
    "NextStep",
    "Place",
    "Provenance",
    "Record",
    "RecordRef",
    "RelatedRecord",
    "Responsibility",
    "Risk",
    "RiskAction",
    "RiskTrigger",
    "Signature",
]

# --- the header, the same on every record -------------------------------------------------------


class AccessControl(ContractType, frozen=True, kw_only=True):
    """Whose the record is, about whom, and who may see it."""

    accountable_care_giver: Organization
    accountable_care_unit: Organization | None = None
    patient_id: II
    care_process_id: II | None = None
    block_comparison_time: dt.datetime
    approved_for_patient: bool
    approved_for_representative: bool | None = None
    legal_basis: LegalBasis
    sharing: Sharing


class Record(ContractType, frozen=True, kw_only=True):
    """The record's identity, stable across versions and contracts, and its times."""

    id: II
    version: Annotated[int, msgspec.Meta(ge=1, le=999_999_999)] | None = None
    created_time: dt.datetime | None = None
    updated_time: dt.datetime
    change_summary: str | None = None


class Author(ContractType, frozen=True, kw_only=True):
    """Who wrote the record, and when."""

    time: dt.datetime
    person: Person | None = None
    care_unit: Organization | None = None


class Signature(ContractType, frozen=True, kw_only=True):
    """Who signed the record, and when."""

    time: dt.datetime
    person: Person | None = None


class Provenance(ContractType, frozen=True, kw_only=True):
    """How the record came to be, and who told."""

    origin: Origin
    informants: tuple[Informant, ...] = ()


class Header(ContractType, frozen=True, kw_only=True):
    """The header of a care plan or an agreement."""

    access_control: AccessControl
    source_system_id: II
    record: Record
    author: Author | None = None
    signature: Signature | None = None
    provenance: Provenance

    @classmethod
    def of(  # noqa: PLR0913 - one argument for each thing a vendor must know of a record
        cls,
        *,
        patient_id: II,
        source_system_id: II,
        record_id: II,
        care_giver: Organization,
        care_unit: Organization,
        legal_basis: LegalBasis,
        updated: dt.datetime,
        version: int | None = None,
        approved_for_patient: bool = False,
        sharing: Sharing = Sharing.CARE_UNIT,
        origin: Origin = Origin.AUTOMATIC,
    ) -> Header:
        """Make the header of a record that a system keeps by itself, closed where nothing is said.

        Not said, a record is not shown to the patient and stays within its care unit; blocks are
        compared with the time it was updated. `origin` is how the record reaches the overview: a
        system that answers from its own journal hands it over automatically; say `Origin.MANUAL` of
        what somebody typed in from elsewhere.
        """
        access = AccessControl(
            accountable_care_giver=care_giver,
            accountable_care_unit=care_unit,
            patient_id=patient_id,
            block_comparison_time=updated,
            approved_for_patient=approved_for_patient,
            legal_basis=legal_basis,
            sharing=sharing,
        )
        return cls(
            access_control=access,
            source_system_id=source_system_id,
            record=Record(id=record_id, version=version, updated_time=updated),
            provenance=Provenance(origin=origin),
        )


# --- parts --------------------------------------------------------------------------------------


class RecordRef(ContractType, frozen=True, kw_only=True):
    """Another record, in this or another source system."""

    source_system_id: II
    record_id: II
    display: str | None = None


class RelatedRecord(ContractType, frozen=True, kw_only=True):
    """How this record relates to another."""

    relation: Relation
    record: RecordRef


class Involvement(ContractType, frozen=True, kw_only=True):
    """How the patient took part, and whether the patient agrees."""

    form: InvolvementForm
    agreed: bool | None = None
    date: dt.date | None = None
    by: InvolvedBy | None = None


class ImportantToPatient(ContractType, frozen=True, kw_only=True):
    """What matters to the patient, in plain words."""

    text: str
    kind: ImportantKind | None = None
    expressed_by: ExpressedBy | None = None
    date: dt.date | None = None


class Circumstance(ContractType, frozen=True, kw_only=True):
    """A starting point: a condition, a functional status, the surroundings, a resource."""

    id: str
    kind: CircumstanceKind
    text: str
    codes: tuple[CV, ...] = ()
    time: PartialTime | None = None


class Need(ContractType, frozen=True, kw_only=True):
    """What the patient needs."""

    id: str
    text: str
    area: CV | None = None
    expressed_by: ExpressedBy | None = None
    circumstance_ids: tuple[str, ...] = ()


class FollowUpOutcome(ContractType, frozen=True, kw_only=True):
    """What a follow-up found."""

    date: dt.date
    result: FollowUpResult | None = None
    text: str | None = None


class FollowUp(ContractType, frozen=True, kw_only=True):
    """When and how something is followed up, and what came of it."""

    planned: Timing | None = None
    manner: str | None = None
    responsible: Party | None = None
    booking: BookingRef | None = None
    outcomes: tuple[FollowUpOutcome, ...] = ()


class GoalAchievement(ContractType, frozen=True, kw_only=True):
    """How far a goal is reached."""

    code: Achievement
    date: dt.date | None = None
    comment: str | None = None


class GoalTarget(ContractType, frozen=True, kw_only=True):
    """What to measure, and the value to reach."""

    measure: str
    value: str | None = None
    unit: str | None = None
    due_date: dt.date | None = None


class Goal(ContractType, frozen=True, kw_only=True):
    """What the patient and the care team want to reach; at most three levels deep (CP-009)."""

    id: str
    text: str
    category: GoalCategory | None = None
    expressed_by: ExpressedBy | None = None
    status: GoalStatus
    achievement: GoalAchievement | None = None
    targets: tuple[GoalTarget, ...] = ()
    responsible_parties: tuple[Party, ...] = ()
    follow_up: FollowUp | None = None
    need_ids: tuple[str, ...] = ()
    sub_goals: tuple[Goal, ...] = ()


class Place(ContractType, frozen=True, kw_only=True):
    """Where an activity takes place."""

    kind: PlaceKind
    text: str | None = None


class Decision(ContractType, frozen=True, kw_only=True):
    """The decision that grants an intervention (beviljad insats)."""

    id: str | None = None
    date: dt.date | None = None
    period: DatePeriod | None = None
    extent: str | None = None


class Activity(ContractType, frozen=True, kw_only=True):
    """Something that is to be done, by whom, when and where."""

    id: str
    kind: ActivityKind
    codes: tuple[CV, ...] = ()
    title: str
    text: str | None = None
    preparation: str | None = None
    status: ActivityStatus
    timing: Timing | None = None
    place: Place | None = None
    performers: tuple[Party, ...] = ()
    responsible: Party | None = None
    legal_basis: LegalBasis | None = None
    decision: Decision | None = None
    goal_ids: tuple[str, ...] = ()
    need_ids: tuple[str, ...] = ()
    bookings: tuple[BookingRef, ...] = ()


class RiskTrigger(ContractType, frozen=True, kw_only=True):
    """A sign that a risk becomes real."""

    text: str
    level: RiskLevel | None = None
    code: CV | None = None


class RiskAction(ContractType, frozen=True, kw_only=True):
    """What to do when it does."""

    text: str
    performer: Party | None = None
    urgency: Urgency | None = None
    participant_id: str | None = None


class Risk(ContractType, frozen=True, kw_only=True):
    """A risk, its signs and what to do."""

    id: str
    triggers: tuple[RiskTrigger, ...]
    actions: tuple[RiskAction, ...]
    agreed_date: dt.date | None = None
    review_date: dt.date | None = None


class Attachment(ContractType, frozen=True, kw_only=True):
    """A document of the plan: embedded, or referred to, or (on request) only described."""

    title: str | None = None
    media_type: MediaType
    value: bytes | None = None
    reference: Uri | None = None
    size: Annotated[int, msgspec.Meta(ge=0, le=9_999_999_999)] | None = None
    sha256: Sha256 | None = None
    created: dt.datetime | None = None
    language: str | None = None


# --- the records --------------------------------------------------------------------------------


class CarePlanBody(ContractType, frozen=True, kw_only=True):
    """A care plan, from a title with a PDF to needs, goals and activities."""

    type: CV
    scope: Scope
    title: str
    summary: str | None = None
    status: PlanStatus
    period: DatePeriod | None = None
    joint_plan_id: II | None = None
    related_records: tuple[RelatedRecord, ...] = ()
    responsible: Party | None = None
    participants: tuple[Participant, ...] = ()
    involvement: Involvement | None = None
    important_to_patient: tuple[ImportantToPatient, ...] = ()
    circumstances: tuple[Circumstance, ...] = ()
    needs: tuple[Need, ...] = ()
    goals: tuple[Goal, ...] = ()
    activities: tuple[Activity, ...] = ()
    risks: tuple[Risk, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    attachments: tuple[Attachment, ...] = ()


class CarePlan(ContractType, frozen=True, kw_only=True):
    """A care plan with its header."""

    header: Header
    body: CarePlanBody


class Responsibility(ContractType, frozen=True, kw_only=True):
    """Who does what in an agreement."""

    who: Initiator
    text: str
    party: Party | None = None


class NextStep(ContractType, frozen=True, kw_only=True):
    """What happens next, and who takes the initiative."""

    text: str
    initiator: Initiator | None = None
    timing: Timing | None = None
    booking: BookingRef | None = None


class ContinuedContact(ContractType, frozen=True, kw_only=True):
    """Whether the contact goes on."""

    code: ContinuedContactCode
    text: str | None = None


class AgreementBody(ContractType, frozen=True, kw_only=True):
    """A documented agreement (dokumenterad överenskommelse); it may cover several plans."""

    title: str
    status: AgreementStatus
    period: DatePeriod
    parties: tuple[Party, ...]
    participants: tuple[Participant, ...] = ()
    important_to_patient: tuple[ImportantToPatient, ...] = ()
    decided: tuple[str, ...] = ()
    responsibilities: tuple[Responsibility, ...] = ()
    next_steps: tuple[NextStep, ...] = ()
    continued_contact: ContinuedContact | None = None
    goals: tuple[Goal, ...] = ()
    risks: tuple[Risk, ...] = ()
    related_records: tuple[RelatedRecord, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    attachments: tuple[Attachment, ...] = ()


class Agreement(ContractType, frozen=True, kw_only=True):
    """An agreement with its header."""

    header: Header
    body: AgreementBody
