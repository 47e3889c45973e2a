"""The overview as JSON, and the JSON Schema it is published with."""

from __future__ import annotations

from typing import Any

import msgspec

from riv_careplans.overview.view import SCHEMA_VERSION, Overview

__all__ = ["as_json", "overview_schema"]


def overview_schema() -> dict[str, Any]:
    """Give the JSON Schema (2020-12) of the overview; every type and field is described in it."""
    schema = msgspec.json.schema(Overview)
    for described in schema["$defs"].values():
        # Docstrings keep their indentation before Python 3.13: one line is the same everywhere.
        described["description"] = " ".join(described["description"].split())
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:riv-careplans:overview:{SCHEMA_VERSION}",
        "title": "Overview",
        "version": SCHEMA_VERSION,
        **schema,
    }


def as_json(overview: Overview) -> bytes:
    """Write the overview as JSON in UTF-8, indented."""
    return msgspec.json.format(msgspec.json.encode(overview), indent=2)
