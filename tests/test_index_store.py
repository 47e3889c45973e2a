"""The index's database, SQLite and PostgreSQL: the same behaviour, many writers, and nothing lost when it fails."""

import multiprocessing
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from riv_careplans.contracts.engagement_index import Engagement, Transaction
from riv_careplans.errors import ConfigurationError, DatabaseUnavailable
from riv_careplans.index import Database, Store, read_secret
from riv_careplans.index.tables import METADATA, VERSION_TABLE
from tests.indexes import NOW, OWNER, PATIENT, SYSTEM, delete, engagement, new_store, search, write
from tests.postgresql import Cluster, cluster

pytestmark = pytest.mark.once

LATER = NOW + timedelta(days=1)
SECRET = bytes(range(32, 64))


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    with cluster() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Name a database that does not exist yet, or is empty."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'index.db'}"
    running: Cluster = request.getfixturevalue("server")
    return running.new_database()


@pytest.fixture
def store(url: str) -> Store:
    return new_store(url)


# -------------------------------------------------------------------------------------------- the rules


def test_posts_are_written_kept_written_over_and_deleted_by_their_key(store: Store) -> None:
    new = engagement(owner=OWNER, creation_time=NOW, update_time=NOW)

    store.update([write()], NOW)
    assert store.find(search()) == (new,)

    store.update([write()], LATER)
    assert store.find(search()) == (new,)

    store.update([write(most_recent_content=None)], LATER)
    assert store.find(search()) == (
        engagement(most_recent_content=None, owner=OWNER, creation_time=NOW, update_time=LATER),
    )

    store.update([delete()], LATER)
    assert store.find(search()) == ()


def test_notifications_bring_their_own_owner_and_times(store: Store) -> None:
    foreign = engagement(owner="SE2329999995-IDX2", creation_time=NOW, update_time=NOW)
    own = engagement(owner=OWNER, creation_time=NOW, update_time=NOW)

    store.notify([Transaction(engagement=foreign), Transaction(engagement=own)], LATER)
    assert store.find(search()) == (foreign,)

    changed = engagement(owner="SE2329999995-IDX2", creation_time=NOW, update_time=LATER)
    store.notify([Transaction(engagement=changed)], LATER)
    assert store.find(search()) == (changed,)


def test_every_filter_is_compared_exactly(store: Store) -> None:
    store.update([write(), write(categorization="vko"), write(patient_id="197010632391")], NOW)

    assert len(store.find(search())) == 2
    assert len(store.find(search(categorization="vko", source_system=SYSTEM))) == 1
    assert len(store.find(search(most_recent_content=engagement().most_recent_content))) == 2
    assert store.find(search(source_system=SYSTEM.lower())) == ()


def test_a_thousand_posts_and_deletions_go_in_one_call(store: Store) -> None:
    store.update([write(business_object_id=str(one)) for one in range(1000)], NOW)

    store.update(
        [
            write(business_object_id=str(one), most_recent_content=LATER)
            if one % 2
            else delete(business_object_id=str(one))
            for one in range(1000)
        ],
        LATER,
    )

    left = store.find(search())
    assert len(left) == 500
    assert {one.most_recent_content for one in left} == {LATER}


def test_the_posts_are_counted_without_saying_about_whom(store: Store) -> None:
    store.update([write(), write(categorization="vko"), write(patient_id="197010632391")], NOW)

    stats = store.stats()

    assert (stats.engagements, stats.patients) == (3, 2)
    assert [(one.categorization, one.engagements, one.patients) for one in stats.counts] == [
        ("cll-cp", 2, 2),
        ("vko", 1, 1),
    ]
    assert {one.latest_update for one in stats.counts} == {NOW}


# ------------------------------------------------------------------------------------- tables and seal


def test_the_migrations_make_the_tables_that_the_programs_expect(url: str) -> None:
    Database(url).upgrade()

    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        differences = compare_metadata(
            MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}), METADATA
        )
    engine.dispose()

    assert differences == []


def test_bringing_a_database_up_to_date_again_changes_nothing(url: str) -> None:
    new_store(url).update([write()], NOW)

    Database(url).upgrade()

    assert len(new_store(url).find(search())) == 1


def test_other_tables_in_the_database_and_their_versions_are_left_alone(url: str) -> None:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('the vendor''s')"))

    new_store(url).update([write()], NOW)

    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).all() == [
            ("the vendor's",)
        ]
    engine.dispose()


def test_many_that_begin_the_same_database_at_once_share_it(url: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(lambda _: new_store(url), range(8)))

    for number, one in enumerate(stores):
        one.update([write(business_object_id=str(number))], NOW)

    assert len(stores[0].find(search())) == 8


def test_a_database_of_a_newer_version_is_left_alone(url: str) -> None:
    Database(url).upgrade()
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("UPDATE engagement_version SET version_num = '9999'"))
    engine.dispose()

    with pytest.raises(ConfigurationError, match="made by a newer version"):
        Database(url).upgrade()
    with pytest.raises(ConfigurationError, match="no index of this version"):
        Database(url).check()


def test_an_empty_database_is_no_index_until_it_is_made_one(url: str) -> None:
    with pytest.raises(ConfigurationError):
        Database(url).check()

    Database(url).upgrade()

    Database(url).check()


@pytest.mark.parametrize(
    ("first", "then", "accepted"),
    [
        (None, None, True),
        (SECRET, SECRET, True),
        (None, SECRET, False),
        (SECRET, None, False),
        (SECRET, SECRET[::-1], False),
    ],
    ids=["none", "the same", "none before", "none now", "another"],
)
def test_a_database_opens_with_the_secret_it_was_begun_with(
    url: str,
    first: bytes | None,
    then: bytes | None,
    accepted: bool,  # noqa: FBT001
) -> None:
    new_store(url, secret=first).update([write()], NOW)

    if accepted:
        assert len(new_store(url, secret=then).find(search())) == 1
    else:
        with pytest.raises(ConfigurationError, match="begun with another secret"):
            new_store(url, secret=then)


def test_with_a_secret_of_the_operators_the_database_holds_none(tmp_path: Path) -> None:
    new_store(tmp_path / "index.db", secret=SECRET).update([write()], NOW)

    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())

    assert SYSTEM.encode() in held
    assert SECRET not in held


@pytest.mark.parametrize(
    ("size", "accepted"), [(0, False), (31, False), (32, True), (4096, True), (4097, False)]
)
def test_a_secret_is_long_enough_and_no_whole_disk(tmp_path: Path, size: int, accepted: bool) -> None:  # noqa: FBT001
    file = tmp_path / "secret"
    file.write_bytes(b"x" * size)

    if accepted:
        assert len(read_secret(file)) == size
    else:
        with pytest.raises(ConfigurationError, match="expected a secret of 32 to 4096 random bytes"):
            read_secret(file)


def test_a_secret_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="nowhere"):
        read_secret(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "index.db",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "mysql://host/db",
        "sqlite+x:///f",
        "::",
    ],
)
def test_what_names_no_database_is_refused_with_one_sentence(name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^database: expected "):
        Database(name)


def test_a_password_is_not_shown() -> None:
    assert "hemligt" not in Database("postgresql://me:hemligt@localhost/x").name


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    new_store(tmp_path / "index.db").update([write()], NOW)

    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere.*: the database cannot be made: No such file"):
        new_store(tmp_path / "nowhere" / "index.db")


# ---------------------------------------------------------------------------------------- many writers

KEYS = 40


def many_updates(store: Store, worker: int) -> None:
    """Write the same keys as everybody else, each time in another order, and one of one's own."""
    for turn in range(10):
        order = range(KEYS) if (worker + turn) % 2 else reversed(range(KEYS))
        time = NOW + timedelta(seconds=worker * 100 + turn)
        store.update(
            [
                delete(business_object_id=str(one))
                if (one + turn) % 5 == 0
                else write(business_object_id=str(one), most_recent_content=time)
                for one in order
            ],
            time,
        )
    store.update([write(business_object_id=f"own-{worker}")], NOW)


def test_threads_that_write_the_same_keys_wait_for_each_other_and_none_fails(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda worker: many_updates(store, worker), range(8)))

    posts = store.find(search())
    assert {one.business_object_id for one in posts} >= {f"own-{worker}" for worker in range(8)}
    assert len({one.key for one in posts}) == len(posts)


def write_from_a_process(url: str, worker: int) -> None:
    many_updates(new_store(url, timeout=30), worker)


def test_processes_that_write_the_same_keys_wait_for_each_other_and_none_fails(url: str) -> None:
    started = multiprocessing.get_context("spawn")
    processes = [started.Process(target=write_from_a_process, args=(url, worker)) for worker in range(2)]

    for process in processes:
        process.start()
    for process in processes:
        process.join(60)

    assert [process.exitcode for process in processes] == [0, 0]
    assert len(new_store(url).find(search(business_object_id="own-1"))) == 1


def test_a_thread_waits_for_its_turn_and_no_longer_than_the_timeout(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'index.db'}", timeout=0.2)
    database.upgrade()
    failed: list[str] = []

    def write_too() -> None:
        try:
            with database.writing():
                failed.append("nothing")
        except DatabaseUnavailable as exc:
            failed.append(str(exc))

    with database.writing():
        thread = threading.Thread(target=write_too)
        thread.start()
        thread.join(20)
    write_too()

    assert [text.rpartition(": ")[2] for text in failed] == ["others are writing", "nothing"]


# ------------------------------------------------------------------------------------------- any history

OWNERS = (OWNER, "SE2329999995-IDX2")
ACTIONS = st.tuples(
    st.sampled_from(["update", "notify"]),
    st.dictionaries(
        keys=st.tuples(
            st.sampled_from(OWNERS), st.sampled_from(["cll-cp", "vko"]), st.sampled_from([SYSTEM, "SE2"])
        ),
        values=st.sampled_from([None, NOW, LATER, "delete"]),
        min_size=1,
        max_size=6,
    ),
)
Known = dict[tuple[str, str, str], Engagement]


def transactions_of(kind: str, changes: dict[tuple[str, str, str], object]) -> list[Transaction]:
    """Make the transactions of an action; an Update says no owner and leaves the other owner's out."""
    return [
        Transaction(
            delete=content == "delete",
            engagement=engagement(
                owner=owner if kind == "notify" else None,
                categorization=categorization,
                source_system=system,
                most_recent_content=None if content == "delete" else content,
                creation_time=NOW if kind == "notify" else None,
                update_time=LATER if kind == "notify" else None,
            ),
        )
        for (owner, categorization, system), content in changes.items()
        if kind == "notify" or owner == OWNER
    ]


def expected_after(known: Known, kind: str, transactions: list[Transaction], now: datetime) -> Known:
    """Say what the rules of keys make of an action: upsert, no-op, delete, own posts in notifications."""
    known = dict(known)
    for one in transactions:
        post = one.engagement
        if kind == "notify" and post.owner == OWNER:
            continue
        key = (post.owner or OWNER, post.categorization, post.source_system)
        before = known.get(key)
        if one.delete:
            known.pop(key, None)
        elif kind == "notify":
            known[key] = post
        elif before is None:
            known[key] = replace(post, owner=OWNER, creation_time=now, update_time=now)
        elif before.most_recent_content != post.most_recent_content:
            known[key] = replace(before, most_recent_content=post.most_recent_content, update_time=now)
    return known


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=st.lists(ACTIONS, max_size=8))
def test_after_any_history_the_index_holds_what_the_rules_of_keys_say(
    store: Store, actions: list[tuple[str, dict[tuple[str, str, str], object]]]
) -> None:
    known: Known = {}
    store.update([Transaction(delete=True, engagement=one) for one in store.find(search(owner=OWNER))], NOW)
    store.notify([Transaction(delete=True, engagement=one) for one in store.find(search())], NOW)

    for number, (kind, changes) in enumerate(actions):
        now = NOW + timedelta(minutes=number)
        transactions = transactions_of(kind, changes)
        (store.update if kind == "update" else store.notify)(transactions, now)
        known = expected_after(known, kind, transactions, now)

    found = store.find(search())
    assert {(str(one.owner), one.categorization, one.source_system): one for one in found} == known
    assert len(found) == len(known)


# ------------------------------------------------------------------------------------------- failures


def test_while_somebody_else_holds_the_database_nothing_is_written_and_then_it_is(tmp_path: Path) -> None:
    file = tmp_path / "index.db"
    store = new_store(file, timeout=0.2)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(DatabaseUnavailable) as caught:
        store.update([write()], NOW)
    assert store.find(search()) == ()

    other.execute("ROLLBACK")
    other.close()
    store.update([write()], NOW)
    assert len(store.find(search())) == 1
    assert PATIENT not in str(caught.value)


def test_while_somebody_else_holds_the_table_nothing_is_written_and_then_it_is(server: Cluster) -> None:
    url = server.new_database()
    store = new_store(url, timeout=0.3)
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as other, other.begin():
        other.execute(text("LOCK TABLE engagement IN EXCLUSIVE MODE"))
        with pytest.raises(DatabaseUnavailable):
            store.update([write()], NOW)
    engine.dispose()

    store.update([write()], NOW)
    assert len(store.find(search())) == 1


def test_a_server_that_was_away_is_found_again(server: Cluster) -> None:
    store = new_store(server.new_database(), timeout=2)
    store.update([write()], NOW)

    server.stop()
    with pytest.raises(DatabaseUnavailable):
        store.update([write(categorization="vko")], NOW)
    with pytest.raises(DatabaseUnavailable):
        store.find(search())
    assert "the database cannot be used: OperationalError: its server does not answer" in store.problem()
    server.start()

    store.update([write(categorization="vko")], NOW)
    assert len(store.find(search())) == 2
    assert store.problem() == ""


def test_a_server_that_only_reads_refuses_what_is_written_and_answers_what_is_asked(server: Cluster) -> None:
    url = server.new_database()
    new_store(url).update([write()], NOW)
    read_only = f"{url}&options=-c%20default_transaction_read_only%3Don"
    store = Store(Database(read_only), owner=OWNER)

    with pytest.raises(DatabaseUnavailable):
        store.update([write(categorization="vko")], NOW)

    assert len(store.find(search())) == 1


def test_a_file_that_was_moved_away_is_not_written_to_and_is_found_again(tmp_path: Path) -> None:
    file, elsewhere = tmp_path / "index.db", tmp_path / "elsewhere"
    elsewhere.mkdir()
    store = new_store(file)
    store.update([write()], NOW)

    for path in list(tmp_path.glob("index.db*")):
        path.rename(elsewhere / path.name)
    with pytest.raises(DatabaseUnavailable):
        store.update([write(categorization="vko")], NOW)
    with pytest.raises(DatabaseUnavailable):
        store.find(search())
    assert not file.exists(), "an empty database in its place would look as if nobody had anything"
    for path in list(elsewhere.iterdir()):
        path.rename(tmp_path / path.name)

    store.update([write(categorization="vko")], NOW)
    assert len(store.find(search())) == 2


def test_a_file_taken_away_in_the_middle_of_an_update_is_no_success(tmp_path: Path) -> None:
    file = tmp_path / "index.db"
    database = Database(f"sqlite:///{file}")
    database.upgrade()

    def change() -> None:
        with database.writing() as connection:
            connection.execute(text("DELETE FROM engagement"))
            file.rename(tmp_path / "taken")

    with pytest.raises(DatabaseUnavailable, match="taken away"):
        change()


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda path: path.write_bytes(b"not a database at all" * 500), id="other bytes"),
        pytest.param(lambda path: path.write_bytes(b""), id="emptied"),
    ],
)
def test_a_spoilt_file_is_a_failure_and_not_an_empty_index(
    tmp_path: Path, spoil: Callable[[Path], object]
) -> None:
    file = tmp_path / "index.db"
    spoil(file)
    store_database = Database(f"sqlite:///{file}")

    with pytest.raises((DatabaseUnavailable, ConfigurationError)):
        store_database.check()


def test_why_the_database_cannot_be_used_is_told_without_a_value(tmp_path: Path) -> None:
    file = tmp_path / "index.db"
    file.write_bytes(b"not a database at all" * 500)
    busy = new_store(tmp_path / "busy.db", timeout=0.1)
    other = sqlite3.connect(tmp_path / "busy.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(DatabaseUnavailable, match=r"DatabaseError: the file is no database$"):
        Database(f"sqlite:///{file}").check()
    with pytest.raises(DatabaseUnavailable, match=r"OperationalError: others hold it$"):
        busy.update([write()], NOW)
    other.close()


def test_a_failure_in_the_middle_of_an_update_leaves_nothing_of_it(store: Store) -> None:
    # A text that no database takes, after a thousand that it would have taken.
    bad = write(business_object_id="\ud800")

    with pytest.raises((DatabaseUnavailable, UnicodeEncodeError)):
        store.update([*(write(business_object_id=str(one)) for one in range(1000)), bad], NOW)

    assert store.find(search()) == ()


def test_readers_do_not_wait_for_a_writer(tmp_path: Path) -> None:
    file = tmp_path / "index.db"
    store = new_store(file, timeout=0.2)
    store.update([write()], NOW)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    found: list[int] = []

    thread = threading.Thread(target=lambda: found.append(len(store.find(search()))))
    thread.start()
    thread.join(20)
    other.execute("ROLLBACK")
    other.close()

    assert found == [1]
