"""The items of the timeline and the help that recurs, as they are shown.

Pure. One item shows what all its records say: the most telling one's words, and what others say otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime
from typing import TypeVar

import msgspec

from riv_careplans.aggregate.collation import same_words, swedish_key
from riv_careplans.aggregate.elements import activities_of
from riv_careplans.codes import ActivityStatus, PartyKind, PlaceKind
from riv_careplans.identity import PartialTime
from riv_careplans.model import (
    Activity,
    CarePlan,
    DatePeriod,
    Decision,
    FollowUp,
    FollowUpOutcome,
    NextStep,
    Party,
    Place,
    Recurrence,
    Timing,
)
from riv_careplans.overview.contacts import phase_of
from riv_careplans.overview.entries import Entry, cited_once, sorted_citations
from riv_careplans.overview.marks import Marks
from riv_careplans.overview.parties import Parties
from riv_careplans.overview.recurrence import occurrences, times_a_year
from riv_careplans.overview.timeline import Bucket, GatheredTime, Told, when_of
from riv_careplans.overview.view import Citation, Differing, Help, Phase, TimedItem
from riv_careplans.swedish.dates import day_text, period_text
from riv_careplans.swedish.timing import how_often
from riv_careplans.swedish.words import (
    ACTIVITY_STATUS,
    AGREEMENT_STATUS,
    FOLLOW_UP_RESULT,
    PLACE_KIND,
    PLAN_STATUS,
    upper_first,
)

__all__ = ["goal_texts", "granted_text", "help_of", "place_text", "timed_item"]

T = TypeVar("T")

_IS_HELP = frozenset(
    {ActivityStatus.PLANNED, ActivityStatus.BOOKED, ActivityStatus.ONGOING, ActivityStatus.ON_HOLD}
)


# --- the timeline -------------------------------------------------------------------------------


def timed_item(gathered: GatheredTime, parties: Parties, marks: Marks) -> TimedItem:
    """Show an item of the timeline."""
    told = gathered.told
    first = told[0]
    activity = _first(told, lambda one: one.element if isinstance(one.element, Activity) else None)
    titles = {same_words(one.title): one.title for one in reversed(told)}
    return TimedItem(
        id=gathered.id,
        kind=first.kind,
        activity_kind=activity.kind if activity else None,
        title=first.title,
        also_called=tuple(
            sorted(
                (title for words, title in titles.items() if words != same_words(first.title)),
                key=swedish_key,
            )
        ),
        when=when_of(gathered.timing),
        status=activity.status if activity else None,
        text=_first(told, _text),
        preparation=activity.preparation if activity else None,
        place=place_text(activity.place) if activity and activity.place else None,
        performers=_first(told, lambda one: parties.all(one.entry, _performers(one)) or None) or (),
        responsible=_first(told, lambda one: parties.maybe(one.entry, _responsible(one))),
        goals=goal_texts(first.entry, activity) if activity else (),
        granted=granted_text(activity.decision) if activity else None,
        over=_over(gathered),
        differing=_differing(gathered),
        possibly_same=marks.possibly_same(gathered.id),
        contradictions=marks.contradictions(one.place for one in told),
        citations=sorted_citations(map(_citation, told)),
    )


def _over(gathered: GatheredTime) -> str | None:
    """Say that no record in force has a time that lies ahead."""
    record = gathered.told[0].entry.record
    # What is most telling comes first, and a record in force tells more than any other.
    if gathered.told[0].entry.in_force or gathered.bucket is Bucket.PAST:
        return None
    if isinstance(record, CarePlan):
        return f"planen är {PLAN_STATUS[record.body.status]}"
    return f"överenskommelsen är {AGREEMENT_STATUS[record.body.status]}"


def _first(told: Iterable[Told], say: Callable[[Told], T | None]) -> T | None:
    return next((said for one in told if (said := say(one)) is not None), None)


def _citation(told: Told) -> Citation:
    return told.entry.cite(told.element.legal_basis if isinstance(told.element, Activity) else None)


def _text(told: Told) -> str | None:
    match told.element:
        case Activity(text=text):
            return text
        case FollowUp(manner=manner):
            return manner
        case FollowUpOutcome(result=result, text=text):
            found = f"Resultat: {FOLLOW_UP_RESULT[result]}" if result is not None else None
            return ". ".join(filter(None, (found, text))) or None
        case NextStep():
            return None


def _performers(told: Told) -> tuple[Party, ...]:
    return told.element.performers if isinstance(told.element, Activity) else ()


def _responsible(told: Told) -> Party | None:
    return told.element.responsible if isinstance(told.element, Activity | FollowUp) else None


def place_text(place: Place) -> str:
    """Say where: in the record's words, else by the kind of place."""
    kind = upper_first(PLACE_KIND[place.kind])
    if place.text is None:
        return kind
    return f"{kind}: {place.text}" if place.kind in (PlaceKind.PHONE, PlaceKind.VIDEO) else place.text


def goal_texts(entry: Entry, activity: Activity) -> tuple[str, ...]:
    """Give the texts of the goals that an activity serves."""
    return tuple(entry.goals[goal] for goal in activity.goal_ids if goal in entry.goals)


def _differing(gathered: GatheredTime) -> tuple[Differing, ...]:
    """Tell what the other records of a booked time say otherwise: the time, or that it is cancelled."""
    status = gathered.told[0].status
    said: list[tuple[str, Citation]] = []
    for told in gathered.told:
        when = when_of(told.timing)
        if when is not None and not _agree(told.timing, gathered.timing):
            said.append((f"Tid: {when.text}", _citation(told)))
        if told.status is not None and told.status is not status:
            said.append((f"Läge: {ACTIVITY_STATUS[told.status]}", _citation(told)))
    return tuple(Differing(text=text, citations=citations) for text, citations in cited_once(said))


def _agree(one: Timing | None, other: Timing | None) -> bool:
    """Say whether two times may be the same: a day and a clock time on it may, words may be any time."""
    first, second = _moment(one), _moment(other)
    if first is None or second is None:
        return True
    shortest = min(len(first.digits), len(second.digits))
    return first.digits[:shortest] == second.digits[:shortest]


def _moment(timing: Timing | None) -> PartialTime | None:
    if timing is None:
        return None
    return timing.period.start if timing.period is not None else timing.at


# --- what recurs --------------------------------------------------------------------------------


class _Recurring(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """An activity that recurs and is not over."""

    entry: Entry
    path: str
    activity: Activity
    recurrence: Recurrence
    within: DatePeriod | None


def help_of(
    entries: Iterable[Entry], parties: Parties, marks: Marks, names: Collection[str], today: date
) -> tuple[Help, ...]:
    """Show what recurs, now or later: what is done by others first, the most often first."""
    found = [one for entry in entries if entry.in_force for one in _recurring_in(entry)]
    shown = [
        (_help(one, parties, marks, names, today), one.entry.cite(one.activity.legal_basis))
        for one in found
        if phase_of(one.within, today) is not Phase.PAST
    ]
    rows = [msgspec.structs.replace(view, citations=citations) for view, citations in cited_once(shown)]
    return tuple(sorted(rows, key=_order))


def _order(shown: Help) -> tuple[object, ...]:
    often = times_a_year(shown.frequency, shown.every, shown.unit)
    return shown.by_patient, -often, swedish_key(shown.title), shown.citations[0].provenance


def _recurring_in(entry: Entry) -> Iterable[_Recurring]:
    for path, activity in activities_of(entry.record):
        recurrence = activity.timing.recurrence if activity.timing is not None else None
        if recurrence is not None and activity.status in _IS_HELP:
            yield _Recurring(
                entry=entry,
                path=path,
                activity=activity,
                recurrence=recurrence,
                within=_within(entry, activity, recurrence),
            )


def _within(entry: Entry, activity: Activity, recurrence: Recurrence) -> DatePeriod | None:
    """Say when it goes on: as the recurrence says, else as it was granted, else as the plan is valid."""
    return _own_period(activity, recurrence) or entry.record.body.period


def _own_period(activity: Activity, recurrence: Recurrence) -> DatePeriod | None:
    return recurrence.bounds or (activity.decision.period if activity.decision is not None else None)


def _help(one: _Recurring, parties: Parties, marks: Marks, names: Collection[str], today: date) -> Help:
    activity, recurrence = one.activity, one.recurrence
    doers = activity.performers or ((activity.responsible,) if activity.responsible else ())
    return Help(
        sentence=how_often(activity.title, recurrence, names),
        title=activity.title,
        by_patient=bool(doers) and all(party.kind is PartyKind.PATIENT for party in doers),
        activity_kind=activity.kind,
        status=activity.status,
        phase=phase_of(one.within, today),
        frequency=recurrence.frequency,
        frequency_max=recurrence.frequency_max,
        every=recurrence.every,
        unit=recurrence.unit,
        week_days=recurrence.week_days,
        times_of_day=tuple(moment.isoformat("minutes") for moment in recurrence.times_of_day),
        day_parts=recurrence.day_parts,
        duration_minutes=recurrence.duration_minutes,
        start=_start_of(one, today),
        end=one.within.end if one.within else None,
        source_text=recurrence.text,
        occurrences=_occurrences(one, today),
        text=activity.text,
        preparation=activity.preparation,
        place=place_text(activity.place) if activity.place else None,
        performers=parties.all(one.entry, activity.performers),
        responsible=parties.maybe(one.entry, activity.responsible),
        granted=granted_text(activity.decision),
        goals=goal_texts(one.entry, activity),
        contradictions=marks.contradictions([(one.entry.key, one.path)]),
        citations=(),
    )


def _start_of(one: _Recurring, today: date) -> date | None:
    """Give its first day: that of the plan only while the plan has not begun, for it may be older."""
    own = _own_period(one.activity, one.recurrence)
    if own is None and phase_of(one.within, today) is not Phase.COMING:
        return None
    return one.within.start if one.within is not None else None


def _occurrences(one: _Recurring, today: date) -> tuple[str, ...]:
    if one.activity.status is ActivityStatus.ON_HOLD:
        return ()
    # Every other week counts from the recurrence's own first day; that of a decision or a plan is another.
    start = one.recurrence.bounds
    if start is None and (one.recurrence.every > 1 or one.recurrence.count is not None):
        return ()
    return tuple(_iso(moment) for moment in occurrences(one.recurrence, one.within, today))


def _iso(moment: date | datetime) -> str:
    return moment.isoformat(timespec="minutes") if isinstance(moment, datetime) else moment.isoformat()


def granted_text(decision: Decision | None) -> str | None:
    """Say what was decided, when and with which number; nothing for no decision."""
    if decision is None:
        return None
    day = f"Beslutat {day_text(decision.date)}" if decision.date is not None else "Beslutat"
    extent, period = decision.extent, period_text(decision.period)
    if extent and period:
        # A source may write sentences of its own.
        extent = f"{extent} Gäller {period}" if extent.endswith(".") else f"{extent}, {period}"
    extent = extent or period
    number = f" (beslut {decision.id})" if decision.id is not None else ""
    return f"{day}{number}: {extent}" if extent else f"{day}{number}"
