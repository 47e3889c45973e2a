"""What an operator's tools ask: is it alive, is it ready, and what has it counted.

| Path | Answer |
|---|---|
| `/health/live` | 200 as long as the process answers at all |
| `/health/ready` | 200 when questions can be answered; 503 with the reason when not |
| `/metrics` | the counts, as Prometheus reads them |

They are told to nobody but the addresses of the setting `operations-allowed`, on the port of the
service or on one of their own; for everyone else these paths do not exist. A proxy is never told
beside the service, because everyone behind it would be. Nothing here is about a patient.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final
from wsgiref.types import StartResponse, WSGIEnvironment

from riv_careplans.producer.metrics import Metrics
from riv_careplans.producer.networks import is_among
from riv_careplans.settings import ProducerSettings

__all__ = ["Operations"]

_LIVE: Final = "/health/live"
_READY: Final = "/health/ready"
_METRICS: Final = "/metrics"
_PATHS: Final = (_LIVE, _READY, _METRICS)
_METHODS: Final = ("GET", "HEAD")
_FORWARDED: Final = ("HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP")
_TEXT: Final = "text/plain; charset=UTF-8"


class Operations:
    """A WSGI application that answers for the health and the counts of a producer."""

    def __init__(self, settings: ProducerSettings, metrics: Metrics, problem: Callable[[], str]) -> None:
        self._settings = settings
        self._metrics = metrics
        self._problem = problem
        self.draining = False
        """The producer is ending: it is ready no more."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer on a port of its own."""
        allowed = is_among(environ.get("REMOTE_ADDR", ""), self._settings.operations_allowed)
        path = environ.get("PATH_INFO", "")
        if not allowed or path not in _PATHS:
            return _told(start_response, environ, "404 Not Found", _TEXT, b"not here\n")
        if environ["REQUEST_METHOD"] not in _METHODS:
            return _told(start_response, environ, "405 Method Not Allowed", _TEXT, b"GET only\n")
        return self.answer(environ, start_response)

    def finds(self, environ: WSGIEnvironment) -> bool:
        """Say whether a request to the service is one of these, from somebody who may ask."""
        if self._settings.operations_port is not None or environ.get("PATH_INFO", "") not in _PATHS:
            return False
        if environ["REQUEST_METHOD"] not in _METHODS:
            return False
        address = environ.get("REMOTE_ADDR", "")
        proxies = self._settings.proxy.addresses if self._settings.proxy else ()
        if is_among(address, proxies) or any(name in environ for name in _FORWARDED):
            return False
        return is_among(address, self._settings.operations_allowed)

    def answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one of the paths."""
        path = environ["PATH_INFO"]
        if path == _METRICS:
            kind, body = self._metrics.text()
            return _told(start_response, environ, "200 OK", kind, body)
        problem = ""
        if path == _READY:
            problem = "the producer is ending" if self.draining else self._problem()
        status = "503 Service Unavailable" if problem else "200 OK"
        return _told(start_response, environ, status, _TEXT, f"{problem or 'ok'}\n".encode())


def _told(
    start_response: StartResponse, environ: WSGIEnvironment, status: str, kind: str, body: bytes
) -> Iterable[bytes]:
    headers = [("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
    start_response(status, headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
