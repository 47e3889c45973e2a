"""Checks of how a producer refuses: with a Fault that says nothing about the patient or itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from uuid import uuid4

from riv_careplans.conformance.answers import Answered, Form, charset_of
from riv_careplans.conformance.check import Check, Context, Noted, error, warning
from riv_careplans.conformance.questions import Wording
from riv_careplans.rules import Text
from riv_careplans.rules.repeats import repeats

__all__ = ["CHECKS"]

_FAULT: Final = 500
_BAD_REQUEST: Final = 400
_LONGEST: Final = 100_000
"""Characters of a refusal that are searched for internals."""

_INTERNALS: Final = (
    (
        Text("a stack trace", "ett anropsspår"),
        re.compile(
            r"Traceback \(most recent|^\s*at [\w.$<>]+\([\w.]*:?\d*\)|\bFile \"[^\"]+\", line \d",
            re.MULTILINE,
        ),
    ),
    (
        Text("the name of a class in the program", "namnet på en klass i programmet"),
        re.compile(r"\b(?:[a-z_]\w*\.){2,}[A-Z]\w+|\b[A-Z]\w*(?:Exception|Error)\b(?!\s*</)"),
    ),
    (
        Text("a database's words", "en databas ord"),
        re.compile(
            r"\bSELECT\b[^<]{1,200}\bFROM\b|\bINSERT\s+INTO\b|\bORA-\d{4,5}\b|\bSQLSTATE\b|\bSQLITE_\w+",
            re.IGNORECASE,
        ),
    ),
    (
        Text("a path in a file system", "en sökväg i ett filsystem"),
        re.compile(
            r"(?<![\w:/.])/(?:[\w.+-]+/)+[\w.+-]*\.\w{1,5}\b|\b[A-Za-z]:\\\w|(?<!\w)/(?:etc|usr|var|opt|srv)/"
        ),
    ),
)
"""What a text shows that was meant for the developer."""

_TELLING_HEADERS: Final = ("Server", "X-Powered-By", "X-AspNet-Version", "X-AspNetMvc-Version")

_NAMESPACES: Final = re.compile(r"""\bxmlns(?::[\w.-]+)?\s*=\s*(?:"[^"]*"|'[^']*')|https?://[^\s<"']*""")


def _token() -> str:
    return f"canary{uuid4().hex}"


def _schema_fault(context: Context) -> Iterator[Noted]:
    answered = context.post(context.wording().against_the_schema(_token()))
    asked = Text("that breaks the schema", "som bryter mot schemat")
    if answered.is_error:
        # "broken contract rule: result ERROR, INVALID_REQUEST" -- TKB, error handling: a schema is one, too
        return
    yield from _must_be_fault(answered, asked)


def _syntax_fault(context: Context) -> Iterator[Noted]:
    answered = context.post(context.wording().not_well_formed(_token()))
    asked = Text("that is not well-formed XML", "som inte är välformad XML")
    if answered.form is Form.OTHER and answered.reply.status == _BAD_REQUEST:
        # "SHOULD use a 400 Bad Request, if the request message is [...] not well-formed XML"
        # -- WS-I Basic Profile 1.1, R1113
        yield warning(
            f"the question {asked.english} was refused with HTTP 400 and no Fault, which the platform turns "
            "into VP009",
            f"frågan {asked.swedish} avvisades med HTTP 400 utan SOAP-fel, vilket plattformen gör om till "
            "VP009",
        )
        return
    yield from _must_be_fault(answered, asked)


def _must_be_fault(answered: Answered, asked: Text) -> Iterator[Noted]:
    if answered.form is not Form.FAULT:
        told = answered.as_told
        yield error(
            f"the question {asked.english} was not answered with a SOAP Fault, but with {told.english}",
            f"frågan {asked.swedish} besvarades inte med ett SOAP-fel, utan med {told.swedish}",
        )
    elif answered.reply.status != _FAULT:
        yield error(
            f"the Fault to a question {asked.english} came with HTTP {answered.reply.status}; the platform "
            "passes a Fault on only with HTTP 500",
            f"SOAP-felet på en fråga {asked.swedish} kom med HTTP {answered.reply.status}; plattformen "
            "släpper igenom ett SOAP-fel bara med HTTP 500",
        )


def _nothing_leaks(context: Context) -> Iterator[Noted]:
    token = _token()
    wording = context.wording()
    seen: list[Noted] = []
    without_address = Wording(context.interaction, context.query(), None)
    for body, asked in (
        (wording.against_the_schema(token), Text("that breaks the schema", "som bryter mot schemat")),
        (wording.not_well_formed(token), Text("that is not well-formed", "som inte är välformad")),
        (wording.of_no_contract(token), Text("of no contract", "som inte hör till något kontrakt")),
        (without_address.extended(token), Text("without LogicalAddress", "utan LogicalAddress")),
    ):
        answered = context.post(body)
        if not answered.is_answer:
            seen += [one for one in _leaks(context, answered, token, asked) if one not in seen]
    yield from seen


def _leaks(context: Context, answered: Answered, token: str, asked: Text) -> Iterator[Noted]:
    text = _text(answered)
    found: list[Text] = []
    if repeats(context.settings.person)(text):
        found.append(Text("the patient's id", "patientens id"))
    if token.casefold() in text.casefold():
        found.append(Text("a piece of the question", "en bit av frågan"))
    # What stands in angle brackets is markup, and a namespace looks like a path or a class.
    prose = re.sub(r"<[^>]*>", "\n", _NAMESPACES.sub(" ", text[:_LONGEST]))
    found += [what for what, pattern in _INTERNALS if pattern.search(prose)]
    for name in _TELLING_HEADERS:
        if any(map(str.isdigit, str(answered.reply.headers.get(name, "")))):
            yield warning(
                f"the header {name} tells which version of which program answers",
                f"headern {name} berättar vilken version av vilket program som svarar",
            )
    if any(repeats(context.settings.person)(str(value)) for value in answered.reply.headers.values()):
        found.append(Text("the patient's id in an HTTP header", "patientens id i en HTTP-header"))
    for what in found:
        yield error(
            f"the refusal of a question {asked.english} holds {what.english}",
            f"avvisningen av en fråga {asked.swedish} innehåller {what.swedish}",
        )


def _text(answered: Answered) -> str:
    try:
        return answered.reply.body.decode(charset_of(answered.reply) or "utf-8", "replace")
    except LookupError:
        return answered.reply.body.decode("utf-8", "replace")


_MEND: Final = Text(
    "Answer with HTTP 500 and a SOAP 1.1 Fault: faultcode Client or Server, a fixed sentence and a log id.",
    "Svara med HTTP 500 och ett SOAP 1.1-fel: faultcode Client eller Server, en fast mening och ett logg-id.",
)
_WHY: Final = Text(
    "The platform passes a Fault on only when it comes with HTTP 500; everything else becomes VP009 and "
    "says nothing.",
    "Plattformen släpper igenom ett SOAP-fel bara när det kommer med HTTP 500; allt annat blir VP009 och "
    "säger ingenting.",
)

CHECKS: Final = (
    Check(
        code="PC-020",
        title=Text(
            "A question that breaks the schema gets a SOAP Fault on HTTP 500",
            "En fråga som bryter mot schemat får ett SOAP-fel på HTTP 500",
        ),
        why=_WHY,
        mend=_MEND,
        reference="RIV-TA Basic Profile 2.1 (SOAP 1.1, WS-I Basic Profile 1.1 R1126); the platform",
        run=_schema_fault,
    ),
    Check(
        code="PC-021",
        title=Text(
            "A question that is not well-formed gets a SOAP Fault on HTTP 500",
            "En fråga som inte är välformad får ett SOAP-fel på HTTP 500",
        ),
        why=_WHY,
        mend=_MEND,
        reference="RIV-TA Basic Profile 2.1 (SOAP 1.1, WS-I Basic Profile 1.1 R1113, R1126); the platform",
        run=_syntax_fault,
    ),
    Check(
        code="PC-022",
        title=Text(
            "A refusal says nothing of the patient, the question or the program",
            "En avvisning säger inget om patienten, frågan eller programmet",
        ),
        why=Text(
            "Faults are logged by everybody on the way; a person id in one is spread, and an inner detail "
            "helps whoever attacks.",
            "Fel loggas av alla på vägen; ett person-id i ett fel sprids, och en inre detalj hjälper den som "
            "angriper.",
        ),
        mend=Text(
            "Send a fixed sentence and a log id; write what happened in your own log, under that id.",
            "Skicka en fast mening och ett logg-id; skriv vad som hände i din egen logg, under det id:t.",
        ),
        reference="TKB clinicalprocess:logistics:logistics 3.0.13, error handling (no personal data); the "
        "platform",
        run=_nothing_leaks,
    ),
)
