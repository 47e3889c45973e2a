"""Walk a record's elements in document order, each with its path, and quote them. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from riv_careplans.aggregate.merged import AnyRecord, Element, Mention, Statement, Value, record_key
from riv_careplans.codes import LegalBasis
from riv_careplans.model import Activity, BookingRef, CarePlan, FollowUp, Goal, NextStep, Participant, Timing

__all__ = [
    "Booking",
    "Timed",
    "activities_of",
    "bookings_of",
    "goals_of",
    "mention",
    "newest_first",
    "participants_of",
    "statement",
    "timed_elements_of",
    "timing_of",
]


Timed: TypeAlias = Activity | NextStep | FollowUp
"""What may have a time or a booking."""

Booking: TypeAlias = tuple[tuple[str, str], str]
"""What a booking is compared by: its facility, and its id there."""


def mention(record: AnyRecord, path: str, element: Element) -> Mention:
    """Point to an element of a record."""
    return Mention(record=record_key(record), path=path, element=element)


def statement(
    record: AnyRecord, path: str, label: str, value: Value, legal_basis: LegalBasis | None = None
) -> Statement:
    """Quote a record; `legal_basis` is the element's own, where it overrides the header's."""
    access = record.header.access_control
    return Statement(
        record=record_key(record),
        care_giver=access.accountable_care_giver,
        care_unit=access.accountable_care_unit,
        legal_basis=legal_basis or access.legal_basis,
        updated_time=record.header.record.updated_time,
        path=path,
        label=label,
        value=value,
    )


def newest_first(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """Order statements by the time of their records; those of the same time keep their order."""
    return tuple(sorted(statements, key=lambda one: one.updated_time, reverse=True))


def participants_of(record: AnyRecord) -> dict[str, Participant]:
    """Give the record's participants by their id in it."""
    return {participant.id: participant for participant in record.body.participants}


def goals_of(record: AnyRecord) -> Iterator[tuple[str, Goal]]:
    """Give every goal and sub-goal."""
    yield from _goals("body/goal", record.body.goals)


def _goals(name: str, goals: tuple[Goal, ...]) -> Iterator[tuple[str, Goal]]:
    for number, goal in enumerate(goals, 1):
        path = f"{name}[{number}]"
        yield path, goal
        yield from _goals(f"{path}/subGoal", goal.sub_goals)


def activities_of(record: AnyRecord) -> Iterator[tuple[str, Activity]]:
    """Give every activity; an agreement has none."""
    if isinstance(record, CarePlan):
        for number, activity in enumerate(record.body.activities, 1):
            yield f"body/activity[{number}]", activity


def timed_elements_of(record: AnyRecord) -> Iterator[tuple[str, Timed]]:
    """Give everything that may have a time or a booking."""
    if not isinstance(record, CarePlan):
        for number, step in enumerate(record.body.next_steps, 1):
            yield f"body/nextStep[{number}]", step
    for path, goal in goals_of(record):
        if goal.follow_up is not None:
            yield f"{path}/followUp", goal.follow_up
    yield from activities_of(record)
    for number, follow_up in enumerate(record.body.follow_ups, 1):
        yield f"body/followUp[{number}]", follow_up


def bookings_of(element: Timed) -> dict[Booking, BookingRef]:
    """Give the bookings an element refers to, each once."""
    booked = element.bookings if isinstance(element, Activity) else (element.booking,)
    return {(one.healthcare_facility_id.key, one.booking_id): one for one in booked if one is not None}


def timing_of(element: Timed) -> Timing | None:
    """Say when an element is planned."""
    return element.planned if isinstance(element, FollowUp) else element.timing
