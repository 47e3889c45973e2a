"""A project as new-producer makes it: it runs and passes as it is, by its own commands, as a vendor does."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.commands import PATIENT, environment, run

VARIANTS = {"plain": (), "sql": ("--from-sql",), "csv": ("--from-csv",)}
CANARY = "197010632391"
ADDRESS = "SE2329999995-TEST1"
SECONDS = 60
READ_ALL = """
import json, logging, pathlib, sys
import riv_careplans as riv
from journal import Journal
from source import Source
class Kept(logging.Handler):
    def emit(self, record):
        log.append(record.getMessage())
logging.getLogger().addHandler(Kept())
folder, patient = sys.argv[1:]
told = {}
for exports in pathlib.Path(folder).iterdir():
    log = []
    answer = Source(Journal(exports)).care_plans(riv.Query(patient_id=riv.II.personnummer(patient)))
    told[exports.name] = {"plans": len(answer.care_plans), "held_back": answer.held_back, "log": log}
print(json.dumps(told))
"""
ASKED = """
import json, sys
import riv_careplans as riv
from source import source
answer = source.care_plans(riv.Query(patient_id=riv.II.personnummer(sys.argv[1])))
print(json.dumps([len(answer.care_plans), answer.held_back]))
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Make a project of a variant, once."""
    folder = tmp_path_factory.mktemp("projects")

    def project(variant: str) -> Path:
        path = folder / variant
        if not path.exists():
            done = run("new-producer", path, *VARIANTS[variant], "--logical-address", ADDRESS)
            assert done.returncode == 0, done.stderr
        return path

    return project


def in_project(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command as the vendor does, in the project's folder."""
    # The type checker's cache is shared: most of it is about the library.
    cache = str(folder.parent / "mypy-cache")
    return subprocess.run(
        words,
        cwd=folder,
        env=environment(PYTHON=sys.executable, MYPY_CACHE_DIR=cache, **more),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )


@contextlib.contextmanager
def running(folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`make run` on a free port, while the block runs; gives the producer's address."""
    process = subprocess.Popen(
        ["make", "run", "PORT=0"],
        cwd=folder,
        env=environment(PYTHON=sys.executable, LANG="en", PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    with process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().split()[2], process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_new_project_is_clean_and_typed(variant: str, made: Callable[[str], Path]) -> None:
    done = in_project(made(variant), "make", "lint")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Success: no issues found" in done.stdout


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_new_project_passes_its_own_tests(variant: str, made: Callable[[str], Path]) -> None:
    done = in_project(made(variant), "make", "test")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "7 passed" in done.stdout


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_new_project_runs_and_is_green(variant: str, made: Callable[[str], Path]) -> None:
    with running(made(variant)) as (url, process):
        done = run("check-producer", url, "--patient", PATIENT, "--logical-address", ADDRESS)
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(SECONDS)

    assert done.returncode == 0, done.stdout + done.stderr
    assert " failed" not in done.stdout


# --- rows that cannot be used -------------------------------------------------------------------


@dataclass(frozen=True)
class Bad:
    """One thing wrong with an export."""

    file: str
    old: str
    new: str
    sentence: str
    plans: int = 1
    held_back: int = 1


BAD_ROWS = {
    "a status that nobody knows": Bad(
        "plans.csv",
        ";aktuell;2026",
        ";hemligt;2026",
        "plans.csv, line 2, column status: expected one of utkast,",
    ),
    "a day that does not exist": Bad(
        "plans.csv",
        ";2026-01-12;;",
        ";2026-02-31;;",
        "plans.csv, line 2, column starts: expected a day, such as",
    ),
    "no title": Bad(
        "plans.csv", "Vårdplan efter operation", "", "plans.csv, line 2, column title: expected a text"
    ),
    "a column too many": Bad(
        "plans.csv",
        "17;191212121212",
        "17;;191212121212",
        "plans.csv, line 2, column any: expected 15 columns",
    ),
    "a quote that never ends": Bad(
        "plans.csv",
        ";Vårdplan;",
        ';"Vårdplan;',
        "plans.csv, line 2, column any: expected 15 columns, and quotes",
    ),
    "the same number twice": Bad(
        "plans.csv",
        "\n18;",
        "\n17;",
        "plans.csv, line 3, column plan: expected a number that",
        plans=0,
        held_back=2,
    ),
    "a text with a line end in quotes, and then a bad day": Bad(
        "plans.csv",
        ";Vårdplan efter operation;aktuell;2026-01-12;",
        ';"Vårdplan\nefter operation";aktuell;i dag;',
        "plans.csv, line 2, column starts: expected a day",
    ),
    "neither yes nor no": Bad(
        "plans.csv",
        "10:00;ja;",
        "10:00;kanske;",
        "plans.csv, line 2, column shown to patient: expected ja or nej",
    ),
    "a patient that nobody can be": Bad(
        "plans.csv",
        "17;191212121212",
        "17;1,91212E+11",
        "column patient: expected a personnummer",
        held_back=0,
    ),
    "a goal without text": Bad(
        "goals.csv", "Sova hela natten", "", "goals.csv, line 3, column text: expected a text"
    ),
    "a goal with a status that nobody knows": Bad(
        "goals.csv", "föreslaget\n18", "hemligt\n18", "goals.csv, line 3, column status: expected one of"
    ),
    "an activity with too few columns": Bad(
        "activities.csv",
        ";Promenad varje dag;pågår;;",
        ";pågår",
        "activities.csv, line 3, column any: expected 8",
    ),
    "a contact of a plan that is not there": Bad(
        "contacts.csv", "\n17;", "\n99;", "contacts of 1 plans that are not there", plans=2, held_back=0
    ),
}


ENCODED: dict[str, Callable[[str], bytes]] = {
    "a mark first": lambda text: text.encode("utf-8-sig"),
    "Windows-1252": lambda text: text.encode("cp1252"),
    "Windows line ends": lambda text: text.replace("\n", "\r\n").encode(),
    "commas": lambda text: text.replace(", ", " ").replace(";", ",").encode(),
    "tabs": lambda text: text.replace(";", "\t").encode(),
    "empty lines": lambda text: (text + "\n\n").encode(),
}


@dataclass(frozen=True)
class Read:
    """What a project's source makes of a folder of exports."""

    plans: int
    held_back: int
    log: list[str]


@pytest.fixture(scope="module")
def read(made: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Read]:
    """Every export of the tables above, read by a vendor's project in one process."""
    example = {
        path.name: path.read_text(encoding="utf-8") for path in (made("csv") / "exports").glob("*.csv")
    }
    folder = tmp_path_factory.mktemp("exports")
    for name, bad in BAD_ROWS.items():
        assert example[bad.file].count(bad.old) == 1, name
        broken = example | {bad.file: example[bad.file].replace(bad.old, bad.new)}
        write(folder / name, {file: text.encode() for file, text in broken.items()})
    for name, encode in ENCODED.items():
        write(folder / name, {file: encode(text) for file, text in example.items()})
    done = in_project(made("csv"), sys.executable, "-c", READ_ALL, str(folder), PATIENT)
    assert done.returncode == 0, done.stderr
    return {name: Read(**found) for name, found in json.loads(done.stdout).items()}


def write(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)


@pytest.mark.parametrize("name", BAD_ROWS)
def test_a_bad_row_holds_its_plan_back_and_is_told_by_file_line_and_column(
    name: str, read: dict[str, Read]
) -> None:
    bad = BAD_ROWS[name]

    found = read[name]

    log = "\n".join(found.log)
    assert (found.plans, found.held_back) == (bad.plans, bad.held_back)
    assert bad.sentence in log
    assert [word for word in (PATIENT, CANARY, "hemligt", "kanske", "Sova") if word in log] == []


@pytest.mark.parametrize("name", ENCODED)
def test_an_export_is_read_as_spreadsheets_write_it(name: str, read: dict[str, Read]) -> None:
    assert read[name] == Read(plans=2, held_back=0, log=[])


def test_an_export_that_is_missing_fails_the_question_and_not_the_producer(
    made: Callable[[str], Path], tmp_path: Path
) -> None:
    done = in_project(
        made("csv"), sys.executable, "-c", ASKED, PATIENT, JOURNAL_EXPORTS=str(tmp_path / "nowhere")
    )

    assert done.returncode != 0
    assert "UnusableFile: goals.csv: cannot be read: No such file or directory" in done.stderr


def test_a_new_export_is_read_without_a_restart(made: Callable[[str], Path], tmp_path: Path) -> None:
    shutil.copytree(made("csv") / "exports", tmp_path, dirs_exist_ok=True)
    script = (
        "import pathlib, sys, riv_careplans as riv\n"
        "from source import source\n"
        "ask = riv.Query(patient_id=riv.II.personnummer(sys.argv[1]))\n"
        "before = len(source.care_plans(ask).care_plans)\n"
        "path = pathlib.Path(sys.argv[2]) / 'plans.csv'\n"
        "path.write_text(path.read_text(encoding='utf-8').replace('\\n18;', '\\n20;'), encoding='utf-8')\n"
        "after = [plan.header.record.id.extension for plan in source.care_plans(ask).care_plans]\n"
        "print(before, *after)\n"
    )

    done = in_project(
        made("csv"), sys.executable, "-c", script, PATIENT, str(tmp_path), JOURNAL_EXPORTS=str(tmp_path)
    )

    assert done.stdout.split() == ["2", f"{ADDRESS}:17", f"{ADDRESS}:20"], done.stderr


def asked(folder: Path, **more: str) -> tuple[list[int], str]:
    """Ask a project's source about the test patient; give the numbers, and what it logs."""
    done = in_project(folder, sys.executable, "-c", ASKED, PATIENT, **more)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


def test_a_row_of_the_database_that_no_record_can_be_made_of_is_held_back(
    made: Callable[[str], Path], tmp_path: Path
) -> None:
    project = made("sql")
    in_project(project, sys.executable, "make_example.py")
    database = tmp_path / "journal.sqlite"
    shutil.copy(project / "example.sqlite", database)
    broken = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()"
    update = "UPDATE care_plan SET status = 'hemligt' WHERE id = 17"
    subprocess.run([sys.executable, "-c", broken, str(database), update], check=True)

    numbers, log = asked(project, JOURNAL_DATABASE=f"sqlite:///{database}")

    assert numbers == [1, 1]
    assert "plan 17, column status: expected one of utkast, aktuell" in log
    assert "hemligt" not in log


# --- operation ----------------------------------------------------------------------------------


def test_the_unit_is_one_that_systemd_takes_and_is_closed(made: Callable[[str], Path]) -> None:
    unit = made("plain") / "deploy" / "plain.service"
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("there is no systemd-analyze here")

    done = subprocess.run(
        [analyze, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )

    # Nothing is installed at the place that the unit names.
    complaints = [line for line in done.stderr.splitlines() if "is not executable" not in line]
    assert complaints == []
    text = unit.read_text(encoding="utf-8")
    assert {"NoNewPrivileges=yes", "ProtectSystem=strict", "KillSignal=SIGTERM", "Restart=on-failure"} <= set(
        text.splitlines()
    )


def test_the_service_is_an_application_for_any_wsgi_server(made: Callable[[str], Path]) -> None:
    script = (
        "from wsgiref.util import setup_testing_defaults\n"
        "from service import app\n"
        "environ = {'QUERY_STRING': 'wsdl'}\n"
        "setup_testing_defaults(environ)\n"
        "print(b''.join(app(environ, lambda status, *rest: print(status))).decode())\n"
    )

    done = in_project(made("plain"), sys.executable, "-c", script)

    assert done.stdout.startswith("200"), done.stderr
    assert "GetCarePlans:3:rivtabp21" in done.stdout


def test_a_producer_that_is_told_to_end_twice_ends(made: Callable[[str], Path]) -> None:
    with running(made("plain")) as (_, process):
        # make passes the signal on to the producer, which gets it with its group too.
        os.killpg(process.pid, signal.SIGTERM)
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(SECONDS)

    assert process.returncode is not None


def test_without_an_index_the_changes_are_told_to_nobody_and_it_says_so(made: Callable[[str], Path]) -> None:
    done = in_project(made("plain"), sys.executable, "changes.py")

    assert done.returncode == 2
    assert "settings.toml: the table [index] is missing" in done.stdout
