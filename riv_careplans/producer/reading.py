"""From the bytes of a question to a query, or to the reason why there is none. Pure.

Every reason is a sentence of ours: it names elements of the contract at most, and repeats nothing of
the question. What is no question at all is `Refused`, and becomes a SOAP Fault; a question that the
schema accepts and the rules do not becomes an answer with the result ERROR.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from msgspec.structs import replace

from riv_careplans import codec
from riv_careplans.contract import Contract
from riv_careplans.contracts import Interaction, interaction_for
from riv_careplans.contracts.soap import read_envelope
from riv_careplans.errors import ContractViolation, Finding, NotWellFormed
from riv_careplans.exchange import Call, Query
from riv_careplans.identity import HSA_ID, PERSONNUMMER, SAMORDNINGSNUMMER, identity_key
from riv_careplans.producer.paging import is_readable
from riv_careplans.producer.visit import Visit
from riv_careplans.rules import RuleFinding, Severity, check_query
from riv_careplans.settings import ProducerSettings

__all__ = ["Letter", "Problem", "Question", "Refused", "open_letter", "read_question"]

_LONGEST_ADDRESS: Final = 64
_XSD_ELEMENT: Final = "{http://www.w3.org/2001/XMLSchema}element"
_STEP: Final = re.compile(r"([A-Za-z0-9_.-]+)(\[[0-9]+\])?")

_TOLD: Final = {
    "CP-001": "ett datum eller en tid finns inte i kalendern",
    "CP2-001": "källsystemets id behövs när en vårdkontakt anges",
}
"""What the readers of the contracts find, which have no Swedish."""

_BROKEN: Final = "den bryter mot tjänstekontraktets regler"


class Refused(Exception):
    """There is no question to answer; the message is fixed text, fit for a Fault."""

    def __init__(self, text: str, *, code: str = "Client", reason: str = "") -> None:
        super().__init__(text)
        self.code = code
        """SOAP 1.1 fault code: `Client`, `Server`, `VersionMismatch` or `MustUnderstand`."""
        self.reason = reason or text
        """For the operator's log, where more may be said than in the Fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A SOAP message with one logical address and a question of a known contract."""

    interaction: Interaction
    message: codec.Element
    logical_address: str


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


def open_letter(visit: Visit, settings: ProducerSettings) -> Letter:
    """Parse the bytes, once, and find out who is asked what; raises `Refused`."""
    message, addresses = _opened(visit, settings)
    spoken = [interaction_for(version) for version in settings.contracts]
    interaction = next((one for one in spoken if one.contract.namespace == codec.namespace_of(message)), None)
    if interaction is None:
        names = ", ".join(f"{one.contract.name} {one.contract.version}" for one in spoken)
        raise Refused(f"The message belongs to no contract that is spoken here: {names}.")
    if message.tag != interaction.contract.request_tag:
        raise Refused(f"The message must be the question {interaction.contract.name}.")
    address = _logical_address(addresses, settings)
    return Letter(interaction=interaction, message=message, logical_address=address)


def _opened(visit: Visit, settings: ProducerSettings) -> tuple[codec.Element, tuple[str, ...]]:
    """Return the message in the envelope and its addresses; raises `Refused`."""
    limits = codec.Limits(size=settings.max_request_bytes)
    try:
        envelope = read_envelope(codec.parse(visit.body, limits, charset=visit.charset))
    except NotWellFormed as exc:
        raise Refused(f"The question cannot be read: {exc}.") from None
    except ContractViolation as exc:
        code = exc.findings[0].code if exc.findings else ""
        known = code in ("VersionMismatch", "MustUnderstand")
        text = f"The question is not a message that is accepted here: {exc}."
        raise Refused(text, code=code if known else "Client") from None
    if envelope.body is None:
        raise Refused("The message is a Fault, and not a question.")
    return envelope.body, envelope.logical_addresses


def _logical_address(addresses: tuple[str, ...], settings: ProducerSettings) -> str:
    """Return the one address; raises `Refused`."""
    if len(addresses) != 1:
        raise Refused("The header LogicalAddress must be there exactly once.")
    (address,) = addresses
    if not address or address != address.strip() or not address.isprintable():
        raise Refused("The header LogicalAddress must be an HSA-id without blanks around it.")
    if len(address) > _LONGEST_ADDRESS:
        raise Refused(f"The header LogicalAddress must be at most {_LONGEST_ADDRESS} characters.")
    known = {identity_key(HSA_ID, one) for one in settings.logical_addresses}
    if known and identity_key(HSA_ID, address) not in known:
        raise Refused("The header LogicalAddress names a system that does not answer here.")
    return address


def read_question(letter: Letter, visit: Visit) -> Question:
    """Validate and read the question; raises `Refused` for one that breaks the schema."""
    interaction = letter.interaction
    violations = interaction.contract.violations(letter.message)
    if violations:
        path = _known_path(interaction.contract, violations[0].path)
        place = f" at {path}" if path else ""
        raise Refused(
            f"The question breaks the schema of the contract{place}.",
            reason=f"the question breaks the schema: {violations[0].message}",
        )
    try:
        query = interaction.read_request(letter.message)
    except ContractViolation as exc:
        return Question(interaction=interaction, query=None, problems=tuple(_problems(exc.findings)))
    call = Call(
        logical_address=letter.logical_address,
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


def _known_path(contract: Contract, path: str) -> str:
    """Keep a path as far as it consists of the contract's own names: the rest came from outside."""
    names = _names(contract)
    kept: list[str] = []
    for step in path.split("/"):
        match = _STEP.fullmatch(step)
        if match is None or match[1] not in names:
            break
        kept.append(step)
    return "/".join(kept)


@cache
def _names(contract: Contract) -> frozenset[str]:
    """Gather the names of all elements that a contract's schemas declare."""
    return frozenset(
        str(element.get("name"))
        for path in contract.folder.rglob("*.xsd")
        for element in codec.parse(path.read_bytes()).iter(_XSD_ELEMENT)
        if element.get("name")
    )
