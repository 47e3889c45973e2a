"""Between XML and the model: hardened parsing, a reader and a writer compiled from the model's classes.

The only package that builds or reads XML text. It knows elements, types and bytes, but no contract:
which schema an element must satisfy, and what a record means, is decided above it.
"""

from riv_careplans.codec.parse import (
    ANSWER_LIMITS,
    REQUEST_LIMITS,
    Element,
    Limits,
    Reason,
    Refusal,
    as_utf_8,
    parse,
)
from riv_careplans.codec.read import local_name, namespace_of, read
from riv_careplans.codec.write import content, declarations, element, escape

__all__ = [
    "ANSWER_LIMITS",
    "REQUEST_LIMITS",
    "Element",
    "Limits",
    "Reason",
    "Refusal",
    "as_utf_8",
    "content",
    "declarations",
    "element",
    "escape",
    "local_name",
    "namespace_of",
    "parse",
    "read",
]
