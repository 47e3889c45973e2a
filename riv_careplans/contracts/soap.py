"""SOAP 1.1 as RIV-TA uses it: the envelope around a message, its headers, and faults.

Reading is strict about what RIV-TA demands and lets the rest be: one Body with one child, a version
of SOAP we speak, no header that we must understand and do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from riv_careplans import codec
from riv_careplans.codes import REGISTRY_1, STATUS_HEADERS_1
from riv_careplans.contracts import processing_status
from riv_careplans.errors import ContractViolation, Finding
from riv_careplans.exchange import Outcome

__all__ = ["SOAP_11", "Envelope", "Fault", "read_envelope", "write_envelope", "write_fault", "write_question"]

SOAP_11: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_OPENING = f'<?xml version="1.0" encoding="UTF-8"?>\n<s:Envelope xmlns:s="{SOAP_11}">'
# "faultstring `VPnnn [<platform name>] <text>`", "`EInnn: ...`" -- what the platform sends
_PLATFORM_CODE = re.compile(r"\s*((?:VP|EI)[0-9]{3})\b")
_ADDRESS = f"{{{REGISTRY_1}}}LogicalAddress"
_STATUS = f"{{{STATUS_HEADERS_1}}}ProcessingStatus"
_FOR_US = ("", "http://schemas.xmlsoap.org/soap/actor/next")
"""Values of a header's `actor` that mean the receiver of the message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A SOAP Fault, without its text: a fault may repeat the question, and so the patient's id."""

    code: str
    """`Client`, `Server`, `VersionMismatch` or `MustUnderstand`; else `Server`."""

    platform_code: str = ""
    """The national platform's own code, such as `VP007`, when the fault has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What a SOAP message carries."""

    body: codec.Element | None
    """The message in the Body; None when the Body holds a fault."""

    logical_addresses: tuple[str, ...] = ()
    """Every LogicalAddress header as it stands; RIV-TA wants exactly one."""

    outcomes: tuple[Outcome, ...] = ()
    """What ProcessingStatus said of the sources below an aggregating service."""

    fault: Fault | None = None


def read_envelope(root: codec.Element) -> Envelope:
    """Read the envelope; raises `ContractViolation` when it is not SOAP 1.1 with one message."""
    if root.tag != f"{{{SOAP_11}}}Envelope":
        if codec.local_name(root) == "Envelope":
            raise _broken("the envelope must be SOAP 1.1", "VersionMismatch")
        raise _broken("the document must be a SOAP 1.1 envelope")
    bodies = [child for child in root if child.tag == f"{{{SOAP_11}}}Body"]
    headers = [block for child in root if child.tag == f"{{{SOAP_11}}}Header" for block in child]
    if len(bodies) != 1 or len(bodies[0]) != 1:
        raise _broken("the envelope must have one Body with one message in it")
    _check_understood(headers)
    message = bodies[0][0]
    is_fault = message.tag == f"{{{SOAP_11}}}Fault"
    return Envelope(
        body=None if is_fault else message,
        fault=_fault(message) if is_fault else None,
        logical_addresses=tuple(block.text or "" for block in headers if block.tag == _ADDRESS),
        outcomes=tuple(
            outcome
            for block in headers
            if block.tag == _STATUS
            for outcome in processing_status.outcomes_of(block)
        ),
    )


def _check_understood(headers: Iterable[codec.Element]) -> None:
    for block in headers:
        must = (block.get(f"{{{SOAP_11}}}mustUnderstand") or "").strip() in ("1", "true")
        for_us = (block.get(f"{{{SOAP_11}}}actor") or "").strip() in _FOR_US
        if must and for_us and block.tag not in (_ADDRESS, _STATUS):
            raise _broken("a header must be understood and is not known here", "MustUnderstand")


def _broken(problem: str, code: str = "SOAP") -> ContractViolation:
    return ContractViolation(problem, findings=(Finding(code=code, message=problem),))


def _fault(element: codec.Element) -> Fault:
    texts = {codec.local_name(child): child.text or "" for child in element}
    # "Client.Authentication": what follows the dot narrows it down -- SOAP 1.1, section 4.4.1
    code = texts.get("faultcode", "").rpartition(":")[2].strip().partition(".")[0]
    named = _PLATFORM_CODE.match(texts.get("faultstring", ""))
    known = code in ("Client", "Server", "VersionMismatch", "MustUnderstand")
    return Fault(code=code if known else "Server", platform_code=named[1] if named else "")


def write_question(message: str, logical_address: str) -> bytes:
    """Write a question with its LogicalAddress header.

    Raises `ContractViolation` for an address with a character that XML cannot carry.
    """
    try:
        address = codec.escape(logical_address)
    except ValueError:
        raise _broken("the logical address holds a character that XML cannot carry") from None
    header = f'<a:LogicalAddress xmlns:a="{REGISTRY_1}">{address}</a:LogicalAddress>'
    return f"{_OPENING}<s:Header>{header}</s:Header><s:Body>{message}</s:Body></s:Envelope>".encode()


def write_envelope(pieces: Iterable[str], *, headers: str = "") -> Iterator[bytes]:
    """Write an envelope around a message that comes in pieces; `headers` is XML already."""
    yield (_OPENING + (f"<s:Header>{headers}</s:Header>" if headers else "") + "<s:Body>").encode()
    for piece in pieces:
        yield piece.encode()
    yield b"</s:Body></s:Envelope>"


def write_fault(code: str, text: str) -> bytes:
    """Write a SOAP Fault; `text` is a fixed sentence of ours with a log id, never input."""
    told = f"<faultcode>s:{code}</faultcode><faultstring>{codec.escape(text)}</faultstring>"
    return f"{_OPENING}<s:Body><s:Fault>{told}</s:Fault></s:Body></s:Envelope>".encode()
