"""One bad and one good document for every rule, as they ride in the wheel: found, and paired.

The documents are data for people and tests; nothing here judges them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from importlib.resources import files
from pathlib import Path
from typing import Final

__all__ = ["Vector", "documents_of", "nearest_good", "vector_folder"]

_WHEN_NOT_ASKED: Final = "-when-not-asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vector:
    """A document that a rule is shown by."""

    code: str
    """The rule: a bad document breaks it and no other."""

    path: Path

    @property
    def is_good(self) -> bool:
        """True when the document gives no finding at all."""
        return self.path.name.startswith("good-")

    @property
    def attachments_asked(self) -> bool:
        """False when the document answers a question with includeAttachments=false."""
        return not self.path.stem.endswith(_WHEN_NOT_ASKED)

    @property
    def lines(self) -> list[str]:
        """The document's lines."""
        return self.path.read_text(encoding="utf-8").splitlines()


def vector_folder() -> Path:
    """Return the folder of the documents: in the wheel, or beside the package in a checkout."""
    packaged = files("riv_careplans").joinpath("vectors")
    return Path(str(packaged)) if packaged.is_dir() else Path(__file__).resolve().parents[2] / "vectors"


def documents_of(code: str) -> tuple[Vector, ...]:
    """Return the documents of a rule, the bad ones first, each kind by name; none for an unknown code."""
    return tuple(Vector(code=code, path=path) for path in sorted((vector_folder() / code).glob("*.xml")))


def nearest_good(bad: Vector, among: Sequence[Vector]) -> Vector | None:
    """Return the good document that differs least from a bad one of its kind; None when there is none."""
    lines = bad.lines[2:]
    return max(
        (one for one in among if one.is_good and one.attachments_asked == bad.attachments_asked),
        key=lambda one: SequenceMatcher(None, lines, one.lines[2:], autojunk=False).ratio(),
        default=None,
    )
