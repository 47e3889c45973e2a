"""The contract description says what the contract says, and its examples hold."""

import re
from datetime import datetime
from pathlib import Path

import pytest

from riv_careplans.contract import GET_CARE_PLANS_3
from riv_careplans.description import describe
from riv_careplans.rules import RULES, Rule
from riv_careplans.validation import validate

ROOT = Path(__file__).parents[1]
PUBLISHED = ROOT / "docs" / "TKB_clinicalprocess_logistics_logistics_4.0_RC1.md"
CHAPTERS = [
    "1 Inledning",
    "2 Versionsinformation",
    "3 Tjänstedomänens arkitektur",
    "4 Tjänstedomänens krav och regler",
    "5 Gemensamma informationskomponenter",
    "6 Tjänstedomänens meddelandemodeller",
    "7 Tjänstekontrakt",
]
NOW = datetime.fromisoformat("2026-01-20T12:00")


@pytest.fixture(scope="module")
def text() -> str:
    return describe()


def test_the_published_description_is_what_the_contract_gives(text: str, pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("--update-golden"):
        PUBLISHED.write_text(text, encoding="utf-8")

    assert PUBLISHED.read_text(encoding="utf-8") == text


def test_the_chapters_stand_in_the_order_of_riv_ta(text: str) -> None:
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == CHAPTERS


def test_it_says_that_it_is_a_proposal(text: str) -> None:
    assert "Det är inte publicerat av Inera" in text.partition("## 1 ")[0]


@pytest.mark.parametrize(
    "schema",
    [*sorted(GET_CARE_PLANS_3.folder.rglob("*logistics*.xsd")), GET_CARE_PLANS_3.schema],
    ids=lambda path: path.stem,
)
def test_every_element_and_value_of_the_schemas_is_described(schema: Path, text: str) -> None:
    inside_a_type = re.compile(r'^ {6,}<xs:(?:element name|enumeration value)="([^"]+)"', re.MULTILINE)
    declared = inside_a_type.findall(schema.read_text("utf-8"))

    missing = {name for name in declared if not re.search(rf"^\| {re.escape(name)} \|", text, re.MULTILINE)}

    assert declared
    assert missing == set()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_is_described(rule: Rule, text: str) -> None:
    assert f"\n| {rule.code} | " in text


def test_every_example_is_valid_in_every_respect(text: str) -> None:
    examples = re.findall(r"```xml\n(.*?)```", text, re.DOTALL)

    reports = [validate(example.encode(), now=NOW) for example in examples]

    assert len(reports) == 2
    assert [report.findings for report in reports] == [(), ()]
