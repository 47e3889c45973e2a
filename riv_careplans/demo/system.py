"""One source system of the scenario as a process: `python -m riv_careplans.demo.system P2 slow`.

Reads where the engagement index is, registers there what its folder holds, prints its address and why
the index has not taken it (nothing, when it has), and ends when its standard input closes. An honest
system is a folder served as a producer; one that lies is a WSGI application that answers what it wants,
because our producer would not let a source lie. One that is down has registered before.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import msgspec

from riv_careplans.codes import ErrorCode, ResultCode
from riv_careplans.contracts import interaction_for
from riv_careplans.contracts.soap import write_envelope
from riv_careplans.demo.lifeline import stopped_with_parent, tell_parent
from riv_careplans.demo.scenario import INDEX, PATIENT, Behaviour, System, systems
from riv_careplans.directory import DirectorySource
from riv_careplans.exchange import Answer, CarePlanSource, Query, Result
from riv_careplans.model import CarePlan, Record
from riv_careplans.outbox import Outbox
from riv_careplans.producer import make_app, serve
from riv_careplans.settings import OutboxSettings, ProducerSettings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["main"]

_SLOW_SECONDS = 5
_MANY = 1000
_OTHER_PATIENT = "194911172296"
"""Another published test identity, for the system that mixes up its patients."""

_LOG_ID = "00000000-0000-4000-8000-000000000000"


class _Slow:
    """A source that answers after five seconds."""

    def __init__(self, source: CarePlanSource) -> None:
        self._source = source

    def care_plans(self, query: Query) -> Answer:
        time.sleep(_SLOW_SECONDS)
        return self._source.care_plans(query)


class _Refusing:
    """A source that answers ERROR to everything."""

    def care_plans(self, query: Query) -> Answer:  # noqa: ARG002 - it refuses whatever is asked
        refusal = Result(code=ResultCode.ERROR, error_code=ErrorCode.INVALID_REQUEST, log_id=_LOG_ID)
        return Answer(result=refusal)


class _Many:
    """A source that has its first plan a thousand times over, each under an id of its own."""

    def __init__(self, source: CarePlanSource) -> None:
        self._source = source

    def care_plans(self, query: Query) -> Answer:
        answer = self._source.care_plans(query)
        copies = tuple(_copy(plan, number) for plan in answer.care_plans[:1] for number in range(_MANY))
        return msgspec.structs.replace(answer, care_plans=copies)


def _copy(plan: CarePlan, number: int) -> CarePlan:
    record: Record = plan.header.record
    identity = msgspec.structs.replace(record.id, extension=f"{record.id.extension}-{number}")
    header = msgspec.structs.replace(plan.header, record=msgspec.structs.replace(record, id=identity))
    return msgspec.structs.replace(plan, header=header)


def _wrong_patient(system: System) -> WSGIApplication:
    """Answer every question with the system's records, under another patient's id."""
    answer = DirectorySource(system.folder).care_plans(Query(patient_id=PATIENT))
    result = Result(code=ResultCode.OK, log_id=_LOG_ID)
    interaction = interaction_for(system.contract)
    pieces = interaction.write_response(result, answer.care_plans, answer.agreements)
    own = str(PATIENT.extension).encode()
    return _canned(b"".join(write_envelope(pieces)).replace(own, _OTHER_PATIENT.encode()))


def _canned(body: bytes) -> WSGIApplication:
    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["wsgi.input"].read()
        headers = [("Content-Type", "text/xml; charset=UTF-8"), ("Content-Length", str(len(body)))]
        start_response("200 OK", headers)
        return [body]

    return application


def _application(system: System, behaviour: Behaviour) -> WSGIApplication:
    if behaviour is Behaviour.WRONG_PATIENT:
        return _wrong_patient(system)
    if behaviour is Behaviour.NOT_XML:
        return _canned(b"<html><body>Tj\xe4nsten \xe4r st\xe4ngd<br></body>")
    source: CarePlanSource = DirectorySource(system.folder)
    if behaviour is Behaviour.SLOW:
        source = _Slow(source)
    elif behaviour is Behaviour.MANY_PLANS:
        source = _Many(source)
    elif behaviour is Behaviour.ERROR:
        source = _Refusing()
    settings = ProducerSettings(logical_addresses=(system.logical_address,), contracts=(system.contract,))
    return make_app(source, settings)


def main(arguments: list[str]) -> None:
    """Register and serve the system that the arguments name, until standard input closes."""
    system = next(known for known in systems() if known.id == arguments[0])
    behaviour = Behaviour(arguments[1])
    application = None if behaviour is Behaviour.DOWN else _application(system, behaviour)
    index_url = sys.stdin.readline().strip()
    if not index_url:
        return  # the parent is gone already
    stopped = stopped_with_parent()
    with TemporaryDirectory(prefix="riv-careplans-") as folder:
        outbox = Outbox(_registering(system, index_url, folder))
        outbox.changed_many(DirectorySource(system.folder).patients())
        outbox.send()
        with outbox:
            if application is None:
                tell_parent("", outbox.problem)
                return

            def ready(url: str) -> None:
                tell_parent(f"{url}/{system.id}", outbox.problem)

            serve(application, ready=ready, stopped=stopped)


def _registering(system: System, index_url: str, folder: str) -> OutboxSettings:
    return OutboxSettings(
        url=index_url,
        logical_address=INDEX,
        source_system=system.logical_address,
        data_controller=system.data_controller,
        database=f"sqlite:///{folder}/outbox.sqlite",
    )


if __name__ == "__main__":
    main(sys.argv[1:])
