"""The overview's timeline and what recurs: what is one item, where it belongs, and on which days."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from msgspec.structs import replace

from riv_careplans.codes import (
    ActivityStatus,
    DayPart,
    PartyKind,
    PlanStatus,
    Relation,
    TimeUnit,
    WeekDay,
)
from riv_careplans.identity import PartialTime
from riv_careplans.model import (
    Activity,
    ApproximateTime,
    DatePeriod,
    Decision,
    FollowUp,
    FollowUpOutcome,
    NextStep,
    PartialPeriod,
    Party,
    RecordRef,
    Recurrence,
    RelatedRecord,
    Timing,
)
from riv_careplans.overview.recurrence import occurrences
from riv_careplans.overview.view import Overview, Phase
from tests.builders import activity, goal, record_id
from tests.merging import (
    TODAY,
    agreed,
    at,
    booking,
    moment,
    plan,
)
from tests.overviews import overview_of


def timed(timing: Timing | None, status: ActivityStatus = ActivityStatus.PLANNED, **changes: Any) -> Activity:
    return activity(timing=timing, status=status, **changes)


def during(start: str, end: str | None = None) -> Timing:
    return Timing(
        period=PartialPeriod(start=PartialTime(start), end=None if end is None else PartialTime(end))
    )


def roughly(text: str, sort_time: str | None = None) -> Timing:
    return Timing(
        approximate=ApproximateTime(
            text=text, sort_time=None if sort_time is None else PartialTime(sort_time)
        )
    )


def lists(shown: Overview) -> dict[str, list[str]]:
    """Give the titles in each list of the timeline, leaving out empty ones."""
    named = {name: getattr(shown, name) for name in ("coming", "approximate", "ongoing", "past")}
    return {name: [item.title for item in items] for name, items in named.items() if items}


# --- where on the timeline ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("timing", "status", "expected"),
    [
        (at("20260121"), ActivityStatus.PLANNED, "coming"),
        (at("20260120"), ActivityStatus.PLANNED, "coming"),
        (at("20260120070000"), ActivityStatus.BOOKED, "coming"),
        (at("20260119"), ActivityStatus.PLANNED, "past"),
        (at("20260119235959"), ActivityStatus.BOOKED, "past"),
        (at("20260119"), ActivityStatus.ONGOING, "ongoing"),
        (at("20260121"), ActivityStatus.COMPLETED, "past"),
        (at("202601"), ActivityStatus.PLANNED, "approximate"),
        (at("202512"), ActivityStatus.PLANNED, "past"),
        (at("2026"), ActivityStatus.PLANNED, "approximate"),
        (at("2025"), ActivityStatus.PLANNED, "past"),
        (during("20260119", "20260131"), ActivityStatus.PLANNED, "ongoing"),
        (during("20260119"), ActivityStatus.ONGOING, "ongoing"),
        (during("20260121", "20260131"), ActivityStatus.PLANNED, "coming"),
        (during("202602"), ActivityStatus.PLANNED, "approximate"),
        (during("20260101", "20260119"), ActivityStatus.PLANNED, "past"),
        (during("20260120100000", "20260120110000"), ActivityStatus.BOOKED, "coming"),
        (during("20260120", "20260120"), ActivityStatus.ONGOING, "ongoing"),
        (roughly("i början av april", "202604"), ActivityStatus.PLANNED, "approximate"),
        (roughly("före jul", "202512"), ActivityStatus.PLANNED, "past"),
        (roughly("när såret har läkt"), ActivityStatus.PLANNED, "approximate"),
        (None, ActivityStatus.ONGOING, "ongoing"),
        (None, ActivityStatus.BOOKED, "approximate"),
    ],
    ids=str,
)
def test_a_time_is_told_where_it_belongs_today(
    timing: Timing | None, status: ActivityStatus, expected: str
) -> None:
    shown = overview_of(plan(activities=(timed(timing, status),)))

    assert lists(shown) == {expected: ["Återbesök"]}


@pytest.mark.parametrize(
    "status", [ActivityStatus.PLANNED, ActivityStatus.COMPLETED, ActivityStatus.CANCELLED]
)
def test_what_has_no_time_and_does_not_go_on_stands_in_its_plan_alone(status: ActivityStatus) -> None:
    shown = overview_of(plan(activities=(timed(None, status),)))

    assert lists(shown) == {}
    assert [row.title for row in shown.plans[0].parts[0].activities] == ["Återbesök"]


def test_times_come_in_their_order_and_past_ones_latest_first() -> None:
    days = ("20260125", "20260122", "20260101", "20260110", "20260123090000")
    rows = tuple(activity(id=day, title=day, timing=at(day)) for day in days)

    assert lists(overview_of(plan(activities=rows))) == {
        "coming": ["20260122", "20260123090000", "20260125"],
        "past": ["20260110", "20260101"],
    }


def test_approximate_times_are_sorted_by_their_sort_time() -> None:
    rows = tuple(
        activity(id=text, title=text, timing=timing)
        for text, timing in {
            "någon gång": roughly("någon gång"),
            "i maj": roughly("i maj", "202605"),
            "i början av april": roughly("i början av april", "202604"),
            "i mars": at("202603"),
        }.items()
    )

    shown = overview_of(plan(activities=rows))

    assert [item.title for item in shown.approximate] == [
        "i mars",
        "i början av april",
        "i maj",
        "någon gång",
    ]
    assert [item.when.start for item in shown.approximate if item.when] == [
        "2026-03",
        "2026-04",
        "2026-05",
        None,
    ]


def test_a_cancelled_time_is_told_but_is_not_the_next() -> None:
    rows = (
        timed(at("20260121"), ActivityStatus.CANCELLED, id="a", title="Inställd"),
        timed(at("20260122"), ActivityStatus.BOOKED, id="b", title="Bokad"),
    )

    shown = overview_of(plan(activities=rows))

    assert lists(shown) == {"coming": ["Inställd", "Bokad"]}
    assert shown.next_time is not None
    assert shown.next_time.title == "Bokad"


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        ({}, {}, {"coming": ["bokad", "planerad"], "past": ["förr", "genomförd"]}),
        (
            {},
            {"status": PlanStatus.ON_HOLD},
            {"coming": ["bokad", "planerad"], "past": ["förr", "genomförd"]},
        ),
        ({}, {"status": PlanStatus.COMPLETED}, {"coming": ["bokad"], "past": ["förr", "genomförd"]}),
        ({}, {"status": PlanStatus.CANCELLED}, {"coming": ["bokad"], "past": ["förr", "genomförd"]}),
    ],
)
def test_a_plan_that_is_over_tells_of_the_past_and_of_booked_times(
    head: dict[str, Any], body: dict[str, Any], expected: dict[str, list[str]]
) -> None:
    assert lists(overview_of(plan(head=head, activities=_four_times(), **body))) == expected


def test_a_replaced_plan_tells_only_of_what_has_been_done() -> None:
    successor = RelatedRecord(
        relation=Relation.REPLACES,
        record=RecordRef(source_system_id=plan().header.source_system_id, record_id=record_id(1)),
    )

    shown = overview_of(plan(1, activities=_four_times()), plan(2, related_records=(successor,)))

    assert lists(shown) == {"past": ["genomförd"]}


def _four_times() -> tuple[Activity, ...]:
    return (
        timed(at("20260121"), ActivityStatus.BOOKED, id="1", title="bokad", bookings=(booking(),)),
        timed(at("20260122"), ActivityStatus.PLANNED, id="2", title="planerad"),
        timed(at("20260110"), ActivityStatus.PLANNED, id="3", title="förr"),
        timed(at("20260109"), ActivityStatus.COMPLETED, id="4", title="genomförd"),
    )


def test_follow_ups_and_their_outcomes_are_on_the_timeline() -> None:
    follow_ups = (
        FollowUp(planned=at("20260305")),
        FollowUp(
            planned=at("20260110"),
            outcomes=(FollowUpOutcome(date=dt.date(2026, 1, 12), text="Allt går bra."),),
        ),
    )

    shown = overview_of(plan(title="Vårdplan", follow_ups=follow_ups, goals=(goal(follow_up=follow_ups[0]),)))

    assert lists(shown) == {
        "coming": ["Uppföljning av målet: Gå på promenad igen", "Uppföljning av vårdplan"],
        "past": ["Uppföljning av vårdplan"],
    }
    assert shown.past[0].text == "Allt går bra."


# --- booked times -------------------------------------------------------------------------------


def test_an_activity_and_a_next_step_with_the_same_booking_are_one_item() -> None:
    visit = timed(at("20260127103000"), ActivityStatus.BOOKED, title="Stygnen tas", bookings=(booking(),))
    step = NextStep(text="Distriktssköterskan tar stygnen", timing=at("20260127"), booking=booking())

    shown = overview_of(plan(1, activities=(visit,)), agreed(2, next_steps=(step,)))

    assert lists(shown) == {"coming": ["Stygnen tas"]}
    item = shown.coming[0]
    assert len(item.citations) == 2
    assert item.also_called == ("Distriktssköterskan tar stygnen",)
    assert item.differing == ()
    assert [one.item for one in shown.next_steps] == [item.id]


def test_records_that_say_a_booked_time_otherwise_are_quoted() -> None:
    visit = timed(at("20260127103000"), ActivityStatus.BOOKED, bookings=(booking(),))
    moved = timed(at("20260128"), ActivityStatus.CANCELLED, bookings=(booking(),))

    shown = overview_of(
        plan(1, head={"updated_time": moment(19)}, activities=(visit,)),
        plan(2, head={"updated_time": moment(18)}, activities=(moved,)),
    )

    assert [item.when.text for item in shown.coming if item.when] == ["tis 27 jan 2026 kl. 10.30"]
    assert [one.text for one in shown.coming[0].differing] == ["Tid: ons 28 jan 2026", "Läge: inställd"]


def test_an_activity_with_several_bookings_does_not_join_the_times_of_others() -> None:
    series = timed(
        during("20260120", "20260228"), ActivityStatus.BOOKED, bookings=(booking("b1"), booking("b2"))
    )
    steps = (
        NextStep(text="Första samtalet", timing=at("20260127"), booking=booking("b1")),
        NextStep(text="Andra samtalet", timing=at("20260203"), booking=booking("b2")),
    )

    shown = overview_of(plan(1, activities=(series,)), agreed(2, next_steps=steps))

    assert [item.when.start for item in shown.coming if item.when] == ["2026-01-27", "2026-02-03"]


def test_the_same_unit_and_start_without_a_booking_is_marked_and_not_merged() -> None:
    shown = overview_of(
        plan(1, activities=(timed(at("20260127103000"), title="Besök"),)),
        plan(2, activities=(timed(at("20260127103000"), title="Provtagning"),)),
    )

    assert lists(shown) == {"coming": ["Besök", "Provtagning"]}
    assert [item.possibly_same for item in shown.coming] == [("same-1",), ("same-1",)]
    assert shown.possibly_same[0].sentence == "Kan vara samma tid: Besök och Provtagning."


# --- what recurs --------------------------------------------------------------------------------


def recurring(**changes: Any) -> Recurrence:
    weekly = Recurrence(text="så ofta", frequency=1, every=1, unit=TimeUnit.WEEK)
    return replace(weekly, **changes)


@pytest.mark.parametrize(
    ("recurrence", "title", "sentence"),
    [
        (recurring(), "Dusch", "Varje vecka: dusch 1 gång"),
        (recurring(frequency=2, unit=TimeUnit.DAY), "Tillsyn", "Varje dag: tillsyn 2 gånger"),
        (recurring(every=2), "DOS-påsar", "Varannan vecka: DOS-påsar"),
        (recurring(frequency=1, frequency_max=3), "Handling", "Varje vecka: handling 1–3 gånger"),
        (recurring(every=3, unit=TimeUnit.MONTH), "Fotvård", "Var tredje månad: fotvård"),
        (recurring(every=2, unit=TimeUnit.YEAR, frequency=2), "Syntest", "Vartannat år: syntest 2 gånger"),
        (recurring(), "Eva kommer på besök", "Varje vecka: Eva kommer på besök 1 gång"),
        (
            recurring(frequency=2, unit=TimeUnit.DAY, day_parts=(DayPart.EVENING, DayPart.MORNING)),
            "Tillsyn",
            "Varje dag: tillsyn 2 gånger, på morgonen och på kvällen",
        ),
        (
            recurring(
                frequency=2,
                week_days=(WeekDay.FRIDAY, WeekDay.TUESDAY),
                times_of_day=(dt.time(10, 30),),
                duration_minutes=45,
            ),
            "Ledsagning",
            "Varje vecka: ledsagning 2 gånger, tisdagar och fredagar, kl. 10.30, 45 minuter",
        ),
    ],
)
def test_what_recurs_reads_as_how_often(recurrence: Recurrence, title: str, sentence: str) -> None:
    eva = Party(kind=PartyKind.PROFESSIONAL, name="Eva Lennartsson")
    row = activity(title=title, timing=Timing(recurrence=recurrence), performers=(eva,))

    shown = overview_of(plan(activities=(row,)))

    assert [one.sentence for one in shown.weekly_help] == [sentence]
    assert lists(shown) == {}


def days(*numbers: str) -> list[str]:
    return [f"2026-{number}" for number in numbers]


FROM_MONDAY = DatePeriod(start=dt.date(2026, 1, 19))
SHORT = DatePeriod(start=dt.date(2026, 1, 19), end=dt.date(2026, 2, 3))
TUESDAY_AND_FRIDAY = (WeekDay.TUESDAY, WeekDay.FRIDAY)


@pytest.mark.parametrize(
    ("recurrence", "within", "expected"),
    [
        pytest.param(
            recurring(frequency=2, week_days=TUESDAY_AND_FRIDAY),
            SHORT,
            days("01-20", "01-23", "01-27", "01-30", "02-03"),
            id="on week days, within its bounds",
        ),
        pytest.param(
            recurring(every=2, week_days=(WeekDay.WEDNESDAY,)),
            SHORT,
            days("01-21"),
            id="every other week counts from the first",
        ),
        pytest.param(
            recurring(every=2, week_days=(WeekDay.WEDNESDAY,)),
            DatePeriod(start=dt.date(2026, 1, 15), end=dt.date(2026, 2, 15)),
            days("01-28", "02-11"),
            id="every other week of a start after that day of its week",
        ),
        pytest.param(
            recurring(frequency=2, unit=TimeUnit.DAY, times_of_day=(dt.time(20), dt.time(8))),
            DatePeriod(start=dt.date(2026, 1, 1), end=dt.date(2026, 1, 21)),
            days("01-20T08:00:00", "01-20T20:00:00", "01-21T08:00:00", "01-21T20:00:00"),
            id="at times of the day",
        ),
        pytest.param(
            recurring(frequency=1, every=3, unit=TimeUnit.DAY, times_of_day=(dt.time(8),)),
            DatePeriod(start=dt.date(2026, 1, 12), end=dt.date(2026, 1, 28)),
            days("01-21T08:00:00", "01-24T08:00:00", "01-27T08:00:00"),
            id="every third day counts from the first",
        ),
        pytest.param(
            recurring(frequency=2, week_days=TUESDAY_AND_FRIDAY, count=5),
            DatePeriod(start=dt.date(2026, 1, 14)),
            days("01-20", "01-23", "01-27", "01-30"),
            id="a count counts what has been",
        ),
        pytest.param(
            recurring(frequency=1, every=2, week_days=(WeekDay.TUESDAY,), count=2),
            DatePeriod(start=dt.date(1950, 1, 3)),
            [],
            id="a count that is used up long ago",
        ),
        pytest.param(
            recurring(frequency=2, week_days=TUESDAY_AND_FRIDAY, count=2),
            DatePeriod(start=dt.date(2026, 2, 4)),
            days("02-06", "02-10"),
            id="a count of what has not begun",
        ),
        pytest.param(recurring(), FROM_MONDAY, [], id="neither week day nor time"),
        pytest.param(
            recurring(times_of_day=(dt.time(8),)), FROM_MONDAY, [], id="weekly at a time, but on which day"
        ),
        pytest.param(
            recurring(week_days=TUESDAY_AND_FRIDAY),
            FROM_MONDAY,
            [],
            id="once on one of two days, but on which",
        ),
        pytest.param(
            recurring(frequency=2, frequency_max=3, week_days=TUESDAY_AND_FRIDAY),
            FROM_MONDAY,
            [],
            id="two or three",
        ),
        pytest.param(
            recurring(every=2, week_days=(WeekDay.WEDNESDAY,)),
            None,
            [],
            id="every other week, but from which",
        ),
        pytest.param(
            recurring(unit=TimeUnit.MONTH, times_of_day=(dt.time(8),)),
            FROM_MONDAY,
            [],
            id="monthly, but on which day",
        ),
        pytest.param(
            recurring(frequency=1, week_days=(WeekDay.MONDAY,), unit=TimeUnit.DAY),
            FROM_MONDAY,
            [],
            id="CP-012 broken",
        ),
        pytest.param(
            recurring(week_days=(WeekDay.TUESDAY,)),
            DatePeriod(start=dt.date(2026, 1, 1), end=dt.date(2026, 1, 19)),
            [],
            id="over",
        ),
    ],
)
def test_a_recurrence_becomes_dates_only_when_they_can_be_known(
    recurrence: Recurrence, within: DatePeriod | None, expected: list[str]
) -> None:
    assert [told.isoformat() for told in occurrences(recurrence, within, TODAY)] == expected


def test_occurrences_reach_six_months_ahead_and_no_longer() -> None:
    weekly = recurring(frequency=7, week_days=tuple(WeekDay))

    told = list(occurrences(weekly, None, TODAY))

    assert (told[0], told[-1]) == (TODAY, dt.date(2026, 7, 20))
    assert len(told) == 182


@pytest.mark.parametrize(
    ("today", "last"),
    [
        (dt.date(2025, 8, 31), dt.date(2026, 2, 28)),
        (dt.date(2026, 12, 15), dt.date(2027, 6, 15)),
        (dt.date(9999, 12, 1), dt.date(9999, 12, 31)),
    ],
)
def test_six_months_end_on_a_day_that_exists(today: dt.date, last: dt.date) -> None:
    *_, told = occurrences(recurring(frequency=7, week_days=tuple(WeekDay)), None, today)

    assert told == last


def test_help_that_is_over_is_no_help_now_and_help_to_come_says_when() -> None:
    def during_period(number: str, period: DatePeriod) -> Activity:
        return activity(id=number, title=number, timing=Timing(recurrence=recurring(bounds=period)))

    rows = (
        during_period("förr", DatePeriod(start=dt.date(2025, 12, 1), end=dt.date(2026, 1, 19))),
        during_period("nu", DatePeriod(start=dt.date(2026, 1, 20))),
        during_period("sedan", DatePeriod(start=dt.date(2026, 1, 21))),
    )

    shown = overview_of(plan(activities=rows))

    assert {one.title: one.phase for one in shown.weekly_help} == {"nu": Phase.CURRENT, "sedan": Phase.COMING}


@pytest.mark.parametrize("status", [ActivityStatus.COMPLETED, ActivityStatus.CANCELLED])
def test_help_that_has_stopped_is_no_help(status: ActivityStatus) -> None:
    row = activity(timing=Timing(recurrence=recurring()), status=status)

    assert overview_of(plan(activities=(row,))).weekly_help == ()


def test_paused_help_has_no_dates() -> None:
    weekly = recurring(week_days=(WeekDay.TUESDAY,))
    row = activity(timing=Timing(recurrence=weekly), status=ActivityStatus.ON_HOLD)

    assert [one.occurrences for one in overview_of(plan(activities=(row,))).weekly_help] == [()]


def test_a_grant_bounds_what_the_recurrence_leaves_open_but_does_not_say_which_week() -> None:
    granted = Decision(period=SHORT, date=dt.date(2026, 1, 16), extent="2 timmar")
    weekly = activity(
        id="1", timing=Timing(recurrence=recurring(week_days=(WeekDay.TUESDAY,))), decision=granted
    )
    every_other = activity(
        id="2", timing=Timing(recurrence=recurring(every=2, week_days=(WeekDay.TUESDAY,))), decision=granted
    )

    shown = overview_of(plan(activities=(weekly, every_other)))

    assert [one.occurrences for one in shown.weekly_help] == [tuple(days("01-20", "01-27", "02-03")), ()]
    assert shown.weekly_help[0].granted == (
        "Beslutat fre 16 jan 2026: 2 timmar, mån 19 jan 2026 – tis 3 feb 2026"
    )


def test_help_by_others_comes_before_what_the_patient_does_and_the_most_often_first() -> None:
    rows = tuple(
        activity(id=title, title=title, timing=Timing(recurrence=how), performers=(Party(kind=kind),))
        for title, how, kind in (
            ("väger sig", recurring(unit=TimeUnit.DAY), PartyKind.PATIENT),
            ("dusch", recurring(), PartyKind.CARE_UNIT),
            ("tillsyn", recurring(unit=TimeUnit.DAY), PartyKind.CARE_UNIT),
        )
    )

    shown = overview_of(plan(activities=rows))

    assert [one.title for one in shown.weekly_help] == ["tillsyn", "dusch", "väger sig"]
