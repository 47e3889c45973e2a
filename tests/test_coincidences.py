"""The same thing in several records: bookings are joined, what only looks the same is marked."""

from __future__ import annotations

from typing import Any

import pytest

from riv_careplans.aggregate.merged import (
    PossiblySameKind,
)
from riv_careplans.codes import (
    ActivityStatus,
    PartyKind,
)
from riv_careplans.identity import HSA_ID_HL7
from riv_careplans.model import (
    CV,
    II,
    Activity,
    BookingRef,
    FollowUp,
    NextStep,
    Participant,
    Party,
    Person,
    Team,
    Timing,
)
from tests.builders import (
    CARE_UNIT,
    activity,
    goal,
    hsa,
    participant,
)
from tests.merging import (
    HOME_CARE,
    HOME_NURSING,
    agreed,
    at,
    booking,
    merged,
    plan,
)

# --- bookings -----------------------------------------------------------------------------------


def test_everything_with_the_same_booking_is_one_appointment_with_all_its_mentions() -> None:
    visit = activity(title="Stygnen tas", bookings=(booking(),))
    step = NextStep(
        text="Stygnen tas", booking=booking(facility=II(root=HSA_ID_HL7, extension=CARE_UNIT.lower()))
    )
    check = FollowUp(booking=booking())

    result = merged(
        plan(1, activities=(activity(id="a0"), visit), follow_ups=(check,)),
        plan(2, goals=(goal(sub_goals=(goal(id="m2", follow_up=check),)),)),
        agreed(3, next_steps=(step,)),
    )

    (appointment,) = result.appointments
    assert [(one.record.record_id[1][-1], one.path, one.element) for one in appointment.mentions] == [
        ("1", "body/activity[2]", visit),
        ("1", "body/followUp[1]", check),
        ("2", "body/goal[1]/subGoal[1]/followUp", check),
        ("3", "body/nextStep[1]", step),
    ]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(booking("b2"), id="another booking"),
        pytest.param(booking(facility=hsa("SE0000000026-E4")), id="another facility"),
    ],
)
def test_bookings_that_differ_are_appointments_of_their_own(other: BookingRef) -> None:
    result = merged(
        plan(1, activities=(activity(bookings=(booking(),)),)),
        plan(2, activities=(activity(bookings=(other,)),)),
    )

    assert [len(one.mentions) for one in result.appointments] == [1, 1]


def test_appointments_come_by_facility_and_booking_id() -> None:
    bookings = (booking("b2"), booking("b1", hsa("SE0000000026-E4")), booking("b1"))

    result = merged(plan(activities=(activity(bookings=bookings),)))

    assert [one.booking for one in result.appointments] == [bookings[2], bookings[0], bookings[1]]


def test_an_activity_with_two_bookings_is_mentioned_in_both_and_once_in_each() -> None:
    result = merged(plan(activities=(activity(bookings=(booking("b1"), booking("b2"), booking("b1"))),)))

    assert [(one.booking.booking_id, len(one.mentions)) for one in result.appointments] == [
        ("b1", 1),
        ("b2", 1),
    ]


# --- possibly the same --------------------------------------------------------------------------


def contact(name: str | None, number: str | None = None, **changes: Any) -> Participant:
    person = Person(name=name, id=None if number is None else hsa(number))
    return participant(person=person, **changes)


FARZANE = "SE0000000026-P4"


@pytest.mark.parametrize(
    ("one", "other", "marked"),
    [
        pytest.param(contact("Farzane"), contact("farzane "), 1, id="same name and role, no ids"),
        pytest.param(contact("Farzane", FARZANE), contact("Farzane"), 1, id="only one has an id"),
        pytest.param(contact("Farzane", FARZANE), contact("Farzane", FARZANE), 0, id="same id"),
        pytest.param(contact("Farzane", FARZANE), contact("Farzane", "SE0000000026-P5"), 0, id="other ids"),
        pytest.param(contact("Farzane"), contact("Eva"), 0, id="other name"),
        pytest.param(
            contact("Farzane"), contact("Farzane", role=CV(original_text="SSK")), 0, id="other role"
        ),
        pytest.param(contact(None), contact(None), 0, id="no names"),
        pytest.param(contact(" "), contact(" "), 0, id="blank names"),
        pytest.param(
            contact(None, team=Team(name="Teamet")),
            contact(None, team=Team(name="teamet")),
            1,
            id="unnamed of a team",
        ),
        pytest.param(
            participant(person=None, team=Team(name="Teamet")),
            participant(person=None, team=Team(name="teamet")),
            1,
            id="teams",
        ),
        pytest.param(
            contact("Aisha", role=CV(original_text="Diabetessjuksköterska")),
            contact("Aisha", role=CV(original_text="diabetessjuksköterska")),
            1,
            id="role in words",
        ),
    ],
)
def test_contacts_that_look_the_same_are_marked(one: Participant, other: Participant, marked: int) -> None:
    result = merged(plan(1, participants=(one,)), agreed(2, participants=(other,)))

    assert [len(same.mentions) for same in result.possibly_same] == [2] * marked
    assert {same.kind for same in result.possibly_same} <= {PossiblySameKind.CONTACT}
    assert len(list(result.records)) == 2


def test_marks_come_by_name() -> None:
    crowd = (contact("Farzane", id="p1"), contact("Eva", id="p2"))

    result = merged(plan(1, participants=crowd), plan(2, participants=crowd))

    elements = [same.mentions[0].element for same in result.possibly_same]
    assert elements == [crowd[1], crowd[0]]


def test_a_contact_mentioned_twice_in_one_record_is_not_marked() -> None:
    twice = (contact("Farzane", id="p1"), contact("Farzane", id="p2"))

    assert merged(plan(participants=twice)).possibly_same == ()


NINE = at("20260127090000")


def visit(timing: Timing = NINE, **changes: Any) -> Activity:
    return activity(timing=timing, **changes)


@pytest.mark.parametrize(
    ("one", "other", "marked"),
    [
        pytest.param(visit(), visit(), 1, id="no bookings"),
        pytest.param(visit(bookings=(booking(),)), visit(), 1, id="only one has a booking"),
        pytest.param(visit(bookings=(booking(),)), visit(bookings=(booking(),)), 0, id="one booking"),
        pytest.param(visit(bookings=(booking(),)), visit(bookings=(booking("b2"),)), 0, id="two bookings"),
        pytest.param(visit(), visit(at("20260127100000")), 0, id="another time"),
        pytest.param(visit(at("20260127")), visit(at("20260127")), 0, id="only the day"),
        pytest.param(visit(), visit(status=ActivityStatus.CANCELLED), 0, id="cancelled"),
        pytest.param(
            visit(),
            visit(responsible=Party(kind=PartyKind.CARE_UNIT, id=hsa("SE0000000026-E4"))),
            0,
            id="another unit",
        ),
        pytest.param(
            visit(bookings=(booking(), booking("b9", hsa("SE0000000026-E4")))),
            visit(bookings=(booking(),)),
            0,
            id="one booking in common",
        ),
    ],
)
def test_times_that_look_the_same_are_marked(one: Activity, other: Activity, marked: int) -> None:
    result = merged(
        plan(1, participants=(), activities=(one,)), plan(2, participants=(), activities=(other,))
    )

    assert [(same.kind, len(same.mentions)) for same in result.possibly_same] == [
        (PossiblySameKind.TIME, 2)
    ] * marked


def test_two_bookings_at_different_facilities_tell_nothing_of_one_unit() -> None:
    of_unit = Party(kind=PartyKind.CARE_UNIT, id=hsa(CARE_UNIT))
    here = visit(performers=(of_unit,), bookings=(booking("1"),))
    there = visit(performers=(of_unit,), bookings=(booking("2", hsa("SE0000000026-E4")),))

    result = merged(
        plan(1, participants=(), activities=(here,)), plan(2, participants=(), activities=(there,))
    )

    assert [len(same.mentions) for same in result.possibly_same] == [2]


def test_those_who_share_two_units_are_marked_once() -> None:
    units = tuple(Party(kind=PartyKind.CARE_UNIT, id=unit.id) for unit in (HOME_CARE, HOME_NURSING))

    result = merged(
        plan(1, participants=(), activities=(visit(performers=units),)),
        plan(2, participants=(), activities=(visit(performers=units),)),
    )

    assert len(result.possibly_same) == 1


def test_a_unit_is_known_by_the_participant_who_does_it() -> None:
    nurse = participant(id="p", organization=HOME_NURSING)
    through_participant = visit(performers=(Party(kind=PartyKind.PROFESSIONAL, participant_id="p"),))

    result = merged(
        plan(1, participants=(nurse,), activities=(through_participant,)),
        agreed(
            2,
            head={"accountable_care_unit": HOME_NURSING},
            next_steps=(NextStep(text="Stygnen tas", timing=NINE),),
        ),
    )

    assert [[one.path for one in same.mentions] for same in result.possibly_same] == [
        ["body/activity[1]", "body/nextStep[1]"]
    ]
