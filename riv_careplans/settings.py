"""Settings: frozen, read from TOML, handed in.

Every number and every path that an operator may want to change is here with a sensible default and
one docstring. No module reads the environment or a file by itself.
"""

from __future__ import annotations

import difflib
import ipaddress
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal, TypeVar, get_args

import msgspec

from riv_careplans.errors import ConfigurationError

__all__ = [
    "AskSettings",
    "CallerSettings",
    "IndexAddress",
    "IndexSettings",
    "OutboxSettings",
    "ProducerAddress",
    "ProducerSettings",
    "ProxySettings",
    "ServedSource",
    "TlsSettings",
    "is_address",
    "load",
]

Settings = TypeVar("Settings")

Seconds = Annotated[float, msgspec.Meta(gt=0, le=300)]
Address = Annotated[
    str,
    msgspec.Meta(
        # A person's number is no address, and would be logged as one.
        pattern=r"^(?!(?:18|19|20)[0-9]{6}[-+]?[0-9]{4}\Z|[0-9]{2}[01][0-9]{3}[-+][0-9]{4}\Z)[!-~]{1,64}\Z"
    ),
]
Network = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Fa-f.:]{2,45}(?:/[0-9]{1,3})?\Z")]
HeaderName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9-]{1,64}\Z")]
ContractName = Annotated[str, msgspec.Meta(pattern=r"^(?:[*]|[A-Za-z]{1,64} [0-9]{1,3}[.][0-9]{1,3})\Z")]
Mebibytes = Annotated[int, msgspec.Meta(ge=1, le=4096)]
Version = Literal["3.0", "2.0"]
Url = Annotated[str, msgspec.Meta(pattern=r"^https?://[^/?#\s]\S*\Z")]


class TlsSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The producer's own end of mutual TLS; the files are read again when they change."""

    certificate: Path
    """The producer's certificate and the chain above it (PEM)."""

    key: Path
    """The certificate's private key (PEM), without a password."""

    authority: Path
    """The authorities (PEM) one of which must have issued a caller's certificate."""


class ProxySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """A TLS proxy in front, which has checked the caller's certificate."""

    addresses: Annotated[tuple[Network, ...], msgspec.Meta(min_length=1)]
    """The proxy's own addresses or networks: nobody else may ask, and nobody else's header is read."""

    header: HeaderName
    """The header in which the proxy tells who called; it must overwrite what the caller sent."""

    carries: Literal["certificate", "subject"] = "certificate"
    """The caller's certificate (PEM, escaped as in a URL or not), or its subject as in RFC 2253."""


class CallerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """A system that may ask."""

    hsa_id: Address
    """The HSA-id in its certificate; `*` is everyone whose certificate is accepted."""

    contracts: tuple[ContractName, ...] = ("*",)
    """What it may ask, such as `GetCarePlans 3.0`; `*` is everything that is spoken here."""

    logical_addresses: tuple[Address, ...] = ("*",)
    """Whom it may ask; `*` is everyone who answers here."""

    trusted_platform: bool = False
    """Its word on who started the chain (x-rivta-original-serviceconsumer-hsaid) is believed."""


class ServedSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """One of several source systems in one process: a folder or an object."""

    logical_address: Address
    """The address that it answers for."""

    directory: str = ""
    """A folder of XML files, relative to the settings file."""

    source: str = ""
    """An object of the vendor's own: MODULE:OBJECT."""


class OutboxSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """How changes reach the engagement index.

    `serve-producer` sends what waits in the database, and finds the changes of a folder itself. Any other
    program says its own: it opens `Outbox` on the same settings, and calls `changed` and `removed`.
    """

    url: Url
    """Where the index's Update is, or the platform in front of it."""

    logical_address: Address
    """HSA-id of the index's owner, sent as the LogicalAddress header."""

    source_system: Address
    """HSA-id of this source system: whom others then ask."""

    data_controller: Address
    """`SE` and the organisation number of the one responsible for the data (personuppgiftsansvarig)."""

    database: str = "sqlite:///outbox.sqlite"
    """Where changes wait: `sqlite:///FILE`, or `postgresql+psycopg://USER@HOST/DATABASE`."""

    batch: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1000
    """Changes in one Update; the national index takes a thousand."""

    timeout: Seconds = 8
    """Seconds for one Update."""

    certificate: Path | None = None
    """Client certificate (PEM) for mutual TLS."""

    key: Path | None = None
    """The certificate's private key (PEM)."""

    authority: Path | None = None
    """The authority (PEM) that must have issued the index's certificate; the system's when empty."""


class ProducerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """How a source is served as a producer."""

    logical_addresses: tuple[Address, ...] = ()
    """The addresses this producer answers for (HSA-ids); empty answers for any address."""

    sources: Annotated[tuple[ServedSource, ...], msgspec.Meta(max_length=50)] = ()
    """Several source systems in one process, each with an address of its own."""

    contracts: Annotated[tuple[Version, ...], msgspec.Meta(min_length=1)] = ("3.0", "2.0")
    """The versions of GetCarePlans it speaks, on the same endpoint."""

    tls: TlsSettings | None = None
    """Mutual TLS in the process."""

    proxy: ProxySettings | None = None
    """A TLS proxy in front."""

    callers: tuple[CallerSettings, ...] = ()
    """Who may ask; must be said with TLS or a proxy, and cannot be known without."""

    anyone_may_ask: bool = False
    """Serve other computers without TLS and without a proxy: whoever reaches the port gets answers."""

    max_request_bytes: Annotated[int, msgspec.Meta(ge=1024, le=50 * 1024 * 1024)] = 1024 * 1024
    """A larger question is refused with HTTP 413, before it is parsed."""

    max_records: Annotated[int, msgspec.Meta(ge=1)] = 2000
    """More records than this are cut, the newest kept, and the answer says that there are more."""

    check_records: bool = True
    """Validate every record before it leaves: one that breaks the contract is held back and logged."""

    structure_in_2: bool = False
    """Let each record of an answer in GetCarePlans 2.0 carry itself in structured form too.

    Receivers that know it read it and others ignore it; it doubles the answer, its documents left out.
    Internal notes are not carried in what the patient may see.
    """

    index: OutboxSettings | None = None
    """Where the engagement index is told of changes; nothing is told when empty."""

    threads: Annotated[int, msgspec.Meta(ge=1, le=256)] = 16
    """Questions answered at the same time."""

    source_deadline: Seconds = 27
    """Seconds for the source to answer in; then the caller gets a Fault.

    "Svarstid ≤ 27 s": the platform gives up after that.
    """

    read_deadline: Seconds = 10
    """Seconds for a whole question to arrive, the handshake of TLS included."""

    write_deadline: Seconds = 60
    """Seconds for a whole answer to be taken."""

    idle_deadline: Seconds = 60
    """Seconds that a connection is kept for the next question."""

    drain_deadline: Seconds = 10
    """Seconds for what has been asked to be answered when the producer ends."""

    max_connections: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 900
    """Open connections; for one more the one that has been idle longest is closed.

    Below the usual 1024 open files of a process.
    """

    max_waiting_questions: Mebibytes = 64
    """MiB of questions that are arriving; above it the large ones are cut off."""

    max_waiting_answers: Mebibytes = 128
    """MiB of answers that wait for slow readers; above it the oldest are cut off."""

    operations_allowed: tuple[Network, ...] = ("127.0.0.1", "::1")
    """Who may fetch /health/live, /health/ready and /metrics: addresses or networks."""

    operations_port: Annotated[int, msgspec.Meta(ge=0, le=65535)] | None = None
    """A port of its own for them, without TLS; otherwise they are found beside the service."""

    operations_host: str = "127.0.0.1"
    """The address of that port."""

    def __post_init__(self) -> None:
        """Refuse what would let in somebody else than was meant; raises `ValueError` with a sentence."""
        if self.tls and self.proxy:
            raise ValueError("proxy: behind a TLS proxy there is no TLS in the process: keep one of them")
        if (self.tls or self.proxy) and not self.callers:
            raise ValueError(
                'callers: with certificates, say who may ask: [[callers]] with hsa-id = "*" is everyone'
            )
        if self.callers and not (self.tls or self.proxy):
            raise ValueError("callers: without tls or proxy nobody can be known")
        if len({one.logical_address.upper() for one in self.sources}) < len(self.sources):
            raise ValueError("sources: two of them have the same logical-address: each must have its own")
        if any(bool(one.directory) == bool(one.source) for one in self.sources):
            raise ValueError("sources: each has either a directory or a source")
        if self.sources and self.index:
            raise ValueError("index: it tells of one source system: serve each of sources in its own process")
        if self.sources and self.logical_addresses:
            raise ValueError("logical-addresses: the sources have said theirs already")
        _check_networks("operations-allowed", self.operations_allowed)
        if self.proxy:
            _check_networks("proxy.addresses", self.proxy.addresses)
            if any(one.endswith("/0") for one in self.proxy.addresses):
                raise ValueError("proxy.addresses: a network of everybody would let anyone say who asks")


def _check_networks(setting: str, networks: tuple[str, ...]) -> None:
    if not all(map(_is_network, networks)):
        raise ValueError(f"{setting}: expected addresses or networks, such as 10.0.0.0/8")


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


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


class IndexAddress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The engagement index, as who asks it reaches it."""

    url: Url
    """Where its FindContent is, or the platform in front of it."""

    logical_address: Address
    """HSA-id of the index's owner, sent as the LogicalAddress header."""

    own_addresses: tuple[Address, ...] = ()
    """HSA-ids of this aggregating service itself: a post with one of them is not asked, as source system
    or as logical address, because it would ask itself."""

    certificate: Path | None = None
    """Client certificate (PEM) for mutual TLS."""

    key: Path | None = None
    """The certificate's private key (PEM)."""

    authority: Path | None = None
    """The authority (PEM) that must have issued the index's certificate; the system's when empty."""

    connect_timeout: Seconds = 2
    """Seconds for a connection."""

    timeout: Seconds = 3
    """Seconds for the whole answer, taken from the deadline for everything."""


class AskSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The sources to ask for a person's plans, and how long to wait."""

    sources: Annotated[tuple[ProducerAddress, ...], msgspec.Meta(min_length=1, max_length=50)]
    """The source systems, at most fifty in one question."""

    index: IndexAddress | None = None
    """The engagement index, which says whom of the sources to ask; without it all are asked."""

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


class IndexSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """How an engagement index is kept and served."""

    owner: Address
    """HSA-id of the organisation whose index this is: whom Updates are addressed to."""

    also_answers_for: tuple[Address, ...] = ()
    """Other logical addresses that mean this index."""

    database: str = "sqlite:///index.sqlite"
    """Where the posts are: `sqlite:///FILE`, or `postgresql://USER@HOST/DATABASE`."""

    database_timeout: Annotated[float, msgspec.Meta(ge=0.1, le=60)] = 5
    """Seconds to wait for others' locks, or for the database's server; then the caller gets a Fault."""

    secret_file: Path | None = None
    """At least 32 random bytes that seal the patients' ids in the database; without it the secret lies in
    the database itself. Without the file that the database was begun with, nothing can be found in it."""

    max_transactions: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 1000
    """Transactions in one Update; the national index takes a thousand."""

    max_found: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 10_000
    """More posts about one patient than this are a Fault: a part of them would look like all."""

    duplicates_are_faults: bool = False
    """Answer two transactions with the same key with the Fault EI002, as the national index does.

    Otherwise with the result ERROR, as the contract's description says: it is the norm, and whoever sent
    them learns that sending again is useless, where a Fault looks like a failure that may pass.
    """

    reserved_logical_addresses: tuple[Address, ...] = ()
    """Nobody may register a post with one of these: an aggregating service would ask itself (EI005)."""

    reserved_source_systems: tuple[Address, ...] = ()
    """As above, for the source system (EI006)."""

    correlation_id_required: bool = False
    """Refuse a FindContent without the HTTP header x-skltp-correlation-id, as the national index does."""

    max_request_bytes: Annotated[int, msgspec.Meta(ge=1024, le=50 * 1024 * 1024)] = 4 * 1024 * 1024
    """A larger question is refused with HTTP 413; a thousand posts take about one MiB."""

    serving: ProducerSettings = ProducerSettings()
    """TLS, callers, deadlines and limits, as for a producer. What is said there of a source and of
    GetCarePlans has no meaning here."""


def is_address(text: str) -> bool:
    """Tell whether a text that somebody else gave could be a logical address in settings."""
    return re.search(_pattern(Address), text) is not None


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


def _pattern(form: object) -> str:
    return next(str(meta.pattern) for meta in get_args(form) if isinstance(meta, msgspec.Meta))


_FORMS = {
    repr(
        _pattern(Address)
    ): "an address of at most 64 characters, without blanks, that is no person's number",
    repr(_pattern(Network)): "an address or a network, such as 10.0.0.0/8",
    repr(_pattern(HeaderName)): "the name of a header: letters, digits and hyphens",
    repr(_pattern(ContractName)): "a contract and its version, such as GetCarePlans 3.0",
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


def _of_another_choice(_found: re.Match[str], kind: type, setting: str) -> str:
    *steps, last = _steps(setting)
    found = msgspec.inspect.type_info(_field(_table_at(kind, steps), last).type)
    choices: tuple[object, ...] = getattr(getattr(found, "item_type", found), "values", ())
    known = " or ".join(f'"{choice}"' for choice in choices)
    return f"expected {known}"


_SENTENCES: dict[str, Callable[[re.Match[str], type, str], str]] = {
    r"Object contains unknown field `(.*)`": _unknown,
    r"Object missing required field `(.*)`": _missing,
    r"Expected `(\w+)[^`]*`, got `(\w+)`": _of_another_kind,
    r"Expected `array[^`]*` of length (>=|<=) (\d+)": _of_wrong_length,
    r"Expected `(\w+)[^`]*` (>=|<=|>) ([0-9.]+)": _out_of_bounds,
    r"Expected `str[^`]*` matching regex (.*)": _of_another_form,
    r"Invalid enum value .*": _of_another_choice,
}
"""What msgspec says, and how an operator would."""


def _sentence(problem: str, kind: type, setting: str) -> str:
    for pattern, say in _SENTENCES.items():
        if found := re.fullmatch(pattern, problem, re.DOTALL):
            return say(found, kind, setting)
    return problem


def _settings_in(kind: type, setting: str) -> list[str]:
    """Return the names of the settings in a table, which is found by its path."""
    return [field.encode_name for field in msgspec.structs.fields(_table_at(kind, _steps(setting)))]


def _steps(setting: str) -> list[str]:
    return re.findall(r"[^.\[\]]+(?=[.\[]|$)", setting)


def _table_at(kind: type, steps: list[str]) -> type:
    for step in steps:
        found = msgspec.inspect.type_info(_field(kind, step).type)
        found = getattr(found, "item_type", found)
        choices = getattr(found, "types", (found,))
        kind = next((choice.cls for choice in choices if hasattr(choice, "cls")), kind)
    return kind


def _field(kind: type, name: str) -> msgspec.structs.FieldInfo:
    return next(field for field in msgspec.structs.fields(kind) if field.encode_name == name)


def _uncapitalised(text: str) -> str:
    return text[:1].lower() + text[1:]
