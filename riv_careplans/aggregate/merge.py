"""Merge one person's records from all sources: each record once, nothing hidden, nothing settled.

Contract description, section 5. Pure: no I/O and no clock, "today" is passed in. The result does not
depend on the order of the records, and merging a result again changes nothing but `dropped`; so an
aggregating service may stand in front of another. Cost grows with the number of records: everything
is put under the keys it can be found by, nothing is compared in pairs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import TypeVar

import msgspec

from riv_careplans.aggregate.coincidences import appointments, possibly_same
from riv_careplans.aggregate.collation import swedish_key
from riv_careplans.aggregate.contradictions import contradictions
from riv_careplans.aggregate.joint import joint_plans
from riv_careplans.aggregate.merged import AnyRecord, Merged, RecordKey, RecordKind, record_key
from riv_careplans.aggregate.parties import units_of
from riv_careplans.codes import PlanStatus, Relation
from riv_careplans.identity import swedish_time
from riv_careplans.model import Agreement, CarePlan

__all__ = ["Merged", "RecordKey", "merge", "newest", "record_key", "restrict"]

Rec = TypeVar("Rec", CarePlan, Agreement)

_NOT_IN_PLACE = frozenset({PlanStatus.DRAFT, PlanStatus.CANCELLED, PlanStatus.ENTERED_IN_ERROR})


def merge(care_plans: Iterable[CarePlan], agreements: Iterable[Agreement], *, today: date) -> Merged:
    """Merge one person's records from any number of sources.

    That they are about one person is the caller's to see to, source by source.
    """
    care_plans, agreements = tuple(care_plans), tuple(agreements)
    newest_plans, newest_agreements = newest(care_plans), newest(agreements)
    kept = len(newest_plans) + len(newest_agreements)
    return _derive(
        newest_plans,
        newest_agreements,
        replaced=_replaced((*newest_plans, *newest_agreements)),
        today=today,
        dropped=len(care_plans) + len(agreements) - kept,
    )


def restrict(merged: Merged, keep: Callable[[AnyRecord], bool]) -> Merged:
    """Give what is left when only some of the records may be seen.

    Everything is derived anew from what is left, so that no difference, contradiction or appointment
    quotes a record that may not be seen. Two facts are kept from the whole: how many copies were
    dropped, and that a record is replaced, also when the one that replaces it may not be seen: what
    is no longer valid must not look valid.
    """
    plans = [plan for plan in merged.care_plans if keep(plan)]
    agreements = [agreement for agreement in merged.agreements if keep(agreement)]
    kept = {*map(record_key, plans), *map(record_key, agreements)}
    return _derive(
        plans,
        agreements,
        replaced=kept.intersection(merged.replaced),
        today=merged.today,
        dropped=merged.dropped,
    )


def _derive(
    plans: Sequence[CarePlan],
    agreements: Sequence[Agreement],
    *,
    replaced: set[RecordKey],
    today: date,
    dropped: int,
) -> Merged:
    """Give a merge of records that are already unique."""
    together: tuple[AnyRecord, ...] = (*plans, *agreements)
    records = sorted(together, key=record_key)
    current = [
        record for record in records if not _is_in_error(record) and record_key(record) not in replaced
    ]
    current_keys = set(map(record_key, current))
    units = units_of(current)
    merged_plans = joint_plans(plans, current_keys, units)
    return Merged(
        today=today,
        plans=merged_plans,
        agreements=tuple(sorted(agreements, key=_by_title)),
        appointments=appointments(current),
        contradictions=contradictions(current, merged_plans, current_keys, units, today),
        possibly_same=possibly_same(current),
        replaced=tuple(sorted(replaced)),
        dropped=dropped,
    )


def _by_title(agreement: Agreement) -> tuple[tuple[str, ...], RecordKey]:
    return swedish_key(agreement.body.title), record_key(agreement)


def _is_in_error(record: AnyRecord) -> bool:
    return isinstance(record, CarePlan) and record.body.status is PlanStatus.ENTERED_IN_ERROR


# --- the newest of each record ------------------------------------------------------------------


def newest(records: Iterable[Rec]) -> list[Rec]:
    """Give each record once, in its newest version. Contract description, section 5, rule 1."""
    copies: dict[RecordKey, list[Rec]] = defaultdict(list)
    for record in records:
        copies[record_key(record)].append(record)
    return [_newest_of(known) for known in copies.values()]


def _newest_of(copies: Sequence[Rec]) -> Rec:
    youngest = max(map(_age, copies))
    tied = [copy for copy in copies if _age(copy) == youngest]
    return tied[0] if len(tied) == 1 else max(tied, key=_content)


def _age(record: AnyRecord) -> tuple[int, datetime]:
    # "the higher version, else the later updatedTime, wins" -- contract description, section 5, rule 1.
    # A copy without version counts as version 0: with "time decides where a version is missing" three
    # copies could each be older than the next, and their order of arrival would decide.
    times = record.header.record
    return times.version or 0, swedish_time(times.updated_time)


def _content(record: AnyRecord) -> tuple[int, bytes]:
    """Settle copies of the same version and time by what they hold: the fullest, whatever came first."""
    text = msgspec.json.encode(record)
    return len(text), text


# --- replaced records ---------------------------------------------------------------------------


def _replaced(records: Sequence[AnyRecord]) -> set[RecordKey]:
    """Give the records that are replaced, directly or by way of others, by one that nothing replaces.

    Only the care giver that answers for a record can replace it, in the same system or, after a change
    of systems, in another; a plan that is a draft, cancelled or entered in error replaces nothing.
    Records that replace each other in a circle are left as they are: nobody knows which is the last.
    """
    by_key = {record_key(record): record for record in records}
    replaces = {
        key: [old for old in _replaced_by(record) if old in by_key and _same_care_giver(record, by_key[old])]
        for key, record in by_key.items()
    }
    claimed = {old for known in replaces.values() for old in known}
    waiting = [key for key in replaces if key not in claimed]
    replaced: set[RecordKey] = set()
    while waiting:
        for old in replaces[waiting.pop()]:
            if old not in replaced:
                replaced.add(old)
                waiting.append(old)
    return replaced


def _replaced_by(record: AnyRecord) -> Iterator[RecordKey]:
    if isinstance(record, CarePlan) and record.body.status in _NOT_IN_PLACE:
        return
    for related in record.body.related_records:
        if related.relation is Relation.REPLACES:
            for kind in RecordKind:
                yield RecordKey(
                    source_system=related.record.source_system_id.key,
                    record_id=related.record.record_id.key,
                    kind=kind,
                )


def _same_care_giver(one: AnyRecord, other: AnyRecord) -> bool:
    ids = (record.header.access_control.accountable_care_giver.id.key for record in (one, other))
    return len(set(ids)) == 1
