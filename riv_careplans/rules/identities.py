"""The rules about who and which: person ids, HSA-ids, and ids inside a record.

Quotations are from the contract description, section 4. What a question and a record have in
common is a function of the identity alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple, TypeAlias

from riv_careplans.codes import PartyKind
from riv_careplans.errors import InvalidIdentifier
from riv_careplans.identity import (
    HSA_ID,
    HSA_ID_HL7,
    PERSONNUMMER,
    SAMORDNINGSNUMMER,
    PersonId,
    is_hsa_id,
    is_organisation_number,
)
from riv_careplans.model import (
    II,
    Activity,
    Circumstance,
    ContractType,
    Goal,
    Need,
    Participant,
    Party,
    Risk,
    RiskAction,
    xml_name,
)
from riv_careplans.rules.rule import Breach, RecordSubject, Text

__all__ = [
    "REFERENCES",
    "Reference",
    "hsa_id_fault",
    "hsa_ids_have_their_form",
    "ids_are_unique_and_resolve",
    "patient_exists",
    "person_id_fault",
]

_NOT_A_PERSON_ID = Text(
    "the patient id is no valid personnummer, samordningsnummer or reservnummer: "
    "expected twelve digits with a real date and a right check digit, or another OID as root",
    "patientens id är inte ett giltigt personnummer, samordningsnummer eller reservnummer: "
    "tolv siffror med ett riktigt datum och rätt kontrollsiffra, eller en annan OID som root, väntas",
)
_NOT_TWELVE_DIGITS = Text(
    "the patient id is not twelve digits: write the year with four digits, and no hyphen or blanks",
    "patientens id är inte tolv siffror: skriv året med fyra siffror, utan bindestreck och blanktecken",
)
_OF_THE_OTHER_KIND = Text(
    "the OID says personnummer and the number is a samordningsnummer, or the other way round: "
    f"the OID of a personnummer is {PERSONNUMMER}, of a samordningsnummer {SAMORDNINGSNUMMER}",
    "OID säger personnummer och numret är ett samordningsnummer, eller tvärtom: "
    f"OID för personnummer är {PERSONNUMMER}, för samordningsnummer {SAMORDNINGSNUMMER}",
)
_NUMBERED: Final = (PERSONNUMMER, SAMORDNINGSNUMMER)
_TWELVE_DIGITS: Final = re.compile(r"[0-9]{12}")
_NOT_AN_HSA_ID = Text(
    "this is not an HSA-id: expected SE, ten digits, a hyphen and a suffix, at most 64 characters",
    "detta är inte ett HSA-id: SE, tio siffror, bindestreck och ett suffix väntas, högst 64 tecken",
)
_ID_USED_TWICE = Text(
    "another part of the record has the same id: give every part an id of its own",
    "en annan del av posten har samma id: ge varje del ett eget id",
)
_ID_OF_NOTHING = Text(
    "the record has no such part: refer to the id of a part in the same record",
    "posten har ingen sådan del: hänvisa till id för en del i samma post",
)


_Identified: TypeAlias = type[Participant | Circumstance | Need | Goal | Activity | Risk]


class Reference(NamedTuple):
    """A field that refers to another part of the same record by its id."""

    holder: type[Need | Goal | Activity | Party | RiskAction]
    field: str
    target: _Identified


REFERENCES: Final = (
    Reference(Need, "circumstance_ids", Circumstance),
    Reference(Goal, "need_ids", Need),
    Reference(Activity, "goal_ids", Goal),
    Reference(Activity, "need_ids", Need),
    Reference(Party, "participant_id", Participant),
    Reference(RiskAction, "participant_id", Participant),
)
"""Every such field of the contract."""

_IDENTIFIED: Final[tuple[_Identified, ...]] = (Participant, Circumstance, Need, Goal, Activity, Risk)
_OF_CARE_GIVERS: Final = ("accountableCareGiver/id", "organization/id", "sourceSystemId")


def person_id_fault(identity: II) -> Text | None:
    """Say what is wrong with a patient's id."""
    number, kind = identity.extension or "", identity.root
    if _is_person_id(number, kind):
        return None
    if kind in _NUMBERED and not _TWELVE_DIGITS.fullmatch(number):
        return _NOT_TWELVE_DIGITS
    if kind in _NUMBERED and any(_is_person_id(number, other) for other in _NUMBERED):
        return _OF_THE_OTHER_KIND
    return _NOT_A_PERSON_ID


def _is_person_id(number: str, kind: str) -> bool:
    try:
        PersonId.parse(number, kind)
    except InvalidIdentifier:
        return False
    return True


def hsa_id_fault(identity: II) -> Text | None:
    """Say what is wrong with an identity that claims to be an HSA-id."""
    if identity.root in (HSA_ID, HSA_ID_HL7) and not is_hsa_id(identity.extension or ""):
        return _NOT_AN_HSA_ID
    return None


def patient_exists(subject: RecordSubject) -> Iterator[Breach]:
    """CP-002, in a record."""
    # "personnummer and samordningsnummer have 12 digits, a real date (samordningsnummer: day + 60) and a
    # right check digit; any other root is an OID (reservnummer)"
    fault = person_id_fault(subject.record.header.access_control.patient_id)
    if fault is not None:
        yield Breach("header/accessControl/patientId", fault)


def hsa_ids_have_their_form(subject: RecordSubject) -> Iterator[Breach]:
    """CP-003, in a record; of every identity whose root says HSA-id."""
    # "HSA-ids have HSA-id form: SE + organisation number + "-" + suffix, ≤ 64 characters; a bare organisation
    # number is allowed for care givers and logical addresses"
    if not any(map(hsa_id_fault, subject.every(II))):
        return
    # An organization may be a care giver; a source system is also its own logical address.
    care_givers = {
        f"{path}/id" for path, party in subject.located(Party) if party.kind == PartyKind.CARE_GIVER
    }
    for path, identity in subject.located(II):
        fault = hsa_id_fault(identity)
        is_bare = is_organisation_number(identity.extension or "")
        if fault and not (is_bare and (path in care_givers or path.endswith(_OF_CARE_GIVERS))):
            yield Breach(path, fault)


def ids_are_unique_and_resolve(subject: RecordSubject) -> Iterator[Breach]:
    """CP-006: one name space for all parts of a record; a reference finds a part of its own kind."""
    # "ids are unique within a record; every goalId, needId, circumstanceId and participantId resolves"
    known = {kind: {part.id for part in subject.every(kind)} for kind in _IDENTIFIED}
    if len(set().union(*known.values())) != sum(len(subject.every(kind)) for kind in _IDENTIFIED):
        yield from _used_twice(subject)
    for holder, field, target in REFERENCES:
        for part in subject.every(holder):
            referred = getattr(part, field)
            if referred and not known[target].issuperset(
                referred if isinstance(referred, tuple) else (referred,)
            ):
                yield from _unresolved(subject, holder, field, known[target])
                break


def _used_twice(subject: RecordSubject) -> Iterator[Breach]:
    seen: set[str] = set()
    for path, part in subject.located(ContractType):
        if isinstance(part, _IDENTIFIED):
            if part.id in seen:
                yield Breach(f"{path}/id", _ID_USED_TWICE)
            seen.add(part.id)


def _unresolved(
    subject: RecordSubject, holder: type[ContractType], field: str, known: set[str]
) -> Iterator[Breach]:
    for path, part in subject.located(holder):
        referred = getattr(part, field)
        if isinstance(referred, tuple):
            for position, one in enumerate(referred, 1):
                if one not in known:
                    yield Breach(f"{path}/{xml_name(field)}[{position}]", _ID_OF_NOTHING)
        elif referred is not None and referred not in known:
            yield Breach(f"{path}/{xml_name(field)}", _ID_OF_NOTHING)
