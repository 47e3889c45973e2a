"""`ask` with an engagement index: it asks those that the index names, and claims nothing without it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from riv_careplans import codec
from riv_careplans.contracts.engagement_index import FIND_CONTENT, Transaction, read_search
from riv_careplans.contracts.soap import read_envelope, write_fault
from tests.commands import PATIENT, run
from tests.indexes import OWNER, SYSTEM, Index, new_store, write
from tests.misbehaving import Behaviour, Loopback, Server, answers, hangs_before_headers, resets
from tests.remote import GOOD
from tests.servers import running

pytestmark = pytest.mark.once

TWO = "SE2329999995-SYS2"
NINE = "SE2329999995-SYS9"
OURS = "SE2329999995-AGP"
CANARY = "197010632391"


@dataclass
class House:
    """Two producers that answer anybody, and the settings of who asks them."""

    loopback: Loopback
    one: Server
    two: Server
    folder: Path

    def ask(
        self, index_url: str, *, more: str = "", patient: str = PATIENT
    ) -> subprocess.CompletedProcess[str]:
        settings = self.folder / "sources.toml"
        settings.write_text(
            f'[[sources]]\nlogical-address = "{SYSTEM}"\nname = "Ett"\nurl = "{self.one.url}"\n'
            f'[[sources]]\nlogical-address = "{TWO}"\nname = "Två"\nurl = "{self.two.url}"\n'
            f'[index]\nurl = "{index_url}"\nlogical-address = "{OWNER}"\n{more}',
            encoding="utf-8",
        )
        shown = run("ask", settings, "--patient", "-", "--today", "2026-01-20", stdin=f"{patient}\n")
        assert PATIENT not in shown.stdout + shown.stderr
        assert CANARY not in shown.stdout + shown.stderr
        return shown

    @property
    def asked(self) -> list[str]:
        return [name for name, server in (("Ett", self.one), ("Två", self.two)) if server.seen]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with Loopback.running() as loopback:
        yield House(loopback, loopback.serve(answers(GOOD)), loopback.serve(answers(GOOD)), tmp_path)


def registered(folder: Path, *transactions: Transaction) -> Index:
    index = Index(new_store(folder / "index.sqlite"))
    if transactions:
        index.update(*transactions)
    return index


def at(source_system: str, **changes: str) -> Transaction:
    return write(**{"logical_address": source_system, "source_system": source_system, **changes})


def found(folder: Path) -> bytes:
    """Give what an index with one post answers."""
    return registered(folder, write()).find().body


# --- the index answers --------------------------------------------------------------------------


def test_only_the_sources_that_the_index_names_are_asked(house: House, tmp_path: Path) -> None:
    index = registered(tmp_path, at(TWO.lower()), at(TWO, data_controller="SE2329999995"))

    with running(index.app) as server:
        shown = house.ask(server.url)

    assert (shown.returncode, shown.stderr) == (0, "")
    assert house.asked == ["Två"]
    assert len(house.two.seen) == 1


def test_a_source_that_only_the_index_knows_is_named_first_as_missing(house: House, tmp_path: Path) -> None:
    index = registered(tmp_path, at(SYSTEM), at(NINE))

    with running(index.app) as server:
        shown = house.ask(server.url)

    assert shown.returncode == 1
    first = f"{NINE} saknas: har uppgifter enligt engagemangsindex, men går inte att fråga härifrån."
    assert " ".join(shown.stdout.split()).startswith(first)
    assert house.asked == ["Ett"]


def test_whom_nobody_has_anything_about_is_asked_nobody_and_has_no_plans(
    house: House, tmp_path: Path
) -> None:
    index = registered(tmp_path, at(SYSTEM))

    with running(index.app) as server:
        shown = house.ask(server.url, patient=CANARY)

    assert (shown.returncode, house.asked) == (0, [])
    assert "Inga planer" in shown.stdout


def test_a_post_of_this_service_itself_is_not_asked(house: House, tmp_path: Path) -> None:
    index = registered(tmp_path, at(OURS), at(SYSTEM), write(logical_address=OURS, source_system=TWO))

    with running(index.app) as server:
        shown = house.ask(server.url, more=f'own-addresses = ["{OURS}"]\n')

    assert (shown.returncode, house.asked) == (0, ["Ett"])


def test_the_index_is_asked_about_care_plans_and_nothing_else(house: House, tmp_path: Path) -> None:
    index = house.loopback.serve(answers(found(tmp_path)))

    house.ask(index.url)

    (asked,) = index.seen
    body = read_envelope(codec.parse(asked.body)).body
    assert body is not None
    assert FIND_CONTENT.violations(body) == ()
    search = read_search(body)
    assert (search.service_domain, search.categorization) == (
        "riv:clinicalprocess:logistics:logistics",
        "cll-cp",
    )
    assert PATIENT not in asked.line + str(asked.headers)


# --- the index does not -------------------------------------------------------------------------


FAILURES: dict[str, tuple[Behaviour, str]] = {
    "fault": (answers(write_fault("Server", "EI000: no"), status="500 Oops"), "the SOAP fault EI000"),
    "breaks off": (resets, "broke the connection"),
    "not XML": (answers(b"<html><p>Hej"), "no SOAP"),
    "not found": (answers(b"", status="404 Not Found"), "404"),
    "another service": (answers(GOOD), "something else than FindContent 1.0"),
}


@pytest.mark.parametrize(("behaviour", "problem"), FAILURES.values(), ids=FAILURES)
def test_without_the_indexs_answer_nothing_is_claimed(
    house: House, behaviour: Behaviour, problem: str
) -> None:
    shown = house.ask(house.loopback.serve(behaviour).url)

    refused(shown, problem)
    assert house.asked == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (PATIENT, CANARY, "answered about another patient"),
        (">cll-cp<", ">cll-rp<", "something else than care plans"),
        ("<c:categorization>cll-cp</c:categorization>", "", "broke the contract"),
        (f"sourceSystem>{SYSTEM}<", f"sourceSystem>{CANARY}<", "a source system that is no address"),
        (f"sourceSystem>{SYSTEM}<", "sourceSystem>P 1\n<", "a source system that is no address"),
    ],
    ids=[
        "another patient",
        "another kind",
        "schema",
        "a person as source system",
        "blanks in a source system",
    ],
)
def test_an_answer_of_the_index_that_is_wrong_is_not_used(
    house: House, tmp_path: Path, old: str, new: str, problem: str
) -> None:
    body = found(tmp_path)
    assert old.encode() in body

    index = house.loopback.serve(answers(body.replace(old.encode(), new.encode())))
    shown = house.ask(index.url)

    refused(shown, problem)
    assert house.asked == []


def test_an_index_that_is_not_there_or_too_slow_is_given_up(house: House) -> None:
    refused(house.ask(house.loopback.refuse().url), "accepted no connection")
    slow = house.loopback.serve(hangs_before_headers)
    refused(house.ask(slow.url, more="timeout = 0.5\n"), "gave no whole answer in time")


def refused(shown: subprocess.CompletedProcess[str], problem: str) -> None:
    """See that there is one sentence and nothing that looks like an overview."""
    assert (shown.returncode, shown.stdout) == (3, "")
    (sentence,) = shown.stderr.splitlines()
    assert sentence.startswith("Error: The engagement index could not say who has something")
    assert problem in sentence


def test_a_mistake_in_the_table_index_is_told_with_its_place(house: House) -> None:
    shown = house.ask("http://127.0.0.1:9/", more="timout = 3\n")

    assert shown.returncode == 2
    assert "index: there is no setting timout; did you mean timeout?" in shown.stderr
