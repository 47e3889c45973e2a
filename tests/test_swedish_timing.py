"""When something is done, in Swedish as it is written."""

import pytest

from riv_careplans.codes import DayPart, TimeUnit, WeekDay
from riv_careplans.identity import PartialTime, parse_date, parse_time
from riv_careplans.model import ApproximateTime, DatePeriod, PartialPeriod, Recurrence, Timing
from riv_careplans.swedish.timing import interval_text, recurrence_text, timing_text


@pytest.mark.parametrize(
    ("timing", "text"),
    [
        (None, None),
        (Timing(), None),
        (Timing(at=PartialTime("2026")), "2026"),
        (Timing(at=PartialTime("202604")), "april 2026"),
        (Timing(at=PartialTime("20260127")), "tis 27 jan 2026"),
        (Timing(at=PartialTime("20260127103000")), "tis 27 jan 2026 kl. 10.30"),
        (
            Timing(period=PartialPeriod(start=PartialTime("20260117"), end=PartialTime("20260131"))),
            "lör 17 jan 2026 – lör 31 jan 2026",
        ),
        (
            Timing(approximate=ApproximateTime(text="i början av april", sort_time=PartialTime("202604"))),
            "i början av april",
        ),
        (
            Timing(recurrence=Recurrence(text="Två gånger", frequency=2, every=1, unit=TimeUnit.DAY)),
            "Två gånger (2 gånger om dagen)",
        ),
    ],
)
def test_a_time_is_said_as_exactly_as_it_is_known(timing: Timing | None, text: str | None) -> None:
    assert timing_text(timing) == text


WEEKLY = {"frequency": 1, "every": 1, "unit": TimeUnit.WEEK}


@pytest.mark.parametrize(
    ("recurrence", "text"),
    [
        (Recurrence(text="", **WEEKLY), "1 gång i veckan"),  # type: ignore[arg-type]
        (Recurrence(text="1 gång i veckan", **WEEKLY), "1 gång i veckan"),  # type: ignore[arg-type]
        (Recurrence(text="Varje vecka", **WEEKLY), "Varje vecka"),  # type: ignore[arg-type]
        (Recurrence(text="Dusch", **WEEKLY), "Dusch (1 gång i veckan)"),  # type: ignore[arg-type]
        (
            Recurrence(text="DOS", frequency=1, every=2, unit=TimeUnit.WEEK),
            "DOS (varannan vecka)",
        ),
        (
            Recurrence(text="Prov", frequency=1, frequency_max=2, every=3, unit=TimeUnit.MONTH),
            "Prov (1–2 gånger var tredje månad)",
        ),
        (
            Recurrence(
                text="Varje vecka",
                frequency=2,
                every=1,
                unit=TimeUnit.WEEK,
                week_days=(WeekDay.FRIDAY, WeekDay.TUESDAY),
                times_of_day=(parse_time("143000"), parse_time("090000")),
                day_parts=(DayPart.EVENING, DayPart.MORNING),
                duration_minutes=30,
                bounds=DatePeriod(start=parse_date("20260119")),
                count=1,
            ),
            "Varje vecka (2 gånger i veckan, tisdagar och fredagar, kl. 09.00 och 14.30, på morgonen och på kvällen, 30 minuter, från mån 19 jan 2026, sammanlagt 1 gång)",
        ),
    ],
)
def test_a_recurrence_is_said_in_its_own_words_and_then_what_they_leave_out(
    recurrence: Recurrence, text: str
) -> None:
    assert recurrence_text(recurrence) == text


@pytest.mark.parametrize(
    ("every", "unit", "text"),
    [
        (1, TimeUnit.DAY, "varje dag"),
        (2, TimeUnit.YEAR, "vartannat år"),
        (12, TimeUnit.WEEK, "var tolfte vecka"),
        (13, TimeUnit.DAY, "var 13:e dag"),
        (21, TimeUnit.YEAR, "vart 21:a år"),
        (112, TimeUnit.DAY, "var 112:e dag"),
    ],
)
def test_an_interval_is_counted_as_one_does_in_swedish(every: int, unit: TimeUnit, text: str) -> None:
    assert interval_text(every, unit) == text
