"""Elements that the contract does not know: kept as text that means the same wherever it stands."""

from __future__ import annotations

import re
from itertools import accumulate

from lxml import etree

from riv_careplans.codec.parse import ANSWER_LIMITS, Element, parse
from riv_careplans.errors import NotWellFormed
from riv_careplans.model import Extension

__all__ = ["keep", "written"]

# A prefix begins where no name goes on, and is taken whole: a long word is looked at once.
_PREFIX = re.compile(r"(?<![\w.-])([^\W\d][\w.-]*+):")

_MOST_IN_FORCE = 1_200_000
"""Namespaces in force, summed over the elements of an extension: canonical XML looks at each of them."""


def keep(element: Element, namespace: str) -> Extension:
    """Keep an element as exclusive canonical XML; `namespace` is that of the type it extends.

    Raises `ValueError` for an element of that namespace or of none: the contract's `##other` excludes
    both. An unprefixed name in `xsi:type` loses its default namespace, unless an element uses that too.
    """
    if etree.QName(element).namespace in (None, namespace):
        raise ValueError("only elements of other namespaces can extend a type")
    if any(total > _MOST_IN_FORCE for total in accumulate(len(found.nsmap) for found in element.iter())):
        raise ValueError("an extension with so many elements has fewer namespaces")
    # Exclusive canonical XML drops declarations that only a value uses, such as xsi:type="p:x".
    used = {
        prefix
        for found in element.iter()
        for value in (found.text, found.tail, *found.attrib.values())
        for prefix in _PREFIX.findall(str(value or ""))
    }
    declared = {prefix for found in element.iter() for prefix in found.nsmap if prefix} if used else set()
    try:
        canonical = etree.tostring(
            element,
            method="c14n",
            exclusive=True,
            inclusive_ns_prefixes=sorted(used & declared) or None,
            with_tail=False,
        )
    except etree.LxmlError:
        raise ValueError("an extension's namespaces are absolute addresses") from None
    return Extension(canonical.decode())


def written(text: str, namespace: str) -> str:
    """Return an extension as it can be written into a type; raises `ValueError` when it is none."""
    try:
        root = parse(text.encode(), ANSWER_LIMITS)
    except NotWellFormed:
        raise ValueError("an extension is one well-formed element") from None
    return keep(root, namespace)
