"""Producers that are down, hang, send rubbish or cut the connection; and mutual TLS: the run always ends."""

from __future__ import annotations

import re
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import msgspec
import pytest
import trustme

from riv_careplans.conformance import CheckSettings, check_producer
from riv_careplans.contract import GET_CARE_PLANS_3
from riv_careplans.contracts.soap import write_fault
from riv_careplans.errors import ConfigurationError
from riv_careplans.validation.report import Report, Verdict
from tests.broken_producers import ADDRESS, good
from tests.misbehaving import (
    Behaviour,
    Connection,
    Loopback,
    answers,
    breaks_its_chunks,
    hangs_after_headers,
    hangs_before_headers,
    http,
    in_turn,
    never_ends,
    resets,
    says,
    stops_half_way,
    trickles,
)
from tests.remote import GOOD
from tests.servers import running

PATIENT = "191212121212"
SHORT = 0.3
"""Seconds to wait for a producer that never answers."""

GENEROUS = 60
"""No run of these tests takes so long, however busy the machine is."""


@pytest.fixture(scope="module")
def loopback() -> Iterator[Loopback]:
    with Loopback.running() as started:
        yield started


def check(url: str, **chosen: Any) -> Report:
    defaults: dict[str, Any] = {
        "patient": PATIENT,
        "logical_address": ADDRESS,
        "contract": "3.0",
        "questions": 2,
        "parallel": 2,
        "connect_timeout": 20,
        "timeout": 20,
    }
    return check_producer(CheckSettings(url=url, **defaults | chosen))


def verdicts(report: Report) -> dict[str, Verdict]:
    return {one.name: one.verdict for one in report.examined}


def messages(report: Report) -> str:
    return "\n".join(finding.message for finding in report.findings)


# --- no contact ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("behaviour", "chosen", "words"),
    [
        pytest.param(resets, {}, "broke the connection before its answer", id="resets"),
        pytest.param(says(b""), {}, "broke the connection before its answer", id="closes"),
        pytest.param(stops_half_way(GOOD), {}, "broke off in the middle of its answer", id="half-way"),
        pytest.param(breaks_its_chunks(GOOD), {}, "broke off in the middle", id="chunks"),
        pytest.param(says(b"SSH-2.0-OpenSSH\r\n"), {}, "answered with something that is not HTTP", id="ssh"),
        pytest.param(hangs_before_headers, {"timeout": SHORT}, "gave no whole answer in time", id="hangs"),
        pytest.param(
            hangs_after_headers, {"timeout": SHORT}, "gave no whole answer in time", id="hangs later"
        ),
        pytest.param(trickles(GOOD), {"timeout": SHORT}, "gave no whole answer in time", id="trickles"),
        pytest.param(
            never_ends,
            {"max_answer_bytes": 100_000},
            "sent an answer of more than 100000 bytes",
            id="endless",
        ),
    ],
)
def test_a_producer_that_cannot_be_asked_fails_the_first_check_and_skips_the_rest(
    loopback: Loopback, behaviour: Behaviour, chosen: dict[str, Any], words: str
) -> None:
    server = loopback.serve(behaviour)

    report = check(server.url, **chosen)

    assert words in messages(report)
    assert verdicts(report).pop("PC-001") is Verdict.FAILED
    assert {verdict for code, verdict in verdicts(report).items() if code != "PC-001"} == {Verdict.SKIPPED}
    assert not report.ok


def test_an_address_where_nobody_listens_is_told(loopback: Loopback) -> None:
    report = check(loopback.refuse().url)

    assert "accepted no connection: nobody listens at the address" in messages(report)


def test_a_host_that_nobody_knows_is_told() -> None:
    report = check("http://producer.invalid/")

    assert "has a host name that nobody knows" in messages(report)
    assert report.summary.failed == 1


def test_a_version_that_the_producer_shows_and_does_not_answer_in_fails(loopback: Loopback) -> None:
    refusal = http(write_fault("Client", "unknown"), status="500 Internal Server Error")
    wsdl = http(GET_CARE_PLANS_3.wsdl.read_bytes())

    async def behave(connection: Connection) -> None:
        question = connection.question
        if question.line.startswith("GET"):
            await says(wsdl)(connection)
        elif b"GetCarePlansResponder:3" in question.body:
            await hangs_before_headers(connection)
        else:
            await says(refusal)(connection)

    server = loopback.serve(behave)

    report = check(server.url, contract=None, timeout=SHORT, select=("PC-001", "PC-007"))

    assert [(one.name, one.contract, one.verdict) for one in report.examined] == [
        ("PC-001", "GetCarePlans 3.0", Verdict.FAILED),
        ("PC-007", "GetCarePlans 3.0", Verdict.SKIPPED),
    ]
    assert "gave no whole answer in time" in messages(report)


def test_selecting_a_check_does_not_hide_that_there_was_no_contact(loopback: Loopback) -> None:
    report = check(loopback.refuse().url, select=("PC-007",))

    assert verdicts(report) == {"PC-001": Verdict.FAILED, "PC-007": Verdict.SKIPPED}


# --- contact, and rubbish -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "HTTP 200, an empty body"),
        (b"<html><br></html>", "HTTP 200, a body that is not well-formed XML"),
        (b"<html/>", "HTTP 200, XML that is no SOAP 1.1 message"),
        (
            GOOD.replace(b"GetCarePlansResponse>", b"Other>").replace(b"GetCarePlansResponse ", b"Other "),
            "not the contract's answer",
        ),
    ],
)
def test_a_producer_that_answers_rubbish_fails_and_the_run_goes_on(
    loopback: Loopback, body: bytes, words: str
) -> None:
    server = loopback.serve(answers(body))

    report = check(server.url, select=("PC-001", "PC-007", "PC-011", "PC-020"))

    assert words in messages(report)
    assert verdicts(report) == {
        "PC-001": Verdict.FAILED,
        "PC-007": Verdict.FAILED,
        "PC-011": Verdict.SKIPPED,
        "PC-020": Verdict.FAILED,
    }


def test_a_redirect_is_not_followed(loopback: Loopback) -> None:
    other = loopback.serve(answers(GOOD))
    server = loopback.serve(says(http(b"", status="307 Temporary Redirect", Location=other.url)))

    report = check(server.url, select=("PC-001",))

    assert "HTTP 307, an empty body" in messages(report)
    assert other.seen == []


def test_proxies_in_the_environment_are_not_used(loopback: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = loopback.serve(answers(GOOD))
    monkeypatch.setenv("http_proxy", proxy.url)
    with running(good()) as server:
        report = check(server.url, select=("PC-001",))

    assert report.ok
    assert proxy.seen == []


def test_a_request_id_goes_with_every_question(loopback: Loopback) -> None:
    server = loopback.serve(answers(GOOD))

    report = check(server.url, select=("PC-001", "PC-034"))

    sent = [question.headers["x-skltp-correlation-id"] for question in server.seen]
    told = [
        one.value.split()
        for found in report.examined
        for one in found.facts
        if one.label.english == "request ids"
    ]
    assert set(sent) == {one for ids in told for one in ids}
    assert len(set(sent)) == len(sent) == 2


def test_a_question_asks_for_no_compression(loopback: Loopback) -> None:
    server = loopback.serve(answers(GOOD))

    check(server.url, select=("PC-001",))

    assert "accept-encoding" not in server.seen[0].headers


def test_a_producer_that_stops_answering_fails_that_check_alone(loopback: Loopback) -> None:
    server = loopback.serve(in_turn(answers(GOOD), resets, answers(GOOD)))

    report = check(server.url, select=("PC-001", "PC-005", "PC-034"))

    assert verdicts(report)["PC-001"] is Verdict.PASSED
    assert verdicts(report)["PC-005"] is Verdict.FAILED
    assert "the producer broke the connection before its answer" in messages(report)


@pytest.mark.parametrize("headers", [{}, {"Connection": "close"}])
def test_a_producer_that_closes_its_connections_gets_a_remark(
    loopback: Loopback, headers: dict[str, str]
) -> None:
    server = loopback.serve(answers(GOOD, **headers))

    report = check(server.url, select=("PC-001", "PC-035"))

    assert verdicts(report) == {"PC-001": Verdict.PASSED, "PC-035": Verdict.REMARKS}
    assert "closed after the first answer" in messages(report)


def test_a_person_id_that_a_producer_hides_in_a_log_id_is_masked(loopback: Loopback) -> None:
    (log_id,) = re.findall(rb"logId>([^<]+)<", GOOD)
    server = loopback.serve(answers(GOOD.replace(log_id, b"00000000-0000-4000-8000-191212121212")))

    report = check(server.url, select=("PC-001", "PC-008"))

    assert PATIENT not in msgspec.json.encode(report).decode()
    assert "****" in repr(report)


def test_an_answer_that_does_not_come_while_times_are_taken_fails(loopback: Loopback) -> None:
    server = loopback.serve(in_turn(answers(GOOD), answers(GOOD), hangs_before_headers))

    report = check(server.url, select=("PC-001", "PC-036"), timeout=SHORT)

    assert verdicts(report) == {"PC-001": Verdict.PASSED, "PC-036": Verdict.FAILED}
    assert "gave no whole answer in time" in messages(report)


# --- the run's own limits -----------------------------------------------------------------------


def test_a_run_ends_at_its_deadline_and_says_what_it_did_not_check(loopback: Loopback) -> None:
    server = loopback.serve(in_turn(answers(GOOD), hangs_before_headers))
    started = monotonic()

    report = check(server.url, deadline=1)

    assert monotonic() - started < GENEROUS
    assert report.summary.interrupted
    assert not report.ok
    assert verdicts(report)["PC-001"] is Verdict.PASSED
    assert verdicts(report)["PC-036"] is Verdict.SKIPPED
    skipped = {
        one.value for found in report.examined for one in found.facts if "because" in one.label.english
    }
    assert "the run's time or requests were used up" in skipped


def test_a_run_stops_at_its_number_of_requests(loopback: Loopback) -> None:
    server = loopback.serve(answers(GOOD))

    report = check(server.url, max_requests=5)

    assert len(server.seen) <= 5
    assert report.summary.interrupted


def test_a_run_leaves_no_thread_behind(loopback: Loopback) -> None:
    server = loopback.serve(answers(GOOD))
    before = threading.active_count()

    check(server.url, select=("PC-001", "PC-032"))

    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.join(GENEROUS)
    assert threading.active_count() <= before


# --- mutual TLS ---------------------------------------------------------------------------------


class Authority:
    """A certificate authority, and the files that it gives out."""

    def __init__(self, folder: Path) -> None:
        self._ca = trustme.CA()
        self.file = folder / "authority.pem"
        self._ca.cert_pem.write_to_path(self.file)
        issued = self._ca.issue_cert("consumer.example")
        self.certificate, self.key = folder / "consumer.pem", folder / "consumer-key.pem"
        issued.cert_chain_pems[0].write_to_path(self.certificate)
        issued.private_key_pem.write_to_path(self.key)

    def server(self, *, demands: bool = True, name: str = "127.0.0.1") -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(name).configure_cert(context)
        self._ca.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED if demands else ssl.CERT_OPTIONAL
        return context

    def files(self) -> dict[str, Path]:
        return {"certificate": self.certificate, "key": self.key, "authority": self.file}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"))


TLS_CHECKS = ("PC-001", "PC-002")


def test_with_the_right_certificate_a_producer_that_demands_one_is_checked(
    loopback: Loopback, authority: Authority
) -> None:
    server = loopback.serve(answers(GOOD), tls=authority.server())

    report = check(server.url, **authority.files(), select=TLS_CHECKS)

    assert report.findings == ()
    assert verdicts(report) == {"PC-001": Verdict.PASSED, "PC-002": Verdict.PASSED}


def test_without_a_certificate_the_report_says_what_is_missing(
    loopback: Loopback, authority: Authority
) -> None:
    server = loopback.serve(answers(GOOD), tls=authority.server())

    report = check(server.url, authority=authority.file, select=TLS_CHECKS)

    assert verdicts(report)["PC-001"] is Verdict.FAILED
    assert "no client certificate was given (--cert), and it may demand one" in messages(report)


def test_a_producer_that_demands_no_certificate_fails(loopback: Loopback, authority: Authority) -> None:
    server = loopback.serve(answers(GOOD), tls=authority.server(demands=False))

    report = check(server.url, **authority.files(), select=TLS_CHECKS)

    assert verdicts(report) == {"PC-001": Verdict.PASSED, "PC-002": Verdict.FAILED}
    assert "without a client certificate was answered with 1 record" in messages(report)


@pytest.mark.parametrize("name", ["other.example", "127.0.0.2"])
def test_a_certificate_of_another_host_is_told(loopback: Loopback, authority: Authority, name: str) -> None:
    server = loopback.serve(answers(GOOD), tls=authority.server(name=name))

    report = check(server.url, **authority.files(), select=TLS_CHECKS)

    assert "showed a certificate that the authority has not issued for this host and time" in messages(report)


def test_tls_where_there_is_none_is_told(loopback: Loopback, authority: Authority) -> None:
    server = loopback.serve(says(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"))

    report = check(
        server.url.replace("http:", "https:"), authority=authority.file, select=TLS_CHECKS, timeout=1
    )

    assert verdicts(report)["PC-001"] is Verdict.FAILED


@pytest.mark.parametrize("name", ["certificate", "authority"])
def test_a_tls_file_that_cannot_be_read_is_a_setting_that_must_change(
    authority: Authority, name: str, tmp_path: Path
) -> None:
    files = authority.files() | {name: tmp_path / "missing.pem"}

    with pytest.raises(ConfigurationError, match=name):
        check("https://127.0.0.1:9/", **files)
