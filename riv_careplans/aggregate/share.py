"""What each source contributes to an aggregated answer, and the answer made of all.

Pure. Decides what may be used and what is said of the rest; asks nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from msgspec.structs import replace

from riv_careplans.aggregate.merge import newest, record_key
from riv_careplans.codes import ResultCode
from riv_careplans.errors import (
    DocumentError,
    InvalidAnswer,
    ProducerFault,
    ProducerTimedOut,
    WrongPatient,
)
from riv_careplans.exchange import (
    Answer,
    AsyncCarePlanSource,
    CarePlanSource,
    HasMore,
    Outcome,
    OutcomeKind,
    Query,
    Result,
    select,
)
from riv_careplans.identity import HSA_ID, identity_key, is_uuid
from riv_careplans.model import Agreement, CarePlan

__all__ = ["NamedSource", "Share", "delivered", "failed", "lost", "together"]

Rec = TypeVar("Rec", CarePlan, Agreement)

_INCOMPLETE: Final = "Svaret är inte fullständigt: uppgifter från ett eller flera källsystem saknas."


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSource:
    """A source, and what it is called in outcomes."""

    logical_address: str
    """HSA-id of the source system; a question's sourceSystemId is compared with it."""

    source: CarePlanSource | AsyncCarePlanSource
    """Asked on the shared event loop where it can be, else in a thread."""

    name: str = ""
    """What an operator and a citizen call it."""

    aggregates: bool = False
    """True for an aggregating service: it is asked also for source systems that nobody here is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What came of asking one source."""

    outcome: Outcome
    """The source's own."""

    below: tuple[Outcome, ...] = ()
    """What the source tells of sources below it."""

    answer: Answer | None = None
    """What may be used; None when the source did not deliver."""


def lost(named: NamedSource, kind: OutcomeKind, detail: str) -> Share:
    """Give the share of a source that contributes nothing; `detail` repeats nothing of the source's."""
    outcome = Outcome(logical_address=named.logical_address, name=named.name, kind=kind, detail=detail)
    return Share(outcome=outcome)


def failed(named: NamedSource, error: Exception) -> Share:
    """Give the share of a source that raised; what the exception says is not repeated."""
    match error:
        case WrongPatient():
            kind = OutcomeKind.WRONG_PATIENT
        case InvalidAnswer() | DocumentError():
            kind = OutcomeKind.INVALID_ANSWER
        case ProducerFault():
            kind = OutcomeKind.REPORTED_ERROR
        case ProducerTimedOut() | TimeoutError():
            kind = OutcomeKind.TIMED_OUT
        case _:
            kind = OutcomeKind.UNREACHABLE
    return lost(named, kind, f"the source failed with {type(error).__name__}")


def delivered(named: NamedSource, query: Query, answer: Answer) -> Share:
    """Give the share of a source that answered; the answer is judged, whoever judged it before."""
    try:
        return _judged(named, query, answer)
    except Exception:  # noqa: BLE001 - a source is anybody's code, and may give anything as its answer
        return lost(named, OutcomeKind.INVALID_ANSWER, "the source gave something that is not an answer")


def _judged(named: NamedSource, query: Query, answer: Answer) -> Share:
    key = identity_key(HSA_ID, named.logical_address)
    own = next((told for told in answer.outcomes if identity_key(HSA_ID, told.logical_address) == key), None)
    below = tuple(told for told in answer.outcomes if told is not own)
    if own is not None and not own.kind.delivered:
        return Share(outcome=replace(own, name=named.name or own.name), below=below)
    records: tuple[CarePlan | Agreement, ...] = (*answer.care_plans, *answer.agreements)
    if not all(isinstance(record, CarePlan | Agreement) for record in records):
        raise TypeError("an answer holds care plans and agreements")
    asked = query.patient_id.key
    if any(record.header.access_control.patient_id.key != asked for record in records):
        detail = "the source answered about another patient: nothing of it is used"
        return lost(named, OutcomeKind.WRONG_PATIENT, detail)
    if own is None and answer.result.code is ResultCode.ERROR:
        return lost(named, OutcomeKind.REPORTED_ERROR, "the source answered with the result ERROR")
    used = select(query, answer)
    count = len(used.care_plans) + len(used.agreements)
    is_nothing = (
        not count
        and not answer.held_back
        and not answer.has_more
        and all(told.kind.delivered for told in below)
    )
    if own is None:
        log_id = answer.result.log_id if is_uuid(answer.result.log_id) else ""
        own = Outcome(
            logical_address=named.logical_address,
            kind=OutcomeKind.ANSWERED,
            log_id=log_id,
            notice=(answer.result.text or "") if answer.result.code is ResultCode.INFO else "",
        )
    outcome = replace(
        own,
        name=named.name or own.name,
        kind=OutcomeKind.EMPTY if is_nothing else OutcomeKind.ANSWERED,
        records=count,
        held_back=answer.held_back,
        has_more=bool(answer.has_more),
    )
    return Share(outcome=outcome, below=below, answer=used)


def together(shares: Sequence[Share], *, log_id: str) -> Answer:
    """Make one answer of all shares; what is in it does not depend on their order but for the outcomes."""
    outcomes = tuple(outcome for share in shares for outcome in (share.outcome, *share.below))
    answers = [share.answer for share in shares if share.answer is not None]
    is_complete = all(outcome.whole for outcome in outcomes)
    care_plans = _once(plan for answer in answers for plan in answer.care_plans)
    agreements = _once(agreement for answer in answers for agreement in answer.agreements)
    came = sum(len(answer.care_plans) + len(answer.agreements) + answer.dropped for answer in answers)
    return Answer(
        care_plans=care_plans,
        agreements=agreements,
        dropped=came - len(care_plans) - len(agreements),
        result=Result(
            code=ResultCode.OK if is_complete else ResultCode.INFO,
            log_id=log_id,
            text=None if is_complete else _INCOMPLETE,
        ),
        outcomes=outcomes,
        has_more=tuple(sorted({more for answer in answers for more in answer.has_more}, key=_by_address)),
        held_back=sum(answer.held_back for answer in answers),
    )


def _once(records: Iterable[Rec]) -> tuple[Rec, ...]:
    return tuple(sorted(newest(records), key=record_key))


def _by_address(more: HasMore) -> tuple[str, str]:
    return more.logical_address, more.reference
