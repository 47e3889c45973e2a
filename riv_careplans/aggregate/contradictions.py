"""What the records of one person contradict each other in. Contract description, section 5, rule 5.

Pure; "today" is passed in. Only records in force have a say: active, and not replaced by another.
Nothing is settled here, every side is quoted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from datetime import date
from itertools import chain

from riv_careplans.aggregate.collation import same_words, swedish_key
from riv_careplans.aggregate.conflicts import Claim, conflicting, joined
from riv_careplans.aggregate.elements import activities_of, newest_first, participants_of, statement
from riv_careplans.aggregate.joint import goal_state, open_follow_ups, responsible_claims, same_goals
from riv_careplans.aggregate.merged import (
    AnyRecord,
    Contradiction,
    ContradictionKind,
    MergedPlan,
    PlannedTimes,
    RecordKey,
    Responsible,
    Statement,
    record_key,
)
from riv_careplans.aggregate.parties import Units, joint_chain, who
from riv_careplans.aggregate.spans import (
    Span,
    span_from,
    span_of_period,
    span_of_timing,
)
from riv_careplans.codes import (
    FIXED_CONTACT_SYSTEM,
    Achievement,
    ActivityStatus,
    AgreementStatus,
    FixedContact,
    GoalStatus,
    Initiator,
    PartyKind,
    PlanStatus,
)
from riv_careplans.model import Activity, CarePlan, Goal, Party, Person, Timing

__all__ = ["contradictions"]

_NOT_YET_DONE = frozenset({ActivityStatus.PLANNED, ActivityStatus.BOOKED, ActivityStatus.ONGOING})
_ANYBODY = {
    Initiator.PATIENT: Party(kind=PartyKind.PATIENT),
    Initiator.RELATIVE: Party(kind=PartyKind.RELATIVE),
    Initiator.CARE: Party(kind=PartyKind.CARE_GIVER),
}
"""The party of an agreed responsibility that names none; some care giver is compatible with any."""

_HAS_A_SAY_ON_GOALS = frozenset({PlanStatus.ACTIVE, PlanStatus.ON_HOLD, PlanStatus.COMPLETED})


def contradictions(
    records: Sequence[AnyRecord],
    plans: Iterable[MergedPlan],
    current: Collection[RecordKey],
    units: Units,
    today: date,
) -> tuple[Contradiction, ...]:
    """Find all contradictions; the current records come in their order of key, `plans` is all of them."""
    in_force = [record for record in records if _is_in_force(record)]
    joint = [plan.parts for plan in plans if plan.joint_plan_id is not None]
    parts = [[part for part in one if record_key(part) in current] for one in joint]
    found = chain(
        _two_physicians(in_force, today),
        chain.from_iterable(_goal_statuses(one) for one in parts),
        chain.from_iterable(_follow_up_dates(one, today) for one in parts),
        _responsible(in_force, units, today),
    )
    kinds = {kind: number for number, kind in enumerate(ContradictionKind)}
    return tuple(sorted(found, key=lambda one: (kinds[one.kind], swedish_key(one.subject), _place(one))))


def _is_in_force(record: AnyRecord) -> bool:
    if isinstance(record, CarePlan):
        return record.body.status is PlanStatus.ACTIVE
    return record.body.status is AgreementStatus.ACTIVE


def _place(contradiction: Contradiction) -> tuple[RecordKey, str]:
    first = contradiction.statements[0]
    return first.record, first.path


def _contradiction(kind: ContradictionKind, statements: Iterable[Statement]) -> Contradiction:
    said = newest_first(statements)
    return Contradiction(kind=kind, subject=said[0].label, statements=said)


# --- two fasta läkarkontakter -------------------------------------------------------------------


def _two_physicians(records: Sequence[AnyRecord], today: date) -> Iterator[Contradiction]:
    """CP-016: there is at most one active fast läkarkontakt i primärvården, across sources too."""
    ids: dict[tuple[str, str], set[str]] = defaultdict(set)
    names: set[str] = set()
    statements = []
    for record in records:
        for number, participant in enumerate(record.body.participants, 1):
            role, person = participant.role, participant.person
            is_physician = (role.code_system, role.code) == (
                FIXED_CONTACT_SYSTEM,
                FixedContact.PRIMARY_CARE_PHYSICIAN,
            )
            period = participant.period or record.body.period
            if not is_physician or person is None or (period is not None and not period.contains(today)):
                continue
            name = _name(person)
            if person.id is not None:
                ids[person.id.key].add(name)
            elif name:
                names.add(name)
            else:
                continue
            path = f"body/participant[{number}]"
            statements.append(statement(record, path, role.text or "", participant))
    # One who is named without an id is not known to differ from one of that name who has an id.
    unnumbered = names.difference(*ids.values())
    if len(ids) + len(unnumbered) > 1:
        yield _contradiction(ContradictionKind.TWO_PRIMARY_CARE_PHYSICIANS, statements)


def _name(person: Person) -> str:
    return same_words(person.name or "")


# --- joint plans --------------------------------------------------------------------------------


def _goal_statuses(parts: Sequence[CarePlan]) -> Iterator[Contradiction]:
    """Find goals that are active in one part and reached in another."""
    with_a_say = [part for part in parts if part.body.status in _HAS_A_SAY_ON_GOALS]
    for goals in same_goals(with_a_say):
        reached = [mentioned for mentioned in goals if _is_reached(mentioned[2])]
        active = [mentioned for mentioned in goals if _is_active(mentioned[2])]
        if reached and active and len({record_key(part) for part, _, _ in reached + active}) > 1:
            said = (goal_state(*one) for one in goals if _is_reached(one[2]) or _is_active(one[2]))
            yield _contradiction(ContradictionKind.GOAL_STATUS, said)


def _is_reached(goal: Goal) -> bool:
    achieved = goal.achievement is not None and goal.achievement.code is Achievement.ACHIEVED
    return goal.status is GoalStatus.COMPLETED or achieved


def _is_active(goal: Goal) -> bool:
    return goal.status in (GoalStatus.ACCEPTED, GoalStatus.ACTIVE) and not _is_reached(goal)


def _follow_up_dates(parts: Sequence[CarePlan], today: date) -> Iterator[Contradiction]:
    """Find parts that state different next follow-ups of the joint plan.

    A part may know later follow-ups too; a month and a day in it do not contradict each other.
    """
    statements, spans = [], []
    for part in parts:
        if not _is_in_force(part):
            continue
        coming = [
            (span_of_timing(timing), path, timing)
            for path, timing in open_follow_ups(part)
            if _is_dated(timing) and span_of_timing(timing).within(span_from(today))
        ]
        if coming:
            span, path, timing = min(coming, key=lambda one: (one[0].start, one[0].end))
            spans.append(span)
            statements.append(statement(part, path, part.body.title, PlannedTimes(times=(timing,))))
    # Spans have a moment in common when the last to start starts before the first to end.
    if spans and not Span(max(span.start for span in spans), min(span.end for span in spans)):
        yield _contradiction(ContradictionKind.FOLLOW_UP_DATES, statements)


def _is_dated(timing: Timing) -> bool:
    """Say whether a timing is a date or a period; what recurs or is told in words is none."""
    return timing.at is not None or timing.period is not None


# --- responsible for the same thing -------------------------------------------------------------


def _responsible(records: Sequence[AnyRecord], units: Units, today: date) -> Iterator[Contradiction]:
    """Find things that different parties are responsible for, today or later.

    The same thing is an activity with the same code or title, an agreed responsibility in the same
    words, or the joint plan as a whole.
    """
    claims = [claim for record in records for claim in _claims(record, units, span_from(today))]
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for position, claim in enumerate(claims):
        for key in claim.about:
            groups[key].append(position)
    in_conflict = (
        [group[member] for member in conflicting([claims[position] for position in group])]
        for group in groups.values()
    )
    for members in joined(group for group in in_conflict if group):
        yield _contradiction(
            ContradictionKind.RESPONSIBLE, (claims[position].statement for position in members)
        )


def _claims(record: AnyRecord, units: Units, coming: Span) -> Iterator[Claim]:
    # Without a period a record is valid from when it was written on; only what is coming counts here.
    span = span_of_period(record.body.period).within(coming)
    if not span:
        return
    participants = participants_of(record)
    if isinstance(record, CarePlan):
        yield from responsible_claims(record, span, units)
        for path, activity in activities_of(record):
            # Who does it answers for it, when the record names nobody who is responsible.
            stated = activity.performers if activity.responsible is None else (activity.responsible,)
            parties = tuple(who(party, participants) for party in stated)
            by, when = joint_chain(parties, units), span.within(_span_of_activity(activity))
            if activity.status in _NOT_YET_DONE and by and when:
                said = statement(
                    record, path, activity.title, Responsible(parties=parties), activity.legal_basis
                )
                yield Claim(about=_about(activity), by=by, span=when, statement=said)
    else:
        for number, responsibility in enumerate(record.body.responsibilities, 1):
            path = f"body/responsibility[{number}]"
            party = who(responsibility.party or _ANYBODY[responsibility.who], participants)
            if by := joint_chain((party,), units):
                said = statement(record, path, responsibility.text, Responsible(parties=(party,)))
                yield Claim(about=_words(responsibility.text), by=by, span=span, statement=said)


def _span_of_activity(activity: Activity) -> Span:
    granted = activity.decision.period if activity.decision is not None else None
    return span_of_timing(activity.timing).within(span_of_period(granted))


def _about(activity: Activity) -> tuple[Hashable, ...]:
    codes = {("code", code.code_system, code.code) for code in activity.codes if code.code}
    return (*_words(activity.title), *codes)


def _words(text: str) -> tuple[Hashable, ...]:
    words = same_words(text)
    return (("words", words),) if words else ()
