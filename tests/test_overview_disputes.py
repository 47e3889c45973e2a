"""What does not agree is quoted from every side, in Swedish."""

from __future__ import annotations

from typing import Any

import pytest

from riv_careplans.codes import FixedContact, InvolvementForm, PartyKind, PlanStatus, PlanType, Scope
from riv_careplans.model import CV, DatePeriod, Involvement, Organization, Participant, Party, Person, Team
from riv_careplans.overview import Audience
from riv_careplans.overview.view import NamedParty
from tests.builders import activity, hsa, participant, plan_type, recurring, role
from tests.merging import HOME_CARE, HOME_NURSING, TODAY, follow_up, part, plan
from tests.overviews import overview_of


@pytest.mark.parametrize(
    ("one", "other", "sentence", "values"),
    [
        (
            {"type": plan_type(PlanType.SIP, "SIP")},
            {"type": plan_type(PlanType.VP, "Vårdplan")},
            "Delarna anger olika typ av plan.",
            ["Vårdplan", "SIP"],
        ),
        (
            {"type": CV(original_text="Egen plan")},
            {"type": CV(code="X", code_system="1.2.3")},
            "Delarna anger olika typ av plan.",
            ["X", "Egen plan"],
        ),
        (
            {"scope": Scope.COMPREHENSIVE},
            {"scope": Scope.AREA},
            "Delarna anger olika räckvidd.",
            ["plan för ett område", "övergripande plan"],
        ),
        ({"title": "SIP"}, {"title": "Gemensam plan"}, "Delarna har olika rubrik.", ["Gemensam plan", "SIP"]),
        (
            {"status": PlanStatus.ACTIVE},
            {"status": PlanStatus.COMPLETED},
            "Delarna anger olika läge för planen.",
            ["avslutad", "gäller"],
        ),
        (
            {"period": DatePeriod(start=TODAY)},
            {"period": DatePeriod(start=TODAY, end=TODAY)},
            "Delarna anger olika giltighetstid.",
            ["tis 20 jan 2026", "från tis 20 jan 2026"],
        ),
        (
            {"involvement": Involvement(form=InvolvementForm.INFORMED, agreed=True)},
            {"involvement": Involvement(form=InvolvementForm.INFORMED, agreed=False)},
            "Delarna säger olika om planen är godkänd.",
            ["nej", "ja"],
        ),
        (
            {"follow_ups": (follow_up("20260305"),)},
            {"follow_ups": (follow_up("20260306"), follow_up("2027"))},
            "Delarna anger olika tider för uppföljning.",
            ["fre 6 mars 2026 och 2027", "tors 5 mars 2026"],
        ),
    ],
)
def test_what_parts_of_a_joint_plan_say_differently_is_told_in_swedish(
    one: dict[str, Any], other: dict[str, Any], sentence: str, values: list[str]
) -> None:
    shown = overview_of(part(1, HOME_CARE, **one), part(2, HOME_NURSING, **other))

    (difference,) = shown.plans[0].differences
    assert difference.sentence == sentence
    assert [statement.value for statement in difference.statements] == values
    assert [statement.said_by for statement in difference.statements] == [HOME_NURSING.name, HOME_CARE.name]


def physician(name: str | None, number: str, **changes: Any) -> Participant:
    return participant(
        role=role(FixedContact.PRIMARY_CARE_PHYSICIAN, "Fast läkarkontakt i primärvården"),
        person=Person(id=hsa(number), name=name),
        **changes,
    )


def test_two_fixed_physicians_are_a_contradiction_marked_on_both() -> None:
    unit = Organization(id=hsa("SE0000000018-E1"), name="Hälsocentralen")

    shown = overview_of(
        plan(1, participants=(physician("Emilia Ström", "SE0000000018-P5", organization=unit),)),
        plan(2, participants=(physician(None, "SE0000000018-P6"),)),
    )

    (contradiction,) = shown.contradictions
    assert (
        contradiction.sentence == "Det finns olika uppgifter om vem som är fast läkarkontakt i primärvården."
    )
    assert {one.value for one in contradiction.statements} == {"Emilia Ström (Hälsocentralen)", "okänd"}
    assert [contact.contradictions for contact in shown.contacts] == [
        (contradiction.id,),
        (contradiction.id,),
    ]


def test_follow_up_dates_that_contradict_each_other_are_marked_on_the_timeline() -> None:
    shown = overview_of(
        part(1, HOME_CARE, follow_ups=(follow_up("20260305"),)),
        part(2, HOME_NURSING, follow_ups=(follow_up("20260306"),)),
    )

    (contradiction,) = shown.contradictions
    assert contradiction.sentence == "Det finns olika uppgifter om när planen följs upp: SIP."
    assert [item.contradictions for item in shown.coming] == [(contradiction.id,), (contradiction.id,)]


@pytest.mark.parametrize(
    ("party", "audience", "name"),
    [
        (Party(kind=PartyKind.PATIENT, name="Asta Blomberg"), Audience.PATIENT, "du själv"),
        (Party(kind=PartyKind.PATIENT, name="Asta Blomberg"), Audience.REPRESENTATIVE, "Asta Blomberg"),
        (Party(kind=PartyKind.PATIENT), Audience.REPRESENTATIVE, "patienten"),
        (Party(kind=PartyKind.RELATIVE, name="Maria", relation="Dotter"), Audience.PATIENT, "Maria (dotter)"),
        (Party(kind=PartyKind.RELATIVE, relation="Dotter"), Audience.PATIENT, "Dotter"),
        (Party(kind=PartyKind.RELATIVE), Audience.PATIENT, "en närstående"),
        (
            Party(kind=PartyKind.PROFESSIONAL, participant_id="deltagare-1"),
            Audience.PATIENT,
            "Hampus Vällivara (Hälsocentralen)",
        ),
        (Party(kind=PartyKind.TEAM, participant_id="team"), Audience.PATIENT, "Hemteamet"),
        (Party(kind=PartyKind.ROLE, participant_id="roll"), Audience.PATIENT, "Fast vårdkontakt"),
        (Party(kind=PartyKind.CARE_UNIT), Audience.PATIENT, "en enhet inom vård eller omsorg"),
        (Party(kind=PartyKind.PROFESSIONAL, participant_id="ingen"), Audience.PATIENT, "någon i personalen"),
    ],
)
def test_a_party_is_called_what_the_reader_calls_it(party: Party, audience: Audience, name: str) -> None:
    unit = Organization(id=hsa("SE0000000018-E1"), name="Hälsocentralen")
    people = (
        participant(organization=unit),
        participant(id="team", person=None, team=Team(name="Hemteamet")),
        participant(id="roll", person=Person()),
    )
    row = activity(performers=(party,), timing=recurring())

    shown = overview_of(plan(participants=people, activities=(row,)), audience=audience)

    assert [one.name for one in shown.weekly_help[0].performers] == [name]


def test_a_party_that_is_a_contact_points_to_it() -> None:
    someone = Party(kind=PartyKind.PROFESSIONAL, participant_id="deltagare-1")

    shown = overview_of(plan(activities=(activity(performers=(someone,), timing=recurring()),)))

    assert shown.weekly_help[0].performers == (
        NamedParty(kind=PartyKind.PROFESSIONAL, name="Hampus Vällivara", contact=shown.contacts[0].id),
    )


def test_a_plan_is_called_what_its_newest_part_in_force_calls_it() -> None:
    shown = overview_of(
        part(1, HOME_CARE, title="Gammal rubrik"),
        part(2, HOME_NURSING, title="Ny rubrik"),
        part(3, title="Avbruten del", status=PlanStatus.CANCELLED),
    )

    (joint,) = shown.plans
    assert joint.joint
    assert (joint.title, joint.status) == ("Ny rubrik", PlanStatus.ACTIVE)
