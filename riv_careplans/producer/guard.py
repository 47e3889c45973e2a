"""The HTTP border in front of the service: what is no question in HTTP's terms goes no further.

Refuses with a bare status what cannot be a SOAP question, and with a Fault who may not ask; counts
bytes while they arrive, gives out the contract's files, tells the log, the counts and the trace how
each question went, and is the last to catch what nobody foresaw. Knows nothing of XML and spyne.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from email.message import Message
from time import perf_counter
from types import TracebackType
from typing import Final, TypeAlias
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from riv_careplans.identity import is_uuid
from riv_careplans.producer.callers import introduce
from riv_careplans.producer.letters import Refused
from riv_careplans.producer.metrics import Metrics
from riv_careplans.producer.operations import Operations
from riv_careplans.producer.persons import tells_a_person
from riv_careplans.producer.published import Published
from riv_careplans.producer.service import CONTENT_TYPE, VISIT, fault
from riv_careplans.producer.tracing import Trace
from riv_careplans.producer.visit import Outcome, Visit
from riv_careplans.settings import ProducerSettings

__all__ = ["Guard", "no_problem"]

_MOST_HEADERS: Final = 50
_LONGEST_HEADER: Final = 8 * 1024
_LONGEST_CONTENT_TYPE: Final = 256
"""Characters; it is taken apart before the body is read."""
_PIECE: Final = 64 * 1024
_ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]
_TOKEN: Final = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


class _NotHttp(Exception):
    """The request is refused with a bare status."""

    def __init__(self, status: str, text: str, *headers: tuple[str, str]) -> None:
        super().__init__(text)
        self.status = status
        self.headers = headers


class _Aborted(Exception):
    """The answer cannot be finished; the server must cut the connection."""


def no_problem() -> str:
    """Say that questions can be answered."""
    return ""


class Guard:
    """The producer as a WSGI application: safe to call from many threads.

    `problem` says why questions cannot be answered just now, or nothing: what readiness is about.
    """

    def __init__(
        self,
        endpoint: WSGIApplication,
        published: Published,
        settings: ProducerSettings,
        *,
        new_log_id: Callable[[], str],
        problem: Callable[[], str] = no_problem,
    ) -> None:
        self.settings = settings
        self.metrics = Metrics()
        """What is counted; a vendor may add numbers of its own."""
        self.operations = Operations(settings, self.metrics, problem)
        """The application that tells health and counts, for a port of its own."""
        self._endpoint = endpoint
        self._published = published
        self._new_log_id = new_log_id

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request; nothing is raised for anything a request can hold."""
        if self.operations.finds(environ):
            return self.operations(environ, start_response)
        visit = Visit(log_id=self._new_log_id(), started=perf_counter())
        self.metrics.begin()
        visit.correlation_id = _correlation_id(environ)
        trace = Trace(environ)
        start = _starter(start_response, visit)
        try:
            with trace.current():
                pieces = self._respond(environ, start, visit)
        except _NotHttp as refused:
            visit.outcome, visit.reason = Outcome.REFUSED, str(refused)
            body = f"{refused} Log id: {visit.log_id}\n".encode()
            headers = [*refused.headers, ("Content-Type", "text/plain; charset=UTF-8")]
            start(refused.status, [*headers, ("Content-Length", str(len(body)))])
            pieces = [body]
        except Refused as refused:
            visit.outcome, visit.reason = Outcome.REFUSED, refused.reason
            pieces = _faulty(fault(str(refused), visit, refused.code), start)
        except BaseException as exc:  # noqa: BLE001 - the outermost border: whoever asked gets a Fault, and the worker lives
            visit.outcome, visit.reason = Outcome.FAILED, f"the service raised {type(exc).__name__}"
            pieces = _faulty(fault("The service failed.", visit), start, sys.exc_info())
        return self._watched(pieces, visit, trace)

    def _watched(self, pieces: Iterable[bytes], visit: Visit, trace: Trace) -> Iterator[bytes]:
        """Give the answer away piece by piece, and tell how it went when the last one is gone."""
        try:
            yield from pieces
        except GeneratorExit:
            visit.outcome, visit.reason = Outcome.ABORTED, "the connection ended before the answer did"
            raise
        except Exception as exc:  # noqa: BLE001 - half an answer must not look whole: the connection is cut
            visit.outcome, visit.reason = Outcome.ABORTED, f"writing raised {type(exc).__name__}"
            raise _Aborted("the answer cannot be finished") from None
        finally:
            visit.log()
            self.metrics.end(visit)
            trace.end(visit)

    def _respond(self, environ: WSGIEnvironment, start: StartResponse, visit: Visit) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        if method in ("GET", "HEAD"):
            file = self._published.find(environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", ""))
            if file is None:
                raise _NotHttp("405 Method Not Allowed", _ASK_WITH_POST, ("Allow", "POST"))
            visit.outcome = Outcome.PUBLISHED
            start("200 OK", [("Content-Type", CONTENT_TYPE), ("Content-Length", str(len(file)))])
            return [file] if method == "GET" else []
        if method != "POST":
            raise _NotHttp("405 Method Not Allowed", _ASK_WITH_POST, ("Allow", "POST"))
        _check_headers(environ)
        introduce(visit, environ, self.settings)
        visit.charset = _charset(environ)
        visit.body = _body(environ, self.settings.max_request_bytes)
        return self._endpoint({**environ, VISIT: visit}, start)


_ASK_WITH_POST: Final = "Questions are asked with POST; the contract is found at ?wsdl."


def _starter(start_response: StartResponse, visit: Visit) -> StartResponse:
    """Note the status, and send the platform's correlation id back, and the length of a long answer."""

    def start(
        status: str, headers: list[tuple[str, str]], exc_info: _ExcInfo | None = None, /
    ) -> Callable[[bytes], object]:
        visit.status = int(status[:3])
        # Of an answer in pieces nobody else can tell it, and without it the connection cannot be kept.
        if visit.length and not any(name.lower() == "content-length" for name, _ in headers):
            headers = [*headers, ("Content-Length", str(visit.length))]
        if visit.correlation_id:
            headers = [*headers, ("X-Skltp-Correlation-Id", visit.correlation_id)]
        return start_response(status, headers, exc_info)

    return start


def _faulty(body: bytes, start: StartResponse, exc_info: _ExcInfo | None = None) -> list[bytes]:
    headers = [("Content-Type", CONTENT_TYPE), ("Content-Length", str(len(body)))]
    start("500 Internal Server Error", headers, exc_info)
    return [body]


def _correlation_id(environ: WSGIEnvironment) -> str:
    """Return the platform's correlation id: a UUID, and no person's number in the clothes of one."""
    given: str = environ.get("HTTP_X_SKLTP_CORRELATION_ID", "")
    return given if is_uuid(given) and not tells_a_person(given) else ""


def _check_headers(environ: WSGIEnvironment) -> None:
    headers = [value for name, value in environ.items() if name.startswith("HTTP_")]
    if len(environ.get("CONTENT_TYPE", "")) > _LONGEST_CONTENT_TYPE:
        raise _NotHttp("400 Bad Request", f"A Content-Type has at most {_LONGEST_CONTENT_TYPE} characters.")
    if len(headers) > _MOST_HEADERS or any(len(value) > _LONGEST_HEADER for value in headers):
        text = f"A question has at most {_MOST_HEADERS} headers of {_LONGEST_HEADER} characters."
        raise _NotHttp("400 Bad Request", text)
    encoding = environ.get("HTTP_CONTENT_ENCODING", "").strip().lower()
    if encoding not in ("", "identity"):
        raise _NotHttp("415 Unsupported Media Type", "A question is sent without content encoding.")


def _charset(environ: WSGIEnvironment) -> str | None:
    """Return the charset of the Content-Type; refuse what is not SOAP 1.1."""
    header = Message()
    header["Content-Type"] = environ.get("CONTENT_TYPE", "").replace("\r", " ").replace("\n", " ")
    # SOAP 1.2 is application/soap+xml, and attachments would be multipart/related.
    if header.get_content_type() != "text/xml":
        raise _NotHttp("415 Unsupported Media Type", "A question is SOAP 1.1: text/xml.")
    charset = header.get_param("charset")
    if charset is not None and not (isinstance(charset, str) and _TOKEN.fullmatch(charset)):
        raise _NotHttp("415 Unsupported Media Type", "The charset of the question is not one.")
    return charset


def _body(environ: WSGIEnvironment, most: int) -> bytes:
    """Read the whole question, and never more than one byte over the limit."""
    declared = environ.get("CONTENT_LENGTH", "")
    if declared and environ.get("HTTP_TRANSFER_ENCODING"):
        raise _NotHttp("400 Bad Request", "A question is sent with its length or in chunks, and not both.")
    if declared:
        if not (declared.isascii() and declared.isdigit()):
            raise _NotHttp("400 Bad Request", "The Content-Length is not a number.")
        if len(declared) > len(str(most)) or int(declared) > most:
            raise _too_large(most)
        expected = int(declared)
    elif environ.get("wsgi.input_terminated") and environ.get("HTTP_TRANSFER_ENCODING"):
        expected = most + 1
    else:
        raise _NotHttp("411 Length Required", "A question is sent with its length, or in chunks.")
    body = b"".join(_pieces(environ, expected))
    if len(body) > most:
        raise _too_large(most)
    if declared and len(body) < expected:
        raise _NotHttp("400 Bad Request", "The question is shorter than its Content-Length.")
    return body


def _pieces(environ: WSGIEnvironment, expected: int) -> Iterator[bytes]:
    stream = environ["wsgi.input"]
    while expected > 0:
        piece: bytes = stream.read(min(expected, _PIECE))
        if not piece:
            return
        expected -= len(piece)
        yield piece


def _too_large(most: int) -> _NotHttp:
    return _NotHttp("413 Content Too Large", f"A question is at most {most} bytes.")
