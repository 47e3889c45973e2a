"""The report as GitHub's workflow commands: every finding is shown beside its line in the change.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from typing import Final, TextIO

from riv_careplans.report import wording
from riv_careplans.report.escaping import encodable, visible
from riv_careplans.report.writer import Look, Tally, file_of
from riv_careplans.rules import Severity
from riv_careplans.validation.report import Examined, ReportedFinding, Summary

__all__ = ["GithubWriter"]

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


class GithubWriter:
    """Writes one command for every finding, and the counts as a notice."""

    def __init__(self, stream: TextIO, look: Look) -> None:
        self._stream = stream
        self._look = look
        self._tally = Tally()

    def add(self, examined: Examined) -> None:
        """Write the findings of one examined thing."""
        self._tally.add(examined)
        for finding in examined.findings:
            place: dict[str, str | int | None] = {"file": visible(file_of(finding, examined)) or None}
            if place["file"]:
                place |= {"line": finding.line, "col": finding.column}
            self._command(_COMMANDS[finding.severity], place, self._title(finding), self._message(finding))

    def close(self, summary: Summary) -> None:
        """Write the counts; what is wrong with the run itself as a warning."""
        language = self._look.language
        lines = [
            wording.summary_line(summary, language, kind=self._tally.kind),
            wording.findings_line(summary.errors, summary.warnings, summary.infos, language),
            *wording.remarks_on_run(summary, language),
        ]
        command = "warning" if summary.interrupted else "notice"
        self._command(command, {}, visible(self._look.title), "\n".join(line for line in lines if line))

    def _title(self, finding: ReportedFinding) -> str:
        return f"{visible(finding.code)} {self._look.choose(wording.SEVERITIES[finding.severity])}"

    def _message(self, finding: ReportedFinding) -> str:
        look = self._look
        lines = [visible(look.message(finding))]
        if remedy := look.remedy(finding):
            lines.append(look.say("Hjälp: ", "Help: ") + visible(remedy))
        if where := finding.path or finding.xpath:
            lines.append(look.say("Plats: ", "Place: ") + visible(where))
        if finding.reference:
            lines.append(
                look.say("Står i: ", "Written in: ")
                + visible(wording.reference_in(look.language, finding.reference))
            )
        return "\n".join(lines)

    def _command(self, name: str, place: dict[str, str | int | None], title: str, message: str) -> None:
        properties = ",".join(
            f"{key}={_property(str(value))}"
            for key, value in {**place, "title": title}.items()
            if value is not None
        )
        self._stream.write(encodable(f"::{name} {properties}::{_data(message)}\n", self._stream))


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
