"""What became of asking the sources: what is missing, and whether "no plans" can be said.

Pure. Counts what is shown, never what was filtered (privacy rule P5). Contract description, section 5,
rule 6.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from riv_careplans.aggregate.collation import swedish_key
from riv_careplans.aggregate.merged import AnyRecord
from riv_careplans.codes import ResultCode
from riv_careplans.exchange import Answer, Outcome, OutcomeKind
from riv_careplans.model import Organization
from riv_careplans.overview.entries import Entry, id_text
from riv_careplans.overview.view import PlansKnown, SourceState
from riv_careplans.swedish.words import WHY_MISSING, count_text

__all__ = ["plans_known", "states_of", "system_names"]

_UNNAMED = "En källa"


def system_names(outcomes: Iterable[Outcome], records: Iterable[AnyRecord]) -> Mapping[str, str]:
    """Name the source systems by their address in capitals.

    Behind an aggregator only the address of a source is known; where it is that of an organisation, the
    records may name it.
    """
    names: dict[str, str] = {}
    for organization in (one for record in records for one in _organizations(record)):
        if organization.name and organization.id.extension:
            address = organization.id.extension.upper()
            names[address] = min(organization.name, names.get(address, organization.name), key=swedish_key)
    return {**names, **{one.logical_address.upper(): one.name for one in outcomes if one.name}}


def _organizations(record: AnyRecord) -> Iterator[Organization]:
    access, author = record.header.access_control, record.header.author
    written_at = author.care_unit if author is not None else None
    named = (access.accountable_care_unit, access.accountable_care_giver, written_at)
    yield from (one for one in named if one is not None)
    yield from (one.organization for one in record.body.participants if one.organization is not None)


def states_of(answer: Answer, entries: Iterable[Entry], names: Mapping[str, str]) -> tuple[SourceState, ...]:
    """Tell of every source, by name in Swedish order; `entries` is what is shown."""
    shown = Counter(id_text(entry.record.header.source_system_id).upper() for entry in entries)
    more = {one.logical_address.upper() for one in answer.has_more}
    known = {one.logical_address.upper() for one in answer.outcomes}
    states = [
        _state(_named(one, names), shown, one.has_more or one.logical_address.upper() in more)
        for one in answer.outcomes
    ]
    states.extend(_state(_named(one, names), shown, one.has_more) for one in _unaccounted(answer, known))
    return tuple(sorted(states, key=lambda state: (swedish_key(state.name), state.logical_address)))


def _unaccounted(answer: Answer, known: set[str]) -> Iterator[Outcome]:
    """Give what is missing though no outcome tells: the answer's own failure, loss or cut."""
    for one in answer.has_more:
        if one.logical_address.upper() not in known:
            yield Outcome(logical_address=one.logical_address, kind=OutcomeKind.ANSWERED, has_more=True)
    held_back = answer.held_back - sum(one.held_back for one in answer.outcomes)
    failed = answer.result.code is ResultCode.ERROR and all(one.kind.delivered for one in answer.outcomes)
    if failed or held_back > 0:
        yield Outcome(
            logical_address="",
            kind=OutcomeKind.REPORTED_ERROR if failed else OutcomeKind.ANSWERED,
            held_back=max(held_back, 0),
            log_id=answer.result.log_id,
        )


def _named(outcome: Outcome, names: Mapping[str, str]) -> Outcome:
    return replace(outcome, name=outcome.name or names.get(outcome.logical_address.upper(), ""))


def _state(outcome: Outcome, shown: Mapping[str, int], has_more: bool) -> SourceState:  # noqa: FBT001 - private
    records = shown.get(outcome.logical_address.upper(), 0)
    name = outcome.name or outcome.logical_address or _UNNAMED
    kind = outcome.kind
    if kind.delivered:
        # A source whose records may not be shown looks like one that has none.
        kind = OutcomeKind.ANSWERED if records else OutcomeKind.EMPTY
    return SourceState(
        logical_address=outcome.logical_address,
        name=name,
        outcome=kind,
        complete=kind.delivered and not outcome.held_back and not has_more and not outcome.notice,
        records=records,
        held_back=outcome.held_back,
        has_more=has_more,
        notice=outcome.notice,
        sentence=_sentence(name, replace(outcome, kind=kind), records, has_more=has_more),
        log_id=outcome.log_id,
    )


def _sentence(name: str, outcome: Outcome, records: int, *, has_more: bool) -> str:
    if not outcome.kind.delivered:
        return f"{name} saknas: {WHY_MISSING[outcome.kind]}."
    lacks = []
    if outcome.held_back:
        lacks.append(f"{count_text(outcome.held_back, 'uppgift', 'uppgifter')} gick inte att läsa")
    if has_more:
        lacks.append("källan har mer än den skickade")
    told = f" Källan meddelar: {outcome.notice}" if outcome.notice else ""
    if lacks:
        return f"{name} är inte fullständig: {' och '.join(lacks)}.{told}"
    shown = (
        f" {count_text(records, 'plan eller överenskommelse', 'planer och överenskommelser')} visas."
        if records
        else ""
    )
    return f"{name} svarade.{shown}{told}"


def plans_known(states: Sequence[SourceState], entries: Sequence[Entry]) -> PlansKnown:
    """Say whether there are plans; "none" only when every source delivered all it has."""
    if entries:
        return PlansKnown.SOME
    return PlansKnown.NONE if all(state.complete for state in states) else PlansKnown.UNKNOWN
