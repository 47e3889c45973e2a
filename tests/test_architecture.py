"""The house stands: layers, sizes, published names, test identities, and nothing of one machine."""

import ast
import importlib
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "riv_careplans"
MODULES = sorted(PACKAGE.rglob("*.py"))

MOST_LINES_IN_A_FILE = 600
MOST_LINES_IN_A_FUNCTION = 60

PUBLISHED_TEST_IDENTITIES = {
    "191212121212",  # Asta Blomberg
    "197010632391",  # a samordningsnummer
    "188803099368",  # this and those below: the national platform's own stub
    "194911172296",
    "198611062384",
    "192011189228",
    "194804032094",
}
"""Published for testing, with check digits that hold; only these may stand in the repository."""

# A Swedish personal identity number or samordningsnummer (day + 60): the year in full, or two digits of it
# and then a separator, without which any ten digits would do.
PERSON_NUMBER = re.compile(
    r"""(?<![0-9A-Za-z])
        (?: (?:18|19|20)(?P<full>\d{6})[-+]? | (?P<short>\d{6})[-+] )
        (?P<last>\d{4})
        (?![0-9A-Za-z])""",
    re.VERBOSE,
)

# Only the command line and the pages read clock and environment; everybody below is told. What a vendor's own
# program or test calls is a shell too: nobody of ours passes the time to it.
READS_THE_WORLD = re.compile(
    r"(.*\.)?(date|datetime)\.(now|today|utcnow)|os\.(environ|getenv)|time\.(time|time_ns|localtime|gmtime)"
)
MAY_READ_THE_WORLD = {
    *("__main__", "cli", "web"),
    *(f"riv_careplans.{room}" for room in ("conformance", "outbox", "producer", "validation")),
}

# Both written so that this file is not found by its own search.
MACHINE_PATH = re.compile(r"(?<![A-Za-z0-9_.])/(?:farm|home|root|tmp|Users|work)/\w")
REGISTRY_HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("crates", "io"),
        ("proxy", "golang", "org"),
        ("repo", "maven", "apache", "org"),
        ("repo1", "maven", "org"),
        ("deb", "debian", "org"),
    )
]


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def top_name(path: Path) -> str:
    """Give the name of the module's place in the house: riv_careplans/producer/guard.py is in producer."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


every_module = pytest.mark.parametrize("path", MODULES, ids=module_name)
every_module_below_the_shells = pytest.mark.parametrize(
    "path",
    [path for path in MODULES if not {top_name(path), module_name(path)} & MAY_READ_THE_WORLD],
    ids=module_name,
)


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Every text file that git tracks or would track, by its path in the repository."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: nothing says which files belong to the repository")
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    contents = {name: ROOT / name for name in listing.stdout.split("\0") if (ROOT / name).is_file()}
    return {name: text for name, path in contents.items() if (text := text_of(path)) is not None}


def text_of(path: Path) -> str | None:
    """Give the file's text, or nothing for a file that is not text (a picture, a hostile vector)."""
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError:
        return None


def person_numbers(text: str) -> Iterator[str]:
    """Find what could be somebody's number: a day that may exist and a check digit that holds."""
    for match in PERSON_NUMBER.finditer(text):
        digits = (match["full"] or match["short"]) + match["last"]
        month, day = int(digits[2:4]), int(digits[4:6])
        if 1 <= month <= 12 and 1 <= day % 60 <= 31 and luhn_holds(digits):
            yield digits


def luhn_holds(digits: str) -> bool:
    doubled = "".join(str(int(digit) * (2 - place % 2)) for place, digit in enumerate(digits))
    return sum(map(int, doubled)) % 10 == 0


def test_every_import_points_down_and_foreign_libraries_stay_behind_their_module() -> None:
    command = shutil.which("lint-imports", path=sysconfig.get_path("scripts"))
    assert command, "import-linter is not installed: make test installs it"

    result = subprocess.run(
        [command, "--no-logo", "--no-cache"], cwd=ROOT, check=False, capture_output=True, text=True
    )

    assert result.returncode == 0, result.stdout + result.stderr


@every_module
def test_a_file_holds_one_idea(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())

    assert lines <= MOST_LINES_IN_A_FILE


@every_module
def test_a_function_fits_on_a_screen(path: Path) -> None:
    functions = [
        node
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]

    lengths = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions}

    assert {name: n for name, n in lengths.items() if n > MOST_LINES_IN_A_FUNCTION} == {}


@every_module_below_the_shells
def test_clock_and_environment_are_read_by_the_shells_alone(path: Path) -> None:
    attributes = [node for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.Attribute)]

    found = {(node.lineno, ast.unparse(node)) for node in attributes}

    assert {(line, text) for line, text in found if READS_THE_WORLD.fullmatch(text)} == set()


@every_module
def test_all_names_what_a_module_publishes(path: Path) -> None:
    module = importlib.import_module(module_name(path))
    defined = {
        node.name
        for node in ast.parse(path.read_bytes()).body
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and not node.name.startswith("_")
    }

    published = set(module.__all__)

    assert {name for name in published if not hasattr(module, name)} == set(), "named but missing"
    assert defined - published == set(), "neither in __all__ nor marked private"


def test_only_published_test_identities_stand_in_the_repository(texts: dict[str, str]) -> None:
    published = {number[2:] for number in PUBLISHED_TEST_IDENTITIES}

    found = {(name, number) for name, text in texts.items() for number in person_numbers(text)}

    assert {(name, number) for name, number in found if number not in published} == set()


@pytest.mark.parametrize(
    "written", ["191212121212", "19121212-1212", "121212-1212", "121212+1212", "(197010632391)"]
)
def test_a_person_number_is_recognised_however_it_is_written(written: str) -> None:
    assert len(list(person_numbers(written))) == 1


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("191212121213", id="check digit"),
        pytest.param("202613011204", id="month 13"),
        pytest.param("1212121212", id="ten digits without separator"),
        pytest.param("20191212121212", id="inside a timestamp"),
        pytest.param("SE191212121212", id="inside an HSA-id"),
    ],
)
def test_other_digits_are_nobodys_number(written: str) -> None:
    assert list(person_numbers(written)) == []


def test_no_file_names_a_path_of_one_machine(texts: dict[str, str]) -> None:
    found = {(name, match[0]) for name, text in texts.items() for match in MACHINE_PATH.finditer(text)}

    assert found == set()


def test_no_file_names_a_package_registry(texts: dict[str, str]) -> None:
    found = {(name, host) for name, text in texts.items() for host in REGISTRY_HOSTS if host in text}

    assert found == set()
