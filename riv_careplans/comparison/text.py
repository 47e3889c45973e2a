"""A comparison in words, for a person: what a care planner would ask about, first; the rest below it.

One line for each thing that differs. Same comparison, same text: no clock, no colours, no file names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, Final

from riv_careplans.codec.shape import Kind, shape_of
from riv_careplans.comparison.compare import WHOLE, inside
from riv_careplans.comparison.difference import Change, Comparison, Difference
from riv_careplans.comparison.masking import Mask
from riv_careplans.comparison.phrases import Phrases
from riv_careplans.comparison.words import NEUTER, count_words, field_words
from riv_careplans.contracts.get_care_plans_2 import is_from_2_0
from riv_careplans.model import Agreement, CarePlan, ContractType, DatePeriod, Timing
from riv_careplans.swedish.words import bytes_text, count_text, upper_first

__all__ = ["as_text"]

_MARKS: Final = {Change.ADDED: "+", Change.REMOVED: "-", Change.CHANGED: "~"}
_HAPPENED: Final = {
    Change.ADDED: ("tillagd", "tillagt", "added"),
    Change.REMOVED: ("borttagen", "borttaget", "removed"),
    Change.CHANGED: ("ändrad", "ändrat", "changed"),
}
_FACTS: Final = frozenset({Kind.BOOLEAN, Kind.DATE, Kind.ENUM, Kind.PARTIAL_TIME, Kind.TIMESTAMP})
_TRANSPARENT: Final = frozenset({"access_control", "record", "provenance"})
"""Parts of the header that are no things of their own to a reader: their fields are told in their place."""

_NO_TEXTS: Final = frozenset(
    {"extensions", "id", "participant_id", "need_ids", "goal_ids", "circumstance_ids", "booking_id"}
)
"""Strings that are no words, and stand without quotation marks."""


def as_text(comparison: Comparison, *, language: str, mask: Mask) -> str:
    """Tell a comparison in `sv` or `en`; ends with a line that counts."""
    phrases = Phrases(language, mask)
    records = [line for record in comparison.records for line in (*_record(phrases, record), "")]
    return "\n".join([*records, _counted(phrases, comparison)]) + "\n"


def _counted(phrases: Phrases, comparison: Comparison) -> str:
    changed, added, removed = map(comparison.count, (Change.CHANGED, Change.ADDED, Change.REMOVED))
    if comparison.equal:
        return phrases.say(
            f"Ingen skillnad: {count_text(comparison.same, 'post', 'poster')} lika.",
            f"No difference: {count_text(comparison.same, 'record', 'records')} the same.",
        )
    return phrases.say(
        f"Poster: {changed} ändrade, {added} tillagda, {removed} borttagna, {comparison.same} lika.",
        f"Records: {changed} changed, {added} added, {removed} removed, {comparison.same} the same.",
    )


# --- records ------------------------------------------------------------------------------------


def _record(phrases: Phrases, difference: Difference) -> Iterator[str]:
    record = difference.new or difference.old
    identity = (record.header.source_system_id, record.header.record.id)
    told = [phrases.value(ContractType, "", one) for one in identity]
    title = phrases.value(type(record), "", record)
    yield f"{_happened(phrases, difference)}: {title}"
    yield f"    ({told[0]}, {told[1]})"
    if difference.change is not Change.CHANGED:
        yield f"    {_content(phrases, record)}"
    yield from (f"    {line}" for line in _notes(phrases, difference))
    for part in difference.parts:
        yield from (f"    {line}" for line in _lines(phrases, part))


def _content(phrases: Phrases, record: CarePlan | Agreement) -> str:
    """Say what a whole record holds: its status, and how many of each part."""
    body = record.body
    status = phrases.value(type(body), "status", body.status)
    counts = [
        count_words(len(parts), field.name, phrases.language)
        for field in shape_of(type(body))
        if field.many and (parts := getattr(body, field.name))
    ]
    return ", ".join([f"status: {status}", *counts])


def _notes(phrases: Phrases, difference: Difference) -> Iterator[str]:
    """Say what a reader must know to understand the rest."""
    old, new = difference.old, difference.new
    if old is None or new is None:
        return
    if isinstance(old, CarePlan) is not isinstance(new, CarePlan):
        which = phrases.say(
            "Överenskommelsen har blivit en plan."
            if isinstance(new, CarePlan)
            else "Planen har blivit en överenskommelse.",
            "The agreement has become a plan."
            if isinstance(new, CarePlan)
            else "The plan has become an agreement.",
        )
        yield which
    if is_from_2_0(old) is not is_from_2_0(new):
        side = phrases.say("nya", "new") if is_from_2_0(new) else phrases.say("gamla", "old")
        yield phrases.say(
            f"Den {side} är läst från GetCarePlans 2.0: status, räckvidd och uppdateringssätt är antagna.",
            f"The {side} one was read from GetCarePlans 2.0: status, scope and origin are assumed.",
        )


# --- differences --------------------------------------------------------------------------------


def _happened(phrases: Phrases, difference: Difference) -> str:
    """Say what has happened to what kind of thing: `~ Mål ändrat`."""
    name = field_words(difference.owner, difference.field, phrases.language)
    utrum, neuter, english = _HAPPENED[difference.change]
    swedish = neuter if difference.field in NEUTER else utrum
    return f"{_MARKS[difference.change]} {upper_first(name)} {phrases.say(swedish, english)}"


def _lines(phrases: Phrases, difference: Difference) -> Iterator[str]:
    if not _is_thing(difference):
        yield _field(phrases, difference)
        return
    inner = list(chain.from_iterable(_lines(phrases, part) for part in difference.parts))
    if difference.field in _TRANSPARENT and inner:
        yield from inner
    elif inner and not _is_repeated(difference) and not any(map(_is_thing, difference.parts)):
        yield from (_inlined(phrases, difference, part) for part in difference.parts)
    else:
        yield _headline(phrases, difference)
        yield from (f"    {line}" for line in inner)


def _inlined(phrases: Phrases, difference: Difference, part: Difference) -> str:
    """Tell a field of a field: `delaktighet, datum: …`; a code is its owner: `måluppfyllelse: …`."""
    label = field_words(difference.owner, difference.field, phrases.language)
    line = _field(phrases, part)
    if part.field != "code":
        return f"{label}, {line}"
    return label + line.removeprefix(field_words(part.owner, part.field, phrases.language))


def _headline(phrases: Phrases, difference: Difference) -> str:
    """Say what has happened to what: `~ Aktivitet ändrad: Handling`."""
    # A changed part is known by what it was called.
    some = difference.new if difference.old is None else difference.old
    name = phrases.value(difference.owner, difference.field, some)
    headline = ": ".join(filter(None, (_happened(phrases, difference), name)))
    facts = [] if difference.change is Change.CHANGED else list(_facts(phrases, some, name))
    return f"{headline} ({', '.join(facts)})" if facts else headline


def _is_thing(difference: Difference) -> bool:
    """Tell a thing, which has a name and parts of its own, from a field, which has a value."""
    if difference.parts:
        return True
    some = difference.new if difference.old is None else difference.old
    is_whole = type(some) in WHOLE and not _is_repeated(difference)
    return isinstance(some, ContractType) and difference.change is not Change.CHANGED and not is_whole


def _is_repeated(difference: Difference) -> bool:
    if not issubclass(difference.owner, ContractType):
        return True
    return any(field.name == difference.field and field.many for field in shape_of(difference.owner))


def _field(phrases: Phrases, difference: Difference) -> str:
    """Tell one field: `status: pågår → avslutat`, `sammanfattning: texten ändrad`."""
    label = field_words(difference.owner, difference.field, phrases.language)
    old, new = (_told(phrases, difference, value) for value in (difference.old, difference.new))
    if old == new or "" in (old, new):
        return f"{label}: {_unsaid(phrases, difference)}"
    none = phrases.say("(saknas)", "(none)")
    return f"{label}: {none if old is None else old} → {none if new is None else new}"


def _told(phrases: Phrases, difference: Difference, value: Any) -> str | None:  # noqa: ANN401 - any value
    if value is None:
        return None
    told = phrases.value(difference.owner, difference.field, value)
    if difference.field == "size":
        return bytes_text(value) if phrases.language == "sv" else f"{value} bytes"
    if difference.field == "sha256":
        return told[:12] + "…"
    is_text = type(value) is str and difference.field not in _NO_TEXTS
    return f'"{told}"' if is_text and told else told


def _unsaid(phrases: Phrases, difference: Difference) -> str:
    """Say that something has happened to a value that is hidden, or that reads the same."""
    old, new = difference.old, difference.new
    utrum, _, english = _HAPPENED[difference.change]
    if isinstance(old, str) or isinstance(new, str):
        what = phrases.say("texten" if difference.change is Change.CHANGED else "text", "text")
        return f"{what} {phrases.say(utrum, english)}"
    told = phrases.say(utrum, english)
    if isinstance(old, ContractType) and isinstance(new, ContractType):
        names = (field_words(part.owner, part.field, phrases.language) for part in inside(old, new))
        return f"{told} ({', '.join(dict.fromkeys(names))})"
    return told


def _facts(phrases: Phrases, part: Any, name: str) -> Iterable[str]:  # noqa: ANN401 - any part
    """Give what tells most of a part that is new or gone: its codes and its times."""
    if not isinstance(part, ContractType):
        return
    for field in shape_of(type(part)):
        value = getattr(part, field.name)
        is_fact = field.kind in _FACTS or isinstance(value, Timing | DatePeriod)
        if value is None or field.many or not is_fact:
            continue
        told = phrases.value(type(part), field.name, value)
        if told and told != name and not name.startswith(f"{told} "):
            yield f"{field_words(type(part), field.name, phrases.language)}: {told}"
