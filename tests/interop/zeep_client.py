"""A bare zeep asks three times and prints what it read as JSON: URL, version, address and three patients."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from typing import Any

import zeep

PERSONNUMMER = "1.2.752.129.2.1.3.1"


def ask(service: Any, version: str, address: str, patient: str) -> Any:
    """Ask about a patient; gives zeep's own object of header and body."""
    names = ("id", "type") if version == "2.0" else ("extension", "root")
    question = {"patientId": dict(zip(names, (patient, PERSONNUMMER), strict=True))}
    return service.GetCarePlans(**question, _soapheaders={"LogicalAddress": address})


def first(values: Iterable[Any], gives: Callable[[Any], Any]) -> Any:
    """Give what the first of them gives that gives anything."""
    return next((given for value in values if (given := gives(value)) is not None), None)


def recurrence(activity: Any) -> list[Any] | None:
    often = activity.timing and activity.timing.recurrence
    return [often.text, often.frequency, often.every, often.unit] if often else None


def contact(participant: Any) -> list[str] | None:
    if not participant.channel:
        return None
    role = participant.role
    channel = participant.channel[0]
    return [role.displayName or role.originalText, channel.system, channel.value]


def structured(answer: Any) -> dict[str, Any]:
    bodies = [plan.body for plan in answer.carePlan]
    document = first(bodies, lambda body: first(body.attachment, lambda one: one.value))
    return {
        "plans": len(answer.carePlan),
        "agreements": len(answer.agreement),
        "goal": first(bodies, lambda body: first(body.goal, lambda one: one.text)),
        "recurrence": first(bodies, lambda body: first(body.activity, recurrence)),
        "participant": first(bodies, lambda body: first(body.participant, contact)),
        "nextStep": first(answer.agreement, lambda one: first(one.body.nextStep, lambda step: step.text)),
        "attachment": document.hex(),
        "approved": [plan.header.accessControl.approvedForPatient for plan in answer.carePlan],
        "hasMore": [[more.logicalAddress, more.reference] for more in answer.hasMore],
        "result": answer.result.resultCode,
    }


def documents(answer: Any) -> dict[str, Any]:
    return {
        "plans": len(answer.carePlan),
        "titles": [plan.carePlanHeader.documentTitle for plan in answer.carePlan],
        "attachment": answer.carePlan[0].carePlanBody.content[0].value.hex(),
        "approved": [plan.carePlanHeader.approvedForPatient for plan in answer.carePlan],
        "result": answer.result.resultCode,
    }


def main(url: str, version: str, address: str, patient: str, stranger: str, broken: str) -> None:
    client = zeep.Client(f"{url}?wsdl={version}")
    (binding,) = client.wsdl.bindings
    service = client.create_service(binding, url)
    answer = ask(service, version, address, patient)
    # 2.0's WSDL does not declare the header, and then zeep gives the body alone.
    declared = hasattr(answer, "header")
    body = answer.body if declared else answer
    told: dict[str, Any] = {"found": documents(body) if version == "2.0" else structured(body)}
    if declared:
        statuses = answer.header.ProcessingStatus.ProcessingStatusList
        told["processingStatus"] = [[one.logicalAddress, one.statusCode] for one in statuses]
    empty = ask(service, version, address, stranger)
    nothing = empty.body if declared else empty
    told["stranger"] = [len(nothing.carePlan), nothing.result.resultCode]
    try:
        ask(service, version, address, broken)
    except zeep.exceptions.Fault as fault:
        told["fault"] = [type(fault).__name__, fault.code, fault.message]
    json.dump(told, sys.stdout)


main(*sys.argv[1:])
