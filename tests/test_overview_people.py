"""The overview's contacts, goals, joint plans and news: what is one, and what is kept apart."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from msgspec.structs import replace

from riv_careplans.codes import (
    Achievement,
    AgreementStatus,
    GoalStatus,
    Informant,
    PartyKind,
    PlanStatus,
    RiskLevel,
    Urgency,
)
from riv_careplans.model import (
    DatePeriod,
    GoalAchievement,
    ImportantToPatient,
    NextStep,
    Participant,
    Party,
    Person,
    RiskAction,
    RiskTrigger,
)
from riv_careplans.overview.view import NewsKind, Phase
from tests.builders import activity, goal, hsa, participant, risk
from tests.merging import (
    HEALTH_CENTRE,
    HOME_CARE,
    HOME_NURSING,
    TODAY,
    agreed,
    at,
    moment,
    part,
    plan,
)
from tests.overviews import overview_of

FROM_MONDAY = DatePeriod(start=dt.date(2026, 1, 19))


# --- contacts -----------------------------------------------------------------------------------


def test_the_same_contact_in_several_records_is_one_row_with_what_each_knows() -> None:
    unit = HEALTH_CENTRE
    own = participant(organization=unit, helps_with="Samordnar din vård.", period=FROM_MONDAY)
    named_elsewhere = participant(organization=unit, note="Ring på förmiddagen.")

    shown = overview_of(
        part(1, HOME_CARE, participants=(named_elsewhere,)), part(2, HEALTH_CENTRE, participants=(own,))
    )

    (contact,) = shown.contacts
    assert (contact.helps_with, contact.note) == ("Samordnar din vård.", "Ring på förmiddagen.")
    assert (contact.start, contact.phase, contact.fixed) == (dt.date(2026, 1, 19), Phase.CURRENT, True)
    assert len(contact.citations) == 2


def test_a_contact_is_told_in_the_words_of_its_own_unit() -> None:
    theirs = participant(organization=HOME_NURSING, helps_with="Enligt hemsjukvården")
    ours = participant(organization=HOME_NURSING, helps_with="Enligt någon annan")

    shown = overview_of(
        part(1, HOME_NURSING, participants=(theirs,)), part(9, HOME_CARE, participants=(ours,))
    )

    assert [contact.helps_with for contact in shown.contacts] == ["Enligt hemsjukvården"]


def test_two_periods_of_the_same_contact_are_two_rows() -> None:
    def in_period(start: dt.date, end: dt.date | None) -> Participant:
        return participant(period=DatePeriod(start=start, end=end))

    shown = overview_of(
        plan(1, participants=(in_period(dt.date(2024, 1, 1), dt.date(2024, 6, 1)),)),
        plan(2, participants=(in_period(dt.date(2026, 1, 1), None),)),
    )

    assert [(one.start, one.phase) for one in shown.contacts] == [
        (dt.date(2026, 1, 1), Phase.CURRENT),
        (dt.date(2024, 1, 1), Phase.PAST),
    ]


@pytest.mark.parametrize(
    ("changes", "phase"),
    [
        ({"participants": (participant(),)}, Phase.CURRENT),
        ({"participants": (participant(period=DatePeriod(start=TODAY, end=TODAY)),)}, Phase.CURRENT),
        ({"participants": (participant(period=DatePeriod(start=dt.date(2026, 1, 21))),)}, Phase.COMING),
        (
            {
                "participants": (
                    participant(period=DatePeriod(start=dt.date(2026, 1, 1), end=dt.date(2026, 1, 19))),
                )
            },
            Phase.PAST,
        ),
        ({"period": DatePeriod(start=dt.date(2025, 1, 1), end=dt.date(2025, 2, 1))}, Phase.PAST),
        ({"status": PlanStatus.COMPLETED}, Phase.PAST),
        ({"status": PlanStatus.COMPLETED, "participants": (participant(period=FROM_MONDAY),)}, Phase.PAST),
    ],
)
def test_a_contact_is_current_coming_or_past(changes: dict[str, Any], phase: Phase) -> None:
    assert [contact.phase for contact in overview_of(plan(**changes)).contacts] == [phase]


def test_a_contact_without_id_is_marked_as_possibly_the_same_and_not_merged() -> None:
    known = participant()
    nameless = replace(known, person=Person(name="Hampus Vällivara"))

    shown = overview_of(plan(1, participants=(known,)), plan(2, participants=(nameless,)))

    assert [contact.possibly_same for contact in shown.contacts] == [("same-1",), ("same-1",)]


# --- goals, risks, what matters -----------------------------------------------------------------


def test_a_goal_that_parts_of_a_joint_plan_say_alike_is_said_once() -> None:
    steps = (goal(id="steg", text="Gå i trapphuset"),)

    shown = overview_of(
        part(1, HOME_CARE, goals=(goal(id="a", sub_goals=steps),)),
        part(2, HOME_NURSING, goals=(goal(id="b", sub_goals=steps),)),
    )

    (one,) = shown.goals
    assert len(one.citations) == 2
    assert [step.text for step in one.sub_goals] == ["Gå i trapphuset"]


def test_a_goal_that_parts_say_otherwise_stands_twice_and_is_a_contradiction() -> None:
    reached = goal(status=GoalStatus.COMPLETED, achievement=GoalAchievement(code=Achievement.ACHIEVED))

    shown = overview_of(part(1, HOME_CARE, goals=(goal(),)), part(2, HOME_NURSING, goals=(reached,)))

    assert [(one.status, one.contradictions) for one in shown.goals] == [
        (GoalStatus.ACTIVE, ("contradiction-1",)),
        (GoalStatus.COMPLETED, ("contradiction-1",)),
    ]
    assert [one.value for one in shown.contradictions[0].statements] == ["avslutat, uppnått", "pågår"]


def test_goals_of_plans_that_are_not_joint_are_not_put_together() -> None:
    assert len(overview_of(plan(1, goals=(goal(),)), plan(2, goals=(goal(),))).goals) == 2


def test_goals_of_a_plan_that_is_over_are_not_goals_now() -> None:
    assert overview_of(plan(goals=(goal(),), status=PlanStatus.COMPLETED)).goals == ()


def test_red_comes_first_among_risks_signs_and_actions() -> None:
    mixed = risk(
        triggers=(
            RiskTrigger(text="Gult", level=RiskLevel.YELLOW),
            RiskTrigger(text="Rött", level=RiskLevel.RED),
        ),
        actions=(
            RiskAction(text="Vila", urgency=Urgency.SELF_CARE),
            RiskAction(text="Ring Hampus", urgency=Urgency.CONTACT_TODAY, participant_id="deltagare-1"),
            RiskAction(text="Ring 112", urgency=Urgency.EMERGENCY_112),
        ),
    )
    green = risk(id="2", triggers=(RiskTrigger(text="Grönt", level=RiskLevel.GREEN),))
    unknown = risk(id="3", triggers=(RiskTrigger(text="Okänt"),))

    shown = overview_of(plan(risks=(unknown, green, mixed)))

    assert [one.level for one in shown.risks] == [RiskLevel.RED, RiskLevel.GREEN, None]
    assert [one.text for one in shown.risks[0].triggers] == ["Rött", "Gult"]
    assert [one.text for one in shown.risks[0].actions] == ["Ring 112", "Ring Hampus", "Vila"]
    assert shown.risks[0].actions[1].contact == shown.contacts[0].id


def test_what_matters_is_said_once_with_its_latest_day() -> None:
    def wish(day: dt.date | None) -> ImportantToPatient:
        return ImportantToPatient(text="Jag vill bo kvar hemma.", date=day)

    shown = overview_of(
        plan(1, important_to_patient=(wish(dt.date(2026, 1, 2)),)),
        agreed(2, important_to_patient=(wish(dt.date(2026, 1, 9)), wish(None))),
    )

    (one,) = shown.important
    assert (one.date, len(one.citations)) == (dt.date(2026, 1, 9), 2)


# --- joint plans --------------------------------------------------------------------------------


def test_a_joint_plan_is_one_plan_with_a_part_per_source_and_its_differences() -> None:
    responsible = Party(kind=PartyKind.PROFESSIONAL, name="Farzane", id=hsa("SE0000000026-P1"))
    other = Party(kind=PartyKind.PROFESSIONAL, name="Eva", id=hsa("SE0000000026-P2"))

    shown = overview_of(
        part(1, HOME_CARE, responsible=other), part(2, HOME_NURSING, responsible=responsible), plan(7)
    )

    joint = next(one for one in shown.plans if one.joint)
    assert len(shown.plans) == 2
    assert [one.care_unit for one in joint.parts] == [HOME_NURSING.name, HOME_CARE.name]
    assert [one.sentence for one in joint.differences] == ["Delarna anger olika ansvariga för planen."]
    assert [(one.said_by, one.value) for one in joint.differences[0].statements] == [
        (HOME_NURSING.name, "Farzane"),
        (HOME_CARE.name, "Eva"),
    ]


# --- what is new --------------------------------------------------------------------------------


def test_what_is_new_counts_from_the_day_itself() -> None:
    head = {"created_time": dt.datetime(2025, 1, 1), "updated_time": dt.datetime(2025, 12, 10, 8)}  # noqa: DTZ001
    earlier = {"created_time": dt.datetime(2025, 1, 1), "updated_time": dt.datetime(2025, 12, 9, 23)}  # noqa: DTZ001
    changed = plan(1, title="A", head=head | {"change_summary": "Ny tid"})
    new = plan(2, title="B", head={"created_time": dt.datetime(2026, 1, 2), "updated_time": moment(3)})  # noqa: DTZ001

    shown = overview_of(changed, new, plan(3, title="C", head=earlier))

    assert [(one.kind, one.text, one.summaries) for one in shown.news] == [
        (NewsKind.CHANGED_RECORD, "Ändrat: B", ()),
        (NewsKind.NEW_RECORD, "Nytt: B", ()),
        (NewsKind.CHANGED_RECORD, "Ändrat: A", ("Ny tid",)),
    ]


def test_a_new_record_is_new_the_day_it_was_made_and_changed_the_day_it_was_changed() -> None:
    head = {"created_time": moment(12), "updated_time": moment(17), "change_summary": "Operationen är gjord."}

    shown = overview_of(plan(title="Operation", head=head))

    assert [(one.date, one.text, one.summaries) for one in shown.news] == [
        (dt.date(2026, 1, 17), "Ändrat: Operation", ("Operationen är gjord.",)),
        (dt.date(2026, 1, 12), "Nytt: Operation", ()),
    ]


def test_a_record_changed_the_day_it_was_made_is_one_piece_of_news() -> None:
    head = {"created_time": moment(12, 8), "updated_time": moment(12, 15), "change_summary": "Rättad."}

    shown = overview_of(plan(title="Operation", head=head))

    assert [(one.text, one.summaries) for one in shown.news] == [("Nytt: Operation", ("Rättad.",))]


def test_contacts_and_times_are_new_since_a_day() -> None:
    ended = participant(period=DatePeriod(start=dt.date(2025, 1, 1), end=dt.date(2026, 1, 18)))
    began = participant(
        id="2",
        person=Person(id=hsa("SE0000000018-P9"), name="Farzane"),
        period=FROM_MONDAY,
    )
    visit = activity(timing=at("20260127"), title="Besök")

    shown = overview_of(plan(participants=(ended, began), activities=(visit,)))

    assert [(one.kind, one.date) for one in shown.news] == [
        (NewsKind.NEW_CONTACT, dt.date(2026, 1, 19)),
        (NewsKind.ENDED_CONTACT, dt.date(2026, 1, 19)),
        (NewsKind.CHANGED_RECORD, dt.date(2026, 1, 16)),
        (NewsKind.NEW_TIME, dt.date(2026, 1, 16)),
        (NewsKind.NEW_RECORD, dt.date(2026, 1, 15)),
    ]


def test_superseded_agreements_have_no_steps_ahead() -> None:
    step = NextStep(text="Vi ses igen", timing=at("20260127"))

    shown = overview_of(agreed(1, status=AgreementStatus.SUPERSEDED, next_steps=(step,)))

    assert shown.next_steps == ()
    assert shown.coming == ()


def test_informants_are_kept_as_codes() -> None:
    record = plan()
    told = replace(record.header.provenance, informants=(Informant.RELATIVE,))

    shown = overview_of(replace(record, header=replace(record.header, provenance=told)))

    assert shown.provenance[0].informants == (Informant.RELATIVE,)
