"""Asta's documents, read with bare lxml: the ground that the codec, the merge and the overview are tested on."""

import base64
import tomllib
from pathlib import Path
from typing import Any

from lxml import etree

from riv_careplans.codes import CORE_3, CORE_4, RESPONDER_2, RESPONDER_3

__all__ = [
    "ASTA",
    "DOCUMENTS",
    "ROLE",
    "ROOT",
    "SYSTEMS",
    "UPDATED_PLAN",
    "UPDATES",
    "everything",
    "find",
    "name",
    "pdfs",
    "read",
]

ROOT = Path(__file__).parents[1]
ASTA = ROOT / "examples" / "asta"
SYSTEMS: dict[str, dict[str, str]] = {
    system["id"]: system for system in tomllib.loads((ASTA / "systems.toml").read_text("utf-8"))["system"]
}
DOCUMENTS = sorted(path for system in SYSTEMS.values() for path in (ASTA / system["folder"]).glob("*.xml"))
UPDATES = sorted((ASTA / "updates").rglob("*.xml"))
UPDATED_PLAN = ASTA / "updates" / "p3-hemtjansten" / "genomforandeplan.xml"

NAMESPACES = {"r": RESPONDER_3, "c": CORE_4, "r2": RESPONDER_2, "c2": CORE_3}

ROLE = "c:role[c:code='{}'][c:codeSystem='1.2.752.129.5.1.69']"
"""A kind of fixed contact: KV typ av fast kontakt."""


def name(path: Path) -> str:
    return path.relative_to(ASTA).as_posix()


def read(path: Path) -> etree._Element:
    return etree.parse(str(path)).getroot()


def find(node: etree._Element, xpath: str) -> Any:
    return node.xpath(xpath, namespaces=NAMESPACES)


def everything() -> etree._Element:
    """Put all systems' answers under one element: asta/P1…P5/GetCarePlansResponse."""
    asta = etree.Element("asta")
    for system in SYSTEMS.values():
        part = etree.SubElement(asta, system["id"])
        part.extend(read(path) for path in sorted((ASTA / system["folder"]).glob("*.xml")))
    return asta


def pdfs() -> list[bytes]:
    values = find(everything(), "//c:attachment/c:value | //c2:content/c2:value")
    return [base64.b64decode("".join(value.text.split()), validate=True) for value in values]
