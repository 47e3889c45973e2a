"""The words of a report in Swedish and English: counts, verdicts, severities. Pure; knows no format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from riv_careplans.report.writer import LanguageCode
from riv_careplans.rules import Severity, Text
from riv_careplans.validation.report import Examined, Kind, Summary, Verdict

__all__ = [
    "LEVELS",
    "MESSAGES",
    "SEVERITIES",
    "VERDICTS",
    "VERDICTS_OF_MANY",
    "about",
    "counted",
    "findings_line",
    "findings_of",
    "levels_line",
    "number",
    "reference_in",
    "remarks_on_run",
    "summary_line",
]

SEVERITIES: Final[Mapping[Severity, Text]] = MappingProxyType(
    {
        Severity.ERROR: Text("error", "fel"),
        Severity.WARNING: Text("warning", "varning"),
        Severity.INFO: Text("info", "upplysning"),
    }
)

VERDICTS: Final[Mapping[Verdict, Text]] = MappingProxyType(
    {
        Verdict.PASSED: Text("passed", "godkänd"),
        Verdict.REMARKS: Text("with remarks", "med anmärkningar"),
        Verdict.FAILED: Text("failed", "underkänd"),
        Verdict.SKIPPED: Text("skipped", "överhoppad"),
    }
)

VERDICTS_OF_MANY: Final[Mapping[Verdict, Text]] = MappingProxyType(
    {
        **VERDICTS,
        Verdict.PASSED: Text("passed", "godkända"),
        Verdict.FAILED: Text("failed", "underkända"),
        Verdict.SKIPPED: Text("skipped", "överhoppade"),
    }
)

LEVELS: Final[Mapping[int, Text]] = MappingProxyType(
    {
        1: Text("a document only", "bara ett dokument"),
        2: Text("also contacts and status", "också kontakter och status"),
        3: Text("also goals and activities", "också mål och aktiviteter"),
        4: Text("also links and booked times", "också länkar och bokade tider"),
    }
)
"""The structure levels. Contract description, section 1."""

MESSAGES: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "request": Text("request", "fråga"),
        "response": Text("response", "svar"),
        "fault": Text("SOAP fault", "SOAP-fel"),
        "carePlan": Text("care plan", "plan"),
        "agreement": Text("agreement", "överenskommelse"),
    }
)

_NOUNS: Final[Mapping[str, tuple[Text, Text]]] = MappingProxyType(
    {
        Kind.DOCUMENT: (Text("file", "fil"), Text("files", "filer")),
        Kind.CHECK: (Text("check", "kontroll"), Text("checks", "kontroller")),
        "record": (Text("record", "post"), Text("records", "poster")),
        "plan": (Text("plan", "plan"), Text("plans", "planer")),
        "known": (
            Text(
                "finding that the baseline knows is not counted",
                "avvikelse som var känd sedan tidigare räknas inte",
            ),
            Text(
                "findings that the baseline knows are not counted",
                "avvikelser som var kända sedan tidigare räknas inte",
            ),
        ),
        "more": (Text("more that passed", "godkänd till"), Text("more that passed", "godkända till")),
        Severity.ERROR: (Text("error", "fel"), Text("errors", "fel")),
        Severity.WARNING: (Text("warning", "varning"), Text("warnings", "varningar")),
        Severity.INFO: (Text("info", "upplysning"), Text("infos", "upplysningar")),
    }
)

_REFERENCE_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "the contract's XSD": "kontraktets XSD",
        "contract description": "kontraktsbeskrivningen",
        "service contract naming": "namngivning av tjänstekontrakt",
        "domain schemas": "domänscheman",
        "fields of the answer": "svarets fält",
        "fields of the question": "frågans fält",
        "error handling": "felhantering",
        "no personal data": "inga personuppgifter",
        "at least 10 concurrent questions": "minst 10 samtidiga frågor",
        "the platform": "plattformen",
        "for its names": "för dess namn",
        "enumerations": "uppräkningar",
        "guideline": "riktvärde",
        "sections": "avsnitt",
        "section": "avsnitt",
        "request": "fråga",
        "limits": "gränser",
        "inside": "inuti",
        "rules": "regler",
        "rule": "regel",
        "and": "och",
        "to": "till",
    }
)
_REFERENCE_WORD: Final = re.compile(rf"\b(?:{'|'.join(map(re.escape, _REFERENCE_WORDS))})\b")

_FOUR_DIGITS: Final = 9999


def number(value: int, language: LanguageCode) -> str:
    """Write a number; from five digits on with the language's own mark between thousands."""
    if value <= _FOUR_DIGITS:
        return str(value)
    return f"{value:,}".replace(",", "\u00a0") if language == "sv" else f"{value:,}"


def reference_in(language: LanguageCode, reference: str) -> str:
    """Say where a rule is written down; names of documents keep their own language."""
    if language != "sv":
        return reference
    return _REFERENCE_WORD.sub(lambda found: _REFERENCE_WORDS[found[0]], reference)


def counted(value: int, noun: str, language: LanguageCode) -> str:
    """Write a number with its noun in the right form: `1 fil`, `2 filer`."""
    one, many = _NOUNS[noun]
    word = one if value == 1 else many
    return f"{number(value, language)} {word.swedish if language == 'sv' else word.english}"


def summary_line(summary: Summary, language: LanguageCode, *, kind: Kind = Kind.DOCUMENT) -> str:
    """Say how many there were and what became of them: `3 filer: 1 godkänd, 2 underkända`."""
    parts = []
    for verdict in (Verdict.PASSED, Verdict.REMARKS, Verdict.FAILED, Verdict.SKIPPED):
        value: int = getattr(summary, verdict)
        if value:
            word = (VERDICTS if value == 1 else VERDICTS_OF_MANY)[verdict]
            parts.append(f"{number(value, language)} {word.swedish if language == 'sv' else word.english}")
    head = counted(summary.examined, kind, language)
    return f"{head}: {', '.join(parts)}" if parts else head


def findings_line(errors: int, warnings: int, infos: int, language: LanguageCode) -> str:
    """Say how many findings there are: `2 fel, 1 varning`; empty when there are none."""
    values = ((errors, Severity.ERROR), (warnings, Severity.WARNING), (infos, Severity.INFO))
    return ", ".join(counted(value, severity, language) for value, severity in values if value)


def findings_of(examined: Examined, language: LanguageCode) -> str:
    """Say how many findings one examined thing has: `2 fel, 1 varning`."""
    severities = [finding.severity for finding in examined.findings]
    errors, warnings, infos = map(severities.count, (Severity.ERROR, Severity.WARNING, Severity.INFO))
    return findings_line(errors, warnings, infos, language)


def levels_line(levels: Mapping[int, int], language: LanguageCode) -> str:
    """Say how many plans stand on each structure level."""
    on = "på nivå" if language == "sv" else "on level"
    counts = [f"{counted(count, 'plan', language)} {on} {level}" for level, count in sorted(levels.items())]
    return f"{'Struktur' if language == 'sv' else 'Structure'}: {', '.join(counts)}"


def remarks_on_run(summary: Summary, language: LanguageCode) -> list[str]:
    """Say what the reader must know about the run itself: that it was ended, what a baseline left out."""
    remarks = []
    if summary.interrupted:
        remarks.append(
            "Avbruten: allt hann inte undersökas."
            if language == "sv"
            else "Interrupted: not everything was examined."
        )
    if summary.known:
        remarks.append(f"{counted(summary.known, 'known', language)}.")
    return remarks


def about(examined: Examined, language: LanguageCode) -> str:
    """Say what a document is: `GetCarePlans 3.0, svar, 2 poster`; empty when nothing was recognised."""
    message = MESSAGES.get(examined.message)
    parts = [examined.contract]
    parts.append((message.swedish if language == "sv" else message.english) if message else examined.message)
    parts.append(counted(examined.records, "record", language) if examined.records else "")
    return ", ".join(part for part in parts if part)
