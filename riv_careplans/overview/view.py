"""What a person is shown, as values: the JSON document `overview` and what the text is written from.

Values only; `build` makes them. Every field is always there, so that a reader of the JSON never asks
whether a key exists: absent is `null`, none is `[]`. Codes are the contract's own words; texts are
plain Swedish. The descriptions become the published JSON Schema (`overview_schema`).
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Final

from riv_careplans.aggregate.merged import ContradictionKind, PossiblySameKind, RecordKind
from riv_careplans.codes import (
    ActivityKind,
    ActivityStatus,
    ChannelSystem,
    DayPart,
    Informant,
    LegalBasis,
    MediaType,
    Origin,
    Sharing,
    TimeUnit,
    WeekDay,
)
from riv_careplans.exchange import OutcomeKind
from riv_careplans.overview.audience import Audience
from riv_careplans.overview.view_base import Citation, Citations, NamedParty, View, When
from riv_careplans.overview.view_base import about as _about
from riv_careplans.overview.view_plans import (
    ActionView,
    AgreementView,
    CircumstanceView,
    DifferenceView,
    Earlier,
    GoalView,
    ImportantView,
    NextStepView,
    PlanActivity,
    PlanPart,
    PlanView,
    ResponsibilityView,
    RiskView,
    StatementView,
    TargetView,
    TriggerView,
)

__all__ = [
    "SCHEMA_VERSION",
    "ActionView",
    "AgreementView",
    "Assumed",
    "AttachmentView",
    "ChannelView",
    "CircumstanceView",
    "Citation",
    "Contact",
    "ContradictionView",
    "DifferenceView",
    "Differing",
    "Earlier",
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
    "UnitView",
    "View",
    "When",
]

SCHEMA_VERSION: Final = "1.0"
"""The version of the JSON document: a new first number breaks readers, a new second number adds."""


class Assumed(StrEnum):
    """Something that an overview must have and a contract has no word for."""

    STATUS = "status"
    SCOPE = "scope"
    ORIGIN = "origin"


class ProvenanceView(View, frozen=True, kw_only=True):
    """Where one record comes from, how it got here, and who may see it."""

    number: Annotated[int, _about("What items refer to; 1, 2, 3 and so on.")]
    kind: Annotated[RecordKind, _about("Care plan or agreement.")]
    title: Annotated[str, _about("The record's title.")]
    source_system: Annotated[str, _about("The source system's name, else its id.")]
    source_system_id: Annotated[str, _about("The source system's id.")]
    record_id: Annotated[str, _about("The record's id in the source system.")]
    care_giver: Annotated[
        str, _about("The accountable care giver's name, else its id; in words when the source states none.")
    ]
    care_unit: Annotated[
        str | None, _about("The accountable care unit's name, else its id; where none is, the author's unit.")
    ]
    legal_basis: Annotated[LegalBasis, _about("The law the record is kept under.")]
    origin: Annotated[
        Origin | None, _about("Handed over automatically, or entered by hand; null: the source does not say.")
    ]
    assumed: Annotated[
        tuple[Assumed, ...],
        _about("What no source states, as its contract has no word for it; the values shown are assumed."),
    ]
    informants: Annotated[tuple[Informant, ...], _about("Who gave the information.")]
    author: Annotated[str | None, _about("Who wrote the record.")]
    author_unit: Annotated[str | None, _about("Where it was written: the author's unit.")]
    created: Annotated[dt.datetime | None, _about("When the record was made; Swedish local time.")]
    updated: Annotated[dt.datetime, _about("When the record was last changed; Swedish local time.")]
    signed: Annotated[dt.datetime | None, _about("When the record was signed; Swedish local time.")]
    signer: Annotated[str | None, _about("Who signed the record.")]
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
    differing: Annotated[
        tuple[Differing, ...], _about("What other records say otherwise; above is the most trusted record's.")
    ]
    possibly_same: Annotated[tuple[str, ...], _about("Ids of marks: another row may be the same person.")]
    contradictions: Annotated[tuple[str, ...], _about("Ids of contradictions that this is part of.")]
    citations: Citations


class Differing(View, frozen=True, kw_only=True):
    """Something that another record says otherwise about the same contact or booked time."""

    text: Annotated[str, _about("What it says, in Swedish.")]
    citations: Citations


class UnitView(View, frozen=True, kw_only=True):
    """An organisation that answers for records or wrote them, and how to reach it."""

    name: Annotated[str, _about("The organisation's name, else its id.")]
    channels: Annotated[tuple[ChannelView, ...], _about("How to reach it; never empty.")]
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
    granted: Annotated[str | None, _about("What was decided and when, in Swedish.")]
    over: Annotated[
        str | None,
        _about("Said when no record in force has the time: `planen är avbruten`. Ask whether it still is."),
    ]
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
    preparation: Annotated[str | None, _about("What to do before.")]
    place: Annotated[str | None, _about("Where, in Swedish.")]
    performers: Annotated[tuple[NamedParty, ...], _about("Who does it.")]
    responsible: Annotated[NamedParty | None, _about("Who is responsible.")]
    granted: Annotated[str | None, _about("What was decided and when, in Swedish.")]
    goals: Annotated[tuple[str, ...], _about("Texts of the goals it serves.")]
    contradictions: Annotated[tuple[str, ...], _about("Ids of contradictions that this is part of.")]
    citations: Citations


# --- agreements, goals, risks, what matters -----------------------------------------------------


class AttachmentView(View, frozen=True, kw_only=True):
    """A document."""

    title: Annotated[str | None, _about("The document's title.")]
    media_type: Annotated[MediaType, _about("Kind of document.")]
    size: Annotated[int | None, _about("Size in bytes.")]
    created: Annotated[dt.datetime | None, _about("When it was made; Swedish local time.")]
    reference: Annotated[str | None, _about("Where it is, when it is not embedded; http or https.")]
    embedded: Annotated[bool, _about("Whether the record holds the document itself.")]
    file: Annotated[
        str | None, _about("Name of the file it is saved as; null when the record does not hold it.")
    ]
    held_by: Annotated[str, _about("The unit that has the document.")]
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
    date: Annotated[dt.date, _about("When it was made or changed, was known, began or ended.")]
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
    units: Annotated[tuple[UnitView, ...], _about("How to reach the units that answer for the records.")]
    coming: Annotated[tuple[TimedItem, ...], _about("Times ahead, the nearest first; today included.")]
    approximate: Annotated[tuple[TimedItem, ...], _about("Times that are only roughly known.")]
    ongoing: Annotated[tuple[TimedItem, ...], _about("What goes on now, without recurring.")]
    weekly_help: Annotated[tuple[Help, ...], _about("What comes back, the most often first.")]
    agreements: Annotated[tuple[AgreementView, ...], _about("Those in force first.")]
    goals: Annotated[
        tuple[GoalView, ...],
        _about("Of records in force, those that are worked on first; other goals are in `earlier`."),
    ]
    plans: Annotated[tuple[PlanView, ...], _about("Those in force first, then by scope.")]
    important: Annotated[tuple[ImportantView, ...], _about("What matters to the patient.")]
    news: Annotated[tuple[NewsItem, ...], _about("What is new since `since`, the newest first.")]
    past: Annotated[tuple[TimedItem, ...], _about("Times that have been, the latest first.")]
    possibly_same: Annotated[tuple[PossiblySameView, ...], _about("What may be the same.")]
    attachments: Annotated[tuple[AttachmentView, ...], _about("Documents.")]
    sources: Annotated[tuple[SourceState, ...], _about("Every source that was asked.")]
    provenance: Annotated[tuple[ProvenanceView, ...], _about("Every record that is shown.")]
