"""Codes that their code system does not have, where the contract names the code system and its codes.

The schema lets any code stand in a coded value; so `gp` for `GP` would pass, and with it a plan that no
filter finds and no rule for its type is asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from riv_careplans.codes import CARE_PLAN_TYPE_SYSTEM, FIXED_CONTACT_SYSTEM, FixedContact, PlanType
from riv_careplans.model import CV, CarePlan
from riv_careplans.rules import RuleFinding, Severity
from riv_careplans.validation.suggestions import nearest

__all__ = ["unknown_codes"]

_CODES: Final = {
    CARE_PLAN_TYPE_SYSTEM: tuple(str(code) for code in PlanType),
    FIXED_CONTACT_SYSTEM: tuple(str(code) for code in FixedContact),
}


def unknown_codes(plans: Iterable[CarePlan], places: Iterable[str]) -> Iterator[RuleFinding]:
    """Give the codes that are not in their code systems; `places` are the paths of the plans."""
    for plan, place in zip(plans, places, strict=False):
        yield from _unknown(plan.body.type, f"{place}/body/type")
        for number, participant in enumerate(plan.body.participants, 1):
            yield from _unknown(participant.role, f"{place}/body/participant[{number}]/role")


def _unknown(coded: CV, path: str) -> Iterator[RuleFinding]:
    known = _CODES.get(coded.code_system or "")
    if known is None or coded.code is None or coded.code in known:
        return
    allowed = ", ".join(known)
    meant = nearest(coded.code.strip(), known)
    yield RuleFinding(
        code="CODE-001",
        message="the code system has no such code: "
        + (f"did you mean {meant}? " if meant else "")
        + f"its codes are {allowed}",
        message_sv="kodsystemet har ingen sådan kod: "
        + (f"menade du {meant}? " if meant else "")
        + f"dess koder är {allowed}",
        severity=Severity.WARNING,
        unsafe=False,
        path=f"{path}/code",
    )
