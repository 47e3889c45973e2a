"""What does not agree, as it is shown: every side quoted, with who says it and when.

Pure. Settles nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from riv_careplans.aggregate.elements import activities_of
from riv_careplans.aggregate.merged import (
    Contradiction,
    ContradictionKind,
    Difference,
    DifferenceKind,
    GoalState,
    Merged,
    PlannedTimes,
    PossiblySameKind,
    RecordKey,
    Responsible,
    Statement,
    Value,
)
from riv_careplans.codes import PlanStatus, Scope
from riv_careplans.model import CV, DatePeriod, Participant
from riv_careplans.overview.audience import Audience
from riv_careplans.overview.entries import Entry
from riv_careplans.overview.follow_ups import when_text
from riv_careplans.overview.marks import Marks, contradiction_ids
from riv_careplans.overview.parties import party_text
from riv_careplans.overview.view import (
    ContradictionView,
    DifferenceView,
    PossiblySameView,
    StatementView,
)
from riv_careplans.swedish.dates import in_words, period_text
from riv_careplans.swedish.timing import timing_text
from riv_careplans.swedish.words import ACHIEVEMENT, GOAL_STATUS, PLAN_STATUS, SCOPE

__all__ = ["contradictions_of", "difference_of", "possibly_same_of"]

_CONTRADICTION = {
    ContradictionKind.TWO_PRIMARY_CARE_PHYSICIANS: (
        "Det finns olika uppgifter om vem som är fast läkarkontakt i primärvården."
    ),
    ContradictionKind.GOAL_STATUS: "Det finns olika uppgifter om målet är nått: {subject}.",
    ContradictionKind.FOLLOW_UP_DATES: "Det finns olika uppgifter om när planen följs upp: {subject}.",
    ContradictionKind.RESPONSIBLE: "Det finns olika uppgifter om vem som ansvarar: {subject}.",
}
_DIFFERENCE = {
    DifferenceKind.TYPE: "Delarna anger olika typ av plan.",
    DifferenceKind.SCOPE: "Delarna anger olika räckvidd.",
    DifferenceKind.TITLE: "Delarna har olika rubrik.",
    DifferenceKind.STATUS: "Delarna anger olika läge för planen.",
    DifferenceKind.PERIOD: "Delarna anger olika giltighetstid.",
    DifferenceKind.RESPONSIBLE: "Delarna anger olika ansvariga för planen.",
    DifferenceKind.AGREED: "Delarna säger olika om planen är godkänd.",
    DifferenceKind.GOAL_STATUS: "Delarna säger olika om hur långt målet har kommit: {subject}.",
    DifferenceKind.FOLLOW_UP_DATES: "Delarna anger olika tider för uppföljning.",
}
_POSSIBLY_SAME = {
    PossiblySameKind.CONTACT: "Kan vara samma person: {items}.",
    PossiblySameKind.TIME: "Kan vara samma tid: {items}.",
}


def contradictions_of(
    merged: Merged, entries: Mapping[RecordKey, Entry], audience: Audience
) -> tuple[ContradictionView, ...]:
    """Show the contradictions."""
    return tuple(
        ContradictionView(
            id=identity,
            kind=one.kind,
            subject=one.subject,
            sentence=_CONTRADICTION[one.kind].format(subject=one.subject),
            statements=_statements(one, entries, audience),
        )
        for identity, one in zip(contradiction_ids(merged), merged.contradictions, strict=True)
    )


def difference_of(
    difference: Difference, entries: Mapping[RecordKey, Entry], audience: Audience
) -> DifferenceView:
    """Show what the parts of a joint plan say differently."""
    return DifferenceView(
        kind=difference.kind,
        sentence=_DIFFERENCE[difference.kind].format(subject=difference.subject),
        statements=_statements(difference, entries, audience),
    )


def _statements(
    stated: Contradiction | Difference, entries: Mapping[RecordKey, Entry], audience: Audience
) -> tuple[StatementView, ...]:
    return tuple(_statement(one, entries[one.record], audience) for one in stated.statements)


def _statement(one: Statement, entry: Entry, audience: Audience) -> StatementView:
    return StatementView(
        said_by=entry.unit,
        care_giver=entry.care_giver,
        label=one.label,
        value=_value_text(one.value, audience),
        when=_when_text(one, entry),
        updated=one.updated_time,
        citation=entry.cite(one.legal_basis),
    )


def _when_text(one: Statement, entry: Entry) -> str | None:
    """Say when what is stated goes on: as the thing itself says, else as it was granted."""
    match one.value:
        case Participant(period=period):
            return period_text(period)
        case Responsible():
            pass
        case _:
            return None
    activity = dict(activities_of(entry.record)).get(one.path)
    if activity is None:
        return None
    bounded = (
        activity.timing is None or activity.timing.recurrence is None or activity.timing.recurrence.bounds
    )
    granted = None if bounded or activity.decision is None else period_text(activity.decision.period)
    return ", ".join(filter(None, (when_text(activity.timing), granted))) or None


def _value_text(value: Value, audience: Audience) -> str:
    match value:
        case Responsible(parties=parties):
            return in_words(party_text(party, audience) for party in parties)
        case GoalState(status=status, achievement=achievement):
            reached = f", {ACHIEVEMENT[achievement.code]}" if achievement is not None else ""
            return f"{GOAL_STATUS[status]}{reached}"
        case PlannedTimes(times=times):
            return in_words(timing_text(timing) or "" for timing in times)
        case Participant():
            return _participant_text(value)
        case _:
            return _word_text(value)


def _word_text(value: bool | str | Scope | PlanStatus | CV | DatePeriod) -> str:  # noqa: FBT001 - a value
    match value:
        case bool():
            return "ja" if value else "nej"
        case Scope():
            return SCOPE[value]
        case PlanStatus():
            return PLAN_STATUS[value]
        case CV():
            return value.text or "okänd"
        case DatePeriod():
            return period_text(value) or ""
        case str():
            return value


def _participant_text(participant: Participant) -> str:
    known = participant.person or participant.team
    name = (known.name if known is not None else None) or "okänd"
    unit = participant.organization.name if participant.organization is not None else None
    return f"{name} ({unit})" if unit else name


def possibly_same_of(marks: Marks, titles: Mapping[str, str]) -> tuple[PossiblySameView, ...]:
    """Show what may be the same; `titles` names the overview's items by their ids."""
    return tuple(
        PossiblySameView(
            id=one.id,
            kind=one.kind,
            items=one.items,
            sentence=_POSSIBLY_SAME[one.kind].format(items=in_words(_named(one.items, titles))),
        )
        for one in marks.alike
    )


def _named(items: Iterable[str], titles: Mapping[str, str]) -> list[str]:
    """Name the items; the same name once, with how many bear it."""
    names: dict[str, int] = {}
    for item in items:
        names[titles[item]] = names.get(titles[item], 0) + 1
    return [f"{name} ({count} rader)" if count > 1 else name for name, count in names.items()]
