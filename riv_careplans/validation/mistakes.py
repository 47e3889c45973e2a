"""One thing that is wrong with a document, before it is known where in the text that stands."""

from __future__ import annotations

from dataclasses import dataclass

from riv_careplans.codec import Element
from riv_careplans.rules import Text

__all__ = ["Mistake"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A code, what is wrong here, and what would be right."""

    code: str
    text: Text
    remedy: Text | None = None
    """What would be right, where the sentence does not say so."""

    element: Element | None = None
    """The element it is about, or that lacks something; None when there is none."""

    missing: str = ""
    """The name of what the element lacks: the last step of the path."""

    anchor: Element | None = None
    """The element after which something is missing; where a reader should look."""

    own_name: str = ""
    """The sender's own name of the element, when it may be shown: it is nearly a known one."""
