"""Checks of how questions may be written and sent: what must be tolerated, and what refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from uuid import uuid4

from riv_careplans.conformance.answers import Form, charset_of
from riv_careplans.conformance.check import Check, Context, Noted, error, fact, warning
from riv_careplans.conformance.client import TimedOut, Unanswered
from riv_careplans.rules import Severity, Text

__all__ = ["CHECKS"]

_TOO_LARGE: Final = 2 * 1024 * 1024
_FIRST_ERROR: Final = 400


def _extensions(context: Context) -> Iterator[Noted]:
    token = uuid4().hex
    context.plain()
    for body, asked in (
        (
            context.wording().extended(token),
            Text(
                "with an unknown element in its extension point", "med ett okänt element i utökningspunkten"
            ),
        ),
        (
            context.wording().with_header(token),
            Text("with an unknown SOAP header", "med en okänd SOAP-header"),
        ),
    ):
        yield from context.same_records(context.post(body), asked=asked)


def _soap_action(context: Context) -> Iterator[Noted]:
    context.plain()
    body = context.wording().plain()
    own = context.interaction.contract.soap_actions
    tried: list[tuple[str | None, Text]] = [
        ('"urn:conformance:wrong"', Text("with a wrong SOAPAction", "med fel SOAPAction")),
        ('""', Text("with an empty SOAPAction", "med tom SOAPAction")),
        (None, Text("without SOAPAction", "utan SOAPAction")),
        (own[0], Text("with SOAPAction without quotation marks", "med SOAPAction utan citattecken")),
    ]
    tried += [
        (f'"{action}"', Text("with the corrected SOAPAction", "med rättad SOAPAction")) for action in own[1:]
    ]
    for action, asked in tried:
        yield from context.same_records(context.post(body, action=action), asked=asked)


def _encodings(context: Context) -> Iterator[Noted]:
    context.plain()
    wording = context.wording()
    for body, content_type, asked in (
        (wording.plain(), "text/xml", Text("in UTF-8 without a charset label", "i UTF-8 utan charset")),
        (
            wording.plain(),
            'text/xml; charset="utf-8"',
            Text("in UTF-8 with a charset in quotation marks", "i UTF-8 med charset inom citattecken"),
        ),
        (
            wording.with_byte_order_mark(),
            "text/xml; charset=UTF-8",
            Text("in UTF-8 with a byte order mark", "i UTF-8 med byteordningsmärke"),
        ),
        (
            wording.in_utf_16(),
            "text/xml; charset=UTF-16",
            Text("in UTF-16 with a byte order mark", "i UTF-16 med byteordningsmärke"),
        ),
    ):
        yield from context.same_records(context.post(body, content_type=content_type), asked=asked)


def _doctype(context: Context) -> Iterator[Noted]:
    number = context.settings.person.extension or ""
    for body, asked in (
        (context.wording().with_doctype(), Text("with a DOCTYPE", "med en DOCTYPE")),
        (
            context.wording().with_entity(number),
            Text(
                "whose patient stands in an entity of its DOCTYPE",
                "vars patient står i en entitet i dess DOCTYPE",
            ),
        ),
    ):
        answered = context.post(body)
        if answered.form is Form.ANSWER and not answered.is_error and not answered.records:
            told = answered.as_told
            yield error(
                f"the question {asked.english} was accepted, and answered with {told.english}",
                f"frågan {asked.swedish} godtogs, och besvarades med {told.swedish}",
            )
        else:
            yield from context.must_refuse(answered, asked=asked)


def _oversize(context: Context) -> Iterator[Noted]:
    asked = Text("of 2 MiB", "på 2 MiB")
    try:
        answered = context.post(context.wording().of_size(_TOO_LARGE))
    except TimedOut:
        raise
    except Unanswered as exc:
        # Whoever refuses in the middle of a question may cut the connection.
        yield fact("the producer", "producenten", context.settings.say(exc.text))
        return
    yield fact("refused with", "avvisad med", f"HTTP {answered.reply.status}")
    yield from context.must_refuse(answered, asked=asked)


def _soap_12(context: Context) -> Iterator[Noted]:
    body = context.wording().in_soap_12()
    for content_type, asked in (
        (
            "application/soap+xml; charset=UTF-8",
            Text("in SOAP 1.2, sent as application/soap+xml", "i SOAP 1.2, sänd som application/soap+xml"),
        ),
        ("text/xml; charset=UTF-8", Text("in SOAP 1.2, sent as text/xml", "i SOAP 1.2, sänd som text/xml")),
    ):
        answered = context.post(body, content_type=content_type)
        yield from context.must_refuse(answered, asked=asked)


def _get(context: Context) -> Iterator[Noted]:
    reply = context.client.get()
    yield fact("answered with", "besvarad med", f"HTTP {reply.status}")
    if reply.status < _FIRST_ERROR:
        yield warning(
            f"GET without ?wsdl was answered with HTTP {reply.status}; right is 405",
            f"GET utan ?wsdl besvarades med HTTP {reply.status}; rätt är 405",
        )


def _content_type(context: Context) -> Iterator[Noted]:
    unknown = context.first()
    fault = context.post(context.wording().against_the_schema("canary"))
    answers = [(Text("answer", "svar"), unknown)]
    if fault.form is Form.FAULT:
        answers.append((Text("Fault", "SOAP-fel"), fault))
    for what, answered in answers:
        content_type = answered.reply.headers.get_content_type()
        if answered.reply.headers.get("Content-Type") is None or content_type != "text/xml":
            yield error(
                f"the content type of an {what.english} is not text/xml"
                if what.english == "answer"
                else f"the content type of a {what.english} is not text/xml",
                f"innehållstypen på ett {what.swedish} är inte text/xml",
            )
            continue
        charset = (charset_of(answered.reply) or "").lower()
        if charset not in ("utf-8", "utf8"):
            named = "another one" if charset else "none"
            swedish = "en annan" if charset else "ingen"
            yield warning(
                f"the content type names {named} instead of charset=UTF-8 ({what.english})",
                f"innehållstypen nämner {swedish} i stället för charset=UTF-8 ({what.swedish})",
            )


def _no_gzip(context: Context) -> Iterator[Noted]:
    answered = context.first()
    if answered.reply.encoding:
        yield error(
            "the answer came compressed, though the question did not ask for it",
            "svaret kom komprimerat, fast frågan inte bad om det",
        )


CHECKS: Final = (
    Check(
        code="PC-023",
        title=Text(
            "Unknown elements and headers are tolerated where the contract lets them be",
            "Okända element och headrar tolereras där kontraktet tillåter dem",
        ),
        why=Text(
            "Without it no newer consumer can ask an older producer.",
            "Annars kan ingen nyare konsument fråga en äldre producent.",
        ),
        mend=Text(
            "Let elements of other namespaces in extension points, and SOAP headers without mustUnderstand, "
            "be.",
            "Låt element i andra namnrymder i utökningspunkter, och SOAP-headrar utan mustUnderstand, vara.",
        ),
        reference="RIV-TA domain schemas, rule 5; SOAP 1.1, section 4.2.3",
        run=_extensions,
    ),
    Check(
        code="PC-024",
        title=Text(
            "A wrong, missing, empty or unquoted SOAPAction is tolerated",
            "Fel, saknad, tom eller ociterad SOAPAction tolereras",
        ),
        why=Text(
            "The platform passes SOAPAction on as it came, and the published 2.0 has a wrong one.",
            "Plattformen skickar SOAPAction vidare som den kom, och den publicerade 2.0 har en felaktig.",
        ),
        mend=Text(
            "Find the operation by the namespace of the message in the Body, and do not look at SOAPAction.",
            "Hitta operationen på namnrymden för meddelandet i Body, och titta inte på SOAPAction.",
        ),
        reference="RIV-TA Basic Profile 2.1, rules #15 and #29; the platform",
        run=_soap_action,
    ),
    Check(
        code="PC-025",
        title=Text(
            "Questions in UTF-8 and UTF-16 are understood, however labelled",
            "Frågor i UTF-8 och UTF-16 förstås, hur de än är märkta",
        ),
        why=Text(
            "Consumers that ask without the platform in between choose either.",
            "Konsumenter som frågar utan plattformen emellan väljer endera.",
        ),
        mend=Text(
            "Give the bytes and the charset of the Content-Type to an XML parser; do not decode by yourself.",
            "Ge byten och Content-Types charset till en XML-tolk; avkoda inte själv.",
        ),
        reference="WS-I Basic Profile 1.1, R1012 and R4003",
        run=_encodings,
    ),
    Check(
        code="PC-026",
        title=Text("A question with a DOCTYPE is refused", "En fråga med DOCTYPE avvisas"),
        why=Text(
            "A DOCTYPE can make a parser read files, call other servers, or fill its memory.",
            "En DOCTYPE kan få en tolk att läsa filer, anropa andra servrar eller fylla minnet.",
        ),
        mend=Text(
            "Tell the XML parser to refuse document type declarations (disallow-doctype-decl or the like).",
            "Säg åt XML-tolken att avvisa dokumenttypsdeklarationer (disallow-doctype-decl eller liknande).",
        ),
        reference="SOAP 1.1, section 3; WS-I Basic Profile 1.1, R1008; the platform",
        run=_doctype,
    ),
    Check(
        code="PC-027",
        title=Text("A question of 2 MiB is refused", "En fråga på 2 MiB avvisas"),
        why=Text(
            "A producer without a limit can be put out of work by one caller.",
            "En producent utan gräns kan slås ut av en enda anropare.",
        ),
        mend=Text(
            "Limit the body to 1 MiB while it arrives, and answer HTTP 413 or a Fault.",
            "Begränsa kroppen till 1 MiB medan den kommer, och svara HTTP 413 eller ett SOAP-fel.",
        ),
        reference="the platform (limits)",
        run=_oversize,
    ),
    Check(
        code="PC-028",
        title=Text("SOAP 1.2 is refused", "SOAP 1.2 avvisas"),
        why=Text(
            "RIV-TA is SOAP 1.1; two dialects at one address are two services to test and to protect.",
            "RIV-TA är SOAP 1.1; två dialekter på en adress är två tjänster att prova och skydda.",
        ),
        mend=Text(
            "Answer application/soap+xml with HTTP 415, and an envelope of SOAP 1.2 with a Fault "
            "VersionMismatch.",
            "Besvara application/soap+xml med HTTP 415, och ett kuvert i SOAP 1.2 med felet VersionMismatch.",
        ),
        reference="RIV-TA Basic Profile 2.1 (SOAP 1.1); SOAP 1.1, section 4.1.2",
        run=_soap_12,
    ),
    Check(
        code="PC-029",
        title=Text("GET without ?wsdl is refused", "GET utan ?wsdl avvisas"),
        why=Text(
            "A question is asked with POST; what answers a GET is often a page that tells too much.",
            "En fråga ställs med POST; det som svarar på GET är ofta en sida som berättar för mycket.",
        ),
        mend=Text("Answer HTTP 405.", "Svara HTTP 405."),
        reference="WS-I Basic Profile 1.1, R1114; the platform",
        severity=Severity.WARNING,
        run=_get,
    ),
    Check(
        code="PC-030",
        title=Text(
            "Answers and Faults are text/xml with charset UTF-8", "Svar och fel är text/xml med charset UTF-8"
        ),
        why=Text(
            "Without the label Swedish letters are read wrongly by some consumers.",
            "Utan märkningen läser en del konsumenter svenska bokstäver fel.",
        ),
        mend=Text(
            "Send Content-Type: text/xml; charset=UTF-8.", "Skicka Content-Type: text/xml; charset=UTF-8."
        ),
        reference="SOAP 1.1, section 6; WS-I Basic Profile 1.1, R1012",
        run=_content_type,
    ),
    Check(
        code="PC-031",
        title=Text(
            "Answers are not compressed unless the question asks for it",
            "Svar komprimeras inte om frågan inte ber om det",
        ),
        why=Text(
            "The platform takes Accept-Encoding away and does not unpack: a compressed answer reaches "
            "nobody.",
            "Plattformen tar bort Accept-Encoding och packar inte upp: ett komprimerat svar når ingen.",
        ),
        mend=Text(
            "Compress only when Accept-Encoding names the coding.",
            "Komprimera bara när Accept-Encoding nämner kodningen.",
        ),
        reference="the platform; HTTP (RFC 9110), section 12.5.3",
        run=_no_gzip,
    ),
)
