"""What every view is made of: its base, citations, parties and times. Values only; knows no other view."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import msgspec

from riv_careplans.codes import LegalBasis, PartyKind

__all__ = ["Citation", "Citations", "NamedParty", "View", "When", "about"]


def about(description: str) -> msgspec.Meta:
    """Describe a field in the JSON Schema."""
    return msgspec.Meta(description=description)


class View(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """The base of everything shown."""


# --- where it comes from ------------------------------------------------------------------------


class Citation(View, frozen=True, kw_only=True):
    """Which record says something."""

    provenance: Annotated[int, about("Number of the record in `provenance`.")]
    legal_basis: Annotated[LegalBasis, about("The law of this very item; a SIP holds HSL and SoL rows.")]


Citations: TypeAlias = Annotated[
    tuple[Citation, ...], about("The records that say this, by number; never empty.")
]


class NamedParty(View, frozen=True, kw_only=True):
    """Who performs or is responsible."""

    kind: Annotated[PartyKind, about("What kind of party.")]
    name: Annotated[str, about("What to call the party, in Swedish.")]
    contact: Annotated[str | None, about("Id of the contact, when it is one.")]


class When(View, frozen=True, kw_only=True):
    """A time, as exactly as it is known."""

    text: Annotated[str, about("In Swedish, such as `tis 27 jan 2026 kl. 10.30`.")]
    start: Annotated[
        str | None,
        about("2026, 2026-04, 2026-04-01 or 2026-04-01T10:30:00; Swedish local time. Null: only in words."),
    ]
    end: Annotated[str | None, about("The end of a period, written in the same way.")]
