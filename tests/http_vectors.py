"""Bytes on a socket, odd and bad as HTTP, and the status that each gets; nothing when the server just closes."""

from __future__ import annotations

from tests.builders import ASTA
from tests.producer_calls import question

__all__ = ["VECTORS", "request", "status"]


def request(body: bytes, *headers: str, version: str = "1.1") -> bytes:
    lines = [f"POST /any/path HTTP/{version}", "Host: localhost", "Content-Type: text/xml", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def status(answered: bytes) -> str:
    return answered.partition(b"\r\n")[0].decode().partition(" ")[2]


CHUNKED = b"%x\r\n%b\r\n0\r\n\r\n" % (len(question()), question())

VECTORS = {
    "whole": (request(question(), f"Content-Length: {len(question())}", "Connection: close"), "200 OK"),
    "HTTP 1.0": (request(question(), f"Content-Length: {len(question())}", version="1.0"), "200 OK"),
    "chunked": (request(CHUNKED, "Transfer-Encoding: chunked", "Connection: close"), "200 OK"),
    "chunked with length": (request(CHUNKED, "Transfer-Encoding: chunked", "Content-Length: 5"), "400 Bad Request"),
    "length with chunked": (request(CHUNKED, "Content-Length: 5", "Transfer-Encoding: chunked"), "400 Bad Request"),
    "chunked in HTTP 1.0": (request(CHUNKED, "Transfer-Encoding: chunked", version="1.0"), "400 Bad Request"),
    "another coding": (request(CHUNKED, "Transfer-Encoding: gzip, chunked"), "501 Not Implemented"),
    "chunks in chunks": (request(CHUNKED, "Transfer-Encoding: chunked, chunked"), "400 Bad Request"),
    "chunks twice": (request(CHUNKED, "Transfer-Encoding: chunked", "transfer-encoding: Chunked"), "400 Bad Request"),
    "chunks without end": (request(CHUNKED[:-4], "Transfer-Encoding: chunked"), ""),
    "no chunks": (request(b"zz\r\n" + CHUNKED, "Transfer-Encoding: chunked"), "400 Bad Request"),
    "no length": (request(question(), "Connection: close"), "411 Length Required"),
    "too short a length": (request(question(), "Content-Length: 100", "Connection: close"), "500 Internal Server Error"),
    "too long a length": (request(question(), f"Content-Length: {len(question()) + 1}"), ""),
    "two lengths": (request(question(), "Content-Length: 5", f"Content-Length: {len(question())}"), "400 Bad Request"),
    "negative length": (request(question(), "Content-Length: -5"), "400 Bad Request"),
    "one byte too many": (request(b"", "Content-Length: 1048577"), "413 Request Entity Too Large"),
    "far too many bytes": (request(b"", "Content-Length: 99999999999"), "413 Request Entity Too Large"),
    "NUL in a header": (request(question(), f"Content-Length: {len(question())}", f"X-{ASTA}\x00: 1"), "400 Bad Request"),
    "headers of 400 KiB": (b"POST / HTTP/1.1\r\nX: ".ljust(50 * 8192, b"x"), "431 Request Header Fields Too Large"),
    "another path": (f"GET /{ASTA} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode(), "405 Method Not Allowed"),
    "no HTTP": (f"{ASTA}\r\n\r\n".encode(), "400 Bad Request"),
    "a folded header": (f"GET /?wsdl HTTP/1.1\r\n {ASTA}\r\n\r\n".encode(), "400 Bad Request"),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200) + b"\r\n\r\n", "400 Bad Request"),
}  # fmt: skip
