"""The report as one page of HTML that needs nothing else and fetches nothing.

What fails is shown whole, what passes as one line; the counts stand first, so the rest waits in
temporary files until they are known. The page can be read, printed and folded without its script, which
only filters. Its policy names style and script by their hashes and forbids everything else.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
from collections.abc import Iterator
from importlib.metadata import version
from importlib.resources import files
from tempfile import SpooledTemporaryFile
from typing import Final, TextIO

from riv_careplans.report import wording
from riv_careplans.report.markup import Parts, proportions, shown
from riv_careplans.report.writer import Look, Tally
from riv_careplans.rules import Severity
from riv_careplans.validation.report import Examined, Kind, Summary, Verdict

__all__ = ["HtmlWriter"]

_IN_MEMORY: Final = 1 << 20
"""Characters of the body that are held before they go to a temporary file."""

_MOST_ROWS: Final = 200
"""Documents without findings that get a line of their own; further ones are counted."""

_MOST_PARTS: Final = 5000
"""Sections and findings on the page: a browser still turns it without delay. Further ones are counted."""


class HtmlWriter:
    """Writes the page when the run is closed; until then its body grows in temporary files."""

    def __init__(self, stream: TextIO, look: Look) -> None:
        self._stream = stream
        self._look = look
        self._parts = Parts(look)
        self._tally = Tally()
        self._files = _spool()
        self._rows = _spool()
        self._row_count = 0
        self._room = _MOST_PARTS
        self._left_out = 0
        self._rules: dict[str, str] = {}
        """Anchors of the codes that were found and can be explained."""

    def add(self, examined: Examined) -> None:
        """Write one examined thing into the body, or count it."""
        self._tally.add(examined)
        quiet = not examined.findings and examined.verdict is Verdict.PASSED
        if quiet and examined.kind is Kind.DOCUMENT:
            self._row_count += 1
            if self._row_count <= _MOST_ROWS:
                self._rows.write(self._parts.row(examined))
        elif not (quiet and examined.kind is Kind.TOGETHER):
            self._section(examined)

    def _section(self, examined: Examined) -> None:
        room = max(self._room - 1, 0)
        if self._room > 0:
            findings = [
                self._parts.finding(
                    one,
                    file=one.file if one.file != examined.name else "",
                    rule=self._anchor(one.code),
                )
                for one in examined.findings[:room]
            ]
            self._files.writelines(self._parts.file(examined, "".join(findings)))
        self._left_out += len(examined.findings[room:])
        self._room = room - min(len(examined.findings), room)

    def _anchor(self, code: str) -> str:
        if code not in self._look.explanations:
            return ""
        return self._rules.setdefault(code, f"rule-{len(self._rules) + 1}")

    def close(self, summary: Summary) -> None:
        """Write the page."""
        write = self._stream.write
        script = _resource("page.js")
        write(self._head(summary, script))
        write(self._header(summary))
        write('<main class="wide" id="content" tabindex="-1">\n')
        write(self._filter(summary))
        for spool in (self._files, self._rows):
            spool.seek(0)
        with self._files as body:
            shutil.copyfileobj(body, self._stream)
        if self._left_out:
            write(f'<section class="warning">{self._more()}</section>\n')
        with self._rows as rows:
            if self._row_count:
                write(f'<section id="passed"><h2>{self._look.say("Godkända", "Passed")}</h2><ul>')
                shutil.copyfileobj(rows, self._stream)
                write(f"</ul>{self._more_rows()}</section>\n")
        write(self._parts.ladder(self._tally.levels))
        write("".join(self._explained()))
        made = f"{self._look.say('Skriven av', 'Written by')} riv-careplans {version('riv-careplans')}."
        write(f'</main>\n<footer class="wide"><p>{made}</p></footer>\n')
        write(f"<script>{script}</script>\n</body>\n</html>\n")

    def _head(self, summary: Summary, script: str) -> str:
        style = _resource("page.css")
        policy = (
            f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; "
            "base-uri 'none'; form-action 'none'"
        )
        return (
            f'<!DOCTYPE html>\n<html lang="{self._look.language}">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="referrer" content="no-referrer">\n<link rel="icon" href="data:,">\n'
            f"<title>{self._outcome(summary)} – {shown(self._look.title)}</title>\n"
            f"<style>{style}</style>\n</head>\n"
        )

    def _outcome(self, summary: Summary) -> str:
        say = self._look.say
        match _verdict(summary):
            case Verdict.FAILED:
                return say("Underkänt", "Failed")
            case Verdict.REMARKS:
                return say("Godkänt med anmärkningar", "Passed with remarks")
            case Verdict.SKIPPED:
                return say("Inte färdigt undersökt", "Not wholly examined")
            case _:
                return say("Godkänt", "Passed")

    def _header(self, summary: Summary) -> str:
        look, language = self._look, self._look.language
        verdict = _verdict(summary)
        line = wording.summary_line(summary, language, kind=self._tally.kind)
        shares = [(str(one), int(getattr(summary, one))) for one in Verdict]
        bar = proportions(shares, of=summary.examined)
        kind = (
            look.say("Kontroll av en tjänsteproducent", "Check of a producer")
            if self._tally.kind is Kind.CHECK
            else look.say("Validering", "Validation")
        )
        remarks = "".join(
            f'<p class="remark {"failed" if summary.interrupted and not place else "info"}">{remark}</p>'
            for place, remark in enumerate(wording.remarks_on_run(summary, language))
        )
        sign = self._parts.sign(verdict)
        skip = look.say("Hoppa till resultatet", "Skip to the result")
        return (
            f'<body>\n<a class="skip" href="#content">{skip}</a>\n<header><div class="wide">'
            f'<p class="about">{kind}: <span translate="no">{shown(look.title)}</span></p>'
            f'<div class="verdict {verdict}">{sign}<h1>{self._outcome(summary)}</h1></div>'
            f'<p class="lead">{line}.</p>'
            f'<svg class="bar" role="img" aria-label="{line}" {bar}'
            f'<ul class="tiles">{self._parts.tiles(summary)}</ul>{remarks}</div></header>\n'
        )

    def _filter(self, summary: Summary) -> str:
        """Write the form that the script shows; none when there is nothing to filter."""
        look, language = self._look, self._look.language
        if not self._tally.codes and self._tally.kind is not Kind.CHECK:
            return ""
        counts = {
            Severity.ERROR: summary.errors,
            Severity.WARNING: summary.warnings,
            Severity.INFO: summary.infos,
        }
        pills = "".join(
            f'<label class="pill {severity}"><input type="checkbox" name="severity" value="{severity}"'
            f" checked><b>{wording.counted(count, severity, language)}</b></label>"
            for severity, count in counts.items()
            if count
        )
        options = "".join(
            f'<option value="{shown(code)}">{shown(code)} ({count})</option>'
            for code, count in sorted(self._tally.codes.items())
        )
        state = look.say("Visar {left} av {all} fynd.", "Showing {left} of {all} findings.")
        return (
            f'<form class="filter" id="filter" role="search" hidden>'
            f"<fieldset><legend>{look.say('Visa', 'Show')}</legend>{pills}</fieldset>"
            f'<label><span>{look.say("Kod", "Code")}</span><select name="code">'
            f'<option value="">{look.say("Alla koder", "All codes")}</option>{options}</select></label>'
            f'<label class="text"><span>{look.say("Text, fil eller plats", "Text, file or place")}</span>'
            '<input type="search" name="text" autocomplete="off" spellcheck="false"></label>'
            f'<button type="reset">{look.say("Visa allt", "Show all")}</button>'
            f'<output aria-live="polite" data-text="{state}"></output></form>\n'
        )

    def _more(self) -> str:
        number = wording.number(self._left_out, self._look.language)
        sentence = self._look.say(
            f"Ytterligare {number} fynd ryms inte på sidan; i JSON-rapporten står alla.",
            f"{number} more findings have no room on the page; in the JSON report are all.",
        )
        return f"<p>{sentence}</p>"

    def _more_rows(self) -> str:
        left = self._row_count - _MOST_ROWS
        return f"<p>… {wording.counted(left, 'more', self._look.language)}</p>" if left > 0 else ""

    def _explained(self) -> Iterator[str]:
        if not self._rules:
            return
        heading = self._look.say("Koderna i rapporten", "The codes of this report")
        yield f'<section id="rules"><h2>{heading}</h2>'
        for code, anchor in sorted(self._rules.items()):
            known = self._look.explanations[code]
            yield self._parts.rule(known, anchor=anchor, count=self._tally.codes[code])
        yield "</section>\n"


def _spool() -> SpooledTemporaryFile[str]:
    return SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="utf-8", newline="")


def _resource(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _verdict(summary: Summary) -> Verdict:
    """Judge the run as a whole."""
    if summary.failed or summary.errors:
        return Verdict.FAILED
    if summary.interrupted or summary.skipped:
        return Verdict.SKIPPED
    return Verdict.REMARKS if summary.remarks or summary.warnings else Verdict.PASSED
