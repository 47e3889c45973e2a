"""Comparisons of small plans, and everything that can be told of them."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from riv_careplans.comparison import Comparison, as_json, as_text, compare, mask_for
from riv_careplans.exchange import Answer
from riv_careplans.model import Agreement, CarePlan
from tests.builders import answer, care_plan

__all__ = ["answer_of", "compared", "lines", "outputs", "plan", "told"]


def plan(**changes: Any) -> CarePlan:
    """A plan whose body has the changes."""
    made = care_plan()
    return replace(made, body=replace(made.body, **changes))


def answer_of(record: CarePlan | Agreement) -> Answer:
    return answer(record) if isinstance(record, CarePlan) else answer(agreements=(record,))


def compared(old: CarePlan, new: CarePlan) -> Comparison:
    return compare(answer(old), answer(new))


def told(comparison: Comparison, *, language: str = "sv", show: bool = False) -> str:
    return as_text(comparison, language=language, mask=mask_for(comparison, show_personal_data=show))


def outputs(comparison: Comparison, *, show: bool = False) -> str:
    """Everything that can be told of a comparison."""
    mask = mask_for(comparison, show_personal_data=show)
    texts = [as_text(comparison, language=language, mask=mask) for language in ("sv", "en")]
    return "\n".join([*texts, as_json(comparison, mask=mask)])


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines()]
