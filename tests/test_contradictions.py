"""What cannot all be true is output with everyone who says it; what can be, is not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from riv_careplans.aggregate.merged import (
    Contradiction,
    ContradictionKind,
    GoalState,
    Merged,
    PlannedTimes,
    RecordKind,
)
from riv_careplans.codes import (
    Achievement,
    AgreementStatus,
    FixedContact,
    GoalStatus,
    PartyKind,
    PlanStatus,
)
from riv_careplans.identity import HSA_ID_HL7, PartialTime
from riv_careplans.model import (
    CV,
    II,
    CarePlan,
    DatePeriod,
    FollowUpOutcome,
    GoalAchievement,
    PartialPeriod,
    Participant,
    Party,
    Person,
    Team,
    Timing,
)
from tests.builders import (
    activity,
    goal,
    hsa,
    participant,
    recurring,
    role,
)
from tests.merging import (
    HEALTH_CENTRE,
    HOME_CARE,
    TODAY,
    agreed,
    at,
    follow_up,
    merged,
    moment,
    part,
    plan,
    professional,
    replaces,
)

ASTA = Party(kind=PartyKind.PATIENT)
FARZANE = professional("Farzane Hatamian", "SE0000000026-P4")
EVA = professional("Eva Lennartsson", "SE0000000026-P3")


def kinds(result: Merged) -> list[ContradictionKind]:
    return [one.kind for one in result.contradictions]


def spoken(contradiction: Contradiction) -> list[str]:
    """Give the number of each record that has something to say."""
    return [said.record.record_id[1].rpartition(":")[2] for said in contradiction.statements]


# --- two fasta läkarkontakter -------------------------------------------------------------------


def physician(name: str | None, number: str | None = None, **changes: Any) -> Participant:
    person = Person(name=name, id=None if number is None else hsa(number))
    return participant(
        role=role(FixedContact.PRIMARY_CARE_PHYSICIAN, "Fast läkarkontakt"), person=person, **changes
    )


EMILIA = physician("Emilia Ström", "SE0000000018-P2")
OTHER = physician("Olof Ek", "SE0000000018-P9")


def test_two_active_fasta_lakarkontakter_contradict_each_other_across_sources() -> None:
    result = merged(
        plan(1, participants=(EMILIA,), head={"updated_time": moment(17)}),
        agreed(2, participants=(OTHER,), head={"updated_time": moment(18)}),
    )

    (contradiction,) = result.contradictions
    assert contradiction.kind is ContradictionKind.TWO_PRIMARY_CARE_PHYSICIANS
    assert contradiction.subject == "Fast läkarkontakt"
    assert [said.value for said in contradiction.statements] == [OTHER, EMILIA]
    assert [said.record.kind for said in contradiction.statements] == [
        RecordKind.AGREEMENT,
        RecordKind.CARE_PLAN,
    ]
    assert {said.path for said in contradiction.statements} == {"body/participant[1]"}


def test_everyone_who_names_a_fast_lakarkontakt_is_quoted() -> None:
    result = merged(
        *(plan(number, participants=(EMILIA,)) for number in (1, 2)), plan(3, participants=(OTHER,))
    )

    assert sorted(spoken(result.contradictions[0])) == ["1", "2", "3"]


ENDED = DatePeriod(start=dt.date(2025, 1, 1), end=dt.date(2026, 1, 19))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(plan(1, participants=(EMILIA,)), plan(2, participants=(EMILIA,)), id="the same person"),
        pytest.param(
            plan(1, participants=(EMILIA,)),
            plan(2, participants=(physician("emilia  ström"),)),
            id="the same name, once without id",
        ),
        pytest.param(
            plan(1, participants=(EMILIA,)),
            plan(
                2,
                participants=(
                    participant(
                        role=EMILIA.role,
                        person=Person(id=II(root=HSA_ID_HL7, extension="se0000000018-p2")),
                    ),
                ),
            ),
            id="the same id, written in another way",
        ),
        pytest.param(
            plan(1, participants=(EMILIA,)),
            plan(2, participants=(physician("Olof", period=ENDED),)),
            id="ended",
        ),
        pytest.param(
            plan(1, participants=(EMILIA,)),
            plan(2, period=ENDED, participants=(OTHER,)),
            id="in a plan that ended",
        ),
        pytest.param(
            plan(1, participants=(EMILIA,)),
            plan(2, status=PlanStatus.COMPLETED, participants=(OTHER,)),
            id="in a completed plan",
        ),
        pytest.param(
            plan(1, participants=(EMILIA,)),
            agreed(2, status=AgreementStatus.SUPERSEDED, participants=(OTHER,)),
            id="in a superseded agreement",
        ),
        pytest.param(
            plan(1, participants=(OTHER,)),
            plan(2, participants=(EMILIA,), related_records=replaces(1)),
            id="in a replaced plan",
        ),
        pytest.param(
            plan(1, participants=(EMILIA,)),
            plan(2, participants=(participant(role=EMILIA.role, person=None, team=Team(name="Läkarna")),)),
            id="a team",
        ),
        pytest.param(
            plan(1, participants=(EMILIA,)), plan(2, participants=(physician(None),)), id="someone unnamed"
        ),
        pytest.param(
            plan(1, participants=(participant(person=Person(name="Hampus")),)),
            plan(2, participants=(participant(person=Person(name="Farzane")),)),
            id="two fasta vårdkontakter",
        ),
        pytest.param(
            plan(1, participants=(EMILIA,)),
            plan(
                2, participants=(participant(role=CV(code="2", code_system="1.2.3", display_name="Annat")),)
            ),
            id="code 2 of another system",
        ),
    ],
)
def test_one_fast_lakarkontakt_contradicts_nobody(first: CarePlan, second: CarePlan) -> None:
    assert merged(first, second).contradictions == ()


def test_two_without_ids_and_with_different_names_contradict_each_other() -> None:
    result = merged(
        plan(1, participants=(physician("Emilia Ström"),)), plan(2, participants=(physician("Olof Ek"),))
    )

    assert kinds(result) == [ContradictionKind.TWO_PRIMARY_CARE_PHYSICIANS]


# --- goals of a joint plan ----------------------------------------------------------------------

ACHIEVED = GoalAchievement(code=Achievement.ACHIEVED)


@pytest.mark.parametrize(
    "reached",
    [
        pytest.param(goal(status=GoalStatus.COMPLETED, achievement=ACHIEVED), id="completed"),
        pytest.param(goal(status=GoalStatus.ACTIVE, achievement=ACHIEVED), id="achieved"),
        pytest.param(goal(text="gå på  Promenad igen", status=GoalStatus.COMPLETED), id="other capitals"),
    ],
)
def test_a_goal_active_in_one_part_and_reached_in_another_is_a_contradiction(reached: Any) -> None:
    result = merged(part(1, goals=(goal(),)), part(2, goals=(goal(text="Annat", sub_goals=(reached,)),)))

    (contradiction,) = result.contradictions
    assert contradiction.kind is ContradictionKind.GOAL_STATUS
    assert [said.value for said in contradiction.statements] == [
        GoalState(status=reached.status, achievement=reached.achievement),
        GoalState(status=GoalStatus.ACTIVE),
    ]
    assert [said.path for said in contradiction.statements] == ["body/goal[1]/subGoal[1]", "body/goal[1]"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(
            plan(1, goals=(goal(),)), plan(2, goals=(goal(status=GoalStatus.COMPLETED),)), id="no joint plan"
        ),
        pytest.param(
            part(1, goals=(goal(),)), part(2, goals=(goal(status=GoalStatus.CANCELLED),)), id="cancelled"
        ),
        pytest.param(
            part(1, goals=(goal(),)),
            part(2, status=PlanStatus.DRAFT, goals=(goal(status=GoalStatus.COMPLETED),)),
            id="in a draft",
        ),
        pytest.param(
            part(1, goals=(goal(), goal(id="m2", status=GoalStatus.COMPLETED))), part(2), id="in one part"
        ),
        pytest.param(
            part(1, goals=(goal(achievement=ACHIEVED),)),
            part(2, goals=(goal(achievement=ACHIEVED),)),
            id="both achieved",
        ),
    ],
)
def test_other_goals_do_not_contradict_each_other(first: CarePlan, second: CarePlan) -> None:
    assert merged(first, second).contradictions == ()


# --- follow-ups of a joint plan -----------------------------------------------------------------


def between(start: str, end: str | None) -> Timing:
    return Timing(
        period=PartialPeriod(start=PartialTime(start), end=None if end is None else PartialTime(end))
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(at("20260422"), at("20260423"), id="two days"),
        pytest.param(at("20260422130000"), at("20260422140000"), id="two hours of a day"),
        pytest.param(at("202604"), at("20260501"), id="a month and a day after it"),
        pytest.param(between("202602", "202603"), at("202604"), id="a period and a month after it"),
    ],
)
def test_two_next_follow_ups_of_one_joint_plan_are_a_contradiction(one: Timing, other: Timing) -> None:
    result = merged(
        part(1, HOME_CARE, follow_ups=(follow_up("2030"), follow_up("2026", planned=one))),
        part(2, HEALTH_CENTRE, follow_ups=(follow_up("2026", planned=other),)),
    )

    (contradiction,) = result.contradictions
    assert contradiction.kind is ContradictionKind.FOLLOW_UP_DATES
    assert contradiction.subject == "SIP"
    assert [(said.care_unit, said.path, said.value) for said in contradiction.statements] == [
        (HEALTH_CENTRE, "body/followUp[1]", PlannedTimes(times=(other,))),
        (HOME_CARE, "body/followUp[2]", PlannedTimes(times=(one,))),
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param((follow_up("20260422"),), (follow_up("20260422"),), id="the same day"),
        pytest.param((follow_up("202604"),), (follow_up("20260422"),), id="a month and a day in it"),
        pytest.param((follow_up("20260422"),), (follow_up("20260422093000"),), id="a day and an hour of it"),
        pytest.param(
            (follow_up("20260422"),), (follow_up("20260422"), follow_up("20260622")), id="a later one too"
        ),
        pytest.param((follow_up("20260422"),), (), id="one part has none"),
        pytest.param((follow_up("20260422"),), (follow_up("20260119"),), id="one has passed"),
        pytest.param(
            (follow_up("20260422"),),
            (follow_up("20260225", outcomes=(FollowUpOutcome(date=TODAY),)),),
            id="one has been made",
        ),
        pytest.param(
            (follow_up("20260422"),), (follow_up("2026", planned=recurring()),), id="one comes back, undated"
        ),
        pytest.param(
            (follow_up("20260422"),),
            (follow_up("2026", planned=between("202601", None)),),
            id="from January on",
        ),
    ],
)
def test_follow_ups_that_may_be_one_do_not_contradict_each_other(one: Any, other: Any) -> None:
    assert merged(part(1, follow_ups=one), part(2, follow_ups=other)).contradictions == ()


def test_a_part_that_is_not_active_has_no_say_on_the_next_follow_up() -> None:
    done = part(2, status=PlanStatus.COMPLETED, follow_ups=(follow_up("20260423"),))

    assert merged(part(1, follow_ups=(follow_up("20260422"),)), done).contradictions == ()


# --- all of them ------------------------------------------------------------------------------


def test_two_who_are_responsible_for_the_joint_plan_contradict_each_other() -> None:
    result = merged(part(1, responsible=FARZANE), part(2, responsible=EVA))

    (contradiction,) = result.contradictions
    assert (contradiction.kind, contradiction.subject) == (ContradictionKind.RESPONSIBLE, "SIP")
    assert {said.path for said in contradiction.statements} == {"body/responsible"}


def test_contradictions_come_by_kind_and_then_in_swedish_order() -> None:
    def contradicting(number: int, who: Party, physician: Participant, goal_status: GoalStatus) -> CarePlan:
        return part(
            number,
            participants=(physician,),
            goals=(goal(status=goal_status),),
            activities=(
                activity(performers=(who,), id="1", title="Ö"),
                activity(performers=(who,), id="2", title="z"),
                activity(performers=(who,), id="3", title="Å"),
            ),
        )

    result = merged(
        contradicting(1, ASTA, EMILIA, GoalStatus.ACTIVE),
        contradicting(2, FARZANE, OTHER, GoalStatus.COMPLETED),
    )

    assert [one.subject for one in result.contradictions] == [
        "Fast läkarkontakt",
        "Gå på promenad igen",
        "z",
        "Å",
        "Ö",
    ]
