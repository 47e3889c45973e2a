"""The stretch of time in which something may happen, as the model's different times tell it.

Pure. A span without end reaches the end of the calendar, so that spans can be compared.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Final

import msgspec

from riv_careplans.identity import PartialTime
from riv_careplans.model import DatePeriod, Timing

__all__ = [
    "ALWAYS",
    "Span",
    "span_from",
    "span_of_period",
    "span_of_time",
    "span_of_timing",
]


class Span(msgspec.Struct, frozen=True):
    """From the first moment to the last, both included; one that ends before it starts is empty."""

    start: datetime
    end: datetime

    def __bool__(self) -> bool:
        """Say whether there is any moment in it."""
        return self.start <= self.end

    def within(self, other: Span) -> Span:
        """Give the part that lies in the other span too."""
        return Span(max(self.start, other.start), min(self.end, other.end))


_LAST: Final = datetime.combine(date.max, time.max)

ALWAYS: Final = Span(datetime.combine(date.min, time.min), _LAST)


def span_from(day: date) -> Span:
    """Give the span from the morning of a day on."""
    return Span(datetime.combine(day, time.min), _LAST)


def span_of_period(period: DatePeriod | None) -> Span:
    """Give the span of a period of whole days; without one it is always."""
    if period is None:
        return ALWAYS
    end = _LAST if period.end is None else datetime.combine(period.end, time.max)
    return Span(datetime.combine(period.start, time.min), end)


def span_of_time(moment: PartialTime) -> Span:
    """Give the span in which a time lies that may be known only to the day, the month or the year."""
    if moment.precision == "second":
        return Span(moment.start, moment.start)
    return Span(moment.start, datetime.combine(moment.last_day, time.max))


def span_of_timing(timing: Timing | None) -> Span:
    """Give the span of a plan in time; a time in words may be any time."""
    if timing is None:
        return ALWAYS
    if timing.at is not None:
        return span_of_time(timing.at)
    if timing.period is not None:
        end = timing.period.end
        return Span(timing.period.start.start, _LAST if end is None else span_of_time(end).end)
    return span_of_period(timing.recurrence.bounds) if timing.recurrence is not None else ALWAYS
