"""What every test may use: golden files, and hypothesis without a clock."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

_GOLDEN = Path(__file__).parent / "golden"

# A deadline would turn a busy machine into a failing test.
settings.register_profile("riv-careplans", deadline=None, print_blob=True)
settings.load_profile("riv-careplans")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write the golden files anew from what the code gives; review the diff before committing",
    )


@pytest.fixture
def golden(pytestconfig: pytest.Config) -> Callable[[str, str], None]:
    """Compare a text with tests/golden/NAME, or write it there when --update-golden is given."""

    def compare(name: str, actual: str) -> None:
        path = _GOLDEN / name
        if pytestconfig.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(actual.encode())
        assert path.exists(), f"tests/golden/{name} is missing: make it with --update-golden and review it"
        expected = path.read_bytes().decode()
        assert actual == expected, f"differs from tests/golden/{name}: --update-golden, and review the diff"

    return compare
