"""Settings: frozen, read from TOML, handed in.

Every number and every path that an operator may want to change is here with a sensible default and
one docstring. No module reads the environment or a file by itself.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec

from riv_careplans.errors import ConfigurationError

__all__ = ["AskSettings", "ProducerAddress", "ProducerSettings", "load"]

Settings = TypeVar("Settings")

Seconds = Annotated[float, msgspec.Meta(gt=0, le=300)]
Address = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Version = Literal["3.0", "2.0"]
Url = Annotated[str, msgspec.Meta(pattern="^https?://")]


class ProducerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """How a source is served as a producer."""

    logical_addresses: tuple[Address, ...] = ()
    """The addresses this producer answers for (HSA-ids); empty answers for any address."""

    contracts: Annotated[tuple[Version, ...], msgspec.Meta(min_length=1)] = ("3.0", "2.0")
    """The versions of GetCarePlans it speaks, on the same endpoint."""

    max_request_bytes: Annotated[int, msgspec.Meta(ge=1024, le=50 * 1024 * 1024)] = 1024 * 1024
    """A larger question is refused with HTTP 413, before it is parsed."""

    max_records: Annotated[int, msgspec.Meta(ge=1)] = 2000
    """More records than this are cut, the newest kept, and the answer says that there are more."""

    check_records: bool = True
    """Validate every record before it leaves: one that breaks the contract is held back and logged."""

    read_deadline: Seconds = 10
    """Seconds for a whole question to arrive."""


class ProducerAddress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """One source system, as the consumer reaches it."""

    logical_address: Address
    """HSA-id of the source system, sent as the LogicalAddress header."""

    url: Url
    """Where its producer, or the platform in front of it, listens."""

    name: str = ""
    """What a person calls it; the logical address when empty."""

    contract: Annotated[str, msgspec.Meta(pattern="^(3[.]0|2[.]0)$")] = "3.0"
    """The version of GetCarePlans it speaks."""

    certificate: Path | None = None
    """Client certificate (PEM) for mutual TLS."""

    key: Path | None = None
    """The certificate's private key (PEM)."""

    authority: Path | None = None
    """The authority (PEM) that must have issued the producer's certificate; the system's when empty."""

    original_consumer: Address | None = None
    """Sent as x-rivta-original-serviceconsumer-hsaid."""

    connect_timeout: Seconds = 2
    """Seconds for a connection."""

    timeout: Seconds = 8
    """Seconds for the whole call; then it is reported as lost, never left out."""

    max_answer_bytes: Annotated[int, msgspec.Meta(ge=1024, le=50 * 1024 * 1024)] = 15 * 1024 * 1024
    """A larger answer is not read further."""


class AskSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The sources to ask for a person's plans, and how long to wait."""

    sources: Annotated[tuple[ProducerAddress, ...], msgspec.Meta(min_length=1, max_length=50)]
    """The source systems, at most fifty in one question."""

    deadline: Annotated[float, msgspec.Meta(gt=0, le=27)] = 10
    """Seconds for everything: what has arrived by then is shown, and what has not is named.

    "Svarstid ≤ 27 s": the platform gives up after that, and everything would be lost.
    """

    max_parallel: Annotated[int, msgspec.Meta(ge=1, le=50)] = 50
    """Sources asked at the same time."""


def load(path: Path, kind: type[Settings]) -> Settings:
    """Read settings of a kind from a TOML file.

    Relative paths in it are relative to the file. Raises `ConfigurationError` with one sentence that
    names the file and the setting.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else "it is not UTF-8"
        raise ConfigurationError(f"{path}: the settings cannot be read: {reason}") from None
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise ConfigurationError(f"{path}: this is not TOML: {exc}") from None
    try:
        return msgspec.convert(read, kind, dec_hook=lambda wanted, value: _path(path.parent, wanted, value))
    except msgspec.ValidationError as exc:
        problem, _, where = str(exc).partition(" - at ")
        setting = where.strip("`").removeprefix("$").lstrip(".") or "the file"
        raise ConfigurationError(f"{path}: {setting}: {_sentence(problem)}") from None


def _path(folder: Path, wanted: type, value: object) -> object:
    if wanted is Path and isinstance(value, str):
        return folder / value
    raise NotImplementedError


_FORMS = {
    "^https?://": "an address that begins with http:// or https://",
    "^(3[.]0|2[.]0)$": 'a contract version, "3.0" or "2.0"',
}
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`")


def _sentence(problem: str) -> str:
    """Say a mistake as an operator would: which setting was meant, what would be right."""
    unknown = _UNKNOWN.match(problem)
    if unknown:
        kinds = (ProducerSettings, ProducerAddress, AskSettings)
        known = {field.encode_name for kind in kinds for field in msgspec.structs.fields(kind)}
        near = difflib.get_close_matches(unknown[1], known, n=1)
        return f"there is no setting {unknown[1]}" + (f"; did you mean {near[0]}?" if near else "")
    for pattern, form in _FORMS.items():
        if pattern in problem:
            return f"expected {form}"
    return problem[:1].lower() + problem[1:]
