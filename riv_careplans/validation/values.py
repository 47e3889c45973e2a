"""What is wrong with a value, and what its type asks for, in words.

Looks at the value to see which mistake it is, and never repeats it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from xmlschema import XMLSchemaValidationError
from xmlschema.validators import XsdSimpleType

from riv_careplans.codec import Element, local_name
from riv_careplans.rules import Text
from riv_careplans.validation.mistakes import Mistake
from riv_careplans.validation.suggestions import nearest

__all__ = ["is_valid", "value_mistake"]

_XS: Final = "{http://www.w3.org/2001/XMLSchema}"
_MOST_CODES: Final = 20

_FORMS: Final[dict[str, Text]] = {
    "DateType": Text("a date written YYYYMMDD", "ett datum skrivet ÅÅÅÅMMDD"),
    "TimeStampType": Text("a date with time written YYYYMMDDhhmmss", "en tidpunkt skriven ÅÅÅÅMMDDttmmss"),
    "PartialTimeType": Text(
        "a time written YYYY, YYYYMM, YYYYMMDD or YYYYMMDDhhmmss",
        "en tid skriven ÅÅÅÅ, ÅÅÅÅMM, ÅÅÅÅMMDD eller ÅÅÅÅMMDDttmmss",
    ),
    "PartialDateValueType": Text(
        "a date written YYYY, YYYYMM or YYYYMMDD", "ett datum skrivet ÅÅÅÅ, ÅÅÅÅMM eller ÅÅÅÅMMDD"
    ),
    "TimeType": Text("a time of day written hhmmss", "ett klockslag skrivet ttmmss"),
    "VersionType": Text(
        "a whole number from 1 on, of at most nine digits", "ett heltal från 1, med högst nio siffror"
    ),
    "SizeType": Text("a number of bytes, of at most ten digits", "ett antal byte, med högst tio siffror"),
    "Sha256Type": Text("64 hexadecimal digits in small letters", "64 hexadecimala siffror med små bokstäver"),
    "HSAIdType": Text(
        "an HSA-id: SE, ten digits, a hyphen and a suffix",
        "ett HSA-id: SE, tio siffror, bindestreck och ett suffix",
    ),
    "boolean": Text("true or false", "true eller false"),
    "int": Text("a whole number", "ett heltal"),
    "integer": Text("a whole number", "ett heltal"),
    "positiveInteger": Text("a whole number from 1 on", "ett heltal från 1"),
    "nonNegativeInteger": Text("a whole number from 0 on", "ett heltal från 0"),
    "base64Binary": Text("a document in base64", "ett dokument i base64"),
    "anyURI": Text("an address (URI)", "en adress (URI)"),
}
"""What a type asks for, by its local name."""

_DIGITS_OF_DAY: Final = 8
_DIGITS_OF_MOMENT: Final = 14
_DATED_LENGTHS: Final = (4, 6, _DIGITS_OF_DAY, _DIGITS_OF_MOMENT)

_EMPTY = Text("the value is empty", "värdet är tomt")
_BLANKS = Text(
    "remove the blanks or line breaks around the value", "ta bort blanktecken och radbrytningar kring värdet"
)
_ONLY_DIGITS = Text(
    "write digits only, without hyphens, colons or letters",
    "skriv bara siffror, utan bindestreck, kolon och bokstäver",
)
_ZONED = Text(
    "convert it to Swedish local time first (12:00Z is 13 in winter, 14 in summer), and then write only "
    "digits",
    "räkna först om den till svensk lokal tid (12:00Z är 13 på vintern, 14 på sommaren) och skriv sedan bara "
    "siffror",
)
_ZONE: Final = re.compile(
    r"(?:[T ][0-9]{2}:?[0-9]{2}(?::?[0-9]{2})?(?:[.,][0-9]{1,9})?|[0-9]{14})(?:Z|[+-][0-9]{2}:?[0-9]{2})\Z"
)
_WITHOUT_DATA_URI = Text(
    "remove what stands before the base64, data:…;base64,",
    "ta bort det som står före base64-texten, data:…;base64,",
)
_NO_TIME = Text("write the day only, without the time", "skriv bara dagen, utan klockslag")
_TIME_TOO = Text("the time of day (hhmmss) is missing", "klockslaget (ttmmss) saknas")
_SMALL_LETTERS = Text("write it in small letters", "skriv med små bokstäver")
_CALENDAR = Text(
    "the year is 1900–2099, the month 01–12, the day 01–31, the time 000000–235959",
    "året är 1900–2099, månaden 01–12, dagen 01–31, klockslaget 000000–235959",
)
_OTHER_DIGITS = Text("write the digits 0–9", "skriv siffrorna 0–9")


def is_valid(text: str, declared: XsdSimpleType) -> bool:
    """Say whether a text is a value of a simple type.

    Texts with nothing but patterns or codes, which is nearly all there is, are asked in a tenth of the
    time that xmlschema takes for a value.
    """
    if declared.name == f"{_XS}boolean":
        return text.strip(" \t\r\n") in ("true", "false", "1", "0")
    is_own = declared.root_type in (declared, declared.base_type)
    if is_own and declared.root_type.name == f"{_XS}string" and not _other_facets(declared):
        return _has_form(text, declared)
    return next(iter(declared.iter_errors(text)), None) is None


def _other_facets(declared: XsdSimpleType) -> bool:
    """Say whether a type has facets beside patterns, codes and what is done with blanks."""
    if declared.white_space not in (None, "preserve"):
        return True
    return any(
        not str(name).endswith(("}pattern", "}enumeration", "}whiteSpace")) for name in declared.facets
    )


def _has_form(text: str, declared: XsdSimpleType) -> bool:
    if declared.enumeration and text not in declared.enumeration:
        return False
    if declared.patterns is not None:
        try:
            declared.patterns(text)
        except XMLSchemaValidationError:
            return False
    return True


def value_mistake(element: Element, text: str, declared: XsdSimpleType) -> Mistake:
    """Tell what is wrong with a value that its type refuses."""
    name = local_name(element)
    if declared.enumeration:
        return _unknown_code(element, text, [str(code) for code in declared.enumeration])
    form = _form_of(declared)
    hint = _EMPTY if not text.strip() else _hint(text, declared)
    what = Text(f"the value of `{name}` is not {form.english}", f"värdet i `{name}` är inte {form.swedish}")
    return Mistake(code="XSD-006", element=element, text=what, remedy=hint)


def _unknown_code(element: Element, text: str, codes: list[str]) -> Mistake:
    name = local_name(element)
    meant = nearest(text.strip(), codes)
    listed = ", ".join(codes[:_MOST_CODES]) + (", …" if len(codes) > _MOST_CODES else "")
    english, swedish = f"allowed are {listed}", f"tillåtna är {listed}"
    if not text.strip():
        english, swedish = f"the value is empty; {english}", f"värdet är tomt; {swedish}"
    elif meant == text.strip():
        english, swedish = _BLANKS
    elif meant is not None:
        english, swedish = f"did you mean {meant}? {english}", f"menade du {meant}? {swedish}"
    return Mistake(
        code="XSD-007",
        element=element,
        text=Text(
            f"the value of `{name}` is none of the contract's codes",
            f"värdet i `{name}` är ingen av kontraktets koder",
        ),
        remedy=Text(english, swedish),
    )


def _form_of(declared: XsdSimpleType) -> Text:
    """Say what a type asks for; a type that has no words of its own is that of its base, else its name."""
    known: XsdSimpleType | None = declared
    while known is not None:
        form = _FORMS.get(known.local_name or "")
        if form is not None:
            return form
        base = known.base_type
        known = base if isinstance(base, XsdSimpleType) else None
    name = declared.local_name or "xs:string"
    return Text(f"of the form that the type {name} asks for", f"av den form som typen {name} kräver")


def _hint(text: str, declared: XsdSimpleType) -> Text | None:
    """Find out what would make the value right."""
    digits = re.sub(r"[^0-9]", "", text)
    stripped = text.strip()
    repairs: tuple[tuple[Callable[[], bool], Text], ...] = (
        (lambda: is_valid(stripped, declared), _BLANKS),
        (lambda: is_valid(stripped.lower(), declared), _SMALL_LETTERS),
        (lambda: not stripped.isascii() and is_valid(_ascii_digits(stripped), declared), _OTHER_DIGITS),
        (lambda: bool(digits) and is_valid(digits, declared), _ONLY_DIGITS),
        (
            lambda: len(digits) > _DIGITS_OF_DAY and is_valid(digits[:_DIGITS_OF_DAY], declared),
            _NO_TIME,
        ),
        (
            lambda: (
                len(digits) == _DIGITS_OF_DAY and is_valid(digits.ljust(_DIGITS_OF_MOMENT, "0"), declared)
            ),
            _TIME_TOO,
        ),
        (lambda: digits == stripped and len(digits) in _DATED_LENGTHS, _CALENDAR),
    )
    dated = (declared.local_name or "").startswith(("Date", "TimeStamp", "Partial"))
    if dated and _ZONE.search(stripped):
        return _ZONED
    if stripped.startswith("data:") and declared.root_type.name == f"{_XS}base64Binary":
        return _WITHOUT_DATA_URI
    return next((hint for holds, hint in (repairs if dated else repairs[:3]) if holds()), None)


def _ascii_digits(text: str) -> str:
    return "".join(str(int(char)) if char.isdecimal() else char for char in text)
