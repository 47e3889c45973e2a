"""Clients of other stacks, generated from our WSDL, ask a real producer and read what our own consumer reads.

Each loads the WSDL and its schemas from the producer over HTTP, as a vendor's tool does, sends LogicalAddress,
reads a structured answer with documents, recurrences and å, ä and ö, and meets a SOAP Fault. A client that cannot
be had on this machine is skipped with the reason. Apache CXF is fetched only when INTEROP_DOWNLOADS names maven;
else what lies in Maven's own cache must do.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.commands import ROOT, environment, started
from tests.interop.told import ADDRESS, PATIENTS, check

pytestmark = pytest.mark.once

HERE = Path(__file__).parent
SECONDS = 300
"""No client runs longer; far more than any needs."""

WSDLS = sorted((ROOT / "schemas").rglob("*.wsdl"))

every_wsdl = pytest.mark.parametrize("wsdl", WSDLS, ids=lambda path: path.stem)
both_versions = pytest.mark.parametrize("version", ["3.0", "2.0"])


@pytest.fixture(scope="module")
def producer() -> Iterator[str]:
    """The address of a producer process."""
    with started(
        "--lang", "en", "serve-producer", "--source", "tests.interop.source:SOURCE", "--port", "0"
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[2]


def needs(*programs: str) -> None:
    """Skip the test when a program is not installed."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")


def run(
    *command: str | Path, folder: Path | None = None, more: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        list(map(str, command)),
        cwd=folder or ROOT,
        env=environment(**(more or {})),
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        timeout=SECONDS,
        check=False,
    )


def done(result: subprocess.CompletedProcess[str]) -> str:
    """Give what a program printed; fail with its complaints when it did not end well."""
    assert result.returncode == 0, f"{result.stdout[-3000:]}\n{result.stderr[-3000:]}"
    return result.stdout


def told(*command: str | Path) -> dict[str, Any]:
    """Run a client and read what it tells."""
    answer: dict[str, Any] = json.loads(done(run(*command)))
    return answer


# --- PHP ----------------------------------------------------------------------------------------


@both_versions
def test_php_reads_what_our_consumer_reads(producer: str, version: str) -> None:
    needs("php")
    if "soap" not in run("php", "-m").stdout.split():
        pytest.skip("PHP has no extension soap (Debian: php-soap)")

    answer = told("php", HERE / "php" / "client.php", producer, version, ADDRESS, *PATIENTS)

    check(answer, producer, version, fault="SoapFault")


@every_wsdl
def test_php_understands_every_wsdl(wsdl: Path) -> None:
    needs("php")
    count = "echo count((new SoapClient($argv[1], ['cache_wsdl' => WSDL_CACHE_NONE]))->__getFunctions());"

    result = run("php", "-r", count, "--", wsdl)

    assert (done(result), result.stderr) == ("1", "")


# --- Node ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder outside the repository in which Node finds the package `soap`."""
    needs("node", "npm")
    folder = tmp_path_factory.mktemp("node")
    shutil.copy(HERE / "node" / "package.json", folder)
    quiet = ("--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--loglevel=error")
    once = ("--prefer-offline", "--fetch-retries=0", "--fetch-timeout=20000")
    result = run("npm", "install", *quiet, *once, folder=folder)
    if result.returncode:
        pytest.skip(f"npm cannot fetch the package soap: {last_line(result.stderr)}")
    return folder


@both_versions
def test_node_reads_what_our_consumer_reads(producer: str, version: str, node_modules: Path) -> None:
    client = HERE / "node" / "client.cjs"

    answer = told("node", client, node_modules, producer, version, ADDRESS, *PATIENTS)

    check(answer, producer, version, fault="Error")


# --- gSOAP --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def gsoap_client(producer: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program that gSOAP's generated C++ and our few lines are compiled to."""
    needs("wsdl2h", "soapcpp2", "g++")
    folder = tmp_path_factory.mktemp("gsoap")
    empty = folder / "empty.cpp"
    empty.write_text("#include <stdsoap2.h>\n", encoding="ascii")
    if run("g++", "-fsyntax-only", empty).returncode:
        pytest.skip("gSOAP's header files are not installed (Debian: libgsoap-dev)")
    done(
        run(
            "wsdl2h",
            "-g",
            "-t",
            HERE / "gsoap" / "typemap.dat",
            "-o",
            "service.h",
            f"{producer}?wsdl",
            folder=folder,
        )
    )
    done(run("soapcpp2", "-C", "-L", "-x", "-j", "service.h", folder=folder))
    client = HERE / "gsoap" / "client.cpp"
    generated = ("soapC.cpp", "soapGetCarePlansResponderBindingProxy.cpp")
    done(run("g++", "-O0", "-I.", client, *generated, "-lgsoap++", "-o", "client", folder=folder))
    return folder / "client"


def test_gsoap_reads_what_our_consumer_reads(producer: str, gsoap_client: Path) -> None:
    answer = told(gsoap_client, producer, ADDRESS, *PATIENTS)

    check(answer, producer, "3.0", fault="SOAP_FAULT")


@every_wsdl
def test_gsoap_generates_from_every_wsdl_without_a_warning(wsdl: Path, tmp_path: Path) -> None:
    needs("wsdl2h", "soapcpp2")

    read = run("wsdl2h", "-g", "-o", "service.h", wsdl, folder=tmp_path)
    generated = run("soapcpp2", "-C", "-L", "-x", "-j", "service.h", folder=tmp_path)

    said = done(read) + read.stderr + done(generated) + generated.stderr
    assert "Compilation successful" in said
    assert "warning" not in said.lower()


# --- Apache CXF ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cxf_classes(producer: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The class path of a client that Apache CXF's generated Java and our few lines are compiled to."""
    needs("java", "javac", "mvn")
    folder = tmp_path_factory.mktemp("cxf") / "client"
    shutil.copytree(HERE / "cxf", folder)
    may_fetch = "maven" in os.environ.get("INTEROP_DOWNLOADS", "").split()
    mode = () if may_fetch else ("-o",)
    result = run("mvn", "-q", "-B", *mode, f"-Dwsdl={producer}?wsdl", "process-classes", folder=folder)
    if result.returncode and cannot_be_fetched(result.stdout):
        pytest.skip("Maven has not got Apache CXF in its cache; INTEROP_DOWNLOADS=maven fetches it")
    done(result)
    return os.pathsep.join((str(folder / "target" / "classes"), str(folder / "target" / "libraries" / "*")))


def cannot_be_fetched(complaint: str) -> bool:
    words = ("offline mode", "has not been downloaded", "Could not transfer", "could not be resolved")
    return any(word in complaint for word in words)


def test_apache_cxf_reads_what_our_consumer_reads(producer: str, cxf_classes: str) -> None:
    answer = told("java", "-cp", cxf_classes, "Client", producer, ADDRESS, *PATIENTS)

    check(answer, producer, "3.0", fault="SoapFault")


# --- zeep ---------------------------------------------------------------------------------------


@both_versions
def test_bare_zeep_reads_what_our_consumer_reads(producer: str, version: str) -> None:
    answer = told(sys.executable, HERE / "zeep_client.py", producer, version, ADDRESS, *PATIENTS)

    check(answer, producer, version, fault="Fault")


def last_line(text: str) -> str:
    lines: Sequence[str] = text.strip().splitlines()
    return lines[-1] if lines else "no reason given"
