"""A remote producer as a source: whatever it does over real sockets, an answer with an outcome comes back."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest
import zeep
import zeep.exceptions
from msgspec.structs import replace

from riv_careplans import codec
from riv_careplans.codes import ErrorCode, PlanStatus, ResultCode
from riv_careplans.consumer import RemoteSource
from riv_careplans.contract import GET_CARE_PLANS_2, GET_CARE_PLANS_3, Contract
from riv_careplans.contracts import soap
from riv_careplans.errors import (
    ContractViolation,
)
from riv_careplans.exchange import (
    Answer,
    AsyncCarePlanSource,
    Call,
    CarePlanSource,
    Outcome,
    OutcomeKind,
    Result,
)
from riv_careplans.identity import is_uuid
from riv_careplans.model import II, CarePlan
from tests.builders import (
    ASTA,
    LOG_ID,
    SOURCE_SYSTEM,
    agreement,
    answer,
    care_plan,
    header,
    query,
    record_id,
)
from tests.misbehaving import (
    Behaviour,
    Loopback,
    Server,
    answers,
    breaks_its_chunks,
    chunks,
    compresses,
    hangs_after_headers,
    hangs_before_headers,
    http,
    never_ends,
    resets,
    says,
    stops_half_way,
    trickles,
)
from tests.remote import CANARY, GOOD, SHORT, SOMEONE_ELSE, ask, message, own_outcome, producer


@pytest.fixture(scope="module")
def loopback() -> Iterator[Loopback]:
    with Loopback.running() as running:
        yield running


def about(patient_id: II, number: int = 1) -> CarePlan:
    return care_plan(header=header(patient_id=patient_id, id=record_id(number)))


FAULT = soap.write_fault("Server", f"Invalid Id: {ASTA} {CANARY}")
EXTENDED = GOOD.replace(
    b"</c:body>", f'<x:more xmlns:x="urn:example:x"><x:a>{CANARY}</x:a></x:more></c:body>'.encode()
)


# --- a producer that does as it should ----------------------------------------------------------


def test_a_remote_source_is_both_kinds_of_source(loopback: Loopback) -> None:
    source = RemoteSource(producer(loopback.refuse()))

    assert isinstance(source, CarePlanSource)
    assert isinstance(source, AsyncCarePlanSource)


def test_records_come_back_as_they_were_sent(loopback: Loopback) -> None:
    sent = answer(care_plan(), agreements=(agreement(),))
    server = loopback.serve(answers(message(sent)))

    got = ask(server)

    assert got.care_plans == sent.care_plans
    assert got.agreements == sent.agreements
    assert got.result == Result(code=ResultCode.OK, log_id=LOG_ID)
    assert got.outcomes == (
        Outcome(
            logical_address=SOURCE_SYSTEM,
            name="Journalen",
            kind=OutcomeKind.ANSWERED,
            records=2,
            log_id=LOG_ID,
        ),
    )


def test_a_producer_without_records_is_empty(loopback: Loopback) -> None:
    server = loopback.serve(answers(message(answer())))

    got = ask(server)

    assert own_outcome(got).kind is OutcomeKind.EMPTY


def test_a_plan_over_2_0_becomes_a_plan_of_the_model(loopback: Loopback) -> None:
    server = loopback.serve(answers(message(version="2.0")))

    got = ask(server, contract="2.0")

    assert own_outcome(got).kind is OutcomeKind.ANSWERED
    assert [plan.body.title for plan in got.care_plans] == ["Vårdplan"]
    assert server.seen[0].headers["soapaction"] == f'"{GET_CARE_PLANS_2.soap_actions[0]}"'


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(chunks(GOOD), id="chunked"),
        pytest.param(says(b"HTTP/1.1 100 Continue\r\n\r\n" + http(GOOD)), id="100 Continue first"),
        pytest.param(says(http(GOOD).replace(b"HTTP/1.1", b"HTTP/1.0")), id="HTTP/1.0"),
        pytest.param(answers(GOOD, content_type="text/plain"), id="called plain text"),
        pytest.param(answers(GOOD, Content_Encoding="identity"), id="coding identity"),
        pytest.param(
            answers(
                GOOD.replace(b'"UTF-8"', b'"ISO-8859-1"').decode().encode("latin-1"),
                content_type="text/xml; charset=ISO-8859-1",
            ),
            id="another charset",
        ),
        pytest.param(
            answers(GOOD.decode().encode("utf-16"), content_type="text/xml; charset=utf-16"), id="UTF-16"
        ),
        pytest.param(answers(b"\xef\xbb\xbf" + GOOD), id="byte order mark"),
        pytest.param(answers(GOOD, Set_Cookie="seen=1"), id="a cookie"),
    ],
)
def test_a_producer_may_answer_in_any_way_that_http_allows(loopback: Loopback, behaviour: Behaviour) -> None:
    server = loopback.serve(behaviour)

    got = ask(server)

    assert own_outcome(got).kind is OutcomeKind.ANSWERED
    assert got.care_plans == (care_plan(),)


def test_elements_the_contract_does_not_know_are_kept(loopback: Loopback) -> None:
    server = loopback.serve(answers(EXTENDED))

    got = ask(server)

    assert own_outcome(got).kind is OutcomeKind.ANSWERED
    assert len(got.care_plans[0].body.extensions) == 1


# --- the question as the producer sees it -------------------------------------------------------


@pytest.mark.parametrize("contract", [GET_CARE_PLANS_3, GET_CARE_PLANS_2], ids=lambda one: one.version)
def test_the_question_is_valid_and_carries_the_headers_of_rivta(
    loopback: Loopback, contract: Contract
) -> None:
    server = loopback.serve(answers(message(answer(), version=contract.version)))

    ask(server, contract=contract.version, original_consumer="SE0000000018-C1")

    (question,) = server.seen
    read = soap.read_envelope(codec.parse(question.body))
    assert read.body is not None
    assert contract.violations(read.body) == ()
    assert read.logical_addresses == (SOURCE_SYSTEM,)
    assert question.line == "POST /careplans HTTP/1.1"
    headers = dict(question.headers)
    assert is_uuid(headers.pop("x-skltp-correlation-id"))
    assert headers == {
        "host": server.url.split("/")[2],
        "accept": "text/xml",
        "accept-encoding": "identity",
        "connection": "close",
        "content-length": str(len(question.body)),
        "content-type": "text/xml; charset=utf-8",
        "soapaction": f'"{contract.soap_actions[0]}"',
        "user-agent": "riv-careplans/0.1.0",
        "x-rivta-original-serviceconsumer-hsaid": "SE0000000018-C1",
    }


def test_zeep_would_have_laid_out_the_same_envelope(loopback: Loopback) -> None:
    server = loopback.serve(answers(message(answer())))
    client = zeep.Client(str(GET_CARE_PLANS_3.wsdl))
    patient = {"root": query().patient_id.root, "extension": ASTA}
    expected = client.create_message(
        client.service, "GetCarePlans", patientId=patient, _soapheaders={"LogicalAddress": SOURCE_SYSTEM}
    )

    ask(server)

    assert _canonical(codec.parse(server.seen[0].body)) == _canonical(expected)


def _canonical(element: Any) -> list[tuple[str, str]]:
    return [(str(found.tag), (found.text or "").strip()) for found in element.iter()]


def test_filters_are_sent_and_applied_to_what_comes_back(loopback: Loopback) -> None:
    active, draft = care_plan(), care_plan(header=header(id=record_id(2)), status=PlanStatus.DRAFT)
    server = loopback.serve(answers(message(answer(active, draft))))
    question = query(plan_statuses=(PlanStatus.DRAFT,))

    got = ask(server, question)

    assert b"<r:planStatus>draft</r:planStatus>" in server.seen[0].body
    assert got.care_plans == (draft,)
    assert own_outcome(got).records == 1


@pytest.mark.parametrize(
    ("call", "configured", "expected"),
    [
        (Call(original_consumer="SE1-A", caller="SE1-B"), "SE1-C", "SE1-A"),
        (Call(caller="SE1-B"), "SE1-C", "SE1-C"),
        (Call(caller="SE1-B"), None, "SE1-B"),
        (Call(), None, None),
        (Call(original_consumer="SE1-A\r\nx-evil: 1"), None, None),
        (Call(original_consumer="Åsa"), None, None),
    ],
)
def test_the_original_consumer_is_passed_on_unchanged(
    loopback: Loopback, call: Call, configured: str | None, expected: str | None
) -> None:
    server = loopback.serve(answers(message(answer())))

    ask(server, query(call=call), original_consumer=configured)

    headers = server.seen[0].headers
    assert headers.get("x-rivta-original-serviceconsumer-hsaid") == expected
    assert "x-evil" not in headers


def test_the_correlation_id_of_the_chain_is_passed_on(loopback: Loopback) -> None:
    server = loopback.serve(answers(message(answer())))

    ask(server, query(call=Call(correlation_id="7f0c-1")))

    assert server.seen[0].headers["x-skltp-correlation-id"] == "7f0c-1"


def test_no_cookie_is_kept(loopback: Loopback) -> None:
    server = loopback.serve(answers(GOOD, Set_Cookie="seen=1"))
    source = RemoteSource(producer(server))

    source.care_plans(query())
    source.care_plans(query())

    assert [question.headers.get("cookie") for question in server.seen] == [None, None]


def test_proxies_of_the_environment_are_ignored(loopback: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    trap, server = loopback.serve(answers(GOOD)), loopback.serve(answers(GOOD))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, trap.url)

    got = ask(server)

    assert own_outcome(got).kind is OutcomeKind.ANSWERED
    assert trap.seen == []


def test_a_question_that_cannot_be_written_is_the_askers_mistake(loopback: Loopback) -> None:
    source = RemoteSource(producer(loopback.refuse()))

    with pytest.raises(ContractViolation):
        source.care_plans(query(patient_id=II(root="1.2.3", extension="\x00")))


# --- a producer that misbehaves -----------------------------------------------------------------

UNREACHABLE = OutcomeKind.UNREACHABLE
INVALID, WRONG = OutcomeKind.INVALID_ANSWER, OutcomeKind.WRONG_PATIENT
REPORTED, BLOCKED = OutcomeKind.REPORTED_ERROR, OutcomeKind.BLOCKED

_HTML = f"<!DOCTYPE html><html><body>{CANARY} {ASTA}</body></html>".encode()
_XHTML = f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{CANARY}</body></html>'.encode()
_BOMB = bytes(20_000_000)
_ENTITIES = GOOD.replace(b"?>", b'?><!DOCTYPE s [<!ENTITY a "aaaa">]>')
_ERROR = Result(
    code=ResultCode.ERROR, error_code=ErrorCode.INVALID_REQUEST, log_id=LOG_ID, text=f"{CANARY} {ASTA}"
)


def vp_fault(code: str) -> bytes:
    return soap.write_fault("Server", f"{code} [NTjP] {CANARY} {ASTA}")


MISBEHAVIOURS = [
    pytest.param(resets, UNREACHABLE, "broke the connection before its answer", id="resets"),
    pytest.param(says(b""), UNREACHABLE, "broke the connection before its answer", id="closes"),
    pytest.param(stops_half_way(GOOD), UNREACHABLE, "broke off in the middle", id="stops half-way"),
    pytest.param(answers(GOOD, length=len(GOOD) + 1), UNREACHABLE, "broke off", id="length too large"),
    pytest.param(answers(GOOD, length=len(GOOD) - 9), INVALID, "answered with", id="length too small"),
    pytest.param(
        says(http(GOOD, Content_length="7")), INVALID, "something that is not HTTP", id="length twice"
    ),
    pytest.param(breaks_its_chunks(GOOD), INVALID, "something that is not HTTP", id="broken chunks"),
    pytest.param(says(b"220 mail ready\r\n"), INVALID, "something that is not HTTP", id="mail server"),
    pytest.param(
        answers(GOOD, X_Long="a" * 100_000), INVALID, "something that is not HTTP", id="100 kB header"
    ),
    pytest.param(answers(b""), INVALID, "HTTP status 200 and no SOAP", id="200 empty"),
    pytest.param(answers(_HTML, content_type="text/html"), INVALID, "no SOAP", id="200 HTML"),
    pytest.param(answers(_XHTML), INVALID, "no SOAP", id="200 XHTML"),
    pytest.param(answers(b"%PDF-1.7"), INVALID, "no SOAP", id="200 PDF"),
    pytest.param(answers(_ENTITIES), INVALID, "DOCTYPE", id="DOCTYPE"),
    pytest.param(
        answers(GOOD, content_type="text/xml; charset=utf-7"), INVALID, "encoding", id="charset UTF-7"
    ),
    pytest.param(
        answers(GOOD, content_type="text/xml; charset=utf-16"), INVALID, "no SOAP", id="lying charset"
    ),
    pytest.param(
        answers(GOOD.decode().encode("latin-1")), INVALID, "not text in the encoding", id="lying declaration"
    ),
    pytest.param(
        answers(GOOD.replace(b"schemas.xmlsoap.org/soap/envelope/", b"www.w3.org/2003/05/soap-envelope")),
        INVALID,
        "SOAP 1.1",
        id="SOAP 1.2",
    ),
    pytest.param(
        answers(b"".join(soap.write_envelope([]))), INVALID, "one message in it", id="empty Body (TC3)"
    ),
    pytest.param(compresses(GOOD), INVALID, "compressed", id="gzip"),
    pytest.param(compresses(_BOMB), INVALID, "compressed", id="gzip bomb"),
    pytest.param(answers(_BOMB), INVALID, "more than 1048576 bytes", id="too large and says so"),
    pytest.param(chunks(_BOMB), INVALID, "more than 1048576 bytes", id="too large in chunks"),
    pytest.param(never_ends, INVALID, "more than 1048576 bytes", id="never ends"),
    pytest.param(answers(_HTML, status="404 Not Found"), INVALID, "HTTP status 404", id="404"),
    pytest.param(answers(b"", status="503 Busy"), INVALID, "HTTP status 503", id="503"),
    pytest.param(answers(FAULT, status="400 Bad"), INVALID, "HTTP status 400", id="fault with 400"),
    pytest.param(answers(_HTML, status="500 Error"), INVALID, "500 and no SOAP", id="500 HTML"),
    pytest.param(answers(b"", status="500 Error"), INVALID, "500 and no SOAP", id="500 empty"),
    pytest.param(answers(GOOD, status="500 Error"), INVALID, "500 and no SOAP fault", id="500 with plans"),
    pytest.param(answers(FAULT, status="500 Error"), REPORTED, "SOAP fault Server", id="fault (TC5)"),
    pytest.param(answers(FAULT), REPORTED, "SOAP fault Server", id="fault with 200"),
    pytest.param(answers(vp_fault("VP007"), status="500 Error"), BLOCKED, "VP007", id="no permission (TC6)"),
    pytest.param(answers(vp_fault("VP009"), status="500 Error"), UNREACHABLE, "VP009", id="VP009"),
    pytest.param(
        answers(message(version="2.0")), INVALID, "something else than GetCarePlans 3.0", id="another version"
    ),
    pytest.param(
        answers(GOOD.replace(b"<c:title>", b"<c:titel>").replace(b"</c:title>", b"</c:titel>")),
        INVALID,
        "broke the contract GetCarePlans 3.0: this element does not belong here; expected is",
        id="breaks the schema (TC8)",
    ),
    pytest.param(
        answers(message(answer(about(SOMEONE_ELSE)))), WRONG, "about another patient", id="another patient"
    ),
    pytest.param(
        answers(message(answer(care_plan(), about(SOMEONE_ELSE, 2)))), WRONG, "another", id="mixed patients"
    ),
    pytest.param(
        answers(message(answer(about(replace(query().patient_id, root="1.2.752.129.2.1.3.3"))))),
        WRONG,
        "another",
        id="the same digits of another kind",
    ),
    pytest.param(
        answers(message(answer(about(SOMEONE_ELSE))).replace(b"20260116080000", b"20260231080000")),
        WRONG,
        "another",
        id="another patient's unreadable record",
    ),
    pytest.param(
        answers(message(answer(care_plan(), result=_ERROR))), REPORTED, "ERROR (INVALID_REQUEST)", id="ERROR"
    ),
]


@pytest.mark.parametrize(("behaviour", "kind", "words"), MISBEHAVIOURS)
def test_whatever_a_producer_does_becomes_its_outcome(
    loopback: Loopback, caplog: pytest.LogCaptureFixture, behaviour: Behaviour, kind: OutcomeKind, words: str
) -> None:
    caplog.set_level(logging.DEBUG)
    server = loopback.serve(behaviour)

    got = ask(server, max_answer_bytes=1024 * 1024)

    assert (own_outcome(got).kind, len(got.outcomes)) == (kind, 1)
    assert words in own_outcome(got).detail
    assert (got.care_plans, got.agreements) == ((), ())
    told = msgspec.json.encode(got).decode() + caplog.text
    assert [secret for secret in (ASTA, ASTA[2:], CANARY, "188803099368") if secret in told] == []


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(hangs_before_headers, id="before headers"),
        pytest.param(hangs_after_headers, id="after headers"),
        pytest.param(trickles(GOOD), id="a byte a second"),
    ],
)
def test_a_producer_that_hangs_is_timed_out(loopback: Loopback, behaviour: Behaviour) -> None:
    server = loopback.serve(behaviour)

    got = ask(server, timeout=SHORT)

    assert own_outcome(got).kind is OutcomeKind.TIMED_OUT
    assert own_outcome(got).detail == "the producer gave no whole answer in time"


def test_a_refused_connection_is_unreachable(loopback: Loopback) -> None:
    got = ask(loopback.refuse())

    assert own_outcome(got).kind is OutcomeKind.UNREACHABLE
    assert own_outcome(got).detail == "the producer accepted no connection"


def test_an_unknown_host_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    got = ask(Server(url="http://producer.invalid/"))

    assert own_outcome(got).kind is OutcomeKind.UNREACHABLE
    assert own_outcome(got).detail == "the producer has a host name that nobody knows"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(loopback: Loopback, status: int) -> None:
    trap = loopback.serve(answers(GOOD))
    server = loopback.serve(answers(b"", status=f"{status} Elsewhere", Location=trap.url))

    got = ask(server)

    assert own_outcome(got).kind is OutcomeKind.INVALID_ANSWER
    assert own_outcome(got).detail == f"the producer answered with HTTP status {status}"
    assert trap.seen == []


@pytest.mark.parametrize(
    ("beyond", "kind"), [(-1, INVALID), (0, OutcomeKind.ANSWERED), (1, OutcomeKind.ANSWERED)]
)
@pytest.mark.parametrize("way", [answers, chunks])
def test_an_answer_may_have_as_many_bytes_as_the_settings_allow(
    loopback: Loopback, beyond: int, kind: OutcomeKind, way: Callable[[bytes], Behaviour]
) -> None:
    server = loopback.serve(way(GOOD))

    got = ask(server, max_answer_bytes=len(GOOD) + beyond)

    assert own_outcome(got).kind is kind


def test_what_is_not_allowed_is_not_read(loopback: Loopback) -> None:
    server = loopback.serve(never_ends)

    ask(server, max_answer_bytes=1024)

    assert server.taken < 20_000_000  # what fits in buffers; a second of reading would be gigabytes


# --- sync, async, threads -----------------------------------------------------------------------


def test_a_source_can_be_awaited(loopback: Loopback) -> None:
    server = loopback.serve(answers(GOOD))
    source = RemoteSource(producer(server))

    async def twice() -> list[Answer]:
        return await asyncio.gather(*(source.care_plans_async(query()) for _ in range(2)))

    got = asyncio.run(twice())

    assert [own_outcome(one).kind for one in got] == [OutcomeKind.ANSWERED] * 2


def test_a_source_can_be_asked_from_many_threads(loopback: Loopback) -> None:
    source = RemoteSource(producer(loopback.serve(answers(GOOD))))

    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda _: source.care_plans(query()), range(40)))

    assert {own_outcome(one).kind for one in got} == {OutcomeKind.ANSWERED}


def test_a_source_can_be_asked_plainly_where_a_loop_is_running(loopback: Loopback) -> None:
    source = RemoteSource(producer(loopback.serve(answers(GOOD))))

    async def plainly() -> Answer:
        return source.care_plans(query())

    assert own_outcome(asyncio.run(plainly())).kind is OutcomeKind.ANSWERED


def test_a_cancelled_call_is_cancelled(loopback: Loopback) -> None:
    source = RemoteSource(producer(loopback.serve(hangs_before_headers)))

    async def cut_off() -> None:
        async with asyncio.timeout(SHORT):
            await source.care_plans_async(query())

    with pytest.raises(TimeoutError):
        asyncio.run(cut_off())
