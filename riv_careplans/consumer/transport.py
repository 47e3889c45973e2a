"""Bytes to a producer and back, within limits of time and size.

The only importer of aiohttp; its exceptions end here, as `ProducerError`. Nothing is done because
the other side says so: no redirect followed, no content coding undone, no cookie kept. Knows nothing
of SOAP or of what is asked.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.metadata import version
from typing import Final
from urllib.parse import urlsplit

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError

from riv_careplans.consumer.response import Response
from riv_careplans.errors import (
    ConfigurationError,
    InvalidAnswer,
    ProducerError,
    ProducerTimedOut,
    ProducerUnreachable,
)
from riv_careplans.settings import ProducerAddress

__all__ = ["Transport", "producer_errors"]

_ALWAYS: Final = {
    "Accept": "text/xml",
    "Accept-Encoding": "identity",
    "User-Agent": f"riv-careplans/{version('riv-careplans')}",
}
_NEVER: Final = float("inf")


class Transport:
    """The way to one producer. Every question has a connection of its own."""

    def __init__(self, producer: ProducerAddress) -> None:
        """Read the certificates; raises `ConfigurationError` for a setting that cannot work."""
        self._producer = producer
        self._tls = _tls(producer)
        self._timeout = aiohttp.ClientTimeout(
            total=producer.timeout,
            connect=producer.connect_timeout,
            ceil_threshold=_NEVER,  # aiohttp rounds timeouts of more than five seconds up
        )

    async def post(self, question: bytes, headers: Mapping[str, str]) -> Response:
        """Send a question and take the answer; raises `ProducerError`."""
        producer = self._producer
        with producer_errors(producer):
            async with (
                aiohttp.ClientSession(
                    connector=aiohttp.TCPConnector(force_close=True),
                    cookie_jar=aiohttp.DummyCookieJar(),
                    timeout=self._timeout,
                    auto_decompress=False,
                    trust_env=False,
                ) as session,
                session.post(
                    producer.url,
                    data=question,
                    headers={**_ALWAYS, **headers},
                    ssl=self._tls,
                    allow_redirects=False,
                ) as response,
            ):
                body = await _body(producer, response)
                return Response(status=response.status, headers=response.headers, body=body)


async def _body(producer: ProducerAddress, response: aiohttp.ClientResponse) -> bytes:
    """Read the answer, and no more of it than is allowed."""
    coding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if coding not in ("", "identity"):
        raise InvalidAnswer(
            "sent a compressed answer, which was not asked for", logical_address=producer.logical_address
        )
    if 300 <= response.status < 400:  # noqa: PLR2004 - redirects, whose body says nothing
        return b""
    most = producer.max_answer_bytes
    body = bytearray()
    if (response.content_length or 0) <= most:
        async for piece in response.content.iter_any():
            body += piece
            if len(body) > most:
                break
        else:
            return bytes(body)
    raise InvalidAnswer(f"sent an answer of more than {most} bytes", logical_address=producer.logical_address)


# --- TLS ----------------------------------------------------------------------------------------


def _tls(producer: ProducerAddress) -> ssl.SSLContext | bool:
    """Make the context that the producer's certificate is checked with; `True` where there is no TLS."""
    address = _checked_address(producer)
    if address != "https":
        if producer.certificate or producer.key or producer.authority:
            raise ConfigurationError(
                f"source {producer.logical_address}: certificate, key and authority need a url with https://"
            )
        return True
    try:
        context = ssl.create_default_context(cafile=producer.authority)
    except OSError as exc:
        raise _mistake(producer, "authority", exc) from exc
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslobject_class = _Leaving
    if producer.key is not None and producer.certificate is None:
        raise ConfigurationError(f"source {producer.logical_address}: key: expected certificate beside it")
    if producer.certificate is not None:
        try:
            # With a password given, OpenSSL never asks for one at the terminal.
            context.load_cert_chain(producer.certificate, producer.key, password="")
        except OSError as exc:
            raise _mistake(producer, "certificate or key", exc) from exc
    return context


class _Leaving(ssl.SSLObject):
    """A TLS connection that says farewell and does not wait for one.

    A producer that hangs would otherwise hold the connection for half a minute more. RFC 8446,
    section 6.1, asks for no answer to the farewell.
    """

    def unwrap(self) -> None:
        """Send the farewell."""
        with suppress(ssl.SSLWantReadError):
            super().unwrap()


def _checked_address(producer: ProducerAddress) -> str:
    """Return the scheme of the producer's url."""
    try:
        parts = urlsplit(producer.url)
        if not parts.hostname or parts.port == 0:
            raise ValueError  # noqa: TRY301 - one sentence for every reason
        parts.hostname.encode("idna")
    except ValueError as exc:
        raise ConfigurationError(
            f"source {producer.logical_address}: url: expected a host name and a port that exist, "
            "such as https://example.org:8443/careplans"
        ) from exc
    return parts.scheme


def _mistake(producer: ProducerAddress, setting: str, exc: OSError) -> ConfigurationError:
    # An SSLError is an OSError, and its text names OpenSSL's source files.
    reason = "it is not a usable PEM file" if isinstance(exc, ssl.SSLError) else exc.strerror
    return ConfigurationError(f"source {producer.logical_address}: {setting}: cannot be read: {reason}")


# --- aiohttp's exceptions -----------------------------------------------------------------------

_TRANSLATIONS: Final[tuple[tuple[type[Exception], type[ProducerError], str], ...]] = (
    # The first that fits decides, so a class stands before its bases.
    (
        aiohttp.ClientConnectorCertificateError,
        ProducerUnreachable,
        "showed a certificate that the authority in the settings has not issued for this host and time",
    ),
    (aiohttp.ServerFingerprintMismatch, ProducerUnreachable, "showed another certificate than expected"),
    (aiohttp.ClientSSLError, ProducerUnreachable, "did not agree on TLS"),
    (aiohttp.ClientConnectorDNSError, ProducerUnreachable, "has a host name that nobody knows"),
    (aiohttp.ConnectionTimeoutError, ProducerUnreachable, "accepted no connection in time"),
    (aiohttp.ClientConnectorError, ProducerUnreachable, "accepted no connection"),
    (TimeoutError, ProducerTimedOut, "gave no whole answer in time"),
    (aiohttp.ClientPayloadError, ProducerUnreachable, "broke off in the middle of its answer"),
    (aiohttp.ClientConnectionError, ProducerUnreachable, "broke the connection before its answer"),
    (aiohttp.UploadAbortedError, ProducerUnreachable, "broke the connection before its answer"),
    (aiohttp.InvalidURL, ProducerUnreachable, "has a url that cannot be used"),
    (aiohttp.NonHttpUrlClientError, ProducerUnreachable, "has a url that cannot be used"),
    (aiohttp.ClientResponseError, InvalidAnswer, "answered with something that is not HTTP"),
    (HttpProcessingError, InvalidAnswer, "answered with something that is not HTTP"),
    (aiohttp.ClientError, ProducerUnreachable, "could not be asked"),
    (OSError, ProducerUnreachable, "broke the connection before its answer"),
)


@contextmanager
def producer_errors(producer: ProducerAddress) -> Iterator[None]:
    """Turn what aiohttp and the socket below it raise into `ProducerError`."""
    try:
        yield
    except tuple(known for known, _, _ in _TRANSLATIONS) as exc:
        for known, error, problem in _TRANSLATIONS:
            if isinstance(exc, known):
                raise error(problem, logical_address=producer.logical_address) from exc
        raise
