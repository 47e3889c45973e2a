"""What of a record may be told: titles, codes, dates and organisations; not who, and not in what words.

The patient's id is never told, whoever asks. Names of persons, their ids, their numbers and addresses, and
everything in free text are told only on request. A code is told because without it nothing is left to
compare; that a code says something of someone's health is why the output is for those who may read the plan.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from riv_careplans.codec.shape import FieldShape, Kind, shape_of
from riv_careplans.codes import PartyKind
from riv_careplans.comparison.difference import Comparison
from riv_careplans.comparison.essence import fields_of, part_of
from riv_careplans.identity import PartialTime
from riv_careplans.model import (
    CV,
    II,
    AccessControl,
    Activity,
    AgreementBody,
    Attachment,
    BookingRef,
    CarePlanBody,
    ContractType,
    Decision,
    GoalTarget,
    Organization,
    Party,
    Person,
    RecordRef,
    Team,
)

__all__ = ["HIDDEN", "Mask", "mask_for"]

HIDDEN: Final = "****"

_TOLD: Final[Mapping[type[msgspec.Struct], frozenset[str]]] = {
    Activity: frozenset({"title"}),
    AgreementBody: frozenset({"title"}),
    Attachment: frozenset({"title", "language"}),
    BookingRef: frozenset({"booking_id"}),
    CV: frozenset(CV.__struct_fields__),
    CarePlanBody: frozenset({"title"}),
    Decision: frozenset({"id"}),
    GoalTarget: frozenset({"measure", "value", "unit"}),
    II: frozenset({"root", "extension"}),
    Organization: frozenset({"name"}),
    RecordRef: frozenset({"display"}),
    Team: frozenset({"name"}),
}
"""The texts that are told. Ids of parts and references to them are, too."""

_NO_PERSON = frozenset({PartyKind.ROLE, PartyKind.TEAM, PartyKind.CARE_UNIT, PartyKind.CARE_GIVER})
_TEXTS = frozenset({Kind.TEXT, Kind.URI})
_PERSON_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])(?:(?:18|19|20)[0-9]{6}[-+]?|[0-9]{6}[-+])[0-9]{4}(?![0-9A-Za-z])"
)
_DIGITS_OF_A_PATIENT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """Decides what is told of the records of one comparison."""

    show_personal_data: bool = False
    """Tell free texts, names, numbers and addresses, too."""

    patients: tuple[str, ...] = ()
    """Ids that are hidden wherever they stand."""

    def hides(self, owner: type[msgspec.Struct], field: str, value: Any) -> bool:  # noqa: ANN401 - any value
        """Say whether the value of a field is not to be told at all."""
        if owner is AccessControl and field == "patient_id":
            return True
        if self.show_personal_data:
            return False
        if field == "extensions" or (owner is Person and field in ("id", "name")):
            return True
        shape = _shape(owner, field)
        if shape is None or shape.kind not in _TEXTS:
            return False
        is_part_id = field == "id" or field.endswith(("_id", "_ids"))
        return isinstance(value, str) and not is_part_id and field not in _TOLD.get(owner, ())

    def hides_name(self, party: Party) -> bool:
        """Say whether a party's name and id are those of a person."""
        return not self.show_personal_data and party.kind not in _NO_PERSON

    def clean(self, text: str) -> str:
        """Hide what could be a person id in a text that is told."""
        for patient in self.patients:
            # A short id stands in many a word: only alone it is the patient's.
            alone = len(patient) < _DIGITS_OF_A_PATIENT
            id_ = re.escape(patient)
            text = re.sub(rf"(?<![0-9A-Za-z]){id_}(?![0-9A-Za-z])" if alone else id_, HIDDEN, text)
        return _PERSON_NUMBER.sub(HIDDEN, text)

    def told(self, owner: type[msgspec.Struct], field: str, value: Any) -> Any:  # noqa: ANN401 - any value
        """Give a value as plain data for JSON, with what is hidden as `****`."""
        if self.hides(owner, field, value):
            return HIDDEN
        if isinstance(value, ContractType):
            return self._told_fields(value)
        if isinstance(value, tuple):
            return [self.told(owner, field, one) for one in value]
        if isinstance(value, PartialTime):
            return value.digits
        plain = msgspec.to_builtins(value)
        return self.clean(plain) if isinstance(plain, str) else plain

    def _told_fields(self, value: ContractType) -> dict[str, Any]:
        told = {}
        for field in fields_of(type(value)):
            part = part_of(value, field.name)
            if part in (None, ()):
                continue
            if isinstance(value, Party) and field.name in ("id", "name"):
                hides = self.hides_name(value)
                told[field.xml_name] = HIDDEN if hides else self.told(Organization, field.name, part)
                continue
            told[field.xml_name] = self.told(type(value), field.name, part)
        if value.extensions:
            told["extensions"] = [self.told(type(value), "extensions", one) for one in value.extensions]
        return told


def mask_for(comparison: Comparison, *, show_personal_data: bool = False) -> Mask:
    """Make the mask of a comparison: it knows the patients of both answers."""
    answers = (comparison.old, comparison.new)
    found = {
        number
        for answer in answers
        for records in (answer.care_plans, answer.agreements)
        for record in records
        for number in _written(record.header.access_control.patient_id)
    }
    longest_first = sorted(found, key=lambda number: (-len(number), number))
    return Mask(show_personal_data=show_personal_data, patients=tuple(longest_first))


def _written(patient: II) -> Iterable[str]:
    """Give the ways in which people write a patient's id."""
    number = (patient.extension or "").strip()
    if number:
        yield number
    if len(number) == _DIGITS_OF_A_PATIENT + 2 and number.isdigit():
        yield from (f"{number[:8]}-{number[8:]}", f"{number[2:8]}-{number[8:]}", number[2:])


def _shape(owner: type[msgspec.Struct], field: str) -> FieldShape | None:
    if not issubclass(owner, ContractType):
        return None
    return next((shape for shape in shape_of(owner) if shape.name == field), None)
