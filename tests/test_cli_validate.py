"""The command `validate` as its users start it: reports, exit codes, interruptions."""

from __future__ import annotations

import io
import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from riv_careplans import codec
from riv_careplans.cli import main
from riv_careplans.cli.language import Language
from riv_careplans.cli.outputs import Target, WrongOutput, targets
from riv_careplans.codes import PlanType
from tests.builders import care_plan, header, plan_type, record_id
from tests.commands import ROOT, environment, run, started
from tests.messages import answer_of

CANARY = "197010632391"
NOW = ("--now", "2026-01-20")

GOOD = answer_of(care_plan())
WARNED = answer_of(care_plan(type=plan_type(PlanType.SIP, "SIP")))
WRONG = answer_of(care_plan(title=f"Plan för {CANARY}")).replace(b"carePlan", b"carPlan")


def answer(number: int) -> bytes:
    return answer_of(care_plan(header=header(id=record_id(number))))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One good and one wrong file."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "good.xml").write_bytes(GOOD)
    (tmp_path / "in" / "wrong.xml").write_bytes(WRONG)
    return tmp_path / "in"


def validate(*arguments: str | Path, stdin: str = "", lang: str = "en") -> subprocess.CompletedProcess[str]:
    shown = run("--lang", lang, "validate", *NOW, *arguments, stdin=stdin)
    assert "Traceback" not in shown.stdout + shown.stderr
    assert CANARY not in shown.stdout + shown.stderr
    return shown


def called(
    capsys: pytest.CaptureFixture[str], *arguments: str | Path, lang: str = "en"
) -> subprocess.CompletedProcess[str]:
    """Call the command in this process: a hundred times as quick, for tables."""
    with pytest.raises(SystemExit) as caught:
        main(["--lang", lang, "validate", *NOW, *map(str, arguments)])
    told = capsys.readouterr()
    assert CANARY not in told.out + told.err
    return subprocess.CompletedProcess([], int(str(caught.value.code)), told.out, told.err)


# --- exit codes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["good.xml"], 0),
        (["wrong.xml"], 1),
        (["good.xml", "wrong.xml"], 1),
        (["."], 1),
        (["wrong.xml", "--fail-on", "never"], 0),
        (["warned.xml"], 0),
        (["warned.xml", "--fail-on", "warning"], 1),
        (["warned.xml", "--fail-on", "info"], 1),
        (["wrong.xml", "--ignore", "XSD,DOC"], 0),
        (["missing.xml"], 2),
        (["missing.xml", "wrong.xml"], 2),
        (["missing.xml", "--fail-on", "never"], 2),
        (["empty.xml"], 2),
        (["nothing"], 2),
        (["garbage.xml"], 1),
        (["garbage.xml", "--select", "CP"], 1),
        ([], 2),
        (["good.xml", "--select", "CP-999"], 2),
        (["good.xml", "--update-baseline"], 2),
        (["good.xml", "--baseline", "none.json"], 2),
        (["good.xml", "--output", "none/report.html"], 2),
        (["good.xml", "--output", "report"], 2),
        (["good.xml", "--output", "good.xml"], 2),
        (["good.xml", "--schemas", "nothing"], 2),
        (["good.xml", "--now", "i går"], 2),
        (["good.xml", "--jobs", "0"], 2),
        (["good.xml", "--format", "json", "--format", "sarif"], 2),
        (["."] + ["wrong.xml"] * 300, 1),
    ],
)
def test_the_exit_code_says_what_happened_and_is_never_a_count(
    arguments: list[str],
    code: int,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (folder / "warned.xml").write_bytes(WARNED)
    (folder / "garbage.xml").write_bytes(b"no xml")
    (folder / "empty.xml").touch()
    (folder / "nothing").mkdir()
    if "." in arguments:
        (folder / "empty.xml").unlink()
    monkeypatch.chdir(folder)

    shown = called(capsys, *arguments)

    assert shown.returncode == code, shown.stdout + shown.stderr


@pytest.mark.parametrize(("file", "code"), [("good.xml", 0), ("wrong.xml", 1), ("missing.xml", 2)])
def test_the_exit_code_is_that_of_the_process(file: str, code: int, folder: Path) -> None:
    assert validate(folder / file).returncode == code


@pytest.mark.parametrize(
    ("arguments", "swedish", "english"),
    [
        ([], "säg vad som ska granskas", "say what to examine"),
        (["nothing"], "det finns inga filer att granska", "there are no files to examine"),
        (["x.xml", "--select", "CP-0166"], "menade du CP-016?", "did you mean CP-016?"),
        (["x.xml", "--update-baseline"], "behöver --baseline FIL", "needs --baseline FILE"),
        (["x.xml", "--baseline", "none"], "gör den med --update-baseline", "make it with --update-baseline"),
        (["x.xml", "--output", "r"], "säg vilket format", "say which format"),
    ],
)
def test_wrong_usage_is_one_sentence_in_the_chosen_language(
    arguments: list[str], swedish: str, english: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "nothing").mkdir()
    placed = [tmp_path / one if one == "nothing" else one for one in arguments]

    for lang, sentence in (("sv", swedish), ("en", english)):
        shown = called(capsys, *placed, lang=lang)
        assert shown.returncode == 2
        assert sentence in shown.stderr.splitlines()[0]
        assert len(shown.stderr.splitlines()) == 2


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_the_help_teaches_with_examples(lang: str) -> None:
    shown = run("--lang", lang, "validate", "--help")

    assert shown.returncode == 0
    assert shown.stdout.count("riv-careplans validate") >= 6
    assert "--baseline" in shown.stdout
    assert "130" in shown.stdout


# --- reports ------------------------------------------------------------------------------------


def test_the_summary_is_in_the_language(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "2 filer: 1 godkänd, 1 underkänd" in called(capsys, folder, lang="sv").stdout
    assert "2 files: 1 passed, 1 failed" in called(capsys, folder).stdout


def test_several_reports_are_written_at_once(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["r.json", "r.html", "r.sarif", "r.xml", "r.txt"]
    outputs = [part for name in names for part in ("--output", tmp_path / name)]

    shown = called(capsys, folder, *outputs, "--format", "github")

    assert shown.returncode == 1
    assert shown.stdout.startswith("::error")
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["summary"]["failed"] == 1
    assert json.loads((tmp_path / "r.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"
    assert codec.local_name(codec.parse((tmp_path / "r.xml").read_bytes())) == "testsuites"
    assert (tmp_path / "r.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert "1 failed" in (tmp_path / "r.txt").read_text(encoding="utf-8")
    assert {one.name for one in tmp_path.iterdir()} == {*names, "in"}
    assert all(CANARY not in (tmp_path / name).read_text(encoding="utf-8") for name in names)


def test_personal_data_is_shown_only_when_asked_and_in_files_of_the_owner_alone(
    folder: Path, tmp_path: Path
) -> None:
    report = tmp_path / "r.txt"

    shown = run("--lang", "en", "validate", folder, "--show-personal-data", "--output", report, "--quiet")

    assert shown.stdout == ""
    assert "personal data" in shown.stderr
    assert report.stat().st_mode & 0o777 == 0o600


def test_a_report_in_the_examined_folder_is_not_examined(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = folder / "junit.xml"
    first = called(capsys, folder, "--output", report)

    again = called(capsys, folder, "--output", report)

    assert first.stdout == again.stdout


@pytest.mark.parametrize("device", ["/dev/stdout", "/dev/null"])
def test_a_report_may_go_to_a_device(device: str, folder: Path) -> None:
    shown = validate(folder, "--output", device, "--format", "json", "--quiet")

    assert shown.returncode == 1
    assert bool(shown.stdout) is (device == "/dev/stdout")
    assert Path(device).is_char_device() or device == "/dev/stdout"


def test_a_disk_that_is_full_is_a_failure_of_the_tool(folder: Path) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123 - a device
        shown = subprocess.run(
            [sys.executable, "-m", "riv_careplans", "validate", folder],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(),
            cwd=ROOT,
            check=False,
            text=True,
        )

    assert shown.returncode == 3
    assert "No space left" in shown.stderr
    assert "Traceback" not in shown.stderr


HTML, JSON, SARIF, XML, TXT, ODD = (
    Path(f"r{suffix}") for suffix in (".html", ".json", ".sarif", ".xml", ".txt", "")
)


@pytest.mark.parametrize(
    ("formats", "files", "expected"),
    [
        ([], [], [("text", None)]),
        (["json"], [], [("json", None)]),
        ([], [HTML], [("html", HTML), ("text", None)]),
        ([], [XML, SARIF], [("junit", XML), ("sarif", SARIF), ("text", None)]),
        (["html", "text"], [HTML], [("html", HTML), ("text", None)]),
        (["text", "html"], [HTML], [("html", HTML), ("text", None)]),
        (["text"], [HTML], [("html", HTML), ("text", None)]),
        (["sarif"], [JSON], [("sarif", JSON), ("text", None)]),
        (["json"], [ODD], [("json", ODD), ("text", None)]),
        (["github"], [JSON], [("json", JSON), ("github", None)]),
        (["github"], [TXT], [("text", TXT), ("github", None)]),
        (["json", "junit"], [XML, ODD], [("junit", XML), ("json", ODD), ("text", None)]),
    ],
)
def test_formats_and_files_are_paired_as_one_would_expect(
    formats: list[str], files: list[Path], expected: list[tuple[str, Path | None]]
) -> None:
    assert targets(Language("en"), formats, files) == [
        Target(format=format, path=path) for format, path in expected
    ]


@pytest.mark.parametrize(
    ("formats", "files"),
    [([], [ODD]), (["json", "html"], []), ([], [HTML, HTML]), (["text", "json"], [HTML])],
)
def test_formats_and_files_that_do_not_pair_are_refused(formats: list[str], files: list[Path]) -> None:
    with pytest.raises(WrongOutput):
        targets(Language("en"), formats, files)


def test_quiet_says_nothing_unless_a_format_is_asked_for(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert targets(Language("en"), [], [], quiet=True) == []
    silent, asked = called(capsys, folder, "-q"), called(capsys, folder, "-q", "--format", "json")

    assert (silent.returncode, silent.stdout, silent.stderr) == (1, "", "")
    assert json.loads(asked.stdout)["summary"]["examined"] == 2


# --- baseline -----------------------------------------------------------------------------------


def test_a_baseline_lets_a_legacy_system_pass_until_something_new_comes(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = tmp_path / "known.json"

    made = called(capsys, folder, "--baseline", known, "--update-baseline")
    same = called(capsys, folder, "--baseline", known)
    (folder / "new.xml").write_bytes(WRONG)
    new = called(capsys, folder, "--baseline", known)
    (folder / "new.xml").unlink()
    (folder / "wrong.xml").write_bytes(answer(2))
    mended = called(capsys, folder, "--baseline", known)

    assert [one.returncode for one in (made, same, new, mended)] == [0, 0, 1, 0]
    assert "known findings." in made.stderr
    assert "known findings are gone" in mended.stderr
    assert CANARY not in known.read_text(encoding="utf-8")


def test_a_broken_baseline_stops_before_anything_is_examined(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "known.json").write_text("{", encoding="utf-8")

    shown = called(capsys, folder, "--baseline", tmp_path / "known.json")

    assert (shown.returncode, shown.stdout) == (2, "")
    assert "this is no baseline" in shown.stderr


# --- many documents -----------------------------------------------------------------------------


def test_standard_input_may_hold_many_messages() -> None:
    shown = validate("-", stdin=(answer(1) + b"\n" + WRONG + b"\n" + answer(2)).decode(), lang="sv")

    assert shown.returncode == 1
    assert "3 filer: 2 godkända, 1 underkänd" in shown.stdout
    assert "-[2]" in shown.stdout


def test_two_processes_report_the_same_bytes_as_one(tmp_path: Path) -> None:
    for number in range(100):
        content = WRONG if number % 10 == 3 else answer(number % 50)
        (tmp_path / f"{number}.xml").write_bytes(content)

    one, two = (validate(tmp_path, "--format", "json", "--jobs", str(jobs)) for jobs in (1, 2))

    assert (one.returncode, two.returncode) == (1, 1)
    assert one.stdout == two.stdout
    assert json.loads(one.stdout)["summary"]["examined"] == 100


def test_documents_are_also_seen_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.xml").write_bytes(GOOD)
    (tmp_path / "b.xml").write_bytes(GOOD)

    shown = called(capsys, tmp_path, "--fail-on", "info")

    assert shown.returncode == 1
    assert "CP-007" in shown.stdout


# --- interruptions ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_an_interruption_gives_a_report_of_what_was_reached(number: signal.Signals, code: int) -> None:
    command = [sys.executable, "-m", "riv_careplans", "--lang", "en", "validate", "-", "--format", "json"]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=environment(),
    ) as process:
        assert process.stdin
        assert process.stdout
        # Two messages are over when the third begins; then it waits for more, which never comes.
        process.stdin.write(answer(1) + answer(2) + answer(3)[:50])
        process.stdin.flush()
        first = b""
        while b"-[1]" not in first:
            piece = os.read(process.stdout.fileno(), 10_000)
            assert piece, "it ended by itself"
            first += piece
        process.send_signal(number)
        rest, told = process.communicate(timeout=30)

    report = json.loads(first + rest)
    assert process.returncode == code
    assert report["summary"]["interrupted"] is True
    assert report["summary"]["examined"] in (1, 2)
    assert told == b"Interrupted: the report tells of what was reached.\n"


def test_ctrl_c_ends_all_processes_and_reports(tmp_path: Path) -> None:
    for number in range(60):
        (tmp_path / f"{number}.xml").write_bytes(answer(number) * 20)
    report = tmp_path / "report.json"
    with started("--lang", "en", "validate", tmp_path, "--jobs", "2", "--output", report) as process:
        assert process.stdout
        process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)
        output, told = process.communicate(timeout=30)

    assert process.returncode == 130
    assert "Traceback" not in output + told
    assert json.loads(report.read_text(encoding="utf-8"))["summary"]["interrupted"] is True


def test_a_process_that_is_killed_ends_the_run_with_a_report_and_3(tmp_path: Path) -> None:
    for number in range(200):
        (tmp_path / f"{number}.xml").write_bytes(answer(number) * 20)
    report = tmp_path / "report.json"
    with started("--lang", "sv", "validate", tmp_path, "-j", "2", "-q", "--output", report) as process:
        killed = ""
        while not killed and process.poll() is None:
            listed = ["ps", "--ppid", str(process.pid), "-o", "pid="]
            killed = subprocess.run(listed, capture_output=True, text=True, check=False).stdout
        os.kill(int(killed.split()[0]), signal.SIGKILL)
        _, told = process.communicate(timeout=60)

    assert process.returncode == 3
    assert told.startswith("Fel: en process som granskar dokument avslutades utifrån")
    assert json.loads(report.read_text(encoding="utf-8"))["summary"]["interrupted"] is True


def test_a_reader_who_goes_away_ends_it_quietly(folder: Path) -> None:
    for number in range(200):
        (folder / f"{number}.xml").write_bytes(WRONG)
    with started("validate", folder, "--jobs", "2") as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        told = process.stderr.read()
        process.wait(timeout=30)

    assert (process.returncode, told) == (3, "")


def test_other_reports_are_written_although_the_reader_went_away(folder: Path, tmp_path: Path) -> None:
    for number in range(200):
        (folder / f"{number}.xml").write_bytes(WRONG)
    report = tmp_path / "report.json"
    with started("validate", folder, "--jobs", "1", "--output", report) as process:
        assert process.stdout
        process.stdout.readline()
        process.stdout.close()
        process.wait(timeout=60)

    assert process.returncode == 1
    assert json.loads(report.read_text(encoding="utf-8"))["summary"]["examined"] == 202


def test_a_terminal_shows_how_far_it_has_come(tmp_path: Path) -> None:
    for number in range(40):
        (tmp_path / f"{number}.xml").write_bytes(answer(number) * 30)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "riv_careplans", "--lang", "en", "validate", str(tmp_path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=theirs, cwd=ROOT, env=environment(TERM="xterm")
    ) as process:
        os.close(theirs)
        shown = io.BytesIO()
        try:
            while piece := os.read(ours, 10_000):
                shown.write(piece)
        except OSError:  # the other end is closed
            pass
        process.communicate(timeout=60)
    os.close(ours)

    assert b"examining" in shown.getvalue()
    assert b"/s" in shown.getvalue()


@pytest.mark.parametrize("closed", ["1>&-", "2>&-", "0<&-", "0<&- 1>&- 2>&-"])
def test_a_stream_that_is_closed_before_the_start_changes_no_verdict(folder: Path, closed: str) -> None:
    report = folder / "report.json"
    command = [sys.executable, "-m", "riv_careplans", "validate", folder / "wrong.xml", "--output", report]

    ended = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", *map(str, command)],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 1
    assert ended.stderr == ""
    assert json.loads(report.read_text(encoding="utf-8"))["summary"]["failed"] == 1


def test_the_title_of_a_page_hides_what_may_be_a_person_id_in_a_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "19121212-1212.xml"
    path.write_bytes(GOOD)

    page = called(capsys, path, "--format", "html").stdout

    title = page[page.index("<title>") : page.index("</title>")]
    assert "****.xml" in title
    assert "19121212" not in title
