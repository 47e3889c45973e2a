"""The serialNumber of a certificate's subject (2.5.4.5), in the forms in which a proxy passes it on.

RIV-TA tells systems apart by it: "caller's HSA-id is taken from the client certificate subject". The
proxy has verified the certificate; here its subject is read and nothing else. Pure.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

__all__ = ["serial_numbers_in_certificate", "serial_numbers_in_subject"]

_SERIAL_NUMBER: Final = bytes((0x55, 0x04, 0x05))
_NAMES: Final = ("SERIALNUMBER", "2.5.4.5", "OID.2.5.4.5")
_SEQUENCE: Final = 0x30
_SET: Final = 0x31
_OBJECT_IDENTIFIER: Final = 0x06
_VERSION: Final = 0xA0
_TEXTS: Final = {0x0C: "utf-8", 0x13: "ascii", 0x14: "latin-1", 0x16: "ascii", 0x1E: "utf-16-be"}
_LONG_FORM: Final = 0x80
_MOST_LENGTH_BYTES: Final = 4
_BEFORE_SUBJECT: Final = 4
"""Serial number, signature, issuer, validity."""

_MARKERS: Final = re.compile(r"-----(?:BEGIN|END) CERTIFICATE-----")
_STEP: Final = re.compile(r"\s*([A-Za-z0-9.-]+)=((?:[^\\,+\"]|\\[0-9A-Fa-f]{2}|\\.)*)([,+]|\Z)")
_ESCAPED: Final = re.compile(rb"\\([0-9A-Fa-f]{2}|.)", re.DOTALL)

_Part = tuple[int, bytes]


def serial_numbers_in_certificate(text: str) -> tuple[str, ...]:
    """Read a certificate as PEM, escaped as in a URL or not, with or without its first and last line.

    Raises `ValueError` for anything that is not one certificate.
    """
    inside = "".join(_MARKERS.sub("", unquote(text, errors="strict")).split())
    (certificate,) = _parts(base64.b64decode(inside.encode("ascii"), validate=True))
    (signed, *_) = _parts(_inside(certificate, _SEQUENCE))
    fields = list(_parts(_inside(signed, _SEQUENCE)))
    if fields[:1] and fields[0][0] == _VERSION:
        del fields[0]
    if len(fields) <= _BEFORE_SUBJECT:
        raise ValueError("the certificate has no subject")
    found = []
    for relative in _parts(_inside(fields[_BEFORE_SUBJECT], _SEQUENCE)):
        for attribute in _parts(_inside(relative, _SET)):
            name, value = _parts(_inside(attribute, _SEQUENCE))
            if _inside(name, _OBJECT_IDENTIFIER) == _SERIAL_NUMBER:
                if value[0] not in _TEXTS:
                    raise ValueError("a serialNumber is a text")
                found.append(value[1].decode(_TEXTS[value[0]]))
    return tuple(found)


def serial_numbers_in_subject(text: str) -> tuple[str, ...]:
    """Read a subject as RFC 2253 writes it: `serialNumber=SE…,CN=…`; raises `ValueError` for another."""
    found = []
    position = 0
    while True:
        step = _STEP.match(text, position)
        if step is None:
            raise ValueError("the subject is not as in RFC 2253")
        if step[1].upper() in _NAMES:
            found.append(_ESCAPED.sub(_unescaped, step[2].encode("latin-1")).decode())
        if not step[3]:
            return tuple(found)
        position = step.end()


def _unescaped(match: re.Match[bytes]) -> bytes:
    return bytes.fromhex(match[1].decode()) if len(match[1]) > 1 else match[1]


def _parts(data: bytes) -> Iterator[_Part]:
    """Take DER apart: tag and content of everything at this level."""
    position = 0
    while position < len(data):
        tag, length, position = data[position], data[position + 1], position + 2
        if length & _LONG_FORM:
            size = length & ~_LONG_FORM
            if not 0 < size <= _MOST_LENGTH_BYTES:
                raise ValueError("a length that DER does not have")
            length, position = int.from_bytes(data[position : position + size]), position + size
        content = data[position : position + length]
        if len(content) < length:
            raise ValueError("the certificate ends too early")
        yield tag, content
        position += length


def _inside(part: _Part, tag: int) -> bytes:
    if part[0] != tag:
        raise ValueError("this is not a certificate")
    return part[1]
