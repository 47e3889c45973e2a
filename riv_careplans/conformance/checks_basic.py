"""Checks of the first things: it answers, to the right system, about the right patient, validly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from riv_careplans.conformance.check import (
    ONLY_3,
    Check,
    Context,
    Noted,
    Skipped,
    counted,
    error,
    fact,
    info,
    not_answered,
)
from riv_careplans.conformance.client import TimedOut, Unanswered
from riv_careplans.conformance.questions import NOWHERE, Wording
from riv_careplans.exchange import Query
from riv_careplans.rules import Text
from riv_careplans.validation.document import examine
from riv_careplans.validation.options import Options

__all__ = ["CHECKS"]

_MOST_FINDINGS: Final = 200
_MOST_PAGES: Final = 100


def _answers(context: Context) -> Iterator[Noted]:
    settings = context.settings
    contract = context.interaction.contract
    yield fact("contract", "kontrakt", f"{contract.name} {contract.version}")
    yield fact("address", "adress", settings.shown_url)
    yield fact("logical address", "logisk adress", settings.address)
    if settings.is_tls:
        yield fact("TLS", "TLS", context.client.tls_version)
    answered = context.first()
    if answered.is_answer:
        count = len(answered.records)
        yield fact("records of the test patient", "testpatientens poster", count)
        if not count:
            yield info(
                "the test patient has no records here, so that filters cannot be checked",
                "testpatienten har inga poster här, så urvalen går inte att kontrollera",
            )
        return
    told = answered.as_told
    yield error(
        f"the plain question was not answered: it answered with {told.english}",
        f"den vanliga frågan besvarades inte: den svarade med {told.swedish}",
        Text(
            "check the address, the contract, the logical address (--logical-address) and the test patient",
            "kontrollera adressen, kontraktet, den logiska adressen (--logical-address) och testpatienten",
        ),
    )


def _certificate_demanded(context: Context) -> Iterator[Noted]:
    if not context.settings.is_tls:
        raise Skipped(
            "the producer is asked without TLS; in operation it must demand a client certificate",
            "producenten frågas utan TLS; i drift ska den kräva klientcertifikat",
        )
    if context.settings.certificate is None:
        raise Skipped("no client certificate was given (--cert)", "inget klientcertifikat angavs (--cert)")
    try:
        answered = context.post(context.wording().plain(), with_certificate=False)
    except TimedOut:
        raise
    except Unanswered as exc:
        yield fact("the producer", "producenten", context.settings.say(exc.text))
        return
    yield from context.must_refuse(
        answered, asked=Text("without a client certificate", "utan klientcertifikat")
    )


def _address_demanded(context: Context) -> Iterator[Noted]:
    for address, asked in (
        (None, Text("without the header LogicalAddress", "utan headern LogicalAddress")),
        ("", Text("with an empty LogicalAddress", "med en tom LogicalAddress")),
    ):
        body = Wording(context.interaction, context.query(), address).plain()
        yield from context.must_refuse(context.post(body), asked=asked)


def _address_obeyed(context: Context) -> Iterator[Noted]:
    if context.settings.logical_address is None:
        raise Skipped(
            "no logical address was given (--logical-address), so nobody knows which one is foreign",
            "ingen logisk adress angavs (--logical-address), så ingen vet vilken som är främmande",
        )
    body = Wording(context.interaction, context.query(), NOWHERE).plain()
    asked = Text("to another system's LogicalAddress", "till ett annat systems LogicalAddress")
    yield from context.must_refuse(context.post(body), asked=asked)


def _unknown_is_empty(context: Context) -> Iterator[Noted]:
    answered = context.kept("unknown", lambda: context.ask(Query(patient_id=context.settings.unknown_person)))
    asked = Text("about an unknown patient", "om en okänd patient")
    if not answered.is_answer:
        yield not_answered(answered, asked)
    elif answered.records:
        told = counted(len(answered.records))
        yield error(
            f"the question {asked.english} was answered with {told.english}: it answers "
            "about somebody else, or knows the patient (choose another with --unknown-patient)",
            f"frågan {asked.swedish} besvarades med {told.swedish}: den svarar om någon "
            "annan, eller känner patienten (välj en annan med --unknown-patient)",
        )
    elif answered.result != "OK":
        yield error(
            f"the question {asked.english} was answered with the result {answered.result or '?'}, not OK",
            f"frågan {asked.swedish} besvarades med resultatet {answered.result or '?'}, inte OK",
        )


def _answers_are_valid(context: Context) -> Iterator[Noted]:
    options = Options(now=context.now, schemas=context.settings.schemas)
    answers = [("plain", context.plain(), options)]
    unknown = context.kept("unknown", lambda: context.ask(Query(patient_id=context.settings.unknown_person)))
    if unknown.is_answer:
        answers.append(("unknown-patient", unknown, options))
    count = 0
    for name, answered, chosen in answers:
        examined = examine(answered.reply.body, name, chosen).examined
        yield from examined.levels
        for finding in examined.findings:
            count += 1
            if count <= _MOST_FINDINGS:
                yield finding
    if count > _MOST_FINDINGS:
        yield info(
            f"{count - _MOST_FINDINGS} more findings are not shown",
            f"{count - _MOST_FINDINGS} fynd till visas inte",
        )


def _right_patient(context: Context) -> Iterator[Noted]:
    asked = context.settings.person.key
    wrong = [record for record in context.records() if record.patient != asked]
    if wrong:
        yield error(
            f"{len(wrong)} of {len(context.records())} records: another patient than the one asked for",
            f"{len(wrong)} av {len(context.records())} poster: en annan patient än den som frågan gällde",
        )


def _log_id(context: Context) -> Iterator[Noted]:
    answered = context.plain()
    if not answered.has_log_id:
        seen = (
            Text("no log id", "inget logId") if not answered.log_id else Text("another text", "en annan text")
        )
        yield error(
            f"result/logId is not a UUID: there is {seen.english}",
            f"result/logId är ingen UUID: där finns {seen.swedish}",
        )
    again = context.ask(context.query())
    if again.is_answer and again.has_log_id and again.log_id == answered.log_id:
        yield error(
            "two questions got the same log id, so that it leads to neither",
            "två frågor fick samma logId, så det leder till ingen av dem",
        )


def _more_is_given(context: Context) -> Iterator[Noted]:
    references = list(context.plain().has_more)
    if not references:
        raise Skipped("the answer was whole: there is no hasMore", "svaret var helt: det finns inget hasMore")
    seen = [record.identity for record in context.plain().records]
    asked = Text("that continues a cut answer", "som fortsätter ett avkortat svar")
    followed: set[str] = set()
    while references and len(followed) < _MOST_PAGES:
        reference = references.pop(0)
        if reference in followed:
            yield error(
                "hasMore leads back to a reference that was followed before",
                "hasMore leder tillbaka till en referens som redan har följts",
            )
            return
        followed.add(reference)
        answered = context.ask(replace(context.query(), has_more_reference=reference))
        if not answered.is_answer:
            yield not_answered(answered, asked)
            return
        if any(record.patient != context.settings.person.key for record in answered.records):
            yield error(
                "hasMore leads to records about another patient",
                "hasMore leder till en annan patients poster",
            )
        if not answered.records:
            yield error("hasMore leads to an empty answer", "hasMore leder till ett tomt svar")
        seen += [record.identity for record in answered.records]
        references += answered.has_more
    yield fact("answers that were continued", "svar som fortsattes", len(followed))
    yield fact("records in all", "poster sammanlagt", len(set(seen)))
    if len(seen) != len(set(seen)):
        twice = counted(len(seen) - len(set(seen)))
        yield error(
            f"{twice.english} came more than once in an answer and its continuations",
            f"{twice.swedish} kom mer än en gång i ett svar och dess fortsättningar",
        )
    if references:
        yield error(
            f"hasMore goes on after {_MOST_PAGES} continuations",
            f"hasMore fortsätter efter {_MOST_PAGES} fortsättningar",
        )


CHECKS: Final = (
    Check(
        code="PC-001",
        title=Text(
            "The producer is reached and answers a plain question",
            "Producenten nås och besvarar en vanlig fråga",
        ),
        why=Text(
            "Without an answer to the simplest question nothing else can be told about a producer.",
            "Utan svar på den enklaste frågan går inget annat att säga om en producent.",
        ),
        mend=Text(
            "Check address, certificate, logical address and test patient; then look for the request id in "
            "the producer's log.",
            "Kontrollera adress, certifikat, logisk adress och testpatient; sök sedan på frågans id i "
            "producentens logg.",
        ),
        reference="RIV-TA Basic Profile 2.1; contract description, section 3",
        run=_answers,
    ),
    Check(
        code="PC-002",
        title=Text("A client certificate is demanded", "Klientcertifikat krävs"),
        why=Text(
            "Whoever reaches the address could read everybody's plans.",
            "Annars kan vem som helst som når adressen läsa allas planer.",
        ),
        mend=Text(
            "Let the server demand and check the client's certificate (mutual TLS), before the application "
            "is reached.",
            "Låt servern kräva och kontrollera klientens certifikat (ömsesidig TLS) innan tillämpningen nås.",
        ),
        reference="RIV-TA Basic Profile 2.1, rule #6",
        run=_certificate_demanded,
    ),
    Check(
        code="PC-005",
        title=Text("The header LogicalAddress is demanded", "Headern LogicalAddress krävs"),
        why=Text(
            "A question without address may have been meant for another system; an answer to it is data from "
            "the wrong place.",
            "En fråga utan adress kan ha varit till ett annat system; svaret blir uppgifter från fel ställe.",
        ),
        mend=Text(
            "Answer a question without the header, or with an empty one, with a SOAP Fault Client on HTTP "
            "500.",
            "Besvara en fråga utan headern, eller med en tom, med ett SOAP-fel Client på HTTP 500.",
        ),
        reference="RIV-TA Basic Profile 2.1, rule #8",
        run=_address_demanded,
    ),
    Check(
        code="PC-006",
        title=Text(
            "A question to another system's LogicalAddress gets no data",
            "En fråga till ett annat systems LogicalAddress får inga uppgifter",
        ),
        why=Text(
            "A producer answers only for the source system that the address names; else the same record "
            "comes from two places.",
            "En producent svarar bara för det källsystem som adressen nämner; annars kommer samma post från "
            "två håll.",
        ),
        mend=Text(
            "Compare LogicalAddress with the addresses the producer answers for, without regard to case, and "
            "refuse all others.",
            "Jämför LogicalAddress med de adresser producenten svarar för, utan hänsyn till versaler, och "
            "avvisa alla andra.",
        ),
        reference="TKB clinicalprocess:logistics:logistics 3.0.13, rule R3; RIV-TA Basic Profile 2.1, "
        "rule #8",
        run=_address_obeyed,
    ),
    Check(
        code="PC-007",
        title=Text(
            "A question about an unknown patient is answered with nothing and OK",
            "En fråga om en okänd patient besvaras med ingenting och OK",
        ),
        why=Text(
            "An error would make the overview say that a source is missing, though it has nothing to give.",
            "Ett fel får översikten att säga att en källa saknas, fast den inte har något att ge.",
        ),
        mend=Text(
            "Answer with an empty list and resultCode OK; no Fault, and never another patient's records.",
            "Svara med en tom lista och resultCode OK; inget fel, och aldrig en annan patients poster.",
        ),
        reference="TKB clinicalprocess:logistics:logistics 3.0.13, error handling",
        run=_unknown_is_empty,
    ),
    Check(
        code="PC-008",
        title=Text("Every answer is valid", "Alla svar är giltiga"),
        why=Text(
            "A consumer that checks what it gets sets aside what is not valid, and the patient's plans are "
            "not shown.",
            "En konsument som kontrollerar vad den får lägger undan det som inte är giltigt, och patientens "
            "planer visas inte.",
        ),
        mend=Text(
            "Each finding names its own rule and place; mend those.",
            "Varje fynd nämner sin egen regel och plats; åtgärda dem.",
        ),
        reference="contract description, sections 3 and 4; TKB clinicalprocess:logistics:logistics 3.0.13",
        run=_answers_are_valid,
    ),
    Check(
        code="PC-009",
        title=Text(
            "Every record is about the patient asked for", "Alla poster handlar om den patient frågan gällde"
        ),
        why=Text(
            "Another person's record in an answer is the gravest fault a producer can have.",
            "En annan persons post i ett svar är det allvarligaste fel en producent kan ha.",
        ),
        mend=Text(
            "Stop the service. Select by the patient's id and its root, and check it on every record before "
            "it leaves.",
            "Stoppa tjänsten. Välj på patientens id och dess root, och kontrollera det på varje post innan "
            "den lämnas ut.",
        ),
        reference="contract description, rule CP-005",
        run=_right_patient,
    ),
    Check(
        code="PC-010",
        title=Text(
            "The result has a log id that is a UUID of its own",
            "Resultatet har ett eget logId som är en UUID",
        ),
        why=Text(
            "The log id is all that a consumer can give the producer's support to find a question by.",
            "LogId är allt en konsument kan ge producentens support för att hitta en fråga.",
        ),
        mend=Text(
            "Make a new random UUID for each question, log it, and never derive it from the patient.",
            "Skapa en ny slumpad UUID för varje fråga, logga den och härled den aldrig ur patienten.",
        ),
        reference="TKB clinicalprocess:logistics:logistics 3.0.13, result/logId; contract description, "
        "rule CP-018",
        run=_log_id,
    ),
    Check(
        code="PC-033",
        title=Text(
            "A cut answer can be continued to its end, each record once",
            "Ett avkortat svar går att fortsätta till slutet, varje post en gång",
        ),
        why=Text(
            "Records that are lost or come twice between two answers make the overview wrong without "
            "anybody seeing it.",
            "Poster som försvinner eller kommer två gånger mellan svaren gör översikten fel utan att någon "
            "ser det.",
        ),
        mend=Text(
            "Let the reference name the last record given, in an order that does not change, and go on after "
            "it.",
            "Låt referensen nämna den sist givna posten, i en ordning som inte ändras, och fortsätt efter "
            "den.",
        ),
        reference="contract description, section 3",
        contracts=ONLY_3,
        run=_more_is_given,
    ),
)
