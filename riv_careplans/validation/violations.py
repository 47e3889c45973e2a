"""libxml2's refusals in both languages, for documents too large to be explained and for the odd rest."""

from __future__ import annotations

from typing import Final

from riv_careplans.contract import Violation
from riv_careplans.rules import Text

__all__ = ["code_and_text"]

_OTHERWISE: Final = ("XSD-013", "kontraktets schema tillåter inte detta")
_TOLD: Final[dict[str, tuple[str, str]]] = {
    "SCHEMAV_CVC_PATTERN_VALID": ("XSD-006", "värdet har inte den form som dess typ kräver"),
    "SCHEMAV_CVC_ENUMERATION_VALID": ("XSD-007", "värdet är ingen av de koder som kontraktet tillåter här"),
    "SCHEMAV_CVC_ELT_1": ("XSD-002", "elementet finns inte i kontraktet"),
    "SCHEMAV_CVC_TYPE_3_1_1": ("XSD-009", "attribut är inte tillåtna här"),
    "SCHEMAV_CVC_TYPE_3_1_2": ("XSD-010", "element är inte tillåtna i detta värde"),
    "SCHEMAV_CVC_COMPLEX_TYPE_2_3": ("XSD-008", "text är inte tillåten mellan elementen här"),
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": ("XSD-009", "detta attribut är inte tillåtet"),
    "SCHEMAV_CVC_DATATYPE_VALID_1_2_1": ("XSD-006", "värdet är inte av den typ som kontraktet kräver"),
    "SCHEMAV_CVC_DATATYPE_VALID_1_2_2": ("XSD-006", "värdet är inte av den typ som kontraktet kräver"),
    "SCHEMAV_CVC_MAXINCLUSIVE_VALID": ("XSD-006", "talet är större än kontraktet tillåter"),
    "SCHEMAV_CVC_MININCLUSIVE_VALID": ("XSD-006", "talet är mindre än kontraktet tillåter"),
    "SCHEMAV_CVC_ELT_3_1": ("XSD-011", "xsi:nil är inte tillåtet"),
    "SCHEMAV_CVC_ELT_4_2": ("XSD-012", "xsi:type anger ingen typ som kan stå här"),
    "SCHEMAV_CVC_ELT_4_3": ("XSD-012", "xsi:type anger ingen typ som kan stå här"),
    "SCHEMAV_CVC_TYPE_1": ("XSD-012", "xsi:type anger ingen typ som kan stå här"),
}


def code_and_text(violation: Violation) -> tuple[str, Text]:
    """Return the code of a refusal, and its sentence."""
    if violation.kind != "SCHEMAV_ELEMENT_CONTENT":
        code, swedish = _TOLD.get(violation.kind, _OTHERWISE)
        return code, Text(violation.message, swedish)
    wanted = ", ".join(violation.expected)
    if violation.message.startswith("something is missing"):
        return "XSD-001", Text(violation.message, f"något saknas; här väntas {wanted}")
    swedish = "detta element hör inte hemma här" + (f"; här väntas {wanted}" if wanted else "")
    return "XSD-003", Text(violation.message, swedish)
