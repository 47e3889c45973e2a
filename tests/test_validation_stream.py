"""Streams of messages, cut without trusting them."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from riv_careplans.validation.stream import is_one_document, messages

A = b"<s:Envelope><b>1</b></s:Envelope>"
B = b"<s:Envelope><b>2</b></s:Envelope>"
DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>'
STRANGE = b'<?xml version="1.0" encoding="%s"?>'
MARK = b"\xef\xbb\xbf"
LIMIT = 5000


def pieces_of(size: int) -> Callable[[bytes], Callable[[int], bytes]]:
    """Read a stream in pieces of this size."""

    def reader(data: bytes) -> Callable[[int], bytes]:
        stream = io.BytesIO(data)
        return lambda most: stream.read(min(most, size))

    return reader


def cut(data: bytes, size: int = 1 << 20) -> list[bytes | None]:
    """The messages without space around them; None for one that is too large."""
    return [
        None if one.too_large else one.data.strip(b" \r\n\t\0")
        for one in messages(pieces_of(size)(data), LIMIT)
    ]


CASES: list[tuple[bytes, list[bytes | None]]] = [
    (b"", [b""]),
    (A, [A]),
    (A + B, [A, B]),
    (A + b"\n" + B + b"\n", [A, B]),
    (A + b"\r\n\r\n  " + B, [A, B]),
    (A + b"\0" + B + b"\0", [A, B]),
    (A + b"\n\0\n" + B, [A, B]),
    (DECLARATION + A + DECLARATION + B, [DECLARATION + A, DECLARATION + B]),
    (MARK + A + MARK + DECLARATION + B, [MARK + A, MARK + DECLARATION + B]),
    (b"<a/><a/>", [b"<a/>", b"<a/>"]),
    (b"<a/><!-- c --><b/><!-- d -->", [b"<a/><!-- c -->", b"<b/><!-- d -->"]),
    (b'<a x="/>"/><b/>', [b'<a x="/>"/>', b"<b/>"]),
    (b"<a><![CDATA[</a><b/>]]></a><b/>", [b"<a><![CDATA[</a><b/>]]></a>", b"<b/>"]),
    (b"<a><!--</a><b/>--></a><b/>", [b"<a><!--</a><b/>--></a>", b"<b/>"]),
    # A message that is broken does not take the next with it.
    (b"<s:Envelope><b>\n" + A + b"\n" + B, [b"<s:Envelope><b>", A, B]),
    (A + b"\n<s:Envelope></b></s:Envelope>\n" + B, [A, b"<s:Envelope></b></s:Envelope>", B]),
    (DECLARATION + b"<a><b></a>" + DECLARATION + A, [DECLARATION + b"<a><b></a>", DECLARATION + A]),
    (b"<s:Envelope>\0" + A, [b"<s:Envelope>", A]),
    (b"<s:Envelope><b>\n  " + A, [b"<s:Envelope><b>", A]),
    (b"<s:Envelope><b>  " + A, [b"<s:Envelope><b>  " + A]),
    # What is no stream is one message, however it looks.
    (b"hello <a/><b/>", [b"hello <a/><b/>"]),
    (b"\x7fELF\0\0<a/>\0<b/>", [b"\x7fELF\0\0<a/>\0<b/>"]),
    (b"<a>\0</a>", [b"<a>\0</a>"]),
    (b"<a/>rest", [b"<a/>rest"]),
    (b"<a/></a>", [b"<a/></a>"]),
    (b"<a>" * 300, [b"<a>" * 300]),
    (b"<a>\n" * 300, [b"<a>\n" * 299 + b"<a>"]),
    (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", [b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"]),
    ((DECLARATION + A).decode().encode("utf-16"), [(DECLARATION + A).decode().encode("utf-16").strip(b"\0")]),
    # A message ends within the limit, or the stream does.
    (b"<a>" + b"x" * LIMIT, [None]),
    (A + b"<a>" + b"x" * LIMIT + b"</a>" + B, [A, None]),
    (b"\0" * 2 * LIMIT, [None]),
    (b"x" * 2 * LIMIT, [None]),
    (b"x" * LIMIT, [b"x" * LIMIT]),
    (b"<a>" + b"x" * (LIMIT - 7) + b"</a>", [b"<a>" + b"x" * (LIMIT - 7) + b"</a>"]),
    (b"<a>" + b"x" * (LIMIT - 6) + b"</a>", [None]),
    (A + b"\0" * 3 * LIMIT, [A]),
]

# An encoding that nobody knows is told of each message; the stream goes on.
CASES += [
    (STRANGE % name + A + STRANGE % name + B, [STRANGE % name + A, STRANGE % name + B])
    for name in (b"none", b"utf-7", b"shift_jis", b"idna", b"zip", b"x" * 30)
]


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
@pytest.mark.parametrize(("data", "expected"), CASES, ids=[repr(data[:40]) for data, _ in CASES])
def test_a_stream_is_cut_where_its_messages_end(data: bytes, expected: list[bytes | None], size: int) -> None:
    assert cut(data, size) == expected


@pytest.mark.parametrize("blank", [b"\0", b"\n", b" ", b"\n "])
def test_any_amount_of_blanks_after_a_broken_message_is_passed_in_one_walk(blank: bytes) -> None:
    data = DECLARATION + b"<s:Envelope></b>" + blank * 4_000_000 + b"\n" + A

    assert [one.too_large for one in messages(io.BytesIO(data).read, 2 * len(data))] == [False, False]


def test_every_message_tells_the_line_it_begins_on() -> None:
    stream = io.BytesIO(A + b"\n\n" + B.replace(b"<b>", b"\n<b>") + A + b"\n\0\n<s:Envelope></b>\n" + A)

    assert [one.line for one in messages(stream.read, LIMIT)] == [1, 3, 4, 6, 7]


def test_many_messages_are_never_held_together() -> None:
    whole = 0

    def read(most: int) -> bytes:
        nonlocal whole
        whole += most
        return (A + b"\n") * 1000 if whole < 20_000_000 else b""

    held = max(len(one.data) for one in messages(read, LIMIT))

    assert held < 2 * len(A)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (A, True),
        (DECLARATION + b"\n" + A + b"\n", True),
        (b"<!-- c -->" + A, True),
        (b"hello", True),
        (b"", True),
        (A + B, False),
        (b"<a/><b></b>", False),
        (b"<a/><a></a>", False),
        (b"<a></a><b></b>", False),
        (b"<a><a></a>", False),
    ],
)
def test_one_document_is_recognised_without_reading_it(data: bytes, *, expected: bool) -> None:
    assert is_one_document(data) is expected
