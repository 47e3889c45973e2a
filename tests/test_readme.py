"""Every command and every piece of code in the README does what the README says."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import ROOT, environment

pytestmark = pytest.mark.once

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
    if line.strip()
]
SERVERS = {
    "python examples/vendor.py": 8080,
    "riv-careplans serve-producer --source examples.vendor:Journal --port 8081": 8081,
    "riv-careplans serve-producer --directory examples/asta/p2-halsocentralen --settings producer.toml "
    "--port 8082": 8082,
    "riv-careplans serve-index --owner SE2329999995-IDX --port 8090": 8090,
}
ENDLESS = {"make demo"}
"""Runs until Ctrl-C; with --once it stands in the README too."""
NOT_FROM_HERE = {"make test"}
"""Would run this test again."""
SAYS_SO = {"riv-careplans diff messages/p3-hemtjansten/response.xml examples/asta/updates/p3-hemtjansten": 1}
"""Exit codes of commands that find something."""
TO_THE_END = [one for one in COMMANDS if one not in {*SERVERS, *ENDLESS, *NOT_FROM_HERE}]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A reader's folder: the checkout, and the settings files that the README shows."""
    made = tmp_path_factory.mktemp("reader")
    for name in ("examples", "Makefile", "bench", "pyproject.toml", "constraints.txt"):
        (made / name).symlink_to(ROOT / name)
    for name, block in re.findall(r"```toml\n# ([a-z]+\.toml)\n(.*?)```", README, re.DOTALL):
        (made / name).write_text(block, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def path() -> str:
    """PATH as after activating the environment."""
    return f"{Path(sys.prefix) / 'bin'}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture(scope="module")
def servers(folder: Path, path: str) -> Iterator[dict[str, str]]:
    """Every server that the README starts, running; by its command the first line it printed."""
    for port in SERVERS.values():
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                pytest.skip(f"port {port}, which the README uses, is in use on this machine")
    with contextlib.ExitStack() as stack:
        yield {command: stack.enter_context(_running(command, folder, path)) for command in SERVERS}


@contextlib.contextmanager
def _running(command: str, folder: Path, path: str) -> Iterator[str]:
    process = subprocess.Popen(
        shlex.split(command),
        cwd=folder,
        env=environment(PATH=path, PYTHONUNBUFFERED="1", LANG="en"),
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline()
        finally:
            process.terminate()


def test_the_readme_has_its_two_commands_and_every_server() -> None:
    assert COMMANDS[:2] == ["make demo", "make test"]
    assert set(SERVERS) <= set(COMMANDS)


@pytest.mark.parametrize(("command", "port"), SERVERS.items())
def test_a_server_in_the_readme_says_where_it_listens(
    command: str, port: int, servers: dict[str, str]
) -> None:
    assert f"http://127.0.0.1:{port}" in servers[command]


@pytest.mark.parametrize("command", TO_THE_END)
def test_a_command_in_the_readme_works(
    command: str, folder: Path, path: str, servers: dict[str, str]
) -> None:
    words = shlex.split(command)
    if words[0] == "make":
        if not (Path(sys.prefix) / ".installed-test").exists():
            pytest.skip("the environment was not made with make")
        words.append(f"VENV={sys.prefix}")

    done = subprocess.run(
        words,
        cwd=folder,
        env=environment(PATH=path),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == SAYS_SO.get(command, 0), done.stdout + done.stderr
    assert done.stdout


def test_every_other_piece_of_python_in_the_readme_runs(
    folder: Path, path: str, servers: dict[str, str]
) -> None:
    words = ["riv-careplans", "sample", "asta", "--output", "messages"]
    subprocess.run(words, cwd=folder, env=environment(PATH=path), capture_output=True, check=True)
    blocks = [
        block
        for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL)
        if "class Journal" not in block
    ]

    done = [
        subprocess.run(
            [sys.executable, "-c", block],
            cwd=folder,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        for block in blocks
    ]

    assert len(blocks) == 3
    assert [one.stderr for one in done] == ["", "", ""]


def test_the_vendors_method_in_the_readme_is_that_of_the_example() -> None:
    block = re.search(r"```python\n(class Journal:.*?)```", README, re.DOTALL)
    example = (ROOT / "examples" / "vendor.py").read_text(encoding="utf-8")

    assert block is not None
    assert block[1] in example
    assert len(example.splitlines()) < 40


def test_every_room_on_the_map_exists() -> None:
    rooms = re.findall(r"^\| `([a-z_/.]+)`", README, re.MULTILINE)

    assert len(rooms) > 10
    assert [room for room in rooms if not (ROOT / room).exists()] == []


def test_every_module_of_the_house_is_on_the_map() -> None:
    house = {
        entry.name for entry in (ROOT / "riv_careplans").iterdir() if not entry.name.startswith(("_", "."))
    }
    told = README[README.index("## The map") : README.index("## How to change")]

    assert {name for name in house - {"py.typed"} if name not in told} == set()
