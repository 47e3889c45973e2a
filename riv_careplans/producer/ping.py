"""PingForConfiguration as an operation of the endpoint: whoever answers it could be asked the rest too.

The source is not asked, and nothing of the machine is told: no host, no path, no operating system.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version

from riv_careplans.contract import Contract
from riv_careplans.contracts.ping_for_configuration import PING_FOR_CONFIGURATION, write_pong
from riv_careplans.contracts.soap import write_envelope
from riv_careplans.identity import swedish_time
from riv_careplans.producer.letters import Letter, check_address, check_schema
from riv_careplans.producer.service import begun
from riv_careplans.producer.visit import Outcome, Visit
from riv_careplans.settings import ProducerSettings

__all__ = ["Ping"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """The operation."""

    spoken: Sequence[Contract]
    """The contracts that are spoken here beside this one."""
    settings: ProducerSettings
    clock: Callable[[], datetime]

    @property
    def contract(self) -> Contract:
        """The contract."""
        return PING_FOR_CONFIGURATION

    @property
    def label(self) -> str:
        """What the log calls it."""
        return f"{PING_FOR_CONFIGURATION.name} {PING_FOR_CONFIGURATION.version}"

    def read(self, letter: Letter, visit: Visit) -> None:  # noqa: ARG002 - as every operation
        """Check the question: there is nothing in it to read. Raises `Refused`."""
        check_address(letter, self.settings.logical_addresses)
        check_schema(letter)

    def answer(self, question: None, visit: Visit) -> Iterable[bytes]:  # noqa: ARG002 - as every operation
        """Answer."""
        visit.outcome = Outcome.ANSWERED
        names = dict.fromkeys(one.name for one in self.spoken)
        configuration = {name: ", ".join(self._versions(name)) for name in names}
        message = write_pong(version("riv-careplans"), swedish_time(self.clock()), configuration)
        return begun(write_envelope([message]))

    def _versions(self, name: str) -> list[str]:
        return [one.version for one in self.spoken if one.name == name]
