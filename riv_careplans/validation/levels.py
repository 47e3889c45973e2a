"""How structured the plans of an answer are, and what the next level needs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from riv_careplans.model import CarePlan
from riv_careplans.rules import Text
from riv_careplans.validation.report import StructureLevel

__all__ = ["level_of"]

# "Structure level of a plan: 1 document only, 2 + contacts and status, 3 + goals and activities,
# 4 + activities linked to goals, needs and booked times" -- contract description, section 1
_CONTACTS: Final = Text(
    "level 2: say who the contacts are (participant)", "nivå 2: ange vilka kontakterna är (participant)"
)
_ANOTHER_CONTRACT: Final = Text(
    "level 2: answer in GetCarePlans 3.0, with contacts (participant) and status",
    "nivå 2: svara i GetCarePlans 3.0, med kontakter (participant) och status",
)


def level_of(plan: CarePlan, path: str, *, is_2_0: bool) -> StructureLevel:
    """Return the level of one plan; every level holds what those below it ask for."""
    if is_2_0:
        return StructureLevel(path=path, level=1, next=_ANOTHER_CONTRACT)
    body = plan.body
    if not body.participants:
        return StructureLevel(path=path, level=1, next=_CONTACTS)
    parts = [
        Text(f"{english} ({name})", f"{swedish} ({name})")
        for there, english, swedish, name in (
            (body.goals, "goals", "mål", "goal"),
            (body.activities, "activities", "aktiviteter", "activity"),
        )
        if not there
    ]
    if parts:
        return StructureLevel(path=path, level=2, next=_needed(3, parts, "say the", "ange"))
    links = [
        Text(f"{english} ({name})", f"{swedish} ({name})")
        for there, english, swedish, name in (
            (any(one.goal_ids for one in body.activities), "goals", "mål", "goalId"),
            (any(one.need_ids for one in body.activities), "needs", "behov", "needId"),
            (any(one.bookings for one in body.activities), "booked times", "bokade tider", "booking"),
        )
        if not there
    ]
    if links:
        return StructureLevel(
            path=path, level=3, next=_needed(4, links, "link activities to", "koppla aktiviteter till")
        )
    return StructureLevel(path=path, level=4)


def _needed(level: int, parts: Iterable[Text], english: str, swedish: str) -> Text:
    told = list(parts)
    return Text(
        f"level {level}: {english} {_joined([one.english for one in told], 'and')}",
        f"nivå {level}: {swedish} {_joined([one.swedish for one in told], 'och')}",
    )


def _joined(parts: list[str], word: str) -> str:
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}" if len(parts) > 1 else parts[0]
