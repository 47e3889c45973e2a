"""The demo: six real processes, asked over real SOAP, and nothing left behind."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest

from riv_careplans.demo import INDEX, VARIANTS, systems
from tests.commands import PATIENT, run, started, systems_running

FIRST_LINES = {
    "all": "Översikt över vård och omsorg",
    "p3-down": "Hemtjänstområde 4, Rymdstaden saknas: gick inte att nå.",
    "p2-slow": "Översikt över vård och omsorg",
    "p4-wrong-patient": "Hemsjukvården, Rymdstaden saknas: svarade om en annan person",
    "p1-error": "Kirurgmottagningen saknas: svarade att något gick fel.",
    "p5-not-xml": "Diabetesmottagningen saknas: svarade något som inte gick att läsa.",
    "many-plans": "Översikt över vård och omsorg",
}


def test_every_variant_has_its_expectation_here() -> None:
    assert [variant.name for variant in VARIANTS] == [*FIRST_LINES, "index-down"]


@pytest.mark.once
@pytest.mark.parametrize(("variant", "first"), FIRST_LINES.items(), ids=FIRST_LINES)
def test_the_first_thing_printed_is_what_is_missing(variant: str, first: str) -> None:
    shown = run("demo", "--once", "--variant", variant)

    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith(first)
    assert "KANARIEFÅGEL" not in shown.stdout
    assert "191212121212" not in shown.stdout + shown.stderr
    assert systems_running() == []


@pytest.mark.once
def test_without_the_index_nothing_is_claimed() -> None:
    shown = run("--lang", "sv", "demo", "--once", "--variant", "index-down")

    assert (shown.returncode, shown.stdout) == (3, "")
    told = "Fel: Engagemangsindex kunde inte säga vilka som har uppgifter, så inget visas"
    assert shown.stderr.startswith(told)
    assert len(shown.stderr.splitlines()) == 1
    assert systems_running() == []


def test_the_index_knows_every_system_of_the_scenario_and_nothing_is_left_of_it(tmp_path: Path) -> None:
    with started("--lang", "en", "demo", TMPDIR=str(tmp_path)) as demo:
        url = _index_told_by(demo)
        posts = run("index", "find", "--patient", "-", "--url", url, "--owner", INDEX, stdin=PATIENT)
        left = [path.name for path in tmp_path.rglob("*") if path.is_file()]
        demo.kill()
        demo.wait(15)
        assert _gone_within(15) == []

    assert posts.returncode == 0, posts.stderr
    assert [line.split()[0] for line in posts.stdout.splitlines()] == sorted(
        system.logical_address for system in systems()
    )
    assert {"index.sqlite", "outbox.sqlite"} <= set(left)
    assert list(tmp_path.iterdir()) == []


def _index_told_by(demo: subprocess.Popen[str]) -> str:
    """Give the address of the index, as the demo tells it, when everything runs."""
    assert demo.stderr is not None
    url = ""
    for line in demo.stderr:
        if "FindContent" in line:
            url = line.split()[0]
        if "Ctrl-C" in line:
            break
    return url


def test_the_dos_pasar_contradiction_names_both_parties() -> None:
    shown = run("demo", "--once").stdout

    start = shown.index("Uppgifter som inte stämmer överens")
    told = shown[start : start + 1500]
    assert "DOS-påsar" in told
    assert "Hemsjukvården" in told
    assert "Hemtjänstområde 4" in told


@pytest.mark.once
def test_json_is_the_overview_as_a_document() -> None:
    shown = json.loads(run("demo", "--once", "--format", "json", "--variant", "p3-down").stdout)

    assert [source["name"] for source in shown["missingSources"]] == ["Hemtjänstområde 4, Rymdstaden"]
    assert shown["today"] == "2026-01-20"


@pytest.mark.once
def test_a_thousand_plans_are_all_there() -> None:
    shown = json.loads(run("demo", "--once", "--format", "json", "--variant", "many-plans").stdout)

    records = {source["name"]: source["records"] for source in shown["sources"]}
    assert records["Hälsocentralen Sol och Måne, Rymdstaden"] > 1000


def test_ctrl_c_ends_the_demo_and_every_system() -> None:
    with started("--lang", "en", "demo") as demo:
        assert demo.stderr is not None
        for line in demo.stderr:
            if "Ctrl-C" in line:
                break
        assert len(systems_running()) == 6

        demo.send_signal(signal.SIGINT)

        assert demo.wait(15) in (0, 130)
    assert systems_running() == []


@pytest.mark.once
def test_a_killed_demo_leaves_no_system_behind() -> None:
    with started("--lang", "en", "demo") as demo:
        assert demo.stderr is not None
        for line in demo.stderr:
            if "Ctrl-C" in line:
                break

        demo.kill()
        demo.wait(15)

        assert _gone_within(15) == []


def _gone_within(seconds: int) -> list[str]:
    """Wait until no system runs; give those that still do after so many seconds."""
    end = time.monotonic() + seconds
    while (left := systems_running()) and time.monotonic() < end:
        time.sleep(0.1)
    return left


def test_an_unknown_variant_is_one_sentence_and_exit_code_2() -> None:
    shown = run("demo", "--once", "--variant", "p3-dwon")

    assert shown.returncode == 2
    assert shown.stderr.startswith("Error: there is no variant p3-dwon; did you mean p3-down?")
    assert len(shown.stderr.splitlines()) == 1
