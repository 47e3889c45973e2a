"""From the bytes of a request to a letter: who is asked what, by a contract that is spoken here. Pure.

Every reason for refusing is a sentence of ours: it names elements of the contract at most, and repeats
nothing of the request.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Protocol

from riv_careplans import codec
from riv_careplans.contract import Contract
from riv_careplans.contracts.soap import read_envelope
from riv_careplans.errors import ContractViolation, NotWellFormed
from riv_careplans.identity import HSA_ID, identity_key
from riv_careplans.producer.visit import Visit

__all__ = ["Letter", "Operation", "Refused", "check_address", "check_schema", "open_letter"]

_LONGEST_ADDRESS: Final = 64
_XSD_ELEMENT: Final = "{http://www.w3.org/2001/XMLSchema}element"
_STEP: Final = re.compile(r"([A-Za-z0-9_.-]+)(\[[0-9]+\])?")


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
    """A SOAP message of a contract that is spoken here, with whom it is to."""

    contract: Contract
    message: codec.Element
    logical_addresses: tuple[str, ...]
    """As they stand; RIV-TA wants exactly one, see `check_address`."""


class Operation(Protocol):
    """One operation of one contract: what an endpoint does with the letters of that contract.

    Called from many threads. Whatever it raises but `Refused` is a failure of ours, and a Fault.
    """

    @property
    def contract(self) -> Contract:
        """The contract; letters are told apart by its namespace."""
        ...

    @property
    def label(self) -> str:
        """What the log calls the contract."""
        ...

    def read(self, letter: Letter, visit: Visit) -> Any:
        """Return the question in a letter, for `answer`; raises `Refused`."""
        ...

    def answer(self, question: Any, visit: Visit) -> Iterable[bytes]:
        """Answer with an envelope in pieces, and tell the visit how it went; raises `Refused`."""
        ...


def open_letter(visit: Visit, contracts: Sequence[Contract], *, most_bytes: int) -> Letter:
    """Parse the bytes, once, and find out what is asked; raises `Refused`."""
    message, addresses = _opened(visit, most_bytes)
    contract = next((one for one in contracts if one.namespace == codec.namespace_of(message)), None)
    if contract is None:
        names = ", ".join(f"{one.name} {one.version}" for one in contracts)
        raise Refused(f"The message belongs to no contract that is spoken here: {names}.")
    if message.tag != contract.request_tag:
        raise Refused(f"The message must be the question {contract.name}.")
    return Letter(contract=contract, message=message, logical_addresses=addresses)


def _opened(visit: Visit, most_bytes: int) -> tuple[codec.Element, tuple[str, ...]]:
    """Return the message in the envelope and its addresses; raises `Refused`."""
    limits = codec.Limits(size=most_bytes, names=codec.REQUEST_LIMITS.names)
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


def check_address(letter: Letter, known: Iterable[str]) -> str:
    """Return the one logical address; raises `Refused`. No known address at all means any."""
    if len(letter.logical_addresses) != 1:
        raise Refused("The header LogicalAddress must be there exactly once.")
    (address,) = letter.logical_addresses
    if not address or address != address.strip() or not address.isprintable():
        raise Refused("The header LogicalAddress must be an HSA-id without blanks around it.")
    if len(address) > _LONGEST_ADDRESS:
        raise Refused(f"The header LogicalAddress must be at most {_LONGEST_ADDRESS} characters.")
    keys = {identity_key(HSA_ID, one) for one in known}
    if keys and identity_key(HSA_ID, address) not in keys:
        raise Refused("The header LogicalAddress names a system that does not answer here.")
    return address


def check_schema(letter: Letter) -> None:
    """Validate the message; raises `Refused` for one that breaks its contract's schema."""
    violations = letter.contract.violations(letter.message)
    if violations:
        path = _known_path(letter.contract, violations[0].path)
        place = f" at {path}" if path else ""
        raise Refused(
            f"The question breaks the schema of the contract{place}.",
            reason=f"the question breaks the schema: {violations[0].message}",
        )


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
