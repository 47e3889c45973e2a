"""What a person is shown, as values: the JSON document `overview` and what the text is written from.

Values only; `build` makes them. Every field is always there, so that a reader of the JSON never asks
whether a key exists: absent is `null`, none is `[]`. Codes are the contract's own words; texts are
plain Swedish. The descriptions become the published JSON Schema (`overview_schema`).
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Final, TypeAlias

import msgspec

from riv_careplans.aggregate.merged import ContradictionKind, DifferenceKind, PossiblySameKind, RecordKind
from riv_careplans.codes import (
    Achievement,
    ActivityKind,
    ActivityStatus,
    AgreementStatus,
    ChannelSystem,
    CircumstanceKind,
    ContinuedContactCode,
    DayPart,
    ExpressedBy,
    GoalCategory,
    GoalStatus,
    ImportantKind,
    Informant,
    Initiator,
    InvolvementForm,
    LegalBasis,
    MediaType,
    Origin,
    PartyKind,
    PlanStatus,
    RiskLevel,
    Scope,
    Sharing,
    TimeUnit,
    Urgency,
    WeekDay,
)
from riv_careplans.exchange import OutcomeKind
from riv_careplans.overview.audience import Audience

__all__ = [
    "SCHEMA_VERSION",
    "ActionView",
    "AgreementView",
    "AttachmentView",
    "ChannelView",
    "CircumstanceView",
    "Citation",
    "Contact",
    "ContradictionView",
    "DifferenceView",
    "Differing",
    "GoalView",
    "Help",
    "ImportantView",
    "NamedParty",
    "NewsItem",
    "NewsKind",
    "NextStepView",
    "Overview",
    "Phase",
    "PlanActivity",
    "PlanPart",
    "PlanView",
    "PlansKnown",
    "PossiblySameView",
    "ProvenanceView",
    "ResponsibilityView",
    "RiskView",
    "SourceState",
    "StatementView",
    "TargetView",
    "TimedItem",
    "TimedKind",
    "TriggerView",
    "View",
    "When",
]

SCHEMA_VERSION: Final = "1.0"
"""The version of the JSON document: a new first number breaks readers, a new second number adds."""


def _about(description: str) -> msgspec.Meta:
    """Describe a field in the JSON Schema."""
    return msgspec.Meta(description=description)


class View(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """The base of everything shown."""


# --- where it comes from ------------------------------------------------------------------------


class Citation(View, frozen=True, kw_only=True):
    """Which record says something."""

    provenance: Annotated[int, _about("Number of the record in `provenance`.")]
    legal_basis: Annotated[LegalBasis, _about("The law of this very item; a SIP holds HSL and SoL rows.")]


Citations: TypeAlias = Annotated[
    tuple[Citation, ...], _about("The records that say this, by number; never empty.")
]


class ProvenanceView(View, frozen=True, kw_only=True):
    """Where one record comes from, how it got here, and who may see it."""

    number: Annotated[int, _about("What items refer to; 1, 2, 3 and so on.")]
    kind: Annotated[RecordKind, _about("Care plan or agreement.")]
    title: Annotated[str, _about("The record's title.")]
    source_system: Annotated[str, _about("The source system's name, else its id.")]
    source_system_id: Annotated[str, _about("The source system's id.")]
    record_id: Annotated[str, _about("The record's id in the source system.")]
    care_giver: Annotated[str, _about("The accountable care giver's name, else its id.")]
    care_unit: Annotated[str | None, _about("The accountable care unit's name, else its id.")]
    legal_basis: Annotated[LegalBasis, _about("The law the record is kept under.")]
    origin: Annotated[Origin, _about("Fetched automatically, or entered by hand.")]
    informants: Annotated[tuple[Informant, ...], _about("Who gave the information.")]
    author: Annotated[str | None, _about("Who wrote the record.")]
    created: Annotated[dt.datetime | None, _about("When the record was made; Swedish local time.")]
    updated: Annotated[dt.datetime, _about("When the record was last changed; Swedish local time.")]
    signed: Annotated[dt.datetime | None, _about("When the record was signed; Swedish local time.")]
    sharing: Annotated[Sharing, _about("Who in care may see the record.")]
    for_patient: Annotated[bool, _about("Whether the patient may see the record.")]
    for_representative: Annotated[bool, _about("Whether a representative may see the record.")]
    replaced: Annotated[bool, _about("Whether a newer record replaces this one.")]


class SourceState(View, frozen=True, kw_only=True):
    """What became of asking one source. Contract description, section 5, rule 6."""

    logical_address: Annotated[str, _about("The address that was asked; empty when unknown.")]
    name: Annotated[str, _about("What the source is called, else its address.")]
    outcome: Annotated[OutcomeKind, _about("What became of the question.")]
    complete: Annotated[bool, _about("Whether everything the source has could be used.")]
    records: Annotated[int, _about("Records of the source in this overview.")]
    held_back: Annotated[int, _about("Records that the source sent but that could not be read.")]
    has_more: Annotated[bool, _about("Whether the source has more than it sent.")]
    notice: Annotated[str, _about("What the source asks to have shown to the reader; empty when nothing.")]
    sentence: Annotated[str, _about("The same in Swedish, such as `X saknas: svarade inte i tid.`")]
    log_id: Annotated[str, _about("The source's log id, for its support; empty when it gave none.")]


# --- people and times ---------------------------------------------------------------------------


class Phase(StrEnum):
    """Where something is in time, seen from today."""

    CURRENT = "current"
    COMING = "coming"
    PAST = "past"


class ChannelView(View, frozen=True, kw_only=True):
    """A way to reach someone that is open to citizens."""

    system: Annotated[ChannelSystem, _about("Kind of channel.")]
    value: Annotated[str, _about("Number, address or link.")]
    label: Annotated[str | None, _about("What the channel is called.")]
    hours: Annotated[tuple[str, ...], _about("When it is open, in Swedish; empty when not said.")]


class Contact(View, frozen=True, kw_only=True):
    """A person or team, once per role, however many records name them."""

    id: Annotated[str, _about("The contact's id in this document.")]
    fixed: Annotated[bool, _about("Whether this is one of the fixed contacts that law gives.")]
    role: Annotated[str, _about("The role in Swedish.")]
    name: Annotated[str | None, _about("The person's name, else the team's.")]
    title: Annotated[str | None, _about("The person's title.")]
    team: Annotated[str | None, _about("The team the person is reached through.")]
    unit: Annotated[str | None, _about("Where the person works.")]
    phase: Annotated[Phase, _about("Whether the contact is current, coming or past.")]
    start: Annotated[dt.date | None, _about("First day, when said.")]
    end: Annotated[dt.date | None, _about("Last day, when said.")]
    helps_with: Annotated[str | None, _about("What the contact helps with.")]
    contact_when: Annotated[str | None, _about("When to get in touch.")]
    response_time: Annotated[str | None, _about("How soon to expect an answer.")]
    note: Annotated[str | None, _about("A note to the patient.")]
    channels: Annotated[tuple[ChannelView, ...], _about("How to reach the contact.")]
    unit_channels: Annotated[tuple[ChannelView, ...], _about("How to reach the unit.")]
    possibly_same: Annotated[tuple[str, ...], _about("Ids of marks: another row may be the same person.")]
    contradictions: Annotated[tuple[str, ...], _about("Ids of contradictions that this is part of.")]
    citations: Citations


class NamedParty(View, frozen=True, kw_only=True):
    """Who performs or is responsible."""

    kind: Annotated[PartyKind, _about("What kind of party.")]
    name: Annotated[str, _about("What to call the party, in Swedish.")]
    contact: Annotated[str | None, _about("Id of the contact, when it is one.")]


class When(View, frozen=True, kw_only=True):
    """A time, as exactly as it is known."""

    text: Annotated[str, _about("In Swedish, such as `tis 27 jan 2026 kl. 10.30`.")]
    start: Annotated[
        str | None,
        _about("2026, 2026-04, 2026-04-01 or 2026-04-01T10:30:00; Swedish local time. Null: only in words."),
    ]
    end: Annotated[str | None, _about("The end of a period, written in the same way.")]


class Differing(View, frozen=True, kw_only=True):
    """Something that another record says otherwise about the same booked time."""

    text: Annotated[str, _about("What it says, in Swedish.")]
    citations: Citations


class TimedKind(StrEnum):
    """What in a record has the time."""

    ACTIVITY = "activity"
    NEXT_STEP = "nextStep"
    FOLLOW_UP = "followUp"
    FOLLOW_UP_OUTCOME = "followUpOutcome"


class TimedItem(View, frozen=True, kw_only=True):
    """One thing on the timeline; references to the same booking are one item."""

    id: Annotated[str, _about("The item's id in this document.")]
    kind: Annotated[TimedKind, _about("What in a record has the time.")]
    activity_kind: Annotated[ActivityKind | None, _about("Kind of activity.")]
    title: Annotated[str, _about("What happens.")]
    also_called: Annotated[tuple[str, ...], _about("What other records call the same booked time.")]
    when: Annotated[When | None, _about("When; null for what goes on without a stated time.")]
    status: Annotated[ActivityStatus | None, _about("Where an activity is in its life.")]
    text: Annotated[str | None, _about("More about it.")]
    preparation: Annotated[str | None, _about("What to do before.")]
    place: Annotated[str | None, _about("Where, in Swedish.")]
    performers: Annotated[tuple[NamedParty, ...], _about("Who does it.")]
    responsible: Annotated[NamedParty | None, _about("Who is responsible.")]
    goals: Annotated[tuple[str, ...], _about("Texts of the goals it serves.")]
    differing: Annotated[tuple[Differing, ...], _about("What other records say otherwise.")]
    possibly_same: Annotated[tuple[str, ...], _about("Ids of marks: another item may be the same time.")]
    contradictions: Annotated[tuple[str, ...], _about("Ids of contradictions that this is part of.")]
    citations: Citations


class Help(View, frozen=True, kw_only=True):
    """Something that comes back, such as help at home. Contract description, section 5, rule 7."""

    sentence: Annotated[str, _about("How often, in Swedish: `Varje vecka: dusch 1 gång`.")]
    title: Annotated[str, _about("What it is.")]
    by_patient: Annotated[bool, _about("Whether the patient does it alone.")]
    activity_kind: Annotated[ActivityKind, _about("Kind of activity.")]
    status: Annotated[ActivityStatus, _about("Where the activity is in its life.")]
    phase: Annotated[Phase, _about("Whether it goes on now or begins later.")]
    frequency: Annotated[int, _about("How many times, at least, in every `every` units.")]
    frequency_max: Annotated[int | None, _about("How many times at most, when it varies.")]
    every: Annotated[int, _about("How many units each turn has.")]
    unit: Annotated[TimeUnit, _about("Day, week, month or year.")]
    week_days: Annotated[tuple[WeekDay, ...], _about("On which week days.")]
    times_of_day: Annotated[tuple[str, ...], _about("At which times, HH:MM.")]
    day_parts: Annotated[tuple[DayPart, ...], _about("In which parts of the day.")]
    duration_minutes: Annotated[int | None, _about("How long each time, in minutes.")]
    start: Annotated[dt.date | None, _about("First day, when said.")]
    end: Annotated[dt.date | None, _about("Last day, when said.")]
    source_text: Annotated[str, _about("How often, in the record's own words.")]
    occurrences: Annotated[
        tuple[str, ...],
        _about(
            "The dates, or dates and times, six months ahead at most; empty unless the record says on "
            "which week days or at which times, so that the dates can be known."
        ),
    ]
    text: Annotated[str | None, _about("More about it.")]
    place: Annotated[str | None, _about("Where, in Swedish.")]
    performers: Annotated[tuple[NamedParty, ...], _about("Who does it.")]
    responsible: Annotated[NamedParty | None, _about("Who is responsible.")]
    granted: Annotated[str | None, _about("What was decided and when, in Swedish.")]
    goals: Annotated[tuple[str, ...], _about("Texts of the goals it serves.")]
    contradictions: Annotated[tuple[str, ...], _about("Ids of contradictions that this is part of.")]
    citations: Citations


# --- agreements, goals, risks, what matters -----------------------------------------------------


class ResponsibilityView(View, frozen=True, kw_only=True):
    """Who does what in an agreement."""

    who: Annotated[Initiator, _about("The patient, care or a relative.")]
    text: Annotated[str, _about("What it is.")]
    party: Annotated[NamedParty | None, _about("Who exactly.")]


class NextStepView(View, frozen=True, kw_only=True):
    """A step that was agreed on."""

    text: Annotated[str, _about("What happens next.")]
    initiator: Annotated[Initiator | None, _about("Who takes the initiative.")]
    when: Annotated[When | None, _about("When, if that is known.")]
    past: Annotated[bool, _about("Whether its time has passed.")]
    item: Annotated[str | None, _about("Id of the item on the timeline, when it is there.")]
    citations: Citations


class AgreementView(View, frozen=True, kw_only=True):
    """A documented agreement."""

    title: Annotated[str, _about("The agreement's title.")]
    status: Annotated[AgreementStatus, _about("Where the agreement is in its life.")]
    current: Annotated[bool, _about("Whether it is still in force.")]
    start: Annotated[dt.date, _about("First day.")]
    end: Annotated[dt.date | None, _about("Last day, when there is one.")]
    parties: Annotated[tuple[NamedParty, ...], _about("Between whom.")]
    decided: Annotated[tuple[str, ...], _about("What was decided.")]
    responsibilities: Annotated[tuple[ResponsibilityView, ...], _about("Who does what.")]
    next_steps: Annotated[tuple[NextStepView, ...], _about("What happens next.")]
    continued_contact: Annotated[ContinuedContactCode | None, _about("Whether the contact goes on.")]
    continued_contact_text: Annotated[str | None, _about("The same in the record's words.")]
    related: Annotated[tuple[str, ...], _about("Related records, in Swedish.")]
    citations: Citations


class TargetView(View, frozen=True, kw_only=True):
    """What to measure, and the value to reach."""

    measure: Annotated[str, _about("What is measured.")]
    value: Annotated[str | None, _about("The value to reach.")]
    unit: Annotated[str | None, _about("The value's unit.")]
    due: Annotated[dt.date | None, _about("By when.")]


class GoalView(View, frozen=True, kw_only=True):
    """A goal, with its sub-goals; said once where the parts of a joint plan say it alike."""

    text: Annotated[str, _about("The goal.")]
    category: Annotated[GoalCategory | None, _about("Which part of life it is about.")]
    expressed_by: Annotated[ExpressedBy | None, _about("Whose words it is in.")]
    status: Annotated[GoalStatus, _about("Where the goal is in its life.")]
    achievement: Annotated[Achievement | None, _about("How far it is reached.")]
    achievement_date: Annotated[dt.date | None, _about("When that was judged.")]
    achievement_comment: Annotated[str | None, _about("A comment on it.")]
    targets: Annotated[tuple[TargetView, ...], _about("What to measure.")]
    responsible: Annotated[tuple[NamedParty, ...], _about("Who is responsible.")]
    follow_up: Annotated[When | None, _about("When it is followed up.")]
    sub_goals: Annotated[tuple[GoalView, ...], _about("The steps on the way.")]
    plan: Annotated[str, _about("Title of the plan or agreement that it belongs to.")]
    contradictions: Annotated[tuple[str, ...], _about("Ids of contradictions that this is part of.")]
    citations: Citations


class TriggerView(View, frozen=True, kw_only=True):
    """A sign to look out for."""

    text: Annotated[str, _about("The sign.")]
    level: Annotated[RiskLevel | None, _about("How serious, as a traffic light.")]


class ActionView(View, frozen=True, kw_only=True):
    """What to do when the sign comes."""

    text: Annotated[str, _about("What to do.")]
    urgency: Annotated[Urgency | None, _about("How soon.")]
    performer: Annotated[NamedParty | None, _about("Who does it.")]
    contact: Annotated[str | None, _about("Id of the contact to turn to.")]


class RiskView(View, frozen=True, kw_only=True):
    """A risk: its signs and what to do, the most serious first."""

    level: Annotated[RiskLevel | None, _about("The most serious level among the signs.")]
    triggers: Annotated[tuple[TriggerView, ...], _about("The signs, red first.")]
    actions: Annotated[tuple[ActionView, ...], _about("What to do, the most urgent first.")]
    agreed: Annotated[dt.date | None, _about("When it was agreed.")]
    review: Annotated[dt.date | None, _about("When it is looked over again.")]
    plan: Annotated[str, _about("Title of the plan or agreement that it belongs to.")]
    citations: Citations


class ImportantView(View, frozen=True, kw_only=True):
    """What matters to the patient."""

    text: Annotated[str, _about("In plain words.")]
    kind: Annotated[ImportantKind | None, _about("What kind of thing it is.")]
    expressed_by: Annotated[ExpressedBy | None, _about("Whose words it is in.")]
    date: Annotated[dt.date | None, _about("When it was said; the latest day.")]
    citations: Citations


# --- plans --------------------------------------------------------------------------------------


class PlanActivity(View, frozen=True, kw_only=True):
    """A row of a plan."""

    title: Annotated[str, _about("What is done.")]
    status: Annotated[ActivityStatus, _about("Where the activity is in its life.")]
    when: Annotated[str | None, _about("When or how often, in Swedish.")]
    performers: Annotated[tuple[NamedParty, ...], _about("Who does it.")]
    responsible: Annotated[NamedParty | None, _about("Who is responsible.")]
    citation: Annotated[Citation, _about("The record and the law of the row.")]


class CircumstanceView(View, frozen=True, kw_only=True):
    """A starting point of a plan."""

    kind: Annotated[CircumstanceKind, _about("What kind of starting point.")]
    text: Annotated[str, _about("The starting point.")]


class PlanPart(View, frozen=True, kw_only=True):
    """What one source says of a plan; a plan of its own has one part."""

    title: Annotated[str, _about("The plan's title in this source.")]
    care_unit: Annotated[str, _about("The care unit, else the care giver.")]
    care_giver: Annotated[str, _about("The care giver.")]
    status: Annotated[PlanStatus, _about("Where the part is in its life.")]
    current: Annotated[bool, _about("Whether it is still in force.")]
    period: Annotated[str | None, _about("How long it is valid, in Swedish.")]
    summary: Annotated[str | None, _about("What the plan is about.")]
    responsible: Annotated[NamedParty | None, _about("Who is responsible for the plan.")]
    involvement: Annotated[InvolvementForm | None, _about("How the patient took part.")]
    agreed: Annotated[bool | None, _about("Whether the patient agrees.")]
    participants: Annotated[tuple[str, ...], _about("Ids of the contacts that take part.")]
    circumstances: Annotated[tuple[CircumstanceView, ...], _about("The starting points.")]
    needs: Annotated[tuple[str, ...], _about("What the patient needs.")]
    activities: Annotated[tuple[PlanActivity, ...], _about("What is to be done.")]
    follow_ups: Annotated[tuple[str, ...], _about("When and how it is followed up, in Swedish.")]
    related: Annotated[tuple[str, ...], _about("Related records, in Swedish.")]
    document_only: Annotated[bool, _about("Whether the plan is nothing but a document.")]
    citation: Annotated[Citation, _about("The record.")]


class StatementView(View, frozen=True, kw_only=True):
    """What one record says about something that records disagree on."""

    said_by: Annotated[str, _about("The care unit that says it, else the care giver.")]
    care_giver: Annotated[str, _about("The care giver that answers for it.")]
    label: Annotated[str, _about("What the record calls the thing.")]
    value: Annotated[str, _about("What it says, in Swedish.")]
    updated: Annotated[dt.datetime, _about("When the record was last changed; Swedish local time.")]
    citation: Annotated[Citation, _about("The record.")]


class DifferenceView(View, frozen=True, kw_only=True):
    """What the parts of one plan say differently. Contract description, section 5, rule 2."""

    kind: Annotated[DifferenceKind, _about("What they differ in.")]
    sentence: Annotated[str, _about("The same in Swedish.")]
    statements: Annotated[tuple[StatementView, ...], _about("What each part says, newest first.")]


class PlanView(View, frozen=True, kw_only=True):
    """One plan; a joint plan has a part from each party. Contract description, section 5, rule 2."""

    title: Annotated[str, _about("The plan's title.")]
    type: Annotated[str, _about("The type of plan, in Swedish.")]
    scope: Annotated[Scope, _about("How much it covers; the most prominent plans come first.")]
    status: Annotated[PlanStatus, _about("Where the plan is in its life.")]
    current: Annotated[bool, _about("Whether any part of it is still in force.")]
    joint: Annotated[bool, _about("Whether several parties share it.")]
    parts: Annotated[tuple[PlanPart, ...], _about("One for each source.")]
    differences: Annotated[tuple[DifferenceView, ...], _about("What the parts say differently.")]


class AttachmentView(View, frozen=True, kw_only=True):
    """A document."""

    title: Annotated[str | None, _about("The document's title.")]
    media_type: Annotated[MediaType, _about("Kind of document.")]
    size: Annotated[int | None, _about("Size in bytes.")]
    created: Annotated[dt.datetime | None, _about("When it was made; Swedish local time.")]
    reference: Annotated[str | None, _about("Where it is, when it is not embedded; http or https.")]
    embedded: Annotated[bool, _about("Whether the record holds the document itself.")]
    plan: Annotated[str, _about("Title of the plan or agreement that it belongs to.")]
    citations: Citations


# --- what is new, and what does not agree -------------------------------------------------------


class NewsKind(StrEnum):
    """What is new."""

    NEW_RECORD = "newRecord"
    CHANGED_RECORD = "changedRecord"
    NEW_CONTACT = "newContact"
    ENDED_CONTACT = "endedContact"
    NEW_TIME = "newTime"


class NewsItem(View, frozen=True, kw_only=True):
    """Something that is new since the day asked about, that day included."""

    kind: Annotated[NewsKind, _about("What is new.")]
    date: Annotated[dt.date, _about("By when it was known, or when it began or ended.")]
    text: Annotated[str, _about("What, in Swedish.")]
    summaries: Annotated[tuple[str, ...], _about("The change in the records' own words.")]
    citations: Citations


class ContradictionView(View, frozen=True, kw_only=True):
    """Something that cannot be true at once; nobody but the parties can settle it."""

    id: Annotated[str, _about("The contradiction's id in this document.")]
    kind: Annotated[ContradictionKind, _about("What does not agree.")]
    subject: Annotated[str, _about("What it is about.")]
    sentence: Annotated[str, _about("The same in Swedish.")]
    statements: Annotated[tuple[StatementView, ...], _about("What each party says, newest first.")]


class PossiblySameView(View, frozen=True, kw_only=True):
    """Things that look alike but have no id in common: marked, never merged."""

    id: Annotated[str, _about("The mark's id in this document.")]
    kind: Annotated[PossiblySameKind, _about("Contacts or times.")]
    items: Annotated[tuple[str, ...], _about("Ids of the contacts or the items on the timeline.")]
    sentence: Annotated[str, _about("The same in Swedish.")]


# --- the whole ----------------------------------------------------------------------------------


class PlansKnown(StrEnum):
    """Whether there are plans. "None" is only ever said when every source delivered all it has."""

    SOME = "some"
    NONE = "none"
    UNKNOWN = "unknown"


class Overview(View, frozen=True, kw_only=True):
    """One person's plans, goals, times, contacts and agreements from all sources, as one overview.

    What may not be shown to the audience is not here, nor counted, nor hinted at. What is missing
    comes first.
    """

    schema_version: Annotated[str, _about("The version of this document's schema.")]
    missing_sources: Annotated[
        tuple[SourceState, ...], _about("Sources that are missing or incomplete: say this first.")
    ]
    plans_known: Annotated[PlansKnown, _about("Whether there are plans or agreements, or nobody can know.")]
    patient: Annotated[str, _about("The patient's id with its last four digits hidden.")]
    audience: Annotated[Audience, _about("For whom the overview is made.")]
    today: Annotated[dt.date, _about("The day it was made for.")]
    since: Annotated[dt.date | None, _about("The day that `news` counts from.")]
    next_time: Annotated[TimedItem | None, _about("The next thing with a date that is not recurring.")]
    next_steps: Annotated[tuple[NextStepView, ...], _about("What was agreed and lies ahead.")]
    contradictions: Annotated[tuple[ContradictionView, ...], _about("What does not agree.")]
    risks: Annotated[tuple[RiskView, ...], _about("Signs to look out for and what to do, red first.")]
    contacts: Annotated[tuple[Contact, ...], _about("Current, then coming, then past; fixed first.")]
    coming: Annotated[tuple[TimedItem, ...], _about("Times ahead, the nearest first; today included.")]
    approximate: Annotated[tuple[TimedItem, ...], _about("Times that are only roughly known.")]
    ongoing: Annotated[tuple[TimedItem, ...], _about("What goes on now, without recurring.")]
    weekly_help: Annotated[tuple[Help, ...], _about("What comes back, the most often first.")]
    agreements: Annotated[tuple[AgreementView, ...], _about("Those in force first.")]
    goals: Annotated[tuple[GoalView, ...], _about("Those that are worked on first.")]
    plans: Annotated[tuple[PlanView, ...], _about("Those in force first, then by scope.")]
    important: Annotated[tuple[ImportantView, ...], _about("What matters to the patient.")]
    news: Annotated[tuple[NewsItem, ...], _about("What is new since `since`, the newest first.")]
    past: Annotated[tuple[TimedItem, ...], _about("Times that have been, the latest first.")]
    possibly_same: Annotated[tuple[PossiblySameView, ...], _about("What may be the same.")]
    attachments: Annotated[tuple[AttachmentView, ...], _about("Documents.")]
    sources: Annotated[tuple[SourceState, ...], _about("Every source that was asked.")]
    provenance: Annotated[tuple[ProvenanceView, ...], _about("Every record that is shown.")]
