"""Sources that are slow, hang or are several: a Fault in time, and the next question is answered."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from riv_careplans.exchange import Answer, Query
from riv_careplans.producer import make_app
from riv_careplans.producer.addressed import AddressedSources
from riv_careplans.producer.answering import Reply, SourceMistake
from riv_careplans.producer.calls import BoundedSource
from riv_careplans.settings import ProducerSettings
from tests.builders import ASTA, SOURCE_SYSTEM, answer, care_plan, query
from tests.producer_calls import CannedSource, clock, post, question
from tests.servers import running

SECONDS = 20


class Stuck:
    """Does not answer the first questions until it is let go; answers the others."""

    def __init__(self, stuck: int) -> None:
        self.let_go = threading.Event()
        self._left = stuck
        self._lock = threading.Lock()

    def care_plans(self, _: Query) -> Answer:
        with self._lock:
            self._left -= 1
            is_stuck = self._left >= 0
        if is_stuck:
            self.let_go.wait(SECONDS)
        return answer(care_plan())


def app_of(source: Any, **changes: Any) -> Any:
    return make_app(source, ProducerSettings(**changes), clock=clock)


def test_a_source_that_is_too_slow_gives_a_fault_in_time_and_the_next_question_is_answered(
    caplog: pytest.LogCaptureFixture,
) -> None:
    source = Stuck(1)
    app = app_of(source, source_deadline=0.2)

    slow = post(app)
    following = post(app)
    source.let_go.set()

    assert (slow.verdict, following.verdict) == ("FS", "OK")
    assert slow.texts("faultstring")[0].startswith("The service failed. Log id: ")
    assert "reason=the source gave no answer within 0.2 seconds" in caplog.text


def test_a_source_that_hangs_takes_no_thread_that_answers() -> None:
    source = Stuck(3)
    with running(app_of(source, source_deadline=0.2, threads=2), threads=2) as server:
        with ThreadPoolExecutor(3) as pool:
            hung = list(pool.map(lambda _: server.post(question())[0], range(3)))

        assert hung == [500] * 3
        assert server.post(question())[0] == 200
        source.let_go.set()


def test_calls_that_hang_are_bounded_and_then_the_producer_is_not_ready(
    caplog: pytest.LogCaptureFixture,
) -> None:
    source = Stuck(4)
    app = app_of(source, source_deadline=0.1, threads=2)
    hung = [post(app).verdict for _ in range(4)]

    refused = post(app)
    ready = app.operations._problem()  # noqa: SLF001 - what /health/ready tells
    source.let_go.set()
    end = time.monotonic() + SECONDS
    while app.operations._problem() and time.monotonic() < end:  # noqa: SLF001 - as above
        time.sleep(0.01)

    assert hung == ["FS"] * 4
    assert refused.verdict == "FS"
    assert "reason=the source has 4 calls under way, and is not asked" in caplog.text
    assert ready == "the source has too many calls under way"
    assert post(app).verdict == "OK"


def given(found: object) -> Reply:
    """Make a reply of an answer, as it is."""
    assert isinstance(found, Answer)
    return Reply(result=found.result, records=found.care_plans)


def test_a_late_answer_is_nobodys() -> None:
    source = Stuck(1)
    bounded = BoundedSource(source, deadline=0.1, most=1)
    with pytest.raises(SourceMistake, match=r"^the source gave no answer within 0\.1 seconds$"):
        bounded.reply(query(), given)
    source.let_go.set()
    end = time.monotonic() + SECONDS
    while bounded.calls and time.monotonic() < end:
        time.sleep(0.01)

    assert bounded.reply(query(), given) == Reply(result=answer().result, records=(care_plan(),))


def test_calls_one_after_another_need_one_thread() -> None:
    threads = set()

    def give(_: Query) -> Answer:
        threads.add(threading.get_ident())
        return answer()

    bounded = BoundedSource(CannedSource(give), deadline=SECONDS, most=8)
    for _ in range(50):
        bounded.reply(query(), given)

    assert len(threads) == 1


def test_what_the_source_raises_is_raised() -> None:
    def give(_: Query) -> Answer:
        raise SystemExit(ASTA)

    with pytest.raises(SystemExit):
        BoundedSource(CannedSource(give), deadline=SECONDS, most=1).reply(query(), given)


# --- several in one process ------------------------------------------------------------------------------


def test_a_question_goes_to_the_source_it_is_addressed_to(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    mine, other = CannedSource(), CannedSource(answer())
    sources = AddressedSources({SOURCE_SYSTEM: mine, "SE0000000018-S2": other})
    app = app_of(sources, logical_addresses=(SOURCE_SYSTEM, "SE0000000018-S2"))

    replies = [
        post(app, question(logical_address=address))
        for address in (SOURCE_SYSTEM, SOURCE_SYSTEM.lower(), "SE0000000018-S2", "SE0000000018-S3")
    ]

    assert [reply.verdict for reply in replies] == ["OK", "OK", "OK", "FC"]
    assert (len(mine.queries), len(other.queries)) == (2, 1)


def test_a_question_to_nobody_is_no_answer_of_anybodys() -> None:
    with pytest.raises(SourceMistake, match="no source has the logical address"):
        AddressedSources({SOURCE_SYSTEM: CannedSource()}).care_plans(query())


@pytest.mark.parametrize(("first", "second", "ready"), [(True, True, True), (True, False, False)])
def test_several_sources_are_ready_when_all_are(*, first: bool, second: bool, ready: bool) -> None:
    sources = [CannedSource(), CannedSource(), CannedSource()]
    for source, says in zip(sources, (first, second), strict=False):
        source.ready = lambda says=says: says  # type: ignore[attr-defined]

    assert AddressedSources(dict(zip("abc", sources, strict=True))).ready() is ready
