"""The laws of merging: any order, again and again, step by step, nothing lost, at a cost that only grows."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from random import Random
from types import FrameType

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from msgspec.structs import replace

from riv_careplans.aggregate.conflicts import joined
from riv_careplans.aggregate.merge import merge, restrict
from riv_careplans.aggregate.merged import AnyRecord, Merged, record_key
from riv_careplans.codes import ActivityStatus, FixedContact, GoalStatus, PartyKind, PlanStatus
from riv_careplans.model import Agreement, CarePlan, Participant, Party, Person
from tests.builders import activity, goal, hsa, participant, role
from tests.merging import (
    HOME_CARE,
    HOME_NURSING,
    SIP,
    TODAY,
    at,
    booking,
    follow_up,
    moment,
    plan,
    professional,
    replaces,
)
from tests.strategies import SMALL, agreements, care_plans

pytestmark = pytest.mark.once

Records = tuple[list[CarePlan], list[Agreement]]


@st.composite
def neighbours(draw: DrawFn) -> CarePlan:
    """Give a plan that shares much with the others of its kind: ids, people, bookings, goals and times."""
    people = ("Farzane Hatamian", "Emilia Ström")
    parties = [*map(professional, people), Party(kind=PartyKind.PATIENT)]
    physician = st.builds(
        Participant,
        id=st.just("p"),
        role=st.just(role(FixedContact.PRIMARY_CARE_PHYSICIAN)),
        person=st.builds(
            Person, name=st.sampled_from(people), id=st.none() | st.just(hsa("SE0000000018-P2"))
        ),
    )
    activities = st.builds(
        activity,
        title=st.sampled_from(("DOS-påsar", "Dusch")),
        timing=st.none() | st.just(at("20260127090000")),
        responsible=st.none() | st.sampled_from(parties),
        bookings=st.sampled_from(((), (booking("1"),), (booking("2"),))),
    )
    goals = st.builds(goal, status=st.sampled_from((GoalStatus.ACTIVE, GoalStatus.COMPLETED)))
    head = {
        "version": draw(st.none() | st.integers(1, 2)),
        "updated_time": moment(draw(st.integers(17, 19))),
        "accountable_care_unit": draw(st.sampled_from((HOME_CARE, HOME_NURSING, None))),
    }
    return plan(
        draw(st.integers(1, 4)),
        head=head,
        title=draw(st.sampled_from(("SIP", "Vårdplan"))),
        joint_plan_id=draw(st.none() | st.just(SIP)),
        status=draw(st.sampled_from((PlanStatus.ACTIVE, PlanStatus.ACTIVE, PlanStatus.ENTERED_IN_ERROR))),
        related_records=draw(st.sampled_from(((), (), replaces(1), replaces(2, 3)))),
        responsible=draw(st.none() | st.sampled_from(parties)),
        participants=(draw(physician),),
        activities=tuple(draw(st.lists(activities, max_size=2))),
        goals=(draw(goals),),
        follow_ups=(follow_up(draw(st.sampled_from(("202604", "20260422", "20260423")))),),
    )


RECORDS = st.tuples(
    st.lists(neighbours(), max_size=6) | st.lists(care_plans(SMALL), max_size=4),
    st.lists(agreements(SMALL), max_size=2),
)


def as_bytes(result: Merged) -> bytes:
    return msgspec.json.encode(result)


@given(RECORDS, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(records: Records, random: Random) -> None:
    plans, agreements_ = records
    shuffled = random.sample(plans, len(plans)), random.sample(agreements_, len(agreements_))

    assert as_bytes(merge(*shuffled, today=TODAY)) == as_bytes(merge(plans, agreements_, today=TODAY))


@given(RECORDS)
def test_merging_again_changes_nothing(records: Records) -> None:
    once = merge(*records, today=TODAY)

    again = merge(once.care_plans, once.agreements, today=TODAY)

    assert again == replace(once, dropped=0)


@given(RECORDS, RECORDS)
def test_merging_merges_is_merging_all(here: Records, there: Records) -> None:
    first, second = merge(*here, today=TODAY), merge(*there, today=TODAY)

    stepwise = merge(first.care_plans + second.care_plans, first.agreements + second.agreements, today=TODAY)

    everything = merge(here[0] + there[0], here[1] + there[1], today=TODAY)
    assert stepwise == replace(everything, dropped=stepwise.dropped)


@given(RECORDS)
def test_nothing_is_lost_and_nothing_is_invented(records: Records) -> None:
    given_records: list[AnyRecord] = [*records[0], *records[1]]

    result = merge(*records, today=TODAY)

    kept = list(result.records)
    assert all(record in given_records for record in kept)
    assert len(kept) + result.dropped == len(given_records)
    assert {record_key(record) for record in kept} == {record_key(record) for record in given_records}


@given(RECORDS)
def test_everything_derived_points_to_records_that_are_there(
    records: Records,
) -> None:
    result = merge(*records, today=TODAY)

    keys = {record_key(record) for record in result.records}
    mentions = [one.mentions for one in result.appointments] + [one.mentions for one in result.possibly_same]
    statements = [one.statements for one in result.contradictions] + [
        one.statements for whole in result.plans for one in whole.differences
    ]
    assert {mention.record for mark in mentions for mention in mark} <= keys
    assert {statement.record for said in statements for statement in said} <= keys
    assert all(len({statement.record for statement in said}) > 1 for said in statements)


@given(RECORDS)
def test_seeing_everything_is_no_restriction(records: Records) -> None:
    result = merge(*records, today=TODAY)

    assert restrict(result, lambda _: True) == result


# --- cost ---------------------------------------------------------------------------------------


def disagreeing(number: int) -> CarePlan:
    """Build a part of the joint plan that says everything in its own way."""
    return plan(
        number,
        head={"updated_time": moment(1 + number % 19)},
        title=f"SIP {number}",
        joint_plan_id=SIP,
        responsible=professional(f"Ansvarig {number}"),
        goals=(goal(status=(GoalStatus.ACTIVE, GoalStatus.ON_HOLD)[number % 2]),),
        follow_ups=(follow_up(f"202604{1 + number % 30:02}"),),
        activities=(
            activity(status=ActivityStatus.ONGOING, performers=(professional(f"Utförare {number}"),)),
        ),
    )


def meeting(number: int) -> CarePlan:
    """Build a plan whose contact and visit look like those of the others."""
    nurse = participant(person=Person(name="Farzane Hatamian"))
    visit = activity(timing=at("20260127090000"))
    return plan(number, participants=(nurse,), activities=(visit,))


CROWDS: dict[str, Callable[[int], CarePlan]] = {
    "plans that have nothing to do with each other": lambda number: plan(number, title=f"Plan {number}"),
    "copies of one record": lambda number: plan(1, head={"version": number}),
    "copies of the same age": lambda number: plan(1, title=f"Plan {number}"),
    "parts of one joint plan that disagree in everything": disagreeing,
    "contacts and times that look the same": meeting,
    "mentions of one booking": lambda number: plan(number, activities=(activity(bookings=(booking(),)),)),
    "a chain of replacements": lambda number: plan(number, related_records=replaces(number - 1)),
}


def calls_of(work: Callable[[], object]) -> int:
    """Count every call of a function, ours or built in, while something is done."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize("make", CROWDS.values(), ids=CROWDS.keys())
def test_twice_the_records_cost_twice_the_work(make: Callable[[int], CarePlan]) -> None:
    crowd = [make(number) for number in range(1, 401)]

    half, whole = (calls_of(partial(merge, some, [], today=TODAY)) for some in (crowd[:200], crowd))

    assert whole < 2.1 * half


def test_a_long_chain_of_groups_is_joined_without_walking_it_for_every_member() -> None:
    chain = [(number, number + 1) for number in reversed(range(400))]

    half, whole = (calls_of(partial(joined, some)) for some in (chain[200:], chain))

    assert whole < 2.1 * half
