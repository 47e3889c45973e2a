"""Operations on spyne: one application for each contract, on one endpoint.

spyne gives the order of the steps (protocol, routing, service, faults, WSGI). What the steps do is
ours, because spyne's own reading and writing are not safe: the bytes are parsed once, before spyne,
and the answer is written by the contract's own writer. Knows nothing of HTTP beyond status and type.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, Final
from wsgiref.types import StartResponse, WSGIEnvironment

from riv_careplans.codes import REGISTRY_1
from riv_careplans.contracts.soap import write_fault
from riv_careplans.producer import _spyne
from riv_careplans.producer.callers import check_caller
from riv_careplans.producer.letters import Letter, Operation, Refused, open_letter
from riv_careplans.producer.visit import Outcome, Visit

__all__ = ["CONTENT_TYPE", "FAILURE", "VISIT", "Endpoint", "begun", "fault"]

CONTENT_TYPE: Final = "text/xml; charset=UTF-8"
VISIT: Final = "riv_careplans.visit"
"""Where the guard puts the question in the WSGI environment."""

_LETTER: Final = "riv_careplans.letter"
_SENT_WHOLE: Final = 256 * 1024
"""Answers up to this many bytes are sent with their length, so that the connection can be kept."""

FAILURE: Final = "The service failed."
"""What a caller is told of a failure of ours; the log says more."""


def fault(text: str, visit: Visit, code: str = "Server") -> bytes:
    """Write a Fault: a sentence of ours, and the log id that leads to more."""
    return write_fault(code, f"{text} Log id: {visit.log_id}")


class Endpoint:
    """The WSGI application behind the guard: every operation, at any path.

    `prefix` begins the Faults about what is no question to any of them, where a platform expects a
    code at the beginning.
    """

    def __init__(self, operations: Sequence[Operation], *, most_bytes: int, prefix: str = "") -> None:
        self._most_bytes = most_bytes
        self._prefix = prefix
        self._contracts = tuple(operation.contract for operation in operations)
        self._operations = {operation.contract.namespace: operation for operation in operations}
        self._applications: dict[str, Any] = {
            namespace: _application(operation, prefix) for namespace, operation in self._operations.items()
        }
        self._first = self._applications[self._contracts[0].namespace]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Hand a question to the application of its contract, told by the namespace of its body."""
        visit: Visit = environ[VISIT]
        application = self._first
        letter: Letter | Refused
        try:
            letter = open_letter(visit, self._contracts, most_bytes=self._most_bytes)
            visit.namespace = letter.contract.namespace
            visit.logical_address = "".join(letter.logical_addresses[:1])
            check_caller(visit, letter)
        except Refused as refused:
            letter = Refused(f"{self._prefix}{refused}", code=refused.code, reason=refused.reason)
        else:
            namespace = letter.contract.namespace
            visit.contract = self._operations[namespace].label
            application = self._applications[namespace]
        visit.body = b""
        # Of the request spyne sees what it routes by, and nothing that it could log or repeat.
        known: WSGIEnvironment = {"REQUEST_METHOD": "POST", VISIT: visit, _LETTER: letter}
        answered: Iterable[bytes] = application.handle_rpc(known, start_response)
        return answered


def begun(pieces: Iterable[bytes]) -> Iterable[bytes]:
    """Write the beginning of an answer now: a short one is then a list, whose length spyne can tell."""
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


def _application(operation: Operation, prefix: str) -> Any:
    """Make the spyne application of one operation."""
    contract = operation.contract

    class Responder(_spyne.Service):
        """The contract's one operation."""

        @_spyne.rpc(
            _spyne.AnyXml,
            _returns=_spyne.AnyXml,
            _in_header=(_LogicalAddress,),
            _body_style="bare",
            _in_message_name=contract.name,
            _out_message_name=f"{contract.name}Response",
        )
        def respond(ctx: Any, question: Any) -> None:  # noqa: N805 - spyne gives its context
            try:
                # What stands in out_string is sent as it is.
                ctx.out_string = operation.answer(question, _visit(ctx))
            except Refused as refused:
                raise _as_fault(refused) from None

    application = _spyne.Application(
        [Responder],
        tns=contract.namespace,
        in_protocol=_RivTa(operation, prefix),
        out_protocol=_RivTa(operation, prefix),
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

    def __init__(self, operation: Operation, prefix: str) -> None:
        super().__init__()
        self._operation = operation
        self._prefix = prefix

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
        """Read the question as the operation does."""
        letter: Letter = ctx.in_document
        ctx.in_header = _LogicalAddress(value="".join(letter.logical_addresses))
        try:
            ctx.in_object = self._operation.read(letter, _visit(ctx))
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
            code, visit.reason = "Server", "the service failed inside spyne"
            text = f"{self._prefix}{FAILURE}"
        visit.outcome = Outcome.FAILED if code == "Server" else Outcome.REFUSED
        ctx.out_string = [fault(text, visit, code)]
