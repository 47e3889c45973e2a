"""The posts of the index: written, found and counted, each call one transaction.

Knows the rules of keys (TKB itintegration:engagementindex 1.0.9, rules kR2, pR2 and pR4 to pR7) and no
messages; what may be in a post at all is judged before.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, TypeAlias

from sqlalchemy import Executable, RowMapping, Table, bindparam, delete, distinct, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from riv_careplans.contracts.engagement_index import Engagement, Search, Transaction
from riv_careplans.errors import ConfigurationError, DatabaseUnavailable
from riv_careplans.identity import format_timestamp, parse_timestamp
from riv_careplans.index.database import Database
from riv_careplans.index.seal import Seal
from riv_careplans.index.tables import ENGAGEMENT, SEAL

__all__ = ["Count", "Stats", "Store"]

_FILTERS: Final = (
    "categorization",
    "logical_address",
    "business_object_id",
    "clinical_process_id",
    "source_system",
    "data_controller",
    "owner",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many posts there are of one kind from one source system."""

    service_domain: str
    categorization: str
    source_system: str
    engagements: int
    patients: int
    latest_update: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """What is in the index, without saying about whom."""

    engagements: int
    patients: int
    counts: tuple[Count, ...]


class Store:
    """An index in a database; safe to use from many threads, and beside other processes.

    Making one reads the seal, and makes it where there is none. Raises `ConfigurationError` when the
    secret is another than the database was begun with, and `DatabaseUnavailable`.
    """

    def __init__(self, database: Database, *, owner: str, secret: bytes | None = None) -> None:
        self._database = database
        self._owner = owner
        self._seal = _seal(database, secret)

    def update(self, transactions: Iterable[Transaction], now: datetime) -> None:
        """Write and delete posts of our own: all of them or none; raises `DatabaseUnavailable`.

        The keys must all be different. A post that is there already and says the same stays as it is,
        its times included.
        """
        time = format_timestamp(now)
        rows = [
            self._row(one, owner=self._owner, creation_time=time, update_time=time) for one in transactions
        ]
        self._change(rows, compared=("most_recent_content",))

    def notify(self, transactions: Iterable[Transaction], now: datetime) -> None:
        """Write and delete posts of other indexes as `update` does, with the owners and times they have.

        Those of our own are passed over: they come back to us from an index that we told of them.
        """
        rows = [
            self._row(
                one,
                owner=one.engagement.owner or "",
                creation_time=format_timestamp(one.engagement.creation_time or now),
                update_time=format_timestamp(one.engagement.update_time or now),
            )
            for one in transactions
            if one.engagement.owner != self._owner
        ]
        self._change(rows, compared=("most_recent_content", "creation_time", "update_time"))

    def find(self, search: Search, *, most: int | None = None) -> tuple[Engagement, ...]:
        """Return the posts that match exactly, `most` at most, in a fixed order.

        Raises `DatabaseUnavailable`.
        """
        table = ENGAGEMENT.c
        wanted = (
            select(ENGAGEMENT)
            .where(table.patient == self._seal.patient(search.patient_id))
            .where(table.service_domain == search.service_domain)
            .order_by(table.source_system, table.categorization, table.key)
            .limit(most)
        )
        for name in _FILTERS:
            value = getattr(search, name)
            if value is not None:
                wanted = wanted.where(table[name] == value)
        if search.most_recent_content is not None:
            wanted = wanted.where(table.most_recent_content == format_timestamp(search.most_recent_content))
        with self._database.reading() as connection:
            found = connection.execute(wanted).mappings()
            return tuple(_engagement(row, search.patient_id) for row in found)

    def stats(self) -> Stats:
        """Count the posts; reads the whole index. Raises `DatabaseUnavailable`."""
        table = ENGAGEMENT.c
        kinds = (table.service_domain, table.categorization, table.source_system)
        patients = func.count(distinct(table.patient))
        grouped = (
            select(*kinds, func.count(), patients, func.max(table.update_time))
            .group_by(*kinds)
            .order_by(*kinds)
        )
        with self._database.reading() as connection:
            counts = tuple(
                Count(
                    service_domain=domain,
                    categorization=categorization,
                    source_system=system,
                    engagements=engagements,
                    patients=persons,
                    latest_update=parse_timestamp(latest),
                )
                for domain, categorization, system, engagements, persons, latest in connection.execute(
                    grouped
                )
            )
            everybody = connection.execute(select(patients)).scalar_one()
        return Stats(engagements=sum(one.engagements for one in counts), patients=everybody, counts=counts)

    def problem(self) -> str:
        """Say why the index cannot be asked just now, or nothing."""
        try:
            with self._database.reading() as connection:
                connection.execute(select(SEAL.c.id)).first()
        except DatabaseUnavailable as exc:
            return str(exc)
        return ""

    def _row(self, transaction: Transaction, *, owner: str, **times: str) -> _KeyedRow:
        engagement = transaction.engagement
        key = self._seal.key(engagement, owner)
        if transaction.delete:
            return key, None
        content = engagement.most_recent_content
        return key, {
            "key": key,
            "patient": self._seal.patient(engagement.patient_id),
            "service_domain": engagement.service_domain,
            "categorization": engagement.categorization,
            "logical_address": engagement.logical_address,
            "business_object_id": engagement.business_object_id,
            "clinical_process_id": engagement.clinical_process_id,
            "most_recent_content": content and format_timestamp(content),
            "source_system": engagement.source_system,
            "data_controller": engagement.data_controller,
            "owner": owner,
            **times,
        }

    def _change(self, rows: list[_KeyedRow], *, compared: tuple[str, ...]) -> None:
        """Run the changes in the order of their keys: so two requests never wait for each other."""
        if not rows:
            return
        upsert = _upsert(self._database.dialect, compared)
        rows = sorted(rows, key=itemgetter(0))
        with self._database.writing() as connection:
            for deletes, run in groupby(rows, key=lambda keyed: keyed[1] is None):
                if deletes:
                    connection.execute(_DELETE, [{"deleted": key} for key, _ in run])
                else:
                    connection.execute(upsert, [row for _, row in run if row is not None])


_KeyedRow: TypeAlias = tuple[bytes, dict[str, Any] | None]
"""The key of a post, and its row; without a row it is to be deleted."""

_DELETE: Final = delete(ENGAGEMENT).where(ENGAGEMENT.c.key == bindparam("deleted"))
_INSERTS: Final[Mapping[str, Callable[[Table], Any]]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


def _upsert(dialect: str, compared: tuple[str, ...]) -> Executable:
    """Return the statement that writes a post, unless it is there and no compared column differs."""
    insert = _INSERTS[dialect](ENGAGEMENT)
    new = insert.excluded
    statement: Executable = insert.on_conflict_do_update(
        index_elements=[ENGAGEMENT.c.key],
        set_={name: new[name] for name in dict.fromkeys((*compared, "update_time"))},
        where=or_(*(ENGAGEMENT.c[name].is_distinct_from(new[name]) for name in compared)),
    )
    return statement


def _engagement(found: RowMapping, patient_id: str) -> Engagement:
    content = found["most_recent_content"]
    return Engagement(
        patient_id=patient_id,
        service_domain=found["service_domain"],
        categorization=found["categorization"],
        logical_address=found["logical_address"],
        business_object_id=found["business_object_id"],
        clinical_process_id=found["clinical_process_id"],
        most_recent_content=parse_timestamp(content) if content else None,
        source_system=found["source_system"],
        data_controller=found["data_controller"],
        owner=found["owner"],
        creation_time=parse_timestamp(found["creation_time"]),
        update_time=parse_timestamp(found["update_time"]),
    )


# --- the seal -----------------------------------------------------------------------------------


def _seal(database: Database, secret: bytes | None) -> Seal:
    """Return the seal that the database was begun with; begin it when it has none."""
    with database.reading() as connection:
        found = connection.execute(select(SEAL)).first()
    if found is None:
        made = secrets.token_bytes(32) if secret is None else None
        begun = {"id": 1, "proof": Seal(secret or made or b"").proof, "secret": made}
        with database.writing() as connection:
            # Another process may have been quicker.
            connection.execute(_INSERTS[database.dialect](SEAL).on_conflict_do_nothing(), begun)
            found = connection.execute(select(SEAL)).one()
    seal = Seal(found.secret or secret or b"")
    if seal.proof != found.proof or (found.secret is None) == (secret is None):
        raise ConfigurationError(
            f"{database.name}: the database was begun with another secret: give the same secret-file as then,"
            " or none if there was none"
        )
    return seal
