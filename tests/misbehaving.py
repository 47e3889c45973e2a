"""Producers on loopback that misbehave on command: real sockets, one event loop in one thread.

A behaviour is a coroutine that may do anything with a connection once the question has arrived.
"""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import struct
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any, TypeAlias

__all__ = [
    "XML",
    "Behaviour",
    "Connection",
    "Loopback",
    "Question",
    "Server",
    "answers",
    "answers_after",
    "breaks_its_chunks",
    "chunks",
    "compresses",
    "hangs_after_headers",
    "hangs_before_headers",
    "http",
    "in_turn",
    "never_ends",
    "resets",
    "says",
    "stops_half_way",
    "trickles",
]

XML = "text/xml; charset=utf-8"

_LOOPBACK = "127.0.0.1"
_PIECE = bytes(64 * 1024)


@dataclass(frozen=True, slots=True)
class Question:
    """A question as a producer saw it."""

    line: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


@dataclass(slots=True)
class Server:
    """A producer that runs."""

    url: str = ""
    seen: list[Question] = field(default_factory=list)
    """Every question that arrived whole."""
    taken: int = 0
    """Bytes of an endless answer that the other side took before it left."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A question that has arrived, and the way back."""

    server: Server
    question: Question
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def until_gone(self, *, seconds: float | None = None) -> bool:
        """Wait for the other side to leave, at most so long; say whether it did."""
        try:
            return await asyncio.wait_for(self.reader.read(1), seconds) == b""
        except TimeoutError:
            return False


Behaviour: TypeAlias = Callable[[Connection], Awaitable[None]]


class Loopback:
    """Starts servers, and stops them all at the end."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        # A client that leaves in the middle of a handshake is what is tested here, and no news.
        self._loop.set_exception_handler(lambda _loop, _context: None)
        self._servers: list[asyncio.Server] = []
        self._open: set[asyncio.StreamWriter] = set()
        self._deaf: list[socket.socket] = []

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[Loopback]:
        self = cls()
        thread = threading.Thread(target=self._loop.run_forever)
        thread.start()
        try:
            yield self
        finally:
            self._run(self._stop())
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()
            self._loop.close()
            for sock in self._deaf:
                sock.close()

    def serve(self, behaviour: Behaviour, *, tls: ssl.SSLContext | None = None) -> Server:
        """Start a producer of this behaviour."""
        server = Server()
        self._run(self._start(server, behaviour, tls))
        return server

    def refuse(self) -> Server:
        """Give an address where nobody listens."""
        deaf = socket.socket()
        deaf.bind((_LOOPBACK, 0))
        self._deaf.append(deaf)
        return Server(url=f"http://{_LOOPBACK}:{deaf.getsockname()[1]}/")

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _start(self, server: Server, behaviour: Behaviour, tls: ssl.SSLContext | None) -> None:
        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._open.add(writer)
            # What ends a connection here is the other side leaving.
            with suppress(ConnectionError, EOFError, ssl.SSLError):
                question = await _question(reader)
                server.seen.append(question)
                await behaviour(Connection(server, question, reader, writer))
            writer.close()
            with suppress(ConnectionError, ssl.SSLError):
                await writer.wait_closed()
            self._open.discard(writer)

        listening = await asyncio.start_server(handle, _LOOPBACK, 0, ssl=tls)
        self._servers.append(listening)
        port = listening.sockets[0].getsockname()[1]
        server.url = f"{'https' if tls else 'http'}://{_LOOPBACK}:{port}/careplans"

    async def _stop(self) -> None:
        for server in self._servers:
            server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for writer in self._open:
            writer.transport.abort()
        await asyncio.gather(*(writer.wait_closed() for writer in self._open), return_exceptions=True)


async def _question(reader: asyncio.StreamReader) -> Question:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.split(": ", 1) for line in head[1:] if line)
    headers = {name.lower(): value for name, value in pairs}
    return Question(head[0], headers, await reader.readexactly(int(headers.get("content-length", "0"))))


# --- behaviours ---------------------------------------------------------------------------------


def http(
    body: bytes, *, status: str = "200 OK", content_type: str = XML, length: int | None = None, **more: str
) -> bytes:
    """Write an HTTP answer; `length` lies about the body's, and `more` are headers by name."""
    headers = {
        "Content-Type": content_type,
        "Content-Length": str(len(body) if length is None else length),
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join((*lines, "", "")).encode("latin-1") + body


def says(data: bytes) -> Behaviour:
    """Send these very bytes, and close."""

    async def behave(connection: Connection) -> None:
        await connection.send(data)

    return behave


def answers(body: bytes, **how: Any) -> Behaviour:
    """Answer as HTTP does; `how` is as for `http`."""
    return says(http(body, **how))


def answers_after(seconds: float, body: bytes) -> Behaviour:
    """Answer when the other side has waited so long."""

    async def behave(connection: Connection) -> None:
        if not await connection.until_gone(seconds=seconds):
            await connection.send(http(body))

    return behave


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """Behave differently with each question."""
    turns = cycle(behaviours)

    async def behave(connection: Connection) -> None:
        await next(turns)(connection)

    return behave


async def resets(connection: Connection) -> None:
    """End with a TCP reset instead of an answer."""
    sock = connection.writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.writer.transport.abort()


async def hangs_before_headers(connection: Connection) -> None:
    await connection.until_gone()


async def hangs_after_headers(connection: Connection) -> None:
    await connection.send(http(b"", length=1000))
    await connection.until_gone()


def trickles(body: bytes) -> Behaviour:
    """Answer a byte a second."""

    async def behave(connection: Connection) -> None:
        for byte in http(body):
            await connection.send(bytes([byte]))
            if await connection.until_gone(seconds=1):
                return

    return behave


def stops_half_way(body: bytes) -> Behaviour:
    """Close in the middle of the body."""
    return says(http(body)[: -len(body) // 2])


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


_CHUNKED = f"HTTP/1.1 200 OK\r\nContent-Type: {XML}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()


def chunks(body: bytes) -> Behaviour:
    """Answer in two chunks, without a length."""
    middle = len(body) // 2
    return says(_CHUNKED + _chunk(body[:middle]) + _chunk(body[middle:]) + _chunk(b""))


def breaks_its_chunks(body: bytes) -> Behaviour:
    """Answer in chunks whose lengths are no numbers."""
    return says(_CHUNKED + _chunk(body) + b"many\r\n" + body)


def compresses(body: bytes) -> Behaviour:
    """Answer with gzip, which nobody asked for."""
    return answers(gzip.compress(body), Content_Encoding="gzip")


async def never_ends(connection: Connection) -> None:
    """Answer without a length and without an end."""
    await connection.send(f"HTTP/1.1 200 OK\r\nContent-Type: {XML}\r\nConnection: close\r\n\r\n".encode())
    while not connection.writer.is_closing():
        await connection.send(_PIECE)
        connection.server.taken += len(_PIECE)
