"""Who and when: person ids, HSA-ids, OIDs and RIV-TA's times, parsed once at the border.

Knows no XML and no model. Nothing here repeats an identifier in an error: see `InvalidIdentifier`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from riv_careplans.errors import InvalidIdentifier

__all__ = [
    "HSA_ID",
    "HSA_ID_HL7",
    "LOCAL_ID",
    "ORGANISATIONSNUMMER",
    "PERSONNUMMER",
    "SAMORDNINGSNUMMER",
    "PartialTime",
    "PersonId",
    "format_date",
    "format_time",
    "format_timestamp",
    "has_right_check_digit",
    "identity_key",
    "is_hsa_id",
    "is_oid",
    "is_organisation_number",
    "is_uuid",
    "parse_date",
    "parse_time",
    "parse_timestamp",
    "swedish_time",
]

PERSONNUMMER: Final = "1.2.752.129.2.1.3.1"
SAMORDNINGSNUMMER: Final = "1.2.752.129.2.1.3.3"
HSA_ID: Final = "1.2.752.129.2.1.4.1"
HSA_ID_HL7: Final = "1.2.752.29.4.19"
"""HL7 Sweden's root for the same HSA-ids; compared as equal to RIV-TA's."""
ORGANISATIONSNUMMER: Final = "1.2.752.29.4.3"
LOCAL_ID: Final = "1.2.752.129.2.1.2.1"
"""Root of ids that have no OID of their own: the extension begins with the source system's HSA-id."""

_OID = re.compile(r"[0-2](\.(0|[1-9][0-9]*))+")
_HSA = re.compile(r"[Ss][Ee][0-9]{10}-[A-Za-z0-9]+(?:[.:_-][A-Za-z0-9]+)*")
_WRITTEN_PERSON_ID = re.compile(r"([0-9]{8})-?([0-9]{4})")
_TWELVE_DIGITS = re.compile(r"[0-9]{12}")
_TEN_DIGITS = re.compile(r"[0-9]{10}")
_DOUBLED = str.maketrans("0123456789", "0246813579")
"""Every digit becomes the sum of the digits of its double."""
_HSA_MAX = 64
_OFFSET_OF_SAMORDNINGSNUMMER = 60
_PARTIAL_FORMATS: Final = {4: "year", 6: "month", 8: "day", 14: "second"}
_FIRST_MOMENT: Final = "00000101000000"
"""What a shortened YYYYMMDDhhmmss goes on with."""
_SWEDEN: Final = ZoneInfo("Europe/Stockholm")


def is_oid(text: str) -> bool:
    """Say whether a text is an OID: digits separated by dots."""
    return _OID.fullmatch(text) is not None


def is_hsa_id(text: str) -> bool:
    """Say whether a text has the form of an HSA-id: SE, organisation number, hyphen, suffix."""
    return len(text) <= _HSA_MAX and _HSA.fullmatch(text) is not None


def is_organisation_number(text: str) -> bool:
    """Say whether a text is a bare organisation number: ten digits with a right check digit."""
    return _TEN_DIGITS.fullmatch(text) is not None and has_right_check_digit(text)


def is_uuid(text: str) -> bool:
    """Say whether a text is a UUID, written with hyphens, as a log id is (CP-018)."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def has_right_check_digit(ten_digits: str) -> bool:
    """Check the last of ten digits (weights 2, 1, 2, … and modulus 10)."""
    return sum(map(int, ten_digits[0::2].translate(_DOUBLED) + ten_digits[1::2])) % 10 == 0


def identity_key(root: str, extension: str | None) -> tuple[str, str]:
    """Return what two identities are compared by.

    HSA-ids are compared without regard to case and to which of their two roots was used. A root
    alone (an identity that is an OID or a UUID) compares as it stands.
    """
    if root in (HSA_ID, HSA_ID_HL7):
        # Only ASCII: the upper case of a dotless i is I, and two strangers would be the same.
        return HSA_ID, extension.upper() if extension and extension.isascii() else extension or ""
    return root, extension or ""


@dataclass(frozen=True, slots=True)
class PersonId:
    """A person's identity: the OID of the kind of number, and the number."""

    root: str
    """OID of personnummer, samordningsnummer or a (local) reservnummer."""

    extension: str
    """Twelve digits without separator; a reservnummer has the form of its issuer."""

    @classmethod
    def parse(cls, text: str, root: str | None = None) -> PersonId:
        """Read a person id; without a root, tell personnummer from samordningsnummer by the day.

        A hyphen before the last four digits and blanks around it all are accepted when no root is
        given, because people write it so. Raises `InvalidIdentifier` when the digits, the date or
        the check digit are wrong. Contract description, section 4: CP-002.
        """
        if root is None:
            written = _WRITTEN_PERSON_ID.fullmatch(text.strip())
            if not written:
                raise InvalidIdentifier("person id", "twelve digits, YYYYMMDDNNNN or YYYYMMDD-NNNN")
            text = written[1] + written[2]
            return cls.parse(text, SAMORDNINGSNUMMER if text[6] >= "6" else PERSONNUMMER)
        if root == PERSONNUMMER:
            _check_person_digits("personnummer", text, 0)
        elif root == SAMORDNINGSNUMMER:
            _check_person_digits("samordningsnummer", text, _OFFSET_OF_SAMORDNINGSNUMMER)
        elif not is_oid(root):
            raise InvalidIdentifier("kind of person id", "an OID as root")
        elif not text or text != text.strip() or not text.isprintable():
            raise InvalidIdentifier("reservnummer", "a number beside its root, without blanks around it")
        return cls(root, text)

    @property
    def masked(self) -> str:
        """The id as it may be shown on a screen: the last four characters are hidden."""
        return f"{self.extension[:-4]}-****" if len(self.extension) > 8 else "****"  # noqa: PLR2004 - a birth date

    def __repr__(self) -> str:
        """Hide the number: representations end up in logs."""
        return f"PersonId({self.root!r}, '****')"

    __str__ = __repr__


def _check_person_digits(kind: str, text: str, day_offset: int) -> None:
    if not _TWELVE_DIGITS.fullmatch(text):
        raise InvalidIdentifier(kind, "twelve digits without separator")
    day = int(text[6:8]) - day_offset
    try:
        date(int(text[:4]), int(text[4:6]), day)
    except ValueError:
        raise InvalidIdentifier(kind, "a date that exists in its first eight digits") from None
    if not has_right_check_digit(text[2:]):
        raise InvalidIdentifier(kind, "a right check digit at the end")


class PartialTime(msgspec.Struct, frozen=True, order=True, gc=False):
    """A point in time known to the year, the month, the day or the second."""

    digits: str
    """YYYY, YYYYMM, YYYYMMDD or YYYYMMDDhhmmss; Swedish local time."""

    def __post_init__(self) -> None:
        """Check the digits; raises `InvalidIdentifier` for a date that does not exist."""
        if len(self.digits) not in _PARTIAL_FORMATS or not (self.digits.isascii() and self.digits.isdigit()):
            raise InvalidIdentifier("time", "YYYY, YYYYMM, YYYYMMDD or YYYYMMDDhhmmss")
        parse_timestamp(self.digits + _FIRST_MOMENT[len(self.digits) :])

    @property
    def precision(self) -> str:
        """`year`, `month`, `day` or `second`."""
        return _PARTIAL_FORMATS[len(self.digits)]

    @property
    def start(self) -> datetime:
        """The first moment the text can mean."""
        return parse_timestamp(self.digits + _FIRST_MOMENT[len(self.digits) :])

    @property
    def last_day(self) -> date:
        """The last day the text can mean."""
        first = self.start.date()
        if self.precision == "year":
            return date(first.year, 12, 31)
        if self.precision == "month":
            return first.replace(day=monthrange(first.year, first.month)[1])
        return first


def parse_date(text: str) -> date:
    """Read YYYYMMDD; raises `InvalidIdentifier` for a date that does not exist (CP-001)."""
    try:
        # Digits only: fromisoformat also reads weeks (2026W011).
        if len(text) != 8 or not (text.isascii() and text.isdigit()):  # noqa: PLR2004 - YYYYMMDD
            raise ValueError  # noqa: TRY301 - one sentence for both reasons
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidIdentifier("date", "YYYYMMDD, a day that exists in the calendar") from None


def parse_timestamp(text: str) -> datetime:
    """Read YYYYMMDDhhmmss, Swedish local time, no zone; raises `InvalidIdentifier` (CP-001)."""
    try:
        # Digits only: fromisoformat also reads zones (08:00Z) and weeks.
        if len(text) != 14 or not (text.isascii() and text.isdigit()):  # noqa: PLR2004 - YYYYMMDDhhmmss
            raise ValueError  # noqa: TRY301 - one sentence for both reasons
        return datetime.fromisoformat(text[:8] + "T" + text[8:])
    except ValueError:
        raise InvalidIdentifier("time", "YYYYMMDDhhmmss, a moment that exists in the calendar") from None


def parse_time(text: str) -> time:
    """Read hhmmss; raises `InvalidIdentifier`."""
    try:
        if len(text) != 6 or not (text.isascii() and text.isdigit()):  # noqa: PLR2004 - hhmmss
            raise ValueError  # noqa: TRY301 - one sentence for both reasons
        return time.fromisoformat(text)
    except ValueError:
        raise InvalidIdentifier("time of day", "hhmmss") from None


def format_date(value: date) -> str:
    """Write YYYYMMDD."""
    return f"{value.year:04}{value.month:02}{value.day:02}"


def swedish_time(moment: datetime) -> datetime:
    """Return a moment as the contract means it: Swedish local time, without a zone.

    A moment without a zone is already that; one with a zone is moved to Swedish time.
    """
    # Times are written without a zone and are always Swedish local time (CET or CEST)
    # -- TKB clinicalprocess:logistics:logistics 3.0.13, format rules
    return moment if moment.tzinfo is None else moment.astimezone(_SWEDEN).replace(tzinfo=None)


def format_timestamp(value: datetime) -> str:
    """Write YYYYMMDDhhmmss in Swedish local time; fractions of a second are cut."""
    value = swedish_time(value)
    return f"{value.year:04}{value.month:02}{value.day:02}{value.hour:02}{value.minute:02}{value.second:02}"


def format_time(value: time) -> str:
    """Write hhmmss."""
    return f"{value.hour:02}{value.minute:02}{value.second:02}"
