"""A producer on a socket, from the first question to the last: listening, draining, ending.

Plain, or with mutual TLS in the process; what answers for its health and is counted is found beside
the service, or on a port of its own. Knows nothing of SOAP.
"""

from __future__ import annotations

import ipaddress
import logging
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Event, RLock, Thread
from typing import Final, Self
from wsgiref.types import WSGIApplication

from riv_careplans.errors import ConfigurationError
from riv_careplans.producer.connections import Listener
from riv_careplans.producer.guard import Guard
from riv_careplans.producer.tls import CertificateFiles
from riv_careplans.settings import ProducerSettings

__all__ = ["Server", "serve"]

_LOGGER: Final = logging.getLogger("riv_careplans.producer")
_WAITING_CONNECTIONS: Final = 1024
_LAST_PORT: Final = 65535
_NO_ADDRESS: Final = "it is not an address of this computer"
_OPEN: Final = "other computers are not answered without tls, proxy or anyone-may-ask = true in the settings"


class Server:
    """A WSGI application listening on one address.

    A context manager; it listens from the beginning, and `run` serves until `stop` is called. What
    `make_app` gave brings its settings along. Raises `ConfigurationError` when the address or the
    certificates cannot be used, and when other computers would be answered without TLS unasked.
    """

    def __init__(
        self,
        app: WSGIApplication,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        threads: int | None = None,
    ) -> None:
        settings = app.settings if isinstance(app, Guard) else ProducerSettings()
        certificates = CertificateFiles(settings.tls) if settings.tls else None
        self._guard = app if isinstance(app, Guard) else None
        listening = _listening(host, port)
        if self._guard and not _is_guarded(listening, settings):
            listening.close()
            raise ConfigurationError(f"cannot listen on {host} port {port}: {_OPEN}")
        self._server = Listener(
            app, listening, settings, threads=threads or settings.threads, certificates=certificates
        )
        self._beside: Listener | None = None
        if self._guard and settings.operations_port is not None:
            try:
                beside = _listening(settings.operations_host, settings.operations_port)
            except ConfigurationError:
                self._server.finish()
                raise
            self._beside = Listener(self._guard.operations, beside, settings, threads=1, beside=self._server)
            _LOGGER.info("health and counts at port %s of %s", self.operations_port, settings.operations_host)
        if self._guard:
            _tell_load(self._guard, self._server)
        self._scheme = "https" if certificates else "http"
        self._stopping = self._closed = False
        self._lock = RLock()

    @property
    def port(self) -> int:
        """The port in use; another than was asked for when that was 0."""
        return int(self._server.effective_port)

    @property
    def operations_port(self) -> int | None:
        """The port where health and counts are told, when it is one of its own."""
        return int(self._beside.effective_port) if self._beside else None

    @property
    def url(self) -> str:
        """Where the service answers, without a path: any will do."""
        host = str(self._server.effective_host)
        return (
            f"{self._scheme}://[{host}]:{self.port}"
            if ":" in host
            else f"{self._scheme}://{host}:{self.port}"
        )

    def run(self) -> None:
        """Serve until stopped."""
        while not self._stopping:
            self._server.turn()

    def stop(self) -> None:
        """Make `run` return at once; may be called from any thread or signal handler, at any time."""
        with self._lock:
            self._stopping = True
            # The trigger is a file descriptor, which may be somebody else's once it is closed.
            if not self._closed:
                self._server.pull_trigger()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Take no more connections, finish what has been asked, and close."""
        with self._lock:
            self._closed = True
        if self._guard:
            self._guard.operations.draining = True
        self._server.finish()
        if self._beside:
            self._beside.finish()


def serve(
    app: WSGIApplication,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    threads: int | None = None,
    ready: Callable[[str], object] | None = None,
    stopped: Event | None = None,
) -> None:
    """Serve until Ctrl-C, or until `stopped` is set; `ready` is given the URL that answers now.

    Port 0 takes any free port. Raises `ConfigurationError` as `Server` does. Any other WSGI server will
    do as well; it must then see to its own deadlines, and to who asks.
    """
    server = Server(app, host=host, port=port, threads=threads)
    if stopped is not None:
        Thread(target=_stop_when, args=(stopped, server), daemon=True).start()
    with suppress(KeyboardInterrupt), server:
        if ready is not None:
            ready(server.url)
        server.run()


def _stop_when(stopped: Event, server: Server) -> None:
    stopped.wait()
    server.stop()


def _listening(host: str, port: int) -> socket.socket:
    """Take the address; raises `ConfigurationError` with one sentence."""
    try:
        # The system would take a port above 65535 for another one below.
        if not 0 <= port <= _LAST_PORT:
            raise OSError(None, f"a port is a number from 0 to {_LAST_PORT}")  # noqa: TRY301 - told as the others
        family, *_, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return socket.create_server(address[:2], family=family, backlog=_WAITING_CONNECTIONS)
    except (OSError, UnicodeError) as exc:
        reason = os.strerror(exc.errno) if isinstance(exc, OSError) and exc.errno else _NO_ADDRESS
        raise ConfigurationError(f"cannot listen on {host} port {port}: {reason}") from None


def _tell_load(guard: Guard, listener: Listener) -> None:
    guard.metrics.gauge("connections", "Open connections", lambda: len(listener.active_channels))
    guard.metrics.gauge(
        "questions_waiting", "Questions that no thread has begun to answer", lambda: listener.workers.waiting
    )


def _is_guarded(listening: socket.socket, settings: ProducerSettings) -> bool:
    if settings.tls or settings.proxy or settings.anyone_may_ask:
        return True
    address = str(listening.getsockname()[0]).partition("%")[0]
    return ipaddress.ip_address(address).is_loopback
