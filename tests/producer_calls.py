"""Questions to a producer in process, and answers as a platform sees them: no sockets.

A test gives a canned source, posts bytes, and gets status, headers and body, read with bare lxml.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from wsgiref.types import WSGIApplication

from lxml import etree

from riv_careplans.contracts import interaction_for
from riv_careplans.contracts.soap import SOAP_11, write_question
from riv_careplans.exchange import Answer, Query
from tests.builders import NOW, SOURCE_SYSTEM, answer, care_plan, query

__all__ = ["CannedSource", "Reply", "call", "clock", "get", "post", "question"]

TEXT_XML = "text/xml; charset=UTF-8"


def clock() -> Any:
    return NOW


class CannedSource:
    """Gives what it was made with, or calls it with the query; keeps the queries."""

    def __init__(self, given: Answer | Callable[[Query], Any] | None = None) -> None:
        self._given = given if given is not None else answer(care_plan())
        self.queries: list[Query] = []

    def care_plans(self, query: Query) -> Any:
        self.queries.append(query)
        return self._given(query) if callable(self._given) else self._given


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def envelope(self) -> etree._Element:
        return etree.fromstring(self.body)

    @property
    def message(self) -> etree._Element:
        """What stands in the Body."""
        (body,) = self.envelope.findall(f"{{{SOAP_11}}}Body")
        (message,) = body
        return message

    def texts(self, name: str) -> list[str]:
        """Every text of the elements of a local name."""
        return ["".join(map(str, found.itertext())) for found in self.envelope.iterfind(f".//{{*}}{name}")]

    @property
    def fault_code(self) -> str:
        (code,) = self.texts("faultcode")
        return code.partition(":")[2]

    @property
    def verdict(self) -> str:
        """OK, INFO, ERR, FC (Fault Client), FS, another fault code, or H and the bare status."""
        if self.status == 500:
            return {"Client": "FC", "Server": "FS"}.get(self.fault_code, self.fault_code)
        if self.status != 200:
            return f"H{self.status}"
        (code,) = self.texts("resultCode")
        return "ERR" if code == "ERROR" else code


def question(
    asked: Query | None = None, *, version: str = "3.0", logical_address: str = SOURCE_SYSTEM
) -> bytes:
    """Write a question in its envelope."""
    message = interaction_for(version).write_request(asked or query())
    return write_question(message, logical_address)


def post(
    app: WSGIApplication,
    body: bytes | None = None,
    *,
    content_type: str = TEXT_XML,
    headers: Iterable[tuple[str, str]] = (),
    environ: Mapping[str, Any] = MappingProxyType({}),
) -> Reply:
    """Post a body, by default a good question; `environ` is what the server would say otherwise."""
    body = question() if body is None else body
    named = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers}
    return call(
        app,
        {
            "REQUEST_METHOD": "POST",
            "CONTENT_TYPE": content_type,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            **named,
            **environ,
        },
    )


def get(app: WSGIApplication, path: str, query_string: str = "", method: str = "GET") -> Reply:
    return call(app, {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query_string})


def call(app: WSGIApplication, environ: dict[str, Any]) -> Reply:
    """Call the application as a server does, to the last byte."""
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], exc_info: object = None, /
    ) -> Callable[[bytes], object]:
        started.append((status, headers))
        return lambda _: None

    basis: dict[str, Any] = {
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.input": io.BytesIO(),
    }
    pieces = app({**basis, **environ}, start_response)
    try:
        body = b"".join(pieces)
    finally:
        getattr(pieces, "close", lambda: None)()
    status, headers = started[-1]
    return Reply(status=int(status[:3]), headers=dict(headers), body=body)
