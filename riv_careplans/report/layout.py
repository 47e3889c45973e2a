"""How the parts of a report are set as lines of text: findings, facts, levels. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap
from typing import Final

from riv_careplans.report import wording
from riv_careplans.report.escaping import visible
from riv_careplans.report.excerpts import Marked
from riv_careplans.report.writer import HIGHEST_LEVEL, Look, file_of, levels_together, shown_name
from riv_careplans.rules import Severity
from riv_careplans.validation.report import Examined, Excerpt, ReportedFinding, Verdict

__all__ = ["BOLD", "DIM", "GREEN", "INDENT", "RED", "STYLES", "YELLOW", "Layout"]

INDENT: Final = "  "

BOLD: Final = "1"
DIM: Final = "2"
RED: Final = "1;31"
GREEN: Final = "1;32"
YELLOW: Final = "1;33"
_CYAN: Final = "1;36"

STYLES: Final = {
    Verdict.PASSED: GREEN,
    Verdict.REMARKS: YELLOW,
    Verdict.FAILED: RED,
    Verdict.SKIPPED: DIM,
    Severity.ERROR: RED,
    Severity.WARNING: YELLOW,
    Severity.INFO: _CYAN,
}
"""Colours as a terminal's numbers (ECMA-48, SGR)."""

_NARROWEST: Final = 40
_MOST_PATHS: Final = 4
"""Plans of one level that are named; more of them are counted."""


class Layout:
    """Sets lines to a width, in a language, with colours or without."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._width = max(look.width, _NARROWEST)

    def paint(self, text: str, style: str) -> str:
        """Colour a text, where colours are wanted."""
        return f"\x1b[{style}m{text}\x1b[0m" if self._look.colour and text else text

    def wrapped(self, text: str, *, indent: str, label: str = "") -> Iterator[str]:
        """Set a text beside a label, its lines flush with each other."""
        room = max(self._width - len(indent) - len(label), _NARROWEST // 2)
        lines = wrap(visible(text), room, break_long_words=False, break_on_hyphens=False) or [""]
        for position, line in enumerate(lines):
            yield indent + (" " * len(label) if position else self.paint(label, DIM)) + line

    def facts(self, examined: Examined) -> Iterator[str]:
        """Set what is to know about what was examined."""
        brief = examined.verdict is Verdict.PASSED
        for fact in examined.facts:
            if brief and fact.is_evidence:
                continue
            label = f"{visible(self._look.choose(fact.label))}: "
            yield from self.wrapped(fact.value, indent=INDENT, label=label)

    def findings(self, examined: Examined) -> Iterator[str]:
        """Set every finding, a blank line before each."""
        for finding in examined.findings:
            yield ""
            yield from self.finding(finding, file_of(finding, examined))

    def finding(self, finding: ReportedFinding, file: str) -> Iterator[str]:
        """Set one finding: place, code and severity; sentence; line; what helps."""
        look = self._look
        numbers = ":".join(str(part) for part in (finding.line, finding.column) if part is not None)
        place = ":".join(part for part in (shown_name(file), numbers) if part)
        severity = self.paint(look.choose(wording.SEVERITIES[finding.severity]), STYLES[finding.severity])
        head = [place, self.paint(visible(finding.code), BOLD), severity]
        yield INDENT + "  ".join(part for part in head if part)
        yield from self.wrapped(look.message(finding), indent=INDENT * 2)
        if finding.excerpt is not None:
            yield from self._line(finding.excerpt, finding.line, STYLES[finding.severity])
        if remedy := look.remedy(finding):
            yield from self.labelled("Hjälp", "Help", remedy, indent=INDENT * 2)
        if where := finding.path or finding.xpath:
            yield from self.labelled("Plats", "Place", where, indent=INDENT * 2)
        if finding.reference:
            yield from self.reference(finding.reference, indent=INDENT * 2)

    def reference(self, reference: str, *, indent: str) -> Iterator[str]:
        """Set where a rule is written down."""
        where = wording.reference_in(self._look.language, reference)
        return self.labelled("Står i", "Written in", where, indent=indent)

    def labelled(self, swedish: str, english: str, text: str, *, indent: str) -> Iterator[str]:
        """Set a text beside its label, flush with the other labels of a finding."""
        label = self._look.say(f"{swedish}: ", f"{english}: ")
        longest = len(self._look.say("Står i: ", "Written in: "))
        return self.wrapped(text, indent=indent, label=f"{label:<{longest}}")

    def levels(self, examined: Examined) -> Iterator[str]:
        """Tell how structured the plans are; those that stand alike in one line."""
        look = self._look
        for level, need, paths in levels_together(examined):
            head = look.say(f"Strukturnivå {level}", f"Structure level {level}")
            of = look.say(f"av {HIGHEST_LEVEL}", f"of {HIGHEST_LEVEL}")
            some = len(paths) <= _MOST_PATHS
            plans = ", ".join(paths) if some else wording.counted(len(paths), "plan", look.language)
            said = f"; {look.choose(need)}" if need else ""
            yield from self.wrapped(f"{head} {of}: {plans}{said}", indent=INDENT)

    def _line(self, excerpt: Excerpt, line: int | None, style: str) -> Iterator[str]:
        """Set the line of the document, and under it what marks the place."""
        gutter = f"{INDENT * 2}{'' if line is None else line} │ "
        blank = f"{' ' * (len(gutter) - 2)}│ "
        marked = Marked.of(excerpt).within(self._width - len(gutter))
        yield f"{self.paint(gutter, DIM)}{marked.before}{marked.place}{marked.after}"
        caret = self.paint("^" * marked.breadth, style)
        yield f"{self.paint(blank, DIM)}{' ' * marked.indentation}{caret}"
