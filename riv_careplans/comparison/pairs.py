"""Which part of the old record is which part of the new one.

By identity where the contract gives a part an id; else by what it says, then by what is likely to stay
when it changes. Pairs do not depend on the order of the parts, nor on which record is called the old one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from riv_careplans.codec.shape import shape_of
from riv_careplans.comparison.essence import checksum_of, essence
from riv_careplans.model import (
    CV,
    Attachment,
    Channel,
    ContractType,
    FollowUp,
    FollowUpOutcome,
    GoalTarget,
    ImportantToPatient,
    NextStep,
    Party,
    RelatedRecord,
    Responsibility,
    RiskAction,
    RiskTrigger,
)

__all__ = ["pairs"]

_Known = Callable[[Any], Hashable]

_KNOWN_BY: Final[Mapping[type[ContractType], tuple[_Known, ...]]] = {
    Attachment: (checksum_of, lambda one: one.title, lambda one: one.reference),
    Channel: (lambda one: (one.system, one.value), lambda one: (one.system, one.audience, one.label)),
    CV: (lambda one: one.code and (one.code_system, one.code),),
    FollowUp: (lambda one: one.planned and essence(one.planned), lambda one: one.manner),
    FollowUpOutcome: (lambda one: one.date,),
    GoalTarget: (lambda one: one.measure,),
    ImportantToPatient: (lambda one: one.text, lambda one: one.kind),
    NextStep: (lambda one: one.text, lambda one: one.booking and essence(one.booking)),
    Party: (lambda one: one.participant_id, lambda one: one.id and one.id.key, lambda one: one.name),
    RelatedRecord: (lambda one: (one.record.source_system_id.key, one.record.record_id.key),),
    Responsibility: (lambda one: one.text, lambda one: one.who),
    RiskAction: (lambda one: one.text,),
    RiskTrigger: (lambda one: one.text, lambda one: one.level),
}
"""What a part without an id is known by, the surest first; None says nothing."""


def pairs(old: Sequence[Any], new: Sequence[Any], *, alike: bool) -> Iterator[tuple[Any, Any]]:
    """Give each part of the old with the same part of the new; None beside one that stands alone.

    `alike`: when one of each is left that nothing is known of, they are taken for the same, changed.
    """
    if old == new:
        yield from zip(old, new, strict=True)
        return
    left, right = _sorted(old), _sorted(new)
    known = _ways(left or right)
    made = []
    for way in (essence, *known):
        some, left, right = _paired_by(way, left, right)
        made += some
    has_ids = known == (_id_of,)
    if alike and not has_ids and len(left) == len(right) == 1:
        made, left, right = [*made, (left[0], right[0])], [], []
    yield from [*made, *((one, None) for one in left), *((None, one) for one in right)]


def _sorted(parts: Iterable[Any]) -> list[Any]:
    return sorted(parts, key=essence)


def _ways(parts: Sequence[Any]) -> tuple[_Known, ...]:
    if not parts or not isinstance(parts[0], ContractType):
        return ()
    cls = type(parts[0])
    has_id = any(field.name == "id" and field.cls is None for field in shape_of(cls))
    return (_id_of,) if has_id else _KNOWN_BY.get(cls, ())


def _id_of(part: Any) -> Hashable:  # noqa: ANN401 - any part that has an id
    return str(part.id)


def _paired_by(
    way: _Known, old: Sequence[Any], new: Sequence[Any]
) -> tuple[list[tuple[Any, Any]], list[Any], list[Any]]:
    """Pair what one way knows; give the pairs and what is left on both sides."""
    news: dict[Hashable, list[Any]] = defaultdict(list)
    for one in new:
        news[way(one)].append(one)
    made, left = [], []
    for one in old:
        key = way(one)
        if key is not None and news[key]:
            made.append((one, news[key].pop(0)))
        else:
            left.append(one)
    return made, left, _sorted(one for rest in news.values() for one in rest)
