"""What a producer's answer means: the one place that judges it.

Pure. What came over HTTP goes in, with the question it answers; an `Answer` comes out, or a
`ProducerError` that says what the producer did wrong. Beside the records themselves, and the text of a
result INFO, which is for the reader alone, nothing that the producer wrote is repeated: no fault text,
no log id and no address that does not have the form of one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace as with_limit
from email.message import Message
from typing import Final

from msgspec.structs import replace

from riv_careplans import codec
from riv_careplans.codes import CORE_3, CORE_4, ResultCode
from riv_careplans.consumer.response import Response
from riv_careplans.consumer.use import LONGEST_NOTICE, records_of, use
from riv_careplans.contracts import Interaction, Reading, soap
from riv_careplans.errors import (
    DocumentError,
    InvalidAnswer,
    ProducerError,
    ProducerFault,
    ProducerTimedOut,
    WrongPatient,
)
from riv_careplans.exchange import Answer, Outcome, OutcomeKind, Query, Result
from riv_careplans.identity import identity_key, is_uuid
from riv_careplans.rules.repeats import repeats
from riv_careplans.settings import ProducerAddress

__all__ = ["envelope_in", "interpret", "outcome_of"]

_OK: Final = 200
_FAULT: Final = 500
_NO_PERMISSION: Final = "VP007"


def interpret(
    query: Query,
    response: Response,
    *,
    producer: ProducerAddress,
    interaction: Interaction,
    log_id: str,
) -> Answer:
    """Judge what a producer answered to a question.

    The answer's first outcome is the producer's own; those of the sources below it follow. `log_id`
    stands in for one of the producer's that is no UUID. Raises `ProducerError`.
    """
    address = producer.logical_address
    envelope = envelope_in(response, producer)
    if envelope.fault is not None:
        code = envelope.fault.platform_code or envelope.fault.code
        raise ProducerFault(f"answered with the SOAP fault {code}", logical_address=address, code=code)
    if envelope.body is None or response.status != _OK:
        problem = f"answered with HTTP status {response.status} and no SOAP fault"
        raise InvalidAnswer(problem, logical_address=address)
    reading = _reading(envelope.body, interaction, address)
    if _is_about_another(query, reading.answer, envelope.body):
        raise WrongPatient("answered about another patient: nothing of it is used", logical_address=address)
    said = reading.answer.result
    known_log_id = said.log_id if is_uuid(said.log_id) else ""
    result = Result(code=said.code, error_code=said.error_code, log_id=known_log_id or log_id)
    if said.code is ResultCode.ERROR:
        problem = "answered with the result ERROR" + (f" ({said.error_code})" if said.error_code else "")
        outcome = _outcome(producer, OutcomeKind.REPORTED_ERROR, problem, log_id=known_log_id)
        return Answer(result=result, outcomes=(outcome,))
    own = replace(_outcome(producer, OutcomeKind.ANSWERED, log_id=known_log_id), notice=_notice(query, said))
    return use(query, reading, result=result, own=own, told_below=envelope.outcomes)


def _notice(query: Query, said: Result) -> str:
    """Give what the producer asks to have shown to the reader, unless it repeats who that is."""
    # "result OK + resultText = log message, INFO = show to user" -- TKB of GetCareDocumentation 3.0
    text = (said.text or "").strip()
    if said.code is not ResultCode.INFO or repeats(query.patient_id)(text):
        return ""
    return text[:LONGEST_NOTICE]


def outcome_of(error: ProducerError, producer: ProducerAddress) -> Outcome:
    """Tell a failed call as the producer's outcome."""
    match error:
        case WrongPatient():
            kind = OutcomeKind.WRONG_PATIENT
        case InvalidAnswer():
            kind = OutcomeKind.INVALID_ANSWER
        case ProducerTimedOut():
            kind = OutcomeKind.TIMED_OUT
        case ProducerFault(code=code) if code == _NO_PERMISSION:
            kind = OutcomeKind.BLOCKED
        case ProducerFault(code=code) if not code.startswith("VP"):
            kind = OutcomeKind.REPORTED_ERROR
        case _:  # with the platform's other faults: it did not reach the producer
            kind = OutcomeKind.UNREACHABLE
    return _outcome(producer, kind, error.problem)


def _outcome(producer: ProducerAddress, kind: OutcomeKind, problem: str = "", *, log_id: str = "") -> Outcome:
    return Outcome(
        logical_address=producer.logical_address,
        name=producer.name,
        kind=kind,
        detail=f"the producer {problem}" if problem else "",
        log_id=log_id,
    )


# --- from bytes to records ----------------------------------------------------------------------


def envelope_in(response: Response, producer: ProducerAddress) -> soap.Envelope:
    """Return the envelope of an answer, whatever is in it; raises `InvalidAnswer` when there is none."""
    address = producer.logical_address
    said = f"answered with HTTP status {response.status}"
    # "faults … always HTTP 500 (the platform turns any other status into VP009)"
    if response.status not in (_OK, _FAULT):
        raise InvalidAnswer(said, logical_address=address)
    limits = with_limit(codec.ANSWER_LIMITS, size=producer.max_answer_bytes)
    try:
        return soap.read_envelope(codec.parse(response.body, limits, charset=_charset(response)))
    except DocumentError as exc:
        raise _broken(f"{said} and no SOAP", exc, address) from exc


def _charset(response: Response) -> str | None:
    content = Message()
    content["Content-Type"] = response.headers.get("Content-Type", "text/xml")
    return content.get_content_charset()


def _reading(body: codec.Element, interaction: Interaction, address: str) -> Reading:
    contract = interaction.contract
    if body.tag != contract.response_tag:
        problem = f"answered with something else than {contract.name} {contract.version}"
        raise InvalidAnswer(problem, logical_address=address)
    broke = f"broke the contract {contract.name} {contract.version}"
    findings = contract.violations(body)
    if findings:
        raise InvalidAnswer(f"{broke}: {findings[0].message}", logical_address=address, findings=findings)
    try:
        return interaction.read_response(body)
    except DocumentError as exc:
        raise _broken(broke, exc, address) from exc


def _broken(problem: str, exc: DocumentError, address: str) -> InvalidAnswer:
    return InvalidAnswer(f"{problem}: {exc}", logical_address=address, findings=exc.findings)


def _is_about_another(query: Query, answer: Answer, body: codec.Element) -> bool:
    """Say whether anything in the answer is about another patient than the one asked for."""
    asked = query.patient_id.key
    if any(record.header.access_control.patient_id.key != asked for record in records_of(answer)):
        return True
    # A record that could not be read is not among them, and still tells whose it is.
    return answer.held_back > 0 and any(found != asked for found in _patients(body))


def _patients(body: codec.Element) -> Iterator[tuple[str, str]]:
    """Give every patient id in the message, read or not."""
    for element in body.iter(f"{{{CORE_4}}}patientId", f"{{{CORE_3}}}patientId"):
        parts = {codec.local_name(child): child.text for child in element}
        # 2.0 calls root and extension `type` and `id`.
        yield identity_key(
            parts.get("root") or parts.get("type") or "", parts.get("extension") or parts.get("id")
        )
