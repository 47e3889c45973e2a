"""The index as RIV-TA services: Update, FindContent and ProcessNotification 1.0 on one endpoint.

The order of the checks is the national index's, and so are the codes of the Faults:
EI000 technical, EI001 schema, EI002 duplicates, EI003 not our address, EI004 values, EI005 and EI006
reserved ids. No text of a Fault or a comment repeats a value; positions are counted from 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from riv_careplans.codes import ResultCode
from riv_careplans.contract import Contract
from riv_careplans.contracts.engagement_index import (
    FIND_CONTENT,
    PROCESS_NOTIFICATION,
    UPDATE,
    Search,
    Transaction,
    UpdateResult,
    read_search,
    read_transactions,
    write_found,
    write_result,
)
from riv_careplans.contracts.engagement_index_rules import (
    duplicates,
    notification_problems,
    search_problems,
    update_problems,
)
from riv_careplans.contracts.soap import write_envelope
from riv_careplans.errors import ContractViolation, DatabaseUnavailable
from riv_careplans.identity import HSA_ID, identity_key
from riv_careplans.index.store import Store
from riv_careplans.producer import (
    Guard,
    Letter,
    Operation,
    Outcome,
    Refused,
    Visit,
    begun,
    check_address,
    check_schema,
    make_service,
)
from riv_careplans.settings import IndexSettings

__all__ = ["make_app"]

_TECHNICAL: Final = "EI000"
_SCHEMA: Final = "EI001"
_DUPLICATES: Final = "EI002"
_NOT_OURS: Final = "EI003"
_VALUES: Final = "EI004"
_RESERVED_ADDRESS: Final = "EI005"
_RESERVED_SYSTEM: Final = "EI006"


def make_app(
    store: Store,
    settings: IndexSettings,
    *,
    clock: Callable[[], datetime],
    new_log_id: Callable[[], str],
) -> Guard:
    """Make the WSGI application of an index, behind the producer's guard.

    `clock` gives Swedish local time or a time with a zone, `new_log_id` a new UUID for every request.
    """
    operations: list[Operation] = [
        _Changes(contract=UPDATE, store=store, settings=settings, clock=clock),
        _Find(store=store, settings=settings),
        _Changes(contract=PROCESS_NOTIFICATION, store=store, settings=settings, clock=clock),
    ]
    serving = replace(settings.serving, max_request_bytes=settings.max_request_bytes)
    return make_service(
        operations, serving, new_log_id=new_log_id, prefix=f"{_TECHNICAL}: ", problem=store.problem
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Changes:
    """Update or ProcessNotification: transactions in, one result out."""

    contract: Contract
    store: Store
    settings: IndexSettings
    clock: Callable[[], datetime]

    @property
    def label(self) -> str:
        return f"{self.contract.name}-{self.contract.version}"

    def read(self, letter: Letter, visit: Visit) -> tuple[Transaction, ...]:  # noqa: ARG002 - as every operation
        """Read the transactions; raises `Refused` for the first thing that is wrong."""
        _check_ours(letter, self.settings)
        count = len(letter.message.findall(f"{{{self.contract.namespace}}}engagementTransaction"))
        if not 0 < count <= self.settings.max_transactions:
            most = self.settings.max_transactions
            raise _fault(_TECHNICAL, f"A message has from 1 to {most} transactions.")
        _check_schema(letter)
        with _nonexistent_times(_VALUES):
            transactions = read_transactions(letter.message)
        problems = update_problems if self.contract is UPDATE else notification_problems
        for position, transaction in enumerate(transactions, 1):
            for problem in problems(transaction):
                raise _fault(_VALUES, f"EngagementTransaction {position}: {problem}.")
        self._check_reserved(transactions)
        return transactions

    def _check_reserved(self, transactions: Iterable[Transaction]) -> None:
        addresses = _keys(self.settings.reserved_logical_addresses)
        systems = _keys(self.settings.reserved_source_systems)
        for position, transaction in enumerate(transactions, 1):
            if transaction.delete:
                continue  # what got in before the address was reserved can still be taken away
            if _key(transaction.engagement.logical_address) in addresses:
                raise _fault(
                    _RESERVED_ADDRESS, f"EngagementTransaction {position}: logicalAddress is reserved."
                )
            if _key(transaction.engagement.source_system) in systems:
                raise _fault(_RESERVED_SYSTEM, f"EngagementTransaction {position}: sourceSystem is reserved.")

    def answer(self, question: tuple[Transaction, ...], visit: Visit) -> Iterable[bytes]:
        """Change the index and say so; raises `Refused` when the database cannot."""
        result = self._changed(question)
        visit.outcome = Outcome.INVALID if result.code is ResultCode.ERROR else Outcome.ANSWERED
        visit.records = len(question) if result.code is not ResultCode.ERROR else 0
        return begun(write_envelope([write_result(self.contract, result)]))

    def _changed(self, transactions: tuple[Transaction, ...]) -> UpdateResult:
        # In one index all posts of an Update have the same owner; notifications may differ in it.
        owners = [one.engagement.owner or "" for one in transactions]
        twice = duplicates(
            [(*one.engagement.key, owner) for one, owner in zip(transactions, owners, strict=True)]
        )
        if twice:
            # The contract's description has this sentence, word for word (rules kR1 and pR1).
            sentence = (
                f"EngagementTransaction {twice[0]} and {twice[1]} have the same unique key."
                " Duplicates are not allowed."
            )
            if self.settings.duplicates_are_faults:
                raise _fault(_DUPLICATES, sentence)
            return UpdateResult(code=ResultCode.ERROR, comment=sentence)
        change = self.store.update if self.contract is UPDATE else self.store.notify
        with _database():
            change(transactions, self.clock())
        return UpdateResult()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Find:
    """FindContent: a person in, that person's posts out."""

    store: Store
    settings: IndexSettings

    @property
    def contract(self) -> Contract:
        return FIND_CONTENT

    @property
    def label(self) -> str:
        return f"{FIND_CONTENT.name}-{FIND_CONTENT.version}"

    def read(self, letter: Letter, visit: Visit) -> Search:
        """Read the question; raises `Refused` for the first thing that is wrong."""
        _check_ours(letter, self.settings)
        if self.settings.correlation_id_required and not visit.correlation_id:
            raise _fault(_TECHNICAL, "The HTTP header x-skltp-correlation-id must be there, a UUID.")
        for name in ("registeredResidentIdentification", "serviceDomain"):
            text = letter.message.findtext(f"{{{FIND_CONTENT.namespace}}}{name}")
            if text is None or not text.strip():
                raise _fault(_TECHNICAL, f"The element {name} must be there.")
        _check_schema(letter)
        with _nonexistent_times(_TECHNICAL):
            search = read_search(letter.message)
        # "bad attributes = technical error (SOAP Fault)" -- TKB, error handling of FindContent
        for problem in search_problems(search):
            raise _fault(_TECHNICAL, f"{problem}.")
        return search

    def answer(self, question: Search, visit: Visit) -> Iterable[bytes]:
        """Find; raises `Refused` when the database cannot."""
        most = self.settings.max_found
        with _database():
            found = self.store.find(question, most=most + 1)
        if len(found) > most:
            raise _fault(_TECHNICAL, f"There are more than {most} posts; narrow the search.")
        visit.outcome, visit.records = Outcome.ANSWERED, len(found)
        return begun(write_envelope(write_found(found)))


# --- refusals -----------------------------------------------------------------------------------


def _fault(code: str, text: str, *, side: str = "Client", reason: str = "") -> Refused:
    return Refused(f"{code}: {text}", code=side, reason=reason)


def _check_ours(letter: Letter, settings: IndexSettings) -> None:
    try:
        check_address(letter, (settings.owner, *settings.also_answers_for))
    except Refused as refused:
        raise _fault(_NOT_OURS, str(refused)) from None


def _check_schema(letter: Letter) -> None:
    try:
        check_schema(letter)
    except Refused as refused:
        raise _fault(_SCHEMA, str(refused), reason=refused.reason) from None


@contextmanager
def _nonexistent_times(code: str) -> Iterator[None]:
    """Refuse a time that the schema's pattern lets through and no calendar has."""
    try:
        yield
    except ContractViolation as exc:
        place = exc.findings[0].path
        raise _fault(code, f"The time at {place} does not exist.") from None


@contextmanager
def _database() -> Iterator[None]:
    """Refuse on our own account when the database cannot be used."""
    try:
        yield
    except DatabaseUnavailable as exc:
        raise _fault(
            _TECHNICAL, "The index cannot be used just now; try again.", side="Server", reason=str(exc)
        ) from None


def _key(address: str) -> tuple[str, str]:
    return identity_key(HSA_ID, address)


def _keys(addresses: Iterable[str]) -> frozenset[tuple[str, str]]:
    return frozenset(map(_key, addresses))
