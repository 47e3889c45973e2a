"""GetCarePlans 3.0: its messages, and their way to and from queries and answers.

The records of this contract are the model itself, so nothing is translated here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import partial
from typing import ClassVar, Final, TypeVar

from msgspec.structs import replace

from riv_careplans import codec, exchange
from riv_careplans.codes import CORE_4, RESPONDER_3, ErrorCode, PlanStatus, ResultCode
from riv_careplans.contract import GET_CARE_PLANS_3
from riv_careplans.contracts.interaction import Checked, Interaction, Reading
from riv_careplans.contracts.unreadable import as_rule_finding
from riv_careplans.errors import ContractViolation, Finding
from riv_careplans.exchange import Answer, Query
from riv_careplans.identity import PERSONNUMMER
from riv_careplans.model import CV, II, Agreement, CarePlan, ContractType, DatePeriod
from riv_careplans.rules import RuleFinding, check_answer, check_query, check_record

__all__ = ["INTERACTION", "GetCarePlans", "GetCarePlansResponse", "HasMore", "Result"]

Record = TypeVar("Record", CarePlan, Agreement)


class GetCarePlans(ContractType, frozen=True, kw_only=True):
    """The question. Contract description, section 2."""

    namespace: ClassVar[str] = RESPONDER_3

    patient_id: II
    care_unit_ids: tuple[II, ...] = ()
    care_giver_ids: tuple[II, ...] = ()
    plan_types: tuple[CV, ...] = ()
    plan_statuses: tuple[PlanStatus, ...] = ()
    date_period: DatePeriod | None = None
    source_system_id: II | None = None
    record_ids: tuple[II, ...] = ()
    include_attachments: bool | None = None
    has_more_reference: str | None = None


class HasMore(ContractType, frozen=True, kw_only=True):
    """A producer cut its answer; the reference continues it."""

    namespace: ClassVar[str] = RESPONDER_3

    logical_address: str
    reference: str


class Result(ContractType, frozen=True, kw_only=True):
    """How the question was answered."""

    result_code: ResultCode
    error_code: ErrorCode | None = None
    log_id: str
    result_text: str | None = None


class GetCarePlansResponse(ContractType, frozen=True, kw_only=True):
    """The answer. Contract description, section 3."""

    namespace: ClassVar[str] = RESPONDER_3

    care_plans: tuple[CarePlan, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    has_more: tuple[HasMore, ...] = ()
    result: Result


def _read_request(element: codec.Element) -> Query:
    message = codec.read(GetCarePlans, element)
    return Query(
        patient_id=message.patient_id,
        care_unit_ids=message.care_unit_ids,
        care_giver_ids=message.care_giver_ids,
        plan_types=message.plan_types,
        plan_statuses=message.plan_statuses,
        date_period=message.date_period,
        source_system_id=message.source_system_id,
        record_ids=message.record_ids,
        include_attachments=message.include_attachments is not False,
        has_more_reference=message.has_more_reference,
    )


def _write_request(query: Query) -> str:
    message = GetCarePlans(
        patient_id=query.patient_id,
        care_unit_ids=query.care_unit_ids,
        care_giver_ids=query.care_giver_ids,
        plan_types=query.plan_types,
        plan_statuses=query.plan_statuses,
        date_period=query.date_period,
        source_system_id=query.source_system_id,
        record_ids=query.record_ids,
        include_attachments=None if query.include_attachments else False,
        has_more_reference=query.has_more_reference,
    )
    opening = f"<r:GetCarePlans{codec.declarations(RESPONDER_3, CORE_4)}>"
    return f"{opening}{codec.content(message)}</r:GetCarePlans>"


def _read_response(element: codec.Element, skip: AbstractSet[str] = frozenset()) -> Reading:
    readers: dict[str, Callable[[codec.Element, str], None]] = {}
    plans: dict[str, CarePlan] = {}
    agreements: dict[str, Agreement] = {}
    more: list[exchange.HasMore] = []
    results: list[Result] = []
    findings: list[Finding] = []
    readers["carePlan"] = partial(_read_record, CarePlan, plans, findings)
    readers["agreement"] = partial(_read_record, Agreement, agreements, findings)
    readers["hasMore"] = lambda child, _: more.append(_has_more(codec.read(HasMore, child)))
    readers["result"] = lambda child, _: results.append(codec.read(Result, child))
    counts: dict[str, int] = {}
    for child in element:
        name = codec.local_name(child)
        if codec.namespace_of(child) == RESPONDER_3 and name in readers:
            counts[name] = counts.get(name, 0) + 1
            place = f"{name}[{counts[name]}]"
            if place not in skip:
                readers[name](child, place)
    held_back = counts.get("carePlan", 0) + counts.get("agreement", 0) - len(plans) - len(agreements)
    answer = Answer(
        care_plans=tuple(plans.values()),
        agreements=tuple(agreements.values()),
        has_more=tuple(more),
        result=_result(results[0]),
        held_back=held_back,
    )
    return Reading(answer=answer, findings=tuple(findings), places=(*plans, *agreements))


def _read_record(
    cls: type[Record], records: dict[str, Record], findings: list[Finding], element: codec.Element, place: str
) -> None:
    """Read one record; one that cannot be read is left out, and its findings tell why."""
    try:
        records[place] = codec.read(cls, element, place)
    except ContractViolation as exc:
        findings.extend(exc.findings)


def _has_more(message: HasMore) -> exchange.HasMore:
    return exchange.HasMore(logical_address=message.logical_address, reference=message.reference)


def _result(message: Result) -> exchange.Result:
    return exchange.Result(
        code=message.result_code,
        error_code=message.error_code,
        log_id=message.log_id,
        text=message.result_text,
    )


def _write_record(record: CarePlan | Agreement) -> str:
    if isinstance(record, CarePlan):
        return codec.element(RESPONDER_3, "carePlan", record)
    return codec.element(RESPONDER_3, "agreement", record)


def _write_answer(
    result: exchange.Result, records: Iterable[str], has_more: Iterable[exchange.HasMore] = ()
) -> Iterator[str]:
    yield f"<r:GetCarePlansResponse{codec.declarations(RESPONDER_3, CORE_4)}>"
    yield from records
    for more in has_more:
        message = HasMore(logical_address=more.logical_address, reference=more.reference)
        yield codec.element(RESPONDER_3, "hasMore", message)
    closing = Result(
        result_code=result.code,
        error_code=result.error_code,
        log_id=result.log_id,
        result_text=result.text,
    )
    yield codec.element(RESPONDER_3, "result", closing)
    yield "</r:GetCarePlansResponse>"


def _check(
    element: codec.Element,
    *,
    now: datetime,
    attachments_asked: bool = True,
    skip: AbstractSet[str] = frozenset(),
) -> Checked:
    if element.tag == GET_CARE_PLANS_3.request_tag:
        try:
            query = _read_request(element)
        except ContractViolation as exc:
            return Checked(findings=tuple(map(as_rule_finding, exc.findings)))
        return Checked(findings=check_query(query), query=query)
    reading = _read_response(element, skip)
    answer = reading.answer
    findings = list(map(as_rule_finding, reading.findings))
    records: tuple[CarePlan | Agreement, ...] = (*answer.care_plans, *answer.agreements)
    for place, record in zip(reading.places, records, strict=True):
        findings += check_record(record, now=now, attachments_asked=attachments_asked, at=place)
    findings += _as_in_the_message(check_answer(answer, _question_behind(answer), now=now), reading)
    return Checked(findings=tuple(findings), answer=answer, places=reading.places)


def _question_behind(answer: Answer) -> Query:
    """Ask for the patient of the first record: an answer in a file does not tell what was asked."""
    records: tuple[CarePlan | Agreement, ...] = (*answer.care_plans, *answer.agreements)
    nobody = II(root=PERSONNUMMER)
    return Query(patient_id=records[0].header.access_control.patient_id if records else nobody)


def _as_in_the_message(found: Iterable[RuleFinding], reading: Reading) -> Iterator[RuleFinding]:
    """Name records by their places in the message, where records that were not read stand too."""
    if not reading.answer.held_back:
        yield from found
        return
    plans, agreements = reading.answer.care_plans, reading.answer.agreements
    counted = [f"carePlan[{n}]" for n, _ in enumerate(plans, 1)]
    counted += [f"agreement[{n}]" for n, _ in enumerate(agreements, 1)]
    places = dict(zip(counted, reading.places, strict=True))
    for finding in found:
        record, slash, rest = finding.path.partition("/")
        yield replace(finding, path=places.get(record, record) + slash + rest)


INTERACTION: Final = Interaction(
    contract=GET_CARE_PLANS_3,
    read_request=_read_request,
    write_request=_write_request,
    read_response=_read_response,
    write_record=_write_record,
    write_answer=_write_answer,
    check=_check,
)
