"""What changes in a folder reaches the engagement index, and nothing is taken for gone that is not."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest

from riv_careplans.contracts.engagement_index import Search
from riv_careplans.directory import DirectorySource
from riv_careplans.errors import ConfigurationError, OutboxUnavailable
from riv_careplans.index import Store
from riv_careplans.outbox import Outbox
from riv_careplans.outbox.following import Follower
from riv_careplans.settings import OutboxSettings
from tests.commands import ROOT
from tests.indexes import OWNER, SYSTEM, Index, new_store
from tests.servers import running

PLAN = ROOT / "examples" / "asta" / "p2-halsocentralen" / "vardplan.xml"
ASTA = "191212121212"
CANARY = "197010632391"
PLAN_ID = "SE2329999995-SYS2:vardplan"
OTHER = "194911172296"
MADE = "20260109083000"
"""When the plan was changed, as the document says."""
CLOCK = datetime(2026, 1, 21, 12, tzinfo=UTC)


@dataclass
class Folder:
    """A folder of documents, its outbox, and the index that is told."""

    path: Path
    index: Store
    outbox: Outbox
    follower: Follower

    def look(self) -> dict[str, str]:
        """Look, send what there is to say, and give what the index then knows: a time by patient."""
        self.follower.look()
        assert self.outbox.send(), self.outbox.problem
        found = [one for who in (ASTA, CANARY, OTHER) for one in self.index.find(Search(patient_id=who))]
        return {one.patient_id: f"{one.most_recent_content:%Y%m%d%H%M%S}" for one in found}

    def put(self, name: str, patient: str, *, changed: str = MADE) -> Path:
        """Put a plan about a patient there."""
        text = PLAN.read_text(encoding="utf-8").replace(ASTA, patient).replace(MADE, changed)
        file = self.path / name
        file.write_text(text.replace(PLAN_ID, f"{PLAN_ID}-{name}"), encoding="utf-8")
        return file


def following(path: Path, outbox: Outbox) -> Follower:
    return Follower(DirectorySource(path), outbox, clock=lambda: CLOCK)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    path = tmp_path / "plans"
    path.mkdir()
    shutil.copy(PLAN, path / "asta.xml")
    store = new_store(tmp_path / "index.sqlite")
    with ExitStack() as stack:
        server = stack.enter_context(running(Index(store).app))
        settings = OutboxSettings(
            url=f"{server.url}/",
            logical_address=OWNER,
            source_system=SYSTEM,
            data_controller="SE2329999995",
            database=f"sqlite:///{tmp_path}/outbox.sqlite",
        )
        outbox = Outbox(settings)
        stack.push(outbox)
        yield Folder(path=path, index=store, outbox=outbox, follower=following(path, outbox))


def test_what_is_in_the_folder_is_told_at_the_first_look_and_not_again(folder: Folder) -> None:
    assert folder.look() == {ASTA: MADE}
    before = folder.index.find(Search(patient_id=ASTA))

    folder.look()
    folder.follower = following(folder.path, folder.outbox)
    folder.follower.look()

    assert folder.outbox.status().waiting == 0
    assert folder.index.find(Search(patient_id=ASTA)) == before


def test_a_new_file_and_a_newer_record_are_told(folder: Folder) -> None:
    folder.look()

    folder.put("new.xml", CANARY)
    assert folder.look() == {ASTA: MADE, CANARY: MADE}
    folder.put("newer.xml", ASTA, changed="20260119080000")
    assert folder.look() == {ASTA: "20260119080000", CANARY: MADE}


def test_who_is_gone_is_told_when_a_second_look_says_so_too(folder: Folder) -> None:
    file = folder.put("new.xml", CANARY)
    folder.look()

    file.unlink()

    assert folder.look() == {ASTA: MADE, CANARY: MADE}
    assert folder.look() == {ASTA: MADE}


def test_a_file_that_is_being_replaced_is_no_removal(folder: Folder) -> None:
    file = folder.put("new.xml", CANARY)
    folder.look()

    file.unlink()
    folder.look()
    folder.put("new.xml", CANARY)

    assert folder.look() == {ASTA: MADE, CANARY: MADE}
    assert folder.look() == {ASTA: MADE, CANARY: MADE}


def test_who_comes_back_is_told_anew(folder: Folder) -> None:
    file = folder.put("new.xml", CANARY)
    folder.look()
    file.unlink()
    folder.look()
    assert folder.look() == {ASTA: MADE}

    folder.put("new.xml", CANARY)

    assert folder.look() == {ASTA: MADE, CANARY: MADE}


def test_the_removal_of_the_newest_record_is_a_change_made_now(folder: Folder) -> None:
    file = folder.put("newer.xml", ASTA, changed="20260119080000")
    folder.look()

    file.unlink()

    assert folder.look() == {ASTA: "20260121130000"}
    assert folder.look() == {ASTA: "20260121130000"}


def test_nobody_is_removed_while_a_file_cannot_be_read_because_it_may_be_about_anybody(
    folder: Folder,
) -> None:
    file = folder.put("new.xml", CANARY)
    folder.look()

    file.write_text("<half", encoding="utf-8")
    folder.put("third.xml", OTHER)

    for _ in range(3):
        assert folder.look() == {ASTA: MADE, CANARY: MADE, OTHER: MADE}


def test_an_empty_folder_may_be_a_disk_that_is_not_there(folder: Folder) -> None:
    folder.look()

    (folder.path / "asta.xml").unlink()

    assert folder.look() == {ASTA: MADE}
    assert folder.look() == {ASTA: MADE}


def test_what_went_away_while_nobody_looked_is_told_afterwards(folder: Folder) -> None:
    file = folder.put("new.xml", CANARY)
    folder.look()
    file.unlink()

    folder.follower = following(folder.path, folder.outbox)

    assert folder.look() == {ASTA: MADE, CANARY: MADE}
    assert folder.look() == {ASTA: MADE}


def test_another_source_system_in_the_same_outbox_keeps_what_it_has_told(
    folder: Folder, tmp_path: Path
) -> None:
    settings = OutboxSettings(
        url="http://127.0.0.1:9/",
        logical_address=OWNER,
        source_system="SE2329999995-SYS8",
        data_controller="SE2329999995",
        database=f"sqlite:///{tmp_path}/outbox.sqlite",
    )
    with ExitStack() as stack:
        other = Outbox(settings)
        stack.push(other)
        other.changed(CANARY, CLOCK)
    folder.look()

    assert folder.look() == {ASTA: MADE, CANARY: "20260121130000"}


def test_a_folder_that_is_gone_removes_nobody_and_is_one_sentence(folder: Folder) -> None:
    folder.look()
    shutil.rmtree(folder.path)

    with pytest.raises(ConfigurationError, match="there is no such folder"):
        folder.follower.look()

    assert folder.outbox.status().waiting == 0


def test_what_the_outbox_could_not_take_is_told_at_the_next_look(folder: Folder, tmp_path: Path) -> None:
    folder.look()
    folder.put("new.xml", CANARY)
    with closing(sqlite3.connect(tmp_path / "outbox.sqlite", isolation_level=None)) as somebody:
        somebody.execute("BEGIN EXCLUSIVE")
        with pytest.raises(OutboxUnavailable):
            folder.follower.look()

    assert folder.look() == {ASTA: MADE, CANARY: MADE}


def test_a_failure_that_lasts_is_one_line_in_the_log_and_ends_nothing(
    folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    moved = folder.path.rename(folder.path.with_name("elsewhere"))
    looks = [0]

    class Impatient(Event):
        def wait(self, timeout: float | None = None) -> bool:
            looks[0] += 1
            if looks[0] == 2:
                moved.rename(folder.path)
            if looks[0] == 3:
                self.set()
            return self.is_set()

    stopped = Impatient()
    folder.follower.run(stopped)

    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [
        "the changes of the folder have not been told"
    ]
    assert folder.look() == {ASTA: MADE}
