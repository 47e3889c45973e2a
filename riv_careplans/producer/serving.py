"""A producer on a socket: waitress, with the deadlines and silences that patient data asks for.

Bodies and answers stay in memory, because a temporary file is data at rest. A question must have
arrived whole before its deadline, however steadily it trickles. Knows nothing of SOAP.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Event, RLock, Thread
from time import monotonic
from typing import Any, Final, Self
from wsgiref.types import WSGIApplication

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask

from riv_careplans.errors import ConfigurationError
from riv_careplans.producer.guard import Guard
from riv_careplans.settings import ProducerSettings

__all__ = ["Server", "serve"]

_MIB: Final = 1024 * 1024
_MOST_HEADER_BYTES: Final = 50 * 8 * 1024
_ANSWER_IN_MEMORY: Final = 16 * _MIB
"""So much of an answer waits for a slow reader before the thread that writes it does."""

_MOST_CONNECTIONS: Final = 900
"""Below the usual 1024 open files of a process; more wait in the system's queue."""

_WAITING_CONNECTIONS: Final = 1024
_LAST_PORT: Final = 65535
_SECONDS_TO_FINISH: Final = 10.0
_NO_ADDRESS: Final = "it is not an address of this computer"

_SILENT: Final = logging.getLogger("riv_careplans.producer.connections")
"""A connection would log paths and exceptions; the guard writes a line about every question."""

_SILENT.setLevel(logging.CRITICAL + 1)


class Server:
    """A WSGI application listening on one address.

    A context manager; it listens from the beginning, and `run` serves until `stop` is called. Raises
    `ConfigurationError` when the address cannot be used.
    """

    def __init__(
        self,
        app: WSGIApplication,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        threads: int = 16,
    ) -> None:
        settings = app.settings if isinstance(app, Guard) else ProducerSettings()
        listening = _listening(host, port)
        self._server = _Listener(
            app,
            _sock=listening,
            bind_socket=False,
            sockinfo=(listening.family, listening.type, listening.proto, listening.getsockname()),
            adj=_adjustments(listening, settings, threads),
        )
        self._server.read_deadline = settings.read_deadline
        self._stopping = self._closed = False
        self._lock = RLock()

    @property
    def port(self) -> int:
        """The port in use; another than was asked for when that was 0."""
        return int(self._server.effective_port)

    @property
    def url(self) -> str:
        """Where the service answers, without a path: any will do."""
        host = str(self._server.effective_host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

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
        """Finish what has been asked, and close."""
        with self._lock:
            self._closed = True
        self._server.finish()


def serve(
    app: WSGIApplication,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    threads: int = 16,
    ready: Callable[[str], object] | None = None,
    stopped: Event | None = None,
) -> None:
    """Serve until Ctrl-C, or until `stopped` is set; `ready` is given the URL that answers now.

    Port 0 takes any free port. What `make_app` gave brings its settings along: the size of a question
    and the time it may take to arrive. Raises `ConfigurationError` when the address cannot be used. Any
    other WSGI server will do as well; it must then see to its own deadlines.
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


def _adjustments(listening: socket.socket, settings: ProducerSettings, threads: int) -> Any:
    # waitress refuses this many bytes; of a body in chunks it also counts what is around them.
    refused = settings.max_request_bytes + 1
    return Adjustments(
        sockets=[listening],
        threads=threads,
        ident=None,
        max_request_header_size=_MOST_HEADER_BYTES,
        max_request_body_size=refused,
        # No body is so large, so this is never reached.
        inbuf_overflow=refused + 1,
        outbuf_high_watermark=_ANSWER_IN_MEMORY,
        # Beyond the watermark the writing thread waits, so this is never reached.
        outbuf_overflow=4 * _ANSWER_IN_MEMORY,
        connection_limit=_MOST_CONNECTIONS,
        cleanup_interval=1,
        asyncore_use_poll=True,
        log_socket_errors=False,
        expose_tracebacks=False,
    )


class _Refusal(ErrorTask):
    """What waitress answers to bytes that are not HTTP, without repeating them."""

    def execute(self) -> None:
        self.request.error = type(self.request.error)("The request is not HTTP that is accepted here.")
        super().execute()


class _Channel(HTTPChannel):
    """One connection, which knows since when a question has been arriving."""

    error_task_class = _Refusal
    arriving_since = 0.0

    logger = _SILENT

    def received(self, data: bytes) -> Any:
        before = self.request
        answer = super().received(data)
        if self.request is not before:
            self.arriving_since = monotonic()
        return answer


class _Listener(TcpWSGIServer):
    """The listening socket and its connections, turned by hand so that it can be stopped."""

    channel_class = _Channel
    read_deadline: float

    def turn(self, timeout: float = 1.0) -> None:
        """Wait for the next events and serve them."""
        wasyncore.loop(timeout=timeout, map=self._map, use_poll=True, count=1)

    def maintenance(self, now: float) -> None:
        """Close idle connections, and those whose question is not whole in time."""
        super().maintenance(now)
        oldest = monotonic() - self.read_deadline
        for channel in self.active_channels.values():
            if channel.request is not None and channel.arriving_since < oldest:
                channel.will_close = True

    def finish(self) -> None:
        """Take no more connections, let the threads finish and their answers leave, and close."""
        self.accepting = False
        self.socket.close()
        self.del_channel()
        deadline = monotonic() + _SECONDS_TO_FINISH
        while monotonic() < deadline and any(map(_is_busy, self.active_channels.values())):
            self.turn(0.1)
        self.task_dispatcher.shutdown()
        self.trigger.close()
        wasyncore.close_all(self._map)


def _is_busy(channel: Any) -> bool:
    return bool(channel.requests or channel.total_outbufs_len)
