"""A comparison as JSON, for a program. Carries a version of its own; what is hidden is `****`."""

from __future__ import annotations

import json
from typing import Any, Final

from riv_careplans.comparison.difference import Change, Comparison, Difference
from riv_careplans.comparison.masking import Mask
from riv_careplans.contracts.get_care_plans_2 import is_from_2_0
from riv_careplans.exchange import Answer
from riv_careplans.model import Agreement, CarePlan, xml_name

__all__ = ["as_json"]

_VERSION: Final = "1.0"


def as_json(comparison: Comparison, *, mask: Mask) -> str:
    """Give the whole comparison; fields are named as the contract's elements."""
    document = {
        "formatVersion": _VERSION,
        "equal": comparison.equal,
        "personalDataShown": mask.show_personal_data,
        "summary": {str(change): comparison.count(change) for change in Change} | {"same": comparison.same},
        "olderCopies": comparison.dropped,
        "incomplete": {"old": bool(comparison.old.has_more), "new": bool(comparison.new.has_more)},
        "records": [_record(mask, record) for record in comparison.records],
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def _record(mask: Mask, difference: Difference) -> dict[str, Any]:
    sides = {"old": difference.old, "new": difference.new}
    records: dict[str, CarePlan | Agreement] = {side: one for side, one in sides.items() if one is not None}
    some = next(iter(records.values()))
    told: dict[str, Any] = {
        "change": str(difference.change),
        "kind": {side: _kind(one) for side, one in records.items()},
        "sourceSystemId": mask.told(Answer, "", some.header.source_system_id),
        "recordId": mask.told(Answer, "", some.header.record.id),
        "title": {side: mask.clean(one.body.title) for side, one in records.items()},
        "readFrom20": {side: is_from_2_0(one) for side, one in records.items()},
    }
    if len(records) == 1:
        return told | {"record": mask.told(Answer, "", some)}
    return told | {"differences": [_difference(mask, part) for part in difference.parts]}


def _kind(record: CarePlan | Agreement) -> str:
    return "carePlan" if isinstance(record, CarePlan) else "agreement"


def _difference(mask: Mask, difference: Difference) -> dict[str, Any]:
    told: dict[str, Any] = {"field": xml_name(difference.field), "change": str(difference.change)}
    identity = next(
        (one.id for one in (difference.old, difference.new) if isinstance(getattr(one, "id", None), str)),
        None,
    )
    if identity is not None:
        told["id"] = mask.clean(identity)
    if difference.parts:
        return told | {"differences": [_difference(mask, part) for part in difference.parts]}
    sides = {"old": difference.old, "new": difference.new}
    return told | {
        side: mask.told(difference.owner, difference.field, value)
        for side, value in sides.items()
        if value is not None
    }
