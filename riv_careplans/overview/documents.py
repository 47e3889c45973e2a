"""The documents of plans and agreements: described, given out where embedded, never fetched. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from riv_careplans.codes import MediaType
from riv_careplans.model import Attachment
from riv_careplans.overview.entries import Entry
from riv_careplans.overview.view import AttachmentView

__all__ = ["attachments_of", "embedded_of"]

_ENDINGS: Final[Mapping[MediaType, str]] = {
    MediaType.TEXT_PLAIN: "txt",
    MediaType.TEXT_HTML: "html",
    MediaType.IMAGE_PNG: "png",
    MediaType.IMAGE_JPEG: "jpg",
    MediaType.IMAGE_TIFF: "tiff",
    MediaType.APPLICATION_PDF: "pdf",
}


def attachments_of(entries: Iterable[Entry]) -> tuple[AttachmentView, ...]:
    """Show the documents of all records, by plan and then as the record orders them."""
    return tuple(_attachment(attachment, entry, file) for attachment, entry, file in _numbered(entries))


def embedded_of(entries: Iterable[Entry]) -> tuple[tuple[str, bytes], ...]:
    """Give the documents that the records hold, by file name.

    A name is a number and the kind of document and nothing that a source wrote: safe in any folder, and
    without personal data.
    """
    return tuple(
        (file, attachment.value)
        for attachment, _, file in _numbered(entries)
        if file is not None and attachment.value is not None
    )


def _numbered(entries: Iterable[Entry]) -> Iterator[tuple[Attachment, Entry, str | None]]:
    number = 0
    for entry in entries:
        for attachment in entry.record.body.attachments:
            number += attachment.value is not None
            file = f"dokument-{number}.{_ENDINGS[attachment.media_type]}"
            yield attachment, entry, None if attachment.value is None else file


def _attachment(attachment: Attachment, entry: Entry, file: str | None) -> AttachmentView:
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
        file=file,
        held_by=entry.unit,
        plan=entry.title,
        citations=(entry.cite(),),
    )
