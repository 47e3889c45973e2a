"""Documents made to do harm, and folders of schemas that are not what they say: told, and nothing more."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from riv_careplans.contract import GET_CARE_PLANS_2, GET_CARE_PLANS_3
from riv_careplans.errors import ConfigurationError
from riv_careplans.validation import Options, examine
from riv_careplans.validation.formal import EXPLANATIONS_BY_CODE
from riv_careplans.validation.report import Examined, Layer, Verdict
from riv_careplans.validation.telling import MOST_FINDINGS
from tests.builders import NOW
from tests.validation_documents import (
    ANSWER,
    ANSWER_2,
    OPTIONS,
    broken,
    examined,
    first,
    question_in_envelope,
)

VECTORS = Path(__file__).parent / "vectors"
HOSTILE = sorted((VECTORS / "hostile").glob("*.xml"))
REQUESTS = sorted((VECTORS / "requests").glob("*.xml"))
REFERENCE = Path(__file__).parents[2] / "shared" / "reference"
OFFICIAL = REFERENCE / "clinicalprocess_logistics_logistics_3.0.13"

CANARIES = ("1212121212", "7010632391", "9A19121212", "4911172296", "hostile", "Kanarie", "root:")
"""What the vectors carry and nobody may repeat: identities, a made-up name, a file's content."""

EMPTY_ANSWER = (
    f'<r:GetCarePlansResponse xmlns:r="{GET_CARE_PLANS_3.namespace}" '
    'xmlns:c="urn:riv:clinicalprocess:logistics:logistics:4"><r:result><c:resultCode>OK</c:resultCode>'
    "<c:logId>6f1cbbd6-7a0e-4a5e-9d5b-0c2f3ae0d7a1</c:logId></r:result></r:GetCarePlansResponse>"
)


def said(found: Examined) -> str:
    return msgspec.json.encode(found).decode()


def codes(found: Examined) -> list[str]:
    return [finding.code for finding in found.findings]


# --- bad input ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*HOSTILE, *REQUESTS], ids=lambda path: path.stem)
def test_a_hostile_document_gets_its_findings_and_is_not_repeated(path: Path) -> None:
    found = examined(path.read_bytes())

    assert [canary for canary in CANARIES if canary in said(found)] == []
    assert all(
        finding.code in EXPLANATIONS_BY_CODE or finding.layer is Layer.RULES for finding in found.findings
    )
    if path.stem.startswith("OK"):
        assert codes(found) == (["XML-008"] if path.stem == "OK-declared-latin-1" else [])
    elif path in HOSTILE and path.stem not in ("FC-no-envelope", "FC-href", "FC-fault-as-question"):
        assert len(found.findings) == 1
        assert found.verdict in (Verdict.FAILED, Verdict.REMARKS)
    elif path.stem.startswith("FC-3") or path.stem.startswith("FC-2"):
        assert found.verdict is Verdict.FAILED


@pytest.mark.parametrize("document", [ANSWER, question_in_envelope()], ids=["answer", "question"])
def test_a_document_cut_anywhere_gets_one_finding(document: str) -> None:
    data = document.encode()

    for length in range(0, len(data) - 1, 7 if document is ANSWER else 1):
        found = examined(data[:length])
        assert len(found.findings) == 1, length
        assert found.findings[0].layer in (Layer.XML, Layer.FILE)
        assert "19121212" not in said(found)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "FILE-005"),
        (b" \n", "XML-007"),
        (b"\x00\x01\x02" * 50, "XML-007"),
        (bytes(range(256)), "XML-007"),
        (b"%PDF-1.7\n197010632391", "XML-007"),
        (b"\xff\xfe", "XML-007"),
        (b"PK\x03\x04", "XML-007"),
        (b"<!DOCTYPE a><a/>", "XML-002"),
        (b"<a>&hej;</a>", "XML-002"),
        (b'<?xml version="1.0" encoding="utf-7"?><a/>', "XML-003"),
        (b"<a>\xe5</a>", "XML-003"),
        (b"<a>\x07</a>", "XML-004"),
        (b'<?xml version="1.1"?><a/>', "XML-005"),
        (b'\n<?xml version="1.0"?><a/>', "XML-005"),
        (b"<a>" * 70 + b"</a>" * 70, "XML-006"),
        (b"<a " + b" ".join(b"a%d='1'" % n for n in range(70)) + b"/>", "XML-006"),
        (b"<a>R&D 197010632391</a>", "XML-001"),
        (b"<a>1 < 2</a>", "XML-001"),
        (b"<a><b></a>", "XML-001"),
        (b"<a/><a/>", "XML-001"),
        (b"<a>" + b" " * (16 * 1024 * 1024), "FILE-006"),
        (b"<html>" + b" " * (16 * 1024 * 1024), "FILE-006"),
    ],
)
def test_what_is_no_xml_gets_one_finding(data: bytes, code: str) -> None:
    finding = first(data)

    assert finding.code == code
    assert finding.layer is EXPLANATIONS_BY_CODE[code].layer
    assert finding.line or finding.layer is Layer.FILE
    assert "7010632391" not in msgspec.json.encode(finding).decode()


@pytest.mark.parametrize(
    "data",
    [
        b"<r:Kanariefagel><a></b>",
        b"<Kanariefagel>R&D</Kanariefagel>",
        b"<title>Kanariefagel &",
        b"<a title='Kanariefagel' Kanariefagel='1' <",
        b"<a><!-- Kanariefagel --></b>",
        b"<a><?Kanariefagel Kanariefagel?></b>",
        b"<a><![CDATA[Kanariefagel]]></b>",
        b"</Kanariefagel>",
        b"<Kanariefagel:a/>",
    ],
)
def test_the_line_of_a_broken_document_shows_only_names_of_the_contract(data: bytes) -> None:
    finding = first(data)

    assert finding.layer is Layer.XML
    assert finding.excerpt is not None
    assert "Kanarie" not in msgspec.json.encode(finding).decode()


def hostile_answers() -> Iterator[tuple[str, bytes]]:
    start, end = EMPTY_ANSWER.split("<r:result>")
    rest = f"<r:result>{end}"
    yield "unknown elements", f"{start}{'<r:b/>' * 15_000}{rest}".encode()
    yield "many unknown elements", f"{start}{'<r:b/>' * 150_000}{rest}".encode()
    long_name = "b" * 900
    yield "unknown elements of long names", f"{start}{f'<r:{long_name}/>' * 1000}{rest}".encode()
    crowded = '<r:carePlan a="1" b="2"/>'
    yield "attributes", f"{start}{crowded * 15_000}{rest}".encode()
    yield "empty records", f"{start}{'<r:carePlan/>' * 19_000}{rest}".encode()
    results = rest.replace("</r:GetCarePlansResponse>", "<r:result/>" * 19_000 + "</r:GetCarePlansResponse>")
    yield "results", f"{start}{results}".encode()
    yield "one long line of text", f"{start}{'x' * 8_000_000}{rest}".encode()
    yield (
        "a long wrong value",
        ANSWER.replace("<c:sharing>shared<", f"<c:sharing>{'x' * 8_000_000}<", 1).encode(),
    )
    yield "a long wrong date", ANSWER.replace("20260115093000", "1" * 8_000_000, 1).encode()
    yield "prefixes", "".join(f"<p{n}:a xmlns:p{n}='urn:{n}'>" for n in range(60)).encode() + b"</a>"


@pytest.mark.parametrize(
    ("name", "data"), [pytest.param(name, data, id=name) for name, data in hostile_answers()]
)
def test_a_document_made_to_cost_much_costs_little(name: str, data: bytes) -> None:
    found = examined(data)

    assert found.verdict is Verdict.FAILED
    assert len(found.findings) <= MOST_FINDINGS + 1
    assert len(said(found)) < 500_000


def test_a_refused_document_needs_little_more_memory_than_it_is_long() -> None:
    data = b"<a>" + b"<b>" * 4_000_000
    tracemalloc.start()
    try:
        examine(data, "large.xml", OPTIONS)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most < 3 * OPTIONS.limits.size


def test_nothing_of_a_document_is_said_that_is_not_the_contracts() -> None:
    document = (
        ANSWER.replace("Vårdplan", "Kanarie 197010632391")
        .replace("Återbesök", "Kanarie\nKanarie\nKanarie")
        .replace(
            "<c:body>",
            '<!-- Kanarie\nKanarie --><c:body Kanarie="1" xmlns:k="urn:Kanarie" k:Kanarie="2"><Kanarie/>',
        )
        .replace("<c:sharing>shared<", "<c:sharing>Kanarie<")
    )

    found = examined(document)

    assert len(found.findings) > 3
    assert "anarie" not in said(found)
    assert "7010632391" not in said(found)


def test_personal_data_is_shown_to_the_one_who_asks_for_it() -> None:
    document = broken(ANSWER, "<c:sharing>shared<", "<c:sharing>Kanarie\u202e\u0085<")

    found = examined(document, Options(now=NOW, show_personal_data=True))

    excerpt = found.findings[0].excerpt
    assert excerpt is not None
    assert excerpt.text == "<c:sharing>Kanarie\ufffd\ufffd</c:sharing>"
    assert "Kanarie" not in found.findings[0].message


# --- an official release package ----------------------------------------------------------------


def package(folder: Path, text: str | None = None) -> Path:
    """Copy the shipped package of 3.0, with another text of the responder schema when given."""
    for source in GET_CARE_PLANS_3.folder.rglob("*.xsd"):
        target = folder / source.relative_to(GET_CARE_PLANS_3.folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
        if text is not None and source == GET_CARE_PLANS_3.schema:
            target.write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("inside", ["", "package", "schemas", "schemas/package"])
def test_a_release_package_is_found_in_a_folder_and_used(inside: str, tmp_path: Path) -> None:
    text = GET_CARE_PLANS_3.schema.read_text(encoding="utf-8")
    stricter = text.replace('name="agreement"', 'name="contractOfAgreement"')
    package(tmp_path / inside, stricter)

    found = examined(ANSWER, Options(now=NOW, schemas=tmp_path))

    assert codes(found)[0] in ("XSD-002", "XSD-003")
    assert examined(ANSWER).findings == ()


def test_a_folder_without_a_fitting_package_says_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigurationError, match=r"interactions/GetCarePlansInteraction/GetCarePlansResponder_3\.0"
    ):
        examine(ANSWER.encode(), "a.xml", Options(now=NOW, schemas=tmp_path))


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("http://127.0.0.1:9/a.xsd", "outside its release package"),
        ("../../../../../outside.xsd", "outside its release package"),
        ("../../core_components/missing.xsd", "cannot be read"),
    ],
)
def test_a_package_that_names_a_file_outside_itself_is_refused(
    location: str, words: str, tmp_path: Path
) -> None:
    text = GET_CARE_PLANS_3.schema.read_text(encoding="utf-8")
    text = re.sub('schemaLocation="[^"]*"', f'schemaLocation="{location}"', text, count=1)
    (tmp_path / "outside.xsd").write_text("<a/>", encoding="utf-8")
    package(tmp_path / "package", text)

    with pytest.raises(ConfigurationError, match=words):
        examine(ANSWER.encode(), "a.xml", Options(now=NOW, schemas=tmp_path / "package"))


@pytest.mark.skipif(not OFFICIAL.is_dir(), reason="the official schemas do not lie beside the repository")
@pytest.mark.parametrize("folder", [OFFICIAL, REFERENCE], ids=["package", "folder of packages"])
def test_the_official_package_judges_as_ours_does(folder: Path) -> None:
    options = Options(now=NOW, schemas=folder)
    wrong = broken(ANSWER_2, "<c:documentId>1</c:documentId>", "<c:dokumentId>1</c:dokumentId>")

    assert examined(ANSWER_2, options).findings == examined(ANSWER_2).findings
    assert examined(wrong, options).findings == examined(wrong).findings
    assert GET_CARE_PLANS_2.version == "2.0"
