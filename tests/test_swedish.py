"""Plain Swedish: days, hours, lists, and a word for every code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

import pytest

from riv_careplans import codes
from riv_careplans.codes import Month, WeekDay
from riv_careplans.exchange import OutcomeKind
from riv_careplans.identity import PartialTime
from riv_careplans.model import DatePeriod, HoursOfService, TimePeriod
from riv_careplans.swedish import words
from riv_careplans.swedish.dates import (
    clock,
    day_and_clock,
    day_text,
    hours_text,
    in_words,
    iso_time,
    part_text,
    period_text,
    span_text,
    week_days_text,
)

TUESDAY = dt.date(2026, 1, 27)


# --- days and times -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (dt.date(2026, 1, 26), "mån 26 jan 2026"),
        (TUESDAY, "tis 27 jan 2026"),
        (dt.date(2026, 2, 4), "ons 4 feb 2026"),
        (dt.date(2026, 3, 5), "tors 5 mars 2026"),
        (dt.date(2026, 4, 3), "fre 3 april 2026"),
        (dt.date(2026, 5, 2), "lör 2 maj 2026"),
        (dt.date(2026, 6, 7), "sön 7 juni 2026"),
        (dt.date(2026, 7, 1), "ons 1 juli 2026"),
        (dt.date(2026, 8, 1), "lör 1 aug 2026"),
        (dt.date(2026, 9, 1), "tis 1 sept 2026"),
        (dt.date(2026, 10, 1), "tors 1 okt 2026"),
        (dt.date(2026, 11, 1), "sön 1 nov 2026"),
        (dt.date(2026, 12, 1), "tis 1 dec 2026"),
    ],
)
def test_a_day_is_written_as_in_a_swedish_letter(day: dt.date, text: str) -> None:
    assert day_text(day) == text


@pytest.mark.parametrize(
    ("digits", "text", "iso"),
    [
        ("2026", "2026", "2026"),
        ("202604", "april 2026", "2026-04"),
        ("20260127", "tis 27 jan 2026", "2026-01-27"),
        ("20260127093000", "tis 27 jan 2026 kl. 09.30", "2026-01-27T09:30:00"),
    ],
)
def test_a_time_is_written_as_exactly_as_it_is_known(digits: str, text: str, iso: str) -> None:
    assert part_text(PartialTime(digits)) == text
    assert iso_time(PartialTime(digits)) == iso


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        ("20260127", None, "från tis 27 jan 2026"),
        ("20260127", "20260127", "tis 27 jan 2026"),
        ("20260127", "20260128", "tis 27 jan 2026 – ons 28 jan 2026"),
        ("20260127090000", "20260127101500", "tis 27 jan 2026 kl. 09.00–10.15"),
        ("20260127090000", "20260128101500", "tis 27 jan 2026 kl. 09.00 – ons 28 jan 2026 kl. 10.15"),
        ("202602", "202604", "februari 2026 – april 2026"),
    ],
)
def test_a_span_says_the_same_day_once(start: str, end: str | None, text: str) -> None:
    assert span_text(PartialTime(start), None if end is None else PartialTime(end)) == text


@pytest.mark.parametrize(
    ("period", "text"),
    [
        (None, None),
        (DatePeriod(start=TUESDAY), "från tis 27 jan 2026"),
        (DatePeriod(start=TUESDAY, end=TUESDAY), "tis 27 jan 2026"),
        (DatePeriod(start=TUESDAY, end=dt.date(2026, 2, 1)), "tis 27 jan 2026 – sön 1 feb 2026"),
    ],
)
def test_a_period_is_written_from_and_to(period: DatePeriod | None, text: str | None) -> None:
    assert period_text(period) == text


def test_a_moment_has_a_clock_with_a_full_stop() -> None:
    assert clock(dt.time(9, 5)) == "09.05"
    assert day_and_clock(dt.datetime(2026, 1, 27, 9, 5)) == "tis 27 jan 2026 kl. 09.05"  # noqa: DTZ001 - local time


# --- opening hours ------------------------------------------------------------------------------

WORKING_DAYS = tuple(WeekDay)[:5]


def _time(start: int, end: int) -> TimePeriod:
    return TimePeriod(start=dt.time(start), end=dt.time(end))


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        (HoursOfService(), "alltid"),
        (HoursOfService(week_days=WORKING_DAYS, time=_time(8, 16)), "vardagar kl. 8–16"),
        (
            HoursOfService(week_days=(WeekDay.THURSDAY, WeekDay.TUESDAY), time=_time(9, 11)),
            "tisdag och torsdag kl. 9–11",
        ),
        (HoursOfService(week_days=tuple(WeekDay)), "alla dagar"),
        (
            HoursOfService(week_days=(WeekDay.MONDAY, WeekDay.TUESDAY, WeekDay.WEDNESDAY, WeekDay.FRIDAY)),
            "måndag–onsdag och fredag",
        ),
        (HoursOfService(time=TimePeriod(start=dt.time(8, 30))), "från kl. 8.30"),
        (HoursOfService(time=TimePeriod(end=dt.time(12))), "till kl. 12"),
        (HoursOfService(time=TimePeriod()), "alltid"),
        (
            HoursOfService(
                week_days=WORKING_DAYS,
                time=_time(8, 12),
                months=(Month.AUGUST, Month.JUNE, Month.JULY, Month.DECEMBER),
                date_period=DatePeriod(start=TUESDAY),
            ),
            "vardagar kl. 8–12 (juni–augusti och december, från tis 27 jan 2026)",
        ),
    ],
)
def test_opening_hours_read_as_on_a_door(hours: HoursOfService, text: str) -> None:
    assert hours_text(hours) == text


def test_week_days_in_the_plural_are_listed() -> None:
    assert week_days_text((WeekDay.FRIDAY, WeekDay.TUESDAY), plural="ar") == "tisdagar och fredagar"
    assert week_days_text(WORKING_DAYS, plural="ar") == "måndagar–fredagar"


@pytest.mark.parametrize(
    ("parts", "text"), [((), ""), (("a",), "a"), (("a", "b"), "a och b"), (("a", "b", "c"), "a, b och c")]
)
def test_a_list_ends_with_och(parts: tuple[str, ...], text: str) -> None:
    assert in_words(parts) == text


# --- words --------------------------------------------------------------------------------------

TABLES: list[tuple[Mapping[Any, str], Collection[StrEnum]]] = [
    (words.ACHIEVEMENT, set(codes.Achievement)),
    (words.ACTIVITY_STATUS, set(codes.ActivityStatus)),
    (words.AGREEMENT_STATUS, set(codes.AgreementStatus)),
    (words.CHANNEL_SYSTEM, set(codes.ChannelSystem)),
    (words.CIRCUMSTANCE_KIND, set(codes.CircumstanceKind)),
    (words.CONTINUED_CONTACT, set(codes.ContinuedContactCode)),
    (words.DAY_PART, set(codes.DayPart)),
    (words.FIXED_CONTACT, set(codes.FixedContact)),
    (words.FOLLOW_UP_RESULT, set(codes.FollowUpResult)),
    (words.GOAL_CATEGORY, set(codes.GoalCategory)),
    (words.GOAL_STATUS, set(codes.GoalStatus)),
    (words.IMPORTANT_KIND, set(codes.ImportantKind)),
    (words.LEGAL_BASIS, set(codes.LegalBasis)),
    (words.MEDIA_TYPE, set(codes.MediaType)),
    (words.ORIGIN, set(codes.Origin)),
    (words.PARTY_KIND, set(codes.PartyKind)),
    (words.PLACE_KIND, set(codes.PlaceKind)),
    (words.PLAN_STATUS, set(codes.PlanStatus)),
    (words.PLAN_TYPE, set(codes.PlanType)),
    (words.RELATION, set(codes.Relation)),
    (words.RISK_LEVEL, set(codes.RiskLevel)),
    (words.SCOPE, set(codes.Scope)),
    (words.SHARING, set(codes.Sharing)),
    (words.URGENCY, set(codes.Urgency)),
    (words.WHY_MISSING, {kind for kind in OutcomeKind if not kind.delivered}),
    *((words.EXPRESSED_BY[reader], set(codes.ExpressedBy)) for reader in words.Audience),
    *((words.INFORMANT[reader], set(codes.Informant)) for reader in words.Audience),
    *((words.INITIATOR[reader], set(codes.Initiator)) for reader in words.Audience),
    *((words.INVOLVEMENT[reader], set(codes.InvolvementForm)) for reader in words.Audience),
    *((words.RESPONSIBILITY[reader], set(codes.Initiator)) for reader in words.Audience),
]


@pytest.mark.parametrize(("table", "expected"), TABLES)
def test_every_code_has_a_word(table: Mapping[Any, str], expected: Collection[StrEnum]) -> None:
    assert set(table) == expected
    assert all(table.values())


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 byte"),
        (999, "999 byte"),
        (1000, "1,0 kB"),
        (1470, "1,5 kB"),
        (100_000, "100,0 kB"),
        (2_140_000, "2,1 MB"),
    ],
)
def test_a_size_is_written_with_a_decimal_comma(size: int, text: str) -> None:
    assert words.bytes_text(size) == text


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("Dusch", "dusch"),
        ("Ledsagning vid promenad", "ledsagning vid promenad"),
        ("DOS-påsar", "DOS-påsar"),
        ("SIP-möte", "SIP-möte"),
        ("Åka buss", "åka buss"),
        ("", ""),
    ],
)
def test_a_title_inside_a_sentence_begins_with_a_small_letter_unless_it_is_an_abbreviation(
    text: str, inside: str
) -> None:
    assert words.lower_first(text) == inside


@pytest.mark.parametrize(
    ("text", "ended"),
    [("Klart", "Klart."), ("Klart.", "Klart."), ("Klart? ", "Klart?"), ("Klart!", "Klart!")],
)
def test_a_sentence_ends_once(text: str, ended: str) -> None:
    assert words.sentence(text) == ended


def test_counting_knows_one_from_several() -> None:
    assert words.count_text(1, "gång", "gånger") == "1 gång"
    assert words.count_text(2, "gång", "gånger") == "2 gånger"
    assert words.upper_first("åk hem. Nu") == "Åk hem. Nu"
