"""Mutual TLS in the process: the files, read again when they change, and who called.

A connection is accepted when an authority of the operator's has issued the caller's certificate, and
it is valid now; whose it is stands in its subject's serialNumber. New files are used for the next
connection; files that cannot be used are told once, and the old ones stay.
"""

from __future__ import annotations

import logging
import socket as sockets
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from socket import IPPROTO_TCP, socket
from threading import Lock
from typing import Any, Final

from riv_careplans.errors import ConfigurationError
from riv_careplans.settings import TlsSettings

__all__ = ["CertificateFiles", "SecureSocket"]

_AT_ONCE: Final[int | None] = getattr(sockets, "TCP_QUICKACK", None)
"""Linux: the end of the handshake is acknowledged at once, because many wait 40 ms for that to ask."""

_LOGGER: Final = logging.getLogger("riv_careplans.producer")


class CertificateFiles:
    """The certificate, its key and the authorities, as they were when they last could be used.

    Raises `ConfigurationError` when they cannot be used to begin with.
    """

    def __init__(self, settings: TlsSettings) -> None:
        self._settings = settings
        self._seen = self._looks()
        self.context = _context(settings)

    def refresh(self) -> None:
        """Use the files as they are now, if they have changed and can be used."""
        looks = self._looks()
        if looks == self._seen:
            return
        self._seen = looks
        try:
            self.context = _context(self._settings)
        except ConfigurationError as exc:
            _LOGGER.error("certificates not changed: %s", exc)  # noqa: TRY400 - a trace says nothing more
        else:
            _LOGGER.info("certificates changed: new connections use the new files")

    def _looks(self) -> tuple[tuple[int, ...], ...]:
        found: list[tuple[int, ...]] = []
        for path in (self._settings.certificate, self._settings.key, self._settings.authority):
            try:
                status = path.stat()
            except OSError:
                found.append((0,))
            else:
                found.append((status.st_mtime_ns, status.st_size, status.st_ino))
        return tuple(found)


class SecureSocket:
    """A connection under TLS that never waits, and that two threads may use at the same time.

    What cannot be done yet raises `BlockingIOError`; what TLS refuses raises another `OSError`.
    """

    def __init__(self, connection: socket, context: ssl.SSLContext) -> None:
        connection.setblocking(False)  # noqa: FBT003 - the name of the socket's own method says it
        self._tls = context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        # OpenSSL lets one thread at a time use a connection.
        self._lock = Lock()
        self.shaken = False
        """The handshake is done, and the caller's certificate accepted."""
        self.wants_write = False
        """What was being read goes on when the connection can be written to."""

    def shake(self) -> tuple[str, ...]:
        """Go on with the handshake; return every serialNumber (2.5.4.5) of the certificate's subject."""
        with self._lock:
            self._try(self._tls.do_handshake)
            self.shaken = True
            if _AT_ONCE is not None:
                self._tls.setsockopt(IPPROTO_TCP, _AT_ONCE, 1)
            # In parts, each of which has one or more names and values.
            certificate: Mapping[str, Any] = self._tls.getpeercert() or {}
        return tuple(
            value for part in certificate.get("subject", ()) for name, value in part if name == "serialNumber"
        )

    def recv(self, size: int) -> bytes:
        """Read what has arrived; nothing when the other side has ended."""
        received = b""

        def read() -> None:
            nonlocal received
            received = self._tls.recv(size)

        with self._lock:
            self._try(read)
        return received

    def send(self, data: bytes) -> int:
        """Write what can be written of some bytes."""
        with self._lock:
            try:
                # What could not be written is written again: at least as much, from the same place.
                return self._tls.send(data)
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return 0

    def close(self) -> None:
        """Say that this is the end, and close."""
        with self._lock:
            if self.shaken:
                with suppress(OSError, ValueError):
                    self._tls.unwrap()
            self._tls.close()

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._tls.fileno()

    def getsockopt(self, level: int, option: int) -> int:
        """Return an option of the connection below."""
        return self._tls.getsockopt(level, option)

    def setblocking(self, flag: bool) -> None:  # noqa: FBT001 - a socket's own method
        """Do as a socket does."""
        self._tls.setblocking(flag)

    def _try(self, step: Callable[[], object]) -> None:
        self.wants_write = False
        try:
            step()
        except ssl.SSLWantReadError:
            raise BlockingIOError from None
        except ssl.SSLWantWriteError:
            self.wants_write = True
            raise BlockingIOError from None


def _context(settings: TlsSettings) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    # Every connection proves anew who called: nothing is resumed and nothing renegotiated.
    context.options |= ssl.OP_NO_TICKET | ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    context.num_tickets = 0
    try:
        # A key with a password would be asked for on a terminal that nobody watches.
        context.load_cert_chain(settings.certificate, settings.key, password=lambda: b"")
    except (OSError, ValueError):
        problem = "they are not a certificate and its key (PEM, without a password)"
        raise ConfigurationError(f"tls: {settings.certificate} and {settings.key}: {problem}") from None
    try:
        context.load_verify_locations(cafile=settings.authority)
    except (OSError, ValueError):
        raise ConfigurationError(f"tls: {settings.authority}: it holds no certificate (PEM)") from None
    if not context.get_ca_certs():
        # The context lists authorities alone; a caller's own certificate would be trusted as itself.
        raise ConfigurationError(f"tls: {settings.authority}: it holds no certificate of an authority")
    return context
