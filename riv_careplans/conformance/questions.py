"""Questions as bytes: good ones, and those that are wrong in exactly one way. Pure."""

from __future__ import annotations

from typing import Final

from riv_careplans import codec
from riv_careplans.codes import REGISTRY_1
from riv_careplans.contract import Contract
from riv_careplans.contracts import Interaction
from riv_careplans.contracts.soap import SOAP_11
from riv_careplans.exchange import Query

__all__ = ["NOWHERE", "Wording", "headers", "write"]

NOWHERE: Final = "SE2329999995-CONFORMANCE"
"""An invented HSA-id, which no system and no unit has."""

_SOAP_12: Final = "http://www.w3.org/2003/05/soap-envelope"
_CHECK: Final = "urn:riv-careplans:conformance:1"


class Wording:
    """One way to write a question: each method gives the envelope, changed in one place."""

    def __init__(self, interaction: Interaction, query: Query, logical_address: str | None) -> None:
        self._contract: Contract = interaction.contract
        self._message = interaction.write_request(query)
        self._address = logical_address

    def plain(self) -> bytes:
        """Write the question as it should be."""
        return write(self._message, self._address).encode()

    def in_utf_16(self) -> bytes:
        """Write it in UTF-16 with a byte order mark."""
        return write(self._message, self._address, encoding="UTF-16").encode("utf-16")

    def with_byte_order_mark(self) -> bytes:
        """Write it in UTF-8 with a byte order mark."""
        return write(self._message, self._address).encode("utf-8-sig")

    def extended(self, token: str) -> bytes:
        """Put an element that nobody knows in the question's extension point."""
        unknown = f'<x:unknown xmlns:x="{_CHECK}"><x:deeper>{token}</x:deeper></x:unknown>'
        return write(self._inside(unknown), self._address).encode()

    def with_header(self, token: str) -> bytes:
        """Add a SOAP header that nobody knows and nobody has to understand."""
        block = f'<x:note xmlns:x="{_CHECK}">{token}</x:note>'
        return write(self._message, self._address, more_headers=block).encode()

    def against_the_schema(self, token: str) -> bytes:
        """Put an element of the contract's own namespace where the contract has none."""
        return write(self._inside(f"<r:{token}>{token}</r:{token}>"), self._address).encode()

    def not_well_formed(self, token: str) -> bytes:
        """Leave an element open, and write a token after it."""
        return self.plain().replace(b"</s:Body>", f"<open-{token}>{token}</s:Body>".encode())

    def of_no_contract(self, token: str) -> bytes:
        """Ask something that belongs to no contract."""
        return write(f'<x:{token} xmlns:x="{_CHECK}">{token}</x:{token}>', self._address).encode()

    def with_doctype(self) -> bytes:
        """Put a document type declaration before the envelope."""
        return self.plain().replace(b"<s:Envelope", b"<!DOCTYPE s:Envelope><s:Envelope", 1)

    def with_entity(self, secret: str) -> bytes:
        """Let an internal entity stand for the patient's number."""
        declared = f'<!DOCTYPE s:Envelope [<!ENTITY number "{secret}">]><s:Envelope'.encode()
        plain = self.plain().replace(f">{secret}<".encode(), b">&number;<", 1)
        return plain.replace(b"<s:Envelope", declared, 1)

    def of_size(self, size: int) -> bytes:
        """Fill the question up to a size with blanks where blanks mean nothing."""
        plain = self.plain()
        return plain.replace(b"<s:Body>", b"<s:Body>" + b" " * max(size - len(plain), 0), 1)

    def in_soap_12(self) -> bytes:
        """Write it in an envelope of SOAP 1.2."""
        return self.plain().replace(SOAP_11.encode(), _SOAP_12.encode())

    def _inside(self, element: str) -> str:
        closing = f"</r:{self._contract.name}>"
        return self._message.replace(closing, element + closing)


def write(
    message: str, logical_address: str | None, *, encoding: str = "UTF-8", more_headers: str = ""
) -> str:
    """Write an envelope; without a logical address, without that header."""
    block = ""
    if logical_address is not None:
        escaped = codec.escape(logical_address)
        block = f'<a:LogicalAddress xmlns:a="{REGISTRY_1}">{escaped}</a:LogicalAddress>'
    inside = block + more_headers
    header = f"<s:Header>{inside}</s:Header>" if inside else ""
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>\n'
        f'<s:Envelope xmlns:s="{SOAP_11}">{header}<s:Body>{message}</s:Body></s:Envelope>'
    )


def headers(
    contract: Contract, *, content_type: str = "text/xml; charset=UTF-8", action: str | None = ""
) -> dict[str, str]:
    """Return the HTTP headers of a question.

    `action` is the SOAPAction as it is sent: empty means the contract's own in quotation marks, and None
    that the header is left out.
    """
    told = {"Content-Type": content_type}
    if action is not None:
        told["SOAPAction"] = action or f'"{contract.soap_actions[0]}"'
    return told
