"""A report as text, JSON, JUnit, SARIF, HTML and GitHub commands: streaming, and the same every time.

Nothing that comes from a document is trusted: every format shows it and none obeys it. No clock, no
environment; a writer is given all it must know in `Look`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TextIO

from riv_careplans.report.github import GithubWriter
from riv_careplans.report.html import HtmlWriter
from riv_careplans.report.json import FORMAT_VERSION, JsonWriter, report_schema
from riv_careplans.report.junit import JunitWriter
from riv_careplans.report.sarif import SarifWriter
from riv_careplans.report.text import TextWriter
from riv_careplans.report.wording import summary_line
from riv_careplans.report.writer import Look, Writer

__all__ = ["FORMATS", "FORMAT_VERSION", "Look", "Writer", "report_schema", "summary_line"]

FORMATS: Final[Mapping[str, Callable[[TextIO, Look], Writer]]] = MappingProxyType(
    {
        "text": TextWriter,
        "json": JsonWriter,
        "junit": JunitWriter,
        "sarif": SarifWriter,
        "html": HtmlWriter,
        "github": GithubWriter,
    }
)
"""What makes the writer of a format, by the name it has on the command line."""
