"""Where the outbox's table lies: SQLite, or PostgreSQL, so that what is committed stays.

Whatever the database cannot do becomes one `OutboxUnavailable`, whose text holds no value. An SQLite
file is made readable to its owner alone. Knows nothing of posts.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from time import sleep
from typing import Any, Final, TypeVar
from weakref import finalize

import sqlalchemy as sa

from riv_careplans.errors import ConfigurationError, OutboxUnavailable

__all__ = ["Database"]

T = TypeVar("T")

_SENDER_LOCK: Final = 0x7269_7663
"""PostgreSQL's advisory lock of the one who sends."""

_BUSY_SECONDS: Final = 5.0
_OWNER_ONLY: Final = 0o600
_CONFLICTS: Final = ("40001", "40P01")
"""PostgreSQL's codes for a transaction that stood in another's way, and can be done again."""

_ATTEMPTS: Final = 5
_A_MOMENT: Final = 0.05


class Database:
    """A database with the outbox's tables; safe to use from many threads and processes."""

    def __init__(self, url: str, tables: sa.MetaData) -> None:
        """Open it and make the tables that are missing; raises `ConfigurationError`."""
        try:
            self._url = _known(url)
            self._file = _make_private(self._url) if self._url.get_backend_name() == "sqlite" else None
            self._writing = Lock()
            self._engine = _engine(self._url)
            # Whoever forgets an outbox leaves no connection behind.
            finalize(self, self._engine.dispose)
            _make_tables(self._engine, tables)
            self._identity = _identity(self._file)
        except (sa.exc.SQLAlchemyError, ImportError, OSError) as exc:
            raise ConfigurationError(f"the outbox's database cannot be opened: {_reason(exc)}") from None

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return str(self._engine.dialect.name)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def write(self, work: Callable[[sa.Connection], T]) -> T:
        """Do a transaction: what it wrote is on the disk on return. Raises `OutboxUnavailable`.

        When it stands in another's way it is done again.
        """
        for attempt in range(_ATTEMPTS):
            try:
                with self._turn(), self._engine.begin() as connection:
                    done = work(connection)
                    # A file that was taken away is still written to, and nobody will ever find it.
                    if _identity(self._file) != self._identity:
                        raise OutboxUnavailable(
                            "the outbox's database cannot be used: its file has been taken away"
                        )
                    return done
            except sa.exc.SQLAlchemyError as exc:
                again = getattr(getattr(exc, "orig", None), "sqlstate", None) in _CONFLICTS
                if not again or attempt + 1 == _ATTEMPTS:
                    raise _unavailable(exc) from None
                sleep(_A_MOMENT * 2**attempt)
        raise AssertionError("the last attempt returns or raises")

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Let one thread at a time write to SQLite: who waits there only looks in now and then."""
        if self._file is None:
            yield
            return
        if not self._writing.acquire(timeout=_BUSY_SECONDS):
            raise OutboxUnavailable(f"the outbox's database cannot be used: {_KNOWN[_LOCKED]}")
        try:
            yield
        finally:
            self._writing.release()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Give a connection to read with; raises `OutboxUnavailable`."""
        with _told(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def alone(self) -> Iterator[Callable[[], bool]]:
        """Be the only one who sends, among all processes, as long as this lasts.

        Gives what says whether one is: False when somebody else was first. The lock is the database's
        own and ends with the process, however that ends; with PostgreSQL it also ends with the
        connection, so ask before every batch. Both raise `OutboxUnavailable`.
        """
        if self.dialect == "sqlite":
            with _locked_beside(self._url) as got:
                yield lambda: got
            return
        with _told():
            # Outside any transaction, so that no server ends it for being idle in one.
            session = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            try:
                asked = sa.select(sa.func.pg_try_advisory_lock(_SENDER_LOCK))
                got = bool(session.execute(asked).scalar())
                yield lambda: got and _is_alive(session)
            finally:
                # The lock is the session's, which must not live on among the idle ones.
                session.invalidate()
                session.close()


def _known(url: str) -> sa.URL:
    found = sa.make_url(url)
    # SQLAlchemy would take an older driver than the one that we come with.
    return found.set(drivername="postgresql+psycopg") if found.drivername == "postgresql" else found


def _engine(url: sa.URL) -> sa.Engine:
    if url.get_backend_name() != "sqlite":
        limits = {"connect_timeout": round(_BUSY_SECONDS)}
        engine = sa.create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=limits)
        sa.event.listen(engine, "connect", _settle_server)
        return engine
    engine = sa.create_engine(url, hide_parameters=True, connect_args={"timeout": _BUSY_SECONDS})

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - sqlite3's connection
        connection.execute("PRAGMA journal_mode=WAL")
        # FULL: a commit is on the disk, so that it survives the machine and not only the process.
        connection.execute("PRAGMA synchronous=FULL")

    return engine


def _settle_server(connection: Any, _record: object) -> None:  # noqa: ANN401 - psycopg's connection
    with connection.cursor() as cursor:
        # Whoever reports a change must not wait for ever for who holds a lock.
        cursor.execute(f"SET lock_timeout = {round(_BUSY_SECONDS * 1000)}")
        cursor.execute("SET synchronous_commit = on")
    connection.commit()


def _make_tables(engine: sa.Engine, tables: sa.MetaData) -> None:
    for attempt in range(_ATTEMPTS):
        try:
            tables.create_all(engine)
        except sa.exc.DBAPIError as exc:
            # Somebody else is making them: the next time they are there. Not so where no server answered.
            unanswered = getattr(exc.orig, "sqlstate", "") is None
            if unanswered or attempt + 1 == _ATTEMPTS:
                raise
            sleep(_A_MOMENT * 2**attempt)
        else:
            return


def _make_private(url: sa.URL) -> Path:
    """Make the file before SQLite does, for its owner alone."""
    if not url.database or url.database == ":memory:":
        raise ConfigurationError("the outbox needs a file: sqlite:///outbox.sqlite")
    with suppress(FileExistsError):
        os.close(os.open(url.database, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _OWNER_ONLY))
    return Path(url.database).absolute()


def _identity(path: Path | None) -> tuple[int, int] | None:
    try:
        found = path.stat() if path is not None else None
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found is not None else None


@contextmanager
def _locked_beside(url: sa.URL) -> Iterator[bool]:
    """Hold an exclusive transaction on a database beside SQLite's: a lock that ends with the process."""
    beside = url.set(database=f"{url.database}.sender")
    with _told():
        try:
            _make_private(beside)
        except OSError as exc:
            raise OutboxUnavailable(f"the outbox's database cannot be used: {_reason(exc)}") from None
        engine = sa.create_engine(beside, connect_args={"timeout": 0.0, "isolation_level": None})
        connection = None
        try:
            connection = engine.connect()
            yield _is_got(connection)
        finally:
            if connection is not None:
                connection.close()
            engine.dispose()


def _is_got(connection: sa.Connection) -> bool:
    try:
        connection.exec_driver_sql("BEGIN EXCLUSIVE")
    except sa.exc.OperationalError as exc:
        if str(exc.orig) != _LOCKED:
            raise
        return False
    return True


def _is_alive(session: sa.Connection) -> bool:
    session.execute(sa.select(1))
    return True


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except sa.exc.SQLAlchemyError as exc:
        raise _unavailable(exc) from None


def _unavailable(exc: BaseException) -> OutboxUnavailable:
    return OutboxUnavailable(f"the outbox's database cannot be used: {_reason(exc)}")


def _reason(exc: BaseException) -> str:
    """Say why in a few words: the driver's own, which repeat no value."""
    if isinstance(exc, ImportError):
        return "its driver is not installed"
    if isinstance(exc, OSError):
        return exc.strerror or "the file cannot be made"
    origin = getattr(exc, "orig", None)
    said = str(origin).strip().splitlines()[0] if origin is not None and str(origin).strip() else ""
    return _KNOWN.get(said, "the database refused" if not said else said.split("DETAIL")[0].strip()[:120])


_LOCKED: Final = "database is locked"
_KNOWN: Final = {
    _LOCKED: "another program holds it",
    "database or disk is full": "the disk is full",
    "attempt to write a readonly database": "it is read-only",
    "unable to open database file": "the file cannot be opened",
    "disk I/O error": "the disk cannot be written",
    "file is not a database": "the file is no SQLite database",
}
