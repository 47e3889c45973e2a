"""Plans and agreements as values, with their goals, risks and what matters: a part of the JSON document.

Values only; `agreements`, `goals`, `risks` and `plans` make them. The whole document is in `view`.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from riv_careplans.aggregate.merged import DifferenceKind
from riv_careplans.codes import (
    Achievement,
    ActivityStatus,
    AgreementStatus,
    CircumstanceKind,
    ContinuedContactCode,
    ExpressedBy,
    GoalCategory,
    GoalStatus,
    ImportantKind,
    Initiator,
    InvolvedBy,
    InvolvementForm,
    PlanStatus,
    RiskLevel,
    Scope,
    Urgency,
)
from riv_careplans.overview.view_base import Citation, Citations, NamedParty, View, When, about

__all__ = [
    "ActionView",
    "AgreementView",
    "CircumstanceView",
    "DifferenceView",
    "Earlier",
    "GoalView",
    "ImportantView",
    "NextStepView",
    "PlanActivity",
    "PlanPart",
    "PlanView",
    "ResponsibilityView",
    "RiskView",
    "StatementView",
    "TargetView",
    "TriggerView",
]


class ResponsibilityView(View, frozen=True, kw_only=True):
    """Who does what in an agreement."""

    who: Annotated[Initiator, about("The patient, care or a relative.")]
    text: Annotated[str, about("What it is.")]
    party: Annotated[NamedParty | None, about("Who exactly.")]


class NextStepView(View, frozen=True, kw_only=True):
    """A step that was agreed on."""

    text: Annotated[str, about("What happens next.")]
    initiator: Annotated[Initiator | None, about("Who takes the initiative.")]
    when: Annotated[When | None, about("When, if that is known.")]
    past: Annotated[bool, about("Whether its time has passed.")]
    item: Annotated[str | None, about("Id of the item on the timeline, when it is there.")]
    citations: Citations


class AgreementView(View, frozen=True, kw_only=True):
    """A documented agreement."""

    title: Annotated[str, about("The agreement's title.")]
    status: Annotated[AgreementStatus, about("Where the agreement is in its life.")]
    current: Annotated[bool, about("Whether it is still in force.")]
    start: Annotated[dt.date, about("First day.")]
    end: Annotated[dt.date | None, about("Last day, when there is one.")]
    parties: Annotated[tuple[NamedParty, ...], about("Between whom.")]
    decided: Annotated[tuple[str, ...], about("What was decided.")]
    responsibilities: Annotated[tuple[ResponsibilityView, ...], about("Who does what.")]
    next_steps: Annotated[tuple[NextStepView, ...], about("What happens next.")]
    continued_contact: Annotated[ContinuedContactCode | None, about("Whether the contact goes on.")]
    continued_contact_text: Annotated[str | None, about("The same in the record's words.")]
    follow_ups: Annotated[tuple[str, ...], about("When and how it is followed up, in Swedish.")]
    earlier: Annotated[Earlier | None, about("Its goals and risks, when it is no longer in force.")]
    related: Annotated[tuple[str, ...], about("Related records, in Swedish.")]
    citations: Citations


class TargetView(View, frozen=True, kw_only=True):
    """What to measure, and the value to reach."""

    measure: Annotated[str, about("What is measured.")]
    value: Annotated[str | None, about("The value to reach.")]
    unit: Annotated[str | None, about("The value's unit.")]
    due: Annotated[dt.date | None, about("By when.")]


class GoalView(View, frozen=True, kw_only=True):
    """A goal, with its sub-goals; said once where the parts of a joint plan say it alike."""

    text: Annotated[str, about("The goal.")]
    category: Annotated[GoalCategory | None, about("Which part of life it is about.")]
    expressed_by: Annotated[ExpressedBy | None, about("Whose words it is in.")]
    status: Annotated[GoalStatus, about("Where the goal is in its life.")]
    achievement: Annotated[Achievement | None, about("How far it is reached.")]
    achievement_date: Annotated[dt.date | None, about("When that was judged.")]
    achievement_comment: Annotated[str | None, about("A comment on it.")]
    targets: Annotated[tuple[TargetView, ...], about("What to measure.")]
    responsible: Annotated[tuple[NamedParty, ...], about("Who is responsible.")]
    follow_up: Annotated[When | None, about("When it is followed up.")]
    follow_up_text: Annotated[
        str | None, about("When and how it is followed up, by whom, and what was found; in Swedish.")
    ]
    sub_goals: Annotated[tuple[GoalView, ...], about("The steps on the way.")]
    plan: Annotated[str, about("Title of the plan or agreement that it belongs to.")]
    contradictions: Annotated[tuple[str, ...], about("Ids of contradictions that this is part of.")]
    citations: Citations


class TriggerView(View, frozen=True, kw_only=True):
    """A sign to look out for."""

    text: Annotated[str, about("The sign.")]
    level: Annotated[RiskLevel | None, about("How serious, as a traffic light.")]


class ActionView(View, frozen=True, kw_only=True):
    """What to do when the sign comes."""

    text: Annotated[str, about("What to do.")]
    urgency: Annotated[Urgency | None, about("How soon.")]
    performer: Annotated[NamedParty | None, about("Who does it.")]
    contact: Annotated[str | None, about("Id of the contact to turn to.")]


class RiskView(View, frozen=True, kw_only=True):
    """A risk: its signs and what to do, the most serious first."""

    level: Annotated[RiskLevel | None, about("The most serious level among the signs.")]
    triggers: Annotated[tuple[TriggerView, ...], about("The signs, red first.")]
    actions: Annotated[tuple[ActionView, ...], about("What to do, the most urgent first.")]
    agreed: Annotated[dt.date | None, about("When it was agreed.")]
    review: Annotated[dt.date | None, about("When it is looked over again.")]
    plan: Annotated[str, about("Title of the plan or agreement that it belongs to.")]
    citations: Citations


class ImportantView(View, frozen=True, kw_only=True):
    """What matters to the patient."""

    text: Annotated[str, about("In plain words.")]
    kind: Annotated[ImportantKind | None, about("What kind of thing it is.")]
    expressed_by: Annotated[ExpressedBy | None, about("Whose words it is in.")]
    date: Annotated[dt.date | None, about("When it was said; the latest day.")]
    citations: Citations


# --- plans --------------------------------------------------------------------------------------


class Earlier(View, frozen=True, kw_only=True):
    """What a record that is no longer in force had: it is not among the overview's goals and risks."""

    goals: Annotated[tuple[GoalView, ...], about("The goals it had.")]
    risks: Annotated[tuple[RiskView, ...], about("The risks it told of.")]
    important: Annotated[tuple[ImportantView, ...], about("What mattered to the patient.")]


class PlanActivity(View, frozen=True, kw_only=True):
    """A row of a plan, with all that is said of it."""

    title: Annotated[str, about("What is done.")]
    status: Annotated[ActivityStatus, about("Where the activity is in its life.")]
    when: Annotated[str | None, about("When or how often, in Swedish.")]
    how_often: Annotated[str | None, about("How often, in the record's own words.")]
    text: Annotated[str | None, about("More about it.")]
    preparation: Annotated[str | None, about("What to do before.")]
    place: Annotated[str | None, about("Where, in Swedish.")]
    granted: Annotated[str | None, about("What was decided and when, in Swedish.")]
    goals: Annotated[tuple[str, ...], about("Texts of the goals it serves.")]
    performers: Annotated[tuple[NamedParty, ...], about("Who does it.")]
    responsible: Annotated[NamedParty | None, about("Who is responsible.")]
    citation: Annotated[Citation, about("The record and the law of the row.")]


class CircumstanceView(View, frozen=True, kw_only=True):
    """A starting point of a plan."""

    kind: Annotated[CircumstanceKind, about("What kind of starting point.")]
    text: Annotated[str, about("The starting point.")]
    when: Annotated[str | None, about("When it was, in Swedish.")]


class PlanPart(View, frozen=True, kw_only=True):
    """What one source says of a plan; a plan of its own has one part."""

    title: Annotated[str, about("The plan's title in this source.")]
    care_unit: Annotated[str, about("The care unit, else the care giver.")]
    care_giver: Annotated[str, about("The care giver.")]
    status: Annotated[PlanStatus, about("Where the part is in its life.")]
    current: Annotated[bool, about("Whether it is still in force.")]
    period: Annotated[str | None, about("How long it is valid, in Swedish.")]
    summary: Annotated[str | None, about("What the plan is about.")]
    responsible: Annotated[NamedParty | None, about("Who is responsible for the plan.")]
    involvement: Annotated[InvolvementForm | None, about("How the patient took part.")]
    agreed: Annotated[bool | None, about("Whether the patient agrees.")]
    involved: Annotated[dt.date | None, about("When the patient took part or agreed.")]
    involved_by: Annotated[InvolvedBy | None, about("Who took part or agreed: patient or representative.")]
    participants: Annotated[tuple[str, ...], about("Ids of the contacts that take part.")]
    circumstances: Annotated[tuple[CircumstanceView, ...], about("The starting points.")]
    needs: Annotated[tuple[str, ...], about("What the patient needs, with its area, in Swedish.")]
    activities: Annotated[tuple[PlanActivity, ...], about("What is to be done.")]
    follow_ups: Annotated[tuple[str, ...], about("When and how it is followed up, in Swedish.")]
    related: Annotated[tuple[str, ...], about("Related records, in Swedish.")]
    earlier: Annotated[Earlier | None, about("Its goals and risks, when the part is no longer in force.")]
    document_only: Annotated[bool, about("Whether the plan is nothing but a document.")]
    citation: Annotated[Citation, about("The record.")]


class StatementView(View, frozen=True, kw_only=True):
    """What one record says about something that records disagree on."""

    said_by: Annotated[str, about("The care unit that says it, else the care giver.")]
    care_giver: Annotated[str, about("The care giver that answers for it.")]
    label: Annotated[str, about("What the record calls the thing.")]
    value: Annotated[str, about("What it says, in Swedish.")]
    when: Annotated[str | None, about("When or how often that is, in Swedish; null when not said.")]
    updated: Annotated[dt.datetime, about("When the record was last changed; Swedish local time.")]
    citation: Annotated[Citation, about("The record.")]


class DifferenceView(View, frozen=True, kw_only=True):
    """What the parts of one plan say differently. Contract description, section 5, rule 2."""

    kind: Annotated[DifferenceKind, about("What they differ in.")]
    sentence: Annotated[str, about("The same in Swedish.")]
    statements: Annotated[tuple[StatementView, ...], about("What each part says, newest first.")]


class PlanView(View, frozen=True, kw_only=True):
    """One plan; a joint plan has a part from each party. Contract description, section 5, rule 2."""

    title: Annotated[str, about("The plan's title.")]
    type: Annotated[str, about("The type of plan, in Swedish.")]
    scope: Annotated[Scope, about("How much it covers; the most prominent plans come first.")]
    status: Annotated[PlanStatus, about("Where the plan is in its life.")]
    current: Annotated[bool, about("Whether any part of it is still in force.")]
    joint: Annotated[bool, about("Whether several parties share it.")]
    parts: Annotated[tuple[PlanPart, ...], about("One for each source.")]
    differences: Annotated[tuple[DifferenceView, ...], about("What the parts say differently.")]
