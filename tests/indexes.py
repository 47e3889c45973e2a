"""Posts, questions and answers of an engagement index, for tests."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from wsgiref.types import WSGIApplication

from riv_careplans.contract import Contract
from riv_careplans.contracts.engagement_index import (
    FIND_CONTENT,
    UPDATE,
    Engagement,
    Search,
    Transaction,
    read_found,
    read_result,
    write_search,
    write_transactions,
)
from riv_careplans.contracts.soap import write_question
from riv_careplans.index import Database, Store, make_app
from riv_careplans.settings import IndexSettings
from tests.producer_calls import Reply, post

__all__ = [
    "LOG_ID",
    "NOW",
    "OWNER",
    "PATIENT",
    "SYSTEM",
    "Index",
    "delete",
    "engagement",
    "fault_of",
    "find",
    "found",
    "new_store",
    "search",
    "stored",
    "update",
    "write",
]

NOW = datetime(2026, 1, 20, 9, 0, 0)  # noqa: DTZ001 - Swedish local time has no zone
PATIENT = "191212121212"
OWNER = "SE2329999995-IDX"
SYSTEM = "SE2329999995-SYS1"
LOG_ID = "5a1f9f0e-30a5-4d59-a1b5-7d4f5d1fd001"


def engagement(**changes: Any) -> Engagement:
    """Make a post about care plans; `changes` are its fields."""
    plain: dict[str, Any] = {
        "patient_id": PATIENT,
        "logical_address": SYSTEM,
        "source_system": SYSTEM,
        "data_controller": "SE5565594230",
        "most_recent_content": datetime(2026, 1, 19, 8, 15, 0),  # noqa: DTZ001 - as above
    }
    return Engagement(**{**plain, **changes})


def write(**changes: Any) -> Transaction:
    """Make the transaction that writes a post."""
    return Transaction(engagement=engagement(**changes))


def delete(**changes: Any) -> Transaction:
    """Make the transaction that deletes a post."""
    return Transaction(delete=True, engagement=engagement(**changes))


def search(**changes: Any) -> Search:
    return Search(**{"patient_id": PATIENT, **changes})


def update(*transactions: Transaction, address: str = OWNER, contract: Contract = UPDATE) -> bytes:
    """Write an Update, or a ProcessNotification, in its envelope."""
    return write_question(write_transactions(contract, transactions or [write()]), address)


def find(asked: Search | None = None, *, address: str = OWNER) -> bytes:
    """Write a FindContent in its envelope."""
    return write_question(write_search(asked or search()), address)


def new_store(
    url: str | Path, *, owner: str = OWNER, secret: bytes | None = None, timeout: float = 5
) -> Store:
    """Make an index in a database, or open the one that is there; a path is SQLite's file."""
    database = Database(f"sqlite:///{url}" if isinstance(url, Path) else url, timeout=timeout)
    database.upgrade()
    return Store(database, owner=owner, secret=secret)


class Index:
    """An index in process, asked as its callers do."""

    def __init__(self, store: Store, **settings: Any) -> None:
        self.now = NOW
        self.app: WSGIApplication = make_app(
            store,
            IndexSettings(**{"owner": OWNER, **settings}),
            clock=lambda: self.now,
            new_log_id=lambda: LOG_ID,
        )

    def update(self, *transactions: Transaction, **how: Any) -> Reply:
        return post(self.app, update(*transactions, **how))

    def find(self, asked: Search | None = None, **how: Any) -> Reply:
        return post(self.app, find(asked), **how)


def fault_of(reply: Reply) -> str:
    """Give the text of a Fault without its log id, and be sure that it is one."""
    assert reply.status == 500
    (text,) = reply.texts("faultstring")
    told, mark, _ = text.partition(f" Log id: {LOG_ID}")
    assert mark
    return told


def stored(reply: Reply) -> str:
    """Give the result of an Update: its code and its comment."""
    assert reply.status == 200
    result = read_result(reply.message)
    return f"{result.code} {result.comment}" if result.comment else str(result.code)


def found(reply: Reply) -> tuple[Engagement, ...]:
    """Give what a FindContent found, and be sure that the answer follows the contract."""
    assert reply.status == 200
    assert FIND_CONTENT.violations(reply.message) == ()
    return read_found(reply.message)
