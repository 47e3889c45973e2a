"""The report as JSON for a program, and the JSON Schema it is published with.

Both languages stand side by side, so that whoever reads the document chooses. Written piece by piece,
one examined thing on a line.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Any, Final, Literal, TextIO

import msgspec

from riv_careplans.report.encoding import encoded
from riv_careplans.report.escaping import SURROGATE, sound
from riv_careplans.report.writer import Look
from riv_careplans.rules import Severity
from riv_careplans.rules import Text as Sentence
from riv_careplans.validation.report import (
    Examined,
    Excerpt,
    Kind,
    Layer,
    ReportedFinding,
    Summary,
    Verdict,
)

__all__ = ["FORMAT_VERSION", "JsonWriter", "report_schema"]

FORMAT_VERSION: Final = "1.0"
"""Grows at the end when something is added, at the start when something is changed or taken away."""

_TOOL: Final = "riv-careplans"


class _Value(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What every object of the report is."""


class _Text(_Value, frozen=True, kw_only=True):
    """A text in English and in Swedish."""

    en: str
    sv: str


class _Excerpt(_Value, frozen=True, kw_only=True):
    """The line of the document that a finding is about; values are masked unless asked for."""

    text: str
    start: int
    length: int


class _Finding(_Value, frozen=True, kw_only=True):
    """One thing that is wrong: code, sentence, place, what would be right, and where the rule is written."""

    code: str
    severity: Severity
    layer: Layer
    message: _Text
    remedy: _Text | None
    reference: str
    file: str
    line: int | None
    column: int | None
    path: str
    xpath: str
    excerpt: _Excerpt | None
    fingerprint: str


class _Level(_Value, frozen=True, kw_only=True):
    """How structured one plan is, 1 to 4, and what the next level needs."""

    path: str
    level: int
    next: _Text | None


class _Fact(_Value, frozen=True, kw_only=True):
    """Something to know about what was examined."""

    label: _Text
    value: str


class _Examined(_Value, frozen=True, kw_only=True):
    """One thing that was examined: a document, all documents together, or a check of a producer."""

    name: str
    kind: Kind
    title: _Text | None
    verdict: Verdict
    contract: str
    message: str
    records: int
    findings: tuple[_Finding, ...]
    known: int
    levels: tuple[_Level, ...]
    facts: tuple[_Fact, ...]
    reference: str


class _Tool(_Value, frozen=True, kw_only=True):
    """What made the report."""

    name: str
    version: str


class _Summary(_Value, frozen=True, kw_only=True):
    """How many there were of each; findings that a baseline knows are counted in `known` alone."""

    examined: int
    passed: int
    remarks: int
    failed: int
    skipped: int
    errors: int
    warnings: int
    infos: int
    known: int
    records: int
    interrupted: bool


class _Report(_Value, frozen=True, kw_only=True):
    """A whole examination of documents or of a producer."""

    format_version: Literal["1.0"]
    tool: _Tool
    title: str
    examined: tuple[_Examined, ...]
    summary: _Summary


def report_schema() -> dict[str, Any]:
    """Give the JSON Schema (2020-12) of the report; every type is described in it."""
    (reference,), definitions = msgspec.json.schema_components([_Report], ref_template="#/$defs/{name}")
    named = {name.removeprefix("_"): described for name, described in definitions.items()}
    for described in named.values():
        described["title"] = described["title"].removeprefix("_")
        # Docstrings keep their indentation before Python 3.13: one line is the same everywhere.
        described["description"] = " ".join(described["description"].split())
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:riv-careplans:report:{FORMAT_VERSION}",
        "title": "Report",
        "version": FORMAT_VERSION,
        **reference,
        "$defs": named,
    }
    renamed: dict[str, Any] = msgspec.json.decode(
        msgspec.json.encode(schema).replace(b'"#/$defs/_', b'"#/$defs/')
    )
    return renamed


class JsonWriter:
    """Writes one JSON document; `title` is the only text of it that is in one language."""

    def __init__(self, stream: TextIO, look: Look) -> None:
        self._stream = stream
        self._between = "\n"
        tool = _Tool(name=_TOOL, version=version(_TOOL))
        stream.write(
            f'{{"formatVersion":"{FORMAT_VERSION}","tool":{encoded(tool)},'
            f'"title":{encoded(sound(look.title))},"examined":['
        )

    def add(self, examined: Examined) -> None:
        """Write one examined thing on a line of its own."""
        self._stream.write(self._between + encoded(_examined(examined)))
        self._between = ",\n"

    def close(self, summary: Summary) -> None:
        """Write the counts and end the document."""
        counts = _Summary(**msgspec.structs.asdict(summary))
        self._stream.write(f'\n],"summary":{encoded(counts)}}}\n')


def _examined(examined: Examined) -> _Examined:
    return _Examined(
        name=sound(examined.name),
        kind=examined.kind,
        title=_text(examined.title) if examined.title else None,
        verdict=examined.verdict,
        contract=sound(examined.contract),
        message=sound(examined.message),
        records=examined.records,
        findings=tuple(map(_finding, examined.findings)),
        known=examined.known,
        levels=tuple(
            _Level(path=sound(one.path), level=one.level, next=_text(one.next) if one.next else None)
            for one in examined.levels
        ),
        facts=tuple(_Fact(label=_text(one.label), value=sound(one.value)) for one in examined.facts),
        reference=sound(examined.reference),
    )


def _finding(finding: ReportedFinding) -> _Finding:
    remedy = Sentence(finding.remedy, finding.remedy_sv)
    return _Finding(
        code=sound(finding.code),
        severity=finding.severity,
        layer=finding.layer,
        message=_text(Sentence(finding.message, finding.message_sv)),
        remedy=_text(remedy) if any(remedy) else None,
        reference=sound(finding.reference),
        file=sound(finding.file),
        line=finding.line,
        column=finding.column,
        path=sound(finding.path),
        xpath=sound(finding.xpath),
        excerpt=_excerpt(finding.excerpt) if finding.excerpt else None,
        fingerprint=finding.fingerprint,
    )


def _excerpt(excerpt: Excerpt) -> _Excerpt:
    # One character for one: start and length count in this text.
    return _Excerpt(text=SURROGATE.sub("\ufffd", excerpt.text), start=excerpt.start, length=excerpt.length)


def _text(text: Sentence) -> _Text:
    return _Text(en=sound(text.english), sv=sound(text.swedish))
