"""The index's database: SQLite by default, PostgreSQL by setting, made safe and brought up to date.

What is committed is on the disk: SQLite with a write-ahead log and synchronous=FULL, PostgreSQL with
synchronous_commit. Whatever the database cannot do becomes one `DatabaseUnavailable`, whose text holds
no value; the next call tries anew, so that nobody need restart anything. Knows nothing of engagements.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any, Final
from weakref import finalize

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError, SQLAlchemyError

from riv_careplans.errors import ConfigurationError, DatabaseUnavailable
from riv_careplans.index.tables import VERSION_TABLE

__all__ = ["Database"]

_WRITES: Final = "writes"
_FILE: Final = "file"
_FORMS: Final = "sqlite:///FILE or postgresql://USER@HOST/NAME"
_SQLITE: Final = {
    "SQLITE_BUSY": "others hold it",
    "SQLITE_CANTOPEN": "the file cannot be opened",
    "SQLITE_CORRUPT": "the file is spoilt: restore it from a backup",
    "SQLITE_FULL": "the disk is full",
    "SQLITE_IOERR": "the disk cannot be read or written",
    "SQLITE_LOCKED": "others hold it",
    "SQLITE_NOTADB": "the file is no database",
    "SQLITE_READONLY": "it can only be read: see the rights of the file and its folder",
}
_POSTGRESQL: Final = {
    "25": "it can only be read",
    "28": "it refuses the user",
    "3D": "there is no database of that name",
    "42": "the user lacks a right, or the tables are not ours",
    "53": "it lacks room, memory or connections",
    "55": "others hold it",
    "57": "it was stopped, or took too long",
}
"""By class of SQLSTATE."""

_OWN_TABLES: Final = 4714_8891
"""The advisory lock under which PostgreSQL's tables are brought up to date; any number of ours will do."""


class Database:
    """One database; safe to use from many threads, and beside other processes."""

    def __init__(self, url: str, *, timeout: float = 5, connections: int = 16) -> None:
        """Name the database without opening it; raises `ConfigurationError` for what is no name of one.

        `timeout` is how many seconds to wait for others' locks, or for the server.
        """
        self._url = _known(url)
        self._path = Path(self._url.database or "") if self._url.get_backend_name() == "sqlite" else None
        self._timeout = timeout
        self._writing = Lock()
        self._engine = _engine(self._url, self._path, timeout, connections)
        # Whoever forgets a database leaves no connection behind.
        finalize(self, self._engine.dispose)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return str(self._engine.dialect.name)

    @property
    def name(self) -> str:
        """The database's name as an operator may see it, without a password."""
        return self._url.set(query={}).render_as_string(hide_password=True)

    def close(self) -> None:
        """Close every connection that is not in use."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection to read with; raises `DatabaseUnavailable`."""
        with self._errors(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a transaction: at the end of the block all of it is on the disk, or none of it anywhere.

        Raises `DatabaseUnavailable`.
        """
        with self._errors(), self._turn():
            engine = self._engine.execution_options(**{_WRITES: True})
            with engine.begin() as connection:
                yield connection
                opened = connection.info.get(_FILE)
            # A file that was taken away meanwhile is still written to, and nobody will ever find it.
            if self._path is not None and _identity(self._path) != opened:
                raise DatabaseUnavailable("the database's file has been taken away")

    def upgrade(self) -> None:
        """Make the tables, or what they lack; raises `ConfigurationError` or `DatabaseUnavailable`."""
        if self._path is not None:
            _create(self._path)
        with self.writing() as connection:
            if self.dialect == "postgresql":
                connection.execute(text("SET LOCAL statement_timeout = 0"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _OWN_TABLES})
            config = _migrations()
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError:
                raise ConfigurationError(
                    f"{self.name}: the database was made by a newer version of riv-careplans"
                ) from None

    def check(self) -> None:
        """See that the tables are there and of this version; raises as `upgrade`."""
        if self._path is not None and not self._path.is_file():
            raise ConfigurationError(f"{self.name}: there is no such database")
        with self.reading() as connection:
            version = {"version_table": VERSION_TABLE}
            found = MigrationContext.configure(connection, opts=version).get_current_heads()
        if found != tuple(ScriptDirectory.from_config(_migrations()).get_heads()):
            raise ConfigurationError(
                f"{self.name}: this is no index of this version; serve-index makes it one"
            )

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Let one thread at a time write to SQLite: who waits there only looks in now and then."""
        if self._path is None:
            yield
            return
        if not self._writing.acquire(timeout=self._timeout):
            raise DatabaseUnavailable(f"{self.name}: the database cannot be used: others are writing")
        try:
            yield
        finally:
            self._writing.release()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, OSError) as exc:
            raise DatabaseUnavailable(f"{self.name}: the database cannot be used: {_told(exc)}") from None


def _told(exc: Exception) -> str:
    """Name the kind of error, and why: the driver's own text may hold values, and is not told."""
    problem = getattr(exc, "orig", None) or exc
    kind = type(problem).__name__
    if isinstance(problem, OSError):
        return f"{kind}: {os.strerror(problem.errno)}" if problem.errno else kind
    if isinstance(problem, sqlite3.Error):
        # Longer names say more, as SQLITE_BUSY_SNAPSHOT does.
        name = getattr(problem, "sqlite_errorname", "")
        why = next((sentence for begins, sentence in _SQLITE.items() if name.startswith(begins)), name)
    else:
        state = getattr(problem, "sqlstate", None)
        begins = (state or "")[:2]
        why = _POSTGRESQL.get(begins, f"SQLSTATE {state}" if state else "")
        if state is None and kind == "OperationalError":
            why = "its server does not answer, or refuses the connection: see that it runs, and its log"
    return f"{kind}: {why}" if why else kind


def _known(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ConfigurationError(f"database: expected {_FORMS}") from None
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "postgresql+psycopg"):
        raise ConfigurationError(f"database: expected {_FORMS}")
    if parsed.drivername == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise ConfigurationError("database: expected a file, as in sqlite:///index.db")
    return parsed


def _migrations() -> Config:
    config = Config()
    config.set_main_option("script_location", "riv_careplans.index:migrations")
    return config


def _engine(url: URL, path: Path | None, timeout: float, connections: int) -> Engine:
    # hide_parameters: an error's text would hold the values of the row.
    common: dict[str, Any] = {
        "hide_parameters": True,
        "pool_size": connections,
        "max_overflow": 0,
        "pool_timeout": timeout,
    }
    if path is not None:
        engine = create_engine(url, creator=lambda: _open_file(path, timeout), **common)
        _mind_the_file(engine, path)
        return engine
    try:
        engine = create_engine(
            url, pool_pre_ping=True, connect_args={"connect_timeout": max(2, round(timeout))}, **common
        )
    except ImportError:
        raise ConfigurationError(
            "database: PostgreSQL needs psycopg: install riv-careplans[postgresql]"
        ) from None
    event.listen(engine, "connect", lambda connection, _: _settle_server(connection, timeout))
    return engine


# --- SQLite -------------------------------------------------------------------------------------


def _create(path: Path) -> None:
    """Make the file for its owner alone; SQLite gives the files beside it the same permissions."""
    try:
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as exc:
        raise ConfigurationError(f"{path}: the database cannot be made: {exc.strerror}") from None


def _open_file(path: Path, timeout: float) -> sqlite3.Connection:
    # mode=rw: a file that is gone is an error, and not a reason to begin an empty one.
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=timeout,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        # With NORMAL, the last transactions before a power cut are lost although acknowledged.
        connection.execute("PRAGMA synchronous=FULL")
    except BaseException:
        connection.close()
        raise
    return connection


def _mind_the_file(engine: Engine, path: Path) -> None:
    """Begin transactions as they are meant, and leave connections whose file is no longer there."""

    @event.listens_for(engine, "connect")
    def remember(_connection: object, record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's record
        record.info[_FILE] = _identity(path)

    @event.listens_for(engine, "checkout")
    def compare(_connection: object, record: Any, _proxy: object) -> None:  # noqa: ANN401 - as above
        if record.info[_FILE] != _identity(path):
            raise DisconnectionError("the database's file is another one")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer takes its lock at once: two that read first and write then would block each other.
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


# --- PostgreSQL ---------------------------------------------------------------------------------


def _settle_server(connection: Any, timeout: float) -> None:  # noqa: ANN401 - the driver's connection
    milliseconds = round(timeout * 1000)
    with connection.cursor() as cursor:
        cursor.execute(f"SET statement_timeout = {milliseconds}")
        cursor.execute(f"SET lock_timeout = {milliseconds}")
        cursor.execute("SET synchronous_commit = on")
    connection.commit()
