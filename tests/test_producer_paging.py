"""Long answers: cut at the newest, and continued without anything being remembered."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from riv_careplans.codec import ANSWER_LIMITS
from riv_careplans.codes import ResultCode
from riv_careplans.contracts import interaction_for
from riv_careplans.exchange import Answer, HasMore, Query
from riv_careplans.model import Agreement, CarePlan
from riv_careplans.producer import make_app
from riv_careplans.settings import ProducerSettings
from tests.builders import (
    ASTA,
    SOURCE_SYSTEM,
    agreement,
    answer,
    attachment,
    care_plan,
    goal,
    header,
    query,
    record_id,
)
from tests.producer_calls import CannedSource, Reply, clock, post, question

MOST = 3


def plan(day: int, number: int | None = None) -> CarePlan:
    updated = dt.datetime(2026, 1, day, 8)  # noqa: DTZ001 - Swedish local time, as in the contract
    return care_plan(
        header=header(
            id=record_id(day if number is None else number), created_time=None, updated_time=updated
        ),
        title=f"Plan {day}",
    )


def app_of(source: CannedSource, most: int = MOST) -> Any:
    return make_app(source, ProducerSettings(max_records=most), clock=clock)


def read(reply: Reply) -> Answer:
    return interaction_for("3.0").read_response(reply.message).answer


def titles(given: Answer) -> list[str]:
    records: tuple[CarePlan | Agreement, ...] = (*given.care_plans, *given.agreements)
    return [record.body.title for record in records]


def pages(source: CannedSource, most: int = MOST) -> list[Answer]:
    """Ask until there is no more."""
    asked: Query | None = query()
    got: list[Answer] = []
    while asked is not None:
        got.append(read(post(app_of(source, most), question(asked))))
        more = got[-1].has_more
        asked = query(has_more_reference=more[0].reference) if more else None
    return got


@pytest.mark.parametrize(("count", "code", "cut"), [(2, "OK", False), (3, "OK", False), (4, "INFO", True)])
def test_one_record_more_than_the_limit_cuts_the_answer(count: int, code: str, cut: bool) -> None:  # noqa: FBT001 - a parameter of the test
    source = CannedSource(answer(*(plan(day) for day in range(1, count + 1))))

    got = read(post(app_of(source)))

    assert (got.result.code, bool(got.has_more), len(got.care_plans)) == (code, cut, min(count, MOST))


def test_the_newest_are_kept_whatever_the_sources_order() -> None:
    source = CannedSource(answer(plan(2), plan(5), plan(1), plan(4), plan(3)))

    reply = post(app_of(source))

    assert reply.texts("title") == ["Plan 5", "Plan 4", "Plan 3"]
    assert reply.texts("resultText") == []
    assert reply.texts("logicalAddress") == [SOURCE_SYSTEM]


def test_an_answer_that_is_not_cut_keeps_the_sources_order() -> None:
    source = CannedSource(answer(plan(2), plan(5), plan(1)))

    assert post(app_of(source)).texts("title") == ["Plan 2", "Plan 5", "Plan 1"]


def test_the_reference_leads_to_the_rest_and_the_source_never_sees_it() -> None:
    source = CannedSource(
        answer(*(plan(day) for day in range(1, 8)), agreements=(agreement(title="Överenskommelse"),))
    )

    got = pages(source)

    assert [len(titles(one)) for one in got] == [3, 3, 2]
    assert sorted(title for one in got for title in titles(one)) == sorted(
        [*(f"Plan {day}" for day in range(1, 8)), "Överenskommelse"]
    )
    assert [one.result.code for one in got] == [ResultCode.INFO, ResultCode.INFO, ResultCode.OK]
    assert {asked.has_more_reference for asked in source.queries} == {None}


@given(
    days=st.lists(st.integers(1, 5), max_size=12),
    most=st.integers(1, 5),
    seed=st.integers(0, 1000),
)
def test_the_parts_together_are_the_whole_in_order_of_age(days: list[int], most: int, seed: int) -> None:
    order = random.Random(seed)  # noqa: S311 - any order will do
    plans = [plan(day, number) for number, day in enumerate(days)]

    def give(_: Query) -> Answer:
        order.shuffle(plans)
        return answer(*plans)

    got = pages(CannedSource(give), most)

    keys = [[one.header.record.id.key for one in part.care_plans] for part in got]
    assert sorted(key for part in keys for key in part) == sorted(one.header.record.id.key for one in plans)
    ages = [one.header.record.updated_time for part in got[1:] for one in part.care_plans]
    assert ages == sorted(ages, reverse=True)
    assert all(len(part) == most for part in keys[:-1])


def test_a_record_that_comes_in_between_does_not_move_the_rest() -> None:
    plans = [plan(day) for day in range(1, 7)]
    first = read(post(app_of(CannedSource(answer(*plans)))))

    asked = query(has_more_reference=first.has_more[0].reference)
    second = read(post(app_of(CannedSource(answer(*plans, plan(9)))), question(asked)))

    assert titles(second) == ["Plan 3", "Plan 2", "Plan 1"]


def test_the_sources_own_reference_is_passed_on_and_comes_last() -> None:
    its = HasMore(logical_address="SE0000000018-S9", reference="sida 2. av 3")

    def give(asked: Query) -> Answer:
        if asked.has_more_reference == its.reference:
            return answer(*(plan(day) for day in range(1, 6)))
        return answer(*(plan(day) for day in range(11, 16)), has_more=(its,))

    source = CannedSource(give)

    got = pages(source)

    assert [titles(one) for one in got] == [
        ["Plan 15", "Plan 14", "Plan 13"],
        ["Plan 12", "Plan 11"],
        ["Plan 5", "Plan 4", "Plan 3"],
        ["Plan 2", "Plan 1"],
    ]
    assert got[1].has_more == (its,)
    assert [asked.has_more_reference for asked in source.queries] == [
        None,
        None,
        its.reference,
        its.reference,
    ]


def test_a_reference_holds_no_identity() -> None:
    source = CannedSource(answer(*(plan(day) for day in range(1, 5))))

    (more,) = read(post(app_of(source))).has_more

    assert ASTA not in more.reference
    assert SOURCE_SYSTEM not in more.reference


@pytest.mark.parametrize(
    "reference",
    [
        "riv1.",
        "riv1.x.y.",
        "riv1.20260101000000",
        "riv1.20260101000000.0123456789ABCDEF.",
        "riv1.2026.0123456789abcdef.",
    ],
)
def test_a_reference_that_was_never_given_is_an_invalid_question(reference: str) -> None:
    source = CannedSource()

    reply = post(app_of(source), question(query(has_more_reference=reference)))

    assert (reply.verdict, source.queries) == ("ERR", [])


def test_a_record_without_a_time_is_held_back_also_when_the_answer_is_cut() -> None:
    broken = replace(plan(1), header=header(updated_time="igår"))
    source = CannedSource(answer(broken, *(plan(day) for day in range(1, 5))))

    first, second = pages(source)

    assert (titles(first), titles(second)) == (["Plan 4", "Plan 3", "Plan 2"], ["Plan 1"])
    assert "1 post kunde inte lämnas ut" in str(first.result.text)


@pytest.mark.parametrize("version", ["3.0", "2.0"])
def test_an_answer_that_nobody_could_read_is_cut_by_its_size(version: str) -> None:
    pdf = attachment(bytes(100_000))
    plans = [replace(plan(1 + number % 28, number), body=plan(1).body) for number in range(130)]
    heavy = [replace(one, body=replace(one.body, attachments=(pdf,))) for one in plans]

    reply = post(app_of(CannedSource(answer(*heavy)), most=2000), question(version=version))

    sent = len(reply.texts("carePlan"))
    assert reply.verdict == "INFO"
    assert ANSWER_LIMITS.size - 300_000 < len(reply.body) <= ANSWER_LIMITS.size
    said = "".join(reply.texts("hasMore") + reply.texts("message"))
    assert said.startswith(
        f"Svaret innehåller bara de {sent} senast uppdaterade" if version == "2.0" else SOURCE_SYSTEM
    )


def test_an_answer_of_too_many_elements_is_cut_and_its_parts_are_the_whole() -> None:
    goals = tuple(goal(id=f"mal-{number}") for number in range(2000))
    plans = [
        replace(plan(1 + number, number), body=replace(plan(1).body, goals=goals)) for number in range(28)
    ]

    got = pages(CannedSource(answer(*plans)), most=2000)

    keys = [one.header.record.id.key for part in got for one in part.care_plans]
    assert len(got) >= 2
    assert keys == sorted(keys, key=lambda key: int(key[1].rpartition(":")[2]), reverse=True)
    assert len(keys) == 28


def test_a_cut_answer_in_2_0_says_that_it_is_cut() -> None:
    source = CannedSource(answer(*(plan(day) for day in range(1, 5))))

    reply = post(app_of(source), question(version="2.0"))

    assert (reply.verdict, reply.texts("documentTitle")) == ("INFO", ["Plan 4", "Plan 3", "Plan 2"])
    assert "3 senast uppdaterade" in reply.texts("message")[0]
