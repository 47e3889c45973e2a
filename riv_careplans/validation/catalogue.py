"""Every code that validation can find, with what it means: the one table of `explain` and `rules`."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from riv_careplans.validation import formal, rule_texts, rule_texts_2, together
from riv_careplans.validation.explained import Explanation

__all__ = ["CATALOGUE"]

CATALOGUE: Final = MappingProxyType[str, Explanation](
    {
        explanation.code: explanation
        for explanation in (
            *formal.EXPLANATIONS,
            *rule_texts.EXPLANATIONS,
            *rule_texts_2.EXPLANATIONS,
            *together.EXPLANATIONS,
        )
    }
)
"""The explanations by their permanent codes, in the order of the examination."""
