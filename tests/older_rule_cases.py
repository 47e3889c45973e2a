"""Answers of GetCarePlans 2.0 at the edges of its rules, where a document for readers would be too odd or large.

Each is a good document of the rule with a few pieces exchanged.
"""

from __future__ import annotations

import base64
from typing import Any

import pytest

from riv_careplans import codec
from riv_careplans.codes import CORE_4
from riv_careplans.contract import GET_CARE_PLANS_2
from riv_careplans.validation.vectors import vector_folder
from tests.builders import ASTA

__all__ = ["BAD_ANSWERS", "GOOD_ANSWERS"]

_NOW = "20260120120000"
_LARGEST = base64.b64encode(b"x" * 100_000).decode()
_PROFESSIONAL = "carePlan[1]/carePlanHeader/accountableHealthcareProfessional"
_CONTENT = "<content>"
_REFERENCE = "<reference>https://plan.example.se/plan.pdf</reference>"
_TYPE = "<type>1.2.752.129.2.1.3.1</type>"
_PLAN_TYPE = "<typeOfCarePlanEnum>VP</typeOfCarePlanEnum>"
_UNIT_ID = "<healthcareProfessionalCareUnitHSAId>SE2329999995-HC1<"
_UNIT_NAME = "<orgUnitName>Hälsocentralen Sol och Måne<"


def _case(name: str, *exchanged: tuple[str, str], expected: tuple[tuple[str, str], ...] = ()) -> Any:
    text = (vector_folder() / "CP2-004" / "good-title.xml").read_text(encoding="utf-8")
    for old, new in exchanged:
        assert text.count(old) == 1
        text = text.replace(old, new)
    message = codec.parse(text.encode())
    assert GET_CARE_PLANS_2.violations(message) == ()
    return pytest.param(message, list(expected), id=name)


# fmt: off
BAD_ANSWERS = [
    _case("CP2-006, no more than a hundred are told", (_CONTENT, "<content><id>1</id><mediaType>application/pdf</mediaType><reference>https://plan.example.se</reference></content>" * 101 + _CONTENT),
          expected=tuple(("CP2-006", f"carePlan[1]/carePlanBody/content[{n}]/id") for n in range(1, 101))),
    _case("CP2-010, an id that says nothing", (_UNIT_ID, "<healthcareProfessionalCareUnitHSAId> <"),
          expected=(("CP2-010", f"{_PROFESSIONAL}/healthcareProfessionalCareUnitHSAId"),)),
    _case("CP2-011, a name that says nothing", (_UNIT_NAME, "<orgUnitName> <"),
          expected=(("CP2-011", f"{_PROFESSIONAL}/healthcareProfessionalOrgUnit/orgUnitName"),)),
    _case("CP2-017, in the id of a document", (_CONTENT, f"<content><id>{ASTA}</id>"),
          expected=(("CP2-006", "carePlan[1]/carePlanBody/content[1]/id"), ("CP2-017", "carePlan[1]/carePlanBody/content[1]/id"))),
    _case("CP2-017, in the kind of the patient's id", (_TYPE, f"<type>1.2.{ASTA}</type>"),
          expected=(("CP2-017", "carePlan[1]/carePlanHeader/patientId/type"),)),
    _case("CP2-017, in an unknown element", (_TYPE, f'{_TYPE}<x xmlns="urn:x">{ASTA}</x>'),
          expected=(("CP2-017", "carePlan[1]/carePlanHeader/patientId"),)),
    _case("CP2-017, in an unknown element of the body", (_PLAN_TYPE, f'{_PLAN_TYPE}<x xmlns="urn:x">{ASTA}</x>'),
          expected=(("CP2-017", "carePlan[1]/carePlanBody"),)),
    _case("CP2-017, in an element of 3.0 that is no record", (_PLAN_TYPE, f'{_PLAN_TYPE}<title xmlns="{CORE_4}">{ASTA}</title>'),
          expected=(("CP2-017", "carePlan[1]/carePlanBody"),)),
    _case("CP2-023 and not CP2-017, in a record of 3.0, which says whose it is", (_PLAN_TYPE, f'{_PLAN_TYPE}<carePlan xmlns="{CORE_4}">{ASTA}</carePlan>'),
          expected=(("CP2-023", "carePlan[1]/carePlanBody/carePlan"),)),
    _case("CP2-019, a second too late", ("<authorTime>20260116080000", "<authorTime>20260120120001"),
          expected=(("CP2-019", f"{_PROFESSIONAL}/authorTime"),)),
]

GOOD_ANSWERS = [
    _case("CP2-008, the largest", (_REFERENCE, f"<value>{_LARGEST}</value>")),
    _case("CP2-007, an empty document", (_REFERENCE, "<value/>")),
    _case("CP2-019, just now", ("<authorTime>20260116080000", f"<authorTime>{_NOW}")),
    _case("CP2-017, inside a document", (_REFERENCE, f"<value>{base64.b64encode(ASTA.encode()).decode()}</value>")),
]
# fmt: on
