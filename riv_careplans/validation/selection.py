"""Which findings count: those whose codes are selected, and not those that a baseline knows already.

A baseline is a JSON file, made for being read and reviewed:

```json
{
  "formatVersion": "1.0",
  "about": "Findings that are known and do not fail the build; made by riv-careplans validate.",
  "findings": [
    {"file": "answers/a.xml", "code": "CP-014", "path": "carePlan[1]/body", "count": 2}
  ]
}
```

A finding is known by its file, code and path, and as many times as `count` says; not by its line, which
moves. `file` is relative to the baseline's own folder and has `/` between its parts, so that the file
means the same on every machine.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import msgspec

from riv_careplans.errors import ConfigurationError
from riv_careplans.rules import Text
from riv_careplans.validation.report import Examined, Layer, ReportedFinding, Verdict, verdict_of

__all__ = ["BASELINE_VERSION", "Baseline", "Codes", "WrongSelection", "judged", "read_baseline"]

BASELINE_VERSION: Final = "1.0"

_ALWAYS: Final = frozenset({Layer.FILE, Layer.XML, Layer.SOAP, Layer.CONTRACT})
"""Where these find something, nothing else was asked: to select other codes must not make it right."""
_ABOUT: Final = "Findings that are known and do not fail the build; made by riv-careplans validate."
_LARGEST_BASELINE: Final = 100 * 1024 * 1024
_NUMBER: Final = re.compile(r"\[[0-9]+\]$")
_STANDARD_INPUT: Final = "-"

_Known: TypeAlias = tuple[str, str, str]
"""File, code and path of a finding."""


class WrongSelection(ConfigurationError):
    """What was asked for cannot be followed; `text` says why in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.english)
        self.text = text


# --- codes --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """The codes whose findings count: those selected, without those ignored."""

    selected: tuple[str, ...] = ()
    """Codes, families such as `CP2`, or beginnings such as `CP-01`; all when empty."""

    ignored: tuple[str, ...] = ()
    """As `selected`; goes before it."""

    @classmethod
    def of(cls, selected: Iterable[str], ignored: Iterable[str], *, known: Collection[str]) -> Codes:
        """Read what was asked for; several may stand in one text, with commas between them.

        Raises `WrongSelection` for what fits none of the known codes.
        """
        return cls(selected=_asked(selected, known), ignored=_asked(ignored, known))

    def count(self, finding: ReportedFinding) -> bool:
        """Say whether a finding counts.

        One that kept a document from being examined at all counts unless it is ignored by its code.
        """
        if any(_fits(finding.code, one) for one in self.ignored):
            return False
        return finding.layer in _ALWAYS or self.ask_for(finding.code)

    def ask_for(self, code: str) -> bool:
        """Say whether a code is selected and not ignored."""
        ignored = any(_fits(code, one) for one in self.ignored)
        return not ignored and (not self.selected or any(_fits(code, one) for one in self.selected))


def _fits(code: str, asked: str) -> bool:
    """Say whether a code is the one asked for, of the family, or begins so."""
    return code.startswith(asked) if "-" in asked else code.partition("-")[0] == asked


def _asked(texts: Iterable[str], known: Collection[str]) -> tuple[str, ...]:
    asked = [part.strip().upper() for text in texts for part in text.split(",") if part.strip()]
    for one in asked:
        if not any(_fits(code, one) for code in known):
            raise WrongSelection(_unknown_code(one, known))
    return tuple(asked)


def _unknown_code(asked: str, known: Collection[str]) -> Text:
    families = {code.partition("-")[0] for code in known}
    near = difflib.get_close_matches(asked, sorted({*known, *families}), n=1)
    told = "".join(letter for letter in asked[:40] if letter.isprintable())
    return Text(
        f"there is no code {told}; "
        + (f"did you mean {near[0]}?" if near else "riv-careplans rules lists those there are"),
        f"det finns ingen kod {told}; "
        + (f"menade du {near[0]}?" if near else "riv-careplans rules räknar upp dem som finns"),
    )


# --- baseline -----------------------------------------------------------------------------------


class _Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    file: str
    code: str
    path: str
    count: Annotated[int, msgspec.Meta(ge=1)] = 1


class _File(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    format_version: str
    findings: list[_Entry]


class Baseline:
    """What is known, and what of it has been found again; one for each run."""

    def __init__(self, path: Path, known: Mapping[_Known, int], *, update: bool) -> None:
        self._path = path
        self._folder = os.path.dirname(os.path.abspath(path))  # noqa: PTH100, PTH120 - for relpath, below
        self._known = dict(known)
        self._left = Counter(known)
        self._files = {_without_number(file) for file, _, _ in known}
        self._examined: set[str] = set()
        self._update = update
        self._found: Counter[_Known] = Counter()

    def knows(self, finding: ReportedFinding) -> bool:
        """Say whether a finding is a known one; each is known as many times as it was written down.

        While the baseline is being updated, every finding is.
        """
        one = (self._relative(finding.file), finding.code, finding.path)
        if self._update:
            self._found[one] += 1
            return True
        if not self._left[one]:
            return False
        self._left[one] -= 1
        return True

    def saw(self, name: str) -> None:
        """Remember that a document was examined: only in such can a known finding be gone."""
        if self._files:
            file = _without_number(self._relative(name))
            if file in self._files:
                self._examined.add(file)

    def stale(self, codes: Codes) -> int:
        """Return how many known findings were not found again in what was examined."""
        return sum(
            count
            for (file, code, _), count in self._left.items()
            if _without_number(file) in self._examined and codes.ask_for(code)
        )

    def write(self, codes: Codes) -> int:
        """Write what was found, whole or not at all; return how many findings are known now.

        What is known of documents that still exist but were not examined, or by codes that were not
        asked for, stays. Raises `WrongSelection` when the file cannot be written.
        """
        known = Counter(self._found)
        for one, count in self._known.items():
            file, code, _ = one
            base = _without_number(file)
            if base in self._examined:
                stays = not codes.ask_for(code)
            else:
                stays = base == _STANDARD_INPUT or os.path.lexists(Path(self._folder, base))
            if stays:
                known[one] = max(known[one], count)
        lines = [
            json.dumps({"file": file, "code": code, "path": path, "count": count}, ensure_ascii=False)
            for (file, code, path), count in sorted(known.items())
        ]
        about = f'{{\n  "formatVersion": "{BASELINE_VERSION}",\n  "about": "{_ABOUT}",\n'
        findings = "".join(f"\n    {line}," for line in lines).rstrip(",") + ("\n  " if lines else "")
        try:
            _replace(self._path, f'{about}  "findings": [{findings}]\n}}\n'.encode())
        except OSError as exc:
            raise _broken(
                self._path, f"cannot be written ({exc.strerror})", f"går inte att skriva ({exc.strerror})"
            ) from None
        return known.total()

    def _relative(self, name: str) -> str:
        if not name or name.partition("[")[0] == _STANDARD_INPUT:
            return name
        try:
            relative = os.path.relpath(name, self._folder)
        except ValueError:
            # On another drive than the baseline.
            relative = os.path.abspath(name)  # noqa: PTH100 - as above
        return relative.replace(os.sep, "/")


def read_baseline(path: Path, *, update: bool = False) -> Baseline:
    """Read a baseline; when it is to be updated, it need not be there yet.

    Raises `WrongSelection` when it is missing, or is no baseline of a version known here.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_BASELINE + 1)
    except FileNotFoundError:
        if update:
            return Baseline(path, {}, update=True)
        raise _broken(
            path,
            "there is no such file: make it with --update-baseline",
            "filen finns inte: gör den med --update-baseline",
        ) from None
    except OSError as exc:
        raise _broken(
            path, f"cannot be read ({exc.strerror})", f"går inte att läsa ({exc.strerror})"
        ) from None
    try:
        content = msgspec.json.decode(data, type=_File)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as exc:
        place = str(exc).rpartition(" - at ")[2] if isinstance(exc, msgspec.ValidationError) else ""
        where = f" (at {place})" if place else "", f" (vid {place})" if place else ""
        raise _broken(
            path,
            f"this is no baseline{where[0]}: make it anew with --update-baseline in an empty place",
            f"det här är ingen baslinje{where[1]}: gör en ny med --update-baseline på en tom plats",
        ) from None
    if content.format_version != BASELINE_VERSION:
        raise _broken(
            path,
            f"its formatVersion is another than {BASELINE_VERSION}, which is the one known here",
            f"dess formatVersion är en annan än {BASELINE_VERSION}, som är den som är känd här",
        )
    known: Counter[_Known] = Counter()
    for one in content.findings:
        known[one.file, one.code, one.path] += one.count
    return Baseline(path, known, update=update)


def _broken(path: Path, english: str, swedish: str) -> WrongSelection:
    return WrongSelection(Text(f"{path}: {english}", f"{path}: {swedish}"))


def _without_number(file: str) -> str:
    """Return the stream that a message, such as `answers.xml[3]`, stands in."""
    return _NUMBER.sub("", file)


def _replace(path: Path, data: bytes) -> None:
    """Write a file so that nobody ever sees half of it, nor an empty one after a power cut."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(handle)
        Path(temporary).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


# --- both ---------------------------------------------------------------------------------------


def judged(examined: Examined, codes: Codes, baseline: Baseline | None) -> Examined:
    """Leave out the findings that do not count or are known, and judge by those that are left."""
    if baseline is not None:
        baseline.saw(examined.name)
    asked = [finding for finding in examined.findings if codes.count(finding)]
    left = tuple(finding for finding in asked if baseline is None or not baseline.knows(finding))
    if len(left) == len(examined.findings):
        return examined
    verdict = examined.verdict if examined.verdict is Verdict.SKIPPED else verdict_of(left)
    known = examined.known + len(asked) - len(left)
    return msgspec.structs.replace(examined, findings=left, verdict=verdict, known=known)
