"""What a conformance run is told: whom to ask, about which test patient, and how long.

Every number that someone may want to change is here, with a default and one docstring.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal
from urllib.parse import SplitResult, urlsplit, urlunsplit

from riv_careplans.errors import ConfigurationError
from riv_careplans.identity import PersonId
from riv_careplans.model import II
from riv_careplans.rules import Text
from riv_careplans.rules.repeats import repeats
from riv_careplans.settings import Version

__all__ = ["NATIONAL_ADDRESS", "UNKNOWN_PATIENT", "CheckSettings"]

NATIONAL_ADDRESS: Final = "5565594230"
"""Inera's logical address, asked for when none is told. TKB clinicalprocess:logistics:logistics, 4.1."""

UNKNOWN_PATIENT: Final = "188803099368"
"""A published test identity: whom the national platform's own tests know nothing about."""

_LONGEST_ADDRESS: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSettings:
    """One run against one producer; raises `ConfigurationError` or `InvalidIdentifier` when it cannot be."""

    url: str
    """Where the producer listens: http or https."""

    patient: str = field(repr=False)
    """A test patient whom the producer has records about: personnummer or samordningsnummer.

    There is no default: whoever asks for a person's records must mean it.
    """

    logical_address: str | None = None
    """HSA-id of the source system. None asks for the national address, and leaves PC-006 out."""

    contract: Version | None = None
    """The version of GetCarePlans to check; None checks those that the producer shows or answers."""

    unknown_patient: str = field(default=UNKNOWN_PATIENT, repr=False)
    """A test patient whom the producer does not know."""

    certificate: Path | None = None
    """Client certificate (PEM) for mutual TLS."""

    key: Path | None = None
    """The certificate's private key (PEM)."""

    authority: Path | None = None
    """The authority (PEM) that must have issued the producer's certificate; None takes the system's."""

    schemas: Path | None = None
    """An official release package to validate answers against; None takes the schemas shipped."""

    questions: int = 20
    """Questions whose time is taken, 1 to 1 000."""

    parallel: int = 10
    """Questions asked at the same time, 2 to 50.

    "Samtidighet: minst 10" -- TKB clinicalprocess:logistics:logistics 3.0.13, SLA
    """

    connect_timeout: float = 5
    """Seconds for a connection, TLS included."""

    timeout: float = 30
    """Seconds for one question and its answer; the contract gives the producer 27."""

    deadline: float = 300
    """Seconds for the whole run; what has not been checked by then is skipped."""

    max_answer_bytes: int = 15 * 1024 * 1024
    """A larger answer is not read further."""

    max_requests: int = 1500
    """Requests in the whole run, at most."""

    language: Literal["sv", "en"] = "en"
    """The language of what stands once in a report, such as why a check was skipped."""

    select: tuple[str, ...] = ()
    """Checks to run, as codes or their beginnings; empty runs all."""

    ignore: tuple[str, ...] = ()
    """Checks to leave out, as codes or their beginnings."""

    def __post_init__(self) -> None:
        """Refuse what cannot work, before anything is asked."""
        _check_address(self.url)
        if repeats(self.person)(self.url) or repeats(self.unknown_person)(self.url):
            raise ConfigurationError("url: expected no person id in it: it stands in the report")
        if self.person.key == self.unknown_person.key:
            raise ConfigurationError("the unknown patient must be another than the test patient")
        address = self.address
        if not address.isascii() or not address.isprintable() or " " in address:
            raise ConfigurationError("logical address: expected an HSA-id without blanks")
        if not 0 < len(address) <= _LONGEST_ADDRESS:
            raise ConfigurationError(f"logical address: expected 1 to {_LONGEST_ADDRESS} characters")
        if self.key is not None and self.certificate is None:
            raise ConfigurationError("key: expected a certificate beside it")
        if (self.certificate or self.authority) and not self.is_tls:
            raise ConfigurationError("certificate, key and authority need a url with https://")
        for name, value, least, most in (
            ("questions", self.questions, 1, 1000),
            ("parallel", self.parallel, 2, 50),
            ("connect timeout", self.connect_timeout, 0.01, 60),
            ("timeout", self.timeout, 0.01, 300),
            ("deadline", self.deadline, 0.01, 3600),
            ("max answer bytes", self.max_answer_bytes, 1024, 50 * 1024 * 1024),
            ("max requests", self.max_requests, 1, 10_000),
        ):
            if not least <= value <= most:
                raise ConfigurationError(f"{name}: expected {least} to {most}")

    def say(self, text: Text) -> str:
        """Return a text in the chosen language."""
        return text.swedish if self.language == "sv" else text.english

    @property
    def parts(self) -> SplitResult:
        """The url, taken apart, without a `?wsdl` at its end."""
        parts = urlsplit(self.url)
        return parts._replace(fragment="", query="" if parts.query.lower() == "wsdl" else parts.query)

    @property
    def shown_url(self) -> str:
        """The url as it may stand in a report: without its query."""
        return urlunsplit(self.parts._replace(query=""))

    @property
    def is_tls(self) -> bool:
        """Say whether the producer is reached over TLS."""
        return self.parts.scheme == "https"

    @property
    def address(self) -> str:
        """The logical address that is asked for."""
        return NATIONAL_ADDRESS if self.logical_address is None else self.logical_address

    @property
    def person(self) -> II:
        """The test patient."""
        return _identity(self.patient)

    @property
    def unknown_person(self) -> II:
        """Whom the producer does not know."""
        return _identity(self.unknown_patient)


def _identity(text: str) -> II:
    person = PersonId.parse(text)
    return II(root=person.root, extension=person.extension)


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
            raise ValueError  # noqa: TRY301 - one sentence for every reason
        parts.hostname.encode("idna")
        if not url.isascii() or not url.isprintable() or " " in url:
            raise ValueError  # noqa: TRY301 - as above
    except ValueError:
        raise ConfigurationError(
            "url: expected http:// or https:// with a host name, such as https://example.org:8443/careplans"
        ) from None
    if parts.username is not None or parts.password is not None:
        raise ConfigurationError("url: expected no user name or password in it: it stands in the report")
