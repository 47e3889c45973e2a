"""What recurs: where the record says enough, on which days; how often is told by `swedish.timing`.

Pure; "today" is passed in. Never guesses a date: a weekly shower without a week day stays weekly.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import MAXYEAR, date, datetime, time, timedelta
from itertools import islice
from typing import Final

from riv_careplans.codes import TimeUnit, WeekDay
from riv_careplans.model import DatePeriod, Recurrence

__all__ = ["MONTHS_AHEAD", "occurrences", "times_a_year"]

MONTHS_AHEAD: Final = 6
"""Occurrences are told this far ahead. Contract description, section 5, rule 7."""

_NUMBER_OF_DAY = {day: number for number, day in enumerate(WeekDay)}
_PER_YEAR = {TimeUnit.DAY: 365, TimeUnit.WEEK: 52, TimeUnit.MONTH: 12, TimeUnit.YEAR: 1}
_DAYS = {TimeUnit.DAY: 1, TimeUnit.WEEK: 7}


def times_a_year(frequency: int, every: int, unit: TimeUnit) -> float:
    """Give how often something is, roughly, so that the most frequent can come first."""
    return frequency * _PER_YEAR[unit] / max(every, 1)


def occurrences(recurrence: Recurrence, within: DatePeriod | None, today: date) -> Iterator[date | datetime]:
    """Give the days, or days and times, from today on, at most six months ahead.

    Nothing unless the days are stated: by week days in a week, or by times in a day, and as many of
    them as `frequency` says. `within` is when it goes on; every other week, or a count, also needs
    its first day. Contract description, section 5, rule 7.
    """
    slots = _slots(recurrence)
    start = within.start if within is not None else None
    if not slots or (start is None and (recurrence.every > 1 or recurrence.count is not None)):
        return iter(())
    end = _months_later(today, MONTHS_AHEAD)
    if within is not None and within.end is not None:
        end = min(end, within.end)
    anchor = start or today
    turn = _DAYS[recurrence.unit] * max(recurrence.every, 1)
    first = anchor - timedelta(days=anchor.weekday()) if recurrence.unit is TimeUnit.WEEK else anchor
    told = _dated(slots, anchor, first, turn, max(today, anchor), end)
    if recurrence.count is None:
        return told
    return islice(told, max(recurrence.count - _before(slots, anchor, first, turn, today), 0))


_MOST_TIMES_A_DAY = 24
"""More times than this are told in words alone: half a year of them is no list for a person."""

_Slot = tuple[int, time | None]
"""The day of the turn, and the time when it is stated."""


def _slots(recurrence: Recurrence) -> tuple[_Slot, ...]:
    """Give the days and times of one turn; none when they are not known."""
    if recurrence.unit is TimeUnit.WEEK:
        days = sorted({_NUMBER_OF_DAY[day] for day in recurrence.week_days})
    elif recurrence.unit is TimeUnit.DAY and recurrence.times_of_day and not recurrence.week_days:
        days = [0]
    else:
        days = []
    if len(recurrence.times_of_day) > _MOST_TIMES_A_DAY:
        return ()
    times: list[time | None] = [*sorted(set(recurrence.times_of_day))] or [None]
    slots = tuple((day, moment) for day in days for moment in times)
    varies = recurrence.frequency_max is not None and recurrence.frequency_max != recurrence.frequency
    # Once a week, Monday to Friday, is one of five days: which one is not known.
    return () if varies or len(slots) != recurrence.frequency else slots


def _dated(
    slots: tuple[_Slot, ...], anchor: date, first: date, turn: int, start: date, end: date
) -> Iterator[date | datetime]:
    """Give what lies between start and end; `first` is the first day of the first turn."""
    begun = max((start - first).days // turn, 0)
    # In days since `first`, so that no day beyond the calendar's last is ever made.
    for offset in range(begun * turn, (end - first).days + 1, turn):
        for day, moment in slots:
            number = offset + day
            if (anchor - first).days <= number <= (end - first).days and (start - first).days <= number:
                told = first + timedelta(days=number)
                yield told if moment is None else datetime.combine(told, moment)


def _before(slots: tuple[_Slot, ...], anchor: date, first: date, turn: int, today: date) -> int:
    """Count what has been before today; by arithmetic, however long ago it began."""
    elapsed = (today - first).days
    if elapsed <= 0:
        return 0
    whole, rest = divmod(elapsed, turn)
    unused = sum(1 for day, _ in slots if day < (anchor - first).days)
    return max(whole * len(slots) + sum(1 for day, _ in slots if day < rest) - unused, 0)


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > MAXYEAR:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
