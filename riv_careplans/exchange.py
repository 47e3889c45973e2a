"""The one idea: everything that can be asked for a person's plans is a source.

A vendor's journal system, a remote producer, many sources together: each takes a `Query` and gives
an `Answer`. Nothing here knows SOAP, files or networks; the functions are pure.
"""

from __future__ import annotations

import hashlib
import html
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, TypeVar, runtime_checkable
from uuid import uuid4

import msgspec

from riv_careplans.codes import CORE_3, ErrorCode, PlanStatus, ResultCode
from riv_careplans.identity import PersonId, swedish_time
from riv_careplans.model import CV, II, Agreement, Attachment, CarePlan, DatePeriod, Extension, Sha256

__all__ = [
    "Answer",
    "AsyncCarePlanSource",
    "Call",
    "CarePlanSource",
    "HasMore",
    "IndexedSource",
    "Outcome",
    "OutcomeKind",
    "Query",
    "Result",
    "StreamingSource",
    "care_contact",
    "select",
    "wanted",
    "without_values",
]


Rec = TypeVar("Rec", CarePlan, Agreement)


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, and through what: known only when the question came over a network."""

    logical_address: str = ""
    """The address the question was sent to: the source system, or an aggregating service."""

    caller: str = ""
    """HSA-id of the system that called; empty when the transport did not prove any."""

    original_consumer: str = ""
    """HSA-id of the system that started the chain (x-rivta-original-serviceconsumer-hsaid)."""

    correlation_id: str = ""
    """The platform's correlation id, passed on so that logs can be joined."""


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for: one person's plans and agreements, narrowed by filters.

    An empty filter does not narrow. Contract description, section 2.
    """

    patient_id: II
    care_unit_ids: tuple[II, ...] = ()
    care_giver_ids: tuple[II, ...] = ()
    plan_types: tuple[CV, ...] = ()
    """Only plans of these types; agreements are not filtered by it."""
    plan_statuses: tuple[PlanStatus, ...] = ()
    """Only plans with these statuses; agreements have statuses of their own."""
    date_period: DatePeriod | None = None
    source_system_id: II | None = None
    record_ids: tuple[II, ...] = ()
    include_attachments: bool = True
    """False: attachments come with size and sha256 but without value."""
    has_more_reference: str | None = None
    """Where to continue a cut answer, as the source gave it."""
    created_period: DatePeriod | None = None
    """Only records made in it (createdTime, else updatedTime): what datePeriod means in GetCarePlans 2.0."""
    care_contact_ids: tuple[str, ...] = ()
    """Only records of these care contacts, see `care_contact`; only GetCarePlans 2.0 can ask for it."""
    call: Call = Call()


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """How a source itself says that it answered."""

    code: ResultCode
    error_code: ErrorCode | None = None
    log_id: str
    """A UUID that ties the answer to the source's log; never traceable to the patient."""
    text: str | None = None


class HasMore(msgspec.Struct, frozen=True, kw_only=True):
    """A source cut its answer; `reference` continues it."""

    logical_address: str
    reference: str


class OutcomeKind(StrEnum):
    """What became of asking one source. Contract description, section 5, rule 6."""

    ANSWERED = "answered"
    EMPTY = "empty"
    REPORTED_ERROR = "reportedError"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timedOut"
    INVALID_ANSWER = "invalidAnswer"
    WRONG_PATIENT = "wrongPatient"
    BLOCKED = "blocked"
    NOT_KNOWN_HERE = "notKnownHere"
    """The engagement index says that it has something, and nobody here knows where it is."""

    @property
    def delivered(self) -> bool:
        """True when the source's whole answer was used: it answered, or said that it has nothing."""
        return self in (OutcomeKind.ANSWERED, OutcomeKind.EMPTY)


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of asking one source; every asked source has exactly one."""

    logical_address: str
    name: str = ""
    """What an operator and a citizen call the source; empty when unknown."""
    kind: OutcomeKind
    records: int = 0
    """Records used from the source."""
    held_back: int = 0
    """Records the source sent that could not be used; they are missing from the answer."""
    detail: str = ""
    """One English sentence for the operator: what went wrong; no patient data."""
    log_id: str = ""
    """The source's log id when it gave one."""
    has_more: bool = False
    """The source has more records than it sent."""
    notice: str = ""
    """What the source asks to have shown to the reader (its result INFO); never logged."""

    @property
    def whole(self) -> bool:
        """True when everything the source has was used, and it has nothing to say about that."""
        return self.kind.delivered and not (self.held_back or self.has_more or self.notice)


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a source answered, and what became of every source below it."""

    care_plans: tuple[CarePlan, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    result: Result
    outcomes: tuple[Outcome, ...] = ()
    """One per source asked below this one; empty for a source that asks nobody."""
    has_more: tuple[HasMore, ...] = ()
    held_back: int = 0
    """Records that a source had but could not give."""
    dropped: int = 0
    """Older copies of records that are here in a newer version. Contract description, section 5, rule 1."""

    @classmethod
    def ok(
        cls,
        *,
        care_plans: Iterable[CarePlan] = (),
        agreements: Iterable[Agreement] = (),
        held_back: int = 0,
    ) -> Answer:
        """Answer with what there is, also when that is nothing; the log id is a new UUID.

        `held_back` is how many records there are that could not be made: whoever asks is told.
        """
        return cls(
            care_plans=tuple(care_plans),
            agreements=tuple(agreements),
            result=Result(code=ResultCode.OK, log_id=str(uuid4())),
            held_back=held_back,
        )


@runtime_checkable
class CarePlanSource(Protocol):
    """Anything that can be asked for a person's plans: the only thing a vendor writes."""

    def care_plans(self, query: Query) -> Answer:
        """Answer the query; a failure of the source may be raised, the caller turns it into an outcome."""
        ...


@runtime_checkable
class StreamingSource(Protocol):
    """A source that gives its records one by one: it may have more than fits in memory."""

    def care_plans(self, query: Query) -> Iterator[CarePlan | Agreement]:
        """Give the records in any order, as a generator does; those that are updated last are sent first."""
        ...


@runtime_checkable
class IndexedSource(Protocol):
    """A source that can say whom it has something about, so that the engagement index can be rebuilt."""

    def patients(self) -> Iterable[tuple[PersonId, datetime]]:
        """Give every patient once, with the time when something about the patient last changed."""
        ...


@runtime_checkable
class AsyncCarePlanSource(Protocol):
    """A source that can be asked without a thread of its own."""

    async def care_plans_async(self, query: Query) -> Answer:
        """Answer the query on the running event loop."""
        ...


def select(query: Query, answer: Answer) -> Answer:
    """Apply the query's filters to an answer, whether or not its source did.

    The patient is not a filter: a record about another person is the caller's to refuse.
    """
    fits = wanted(query)
    return msgspec.structs.replace(
        answer,
        care_plans=tuple(
            plan if query.include_attachments else without_values(plan)
            for plan in answer.care_plans
            if fits(plan)
        ),
        agreements=tuple(
            agreement if query.include_attachments else without_values(agreement)
            for agreement in answer.agreements
            if fits(agreement)
        ),
    )


def wanted(query: Query) -> Callable[[CarePlan | Agreement], bool]:
    """Return the query's filters as one function, for the records of an answer."""
    fits = _record_filter(query)
    fits_plan = _plan_filter(query)

    def is_wanted(record: CarePlan | Agreement) -> bool:
        return fits(record) and (isinstance(record, Agreement) or fits_plan(record))

    return is_wanted


def without_values(record: Rec) -> Rec:
    """Return the record with its attachments described by size and sha256 but without their values."""
    if not any(attachment.value is not None for attachment in record.body.attachments):
        return record
    attachments = tuple(map(_described, record.body.attachments))
    return msgspec.structs.replace(record, body=msgspec.structs.replace(record.body, attachments=attachments))


def _described(attachment: Attachment) -> Attachment:
    if attachment.value is None:
        return attachment
    return msgspec.structs.replace(
        attachment,
        value=None,
        size=len(attachment.value),
        sha256=Sha256(hashlib.sha256(attachment.value).hexdigest()),
    )


def care_contact(identity: str) -> Extension:
    """Return the element that a record's header carries in `extensions` to name the care contact behind it.

    GetCarePlans 2.0 has such an id and 3.0 has no place for one (careProcessId is another thing), so
    2.0's own element stands in 3.0's extension point, in canonical form.
    """
    text = html.escape(identity, quote=False).replace("\r", "&#xD;")
    return Extension(f'<c:careContactId xmlns:c="{CORE_3}">{text}</c:careContactId>')


# What is asked for is gathered into sets once per question: a question with thousands of identities,
# answered with thousands of records, must not cost their product.


def _record_filter(query: Query) -> Callable[[CarePlan | Agreement], bool]:
    """Build the filters that concern every record. Contract description, section 2."""
    care_units = _keys(query.care_unit_ids)
    care_givers = _keys(query.care_giver_ids)
    records = _keys(query.record_ids)
    source_system = query.source_system_id and query.source_system_id.key
    period, created = query.date_period, query.created_period
    care_contacts = frozenset(map(care_contact, query.care_contact_ids))

    def fits(record: CarePlan | Agreement) -> bool:
        access = record.header.access_control
        unit = access.accountable_care_unit
        return (
            (not care_units or (unit is not None and unit.id.key in care_units))
            and (not care_givers or access.accountable_care_giver.id.key in care_givers)
            and (not records or record.header.record.id.key in records)
            and (source_system is None or record.header.source_system_id.key == source_system)
            and (period is None or _overlaps(period, record))
            and (created is None or created.contains(_made(record)))
            and (not care_contacts or not care_contacts.isdisjoint(record.header.extensions))
        )

    return fits


def _plan_filter(query: Query) -> Callable[[CarePlan], bool]:
    """Build the filters that concern care plans alone.

    Types are compared by code and, where both name one, code system; a type without a code by its
    text.
    """
    statuses = frozenset(query.plan_statuses)
    texts = {wanted.original_text for wanted in query.plan_types if wanted.code is None} - {None}
    systems: dict[str, set[str | None]] = {}
    for wanted in query.plan_types:
        if wanted.code is not None:
            systems.setdefault(wanted.code, set()).add(wanted.code_system)

    def is_wanted(found: CV) -> bool:
        if found.original_text in texts:
            return True
        wanted = systems.get(found.code) if found.code is not None else None
        return wanted is not None and (
            found.code_system is None or None in wanted or found.code_system in wanted
        )

    def fits(plan: CarePlan) -> bool:
        return (not statuses or plan.body.status in statuses) and (
            not query.plan_types or is_wanted(plan.body.type)
        )

    return fits


def _keys(identities: tuple[II, ...]) -> frozenset[tuple[str, str]]:
    return frozenset(identity.key for identity in identities)


def _overlaps(asked: DatePeriod, record: CarePlan | Agreement) -> bool:
    # "a record without a period counts from createdTime (else updatedTime) and is open-ended"
    # -- contract description, section 2
    start, end = _validity(record)
    return (asked.end is None or start <= asked.end) and (end is None or asked.start <= end)


def _validity(record: CarePlan | Agreement) -> tuple[date, date | None]:
    if record.body.period is not None:
        return record.body.period.start, record.body.period.end
    return _made(record), None


def _made(record: CarePlan | Agreement) -> date:
    times = record.header.record
    return swedish_time(times.created_time or times.updated_time).date()
