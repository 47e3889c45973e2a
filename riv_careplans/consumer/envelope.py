"""The envelope around a question, as zeep makes it from the contract's published WSDL.

The only importer of zeep. zeep reads the WSDL and lays out envelope, headers and SOAPAction, once
for each contract; message and logical address are put into that frame as text, because building the
tree anew for each of fifty producers would cost more than everything else that is done for them.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cache
from typing import Final

import zeep
from zeep.exceptions import Error
from zeep.wsdl.utils import etree_to_string

from riv_careplans import codec
from riv_careplans.contract import Contract
from riv_careplans.errors import ConfigurationError

__all__ = ["Frame", "frame_of"]

_ADDRESS_HERE: Final = "{logical-address}"
_MESSAGE_HERE: Final = "{message}"
_SETTINGS: Final = zeep.Settings(strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True)
_ONE_AT_A_TIME: Final = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The envelope of one contract's question, with two places left open."""

    before_address: str
    before_message: str
    after_message: str

    soap_action: str
    """The SOAPAction header as HTTP carries it, in quotation marks."""

    def around(self, message: str, *, logical_address: str) -> bytes:
        """Return the whole envelope; `message` is an element that declares its own namespaces."""
        address = codec.escape(logical_address)
        return f"{self.before_address}{address}{self.before_message}{message}{self.after_message}".encode()


def frame_of(contract: Contract) -> Frame:
    """Return the contract's frame; built once in the process, at its first use.

    Raises `ConfigurationError` when the published WSDL is missing or cannot be used.
    """
    with _ONE_AT_A_TIME:
        return _frame(contract)


@cache
def _frame(contract: Contract) -> Frame:
    try:
        client = zeep.Client(str(contract.wsdl), settings=_SETTINGS)
        (binding,) = client.wsdl.bindings.values()
        question = binding.get(contract.name).create(
            patientId=zeep.xsd.SkipValue, _soapheaders={"LogicalAddress": _ADDRESS_HERE}
        )
    except (Error, OSError) as exc:
        raise ConfigurationError(
            f"the WSDL of {contract.name} {contract.version} cannot be used: reinstall riv-careplans"
        ) from exc
    body = question.content[-1]
    body.clear()
    body.text = _MESSAGE_HERE
    text = etree_to_string(question.content).decode()
    before_address, _, rest = text.partition(_ADDRESS_HERE)
    before_message, _, after_message = rest.partition(_MESSAGE_HERE)
    return Frame(
        before_address=before_address,
        before_message=before_message,
        after_message=after_message,
        soap_action=question.headers["SOAPAction"],
    )
