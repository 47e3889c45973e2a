"""The index as an operator runs it: real processes, killed, starved and asked, on SQLite and PostgreSQL."""

import contextlib
import http.client
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import zeep
from lxml import etree

from riv_careplans import cli
from riv_careplans.bridge import run as run_async
from riv_careplans.consumer.lookup import find_content
from riv_careplans.contracts.engagement_index import CARE_PLANS_DOMAIN, FIND_CONTENT, UPDATE, Engagement
from riv_careplans.errors import (
    ConfigurationError,
    InvalidAnswer,
    ProducerFault,
    ProducerUnreachable,
    WrongPatient,
)
from riv_careplans.settings import IndexSettings, ProducerAddress, load
from tests.commands import ROOT, environment
from tests.indexes import (
    NOW,
    OWNER,
    PATIENT,
    SYSTEM,
    Index,
    engagement,
    find,
    new_store,
    search,
    update,
    write,
)
from tests.postgresql import Cluster, cluster
from tests.servers import running

pytestmark = pytest.mark.once

CANARY = "197010632391"
SECONDS = 30
"""No test waits longer for a process."""

PROGRAM = [sys.executable, "-m", "riv_careplans", "--lang", "en"]


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running `serve-index`."""

    process: subprocess.Popen[str]
    url: str

    def post(self, body: bytes) -> tuple[int, bytes]:
        host = self.url.removeprefix("http://").rstrip("/")
        connection = http.client.HTTPConnection(host, timeout=SECONDS)
        try:
            connection.request("POST", "/", body, {"Content-Type": "text/xml"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def found(self) -> set[str]:
        """Give the business object ids of the patient's posts."""
        status, body = self.post(find())
        assert status == 200
        return {str(one.text) for one in etree.fromstring(body).iter("{*}businessObjectInstanceIdentifier")}


def command(
    *arguments: str | Path, stdin: str = "", begin: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*begin, *PROGRAM, *map(str, arguments)],
        cwd=ROOT,
        env=environment(),
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )


@contextlib.contextmanager
def serving(*arguments: str | Path) -> Iterator[Server]:
    """Run `serve-index` on a free port while the block runs."""
    process = subprocess.Popen(
        [*PROGRAM, "serve-index", "--port", "0", *map(str, arguments)],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process:
        try:
            line = process.stdout.readline()
            assert line.startswith("Listening on "), process.stderr.read() if process.stderr else ""
            yield Server(process=process, url=line.split()[2])
        finally:
            if process.poll() is None:
                process.kill()


@pytest.fixture(scope="module")
def postgresql() -> Iterator[Cluster]:
    with cluster() as running_cluster:
        yield running_cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'index.db'}"
    running_cluster: Cluster = request.getfixturevalue("postgresql")
    return running_cluster.new_database()


# ----------------------------------------------------------------------------------------- as it is used


def test_a_zeep_client_registers_finds_and_deletes_through_the_published_wsdls(database: str) -> None:
    post = {
        "registeredResidentIdentification": PATIENT,
        "serviceDomain": CARE_PLANS_DOMAIN,
        "categorization": "cll-cp",
        "logicalAddress": SYSTEM,
        "businessObjectInstanceIdentifier": "NA",
        "clinicalProcessInterestId": "NA",
        "mostRecentContent": "20260119081500",
        "sourceSystem": SYSTEM,
        "dataController": "SE5565594230",
    }
    address = {"LogicalAddress": OWNER}
    with serving("--owner", OWNER, "--database", database) as server:

        def service(name: str) -> Any:
            client = zeep.Client(f"{server.url}{name}/1/rivtabp21?wsdl")
            (binding,) = client.wsdl.bindings
            return client.create_service(binding, server.url)

        change, ask, notify = map(service, ("Update", "FindContent", "ProcessNotification"))
        wanted = {"registeredResidentIdentification": PATIENT, "serviceDomain": CARE_PLANS_DOMAIN}

        written = change.Update([{"deleteFlag": False, "engagement": post}], _soapheaders=address)
        (first,) = ask.FindContent(**wanted, _soapheaders=address).engagement
        foreign = {**post, "owner": "SE2329999995-IDX2", "creationTime": "20260101000000"}
        notify.ProcessNotification([{"deleteFlag": False, "engagement": foreign}], _soapheaders=address)
        both = ask.FindContent(**wanted, _soapheaders=address).engagement
        change.Update([{"deleteFlag": True, "engagement": post}], _soapheaders=address)
        (left,) = ask.FindContent(**wanted, _soapheaders=address).engagement
        with pytest.raises(zeep.exceptions.Fault, match="EI003: "):
            ask.FindContent(**wanted, _soapheaders={"LogicalAddress": SYSTEM})

    assert written.ResultCode == "OK"
    assert (first.owner, first.sourceSystem, first.mostRecentContent) == (OWNER, SYSTEM, "20260119081500")
    assert {one.owner for one in both} == {OWNER, "SE2329999995-IDX2"}
    assert left.owner == "SE2329999995-IDX2"


def test_find_and_stats_tell_what_is_in_the_database_and_in_a_running_index(database: str) -> None:
    with serving("--owner", OWNER, "--database", database, "--log-format", "json") as server:
        server.post(update(write(patient_id=CANARY)))

        read = command("index", "find", "--patient", CANARY, "--database", database)
        asked = command(
            "index", "find", "--patient", "-", "--url", server.url, "--owner", OWNER, stdin=CANARY
        )
        nothing = command("index", "find", "--patient", PATIENT, "--database", database)
        counted = command("index", "stats", "--database", database)
        server.process.send_signal(signal.SIGTERM)
        told, logged = server.process.communicate(timeout=SECONDS)

    assert read.stdout == f"{SYSTEM}  cll-cp  2026-01-19 08:15  SE5565594230\n"
    assert asked.stdout == read.stdout
    assert (read.returncode, asked.returncode, nothing.returncode, counted.returncode) == (0, 0, 1, 0)
    assert nothing.stdout == "No source system has registered anything.\n"
    assert SYSTEM in counted.stdout
    assert counted.stdout.endswith("Engagements: 1, persons: 1\n")
    assert server.process.returncode == 0
    everything = [read, asked, nothing, counted]
    assert not any(CANARY in one.stdout + one.stderr for one in everything)
    assert CANARY not in told + logged
    assert [json.loads(line)["labels.servicecontract_namespace"] for line in logged.splitlines()] == [
        UPDATE.namespace,
        FIND_CONTENT.namespace,
    ]


def test_what_a_terminal_would_obey_is_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "index.db"
    odd = "SE\x9b2J\u202e\x85-SYS"
    new_store(file).update([write(source_system=odd, data_controller=odd, categorization=odd)], NOW)

    find_one = command("index", "find", "--patient", PATIENT, "--database", f"sqlite:///{file}")
    count = command("index", "stats", "--database", f"sqlite:///{file}")

    for shown in (find_one.stdout, count.stdout):
        assert "SE\N{REPLACEMENT CHARACTER}2J" in shown
        assert not {"\x9b", "\u202e", "\x85"} & set(shown)


def test_the_settings_of_a_file_are_kept_to(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(os.urandom(32).hex().encode())
    (tmp_path / "index.toml").write_text(
        f'owner = "{OWNER}"\ndatabase = "sqlite:///{tmp_path}/index.db"\nsecret-file = "secret"\n'
        "max-transactions = 2\nduplicates-are-faults = true\n",
        encoding="utf-8",
    )
    with serving("--settings", tmp_path / "index.toml") as server:
        many = server.post(update(*(write(business_object_id=one) for one in "123")))
        twice = server.post(update(write(), write()))
        server.post(update(write()))

    assert b"EI000: A message has from 1 to 2 transactions." in many[1]
    assert b"EI002: " in twice[1]
    found = command("index", "find", "--patient", PATIENT, "--settings", tmp_path / "index.toml")
    without = command("index", "find", "--patient", PATIENT, "--database", f"sqlite:///{tmp_path}/index.db")
    assert found.returncode == 0
    assert (without.returncode, "another secret" in without.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["serve-index"], "give --owner or --settings"),
        (["serve-index", "--owner", "two words"], "--owner: expected an HSA-id"),
        (["serve-index", "--owner", OWNER, "--database", "mysql://x/y"], "database: expected sqlite:///"),
        (["serve-index", "--owner", OWNER, "--database", "sqlite:////nowhere/x.db"], "cannot be made"),
        (["index", "find", "--patient", PATIENT, "--database", "sqlite:///nowhere.db"], "no such database"),
        (["index", "find", "--patient", "12"], "must be twelve characters"),
        (["index", "find", "--patient", PATIENT, "--url", "http://localhost:1/"], "give --owner together"),
        (["index", "find", "--patient", PATIENT, "--url", "ftp://x", "--owner", OWNER], "--url or --owner"),
        (["index", "stats", "--database", "sqlite:///nowhere.db"], "no such database"),
    ],
)
def test_wrong_usage_gets_one_sentence_and_exit_code_2(
    arguments: list[str],
    sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--lang", "en", *arguments])

    told = capsys.readouterr()
    assert ended.value.code == 2
    assert sentence in told.err
    assert PATIENT not in told.out + told.err


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_group_alone_shows_its_commands(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--lang", language, "index"])

    told = capsys.readouterr()
    assert (ended.value.code, told.err) == (0, "")
    assert {"find", "stats"} <= set(told.out.split())


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "the setting owner is missing"),
        ('owner = "SE1"\nownr = "SE1"', "there is no setting ownr; did you mean owner?"),
        ('owner = "SE1"\nsecret-file = "nowhere"', "secret-file: there is no such file"),
        ('owner = "SE1"\ndatabase-timeout = 0', "database-timeout: expected a number of at least 0.1"),
        ('owner = "SE1"\n[serving]\nthreads = 0', "serving.threads: expected a whole number of at least 1"),
    ],
)
def test_a_mistake_in_the_settings_is_told_with_its_place(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "index.toml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigurationError) as caught:
        load(file, IndexSettings)

    assert str(caught.value).startswith(f"{file}: ")
    assert str(caught.value).endswith(sentence)


# ----------------------------------------------------------------------------------------- kill -9


def updating(server: Server, name: str, acknowledged: list[str]) -> None:
    """Write twenty posts at a time until the server is gone; note what was acknowledged."""
    host = server.url.removeprefix("http://").rstrip("/")
    connection = http.client.HTTPConnection(host, timeout=SECONDS)
    for number in range(100_000):
        ids = [f"{name}-{number}-{row}" for row in range(20)]
        try:
            body = update(*(write(business_object_id=one) for one in ids))
            connection.request("POST", "/", body, {"Content-Type": "text/xml"})
            answer = connection.getresponse()
            if answer.status == 200 and b">OK<" in answer.read():
                acknowledged += ids
        except (OSError, http.client.HTTPException):
            break
    connection.close()


def test_everything_acknowledged_is_there_after_kill_9_and_no_half_update_is(database: str) -> None:
    acknowledged: list[str] = []
    for life in range(3):
        with serving("--owner", OWNER, "--database", database) as server:
            assert set(acknowledged) <= server.found()
            threads = [
                threading.Thread(target=updating, args=(server, f"{life}{name}", acknowledged))
                for name in "ab"
            ]
            before = len(acknowledged)
            for thread in threads:
                thread.start()
            deadline = time.monotonic() + SECONDS
            while len(acknowledged) < before + 200 and time.monotonic() < deadline:
                time.sleep(0.01)
            server.process.kill()
            for thread in threads:
                thread.join(SECONDS)

    with serving("--owner", OWNER, "--database", database) as server:
        there = server.found()
    whole = {one.rpartition("-")[0] for one in there}
    assert len(acknowledged) >= 600
    assert set(acknowledged) <= there
    assert there == {f"{one}-{row}" for one in whole for row in range(20)}


# ------------------------------------------------------------------------------ a disk that fails


def test_a_full_disk_costs_a_fault_each_time_and_nothing_else(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'index.db'}"
    with serving("--owner", OWNER, "--database", database) as server:
        assert server.post(update(write(business_object_id="before")))[0] == 200

        # No file may grow: what the operating system says then is what it says when the disk is full.
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        refused = [server.post(update(write(business_object_id=f"full-{one}"))) for one in range(3)]
        meanwhile = server.found()
        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, unlimited)

        assert server.post(update(write(business_object_id="after")))[0] == 200
        assert server.found() == {"before", "after"}

    assert [status for status, _ in refused] == [500, 500, 500]
    assert all(b"EI000: The index cannot be used just now; try again." in body for _, body in refused)
    assert meanwhile == {"before"}


def without_roots_privilege() -> list[str]:
    """Give what a command begins with for file permissions to count, also where the tests run as root."""
    if os.getuid():
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("root may write everywhere, and there is no setpriv to change that")
    override = "-dac_override,-dac_read_search"
    return [setpriv, "--inh-caps", override, "--bounding-set", override]


def test_a_database_that_only_can_be_read_is_told_in_one_sentence_and_served_when_it_can_be_written(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "index"
    folder.mkdir()
    database = f"sqlite:///{folder / 'index.db'}"
    new_store(database).update([write(business_object_id="before")], NOW)
    for path in folder.iterdir():
        path.chmod(0o400)
    folder.chmod(0o500)

    failed = command("serve-index", "--owner", OWNER, "--database", database, begin=without_roots_privilege())
    folder.chmod(0o700)
    for path in folder.iterdir():
        path.chmod(0o600)

    assert (failed.returncode, "Traceback" in failed.stderr) == (3, False)
    assert "the database cannot be used: OperationalError: it can only be read" in failed.stderr
    with serving("--owner", OWNER, "--database", database) as server:
        assert server.found() == {"before"}


# ------------------------------------------------------------------------------ asking an index


def address_of(url: str) -> ProducerAddress:
    return ProducerAddress(logical_address=OWNER, url=url, timeout=5)


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(new_store(tmp_path / "index.db"))


def asked(url: str) -> tuple[Engagement, ...]:
    return run_async(lambda: find_content(address_of(url), search()))


def test_whoever_asks_an_index_gets_the_posts(index: Index) -> None:
    index.update(write(), write(categorization="vko"))

    with running(index.app) as server:
        found = asked(server.url)

    assert found == (
        engagement(owner=OWNER, creation_time=NOW, update_time=NOW),
        engagement(categorization="vko", owner=OWNER, creation_time=NOW, update_time=NOW),
    )


def test_an_index_that_refuses_is_no_index_that_knows_nothing(tmp_path: Path) -> None:
    index = Index(new_store(tmp_path / "index.db"), owner="SE2329999995-IDX2")

    with running(index.app) as server, pytest.raises(ProducerFault, match="EI003"):
        asked(server.url)


def test_an_index_that_is_not_there_is_no_index_that_knows_nothing() -> None:
    with pytest.raises(ProducerUnreachable):
        asked("http://127.0.0.1:9/")


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        (PATIENT.encode(), CANARY.encode(), WrongPatient),
        (b"FindContentResponse", b"FindContent", InvalidAnswer),
        (b"<c:categorization>cll-cp</c:categorization>", b"", InvalidAnswer),
        (b"20260119081500", b"20260231081500", InvalidAnswer),
        (b"</s:Envelope>", b"", InvalidAnswer),
    ],
    ids=["another patient", "another message", "breaks the schema", "31 February", "cut"],
)
def test_an_answer_that_is_wrong_is_not_used(
    index: Index, old: bytes, new: bytes, error: type[Exception]
) -> None:
    index.update(write())
    body = index.find().body
    assert old in body

    def canned(environ: object, start_response: object) -> list[bytes]:
        assert callable(start_response)
        answer = body.replace(old, new)
        start_response("200 OK", [("Content-Type", "text/xml"), ("Content-Length", str(len(answer)))])
        return [answer]

    with running(canned) as server, pytest.raises(error) as caught:
        asked(server.url)
    assert CANARY not in str(caught.value)
