"""`explain` and `rules`: what they print, which codes they understand, and how they end."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from riv_careplans.cli.explaining import explain, rules
from riv_careplans.cli.language import Language
from riv_careplans.cli.teaching import code_of
from riv_careplans.contracts.get_care_plans_2 import rules as rules_2
from riv_careplans.rules import RULES, RULES_BY_CODE
from riv_careplans.validation.catalogue import CATALOGUE
from riv_careplans.validation.report import Layer
from riv_careplans.validation.vectors import documents_of, vector_folder

SWEDISH, ENGLISH = Language("sv"), Language("en")
RULE_CODES = [*RULES_BY_CODE, *rules_2.RULES_BY_CODE]


def explained(*arguments: str, say: Language = SWEDISH) -> Result:
    return CliRunner().invoke(explain(say), arguments, env={"COLUMNS": "100"})


def listed(*arguments: str, say: Language = SWEDISH) -> Result:
    return CliRunner().invoke(rules(say), arguments, env={"COLUMNS": "100"})


# --- which code is meant ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("CP-006", "CP-006"),
        ("cp-006", "CP-006"),
        ("cp6", "CP-006"),
        ("CP 6", "CP-006"),
        ("cp_06", "CP-006"),
        ("cp21", "CP-021"),
        ("cp2-4", "CP2-004"),
        ("CP2-004", "CP2-004"),
        ("cp2004", "CP2-004"),
        ("cp24", "CP2-004"),
        (" xsd1 ", "XSD-001"),
        ("cp99", None),
        ("cp", None),
        ("6", None),
        ("", None),
        ("CP-006-1", None),
        ("hej", None),
    ],
)
def test_a_code_is_understood_however_it_is_written(written: str, code: str | None) -> None:
    assert code_of(written, CATALOGUE) == code


@pytest.mark.parametrize(("written", "meant"), [("CP-60", "CP-0"), ("CPP-006", "CP-006"), ("hej", "rules")])
def test_an_unknown_code_ends_with_2_and_says_what_may_have_been_meant(written: str, meant: str) -> None:
    result = explained(written)

    assert result.exit_code == click.UsageError.exit_code == 2
    assert "det finns ingen sådan kod" in result.stderr
    assert meant in result.stderr


def test_what_is_written_instead_of_a_code_is_not_repeated() -> None:
    result = explained("197010632391")

    assert result.exit_code == 2
    assert "197010632391" not in result.output


# --- the explanations ---------------------------------------------------------------------------


def test_every_rule_of_both_contracts_is_explained_with_its_own_weight_and_source() -> None:
    for rule in (*RULES, *rules_2.RULES):
        known = CATALOGUE[rule.code]

        assert (known.code, known.layer) == (rule.code, Layer.RULES)
        assert (known.severity, known.reference) == (rule.severity, rule.reference)


@pytest.mark.parametrize("code", RULE_CODES)
def test_an_explanation_is_short_whole_and_in_both_languages(code: str) -> None:
    known = CATALOGUE[code]

    for text in (known.what, known.why, known.mend):
        assert text.swedish != text.english
        assert "  " not in text.swedish + text.english
    for prose in (*known.why, *known.mend):
        assert re.fullmatch(r"[A-ZÅÄÖ0-9].*\.", prose)
        assert 40 < len(prose) < 330
        assert 1 <= len(re.findall(r"[.?](?= |$)", prose)) <= 3
    for sentence in known.what:
        assert not sentence.endswith(".")
        assert 15 < len(sentence) < 220


def test_no_two_rules_of_a_contract_are_explained_alike() -> None:
    for codes in (RULES_BY_CODE, rules_2.RULES_BY_CODE):
        assert len({CATALOGUE[code].what for code in codes}) == len(codes)
        assert len({CATALOGUE[code].mend for code in codes}) == len(codes)


# --- explain ------------------------------------------------------------------------------------


def test_a_rule_is_shown_with_a_bad_and_a_good_document_and_the_lines_that_differ() -> None:
    result = explained("cp6")

    assert result.exit_code == 0
    assert result.stdout.startswith("CP-006  fel · regler · GetCarePlans 3.0\n")
    marked = [line.split() for line in result.stdout.splitlines() if "✗" in line or "✓" in line]
    assert marked == [["✗", "44", "<needId>behov-2</needId>"], ["✓", "44", "<needId>behov-1</needId>"]]
    for part in (
        "Varför",
        "Så rättar du",
        "Källa",
        "bad-goal-refers-to-no-need.xml",
        "needId[1]: posten har",
    ):
        assert part in result.stdout
    assert "Fler exempel (2): riv-careplans explain CP-006 --all" in result.stdout


def test_english_is_spoken_too() -> None:
    result = explained("cp6", say=ENGLISH)

    assert result.stdout.startswith("CP-006  error · rules · GetCarePlans 3.0\n")
    for part in ("Why", "How to mend it", "Source", "A bad document", "the record has no such part"):
        assert part in result.stdout


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_code_can_be_explained(code: str) -> None:
    result = explained(code, "--all")

    assert result.exit_code == 0
    bad = [one for one in documents_of(code) if not one.is_good]
    shown = re.findall(r"bad-[a-z0-9-]+\.xml", result.stdout)
    assert sorted(shown) == [one.path.name for one in bad]
    assert result.stdout.count("✗") >= len(bad)
    assert result.stdout.count("✓") >= len(bad)


def test_what_is_missing_in_a_document_is_shown_as_a_gap() -> None:
    assert "✗       (här saknas något)" in explained("cp11").stdout
    assert "✓       (här står inget)" in explained("cp2-6").stdout


def test_a_whole_document_has_all_its_lines() -> None:
    result = explained("CP-006", "--whole", say=ENGLISH)

    for name in ("bad-goal-refers-to-no-need", "good-goal-refers-to-its-need"):
        text = (vector_folder() / "CP-006" / f"{name}.xml").read_text(encoding="utf-8")
        assert all(line in result.stdout for line in text.splitlines())
    assert "…" not in result.stdout


def test_a_long_document_is_shortened() -> None:
    result = explained("CP-010", "--all")

    assert len(result.stdout.splitlines()) < 300
    assert max(map(len, result.stdout.splitlines())) <= 110


def test_the_way_to_a_document_leads_there() -> None:
    result = explained("cp6")

    (shown,) = re.findall(r"^ *(\S*bad-\S+\.xml)$", result.stdout, re.MULTILINE)
    assert Path(shown).is_file()


# --- rules --------------------------------------------------------------------------------------


def test_every_code_stands_on_a_line_of_its_own() -> None:
    result = listed()

    lines = [line for line in result.stdout.splitlines() if line.startswith("  ")]
    assert result.exit_code == 0
    assert [line.split()[0] for line in lines][: len(CATALOGUE)] == list(CATALOGUE)
    assert "\x1b" not in result.stdout


def test_rules_as_json_are_complete_and_in_both_languages() -> None:
    document = json.loads(listed("--format", "json", "--layer", "rules").stdout)

    assert document["formatVersion"] == "1.0"
    assert [one["code"] for one in document["rules"]] == RULE_CODES
    for one in document["rules"]:
        assert one["what"].keys() == one["why"].keys() == one["mend"].keys() == {"sv", "en"}
        for name in one["documents"]["bad"] + one["documents"]["good"]:
            assert (vector_folder() / name).is_file()
        assert one["documents"]["bad"]
        assert one["documents"]["good"]


@pytest.mark.parametrize(("contract", "other"), [("3.0", "CP2-"), ("2.0", "CP-0")])
def test_rules_of_one_contract_leave_out_the_others_own(contract: str, other: str) -> None:
    document = json.loads(listed("--format", "json", "--contract", contract).stdout)

    codes = {one["code"] for one in document["rules"]}
    assert {code for code in codes if code.startswith(other)} == ({"CP-001"} if contract == "2.0" else set())
    assert {"XML-001", "CP-001"} < codes


def test_rules_as_markdown_are_tables_with_a_row_for_every_code() -> None:
    text = listed("--format", "md").stdout

    rows = [line for line in text.splitlines() if re.match(r"\| [A-Z0-9]+-[0-9]{3} \|", line)]
    assert [row.split()[1] for row in rows][: len(CATALOGUE)] == list(CATALOGUE)
    assert {row.replace("\\|", "").count("|") for row in rows} == {6}


def test_a_live_producers_codes_are_listed_too() -> None:
    document = json.loads(listed("--format", "json", "--layer", "producer").stdout)

    assert [one for one in document["rules"] if not one["code"].startswith("PC-")] == []
    assert len(document["rules"]) > 10
