"""What a merge gives: one person's records from all sources, side by side, and what they disagree on.

Values only; `merge` makes them. Nothing here hides a record: what a person may see is the overview's to
decide, with `merge.restrict`. Every tuple has a defined order, so equal input gives equal output.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

import msgspec

from riv_careplans.codes import GoalStatus, LegalBasis, PlanStatus, Scope
from riv_careplans.model import (
    CV,
    II,
    Activity,
    Agreement,
    BookingRef,
    CarePlan,
    DatePeriod,
    FollowUp,
    GoalAchievement,
    NextStep,
    Organization,
    Participant,
    Party,
    Person,
    Team,
    Timing,
)

__all__ = [
    "AnyRecord",
    "Appointment",
    "Contradiction",
    "ContradictionKind",
    "Difference",
    "DifferenceKind",
    "Element",
    "GoalState",
    "Mention",
    "Merged",
    "MergedPlan",
    "PlannedTimes",
    "PossiblySame",
    "PossiblySameKind",
    "RecordKey",
    "RecordKind",
    "Responsible",
    "Statement",
    "Value",
    "Who",
    "named_in",
    "record_key",
]

AnyRecord: TypeAlias = CarePlan | Agreement


class RecordKind(StrEnum):
    """A record is a care plan or an agreement; named as the answer's elements."""

    CARE_PLAN = "carePlan"
    AGREEMENT = "agreement"


class RecordKey(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """What a record is known by. Contract description, section 5, rule 1.

    The kind belongs to it: a system that numbers its plans and its agreements from 1 each breaks
    CP-007, but must not lose half of its records here for it.
    """

    source_system: tuple[str, str]
    record_id: tuple[str, str]
    kind: RecordKind


def record_key(record: AnyRecord) -> RecordKey:
    """Give the record's identity, compared as `II.key` compares."""
    return RecordKey(
        source_system=record.header.source_system_id.key,
        record_id=record.header.record.id.key,
        kind=RecordKind.CARE_PLAN if isinstance(record, CarePlan) else RecordKind.AGREEMENT,
    )


# --- what records say about the same thing ------------------------------------------------------


def named_in(participant: Participant) -> tuple[Person | Team, ...]:
    """Give the person, then the team, that a participant is."""
    return tuple(one for one in (participant.person, participant.team) if one is not None)


class Who(msgspec.Struct, frozen=True, kw_only=True):
    """A party, and the participant of its record that it points to."""

    party: Party
    participant: Participant | None = None

    @property
    def name(self) -> str | None:
        """What the record calls the party, when it says: its own name, else the participant's."""
        named = (self.party, *(named_in(self.participant) if self.participant is not None else ()))
        return next((one.name for one in named if one.name), None)


class Responsible(msgspec.Struct, frozen=True, kw_only=True):
    """Who is stated responsible; where nobody is, who performs."""

    parties: tuple[Who, ...]


class GoalState(msgspec.Struct, frozen=True, kw_only=True):
    """How far a goal is said to have come."""

    status: GoalStatus
    achievement: GoalAchievement | None = None


class PlannedTimes(msgspec.Struct, frozen=True, kw_only=True):
    """When something is planned; in a contradiction the next time, in a difference all of them."""

    times: tuple[Timing, ...]


Value: TypeAlias = (
    str | bool | CV | Scope | PlanStatus | DatePeriod | Responsible | GoalState | PlannedTimes | Participant
)


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What one record says, and who answers for it."""

    record: RecordKey
    care_giver: Organization
    care_unit: Organization | None = None
    legal_basis: LegalBasis
    """The law of the element that says it; an activity may have another than its record."""
    updated_time: datetime
    path: str
    """Where the record says it, such as `body/activity[2]` or `body/goal[1]/subGoal[3]`."""
    label: str
    """What the record calls the thing: an activity's title, a goal's text, a role, the plan's title."""
    value: Value


class ContradictionKind(StrEnum):
    """What cannot be true at the same time. Contract description, section 5, rule 5."""

    TWO_PRIMARY_CARE_PHYSICIANS = "twoPrimaryCarePhysicians"
    """Two persons are fast läkarkontakt i primärvården today (CP-016); values are `Participant`."""
    GOAL_STATUS = "goalStatus"
    """A goal is active in one part of a joint plan and reached in another; values are `GoalState`."""
    FOLLOW_UP_DATES = "followUpDates"
    """The parts of a joint plan have different next follow-ups; values are `PlannedTimes`."""
    RESPONSIBLE = "responsible"
    """Different parties are responsible for the same thing at the same time; values are `Responsible`."""


class Contradiction(msgspec.Struct, frozen=True, kw_only=True):
    """Something that records contradict each other in: shown to the reader, never settled here."""

    kind: ContradictionKind
    subject: str
    """What it is about, as the newest statement calls it."""
    statements: tuple[Statement, ...]
    """All that is said, newest first; from at least two records."""


class DifferenceKind(StrEnum):
    """What the parts of a joint plan may say differently; the type of the values in the comment."""

    TYPE = "type"  # CV
    SCOPE = "scope"  # Scope
    TITLE = "title"  # str
    STATUS = "status"  # PlanStatus
    PERIOD = "period"  # DatePeriod
    RESPONSIBLE = "responsible"  # Responsible
    AGREED = "agreed"  # bool: whether the patient agrees
    GOAL_STATUS = "goalStatus"  # GoalState
    FOLLOW_UP_DATES = "followUpDates"  # PlannedTimes


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What the parts of one joint plan say differently; a part that says nothing is left out."""

    kind: DifferenceKind
    subject: str
    """What it is about, as the newest statement calls it: the plan's title or the goal's text."""
    statements: tuple[Statement, ...]
    """What each part says, newest first."""


# --- the same thing, mentioned in many records --------------------------------------------------

Element: TypeAlias = Activity | NextStep | FollowUp | Participant


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    """An element of a record."""

    record: RecordKey
    path: str
    """Where in the record, such as `body/activity[2]` or `body/goal[1]/followUp`."""
    element: Element


class Appointment(msgspec.Struct, frozen=True, kw_only=True):
    """One booked time and everything that refers to it. Contract description, section 5, rule 3.

    Every booking in the records makes one, also when a single element refers to it. An element with
    several bookings is mentioned in each.
    """

    booking: BookingRef
    mentions: tuple[Mention, ...]
    """At least one; by record, then by place in it."""


class PossiblySameKind(StrEnum):
    """Why things look the same."""

    CONTACT = "contact"
    """Same name and same role, and not everyone has an id; elements are `Participant`."""
    TIME = "time"
    """Same unit and same start, and not everything has a booking that could tell; no `Participant`."""


class PossiblySame(msgspec.Struct, frozen=True, kw_only=True):
    """Things that may be one; marked, never merged. Contract description, section 5, rule 4."""

    kind: PossiblySameKind
    mentions: tuple[Mention, ...]
    """From at least two records; by record, then by place in it."""


# --- the whole ----------------------------------------------------------------------------------


class MergedPlan(msgspec.Struct, frozen=True, kw_only=True):
    """One plan to the reader: a plan of its own, or a joint plan with a part from each party.

    Contract description, section 5, rule 2. Each part keeps its header, and so its source, care
    giver and legal basis.
    """

    joint_plan_id: II | None = None
    parts: tuple[CarePlan, ...]
    """At least one; by the names of their care units in Swedish order."""
    differences: tuple[Difference, ...] = ()


class Merged(msgspec.Struct, frozen=True, kw_only=True):
    """Everything known about one person's plans, each record once.

    Also records that are entered in error, cancelled or replaced are here, with their status; only
    those entered in error and those replaced take no part in what is derived from the records.
    """

    today: date
    """The day that contradictions were judged on."""
    plans: tuple[MergedPlan, ...] = ()
    """By title in Swedish order."""
    agreements: tuple[Agreement, ...] = ()
    """By title in Swedish order."""
    appointments: tuple[Appointment, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    possibly_same: tuple[PossiblySame, ...] = ()
    replaced: tuple[RecordKey, ...] = ()
    """Records that a newer record of the same care giver replaces; they are history."""
    dropped: int = 0
    """Older or equal copies of records that were left out. Contract description, section 5, rule 1."""

    @property
    def care_plans(self) -> tuple[CarePlan, ...]:
        """All plans and parts, in the order of `plans`."""
        return tuple(part for plan in self.plans for part in plan.parts)

    @property
    def records(self) -> Iterator[AnyRecord]:
        """All plans, then all agreements."""
        yield from self.care_plans
        yield from self.agreements
