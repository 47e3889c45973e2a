"""What happens when: everything with a time, in order, each booked time once.

Pure; "today" is passed in. References to the same booking are one item (contract description,
section 5, rule 3); what recurs is no item here but help (`recurring`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from enum import StrEnum
from typing import Final, TypeAlias

import msgspec

from riv_careplans.aggregate.collation import swedish_key
from riv_careplans.aggregate.elements import bookings_of, goals_of, timed_elements_of, timing_of
from riv_careplans.aggregate.merged import Merged
from riv_careplans.codes import ActivityStatus
from riv_careplans.identity import PartialTime, format_date
from riv_careplans.model import Activity, FollowUp, FollowUpOutcome, NextStep, PartialPeriod, Timing
from riv_careplans.overview.entries import Entry, Standing
from riv_careplans.overview.marks import Place
from riv_careplans.overview.view import TimedKind, When
from riv_careplans.swedish.dates import iso_time
from riv_careplans.swedish.timing import timing_text
from riv_careplans.swedish.words import lower_first

__all__ = ["Bucket", "GatheredTime", "Told", "gather_times", "when_of"]

Element: TypeAlias = Activity | NextStep | FollowUp | FollowUpOutcome


class Bucket(StrEnum):
    """Where on the timeline something belongs."""

    COMING = "coming"
    APPROXIMATE = "approximate"
    ONGOING = "ongoing"
    PAST = "past"


class Told(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One record's word on something with a time."""

    entry: Entry
    path: str
    element: Element
    title: str
    timing: Timing | None

    @property
    def place(self) -> Place:
        """Where it is said."""
        return self.entry.key, self.path

    @property
    def status(self) -> ActivityStatus | None:
        """Where an activity is in its life."""
        return self.element.status if isinstance(self.element, Activity) else None

    @property
    def kind(self) -> TimedKind:
        """What it is."""
        return _KINDS[type(self.element)]


_KINDS: Final[Mapping[type[Element], TimedKind]] = {
    Activity: TimedKind.ACTIVITY,
    NextStep: TimedKind.NEXT_STEP,
    FollowUp: TimedKind.FOLLOW_UP,
    FollowUpOutcome: TimedKind.FOLLOW_UP_OUTCOME,
}
_UNTIMED: Final[Mapping[ActivityStatus, Bucket]] = {
    ActivityStatus.ONGOING: Bucket.ONGOING,
    # The booking knows the time; the record does not repeat it.
    ActivityStatus.BOOKED: Bucket.APPROXIMATE,
}
_RANK: Final = {kind: number for number, kind in enumerate(TimedKind)}


class GatheredTime(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """An item before it is shown: all that is said of it, the telling one first."""

    id: str
    bucket: Bucket
    timing: Timing | None
    told: Sequence[Told]


# --- gathering ----------------------------------------------------------------------------------


def gather_times(entries: Iterable[Entry], merged: Merged, today: date) -> tuple[GatheredTime, ...]:
    """Find everything with a time, in order of time."""
    bookings = _bookings(merged)
    groups: dict[object, list[Told]] = defaultdict(list)
    for entry in entries:
        for told in _told_of(entry):
            for group in _groups_of(told, bookings):
                groups[group].append(told)
    rows = []
    for members in groups.values():
        row = _telling_first(members)
        timing = _timing_of_row(row)
        bucket = _bucket(timing, row[0].status, today)
        if bucket is not None and any(_stands(told, bucket) for told in row):
            rows.append((bucket, timing, row))
    rows.sort(key=lambda one: (_start(one[1]), swedish_key(one[2][0].title), one[2][0].place))
    return tuple(
        GatheredTime(id=f"time-{number}", bucket=bucket, timing=timing, told=row)
        for number, (bucket, timing, row) in enumerate(rows, 1)
    )


def _told_of(entry: Entry) -> Iterator[Told]:
    """Give what a record says; what recurs is left to `recurring`."""
    goals = {f"{path}/followUp": f"målet: {goal.text}" for path, goal in goals_of(entry.record)}
    for path, element in timed_elements_of(entry.record):
        timing = timing_of(element)
        if timing is not None and timing.recurrence is not None:
            continue
        match element:
            case Activity():
                title = element.title
            case NextStep():
                title = element.text
            case FollowUp():
                title = f"Uppföljning av {goals.get(path) or lower_first(entry.title)}"
                yield from _outcomes(entry, path, element, title)
                if element.outcomes and _is_done(element):
                    continue
        yield Told(entry=entry, path=path, element=element, title=title, timing=timing)


def _outcomes(entry: Entry, path: str, follow_up: FollowUp, title: str) -> Iterator[Told]:
    for number, outcome in enumerate(follow_up.outcomes, 1):
        day = Timing(at=PartialTime(format_date(outcome.date)))
        yield Told(entry=entry, path=f"{path}/outcome[{number}]", element=outcome, title=title, timing=day)


def _is_done(follow_up: FollowUp) -> bool:
    """Say whether the latest outcome is that of the planned time, or later."""
    latest = max(outcome.date for outcome in follow_up.outcomes)
    return _start(follow_up.planned).date() <= latest if follow_up.planned is not None else True


def _bookings(merged: Merged) -> Mapping[Place, tuple[int, ...]]:
    """Give the numbers of the booked times that an element shares with other elements."""
    shared: dict[Place, list[int]] = defaultdict(list)
    for number, appointment in enumerate(merged.appointments):
        if len(appointment.mentions) > 1:
            for mention in appointment.mentions:
                shared[mention.record, mention.path].append(number)
    return {place: tuple(numbers) for place, numbers in shared.items()}


def _groups_of(told: Told, bookings: Mapping[Place, tuple[int, ...]]) -> tuple[object, ...]:
    """Give what an element is one item with: its booked times, else nothing but itself.

    A series of visits with a booking each belongs to every one of the booked times that others name.
    """
    return bookings.get(told.place) or (told.place,)


def _telling_first(members: Iterable[Told]) -> list[Told]:
    """Put first what tells most: in force, an activity before a mere reference, then the newest."""
    ordered = sorted(members, key=lambda told: told.place)
    ordered.sort(key=lambda told: told.entry.record.header.record.updated_time, reverse=True)
    ordered.sort(key=lambda told: (not told.entry.in_force, _RANK[told.kind]))
    return ordered


def _timing_of_row(row: Sequence[Told]) -> Timing | None:
    """Give the most exact of the times; of equally exact ones the first."""
    timings = [told.timing for told in row if told.timing is not None]
    return max(timings, key=_exactness, default=None)


def _exactness(timing: Timing) -> int:
    if timing.at is not None:
        return len(timing.at.digits)
    return len(timing.period.start.digits) - 1 if timing.period is not None else 0


# --- where it belongs ---------------------------------------------------------------------------


def _bucket(timing: Timing | None, status: ActivityStatus | None, today: date) -> Bucket | None:
    """Say where something belongs; nowhere when it is neither timed, booked nor going on."""
    if timing is None:
        return _UNTIMED.get(status) if status is not None else None
    if status is ActivityStatus.COMPLETED:
        return Bucket.PAST
    if timing.at is not None:
        return _bucket_of_moment(timing.at, status, today)
    if timing.period is not None:
        return _bucket_of_period(timing.period, status, today)
    sort_time = timing.approximate.sort_time if timing.approximate is not None else None
    gone = sort_time is not None and sort_time.last_day < today
    return Bucket.PAST if gone else Bucket.APPROXIMATE


def _bucket_of_period(period: PartialPeriod, status: ActivityStatus | None, today: date) -> Bucket:
    start, end = period.start, period.end
    if end is not None and end.last_day < today:
        return Bucket.PAST
    # A visit from ten to eleven today is still to come.
    is_ahead = start.start.date() > today or (end is not None and start.start.date() == today == end.last_day)
    if status is ActivityStatus.ONGOING or not is_ahead:
        return Bucket.ONGOING
    return Bucket.COMING if _is_dated(start) else Bucket.APPROXIMATE


def _bucket_of_moment(moment: PartialTime, status: ActivityStatus | None, today: date) -> Bucket:
    if moment.last_day < today:
        return Bucket.ONGOING if status is ActivityStatus.ONGOING else Bucket.PAST
    return Bucket.COMING if _is_dated(moment) else Bucket.APPROXIMATE


def _is_dated(moment: PartialTime) -> bool:
    return moment.precision in ("day", "second")


def _stands(told: Told, bucket: Bucket) -> bool:
    """Say whether a record that may be out of force still says this.

    What has been done stands in any record; a booked time stands until its record is replaced.
    """
    match told.entry.standing:
        case Standing.IN_FORCE:
            return True
        case Standing.CLOSED:
            booked = not isinstance(told.element, FollowUpOutcome) and bool(bookings_of(told.element))
            return bucket is Bucket.PAST or (booked and bucket is Bucket.COMING)
        case Standing.REPLACED:
            return told.status is ActivityStatus.COMPLETED or told.kind is TimedKind.FOLLOW_UP_OUTCOME


def _start(timing: Timing | None) -> datetime:
    """Give what an item is sorted by; what has no time comes last."""
    start, _ = _ends(timing)
    return start.start if start is not None else datetime.combine(date.max, time.max)


def _ends(timing: Timing | None) -> tuple[PartialTime | None, PartialTime | None]:
    if timing is None:
        return None, None
    if timing.period is not None:
        return timing.period.start, timing.period.end
    return (timing.approximate.sort_time if timing.approximate is not None else timing.at), None


def when_of(timing: Timing | None) -> When | None:
    """Tell a time; nothing for none, and for what recurs."""
    if timing is None or timing.recurrence is not None:
        return None
    start, end = _ends(timing)
    return When(
        text=timing_text(timing) or "",
        start=iso_time(start) if start is not None else None,
        end=iso_time(end) if end is not None else None,
    )
