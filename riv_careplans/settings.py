"""Settings: frozen, read from TOML, handed in.

Every number and every path that an operator may want to change is here with a sensible default and
one docstring. No module reads the environment or a file by itself.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal, TypeVar, get_args

import msgspec

from riv_careplans.errors import ConfigurationError

__all__ = ["AskSettings", "ProducerAddress", "ProducerSettings", "load"]

Settings = TypeVar("Settings")

Seconds = Annotated[float, msgspec.Meta(gt=0, le=300)]
Address = Annotated[str, msgspec.Meta(pattern=r"^[!-~]{1,64}\Z")]
Version = Literal["3.0", "2.0"]
Url = Annotated[str, msgspec.Meta(pattern=r"^https?://[^/?#\s]\S*\Z")]


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

    def __post_init__(self) -> None:
        """Refuse two sources with one address; raises `ValueError`, which `load` tells with its place."""
        if len({source.logical_address.upper() for source in self.sources}) < len(self.sources):
            raise ValueError("sources: two of them have the same logical-address: each must have its own")


def load(path: Path, kind: type[Settings]) -> Settings:
    """Read settings of a kind from a TOML file.

    Relative paths in it are relative to the file, and what they name must be there. Raises
    `ConfigurationError` with one sentence that names the file and the setting.
    """
    try:
        # The mark that some editors put first is no part of the text.
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else "it is not UTF-8"
        raise ConfigurationError(f"{path}: the settings cannot be read: {reason}") from None
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise ConfigurationError(f"{path}: this is not TOML: {_uncapitalised(str(exc))}") from None
    try:
        return msgspec.convert(read, kind, dec_hook=lambda wanted, value: _file(path.parent, wanted, value))
    except msgspec.ValidationError as exc:
        problem, _, where = str(exc).partition(" - at `$")
        setting = where.removesuffix("`").removeprefix(".")
        sentence = _sentence(problem, kind, setting)
        raise ConfigurationError(": ".join(filter(None, (str(path), setting, sentence)))) from None


def _file(folder: Path, wanted: type, value: object) -> object:
    if wanted is not Path:
        raise NotImplementedError
    if not isinstance(value, str):
        raise ValueError("expected a path in quotes")  # noqa: TRY004 - msgspec adds where it stood
    if not (folder / value).is_file():
        raise ValueError("there is no such file")
    return folder / value


# --- mistakes, told as an operator would --------------------------------------------------------

_FORMS = {
    repr(r"^[!-~]{1,64}\Z"): "an address of at most 64 characters, without blanks",
    repr(r"^https?://[^/?#\s]\S*\Z"): "an address that begins with http:// or https:// and names a host",
    repr("^(3[.]0|2[.]0)$"): 'a contract version, "3.0" or "2.0"',
}
_WORDS = {
    "array": "a list in square brackets",
    "bool": "true or false",
    "date": "a date",
    "datetime": "a time",
    "float": "a number",
    "int": "a whole number",
    "object": "a table",
    "str": "a text in quotes",
    "time": "a time of day",
}
_BOUNDS = {">=": "of at least", "<=": "of at most", ">": "above"}


def _unknown(found: re.Match[str], kind: type, setting: str) -> str:
    known = _settings_in(kind, setting)
    name = " ".join(found[1].split())
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
    return f"there is no setting {name}; {hint}"


def _missing(found: re.Match[str], _kind: type, _setting: str) -> str:
    return f"the setting {found[1]} is missing"


def _of_another_kind(found: re.Match[str], _kind: type, setting: str) -> str:
    if found.groups() == ("array", "object"):
        return f"expected a list of tables: write [[{setting}]]"
    return f"expected {_WORDS[found[1]]}, not {_WORDS[found[2]]}"


def _of_wrong_length(found: re.Match[str], _kind: type, _setting: str) -> str:
    return f"expected a list {_BOUNDS[found[1]]} {found[2]}"


def _out_of_bounds(found: re.Match[str], _kind: type, _setting: str) -> str:
    return f"expected {_WORDS[found[1]]} {_BOUNDS[found[2]]} {found[3].removesuffix('.0')}"


def _of_another_form(found: re.Match[str], _kind: type, _setting: str) -> str:
    return f"expected {_FORMS[found[1]]}"


def _of_no_version(_found: re.Match[str], _kind: type, _setting: str) -> str:
    known = " or ".join(f'"{version}"' for version in get_args(Version))
    return f"expected {known}"


_SENTENCES: dict[str, Callable[[re.Match[str], type, str], str]] = {
    r"Object contains unknown field `(.*)`": _unknown,
    r"Object missing required field `(.*)`": _missing,
    r"Expected `(\w+)[^`]*`, got `(\w+)`": _of_another_kind,
    r"Expected `array[^`]*` of length (>=|<=) (\d+)": _of_wrong_length,
    r"Expected `(\w+)[^`]*` (>=|<=|>) ([0-9.]+)": _out_of_bounds,
    r"Expected `str[^`]*` matching regex (.*)": _of_another_form,
    r"Invalid enum value .*": _of_no_version,
}
"""What msgspec says, and how an operator would."""


def _sentence(problem: str, kind: type, setting: str) -> str:
    for pattern, say in _SENTENCES.items():
        if found := re.fullmatch(pattern, problem, re.DOTALL):
            return say(found, kind, setting)
    return problem


def _settings_in(kind: type, setting: str) -> list[str]:
    """Return the names of the settings in a table, which is found by its path."""
    for step in re.findall(r"[^.\[\]]+(?=[.\[]|$)", setting):
        field = next(field for field in msgspec.structs.fields(kind) if field.encode_name == step)
        found = msgspec.inspect.type_info(field.type)
        kind = getattr(getattr(found, "item_type", found), "cls", kind)
    return [field.encode_name for field in msgspec.structs.fields(kind)]


def _uncapitalised(text: str) -> str:
    return text[:1].lower() + text[1:]
