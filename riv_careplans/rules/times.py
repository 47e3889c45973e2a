"""The rules about times: order of times, and recurrences.

That a date exists (CP-001) is found by the codec: a date that does not exist has no value in the
model. Quotations are from the contract description, section 4.
"""

from __future__ import annotations

from collections.abc import Iterator

from riv_careplans.codes import TimeUnit
from riv_careplans.identity import swedish_time
from riv_careplans.model import DatePeriod, PartialPeriod, Recurrence
from riv_careplans.rules.rule import Breach, RecordSubject, Text

__all__ = ["date_period_faults", "recurrences_make_sense", "times_are_in_order"]

_BACKWARDS = Breach(
    "end",
    Text(
        "the period ends before it starts: the end must be the start or later",
        "perioden slutar innan den börjar: slutet ska vara samma som början eller senare",
    ),
)
_UPDATED_BEFORE_CREATED = Text(
    "the record is updated before it was created: updatedTime must be createdTime or later",
    "posten är uppdaterad innan den skapades: updatedTime ska vara samma som createdTime eller senare",
)
_BLOCK_TIME_IN_THE_FUTURE = Text(
    "the time that blocks are compared with lies in the future: it must be now or earlier",
    "spärrtidpunkten ligger i framtiden: den ska vara nu eller tidigare",
)
_NOT_EVEN_ONCE = Breach(
    "frequency",
    Text(
        "this happens less than once in a period: frequency must be 1 or more",
        "detta sker mindre än en gång per period: frequency ska vara 1 eller mer",
    ),
)
_NO_PERIOD = Breach(
    "every",
    Text(
        "the period that this comes back in is empty: every must be 1 or more",
        "perioden som detta återkommer i är tom: every ska vara 1 eller mer",
    ),
)
_MOST_BELOW_LEAST = Breach(
    "frequencyMax",
    Text(
        "the highest frequency is lower than the lowest: frequencyMax must be frequency or more",
        "den högsta frekvensen är lägre än den lägsta: frequencyMax ska vara minst frequency",
    ),
)
_DAYS_WITHOUT_WEEK = Breach(
    "weekDay",
    Text(
        "week days are given for something that does not come back by week: use the unit week",
        "veckodagar anges för något som inte återkommer veckovis: använd enheten week",
    ),
)


def date_period_faults(period: DatePeriod) -> tuple[Breach, ...]:
    """CP-008: say whether a period of days ends before it starts."""
    return (_BACKWARDS,) if period.end is not None and period.end < period.start else ()


def _partial_period_faults(period: PartialPeriod) -> tuple[Breach, ...]:
    if period.end is None:
        return ()
    # As far as both are known: a period from 15 March 2026 to "2026" does not end before it starts.
    known = min(len(period.start.digits), len(period.end.digits))
    return (_BACKWARDS,) if period.end.digits[:known] < period.start.digits[:known] else ()


def times_are_in_order(subject: RecordSubject) -> Iterator[Breach]:
    """CP-008. Hours of the day may pass midnight, so they have no order."""
    # "a period does not end before it starts; updatedTime is not before createdTime; blockComparisonTime is
    # not in the future"
    yield from subject.breaking(DatePeriod, date_period_faults)
    yield from subject.breaking(PartialPeriod, _partial_period_faults)
    header = subject.record.header
    created = header.record.created_time
    if created is not None and swedish_time(header.record.updated_time) < swedish_time(created):
        yield Breach("header/record/updatedTime", _UPDATED_BEFORE_CREATED)
    if swedish_time(header.access_control.block_comparison_time) > subject.now:
        yield Breach("header/accessControl/blockComparisonTime", _BLOCK_TIME_IN_THE_FUTURE)


def recurrences_make_sense(subject: RecordSubject) -> Iterator[Breach]:
    """CP-012: a recurrence says how often, in a way that can be counted."""
    yield from subject.breaking(Recurrence, _recurrence_faults)


def _recurrence_faults(recurrence: Recurrence) -> tuple[Breach, ...]:
    # "frequency ≥ 1, every ≥ 1, frequencyMax ≥ frequency, weekDay only with unit week"
    most = recurrence.frequency_max
    checks = (
        (recurrence.frequency < 1, _NOT_EVEN_ONCE),
        (recurrence.every < 1, _NO_PERIOD),
        (most is not None and most < recurrence.frequency, _MOST_BELOW_LEAST),
        (recurrence.week_days and recurrence.unit != TimeUnit.WEEK, _DAYS_WITHOUT_WEEK),
    )
    return tuple(breach for is_broken, breach in checks if is_broken)
