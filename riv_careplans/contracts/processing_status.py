"""ProcessingStatus: how an aggregating service says what became of every source it asked.

RIV-TA's interoperability header 1.0, as messages and on the way to and from outcomes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import msgspec

from riv_careplans import codec
from riv_careplans.codes import STATUS_HEADERS_1
from riv_careplans.exchange import Outcome, OutcomeKind
from riv_careplans.identity import format_timestamp
from riv_careplans.model import ContractType

__all__ = [
    "CausingAgent",
    "ProcessingStatus",
    "ProcessingStatusRecord",
    "StatusCode",
    "SynchError",
    "outcomes_of",
    "status_of",
    "write_status",
]


class StatusCode(StrEnum):
    """What the data of one source is worth."""

    DATA_FROM_SOURCE = "DataFromSource"
    DATA_FROM_CACHE = "DataFromCache"
    DATA_FROM_CACHE_SYNCH_FAILED = "DataFromCacheSynchFailed"
    NO_DATA_SYNCH_FAILED = "NoDataSynchFailed"


class CausingAgent(StrEnum):
    """Which component failed."""

    SERVICE_CATALOG = "service_catalog"
    VIRTUALIZATION_PLATFORM = "virtualization_platform"
    SERVICE_PRODUCER = "service_producer"
    ENGAGEMENT_INDEX = "engagement_index"
    OTHER = "other"


class SynchError(ContractType, frozen=True, kw_only=True):
    """Why a source could not be asked."""

    namespace: ClassVar[str] = STATUS_HEADERS_1

    causing_agent: CausingAgent
    code: str
    text: str


class ProcessingStatusRecord(ContractType, frozen=True, kw_only=True):
    """What became of one source. The type has no extension point."""

    namespace: ClassVar[str] = STATUS_HEADERS_1

    logical_address: str
    status_code: StatusCode
    is_response_from_cache: bool
    is_response_in_synch: bool
    last_successful_synch: str
    last_unsuccessful_synch: str | None = None
    last_unsuccessful_synch_error: SynchError | None = None


class ProcessingStatus(ContractType, frozen=True, kw_only=True):
    """The header: one record for each source, without a list around them."""

    namespace: ClassVar[str] = STATUS_HEADERS_1

    records: tuple[ProcessingStatusRecord, ...] = msgspec.field(default=(), name="ProcessingStatusList")


_AGENTS = {
    OutcomeKind.UNREACHABLE: CausingAgent.VIRTUALIZATION_PLATFORM,
    OutcomeKind.TIMED_OUT: CausingAgent.VIRTUALIZATION_PLATFORM,
    OutcomeKind.NOT_KNOWN_HERE: CausingAgent.SERVICE_CATALOG,
}
_KINDS = {kind.value: kind for kind in OutcomeKind}


def status_of(outcomes: Iterable[Outcome], now: datetime) -> ProcessingStatus:
    """Make the header for an aggregated answer; `now` is when the sources were asked.

    A source filtered away for lack of permission is not in it: what is filtered looks as if it did
    not exist.
    """
    shown = [outcome for outcome in outcomes if outcome.kind is not OutcomeKind.BLOCKED]
    return ProcessingStatus(records=tuple(_record(outcome, format_timestamp(now)) for outcome in shown))


def _record(outcome: Outcome, now: str) -> ProcessingStatusRecord:
    if outcome.kind.delivered:
        return ProcessingStatusRecord(
            logical_address=outcome.logical_address,
            status_code=StatusCode.DATA_FROM_SOURCE,
            is_response_from_cache=False,
            is_response_in_synch=True,
            last_successful_synch=now,
        )
    error = SynchError(
        causing_agent=_AGENTS.get(outcome.kind, CausingAgent.SERVICE_PRODUCER),
        code=outcome.kind.value,
        text=outcome.detail or outcome.kind.value,
    )
    # "lastSuccessfulSynch 1..1 … empty string when none": today's platform leaves it out, and the
    # header it sends is then not valid.
    return ProcessingStatusRecord(
        logical_address=outcome.logical_address,
        status_code=StatusCode.NO_DATA_SYNCH_FAILED,
        is_response_from_cache=False,
        is_response_in_synch=False,
        last_successful_synch="",
        last_unsuccessful_synch=now,
        last_unsuccessful_synch_error=error,
    )


def write_status(status: ProcessingStatus) -> str:
    """Write the header as an element that declares its own namespace."""
    declared = codec.declarations(STATUS_HEADERS_1)
    return f"<h:ProcessingStatus{declared}>{codec.content(status)}</h:ProcessingStatus>"


def outcomes_of(element: codec.Element) -> tuple[Outcome, ...]:
    """Read a ProcessingStatus header as outcomes of the sources below an aggregating service.

    Lenient, because the platform's own header breaks its schema: a record without a logical address
    is passed over, a status that is not known counts as a failure. No text of it is repeated but the
    address, as it stands: whether it is one is the reader's to judge.
    """
    outcomes = []
    for record in element:
        if codec.local_name(record) != "ProcessingStatusList":
            continue
        texts = {codec.local_name(child): (child.text or "").strip() for child in record}
        address = texts.get("logicalAddress", "")
        if address:
            outcomes.append(Outcome(logical_address=address, kind=_kind(record, texts.get("statusCode", ""))))
    return tuple(outcomes)


def _kind(record: codec.Element, status: str) -> OutcomeKind:
    if status in (StatusCode.DATA_FROM_SOURCE, StatusCode.DATA_FROM_CACHE):
        return OutcomeKind.ANSWERED
    codes = [
        (child.text or "").strip()
        for error in record
        if codec.local_name(error) == "lastUnsuccessfulSynchError"
        for child in error
        if codec.local_name(child) == "code"
    ]
    code = codes[0] if codes else ""
    if code == "504":  # the platform's code for a producer that was too slow
        return OutcomeKind.TIMED_OUT
    kind = _KINDS.get(code, OutcomeKind.UNREACHABLE)
    return OutcomeKind.UNREACHABLE if kind.delivered else kind
