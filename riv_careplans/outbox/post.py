"""One Update to the engagement index, and what came of it. Knows no database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final
from uuid import uuid4

from riv_careplans import bridge, codec
from riv_careplans.codes import ResultCode
from riv_careplans.consumer.response import Response
from riv_careplans.consumer.transport import Transport
from riv_careplans.contracts.engagement_index import (
    UPDATE,
    Transaction,
    read_result,
    write_transactions,
)
from riv_careplans.contracts.soap import read_envelope, write_question
from riv_careplans.errors import DocumentError, ProducerError
from riv_careplans.settings import OutboxSettings, ProducerAddress

__all__ = ["IndexPost", "Reception", "Told"]

_OK: Final = 200
_FAULT: Final = 500
_OF_THE_MESSAGE: Final = frozenset({"EI001", "EI002", "EI004"})
"""Faults that say that the message itself is wrong: sent again, it would be refused again.

A fault without such a code is not believed: whoever is asked by mistake answers with one too.
"""


class Told(Enum):
    """What the index made of an Update."""

    TAKEN = "taken"
    REFUSED = "refused"
    """The message is wrong: sending it again is useless."""
    NOT_NOW = "not now"
    """The index, the way to it or our permission is not what it should be: later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """What came of an Update."""

    told: Told
    problem: str = ""
    """A sentence of ours, without anything that was sent."""


class IndexPost:
    """The way to the index; raises `ConfigurationError` for certificates that cannot be used."""

    def __init__(self, settings: OutboxSettings) -> None:
        self._settings = settings
        self._transport = Transport(
            ProducerAddress(
                logical_address=settings.logical_address,
                url=settings.url,
                certificate=settings.certificate,
                key=settings.key,
                authority=settings.authority,
                timeout=settings.timeout,
            )
        )

    def update(self, transactions: Iterable[Transaction]) -> Reception:
        """Send an Update; raises nothing for what the index or the network does."""
        message = write_transactions(UPDATE, transactions)
        question = write_question(message, self._settings.logical_address)
        headers = {
            "Content-Type": "text/xml; charset=utf-8",
            "SOAPAction": f'"{UPDATE.soap_actions[0]}"',
            "x-rivta-original-serviceconsumer-hsaid": self._settings.source_system,
            "x-skltp-correlation-id": str(uuid4()),
        }
        try:
            return _reception(bridge.run(lambda: self._transport.post(question, headers)))
        except ProducerError as exc:
            return Reception(told=Told.NOT_NOW, problem=f"the index {exc.problem}")
        except DocumentError:
            problem = "the index answered with something that is no answer to Update"
            return Reception(told=Told.NOT_NOW, problem=problem)


def _reception(response: Response) -> Reception:
    """Judge an answer; raises `DocumentError` for what is none."""
    if response.status not in (_OK, _FAULT):
        problem = f"the index answered with HTTP status {response.status}"
        return Reception(told=Told.NOT_NOW, problem=problem)
    envelope = read_envelope(codec.parse(response.body))
    if envelope.fault is not None:
        code = envelope.fault.platform_code or envelope.fault.code
        told = Told.REFUSED if code in _OF_THE_MESSAGE else Told.NOT_NOW
        return Reception(told=told, problem=f"the index answered with the SOAP fault {code}")
    if envelope.body is None or envelope.body.tag != UPDATE.response_tag or UPDATE.violations(envelope.body):
        problem = "the index answered with something that is no answer to Update"
        return Reception(told=Told.NOT_NOW, problem=problem)
    result = read_result(envelope.body)
    if result.code is ResultCode.ERROR:
        return Reception(told=Told.REFUSED, problem="the index answered with the result ERROR")
    return Reception(told=Told.TAKEN)
