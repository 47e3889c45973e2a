"""What the codec could not read, told as the rules tell what they find: in Swedish too, and weighed.

The codec knows no rules; its findings have one language and no severity.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from riv_careplans.errors import Finding
from riv_careplans.rules import RULES_BY_CODE, RuleFinding, Severity

__all__ = ["as_rule_finding"]

_IN_SWEDISH: Final = MappingProxyType(
    {
        "this is not a valid date: expected YYYYMMDD, a day that exists in the calendar": (
            "detta är inget giltigt datum: ÅÅÅÅMMDD väntas, en dag som finns i kalendern"
        ),
        "this is not a valid time: expected YYYYMMDDhhmmss, a moment that exists in the calendar": (
            "detta är ingen giltig tidpunkt: ÅÅÅÅMMDDttmmss väntas, en stund som finns i kalendern"
        ),
        "this is not a valid time: expected YYYY, YYYYMM, YYYYMMDD or YYYYMMDDhhmmss": (
            "detta är ingen giltig tidpunkt: ÅÅÅÅ, ÅÅÅÅMM, ÅÅÅÅMMDD eller ÅÅÅÅMMDDttmmss väntas"
        ),
        "this is not a valid time of day: expected hhmmss": (
            "detta är inget giltigt klockslag: ttmmss väntas"
        ),
    }
)
"""The codec's sentences about calendars and clocks."""

_NOT_AS_THE_CONTRACT_SAYS: Final = "detta kan inte läsas så som kontraktet säger"


def as_rule_finding(finding: Finding) -> RuleFinding:
    """Tell what could not be read as a finding of its rule (CP-001), or as an error of the schema's kind."""
    rule = RULES_BY_CODE.get(finding.code)
    otherwise = rule.text.swedish if rule else _NOT_AS_THE_CONTRACT_SAYS
    return RuleFinding(
        code=finding.code,
        path=finding.path,
        line=finding.line,
        message=finding.message,
        message_sv=_IN_SWEDISH.get(finding.message, otherwise),
        severity=rule.severity if rule else Severity.ERROR,
        unsafe=rule.unsafe if rule else True,
    )
