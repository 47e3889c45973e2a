"""What came back from a producer over HTTP: bytes, and what was said about them. No meaning yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Response"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An HTTP answer, as it arrived within the limits of time and size."""

    status: int

    headers: Mapping[str, str]
    """Asked by names as HTTP writes them, such as `Content-Type`; the mapping must not mind case."""

    body: bytes
    """Empty for a redirect, which is not followed and not read."""
