"""What of a producer's records is used, and what is said of the rest.

Pure. Everything a producer sent is used or counted as held back. What is used fits the question, may
be shown, and is no more than one producer may send.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from heapq import nlargest
from typing import Final

from msgspec.structs import replace

from riv_careplans.codes import ResultCode
from riv_careplans.contracts import Reading
from riv_careplans.exchange import Answer, Outcome, OutcomeKind, Query, Result, select
from riv_careplans.identity import HSA_ID, identity_key
from riv_careplans.model import Agreement, CarePlan
from riv_careplans.rules import RULES
from riv_careplans.rules.repeats import repeats
from riv_careplans.rules.rule import RecordSubject

__all__ = ["LONGEST_NOTICE", "MOST_RECORDS", "continuation", "continued", "records_of", "use"]

LONGEST_NOTICE: Final = 1000
"""Characters of what a producer may say to the reader; more is no notice."""

MOST_RECORDS: Final = 2000
"""Records used of one producer; where it sends more, the newest."""

_SAFETY: Final = tuple((rule, rule.record) for rule in RULES if rule.unsafe and rule.record)
_ADDRESS: Final = re.compile(r"[A-Za-z0-9:._-]{1,64}")
_NO_ADDRESS: Final = "(unreadable)"


def use(
    query: Query, reading: Reading, *, result: Result, own: Outcome, told_below: tuple[Outcome, ...]
) -> Answer:
    """Make the answer of a producer that delivered.

    `own` is the producer's outcome, to be completed with what is used and what is missing.
    `told_below` is what the producer says of the sources below it.
    """
    sent = reading.answer
    wanted = select(query, sent)
    recent = _newest(wanted)
    dangers = _dangers(query, recent)
    is_repeated = repeats(query.patient_id)
    answer = Answer(
        care_plans=tuple(plan for plan in recent.care_plans if id(plan) not in dangers),
        agreements=tuple(agreement for agreement in recent.agreements if id(agreement) not in dangers),
        result=result,
        has_more=tuple(
            more
            for more in sent.has_more
            if not is_repeated(more.logical_address) and not is_repeated(more.reference)
        ),
        held_back=sent.held_back + len(records_of(wanted)) - len(records_of(recent)) + len(dangers),
    )
    is_whole = not answer.held_back and not sent.has_more
    below = tuple(_below(query, answer, told_below, is_whole=is_whole))
    is_whole = is_whole and all(outcome.kind.delivered for outcome in below)
    records = len(records_of(answer))
    outcome = replace(
        own,
        kind=OutcomeKind.EMPTY if is_whole and not records else OutcomeKind.ANSWERED,
        records=records,
        held_back=answer.held_back,
        has_more=bool(sent.has_more),
        detail=_shortfall(
            codes={finding.code for finding in reading.findings}.union(*dangers.values()),
            is_cut=len(records_of(wanted)) > MOST_RECORDS,
            is_unexplained=is_whole and result.code is ResultCode.INFO,
        ),
    )
    return replace(answer, outcomes=(outcome, *below))


def records_of(answer: Answer) -> tuple[CarePlan | Agreement, ...]:
    """Give all records of an answer, the plans first."""
    return (*answer.care_plans, *answer.agreements)


def continuation(answer: Answer) -> str | None:
    """Return the reference that continues a producer's cut answer; None when there is nothing to follow.

    Only what the producer itself has more of is followed: "hasMore … only direct-addressed"
    -- TKB of GetCareDocumentation 3.0.
    """
    own = answer.outcomes[0]
    if not own.kind.delivered or len(answer.outcomes) > 1 or len(answer.has_more) != 1:
        return None
    return answer.has_more[0].reference if len(records_of(answer)) < MOST_RECORDS else None


def continued(answer: Answer, more: Answer) -> Answer:
    """Put a continuation after the answer it continues; nothing of either is lost."""
    first, then = answer.outcomes[0], more.outcomes[0]
    records = len(records_of(answer)) + len(records_of(more))
    held_back = answer.held_back + more.held_back
    outcome = replace(
        first,
        kind=OutcomeKind.ANSWERED if records or held_back or more.has_more else OutcomeKind.EMPTY,
        records=records,
        held_back=held_back,
        has_more=bool(more.has_more),
        detail="; ".join(dict.fromkeys(filter(None, (first.detail, then.detail)))),
        notice=" ".join(dict.fromkeys(filter(None, (first.notice, then.notice))))[:LONGEST_NOTICE],
    )
    return replace(
        answer,
        care_plans=answer.care_plans + more.care_plans,
        agreements=answer.agreements + more.agreements,
        has_more=more.has_more,
        held_back=held_back,
        outcomes=(outcome,),
    )


def _newest(answer: Answer) -> Answer:
    """Cut an answer that is too long, as a producer should have done itself."""
    records = records_of(answer)
    if len(records) <= MOST_RECORDS:
        return answer
    # "must be the newest contiguous part" -- TKB clinicalprocess:logistics:logistics, robustness
    newest = set(
        map(id, nlargest(MOST_RECORDS, records, key=lambda record: record.header.record.updated_time))
    )
    return replace(
        answer,
        care_plans=tuple(plan for plan in answer.care_plans if id(plan) in newest),
        agreements=tuple(agreement for agreement in answer.agreements if id(agreement) in newest),
    )


def _dangers(query: Query, answer: Answer) -> dict[int, set[str]]:
    """Give the records that must not be shown, whoever sent them, with the codes of the rules they break."""
    found: dict[int, set[str]] = {}
    for record in records_of(answer):
        # Whether a record is safe does not depend on the time of day, so its own time will do.
        subject = RecordSubject.of(
            record, now=record.header.record.updated_time, attachments_asked=query.include_attachments
        )
        codes = {rule.code for rule, check in _SAFETY for breach in check(subject) if not breach.harmless}
        if codes:
            found[id(record)] = codes
    return found


def _below(query: Query, answer: Answer, told: tuple[Outcome, ...], *, is_whole: bool) -> Iterator[Outcome]:
    """Complete what an aggregating service told of its sources: how much of the answer is theirs."""
    records = Counter(record.header.source_system_id.key for record in records_of(answer))
    is_repeated = repeats(query.patient_id)
    for outcome in told:
        address = outcome.logical_address
        if not _ADDRESS.fullmatch(address) or is_repeated(address):
            address = _NO_ADDRESS
        count = records[identity_key(HSA_ID, address)]
        if not outcome.kind.delivered:
            detail = "reported by the aggregating service that was asked"
            yield replace(outcome, logical_address=address, detail=detail)
        elif count or not is_whole:
            yield replace(outcome, logical_address=address, kind=OutcomeKind.ANSWERED, records=count)
        else:
            # ProcessingStatus has one word for a source with records and for one without.
            yield replace(outcome, logical_address=address, kind=OutcomeKind.EMPTY)


def _shortfall(*, codes: set[str], is_cut: bool, is_unexplained: bool) -> str:
    """Say in one sentence for the operator why the answer may be less than the producer has."""
    problems = []
    if codes:
        problems.append(f"sent records that break {', '.join(sorted(codes))} and are held back")
    if is_cut:
        problems.append(f"sent more than {MOST_RECORDS} records, of which the newest are used")
    if is_unexplained:
        problems.append("calls its answer INFO without saying what is missing")
    return f"the producer {' and '.join(problems)}" if problems else ""
