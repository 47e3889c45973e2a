"""Who reads an overview, and which records that person may see.

The last border before a screen: it trusts nobody below to have filtered. Pure, and closed by default:
what is not said to be approved is not shown.
"""

from __future__ import annotations

from collections.abc import Iterator

from riv_careplans.aggregate.merged import AnyRecord, Merged, RecordKey, RecordKind, record_key
from riv_careplans.codes import Audience as ChannelAudience
from riv_careplans.codes import PlanStatus, Relation
from riv_careplans.model import Agreement, Channel
from riv_careplans.swedish.words import Audience

__all__ = ["Audience", "reaches_a_citizen", "referred_to", "shown_to", "visible_to"]

_NEVER_SHOWN = frozenset({PlanStatus.DRAFT, PlanStatus.ENTERED_IN_ERROR})


def visible_to(record: AnyRecord, audience: Audience) -> bool:
    """Say whether a record may be shown.

    Privacy rules P1 and P2: the patient sees what is approved for the patient, a representative what
    is approved for representatives, and where that is not said, what is approved for the patient.
    Drafts, and plans that were entered in error, are shown to nobody.
    """
    if not isinstance(record, Agreement) and record.body.status in _NEVER_SHOWN:
        return False
    access = record.header.access_control
    if audience is Audience.REPRESENTATIVE and access.approved_for_representative is not None:
        return access.approved_for_representative
    return access.approved_for_patient


def shown_to(merged: Merged, audience: Audience) -> frozenset[RecordKey]:
    """Give the records that may be shown, of everything that is known.

    A record that is replaced is history, and shown as such beside the one that replaces it. Where that
    one may not be shown, neither is the replaced: it would look valid, or hint at its successor (P5).
    """
    visible = {record_key(record): record for record in merged.records if visible_to(record, audience)}
    replaced = set(merged.replaced)
    waiting = [key for key in visible if key not in replaced]
    shown = set(waiting)
    while waiting:
        for key in referred_to(visible[waiting.pop()], Relation.REPLACES):
            if key in visible and key not in shown:
                shown.add(key)
                waiting.append(key)
    return frozenset(shown)


def referred_to(record: AnyRecord, relation: Relation) -> Iterator[RecordKey]:
    """Give what a record refers to in one way; whether as a plan or an agreement, no reference says."""
    for related in record.body.related_records:
        if related.relation is relation:
            for kind in RecordKind:
                yield RecordKey(
                    source_system=related.record.source_system_id.key,
                    record_id=related.record.record_id.key,
                    kind=kind,
                )


def reaches_a_citizen(channel: Channel) -> bool:
    """Say whether a channel may be shown outside the professions. Privacy rule P7."""
    return channel.audience is not ChannelAudience.PROFESSIONAL
