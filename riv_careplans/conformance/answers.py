"""What came back, read leniently: every check sees the little that it needs, whatever else is wrong.

An answer that breaks the schema in one record must fail the check of validity, and no other. So records
are not read by the contract's reader here: their identities are picked out by qualified name. Pure, and
raises nothing for anything that a producer can send.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final, TypeAlias

from riv_careplans import codec
from riv_careplans.codes import CORE_3, CORE_4
from riv_careplans.conformance.client import Reply
from riv_careplans.contract import Contract
from riv_careplans.contracts.soap import read_envelope
from riv_careplans.errors import DocumentError, InvalidIdentifier, NotWellFormed
from riv_careplans.identity import HSA_ID, identity_key, is_uuid, parse_date
from riv_careplans.rules import Text

__all__ = ["Answered", "Attached", "Form", "Key", "Seen", "charset_of", "read_answer"]

Key: TypeAlias = tuple[str, str]
"""What two identities are compared by."""

_OK: Final = 200
_LIMITS: Final = codec.Limits(size=50 * 1024 * 1024)
"""The client has counted the bytes already."""


class Form(Enum):
    """What an HTTP answer is, seen as SOAP."""

    ANSWER = "answer"
    """The contract's answer, with HTTP status 200."""

    FAULT = "fault"
    """A SOAP 1.1 Fault, whatever its HTTP status."""

    OTHER = "other"
    """Anything else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """One attachment, as far as it can be told without keeping it."""

    digest: str | None
    """SHA-256 of the embedded value; None when there is none."""

    told_digest: str
    """What sha256 says; empty when it is not there."""

    has_size: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What identifies a record and what it can be filtered by; None and empty stand for absent."""

    name: str
    """`carePlan` or `agreement`."""

    identity: tuple[Key, Key]
    """Source system and record id."""

    version: str
    """What changes when the record does."""

    patient: Key
    source_system: Key
    care_unit: Key | None = None
    care_giver: Key | None = None
    type: tuple[str, str] | None = None
    """Code system and code of a plan's type."""

    status: str = ""
    start: date | None = None
    """First day of validity in 3.0, the day of the document in 2.0; None when it cannot be told."""

    end: date | None = None
    """Last day of validity; None is open-ended."""

    attachments: tuple[Attached, ...] = ()

    @property
    def is_plan(self) -> bool:
        """Say whether it is a plan, and no agreement."""
        return self.name == "carePlan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An HTTP answer and what it means."""

    reply: Reply
    form: Form
    problem: Text | None = None
    """Why it is neither answer nor Fault."""

    fault_code: str = ""
    """The platform's code, such as `VP007`, else SOAP's."""

    records: tuple[Seen, ...] = ()
    result: str = ""
    """`OK`, `INFO`, `ERROR`, or empty."""

    error: str = ""
    """`INVALID_REQUEST`, or empty."""

    log_id: str = ""
    has_more: tuple[str, ...] = ()
    """The references that continue the answer."""

    @property
    def is_answer(self) -> bool:
        """Say whether it is an answer to be used: no Fault and no ERROR."""
        return self.form is Form.ANSWER and self.result != "ERROR"

    @property
    def is_error(self) -> bool:
        """Say whether it is the result ERROR, INVALID_REQUEST without records."""
        return self.form is Form.ANSWER and self.result == "ERROR" and not self.records

    @property
    def is_refusal(self) -> bool:
        """Say whether it refuses in any way: Fault, ERROR, or a bare HTTP status of an error."""
        refused = self.form is Form.FAULT or self.is_error
        return refused or (self.form is Form.OTHER and self.reply.status >= 400)  # noqa: PLR2004 - HTTP's errors

    @property
    def has_log_id(self) -> bool:
        """Say whether there is a log id, and it is a UUID."""
        return is_uuid(self.log_id)

    @property
    def as_told(self) -> Text:
        """Say what came, to stand after "it answered with"; nothing of what the producer wrote."""
        if self.form is Form.FAULT:
            named = f" {self.fault_code}" if self.fault_code else ""
            status = f" (HTTP {self.reply.status})"
            return Text(f"the SOAP Fault{named}{status}", f"SOAP-felet{named}{status}")
        if self.form is Form.OTHER:
            what = self.problem or Text("something unknown", "något okänt")
            status = f"HTTP {self.reply.status}, "
            return Text(status + what.english, status + what.swedish)
        result = f"{self.result} {self.error}".strip() or "?"
        count = len(self.records)
        return Text(
            f"the result {result} and {count} record{'' if count == 1 else 's'}",
            f"resultatet {result} och {count} post{'' if count == 1 else 'er'}",
        )

    @property
    def contents(self) -> frozenset[Hashable]:
        """The records, their versions and patients: what two answers to one question have in common."""
        return frozenset((record.identity, record.version, record.patient) for record in self.records)


def charset_of(reply: Reply) -> str | None:
    """Return the charset that Content-Type names."""
    named = reply.headers.get_param("charset")
    return named if isinstance(named, str) else None


def read_answer(reply: Reply, contract: Contract) -> Answered:
    """Read whatever came back to a question of a contract."""
    if not reply.body.strip():
        return _other(reply, "an empty body", "en tom kropp")
    try:
        envelope = read_envelope(codec.parse(reply.body, _LIMITS, charset=charset_of(reply)))
    except NotWellFormed:
        return _other(reply, "a body that is not well-formed XML", "en kropp som inte är välformad XML")
    except DocumentError:
        return _other(reply, "XML that is no SOAP 1.1 message", "XML som inte är ett SOAP 1.1-meddelande")
    if envelope.fault is not None:
        code = envelope.fault.platform_code or envelope.fault.code
        return Answered(reply=reply, form=Form.FAULT, fault_code=code)
    if envelope.body is None or envelope.body.tag != contract.response_tag or reply.status != _OK:
        return _other(
            reply,
            "a message that is not the contract's answer on HTTP 200",
            "ett meddelande som inte är kontraktets svar på HTTP 200",
        )
    return _answer(reply, envelope.body, contract)


def _other(reply: Reply, english: str, swedish: str) -> Answered:
    return Answered(reply=reply, form=Form.OTHER, problem=Text(english, swedish))


def _answer(reply: Reply, body: codec.Element, contract: Contract) -> Answered:
    read = _record_of_3 if contract.version == "3.0" else _record_of_2
    core = CORE_4 if contract.version == "3.0" else CORE_3
    names = {f"{{{contract.namespace}}}{name}": name for name in ("carePlan", "agreement")}
    result = body.find(f"{{{contract.namespace}}}result")
    told = {} if result is None else {codec.local_name(child): child.text or "" for child in result}
    # In 3.0 the result's type is of the core, and in both its children's namespace is left to PC-004.
    codes = {name: text.strip() for name, text in told.items()}
    more = body.findall(f"{{{contract.namespace}}}hasMore/{{{contract.namespace}}}reference")
    return Answered(
        reply=reply,
        form=Form.ANSWER,
        records=tuple(
            read(_Reader(child, core), names[str(child.tag)]) for child in body if child.tag in names
        ),
        result=codes.get("resultCode", "") if codes.get("resultCode") in ("OK", "INFO", "ERROR") else "",
        error="INVALID_REQUEST" if codes.get("errorCode") == "INVALID_REQUEST" else "",
        log_id=codes.get("logId", ""),
        has_more=tuple(one.text or "" for one in more),
    )


class _Reader:
    """Picks texts out of a record by the path of their elements' names."""

    def __init__(self, record: codec.Element, core: str) -> None:
        self._record = record
        self._core = core

    def elements(self, path: str) -> Iterator[codec.Element]:
        """Give the elements at a path."""
        yield from self._record.iterfind("/".join(f"{{{self._core}}}{name}" for name in path.split("/")))

    def text(self, path: str) -> str:
        """Return the text of the first element at a path; empty when it is not there."""
        return next(((one.text or "").strip() for one in self.elements(path)), "")

    def key(self, path: str) -> Key:
        """Return the identity at a path, an IIType."""
        return identity_key(self.text(f"{path}/root"), self.text(f"{path}/extension"))

    def day(self, path: str) -> date | None:
        """Return the day of a date or a time at a path."""
        try:
            return parse_date(self.text(path)[:8])
        except InvalidIdentifier:
            return None


def _optional(key: Key) -> Key | None:
    return key if any(key) else None


def _record_of_3(record: _Reader, name: str) -> Seen:
    access = "header/accessControl"
    times = "header/record"
    made = record.day(f"{times}/createdTime") or record.day(f"{times}/updatedTime")
    has_period = next(record.elements("body/period"), None) is not None
    return Seen(
        name=name,
        identity=(record.key("header/sourceSystemId"), record.key(f"{times}/id")),
        version=f"{record.text(f'{times}/version')} {record.text(f'{times}/updatedTime')}",
        patient=record.key(f"{access}/patientId"),
        source_system=record.key("header/sourceSystemId"),
        care_unit=_optional(record.key(f"{access}/accountableCareUnit/id")),
        care_giver=_optional(record.key(f"{access}/accountableCareGiver/id")),
        type=(record.text("body/type/codeSystem"), record.text("body/type/code")),
        status=record.text("body/status"),
        # "a record without a period counts from createdTime (else updatedTime) and is open-ended"
        # -- contract description, section 2
        start=record.day("body/period/start") if has_period else made,
        end=record.day("body/period/end"),
        attachments=tuple(map(_attached, record.elements("body/attachment"))),
    )


def _record_of_2(record: _Reader, name: str) -> Seen:
    header = "carePlanHeader"
    professional = f"{header}/accountableHealthcareProfessional"
    source_system = identity_key(HSA_ID, record.text(f"{header}/sourceSystemHSAId"))
    unit = record.text(f"{professional}/healthcareProfessionalCareUnitHSAId")
    return Seen(
        name=name,
        identity=(source_system, ("", record.text(f"{header}/documentId"))),
        version=f"{record.text(f'{header}/documentTime')} {record.text(f'{professional}/authorTime')}",
        patient=identity_key(record.text(f"{header}/patientId/type"), record.text(f"{header}/patientId/id")),
        source_system=source_system,
        care_unit=identity_key(HSA_ID, unit) if unit else None,
        start=record.day(f"{header}/documentTime"),
    )


def _attached(element: codec.Element) -> Attached:
    value = element.find(f"{{{CORE_4}}}value")
    told = element.find(f"{{{CORE_4}}}sha256")
    digest = None
    if value is not None:
        try:
            digest = hashlib.sha256(base64.b64decode(value.text or "")).hexdigest()
        except (binascii.Error, ValueError):
            digest = ""
    return Attached(
        digest=digest,
        told_digest="" if told is None else (told.text or "").strip(),
        has_size=element.find(f"{{{CORE_4}}}size") is not None,
    )
