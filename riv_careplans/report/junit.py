"""The report as JUnit XML, as Jenkins, GitLab and Azure Pipelines read it.

One test case for each thing that was examined: errors are its failure, warnings and information its
output. An interrupted run has a test case of its own that is an error, so that no build is green by it.
"""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from html import escape
from tempfile import SpooledTemporaryFile
from typing import Final, TextIO

from riv_careplans.report import wording
from riv_careplans.report.escaping import visible
from riv_careplans.report.layout import Layout
from riv_careplans.report.writer import Look, Tally, file_of, shown_name
from riv_careplans.rules import Severity
from riv_careplans.validation.report import Examined, Kind, ReportedFinding, Summary, Verdict

__all__ = ["JunitWriter"]

_IN_MEMORY: Final = 1 << 20
"""Bytes of the body that are held before they go to a temporary file."""

_COLUMNS: Final = 100


class JunitWriter:
    """Writes one suite; its body waits in a temporary file, because the counts stand before it."""

    def __init__(self, stream: TextIO, look: Look) -> None:
        self._stream = stream
        self._look = look
        self._layout = Layout(replace(look, colour=False, width=_COLUMNS))
        self._tally = Tally()
        self._tests = 0
        self._cases: Counter[Verdict] = Counter()
        self._body = SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="utf-8", newline="")  # noqa: SIM115 - closed in close()

    def add(self, examined: Examined) -> None:
        """Write one test case; all documents together are one only when there is something to say."""
        self._tally.add(examined)
        if examined.kind is Kind.TOGETHER and not examined.findings:
            return
        self._tests += 1
        attributes = {"name": self._name(examined), "classname": self._group(examined)}
        if examined.kind is Kind.DOCUMENT:
            attributes["file"] = visible(examined.name)
        self._body.write(f"    <testcase{_written(attributes)}>\n")
        errors = [one for one in examined.findings if one.severity is Severity.ERROR]
        others = [one for one in examined.findings if one.severity is not Severity.ERROR]
        if errors or examined.verdict is Verdict.FAILED:
            self._cases[Verdict.FAILED] += 1
            self._body.write(self._failure(errors, examined))
        elif examined.verdict is Verdict.SKIPPED:
            self._cases[Verdict.SKIPPED] += 1
            reasons = "; ".join(visible(fact.value) for fact in examined.facts)
            self._body.write(f"      <skipped{_written({'message': reasons})}/>\n")
        output = "\n".join([*self._facts(examined), *self._text(others, examined)])
        if output:
            self._body.write(f"      <system-out>{escape(output)}</system-out>\n")
        self._body.write("    </testcase>\n")

    def close(self, summary: Summary) -> None:
        """Write the counts, and then what has waited for them."""
        counts = {
            "name": visible(self._look.title),
            "tests": str(self._tests + summary.interrupted),
            "failures": str(self._cases[Verdict.FAILED]),
            "errors": str(int(summary.interrupted)),
            "skipped": str(self._cases[Verdict.SKIPPED]),
        }
        self._stream.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites{_written(counts)}>\n')
        self._stream.write(f"  <testsuite{_written(counts)}>\n")
        with self._body as body:
            body.seek(0)
            shutil.copyfileobj(body, self._stream)
        language = self._look.language
        if summary.interrupted:
            attributes = {
                "name": self._look.say("hela körningen", "the whole run"),
                "classname": counts["name"],
            }
            message = wording.remarks_on_run(summary, language)[0]
            self._stream.write(
                f"    <testcase{_written(attributes)}>\n"
                f"      <error{_written({'message': message, 'type': 'interrupted'})}/>\n"
                "    </testcase>\n"
            )
        lines = [
            wording.summary_line(summary, language, kind=self._tally.kind),
            *wording.remarks_on_run(summary, language),
        ]
        self._stream.write(f"    <system-out>{escape(chr(10).join(lines))}</system-out>\n")
        self._stream.write("  </testsuite>\n</testsuites>\n")

    def _name(self, examined: Examined) -> str:
        if examined.kind is Kind.TOGETHER:
            return self._look.say("dokumenten tillsammans", "the documents together")
        title = f" {visible(self._look.choose(examined.title))}" if examined.title else ""
        return shown_name(examined.name) + title

    def _group(self, examined: Examined) -> str:
        """Name the class: Jenkins makes a package of what stands before the last full stop."""
        return visible(examined.contract or self._look.title).replace(".", "_")

    def _failure(self, errors: list[ReportedFinding], examined: Examined) -> str:
        message = self._look.choose(wording.VERDICTS[Verdict.FAILED])
        attributes = {"message": message, "type": "verdict"}
        if errors:
            more = wording.counted(len(errors), Severity.ERROR, self._look.language)
            message = f"{errors[0].code}: {self._look.message(errors[0])}"
            message = message if len(errors) == 1 else f"{more}; {message}"
            attributes = {"message": visible(message), "type": visible(errors[0].code)}
        text = "\n".join(self._text(errors, examined))
        return f"      <failure{_written(attributes)}>{escape(text)}</failure>\n"

    def _facts(self, examined: Examined) -> list[str]:
        return [] if examined.verdict is Verdict.SKIPPED else list(self._layout.facts(examined))

    def _text(self, findings: list[ReportedFinding], examined: Examined) -> list[str]:
        return [
            line.rstrip()
            for finding in findings
            for line in self._layout.finding(finding, file_of(finding, examined))
        ]


def _written(attributes: dict[str, str]) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
