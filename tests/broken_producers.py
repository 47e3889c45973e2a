"""Producers that are wrong in exactly one way: a good one, and a hand between it and the world.

A defect takes a question and the good producer, and gives what the world sees.
"""

from __future__ import annotations

import gzip
import io
import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from riv_careplans.directory import DirectorySource
from riv_careplans.producer import make_app
from riv_careplans.settings import ProducerSettings
from tests.producer_calls import Reply, call

__all__ = ["ADDRESS", "CANARY", "Ask", "Asked", "Defect", "broken", "good"]

ADDRESS = "SE2329999995-SYS1"
CANARY = "194911172296"
"""Another patient, who must be in no report."""

_ASTA = Path(__file__).parents[1] / "examples" / "asta"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request as it came."""

    environ: WSGIEnvironment
    body: bytes

    @property
    def query(self) -> str:
        return str(self.environ.get("QUERY_STRING", ""))

    @property
    def path(self) -> str:
        return str(self.environ.get("PATH_INFO", ""))

    @property
    def is_question(self) -> bool:
        return str(self.environ["REQUEST_METHOD"]) == "POST"

    def header(self, name: str) -> str:
        return str(self.environ.get(f"HTTP_{name.upper().replace('-', '_')}", ""))

    def saying(self, body: bytes) -> Asked:
        return replace(self, body=body)

    def without(self, element: str) -> Asked:
        """Leave a filter out of the question."""
        return self.saying(re.sub(rf"<r:{element}>.*?</r:{element}>".encode(), b"", self.body))


Ask: TypeAlias = Callable[[Asked], Reply]
Defect: TypeAlias = Callable[[Asked, Ask], Reply]


def good(version: str = "3.0", **settings: Any) -> WSGIApplication:
    """Give the scenario's surgery (3.0) or diabetes clinic (2.0), as the library serves them."""
    folder = _ASTA / ("p1-kirurgmottagningen" if version == "3.0" else "p5-diabetesmottagningen")
    chosen = {"logical_addresses": (ADDRESS,), "contracts": (version,)} | settings
    source = DirectorySource(folder)
    return make_app(source, ProducerSettings(**chosen))


def broken(defect: Defect, app: WSGIApplication | None = None) -> WSGIApplication:
    """Put a defect before a good producer."""
    app = app or good()

    def ask(asked: Asked) -> Reply:
        environ = {**asked.environ, "wsgi.input": io.BytesIO(asked.body)}
        if asked.is_question:
            environ["CONTENT_LENGTH"] = str(len(asked.body))
        return call(app, environ)

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length) if length else b""
        reply = defect(Asked(environ=environ, body=body), ask)
        headers = {**reply.headers, "Content-Length": str(len(reply.body))}
        start_response(f"{reply.status} Told", list(headers.items()))
        return [reply.body]

    return application


# --- defects ------------------------------------------------------------------------------------


def ignoring(element: str) -> Defect:
    """Build a producer that does not look at a filter."""
    return lambda asked, ask: ask(asked.without(element))


def empty_when(element: str) -> Defect:
    """Build a producer that finds nothing when a filter is used: it asks for what nobody has."""

    def defect(asked: Asked, ask: Ask) -> Reply:
        filtered = f"<r:{element}>".encode() in asked.body
        return ask(asked.saying(asked.body.replace(b"191212121212", b"188803099368")) if filtered else asked)

    return defect


def saying(pattern: bytes, instead: bytes) -> Defect:
    """Build a producer whose answers (not its Faults) differ in one text."""

    def defect(asked: Asked, ask: Ask) -> Reply:
        reply = ask(asked)
        if not asked.is_question or reply.status != 200:
            return reply
        return replace(reply, body=re.sub(pattern, instead, reply.body))

    return defect


def publishing(name: str, pattern: bytes, instead: bytes) -> Defect:
    """Build a producer whose published files of a name differ in one text."""

    def defect(asked: Asked, ask: Ask) -> Reply:
        reply = ask(asked)
        if asked.is_question or name not in f"{asked.path}?{asked.query}":
            return reply
        assert re.search(pattern, reply.body)
        return replace(reply, body=re.sub(pattern, instead, reply.body, count=1))

    return defect


def not_publishing(name: str) -> Defect:
    def defect(asked: Asked, ask: Ask) -> Reply:
        if not asked.is_question and name in f"{asked.path}?{asked.query}":
            return Reply(status=404, headers={"Content-Type": "text/html"}, body=b"<html>nothing here</html>")
        return ask(asked)

    return defect


def faults_on(status: int) -> Defect:
    def defect(asked: Asked, ask: Ask) -> Reply:
        reply = ask(asked)
        return replace(reply, status=status) if reply.status == 500 else reply

    return defect


def faults_saying(text: str) -> Defect:
    """Build a producer that adds a text to its Faults."""

    def defect(asked: Asked, ask: Ask) -> Reply:
        reply = ask(asked)
        if reply.status != 500:
            return reply
        return replace(reply, body=reply.body.replace(b"</faultstring>", f" {text}</faultstring>".encode()))

    return defect


def faults_repeat_the_question(asked: Asked, ask: Ask) -> Reply:
    reply = ask(asked)
    if reply.status != 500:
        return reply
    told = asked.body.decode("utf-8", "replace").replace("&", "&amp;").replace("<", "&lt;")
    return replace(reply, body=reply.body.replace(b"</faultstring>", f"{told}</faultstring>".encode()))


def always_gzip(asked: Asked, ask: Ask) -> Reply:
    reply = ask(asked)
    headers = {**reply.headers, "Content-Encoding": "gzip"}
    return replace(reply, headers=headers, body=gzip.compress(reply.body))


def with_header(name: str, value: str) -> Defect:
    def defect(asked: Asked, ask: Ask) -> Reply:
        reply = ask(asked)
        return replace(reply, headers={**reply.headers, name: value})

    return defect


def content_type(value: str) -> Defect:
    def defect(asked: Asked, ask: Ask) -> Reply:
        reply = ask(asked)
        return (
            replace(reply, headers={**reply.headers, "Content-Type": value}) if asked.is_question else reply
        )

    return defect


def expands_entities(asked: Asked, ask: Ask) -> Reply:
    declared = re.search(rb'<!ENTITY (\w+) "([^"]*)">', asked.body)
    body = re.sub(rb"<!DOCTYPE[^\[>]*(\[.*?\])?>", b"", asked.body)
    if declared:
        body = body.replace(b"&" + declared[1] + b";", declared[2])
    return ask(asked.saying(body))


def ignores_doctype(asked: Asked, ask: Ask) -> Reply:
    """Drop the DOCTYPE, but refuse the entity as unknown."""
    return ask(asked.saying(re.sub(rb"<!DOCTYPE[^\[>]*>", b"", asked.body)))


def any_address(asked: Asked, ask: Ask) -> Reply:
    """Take every address for the own, as long as there is one."""
    return ask(
        asked.saying(re.sub(rb"(LogicalAddress[^>]*>)[^<]+<", rb"\1" + ADDRESS.encode() + b"<", asked.body))
    )


def no_address_needed(asked: Asked, ask: Ask) -> Reply:
    header = (
        f'<s:Header><a:LogicalAddress xmlns:a="urn:riv:itintegration:registry:1">{ADDRESS}'
        "</a:LogicalAddress></s:Header><s:Body>"
    )
    if b"LogicalAddress" in asked.body:
        return ask(asked)
    return ask(asked.saying(asked.body.replace(b"<s:Body>", header.encode())))


def knows_everybody(asked: Asked, ask: Ask) -> Reply:
    reply = ask(asked.saying(asked.body.replace(b"188803099368", b"191212121212")))
    unknown = b"188803099368" in asked.body and reply.status == 200
    return replace(reply, body=reply.body.replace(b"191212121212", b"188803099368")) if unknown else reply


def unknown_is_a_fault(asked: Asked, ask: Ask) -> Reply:
    if b"188803099368" in asked.body:
        return ask(asked.saying(b"<no-envelope/>"))
    return ask(asked)


def refusing(condition: Callable[[Asked], bool]) -> Defect:
    """Build a producer that answers some questions with a Fault."""
    return lambda asked, ask: ask(asked.saying(b"<no-envelope/>") if condition(asked) else asked)


def obeys_soap_12(asked: Asked, ask: Ask) -> Reply:
    new, old = b"http://www.w3.org/2003/05/soap-envelope", b"http://schemas.xmlsoap.org/soap/envelope/"
    if new not in asked.body:
        return ask(asked)
    environ = {**asked.environ, "CONTENT_TYPE": "text/xml"}
    reply = ask(Asked(environ=environ, body=asked.body.replace(new, old)))
    return replace(reply, body=reply.body.replace(old, new))


def shows_a_page(asked: Asked, ask: Ask) -> Reply:
    if asked.is_question or asked.query or asked.path != "/":
        return ask(asked)
    return Reply(status=200, headers={"Content-Type": "text/html"}, body=b"<html>Welcome</html>")


def changing_nothing(asked: Asked, ask: Ask) -> Reply:
    """Change nothing: the wrapper itself must be no defect."""
    return ask(asked)


class CrashesTogether:
    """Answers the first question; of the others, fails whoever comes while another is answered."""

    def __init__(self) -> None:
        self._count = 0
        self._lock = threading.Lock()
        self._another = threading.Event()

    def __call__(self, asked: Asked, ask: Ask) -> Reply:
        with self._lock:
            self._count += 1
            number = self._count
        if number == 2:
            self._another.wait(20)
        elif number > 2:
            self._another.set()
            return ask(asked.saying(b"<no-envelope/>"))
        return ask(asked)


class Forgets:
    """Leaves the records out of every second answer to the same question."""

    def __init__(self) -> None:
        self._seen: dict[bytes, int] = {}

    def __call__(self, asked: Asked, ask: Ask) -> Reply:
        reply = ask(asked)
        self._seen[asked.body] = self._seen.get(asked.body, 0) + 1
        if self._seen[asked.body] % 2 or not asked.is_question:
            return reply
        return replace(
            reply, body=re.sub(rb"<r:agreement>.*</r:agreement>", b"", reply.body, flags=re.DOTALL)
        )


def repeats_over_pages(asked: Asked, ask: Ask) -> Reply:
    """Give the first page's record again on the last page."""
    reply = ask(asked)
    if b"hasMoreReference" not in asked.body:
        return reply
    first = ask(asked.without("hasMoreReference"))
    records = re.findall(rb"<r:(?:carePlan|agreement)>.*?</r:(?:carePlan|agreement)>", first.body, re.DOTALL)
    more = re.search(rb"<r:(?:carePlan|agreement)>", reply.body)
    assert more
    # Plans come before agreements in an answer.
    place = more.start() if records[0].startswith(b"<r:carePlan") else reply.body.index(b"<r:result>")
    return replace(reply, body=reply.body[:place] + records[0] + reply.body[place:])


def leads_in_a_circle(asked: Asked, ask: Ask) -> Reply:
    """Give the same first page and its reference to every continuation."""
    return ask(asked.without("hasMoreReference"))
