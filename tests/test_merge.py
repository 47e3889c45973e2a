"""Merging records: each once, joint plans together, and only what may be seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from riv_careplans.aggregate.merge import restrict
from riv_careplans.aggregate.merged import (
    DifferenceKind,
    GoalState,
    Merged,
    PlannedTimes,
    Responsible,
    record_key,
)
from riv_careplans.codes import (
    Achievement,
    GoalStatus,
    InvolvementForm,
    PlanStatus,
    Scope,
)
from riv_careplans.identity import HSA_ID, HSA_ID_HL7
from riv_careplans.model import (
    CV,
    II,
    Agreement,
    BookingRef,
    CarePlan,
    DatePeriod,
    FollowUpOutcome,
    GoalAchievement,
    Involvement,
)
from tests.builders import (
    CARE_UNIT,
    MUNICIPALITY,
    SOURCE_SYSTEM,
    activity,
    goal,
    hsa,
    organization,
)
from tests.merging import (
    HEALTH_CENTRE,
    HOME_CARE,
    HOME_NURSING,
    SIP,
    TODAY,
    agreed,
    at,
    booking,
    follow_up,
    merged,
    moment,
    part,
    plan,
    professional,
    replaces,
)

# --- each record once ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        pytest.param({"version": 1}, {"version": 2}, id="higher version"),
        pytest.param(
            {"version": 1, "updated_time": moment(19)},
            {"version": 2, "updated_time": moment(18)},
            id="higher version, though updated earlier",
        ),
        pytest.param(
            {"version": 2, "updated_time": moment(17)},
            {"version": 2, "updated_time": moment(18)},
            id="same version, updated later",
        ),
        pytest.param({"updated_time": moment(17)}, {"updated_time": moment(18)}, id="updated later"),
        pytest.param(
            {"updated_time": moment(19)},
            {"version": 1, "updated_time": moment(18)},
            id="a version goes before none",
        ),
    ],
)
@pytest.mark.parametrize("make", [plan, agreed], ids=["plan", "agreement"])
def test_the_newest_of_the_same_record_is_kept_and_the_other_is_counted(
    make: Callable[..., CarePlan | Agreement], older: dict[str, Any], newer: dict[str, Any]
) -> None:
    one, other = make(head=older), make(head=newer)

    both_ways = (merged(one, other), merged(other, one))

    assert [tuple(result.records) for result in both_ways] == [(other,), (other,)]
    assert [result.dropped for result in both_ways] == [1, 1]


def test_three_copies_that_disagree_in_circles_give_the_same_winner_in_every_order() -> None:
    copies = [
        plan(head={"version": 2, "updated_time": moment(17)}),
        plan(head={"updated_time": moment(18)}),
        plan(head={"version": 1, "updated_time": moment(19)}),
    ]

    step_by_step = [
        merged(*merged(copies[one], copies[other]).care_plans, copies[last]).care_plans
        for one, other, last in ((0, 1, 2), (1, 2, 0), (2, 0, 1))
    ]

    assert step_by_step == [(copies[0],)] * 3


def test_copies_of_the_same_age_are_settled_by_what_they_hold() -> None:
    short, long = plan(title="SIP"), plan(title="SIP", summary="Asta ska klara sig hemma")

    assert merged(short, long).care_plans == merged(long, short).care_plans == (long,)


def test_a_source_system_is_the_same_however_its_hsa_id_is_written() -> None:
    upper = plan(head={"source_system_id": II(root=HSA_ID, extension=SOURCE_SYSTEM)})
    lower = plan(head={"source_system_id": II(root=HSA_ID_HL7, extension=SOURCE_SYSTEM.lower())})

    result = merged(upper, lower)

    assert (len(result.care_plans), result.dropped) == (1, 1)


def test_the_same_record_id_in_two_source_systems_is_two_records() -> None:
    here, there = plan(), plan(head={"source_system_id": hsa("SE0000000026-S4")})

    result = merged(here, there)

    assert (len(result.care_plans), result.dropped) == (2, 0)


def test_a_plan_and_an_agreement_with_the_same_id_are_both_kept() -> None:
    result = merged(plan(), agreed())

    assert (len(result.care_plans), len(result.agreements), result.dropped) == (1, 1, 0)


def test_a_plan_entered_in_error_is_kept_but_nothing_is_derived_from_it() -> None:
    booked = activity(bookings=(BookingRef(healthcare_facility_id=hsa(CARE_UNIT), booking_id="7"),))
    wrong = plan(status=PlanStatus.ENTERED_IN_ERROR, activities=(booked,))

    result = merged(wrong)

    assert result.care_plans == (wrong,)
    assert result.appointments == ()


def test_plans_and_agreements_are_in_swedish_order_of_their_titles() -> None:
    titles = ["Östra planen", "aktivitetsplan", "Årsplan", "Zonplan", "Ämnesplan"]

    result = merged(
        *(plan(number, title=title) for number, title in enumerate(titles)),
        *(agreed(number, title=title) for number, title in enumerate(titles)),
    )

    expected = ["aktivitetsplan", "Zonplan", "Årsplan", "Ämnesplan", "Östra planen"]
    assert [one.parts[0].body.title for one in result.plans] == expected
    assert [one.body.title for one in result.agreements] == expected


# --- records that replace others ----------------------------------------------------------------


def replaced_numbers(result: Merged) -> list[str]:
    return [key.record_id[1].rpartition(":")[2] for key in result.replaced]


OTHER_GIVER = {"accountable_care_giver": organization(MUNICIPALITY, "Rymdstadens kommun")}


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        pytest.param([plan(1), plan(2, related_records=replaces(1))], ["1"], id="one"),
        pytest.param(
            [plan(1), plan(2, related_records=replaces(1)), plan(3, related_records=replaces(2))],
            ["1", "2"],
            id="a chain",
        ),
        pytest.param([plan(1), agreed(2, related_records=replaces(1))], ["1"], id="by an agreement"),
        pytest.param(
            [
                plan(1),
                plan(2, head={"source_system_id": hsa("SE0000000018-S9")}, related_records=replaces(1)),
            ],
            ["1"],
            id="from the care giver's next system",
        ),
        pytest.param(
            [plan(1), plan(2, head=OTHER_GIVER, related_records=replaces(1))], [], id="by another care giver"
        ),
        pytest.param(
            [plan(1), plan(2, status=PlanStatus.DRAFT, related_records=replaces(1))], [], id="by a draft"
        ),
        pytest.param([plan(1, related_records=replaces(1))], [], id="itself"),
        pytest.param(
            [plan(1, related_records=replaces(2)), plan(2, related_records=replaces(1))], [], id="in a circle"
        ),
        pytest.param([plan(2, related_records=replaces(1))], [], id="what is not there"),
    ],
)
def test_a_replaced_record_is_kept_and_named(
    records: list[CarePlan | Agreement], expected: list[str]
) -> None:
    result = merged(*records)

    assert replaced_numbers(result) == expected
    assert result.dropped == 0
    assert len(list(result.records)) == len(records)


# --- joint plans --------------------------------------------------------------------------------


def test_the_same_joint_plan_from_several_sources_is_one_plan_with_a_part_each() -> None:
    parts = [part(1, HOME_CARE), part(2, HEALTH_CENTRE), part(3, HOME_NURSING)]

    result = merged(*parts, plan(4, title="Vårdplan"))

    assert [len(one.parts) for one in result.plans] == [3, 1]
    assert result.plans[0].joint_plan_id == SIP
    assert result.plans[0].parts == (parts[2], parts[0], parts[1])
    assert result.plans[1].joint_plan_id is None


def test_a_joint_plan_id_is_compared_as_an_identity() -> None:
    upper = part(1, joint_plan_id=hsa("SE0000000018-J1"))
    lower = part(2, joint_plan_id=II(root=HSA_ID_HL7, extension="se0000000018-j1"))

    assert len(merged(upper, lower).plans) == 1


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (DifferenceKind.TITLE, {"title": "SIP"}, {"title": "Samordnad plan"}),
        (DifferenceKind.STATUS, {"status": PlanStatus.ACTIVE}, {"status": PlanStatus.COMPLETED}),
        (DifferenceKind.SCOPE, {"scope": Scope.COMPREHENSIVE}, {"scope": Scope.AREA}),
        (DifferenceKind.TYPE, {"type": CV(original_text="SIP")}, {"type": CV(original_text="Vårdplan")}),
        (
            DifferenceKind.PERIOD,
            {"period": DatePeriod(start=TODAY)},
            {"period": DatePeriod(start=TODAY, end=TODAY)},
        ),
        (
            DifferenceKind.RESPONSIBLE,
            {"responsible": professional("Hampus Vällivara")},
            {"responsible": professional("Farzane Hatamian")},
        ),
        (
            DifferenceKind.AGREED,
            {"involvement": Involvement(form=InvolvementForm.MADE_TOGETHER, agreed=True)},
            {"involvement": Involvement(form=InvolvementForm.INFORMED, agreed=False)},
        ),
        (
            DifferenceKind.GOAL_STATUS,
            {"goals": (goal(status=GoalStatus.ACTIVE),)},
            {"goals": (goal(status=GoalStatus.ON_HOLD),)},
        ),
        (
            DifferenceKind.GOAL_STATUS,
            {"goals": (goal(achievement=GoalAchievement(code=Achievement.IMPROVING)),)},
            {"goals": (goal(achievement=GoalAchievement(code=Achievement.WORSENING)),)},
        ),
        (
            DifferenceKind.FOLLOW_UP_DATES,
            {"follow_ups": (follow_up("20260422"),)},
            {"follow_ups": (follow_up("20260423"),)},
        ),
    ],
    ids=lambda value: value if isinstance(value, DifferenceKind) else "",
)
def test_what_the_parts_say_differently_is_listed_with_what_each_says(
    kind: DifferenceKind, one: dict[str, Any], other: dict[str, Any]
) -> None:
    result = merged(part(1, HOME_CARE, **one), part(2, HEALTH_CENTRE, **other))

    (difference,) = result.plans[0].differences
    assert difference.kind is kind
    assert [said.care_unit for said in difference.statements] == [HEALTH_CENTRE, HOME_CARE]
    assert [said.updated_time for said in difference.statements] == [moment(2), moment(1)]
    assert difference.subject == difference.statements[0].label
    assert difference.statements[0].value != difference.statements[1].value


def test_a_difference_quotes_values_of_the_model() -> None:
    result = merged(
        part(1, responsible=professional("Hampus"), goals=(goal(),), follow_ups=(follow_up("20260422"),)),
        part(
            2,
            responsible=professional("Farzane"),
            goals=(goal(id="b", text="GÅ på promenad  igen", status=GoalStatus.ON_HOLD),),
            follow_ups=(follow_up("20260423"),),
        ),
    )

    values = {one.kind: one.statements[0].value for one in result.plans[0].differences}
    assert list(values) == [
        DifferenceKind.FOLLOW_UP_DATES,
        DifferenceKind.RESPONSIBLE,
        DifferenceKind.GOAL_STATUS,
    ]
    assert values[DifferenceKind.FOLLOW_UP_DATES] == PlannedTimes(times=(at("20260423"),))
    assert values[DifferenceKind.GOAL_STATUS] == GoalState(status=GoalStatus.ON_HOLD)
    responsible = values[DifferenceKind.RESPONSIBLE]
    assert isinstance(responsible, Responsible)
    assert [party.name for party in responsible.parties] == ["Farzane"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param({}, {}, id="nothing differs"),
        pytest.param({"title": "SIP för Asta"}, {"title": "sip  för asta"}, id="how a title is written"),
        pytest.param({"period": DatePeriod(start=TODAY)}, {}, id="what one part does not say"),
        pytest.param(
            {"responsible": professional("Farzane Hatamian")},
            {"responsible": professional("Farzane Hatamian", "SE0000000026-P4")},
            id="the id of one who is named in both",
        ),
        pytest.param(
            {"goals": (goal(text=" "),)},
            {"goals": (goal(text=" ", status=GoalStatus.COMPLETED),)},
            id="goals without words",
        ),
        pytest.param(
            {"goals": (goal(id="mal-1", text="Gå på promenad igen"),)},
            {"goals": (goal(id="mal-1", text="Såret läkt", status=GoalStatus.COMPLETED),)},
            id="goals that only have a local id in common",
        ),
        pytest.param(
            {"follow_ups": (follow_up("20260422"),)},
            {"follow_ups": (follow_up("20251222", outcomes=(FollowUpOutcome(date=TODAY),)),)},
            id="a follow-up that has been made",
        ),
    ],
)
def test_what_is_no_difference_is_not_listed(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert merged(part(1, **one), part(2, **other)).plans[0].differences == ()


def test_differences_of_goals_come_in_swedish_order_of_their_texts() -> None:
    texts = ["Öva trappor", "Ärlig plan", "z", "Gå ut"]
    one = tuple(goal(id=text, text=text) for text in texts)
    other = tuple(goal(id=text, text=text, status=GoalStatus.ON_HOLD) for text in texts)

    result = merged(part(1, goals=one), part(2, goals=other))

    subjects = [difference.subject for difference in result.plans[0].differences]
    assert subjects == ["Gå ut", "z", "Ärlig plan", "Öva trappor"]


def test_goals_with_the_same_uuid_are_the_same_goal_in_other_words() -> None:
    uuid = "6f1cbbd6-7a0e-4a5e-9d5b-0c2f3ae0d7a1"

    result = merged(
        part(1, goals=(goal(id=uuid, text="Gå ut"),)),
        part(2, goals=(goal(id=f"urn:uuid:{uuid.upper()}", text="Promenad", status=GoalStatus.ON_HOLD),)),
    )

    assert [one.kind for one in result.plans[0].differences] == [DifferenceKind.GOAL_STATUS]


def test_a_part_that_is_in_error_or_replaced_is_kept_but_not_compared() -> None:
    result = merged(
        part(1, title="SIP gammal"),
        part(2, title="SIP", related_records=replaces(1)),
        part(3, title="SIP fel", status=PlanStatus.ENTERED_IN_ERROR),
    )

    assert len(result.plans[0].parts) == 3
    assert result.plans[0].differences == ()


# --- only some may be seen ----------------------------------------------------------------------


def test_what_is_left_when_some_may_not_be_seen_quotes_nothing_of_the_others() -> None:
    seen = part(1, title="SIP", activities=(activity(bookings=(booking(),)),))
    secret = part(2, title="Hemlig", activities=(activity(bookings=(booking(),)),))

    result = restrict(merged(seen, secret), lambda record: record == seen)

    assert result == merged(seen)


def test_what_is_replaced_and_may_not_be_seen_is_not_named() -> None:
    old, new = plan(1), plan(2, related_records=replaces(1))

    assert restrict(merged(old, new), lambda record: record == new).replaced == ()


def test_what_is_replaced_by_a_record_that_may_not_be_seen_stays_replaced() -> None:
    old, new = plan(1), plan(2, related_records=replaces(1))

    result = restrict(merged(old, new, old), lambda record: record == old)

    assert (result.replaced, result.dropped) == ((record_key(old),), 1)
