"""PingForConfiguration 1.0: whether a service lives, and in which version.

No longer asked for nationally; regional platforms and operators still ask. The domain is
itintegration:monitoring.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar, Final

import msgspec

from riv_careplans import codec
from riv_careplans.codes import PING_FOR_CONFIGURATION_1
from riv_careplans.contract import Contract
from riv_careplans.model import ContractType

__all__ = [
    "PING_FOR_CONFIGURATION",
    "Configuration",
    "PingForConfigurationResponse",
    "read_pong",
    "write_pong",
]

PING_FOR_CONFIGURATION: Final = Contract(
    name="PingForConfiguration",
    version="1.0",
    namespace=PING_FOR_CONFIGURATION_1,
    wsdl_namespace="urn:riv:itintegration:monitoring:PingForConfiguration:1:rivtabp21",
    soap_actions=(f"{PING_FOR_CONFIGURATION_1}:PingForConfiguration",),
    package="itintegration_monitoring_1.0",
)


class Configuration(ContractType, frozen=True, kw_only=True):
    """Something to know about the one who answers."""

    namespace: ClassVar[str] = PING_FOR_CONFIGURATION_1

    name: str
    value: str


class PingForConfigurationResponse(ContractType, frozen=True, kw_only=True):
    """The answer."""

    namespace: ClassVar[str] = PING_FOR_CONFIGURATION_1

    version: str
    """Of the software that answers."""
    ping_date_time: dt.datetime
    """When it answered; Swedish local time."""
    configurations: tuple[Configuration, ...] = msgspec.field(default=(), name="configuration")


def write_pong(version: str, now: dt.datetime, configuration: Mapping[str, str]) -> str:
    """Write the answer as an element that can stand in a SOAP body."""
    message = PingForConfigurationResponse(
        version=version,
        ping_date_time=now,
        configurations=tuple(Configuration(name=name, value=value) for name, value in configuration.items()),
    )
    opening = f"<r:PingForConfigurationResponse{codec.declarations(PING_FOR_CONFIGURATION_1)}>"
    return f"{opening}{codec.content(message)}</r:PingForConfigurationResponse>"


def read_pong(element: codec.Element) -> PingForConfigurationResponse:
    """Read an answer that has passed the schema; raises `ContractViolation` for 31 February."""
    return codec.read(PingForConfigurationResponse, element)
