"""Whether a text that should name a system or a message may tell a person's number instead. Pure.

An HSA-id, an organisation number and a UUID come from outside, and each has room for the digits of a
personnummer or samordningsnummer. A sole trader's organisation number is one.
"""

from __future__ import annotations

import re
from typing import Final

from riv_careplans.identity import has_right_check_digit

__all__ = ["tells_a_person"]

_NUMBER: Final = re.compile(
    r"(?=(?<![0-9A-Z])(?:SE)?(?:18|19|20)?([0-9]{2}(0[1-9]|1[0-2])([0-9]{2}))[-+]?([0-9]{4})(?![0-9A-Z]))",
    re.IGNORECASE,
)
_LAST_DAY: Final = 31
_OFFSET_OF_SAMORDNINGSNUMMER: Final = 60


def tells_a_person(text: str) -> bool:
    """Say whether a number in a text may be a person's, with or without century and hyphen.

    The third digit of any other organisation number is at least 2, so that none is taken for a month.
    """
    return any(
        0 < int(day) % _OFFSET_OF_SAMORDNINGSNUMMER <= _LAST_DAY and has_right_check_digit(date + last)
        for date, _, day, last in _NUMBER.findall(text)
    )
