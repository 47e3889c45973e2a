"""From the bytes of a document to a report: never raises for what a document is.

```python
validate("response.xml").raise_for_findings()
```
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from riv_careplans.validation.document import Examination, Unreadable, examine, examine_unreadable
from riv_careplans.validation.options import Options
from riv_careplans.validation.report import Examined, Report, ReportedFinding

__all__ = [
    "Examination",
    "Examined",
    "Options",
    "Report",
    "ReportedFinding",
    "Unreadable",
    "examine",
    "examine_unreadable",
    "validate",
]


def validate(
    document: bytes | str | Path,
    *,
    now: datetime | None = None,
    name: str | None = None,
    show_personal_data: bool = False,
    attachments_asked: bool = True,
    schemas: Path | None = None,
) -> Report:
    """Examine one document: its bytes, its text, or the file that a `Path` names.

    `now` is Swedish local time, or has a zone; without it the clock is read. Raises
    `ConfigurationError` when `schemas` holds no fitting release package, and nothing else: what is
    wrong with the document, or with its file, stands in the report.
    """
    options = Options(
        now=now or datetime.now().astimezone(),
        show_personal_data=show_personal_data,
        attachments_asked=attachments_asked,
        schemas=schemas,
    )
    named = name or (str(document) if isinstance(document, Path) else "-")
    data = _read(document, options.limits.size) if isinstance(document, Path) else document
    if isinstance(data, Unreadable):
        return Report.of([examine_unreadable(named, data)])
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogatepass")
    return Report.of([examine(data, named, options).examined])


def _read(path: Path, most: int) -> bytes | Unreadable:
    """Read a file, but not much more of it than is accepted."""
    try:
        if not path.is_file():
            return Unreadable.NO_FILE if path.exists() else Unreadable.MISSING
        with path.open("rb") as file:
            return file.read(most + 1)
    except PermissionError:
        return Unreadable.REFUSED
    except OSError:
        return Unreadable.BROKEN
