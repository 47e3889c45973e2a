"""Joint plans: the parts that several parties document in their own systems, as one plan.

Contract description, section 5, rule 2: differences between the parts are listed, never hidden.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence

import msgspec

from riv_careplans.aggregate.collation import same_words, swedish_key
from riv_careplans.aggregate.conflicts import Claim, conflicting, joined
from riv_careplans.aggregate.elements import goals_of, newest_first, participants_of, statement
from riv_careplans.aggregate.merged import (
    Difference,
    DifferenceKind,
    GoalState,
    MergedPlan,
    PlannedTimes,
    RecordKey,
    Responsible,
    Statement,
    Value,
    record_key,
)
from riv_careplans.aggregate.parties import Units, joint_chain, who
from riv_careplans.aggregate.spans import ALWAYS, Span
from riv_careplans.model import CarePlan, Goal, Timing

__all__ = ["goal_state", "joint_plans", "open_follow_ups", "responsible_claims", "same_goals"]

# An id in a record is unique only there: one record's "goal-1" is not another's. One that is made to be
# unique everywhere (a UUID) is the same goal wherever it stands.
_UNIQUE_EVERYWHERE = re.compile(r"(?:urn:uuid:)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def joint_plans(
    plans: Iterable[CarePlan], current: Collection[RecordKey], units: Units
) -> tuple[MergedPlan, ...]:
    """Put the parts of each joint plan together; every other plan is a plan of its own.

    Parts that are not `current` are kept, but take no part in the differences.
    """
    together: dict[Hashable, list[CarePlan]] = defaultdict(list)
    for plan in plans:
        joint = plan.body.joint_plan_id
        together[record_key(plan) if joint is None else joint.key].append(plan)
    merged = []
    for parts in together.values():
        parts.sort(key=_order_of_parts)
        merged.append(
            MergedPlan(
                joint_plan_id=parts[0].body.joint_plan_id,
                parts=tuple(parts),
                differences=_differences([part for part in parts if record_key(part) in current], units),
            )
        )
    return tuple(sorted(merged, key=_order_of_plans))


def _order_of_parts(part: CarePlan) -> tuple[tuple[str, ...], RecordKey]:
    access = part.header.access_control
    unit = access.accountable_care_unit or access.accountable_care_giver
    return swedish_key(unit.name or ""), record_key(part)


def _order_of_plans(plan: MergedPlan) -> tuple[tuple[str, ...], RecordKey]:
    first = plan.parts[0]
    return swedish_key(first.body.title), record_key(first)


# --- differences --------------------------------------------------------------------------------


class _Stated(msgspec.Struct, frozen=True):
    """What a part says of itself."""

    path: str
    value: Value
    key: Hashable
    """What it is compared by."""


def _differences(parts: Sequence[CarePlan], units: Units) -> tuple[Difference, ...]:
    if len(parts) < 2:  # noqa: PLR2004 - it takes two to differ
        return ()
    own = (_own_difference(kind, say, parts) for kind, say in _ASPECTS.items())
    responsible = _responsible_difference(parts, units)
    return (*(one for one in (*own, responsible) if one is not None), *_goal_differences(parts))


def _own_difference(
    kind: DifferenceKind, say: Callable[[CarePlan], _Stated | None], parts: Sequence[CarePlan]
) -> Difference | None:
    said = [(part, stated) for part in parts if (stated := say(part)) is not None]
    if len({stated.key for _, stated in said}) < 2:  # noqa: PLR2004 - it takes two to differ
        return None
    return _difference(
        kind, (statement(part, stated.path, part.body.title, stated.value) for part, stated in said)
    )


def _type(part: CarePlan) -> _Stated:
    kind = part.body.type
    by_code = (kind.code_system, kind.code)
    return _Stated("body/type", kind, by_code if kind.code else same_words(kind.original_text or ""))


def _scope(part: CarePlan) -> _Stated:
    return _Stated("body/scope", part.body.scope, part.body.scope)


def _title(part: CarePlan) -> _Stated:
    return _Stated("body/title", part.body.title, same_words(part.body.title))


def _status(part: CarePlan) -> _Stated:
    return _Stated("body/status", part.body.status, part.body.status)


def _period(part: CarePlan) -> _Stated | None:
    period = part.body.period
    return None if period is None else _Stated("body/period", period, (period.start, period.end))


def _agreed(part: CarePlan) -> _Stated | None:
    involvement = part.body.involvement
    if involvement is None or involvement.agreed is None:
        return None
    return _Stated("body/involvement/agreed", involvement.agreed, involvement.agreed)


def _follow_up_dates(part: CarePlan) -> _Stated | None:
    times = tuple(timing for _, timing in open_follow_ups(part))
    return _Stated("body/followUp", PlannedTimes(times=times), frozenset(times)) if times else None


_ASPECTS: Mapping[DifferenceKind, Callable[[CarePlan], _Stated | None]] = {
    DifferenceKind.TYPE: _type,
    DifferenceKind.SCOPE: _scope,
    DifferenceKind.TITLE: _title,
    DifferenceKind.STATUS: _status,
    DifferenceKind.PERIOD: _period,
    DifferenceKind.AGREED: _agreed,
    DifferenceKind.FOLLOW_UP_DATES: _follow_up_dates,
}


def open_follow_ups(part: CarePlan) -> Iterator[tuple[str, Timing]]:
    """Give when the plan is to be followed up: what is planned and has no outcome yet."""
    for number, follow_up in enumerate(part.body.follow_ups, 1):
        if follow_up.planned is not None and not follow_up.outcomes:
            yield f"body/followUp[{number}]", follow_up.planned


def _responsible_difference(parts: Sequence[CarePlan], units: Units) -> Difference | None:
    claims = [claim for part in parts for claim in responsible_claims(part, ALWAYS, units)]
    if not conflicting(claims):
        return None
    return _difference(DifferenceKind.RESPONSIBLE, (claim.statement for claim in claims))


def responsible_claims(part: CarePlan, span: Span, units: Units) -> Iterator[Claim]:
    """Give the part's word on who is responsible for the joint plan as a whole."""
    joint, responsible = part.body.joint_plan_id, part.body.responsible
    if joint is None or responsible is None:
        return
    party = who(responsible, participants_of(part))
    if chain := joint_chain((party,), units):
        said = statement(part, "body/responsible", part.body.title, Responsible(parties=(party,)))
        yield Claim(about=(("joint plan", *joint.key),), by=chain, span=span, statement=said)


# --- goals --------------------------------------------------------------------------------------


def same_goals(parts: Sequence[CarePlan]) -> Iterator[list[tuple[CarePlan, str, Goal]]]:
    """Give the goals that are found in more than one part: the same text, or the same UUID as id."""
    found = [(part, path, goal) for part in parts for path, goal in goals_of(part)]
    groups: dict[str, list[int]] = defaultdict(list)
    for position, (_, _, goal) in enumerate(found):
        if text := same_words(goal.text):
            groups[f"text {text}"].append(position)
        if _UNIQUE_EVERYWHERE.fullmatch(goal.id):
            groups[f"id {goal.id.lower().removeprefix('urn:uuid:')}"].append(position)
    for members in joined(groups.values()):
        goals = [found[member] for member in members]
        if len({record_key(part) for part, _, _ in goals}) > 1:
            yield goals


def goal_state(part: CarePlan, path: str, goal: Goal) -> Statement:
    """Quote how far a part says that a goal has come."""
    return statement(part, path, goal.text, GoalState(status=goal.status, achievement=goal.achievement))


def _goal_differences(parts: Sequence[CarePlan]) -> list[Difference]:
    differences = []
    for goals in same_goals(parts):
        states = {(goal.status, goal.achievement and goal.achievement.code) for _, _, goal in goals}
        if len(states) > 1:
            differences.append(
                _difference(DifferenceKind.GOAL_STATUS, (goal_state(*mentioned) for mentioned in goals))
            )
    return sorted(differences, key=lambda one: swedish_key(one.subject))


def _difference(kind: DifferenceKind, statements: Iterable[Statement]) -> Difference:
    said = newest_first(statements)
    return Difference(kind=kind, subject=said[0].label, statements=said)
