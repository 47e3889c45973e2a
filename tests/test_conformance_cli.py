"""`riv-careplans check-producer` as its users start it: processes, files, exit codes."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import sleep
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from riv_careplans.conformance import UNKNOWN_PATIENT
from tests import broken_producers as wrong
from tests.broken_producers import ADDRESS, broken, good
from tests.commands import PATIENT, ROOT, environment, run, started
from tests.misbehaving import Loopback, answers, hangs_before_headers, in_turn
from tests.remote import GOOD
from tests.servers import Running, running

pytestmark = pytest.mark.once

CHECK = ("check-producer", "--patient", PATIENT, "--logical-address", ADDRESS, "--questions", "2")


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running(good()) as started:
        yield started


@pytest.fixture(scope="module")
def liar() -> Iterator[Running]:
    """A producer that answers about another patient."""
    with running(broken(wrong.saying(PATIENT.encode(), wrong.CANARY.encode()))) as started:
        yield started


def test_a_good_producer_gives_a_report_and_exit_code_0(server: Running) -> None:
    done = run(*CHECK, server.url)

    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "PC-001  The producer is reached and answers a plain question  passed" in done.stdout
    assert "PC-036" in done.stdout


def test_a_producer_that_is_wrong_gives_exit_code_1_and_no_person_id(liar: Running) -> None:
    done = run(*CHECK, liar.url, "--lang", "sv")

    assert done.returncode == 1
    assert "2 av 2 poster: en annan patient än den som frågan gällde" in " ".join(done.stdout.split())
    for identity in (PATIENT, wrong.CANARY, UNKNOWN_PATIENT):
        assert identity not in done.stdout + done.stderr


def test_every_format_can_be_written_and_none_holds_a_person_id(liar: Running, tmp_path: Path) -> None:
    names = ("report.json", "report.xml", "report.sarif", "report.html", "report.txt")
    files = [argument for name in names for argument in ("--output", tmp_path / name)]

    done = run(*CHECK, liar.url, *files, "--quiet")

    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")
    texts = {name: (tmp_path / name).read_text(encoding="utf-8") for name in names}
    for text in texts.values():
        assert "PC-009" in text
        for identity in (PATIENT, wrong.CANARY, UNKNOWN_PATIENT):
            assert identity not in text
    assert json.loads(texts["report.json"])["summary"]["failed"] == 1
    assert json.loads(texts["report.sarif"])["runs"]
    assert ET.fromstring(texts["report.xml"]).tag == "testsuites"  # noqa: S314 - written a moment ago


def test_the_patient_can_come_from_standard_input(server: Running) -> None:
    done = run("check-producer", server.url, "--patient", "-", "--select", "PC-001", stdin=f"{PATIENT}\n")

    assert "no whole" not in done.stdout
    assert done.returncode == 1, "the national address is not this producer's"
    assert "the SOAP Fault Client (HTTP 500)" in " ".join(done.stdout.split())


def test_without_a_patient_nothing_is_asked(server: Running) -> None:
    done = run("check-producer", server.url)

    assert done.returncode == 2
    assert "--patient" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ftp://producer.example/",), "url: expected http:// or https://"),
        (("http://127.0.0.1:9/", "--select", "PC-999"), "there is no check PC-999"),
        (("http://127.0.0.1:9/", "--cert", "missing.pem"), "need a url with https://"),
        (("https://127.0.0.1:9/", "--cert", "missing.pem"), "certificate or key: cannot be read"),
        (("http://127.0.0.1:9/", "--unknown-patient", PATIENT), "must be another than the test patient"),
        (("http://127.0.0.1:9/", "--unknown-patient", "191212121213"), "a right check digit"),
        (("http://127.0.0.1:9/", "--output", "report.unknown"), "say which format with --format"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_code_2(arguments: tuple[str, ...], words: str) -> None:
    done = run(*CHECK, *arguments)

    assert done.returncode == 2, done.stdout
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert PATIENT not in done.stdout + done.stderr


def test_a_producer_that_is_down_gives_exit_code_1() -> None:
    done = run(*CHECK, "http://127.0.0.1:9/", "--select", "PC-007")

    assert done.returncode == 1
    assert "PC-001" in done.stdout
    assert "accepted no connection" in done.stdout


def test_findings_can_be_told_without_failing(liar: Running) -> None:
    done = run(*CHECK, liar.url, "--select", "pc-009", "--fail-on", "never")

    assert done.returncode == 0
    assert "another patient" in done.stdout


def test_checks_can_be_left_out(liar: Running) -> None:
    done = run(*CHECK, liar.url, "--ignore", "PC-009,PC-027")

    assert done.returncode == 0
    assert "PC-009" not in done.stdout


def test_the_help_tells_the_unknown_patient() -> None:
    done = run("check-producer", "--help")

    assert UNKNOWN_PATIENT in done.stdout
    assert "PC-006" in done.stdout


def test_ctrl_c_gives_a_report_of_what_was_checked(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    with Loopback.running() as loopback:
        server = loopback.serve(in_turn(answers(GOOD), hangs_before_headers))
        arguments = (*CHECK, server.url, "--contract", "3.0", "--select", "PC-001,PC-034", "--output", file)
        with started(*arguments) as process:
            while len(server.seen) < 2:
                assert process.poll() is None
                sleep(0.01)
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)

    report = json.loads(file.read_text(encoding="utf-8"))
    assert process.returncode == 130
    assert report["summary"]["interrupted"] is True
    assert [one["name"] for one in report["examined"]] == ["PC-001"]


def on_a_terminal(*arguments: Any) -> tuple[int, str]:
    """Run with standard error on a terminal; give exit code and what the terminal got."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "riv_careplans", *map(str, arguments)]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=theirs, cwd=ROOT, env=environment(TERM="xterm")
    ) as process:
        os.close(theirs)
        seen = b""
        try:
            while piece := os.read(ours, 4096):
                seen += piece
        except OSError:  # Linux says so when the other end has closed
            pass
        finally:
            os.close(ours)
    return process.returncode, seen.decode(errors="replace")


def test_a_terminal_is_told_how_far_it_has_come(server: Running) -> None:
    code, seen = on_a_terminal(*CHECK, server.url, "--lang", "sv")

    assert code == 0
    assert "Kontaktar producenten" in seen
    assert PATIENT not in seen


def test_quiet_is_quiet_on_a_terminal_too(server: Running) -> None:
    assert on_a_terminal(*CHECK, server.url, "--quiet") == (0, "")
