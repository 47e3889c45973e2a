"""The report as text for a terminal: what is wrong, where, and what would be right.

What passed takes one line each, and when there is much of it only a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TextIO

from riv_careplans.report import wording
from riv_careplans.report.escaping import encodable, visible
from riv_careplans.report.layout import BOLD, DIM, GREEN, INDENT, RED, STYLES, YELLOW, Layout
from riv_careplans.report.writer import Look, Tally, shown_name
from riv_careplans.validation.report import Examined, Kind, Summary, Verdict

__all__ = ["TextWriter"]

_MOST_PASSED: Final = 20
"""Documents without findings that get a line of their own; further ones are counted."""

_SIGNS: Final = {Verdict.PASSED: "✓", Verdict.REMARKS: "!", Verdict.FAILED: "✗", Verdict.SKIPPED: "–"}


class TextWriter:
    """Writes for a terminal, one examined thing after the other."""

    def __init__(self, stream: TextIO, look: Look) -> None:
        self._stream = stream
        self._look = look
        self._layout = Layout(look)
        self._tally = Tally()
        self._passed = 0
        self._begun = False
        self._roomy = False

    def add(self, examined: Examined) -> None:
        """Write one examined thing with its findings, or count it."""
        self._tally.add(examined)
        if examined.kind is Kind.CHECK:
            self._write(self._check(examined), roomy=bool(examined.findings))
        elif examined.findings:
            self._write(self._with_findings(examined), roomy=True)
        elif examined.kind is Kind.DOCUMENT:
            self._passed += examined.verdict is Verdict.PASSED
            if self._passed <= _MOST_PASSED or examined.verdict is not Verdict.PASSED:
                self._write(self._without_findings(examined), roomy=False)

    def close(self, summary: Summary) -> None:
        """Write the counts, and where more can be read."""
        if self._passed > _MOST_PASSED:
            more = wording.counted(self._passed - _MOST_PASSED, "more", self._look.language)
            self._write([self._layout.paint(f"… {more}", DIM)], roomy=False)
        self._write(self._end(summary), roomy=True)

    def _write(self, lines: Iterable[str], *, roomy: bool) -> None:
        """Write lines; what is roomy has a blank line on either side."""
        if self._begun and (roomy or self._roomy):
            self._stream.write("\n")
        text = "".join(f"{line.rstrip()}\n" for line in lines)
        self._stream.write(encodable(text, self._stream))
        self._begun, self._roomy = True, roomy

    def _signed(self, examined: Examined, name: str, rest: Iterable[str]) -> str:
        """Set the first line about one thing: its verdict as a sign, its name, and what else there is."""
        paint = self._layout.paint
        sign = paint(_SIGNS[examined.verdict], STYLES[examined.verdict])
        return "  ".join([f"{sign} {paint(name, BOLD)}", *(part for part in rest if part)])

    def _heading(self, examined: Examined) -> str:
        look = self._look
        together = look.say("Dokumenten tillsammans", "The documents together")
        name = together if examined.kind is Kind.TOGETHER else shown_name(examined.name)
        remarks = [
            visible(wording.about(examined, look.language)),
            wording.findings_of(examined, look.language),
        ]
        if examined.verdict is Verdict.SKIPPED:
            remarks.append(look.choose(wording.VERDICTS[Verdict.SKIPPED]))
        if examined.known:
            remarks.append(look.say(f"{examined.known} kända", f"{examined.known} known"))
        return self._signed(examined, name, [self._layout.paint("; ".join(filter(None, remarks)), DIM)])

    def _without_findings(self, examined: Examined) -> Iterator[str]:
        yield self._heading(examined)
        yield from self._layout.facts(examined)
        yield from self._layout.levels(examined)

    def _with_findings(self, examined: Examined) -> Iterator[str]:
        yield self._heading(examined)
        yield from self._layout.facts(examined)
        yield from self._layout.findings(examined)
        if examined.levels:
            yield ""
            yield from self._layout.levels(examined)

    def _check(self, examined: Examined) -> Iterator[str]:
        look = self._look
        title = visible(look.choose(examined.title)) if examined.title else ""
        verdict = look.choose(wording.VERDICTS[examined.verdict])
        verdict = self._layout.paint(verdict, STYLES[examined.verdict])
        yield self._signed(examined, visible(examined.name), [title, verdict])
        yield from self._layout.facts(examined)
        if examined.reference and examined.verdict is not Verdict.PASSED:
            label = look.say("står i: ", "written in: ")
            where = wording.reference_in(look.language, examined.reference)
            yield from self._layout.wrapped(where, indent=INDENT, label=label)
        yield from self._layout.findings(examined)
        yield from self._layout.levels(examined)

    def _end(self, summary: Summary) -> Iterator[str]:
        look = self._look
        style = RED if summary.failed else YELLOW if summary.remarks or summary.interrupted else GREEN
        yield self._layout.paint(wording.summary_line(summary, look.language, kind=self._tally.kind), style)
        findings = wording.findings_line(summary.errors, summary.warnings, summary.infos, look.language)
        if findings:
            yield findings
        if self._tally.levels:
            levels = wording.levels_line(self._tally.levels, look.language)
            yield from self._layout.wrapped(levels, indent="")
        for remark in wording.remarks_on_run(summary, look.language):
            yield from self._layout.wrapped(remark, indent="")
        codes = sorted(code for code in self._tally.codes if code in look.explanations)
        if codes:
            yield ""
            others = f" ({', '.join(codes[1:])})" if codes[1:] else ""
            hint = look.say("Läs mer om en kod: ", "Read more about a code: ")
            yield from self._layout.wrapped(f"{hint}riv-careplans explain {codes[0]}{others}", indent="")
