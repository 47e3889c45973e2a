"""Which findings count: codes that are selected or ignored, and baselines of known findings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from riv_careplans.rules import Severity
from riv_careplans.validation.report import Examined, Layer, ReportedFinding, Verdict, verdict_of
from riv_careplans.validation.selection import Codes, WrongSelection, judged, read_baseline

KNOWN = {"CP-001", "CP-010", "CP-014", "CP2-001", "CPT-001", "XSD-001", "XML-001", "FILE-001"}


def finding(code: str, **more: object) -> ReportedFinding:
    layers = {"XML": Layer.XML, "FILE": Layer.FILE, "XSD": Layer.SCHEMA}
    values: dict[str, object] = {
        "code": code,
        "message": "m",
        "message_sv": "m",
        "severity": Severity.ERROR,
        "layer": layers.get(code.partition("-")[0], Layer.RULES),
        "file": "a.xml",
        "path": "carePlan[1]",
    }
    return ReportedFinding(**values | more)  # type: ignore[arg-type]


def examined(*findings: ReportedFinding, name: str = "a.xml") -> Examined:
    return Examined(name=name, verdict=verdict_of(findings), findings=findings)


# --- codes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("select", "ignore", "counted"),
    [
        ([], [], KNOWN),
        (["CP-010"], [], {"CP-010", "XML-001", "FILE-001"}),
        (["cp-010"], [], {"CP-010", "XML-001", "FILE-001"}),
        (["CP-01"], [], {"CP-010", "CP-014", "XML-001", "FILE-001"}),
        (["CP"], [], {"CP-001", "CP-010", "CP-014", "XML-001", "FILE-001"}),
        (["CP2"], [], {"CP2-001", "XML-001", "FILE-001"}),
        (["CP2,XSD"], [], {"CP2-001", "XSD-001", "XML-001", "FILE-001"}),
        (["CP2", " CPT "], [], {"CP2-001", "CPT-001", "XML-001", "FILE-001"}),
        ([], ["CP"], KNOWN - {"CP-001", "CP-010", "CP-014"}),
        (["CP"], ["CP-014"], {"CP-001", "CP-010", "XML-001", "FILE-001"}),
        ([], ["XML,FILE-001"], KNOWN - {"XML-001", "FILE-001"}),
    ],
)
def test_codes_are_selected_and_ignored_by_code_beginning_and_family(
    select: list[str], ignore: list[str], counted: set[str]
) -> None:
    codes = Codes.of(select, ignore, known=KNOWN)

    assert {code for code in KNOWN if codes.count(finding(code))} == counted


@pytest.mark.parametrize(
    ("asked", "suggested"),
    [
        ("CP-0144", "CP-014"),
        ("XDS", "XSD"),
        ("CP2-01", "CP2-001"),
        ("Q", "riv-careplans rules"),
        ("C", "CP"),
    ],
)
def test_an_unknown_code_is_told_with_what_may_have_been_meant(asked: str, suggested: str) -> None:
    with pytest.raises(WrongSelection) as caught:
        Codes.of([], [asked], known=KNOWN)

    assert suggested in caught.value.text.english
    assert suggested in caught.value.text.swedish


def test_the_verdict_is_of_the_findings_that_count() -> None:
    one = examined(finding("CP-014", severity=Severity.WARNING), finding("CP-010"))

    left = judged(one, Codes(ignored=("CP-010",)), None)

    assert (left.verdict, [one.code for one in left.findings], left.known) == (Verdict.REMARKS, ["CP-014"], 0)


# --- baseline -----------------------------------------------------------------------------------


def made(folder: Path, *documents: Examined, codes: Codes | None = None) -> Path:
    """Make or update a baseline with what was found in the documents."""
    path = folder / "known.json"
    baseline = read_baseline(path, update=True)
    for one in documents:
        judged(one, codes or Codes(), baseline)
    baseline.write(codes or Codes())
    return path


def entries(path: Path) -> set[tuple[str, str, str, int]]:
    told = json.loads(path.read_text(encoding="utf-8"))
    assert told["formatVersion"] == "1.0"
    return {(one["file"], one["code"], one["path"], one["count"]) for one in told["findings"]}


def test_a_baseline_knows_a_finding_by_file_code_and_path_and_so_many_times(tmp_path: Path) -> None:
    name = str(tmp_path / "answers" / "a.xml")
    known = finding("CP-010", file=name, line=7)
    path = made(tmp_path, examined(known, known, name=name))
    moved = finding("CP-010", file=name, line=99)
    elsewhere = finding("CP-010", file=name, path="carePlan[2]")

    left = judged(examined(moved, moved, moved, elsewhere, name=name), Codes(), read_baseline(path))

    assert entries(path) == {("answers/a.xml", "CP-010", "carePlan[1]", 2)}
    assert left.findings == (moved, elsewhere)
    assert left.known == 2


def test_a_known_finding_makes_a_document_pass(tmp_path: Path) -> None:
    name = str(tmp_path / "a.xml")
    one = examined(finding("CP-010", file=name), name=name)
    path = made(tmp_path, one)

    left = judged(one, Codes(), read_baseline(path))

    assert (left.verdict, left.findings, left.known) == (Verdict.PASSED, (), 1)


def test_a_baseline_means_the_same_from_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "build").mkdir()
    monkeypatch.chdir(tmp_path)
    path = made(tmp_path, examined(finding("CP-010", file="answers/a.xml"), name="answers/a.xml"))
    monkeypatch.chdir(tmp_path / "build")

    left = judged(
        examined(finding("CP-010", file="../answers/a.xml"), name="../answers/a.xml"),
        Codes(),
        read_baseline(path),
    )

    assert left.findings == ()


def test_the_same_findings_make_the_same_baseline_byte_for_byte(tmp_path: Path) -> None:
    documents = [examined(finding("CP-010", file=f"{name}.xml"), name=f"{name}.xml") for name in "åba"]
    first, second = tmp_path / "one", tmp_path / "two"
    first.mkdir()
    second.mkdir()

    one, two = made(first, *documents), made(second, *reversed(documents))

    assert one.read_bytes() == two.read_bytes()
    assert "å.xml" in one.read_text(encoding="utf-8")


def test_known_findings_that_are_gone_are_counted_only_in_what_was_examined(tmp_path: Path) -> None:
    names = [str(tmp_path / "a.xml"), str(tmp_path / "b.xml"), str(tmp_path / "c.xml[2]")]
    path = made(tmp_path, *[examined(finding("CP-010", file=name), name=name) for name in names])
    baseline = read_baseline(path)

    judged(examined(name=names[0]), Codes(), baseline)

    assert baseline.stale(Codes()) == 1
    assert baseline.stale(Codes(ignored=("CP",))) == 0


@pytest.mark.parametrize(
    ("again", "codes", "left"),
    [
        pytest.param(["a.xml"], Codes(), {"b.xml"}, id="not examined, but still there"),
        pytest.param(["a.xml", "b.xml"], Codes(), set(), id="mended"),
        pytest.param(["a.xml", "b.xml"], Codes(ignored=("CP",)), {"a.xml", "b.xml"}, id="not asked for"),
    ],
)
def test_updating_forgets_what_is_mended_or_whose_file_is_gone(
    again: list[str], codes: Codes, left: set[str], tmp_path: Path
) -> None:
    (tmp_path / "b.xml").touch()
    names = [str(tmp_path / name) for name in ("a.xml", "b.xml", "gone.xml")]
    made(tmp_path, *[examined(finding("CP-010", file=name), name=name) for name in names])

    path = made(tmp_path, *[examined(name=str(tmp_path / name)) for name in again], codes=codes)

    assert {file for file, *_ in entries(path)} == left


def test_what_was_found_on_standard_input_is_known_by_its_dash(tmp_path: Path) -> None:
    path = made(tmp_path, examined(finding("CP-010", file="-[3]"), name="-[3]"))

    assert entries(path) == {("-[3]", "CP-010", "carePlan[1]", 1)}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "there is no such file: make it with --update-baseline"),
        (b"", "this is no baseline"),
        (b"\xff\xfe", "this is no baseline"),
        (b"[" * 100_000, "this is no baseline"),
        (b"[]", "this is no baseline"),
        (b'{"formatVersion": "1.0"}', "this is no baseline"),
        (b'{"formatVersion": "2.0", "findings": []}', "its formatVersion is another than 1.0"),
        (
            b'{"formatVersion": "1.0", "findings": [{"file": 1, "code": "", "path": ""}]}',
            "(at `$.findings[0].file`)",
        ),
        (
            b'{"formatVersion": "1.0", "findings": [{"file": "", "code": "", "path": "", "count": 0}]}',
            "(at `$.findings[0].count`)",
        ),
    ],
)
def test_a_broken_baseline_is_one_sentence_with_its_name(
    content: bytes | None, sentence: str, tmp_path: Path
) -> None:
    path = tmp_path / "known.json"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(WrongSelection) as caught:
        read_baseline(path)

    assert str(caught.value).startswith(f"{path}: ")
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value) + caught.value.text.swedish


def test_a_baseline_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    path.mkdir()

    with pytest.raises(WrongSelection, match=r"known\.json: cannot be "):
        made(tmp_path, examined(finding("CP-010")))

    assert [one.name for one in tmp_path.iterdir()] == ["known.json"]
