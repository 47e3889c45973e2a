"""One question on its way through the producer, and the one line that is logged about it.

Knows no HTTP, no SOAP and no patient. Of what came from outside the log holds the correlation id,
which is a UUID, and who asked whom, where that has the form of an HSA-id or an organisation number.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import Enum
from time import perf_counter
from typing import Any, Final

from riv_careplans.identity import is_hsa_id, is_organisation_number
from riv_careplans.producer.persons import tells_a_person
from riv_careplans.settings import CallerSettings

__all__ = ["SERIAL_NUMBERS", "HeldBack", "Outcome", "Visit", "is_system"]

SERIAL_NUMBERS: Final = "riv_careplans.serial_numbers"
"""Where the WSGI environment holds every serialNumber of the caller's certificate, under TLS."""

_LOGGER: Final = logging.getLogger("riv_careplans.producer")
_MOST_PLACES: Final = 20


class Outcome(Enum):
    """How a question ended; the value is the level it is logged at."""

    ANSWERED = ("answered", logging.INFO)
    PUBLISHED = ("published", logging.INFO)
    """A file of the contract was fetched."""
    INVALID = ("invalid", logging.WARNING)
    """Answered with the result ERROR, INVALID_REQUEST."""
    REFUSED = ("refused", logging.WARNING)
    """A Fault of the sender, or a bare HTTP status."""
    FAILED = ("failed", logging.ERROR)
    """A Fault of ours or of the source."""
    ABORTED = ("aborted", logging.WARNING)
    """The connection ended before the answer did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBack:
    """A record that the source gave and that is not sent."""

    place: str
    """Where in the source's answer, such as `carePlan[2]`."""

    codes: tuple[str, ...]
    """The rules it breaks; `XSD` is the schema, `TYPE` a thing that is no record at all."""

    def __str__(self) -> str:
        return f"{self.place} {'+'.join(self.codes)}"


@dataclass(slots=True, kw_only=True)
class Visit:
    """What is known of a question before it is read, and what became of it."""

    log_id: str
    """The UUID that ties answer, fault and log together."""

    body: bytes = b""
    charset: str | None = None
    """What Content-Type says of the body."""

    correlation_id: str = ""
    """A UUID of the platform's, or nothing."""

    caller: str = ""
    """HSA-id of who asks, proven by its certificate; nothing when nobody proved anything."""

    original_consumer: str = ""
    permissions: tuple[CallerSettings, ...] | None = None
    """What the caller may ask; None where nobody is known."""

    logical_address: str = ""
    """Whom it is asked of, as it stands in the question."""

    outcome: Outcome = Outcome.FAILED
    reason: str = ""
    """Why it was not answered: a sentence of ours, for the operator."""

    status: int = 0
    contract: str = ""
    namespace: str = ""
    """The contract's, when it is one that is spoken here."""

    length: int = 0
    """Bytes of the answer, where they are known before the first is sent; else nothing."""

    records: int = 0
    held_back: tuple[HeldBack, ...] = ()
    started: float = 0.0

    def log(self) -> None:
        """Write the line; call it once, when the last byte has been given away."""
        name, level = self.outcome.value
        if self.held_back:
            level = max(level, logging.WARNING)
        seconds = perf_counter() - self.started
        line = f"{name} log_id={self.log_id} status={self.status} ms={round(seconds * 1000)}"
        if self.correlation_id:
            line += f" correlation_id={self.correlation_id}"
        if is_system(self.caller):
            line += f" caller={self.caller}"
        if self.contract:
            line += f" contract={self.contract} records={self.records} held_back={len(self.held_back)}"
        if places := self._places():
            line += f" places={places}"
        line += f" reason={self.reason}" if self.reason else ""
        _LOGGER.log(level, "%s", line, extra={"question": self._fields(name, seconds)})

    def _places(self) -> str:
        more = len(self.held_back) - _MOST_PLACES
        places = ", ".join(map(str, self.held_back[:_MOST_PLACES]))
        return places + (f" and {more} more" if more > 0 else "")

    def _fields(self, name: str, seconds: float) -> dict[str, Any]:
        """Return the line as fields, named as the national platform names them in its own logs."""
        fields = {
            "message": f"question {name}",
            "event.action": "resp-out",
            "event.outcome": "success" if self.outcome in _GOOD else "failure",
            "event.reason": self.reason,
            "event.duration": round(seconds * 1_000_000_000),
            "http.response.status_code": self.status,
            "labels.log_id": self.log_id,
            "labels.skltp_correlationId": self.correlation_id,
            "labels.senderid": self.caller if is_system(self.caller) else "",
            "labels.receiverid": self.logical_address if is_system(self.logical_address) else "",
            "labels.originalServiceconsumerHsaid": self.original_consumer,
            "labels.servicecontract_namespace": self.namespace,
            "labels.outcome": name,
        }
        if self.contract:
            fields |= {"labels.records": self.records, "labels.held_back": len(self.held_back)}
            fields["labels.places"] = self._places()
        return {field: value for field, value in fields.items() if value != ""}


_GOOD: Final = (Outcome.ANSWERED, Outcome.PUBLISHED)


def is_system(text: str) -> bool:
    """Say whether a text names a system, and cannot be a person's number instead."""
    return (is_hsa_id(text) or is_organisation_number(text)) and not tells_a_person(text)
