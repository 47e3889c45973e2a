"""Producers on real sockets, for tests that must see what a user meets."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from wsgiref.types import WSGIApplication

from riv_careplans.producer import Server

__all__ = ["Running", "running"]

_SECONDS = 20
"""No test waits longer for a socket."""


@dataclass(frozen=True, kw_only=True)
class Running:
    """A server that answers on a free port of the loopback interface."""

    url: str
    """Without a path: any will do."""

    port: int

    def post(self, body: bytes, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        """Post a question; give status and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_SECONDS)
        try:
            connection.request("POST", "/", body, {"Content-Type": "text/xml", **(headers or {})})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def send(self, data: bytes, *, done: bool = True) -> bytes:
        """Send bytes as they are; give everything that comes back until the server closes.

        `done` tells the server that no more will come.
        """
        with socket.create_connection(("127.0.0.1", self.port), timeout=_SECONDS) as connection:
            connection.sendall(data)
            if done:
                connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65536), b""))


@contextmanager
def running(app: WSGIApplication, *, threads: int = 4) -> Iterator[Running]:
    """Serve an application while the block runs; every thread and socket is gone after it."""
    with Server(app, threads=threads) as server:
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            yield Running(url=server.url, port=server.port)
        finally:
            server.stop()
            thread.join()
