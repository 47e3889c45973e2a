"""Which contract and which message a document is: by the namespace and name of its message alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from riv_careplans.codec import Element, local_name, namespace_of
from riv_careplans.contracts import INTERACTIONS, Interaction
from riv_careplans.rules import Text
from riv_careplans.validation.mistakes import Mistake
from riv_careplans.validation.refusals import HTML_PAGE
from riv_careplans.validation.suggestions import nearest

__all__ = ["RECORDS", "Recognised", "recognise"]

RECORDS: Final = ("carePlan", "agreement")
"""Names of the records that may stand alone."""

_OTHER_VERSION = re.compile(
    r"urn:riv:clinicalprocess:logistics(?::logistics)?:GetCarePlansResponder:([0-9]{1,3})"
)
_KNOWN: Final = ", ".join(
    f"{one.contract.name} {one.contract.version} ({one.contract.namespace})" for one in INTERACTIONS
)
_KNOWN_TEXT: Final = Text(f"known here are {_KNOWN}", f"kända här är {_KNOWN}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """What a document is, as far as can be told."""

    interaction: Interaction | None = None
    message: str = ""
    """`request`, `response`, `carePlan` or `agreement`; empty when it is none of them."""

    mistake: Mistake | None = None

    @property
    def contract_name(self) -> str:
        """The contract as a report names it, such as `GetCarePlans 3.0`."""
        if self.interaction is None:
            return ""
        return f"{self.interaction.contract.name} {self.interaction.contract.version}"


def recognise(message: Element, *, in_envelope: bool) -> Recognised:
    """Recognise a message by its qualified name."""
    namespace, name = namespace_of(message), local_name(message)
    found = next((one for one in INTERACTIONS if one.contract.namespace == namespace), None)
    if found is None:
        return Recognised(mistake=_unknown(message, namespace, name))
    contract = found.contract
    if message.tag == contract.request_tag:
        return Recognised(interaction=found, message="request")
    if message.tag == contract.response_tag:
        return Recognised(interaction=found, message="response")
    records = [one for one in RECORDS if f"{{{namespace}}}{one}" in contract.element_names]
    if name in records and not in_envelope:
        return Recognised(interaction=found, message=name)
    if name in records:
        text = Text(
            f"the Body holds a record, `{name}`, without its message",
            f"Body innehåller en post, `{name}`, utan sitt meddelande",
        )
        remedy = Text(
            f"put it in {contract.name}Response, or send it without an envelope",
            f"lägg den i {contract.name}Response, eller skicka den utan kuvert",
        )
        return Recognised(
            interaction=found, mistake=Mistake(code="DOC-003", element=message, text=text, remedy=remedy)
        )
    return Recognised(interaction=found, mistake=_wrong_root(message, found, records))


def _wrong_root(message: Element, interaction: Interaction, records: list[str]) -> Mistake:
    contract = interaction.contract
    roots = [contract.name, f"{contract.name}Response", *records]
    meant = nearest(local_name(message), roots)
    listed = ", ".join(f"`{one}`" for one in roots)
    english, swedish = f"a document begins with {listed}", f"ett dokument börjar med {listed}"
    if meant is not None:
        english, swedish = f"did you mean `{meant}`? {english}", f"menade du `{meant}`? {swedish}"
    return Mistake(
        code="DOC-002",
        element=message,
        text=Text(
            f"the namespace is that of {contract.name} {contract.version}, "
            "but the element is none of its messages",
            f"namnrymden är den för {contract.name} {contract.version}, "
            "men elementet är inget av dess meddelanden",
        ),
        remedy=Text(english, swedish),
    )


def _page(message: Element) -> Mistake:
    return Mistake(code="XML-007", element=message, text=HTML_PAGE.text, remedy=HTML_PAGE.remedy)


def _unknown(message: Element, namespace: str, name: str) -> Mistake:
    version = _OTHER_VERSION.fullmatch(namespace)
    core = next((one for one in INTERACTIONS if message.tag in one.contract.element_names), None)
    if version is not None:
        text = Text(
            f"this is GetCarePlans with major version {int(version[1])}, which is not known here",
            f"detta är GetCarePlans med huvudversion {int(version[1])}, som inte är känd här",
        )
    elif name.lower() == "html":
        return _page(message)
    elif not namespace:
        text = Text("the message stands in no namespace", "meddelandet står i ingen namnrymd")
    elif core is not None and name not in ("GetCarePlans", "GetCarePlansResponse"):
        text = Text(
            f"`{name}` is a part of a message, not a message",
            f"`{name}` är en del av ett meddelande, inget meddelande",
        )
    else:
        text = Text(
            "the message belongs to no contract that is known here",
            "meddelandet hör till inget kontrakt som är känt här",
        )
    return Mistake(code="DOC-001", element=message, text=text, remedy=_KNOWN_TEXT)
