"""GetCarePlans 2.0: its messages, and their way to and from queries, answers and the model.

What is asked and answered is translated here; records one by one in `reading` and `writing`, whose
docstrings tell every choice. The norm is TKB clinicalprocess:logistics:logistics 3.0.13.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from riv_careplans import codec
from riv_careplans.codes import CORE_3, RESPONDER_2, ResultCode
from riv_careplans.contract import GET_CARE_PLANS_2
from riv_careplans.contracts.get_care_plans_2.breaches import ResponseSubject, record_inside
from riv_careplans.contracts.get_care_plans_2.identities import UNSTATED, hsa_text
from riv_careplans.contracts.get_care_plans_2.kept import is_from_2_0
from riv_careplans.contracts.get_care_plans_2.messages import (
    CarePlanRecord,
    DatePeriod2,
    GetCarePlans,
    GetCarePlansResponse,
    ResultMessage,
)
from riv_careplans.contracts.get_care_plans_2.reading import care_plan_of, patient_of
from riv_careplans.contracts.get_care_plans_2.rules import check_plan, check_request, check_response
from riv_careplans.contracts.get_care_plans_2.structured import structured_of, with_structure
from riv_careplans.contracts.get_care_plans_2.writing import is_given, person_of, professional_of, record_of
from riv_careplans.contracts.interaction import Checked, Interaction, Reading
from riv_careplans.contracts.unreadable import as_rule_finding
from riv_careplans.errors import ContractViolation, Finding
from riv_careplans.exchange import Answer, HasMore, Query, Result
from riv_careplans.identity import swedish_time
from riv_careplans.model import II, Agreement, CarePlan, DatePeriod
from riv_careplans.rules import RuleFinding, check_record

__all__ = ["CARRYING", "INTERACTION", "UNSTATED", "GetCarePlans", "GetCarePlansResponse", "is_from_2_0"]

_CARE_PLAN = f"{{{RESPONDER_2}}}carePlan"
_RESULT = f"{{{RESPONDER_2}}}result"

_LAST_DAY = date(2099, 12, 31)
"""The last day that the schema can write: datePeriod must have an end."""

_CUT = "Svaret är avkortat: det finns fler planer i källsystemet."


def _read_request(element: codec.Element) -> Query:
    """Read a question; raises `ContractViolation` (CP2-001) for a care contact without its source system.

    datePeriod is about when a plan was made, and not about when it is valid: `created_period`. The
    TKB does not say what becomes of a plan without documentTime; its authorTime is compared.
    """
    message = codec.read(GetCarePlans, element)
    findings = tuple(finding for finding in check_request(message) if finding.code == "CP2-001")
    if findings:
        raise ContractViolation(findings[0].message, findings=findings)
    return _query(message)


def _query(message: GetCarePlans) -> Query:
    period = message.date_period
    return Query(
        patient_id=patient_of(message.patient_id),
        care_unit_ids=tuple(map(II.hsa_id, message.care_units)),
        created_period=None if period is None else DatePeriod(start=period.start, end=period.end),
        source_system_id=None if message.source_system is None else II.hsa_id(message.source_system),
        care_contact_ids=message.care_contact_ids,
    )


def _write_request(query: Query) -> str:
    """Write a question; a filter that 2.0 has no words for is left out, and more is answered.

    The period of validity is one of them: a plan made before it may be valid in it.
    """
    units = tuple(text for text in map(hsa_text, query.care_unit_ids) if text is not None)
    source_system = hsa_text(query.source_system_id)
    created = query.created_period
    period = None if created is None else DatePeriod2(start=created.start, end=created.end or _LAST_DAY)
    message = GetCarePlans(
        # One unit that cannot be said would be left out of the answer if the others were.
        care_units=units if len(units) == len(query.care_unit_ids) else (),
        patient_id=person_of(query.patient_id),
        date_period=period,
        source_system=source_system,
        care_contact_ids=query.care_contact_ids if source_system is not None else (),
    )
    opening = f"<r:GetCarePlans{codec.declarations(RESPONDER_2, CORE_3)}>"
    return f"{opening}{codec.content(message)}</r:GetCarePlans>"


def _read_response(element: codec.Element) -> Reading:
    plans: dict[str, CarePlan] = {}
    agreements: dict[str, Agreement] = {}
    results: list[Result] = []
    findings: list[Finding] = []
    count = 0
    for child in element:
        if child.tag == _CARE_PLAN:
            count += 1
            place = f"carePlan[{count}]"
            try:
                record = _record(codec.read(CarePlanRecord, child, place), place)
            except ContractViolation as exc:
                findings.extend(exc.findings)
                continue
            if isinstance(record, CarePlan):
                plans[place] = record
            else:
                agreements[place] = record
        elif child.tag == _RESULT:
            results.append(_result(codec.read(ResultMessage, child)))
    answer = Answer(
        care_plans=tuple(plans.values()),
        agreements=tuple(agreements.values()),
        result=results[0],
        held_back=count - len(plans) - len(agreements),
    )
    return Reading(answer=answer, findings=tuple(findings), places=(*plans, *agreements))


def _record(message: CarePlanRecord, place: str) -> CarePlan | Agreement:
    """Return what a 2.0 record carries, or what it tells itself; raises `ContractViolation`."""
    seen = care_plan_of(message, place)
    carried = structured_of(message, seen)
    return seen if carried is None or not _is_shown_alike(carried, message) else carried


def _is_shown_alike(carried: CarePlan | Agreement, message: CarePlanRecord) -> bool:
    """Say whether blocks and sharing are decided alike by what is carried and by the 2.0 record around it.

    Whoever stands in between has filtered by the latter alone.
    """
    inside, around = professional_of(carried), message.header.professional
    return (inside.author_time, inside.care_unit, inside.care_giver) == (
        around.author_time,
        around.care_unit,
        around.care_giver,
    )


def _result(message: ResultMessage) -> Result:
    return Result(
        code=message.result_code,
        error_code=message.error_code,
        log_id=message.log_id,
        text=message.message,
    )


def _write_record(record: CarePlan | Agreement) -> str:
    return codec.element(RESPONDER_2, "carePlan", record_of(record)) if is_given(record) else ""


def _write_carrying(record: CarePlan | Agreement) -> str:
    if not is_given(record):
        return ""
    return codec.element(RESPONDER_2, "carePlan", with_structure(record_of(record), record))


def _write_answer(result: Result, records: Iterable[str], has_more: Iterable[HasMore] = ()) -> Iterator[str]:
    yield f"<r:GetCarePlansResponse{codec.declarations(RESPONDER_2, CORE_3)}>"
    yield from records
    yield codec.element(RESPONDER_2, "result", _closing(result, is_cut=any(True for _ in has_more)))
    yield "</r:GetCarePlansResponse>"


def _closing(result: Result, *, is_cut: bool) -> ResultMessage:
    """Write the result; a cut answer cannot be continued in 2.0, but says that it is cut."""
    texts = [text for text in (result.text, _CUT if is_cut else None) if text]
    return ResultMessage(
        result_code=ResultCode.INFO if is_cut and result.code is ResultCode.OK else result.code,
        error_code=result.error_code,
        log_id=result.log_id,
        message=" ".join(texts) or None,
    )


def _check(
    element: codec.Element,
    *,
    now: datetime,
    attachments_asked: bool = True,  # noqa: ARG001 - 2.0 has no such question
    skip: AbstractSet[str] = frozenset(),
) -> Checked:
    if element.tag == GET_CARE_PLANS_2.request_tag:
        return _checked_request(element)
    findings: list[RuleFinding] = []
    records: dict[str, CarePlanRecord] = {}
    places = [f"carePlan[{n}]" for n, _ in enumerate(element.iterchildren(_CARE_PLAN), 1)]
    for place, child in zip(places, element.iterchildren(_CARE_PLAN), strict=True):
        if place not in skip:
            try:
                records[place] = codec.read(CarePlanRecord, child, place)
            except ContractViolation as exc:
                findings += map(as_rule_finding, exc.findings)
    plans: dict[str, CarePlan] = {}
    agreements: dict[str, Agreement] = {}
    disbelieved: list[str] = []
    for place, message in records.items():
        findings += check_plan(message, at=place)
        # A plan that cannot be kept is no record; the rules have told why.
        with contextlib.suppress(ContractViolation):
            record = _record(message, place)
            if is_from_2_0(record):
                disbelieved += _carried(message, place)
            else:
                inside = f"{place}/carePlanBody/{'carePlan' if isinstance(record, CarePlan) else 'agreement'}"
                # There its attachments are only described.
                findings += check_record(record, now=now, attachments_asked=False, at=inside)
            if isinstance(record, CarePlan):
                plans[place] = record
            else:
                agreements[place] = record
    (result,) = (codec.read(ResultMessage, child) for child in element.iterchildren(_RESULT))
    whole = ResponseSubject(
        plans=records,
        sent=len(places),
        disbelieved=tuple(disbelieved),
        result=result,
        now=swedish_time(now),
    )
    findings += check_response(whole)
    answer = Answer(
        care_plans=tuple(plans.values()),
        agreements=tuple(agreements.values()),
        result=_result(result),
        held_back=len(places) - len(plans) - len(agreements),
    )
    return Checked(findings=tuple(findings), answer=answer, places=(*plans, *agreements))


def _carried(message: CarePlanRecord, place: str) -> list[str]:
    """Return the places of the structured records inside a plan."""
    names = filter(None, map(record_inside, message.body.extensions))
    return [f"{place}/carePlanBody/{name}" for name in names]


def _checked_request(element: codec.Element) -> Checked:
    try:
        message = codec.read(GetCarePlans, element)
    except ContractViolation as exc:
        return Checked(findings=tuple(map(as_rule_finding, exc.findings)))
    return Checked(findings=check_request(message), query=_query(message))


INTERACTION: Final = Interaction(
    contract=GET_CARE_PLANS_2,
    read_request=_read_request,
    write_request=_write_request,
    read_response=_read_response,
    write_record=_write_record,
    write_answer=_write_answer,
    check=_check,
)

CARRYING: Final = replace(INTERACTION, write_record=_write_carrying)
"""The same, with each record in its structured form too, inside its 2.0 record."""
