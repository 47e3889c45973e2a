"""TLS, settings that cannot work, and the libraries' exceptions: the border of the consumer."""

from __future__ import annotations

import dataclasses
import datetime as dt
import inspect
import re
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import aiohttp
import aiohttp.http_exceptions
import pytest
import trustme
import zeep
import zeep.exceptions

from riv_careplans.consumer import RemoteSource, envelope
from riv_careplans.consumer.transport import producer_errors
from riv_careplans.contract import GET_CARE_PLANS_3
from riv_careplans.errors import (
    ConfigurationError,
    InvalidAnswer,
    ProducerError,
    ProducerTimedOut,
    ProducerUnreachable,
)
from riv_careplans.exchange import (
    OutcomeKind,
)
from tests.misbehaving import (
    Behaviour,
    Loopback,
    Server,
    answers,
    hangs_after_headers,
    hangs_before_headers,
    resets,
    stops_half_way,
)
from tests.remote import GOOD, SHORT, ask, own_outcome, producer


@pytest.fixture(scope="module")
def loopback() -> Iterator[Loopback]:
    with Loopback.running() as running:
        yield running


# --- TLS ----------------------------------------------------------------------------------------


class Authority:
    """A certificate authority, its certificate as a file, and what it issues."""

    def __init__(self, folder: Path) -> None:
        self.ca = trustme.CA()
        self.folder = folder
        self.file = folder / "authority.pem"
        self.ca.cert_pem.write_to_path(str(self.file))

    def server(
        self, host: str = "127.0.0.1", *, asks_for_certificate: bool = False, **how: Any
    ) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ca.issue_cert(host, **how).configure_cert(context)
        if asks_for_certificate:
            context.verify_mode = ssl.CERT_REQUIRED
            self.ca.configure_trust(context)
        return context

    def client(self) -> dict[str, Any]:
        issued = self.ca.issue_cert("consumer.example")
        certificate, key = self.folder / "consumer.pem", self.folder / "consumer-key.pem"
        issued.cert_chain_pems[0].write_to_path(str(certificate))
        issued.private_key_pem.write_to_path(str(key))
        return {"certificate": certificate, "key": key}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("stranger"))


def test_a_producer_over_tls_answers(loopback: Loopback, authority: Authority) -> None:
    server = loopback.serve(answers(GOOD), tls=authority.server())

    got = ask(server, authority=authority.file)

    assert own_outcome(got).kind is OutcomeKind.ANSWERED


def test_a_producer_that_asks_for_our_certificate_answers(loopback: Loopback, authority: Authority) -> None:
    server = loopback.serve(answers(GOOD), tls=authority.server(asks_for_certificate=True))

    got = ask(server, authority=authority.file, **authority.client())

    assert own_outcome(got).kind is OutcomeKind.ANSWERED


def test_without_the_certificate_asked_for_the_producer_is_unreachable(
    loopback: Loopback, authority: Authority
) -> None:
    server = loopback.serve(answers(GOOD), tls=authority.server(asks_for_certificate=True))

    got = ask(server, authority=authority.file)

    assert own_outcome(got).kind is OutcomeKind.UNREACHABLE
    assert server.seen == []


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"host": "producer.example"}, id="another host"),
        pytest.param({"not_after": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, id="expired"),
        pytest.param({"not_before": dt.datetime(2100, 1, 1, tzinfo=dt.UTC)}, id="not yet valid"),
    ],
)
def test_a_certificate_that_does_not_hold_is_refused(
    loopback: Loopback, authority: Authority, how: dict[str, Any]
) -> None:
    server = loopback.serve(answers(GOOD), tls=authority.server(**how))

    got = ask(server, authority=authority.file)

    assert own_outcome(got).kind is OutcomeKind.UNREACHABLE
    assert "showed a certificate" in own_outcome(got).detail
    assert server.seen == []


def test_a_certificate_of_another_authority_is_refused(
    loopback: Loopback, authority: Authority, stranger: Authority
) -> None:
    server = loopback.serve(answers(GOOD), tls=stranger.server())

    got = [ask(server, authority=authority.file), ask(server)]

    assert [own_outcome(one).kind for one in got] == [OutcomeKind.UNREACHABLE] * 2
    assert server.seen == []


def test_a_producer_that_hangs_in_the_handshake_is_unreachable(
    loopback: Loopback, authority: Authority
) -> None:
    server = loopback.serve(answers(GOOD))  # waits for a question, as the other waits for TLS

    got = ask(
        server, url=server.url.replace("http:", "https:"), authority=authority.file, connect_timeout=SHORT
    )

    assert own_outcome(got).kind is OutcomeKind.UNREACHABLE
    assert own_outcome(got).detail == "the producer accepted no connection in time"


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        (hangs_before_headers, OutcomeKind.TIMED_OUT),
        (hangs_after_headers, OutcomeKind.TIMED_OUT),
        (stops_half_way(GOOD), OutcomeKind.UNREACHABLE),
        (resets, OutcomeKind.UNREACHABLE),
    ],
)
def test_a_producer_may_misbehave_over_tls_too(
    loopback: Loopback, authority: Authority, behaviour: Behaviour, kind: OutcomeKind
) -> None:
    server = loopback.serve(behaviour, tls=authority.server())

    got = ask(server, authority=authority.file, timeout=SHORT)

    assert own_outcome(got).kind is kind


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"authority": "missing.pem"}, "authority: cannot be read: No such file"),
        ({"authority": "authority-key.pem"}, "authority: cannot be read: it is not a usable PEM file"),
        ({"certificate": "missing.pem"}, "certificate or key: cannot be read: No such file"),
        ({"certificate": "authority.pem"}, "certificate or key: cannot be read: it is not a usable PEM file"),
        ({"key": "consumer-key.pem"}, "key: expected certificate beside it"),
        ({"url": "https://"}, "url: expected a host name"),
        ({"url": "http://producer.example:65536/"}, "url: expected a host name and a port that exist"),
    ],
)
def test_a_setting_that_cannot_work_is_named_when_the_source_is_made(
    authority: Authority, settings: dict[str, Any], words: str
) -> None:
    authority.client()
    (authority.folder / "authority-key.pem").write_text("not PEM")
    paths = {name: authority.folder / value for name, value in settings.items() if name != "url"}

    with pytest.raises(ConfigurationError, match=re.escape(words)):
        RemoteSource(producer(Server(url="https://producer.example/"), **settings | paths))


# --- the libraries' exceptions ------------------------------------------------------------------

AIOHTTP: dict[str, type[ProducerError]] = {
    "ClientConnectionError": ProducerUnreachable,
    "ClientConnectionResetError": ProducerUnreachable,
    "ClientConnectorCertificateError": ProducerUnreachable,
    "ClientConnectorDNSError": ProducerUnreachable,
    "ClientConnectorError": ProducerUnreachable,
    "ClientConnectorSSLError": ProducerUnreachable,
    "ClientError": ProducerUnreachable,
    "ClientHttpProxyError": InvalidAnswer,
    "ClientOSError": ProducerUnreachable,
    "ClientPayloadError": ProducerUnreachable,
    "ClientProxyConnectionError": ProducerUnreachable,
    "ClientResponseError": InvalidAnswer,
    "ClientSSLError": ProducerUnreachable,
    "ConnectionTimeoutError": ProducerUnreachable,
    "ContentTypeError": InvalidAnswer,
    "InvalidURL": ProducerUnreachable,
    "InvalidUrlClientError": ProducerUnreachable,
    "InvalidUrlRedirectClientError": ProducerUnreachable,
    "NonHttpUrlClientError": ProducerUnreachable,
    "NonHttpUrlRedirectClientError": ProducerUnreachable,
    "RedirectClientError": ProducerUnreachable,
    "ServerConnectionError": ProducerUnreachable,
    "ServerDisconnectedError": ProducerUnreachable,
    "ServerFingerprintMismatch": ProducerUnreachable,
    "ServerTimeoutError": ProducerTimedOut,
    "SocketTimeoutError": ProducerTimedOut,
    "TooManyRedirects": InvalidAnswer,
    "UnixClientConnectorError": ProducerUnreachable,
    "UploadAbortedError": ProducerUnreachable,
    "WSServerHandshakeError": InvalidAnswer,
    # aiohttp.http_exceptions
    "BadHttpMessage": InvalidAnswer,
    "BadHttpMethod": InvalidAnswer,
    "BadStatusLine": InvalidAnswer,
    "ContentEncodingError": InvalidAnswer,
    "ContentLengthError": InvalidAnswer,
    "DecompressSizeError": InvalidAnswer,
    "HttpBadRequest": InvalidAnswer,
    "HttpProcessingError": InvalidAnswer,
    "InvalidHeader": InvalidAnswer,
    "InvalidURLError": InvalidAnswer,
    "LineTooLong": InvalidAnswer,
    "PayloadEncodingError": InvalidAnswer,
    "TransferEncodingError": InvalidAnswer,
}
WEBSOCKETS = {"WSMessageTypeError"}
"""Not met: raised by websockets alone."""


def exceptions_of(module: Any) -> dict[str, type[Exception]]:
    return {
        name: found
        for name, found in inspect.getmembers(module, inspect.isclass)
        if issubclass(found, Exception) and found.__module__ == module.__name__
    }


RAISED = exceptions_of(aiohttp.client_exceptions) | exceptions_of(aiohttp.http_exceptions)


def test_every_exception_of_aiohttp_is_known_here() -> None:
    assert set(RAISED) - set(AIOHTTP) - WEBSOCKETS == set()


@pytest.mark.parametrize("name", sorted(set(RAISED) & set(AIOHTTP)))
def test_every_exception_of_aiohttp_is_translated(name: str) -> None:
    raised = RAISED[name].__new__(RAISED[name])

    with pytest.raises(ProducerError) as caught, producer_errors(producer(Server(url="http://x/"))):
        raise raised

    assert type(caught.value) is AIOHTTP[name]


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (TimeoutError(), ProducerTimedOut),
        (ssl.SSLError(1, "broken"), ProducerUnreachable),
        (ConnectionResetError(), ProducerUnreachable),
    ],
)
def test_what_the_socket_raises_is_translated(raised: Exception, expected: type[ProducerError]) -> None:
    with pytest.raises(ProducerError) as caught, producer_errors(producer(Server(url="http://x/"))):
        raise raised

    assert type(caught.value) is expected


def test_every_exception_of_zeep_descends_from_one() -> None:
    found = exceptions_of(zeep.exceptions)

    assert {name for name, kind in found.items() if not issubclass(kind, zeep.exceptions.Error)} == {
        "ZeepWarning"
    }


@pytest.mark.parametrize("raised", [zeep.exceptions.WsdlSyntaxError("broken"), FileNotFoundError(2, "gone")])
def test_a_wsdl_that_cannot_be_used_is_an_installation_to_mend(
    monkeypatch: pytest.MonkeyPatch, raised: Exception
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise raised

    monkeypatch.setattr(zeep, "Client", fail)
    unseen = dataclasses.replace(GET_CARE_PLANS_3, soap_actions=(str(raised),))

    with pytest.raises(ConfigurationError, match="reinstall riv-careplans"):
        envelope.frame_of(unseen)


def test_the_wsdl_is_read_once_however_many_threads_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    client = zeep.Client

    def counted(wsdl: str, **how: Any) -> Any:
        made.append(wsdl)
        return client(wsdl, **how)

    monkeypatch.setattr(zeep, "Client", counted)
    unseen = dataclasses.replace(GET_CARE_PLANS_3, soap_actions=("unseen",))

    with ThreadPoolExecutor(8) as pool:
        frames = set(pool.map(lambda _: envelope.frame_of(unseen), range(40)))

    assert (len(frames), len(made)) == (1, 1)
