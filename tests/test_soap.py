"""The envelope: what is read of it, what is refused, and what a fault is allowed to tell."""

import pytest
from hypothesis import given

from riv_careplans import codec
from riv_careplans.codes import REGISTRY_1, STATUS_HEADERS_1
from riv_careplans.contracts.soap import (
    SOAP_11,
    Fault,
    read_envelope,
    write_envelope,
    write_fault,
    write_question,
)
from riv_careplans.errors import ContractViolation, Finding
from tests.strategies import texts

CANARY = "kanarie191212121212"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
BODY = '<s:Body><q xmlns="urn:q">1</q></s:Body>'
ADDRESS = f'<a:LogicalAddress xmlns:a="{REGISTRY_1}">{{}}</a:LogicalAddress>'
NEXT = "http://schemas.xmlsoap.org/soap/actor/next"


def envelope(inner: str, namespace: str = SOAP_11) -> codec.Element:
    return codec.parse(f'<s:Envelope xmlns:s="{namespace}">{inner}</s:Envelope>'.encode())


def with_headers(*headers: str) -> codec.Element:
    return envelope(f"<s:Header>{''.join(headers)}</s:Header>{BODY}")


def refusal(root: codec.Element) -> Finding:
    with pytest.raises(ContractViolation) as caught:
        read_envelope(root)
    (finding,) = caught.value.findings
    assert finding.message == str(caught.value)
    return finding


# --------------------------------------------------------------------------------------------- messages


@pytest.mark.parametrize(
    "inner",
    [
        BODY,
        f"<s:Header/>{BODY}",
        f"\n  <s:Header>\n</s:Header>\n  {BODY}\n",
        f"<!-- x -->{BODY}<?y z?>",
        '<s:Body id="body">\n <q xmlns="urn:q">1</q>\n</s:Body>',
        f'{BODY}<x:after xmlns:x="urn:x"/>',
    ],
)
def test_the_message_in_the_body_is_found(inner: str) -> None:
    read = read_envelope(envelope(inner))

    assert read.body is not None
    assert (read.body.tag, read.body.text) == ("{urn:q}q", "1")
    assert (read.logical_addresses, read.outcomes, read.fault) == ((), (), None)


ONE_BODY = Finding(code="SOAP", message="the envelope must have one Body with one message in it")
VERSION = Finding(code="VersionMismatch", message="the envelope must be SOAP 1.1")
NO_ENVELOPE = Finding(code="SOAP", message="the document must be a SOAP 1.1 envelope")

BROKEN: dict[str, tuple[codec.Element, Finding]] = {
    "SOAP 1.2": (envelope(BODY, SOAP_12), VERSION),
    "an envelope of nothing we know": (envelope(BODY, "urn:x"), VERSION),
    "an envelope without namespace": (codec.parse(b"<Envelope><Body/></Envelope>"), VERSION),
    "no envelope": (codec.parse(b'<q xmlns="urn:q"/>'), NO_ENVELOPE),
    "the Body alone": (envelope(BODY)[0], NO_ENVELOPE),
    "no Body": (envelope("<s:Header/>"), ONE_BODY),
    "nothing": (envelope(""), ONE_BODY),
    "an empty Body": (envelope("<s:Body/>"), ONE_BODY),
    "a Body of text": (envelope(f"<s:Body>{CANARY}</s:Body>"), ONE_BODY),
    "a Body of another namespace": (envelope(f'<x:Body xmlns:x="{SOAP_12}"><q/></x:Body>'), ONE_BODY),
    "two Bodies": (envelope(BODY * 2), ONE_BODY),
    "two messages": (envelope("<s:Body><q/><r/></s:Body>"), ONE_BODY),
    "a Body in the Header": (envelope(f"<s:Header>{BODY}</s:Header>"), ONE_BODY),
}


@pytest.mark.parametrize("name", BROKEN)
def test_an_envelope_that_is_not_soap_1_1_with_one_message_is_refused(name: str) -> None:
    root, finding = BROKEN[name]

    assert refusal(root) == finding


# ---------------------------------------------------------------------------------------------- headers


@pytest.mark.parametrize(
    ("headers", "addresses"),
    [
        ((), ()),
        ((ADDRESS.format("SE0000000018-S1"),), ("SE0000000018-S1",)),
        ((ADDRESS.format("1<!-- x -->2<![CDATA[3]]>"),), ("123",)),
        ((ADDRESS.format(" 1\n"), ADDRESS.format("")), (" 1\n", "")),
        ((ADDRESS.format("1"), ADDRESS.format("1")), ("1", "1")),
        ((ADDRESS.format("<x/>"),), ("",)),
        (('<LogicalAddress xmlns="urn:x">1</LogicalAddress>', "<LogicalAddress>2</LogicalAddress>"), ()),
        ((f"<x><!-- -->{ADDRESS.format('1')}</x>",), ()),
    ],
)
def test_every_logical_address_is_told_as_it_stands(
    headers: tuple[str, ...], addresses: tuple[str, ...]
) -> None:
    assert read_envelope(with_headers(*headers)).logical_addresses == addresses


MUST = f'<x:h xmlns:x="urn:x" xmlns:s="{SOAP_11}" s:mustUnderstand="{{}}" {{}}>{CANARY}</x:h>'


@pytest.mark.parametrize(
    "header",
    [
        MUST.format("0", ""),
        MUST.format("false", ""),
        MUST.format("", ""),
        MUST.format("1", 's:actor="urn:somebody-else"'),
        f'<x:h xmlns:x="urn:x" mustUnderstand="1">{CANARY}</x:h>',
        f'<x:h xmlns:x="urn:x" xmlns:t="{SOAP_12}" t:mustUnderstand="1"/>',
        ADDRESS.format("1").replace(">1", f' xmlns:s="{SOAP_11}" s:mustUnderstand="1">1'),
        f'<h:ProcessingStatus xmlns:h="{STATUS_HEADERS_1}" xmlns:s="{SOAP_11}" s:mustUnderstand="1"/>',
    ],
)
def test_a_header_that_need_not_be_understood_or_is_known_is_accepted(header: str) -> None:
    assert read_envelope(with_headers(header)).body is not None


@pytest.mark.parametrize(
    "header",
    [
        MUST.format("1", ""),
        MUST.format(" true ", ""),
        MUST.format("1", 's:actor=""'),
        MUST.format("1", f's:actor="{NEXT}"'),
        f'<h:Actor xmlns:h="{STATUS_HEADERS_1}" xmlns:s="{SOAP_11}" s:mustUnderstand="1"/>',
        f'<h:LogicalAddress xmlns:h="urn:x" xmlns:s="{SOAP_11}" s:mustUnderstand="1"/>',
    ],
)
def test_a_header_that_must_be_understood_and_is_not_known_is_refused(header: str) -> None:
    assert refusal(with_headers(header)) == Finding(
        code="MustUnderstand", message="a header must be understood and is not known here"
    )


# ----------------------------------------------------------------------------------------------- faults


def fault(code: str, text: str, rest: str = "") -> Fault | None:
    inner = f"<faultcode>{code}</faultcode><faultstring>{text}</faultstring>{rest}"
    read = read_envelope(envelope(f"<s:Body><s:Fault>{inner}</s:Fault></s:Body>"))
    assert read.body is None
    return read.fault


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("s:Client", f"fel för {CANARY}", Fault(code="Client")),
        (" soap:Server\n", "", Fault(code="Server")),
        ("Server", CANARY, Fault(code="Server")),
        ("s:MustUnderstand", "", Fault(code="MustUnderstand")),
        ("s:VersionMismatch", "", Fault(code="VersionMismatch")),
        ("s:Client.Authentication", "", Fault(code="Client")),
        (CANARY, CANARY, Fault(code="Server")),
        ("", "", Fault(code="Server")),
        ("s:Client", f"VP007 [NTjP] {CANARY}", Fault(code="Client", platform_code="VP007")),
        ("s:Server", f"\n VP009 [NTjP] {CANARY}", Fault(code="Server", platform_code="VP009")),
        ("s:Server", f"EI000: {CANARY}", Fault(code="Server", platform_code="EI000")),
        ("s:Server", "VP0070 är ingen kod", Fault(code="Server")),
        ("s:Server", "se VP007", Fault(code="Server")),
    ],
)
def test_a_fault_is_told_by_its_code_alone(code: str, text: str, expected: Fault) -> None:
    detail = f"<detail><x>{CANARY}</x></detail>"

    assert fault(code, text, detail) == expected


def test_an_empty_fault_is_the_producers() -> None:
    read = read_envelope(envelope("<s:Body><s:Fault/></s:Body>"))

    assert read.fault == Fault(code="Server")


# ---------------------------------------------------------------------------------------------- writing


@given(texts())
def test_a_question_is_written_with_its_address(address: str) -> None:
    read = read_envelope(codec.parse(write_question('<q xmlns="urn:q"/>', address)))

    assert read.logical_addresses == (address,)
    assert read.body is not None
    assert read.body.tag == "{urn:q}q"


def test_a_question_to_an_address_that_cannot_be_written_is_refused() -> None:
    with pytest.raises(
        ContractViolation, match="the logical address holds a character that XML cannot carry"
    ):
        write_question("<q/>", "SE\x00")


@pytest.mark.parametrize(("headers", "addresses"), [("", ()), (ADDRESS.format("1"), ("1",))])
def test_an_answer_is_written_piece_by_piece(headers: str, addresses: tuple[str, ...]) -> None:
    pieces = list(write_envelope(iter(['<q xmlns="urn:q">', "å🧡", "</q>"]), headers=headers))

    read = read_envelope(codec.parse(b"".join(pieces)))

    assert len(pieces) == 5
    assert read.body is not None
    assert read.body.text == "å🧡"
    assert read.logical_addresses == addresses


def test_nothing_is_asked_for_before_it_is_sent() -> None:
    def endless():  # type: ignore[no-untyped-def]  # noqa: ANN202 - a generator that is never finished
        yield "<q>"
        raise AssertionError("asked for too early")

    written = write_envelope(endless())

    assert next(written).endswith(b"<s:Body>")
    assert next(written) == b"<q>"


@pytest.mark.parametrize("code", ["Client", "Server", "VersionMismatch", "MustUnderstand"])
def test_a_fault_is_written_so_that_it_is_read_back(code: str) -> None:
    written = write_fault(code, "Frågan <går> inte & läsa: 6f1cbbd6")

    assert read_envelope(codec.parse(written)).fault == Fault(code=code)
    assert "Frågan &lt;går&gt; inte &amp; läsa: 6f1cbbd6" in written.decode()
