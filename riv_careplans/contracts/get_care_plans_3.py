"""GetCarePlans 3.0: its messages, and their way to and from queries and answers.

The records of this contract are the model itself, so nothing is translated here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import ClassVar, Final, TypeVar

from riv_careplans import codec, exchange
from riv_careplans.codes import CORE_4, RESPONDER_3, ErrorCode, PlanStatus, ResultCode
from riv_careplans.contract import GET_CARE_PLANS_3
from riv_careplans.contracts.interaction import Interaction, Reading
from riv_careplans.errors import ContractViolation, Finding
from riv_careplans.exchange import Answer, Query
from riv_careplans.model import CV, II, Agreement, CarePlan, ContractType, DatePeriod

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


def _read_response(element: codec.Element) -> Reading:
    readers: dict[str, Callable[[codec.Element, str], None]] = {}
    plans: list[CarePlan] = []
    agreements: list[Agreement] = []
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
            readers[name](child, f"{name}[{counts[name]}]")
    held_back = counts.get("carePlan", 0) + counts.get("agreement", 0) - len(plans) - len(agreements)
    answer = Answer(
        care_plans=tuple(plans),
        agreements=tuple(agreements),
        has_more=tuple(more),
        result=_result(results[0]),
        held_back=held_back,
    )
    return Reading(answer=answer, findings=tuple(findings))


def _read_record(
    cls: type[Record], records: list[Record], findings: list[Finding], element: codec.Element, place: str
) -> None:
    """Read one record; one that cannot be read is left out, and its findings tell why."""
    try:
        records.append(codec.read(cls, element, place))
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


def _write_response(
    result: exchange.Result,
    care_plans: Iterable[CarePlan],
    agreements: Iterable[Agreement] = (),
    has_more: Iterable[exchange.HasMore] = (),
) -> Iterator[str]:
    yield f"<r:GetCarePlansResponse{codec.declarations(RESPONDER_3, CORE_4)}>"
    for plan in care_plans:
        yield codec.element(RESPONDER_3, "carePlan", plan)
    for agreement in agreements:
        yield codec.element(RESPONDER_3, "agreement", agreement)
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


INTERACTION: Final = Interaction(
    contract=GET_CARE_PLANS_3,
    read_request=_read_request,
    write_request=_write_request,
    read_response=_read_response,
    write_response=_write_response,
)
