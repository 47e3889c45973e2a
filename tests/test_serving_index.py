"""`serve-producer` with the table [index]: the engagement index is told while it serves, come what may."""

from __future__ import annotations

import http.client
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from riv_careplans.contracts.engagement_index import Search
from riv_careplans.index import Store
from tests.commands import PATIENT, ROOT, environment
from tests.indexes import OWNER, Index, new_store
from tests.servers import running
from tests.test_cli_serving import ask, command, ended, serving

pytestmark = pytest.mark.once

PLAN = ROOT / "examples" / "asta" / "p2-halsocentralen" / "vardplan.xml"
SYSTEM = "SE2329999995-SYS2"
CANARY = "197010632391"
SECONDS = 30
"""No test waits longer."""

VENDOR = """
from datetime import UTC, datetime
from pathlib import Path

from riv_careplans.outbox import Outbox
from riv_careplans.settings import ProducerSettings, load

index = load(Path("settings.toml"), ProducerSettings).index
assert index is not None
Outbox(index).changed("197010632391", datetime(2026, 1, 20, 8, tzinfo=UTC))
"""
"""Another program of a vendor's, beside the one that serves."""


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    folder = tmp_path / "plans"
    folder.mkdir()
    shutil.copy(PLAN, folder / "asta.xml")
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_store(tmp_path / "index.sqlite")


def settings_file(folder: Path, index_url: str) -> Path:
    file = folder / "settings.toml"
    file.write_text(
        f'logical-addresses = ["{SYSTEM}"]\n[index]\nurl = "{index_url}"\nlogical-address = "{OWNER}"\n'
        f'source-system = "{SYSTEM}"\ndata-controller = "SE2329999995"\n'
        f'database = "sqlite:///{folder}/outbox.sqlite"\n',
        encoding="utf-8",
    )
    return file


def known(store: Store, patient: str) -> list[str]:
    """Give the source systems that the index knows to have something about a patient."""
    return [one.source_system for one in store.find(Search(patient_id=patient))]


def becomes(wanted: Callable[[], bool]) -> bool:
    end = time.monotonic() + SECONDS
    while not (done := wanted()) and time.monotonic() < end:
        time.sleep(0.05)
    return done


def count(host: str, name: str) -> float:
    """Give a number of the producer's metrics."""
    connection = http.client.HTTPConnection(host, timeout=SECONDS)
    try:
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
    finally:
        connection.close()
    assert PATIENT not in text
    return next(float(line.split()[1]) for line in text.splitlines() if line.split()[0] == name)


def about_somebody_else(patient: str) -> str:
    return PLAN.read_text(encoding="utf-8").replace(PATIENT, patient)


def test_a_folder_that_is_served_is_in_the_index_and_so_is_what_comes_later(
    tmp_path: Path, plans: Path, store: Store
) -> None:
    with running(Index(store).app) as index:
        settings = settings_file(tmp_path, index.url)
        with serving("--directory", plans, "--settings", settings) as (process, host):
            assert becomes(lambda: known(store, PATIENT) == [SYSTEM])
            (plans / "new.xml").write_text(about_somebody_else(CANARY), encoding="utf-8")
            assert becomes(lambda: known(store, CANARY) == [SYSTEM])
            assert becomes(lambda: count(host, "riv_careplans_outbox_waiting") == 0)
            assert count(host, "riv_careplans_outbox_age_seconds") == 0
            assert count(host, "riv_careplans_outbox_set_aside") == 0
            assert ask(host)[0] == 200
            code, errors = ended(process)

    assert code == 0
    assert PATIENT not in errors
    assert CANARY not in errors


def test_an_index_that_is_down_costs_no_answer_and_is_told_when_it_comes_back(
    tmp_path: Path, plans: Path, store: Store
) -> None:
    with running(Index(store).app) as index:
        port = index.port
    settings = settings_file(tmp_path, f"http://127.0.0.1:{port}/")
    with serving("--directory", plans, "--settings", settings) as (process, host):
        assert becomes(lambda: count(host, "riv_careplans_outbox_waiting") == 1)
        assert becomes(lambda: count(host, "riv_careplans_outbox_age_seconds") > 3)
        assert ask(host)[0] == 200
        code, errors = ended(process)

    assert code == 0
    assert "the index has not been told: the index accepted no connection" in errors
    assert PATIENT not in errors
    with running(Index(store).app) as index:
        settings = settings_file(tmp_path, index.url)
        with serving("--directory", plans, "--settings", settings) as (process, _):
            assert becomes(lambda: known(store, PATIENT) == [SYSTEM])
            assert ended(process)[0] == 0


def test_what_waits_when_the_producer_is_killed_is_told_by_the_next_one(
    tmp_path: Path, plans: Path, store: Store
) -> None:
    settings = settings_file(tmp_path, "http://127.0.0.1:9/")
    with serving("--directory", plans, "--settings", settings) as (process, host):
        assert becomes(lambda: count(host, "riv_careplans_outbox_waiting") == 1)
        process.kill()
        process.wait(SECONDS)

    with running(Index(store).app) as index:
        settings = settings_file(tmp_path, index.url)
        with serving("--source", "examples.vendor:Journal", "--settings", settings):
            assert becomes(lambda: known(store, PATIENT) == [SYSTEM])


def report(folder: Path) -> None:
    """Run the vendor's other program."""
    told = subprocess.run(
        [sys.executable, "-c", VENDOR],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr


def test_another_program_of_the_vendors_reports_and_the_producer_sends(tmp_path: Path, store: Store) -> None:
    with running(Index(store).app) as index:
        settings = settings_file(tmp_path, index.url)
        with serving("--source", "examples.vendor:Journal", "--settings", settings) as (process, _):
            report(tmp_path)
            assert becomes(lambda: known(store, CANARY) == [SYSTEM])
            code, errors = ended(process)

    assert code == 0
    assert CANARY not in errors


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (
            '[[sources]]\nlogical-address = "SE2329999995-SYS9"\nsource = "examples.vendor:Journal"\n',
            "index: it tells of one source system: serve each of sources in its own process",
        ),
        ("database = 7\n", "index.database: expected a text in quotes, not a whole number"),
    ],
    ids=["several sources", "no text"],
)
def test_a_mistake_about_the_index_is_one_sentence(tmp_path: Path, more: str, sentence: str) -> None:
    file = settings_file(tmp_path, "http://127.0.0.1:9/")
    text = file.read_text(encoding="utf-8").replace('logical-addresses = ["SE2329999995-SYS2"]\n', "")
    if more.startswith("database"):
        text = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("database"))
    file.write_text(text + more, encoding="utf-8")
    source = [] if more.startswith("[[") else ["--source", "examples.vendor:Journal"]

    shown = refused(*source, "--settings", file)

    assert shown == f"Error: {file}: {sentence}\n"


def test_an_outbox_that_cannot_be_opened_is_one_sentence_before_anything_is_served(tmp_path: Path) -> None:
    file = settings_file(tmp_path, "http://127.0.0.1:9/")
    text = file.read_text(encoding="utf-8").replace("outbox.sqlite", "nowhere/outbox.sqlite")
    file.write_text(text, encoding="utf-8")

    shown = refused("--source", "examples.vendor:Journal", "--settings", file)

    assert shown.startswith("Error: the outbox's database cannot be opened")
    assert len(shown.splitlines()) == 1


def refused(*arguments: str | Path) -> str:
    """Start a producer that cannot start; give what it says."""
    tried = subprocess.run(
        command("--port", "0", *arguments),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment(),
        timeout=SECONDS,
        check=False,
    )
    assert (tried.returncode, tried.stdout) == (2, "")
    return tried.stderr
