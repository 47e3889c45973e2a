"""Goals and what matters to the patient, as they are shown: said once where records say it alike. Pure.

Records that are over keep theirs, apart from those that count today.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from riv_careplans.aggregate.collation import same_words, swedish_key
from riv_careplans.codes import GoalStatus
from riv_careplans.model import CarePlan, Goal, ImportantToPatient
from riv_careplans.overview.entries import Entry, cited_once
from riv_careplans.overview.follow_ups import follow_up_text
from riv_careplans.overview.marks import Marks
from riv_careplans.overview.parties import Parties
from riv_careplans.overview.risks import risks_in
from riv_careplans.overview.timeline import when_of
from riv_careplans.overview.view import Earlier, GoalView, ImportantView, TargetView

__all__ = ["earlier_of", "goals_shown", "important_of"]

_ORDER_OF_GOALS = {
    status: number
    for number, status in enumerate(
        (
            GoalStatus.ACTIVE,
            GoalStatus.ACCEPTED,
            GoalStatus.PROPOSED,
            GoalStatus.ON_HOLD,
            GoalStatus.COMPLETED,
            GoalStatus.CANCELLED,
        )
    )
}


# --- goals --------------------------------------------------------------------------------------


def goals_shown(entries: Iterable[Entry], parties: Parties, marks: Marks) -> tuple[GoalView, ...]:
    """Show the goals of all records in force: those that are worked on first, then by text.

    Parts of a joint plan that say a goal alike say it once; said otherwise it stands twice.
    """
    return _goals_in((entry for entry in entries if entry.in_force), parties, marks)


def _goals_in(entries: Iterable[Entry], parties: Parties, marks: Marks) -> tuple[GoalView, ...]:
    shown = (
        ((_goal(goal, path, entry, parties, marks), _shared_by(entry)), entry.cite())
        for entry in entries
        for path, goal in _numbered("body/goal", entry.record.body.goals)
    )
    goals = (
        msgspec.structs.replace(view, citations=citations)
        for (view, _), citations in cited_once(shown, key=lambda one: (_in_any_capitals(one[0]), one[1]))
    )
    return tuple(sorted(goals, key=_order_of_goals))


def _order_of_goals(goal: GoalView) -> tuple[object, ...]:
    return _ORDER_OF_GOALS[goal.status], swedish_key(goal.text), goal.citations[0].provenance


def _shared_by(entry: Entry) -> object:
    """Give what the records share whose goals may be one: the joint plan, else nothing but itself."""
    joint = entry.record.body.joint_plan_id if isinstance(entry.record, CarePlan) else None
    return entry.key if joint is None else joint.key


def _in_any_capitals(goal: GoalView) -> GoalView:
    """Give what goals are compared by: all that is shown of them, whatever their capitals."""
    return msgspec.structs.replace(goal, text=same_words(goal.text), plan="")


def _numbered(name: str, goals: Iterable[Goal]) -> Iterator[tuple[str, Goal]]:
    for number, goal in enumerate(goals, 1):
        yield f"{name}[{number}]", goal


def _goal(goal: Goal, path: str, entry: Entry, parties: Parties, marks: Marks) -> GoalView:
    achievement = goal.achievement
    return GoalView(
        text=goal.text,
        category=goal.category,
        expressed_by=goal.expressed_by,
        status=goal.status,
        achievement=achievement.code if achievement is not None else None,
        achievement_date=achievement.date if achievement is not None else None,
        achievement_comment=achievement.comment if achievement is not None else None,
        targets=tuple(
            TargetView(measure=one.measure, value=one.value, unit=one.unit, due=one.due_date)
            for one in goal.targets
        ),
        responsible=parties.all(entry, goal.responsible_parties),
        follow_up=when_of(goal.follow_up.planned) if goal.follow_up is not None else None,
        follow_up_text=follow_up_text(goal.follow_up, entry, parties) if goal.follow_up is not None else None,
        sub_goals=tuple(
            _goal(sub_goal, place, entry, parties, marks)
            for place, sub_goal in _numbered(f"{path}/subGoal", goal.sub_goals)
        ),
        plan=entry.title,
        contradictions=marks.contradictions([(entry.key, path)]),
        citations=(),
    )


# --- what matters -------------------------------------------------------------------------------


def important_of(entries: Iterable[Entry]) -> tuple[ImportantView, ...]:
    """Show what matters to the patient, from all records in force; the same words once."""
    return _important_in(entry for entry in entries if entry.in_force)


def _important_in(entries: Iterable[Entry]) -> tuple[ImportantView, ...]:
    said = [(one, entry.cite()) for entry in entries for one in entry.record.body.important_to_patient]
    latest: dict[object, date] = {}
    for one, _ in said:
        if one.date is not None:
            latest[_words(one)] = max(one.date, latest.get(_words(one), one.date))
    shown = (
        ImportantView(
            text=one.text,
            kind=one.kind,
            expressed_by=one.expressed_by,
            date=latest.get(_words(one)),
            citations=citations,
        )
        for one, citations in cited_once(said, key=_words)
    )
    return tuple(sorted(shown, key=lambda one: (swedish_key(one.text), one.citations[0].provenance)))


def _words(one: ImportantToPatient) -> object:
    return same_words(one.text), one.kind, one.expressed_by


# --- what a record had that is over -------------------------------------------------------------


def earlier_of(entry: Entry, parties: Parties, marks: Marks) -> Earlier | None:
    """Show the goals, the risks and what mattered in a record that is over; nothing for one in force."""
    if entry.in_force:
        return None
    return Earlier(
        goals=_goals_in((entry,), parties, marks),
        risks=risks_in((entry,), parties),
        important=_important_in((entry,)),
    )
