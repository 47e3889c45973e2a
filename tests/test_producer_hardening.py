"""Bad questions: every one is refused in the way its vector's name says, and nothing of it comes back.

A file in `vectors/hostile` (XML and SOAP) or `vectors/requests` (the contract) is named by its verdict:

| Name begins with | Verdict |
|---|---|
| `FC` | SOAP Fault Client, HTTP 500 |
| `VersionMismatch`, `MustUnderstand` | SOAP Fault of that code, HTTP 500 |
| `ERR` | a normal answer with the result ERROR, INVALID_REQUEST |
| `OK` | an answer: the question is odd, and right |
"""

from __future__ import annotations

import io
import logging
import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riv_careplans.contract import GET_CARE_PLANS_2, GET_CARE_PLANS_3
from riv_careplans.producer import make_app
from riv_careplans.settings import ProducerSettings
from tests.builders import answer, care_plan
from tests.producer_calls import CannedSource, Reply, clock, post, question

VECTORS = Path(__file__).parent / "vectors"
HOSTILE = sorted((VECTORS / "hostile").glob("*.xml"))
REQUESTS = sorted((VECTORS / "requests").glob("*.xml"))

INPUT = (
    "1212121212",
    "7010632391",
    "9A19121212",
    "4911172296",
    "hostile",
    "href",
    "GetCareContacts",
    "root:",
)
"""What the vectors carry and nobody may repeat: identities, other systems' names, a file's content."""

CONTRACTS = {"3.0": GET_CARE_PLANS_3, "2.0": GET_CARE_PLANS_2}


@pytest.fixture(autouse=True)
def _logs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


def app_of(source: CannedSource | None = None, **changes: Any) -> Any:
    return make_app(source or CannedSource(answer()), ProducerSettings(**changes), clock=clock)


def repeated(reply: Reply, caplog: pytest.LogCaptureFixture) -> list[str]:
    said = reply.body.decode() + "".join(reply.headers.values()) + caplog.text
    return [text for text in INPUT if text in said]


def verdict_of(path: Path) -> str:
    return path.stem.partition("-")[0]


@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.stem)
def test_a_hostile_question_gets_its_verdict_and_harms_nobody(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source = CannedSource(answer())
    app = app_of(source)

    reply = post(app, path.read_bytes(), content_type="text/xml")

    assert reply.verdict == verdict_of(path)
    assert [query.patient_id.extension for query in source.queries] in ([], ["191212121212"])
    assert repeated(reply, caplog) == []
    assert post(app).verdict == "OK"


@pytest.mark.parametrize("path", REQUESTS, ids=lambda path: path.stem)
def test_a_question_that_breaks_the_contract_gets_its_verdict(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = app_of()

    reply = post(app, path.read_bytes())

    assert reply.verdict == verdict_of(path)
    assert repeated(reply, caplog) == []
    assert post(app).verdict == "OK"


@pytest.mark.parametrize(
    "path", [path for path in REQUESTS if verdict_of(path) == "ERR"], ids=lambda path: path.stem
)
def test_a_refused_question_is_never_put_to_the_source(path: Path) -> None:
    source = CannedSource()
    contract = CONTRACTS[path.stem.split("-")[1]]

    reply = post(app_of(source), path.read_bytes())

    assert source.queries == []
    assert reply.texts("errorCode") == ["INVALID_REQUEST"]
    assert contract.violations(reply.message) == ()
    assert "Frågan kan inte besvaras: " in "".join(reply.texts("result"))


def test_every_verdict_has_vectors() -> None:
    verdicts = {verdict_of(path) for path in [*HOSTILE, *REQUESTS]}

    assert verdicts == {"FC", "VersionMismatch", "MustUnderstand", "ERR", "OK"}


def test_a_fault_names_the_place_by_the_contracts_own_names_alone() -> None:
    told = [
        post(app_of(), (VECTORS / "requests" / f"{name}.xml").read_bytes()).texts("faultstring")[0]
        for name in ("FC-3.0-two-source-systems", "FC-3.0-unknown-element")
    ]

    assert told[0].startswith("The question breaks the schema of the contract at sourceSystemId[2]. Log id: ")
    assert told[1].startswith("The question breaks the schema of the contract. Log id: ")


def test_nothing_is_fetched_because_a_question_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.setblocking(False)  # noqa: FBT003 - the name of the socket's own method says it
        address = f"http://127.0.0.1:{trap.getsockname()[1]}".encode()
        outward = [path.read_bytes() for path in HOSTILE if b"http://hostile.example" in path.read_bytes()]

        for body in outward:
            post(app_of(), body.replace(b"http://hostile.example", address))

        assert len(outward) >= 4
        with pytest.raises(BlockingIOError):
            trap.accept()


# --- any bytes at all -----------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["3.0", "2.0"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_question_cut_at_any_byte_is_refused(
    version: str, encoding: str, caplog: pytest.LogCaptureFixture
) -> None:
    whole = question(version=version).decode().replace("UTF-8", encoding).encode(encoding)
    app = app_of()

    verdicts = {post(app, whole[:length], content_type="text/xml").verdict for length in range(len(whole))}

    assert verdicts == {"FC"}
    assert "1212121212" not in caplog.text
    assert post(app, whole, content_type="text/xml").verdict == "OK"


@given(
    place=st.integers(0, len(question()) - 1),
    length=st.integers(0, 12),
    put=st.one_of(
        st.binary(max_size=12), st.sampled_from([b"<", b">", b"&", b"]]>", b"<!--", b"xmlns=''", b"\xff"])
    ),
)
@settings(max_examples=300)
def test_a_damaged_question_is_never_our_fault(place: int, length: int, put: bytes) -> None:
    good = question()

    reply = post(APP, good[:place] + put + good[place + length :], content_type="text/xml")

    assert reply.verdict in ("FC", "ERR", "OK", "INFO", "VersionMismatch", "MustUnderstand")


@given(st.binary(max_size=200))
def test_no_bytes_are_our_fault(body: bytes) -> None:
    assert post(APP, body).verdict == "FC"


APP = make_app(CannedSource(answer()), clock=clock)


# --- encodings ------------------------------------------------------------------------------------

ASCII = question().removeprefix(b'<?xml version="1.0" encoding="UTF-8"?>\n').decode()
LATIN = ASCII.replace("<s:Body>", "<s:Body><!-- Åsa -->")


@pytest.mark.parametrize(
    ("content_type", "body", "verdict"),
    [
        pytest.param("text/xml", ASCII.encode(), "OK", id="no charset"),
        pytest.param("text/xml; charset=utf-8", ASCII.encode(), "OK", id="utf-8"),
        pytest.param('TEXT/XML;CHARSET="UTF-8"', ASCII.encode(), "OK", id="quoted"),
        pytest.param("text/xml; charset=", ASCII.encode(), "H415", id="empty"),
        pytest.param("text/xml; action=x; charset=utf-8", ASCII.encode(), "OK", id="another parameter"),
        pytest.param("text/xml; charset=utf-16", ASCII.encode("utf-16"), "OK", id="utf-16"),
        pytest.param("text/xml; charset=utf-16le", ASCII.encode("utf-16-le"), "OK", id="utf-16le"),
        pytest.param("text/xml; charset=utf-16", ASCII.encode("utf-16-be"), "OK", id="utf-16 without mark"),
        pytest.param("text/xml; charset=iso-8859-1", LATIN.encode("latin-1"), "OK", id="latin-1"),
        pytest.param("text/xml; charset=utf-8", LATIN.encode("latin-1"), "FC", id="lying utf-8"),
        pytest.param("text/xml; charset=us-ascii", LATIN.encode(), "FC", id="lying ascii"),
        pytest.param("text/xml; charset=utf-16", ASCII.encode(), "FC", id="lying utf-16"),
        pytest.param("text/xml; charset=utf-7", ASCII.encode(), "FC", id="utf-7"),
        pytest.param("text/xml; charset=rot13", ASCII.encode(), "FC", id="rot13"),
        pytest.param("text/xml; charset=base64", ASCII.encode(), "FC", id="base64"),
        pytest.param("text/xml; charset=191212121212", ASCII.encode(), "FC", id="no charset at all"),
        pytest.param("text/xml; charset*=x'y'%C3%A5", ASCII.encode(), "H415", id="encoded"),
        pytest.param("text/xml; charset=\xe5\x00", ASCII.encode(), "H415", id="not ascii"),
    ],
)
def test_the_charset_of_the_transport_is_believed_or_refused(
    content_type: str, body: bytes, verdict: str, caplog: pytest.LogCaptureFixture
) -> None:
    reply = post(app_of(), body, content_type=content_type)

    assert reply.verdict == verdict
    assert repeated(reply, caplog) == []


# --- limits: one below, at, and one above ---------------------------------------------------------


def padded(size: int) -> bytes:
    return question() + b" " * (size - len(question()))


def extended(extension: str) -> bytes:
    """Put an element of another namespace into the question's extension point."""
    return question().replace(b"</r:GetCarePlans>", f"{extension}</r:GetCarePlans>".encode())


def nested(depth: int) -> bytes:
    inside = depth - 3  # Envelope, Body, GetCarePlans
    return extended('<x xmlns="urn:example:deep">' * inside + "</x>" * inside)


def crowded(elements: int) -> bytes:
    others = question().count(b"<") - question().count(b"</") - question().count(b"<?")
    return extended('<x xmlns="urn:example:many">' + "<a/>" * (elements - others - 1) + "</x>")


def attributed(attributes: int) -> bytes:
    return extended(
        '<x xmlns="urn:example:wide"' + "".join(f' a{n}=""' for n in range(attributes - 1)) + "/>"
    )


def declaring(declarations: int) -> bytes:
    return extended("<n0:x" + "".join(f' xmlns:n{n}="urn:example:{n}"' for n in range(declarations)) + "/>")


LIMITS = {
    "bytes": (padded, 4096),
    "depth": (nested, 64),
    "elements": (crowded, 200_000),
    "attributes": (attributed, 64),
    "namespace declarations": (declaring, 64),
}


@pytest.mark.parametrize(("document", "limit"), LIMITS.values(), ids=LIMITS)
@pytest.mark.parametrize(("over", "verdict"), [(-1, "OK"), (0, "OK"), (1, "refused")])
def test_a_limit_is_the_last_that_is_accepted(document: Any, limit: int, over: int, verdict: str) -> None:
    app = app_of(max_request_bytes=4096 if document is padded else 1024 * 1024)

    reply = post(app, document(limit + over))

    assert reply.verdict in ({"FC", "H413"} if verdict == "refused" else {"OK"})


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(nested(20_000), id="depth"),
        pytest.param(crowded(210_000), id="elements"),
        pytest.param(attributed(20_000), id="attributes"),
        pytest.param(declaring(20_000), id="namespace declarations"),
        pytest.param(
            extended(f'<x xmlns="urn:example:long">{"x" * 900_000}</x>')[:-1], id="a long text, cut"
        ),
        pytest.param(b"<" * 1_000_000, id="only opening"),
        pytest.param(b"<a b='" + b"=" * 1_000_000, id="only equal signs"),
        pytest.param(b"<!--" + b"-" * 1_000_000, id="only hyphens"),
        pytest.param(b"<a>" + b"=" * 3000 + b"a" * 1_000_000 + b"</a>", id="a long word and equal signs"),
        pytest.param(b"<a>" + b"=" * 3000 + b"xmlns" * 200_000 + b"</a>", id="a word that declares nothing"),
        pytest.param(b"<?x" + b"?" * 1_000_000, id="only question marks"),
        pytest.param(b"&#" + b"9" * 1_000_000 + b";", id="only digits"),
    ],
)
def test_a_bomb_is_refused(body: bytes) -> None:
    app = app_of()

    assert post(app, body).verdict == "FC"
    assert post(app).verdict == "OK"


def test_a_question_with_thousands_of_filters_is_answered() -> None:
    many = b"".join(
        b"<r:recordId><c:root>1.2.752.129.2.1.2.1</c:root><c:extension>SE0000000018-S1:%d</c:extension></r:recordId>"
        % number
        for number in range(5000)
    )
    body = question().replace(b"</r:GetCarePlans>", many + b"</r:GetCarePlans>")
    source = CannedSource(answer(*[care_plan()] * 500))

    reply = post(app_of(source), body)

    assert (reply.verdict, len(reply.texts("carePlan"))) == ("OK", 500)


# --- HTTP, before SOAP ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "method", ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "post", "191212121212"]
)
def test_another_method_is_not_allowed(method: str, caplog: pytest.LogCaptureFixture) -> None:
    source = CannedSource()

    reply = post(app_of(source), environ={"REQUEST_METHOD": method})

    assert (reply.verdict, reply.headers["Allow"], source.queries) == ("H405", "POST", [])
    assert repeated(reply, caplog) == []


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/xml",
        "application/json",
        "application/soap+xml; charset=utf-8",
        'multipart/related; type="text/xml"; boundary=x',
        'application/xop+xml; type="text/xml"',
        "text/xml2",
        "text/x\r\nml",
        "191212121212",
        "\x00",
    ],
)
def test_only_soap_1_1_is_a_question(content_type: str, caplog: pytest.LogCaptureFixture) -> None:
    reply = post(app_of(), content_type=content_type)

    assert reply.verdict == "H415"
    assert repeated(reply, caplog) == []


@pytest.mark.parametrize(
    ("encoding", "verdict"),
    [
        ("identity", "OK"),
        ("", "OK"),
        ("gzip", "H415"),
        ("deflate", "H415"),
        ("br", "H415"),
        ("identity, gzip", "H415"),
    ],
)
def test_a_content_encoding_is_refused(encoding: str, verdict: str) -> None:
    assert post(app_of(), headers=[("Content-Encoding", encoding)]).verdict == verdict


class Counting(io.BytesIO):
    """Notes the largest position that was read."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.asked = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.asked += size or 0
        return super().read(size)


@pytest.mark.parametrize(
    ("length", "verdict"),
    [
        ("", "H411"),
        ("x", "H400"),
        ("-1", "H400"),
        ("+5", "H400"),
        ("1.5", "H400"),
        ("5, 5", "H400"),
        ("\u0663", "H400"),
        ("1_0", "H400"),
        ("4096", "H400"),
        ("4097", "H413"),
        ("9" * 5000, "H413"),
        ("0", "FC"),
        ("100", "FC"),
    ],
)
def test_a_length_that_is_wrong_is_refused(length: str, verdict: str) -> None:
    stream = Counting(question())

    reply = post(app_of(max_request_bytes=4096), environ={"CONTENT_LENGTH": length, "wsgi.input": stream})

    assert reply.verdict == verdict
    assert stream.asked <= 2 * 4096


@pytest.mark.parametrize(("size", "verdict"), [(4096, "OK"), (4097, "H413"), (10_000_000, "H413")])
def test_chunks_are_counted_while_they_arrive(size: int, verdict: str) -> None:
    stream = Counting(padded(size))
    chunked = {"wsgi.input": stream, "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}

    reply = post(app_of(max_request_bytes=4096), environ={"CONTENT_LENGTH": "", **chunked})

    assert reply.verdict == verdict
    assert stream.tell() <= 4097


def test_a_length_and_chunks_together_are_refused_by_any_server() -> None:
    both = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}

    assert post(app_of(), environ=both).verdict == "H400"


@pytest.mark.parametrize(
    ("headers", "verdict"),
    [
        ([(f"x-{number}", "") for number in range(50)], "OK"),
        ([(f"x-{number}", "") for number in range(51)], "H400"),
        ([("x-long", "x" * 8192)], "OK"),
        ([("x-long", "x" * 8193)], "H400"),
    ],
)
def test_headers_have_limits(headers: list[tuple[str, str]], verdict: str) -> None:
    assert post(app_of(), headers=headers).verdict == verdict


def test_a_bare_status_says_what_would_be_right_and_where_to_look() -> None:
    reply = post(app_of(), content_type="application/json")

    assert reply.body.startswith(b"A question is SOAP 1.1: text/xml. Log id: ")
    assert reply.headers["Content-Type"] == "text/plain; charset=UTF-8"
    assert reply.headers["Content-Length"] == str(len(reply.body))
