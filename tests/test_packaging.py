"""What is installed: the contract and the scenario ride in the wheel, and the tests in the sdist."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the sdist, and the wheel from the sdist alone, as whoever packages us does."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return folder


def files_below(folder: str) -> set[str]:
    return {
        path.relative_to(ROOT / folder).as_posix()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.parametrize(
    ("source", "installed"),
    [
        ("riv_careplans", "riv_careplans"),
        ("schemas", "riv_careplans/schemas"),
        ("examples/asta", "riv_careplans/asta"),
        ("vectors", "riv_careplans/vectors"),
    ],
)
def test_the_wheel_carries_the_package_the_contract_and_the_scenario(
    distributions: Path, source: str, installed: str
) -> None:
    (wheel,) = distributions.glob("*.whl")

    names = set(zipfile.ZipFile(wheel).namelist())

    assert files_below(source), f"nothing in {source}"
    assert {f"{installed}/{name}" for name in files_below(source)} <= names


def test_the_wheel_carries_nothing_but_the_package_and_its_metadata(distributions: Path) -> None:
    (wheel,) = distributions.glob("*.whl")

    folders = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}

    assert {name for name in folders if not name.endswith(".dist-info")} == {"riv_careplans"}


def test_the_sdist_carries_what_the_tests_need(distributions: Path) -> None:
    (sdist,) = distributions.glob("*.tar.gz")

    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert {f"tests/{name}" for name in files_below("tests")} <= names
    assert {"Makefile", "constraints.txt", "pyproject.toml", "LICENSE", ".ci/run"} <= names
