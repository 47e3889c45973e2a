"""GetCarePlans 2.0: its messages, and their way to and from queries, answers and the model.

What is asked and answered is translated here; records one by one in `reading` and `writing`, whose
docstrings tell every choice. The norm is TKB clinicalprocess:logistics:logistics 3.0.13.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain
from typing import Final

from riv_careplans import codec
from riv_careplans.codes import CORE_3, RESPONDER_2, ResultCode
from riv_careplans.contract import GET_CARE_PLANS_2
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
from riv_careplans.contracts.get_care_plans_2.writing import is_given, person_of, record_of
from riv_careplans.contracts.interaction import Interaction, Reading
from riv_careplans.errors import ContractViolation, Finding
from riv_careplans.exchange import Answer, HasMore, Query, Result
from riv_careplans.model import II, Agreement, CarePlan, DatePeriod

__all__ = ["INTERACTION", "UNSTATED", "GetCarePlans", "GetCarePlansResponse", "is_from_2_0"]

_LAST_DAY = date(2099, 12, 31)
"""The last day that the schema can write: datePeriod must have an end."""

_CUT = "Svaret är avkortat: det finns fler planer i källsystemet."


def _read_request(element: codec.Element) -> Query:
    """Read a question; raises `ContractViolation` (CP2-001) for a care contact without its source system.

    datePeriod is about when a plan was made, and not about when it is valid: `created_period`. The
    TKB does not say what becomes of a plan without documentTime; its authorTime is compared.
    """
    message = codec.read(GetCarePlans, element)
    if message.care_contact_ids and not message.source_system:
        sentence = "a careContactId needs the sourceSystemHSAId of the system that knows it"
        finding = Finding(code="CP2-001", message=sentence, path="sourceSystemHSAId")
        raise ContractViolation(sentence, findings=(finding,))
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
    plans: list[CarePlan] = []
    results: list[Result] = []
    findings: list[Finding] = []
    count = 0
    for child in element:
        if child.tag == f"{{{RESPONDER_2}}}carePlan":
            count += 1
            try:
                place = f"carePlan[{count}]"
                plans.append(care_plan_of(codec.read(CarePlanRecord, child, place), place))
            except ContractViolation as exc:
                findings.extend(exc.findings)
        elif child.tag == f"{{{RESPONDER_2}}}result":
            results.append(_result(codec.read(ResultMessage, child)))
    answer = Answer(care_plans=tuple(plans), result=results[0], held_back=count - len(plans))
    return Reading(answer=answer, findings=tuple(findings))


def _result(message: ResultMessage) -> Result:
    return Result(
        code=message.result_code,
        error_code=message.error_code,
        log_id=message.log_id,
        text=message.message,
    )


def _write_response(
    result: Result,
    care_plans: Iterable[CarePlan],
    agreements: Iterable[Agreement] = (),
    has_more: Iterable[HasMore] = (),
) -> Iterator[str]:
    yield f"<r:GetCarePlansResponse{codec.declarations(RESPONDER_2, CORE_3)}>"
    records: Iterator[CarePlan | Agreement] = chain(care_plans, agreements)
    for record in records:
        if is_given(record):
            yield codec.element(RESPONDER_2, "carePlan", record_of(record))
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


INTERACTION: Final = Interaction(
    contract=GET_CARE_PLANS_2,
    read_request=_read_request,
    write_request=_write_request,
    read_response=_read_response,
    write_response=_write_response,
)
