"""A producer survives what its source and its callers can do, and tells nobody whose plans they were."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace

from riv_careplans.consumer import RemoteSource
from riv_careplans.exchange import Answer, HasMore, OutcomeKind, Query
from riv_careplans.producer import make_app
from riv_careplans.settings import ProducerAddress
from tests.builders import ASTA, SOURCE_SYSTEM, answer, care_plan, header, query, record_id
from tests.producer_calls import CannedSource, question
from tests.servers import running


class Exits:
    """Raises what is no `Exception`, with a patient in its text, the first time it is asked."""

    def __init__(self, problem: BaseException) -> None:
        self._problem: BaseException | None = problem

    def care_plans(self, _: Query) -> Answer:
        if self._problem is not None:
            problem, self._problem = self._problem, None
            raise problem
        return answer(care_plan())


@pytest.mark.parametrize(
    "problem", [SystemExit(f"{ASTA} Asta"), asyncio.CancelledError(ASTA), GeneratorExit(ASTA)]
)
def test_a_source_that_exits_is_a_fault_and_the_next_question_is_answered(
    problem: BaseException, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with running(make_app(Exits(problem))) as server:
        first = server.post(question())
        second = server.post(question())

    assert (first[0], second[0]) == (500, 200)
    assert b"Server" in first[1]
    assert ASTA not in first[1].decode() + caplog.text + "".join(capfd.readouterr())


@pytest.mark.parametrize(("length", "status"), [(256, 200), (257, 400)])
def test_a_content_type_is_short(length: int, status: int) -> None:
    content_type = 'text/xml; a="'
    content_type += ";" * (length - len(content_type) - 1) + '"'

    with running(make_app(CannedSource())) as server:
        got, _ = server.post(question(), {"Content-Type": content_type})

    assert got == status


def test_a_producer_that_always_has_more_is_not_followed_for_ever() -> None:
    def endless(asked: Query) -> Answer:
        number = len(source.queries)
        more = HasMore(logical_address=SOURCE_SYSTEM, reference=f"{asked.has_more_reference}{number}"[-20:])
        return replace(answer(care_plan(header=header(id=record_id(number)))), has_more=(more,))

    source = CannedSource(endless)
    with running(make_app(source)) as server:
        address = ProducerAddress(logical_address=SOURCE_SYSTEM, url=server.url)
        (outcome,) = RemoteSource(address).care_plans(query()).outcomes

    assert len(source.queries) < 60
    assert (outcome.kind, outcome.has_more) == (OutcomeKind.ANSWERED, True)
