"""GetCarePlans on spyne: one application for each version of the contract, on one endpoint.

spyne gives the order of the steps (protocol, routing, service, faults, WSGI). What the steps do is
ours, because spyne's own reading and writing are not safe: the bytes are parsed once, before spyne,
and the answer is written by the contract's own writer. Knows nothing of HTTP beyond status and type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, Final
from wsgiref.types import StartResponse, WSGIEnvironment

from riv_careplans.codes import REGISTRY_1, ResultCode
from riv_careplans.contracts import Interaction, interaction_for
from riv_careplans.contracts.processing_status import status_of, write_status
from riv_careplans.contracts.soap import write_envelope, write_fault
from riv_careplans.errors import whereabouts
from riv_careplans.exchange import CarePlanSource
from riv_careplans.producer import _spyne
from riv_careplans.producer.answering import Reply, SourceMistake, prepare, refuse
from riv_careplans.producer.paging import for_source
from riv_careplans.producer.reading import Letter, Question, Refused, open_letter, read_question
from riv_careplans.producer.visit import Outcome, Visit
from riv_careplans.settings import ProducerSettings

__all__ = ["CONTENT_TYPE", "VISIT", "Endpoint", "fault"]

CONTENT_TYPE: Final = "text/xml; charset=UTF-8"
VISIT: Final = "riv_careplans.visit"
"""Where the guard puts the question in the WSGI environment."""

_LETTER: Final = "riv_careplans.letter"
_SENT_WHOLE: Final = 256 * 1024
"""Answers up to this many bytes are sent with their length, so that the connection can be kept."""

_FAILURE: Final = "The service failed."


def fault(text: str, visit: Visit, code: str = "Server") -> bytes:
    """Write a Fault: a sentence of ours, and the log id that leads to more."""
    return write_fault(code, f"{text} Log id: {visit.log_id}")


class Endpoint:
    """The WSGI application behind the guard: every version of the contract, at any path."""

    def __init__(
        self, source: CarePlanSource, settings: ProducerSettings, *, clock: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        exchange = _Exchange(source=source, settings=settings, clock=clock)
        self._applications: dict[str, Any] = {
            version: _application(interaction_for(version), exchange) for version in settings.contracts
        }
        self._first = self._applications[settings.contracts[0]]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Hand a question to the application of its contract, told by the namespace of its body."""
        visit: Visit = environ[VISIT]
        application = self._first
        letter: Letter | Refused
        try:
            letter = open_letter(visit, self._settings)
        except Refused as refused:
            letter = refused
        else:
            visit.contract = letter.interaction.contract.version
            application = self._applications[visit.contract]
        visit.body = b""
        # Of the request spyne sees what it routes by, and nothing that it could log or repeat.
        known: WSGIEnvironment = {"REQUEST_METHOD": "POST", VISIT: visit, _LETTER: letter}
        answered: Iterable[bytes] = application.handle_rpc(known, start_response)
        return answered


@dataclass(frozen=True, slots=True, kw_only=True)
class _Exchange:
    """The source's border: a question goes in, the pieces of an envelope come out."""

    source: CarePlanSource
    settings: ProducerSettings
    clock: Callable[[], datetime]

    def answer(self, question: Question, visit: Visit) -> Iterable[bytes]:
        """Answer; raises `Refused` when the source fails."""
        now = self.clock()
        reply = self._reply(question, visit, now)
        visit.log_id = reply.result.log_id
        visit.outcome = Outcome.ANSWERED if reply.result.code is not ResultCode.ERROR else Outcome.INVALID
        visit.records = len(reply.care_plans) + len(reply.agreements)
        visit.held_back = reply.held_back
        status = write_status(status_of(reply.outcomes, now)) if reply.outcomes else ""
        message = question.interaction.write_response(
            reply.result, reply.care_plans, reply.agreements, reply.has_more
        )
        return _begun(write_envelope(message, headers=status))

    def _reply(self, question: Question, visit: Visit, now: datetime) -> Reply:
        query = question.query
        if query is None or question.problems:
            visit.reason = " ".join(dict.fromkeys(problem.code for problem in question.problems))
            return refuse(question.problems, visit.log_id)
        try:
            answer = self.source.care_plans(for_source(query))
        except BaseException as exc:  # noqa: BLE001 - a source is somebody else's program: it may raise anything, even to exit
            raise Refused(_FAILURE, code="Server", reason=f"the source raised {whereabouts(exc)}") from None
        try:
            return prepare(
                query,
                answer,
                interaction=question.interaction,
                settings=self.settings,
                now=now,
                log_id=visit.log_id,
            )
        except SourceMistake as exc:
            raise Refused(_FAILURE, code="Server", reason=str(exc)) from None


def _begun(pieces: Iterable[bytes]) -> Iterable[bytes]:
    """Write the beginning now: a short answer is then a list, whose length spyne can tell."""
    pieces = iter(pieces)
    beginning: list[bytes] = []
    size = 0
    for piece in pieces:
        beginning.append(piece)
        size += len(piece)
        if size > _SENT_WHOLE:
            return chain(beginning, pieces)
    return beginning


class _LogicalAddress(_spyne.ComplexModel):
    """RIV-TA's header."""

    __namespace__ = REGISTRY_1
    __type_name__ = "LogicalAddress"

    value = _spyne.XmlData(_spyne.Unicode)


def _application(interaction: Interaction, exchange: _Exchange) -> Any:
    """Make the spyne application of one version of the contract."""
    contract = interaction.contract

    class GetCarePlans(_spyne.Service):
        """The contract's one operation."""

        @_spyne.rpc(
            _spyne.AnyXml,
            _returns=_spyne.AnyXml,
            _in_header=(_LogicalAddress,),
            _body_style="bare",
            _in_message_name=contract.name,
            _out_message_name=f"{contract.name}Response",
        )
        def get_care_plans(ctx: Any, question: Question) -> None:  # noqa: N805 - spyne gives its context
            try:
                # What stands in out_string is sent as it is.
                ctx.out_string = exchange.answer(question, _visit(ctx))
            except Refused as refused:
                raise _as_fault(refused) from None

    application = _spyne.Application(
        [GetCarePlans], tns=contract.namespace, in_protocol=_RivTa(), out_protocol=_RivTa()
    )
    _spyne.forget(application)
    return _spyne.WsgiApplication(application)


def _visit(ctx: Any) -> Visit:
    visit: Visit = ctx.transport.req_env[VISIT]
    return visit


def _as_fault(refused: Refused) -> Any:
    made = _Fault(faultcode=refused.code, faultstring=str(refused))
    made.reason = refused.reason
    return made


class _Fault(_spyne.Fault):
    """A Fault of ours: its text can be sent."""

    reason = ""


class _RivTa(_spyne.Soap11):
    """SOAP 1.1 as RIV-TA uses it, read and written by our own codec."""

    mime_type = CONTENT_TYPE

    def create_in_document(self, ctx: Any, _charset: str | None = None) -> None:
        """Take over the message that was parsed before spyne."""
        letter = ctx.transport.req_env[_LETTER]
        if isinstance(letter, Refused):
            raise _as_fault(letter)
        ctx.in_document = letter

    def decompose_incoming_envelope(self, ctx: Any, _message: object = None) -> None:
        """Name the message, for spyne to find the service by."""
        letter: Letter = ctx.in_document
        ctx.in_body_doc = letter.message
        ctx.method_request_string = letter.message.tag

    def deserialize(self, ctx: Any, message: object) -> None:  # noqa: ARG002 - spyne names it
        """Read the question by the contract's schema and reader."""
        letter: Letter = ctx.in_document
        ctx.in_header = _LogicalAddress(value=letter.logical_address)
        try:
            ctx.in_object = read_question(letter, _visit(ctx))
        except Refused as refused:
            raise _as_fault(refused) from None

    def serialize(self, ctx: Any, message: object) -> None:
        """Do nothing: answers are written already, and faults are written whole, below."""

    def create_out_string(self, ctx: Any, _charset: str | None = None) -> None:
        """Write a Fault; a fault that is not ours says nothing of what happened."""
        visit = _visit(ctx)
        error = ctx.out_error
        if isinstance(error, _Fault):
            code, text, visit.reason = error.faultcode, str(error.faultstring), error.reason
        else:
            code, text, visit.reason = "Server", _FAILURE, "the service failed inside spyne"
        visit.outcome = Outcome.FAILED if code == "Server" else Outcome.REFUSED
        ctx.out_string = [fault(text, visit, code)]
