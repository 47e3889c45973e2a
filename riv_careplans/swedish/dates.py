"""Days, times and opening hours as a Swedish reader writes them.

Pure. Not the module `locale`: it belongs to the whole process and needs the machine to have Swedish.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from riv_careplans.codes import Month, WeekDay
from riv_careplans.identity import PartialTime
from riv_careplans.model import DatePeriod, HoursOfService, TimePeriod

__all__ = [
    "clock",
    "day_and_clock",
    "day_text",
    "hours_text",
    "in_words",
    "iso_time",
    "part_text",
    "period_text",
    "short_clock",
    "span_text",
    "week_days_text",
]

_DAYS = ("mån", "tis", "ons", "tors", "fre", "lör", "sön")
_MONTHS = ("jan", "feb", "mars", "april", "maj", "juni", "juli", "aug", "sept", "okt", "nov", "dec")
_LONG_MONTHS = (
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
)
_LONG_DAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
_ORDER_OF_DAYS = {day: number for number, day in enumerate(WeekDay)}
_ORDER_OF_MONTHS = {month: number for number, month in enumerate(Month)}
_WORKING_DAYS = 5
_RUN = 3
"""From three days in a row on, a dash is easier to read than a list."""


def day_text(day: date) -> str:
    """Write a day: `tis 27 jan 2026`."""
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def clock(moment: time) -> str:
    """Write a time of day: `10.30`."""
    return f"{moment.hour:02}.{moment.minute:02}"


def short_clock(moment: time) -> str:
    """Write a time of day as in opening hours: `8`, `10.30`."""
    return f"{moment.hour}.{moment.minute:02}" if moment.minute else str(moment.hour)


def day_and_clock(moment: datetime) -> str:
    """Write a moment: `tis 27 jan 2026 kl. 10.30`."""
    return f"{day_text(moment.date())} kl. {clock(moment.time())}"


def part_text(moment: PartialTime) -> str:
    """Write a time as exactly as it is known: a year, a month, a day or a moment."""
    start = moment.start
    match moment.precision:
        case "year":
            return str(start.year)
        case "month":
            return f"{_LONG_MONTHS[start.month - 1]} {start.year}"
        case "day":
            return day_text(start.date())
        case _:
            return day_and_clock(start)


def iso_time(moment: PartialTime) -> str:
    """Write a time for machines, as exactly as it is known: `2026`, `2026-04`, `2026-01-27T10:30:00`."""
    length = {"year": 4, "month": 7, "day": 10}.get(moment.precision)
    return moment.start.isoformat()[:length]


def span_text(start: PartialTime, end: PartialTime | None) -> str:
    """Write from when to when; within one day the day is said once."""
    if end is None:
        return f"från {part_text(start)}"
    if start == end:
        return part_text(start)
    if start.precision == end.precision == "second" and start.last_day == end.last_day:
        return f"{day_and_clock(start.start)}–{clock(end.start.time())}"
    return f"{part_text(start)} – {part_text(end)}"


def period_text(period: DatePeriod | None) -> str | None:
    """Write a period of whole days; nothing for none."""
    if period is None:
        return None
    if period.end is None:
        return f"från {day_text(period.start)}"
    if period.end == period.start:
        return day_text(period.start)
    return f"{day_text(period.start)} – {day_text(period.end)}"


def in_words(parts: Iterable[str]) -> str:
    """Join what is listed: `a, b och c`; nothing for nothing."""
    *first, last = (*parts,) or ("",)
    return f"{', '.join(first)} och {last}" if first else last


def week_days_text(days: Iterable[WeekDay], plural: str = "") -> str:
    """Name week days, `måndag–onsdag` or `tisdag och fredag`; `plural` is added to each name."""
    numbers = sorted({_ORDER_OF_DAYS[day] for day in days})
    if plural == "" and numbers == list(range(_WORKING_DAYS)):
        return "vardagar"
    if numbers == list(range(len(_LONG_DAYS))):
        return "alla dagar"
    return _runs([f"{name}{plural}" for name in _LONG_DAYS], numbers)


def _runs(names: Sequence[str], numbers: Sequence[int]) -> str:
    """Name what is numbered, with a dash for several in a row; the numbers come in order."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts: list[str] = []
    for run in runs:
        if len(run) < _RUN:
            parts.extend(names[number] for number in run)
        else:
            parts.append(f"{names[run[0]]}–{names[run[-1]]}")
    return in_words(parts)


def hours_text(hours: HoursOfService) -> str:
    """Write opening hours: `tisdag och torsdag kl. 9–11`, `vardagar kl. 8–16 (juni–augusti)`."""
    days = week_days_text(hours.week_days) if hours.week_days else ""
    months = _runs(_LONG_MONTHS, sorted({_ORDER_OF_MONTHS[month] for month in hours.months}))
    within = ", ".join(filter(None, (months, period_text(hours.date_period))))
    text = " ".join(filter(None, (days, _open_text(hours.time)))) or "alltid"
    return f"{text} ({within})" if within else text


def _open_text(period: TimePeriod | None) -> str:
    match period:
        case TimePeriod(start=time() as start, end=time() as end):
            return f"kl. {short_clock(start)}–{short_clock(end)}"
        case TimePeriod(start=time() as start):
            return f"från kl. {short_clock(start)}"
        case TimePeriod(end=time() as end):
            return f"till kl. {short_clock(end)}"
        case _:
            return ""
