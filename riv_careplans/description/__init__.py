"""The contract description (TKB) in RIV-TA's order of chapters, written from the contract itself.

Tables come from the schemas, rules from the catalogue, examples from the library's own messages;
only the prose between them is text of its own, in `tkb.md`. The same contract gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from string import Template
from typing import Final

from riv_careplans.contract import GET_CARE_PLANS_3
from riv_careplans.description.tables import Schema
from riv_careplans.rules import Severity
from riv_careplans.validation.catalogue import CATALOGUE

__all__ = ["describe"]

_NAME: Final = "clinicalprocess_logistics_logistics"
_SEVERITIES: Final = {Severity.ERROR: "fel", Severity.WARNING: "varning", Severity.INFO: "information"}


def describe() -> str:
    """Return the contract description of GetCarePlans 3.0 as Markdown, in Swedish."""
    components = GET_CARE_PLANS_3.folder / "core_components"
    core = Schema(components / f"{_NAME}_4.0.xsd")
    enums = Schema(components / f"{_NAME}_enum_4.0.xsd")
    responder = Schema(GET_CARE_PLANS_3.schema)
    types = tuple(_types(core))
    return Template(_text("tkb.md")).substitute(
        package=f"schemas/{GET_CARE_PLANS_3.package}",
        core=core.namespace,
        enums_namespace=enums.namespace,
        responder=responder.namespace,
        soap_action=GET_CARE_PLANS_3.soap_actions[0],
        types="\n\n".join(types),
        enums_number=len(types) + 1,
        enums="\n\n".join(_enums(enums)),
        request=responder.fields("GetCarePlansType"),
        response="\n\n".join(_response(responder)),
        rules="\n".join(_rules()),
        example_request=_text("request.xml"),
        example_response=_text("response.xml"),
    )


def _text(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")


def _types(core: Schema) -> Iterator[str]:
    """Give a section for each complex type, and one for the simple ones."""
    for number, name in enumerate(core.type_names(), 1):
        yield f"### 5.{number} {name}\n\n{core.text(name)}\n\n{core.fields(name)}"
    rows = [f"| {name} | {text} |" for name, text, _ in core.simple_types()]
    heading = f"### 5.{len(core.type_names()) + 1} Enkla typer\n\n| Namn | Beskrivning |\n| :--- | :--- |\n"
    yield heading + "\n".join(rows)


def _enums(enums: Schema) -> Iterator[str]:
    for name, text, values in enums.simple_types():
        yield f"**{name}** – {text}\n\n| Värde | Betydelse |\n| :--- | :--- |\n{values}"


def _response(responder: Schema) -> Iterator[str]:
    """Give the answer, and then the types that only it has."""
    yield responder.fields("GetCarePlansResponseType")
    for name in responder.type_names():
        if not name.startswith("GetCarePlans"):
            yield f"**{name}** – {responder.text(name)}\n\n{responder.fields(name)}"


def _rules() -> Iterator[str]:
    yield "| Kod | Allvar | Regel | Varför | Så rättas det |"
    yield "| :--- | :--- | :--- | :--- | :--- |"
    for code, rule in sorted(CATALOGUE.items()):
        if code.startswith("CP-"):
            cells = (rule.what.swedish, rule.why.swedish, rule.mend.swedish)
            told = " | ".join(cell.replace("|", "\\|") for cell in cells)
            yield f"| {code} | {_SEVERITIES[rule.severity]} | {told} |"
