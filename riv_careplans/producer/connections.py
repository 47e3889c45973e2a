"""Connections: waitress with deadlines, bounds, silence and, when asked for, mutual TLS.

Bodies and answers stay in memory, because a temporary file is data at rest; together they stay below
bounds. A handshake and a question must have arrived whole before their deadline, however steadily
they trickle, an answer must be taken, and a connection without a question is closed.

One thread watches every connection, and TLS is no exception: a handshake goes on when its next bytes
are there, so that whoever connects and says nothing costs a descriptor and nobody's time. That is why
TLS is put into waitress, which has none, and no server is taken that has it. Of those cheroot 11.1
was measured: with one client that connects and says nothing, the next waits 10 seconds, with three
30, because it shakes hands with one at a time; with as many slow bodies as threads it waits again 10,
because a thread reads each. Here it waits for nothing. Knows nothing of SOAP.
"""

from __future__ import annotations

import errno
import logging
import re
import socket
from time import monotonic
from typing import Any, Final
from wsgiref.types import WSGIApplication

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, WSGITask

from riv_careplans.producer.tls import CertificateFiles, SecureSocket
from riv_careplans.producer.visit import SERIAL_NUMBERS
from riv_careplans.producer.workers import Workers
from riv_careplans.settings import ProducerSettings

__all__ = ["Listener"]

_MIB: Final = 1024 * 1024
_MOST_HEADER_BYTES: Final = 50 * 8 * 1024
_ANSWER_IN_MEMORY: Final = 16 * _MIB
"""So much of an answer waits for a slow reader before the thread that writes it does."""

_SMALL_QUESTION: Final = 64 * 1024
"""Bytes; a question up to this size is not cut off for want of memory."""

_PIECE: Final = 64 * 1024
_AT_ONCE: Final = 64
"""New connections that are taken before the others are looked after."""

_TRANSFER_CODING: Final = re.compile(rb"(?im)^transfer-encoding[ \t]*:([^\r\n]*)")
_LOOK_EVERY: Final = 0.25
_REST: Final = 0.1
"""Seconds; without a descriptor to spare, nothing is taken for so long."""

_LOGGER: Final = logging.getLogger("riv_careplans.producer")
_SILENT: Final = logging.getLogger("riv_careplans.producer.connections")
"""A connection would log paths and exceptions; the guard writes a line about every question."""

_SILENT.setLevel(logging.CRITICAL + 1)


class _Question(HTTPRequestParser):
    """A question as HTTP; what two readers could read differently is refused."""

    def parse_header(self, header_plus: bytes) -> None:
        codings = b",".join(_TRANSFER_CODING.findall(header_plus)).lower()
        if codings.count(b"chunked") > 1:
            raise ParsingError("chunks in chunks")
        super().parse_header(header_plus)
        # RFC 9112, section 6.1: a message with both "ought to be handled as an error", and only 1.1
        # knows transfer codings.
        if "TRANSFER_ENCODING" in self.headers or (self.chunked and "CONTENT_LENGTH" in self.headers):
            raise ParsingError("a length and a transfer coding")

    @property
    def size(self) -> int:
        """Bytes that have arrived."""
        return int(len(self.header_plus) + self.body_bytes_received)


class _Refusal(ErrorTask):
    """What waitress answers to bytes that are not HTTP, without repeating them."""

    def execute(self) -> None:
        self.request.error = type(self.request.error)("The request is not HTTP that is accepted here.")
        super().execute()


class _Task(WSGITask):
    """A question, told who asks; the last one of its connection when the server ends."""

    def build_response_header(self) -> Any:
        if self.channel.server.draining:
            self.set_close_on_finish()
        return super().build_response_header()

    def get_environment(self) -> Any:
        environ = super().get_environment()
        if self.channel.serial_numbers is not None:
            environ[SERIAL_NUMBERS] = self.channel.serial_numbers
        return environ


class _Channel(HTTPChannel):
    """One connection, which knows since when it has been doing what it does."""

    error_task_class = _Refusal
    task_class = _Task
    parser_class = _Question
    logger = _SILENT
    server: Listener

    serial_numbers: tuple[str, ...] | None = None
    """Those of the caller's certificate; None without TLS."""

    asked = False
    """A question has been answered on it."""

    arriving_since = sending_since = 0.0

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self.waiting_since = monotonic()
        super().__init__(*arguments, **named)

    def received(self, data: bytes) -> Any:
        before = self.request
        answer = super().received(data)
        if self.request is not before:
            self.arriving_since = monotonic()
        if self.request is not None and self.request.size > _SMALL_QUESTION:
            self.server.bound_questions(self)
        return answer

    def write_soon(self, data: Any) -> Any:
        if not self.total_outbufs_len:
            self.sending_since = monotonic()
        return super().write_soon(data)

    def weight(self) -> int:
        return int(self.requests[0].size)

    def service(self) -> None:
        self.server.bound_answers()
        super().service()
        self.asked = True
        self.waiting_since = monotonic()

    @property
    def is_busy(self) -> bool:
        """A question is being answered, or its answer taken."""
        return bool(self.requests or self.total_outbufs_len)

    @property
    def is_arriving(self) -> bool:
        """Something of a question has arrived; blank lines are nothing."""
        request = self.request
        return request is not None and bool(request.headers_finished or request.header_plus.strip())

    def is_late(self, now: float, settings: ProducerSettings) -> bool:
        """Say whether it has had its time."""
        if self.total_outbufs_len:
            return self.sending_since < now - settings.write_deadline
        if self.requests:
            return False
        if self.is_arriving:
            return self.arriving_since < now - settings.read_deadline
        patience = settings.idle_deadline if self.asked else settings.read_deadline
        return self.waiting_since < now - patience


class _SecureChannel(_Channel):
    """One connection under TLS; before its handshake is done, nothing it sends is a question."""

    socket: SecureSocket

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        # What is tried to be sent is copied each time.
        self.sendbuf_len = _PIECE

    def writable(self) -> Any:
        return self.socket.wants_write or super().writable()

    def handle_read(self) -> None:
        try:
            if not self.socket.shaken:
                self.serial_numbers = self.socket.shake()
                return
            # A record of TLS is shorter than this, so that none is left behind unseen.
            data = self.socket.recv(_PIECE)
        except BlockingIOError:
            return
        except OSError as exc:
            if reason := getattr(exc, "verify_message", ""):
                _LOGGER.warning("a caller's certificate was refused: %s", reason)
            self.handle_close()
            return
        if data:
            self.received(data)
        else:
            self.handle_close()

    def handle_write(self) -> None:
        if self.socket.wants_write:
            self.handle_read()
        if self.connected:
            super().handle_write()


class Listener(TcpWSGIServer):
    """A listening socket and its connections, turned by hand so that it can be stopped.

    Two of them may share a map of descriptors, and are then turned as one.
    """

    def __init__(
        self,
        app: WSGIApplication,
        listening: socket.socket,
        settings: ProducerSettings,
        *,
        threads: int,
        certificates: CertificateFiles | None = None,
        beside: Listener | None = None,
    ) -> None:
        self.settings = settings
        self.certificates = certificates
        self.draining = False
        self._next_look = self._resting_until = 0.0
        self.workers = Workers(threads)
        super().__init__(
            app,
            map=beside._map if beside else {},  # noqa: SLF001 - another of the same kind
            _sock=listening,
            bind_socket=False,
            sockinfo=(listening.family, listening.type, listening.proto, listening.getsockname()),
            dispatcher=self.workers,
            adj=_adjustments(listening, settings, secure=certificates is not None),
        )

    def turn(self, timeout: float = _LOOK_EVERY) -> None:
        """Wait for the next events and serve them."""
        wasyncore.loop(timeout=timeout, map=self._map, use_poll=True, count=1)

    def readable(self) -> bool:
        """Look round when it is time; say whether one more connection can be taken."""
        now = monotonic()
        if now >= self._next_look:
            self._next_look = now + _LOOK_EVERY
            self._look_round(now)
        if not self.accepting or now < self._resting_until:
            return False
        return not self._is_full or self._idlest() is not None

    def handle_accept(self) -> None:
        """Take the connections that wait; when there is no room, the one idle longest makes some."""
        for _ in range(_AT_ONCE):
            if self._is_full and self._idlest() is None:
                return
            try:
                connection, address = self.socket.accept()
            except OSError as exc:
                if exc.errno in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
                    self._make_room()
                    self._resting_until = monotonic() + _REST
                return
            if self._is_full:
                self._make_room()
            self._take(connection, address)

    def finish(self) -> None:
        """Take no more connections, let what has been asked be answered and leave, and close."""
        self.draining = True
        self.accepting = False
        self.del_channel()
        self.socket.close()
        deadline = monotonic() + self.settings.drain_deadline
        while monotonic() < deadline and any(
            one.is_busy or one.is_arriving for one in list(self.active_channels.values())
        ):
            self.turn(0.1)
        self.workers.shutdown(timeout=1)
        for channel in list(self.active_channels.values()):
            channel.handle_close()
        self.trigger.close()

    def bound_questions(self, newest: _Channel) -> None:
        """Cut off a large question when too much is arriving at the same time."""
        channels = [one for one in list(self.active_channels.values()) if not one.will_close]
        arriving = sum(one.request.size for one in channels if one.request is not None)
        queued = sum(question.size for one in channels for question in list(one.requests))
        if arriving + queued > self.settings.max_waiting_questions * _MIB:
            _LOGGER.warning("a large question was cut off: too many are arriving")
            newest.will_close = True

    def bound_answers(self) -> None:
        """Cut off the answers that have waited longest for their readers when too much waits."""
        # One is not bounded, so that nobody who is alone is cut off.
        waiting = sorted(
            (
                one
                for one in list(self.active_channels.values())
                if one.total_outbufs_len and not one.will_close
            ),
            key=lambda one: one.sending_since,
        )[:-1]
        excess = sum(one.total_outbufs_len for one in waiting) - self.settings.max_waiting_answers * _MIB
        for channel in waiting:
            if excess <= 0:
                return
            _LOGGER.warning("an answer was cut off: its reader is slow and too many answers wait")
            excess -= channel.total_outbufs_len
            channel.will_close = True

    @property
    def _is_full(self) -> bool:
        return len(self.active_channels) >= self.settings.max_connections

    def _take(self, connection: socket.socket, address: Any) -> None:
        try:
            self.set_socket_options(connection)
            if self.certificates is None:
                _Channel(self, connection, address, self.adj, map=self._map)
            else:
                secure = SecureSocket(connection, self.certificates.context)
                _SecureChannel(self, secure, address, self.adj, map=self._map)
        except (OSError, ValueError):
            # It has left already.
            connection.close()

    def _look_round(self, now: float) -> None:
        if self.certificates is not None:
            self.certificates.refresh()
        for channel in self.active_channels.values():
            if channel.is_late(now, self.settings):
                channel.will_close = True

    def _idlest(self) -> _Channel | None:
        """Return the connection that can be missed most: without a question, else with half a one."""
        idle = [one for one in self.active_channels.values() if not one.is_busy]
        return min(idle, key=_missed, default=None)

    def _make_room(self) -> None:
        idlest = self._idlest()
        if idlest is not None:
            idlest.handle_close()


def _missed(channel: _Channel) -> tuple[bool, float]:
    arriving = channel.is_arriving
    return arriving, channel.arriving_since if arriving else channel.waiting_since


def _adjustments(listening: socket.socket, settings: ProducerSettings, *, secure: bool) -> Any:
    # waitress refuses this many bytes; of a body in chunks it also counts what is around them.
    refused = settings.max_request_bytes + 1
    return Adjustments(
        sockets=[listening],
        ident=None,
        url_scheme="https" if secure else "http",
        recv_bytes=_PIECE,
        max_request_header_size=_MOST_HEADER_BYTES,
        max_request_body_size=refused,
        # No body is so large, so this is never reached.
        inbuf_overflow=refused + 1,
        outbuf_high_watermark=_ANSWER_IN_MEMORY,
        # Beyond the watermark the writing thread waits, so this is never reached.
        outbuf_overflow=4 * _ANSWER_IN_MEMORY,
        asyncore_use_poll=True,
        log_socket_errors=False,
        expose_tracebacks=False,
        # That a proxy passed a request on must be seen, whoever says so: it is then told less.
        clear_untrusted_proxy_headers=False,
    )
