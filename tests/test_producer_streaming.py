"""A source that gives its records one by one: the same answer, the newest when it is cut, and no memory."""

from __future__ import annotations

import datetime as dt
import http.client
import logging
import time
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from riv_careplans.contracts import interaction_for
from riv_careplans.exchange import Answer, Outcome, OutcomeKind, Query
from riv_careplans.model import Agreement, CarePlan
from riv_careplans.producer import make_app
from riv_careplans.producer.trying import Passed
from riv_careplans.rules import check_record
from riv_careplans.settings import ProducerSettings
from tests.builders import (
    ASTA_ID,
    NOW,
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
from tests.rule_cases import GOOD_RECORDS, OTHER_PATIENT
from tests.servers import running


class Streaming:
    """A source whose one method is a generator."""

    def __init__(self, records: Callable[[Query], Iterator[Any]]) -> None:
        self._records = records
        self.given = 0

    def care_plans(self, query: Query) -> Iterator[Any]:
        for record in self._records(query):
            self.given += 1
            yield record


def plan(number: int, **changes: Any) -> CarePlan:
    updated = NOW - dt.timedelta(days=number)
    head = header(id=record_id(number), created_time=None, updated_time=updated)
    return care_plan(header=head, title=f"Plan {number}", **changes)


def app_of(source: Any, **settings: Any) -> Any:
    return make_app(source, ProducerSettings(**settings), clock=clock)


def read(reply: Reply) -> Answer:
    return interaction_for("3.0").read_response(reply.message).answer


def titles(given: Answer) -> list[str]:
    records: tuple[CarePlan | Agreement, ...] = (*given.care_plans, *given.agreements)
    return [record.body.title for record in records]


def test_records_one_by_one_are_the_same_answer_as_all_at_once() -> None:
    records = [plan(1), agreement(), plan(2, goals=(goal(),))]
    at_once = answer(plan(1), plan(2, goals=(goal(),)), agreements=(agreement(),))

    one_by_one = read(post(app_of(Streaming(lambda _: iter(records)))))

    assert titles(one_by_one) == titles(read(post(app_of(CannedSource(at_once)))))
    assert (one_by_one.care_plans, one_by_one.agreements) == (at_once.care_plans, at_once.agreements)


def test_the_newest_are_sent_in_whatever_order_they_come_and_the_rest_can_be_asked_for() -> None:
    source = Streaming(lambda _: iter([plan(3), plan(1), plan(5), plan(2), plan(4)]))
    first = read(post(app_of(source, max_records=2)))

    again = query(has_more_reference=first.has_more[0].reference)
    second = read(post(app_of(source, max_records=2), question(again)))

    assert titles(first) == ["Plan 1", "Plan 2"]
    assert titles(second) == ["Plan 3", "Plan 4"]
    assert second.has_more


def test_the_filters_are_applied_and_what_may_not_leave_stays(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    stranger = care_plan(header=header(patient_id=OTHER_PATIENT))
    broken = plan(2, goals=(goal(need_ids=("nothing",)),))
    source = Streaming(lambda _: iter([plan(1), stranger, broken, "no record"]))

    given = read(post(app_of(source)))

    assert titles(given) == ["Plan 1"]
    assert "places=record[2] CP-005, record[4] TYPE, record[3] CP-006" in caplog.text
    assert read(post(app_of(source), question(query(record_ids=(record_id(9),))))).care_plans == ()


@pytest.mark.parametrize("after", [0, 1, 50])
def test_a_source_that_raises_on_the_way_gives_a_fault_and_no_half_answer(
    after: int, caplog: pytest.LogCaptureFixture
) -> None:
    def records(_: Query) -> Iterator[CarePlan]:
        for number in range(after):
            yield plan(number)
        raise RuntimeError(ASTA_ID.extension)

    app = app_of(Streaming(records))

    reply = post(app)

    assert reply.verdict == "FS"
    assert "the source raised RuntimeError in test_producer_streaming.py line" in caplog.text
    assert str(ASTA_ID.extension) not in caplog.text
    assert post(app_of(Streaming(lambda _: iter([plan(1)])))).verdict == "OK"


def test_a_source_that_never_ends_is_left_at_its_deadline() -> None:
    def records(_: Query) -> Iterator[CarePlan]:
        number = 0
        while True:
            number += 1
            yield plan(number % 20_000)

    source = Streaming(records)
    reply = post(app_of(source, max_records=10, source_deadline=0.5))
    end = time.monotonic() + 20
    seen = -1
    while seen != source.given and time.monotonic() < end:
        seen = source.given
        time.sleep(0.2)

    assert reply.verdict == "FS"
    assert seen == source.given, "nobody waits, and it still goes on"


def test_more_records_than_fit_in_memory_are_answered_with_the_newest() -> None:
    document = attachment(bytes(60_000))
    source = Streaming(lambda _: (plan(number, attachments=(document,)) for number in range(1500, 0, -1)))
    app = app_of(source, max_records=20)
    post(app_of(Streaming(lambda _: iter([plan(1)]))))
    tracemalloc.start()

    given = post(app)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert source.given == 1500
    assert titles(read(given)) == [f"Plan {number}" for number in range(1, 21)]
    # Twenty of these are 1.6 MB, and all of them 120.
    assert peak < 12 * 1024 * 1024


# --- how long it is -----------------------------------------------------------------------------------


OUTCOME = Outcome(logical_address=SOURCE_SYSTEM, kind=OutcomeKind.ANSWERED)
LONG = tuple(plan(number, attachments=(attachment(bytes(90_000)),)) for number in range(1, 21))
"""2.4 MB as they are written: more than is kept as text."""


@pytest.mark.parametrize("version", ["3.0", "2.0"])
@pytest.mark.parametrize("most", [2000, 15])
@pytest.mark.parametrize("one_by_one", [True, False])
def test_the_length_of_a_long_answer_is_told_so_that_the_connection_can_be_kept(
    version: str,
    most: int,
    one_by_one: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    whole = replace(answer(*LONG, agreements=(agreement(),)), outcomes=(OUTCOME,))
    source = Streaming(lambda _: iter(LONG)) if one_by_one else CannedSource(whole)
    asked = question(version=version)
    with running(app_of(source, structure_in_2=True, max_records=most)) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        told = []
        for _ in range(2):
            connection.request("POST", "/", asked, {"Content-Type": "text/xml"})
            first = connection.sock
            answered = connection.getresponse()
            told.append((answered.getheader("Content-Length"), str(len(answered.read()))))
            assert connection.sock is first
        connection.close()

    assert [said == sent for said, sent in told] == [True, True]
    assert int(told[0][0] or 0) > 1024 * 1024


# --- what has passed once ------------------------------------------------------------------------------


@pytest.mark.parametrize(("record", "expected"), GOOD_RECORDS)
def test_no_rule_turns_against_a_record_as_time_goes_by(
    record: CarePlan, expected: list[tuple[str, str]]
) -> None:
    later = NOW + dt.timedelta(days=365 * 60)

    assert expected == [(found.code, found.path) for found in check_record(record, now=later)]


def test_a_record_that_has_changed_is_tried_anew_and_one_that_has_not_is_not() -> None:
    good, bad = plan(1, goals=(goal(),)), plan(1, goals=(goal(need_ids=("nothing",)),))
    given = iter([good, good, bad, good])
    app = app_of(Streaming(lambda _: iter([next(given)])))

    sent = [titles(read(post(app))) for _ in range(4)]

    assert sent == [["Plan 1"], ["Plan 1"], [], ["Plan 1"]]


def test_what_passed_in_one_version_or_without_its_documents_is_tried_in_the_other() -> None:
    described = attachment(value=None)
    source = Streaming(lambda _: iter([plan(1, goals=(goal(),), attachments=(described,))]))
    app = app_of(source)

    without = read(post(app, question(query(include_attachments=False))))
    with_them = read(post(app))

    assert (titles(without), titles(with_them)) == (["Plan 1"], [])


def test_the_oldest_of_many_that_have_passed_is_forgotten() -> None:
    passed = Passed(most=2)

    for digest in (b"1", b"2", b"3"):
        passed.add(digest)

    assert [digest in passed for digest in (b"1", b"2", b"3")] == [False, True, True]
