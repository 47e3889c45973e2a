"""The scenario's messages as files: what goes over the wire, one folder per source system."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from riv_careplans.codes import ResultCode
from riv_careplans.contracts import interaction_for
from riv_careplans.contracts.soap import write_envelope, write_question
from riv_careplans.demo.scenario import PATIENT, System, systems
from riv_careplans.directory import DirectorySource
from riv_careplans.errors import ConfigurationError
from riv_careplans.exchange import Query, Result

__all__ = ["write_sample"]

_LOG_ID = "00000000-0000-4000-8000-000000000000"
"""A fixed log id: the same files each time."""


def write_sample(output: Path) -> Iterator[Path]:
    """Write each system's question and answer as SOAP messages; yield the files as they are written.

    Raises `ConfigurationError` when a file cannot be written; nothing that exists is overwritten by
    something else than the same message.
    """
    for system in systems():
        folder = output / system.folder.name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name, message in _messages(system):
                path = folder / name
                path.write_bytes(message)
                yield path
        except OSError as exc:
            raise ConfigurationError(f"{folder}: the messages cannot be written: {exc.strerror}") from None


def _messages(system: System) -> Iterator[tuple[str, bytes]]:
    interaction = interaction_for(system.contract)
    query = Query(patient_id=PATIENT)
    answer = DirectorySource(system.folder).care_plans(query)
    result = Result(code=ResultCode.OK, log_id=_LOG_ID)
    pieces = interaction.write_response(result, answer.care_plans, answer.agreements)
    yield "request.xml", write_question(interaction.write_request(query), system.logical_address)
    yield "response.xml", b"".join(write_envelope(pieces))
