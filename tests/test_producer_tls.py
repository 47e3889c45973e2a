"""Mutual TLS in the process: who is let in, who it is said to be, and files that change under way."""

from __future__ import annotations

import http.client
import logging
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from riv_careplans.errors import ConfigurationError
from riv_careplans.producer import Server, make_app
from riv_careplans.settings import CallerSettings, ProducerSettings, TlsSettings
from tests.builders import ASTA, SOURCE_SYSTEM, answer, attachment, care_plan
from tests.certificates import CALLER, Authority, Issued
from tests.http_vectors import VECTORS, status
from tests.producer_calls import CannedSource, Reply, clock, question
from tests.servers import Running, running

SECONDS = 20
EVERYONE = (CallerSettings(hsa_id="*"),)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def caller(authority: Authority) -> Issued:
    return authority.issue(CALLER)


@pytest.fixture(scope="module")
def source() -> CannedSource:
    return CannedSource()


def settings_of(authority: Authority, callers: tuple[CallerSettings, ...] = EVERYONE, **more: Any) -> Any:
    return ProducerSettings(tls=authority.settings, callers=callers, **more)


@pytest.fixture(scope="module")
def server(authority: Authority, source: CannedSource) -> Iterator[Running]:
    with running(make_app(source, settings_of(authority, read_deadline=1), clock=clock)) as started:
        yield started


def eventually(passes: Callable[[], bool]) -> bool:
    """Try until it passes: files are looked at once a second, and a line is written after its answer."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if passes():
            return True
        time.sleep(0.1)
    return False


def ask(
    server: Running, context: ssl.SSLContext, body: bytes | None = None, **headers: str
) -> tuple[int, str]:
    connection = http.client.HTTPSConnection("localhost", server.port, timeout=SECONDS, context=context)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request("POST", "/", body or question(), {"Content-Type": "text/xml", **named})
        answered = connection.getresponse()
        return answered.status, answered.read().decode()
    finally:
        connection.close()


# --- who is let in ----------------------------------------------------------------------------------


def test_a_caller_with_a_certificate_is_answered_and_known(
    server: Running, authority: Authority, caller: Issued, source: CannedSource
) -> None:
    status, _ = ask(server, authority.trust(caller), x_vp_sender_id="SE2321000016-XX", x_vp_auth_cert="x")

    assert status == 200
    assert server.url.startswith("https://")
    assert source.queries[-1].call.caller == CALLER


@pytest.mark.parametrize(
    "version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["TLS 1.2", "TLS 1.3"]
)
def test_both_versions_of_tls_are_spoken(
    server: Running, authority: Authority, caller: Issued, version: ssl.TLSVersion
) -> None:
    context = authority.trust(caller)
    context.minimum_version = context.maximum_version = version

    assert ask(server, context)[0] == 200


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_an_older_version_is_refused(
    server: Running, authority: Authority, caller: Issued, version: ssl.TLSVersion
) -> None:
    context = authority.trust(caller)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="deprecated"):
        context.minimum_version = context.maximum_version = version

    with pytest.raises(OSError, match=r"ssl|SSL|reset|closed|protocol"):
        ask(server, context)


@pytest.mark.parametrize(
    ("kind", "logged"),
    [
        ("none", ""),
        ("expired", "certificate has expired"),
        ("not yet valid", "certificate is not yet valid"),
        ("self-signed", "self-signed certificate"),
        ("foreign", "unable to get local issuer certificate"),
        ("a server's", "unsuitable certificate purpose"),
    ],
)
def test_a_bad_certificate_is_refused_in_the_handshake(
    server: Running,
    authority: Authority,
    caller: Issued,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    *,
    kind: str,
    logged: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    bad = {
        "none": lambda: None,
        "expired": authority.expired,
        "not yet valid": authority.not_yet_valid,
        "self-signed": lambda: authority.issue(CALLER, name="self-signed", signed_by_itself=True),
        "foreign": lambda: Authority(tmp_path, "another").issue(CALLER),
        "a server's": lambda: authority.issue(
            CALLER, name="wrong-usage", usage=ExtendedKeyUsageOID.SERVER_AUTH
        ),
    }[kind]()

    with pytest.raises((ssl.SSLError, ConnectionError, http.client.RemoteDisconnected)):
        ask(server, authority.trust(bad))

    assert eventually(lambda: logged in caplog.text)
    assert ask(server, authority.trust(caller))[0] == 200


@pytest.mark.parametrize(
    ("serial_numbers", "reason"),
    [
        ((), "not exactly one serialNumber"),
        ((CALLER, CALLER), "not exactly one serialNumber"),
        ((CALLER, "SE2321000016-AG2"), "not exactly one serialNumber"),
        ((ASTA,), "no HSA-id"),
        (("1",), "no HSA-id"),
        ((f"{CALLER} ",), "no HSA-id"),
        ((f"{CALLER}\n",), "no HSA-id"),
    ],
    ids=["none", "twice the same", "two", "a person's", "no HSA-id", "blank after it", "line break after it"],
)
def test_a_certificate_without_exactly_one_hsa_id_gets_a_fault(
    server: Running,
    authority: Authority,
    caplog: pytest.LogCaptureFixture,
    *,
    serial_numbers: tuple[str, ...],
    reason: str,
) -> None:
    caplog.set_level(logging.DEBUG)

    status, body = ask(server, authority.trust(authority.issue(*serial_numbers, name="odd")))

    assert status == 500
    assert "<faultcode>s:Client</faultcode><faultstring>The caller is not known here. Log id: " in body
    assert eventually(lambda: reason in caplog.text)
    assert ASTA not in body + caplog.text


def test_plain_http_is_not_answered_on_the_port_of_tls(server: Running) -> None:
    sent = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=SECONDS) as connection:
        connection.sendall(sent)
        try:
            got = connection.recv(1000)
        except ConnectionResetError:
            got = b""

    assert b"HTTP" not in got


# --- the same limits and deadlines as without TLS -----------------------------------------------------


def test_silent_and_half_handshakes_block_nobody_and_are_closed(
    server: Running, authority: Authority, caller: Issued
) -> None:
    context = authority.trust(caller)
    silent = [socket.create_connection(("127.0.0.1", server.port), timeout=SECONDS) for _ in range(50)]
    for connection in silent[::2]:
        connection.sendall(b"\x16\x03\x01\x02\x00\x01")

    assert ask(server, context)[0] == 200

    for connection in silent:
        assert ended(connection)


def ended(connection: socket.socket) -> bool:
    """Say that the other side closes, before the patience of the test is over."""
    with connection:
        try:
            while connection.recv(65536):
                pass
        except ConnectionResetError:
            pass
    return True


def test_a_question_that_trickles_under_tls_is_cut_off(
    server: Running, authority: Authority, caller: Issued
) -> None:
    context = authority.trust(caller)
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\nContent-Length: 100000\r\n\r\n"
    with socket.create_connection(("localhost", server.port), timeout=SECONDS) as plain:
        connection = context.wrap_socket(plain, server_hostname="localhost")
        connection.sendall(head)
        with pytest.raises(OSError, match=r"reset|Broken pipe|EOF|closed|SSL|protocol"):  # noqa: PT012 - until it is cut
            for _ in range(1000):
                connection.sendall(b" ")
                time.sleep(0.02)
        connection.close()

    assert ask(server, context)[0] == 200


def test_what_is_no_question_is_refused_under_tls(
    server: Running, authority: Authority, caller: Issued
) -> None:
    context = authority.trust(caller)

    assert ask(server, context, b"<a/>")[0] == 500
    assert ask(server, context, Content_Encoding="gzip")[0] == 415


@pytest.mark.parametrize(
    ("sent", "expected"),
    [vector for name, vector in VECTORS.items() if name != "TLS"],
    ids=[name for name in VECTORS if name != "TLS"],
)
def test_bytes_under_tls_get_the_answer_of_http(
    server: Running,
    authority: Authority,
    caller: Issued,
    caplog: pytest.LogCaptureFixture,
    *,
    sent: bytes,
    expected: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    with socket.create_connection(("localhost", server.port), timeout=SECONDS) as plain:
        connection = authority.trust(caller).wrap_socket(plain, server_hostname="localhost")
        connection.sendall(sent)
        answered = b""
        # What the server has not read when it closes makes it a reset.
        with suppress(ConnectionResetError, ssl.SSLEOFError):
            while piece := connection.recv(65536):
                answered += piece
        connection.close()

    assert status(answered) == expected
    assert ASTA not in caplog.text


VERDICTS = sorted((Path(__file__).parent / "vectors").glob("*/*.xml"))


def test_every_bad_question_gets_its_verdict_under_tls(authority: Authority, caller: Issued) -> None:
    found = {}
    with running(make_app(CannedSource(answer()), settings_of(authority), clock=clock)) as server:
        connection = http.client.HTTPSConnection(
            "localhost", server.port, timeout=SECONDS, context=authority.trust(caller)
        )
        for path in VERDICTS:
            connection.request("POST", "/", path.read_bytes(), {"Content-Type": "text/xml"})
            answered = connection.getresponse()
            reply = Reply(status=answered.status, headers={}, body=answered.read())
            found[path.name] = reply.verdict
        connection.close()

    assert len(found) > 100
    assert found == {name: name.partition("-")[0] for name in found}


def test_large_questions_and_answers_pass_whole_over_a_kept_connection(
    authority: Authority, caller: Issued
) -> None:
    large = answer(*[care_plan(attachments=(attachment(bytes(90_000)),))] * 30)
    body = question() + b" " * 900_000
    with running(make_app(CannedSource(large), settings_of(authority), clock=clock)) as server:
        connection = http.client.HTTPSConnection(
            "localhost", server.port, timeout=SECONDS, context=authority.trust(caller)
        )
        sizes = []
        for _ in range(2):
            connection.request("POST", "/", body, {"Content-Type": "text/xml"})
            answered = connection.getresponse()
            sizes.append(len(answered.read()))
        connection.close()

    assert sizes[0] == sizes[1] > 30 * 90_000


# --- who may ask what ---------------------------------------------------------------------------------

OTHER = "SE2321000016-AG2"


@pytest.mark.parametrize(
    ("allowed", "status"),
    [
        ({"hsa_id": CALLER}, 200),
        ({"hsa_id": CALLER.lower()}, 200),
        ({"hsa_id": OTHER}, 500),
        ({"hsa_id": CALLER, "contracts": ("GetCarePlans 3.0",)}, 200),
        ({"hsa_id": CALLER, "contracts": ("GetCarePlans 2.0",)}, 500),
        ({"hsa_id": CALLER, "logical_addresses": (SOURCE_SYSTEM,)}, 200),
        ({"hsa_id": CALLER, "logical_addresses": (SOURCE_SYSTEM.lower(), "SE0000000018-S9")}, 200),
        ({"hsa_id": CALLER, "logical_addresses": ("SE0000000018-S9",)}, 500),
        ({"hsa_id": CALLER, "contracts": (), "logical_addresses": ()}, 500),
        ({"hsa_id": "*", "contracts": ("GetCarePlans 3.0",)}, 200),
    ],
)
def test_a_caller_is_answered_what_the_list_says(
    authority: Authority, caller: Issued, *, allowed: dict[str, Any], status: int
) -> None:
    source = CannedSource()
    callers = (CallerSettings(**allowed), CallerSettings(hsa_id=OTHER))
    with running(make_app(source, settings_of(authority, callers), clock=clock)) as server:
        got, body = ask(server, authority.trust(caller))

    assert got == status
    assert len(source.queries) == (1 if status == 200 else 0)
    if status == 500:
        assert "<faultcode>s:Client</faultcode><faultstring>The caller " in body
        assert CALLER not in body


@pytest.mark.parametrize(("trusted", "believed"), [(True, "SE2321000016-1177"), (False, "")])
def test_the_original_consumer_is_a_trusted_platforms_word(
    authority: Authority, caller: Issued, *, trusted: bool, believed: str
) -> None:
    source = CannedSource()
    callers = (CallerSettings(hsa_id=CALLER, trusted_platform=trusted),)
    with running(make_app(source, settings_of(authority, callers), clock=clock)) as server:
        ask(
            server,
            authority.trust(caller),
            x_rivta_original_serviceconsumer_hsaid="SE2321000016-1177",
        )

    assert source.queries[0].call.original_consumer == believed


# --- files that change, and files that are wrong ------------------------------------------------------


def test_new_certificates_are_used_without_a_restart_and_bad_ones_are_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    old, new = Authority(tmp_path, "old"), Authority(tmp_path, "new")
    files = [tmp_path / "certificate.pem", tmp_path / "key.pem", tmp_path / "authority.pem"]

    def put(authority: Authority) -> None:
        for path, content in zip(files, (authority.server, authority.server, authority.path), strict=True):
            path.write_bytes(content.read_bytes())

    put(old)
    tls = TlsSettings(certificate=files[0], key=files[1], authority=files[2])
    app = make_app(CannedSource(), ProducerSettings(tls=tls, callers=EVERYONE), clock=clock)
    with running(app) as server:
        kept = http.client.HTTPSConnection(
            "localhost", server.port, timeout=SECONDS, context=old.trust(old.issue(CALLER, name="by-old"))
        )
        kept.request("POST", "/", question(), {"Content-Type": "text/xml"})
        assert kept.getresponse().read()
        files[1].write_text("no key")
        assert eventually(lambda: "certificates not changed: tls: " in caplog.text)
        assert ask(server, old.trust(old.issue(CALLER, name="by-old")))[0] == 200

        put(new)
        assert eventually(lambda: "certificates changed" in caplog.text)
        assert ask(server, new.trust(new.issue(CALLER, name="by-new")))[0] == 200
        with pytest.raises(ssl.SSLError):
            ask(server, old.trust(old.issue(CALLER, name="by-old")))
        kept.request("POST", "/", question(), {"Content-Type": "text/xml"})
        assert kept.getresponse().status == 200
        kept.close()
    assert caplog.text.count("certificates not changed") == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("certificate", "they are not a certificate and its key"),
        ("key", "they are not a certificate and its key"),
        ("authority", "it holds no certificate"),
    ],
)
def test_files_that_cannot_be_used_are_told_in_one_sentence(
    authority: Authority, tmp_path: Path, wrong: str, sentence: str
) -> None:
    bad = tmp_path / "bad.pem"
    bad.write_text("bad")
    files = {"certificate": authority.server, "key": authority.server, "authority": authority.path}
    tls = TlsSettings(**files | {wrong: bad})

    with pytest.raises(ConfigurationError, match=f"^tls: .*bad.pem.*{sentence}"):
        Server(make_app(CannedSource(), ProducerSettings(tls=tls, callers=EVERYONE)))


def test_a_key_of_another_certificate_or_with_a_password_is_refused(
    authority: Authority, caller: Issued, tmp_path: Path
) -> None:
    tls = TlsSettings(certificate=authority.server, key=caller.path, authority=authority.path)

    with pytest.raises(ConfigurationError, match="they are not a certificate and its key"):
        Server(make_app(CannedSource(), ProducerSettings(tls=tls, callers=EVERYONE)))


def test_a_certificate_that_is_no_authoritys_is_not_trusted(authority: Authority, caller: Issued) -> None:
    tls = TlsSettings(certificate=authority.server, key=authority.server, authority=caller.path)

    with pytest.raises(ConfigurationError, match="it holds no certificate of an authority"):
        Server(make_app(CannedSource(), ProducerSettings(tls=tls, callers=EVERYONE)))
