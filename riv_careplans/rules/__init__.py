"""The rules of the contract that no schema can say, as pure functions over the model.

Sees only the model: no XML, no files, no clock. A finding is returned, never raised, and never
repeats a value.
"""

from riv_careplans.rules.catalogue import RULES, RULES_BY_CODE, check_answer, check_query, check_record
from riv_careplans.rules.rule import Rule, RuleFinding, Severity, Text

__all__ = [
    "RULES",
    "RULES_BY_CODE",
    "Rule",
    "RuleFinding",
    "Severity",
    "Text",
    "check_answer",
    "check_query",
    "check_record",
]
