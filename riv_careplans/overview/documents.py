"""The documents of plans and agreements, as they are shown: described, never fetched. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from riv_careplans.model import Attachment
from riv_careplans.overview.entries import Entry
from riv_careplans.overview.view import AttachmentView

__all__ = ["attachments_of"]


def attachments_of(entries: Iterable[Entry]) -> tuple[AttachmentView, ...]:
    """Show the documents of all records, by plan and then as the record orders them."""
    return tuple(
        _attachment(attachment, entry) for entry in entries for attachment in entry.record.body.attachments
    )


def _attachment(attachment: Attachment, entry: Entry) -> AttachmentView:
    value, reference = attachment.value, attachment.reference
    # "reference is http(s)" -- contract description, section 4, CP-010; no other link reaches a reader.
    is_link = reference is not None and reference.lower().startswith(("http://", "https://"))
    return AttachmentView(
        title=attachment.title,
        media_type=attachment.media_type,
        size=len(value) if value is not None else attachment.size,
        created=attachment.created,
        reference=reference if is_link else None,
        embedded=value is not None,
        plan=entry.title,
        citations=(entry.cite(),),
    )
