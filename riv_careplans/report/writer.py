"""What every format of a report has in common: how it is to look, what a writer does, what is counted.

Writers are given one examined thing at a time and forget it. What is counted here has room for codes and
levels, never for documents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from riv_careplans.report.escaping import visible
from riv_careplans.rules import Text
from riv_careplans.validation.explained import Explanation
from riv_careplans.validation.report import Examined, Kind, ReportedFinding, Summary

__all__ = [
    "HIGHEST_LEVEL",
    "LanguageCode",
    "Look",
    "Tally",
    "Writer",
    "file_of",
    "levels_together",
    "shown_name",
]

LanguageCode = Literal["sv", "en"]

HIGHEST_LEVEL: Final = 4
"""Contract description, section 1: 1 document only, 2 + contacts, 3 + goals, 4 + links."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a report is to look, for every format the same."""

    language: LanguageCode
    """The language of what a person reads; JSON carries both."""

    colour: bool
    """True where the text goes to a terminal that shows colours."""

    width: int
    """Columns of the terminal; only text is set to it."""

    explanations: Mapping[str, Explanation]
    """The codes that may be found, by code."""

    title: str
    """What was done, such as the command or the address that was checked; never patient data."""

    def say(self, swedish: str, english: str) -> str:
        """Return the text in the chosen language."""
        return swedish if self.language == "sv" else english

    def choose(self, text: Text) -> str:
        """Return the text in the chosen language."""
        return text.swedish if self.language == "sv" else text.english

    def message(self, finding: ReportedFinding) -> str:
        """Return what is wrong, as one sentence."""
        return self.say(finding.message_sv, finding.message)

    def remedy(self, finding: ReportedFinding) -> str:
        """Return what would be right; empty when the message says it."""
        return self.say(finding.remedy_sv, finding.remedy)


class Writer(Protocol):
    """Writes a report to a text stream in UTF-8, which stays the caller's to close."""

    def add(self, examined: Examined) -> None:
        """Write, or count, one examined thing."""

    def close(self, summary: Summary) -> None:
        """Write what comes last; called once, also when the run was interrupted."""


class Tally:
    """What a report tells at its end, counted while it is written."""

    def __init__(self) -> None:
        self.codes: Counter[str] = Counter()
        """Findings by code."""

        self.levels: Counter[int] = Counter()
        """Plans by structure level."""

        self.kind = Kind.DOCUMENT
        """`CHECK` when checks of a producer were examined."""

    def add(self, examined: Examined) -> None:
        """Count one more."""
        self.codes.update(finding.code for finding in examined.findings)
        self.levels.update(one.level for one in examined.levels)
        if examined.kind is Kind.CHECK:
            self.kind = Kind.CHECK


def file_of(finding: ReportedFinding, examined: Examined) -> str:
    """Name the document a finding is about; empty when it is about none, such as a check's."""
    return finding.file or (examined.name if examined.kind is Kind.DOCUMENT else "")


def levels_together(examined: Examined) -> list[tuple[int, Text | None, list[str]]]:
    """Join the plans of a document that stand on the same level and need the same: level, need, paths."""
    together: dict[tuple[int, Text | None], list[str]] = {}
    for one in examined.levels:
        together.setdefault((one.level, one.next), []).append(one.path)
    return [
        (level, need, paths) for (level, need), paths in sorted(together.items(), key=lambda it: it[0][0])
    ]


def shown_name(name: str) -> str:
    """Write a document's name for a person; standard input is not shown as a lone dash."""
    return "<stdin>" if name == "-" else visible(name)
