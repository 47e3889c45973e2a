"""What an examination found, as plain values: the one shape that every output is made of.

Knows nothing of XML, files or formats. A text that comes from a document never stands here unmasked
unless the one who asked said so; every sentence is ours, in Swedish and in English.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from enum import StrEnum
from typing import Final, Literal, Self

import msgspec

from riv_careplans.errors import ContractViolation, Finding
from riv_careplans.rules import Severity, Text

__all__ = [
    "Examined",
    "Excerpt",
    "Fact",
    "Kind",
    "Layer",
    "Report",
    "ReportedFinding",
    "StructureLevel",
    "Summary",
    "Verdict",
    "verdict_of",
]

_MOST_TOLD: Final = 10
"""Errors that an exception's sentence tells; its `findings` has them all."""


class Layer(StrEnum):
    """Where in the examination a finding was made; later layers are reached when earlier ones allow."""

    FILE = "file"
    """The bytes could not be had."""

    XML = "xml"
    """The bytes are not XML that is accepted."""

    SOAP = "soap"
    """The envelope is not what RIV-TA asks for."""

    CONTRACT = "contract"
    """The message belongs to no contract known here."""

    SCHEMA = "schema"
    """The contract's schema refuses it."""

    CODES = "codes"
    """A code is not one of the contract's."""

    RULES = "rules"
    """A rule that no schema can say is broken."""

    TOGETHER = "together"
    """Documents that are right one by one do not go together."""

    PRODUCER = "producer"
    """A live producer does not behave as it must."""


class Verdict(StrEnum):
    """What became of what was examined."""

    PASSED = "passed"
    """No finding, or only information."""

    REMARKS = "remarks"
    """Warnings, and no error."""

    FAILED = "failed"
    """At least one error."""

    SKIPPED = "skipped"
    """Not examined; a fact says why."""


class Kind(StrEnum):
    """What was examined."""

    DOCUMENT = "document"
    """One message or record, in a file or from standard input."""

    TOGETHER = "together"
    """All documents of the run, seen together."""

    CHECK = "check"
    """One check of a live producer."""


class Excerpt(msgspec.Struct, frozen=True, kw_only=True):
    """The line of a document that a finding is about."""

    text: str
    """The line, its values masked unless asked for; shortened around the place when it is long."""

    start: int
    """Characters of `text` before the place."""

    length: int
    """Characters of the place, at least one."""


class ReportedFinding(Finding, frozen=True, kw_only=True):
    """One thing that is wrong, with everything that helps to mend it.

    `code`, `message` (English), `path` and `line` are those of `Finding`.
    """

    message_sv: str
    """The same sentence in Swedish."""

    severity: Severity
    layer: Layer

    remedy: str = ""
    """What would be right, in English; empty when the message says it."""

    remedy_sv: str = ""

    reference: str = ""
    """Where the rule is written down: contract description, TKB, RIV-TA."""

    file: str = ""
    """The document, as the one who asked named it; `-` is standard input."""

    column: int | None = None
    """Column in the document, counted in characters from 1, when known."""

    xpath: str = ""
    """The place as an XPath with the prefixes s, r, c, a and h; foreign elements as `*[n]`."""

    excerpt: Excerpt | None = None

    @property
    def fingerprint(self) -> str:
        """What a baseline knows a finding by: file, code and path, not the line, which moves."""
        return hashlib.sha256(
            f"{self.file}\n{self.code}\n{self.path}".encode("utf-8", "surrogatepass")
        ).hexdigest()[:32]


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """Something to know about what was examined, such as the request ids of a check."""

    label: Text
    value: str
    """Never patient data."""

    is_evidence: bool = False
    """True for ids and the like, which a terminal leaves out when all is well."""


class StructureLevel(msgspec.Struct, frozen=True, kw_only=True):
    """How structured one plan is. Contract description, section 1."""

    path: str
    """The plan in its document, such as `carePlan[2]`."""

    level: int
    """1 document only, 2 + contacts and status, 3 + goals and activities, 4 + links and booked times."""

    next: Text | None = None
    """What the next level needs; None at level 4."""


class Examined(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was examined: a document, all documents together, or one check of a producer."""

    name: str
    """The file as it was named, or the code of a check."""

    kind: Kind = Kind.DOCUMENT
    title: Text | None = None
    """What a check is about; None for a document."""

    verdict: Verdict
    findings: tuple[ReportedFinding, ...] = ()
    """In the order of the document, then of the code."""

    known: int = 0
    """Findings left out because a baseline knows them."""

    contract: str = ""
    """Such as `GetCarePlans 3.0`; empty when it could not be recognised."""

    message: str = ""
    """`request`, `response`, `fault`, `carePlan` or `agreement`; empty when not recognised."""

    records: int = 0
    levels: tuple[StructureLevel, ...] = ()
    facts: tuple[Fact, ...] = ()
    reference: str = ""
    """The rule that a check stands on."""


def verdict_of(findings: Iterable[ReportedFinding]) -> Verdict:
    """Judge by the gravest finding."""
    severities = {finding.severity for finding in findings}
    if Severity.ERROR in severities:
        return Verdict.FAILED
    return Verdict.REMARKS if Severity.WARNING in severities else Verdict.PASSED


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """How many of each; `TOGETHER` counts its findings but is no document."""

    examined: int = 0
    passed: int = 0
    remarks: int = 0
    failed: int = 0
    skipped: int = 0
    errors: int = 0
    warnings: int = 0
    infos: int = 0
    known: int = 0
    """Findings left out because a baseline knows them."""

    records: int = 0
    interrupted: bool = False
    """The run was ended before everything was examined."""

    def plus(self, one: Examined) -> Self:
        """Count one more."""
        severities = [finding.severity for finding in one.findings]
        counted = one.kind is not Kind.TOGETHER
        verdicts = {
            str(verdict): getattr(self, verdict) + (counted and one.verdict is verdict) for verdict in Verdict
        }
        return msgspec.structs.replace(
            self,
            examined=self.examined + counted,
            errors=self.errors + severities.count(Severity.ERROR),
            warnings=self.warnings + severities.count(Severity.WARNING),
            infos=self.infos + severities.count(Severity.INFO),
            known=self.known + one.known,
            records=self.records + one.records,
            **verdicts,
        )

    def fails(self, at: Literal["error", "warning", "info", "never"]) -> bool:
        """Say whether there is a finding as grave as this, or graver."""
        grave = {
            "error": self.errors,
            "warning": self.errors + self.warnings,
            "info": self.errors + self.warnings + self.infos,
            "never": 0,
        }
        return grave[at] > 0


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A whole examination, small enough to be held in memory."""

    examined: tuple[Examined, ...]
    summary: Summary

    @classmethod
    def of(cls, examined: Iterable[Examined], *, interrupted: bool = False) -> Self:
        """Put a report together and count."""
        everything = tuple(examined)
        summary = Summary(interrupted=interrupted)
        for one in everything:
            summary = summary.plus(one)
        return cls(examined=everything, summary=summary)

    @property
    def findings(self) -> tuple[ReportedFinding, ...]:
        """Every finding, in order."""
        return tuple(finding for one in self.examined for finding in one.findings)

    @property
    def ok(self) -> bool:
        """True when there is no error and nothing was left unexamined."""
        return not (self.summary.errors or self.summary.interrupted)

    def raise_for_findings(self) -> None:
        """Raise `ContractViolation` with the errors, so that a vendor's test is one line.

        An examination that was ended before its time raises too: nobody knows what it would have found.
        """
        errors = tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)
        if not errors and not self.summary.interrupted:
            return
        told = [f"{one.file}:{one.line or 0} {one.code} {one.message}" for one in errors[:_MOST_TOLD]]
        told += [f"and {len(errors) - _MOST_TOLD} more"] if len(errors) > _MOST_TOLD else []
        told += ["the examination was not finished"] if self.summary.interrupted else []
        raise ContractViolation(f"{len(errors)} errors: " + "; ".join(told), findings=errors)
