"""All rules of the contract in one table, and the three questions that can be put to it.

Pure: the time is passed in. The table is the only registration; nothing is added by importing.
"""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from types import MappingProxyType
from typing import Final

from riv_careplans.exchange import Answer, Query
from riv_careplans.identity import swedish_time
from riv_careplans.model import Agreement, CarePlan
from riv_careplans.rules import attachments, content, exchanges, identities, times
from riv_careplans.rules.rule import (
    AnswerSubject,
    RecordSubject,
    Rule,
    RuleFinding,
    Severity,
    Text,
)

__all__ = [
    "MOST_FINDINGS_OF_A_RULE",
    "RULES",
    "RULES_BY_CODE",
    "check_answer",
    "check_query",
    "check_record",
]

RULES: Final = (
    Rule(
        code="CP-001",
        text=Text(
            "dates and times exist in the calendar",
            "datum och tider finns i kalendern",
        ),
        unsafe=True,
        by_codec=True,
    ),
    Rule(
        code="CP-002",
        text=Text(
            "the patient id is a personnummer, samordningsnummer or reservnummer that can exist",
            "patientens id är ett personnummer, samordningsnummer eller reservnummer som kan finnas",
        ),
        unsafe=True,  # nobody can have asked for such a person
        record=identities.patient_exists,
        query=exchanges.asked_patient_exists,
    ),
    Rule(
        code="CP-003",
        text=Text(
            "HSA-ids have the form of an HSA-id",
            "HSA-id har formen av ett HSA-id",
        ),
        severity=Severity.WARNING,
        record=identities.hsa_ids_have_their_form,
        query=exchanges.asked_ids_have_their_form,
    ),
    Rule(
        code="CP-004",
        text=Text(
            "a code has its code system and display name; an original text stands without a code",
            "en kod har sitt kodsystem och sin klartext; en originaltext står utan kod",
        ),
        record=content.codes_are_whole,
    ),
    Rule(
        code="CP-005",
        text=Text(
            "every record of an answer is about the patient asked for",
            "varje post i ett svar gäller den patient som frågan gällde",
        ),
        unsafe=True,  # another person's data, and with it everything else in the answer
        answer=exchanges.answers_are_about_the_patient,
    ),
    Rule(
        code="CP-006",
        text=Text(
            "ids are unique within a record, and every reference finds its part",
            "id är unika inom en post, och varje hänvisning finner sin del",
        ),
        record=identities.ids_are_unique_and_resolve,
    ),
    Rule(
        code="CP-007",
        text=Text(
            "a source system gives every record an id of its own",
            "ett källsystem ger varje post ett eget id",
        ),
        answer=exchanges.record_ids_are_unique,
    ),
    Rule(
        code="CP-008",
        text=Text(
            "periods end after they start, updates follow creation, and the block time is not to come",
            "perioder slutar efter att de börjat, uppdateringar följer på skapandet, "
            "och spärrtidpunkten är inte kommande",
        ),
        record=times.times_are_in_order,
        query=exchanges.asked_period_is_in_order,
    ),
    Rule(
        code="CP-009",
        text=Text(
            "goals and sub-goals are at most three levels deep: move this goal up",
            "mål och delmål är högst tre nivåer djupa: flytta upp detta mål",
        ),
        record=content.sub_goals_are_three_levels,
    ),
    Rule(
        code="CP-010",
        text=Text(
            "an attachment is one document, embedded or at a web address, and is what it says it is",
            "en bilaga är ett dokument, inbäddat eller på en webbadress, och är vad den säger sig vara",
        ),
        unsafe=True,  # a changed document, or an address that runs code; not one that is missing or large
        record=attachments.attachments_are_honest,
    ),
    Rule(
        code="CP-011",
        text=Text(
            "a plan without goals, activities and participants has at least one attachment",
            "en plan utan mål, aktiviteter och deltagare har minst en bilaga",
        ),
        record=content.empty_plans_have_a_document,
    ),
    Rule(
        code="CP-012",
        text=Text(
            "a recurrence happens at least once, in a period that exists",
            "en återkommande tid infaller minst en gång, i en period som finns",
        ),
        record=times.recurrences_make_sense,
    ),
    Rule(
        code="CP-013",
        text=Text(
            "a booked activity has a booking, and a completed goal has an achievement",
            "en bokad aktivitet har en bokning, och ett avslutat mål har en måluppfyllelse",
        ),
        record=content.activities_and_goals_have_their_proof,
    ),
    Rule(
        code="CP-014",
        text=Text(
            "a joint plan (SIP) says who does what, who leads, when it is followed up, "
            "which care givers take part, and that the patient agrees",
            "en samordnad individuell plan (SIP) säger vem som gör vad, vem som leder, när den följs upp, "
            "vilka vård- och omsorgsgivare som deltar och att patienten samtycker",
        ),
        severity=Severity.WARNING,
        record=content.joint_plans_are_whole,
    ),
    Rule(
        code="CP-015",
        text=Text(
            "a genomförandeplan is kept under SoL or LSS: change the legal basis or the plan type",
            "en genomförandeplan förs enligt SoL eller LSS: ändra lagrum eller plantyp",
        ),
        record=content.implementation_plans_have_their_law,
    ),
    Rule(
        code="CP-016",
        text=Text(
            "a patient has at most one active fast läkarkontakt i primärvården: end the others",
            "en patient har högst en aktiv fast läkarkontakt i primärvården: avsluta de andra",
        ),
        severity=Severity.WARNING,
        answer=exchanges.one_primary_care_physician,
    ),
    Rule(
        code="CP-017",
        text=Text(
            "a risk with a red trigger has an urgent action",
            "en risk med rött varningstecken har en brådskande åtgärd",
        ),
        record=content.red_triggers_lead_to_haste,
    ),
    Rule(
        code="CP-018",
        text=Text(
            "the patient's id stands here: it may stand in the patient id alone, so remove it",
            "patientens id står här: det får bara stå i patientens identitet, så ta bort det",
        ),
        unsafe=True,  # texts and ids travel on: to logs, addresses, calendars and messages
        record=content.texts_keep_the_patient_id_out,
        answer=exchanges.answers_keep_the_patient_id_out,
    ),
    Rule(
        code="CP-019",
        text=Text(
            "a result of ERROR says why and comes without records",
            "resultatet ERROR säger varför och kommer utan poster",
        ),
        answer=exchanges.errors_come_alone,
    ),
    Rule(
        code="CP-020",
        text=Text(
            "records under SoL are shared between care givers only from elder and disability care: make sure",
            "poster enligt SoL delas mellan vård- och omsorgsgivare bara från äldre- och "
            "funktionshindersomsorg: kontrollera",
        ),
        severity=Severity.INFO,
        record=content.social_service_sharing_is_lawful,
    ),
    Rule(
        code="CP-021",
        text=Text(
            "a participant is a person, a team, or a person reached through a team",
            "en deltagare är en person, ett team eller en person som nås genom ett team",
        ),
        reference="contract description, section 3.4",
        record=content.participants_are_someone,
    ),
)
"""Every rule, in the order of its code."""

RULES_BY_CODE: Final = MappingProxyType({rule.code: rule for rule in RULES})
"""The rules by their permanent codes."""

MOST_FINDINGS_OF_A_RULE: Final = 100
"""Where a rule stops looking in a record."""

_OF_RECORDS: Final = tuple((rule, rule.record) for rule in RULES if rule.record)
_OF_ANSWERS: Final = tuple((rule, rule.answer) for rule in RULES if rule.answer)
_OF_QUERIES: Final = tuple((rule, rule.query) for rule in RULES if rule.query)


def check_record(
    record: CarePlan | Agreement, *, now: datetime, attachments_asked: bool = True, at: str = ""
) -> tuple[RuleFinding, ...]:
    """Return what is wrong with one record, by rule and then by place.

    Stops at a hundred findings of one rule: more tell nothing new, and cost what a hostile record
    wants them to.
    `now` is Swedish local time, or has a zone. `attachments_asked` is false when the question said
    includeAttachments=false. `at` is the record's path in its document, such as `carePlan[2]`.
    """
    subject = RecordSubject.of(record, now=swedish_time(now), attachments_asked=attachments_asked)
    return tuple(
        rule.finding(breach, at=at)
        for rule, check in _OF_RECORDS
        for breach in islice(check(subject), MOST_FINDINGS_OF_A_RULE)
    )


def check_answer(answer: Answer, query: Query, *, now: datetime) -> tuple[RuleFinding, ...]:
    """Return what is wrong with an answer as a whole; its records are each for `check_record`.

    An unsafe finding concerns the record that its path names; one of CP-005 the whole answer.
    """
    subject = AnswerSubject(answer=answer, query=query, now=swedish_time(now))
    return tuple(rule.finding(breach) for rule, check in _OF_ANSWERS for breach in check(subject))


def check_query(query: Query) -> tuple[RuleFinding, ...]:
    """Return what is wrong with a question; one with an error is answered INVALID_REQUEST."""
    return tuple(rule.finding(breach) for rule, check in _OF_QUERIES for breach in check(query))
