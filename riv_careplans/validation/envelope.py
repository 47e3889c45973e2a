"""The SOAP envelope around a message: one SOAP 1.1 envelope, one message, and RIV-TA's one address.

`contracts.soap` reads envelopes and refuses in one sentence; here every mistake is named where it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from riv_careplans.codec import Element, local_name
from riv_careplans.codes import REGISTRY_1
from riv_careplans.contracts.soap import SOAP_11, Fault, read_envelope
from riv_careplans.errors import ContractViolation
from riv_careplans.identity import is_hsa_id, is_organisation_number
from riv_careplans.rules import Text
from riv_careplans.validation.mistakes import Mistake

__all__ = ["Letter", "address_mistakes", "open_letter"]

_SOAP_12: Final = "http://www.w3.org/2003/05/soap-envelope"
_ADDRESS: Final = f"{{{REGISTRY_1}}}LogicalAddress"
_LONGEST_ADDRESS: Final = 64
_PRINTABLE: Final = re.compile(r"[!-~]+")
_SOAP_11_IS = Text(f"RIV-TA's envelope is SOAP 1.1: {SOAP_11}", f"RIV-TA:s kuvert är SOAP 1.1: {SOAP_11}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What stands in an envelope, or without one."""

    message: Element | None = None
    """None for a fault, and when the envelope is broken."""

    fault: Fault | None = None
    root: Element
    in_envelope: bool = False
    mistakes: tuple[Mistake, ...] = ()


def open_letter(root: Element) -> Letter:
    """Take the message out of its envelope; a root that is no envelope is the message."""
    if local_name(root) != "Envelope":
        if root.tag == f"{{{SOAP_11}}}Fault":
            return Letter(root=root, fault=Fault(code="Server"))
        return Letter(root=root, message=root)
    mistakes = tuple(_envelope_mistakes(root))
    if mistakes:
        return Letter(root=root, in_envelope=True, mistakes=mistakes)
    try:
        envelope = read_envelope(root)
    except ContractViolation:
        return Letter(root=root, in_envelope=True, mistakes=(_not_understood(root),))
    return Letter(root=root, in_envelope=True, message=envelope.body, fault=envelope.fault)


def _envelope_mistakes(root: Element) -> Iterator[Mistake]:
    if root.tag != f"{{{SOAP_11}}}Envelope":
        is_12 = root.tag == f"{{{_SOAP_12}}}Envelope"
        what = (
            Text("the envelope is SOAP 1.2", "kuvertet är SOAP 1.2")
            if is_12
            else Text(
                "the envelope stands in a namespace that is not SOAP's",
                "kuvertet står i en namnrymd som inte är SOAP:s",
            )
        )
        yield Mistake(code="SOAP-001" if is_12 else "SOAP-002", element=root, text=what, remedy=_SOAP_11_IS)
        return
    bodies = [child for child in root if child.tag == f"{{{SOAP_11}}}Body"]
    if len(bodies) != 1:
        yield Mistake(
            code="SOAP-003",
            element=bodies[1] if bodies else root,
            missing="" if bodies else "Body",
            text=Text("the envelope has more than one Body", "kuvertet har mer än en Body")
            if bodies
            else Text("the envelope has no Body", "kuvertet har ingen Body"),
            remedy=Text(
                "an envelope has exactly one Body, after its Header",
                "ett kuvert har exakt en Body, efter sin Header",
            ),
        )
    elif len(bodies[0]) != 1:
        yield Mistake(
            code="SOAP-004",
            element=bodies[0],
            text=Text("the Body holds more than one message", "Body innehåller mer än ett meddelande")
            if len(bodies[0])
            else Text("the Body holds no message", "Body innehåller inget meddelande"),
            remedy=Text("put exactly one message in it", "lägg exakt ett meddelande i den"),
        )


def _not_understood(root: Element) -> Mistake:
    """Say why an envelope that looks right is refused: for a header that must be understood."""
    must = f"{{{SOAP_11}}}mustUnderstand"
    header = next((one for one in root.iter() if one.get(must) and one.tag != _ADDRESS), root)
    return Mistake(
        code="SOAP-005",
        element=header,
        text=Text(
            "a header must be understood, and RIV-TA knows no such header",
            "en header måste förstås av mottagaren, och RIV-TA har ingen sådan",
        ),
        remedy=Text("remove the header, or its mustUnderstand", "ta bort headern, eller dess mustUnderstand"),
    )


def address_mistakes(root: Element) -> Iterator[Mistake]:
    """Check the LogicalAddress of a question in an envelope: RIV-TA wants exactly one."""
    headers = [child for child in root if child.tag == f"{{{SOAP_11}}}Header"]
    blocks = [block for header in headers for block in header if block.tag == _ADDRESS]
    if not blocks:
        yield _no_address(root, headers[0] if headers else root)
    for block in blocks[1:2]:
        yield Mistake(
            code="SOAP-007",
            element=block,
            text=Text(
                f"LogicalAddress stands {len(blocks)} times", f"LogicalAddress står {len(blocks)} gånger"
            ),
            remedy=Text("a question has exactly one", "en fråga har exakt en"),
        )
    for block in blocks[:1]:
        yield from _address_form(block, block.text or "")


def _no_address(root: Element, holder: Element) -> Mistake:
    astray = next((one for one in root.iter() if local_name(one) == "LogicalAddress"), None)
    if astray is None:
        text = Text("the question has no LogicalAddress", "frågan har ingen LogicalAddress")
    elif astray.tag == _ADDRESS:
        text = Text("LogicalAddress does not stand in the Header", "LogicalAddress står inte i Header")
    else:
        text = Text("LogicalAddress stands in the wrong namespace", "LogicalAddress står i fel namnrymd")
    return Mistake(
        code="SOAP-006",
        element=holder if astray is None else astray,
        missing="LogicalAddress" if astray is None else "",
        text=text,
        remedy=Text(
            f"put the receiver's HSA-id in Header/LogicalAddress, in the namespace {REGISTRY_1}",
            f"ange mottagarens HSA-id i Header/LogicalAddress, i namnrymden {REGISTRY_1}",
        ),
    )


def _address_form(block: Element, text: str) -> Iterator[Mistake]:
    right = Text(
        "write the receiver's HSA-id alone: SE, ten digits, a hyphen and a suffix",
        "skriv bara mottagarens HSA-id: SE, tio siffror, bindestreck och ett suffix",
    )
    if not text.strip():
        what = ("SOAP-008", Text("LogicalAddress is empty", "LogicalAddress är tom"))
    elif text != text.strip():
        what = (
            "SOAP-009",
            Text(
                "there are blanks or line breaks around the LogicalAddress",
                "det står blanktecken eller radbrytningar kring LogicalAddress",
            ),
        )
    elif len(text) > _LONGEST_ADDRESS or not _PRINTABLE.fullmatch(text):
        what = (
            "SOAP-010",
            Text(
                f"LogicalAddress is longer than {_LONGEST_ADDRESS} characters, or holds blanks or other "
                "characters that no address has",
                f"LogicalAddress är längre än {_LONGEST_ADDRESS} tecken eller innehåller blanktecken eller "
                "andra tecken som inga adresser har",
            ),
        )
    elif not (is_hsa_id(text) or is_organisation_number(text)):
        what = ("SOAP-011", Text("LogicalAddress is no HSA-id", "LogicalAddress är inget HSA-id"))
    else:
        return
    yield Mistake(code=what[0], element=block, text=what[1], remedy=right)
