"""Asking an engagement index who has something about a patient: FindContent 1.0.

Whatever goes wrong is a `ProducerError`: an index that does not answer must never look like one that
knows nothing.
"""

from __future__ import annotations

from typing import Final
from uuid import uuid4

from riv_careplans.consumer.interpret import envelope_in
from riv_careplans.consumer.transport import Transport
from riv_careplans.contracts.engagement_index import (
    FIND_CONTENT,
    Engagement,
    Search,
    read_found,
    write_search,
)
from riv_careplans.contracts.soap import write_question
from riv_careplans.errors import ContractViolation, InvalidAnswer, ProducerFault, WrongPatient
from riv_careplans.settings import ProducerAddress

__all__ = ["find_content"]

_OK: Final = 200
_ACTION: Final = f'"{FIND_CONTENT.soap_actions[0]}"'


async def find_content(
    index: ProducerAddress, search: Search, *, correlation_id: str = ""
) -> tuple[Engagement, ...]:
    """Return the posts that an index has; `index.contract` has no meaning here.

    Raises `ProducerError` for whatever the index does wrong, and `ContractViolation` for a search that
    cannot be written.
    """
    address = index.logical_address
    question = write_question(write_search(search), address)
    headers = {
        "Content-Type": "text/xml; charset=utf-8",
        "SOAPAction": _ACTION,
        "x-skltp-correlation-id": correlation_id or str(uuid4()),
    }
    response = await Transport(index).post(question, headers)
    envelope = envelope_in(response, index)
    if envelope.fault is not None:
        code = envelope.fault.platform_code or envelope.fault.code
        raise ProducerFault(f"answered with the SOAP fault {code}", logical_address=address, code=code)
    body = envelope.body
    if body is None or response.status != _OK or body.tag != FIND_CONTENT.response_tag:
        raise InvalidAnswer("answered with something else than FindContent 1.0", logical_address=address)
    broke = "broke the contract FindContent 1.0"
    findings = FIND_CONTENT.violations(body)
    if findings:
        raise InvalidAnswer(f"{broke}: {findings[0].message}", logical_address=address, findings=findings)
    try:
        found = read_found(body)
    except ContractViolation as exc:
        raise InvalidAnswer(f"{broke}: {exc}", logical_address=address, findings=exc.findings) from exc
    if any(one.patient_id != search.patient_id for one in found):
        raise WrongPatient("answered about another patient: nothing of it is used", logical_address=address)
    return found
