"""Many sources as one: no source is ever missing in silence, and none spoils another's answer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from riv_careplans.aggregate import AggregatedSource, NamedSource, fanout
from riv_careplans.codes import ErrorCode, PlanStatus, ResultCode
from riv_careplans.consumer import RemoteSource
from riv_careplans.contracts import soap
from riv_careplans.errors import (
    ConfigurationError,
    InvalidAnswer,
    ProducerFault,
    ProducerTimedOut,
    ProducerUnreachable,
    WrongPatient,
)
from riv_careplans.exchange import (
    Answer,
    AsyncCarePlanSource,
    Call,
    CarePlanSource,
    HasMore,
    Outcome,
    OutcomeKind,
    Query,
    Result,
)
from riv_careplans.model import CarePlan
from tests.builders import (
    ASTA,
    LOG_ID,
    NOW,
    agreement,
    answer,
    attachment,
    care_plan,
    header,
    hsa,
    query,
    record_id,
)
from tests.misbehaving import (
    Behaviour,
    Loopback,
    answers,
    answers_after,
    hangs_before_headers,
)
from tests.remote import CANARY, SHORT, SOMEONE_ELSE, message, producer

PATIENCE = 20.0
"""Seconds for sources that answer: far more than they need."""


def address(number: int) -> str:
    return f"SE0000000018-S{number}"


def plan(number: int = 1, source: int = 1, **changes: Any) -> CarePlan:
    """Build a plan that is kept in one source system."""
    kept = header(id=record_id(number, address(source)), source_system_id=hsa(address(source)), **changes)
    return care_plan(header=kept)


@dataclass(frozen=True)
class Plain:
    """A source that can only be asked in a thread."""

    behave: Callable[[Query], Any]

    def care_plans(self, asked: Query) -> Answer:
        found: Answer = self.behave(asked)
        return found


@dataclass(frozen=True)
class Awaited:
    """A source that is asked on the event loop."""

    behave: Callable[[Query], Any]

    async def care_plans_async(self, asked: Query) -> Answer:
        await asyncio.sleep(0)
        found: Answer = self.behave(asked)
        return found


@dataclass(frozen=True)
class Hanging:
    """A source that never answers."""

    async def care_plans_async(self, _asked: Query) -> Answer:
        await asyncio.Event().wait()
        return answer()


@dataclass(frozen=True)
class Numbered:
    """A source that leaves what to do to somebody else."""

    number: int
    behave: Callable[[int], Awaitable[Answer]]

    async def care_plans_async(self, _asked: Query) -> Answer:
        return await self.behave(self.number)


def gives(found: Any) -> Callable[[Query], Any]:
    return lambda _asked: found


def fails(error: BaseException) -> Callable[[Query], Any]:
    def behave(_asked: Query) -> Any:
        raise error

    return behave


def named(*sources: CarePlanSource | AsyncCarePlanSource) -> list[NamedSource]:
    return [
        NamedSource(logical_address=address(number), name=f"Källa {number}", source=source)
        for number, source in enumerate(sources, 1)
    ]


def together(*sources: CarePlanSource | AsyncCarePlanSource, **how: Any) -> AggregatedSource:
    return AggregatedSource(named(*sources), **{"deadline": PATIENCE, **how})


def kinds(found: Answer) -> list[OutcomeKind]:
    return [outcome.kind for outcome in found.outcomes]


ANSWERED, EMPTY = OutcomeKind.ANSWERED, OutcomeKind.EMPTY
TIMED_OUT, UNREACHABLE = OutcomeKind.TIMED_OUT, OutcomeKind.UNREACHABLE


# --- what all sources give together -------------------------------------------------------------


def test_an_aggregate_is_itself_a_source() -> None:
    source = together()

    assert isinstance(source, CarePlanSource)
    assert isinstance(source, AsyncCarePlanSource)


@pytest.mark.parametrize("kind", [Plain, Awaited])
def test_records_of_all_sources_come_together_with_an_outcome_each(kind: Callable[..., Any]) -> None:
    source = together(
        kind(gives(answer(plan(1, 1), agreements=(agreement(),)))),
        kind(gives(answer(plan(1, 2)))),
        kind(gives(answer())),
        new_log_id=lambda: "the-log-id",
    )

    got = source.care_plans(query())

    assert got.care_plans == (plan(1, 1), plan(1, 2))
    assert got.agreements == (agreement(),)
    assert got.result == Result(code=ResultCode.OK, log_id="the-log-id")
    assert got.outcomes == (
        Outcome(logical_address=address(1), name="Källa 1", kind=ANSWERED, records=2, log_id=LOG_ID),
        Outcome(logical_address=address(2), name="Källa 2", kind=ANSWERED, records=1, log_id=LOG_ID),
        Outcome(logical_address=address(3), name="Källa 3", kind=EMPTY, log_id=LOG_ID),
    )


def test_nobody_to_ask_is_a_whole_and_empty_answer() -> None:
    got = together().care_plans(query())

    assert (got.result.code, got.outcomes, got.care_plans) == (ResultCode.OK, (), ())


def test_a_record_that_two_sources_give_is_given_once_and_in_its_newest_version() -> None:
    old, new = plan(updated_time=NOW.replace(day=17)), plan(updated_time=NOW.replace(day=18))
    source = together(Awaited(gives(answer(new))), Awaited(gives(answer(old, plan(2)))))

    got = source.care_plans(query())

    assert (got.care_plans, got.dropped) == ((new, plan(2)), 1)


def test_times_with_and_without_zone_can_be_compared() -> None:
    local = plan(updated_time=NOW)
    zoned = plan(updated_time=NOW.astimezone().replace(year=2027))
    source = together(Awaited(gives(answer(local))), Awaited(gives(answer(zoned))))

    got = source.care_plans(query())

    assert got.care_plans == (zoned,)


@given(order=st.permutations(range(4)))
@settings(max_examples=20)
def test_the_answer_does_not_depend_on_who_answers_first(order: list[int]) -> None:
    given_answers = [
        answer(plan(1, 1), agreements=(agreement(),)),
        answer(plan(2, 1), plan(1, 1)),
        answer(plan(1, 2), has_more=(HasMore(logical_address=address(3), reference="2"),)),
        answer(),
    ]
    gates = [asyncio.Event() for _ in given_answers]

    async def all_at_once() -> Answer:
        async def care_plans(number: int) -> Answer:
            await gates[number].wait()
            following = order.index(number) + 1
            if following < len(order):
                gates[order[following]].set()
            return given_answers[number]

        sources = [Numbered(number, care_plans) for number in range(len(given_answers))]
        gates[order[0]].set()
        return await together(*sources, new_log_id=lambda: LOG_ID).care_plans_async(query())

    expected = together(*(Awaited(gives(one)) for one in given_answers), new_log_id=lambda: LOG_ID)

    assert asyncio.run(all_at_once()) == expected.care_plans(query())


def test_what_a_source_holds_back_or_has_more_of_makes_the_answer_incomplete() -> None:
    more = HasMore(logical_address=address(2), reference="page-2")
    source = together(
        Awaited(gives(answer(plan(), held_back=2))), Awaited(gives(answer(plan(2), has_more=(more,))))
    )

    got = source.care_plans(query())

    assert got.result.code is ResultCode.INFO
    assert (got.held_back, got.has_more) == (2, (more,))
    assert [(one.held_back, one.has_more) for one in got.outcomes] == [(2, False), (0, True)]


# --- sources that do not deliver ----------------------------------------------------------------


@pytest.mark.parametrize("kind", [Plain, Awaited])
@pytest.mark.parametrize(
    ("behave", "expected"),
    [
        (fails(ProducerUnreachable(f"is gone {CANARY}", logical_address=address(1))), UNREACHABLE),
        (fails(ProducerTimedOut("is slow", logical_address=address(1))), TIMED_OUT),
        (fails(TimeoutError(CANARY)), TIMED_OUT),
        (
            fails(ProducerFault("faulted", code="Server", logical_address=address(1))),
            OutcomeKind.REPORTED_ERROR,
        ),
        (fails(InvalidAnswer("lied", logical_address=address(1))), OutcomeKind.INVALID_ANSWER),
        (fails(WrongPatient("erred", logical_address=address(1))), OutcomeKind.WRONG_PATIENT),
        (fails(KeyError(ASTA)), UNREACHABLE),
        (fails(StopIteration(ASTA)), UNREACHABLE),
        (fails(RecursionError(ASTA)), UNREACHABLE),
        (fails(asyncio.CancelledError(ASTA)), UNREACHABLE),
        (gives(None), OutcomeKind.INVALID_ANSWER),
        (gives(CANARY), OutcomeKind.INVALID_ANSWER),
        (gives(answer(CANARY)), OutcomeKind.INVALID_ANSWER),  # type: ignore[arg-type]
        (gives(answer(replace(plan(), header=None))), OutcomeKind.INVALID_ANSWER),
        (gives(answer(result=Result(code=ResultCode.ERROR, log_id=ASTA))), OutcomeKind.REPORTED_ERROR),
        (gives(answer(plan(), plan(2, patient_id=SOMEONE_ELSE))), OutcomeKind.WRONG_PATIENT),
    ],
)
def test_whatever_a_source_does_becomes_its_outcome_and_spoils_no_other(
    kind: Callable[..., Any], behave: Callable[[Query], Any], expected: OutcomeKind
) -> None:
    source = together(kind(behave), Awaited(gives(answer(plan()))))

    got = source.care_plans(query())

    assert kinds(got) == [expected, ANSWERED]
    assert got.care_plans == (plan(),)
    assert got.result.code is ResultCode.INFO
    assert got.result.text == (
        "Svaret är inte fullständigt: uppgifter från ett eller flera källsystem saknas."
    )
    told = msgspec.json.encode((got.outcomes, got.result)).decode()
    assert [secret for secret in (ASTA, CANARY) if secret in told] == []


def test_a_source_in_a_thread_that_exits_ends_nothing_else() -> None:
    got = together(Plain(fails(SystemExit(3))), Awaited(gives(answer()))).care_plans(query())

    assert kinds(got) == [UNREACHABLE, EMPTY]


def test_at_the_deadline_what_has_come_is_given_and_the_rest_is_timed_out() -> None:
    released = threading.Event()
    told: list[Outcome] = []
    source = together(
        Awaited(gives(answer(plan()))),
        Hanging(),
        Plain(lambda _asked: released.wait() and answer()),
        deadline=SHORT,
        on_outcome=told.append,
    )

    got = source.care_plans(query())
    released.set()

    assert kinds(got) == [ANSWERED, TIMED_OUT, TIMED_OUT]
    assert got.outcomes[1].detail == "the source gave no whole answer before the deadline"
    assert sorted(told, key=lambda outcome: outcome.logical_address) == list(got.outcomes)


def test_a_source_that_does_not_let_itself_be_cancelled_does_not_hold_the_answer_up() -> None:
    released = threading.Event()

    class Stubborn:
        async def care_plans_async(self, _asked: Query) -> Answer:
            while not released.is_set():
                try:
                    await asyncio.sleep(0.01)
                except asyncio.CancelledError:
                    continue
            return answer(plan())

    got = together(Stubborn(), deadline=0.05).care_plans(query())
    released.set()

    assert (kinds(got), got.care_plans) == ([TIMED_OUT], ())


def test_no_more_than_the_allowed_number_are_asked_at_the_same_time() -> None:
    busy: list[int] = []
    most: list[int] = []

    class Counting:
        async def care_plans_async(self, _asked: Query) -> Answer:
            busy.append(1)
            most.append(len(busy))
            await asyncio.sleep(0.001)
            busy.pop()
            return answer()

    got = together(*(Counting() for _ in range(12)), max_parallel=3).care_plans(query())

    assert kinds(got) == [EMPTY] * 12
    assert max(most) == 3


def test_a_source_whose_threads_never_return_is_not_given_more_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fanout, "_MOST_THREADS", 2)
    released = threading.Event()
    source = together(Plain(lambda _asked: released.wait() and answer()), deadline=0.02)

    got = [source.care_plans(query()) for _ in range(3)]
    released.set()

    assert [kinds(one) for one in got] == [[TIMED_OUT], [TIMED_OUT], [UNREACHABLE]]
    assert got[2].outcomes[0].detail == "the source is still busy with earlier questions"


def test_a_cancelled_question_cancels_every_call() -> None:
    ended: list[str] = []

    class Noticing:
        async def care_plans_async(self, _asked: Query) -> Answer:
            try:
                return await Hanging().care_plans_async(_asked)
            finally:
                ended.append("cancelled")

    async def cut_off() -> None:
        async with asyncio.timeout(0.02):
            await together(Noticing(), Noticing()).care_plans_async(query())

    with pytest.raises(TimeoutError):
        asyncio.run(cut_off())
    assert ended == ["cancelled", "cancelled"]


# --- what is asked ------------------------------------------------------------------------------


def recording(seen: list[Query], found: Answer | None = None) -> Awaited:
    def behave(asked: Query) -> Answer:
        seen.append(asked)
        return found or answer()

    return Awaited(behave)


@pytest.mark.parametrize("wanted", [address(2), address(2).lower()])
def test_a_question_to_one_source_system_is_put_to_it_alone(wanted: str) -> None:
    first: list[Query] = []
    second: list[Query] = []
    source = together(recording(first), recording(second))

    got = source.care_plans(query(source_system_id=hsa(wanted)))

    assert [outcome.logical_address for outcome in got.outcomes] == [address(2)]
    assert (len(first), len(second)) == (0, 1)


def test_a_question_to_an_unknown_source_system_is_refused() -> None:
    got = together(Awaited(gives(answer()))).care_plans(query(source_system_id=hsa("SE0000000018-S9")))

    assert (got.result.code, got.result.error_code) == (ResultCode.ERROR, ErrorCode.INVALID_REQUEST)
    assert got.outcomes == ()


def test_a_question_to_a_source_system_below_is_put_to_those_that_aggregate() -> None:
    below = together(Awaited(gives(answer(plan(source=1)))))
    first: list[Query] = []
    national = NamedSource(logical_address="5565594230", source=below)
    remote = NamedSource(logical_address="SE0000000026-R1", source=recording(first), aggregates=True)
    leaf = NamedSource(logical_address=address(2), source=recording(first))

    got = AggregatedSource([national, remote, leaf]).care_plans(query(source_system_id=hsa(address(1))))

    assert [outcome.logical_address for outcome in got.outcomes] == [
        "5565594230",
        address(1),
        "SE0000000026-R1",
    ]
    assert got.care_plans == (plan(source=1),)


def test_a_continuation_needs_to_know_whose_it_is() -> None:
    seen: list[Query] = []
    source = together(recording(seen), recording(seen))
    question = query(has_more_reference="page-2")

    refused = source.care_plans(question)
    source.care_plans(replace(question, source_system_id=hsa(address(1))))

    assert refused.result.error_code is ErrorCode.INVALID_REQUEST
    assert [asked.has_more_reference for asked in seen] == ["page-2"]


def test_filters_are_applied_whether_or_not_a_source_did() -> None:
    embedded = care_plan(attachments=(attachment(),))
    draft = care_plan(header=header(id=record_id(2)), status=PlanStatus.DRAFT)
    source = together(Awaited(gives(answer(embedded, draft))), Awaited(gives(answer(draft))))

    got = source.care_plans(query(plan_statuses=(PlanStatus.ACTIVE,), include_attachments=False))

    assert [one.body.attachments[0].value for one in got.care_plans] == [None]
    assert kinds(got) == [ANSWERED, EMPTY]


@pytest.mark.parametrize(("given_id", "passed_on"), [("chain-1", "chain-1"), ("", "the-log-id")])
def test_all_calls_of_one_question_have_one_correlation_id(given_id: str, passed_on: str) -> None:
    seen: list[Query] = []
    source = together(recording(seen), recording(seen), new_log_id=lambda: "the-log-id")

    source.care_plans(query(call=Call(correlation_id=given_id)))

    assert [asked.call.correlation_id for asked in seen] == [passed_on] * 2


@pytest.mark.parametrize("other", [address(1), address(1).lower()])
def test_two_sources_with_one_address_are_a_mistake(other: str) -> None:
    twice = [NamedSource(logical_address=one, source=Hanging()) for one in (address(1), other)]

    with pytest.raises(ConfigurationError, match="the same logical address"):
        AggregatedSource(twice)


# --- aggregates of aggregates -------------------------------------------------------------------


def test_nothing_that_went_wrong_below_is_lost_above() -> None:
    below = together(Awaited(gives(answer(plan()))), Awaited(fails(OSError(CANARY))))
    above = AggregatedSource([NamedSource(logical_address="5565594230", name="Nationell", source=below)])

    got = above.care_plans(query())

    assert [(one.logical_address, one.kind) for one in got.outcomes] == [
        ("5565594230", ANSWERED),
        (address(1), ANSWERED),
        (address(2), UNREACHABLE),
    ]
    assert got.result.code is ResultCode.INFO


def test_an_aggregate_whose_sources_failed_is_not_empty() -> None:
    below = together(Awaited(fails(OSError())))
    above = AggregatedSource([NamedSource(logical_address="5565594230", source=below)])

    got = above.care_plans(query())

    assert kinds(got) == [ANSWERED, UNREACHABLE]


def test_aggregating_again_changes_no_record() -> None:
    below = together(Awaited(gives(answer(plan(1), plan(2)))), Awaited(gives(answer(plan(1, 2), plan(1)))))
    above = AggregatedSource([NamedSource(logical_address="5565594230", source=below)])

    assert above.care_plans(query()).care_plans == below.care_plans(query()).care_plans


# --- whatever they do ---------------------------------------------------------------------------

BEHAVIOURS: dict[str, Callable[[], CarePlanSource | AsyncCarePlanSource]] = {
    "has plans": lambda: Awaited(gives(answer(plan()))),
    "has plans, in a thread": lambda: Plain(gives(answer(plan()))),
    "has nothing": lambda: Awaited(gives(answer())),
    "has nothing, in a thread": lambda: Plain(gives(answer())),
    "holds back": lambda: Awaited(gives(answer(held_back=1))),
    "has more": lambda: Awaited(
        gives(answer(has_more=(HasMore(logical_address=address(1), reference="2"),)))
    ),
    "hangs": Hanging,
    "raises": lambda: Awaited(fails(ValueError())),
    "raises, in a thread": lambda: Plain(fails(ValueError())),
    "exits, in a thread": lambda: Plain(fails(SystemExit())),
    "gives nonsense": lambda: Plain(gives(object())),
    "errs": lambda: Awaited(gives(answer(result=Result(code=ResultCode.ERROR, log_id=LOG_ID)))),
    "answers about another": lambda: Awaited(gives(answer(plan(patient_id=SOMEONE_ELSE)))),
    "aggregates failures": lambda: together(Awaited(fails(OSError()))),
}


@given(chosen=st.lists(st.sampled_from(sorted(BEHAVIOURS)), max_size=8))
@settings(max_examples=60)
def test_every_source_has_its_outcome_and_only_one_that_delivered_is_empty(chosen: list[str]) -> None:
    deadline = 0.05 if "hangs" in chosen else PATIENCE
    source = together(*(BEHAVIOURS[name]() for name in chosen), deadline=deadline)

    got = source.care_plans(query())

    own = {one.logical_address: one for one in got.outcomes if one.name.startswith("Källa ")}
    assert list(own) == [address(number) for number in range(1, len(chosen) + 1)]
    empty = {chosen[number] for number, one in enumerate(own.values()) if one.kind is EMPTY}
    assert empty <= {"has nothing", "has nothing, in a thread"}
    assert all(one.header.access_control.patient_id == query().patient_id for one in got.care_plans)
    complete = {"has plans", "has plans, in a thread", "has nothing", "has nothing, in a thread"}
    assert (got.result.code is ResultCode.OK) == (set(chosen) <= complete)


# --- the platform's own scenarios, over real sockets --------------------------------------------


@pytest.fixture(scope="module")
def loopback() -> Iterator[Loopback]:
    with Loopback.running() as running:
        yield running


def one_plan(source: int, number: int = 1) -> bytes:
    return message(answer(plan(number, source)))


def broken(source: int) -> bytes:
    return one_plan(source).replace(b"<c:status>active</c:status>", b"<c:status>1895</c:status>")


def fault(text: str) -> Behaviour:
    return answers(soap.write_fault("Server", text), status="500 Internal Server Error")


SCENARIOS = [
    pytest.param(
        {4: answers(one_plan(4)), 5: answers(one_plan(5)), 6: answers(one_plan(6))},
        3,
        {4: ANSWERED, 5: ANSWERED, 6: ANSWERED},
        id="TC1 many hits, no errors",
    ),
    pytest.param({}, 0, {}, id="TC2 zero hits"),
    pytest.param(
        {1: answers(one_plan(1)), 2: answers(message(answer()))},
        1,
        {1: ANSWERED, 2: EMPTY},
        id="TC3 one hit, one without",
    ),
    pytest.param(
        {
            1: answers_after(0.1, one_plan(1)),
            2: answers_after(0.2, message(answer(plan(1, 2), plan(2, 2)))),
            3: hangs_before_headers,
        },
        3,
        {1: ANSWERED, 2: ANSWERED, 3: TIMED_OUT},
        id="TC4 many hits, one too slow",
    ),
    pytest.param(
        {1: fault(f"Invalid Id: {ASTA}")}, 0, {1: OutcomeKind.REPORTED_ERROR}, id="TC5 fault, invalid id"
    ),
    pytest.param(
        {7: fault("VP007 Authorization missing")}, 0, {7: OutcomeKind.BLOCKED}, id="TC6 no permission"
    ),
    pytest.param(
        {4: answers(one_plan(4)), 5: answers(broken(5))},
        1,
        {4: ANSWERED, 5: OutcomeKind.INVALID_ANSWER},
        id="TC8 one format error",
    ),
]


@pytest.mark.parametrize(("producers", "plans", "expected"), SCENARIOS)
def test_the_platforms_scenarios_come_out_as_they_should(
    loopback: Loopback,
    producers: dict[int, Behaviour],
    plans: int,
    expected: dict[int, OutcomeKind],
) -> None:
    sources = [
        NamedSource(
            logical_address=address(number),
            source=RemoteSource(
                producer(loopback.serve(behaviour), logical_address=address(number), timeout=1)
            ),
        )
        for number, behaviour in producers.items()
    ]

    got = AggregatedSource(sources, deadline=PATIENCE).care_plans(query())

    assert len(got.care_plans) == plans
    assert {one.logical_address: one.kind for one in got.outcomes} == {
        address(number): kind for number, kind in expected.items()
    }


def test_fifty_producers_are_asked_at_the_same_time(loopback: Loopback) -> None:
    arrived = asyncio.Event()
    count: list[int] = []

    async def when_all_have_asked(connection: Any) -> None:
        count.append(1)
        if len(count) == 50:
            arrived.set()
        await arrived.wait()
        await answers(message(answer()))(connection)

    sources = [
        NamedSource(
            logical_address=address(number),
            source=RemoteSource(
                producer(loopback.serve(when_all_have_asked), logical_address=address(number))
            ),
        )
        for number in range(50)
    ]

    got = AggregatedSource(sources, deadline=PATIENCE).care_plans(query())

    assert set(kinds(got)) == {EMPTY}
