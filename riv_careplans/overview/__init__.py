"""Merged records as one overview for a citizen: what a person is shown, as values, JSON and Swedish text."""

from riv_careplans.overview.audience import Audience, visible_to
from riv_careplans.overview.build import build_overview, documents_of
from riv_careplans.overview.schema import as_json, overview_schema
from riv_careplans.overview.text import as_text, render
from riv_careplans.overview.view import Overview

__all__ = [
    "Audience",
    "Overview",
    "as_json",
    "as_text",
    "build_overview",
    "documents_of",
    "overview_schema",
    "render",
    "visible_to",
]
