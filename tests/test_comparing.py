"""`riv-careplans diff` as its users start it: what it prints, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands import PATIENT, ROOT, run

pytestmark = pytest.mark.once

ASTA = ROOT / "examples" / "asta"
OLD = ASTA / "p3-hemtjansten" / "genomforandeplan.xml"
NEW = ASTA / "updates" / "p3-hemtjansten" / "genomforandeplan.xml"
AGREEMENT = ASTA / "p3-hemtjansten" / "agreement.xml"


def test_equal_answers_end_with_0() -> None:
    result = run("--lang", "sv", "diff", OLD, OLD)

    assert (result.returncode, result.stdout) == (0, "Ingen skillnad: 1 post lika.\n")


def test_different_answers_end_with_1_and_are_told_in_the_chosen_language() -> None:
    swedish = run("--lang", "sv", "diff", OLD, NEW)
    english = run("diff", OLD, NEW)

    assert swedish.returncode == english.returncode == 1
    assert "~ Aktivitet ändrad: Handling" in swedish.stdout
    assert "~ Activity changed: Handling" in english.stdout
    assert swedish.stderr == english.stderr == ""


def test_personal_data_is_shown_only_on_request_and_the_patients_id_never() -> None:
    hidden = run("diff", OLD, NEW)
    shown = run("diff", OLD, NEW, "--show-personal-data")

    assert "Asta Blomberg" not in hidden.stdout
    assert "Asta Blomberg" in shown.stdout
    assert PATIENT not in hidden.stdout + shown.stdout


def test_json_is_for_programs() -> None:
    result = run("diff", OLD, NEW, "--format", "json")

    document = json.loads(result.stdout)
    assert result.returncode == 1
    assert document["formatVersion"] == "1.0"
    assert [record["change"] for record in document["records"]] == ["changed"]


def test_a_folder_is_all_its_answers() -> None:
    result = run("diff", OLD.parent, OLD, "--format", "json")

    document = json.loads(result.stdout)
    assert document["summary"] == {"added": 0, "removed": 2, "changed": 0, "same": 1}


def test_older_copies_in_a_folder_are_told_to_be_left_out(tmp_path: Path) -> None:
    for number, path in enumerate((OLD, NEW)):
        (tmp_path / f"{number}.xml").write_bytes(path.read_bytes())

    result = run("diff", tmp_path, NEW)

    assert result.returncode == 0
    assert "1 older copies" in result.stderr


def test_one_of_them_may_come_from_standard_input() -> None:
    result = run("diff", "-", OLD, stdin=OLD.read_text(encoding="utf-8"))

    assert result.returncode == 0


def test_a_cut_answer_is_told(tmp_path: Path) -> None:
    more = "<r:hasMore><r:logicalAddress>SE2129999997-SYS3</r:logicalAddress><r:reference>2</r:reference></r:hasMore>"
    cut = tmp_path / "cut.xml"
    cut.write_text(
        OLD.read_text(encoding="utf-8").replace("<r:result>", f"{more}<r:result>"), encoding="utf-8"
    )

    result = run("diff", OLD, cut)

    assert result.returncode == 0
    assert "B is a cut answer" in result.stderr


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"", "not well-formed", id="empty"),
        pytest.param(b"\x00\x01\x02", "not well-formed", id="binary"),
        pytest.param(b"<a xmlns='urn:example:x'/>", "known are", id="another contract"),
        pytest.param(
            AGREEMENT.read_bytes().replace(b"<status>active", b"<status>unheard"), "status", id="schema"
        ),
    ],
)
def test_what_cannot_be_read_ends_with_2_and_one_sentence(tmp_path: Path, content: bytes, words: str) -> None:
    broken = tmp_path / f"{PATIENT}.xml"
    broken.write_bytes(content)

    result = run("diff", OLD, broken)

    assert result.returncode == 2
    assert result.stdout == ""
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert PATIENT not in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("-", "-"), id="standard input twice"),
        pytest.param((OLD,), id="one answer"),
        pytest.param((OLD, "nowhere.xml"), id="no such file"),
        pytest.param((OLD, "/dev/null"), id="no regular file"),
        pytest.param((OLD, ROOT / "riv_careplans" / "cli"), id="a folder without documents"),
        pytest.param((OLD, NEW, "--format", "html"), id="an unknown format"),
    ],
)
def test_wrong_usage_ends_with_2(arguments: tuple[str | Path, ...]) -> None:
    result = run("diff", *arguments)

    assert (result.returncode, result.stdout) == (2, "")
    assert "Error: " in result.stderr
