"""Validating many files with all rules, against xmllint with the schema alone, over the same files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bench.plans import answer_document, care_plan
from riv_careplans.contract import GET_CARE_PLANS_3

__all__ = ["Measured", "measure_validation"]

PLANS = 10
JOBS = 2
ROUNDS = 2
_FIRST = 1_000_000
"""The plans' numbers have seven digits, so that one can be put in another's place."""

# A process is told to have held at least what the one that started it held: so a small one starts it.
_STARTER = """
import json, resource, subprocess, sys, time
begun = time.perf_counter()
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
seconds = time.perf_counter() - begun
print(json.dumps([code, seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One way to examine the files, as a whole process."""

    name: str
    seconds: float
    megabytes: float
    """The most that any of its processes held."""


def measure_validation(files: int) -> tuple[list[Measured], float] | None:
    """Examine so many files in every way; also say how memory grew from a tenth of them to all.

    None when there is no xmllint to compare with. The ways are ours, xmllint in one process, and, for
    information, xmllint in two.
    """
    if shutil.which("xmllint") is None:
        return None
    with tempfile.TemporaryDirectory(prefix="riv-careplans-bench-") as name:
        few, all_of_them = Path(name, "few"), Path(name, "all")
        _write(few, files // 10)
        _write(all_of_them, files)
        schema = str(GET_CARE_PLANS_3.interaction_folder / "GetCarePlansResponder_3.0.xsd")
        xmllint = ["xmllint", "--noout", "--schema", schema]
        validate = [
            sys.executable,
            "-m",
            "riv_careplans",
            "validate",
            "--now",
            "2026-03-01",
            "--jobs",
            f"{JOBS}",
        ]
        on_few = _measure("ours", [*validate, str(few)])
        names = _names(all_of_them)
        half = f"{-(-files // 2)}"
        ways: list[tuple[str, list[str], bytes]] = [
            (f"riv-careplans validate --jobs {JOBS}, with rules", [*validate, str(all_of_them)], b""),
            ("xmllint --schema", ["xargs", "-0", *xmllint], names),
            ("xmllint --schema, two processes", ["xargs", "-0", "-P", "2", "-n", half, *xmllint], names),
        ]
        # In turn, and the better of two each: whatever else runs on the machine meets all of them.
        rounds = [[_measure(*way) for way in ways] for _ in range(ROUNDS)]
    rows = [min(same, key=lambda one: one.seconds) for same in zip(*rounds, strict=True)]
    return rows, rows[0].megabytes / on_few.megabytes


def _write(folder: Path, files: int) -> None:
    """Write answers of ten plans, all different."""
    folder.mkdir()
    # Plain care plans, not the joint plans of the other measurements: these lack what CP-014 wants to see,
    # and what is to be measured is examining, not writing down findings.
    kind = {"code": "VP", "display_name": "Vårdplan"}
    originals = [
        msgspec.structs.replace(
            plan,
            body=msgspec.structs.replace(plan.body, type=msgspec.structs.replace(plan.body.type, **kind)),
        )
        for plan in map(care_plan, range(_FIRST, _FIRST + PLANS))
    ]
    pattern = answer_document(originals)
    for number in range(files):
        content = pattern
        for position in range(PLANS):
            new = 2 * _FIRST + number * PLANS + position
            content = content.replace(f"{_FIRST + position}".encode(), f"{new}".encode())
        (folder / f"{number:06}.xml").write_bytes(content)


def _names(folder: Path) -> bytes:
    return b"\0".join(sorted(os.fsencode(path) for path in folder.iterdir()))


def _measure(name: str, command: list[str], stdin: bytes = b"") -> Measured:
    with tempfile.TemporaryFile() as given:
        given.write(stdin)
        given.seek(0)
        told = subprocess.run(
            [sys.executable, "-S", "-c", _STARTER, *command], stdin=given, stdout=subprocess.PIPE, check=True
        )
    code, seconds, kilobytes = json.loads(told.stdout)
    assert code == 0, f"{name} ended with {code}: nothing was to be found"
    return Measured(name=name, seconds=seconds, megabytes=kilobytes / 1024)
