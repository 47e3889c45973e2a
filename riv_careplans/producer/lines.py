"""The lines of a log: as text for a person, or as JSON for a log store; neither about a patient.

What the producer itself logs holds no patient data. Other programs in the process may log what they
want: a number like a person's is masked in it, and of an exception its kind and place are told. The
fields of JSON have the names that the national platform gives them in its own logs.
"""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any, Final

from riv_careplans.errors import whereabouts

__all__ = ["JsonLines", "TextLines"]

_LIKE_A_PERSON: Final = re.compile(
    r"(?<![0-9A-Za-z-])(?:18|19|20)?[0-9]{6}[-+]?[0-9A-Za-z]?[0-9]{3,4}(?![0-9A-Za-z])"
)


class TextLines(logging.Formatter):
    """Time, level and what happened."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        happened = " ".join(_happened(record).split())
        return f"{_time(record)} {record.levelname} {happened}"


class JsonLines(logging.Formatter):
    """One object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        fields: dict[str, Any] = {
            "@timestamp": _time(record),
            "log.level": record.levelname,
            "log.logger": record.name,
        }
        question = getattr(record, "question", None)
        fields |= question if isinstance(question, dict) else {"message": _happened(record)}
        return json.dumps(fields, ensure_ascii=False)


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _happened(record: logging.LogRecord) -> str:
    if hasattr(record, "question"):
        return record.getMessage()
    told = _LIKE_A_PERSON.sub("****", record.getMessage())
    problem = record.exc_info[1] if record.exc_info else None
    return f"{told} ({whereabouts(problem)})" if problem else told
