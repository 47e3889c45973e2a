"""Elements that the contract does not know: kept as text that means the same wherever it stands."""

from __future__ import annotations

import re

from lxml import etree

from riv_careplans.codec.parse import ANSWER_LIMITS, Element, parse
from riv_careplans.errors import NotWellFormed
from riv_careplans.model import Extension

__all__ = ["keep", "written"]

_PREFIX = re.compile(r"([^\W\d][\w.-]*):")


def keep(element: Element, namespace: str) -> Extension:
    """Keep an element as exclusive canonical XML; `namespace` is that of the type it extends.

    Raises `ValueError` for an element of that namespace or of none: the contract's `##other` excludes
    both. An unprefixed name in `xsi:type` loses its default namespace, unless an element uses that too.
    """
    if etree.QName(element).namespace in (None, namespace):
        raise ValueError("only elements of other namespaces can extend a type")
    # Exclusive canonical XML drops declarations that only a value uses, such as xsi:type="p:x".
    used = {
        prefix
        for found in element.iter()
        for value in (found.text, found.tail, *found.attrib.values())
        for prefix in _PREFIX.findall(str(value or ""))
    }
    declared = {prefix for found in element.iter() for prefix in found.nsmap if prefix} if used else set()
    canonical = etree.tostring(
        element,
        method="c14n",
        exclusive=True,
        inclusive_ns_prefixes=sorted(used & declared) or None,
        with_tail=False,
    )
    return Extension(canonical.decode())


def written(text: str, namespace: str) -> str:
    """Return an extension as it can be written into a type; raises `ValueError` when it is none."""
    try:
        root = parse(text.encode(), ANSWER_LIMITS)
    except NotWellFormed:
        raise ValueError("an extension is one well-formed element") from None
    return keep(root, namespace)
