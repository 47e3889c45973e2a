"""The report as SARIF 2.1.0, as code scanning reads it: one run, every rule known, one result on a line.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Any, Final, TextIO

from riv_careplans.report import wording
from riv_careplans.report.encoding import encoded
from riv_careplans.report.escaping import as_uri, visible
from riv_careplans.report.writer import Look, file_of
from riv_careplans.rules import Severity
from riv_careplans.validation.explained import Explanation
from riv_careplans.validation.report import Examined, Kind, ReportedFinding, Summary

__all__ = ["SarifWriter"]

_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_TOOL: Final = "riv-careplans"
_FINGERPRINT: Final = "rivCareplansFinding/v1"


class SarifWriter:
    """Writes one log with one run; what passed is not in it, as code scanning shows problems."""

    def __init__(self, stream: TextIO, look: Look) -> None:
        self._stream = stream
        self._look = look
        self._between = "\n"
        codes = sorted(look.explanations)
        self._places = {code: place for place, code in enumerate(codes)}
        driver = {
            "name": _TOOL,
            "version": version(_TOOL),
            "rules": [self._rule(look.explanations[code]) for code in codes],
        }
        head = '{"version":"2.1.0","$schema":"https://json.schemastore.org/sarif-2.1.0.json","runs":[{'
        stream.write(
            f'{head}\n"tool":{{"driver":{encoded(driver)}}},\n"language":"{look.language}",'
            '"columnKind":"unicodeCodePoints",\n"results":['
        )

    def add(self, examined: Examined) -> None:
        """Write the findings of one examined thing."""
        for finding in examined.findings:
            self._stream.write(self._between + encoded(self._result(finding, examined)))
            self._between = ",\n"

    def close(self, summary: Summary) -> None:
        """Say whether the run came to its end, and end the log."""
        remarks = wording.remarks_on_run(summary, self._look.language)
        invocation: dict[str, Any] = {"executionSuccessful": not summary.interrupted}
        if remarks:
            # That it was interrupted is the first remark, and the only grave one.
            grave = [summary.interrupted, *[False] * len(remarks)]
            invocation["toolExecutionNotifications"] = [
                {"level": "error" if error else "note", "message": {"text": remark}}
                for error, remark in zip(grave, remarks, strict=False)
            ]
        self._stream.write(f'\n],\n"invocations":[{encoded(invocation)}]}}]}}\n')

    def _rule(self, known: Explanation) -> dict[str, Any]:
        look = self._look
        what, why, mend = (visible(look.choose(text)) for text in (known.what, known.why, known.mend))
        source = look.say("Står i: ", "Written in: ") + visible(
            wording.reference_in(look.language, known.reference)
        )
        return {
            "id": visible(known.code),
            "shortDescription": {"text": what},
            "fullDescription": {"text": why},
            "help": {"text": f"{why}\n\n{mend}\n\n{source}"},
            "defaultConfiguration": {"level": _LEVELS[known.severity]},
        }

    def _result(self, finding: ReportedFinding, examined: Examined) -> dict[str, Any]:
        look = self._look
        sentences = [visible(look.message(finding))]
        if remedy := look.remedy(finding):
            sentences.append(look.say("Hjälp: ", "Help: ") + visible(remedy))
        result: dict[str, Any] = {"ruleId": visible(finding.code)}
        if finding.code in self._places:
            result["ruleIndex"] = self._places[finding.code]
        return result | {
            "level": _LEVELS[finding.severity],
            "message": {"text": "\n".join(sentences)},
            "locations": [_location(finding, examined)],
            "partialFingerprints": {_FINGERPRINT: finding.fingerprint},
        }


def _location(finding: ReportedFinding, examined: Examined) -> dict[str, Any]:
    location: dict[str, Any] = {}
    if file := file_of(finding, examined):
        physical: dict[str, Any] = {"artifactLocation": {"uri": as_uri(file)}}
        if region := _region(finding):
            physical["region"] = region
        location["physicalLocation"] = physical
    if examined.kind is Kind.CHECK:
        location["logicalLocations"] = [{"name": visible(examined.name), "kind": "check"}]
    elif path := finding.xpath or finding.path:
        location["logicalLocations"] = [{"fullyQualifiedName": visible(path), "kind": "element"}]
    return location


def _region(finding: ReportedFinding) -> dict[str, Any] | None:
    """Say where in the document; without an end, since a masked value is not as long as its original."""
    if finding.line is None or finding.line < 1:
        return None
    region: dict[str, Any] = {"startLine": finding.line}
    if finding.column is not None and finding.column > 0:
        region["startColumn"] = finding.column
    if finding.excerpt is not None:
        region["snippet"] = {"text": visible(finding.excerpt.text.replace("\t", " "))}
    return region
