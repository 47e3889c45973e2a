"""How an examination is asked for: everything but the document itself.

Reads nothing: the clock and the folder of schemas are handed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from riv_careplans.codec import ANSWER_LIMITS, Limits

__all__ = ["Options"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What holds for all documents of a run; can be sent to another process."""

    now: datetime
    """Swedish local time, or a time with a zone: what rules compare with."""

    show_personal_data: bool = False
    """True to show the values of the document in excerpts; nothing else ever does."""

    attachments_asked: bool = True
    """False when the question said includeAttachments=false (CP-010)."""

    schemas: Path | None = None
    """A folder with an official release package, used instead of the shipped schemas; None for these."""

    limits: Limits = ANSWER_LIMITS
    """What a document may be."""
