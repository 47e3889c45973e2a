"""spyne 2.14.0 comes in on every supported Python, quietly, and leaves nothing behind."""

import logging
import subprocess
import sys

import pytest

from riv_careplans.producer import make_app
from tests.producer_calls import CannedSource, clock, post


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", program], check=False, capture_output=True, text=True
    )


def test_the_producer_is_imported_without_a_warning_on_this_python() -> None:
    done = run("from riv_careplans.producer import make_app, serve")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    "statement",
    [
        "assert 'cgi' not in sys.modules",
        "assert http.cookies.__spec__.name == 'http.cookies'",
        "assert urllib.parse.__spec__.name == 'urllib.parse'",
        "assert spyne.util.six.moves.http_cookies is http.cookies",
        "assert spyne.util.appreg.applications == {}",
    ],
)
def test_the_import_leaves_the_standard_library_and_spynes_registry_alone(statement: str) -> None:
    program = (
        "import sys, http.cookies, urllib.parse\n"
        "from riv_careplans.producer import make_app\n"
        "make_app(object())\n"
        "import spyne.util.appreg, spyne.util.six.moves.http_cookies\n"
    )

    done = run(program + statement)

    assert done.returncode == 0, done.stderr


def test_a_vendor_may_have_imported_spyne_already() -> None:
    program = "import riv_careplans.producer._spyne, spyne, sys\nfrom riv_careplans.producer import make_app"

    assert run(program).returncode == 0


def test_without_spyne_one_sentence_says_what_to_install() -> None:
    program = (
        "import importlib.util as util\n"
        "real = util.find_spec\n"
        "util.find_spec = lambda name, *rest: None if name == 'spyne' else real(name, *rest)\n"
        "import riv_careplans.producer"
    )

    done = run(program)

    assert done.stderr.endswith("ImportError: the producer needs spyne: install riv-careplans[producer]\n")


def test_spyne_logs_nothing_even_when_everything_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    app = make_app(CannedSource(lambda _: None), clock=clock)

    for body in (b"", b"<a/>", None):
        post(app, body)

    assert {record.name for record in caplog.records} == {"riv_careplans.producer"}
