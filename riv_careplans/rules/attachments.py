"""The rule about attachments: a document is what it says, and where it says.

Decides from the attachment alone; nothing is ever fetched. The quotation is from the contract
description, section 4.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from riv_careplans.model import Attachment
from riv_careplans.rules.rule import Breach, RecordSubject, Text

__all__ = ["MOST_EMBEDDED_BYTES", "attachments_are_honest", "is_web_address"]

MOST_EMBEDDED_BYTES = 100_000
"""The largest embedded document, in bytes before base64."""

# A host must follow; blanks, control characters, backslashes and brackets are how other schemes hide. The
# scheme is ASCII: without case, a long s would be an s.
_WEB_ADDRESS = re.compile(r"(?ai:https?://)[^\s\x00-\x1f\x7f<>\"\\/?#@:][^\s\x00-\x1f\x7f<>\"\\]*")

_TWO_DOCUMENTS = Breach(
    "",
    Text(
        "the attachment has both a value and a reference: give exactly one of them",
        "bilagan har både ett värde och en referens: ange exakt en av dem",
    ),
)
_NO_DOCUMENT = Breach(
    "",
    Text(
        "the attachment has neither a value nor a reference: give exactly one of them",
        "bilagan har varken värde eller referens: ange exakt en av dem",
    ),
    harmless=True,
)
_NOT_DESCRIBED = Breach(
    "",
    Text(
        "the attachment is left out without being described: give its size and sha256",
        "bilagan är utelämnad utan att vara beskriven: ange dess size och sha256",
    ),
    harmless=True,
)
_TOO_LARGE = Breach(
    "value",
    Text(
        "the embedded document is larger than 100 000 bytes: refer to it instead",
        "det inbäddade dokumentet är större än 100 000 byte: hänvisa till det i stället",
    ),
    harmless=True,
)
_NO_WEB_ADDRESS = Breach(
    "reference",
    Text(
        "the reference is no web address: it must begin with https:// or http:// and a host",
        "referensen är ingen webbadress: den ska börja med https:// eller http:// och ett värdnamn",
    ),
)
_OTHER_SIZE = Breach(
    "size",
    Text(
        "the size is not that of the embedded document: give its bytes before base64",
        "storleken är inte det inbäddade dokumentets: ange dess antal byte före base64",
    ),
)
_OTHER_CHECKSUM = Breach(
    "sha256",
    Text(
        "the checksum is not that of the embedded document: give its SHA-256 in lower-case hexadecimal",
        "kontrollsumman är inte det inbäddade dokumentets: ange dess SHA-256 som små hexadecimala siffror",
    ),
)


def is_web_address(reference: str) -> bool:
    """Say whether a reference leads to the web and nowhere else."""
    return _WEB_ADDRESS.fullmatch(reference) is not None


def attachments_are_honest(subject: RecordSubject) -> Iterator[Breach]:
    """CP-010. Unsafe: two documents in one, one that is not what it says, an address that is no web page.

    A document that is missing or too large is an error, but hides nothing.
    """
    faults = _faults_when_asked if subject.attachments_asked else _faults_when_not_asked
    yield from subject.breaking(Attachment, faults)


def _faults_when_asked(attachment: Attachment) -> tuple[Breach, ...]:
    # "exactly one of value and reference … embedded value ≤ 100 kB (100 000 bytes decoded); reference is
    # http(s); sha256 and size agree with value"
    value, reference = attachment.value, attachment.reference
    checks = (
        (value is not None and reference is not None, _TWO_DOCUMENTS),
        (value is None and reference is None, _NO_DOCUMENT),
        (reference is not None and not is_web_address(reference), _NO_WEB_ADDRESS),
    )
    return (
        *(breach for is_broken, breach in checks if is_broken),
        *(_faults_of_value(attachment, value) if value is not None else ()),
    )


def _faults_of_value(attachment: Attachment, value: bytes) -> Iterator[Breach]:
    if len(value) > MOST_EMBEDDED_BYTES:
        yield _TOO_LARGE
    if attachment.size is not None and attachment.size != len(value):
        yield _OTHER_SIZE
    if attachment.sha256 is not None and attachment.sha256 != hashlib.sha256(value).hexdigest():
        yield _OTHER_CHECKSUM


def _faults_when_not_asked(attachment: Attachment) -> tuple[Breach, ...]:
    # "none of them only when the request said includeAttachments=false; then size and sha256 are there"
    if attachment.value is None and attachment.reference is None:
        return () if attachment.size is not None and attachment.sha256 is not None else (_NOT_DESCRIBED,)
    return _faults_when_asked(attachment)
