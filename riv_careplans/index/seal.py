"""Whom a post is about, hidden: the database holds a seal of the patient's id and never the id itself.

FindContent always brings the patient's id along, so the index need not be able to tell it, only to
recognise it. A seal is HMAC-SHA-256 under a secret. The secret is either a file of the operator's, kept
where the database's backups do not go: whoever gets hold of the database then learns nobody's number.
Or, when no file is given, it is made at random and lies in the database: then nobody sees a number by
looking, in a dump, a log of statements or a screen, but whoever takes the whole database can try all
numbers, because there are only so many.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from riv_careplans.contracts.engagement_index import Engagement
from riv_careplans.errors import ConfigurationError

__all__ = ["Seal", "read_secret"]

_LEAST_BYTES: Final = 32
_MOST_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class Seal:
    """Makes the same 32 bytes of the same text, and of another text others."""

    secret: bytes = field(repr=False)

    @property
    def proof(self) -> bytes:
        """Tells one secret from another without showing it."""
        return self._of("proof")

    def patient(self, patient_id: str) -> bytes:
        """Seal a patient's id."""
        return self._of("patient", patient_id)

    def key(self, engagement: Engagement, owner: str) -> bytes:
        """Seal what makes a post another post."""
        return self._of("key", *engagement.key, owner)

    def _of(self, *parts: str) -> bytes:
        # No text from XML holds a NUL, so what is joined can be taken apart in one way only.
        return hmac.digest(self.secret, "\0".join(parts).encode(), hashlib.sha256)


def read_secret(path: Path) -> bytes:
    """Read the operator's secret: a file of at least 32 bytes; raises `ConfigurationError`."""
    try:
        with path.open("rb") as file:
            secret = file.read(_MOST_BYTES + 1)
    except OSError as exc:
        raise ConfigurationError(f"{path}: the secret cannot be read: {exc.strerror}") from None
    if not _LEAST_BYTES <= len(secret) <= _MOST_BYTES:
        raise ConfigurationError(f"{path}: expected a secret of {_LEAST_BYTES} to {_MOST_BYTES} random bytes")
    return secret
