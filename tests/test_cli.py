"""The command line: its help, its sentences and its exit codes."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from lxml import etree

from riv_careplans.cli.language import language_of
from riv_careplans.contract import GET_CARE_PLANS_2, GET_CARE_PLANS_3
from riv_careplans.demo import systems
from riv_careplans.overview import overview_schema
from tests.commands import PATIENT, ROOT, run, started

COMMANDS = [
    *("ask", "check-producer", "contract-description", "demo", "diff", "explain", "index"),
    *("new-producer", "outbox"),
    *("overview-schema", "reindex", "report-schema", "rules", "sample", "serve-index", "serve-producer"),
    "validate",
]
P2 = ROOT / "examples" / "asta" / "p2-halsocentralen"


@pytest.fixture
def producer(tmp_path: Path) -> Iterator[str]:
    """A producer of P2's folder, started by the command line; its address."""
    with started("--lang", "en", "serve-producer", "--directory", P2, "--port", "0") as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[2]


def settings_file(folder: Path, text: str) -> Path:
    path = folder / "sources.toml"
    path.write_text(text, encoding="utf-8")
    return path


def one_source(url: str) -> str:
    return f'[[sources]]\nlogical-address = "SE2329999995-SYS2"\nname = "Sol och Måne"\nurl = "{url}"\n'


# --- help and language --------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("language", "word"), [("sv", "språk"), ("en", "Language")])
def test_help_teaches_in_both_languages(command: str, language: str, word: str) -> None:
    everything = run("--lang", language, "--help")
    one = run("--lang", language, command, "--help")

    assert everything.returncode == one.returncode == 0
    assert word.lower() in everything.stdout.lower()
    assert command in everything.stdout
    assert len(one.stdout) > 150


@pytest.mark.parametrize(
    ("arguments", "environment", "code"),
    [
        ([], {}, "en"),
        ([], {"LANG": "sv_SE.UTF-8"}, "sv"),
        ([], {"LANG": "sv_SE.UTF-8", "LC_ALL": "C"}, "en"),
        (["--lang", "sv", "demo"], {"LANG": "en_GB"}, "sv"),
        (["--lang=en"], {"LANG": "sv_SE"}, "en"),
        (["--lang"], {}, "en"),
        (["demo", "--lang", "sv"], {}, "sv"),
    ],
)
def test_the_language_is_the_options_else_the_locales(
    arguments: list[str], environment: dict[str, str], code: str
) -> None:
    assert language_of(arguments, environment).code == code


@pytest.mark.parametrize("arguments", [["demo", "--help", "--lang", "sv"], ["demo", "--lang=sv", "--help"]])
def test_the_language_can_be_chosen_last(arguments: list[str]) -> None:
    assert "Starta Astas fem källsystem" in run(*arguments).stdout


@pytest.mark.parametrize("arguments", [[], ["--lang", "sv"]])
def test_no_command_shows_what_there_is(arguments: list[str]) -> None:
    shown = run(*arguments)

    assert shown.returncode == 0
    assert all(command in shown.stdout for command in COMMANDS)


@pytest.mark.parametrize(
    "arguments", [["aks"], ["ask"], ["demo", "--onec"], ["sample", "astrid", "--output", "x"]]
)
def test_a_wrong_word_on_the_command_line_is_two_lines_and_exit_code_2(arguments: list[str]) -> None:
    shown = run("--lang", "sv", *arguments)

    assert shown.returncode == 2
    assert [line.split()[0] for line in shown.stderr.splitlines()] == ["Fel:", "Se"]


# --- ask ----------------------------------------------------------------------------------------


def test_ask_prints_the_overview_of_the_sources_in_the_settings(producer: str, tmp_path: Path) -> None:
    settings = settings_file(tmp_path, one_source(producer))

    shown = run("ask", settings, "--patient", PATIENT, "--today", "2026-01-20")

    assert shown.returncode == 0, shown.stderr
    assert "Emilia Ström" in shown.stdout
    assert PATIENT not in shown.stdout + shown.stderr


def test_ask_reads_the_patient_from_standard_input_and_writes_json(producer: str, tmp_path: Path) -> None:
    settings = settings_file(tmp_path, one_source(producer))

    shown = run("ask", settings, "--patient", "-", "--format", "json", stdin="19121212-1212\n")

    assert shown.returncode == 0, shown.stderr
    assert json.loads(shown.stdout)["patient"] == "19121212-****"


def test_documents_are_saved_once_as_files_of_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    asking = ("--lang", "sv", "demo", "--once", "--save-documents", folder)

    saved, again = run(*asking), run(*asking)

    assert (saved.returncode, again.returncode) == (0, 2)
    assert saved.stderr.endswith(f"Sparade dokument i {folder}: 2.\n")
    assert "välj en tom mapp" in again.stderr
    assert {one.name: one.stat().st_mode & 0o777 for one in folder.iterdir()} == {
        "dokument-1.pdf": 0o600,
        "dokument-2.pdf": 0o600,
    }
    assert (folder / "dokument-1.pdf").read_bytes().startswith(b"%PDF")


def test_ask_ends_with_1_when_a_source_is_missing(tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        settings = settings_file(tmp_path, one_source(f"http://127.0.0.1:{nobody.getsockname()[1]}/"))

        shown = run("ask", settings, "--patient", PATIENT)

    assert shown.returncode == 1
    assert shown.stdout.startswith("Sol och Måne saknas: gick inte att nå.")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "sources"),
        (one_source("ftp://x"), "sources[0].url: expected an address that begins with http:// or https://"),
        (
            one_source("http://x/") + "timeot = 3\n",
            "sources[0]: there is no setting timeot; did you mean timeout?",
        ),
        ("sources = [", "this is not TOML"),
        (
            one_source("http://x/") * 2,
            "sources: two of them have the same logical-address: each must have its own",
        ),
    ],
)
def test_a_mistake_in_the_settings_is_one_sentence_with_its_place(
    text: str, sentence: str, tmp_path: Path
) -> None:
    settings = settings_file(tmp_path, text)

    shown = run("ask", settings, "--patient", PATIENT)

    assert shown.returncode == 2
    assert shown.stderr.startswith(f"Error: {settings}: ")
    assert sentence in shown.stderr
    assert len(shown.stderr.splitlines()) == 1


def test_settings_that_are_not_there_are_one_sentence(tmp_path: Path) -> None:
    shown = run("ask", tmp_path / "none.toml", "--patient", PATIENT)

    assert shown.returncode == 2
    assert (
        shown.stderr
        == f"Error: {tmp_path / 'none.toml'}: the settings cannot be read: No such file or directory\n"
    )


@pytest.mark.parametrize("patient", ["191212121213", "1912", "191213121212"])
def test_a_patient_id_that_cannot_exist_is_refused_without_being_repeated(
    patient: str, tmp_path: Path
) -> None:
    settings = settings_file(tmp_path, one_source("http://127.0.0.1:9/"))

    shown = run("ask", settings, "--patient", patient)

    assert shown.returncode == 2
    assert shown.stderr.startswith("Error: this is not a valid person")
    assert patient not in shown.stderr


def test_ask_ends_with_1_when_a_record_was_held_back(tmp_path: Path) -> None:
    broken = (P2 / "sip-part.xml").read_text("utf-8").replace("<needId>", "<needId>x", 1)
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / "sip-part.xml").write_text(broken, encoding="utf-8")
    with started(
        "--lang", "en", "serve-producer", "--directory", tmp_path / "answers", "--port", "0"
    ) as process:
        assert process.stdout is not None
        settings = settings_file(tmp_path, one_source(process.stdout.readline().split()[2]))

        shown = run("ask", settings, "--patient", PATIENT)

    assert shown.returncode == 1
    assert "1 post kunde inte lämnas ut" in shown.stdout


def test_a_person_id_in_the_wrong_place_is_not_repeated(tmp_path: Path) -> None:
    shown = run("ask", tmp_path / "s.toml", "--patient", "-", PATIENT)

    assert shown.returncode == 2
    assert PATIENT not in shown.stderr


# --- serve-producer -----------------------------------------------------------------------------


def test_a_producer_prints_its_address_when_it_is_ready(producer: str) -> None:
    answer = requests.get(f"{producer}?wsdl", timeout=10)

    assert answer.content == GET_CARE_PLANS_3.wsdl.read_bytes()


def test_a_terminated_producer_answers_what_has_been_asked_and_ends_well() -> None:
    with started("--lang", "en", "serve-producer", "--directory", P2, "--port", "0") as process:
        assert process.stdout is not None
        process.stdout.readline()

        process.terminate()

        assert process.wait(15) == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "give --directory or --source, or [[sources]] in the settings"),
        (["--directory", "no-such-folder"], "no-such-folder: there is no such folder"),
        (["--directory", "schemas/clinicalprocess_logistics_logistics_4.0"], "no XML documents"),
        (["--source", "vendor"], "--source: expected MODULE:OBJECT, such as vendor:source"),
        (["--source", "no_such_module:source"], "--source: there is no module no_such_module"),
        (["--source", "antigravity_is_not:x"], "--source: there is no module antigravity_is_not"),
        (["--source", "tests.mistakes:source"], "--source: importing tests.mistakes raised SystemExit"),
        (["--source", "json:JSONDecodeError"], "--source: making json:JSONDecodeError raised TypeError"),
        (["--source", "json:nothing"], "--source: the module json has no nothing"),
        (["--source", "json:loads"], "--source: json:loads has no plain method care_plans(query)"),
    ],
)
def test_a_producer_that_cannot_start_says_why_and_ends_with_2(arguments: list[str], sentence: str) -> None:
    shown = run("serve-producer", *arguments)

    assert shown.returncode == 2
    assert sentence in shown.stderr
    assert "Traceback" not in shown.stderr


def test_a_port_in_use_is_one_sentence_and_exit_code_2() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        shown = run("serve-producer", "--directory", P2, "--port", str(port))

    assert shown.returncode == 2
    assert shown.stderr.startswith(f"Error: cannot listen on 127.0.0.1 port {port}: Address already in use")
    assert len(shown.stderr.splitlines()) == 1


# --- overview-schema ----------------------------------------------------------------------------


def test_the_overviews_schema_is_printed_as_it_is_published() -> None:
    shown = run("overview-schema")

    assert shown.returncode == 0, shown.stderr
    assert json.loads(shown.stdout) == overview_schema()


# --- sample -------------------------------------------------------------------------------------


def test_the_sample_is_valid_messages_one_folder_per_source_system(tmp_path: Path) -> None:
    shown = run("sample", "asta", "--output", tmp_path / "messages")

    assert shown.returncode == 0, shown.stderr
    for system in systems():
        contract = GET_CARE_PLANS_2 if system.contract == "2.0" else GET_CARE_PLANS_3
        for name in ("request.xml", "response.xml"):
            envelope = etree.parse(tmp_path / "messages" / system.folder.name / name).getroot()
            assert contract.violations(envelope[-1][0]) == ()
