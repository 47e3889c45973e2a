"""What a vendor reports reaches the index: all of it, in order, once it can, and nothing else."""

import signal
import sqlite3
import stat
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from time import monotonic, sleep
from typing import Any

import pytest

from riv_careplans import codec
from riv_careplans.codes import ResultCode
from riv_careplans.contracts.engagement_index import (
    CARE_PLANS,
    CARE_PLANS_DOMAIN,
    NOT_APPLICABLE,
    UPDATE,
    Transaction,
    UpdateResult,
    read_transactions,
    write_result,
)
from riv_careplans.contracts.soap import read_envelope, write_envelope, write_fault
from riv_careplans.errors import ConfigurationError, InvalidIdentifier, OutboxUnavailable
from riv_careplans.identity import PersonId
from riv_careplans.outbox import Outbox
from riv_careplans.outbox.store import Row, Store
from riv_careplans.settings import OutboxSettings
from tests.misbehaving import Behaviour, Connection, Loopback, Server, http, in_turn, resets, says
from tests.postgresql import Cluster, cluster

ASTA = "191212121212"
OTHERS = ["197010632391", "188803099368", "194911172296", "198611062384", "192011189228", "194804032094"]
SYSTEM = "SE2129999997-SYS4"
NOON = datetime(2026, 1, 20, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
PATIENCE = 8
LOCAL_RESERVNUMMER = PersonId("1.2.752.97.3.1.3", "991212TF1234")


class Index:
    """An engagement index that remembers what it was told, and refuses what a test says."""

    def __init__(self) -> None:
        self.told: list[tuple[Transaction, ...]] = []
        self.refuses: Callable[[Transaction], bool] = lambda _: False
        self.fault = ""

    async def __call__(self, connection: Connection) -> None:
        body = read_envelope(codec.parse(connection.question.body)).body
        assert body is not None
        transactions = read_transactions(body)
        if any(map(self.refuses, transactions)):
            if self.fault:
                await connection.send(http(write_fault("Client", self.fault), status="500 Oops"))
                return
            result = UpdateResult(
                code=ResultCode.ERROR, comment=f"no: {transactions[0].engagement.patient_id}"
            )
        else:
            self.told.append(transactions)
            result = UpdateResult()
        await connection.send(http(b"".join(write_envelope([write_result(UPDATE, result)]))))

    @property
    def posts(self) -> dict[str, str]:
        """What the index holds now: mostRecentContent by patient."""
        held: dict[str, str] = {}
        for one in (one for told in self.told for one in told):
            if one.delete:
                held.pop(one.engagement.patient_id, None)
            else:
                content = one.engagement.most_recent_content
                held[one.engagement.patient_id] = f"{content:%Y%m%d%H%M%S}" if content else ""
        return held


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    with Loopback.running() as found:
        yield found


@pytest.fixture
def index() -> Index:
    return Index()


class Clock:
    """Goes a second for every look."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    with cluster() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'outbox.sqlite'}"
    return str(request.getfixturevalue("server").new_database())


def settings(server: Server, database: str | Path, **more: Any) -> OutboxSettings:
    defaults: dict[str, Any] = {
        "url": server.url,
        "logical_address": "SE5565594230-EI",
        "source_system": SYSTEM,
        "data_controller": "SE2129999997",
        "database": f"sqlite:///{database / 'outbox.sqlite'}" if isinstance(database, Path) else database,
    }
    return OutboxSettings(**defaults | more)


@pytest.fixture
def outbox(loopback: Loopback, index: Index, database: str) -> Outbox:
    return Outbox(settings(loopback.serve(index), database), clock=Clock())


@pytest.fixture
def file_outbox(loopback: Loopback, index: Index, tmp_path: Path) -> Outbox:
    return Outbox(settings(loopback.serve(index), tmp_path), clock=Clock())


def until(done: Callable[[], bool]) -> None:
    """Wait for what another process, or its end, brings about."""
    deadline = monotonic() + 30
    while not done():
        assert monotonic() < deadline
        sleep(0.05)


# --- what is told -------------------------------------------------------------------------------


def test_a_change_becomes_a_post_about_all_plans_of_the_patient(outbox: Outbox, index: Index) -> None:
    assert outbox.changed(ASTA, NOON)
    assert outbox.send()

    ((told,),) = index.told
    post = told.engagement
    assert not told.delete
    assert (post.service_domain, post.categorization) == (CARE_PLANS_DOMAIN, CARE_PLANS)
    assert (post.patient_id, post.logical_address, post.source_system) == (ASTA, SYSTEM, SYSTEM)
    assert (post.business_object_id, post.clinical_process_id) == (NOT_APPLICABLE, NOT_APPLICABLE)
    assert post.data_controller == "SE2129999997"
    # Noon in Greenwich is one in Sweden in January.
    assert index.posts == {ASTA: "20260120130000"}
    assert (post.owner, post.creation_time, post.update_time) == (None, None, None)


def test_a_removal_deletes_the_post_and_tells_no_time(outbox: Outbox, index: Index) -> None:
    outbox.changed(ASTA, NOON)
    outbox.send()

    outbox.removed(ASTA)
    outbox.send()

    ((told,),) = index.told[1:]
    assert told.delete
    assert told.engagement.most_recent_content is None
    assert index.posts == {}
    assert outbox.status().told == 0, "what is gone is forgotten"


def test_changes_of_one_patient_are_told_once_with_the_last_word(outbox: Outbox, index: Index) -> None:
    outbox.changed(ASTA, LATER)
    outbox.changed(ASTA, NOON)
    outbox.removed(ASTA)
    outbox.changed(ASTA, NOON)

    outbox.send()

    assert [len(told) for told in index.told] == [1]
    assert index.posts == {ASTA: "20260120130000"}


@pytest.mark.parametrize("again", [NOON, NOON - timedelta(days=1)], ids=["the same", "an older one"])
def test_a_change_that_says_nothing_new_is_not_told(outbox: Outbox, index: Index, again: datetime) -> None:
    outbox.changed(ASTA, NOON)
    outbox.send()

    outbox.changed(ASTA, again)
    outbox.send()

    assert len(index.told) == 1


def test_a_local_reservnummer_is_never_indexed(outbox: Outbox) -> None:
    assert not outbox.changed(LOCAL_RESERVNUMMER, NOON)
    assert not outbox.removed(LOCAL_RESERVNUMMER)
    assert outbox.status().waiting == 0


def test_what_is_no_person_id_is_refused_and_nothing_else_of_the_call_is_taken(outbox: Outbox) -> None:
    with pytest.raises(InvalidIdentifier) as told:
        outbox.changed_many([(ASTA, NOON), ("191212121213", NOON)])

    assert "1912" not in str(told.value)
    assert outbox.status().waiting == 0


def test_many_changes_go_in_batches(loopback: Loopback, index: Index, tmp_path: Path) -> None:
    outbox = Outbox(settings(loopback.serve(index), tmp_path, batch=3), clock=Clock())
    outbox.changed_many((patient, NOON) for patient in [ASTA, *OTHERS])

    assert outbox.send()

    assert [len(told) for told in index.told] == [3, 3, 1]
    assert outbox.status().told == 7


# --- when the index does not take it ------------------------------------------------------------

NOT_NOW: dict[str, tuple[Behaviour, str]] = {
    "resets": (resets, "the index broke the connection before its answer"),
    "status": (says(http(b"", status="503 No")), "the index answered with HTTP status 503"),
    "html": (says(http(b"<p>hello")), "the index answered with something that is no answer to Update"),
    "fault": (
        says(http(write_fault("Server", "EI000: out of order"), status="500 Oops")),
        "the index answered with the SOAP fault EI000",
    ),
    "no permission": (
        says(http(write_fault("Server", "VP007 [NTJP] Behörighet saknas"), status="500 Oops")),
        "the index answered with the SOAP fault VP007",
    ),
    "wrong owner": (
        says(http(write_fault("Client", "EI003: LogicalAddress"), status="500 Oops")),
        "the index answered with the SOAP fault EI003",
    ),
}


@pytest.mark.parametrize(("behaviour", "problem"), NOT_NOW.values(), ids=NOT_NOW.keys())
def test_what_the_index_does_not_take_waits_and_is_told_when_it_does(
    loopback: Loopback, index: Index, tmp_path: Path, behaviour: Behaviour, problem: str
) -> None:
    outbox = Outbox(settings(loopback.serve(in_turn(behaviour, index)), tmp_path), clock=Clock())
    outbox.changed_many([(ASTA, NOON), (OTHERS[0], NOON)])

    assert not outbox.send()
    assert outbox.problem == problem
    assert (outbox.status().waiting, outbox.status().set_aside) == (2, 0)
    assert outbox.age() > 0

    assert outbox.send()
    assert set(index.posts) == {ASTA, OTHERS[0]}
    assert (outbox.problem, outbox.age()) == ("", 0.0)


@pytest.mark.parametrize("fault", ["", "EI004: no", "EI002: no"], ids=["ERROR", "EI004", "EI002"])
def test_a_post_that_is_refused_is_set_aside_and_the_others_are_told(
    outbox: Outbox, index: Index, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    index.fault = fault
    index.refuses = lambda one: one.engagement.patient_id == OTHERS[2]
    outbox.changed_many((patient, NOON) for patient in [ASTA, *OTHERS])

    assert outbox.send()

    status = outbox.status()
    assert set(index.posts) == {ASTA, *OTHERS} - {OTHERS[2]}
    assert (status.waiting, status.set_aside, status.told) == (0, 1, 6)
    assert list(status.problems.values()) == [1]
    assert OTHERS[2] not in caplog.text + str(status)


def test_what_was_set_aside_can_be_tried_again_or_forgotten(outbox: Outbox, index: Index) -> None:
    index.refuses = lambda _: True
    outbox.changed_many([(ASTA, NOON), (OTHERS[0], NOON)])
    outbox.send()

    index.refuses = lambda one: one.engagement.patient_id == ASTA
    assert outbox.retry() == 2
    outbox.send()

    assert set(index.posts) == {OTHERS[0]}
    assert outbox.drop() == 1
    assert outbox.status().set_aside == 0


def test_a_change_while_it_is_being_told_is_told_too(loopback: Loopback, index: Index, database: str) -> None:
    outbox: Outbox

    async def slow(connection: Connection) -> None:
        if not index.told:
            outbox.changed(ASTA, LATER)
        await index(connection)

    outbox = Outbox(settings(loopback.serve(slow), database), clock=Clock())
    outbox.changed(ASTA, NOON)

    outbox.send()

    assert [one.engagement.most_recent_content for (one,) in index.told] == [
        datetime.fromisoformat("2026-01-20T13:00"),
        datetime.fromisoformat("2026-01-20T14:00"),
    ]


def test_only_one_sends_at_a_time(outbox: Outbox, loopback: Loopback, index: Index, database: str) -> None:
    other = Outbox(settings(loopback.serve(index), database), clock=Clock())
    outbox.changed(ASTA, NOON)

    with other._store.sole_sender() as alone:  # noqa: SLF001 - another process would hold it for as long
        assert alone()
        assert not outbox.send()
        assert outbox.problem == "another process is sending"

    assert outbox.send()


def test_the_sender_that_was_killed_leaves_its_place(outbox: Outbox, database: str, index: Index) -> None:
    outbox.changed(ASTA, NOON)
    with subprocess.Popen(
        [sys.executable, "-c", SENDER, database], stdout=subprocess.PIPE, text=True
    ) as sender:
        assert sender.stdout is not None
        assert sender.stdout.readline() == "alone\n"
        assert not outbox.send()
        sender.kill()

    until(outbox.send)
    assert set(index.posts) == {ASTA}


def test_a_sender_that_fails_leaves_its_place(database: str) -> None:
    store, other = Store(database), Store(database)

    def fail(alone: bool) -> None:  # noqa: FBT001 - what the sender was told
        assert alone
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), store.sole_sender() as alone:
        fail(alone())

    with other.sole_sender() as alone:
        assert alone()


def test_a_sender_learns_that_its_connection_is_gone(server: Cluster) -> None:
    store = Store(server.new_database())

    def restart(alone: Callable[[], bool]) -> None:
        assert alone()
        server.stop()
        server.start()
        alone()

    with pytest.raises(OutboxUnavailable), store.sole_sender() as alone:
        restart(alone)

    with store.sole_sender() as alone:
        assert alone()


def test_what_is_opened_again_sends_again(outbox: Outbox, index: Index) -> None:
    for patient in (ASTA, OTHERS[0]):
        outbox.changed(patient, NOON)
        with outbox:
            until(lambda: outbox.status().waiting == 0)

    assert set(index.posts) == {ASTA, OTHERS[0]}


class Stumbling(Index):
    """An index that fails on some posts, as if it were not well."""

    def __init__(self, over: Callable[[Transaction], bool]) -> None:
        super().__init__()
        self.over = over

    async def __call__(self, connection: Connection) -> None:
        body = read_envelope(codec.parse(connection.question.body)).body
        assert body is not None
        if any(map(self.over, read_transactions(body))):
            await connection.send(http(b"", status="500 Oops"))
        else:
            await super().__call__(connection)


@pytest.mark.parametrize("place", range(7))
def test_a_post_that_the_index_always_stumbles_on_is_set_aside_in_the_end(
    loopback: Loopback, tmp_path: Path, place: int
) -> None:
    patients = [ASTA, *OTHERS]
    index = Stumbling(lambda one: one.engagement.patient_id == patients[place])
    outbox = Outbox(settings(loopback.serve(index), tmp_path), clock=Clock())
    for patient in patients:
        outbox.changed(patient, NOON)

    done = [outbox.send() for _ in range(PATIENCE)]

    assert done == [False] * (PATIENCE - 1) + [True]
    status = outbox.status()
    assert set(index.posts) == set(patients) - {patients[place]}
    assert (status.waiting, status.set_aside) == (0, 1)
    assert list(status.problems) == [
        "on this post alone, the index answered with something that is no answer to Update"
    ]


def test_nothing_is_set_aside_by_somebody_who_is_no_index(loopback: Loopback, tmp_path: Path) -> None:
    stranger = says(http(write_fault("Client", "What is this?"), status="500 Oops"))
    outbox = Outbox(settings(loopback.serve(stranger), tmp_path), clock=Clock())
    outbox.changed_many((patient, NOON) for patient in [ASTA, *OTHERS])

    assert not any(outbox.send() for _ in range(PATIENCE + 1))
    assert (outbox.status().waiting, outbox.status().set_aside) == (7, 0)
    assert outbox.problem == "the index answered with the SOAP fault Client"


def test_nothing_is_set_aside_while_the_index_fails_on_everything(loopback: Loopback, tmp_path: Path) -> None:
    index = Stumbling(lambda _: True)
    outbox = Outbox(settings(loopback.serve(index), tmp_path), clock=Clock())
    outbox.changed_many((patient, NOON) for patient in [ASTA, *OTHERS])

    assert not any(outbox.send() for _ in range(2 * PATIENCE + 1))
    assert (outbox.status().waiting, outbox.status().set_aside) == (7, 0)

    index.over = lambda _: False
    assert outbox.send()


# --- reindex ------------------------------------------------------------------------------------


def test_reindex_tells_everything_anew_and_removes_what_is_gone(outbox: Outbox, index: Index) -> None:
    outbox.changed_many([(ASTA, NOON), (OTHERS[0], NOON), (OTHERS[1], NOON)])
    outbox.send()
    index.told.clear()

    done = list(outbox.reindex([(ASTA, NOON), (OTHERS[0], LATER)]))
    outbox.send()

    assert done == [2, 2]
    told = {one.engagement.patient_id: one.delete for (*batch,) in index.told for one in batch}
    assert told == {ASTA: False, OTHERS[0]: False, OTHERS[1]: True}


def test_a_change_during_reindex_is_not_lost(outbox: Outbox, index: Index) -> None:
    def patients() -> Iterator[tuple[str, datetime]]:
        yield ASTA, NOON
        outbox.changed(OTHERS[0], NOON)

    list(outbox.reindex(patients()))
    outbox.send()

    assert set(index.posts) == {ASTA, OTHERS[0]}


def test_a_removal_during_reindex_is_not_undone_by_the_list(outbox: Outbox, index: Index) -> None:
    def patients() -> Iterator[tuple[str, datetime]]:
        yield ASTA, NOON
        yield OTHERS[0], NOON
        outbox.removed(OTHERS[0])
        outbox.removed(OTHERS[1])
        outbox.send()
        yield OTHERS[1], NOON

    outbox.changed_many((patient, NOON) for patient in [ASTA, *OTHERS[:2]])
    outbox.send()

    list(outbox.reindex(patients()))
    outbox.send()

    assert set(index.posts) == {ASTA}
    assert outbox.status().told == 1
    assert rows(outbox) == 1, "nobody is kept who is gone"


def test_a_change_that_says_nothing_new_during_reindex_keeps_the_patient(
    outbox: Outbox, index: Index
) -> None:
    def patients() -> Iterator[tuple[str, datetime]]:
        yield ASTA, NOON
        outbox.changed(OTHERS[0], NOON)

    outbox.changed_many([(ASTA, NOON), (OTHERS[0], LATER)])
    outbox.send()

    list(outbox.reindex(patients()))
    outbox.send()

    assert set(index.posts) == {ASTA, OTHERS[0]}


def test_a_clock_that_goes_backwards_during_reindex_removes_nobody(
    loopback: Loopback, index: Index, tmp_path: Path
) -> None:
    clock = Clock()
    outbox = Outbox(settings(loopback.serve(index), tmp_path), clock=clock)

    def patients() -> Iterator[tuple[str, datetime]]:
        yield ASTA, NOON
        clock.now -= timedelta(days=1)
        yield OTHERS[0], NOON

    list(outbox.reindex(patients()))
    outbox.send()

    assert set(index.posts) == {ASTA, OTHERS[0]}
    assert outbox.age() == 0


@pytest.mark.parametrize("how", ["raises", "is left"])
def test_a_list_that_is_not_whole_removes_nobody(outbox: Outbox, index: Index, how: str) -> None:
    def patients() -> Iterator[tuple[str, datetime]]:
        yield from [(ASTA, NOON)] * 1000
        if how == "raises":
            raise ZeroDivisionError

    outbox.changed_many([(ASTA, NOON), (OTHERS[0], NOON)])
    outbox.send()

    with closing(outbox.reindex(patients())) as done:
        assert next(done) == 1000
        if how == "raises":
            with pytest.raises(ZeroDivisionError):
                next(done)
    outbox.removed(ASTA)
    outbox.send()

    assert set(index.posts) == {OTHERS[0]}
    assert rows(outbox) == 1


def test_reindex_corrects_a_time_that_was_reported_wrong(outbox: Outbox, index: Index) -> None:
    outbox.changed(ASTA, NOON + timedelta(days=10_000))
    outbox.send()

    list(outbox.reindex([(ASTA, NOON)]))
    outbox.send()

    assert index.posts == {ASTA: "20260120130000"}


def test_keeping_only_some_removes_the_others(outbox: Outbox, index: Index) -> None:
    outbox.changed_many((patient, NOON) for patient in [ASTA, *OTHERS[:2]])
    outbox.send()

    assert outbox.keep_only([ASTA, OTHERS[0]]) == 1
    assert outbox.keep_only([ASTA, OTHERS[0]]) == 0
    outbox.send()

    assert set(index.posts) == {ASTA, OTHERS[0]}


def test_a_change_is_not_undone_by_somebody_who_had_looked_before_it(
    outbox: Outbox, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox.changed_many([(ASTA, NOON), (OTHERS[0], NOON)])
    outbox.send()
    store = outbox._store  # noqa: SLF001 - between its looking and its removing nobody else gets
    look = store.standing

    def look_and_change() -> tuple[Row, ...]:
        found = look()
        outbox.changed(OTHERS[0], LATER)
        return found

    monkeypatch.setattr(store, "standing", look_and_change)

    assert outbox.keep_only([ASTA]) == 0
    outbox.send()
    assert set(index.posts) == {ASTA, OTHERS[0]}


# --- databases ----------------------------------------------------------------------------------


def test_the_file_is_for_its_owner_alone(file_outbox: Outbox, tmp_path: Path) -> None:
    file_outbox.changed(ASTA, NOON)

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}

    assert modes
    assert {name: mode for name, mode in modes.items() if mode & 0o077} == {}


def test_a_locked_database_is_told_and_nothing_is_half_taken(
    file_outbox: Outbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("riv_careplans.outbox.database._BUSY_SECONDS", 0.1)
    holder = sqlite3.connect(tmp_path / "outbox.sqlite", isolation_level=None)
    impatient = Outbox(
        OutboxSettings(
            url="http://127.0.0.1:9/",
            logical_address="EI",
            source_system=SYSTEM,
            data_controller="SE2129999997",
            database=f"sqlite:///{tmp_path / 'outbox.sqlite'}",
        ),
        clock=Clock(),
    )
    holder.execute("BEGIN IMMEDIATE")

    with pytest.raises(OutboxUnavailable) as told:
        impatient.changed_many([(ASTA, NOON), (OTHERS[0], NOON)])
    holder.execute("ROLLBACK")
    holder.close()

    assert str(told.value) == "the outbox's database cannot be used: another program holds it"
    assert file_outbox.status().waiting == 0
    assert impatient.changed(ASTA, NOON)


def test_a_full_disk_is_told_and_what_was_taken_before_stays(file_outbox: Outbox, tmp_path: Path) -> None:
    file_outbox.changed(ASTA, NOON)
    with file_outbox._store._database.reading() as connection:  # noqa: SLF001 - SQLite's own way to be full
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    many = [(PersonId("1.2.752.74.9.1", f"{number:08}TF01"), NOON) for number in range(10_000)]
    with pytest.raises(OutboxUnavailable, match="the disk is full"):
        file_outbox.changed_many(many)

    assert file_outbox.status().waiting == 1


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("sqlite:///missing/folder/outbox.sqlite", "No such file or directory"),
        ("sqlite://", "the outbox needs a file: sqlite:///outbox.sqlite"),
        ("nonsense", "the outbox's database cannot be opened"),
        ("mysql://somewhere/else", "the outbox's database cannot be opened"),
    ],
)
def test_a_database_that_cannot_be_opened_is_told_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ConfigurationError, match=sentence):
        Outbox(settings(Server(url="http://127.0.0.1:9/"), name))


def rows(outbox: Outbox) -> int:
    """Count everything that is kept."""
    with outbox._store._database.reading() as connection:  # noqa: SLF001 - what no user sees
        return int(connection.exec_driver_sql("SELECT count(*) FROM outbox_post_1").scalar() or 0)


def test_changes_in_opposite_orders_at_the_same_time_are_all_taken(outbox: Outbox) -> None:
    numbers = range(50)
    people = [PersonId("1.2.752.74.9.1", f"{number:08}TF01") for number in numbers]

    def report(turn: int) -> None:
        some = people if turn % 2 else people[::-1]
        outbox.changed_many((person, NOON + timedelta(seconds=turn)) for person in some)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(report, range(24)))

    assert outbox.status().waiting == len(people)


def test_a_new_database_may_be_opened_by_many_at_once(database: str) -> None:
    many = 8
    together = Barrier(many)

    def open_it(_: int) -> int:
        together.wait(30)
        return Store(database).status().waiting

    with ThreadPoolExecutor(many) as pool:
        assert list(pool.map(open_it, range(many))) == [0] * many


def test_a_file_that_was_taken_away_is_told(file_outbox: Outbox, tmp_path: Path) -> None:
    file_outbox.changed(ASTA, NOON)
    for file in tmp_path.iterdir():
        file.unlink()

    with pytest.raises(OutboxUnavailable, match="its file has been taken away"):
        file_outbox.changed(OTHERS[0], NOON)


SENDER = textwrap.dedent(
    """
    import sys, time
    from riv_careplans.outbox.store import Row, Store

    with Store(sys.argv[1]).sole_sender() as alone:
        print("alone" if alone() else "not alone", flush=True)
        time.sleep(60)
    """
)
VENDOR = textwrap.dedent(
    """
    import sys
    from datetime import datetime, timedelta, timezone
    from riv_careplans.identity import PersonId
    from riv_careplans.outbox import Outbox
    from riv_careplans.settings import OutboxSettings

    url, database, start = sys.argv[1], sys.argv[2], int(sys.argv[3])
    outbox = Outbox(OutboxSettings(
        url=url, logical_address="EI", source_system="SE2129999997-SYS4", data_controller="SE2129999997",
        database=database, batch=50,
    ))
    noon = datetime(2026, 1, 20, 12, tzinfo=timezone.utc)
    with outbox:
        for number in range(start, 10**6):
            outbox.changed(PersonId("1.2.752.74.9.1", f"{number:08}TF01"), noon + timedelta(seconds=number))
            print(number, flush=True)
    """
)


def test_nothing_that_was_acknowledged_is_lost_when_the_process_is_killed(
    loopback: Loopback, index: Index, database: str
) -> None:
    server = loopback.serve(index)
    acknowledged = -1
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", VENDOR, server.url, database, str(acknowledged + 1)],
            stdout=subprocess.PIPE,
            text=True,
        ) as vendor:
            assert vendor.stdout is not None
            seen = [vendor.stdout.readline() for _ in range(80)]
            vendor.send_signal(signal.SIGKILL)
            acknowledged = int([*seen, *vendor.stdout.readlines()][-1])

    survivor = Outbox(settings(server, database))
    until(survivor.send)

    told = [one.engagement for batch in index.told for one in batch]
    contents: dict[str, set[datetime | None]] = {}
    for post in told:
        contents.setdefault(post.patient_id, set()).add(post.most_recent_content)
    assert {f"{number:08}TF01" for number in range(acknowledged + 1)} <= set(contents)
    assert max(map(len, contents.values())) == 1, "told twice, but never as something else"
