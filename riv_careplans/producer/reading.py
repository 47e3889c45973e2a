"""From a letter of GetCarePlans to a query, or to the reason why there is none. Pure.

Every reason is a sentence of ours: it names elements of the contract at most, and repeats nothing of
the question. What is no question at all is `Refused`, and becomes a SOAP Fault; a question that the
schema accepts and the rules do not becomes an answer with the result ERROR.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from riv_careplans.contracts import Interaction
from riv_careplans.errors import ContractViolation, Finding
from riv_careplans.exchange import Call, Query
from riv_careplans.identity import PERSONNUMMER, SAMORDNINGSNUMMER, identity_key
from riv_careplans.producer.letters import Letter, check_address, check_schema
from riv_careplans.producer.paging import is_readable
from riv_careplans.producer.visit import Visit
from riv_careplans.rules import RuleFinding, Severity, check_query
from riv_careplans.settings import ProducerSettings

__all__ = ["Problem", "Question", "read_question"]

_TOLD: Final = {
    "CP-001": "ett datum eller en tid finns inte i kalendern",
    "CP2-001": "källsystemets id behövs när en vårdkontakt anges",
}
"""What the readers of the contracts find, which have no Swedish."""

_BROKEN: Final = "den bryter mot tjänstekontraktets regler"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a question that the schema accepts cannot be answered."""

    code: str
    """The broken rule, or the element that is wrong."""

    text: str
    """One sentence in Swedish: it reaches whoever asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question that has passed the schema."""

    interaction: Interaction
    query: Query | None
    """None when a value in it does not exist, such as 31 February."""

    problems: tuple[Problem, ...] = ()
    """When there are any, the answer is ERROR, INVALID_REQUEST."""


def read_question(
    letter: Letter, visit: Visit, *, interaction: Interaction, settings: ProducerSettings
) -> Question:
    """Validate and read the question; raises `Refused` for one to somebody else or that breaks the schema."""
    address = check_address(letter, settings.logical_addresses)
    check_schema(letter)
    try:
        query = interaction.read_request(letter.message)
    except ContractViolation as exc:
        return Question(interaction=interaction, query=None, problems=tuple(_problems(exc.findings)))
    call = Call(
        logical_address=address,
        caller=visit.caller,
        original_consumer=visit.original_consumer,
        correlation_id=visit.correlation_id,
    )
    query = replace(query, call=call)
    return Question(interaction=interaction, query=query, problems=tuple(_faults(query)))


def _faults(query: Query) -> Iterator[Problem]:
    yield from _problems(found for found in check_query(query) if found.severity is Severity.ERROR)
    # "must equal the logical address; needed when the patient id is a local reservnummer"
    # -- contract description, section 2, and TKB clinicalprocess:logistics:logistics 3.0.13
    source = query.source_system_id
    if source is None and query.patient_id.root not in (PERSONNUMMER, SAMORDNINGSNUMMER):
        text = "källsystemets id behövs när patientens id är ett reservnummer"
        yield Problem(code="sourceSystemId", text=text)
    if source is not None and source.key != identity_key(source.root, query.call.logical_address):
        text = "källsystemets id måste vara detsamma som den logiska adressen"
        yield Problem(code="sourceSystemId", text=text)
    if not is_readable(query.has_more_reference):
        text = "hänvisningen till fler poster är inte en som har lämnats ut här"
        yield Problem(code="hasMoreReference", text=text)


def _problems(findings: Iterable[Finding]) -> Iterator[Problem]:
    for finding in findings:
        told = finding.message_sv if isinstance(finding, RuleFinding) else _TOLD.get(finding.code, _BROKEN)
        yield Problem(code=finding.code, text=told)
