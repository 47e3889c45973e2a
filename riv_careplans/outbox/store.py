"""What the index is to be told, in a database: SQLite, or PostgreSQL.

One row for each post of the index, with what it shall say and whether the index has been told. A later
change of the same patient goes into the same row, so changes of one post can neither pass each other
nor pile up. What has been committed survives the process; a database that cannot be written raises, so
that nobody believes in a change that is not there.

The patient's id stands here in clear, because the index wants it so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from riv_careplans.contracts.engagement_index import Engagement, Key, Transaction
from riv_careplans.identity import format_timestamp, parse_timestamp
from riv_careplans.outbox.database import Database

__all__ = ["Row", "Status", "Store"]

_METADATA: Final = sa.MetaData()
_POSTS: Final = sa.Table(
    "outbox_post_1",
    _METADATA,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("patient_id", sa.String(32), nullable=False),
    sa.Column("source_system", sa.String(64), nullable=False),
    sa.Column("data_controller", sa.String(64), nullable=False),
    sa.Column("removed", sa.Boolean, nullable=False),
    sa.Column("most_recent", sa.String(14), nullable=False),
    # Grows with every change, so that what was told while it changed is not taken for told.
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("since", sa.Float, nullable=False),
    # The last reindex that had begun when it was reported: what one has not seen at its end is gone.
    sa.Column("reindex", sa.BigInteger, nullable=False),
    sa.Column("problem", sa.String(200), nullable=False),
    sa.Index("outbox_post_1_waiting", "state", "since"),
)
_REINDEXES: Final = sa.Table(
    "outbox_reindex_1",
    _METADATA,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("under_way", sa.Boolean, nullable=False),
)
"""The last reindex alone; they are counted, because clocks go backwards."""

_LAST_REINDEX: Final = sa.select(_REINDEXES.c.number)
_WAITING: Final = "waiting"
_TOLD: Final = "told"
_ASIDE: Final = "aside"
_GONE: Final = "gone"
"""Removed, and the index told so; kept while a reindex is under way, which may have listed it before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A post that waits, as it is to be told."""

    key: str
    version: int
    transaction: Transaction = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How it stands; nothing of it leads to a patient."""

    waiting: int
    """Posts that the index has not been told of."""

    oldest: float | None
    """When the oldest of them began to wait, as Unix time."""

    set_aside: int
    """Posts that the index refuses, whatever is done: see their problems."""

    told: int
    """Posts that the index has."""

    problems: dict[str, int]
    """Why posts are set aside, and how many of each."""


class Store:
    """The posts that the index shall have; safe to use from many threads and processes.

    A process that forks opens it afterwards, in each child.
    """

    def __init__(self, url: str) -> None:
        """Open the database and make its tables where there are none.

        Raises `ConfigurationError` for a database that cannot be used.
        """
        self._database = Database(url, _METADATA)

    # --- changes --------------------------------------------------------------------------------

    def put(self, changes: Iterable[tuple[Transaction, float]]) -> None:
        """Take changes with the moments they were reported (Unix time); they are durable on return.

        A change that says nothing new is not told, also one that is older than what is known. Raises
        `OutboxUnavailable`: then none of them has been taken.
        """
        self._put(changes, listed=False)

    def put_listed(self, changes: Iterable[tuple[Transaction, float]]) -> None:
        """Take what a reindex lists, to be told also if the index has been told before; as `put`.

        The list is believed, except against what has been reported since the reindex began.
        """
        self._put(changes, listed=True)

    def _put(self, changes: Iterable[tuple[Transaction, float]], *, listed: bool) -> None:
        rows = [self._values(transaction, moment) for transaction, moment in changes]
        if not rows:
            return
        # In one order for everybody, so that no two wait for each other; changes of one post keep theirs.
        rows.sort(key=itemgetter("key"))
        upsert = self._upsert(listed=listed)

        def put(connection: sa.Connection) -> None:
            number = connection.execute(_LAST_REINDEX).scalar() or 0
            connection.execute(upsert, [{**row, "reindex": number} for row in rows])

        self._database.write(put)

    def begin_reindex(self) -> int:
        """Begin to list everything with `put_listed`; gives the number for `end_reindex`."""

        def begin(connection: sa.Connection) -> int:
            number = int(connection.execute(_LAST_REINDEX).scalar() or 0) + 1
            connection.execute(sa.delete(_REINDEXES))
            connection.execute(sa.insert(_REINDEXES).values(number=number, under_way=True))
            return number

        return self._database.write(begin)

    def end_reindex(self, number: int, moment: float, *, whole: bool) -> None:
        """Remove what has been neither listed nor reported since it began, if the list is `whole`."""
        unseen = _removal(moment).where(_POSTS.c.reindex < number)
        ended = sa.update(_REINDEXES).where(_REINDEXES.c.number == number).values(under_way=False)

        def end(connection: sa.Connection) -> None:
            if whole:
                connection.execute(unseen)
            # Where another has begun meanwhile, that one may have listed what is gone.
            if connection.execute(ended).rowcount:
                connection.execute(sa.delete(_POSTS).where(_POSTS.c.state == _GONE))

        self._database.write(end)

    def standing(self) -> tuple[Row, ...]:
        """Return the posts that are to stand in the index, whether it has been told of them or not."""
        with self._database.reading() as connection:
            found = connection.execute(sa.select(_POSTS).where(_POSTS.c.removed.is_(sa.false())))
            return tuple(map(_row, found))

    def remove(self, rows: Sequence[Row], moment: float) -> int:
        """Remove posts, but not those about which something has been reported since they were read."""
        removal = _removal(moment).where(*_AS_READ)

        def remove(connection: sa.Connection) -> int:
            return sum(connection.execute(removal, read).rowcount for read in _as_read(rows))

        return self._database.write(remove)

    def _values(self, transaction: Transaction, moment: float) -> dict[str, Any]:
        engagement = transaction.engagement
        content = engagement.most_recent_content
        return {
            "key": _hash(engagement.key),
            "patient_id": engagement.patient_id,
            "source_system": engagement.source_system,
            "data_controller": engagement.data_controller,
            "removed": transaction.delete,
            "most_recent": format_timestamp(content) if content is not None else "",
            "version": 1,
            "state": _WAITING,
            "since": moment,
            "problem": "",
        }

    def _upsert(self, *, listed: bool) -> Any:  # noqa: ANN401 - two dialects' insert, which share no type
        dialect = sqlite if self._database.dialect == "sqlite" else postgresql
        insert = dialect.insert(_POSTS)
        new, old = insert.excluded, _POSTS.c
        later = sa.case((old.most_recent > new.most_recent, old.most_recent), else_=new.most_recent)
        if listed:
            # What has been reported since the list was begun is newer than the list.
            says_more = sa.not_(sa.and_(old.removed, old.reindex == new.reindex))
            believed = sa.or_(old.removed, old.reindex < new.reindex)
        else:
            # A change reported late must not take the index back in time.
            says_more = sa.or_(
                old.removed != new.removed,
                sa.and_(sa.not_(new.removed), old.most_recent < new.most_recent),
                old.state == _ASIDE,
            )
            believed = old.removed
        content = sa.case((new.removed, ""), (believed, new.most_recent), else_=later)
        # What waits already goes on waiting from when it began.
        goes_on = sa.or_(sa.not_(says_more), old.state == _WAITING)
        return insert.on_conflict_do_update(
            index_elements=["key"],
            set_={
                "removed": sa.case((says_more, new.removed), else_=old.removed),
                "most_recent": sa.case((says_more, content), else_=old.most_recent),
                "version": sa.case((says_more, old.version + 1), else_=old.version),
                "state": sa.case((says_more, _WAITING), else_=old.state),
                "since": sa.case((goes_on, old.since), else_=new.since),
                "reindex": new.reindex,
                "problem": sa.case((says_more, ""), else_=old.problem),
            },
            # Nothing is written for nothing, but what a reindex must know.
            where=sa.or_(says_more, old.reindex < new.reindex),
        )

    # --- sending --------------------------------------------------------------------------------

    def waiting(self, most: int) -> tuple[Row, ...]:
        """Return the posts that have waited longest."""
        query = (
            sa.select(_POSTS)
            .where(_POSTS.c.state == _WAITING)
            .order_by(_POSTS.c.since, _POSTS.c.key)
            .limit(most)
        )
        with self._database.reading() as connection:
            return tuple(map(_row, connection.execute(query)))

    def settle(self, rows: Sequence[Row]) -> None:
        """Note that the index has taken posts; what has changed since they were read goes on waiting."""
        under_way = sa.select(_REINDEXES.c.number).where(_REINDEXES.c.under_way.is_(sa.true()))

        def settle(connection: sa.Connection) -> None:
            _mark(connection, rows, state=sa.case((_POSTS.c.removed, _GONE), else_=_TOLD))
            if any(row.transaction.delete for row in rows) and not connection.execute(under_way).first():
                connection.execute(sa.delete(_POSTS).where(_POSTS.c.state == _GONE))

        self._database.write(settle)

    def set_aside(self, rows: Sequence[Row], problem: str) -> None:
        """Note that the index refuses posts; `problem` is a sentence of ours."""
        self._database.write(lambda connection: _mark(connection, rows, state=_ASIDE, problem=problem[:200]))

    def sole_sender(self) -> AbstractContextManager[Callable[[], bool]]:
        """Be the only one who sends, as long as this lasts; see `Database.alone`."""
        return self._database.alone()

    # --- for the operator -----------------------------------------------------------------------

    def oldest(self) -> float | None:
        """Return when the oldest of what waits began to, as Unix time."""
        query = sa.select(sa.func.min(_POSTS.c.since)).where(_POSTS.c.state == _WAITING)
        with self._database.reading() as connection:
            found: float | None = connection.execute(query).scalar()
        return found

    def status(self) -> Status:
        """Count."""
        states = sa.select(_POSTS.c.state, sa.func.count(), sa.func.min(_POSTS.c.since)).group_by(
            _POSTS.c.state
        )
        problems = (
            sa.select(_POSTS.c.problem, sa.func.count().label("posts"))
            .where(_POSTS.c.state == _ASIDE)
            .group_by(_POSTS.c.problem)
        )
        with self._database.reading() as connection:
            counted = {state: (count, oldest) for state, count, oldest in connection.execute(states)}
            told = {found.problem: found.posts for found in connection.execute(problems)}
        return Status(
            waiting=counted.get(_WAITING, (0, None))[0],
            oldest=counted.get(_WAITING, (0, None))[1],
            set_aside=counted.get(_ASIDE, (0, None))[0],
            told=counted.get(_TOLD, (0, None))[0],
            problems=dict(sorted(told.items())),
        )

    def retry(self, moment: float) -> int:
        """Let everything that was set aside wait again; returns how many."""
        again = (
            sa.update(_POSTS)
            .where(_POSTS.c.state == _ASIDE)
            .values(state=_WAITING, since=moment, problem="", version=_POSTS.c.version + 1)
        )
        return self._database.write(lambda connection: int(connection.execute(again).rowcount))

    def drop(self) -> int:
        """Forget everything that was set aside; returns how many."""
        dropped = sa.delete(_POSTS).where(_POSTS.c.state == _ASIDE)
        return self._database.write(lambda connection: int(connection.execute(dropped).rowcount))

    def close(self) -> None:
        """Give the connections back."""
        self._database.close()


def _mark(
    connection: sa.Connection,
    rows: Sequence[Row],
    *,
    state: Any,  # noqa: ANN401 - a text or an expression
    problem: str = "",
) -> None:
    marked = sa.update(_POSTS).where(*_AS_READ).values(state=state, problem=problem)
    connection.execute(marked, _as_read(rows))


_AS_READ: Final = (
    _POSTS.c.key == sa.bindparam("the_key"),
    _POSTS.c.version == sa.bindparam("the_version"),
)


def _as_read(rows: Sequence[Row]) -> list[dict[str, Any]]:
    ordered = sorted(rows, key=lambda row: row.key)
    return [{"the_key": row.key, "the_version": row.version} for row in ordered]


def _removal(moment: float) -> sa.Update:
    return (
        sa.update(_POSTS)
        .where(_POSTS.c.removed.is_(sa.false()))
        .values(
            removed=True,
            most_recent="",
            version=_POSTS.c.version + 1,
            state=_WAITING,
            since=sa.case((_POSTS.c.state == _WAITING, _POSTS.c.since), else_=moment),
            # As if it had been reported: a list that is being made may be older.
            reindex=sa.func.coalesce(_LAST_REINDEX.scalar_subquery(), 0),
            problem="",
        )
    )


def _row(found: Any) -> Row:  # noqa: ANN401 - SQLAlchemy's row
    engagement = Engagement(
        patient_id=found.patient_id,
        logical_address=found.source_system,
        source_system=found.source_system,
        data_controller=found.data_controller,
        # "no mostRecentContent when deleteFlag=true" -- the index's general schematron
        most_recent_content=parse_timestamp(found.most_recent) if found.most_recent else None,
    )
    transaction = Transaction(delete=found.removed, engagement=engagement)
    return Row(key=found.key, version=found.version, transaction=transaction)


def _hash(key: Key) -> str:
    return hashlib.sha256("\x1f".join(key).encode()).hexdigest()
