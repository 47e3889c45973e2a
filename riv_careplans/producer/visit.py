"""One question on its way through the producer, and the one line that is logged about it.

Knows no HTTP, no SOAP and no patient: nothing that came from outside is written to the log, except a
correlation id that is a UUID.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import Enum
from time import perf_counter
from typing import Final
from uuid import UUID

__all__ = ["HeldBack", "Outcome", "Visit"]

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
    original_consumer: str = ""

    outcome: Outcome = Outcome.FAILED
    reason: str = ""
    """Why it was not answered: a sentence of ours, for the operator."""

    status: int = 0
    contract: str = ""
    records: int = 0
    held_back: tuple[HeldBack, ...] = ()
    started: float = 0.0

    def log(self) -> None:
        """Write the line; call it once, when the last byte has been given away."""
        name, level = self.outcome.value
        if self.held_back:
            level = max(level, logging.WARNING)
        milliseconds = round((perf_counter() - self.started) * 1000)
        line = f"{name} log_id={self.log_id} status={self.status} ms={milliseconds}"
        if _is_uuid(self.correlation_id):
            line += f" correlation_id={self.correlation_id}"
        if self.contract:
            line += f" contract={self.contract} records={self.records} held_back={len(self.held_back)}"
        if self.held_back:
            more = len(self.held_back) - _MOST_PLACES
            places = ", ".join(map(str, self.held_back[:_MOST_PLACES]))
            line += f" places={places}" + (f" and {more} more" if more > 0 else "")
        _LOGGER.log(level, "%s", line + (f" reason={self.reason}" if self.reason else ""))


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
