"""Find the patient's number where it must not stand: in a text, in whatever way it is written.

Sees texts and identities; says only where, never what.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import msgspec
from msgspec.structs import replace

from riv_careplans.identity import PERSONNUMMER, SAMORDNINGSNUMMER
from riv_careplans.model import II, AccessControl, Agreement, CarePlan, ContractType, Party, Person
from riv_careplans.rules.walk import texts_with_paths

__all__ = ["paths_of_repeated_id", "repeats"]

# Hyphens, dashes, minus, plus (written for those who are a hundred years old) and blanks.
_SEPARATORS = "-+ \u00a0\u00ad\u2007\u2009\u2010\u2011\u2012\u2013\u2014\u2015\u202f\u2212"
_WITHOUT_SEPARATORS = str.maketrans(dict.fromkeys(_SEPARATORS))
# In UTF-8: the same in ASCII, and everything outside ASCII, which is more than enough for a first look.
_LOOSE_BYTES = b"-+ " + bytes(range(0x80, 0x100))
_TWELVE_DIGITS = re.compile(r"[0-9]{12}")
_CENTURY = 2
_SHORTEST_RESERVNUMMER = 6
"""A shorter local number would be found by chance in any text."""

_json = msgspec.json.Encoder().encode


def repeats(patient_id: II) -> Callable[[str], bool]:
    """Build the question whether a text repeats a patient's id.

    A personnummer or samordningsnummer is found with or without century and separators, also in
    the middle of other digits: ids are made of a person's number and a running one. A reservnummer
    is found as a word of its own, in any case of letters.
    """
    number = patient_id.extension or ""
    if _is_person_number(patient_id):
        digits = number[_CENTURY:]
        return lambda text: digits in text.translate(_WITHOUT_SEPARATORS)
    if len(number) < _SHORTEST_RESERVNUMMER:
        return lambda _text: False
    forms = {number.casefold(), f"{number[:-4]}-{number[-4:]}".casefold()}
    return lambda text: any(_has_word(text.casefold(), form) for form in forms)


def _is_person_number(identity: II) -> bool:
    number = identity.extension or ""
    return identity.root in (PERSONNUMMER, SAMORDNINGSNUMMER) and _TWELVE_DIGITS.fullmatch(number) is not None


def _has_word(text: str, word: str) -> bool:
    start = text.find(word)
    while start >= 0:
        around = text[max(start - 1, 0) : start] + text[start + len(word) : start + len(word) + 1]
        if not any(map(str.isalnum, around)):
            return True
        start = text.find(word, start + 1)
    return False


def paths_of_repeated_id(record: CarePlan | Agreement) -> Iterator[str]:
    """Give the path of every text of a record that repeats its patient's id.

    The patient id itself may say it, and so may the id of a person or party, because the patient
    can be one. Every other identity is a text: it ends up in logs and addresses. What is inside a
    document (an attachment's value) is not looked at.
    """
    patient_id = record.header.access_control.patient_id
    if not _may_repeat(record, patient_id):
        return
    is_repeated = repeats(patient_id)

    def is_identity_of_patient(part: ContractType, field: str) -> bool:
        if field == "patient_id":
            return isinstance(part, AccessControl)
        return (
            field == "id"
            and isinstance(part, Party | Person)
            and part.id is not None
            and part.id.key == patient_id.key
        )

    for path, text in texts_with_paths(record, skip=is_identity_of_patient):
        if is_repeated(text):
            yield path


def _may_repeat(record: CarePlan | Agreement, patient_id: II) -> bool:
    """Say whether a closer look is needed, because the number stands in more than its own place.

    The whole record is made into JSON and searched in a tenth of the time of a visit to every text.
    """
    if not _is_person_number(patient_id):
        return True
    if any(attachment.value is not None for attachment in record.body.attachments):
        described = tuple(replace(attachment, value=None) for attachment in record.body.attachments)
        record = replace(record, body=replace(record.body, attachments=described))
    try:
        written = _json(record)
    except (UnicodeEncodeError, RecursionError):
        # Half a character, or sub-goals without end: no document can hold them, the texts can be searched.
        return True
    digits = (patient_id.extension or "")[_CENTURY:].encode()
    return written.translate(None, _LOOSE_BYTES).count(digits) > 1
