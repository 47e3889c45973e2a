"""A small answer and a small question as text, to be broken in one place, and a way to examine them."""

from __future__ import annotations

from riv_careplans.contracts import interaction_for
from riv_careplans.exchange import Query
from riv_careplans.model import CarePlan
from riv_careplans.validation import Examined, Options, ReportedFinding, examine
from tests.builders import (
    ASTA_ID,
    LOG_ID,
    NOW,
    SOURCE_SYSTEM,
    activity,
    agreement,
    answer,
    attachment,
    care_plan,
    goal,
    header,
    record_id,
)
from tests.older_messages import OPENING, record

__all__ = [
    "ANSWER",
    "ANSWER_2",
    "OPTIONS",
    "QUESTION",
    "broken",
    "enveloped",
    "examined",
    "first",
    "question_in_envelope",
    "written",
]

OPTIONS = Options(now=NOW)
_V3 = interaction_for("3.0")


def _lines(text: str) -> str:
    """Put every element on a line of its own, as people send them to each other."""
    return text.replace("><", ">\n<")


def written(*plans: CarePlan) -> str:
    """Write an answer of plans and one agreement, one element to a line."""
    given = answer(*plans, agreements=(agreement(),))
    return _lines("".join(_V3.write_response(given.result, given.care_plans, given.agreements)))


ANSWER = written(
    care_plan(goals=(goal(),), activities=(activity(),), attachments=(attachment(),)),
    care_plan(header=header(id=record_id(2))),
)
"""Two plans and an agreement, in which nothing is wrong."""

ANSWER_2 = _lines(
    f"<r:GetCarePlansResponse {OPENING}>{record(document_id='1')}{record(document_id='2')}"
    f"<r:result><c:resultCode>OK</c:resultCode><c:logId>{LOG_ID}</c:logId></r:result></r:GetCarePlansResponse>"
)
"""Two plans in GetCarePlans 2.0."""

QUESTION = _lines(_V3.write_request(Query(patient_id=ASTA_ID)))


def enveloped(message: str, *, header: str = "") -> str:
    """Put a message in a SOAP envelope."""
    soap = "http://schemas.xmlsoap.org/soap/envelope/"
    return f'<s:Envelope xmlns:s="{soap}">\n<s:Header>{header}</s:Header>\n<s:Body>\n{message}\n</s:Body></s:Envelope>'


def question_in_envelope(address: str = SOURCE_SYSTEM) -> str:
    """Put the question in an envelope with its LogicalAddress."""
    block = f'<a:LogicalAddress xmlns:a="urn:riv:itintegration:registry:1">{address}</a:LogicalAddress>'
    return enveloped(QUESTION, header=block)


def broken(text: str, old: str, new: str) -> str:
    """Change the first OLD into NEW; the test is wrong when there is none."""
    assert old in text, f"there is no {old!r} to break"
    return text.replace(old, new, 1)


def examined(document: str | bytes, options: Options = OPTIONS) -> Examined:
    """Examine a document; every finding is told in both languages, and about the document's name."""
    data = document.encode() if isinstance(document, str) else document
    found = examine(data, "plan.xml", options).examined
    assert all(finding.message and finding.message_sv for finding in found.findings)
    assert all(bool(finding.remedy) == bool(finding.remedy_sv) for finding in found.findings)
    assert {finding.file for finding in found.findings} <= {"plan.xml"}
    return found


def first(document: str | bytes) -> ReportedFinding:
    """Give the only finding of a document."""
    (finding,) = examined(document).findings
    return finding
