"""The rules about a whole answer and about a question.

Quotations are from the contract description, section 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from riv_careplans.codes import (
    FIXED_CONTACT_SYSTEM,
    AgreementStatus,
    FixedContact,
    PlanStatus,
    ResultCode,
)
from riv_careplans.exchange import Query
from riv_careplans.identity import is_organisation_number, is_uuid
from riv_careplans.model import II, Agreement, CarePlan, Participant
from riv_careplans.rules.identities import hsa_id_fault, person_id_fault
from riv_careplans.rules.repeats import repeats
from riv_careplans.rules.rule import AnswerSubject, Breach, Severity, Text
from riv_careplans.rules.times import date_period_faults

__all__ = [
    "answers_are_about_the_patient",
    "answers_keep_the_patient_id_out",
    "asked_ids_have_their_form",
    "asked_patient_exists",
    "asked_period_is_in_order",
    "errors_come_alone",
    "one_primary_care_physician",
    "record_ids_are_unique",
]

_LOG_ID_IS_NO_UUID = Text(
    "the log id is no UUID: give a random one, which leads to nobody",
    "logg-id är inget UUID: ange ett slumpat, som inte leder till någon",
)
_UNREADABLE_ID = Text(
    "the identity holds a line break or another character that cannot be printed: remove it",
    "identiteten innehåller radbrytning eller annat tecken som inte kan skrivas ut: ta bort det",
)
_ANOTHER_PATIENT = Text(
    "the record is about another patient than the question, or than the first record of the answer: "
    "an answer is about one patient",
    "posten gäller en annan patient än frågan, eller än svarets första post: ett svar gäller en patient",
)
_ERROR_WITHOUT_CODE = Text(
    "the result is ERROR but does not say why: give errorCode",
    "resultatet är ERROR men säger inte varför: ange errorCode",
)
_ERROR_WITH_RECORDS = Text(
    "the result is ERROR but records come with it: send either, not both",
    "resultatet är ERROR men poster följer med: skicka det ena, inte båda",
)
_IN_FORCE = frozenset({PlanStatus.ACTIVE, PlanStatus.ON_HOLD, AgreementStatus.ACTIVE})


def answers_are_about_the_patient(subject: AnswerSubject) -> Iterator[Breach]:
    """CP-005. One such record and the whole answer of that source is set aside."""
    # "every record in one answer is about the patient asked for"
    asked = subject.query.patient_id.key
    for path, record in subject.records():
        if record.header.access_control.patient_id.key != asked:
            yield Breach(f"{path}/header/accessControl/patientId", _ANOTHER_PATIENT)


def record_ids_are_unique(subject: AnswerSubject) -> Iterator[Breach]:
    """CP-007, also between a care plan and an agreement; the later one is named."""
    # "record.id is unique within a source system"
    seen = set()
    for path, record in subject.records():
        identity = (record.header.source_system_id.key, record.header.record.id.key)
        if identity in seen:
            yield Breach(f"{path}/header/record/id")
        seen.add(identity)


def one_primary_care_physician(subject: AnswerSubject) -> Iterator[Breach]:
    """CP-016; every physician but the first is named, once.

    The same physician stands in many records. Two are the same when their ids are, or, where one
    has no id, their names.
    """
    # "at most one active participant with role 2 (fast läkarkontakt i primärvården) per patient, also across
    # sources"
    physicians = list(_active_physicians(subject))
    names_with_id = {name for _, identity, name in physicians if identity and name}
    seen: set[object] = set()
    for path, identity, name in physicians:
        who = identity or name
        if who is None or (identity is None and name in names_with_id) or who in seen:
            continue
        if seen:
            yield Breach(path)
        seen.add(who)


def _active_physicians(
    subject: AnswerSubject,
) -> Iterator[tuple[str, tuple[str, str] | None, str | None]]:
    """Give path, identity and name of each."""
    today = subject.now.date()
    for path, record in subject.records():
        if not _is_in_force(record, today):
            continue
        for position, one in enumerate(record.body.participants, 1):
            if _is_primary_care_physician(one) and (one.period is None or one.period.contains(today)):
                who = one.person or one.team
                identity = who.id.key if who and who.id else None
                name = " ".join(who.name.casefold().split()) if who and who.name else None
                yield f"{path}/body/participant[{position}]", identity, name


def _is_in_force(record: CarePlan | Agreement, today: date) -> bool:
    period = record.body.period
    return record.body.status in _IN_FORCE and (period is None or period.contains(today))


def _is_primary_care_physician(participant: Participant) -> bool:
    role = participant.role
    return role.code == FixedContact.PRIMARY_CARE_PHYSICIAN and role.code_system == FIXED_CONTACT_SYSTEM


def answers_keep_the_patient_id_out(subject: AnswerSubject) -> Iterator[Breach]:
    """CP-018, of what stands beside the records."""
    # "text never repeats the patient id; logId is a UUID"
    result = subject.answer.result
    if not is_uuid(result.log_id):
        yield Breach("result/logId", _LOG_ID_IS_NO_UUID, harmless=True)
    is_repeated = repeats(subject.query.patient_id)
    texts = [("result/logId", result.log_id), ("result/resultText", result.text or "")]
    for position, more in enumerate(subject.answer.has_more, 1):
        texts.append((f"hasMore[{position}]/logicalAddress", more.logical_address))
        texts.append((f"hasMore[{position}]/reference", more.reference))
    yield from (Breach(path) for path, text in texts if is_repeated(text))


def errors_come_alone(subject: AnswerSubject) -> Iterator[Breach]:
    """CP-019."""
    # "result ERROR has errorCode and no records"
    answer = subject.answer
    if answer.result.code != ResultCode.ERROR:
        return
    if answer.result.error_code is None:
        yield Breach("result/errorCode", _ERROR_WITHOUT_CODE)
    if answer.care_plans or answer.agreements:
        yield Breach("result/resultCode", _ERROR_WITH_RECORDS)


def asked_patient_exists(query: Query) -> Iterator[Breach]:
    """CP-002, in a question."""
    fault = person_id_fault(query.patient_id)
    if fault is not None:
        yield Breach("patientId", fault)


def asked_ids_have_their_form(query: Query) -> Iterator[Breach]:
    """CP-003, in a question.

    A strange HSA-id is only a warning. What cannot be printed is an error whatever its root: it
    matches no record, and would break lines in whatever logs and addresses it reaches.
    """
    source = (query.source_system_id,) if query.source_system_id else ()
    yield from _asked_faults("careUnitId[{}]", query.care_unit_ids, bare=False)
    yield from _asked_faults("careGiverId[{}]", query.care_giver_ids, bare=True)
    yield from _asked_faults("sourceSystemId", source, bare=True)
    yield from _asked_faults("recordId[{}]", query.record_ids, bare=False)


def _asked_faults(place: str, identities: Iterable[II], *, bare: bool) -> Iterator[Breach]:
    for position, identity in enumerate(identities, 1):
        extension = identity.extension or ""
        if not (identity.root + extension).isprintable():
            yield Breach(place.format(position), _UNREADABLE_ID, severity=Severity.ERROR)
        elif (fault := hsa_id_fault(identity)) and not (bare and is_organisation_number(extension)):
            yield Breach(place.format(position), fault)


def asked_period_is_in_order(query: Query) -> Iterator[Breach]:
    """CP-008, in a question; both meanings of datePeriod, of 3.0 and of 2.0."""
    for period in (query.date_period, query.created_period):
        if period is not None:
            yield from (breach.below("datePeriod") for breach in date_period_faults(period))
