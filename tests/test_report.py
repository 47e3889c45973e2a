"""A report in six formats: golden files, schema, streaming, and no power for anything from a document."""

from __future__ import annotations

import json
import os
import re
import tracemalloc
from collections.abc import Callable
from importlib.metadata import version
from io import BytesIO, StringIO, TextIOWrapper
from typing import Any, Literal
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree as ET

import click
import jsonschema
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riv_careplans.cli import report_schema as report_schema_command
from riv_careplans.cli.language import Language
from riv_careplans.report import FORMATS, report_schema, summary_line
from riv_careplans.report.escaping import as_uri, visible
from riv_careplans.report.excerpts import Marked
from riv_careplans.rules import Severity, Text
from riv_careplans.validation.report import (
    Examined,
    Excerpt,
    Fact,
    Kind,
    Layer,
    Report,
    ReportedFinding,
    StructureLevel,
    Summary,
    Verdict,
)
from tests.report_pages import structure_of
from tests.report_samples import (
    CLEAN,
    DOCUMENTS,
    EXPLANATIONS,
    GOOD,
    HOSTILE,
    HOSTILE_NAME,
    PRODUCER,
    WRONG,
    look,
    written,
)

pytestmark = pytest.mark.once

REPORTS = {"documents": DOCUMENTS, "producer": PRODUCER, "clean": CLEAN}

ENDINGS = {
    "text": "txt",
    "json": "json",
    "junit": "junit.xml",
    "sarif": "sarif.json",
    "html": "html",
    "github": "github.txt",
}

FORBIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]"
)
"""Everything but the line end that a terminal, an editor or a browser might obey."""

SGR = re.compile(r"\x1b\[[0-9;]*m")

every_format = pytest.mark.parametrize("form", sorted(FORMATS))


def reviewable(form: str, text: str) -> str:
    """Leave out what changes with every release, and the style and script that are files of their own."""
    if form == "html":
        text = re.sub(r"<(style|script)>.*?</\1>", r"<\1>…</\1>", text, flags=re.DOTALL)
        text = re.sub(r"sha256-[A-Za-z0-9+/=]+", "sha256-…", text)
    return text.replace(version("riv-careplans"), "VERSION")


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("name", sorted(REPORTS))
@every_format
def test_a_report_reads_as_reviewed(
    form: str, name: str, language: Literal["sv", "en"], golden: Callable[[str, str], None]
) -> None:
    text = written(form, REPORTS[name], look(language))

    spoken = "" if form == "json" else f"-{language}"  # JSON carries both languages
    golden(f"report/{name}{spoken}.{ENDINGS[form]}", reviewable(form, text))


@every_format
def test_the_same_report_is_the_same_bytes(form: str) -> None:
    assert written(form, DOCUMENTS) == written(form, DOCUMENTS)


@every_format
def test_a_name_that_means_harm_is_shown_and_not_obeyed(form: str) -> None:
    text = written(form, Report.of((HOSTILE,)))

    assert FORBIDDEN.findall(text) == []
    assert "<script>alert" not in text or form in ("text", "json", "github")
    assert "\n::error::" not in text


def test_colours_only_where_they_are_asked_for() -> None:
    plain, coloured = written("text", DOCUMENTS), written("text", DOCUMENTS, look(colour=True))

    assert "\x1b" not in plain
    assert SGR.sub("", coloured) == plain
    assert coloured.count("\x1b[1;31mfel\x1b[0m") == 4


@pytest.mark.parametrize("width", [10, 40, 60, 80, 200])
def test_what_is_said_about_a_finding_fits_the_terminal_unless_a_single_word_does_not(width: int) -> None:
    text = written("text", Report.of((GOOD, WRONG)), look(width=width))

    told = [line for line in text.splitlines() if line.startswith("    ")]

    assert len(told) >= 18
    assert [line for line in told if len(line) > max(width, 40) and len(line.split()) > 2] == []


def test_a_terminal_that_knows_no_swedish_gets_the_report_all_the_same() -> None:
    raw = BytesIO()
    stream = TextIOWrapper(raw, encoding="ascii", newline="")
    writer = FORMATS["text"](stream, look())

    writer.add(WRONG)
    writer.close(Summary().plus(WRONG))
    stream.flush()

    assert b"svar/wrong.xml:12:9  XSD-003  fel" in raw.getvalue()


def test_what_passed_is_counted_when_there_is_much_of_it() -> None:
    many = Report.of(msgspec.structs.replace(GOOD, name=f"svar/{n:03}.xml") for n in range(500))

    text, page = written("text", many), written("html", many)

    assert text.count("✓") == 20
    assert "… 480 godkända till" in text
    assert "500 filer: 500 godkända" in text
    assert page.count('class="row passed"') == 200
    assert "… 300 godkända till" in page


def test_a_page_has_room_for_as_many_findings_as_a_browser_turns() -> None:
    many = msgspec.structs.replace(WRONG, findings=WRONG.findings * 1000)

    page = written("html", Report.of((many, many)))

    assert page.count('<li class="finding') == 4998
    assert "3002 fynd ryms inte" in page


@every_format
def test_thousands_of_documents_are_not_held(form: str) -> None:
    class Sink(StringIO):
        def write(self, text: str) -> int:
            return len(text)

    def peak(number: int) -> int:
        writer, summary = FORMATS[form](Sink(), look()), Summary()
        tracemalloc.start()
        for position in range(number):
            one = msgspec.structs.replace(WRONG, name=f"svar/{position}.xml", levels=())
            summary = summary.plus(one)
            writer.add(one)
        writer.close(summary)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)  # what is loaded once

    assert peak(1200) < 6 * (1 << 20), "two megabytes of spool, and not four kilobytes a document"


# ------------------------------------------------------------------------------------------------ wording


@pytest.mark.parametrize(
    ("summary", "swedish", "english"),
    [
        (Summary(), "0 filer", "0 files"),
        (Summary(examined=1, passed=1), "1 fil: 1 godkänd", "1 file: 1 passed"),
        (
            Summary(examined=3, passed=1, remarks=1, failed=1),
            "3 filer: 1 godkänd, 1 med anmärkningar, 1 underkänd",
            "3 files: 1 passed, 1 with remarks, 1 failed",
        ),
        (
            Summary(examined=9, passed=2, remarks=2, failed=3, skipped=2),
            "9 filer: 2 godkända, 2 med anmärkningar, 3 underkända, 2 överhoppade",
            "9 files: 2 passed, 2 with remarks, 3 failed, 2 skipped",
        ),
        (
            Summary(examined=100_000, passed=9_999, failed=90_001),
            "100\u00a0000 filer: 9999 godkända, 90\u00a0001 underkända",
            "100,000 files: 9999 passed, 90,001 failed",
        ),
    ],
)
def test_the_summary_counts_in_good_swedish_and_english(summary: Summary, swedish: str, english: str) -> None:
    assert summary_line(summary, "sv") == swedish
    assert summary_line(summary, "en") == english


def test_checks_are_counted_as_checks() -> None:
    summary = Summary(examined=24, passed=23, failed=1)

    assert summary_line(summary, "sv", kind=Kind.CHECK) == "24 kontroller: 23 godkända, 1 underkänd"
    assert summary_line(summary, "en", kind=Kind.CHECK) == "24 checks: 23 passed, 1 failed"


# --------------------------------------------------------------------------------------- lines and carets


@pytest.mark.parametrize(
    ("text", "start", "length", "columns", "expected", "indentation", "breadth"),
    [
        ("    <a>", 4, 3, 80, "<a>", 0, 3),
        ("\t\t<a>b", 5, 1, 80, "<a>b", 3, 1),
        ("日本<a>", 2, 3, 80, "日本<a>", 4, 3),
        ("<a>日本</a>", 3, 2, 80, "<a>日本</a>", 3, 4),
        ("\x1b[31m<a>", 5, 3, 80, "\\x1b[31m<a>", 8, 3),
        ("<a>", 3, 1, 80, "<a>", 3, 1),
        ("<a>", 99, 99, 80, "<a>", 3, 1),
        ("<abcdefghijkl>", 0, 14, 10, "<abcdefgh…", 0, 10),
        ("0123456789" * 4, 20, 2, 12, "…6789012345…", 5, 2),
        ("0123456789" * 4, 38, 2, 12, "…90123456789", 10, 2),
    ],
)
def test_the_caret_stands_under_the_place(
    text: str, start: int, length: int, columns: int, expected: str, indentation: int, breadth: int
) -> None:
    marked = Marked.of(Excerpt(text=text, start=start, length=length)).within(columns)

    assert "".join(marked) == expected
    assert (marked.indentation, marked.breadth) == (indentation, breadth)


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    st.integers(0, 70),
    st.integers(1, 70),
    st.integers(8, 60),
)
def test_a_line_of_a_document_never_exceeds_its_room(
    text: str, start: int, length: int, columns: int
) -> None:
    marked = Marked.of(Excerpt(text=text, start=start, length=length)).within(columns)

    whole = marked._replace(before="".join(marked))

    assert whole.indentation <= columns
    assert FORBIDDEN.findall("".join(marked)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Å é 日本 🏥 \u00a0!", "Å é 日本 🏥 \u00a0!"),
        ("\x00\n\x1b\x7f\x85", r"\x00\x0a\x1b\x7f\x85"),
        ("a\u202eb\u2066c\ufeff\u2028", r"a\u202eb\u2066c\ufeff\u2028"),
        ("r\udce4tt \ud800", r"r\xe4tt \ud800"),
        ("\U000e0041\ufffe", r"\U000e0041\ufffe"),
    ],
)
def test_what_cannot_be_seen_is_written_out(text: str, expected: str) -> None:
    assert visible(text) == expected


# --------------------------------------------------------------------------------------------------- JSON


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_a_json_report_follows_the_published_schema(report: Report) -> None:
    document = json.loads(written("json", report))

    jsonschema.Draft202012Validator(report_schema()).validate(document)
    assert document["formatVersion"] == "1.0"
    assert document["tool"] == {"name": "riv-careplans", "version": version("riv-careplans")}
    assert document["summary"]["examined"] == report.summary.examined
    assert len(document["examined"]) == len(report.examined)


def test_the_json_schema_is_the_published_one(golden: Callable[[str, str], None]) -> None:
    schema = report_schema()

    jsonschema.Draft202012Validator.check_schema(schema)
    golden("report/schema.json", json.dumps(schema, indent=2, ensure_ascii=False) + "\n")


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (["formatVersion"], "2.0"),
        (["summary", "failed"], "many"),
        (["examined", 1, "verdict"], "perhaps"),
        (["examined", 1, "findings", 0, "severity"], None),
        (["examined", 1, "findings", 0, "message", "sv"], None),
    ],
)
def test_the_json_schema_refuses_what_is_no_report(place: list[Any], value: object) -> None:
    document = json.loads(written("json", DOCUMENTS))
    *way, last = place
    inner = document
    for step in way:
        inner = inner[step]

    inner[last] = value

    assert not jsonschema.Draft202012Validator(report_schema()).is_valid(document)


def camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.title, others))


def test_json_tells_all_that_a_report_holds() -> None:
    document = json.loads(written("json", DOCUMENTS))
    examined = document["examined"][1]
    finding = examined["findings"][0]

    assert set(examined) == set(map(camel, Examined.__struct_fields__))
    spoken_twice = {"messageSv", "remedySv"}
    assert set(finding) == set(map(camel, ReportedFinding.__struct_fields__)) - spoken_twice | {"fingerprint"}
    assert set(finding["excerpt"]) == set(Excerpt.__struct_fields__)
    assert set(examined["levels"][0]) == set(StructureLevel.__struct_fields__)
    assert set(document["summary"]) == set(Summary.__struct_fields__)
    assert finding["message"] == {"en": WRONG.findings[0].message, "sv": WRONG.findings[0].message_sv}
    assert finding["fingerprint"] == WRONG.findings[0].fingerprint


def test_the_schema_can_be_printed(capsys: pytest.CaptureFixture[str]) -> None:
    command = report_schema_command.make(Language("sv"))

    assert isinstance(command, click.Command)
    assert command.main([], standalone_mode=False) == 0

    assert json.loads(capsys.readouterr().out) == report_schema()


# -------------------------------------------------------------------------------------------------- JUnit


def assert_junit_holds(text: str) -> ET.Element:
    root = ET.fromstring(text)  # noqa: S314 - our own
    (suite,) = root
    cases = suite.findall("testcase")
    for element in (root, suite):
        assert int(element.attrib["tests"]) == len(cases)
        assert int(element.attrib["failures"]) == len(suite.findall("testcase/failure"))
        assert int(element.attrib["errors"]) == len(suite.findall("testcase/error"))
        assert int(element.attrib["skipped"]) == len(suite.findall("testcase/skipped"))
    for case in cases:
        assert {"name", "classname"} <= set(case.attrib)
        assert len([child for child in case if child.tag in ("failure", "error", "skipped")]) <= 1
        assert {child.tag for child in case} <= {"failure", "error", "skipped", "system-out"}
    return suite


def test_junit_has_a_case_for_everything_that_was_examined() -> None:
    suite = assert_junit_holds(written("junit", DOCUMENTS, look("en")))

    assert [case.attrib["name"] for case in suite.findall("testcase")] == [
        "svar/good.xml",
        "svar/wrong.xml",
        "fråga med blanksteg.xml",
        visible(HOSTILE_NAME),
        "svar/huge.xml",
        "the documents together",
        "the whole run",
    ]
    assert len(suite.findall("testcase/failure")) == 3


def test_warnings_alone_fail_no_build() -> None:
    suite = assert_junit_holds(written("junit", Report.of((DOCUMENTS.examined[2],))))

    assert suite.attrib["failures"] == "0"
    assert "tidsfiltret är tomt" in (suite.findtext("testcase/system-out") or "")


# -------------------------------------------------------------------------------------------------- SARIF


def assert_sarif_holds(text: str) -> dict[str, Any]:
    """Assert what SARIF 2.1.0 demands of the properties that are used."""
    log = json.loads(text)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted({rule["id"] for rule in rules})
    for rule in rules:
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
        assert all(rule[part]["text"] for part in ("shortDescription", "fullDescription", "help"))
    for result in run["results"]:
        assert result["level"] in ("error", "warning", "note")
        assert isinstance(result["message"]["text"], str)
        if "ruleIndex" in result:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert all(isinstance(value, str) and value for value in result["partialFingerprints"].values())
        (location,) = result["locations"]
        if "physicalLocation" in location:
            physical = location["physicalLocation"]
            assert re.fullmatch(
                r"(?:[A-Za-z0-9_.~/-]|%[0-9A-F]{2}|^file://)+", physical["artifactLocation"]["uri"]
            )
            region = physical.get("region", {"startLine": 1})
            assert region["startLine"] >= 1
            assert region.get("startColumn", 1) >= 1
    (invocation,) = run["invocations"]
    assert isinstance(invocation["executionSuccessful"], bool)
    return run  # type: ignore[no-any-return]


def test_sarif_knows_every_rule_and_every_place() -> None:
    run = assert_sarif_holds(written("sarif", DOCUMENTS))

    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == sorted(EXPLANATIONS)
    assert len(run["results"]) == len(DOCUMENTS.findings)
    first = run["results"][0]["locations"][0]["physicalLocation"]
    assert first["region"]["startLine"] == 12
    assert first["region"]["snippet"]["text"].strip() == "<c:goalstatus>••••••••</c:goalstatus>"
    assert run["invocations"][0]["executionSuccessful"] is False
    assert_sarif_holds(written("sarif", PRODUCER))


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("svar/a.xml", "svar/a.xml"),
        ("./a b.xml", "a%20b.xml"),
        ("å%/ä?#.xml", "%C3%A5%25/%C3%A4%3F%23.xml"),
        ("a:b.xml", "a%3Ab.xml"),
        ("r\udce4tt.xml", "r%E4tt.xml"),
        ("/data/a b.xml", "file:///data/a%20b.xml"),
        ("C:/data/a.xml", "file:///C%3A/data/a.xml"),
        ("\ud800.xml", "%ED%A0%80.xml"),
        ("-", "-"),
    ],
)
def test_a_file_name_is_written_as_a_uri(name: str, uri: str) -> None:
    assert as_uri(name) == uri


@given(st.binary(min_size=1, max_size=30).filter(lambda raw: not {0, ord("/")} & set(raw)))
def test_every_byte_of_a_file_name_survives_in_its_uri(raw: bytes) -> None:
    uri = as_uri(os.fsdecode(raw))

    assert unquote_to_bytes(uri.removeprefix("file:///")) == raw or raw in (b".", b"..")


# ------------------------------------------------------------------------------------------------- GitHub

COMMAND = re.compile(r"::(error|warning|notice) ((?:[a-z]+=[^,:\r\n]*,?)+)::([^\r\n]*)\n")


def assert_github_holds(text: str) -> list[tuple[str, dict[str, str], str]]:
    lines = text.splitlines(keepends=True)
    matches = [COMMAND.fullmatch(line) for line in lines]
    assert all(matches), text
    commands = []
    for found in filter(None, matches):
        name, properties, message = found.groups()
        values = dict(one.split("=", 1) for one in properties.split(","))
        commands.append((name, {key: unescaped(value) for key, value in values.items()}, unescaped(message)))
    return commands


def unescaped(text: str) -> str:
    for code, char in (("%3A", ":"), ("%2C", ","), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        text = text.replace(code, char)
    return text


def test_github_is_told_every_finding_where_it_stands() -> None:
    commands = assert_github_holds(written("github", DOCUMENTS, look("en")))

    assert [name for name, *_ in commands] == [
        *("error", "error", "warning", "notice"),
        *("warning", "error", "error", "warning"),
    ]
    assert commands[0][1] == {"file": "svar/wrong.xml", "line": "12", "col": "9", "title": "XSD-003 error"}
    assert commands[5][1]["file"] == visible(HOSTILE_NAME)
    assert commands[-1][2].startswith("5 files: 1 passed")


# ------------------------------------------------------------------------------------- whatever is reported

harm = st.sampled_from(
    [
        *(
            "\x00",
            "\x1b]0;x\x07",
            "\r\n",
            "\u202e",
            "\ud800",
            "\udce4",
            "\ufffe",
            "]]>",
            "<script>",
            "&",
            '"',
        ),
        *("'", "%0A", "::error::", "`x`", "{0}", "/", "\\", "日本", "   "),
    ]
)
texts = st.lists(harm | st.text(max_size=8), max_size=4).map("".join)
sentences = st.builds(Text, texts, texts)
codes = st.sampled_from([*EXPLANATIONS, "ZZ-001"]) | texts
numbers = st.none() | st.integers(0, 10**7)
excerpts = st.builds(Excerpt, text=texts, start=st.integers(0, 20), length=st.integers(1, 20))
findings = st.builds(
    ReportedFinding,
    code=codes, message=texts, path=texts, line=numbers, message_sv=texts, severity=st.sampled_from(Severity),
    layer=st.sampled_from(Layer), remedy=texts, remedy_sv=texts, reference=texts, file=texts, column=numbers,
    xpath=texts, excerpt=st.none() | excerpts,
)  # fmt: skip
levels = st.builds(StructureLevel, path=texts, level=st.integers(1, 4), next=st.none() | sentences)
facts = st.builds(Fact, label=sentences, value=texts)


def many(values: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(values, max_size=3).map(tuple)


examined = st.builds(
    Examined,
    name=texts, kind=st.sampled_from(Kind), title=st.none() | sentences, verdict=st.sampled_from(Verdict),
    findings=many(findings), known=st.integers(0, 9), contract=texts, message=texts, records=st.integers(0, 9),
    levels=many(levels), facts=many(facts), reference=texts,
)  # fmt: skip
reports = st.builds(Report.of, many(examined), interrupted=st.booleans())


@given(reports, st.sampled_from(["sv", "en"]))
@settings(max_examples=150)
def test_whatever_is_reported_every_format_holds(report: Report, language: Literal["sv", "en"]) -> None:
    texts = {form: written(form, report, look(language)) for form in FORMATS}

    for form, text in texts.items():
        assert FORBIDDEN.findall(text) == [], form
        text.encode("utf-8")
    jsonschema.Draft202012Validator(report_schema()).validate(json.loads(texts["json"]))
    assert_junit_holds(texts["junit"])
    assert len(assert_sarif_holds(texts["sarif"])["results"]) == len(report.findings)
    assert len(assert_github_holds(texts["github"])) == len(report.findings) + 1
    assert structure_of(texts["html"]).problems == []
