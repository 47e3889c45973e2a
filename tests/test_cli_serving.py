"""`serve-producer` as an operator starts it: logs, several sources, TLS, and how it ends."""

from __future__ import annotations

import contextlib
import http.client
import json
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.certificates import CALLER, Authority
from tests.commands import PATIENT, ROOT, environment
from tests.producer_calls import question

PLANS = ROOT / "examples" / "asta"
SECONDS = 20


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "riv_careplans", "--lang", "en", "serve-producer", *map(str, arguments)]


@contextlib.contextmanager
def serving(*arguments: str | Path, cwd: Path = ROOT) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start a producer on a free port; give it and its URL, without the scheme."""
    with subprocess.Popen(
        command("--port", "0", *arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env=environment(),
    ) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().split()[2].partition("://")[2].strip("/")
        finally:
            process.kill()


def ask(
    host: str, address: str = "SE2329999995-SYS2", context: ssl.SSLContext | None = None
) -> tuple[int, str]:
    host = host.replace("127.0.0.1", "localhost")
    connection = (
        http.client.HTTPSConnection(host, timeout=SECONDS, context=context)
        if context
        else http.client.HTTPConnection(host, timeout=SECONDS)
    )
    try:
        connection.request("POST", "/", question(logical_address=address), {"Content-Type": "text/xml"})
        answered = connection.getresponse()
        return answered.status, answered.read().decode()
    finally:
        connection.close()


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=SECONDS)
    return process.returncode, errors


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_every_question_is_a_line_on_standard_error_without_the_patient(log_format: str) -> None:
    with serving("--directory", PLANS / "p2-halsocentralen", "--log-format", log_format) as (process, host):
        assert ask(host)[0] == 200
        assert ask(host, PATIENT)[0] == 200
        code, errors = ended(process)

    lines = errors.splitlines()
    assert (code, len(lines)) == (0, 2)
    assert PATIENT not in errors
    if log_format == "json":
        assert [json.loads(line).get("labels.receiverid") for line in lines] == ["SE2329999995-SYS2", None]
    else:
        assert all(" INFO answered log_id=" in line for line in lines)


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="this system has no SIGHUP")
def test_a_terminal_that_closes_ends_the_producer_as_a_service_manager_does() -> None:
    with serving("--directory", PLANS / "p2-halsocentralen") as (process, host):
        assert ask(host)[0] == 200
        process.send_signal(signal.SIGHUP)
        process.communicate(timeout=SECONDS)

    assert process.returncode == 0


TALKATIVE = """
import threading, warnings
from riv_careplans.exchange import Answer

class Left:
    def __del__(self):
        raise ValueError("197010632391")

def fail():
    raise ValueError("197010632391")

class Source:
    def care_plans(self, query):
        warnings.warn("no row for 197010632391")
        one = threading.Thread(target=fail)
        one.start()
        one.join()
        Left()
        return Answer.ok()
"""


def test_what_python_itself_would_tell_is_a_line_of_the_log_without_the_patient(tmp_path: Path) -> None:
    (tmp_path / "talkative.py").write_text(TALKATIVE)

    with serving("--source", "talkative:Source", "--log-format", "json", cwd=tmp_path) as (process, host):
        assert ask(host)[0] == 200
        _, errors = ended(process)

    lines = [json.loads(line) for line in errors.splitlines()]
    told = [line["message"] for line in lines]
    assert "197010632391" not in errors
    assert "no row for ****" in told[0]
    assert [one.partition(" (")[2] for one in told[1:3]] == [
        "ValueError in talkative.py line 10)",
        "ValueError in talkative.py line 7)",
    ]
    assert told[3:] == ["question answered"]


def test_several_sources_answer_in_one_process_each_at_its_address(tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    (tmp_path / "plans").symlink_to(PLANS / "p2-halsocentralen")
    settings.write_text(
        '[[sources]]\nlogical-address = "SE2329999995-SYS2"\ndirectory = "plans"\n'
        '[[sources]]\nlogical-address = "SE2329999995-SYS9"\nsource = "examples.vendor:Journal"\n'
    )
    with serving("--settings", settings) as (process, host):
        answers = [ask(host, f"SE2329999995-SYS{number}") for number in (2, 9, 1)]
        code, _ = ended(process)

    assert [status for status, _ in answers] == [200, 200, 500]
    assert answers[0][1] != answers[1][1]
    assert code == 0


def test_with_tls_only_callers_on_the_list_are_answered(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    settings = tmp_path / "settings.toml"
    settings.write_text(
        f'[tls]\ncertificate = "{authority.server.name}"\nkey = "{authority.server.name}"\n'
        f'authority = "{authority.path.name}"\n[[callers]]\nhsa-id = "{CALLER}"\n'
    )
    known, stranger = authority.issue(CALLER), authority.issue("SE2321000016-XX", name="stranger")
    with serving("--settings", settings, "--directory", PLANS / "p2-halsocentralen") as (process, host):
        assert ask(host, context=authority.trust(known))[0] == 200
        assert ask(host, context=authority.trust(stranger))[0] == 500
        code, errors = ended(process)

    assert code == 0
    assert f"caller={CALLER}" in errors
    assert "the caller is not among the callers of the settings" in errors


@pytest.mark.parametrize(
    ("settings", "arguments", "sentence"),
    [
        ("", ["--host", "0.0.0.0"], "other computers are not answered without tls"),  # noqa: S104 - that is tested
        ("operations-port = 1\noperations-host = '192.0.2.1'", [], "cannot listen on 192.0.2.1 port 1"),
        ("logical-addresses = ['191212121212']", [], "that is no person's number"),
        (
            "[[sources]]\nlogical-address = 'SE1'\ndirectory = 'x'",
            [],
            "or [[sources]] in the settings",
        ),
    ],
)
def test_settings_that_cannot_be_served_are_one_sentence(
    tmp_path: Path, settings: str, arguments: list[str], sentence: str
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(settings)

    shown = subprocess.run(
        command("--settings", path, "--directory", PLANS / "p2-halsocentralen", "--port", "0", *arguments),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment(),
        timeout=SECONDS,
        check=False,
    )

    assert shown.returncode == 2
    assert sentence in shown.stderr
    assert PATIENT not in shown.stderr
    assert "Traceback" not in shown.stderr


def test_a_producer_that_was_killed_starts_again_at_once_at_the_same_address() -> None:
    arguments = ("--directory", PLANS / "p2-halsocentralen")
    with serving(*arguments) as (process, host):
        kept = http.client.HTTPConnection(host, timeout=SECONDS)
        kept.request("GET", "/?wsdl")
        kept.getresponse().read()
        process.kill()
        process.wait(SECONDS)
        port = host.rpartition(":")[2]
        with serving(*arguments, "--port", port) as (_, again):
            assert (again, ask(again)[0]) == (host, 200)
        kept.close()
