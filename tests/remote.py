"""A producer on loopback and the remote source that asks it, for the tests of the consumer."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from riv_careplans.consumer import RemoteSource
from riv_careplans.contracts import interaction_for, soap
from riv_careplans.exchange import Answer, Outcome, Query
from riv_careplans.settings import ProducerAddress
from tests.builders import SOURCE_SYSTEM, answer, care_plan, query
from tests.misbehaving import Server

__all__ = ["CANARY", "GOOD", "SHORT", "SOMEONE_ELSE", "ask", "message", "own_outcome", "producer"]

CANARY = "Kanariefågel"
"""A text that must never be met outside the records."""

SHORT = 0.3
"""Seconds to wait for a producer that never answers; the others have all the time they need."""

SOMEONE_ELSE = replace(query().patient_id, extension="188803099368")


def producer(server: Server, **settings: Any) -> ProducerAddress:
    """Build the settings of the consumer for this producer."""
    defaults: dict[str, Any] = {
        "logical_address": SOURCE_SYSTEM,
        "url": server.url,
        "name": "Journalen",
        "connect_timeout": 20,
        "timeout": 20,
    }
    return ProducerAddress(**defaults | settings)


def ask(server: Server, question: Query | None = None, **settings: Any) -> Answer:
    return RemoteSource(producer(server, **settings)).care_plans(question or query())


def message(given: Answer | None = None, *, version: str = "3.0", headers: str = "") -> bytes:
    """Write an answer as a producer does; by default one with one plan."""
    given = given or answer(care_plan())
    pieces = interaction_for(version).write_response(
        given.result, given.care_plans, given.agreements, given.has_more
    )
    return b"".join(soap.write_envelope(pieces, headers=headers))


def own_outcome(given: Answer) -> Outcome:
    """Give what became of the producer itself."""
    return given.outcomes[0]


GOOD = message()
