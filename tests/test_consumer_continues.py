"""A consumer follows a cut answer to its end, and tells what it could not get."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from riv_careplans.codes import ResultCode
from riv_careplans.consumer import RemoteSource
from riv_careplans.exchange import Answer, CarePlanSource, OutcomeKind, Query, Result
from riv_careplans.producer import make_app
from riv_careplans.settings import ProducerAddress, ProducerSettings
from tests.builders import LOG_ID, SOURCE_SYSTEM, answer, care_plan, header, query, record_id
from tests.producer_calls import CannedSource
from tests.servers import running

TEN = [care_plan(header=header(id=record_id(number))) for number in range(10)]


class FailsWhenContinued:
    """Gives ten plans once, and nothing but an exception after that."""

    def __init__(self) -> None:
        self.asked = 0

    def care_plans(self, question: Query) -> Answer:
        self.asked += 1
        if self.asked > 1:
            raise RuntimeError("the database is gone")
        return answer(*TEN)


def asked(source: CarePlanSource, question: Query | None = None, most: int = 4) -> Answer:
    app = make_app(source, ProducerSettings(max_records=most))
    with running(app) as server:
        address = ProducerAddress(logical_address=SOURCE_SYSTEM, url=server.url, name="Journalen")
        return RemoteSource(address).care_plans(question or query())


@pytest.mark.parametrize("most", [1, 4, 5, 9, 10, 11])
def test_every_record_arrives_however_the_producer_cuts(most: int) -> None:
    got = asked(CannedSource(answer(*TEN)), most=most)

    (outcome,) = got.outcomes
    assert {plan.header.record.id.key for plan in got.care_plans} == {
        plan.header.record.id.key for plan in TEN
    }
    assert (outcome.kind, outcome.records, outcome.has_more, outcome.notice) == (
        OutcomeKind.ANSWERED,
        10,
        False,
        "",
    )


def test_a_continuation_that_fails_leaves_what_came_and_says_that_there_is_more() -> None:
    got = asked(FailsWhenContinued())

    (outcome,) = got.outcomes
    assert len(got.care_plans) == outcome.records == 4
    assert outcome.has_more


def test_a_caller_that_continues_by_itself_gets_one_part_at_a_time() -> None:
    source = CannedSource(answer(*TEN))
    app = make_app(source, ProducerSettings(max_records=4))
    with running(app) as server:
        address = ProducerAddress(logical_address=SOURCE_SYSTEM, url=server.url, contract="3.0")
        remote = RemoteSource(address)
        reference = "riv1.99991231235959.ffffffffffffffff."
        part = remote.care_plans(replace(query(), has_more_reference=reference))

    assert len(part.care_plans) == 4
    assert part.outcomes[0].has_more


def test_what_a_producer_says_to_the_reader_is_kept_apart_from_what_is_logged() -> None:
    said = Result(code=ResultCode.INFO, log_id=LOG_ID, text="Journaler före 2020 är inte med.")

    (outcome,) = asked(CannedSource(replace(answer(*TEN[:1]), result=said))).outcomes

    assert outcome.notice == "Journaler före 2020 är inte med."
    assert "2020" not in outcome.detail


def test_a_notice_that_repeats_the_patients_id_is_not_kept() -> None:
    said = Result(code=ResultCode.INFO, log_id=LOG_ID, text="Saknas: 19121212-1212")

    (outcome,) = asked(CannedSource(replace(answer(*TEN[:1]), result=said))).outcomes

    assert outcome.notice == ""
