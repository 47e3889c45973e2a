"""An HTTP client that can ask badly: what a check says is what goes over the wire.

Nothing is followed, resumed, unpacked or remembered that a check did not ask for, and the environment's
proxies are not used. Every request has a limit in seconds and bytes, and the run has one in seconds and
requests. It knows nothing of SOAP.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic, perf_counter
from types import MappingProxyType
from typing import Final, Self

from riv_careplans.conformance.settings import CheckSettings
from riv_careplans.errors import ConfigurationError
from riv_careplans.rules import Text

__all__ = ["Client", "Connection", "Reply", "RunIsOver", "TimedOut", "Unanswered"]

_PIECE: Final = 64 * 1024
_GZIP_OR_ZLIB: Final = 32 + zlib.MAX_WBITS
_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})


class Unanswered(Exception):
    """No whole HTTP answer came; `text` says what happened instead."""

    def __init__(self, english: str, swedish: str) -> None:
        super().__init__(english)
        self.text = Text(english, swedish)


class TimedOut(Unanswered):
    """No whole answer came in time."""


class RunIsOver(Exception):
    """The run has used its time or its requests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A whole HTTP answer."""

    status: int
    headers: http.client.HTTPMessage = field(repr=False)
    body: bytes = field(repr=False)
    """As it was meant: unpacked when it came compressed."""

    seconds: float
    """From the beginning, which may be a new connection, to the last byte of the answer."""

    request_id: str
    keeps_alive: bool
    """The producer did not close the connection."""

    @property
    def encoding(self) -> str:
        """The Content-Encoding, in lower case; empty when the answer is not packed."""
        named = str(self.headers.get("Content-Encoding", "")).strip().lower()
        return "" if named == "identity" else named


class Client:
    """Asks one producer; may be used from many threads."""

    def __init__(self, settings: CheckSettings, *, new_id: Callable[[], str]) -> None:
        """Resolve nothing and connect to nothing yet; raises `ConfigurationError` for TLS files."""
        self.settings = settings
        self._new_id = new_id
        self._parts = settings.parts
        self._ends = monotonic() + settings.deadline
        self._lock = threading.Lock()
        self._left = settings.max_requests
        self._addresses: list[tuple[int, tuple[str, int]]] = []
        self._tls = _context(settings, with_certificate=True) if settings.is_tls else None
        self._tls_without = _context(settings, with_certificate=False) if settings.is_tls else None
        self.asked: list[str] = []
        """The ids of all requests, in their order."""

        self.tls_version = ""

    @property
    def seconds_left(self) -> float:
        """Seconds until the run is over; never below zero."""
        return max(self._ends - monotonic(), 0)

    @property
    def is_resolved(self) -> bool:
        """Say whether the host's addresses are known: they are looked up by the first request."""
        return bool(self._addresses)

    def post(
        self, body: bytes, headers: Mapping[str, str], *, request_id: str = "", with_certificate: bool = True
    ) -> Reply:
        """Post a body on a connection of its own; raises `Unanswered` and `RunIsOver`."""
        with self.connection(with_certificate=with_certificate) as connection:
            return connection.send("POST", self._target(), body, headers, request_id=request_id)

    def get(self, target: str | None = None, *, query: str | None = None) -> Reply:
        """Get a path and query of the producer's host; without one, the producer's own path."""
        with self.connection() as connection:
            return connection.send("GET", target or self._target(query), b"", _NO_HEADERS)

    def _target(self, query: str | None = None) -> str:
        asked = self._parts.query if query is None else query
        return (self._parts.path or "/") + (f"?{asked}" if asked else "")

    @contextmanager
    def connection(self, *, with_certificate: bool = True) -> Iterator[Connection]:
        """Give a connection that several requests can be sent on; it is opened by the first."""
        connection = Connection(self, with_certificate=with_certificate)
        try:
            yield connection
        finally:
            connection.close()

    # --- what connections need -------------------------------------------------------------------

    def new_request(self, request_id: str) -> str:
        """Count a request and give it an id; raises `RunIsOver` when there may be no more."""
        with self._lock:
            if self._left <= 0 or self.seconds_left <= 0:
                raise RunIsOver
            self._left -= 1
            request_id = request_id or self._new_id()
            self.asked.append(request_id)
            return request_id

    def open(self, guard: _Guard, *, with_certificate: bool) -> socket.socket:
        """Connect, and shake hands where there is TLS."""
        sock = self._connected()
        guard.watch(sock)
        context = self._tls if with_certificate else self._tls_without
        if context is None:
            return sock
        wrapped = context.wrap_socket(
            sock, server_hostname=self._parts.hostname, do_handshake_on_connect=False
        )
        guard.watch(wrapped)
        try:
            wrapped.do_handshake()
        except OSError:
            wrapped.close()
            raise
        self.tls_version = wrapped.version() or ""
        return wrapped

    def _connected(self) -> socket.socket:
        self._resolve()
        failure: OSError = TimeoutError()
        for family, address in self._addresses[:4]:
            sock = socket.socket(family, socket.SOCK_STREAM)
            try:
                sock.settimeout(max(min(self.settings.connect_timeout, self.seconds_left), 0.001))
                sock.connect(address)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except OSError as exc:
                failure = exc
                sock.close()
            else:
                return sock
        raise failure

    def _resolve(self) -> None:
        """Look the host up once; the system's resolver knows no timeout, so a thread waits for it."""
        if self._addresses:
            return
        host, port = self._parts.hostname, self._parts.port or (443 if self.settings.is_tls else 80)
        found: list[tuple[int, tuple[str, int]]] = []

        def look_up() -> None:
            with suppress(OSError):
                for family, _, _, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
                    found.append((family, (str(address[0]), int(address[1]))))

        thread = threading.Thread(target=look_up, daemon=True)
        thread.start()
        thread.join(min(self.settings.connect_timeout, self.seconds_left))
        if not found:
            raise Unanswered("has a host name that nobody knows", "har ett värdnamn som ingen känner till")
        self._addresses = found


class Connection:
    """One connection to the producer, kept open between requests as long as both sides want."""

    def __init__(self, client: Client, *, with_certificate: bool = True) -> None:
        self._client = client
        self._with_certificate = with_certificate
        self._http: http.client.HTTPConnection | None = None
        self.opened = 0
        """How many times a connection had to be made."""

    @property
    def _may_want_certificate(self) -> bool:
        settings = self._client.settings
        return settings.is_tls and not (self._with_certificate and settings.certificate)

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._http is not None:
            self._http.close()
            self._http = None

    def send(
        self, method: str, target: str, body: bytes, headers: Mapping[str, str], *, request_id: str = ""
    ) -> Reply:
        """Send a request and take the answer; raises `Unanswered` and `RunIsOver`."""
        client = self._client
        request_id = client.new_request(request_id)
        seconds = min(client.settings.timeout, client.seconds_left)
        started = perf_counter()
        with _Guard(seconds) as guard:
            try:
                reply = self._exchange(guard, method, target, body, headers, request_id, started)
            except (OSError, http.client.HTTPException, Unanswered) as exc:
                self.close()
                if seconds < client.settings.timeout and (guard.fired or not client.seconds_left):
                    raise RunIsOver from None
                raise _unanswered(exc, guard, may_want_certificate=self._may_want_certificate) from None
        if not reply.keeps_alive:
            self.close()
        return reply

    def _exchange(
        self,
        guard: _Guard,
        method: str,
        target: str,
        body: bytes,
        headers: Mapping[str, str],
        request_id: str,
        started: float,
    ) -> Reply:
        connection = self._ready(guard)
        connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in {**headers, "x-skltp-correlation-id": request_id}.items():
            connection.putheader(name, value)
        if body:
            connection.putheader("Content-Length", str(len(body)))
        # A producer may refuse in the middle of a large question: what it said by then counts.
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.endheaders(body or None)
        with closing(connection.getresponse()) as response:
            answer = self._body(response)
        return Reply(
            status=response.status,
            headers=response.headers,
            body=answer,
            seconds=perf_counter() - started,
            request_id=request_id,
            keeps_alive=not response.will_close,
        )

    def _ready(self, guard: _Guard) -> http.client.HTTPConnection:
        if self._http is None or self._http.sock is None:
            parts = self._client.settings.parts
            port = parts.port or (443 if parts.scheme == "https" else 80)
            made = http.client.HTTPConnection(parts.hostname or "", port)
            made.sock = self._client.open(guard, with_certificate=self._with_certificate)
            # What stands in the header Host: only another port than the scheme's own.
            made.default_port = 443 if parts.scheme == "https" else 80
            made.auto_open = 0
            self.opened += 1
            self._http = made
        guard.watch(self._http.sock)
        # From here on the guard alone keeps the time: it counts the whole exchange.
        self._http.sock.settimeout(None)
        return self._http

    def _body(self, response: http.client.HTTPResponse) -> bytes:
        most = self._client.settings.max_answer_bytes
        body = bytearray()
        while piece := response.read(_PIECE):
            body += piece
            if len(body) > most:
                raise Unanswered(
                    f"sent an answer of more than {most} bytes", f"sände ett svar på mer än {most} byte"
                )
        if response.length:
            raise http.client.IncompleteRead(b"", response.length)
        named = str(response.headers.get("Content-Encoding", "")).strip().lower()
        return _unpacked(bytes(body), most) if named in ("gzip", "deflate", "x-gzip") else bytes(body)


class _Guard:
    """Cuts a connection when its time is up: a socket's own timeout starts anew with every byte."""

    def __init__(self, seconds: float) -> None:
        self.fired = False
        self._sock: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._fire)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def watch(self, sock: socket.socket | None) -> None:
        """Take over the next socket of the exchange."""
        self._sock = sock
        if self.fired:
            self._cut()

    def _fire(self) -> None:
        self.fired = True
        self._cut()

    def _cut(self) -> None:
        if self._sock is not None:
            with suppress(OSError):
                # Not SSLSocket's own: that takes the connection's state away while it is being read.
                socket.socket.shutdown(self._sock, socket.SHUT_RDWR)


def _unpacked(body: bytes, most: int) -> bytes:
    """Unpack an answer that came compressed, so that the other checks can see what is in it."""
    unpacking = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        plain = unpacking.decompress(body, most)
    except zlib.error:
        return body
    if unpacking.unconsumed_tail:
        raise Unanswered(
            f"sent a compressed answer of more than {most} bytes",
            f"sände ett komprimerat svar på mer än {most} byte",
        )
    return plain


def _unanswered(exc: Exception, guard: _Guard, *, may_want_certificate: bool) -> Unanswered:
    """Say what happened, without anything that the producer wrote."""
    if isinstance(exc, Unanswered):
        return exc
    if guard.fired:
        return TimedOut("gave no whole answer in time", "gav inget helt svar i tid")
    for kind, english, swedish in _SENTENCES:
        if isinstance(exc, kind):
            # In TLS 1.3 whoever lacks a certificate sees the connection break after the handshake.
            if may_want_certificate and isinstance(exc, _BROKEN) and not isinstance(exc, _NOT_TRUSTED):
                return Unanswered(f"{english}; {_CERTIFICATE.english}", f"{swedish}; {_CERTIFICATE.swedish}")
            return Unanswered(english, swedish)
    return Unanswered("could not be asked", "gick inte att fråga")


_BROKEN: Final = (ConnectionResetError, BrokenPipeError, http.client.RemoteDisconnected, ssl.SSLError)
_NOT_TRUSTED: Final = ssl.SSLCertVerificationError
_CERTIFICATE: Final = Text(
    "no client certificate was given (--cert), and it may demand one",
    "inget klientcertifikat angavs (--cert), och den kan kräva ett",
)

_SENTENCES: Final[tuple[tuple[type[Exception] | tuple[type[Exception], ...], str, str], ...]] = (
    # The first that fits decides, so a class stands before its bases.
    (
        ssl.SSLCertVerificationError,
        "showed a certificate that the authority has not issued for this host and time",
        "visade ett certifikat som utfärdaren inte har gett ut för den här värden och tiden",
    ),
    (ssl.SSLEOFError, "broke the TLS connection", "bröt TLS-förbindelsen"),
    (
        ssl.SSLError,
        "did not agree on TLS: does it speak TLS here, and does it trust the client certificate?",
        "kom inte överens om TLS: talar den TLS här, och litar den på klientcertifikatet?",
    ),
    (
        ConnectionRefusedError,
        "accepted no connection: nobody listens at the address",
        "tog inte emot någon förbindelse: ingen lyssnar på adressen",
    ),
    (
        http.client.IncompleteRead,
        "broke off in the middle of its answer",
        "avbröt mitt i sitt svar",
    ),
    (
        (http.client.RemoteDisconnected, ConnectionError),
        "broke the connection before its answer",
        "bröt förbindelsen före sitt svar",
    ),
    (
        http.client.HTTPException,
        "answered with something that is not HTTP",
        "svarade med något som inte är HTTP",
    ),
    (TimeoutError, "accepted no connection in time", "tog inte emot någon förbindelse i tid"),
    (OSError, "accepted no connection", "tog inte emot någon förbindelse"),
)


def _context(settings: CheckSettings, *, with_certificate: bool) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=settings.authority)
    except OSError as exc:
        raise _mistake("authority", exc) from exc
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if with_certificate and settings.certificate is not None:
        try:
            # With a password given, OpenSSL never asks for one at the terminal.
            context.load_cert_chain(settings.certificate, settings.key, password="")
        except OSError as exc:
            raise _mistake("certificate or key", exc) from exc
    return context


def _mistake(setting: str, exc: OSError) -> ConfigurationError:
    # An SSLError is an OSError, and its text names OpenSSL's source files.
    reason = "it is not a usable PEM file" if isinstance(exc, ssl.SSLError) else exc.strerror
    return ConfigurationError(f"{setting}: cannot be read: {reason}")
