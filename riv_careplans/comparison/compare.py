"""Compare two answers, record by record and field by field.

The same values give the same comparison, in the same order, however the answers are ordered; and
comparing the other way round gives the mirror image.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, Final

from riv_careplans.aggregate.merge import newest
from riv_careplans.codec.shape import FieldShape, Kind
from riv_careplans.comparison.difference import Comparison, Difference
from riv_careplans.comparison.essence import (
    essence,
    essence_of_extension,
    extensions_of,
    fields_of,
    part_of,
)
from riv_careplans.comparison.pairs import pairs
from riv_careplans.exchange import Answer
from riv_careplans.model import (
    CV,
    II,
    Agreement,
    BookingRef,
    CarePlan,
    ContractType,
    DatePeriod,
    Extension,
    HoursOfService,
    PartialPeriod,
    Party,
    Person,
    Place,
    RecordRef,
    Team,
    TimePeriod,
    Timing,
)

__all__ = ["WHOLE", "compare", "inside"]

AnyRecord = CarePlan | Agreement
_Identity = tuple[tuple[str, str], tuple[str, str]]

WHOLE: Final[frozenset[type[ContractType]]] = frozenset(
    {
        CV,
        II,
        BookingRef,
        DatePeriod,
        HoursOfService,
        PartialPeriod,
        Party,
        Person,
        Place,
        RecordRef,
        Team,
        TimePeriod,
        Timing,
    }
)
"""Types that are one value to a reader: a new time is a new time, not a new frequency of a recurrence."""


def compare(old: Answer, new: Answer) -> Comparison:
    """Compare two answers; a record that one of them has in several versions counts in its newest."""
    olds, news = _by_identity(old), _by_identity(new)
    records = []
    same = 0
    for identity in sorted({*olds, *news}):
        for before, after in _same_kind_first(olds.get(identity, []), news.get(identity, [])):
            parts = () if before is None or after is None else tuple(_of_records(before, after))
            if before is not None and after is not None and not parts and type(before) is type(after):
                same += 1
            else:
                is_plan = isinstance(before, CarePlan) or isinstance(after, CarePlan)
                field = "care_plans" if is_plan else "agreements"
                records.append(Difference(owner=Answer, field=field, old=before, new=after, parts=parts))
    kept = sum(map(len, chain(olds.values(), news.values())))
    dropped = sum(len(answer.care_plans) + len(answer.agreements) for answer in (old, new)) - kept
    return Comparison(old=old, new=new, records=tuple(records), same=same, dropped=dropped)


def inside(old: ContractType, new: ContractType) -> tuple[Difference, ...]:
    """Give what differs between two values, field by field, also of those that are one to a reader."""
    return tuple(_of_fields(old, new))


def _by_identity(answer: Answer) -> dict[_Identity, list[AnyRecord]]:
    found: dict[_Identity, list[AnyRecord]] = {}
    records: list[AnyRecord] = [*newest(answer.care_plans), *newest(answer.agreements)]
    for record in records:
        identity = (record.header.source_system_id.key, record.header.record.id.key)
        found.setdefault(identity, []).append(record)
    return found


def _same_kind_first(
    old: list[AnyRecord], new: list[AnyRecord]
) -> Iterator[tuple[AnyRecord | None, AnyRecord | None]]:
    """Pair records of one identity: a plan with a plan; else 2.0 may have told an agreement as a plan."""
    left, right = list(old), list(new)
    for one in old:
        for other in right:
            if type(one) is type(other):
                left.remove(one)
                right.remove(other)
                yield one, other
                break
    length = max(len(left), len(right))
    yield from zip(
        [*left, *[None] * (length - len(left))], [*right, *[None] * (length - len(right))], strict=True
    )


def _of_records(old: AnyRecord, new: AnyRecord) -> Iterator[Difference]:
    yield from _of_fields(old.body, new.body)
    yield from _of_fields(old.header, new.header)
    classes = sorted({type(old), type(new)}, key=lambda cls: cls.__name__, reverse=True)
    yield from _of_extensions(classes[0], extensions_of(old), extensions_of(new))


def _of_fields(old: ContractType, new: ContractType) -> Iterator[Difference]:
    # A plan and an agreement have fields that the other has not: what is not there is none. The order and the
    # owner are the same whichever is the old one.
    classes = sorted({type(old), type(new)}, key=lambda cls: cls.__name__, reverse=True)
    owners = {field.name: (cls, field) for cls in reversed(classes) for field in fields_of(cls)}
    names = dict.fromkeys(field.name for cls in classes for field in fields_of(cls))
    for name in names:
        owner, field = owners[name]
        yield from _of_field(owner, field, _value(old, name), _value(new, name))
    yield from _of_extensions(classes[0], extensions_of(old), extensions_of(new))


def _value(value: ContractType, name: str) -> Any:  # noqa: ANN401 - any value of the model
    return part_of(value, name) if name in value.__struct_fields__ else None


def _of_field(
    owner: type[ContractType],
    field: FieldShape,
    old: Any,  # noqa: ANN401 - any value of the model
    new: Any,  # noqa: ANN401 - any value of the model
) -> Iterator[Difference]:
    if old == new:
        return
    if not field.many:
        yield from _of_values(owner, field.name, old, new)
        return
    # A code or a reference to another part is that one or another one: it does not change.
    refers = field.kind is Kind.ENUM or field.name.endswith("_ids")
    found = pairs(old or (), new or (), alike=not refers)
    for before, after in sorted(found, key=_place):
        yield from _of_values(owner, field.name, before, after)


def _place(pair: tuple[Any, Any]) -> tuple[Any, ...]:
    """Say where a pair stands among others: by id, else by content; the same seen from either side."""
    known = [one for one in pair if one is not None]
    return str(getattr(known[0], "id", "")), *sorted(map(essence, known))


def _of_values(
    owner: type[ContractType],
    name: str,
    old: Any,  # noqa: ANN401 - any value of the model
    new: Any,  # noqa: ANN401 - any value of the model
) -> Iterator[Difference]:
    if old == new or (old is not None and new is not None and essence(old) == essence(new)):
        return
    parts: tuple[Difference, ...] = ()
    if isinstance(old, ContractType) and isinstance(new, ContractType) and type(old) not in WHOLE:
        parts = tuple(_of_fields(old, new))
    yield Difference(owner=owner, field=name, old=old, new=new, parts=parts)


def _of_extensions(
    owner: type[ContractType], old: Sequence[Extension], new: Sequence[Extension]
) -> Iterator[Difference]:
    """Compare unknown elements; the only one of its name on both sides is the same one, changed."""
    if old == new:
        return
    gone = _without(old, new)
    come = _without(new, old)
    for tag in sorted({*gone, *come}):
        olds, news = gone.get(tag, []), come.get(tag, [])
        if len(olds) == len(news) == 1:
            yield Difference(owner=owner, field="extensions", old=olds[0], new=news[0])
            continue
        yield from (Difference(owner=owner, field="extensions", old=one) for one in olds)
        yield from (Difference(owner=owner, field="extensions", new=one) for one in news)


def _without(some: Sequence[Extension], others: Sequence[Extension]) -> dict[str, list[Extension]]:
    """Give, by the element's name, what one side has and the other has not, as often as it has it."""
    known = Counter(map(essence_of_extension, others))
    found: dict[str, list[Extension]] = {}
    for meaning, one in sorted((essence_of_extension(one), one) for one in some):
        if known[meaning]:
            known[meaning] -= 1
        else:
            found.setdefault(str(meaning[0]), []).append(one)
    return found
