"""Who asks, how that is known, and whether it may ask that.

Under TLS in the process the caller is who its certificate says; behind a proxy it is who the proxy
says, and a header from anybody else is not read. Without either nobody is known, and the producer
answers this computer alone unless the operator says otherwise. No permission, no answer.
"""

from __future__ import annotations

from typing import Final
from wsgiref.types import WSGIEnvironment

from riv_careplans.identity import HSA_ID, identity_key, is_hsa_id
from riv_careplans.producer.certificates import serial_numbers_in_certificate, serial_numbers_in_subject
from riv_careplans.producer.letters import Letter, Refused
from riv_careplans.producer.networks import is_among
from riv_careplans.producer.visit import SERIAL_NUMBERS, Visit, is_system
from riv_careplans.settings import ProducerSettings

__all__ = ["check_caller", "introduce"]

_ANYONE: Final = "*"
_UNKNOWN: Final = "The caller is not known here."
_FORBIDDEN: Final = "The caller may not ask this here."


def introduce(visit: Visit, environ: WSGIEnvironment, settings: ProducerSettings) -> None:
    """Note who asks, and who is said to have started the chain; raises `Refused` for a stranger."""
    consumer = environ.get("HTTP_X_RIVTA_ORIGINAL_SERVICECONSUMER_HSAID", "")
    if not is_system(consumer):
        consumer = ""
    if settings.tls is None and settings.proxy is None:
        visit.original_consumer = consumer
        return
    visit.caller = _hsa_id(_serial_numbers(environ, settings))
    visit.permissions = tuple(one for one in settings.callers if _matches(one.hsa_id, visit.caller))
    if not visit.permissions:
        raise Refused(_UNKNOWN, reason="the caller is not among the callers of the settings")
    # "should not be used for … authorization": it is another system's word, and needs somebody's trust.
    if any(one.trusted_platform for one in visit.permissions):
        visit.original_consumer = consumer


def check_caller(visit: Visit, letter: Letter) -> None:
    """Raise `Refused` when the caller may not ask this contract of this address."""
    if visit.permissions is None:
        return
    contract = f"{letter.contract.name} {letter.contract.version}"
    for one in visit.permissions:
        may_ask = {_ANYONE, contract} & set(one.contracts)
        if may_ask and all(_among(address, one.logical_addresses) for address in letter.logical_addresses):
            return
    raise Refused(_FORBIDDEN, reason="the caller may not ask this contract of this logical address")


def _serial_numbers(environ: WSGIEnvironment, settings: ProducerSettings) -> tuple[str, ...]:
    if settings.proxy is None:
        found: tuple[str, ...] = environ.get(SERIAL_NUMBERS, ())
        return found
    if not is_among(environ.get("REMOTE_ADDR", ""), settings.proxy.addresses):
        raise Refused(_UNKNOWN, reason="the question did not come through the proxy")
    told = environ.get("HTTP_" + settings.proxy.header.upper().replace("-", "_"), "")
    read = (
        serial_numbers_in_certificate
        if settings.proxy.carries == "certificate"
        else serial_numbers_in_subject
    )
    try:
        return read(told)
    except (ValueError, IndexError):
        reason = f"the proxy's header carries no {settings.proxy.carries}"
        raise Refused(_UNKNOWN, reason=reason) from None


def _hsa_id(serial_numbers: tuple[str, ...]) -> str:
    """Return the one HSA-id; raises `Refused` when there is none, another thing, or a choice."""
    if len(serial_numbers) != 1:
        reason = "the caller's certificate has not exactly one serialNumber in its subject"
        raise Refused(_UNKNOWN, reason=reason)
    if not is_hsa_id(serial_numbers[0]):
        reason = "the serialNumber in the subject of the caller's certificate is no HSA-id"
        raise Refused(_UNKNOWN, reason=reason)
    return serial_numbers[0]


def _matches(pattern: str, hsa_id: str) -> bool:
    return pattern == _ANYONE or identity_key(HSA_ID, pattern) == identity_key(HSA_ID, hsa_id)


def _among(address: str, permitted: tuple[str, ...]) -> bool:
    return any(_matches(one, address) for one in permitted)
