"""Everything that the vendor's guide says to do is done here, from top to bottom, in one folder."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from riv_careplans.producer.visit import HeldBack, Outcome, Visit
from tests.certificates import CALLER, Authority
from tests.commands import ROOT, environment

pytestmark = pytest.mark.once

GUIDE = (ROOT / "docs" / "vendor-guide.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(console|python|toml)\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
SERVERS = ("make run", "riv-careplans serve-producer", "riv-careplans serve-index")
NOT_FROM_HERE = {
    "python -m venv .venv": "the environment of the tests is used",
    ". .venv/bin/activate": "as above",
}
SECONDS = 120


IS_A_FILE = re.compile(r"# [a-z_]+\.(py|toml)")


def commands(block: str) -> list[str]:
    return [line for line in block.splitlines() if line not in NOT_FROM_HERE]


def pieces(kind: str, block: str) -> list[str]:
    """What of a block is run: its commands, or its code, which its first line stands for."""
    if kind == "console":
        return commands(block)
    first = block.partition("\n")[0]
    return [first] if kind == "python" and not IS_A_FILE.fullmatch(first) else []


@dataclass(frozen=True)
class Done:
    """What came of a piece of the guide."""

    piece: str
    code: int
    said: str


@dataclass
class Vendor:
    """Somebody who follows the guide."""

    folder: Path
    ports: dict[str, str]
    """Free ports, for those that the guide names."""

    running: dict[str, subprocess.Popen[str]] = field(default_factory=dict)

    def follow(self, kind: str, text: str) -> Iterator[Done]:
        """Do what a block says; give what came of each command, or of the block's code."""
        if kind == "console":
            yield from map(self.run, commands(text))
            return
        first, _, rest = text.partition("\n")
        if kind == "toml" and first.startswith("# in "):
            with (self.folder / first.removeprefix("# in ")).open("a", encoding="utf-8") as file:
                file.write(self.here(rest))
        elif IS_A_FILE.fullmatch(first):
            (self.folder / first.removeprefix("# ")).write_text(self.here(text), encoding="utf-8")
        else:
            yield self.end(first, [sys.executable, "-c", self.here(text)])

    def run(self, line: str) -> Done:
        """Run a command, or leave it running when it is a server."""
        if line.startswith("cd "):
            self.folder /= line.removeprefix("cd ")
            return Done(line, 0, "")
        words = shlex.split(self.here(line))
        started = next((one for one in SERVERS if line.startswith(one)), None)
        return self.end(line, words) if started is None else self.start(line, started, words)

    def here(self, text: str) -> str:
        """Put in this run's ports."""
        for port, free in self.ports.items():
            text = text.replace(port, free)
        return text

    def end(self, piece: str, words: list[str]) -> Done:
        """Run a command to its end."""
        done = subprocess.run(
            words,
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )
        return Done(piece, done.returncode, done.stdout + done.stderr)

    def start(self, piece: str, name: str, words: list[str]) -> Done:
        """Start a server; one that was started by the same words before is ended first, as with Ctrl-C."""
        if before := self.running.pop(name, None):
            stop(before)
        process = subprocess.Popen(
            words,
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        self.running[name] = process
        assert process.stdout is not None
        first = process.stdout.readline()
        return Done(piece, 0 if first.startswith("Listening on ") else 1, first)

    @property
    def environment(self) -> dict[str, str]:
        path = f"{Path(sys.prefix) / 'bin'}{os.pathsep}{os.environ['PATH']}"
        # What is asked for is installed already: pip needs no network to see it.
        return environment(
            PATH=path, PORT=self.ports["8080"], LANG="en", PYTHONUNBUFFERED="1", PIP_NO_INDEX="1"
        )


def stop(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, 15)
    with process:
        try:
            process.wait(SECONDS)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, 9)


def free_ports(names: list[str]) -> dict[str, str]:
    with contextlib.ExitStack() as stack:
        probes = {name: stack.enter_context(socket.socket()) for name in names}
        for probe in probes.values():
            probe.bind(("127.0.0.1", 0))
        return {name: str(probe.getsockname()[1]) for name, probe in probes.items()}


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Done]]:
    """What came of each command and each piece of code, in the guide's order."""
    if shutil.which("make") is None:
        pytest.skip("there is no make here")
    folder = tmp_path_factory.mktemp("vendor")
    vendor = Vendor(folder, free_ports(["8080", "8090", "8443"]))
    certificates(folder / "certificates")
    found: list[Done] = []
    try:
        for kind, text in BLOCKS:
            if "# tls.toml" in text:
                shutil.copytree(folder / "certificates", vendor.folder, dirs_exist_ok=True)
            found += vendor.follow(kind, text)
        yield found
    finally:
        for process in vendor.running.values():
            stop(process)


def certificates(folder: Path) -> None:
    """What the vendor has been given: certificates and keys, under the guide's names."""
    folder.mkdir()
    authority = Authority(folder)
    caller = authority.issue(CALLER)
    for name, path in (("producer", authority.server), ("caller", caller.path)):
        for suffix in ("pem", "key"):
            (folder / f"{name}.{suffix}").write_bytes(path.read_bytes())


PIECES = [piece for kind, text in BLOCKS for piece in pieces(kind, text)]


@pytest.mark.parametrize("number", range(len(PIECES)), ids=lambda number: PIECES[number])
def test_what_the_guide_says_works(number: int, followed: list[Done]) -> None:
    done = followed[number]

    assert done.piece == PIECES[number]
    assert done.code == 0, done.said


def test_the_new_vendors_producer_is_green_and_the_index_knows_the_patient(followed: list[Done]) -> None:
    def said(start: str) -> str:
        return next(done.said for done in followed if done.piece.startswith(start))

    checked = said("make check PATIENT")
    over_tls = said("riv-careplans check-producer https://localhost")

    assert " failed" not in checked + over_tls
    assert "records of the test patient: 2" in checked
    assert "PC-002  A client certificate is demanded  passed" in over_tls
    assert "SE2329999995-JOURNAL" in said("riv-careplans index find")


def test_the_line_of_the_log_in_the_guide_is_what_a_producer_logs(caplog: pytest.LogCaptureFixture) -> None:
    written = re.search(r"```text\n\S+ WARNING (.*)\n", GUIDE)
    assert written is not None
    visit = Visit(
        log_id="0b7edb2e-969c-4a0d-8196-c8a4a86f1f3b",
        status=200,
        outcome=Outcome.ANSWERED,
        contract="3.0",
        records=1,
        held_back=(HeldBack(place="carePlan[2]", codes=("CP-006",)),),
        started=time.perf_counter(),
    )

    visit.log()

    assert re.sub(r"ms=\d+", "ms=12", caplog.messages[0]) == written[1]
    assert caplog.records[0].levelname == "WARNING"


@pytest.mark.parametrize(
    "row", re.findall(r"^\| `([^`]+)` \| [^|]+ \|$", GUIDE.partition("## 11.")[2], re.MULTILINE)
)
def test_a_line_that_the_guide_explains_is_one_that_is_logged(row: str) -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "riv_careplans").rglob("*.py"))
    templates = (ROOT / "riv_careplans" / "kit" / "templates").rglob("*.template")
    logged = sources + "".join(path.read_text(encoding="utf-8") for path in templates)

    # What stands between values: the values themselves differ each time.
    fixed = re.split(r" … |…|[a-z_]+=|plans.csv.*|ValueError.*|27 seconds|CP-\d+|\d{3}", row)

    assert [piece for piece in fixed if piece.strip(" :") and piece.strip(" :") not in logged] == []


def test_the_guide_has_a_chapter_for_every_step() -> None:
    chapters = re.findall(r"^## [0-9]+\. (.*)$", GUIDE, re.MULTILINE)

    assert chapters == [
        *("Install", "Make a project", "Fill in", "Decide", "Run", "Check", "TLS and callers"),
        *("Tell the engagement index", "What receivers see in 2.0", "The self-declaration"),
        "When something goes wrong",
    ]
