"""What a foreign client must tell of the producer's answers: what our own consumer reads of the same ones."""

from __future__ import annotations

from typing import Any

from riv_careplans.codes import ResultCode
from riv_careplans.consumer import RemoteSource
from riv_careplans.exchange import Answer, Query
from riv_careplans.model import II
from riv_careplans.settings import ProducerAddress
from tests.interop.source import BROKEN, CANARY, PATIENT, STRANGER

__all__ = ["ADDRESS", "PATIENTS", "check"]

ADDRESS = "SE2329999995-SYS1"
PATIENTS = (PATIENT, STRANGER, BROKEN)
"""One with plans, one without, and one that the source fails for."""


def check(told: dict[str, Any], url: str, version: str, *, fault: str) -> None:
    """Compare everything that a client tells with what our consumer reads; `fault` is its exception's name."""
    answer = _ask(url, version, PATIENT)
    assert told["found"] == (_documents(answer) if version == "2.0" else _structured(answer))
    # 2.0's WSDL does not declare the header, and a client that goes by the WSDL does not show it.
    if version == "3.0" or told.get("processingStatus") is not None:
        assert told["processingStatus"] == _statuses(answer)
    empty = _ask(url, version, STRANGER)
    assert told["stranger"] == [len(empty.care_plans), empty.result.code] == [0, ResultCode.INFO]
    name, code, text = told["fault"]
    assert (name, code.rpartition(":")[2]) == (fault, "Server")
    assert "Log id: " in text
    assert CANARY not in text
    assert BROKEN not in text


def _ask(url: str, version: Any, patient: str) -> Answer:
    producer = ProducerAddress(logical_address=ADDRESS, url=url, contract=version)
    return RemoteSource(producer).care_plans(Query(patient_id=II.personnummer(patient)))


def _structured(answer: Answer) -> dict[str, Any]:
    bodies = [plan.body for plan in answer.care_plans]
    often = next(
        one.timing.recurrence
        for body in bodies
        for one in body.activities
        if one.timing is not None and one.timing.recurrence is not None
    )
    contact = next(one for body in bodies for one in body.participants if one.channels)
    return {
        "plans": len(answer.care_plans),
        "agreements": len(answer.agreements),
        "goal": next(goal.text for body in bodies for goal in body.goals),
        "recurrence": [often.text, often.frequency, often.every, often.unit],
        "participant": [contact.role.text, contact.channels[0].system, contact.channels[0].value],
        "nextStep": next(step.text for one in answer.agreements for step in one.body.next_steps),
        "attachment": next(one.value.hex() for body in bodies for one in body.attachments if one.value),
        "approved": _approved(answer),
        "hasMore": [[more.logical_address, more.reference] for more in answer.has_more],
        "result": answer.result.code,
    }


def _documents(answer: Answer) -> dict[str, Any]:
    value = answer.care_plans[0].body.attachments[0].value
    assert value is not None
    return {
        "plans": len(answer.care_plans),
        "titles": [plan.body.title for plan in answer.care_plans],
        "attachment": value.hex(),
        "approved": _approved(answer),
        "result": answer.result.code,
    }


def _approved(answer: Answer) -> list[bool]:
    return [plan.header.access_control.approved_for_patient for plan in answer.care_plans]


def _statuses(answer: Answer) -> list[list[str]]:
    # The first outcome is the asked producer's own; those after it stood in the header.
    return [
        [one.logical_address, "DataFromSource" if one.kind.delivered else "NoDataSynchFailed"]
        for one in answer.outcomes[1:]
    ]
