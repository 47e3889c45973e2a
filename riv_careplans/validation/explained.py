"""What a code means: the shape of every entry that `explain` and `rules` tell.

A code is permanent: it may be retired, and is never given to something else.
"""

from __future__ import annotations

import msgspec

from riv_careplans.rules import Severity, Text
from riv_careplans.validation.report import Layer

__all__ = ["Explanation"]


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """One code: what holds, why, where that is written, and how to mend what breaks it."""

    code: str
    """Such as `CP-006`, `CP2-004`, `XSD-002`, `PC-007`."""

    layer: Layer
    severity: Severity
    what: Text
    """What holds, as one sentence without a full stop."""

    why: Text
    """What goes wrong for whom when it does not: one to three sentences."""

    mend: Text
    """What to do, as instructions: one to three sentences."""

    reference: str
    """Where the rule is written down."""
