"""Plans, as they are shown: one plan per joint plan, with a part from each source.

Pure. Contract description, section 5, rule 2: every row keeps its source and its law.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import msgspec

from riv_careplans.aggregate.collation import swedish_key
from riv_careplans.aggregate.merged import AnyRecord, Merged, MergedPlan, RecordKey, record_key
from riv_careplans.codes import CARE_PLAN_TYPE_SYSTEM, PlanStatus, PlanType, Scope
from riv_careplans.model import CV, Activity, CarePlan, Need
from riv_careplans.overview.audience import Audience, referred_to
from riv_careplans.overview.contacts import phase_of
from riv_careplans.overview.disputes import difference_of
from riv_careplans.overview.entries import Entry
from riv_careplans.overview.follow_ups import follow_up_text, when_text
from riv_careplans.overview.goals import earlier_of
from riv_careplans.overview.items import goal_texts, granted_text, place_text
from riv_careplans.overview.marks import Marks
from riv_careplans.overview.parties import Parties
from riv_careplans.overview.view import CircumstanceView, Phase, PlanActivity, PlanPart, PlanView
from riv_careplans.swedish.dates import part_text, period_text
from riv_careplans.swedish.words import EXPRESSED_BY, PLAN_TYPE, RELATION

__all__ = ["Shelf", "plans_of", "related_to"]

_ORDER_OF_SCOPES = {scope: number for number, scope in enumerate(Scope)}
_ORDER_OF_STATUSES = {status: number for number, status in enumerate(PlanStatus)}


class Shelf(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """All that is needed to show a record: the others, the names for its reader, and the day."""

    entries: Mapping[RecordKey, Entry]
    """Every record that may be shown, and no other."""
    parties: Parties
    marks: Marks
    today: date

    def is_current(self, entry: Entry) -> bool:
        """Say whether a record is in force, and its validity not over."""
        return entry.in_force and phase_of(entry.record.body.period, self.today) is not Phase.PAST


def plans_of(merged: Merged, shelf: Shelf) -> tuple[PlanView, ...]:
    """Show all plans: those in force first, then by how much they cover, then by title."""
    return tuple(sorted((_plan(plan, shelf) for plan in merged.plans), key=_order))


def _order(plan: PlanView) -> tuple[object, ...]:
    scope, status = _ORDER_OF_SCOPES[plan.scope], _ORDER_OF_STATUSES[plan.status]
    number = min(part.citation.provenance for part in plan.parts)
    return not plan.current, scope, status, swedish_key(plan.title), number


def _plan(plan: MergedPlan, shelf: Shelf) -> PlanView:
    entries = [shelf.entries[record_key(part)] for part in plan.parts]
    counting = [entry for entry in entries if entry.in_force] or entries
    # A plan is called what its newest part calls it; other titles are among the differences.
    newest = max(counting, key=lambda entry: (entry.record.header.record.updated_time, -entry.number))
    bodies = [entry.record.body for entry in counting if isinstance(entry.record, CarePlan)]
    first = next(part.body for part in plan.parts if record_key(part) == newest.key)
    return PlanView(
        title=first.title,
        type=_type_text(first.type),
        scope=min((body.scope for body in bodies), key=_ORDER_OF_SCOPES.__getitem__),
        status=min((body.status for body in bodies), key=_ORDER_OF_STATUSES.__getitem__),
        current=any(map(shelf.is_current, entries)),
        joint=plan.joint_plan_id is not None,
        parts=tuple(_part(part, entry, shelf) for part, entry in zip(plan.parts, entries, strict=True)),
        differences=tuple(
            difference_of(difference, shelf.entries, shelf.parties.audience)
            for difference in plan.differences
        ),
    )


def _type_text(kind: CV) -> str:
    known = kind.code_system == CARE_PLAN_TYPE_SYSTEM and kind.code in PLAN_TYPE
    if known and kind.code is not None and kind.code != PlanType.OTHER:
        return PLAN_TYPE[PlanType(kind.code)]
    return kind.text or PLAN_TYPE[PlanType.OTHER]


def _part(plan: CarePlan, entry: Entry, shelf: Shelf) -> PlanPart:
    body, parties = plan.body, shelf.parties
    participants = (parties.contact(entry, participant.id) for participant in body.participants)
    return PlanPart(
        title=body.title,
        care_unit=entry.unit,
        care_giver=entry.care_giver,
        status=body.status,
        current=shelf.is_current(entry),
        period=period_text(body.period),
        summary=body.summary,
        responsible=parties.maybe(entry, body.responsible),
        involvement=body.involvement.form if body.involvement else None,
        agreed=body.involvement.agreed if body.involvement else None,
        involved=body.involvement.date if body.involvement else None,
        involved_by=body.involvement.by if body.involvement else None,
        participants=tuple(dict.fromkeys(contact for contact in participants if contact is not None)),
        circumstances=tuple(
            CircumstanceView(
                kind=one.kind, text=one.text, when=part_text(one.time) if one.time is not None else None
            )
            for one in body.circumstances
        ),
        needs=tuple(_need_text(need, parties.audience) for need in body.needs),
        activities=tuple(_activity(activity, entry, parties) for activity in body.activities),
        follow_ups=tuple(follow_up_text(one, entry, parties) for one in body.follow_ups),
        related=tuple(related_to(plan, shelf.entries)),
        earlier=earlier_of(entry, parties, shelf.marks),
        document_only=bool(body.attachments) and not body.goals and not body.activities,
        citation=entry.cite(),
    )


def _need_text(need: Need, audience: Audience) -> str:
    """Say a need, with its area and whose words it is in."""
    words = EXPRESSED_BY[audience][need.expressed_by] if need.expressed_by is not None else None
    beside = ", ".join(filter(None, (need.area.text if need.area is not None else None, words)))
    return f"{need.text} ({beside})" if beside else need.text


def _activity(activity: Activity, entry: Entry, parties: Parties) -> PlanActivity:
    recurrence = activity.timing.recurrence if activity.timing is not None else None
    return PlanActivity(
        title=activity.title,
        status=activity.status,
        when=when_text(activity.timing),
        how_often=recurrence.text if recurrence is not None else None,
        text=activity.text,
        preparation=activity.preparation,
        place=place_text(activity.place) if activity.place is not None else None,
        granted=granted_text(activity.decision),
        goals=goal_texts(entry, activity),
        performers=parties.all(entry, activity.performers),
        responsible=parties.maybe(entry, activity.responsible),
        citation=entry.cite(activity.legal_basis),
    )


def related_to(record: AnyRecord, entries: Mapping[RecordKey, Entry]) -> Iterator[str]:
    """Name the records that a record refers to, as far as they may be shown.

    A reference to any other is left out, its display text too: what is not shown is not hinted at
    (privacy rule P5).
    """
    for relation in dict.fromkeys(related.relation for related in record.body.related_records):
        for key in referred_to(record, relation):
            if key in entries:
                yield f"{RELATION[relation]}: {entries[key].title} [{entries[key].number}]"
