"""Files and streams, found and examined: whatever stands in the way is a finding, and the rest goes on."""

from __future__ import annotations

import io
import os
import signal
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from riv_careplans.codec import Limits
from riv_careplans.errors import ConfigurationError
from riv_careplans.validation import batch
from riv_careplans.validation.batch import ExaminingFailed, Stop, examine_all
from riv_careplans.validation.document import Examination
from riv_careplans.validation.options import Options
from riv_careplans.validation.paths import Found, find
from riv_careplans.validation.report import Verdict
from riv_careplans.validation.workers import WorkerLost, Workers
from tests.builders import NOW, care_plan, header, record_id
from tests.messages import answer_of

# Under pytest-xdist the test process has threads, which Python 3.12 warns of when it is forked.
pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")

OPTIONS = Options(now=NOW, limits=Limits(size=100_000))


def answer(number: int = 1) -> bytes:
    return answer_of(care_plan(header=header(id=record_id(number))))


def examined(
    found: Sequence[Found], *, jobs: int = 1, stdin: bytes = b"", options: Options = OPTIONS
) -> list[Examination]:
    return list(examine_all(found, options, jobs=jobs, standard_input=io.BytesIO(stdin)))


def told(examinations: Iterable[Examination]) -> list[tuple[str, str]]:
    """Name of each document, and the codes found in it."""
    return [
        (Path(one.examined.name).name, " ".join(finding.code for finding in one.examined.findings))
        for one in examinations
    ]


# --- finding ------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.xml", "a.XML", "c.txt", "sub/d.xml", "sub/.hidden.xml", ".git/e.xml"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(answer())
    return tmp_path


def names(found: Iterable[Found], below: Path) -> list[str]:
    return [os.path.relpath(one.name, below) if one.name != "-" else "-" for one in found]


def test_a_folder_is_walked_in_order_for_xml_files(folder: Path) -> None:
    assert names(find([str(folder)]), folder) == ["a.XML", "b.xml", "sub/.hidden.xml", "sub/d.xml"]


def test_another_pattern_finds_other_files_and_named_files_need_none(folder: Path) -> None:
    found = find([str(folder / "b.xml"), "-", str(folder), "-"], pattern="*.txt")

    assert names(found, folder) == ["b.xml", "-", "c.txt"]


def test_a_file_comes_once_however_many_names_lead_to_it(folder: Path) -> None:
    (folder / "loop").symlink_to(folder)
    (folder / "sub" / "up").symlink_to("..")
    (folder / "z.xml").symlink_to("b.xml")
    os.link(folder / "b.xml", folder / "y.xml")

    found = find([str(folder / "sub" / ".." / "b.xml"), str(folder), str(folder / "sub")])

    assert names(found, folder) == ["b.xml", "a.XML", "sub/.hidden.xml", "sub/d.xml"]


def test_the_reports_of_a_run_are_not_examined(folder: Path) -> None:
    found = find([str(folder)], left_out={os.path.realpath(folder / "b.xml")})

    assert "b.xml" not in names(found, folder)


def test_a_folder_may_be_deeper_than_a_program_can_call_itself(tmp_path: Path) -> None:
    deepest = tmp_path
    for _ in range(300):
        deepest /= "d"
    deepest.mkdir(parents=True)
    (deepest / "a.xml").write_bytes(answer())

    assert len(find([str(tmp_path)])) == 1


def test_a_name_that_is_no_text_can_be_told(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/a\xff\n.xml"
    with open(path, "wb") as file:  # noqa: PTH123 - a name of bytes
        file.write(answer())

    (one,) = examined(find([str(tmp_path)]))

    assert one.examined.name == f"{tmp_path}/a\ufffd\ufffd.xml"
    assert one.examined.verdict is Verdict.PASSED


# --- what cannot be read ------------------------------------------------------------------------


def test_what_cannot_be_read_is_a_finding_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(answer())
    (tmp_path / "empty.xml").touch()
    os.mkfifo(tmp_path / "fifo.xml")
    (tmp_path / "gone.xml").symlink_to("nowhere")
    (tmp_path / "loop.xml").symlink_to("loop.xml")
    with (tmp_path / "sparse.xml").open("wb") as file:
        file.truncate(2 << 30)
    (tmp_path / "z.xml").write_bytes(answer())

    found = find([str(tmp_path), str(tmp_path / "missing.xml"), "/dev/zero", "/proc/self/mem"])

    assert told(examined(found)) == [
        ("a.xml", ""),
        ("empty.xml", "FILE-005"),
        ("fifo.xml", "FILE-003"),
        ("gone.xml", "FILE-002"),
        ("loop.xml", "FILE-007"),
        ("sparse.xml", "FILE-006"),
        ("z.xml", ""),
        ("missing.xml", "FILE-002"),
        ("zero", "FILE-003"),
        ("mem", "FILE-001"),
    ]


def test_a_file_that_vanishes_after_it_was_found_is_a_finding(tmp_path: Path) -> None:
    for name in ("a.xml", "b.xml"):
        (tmp_path / name).write_bytes(answer())
    found = find([str(tmp_path)])
    (tmp_path / "a.xml").unlink()

    assert told(examined(found)) == [("a.xml", "FILE-002"), ("b.xml", "")]


def test_a_file_that_became_something_else_is_a_finding(tmp_path: Path) -> None:
    for name in ("a.xml", "b.xml"):
        (tmp_path / name).write_bytes(answer())
    found = find([str(tmp_path)])
    (tmp_path / "a.xml").unlink()
    os.mkfifo(tmp_path / "a.xml")
    (tmp_path / "b.xml").unlink()
    (tmp_path / "b.xml").mkdir()

    assert told(examined(found)) == [("a.xml", "FILE-003"), ("b.xml", "FILE-003")]


def test_a_file_that_grew_after_it_was_found_is_read_to_the_limit(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(answer())
    found = find([str(tmp_path)])
    (tmp_path / "a.xml").write_bytes(answer(1) + answer(2) + b"<a>" + b"x" * OPTIONS.limits.size)

    assert told(examined(found)) == [("a.xml[1]", ""), ("a.xml[2]", ""), ("a.xml[3]", "FILE-006")]


def test_a_file_whose_size_nobody_tells_is_read_to_its_end() -> None:
    assert told(examined(find(["/proc/self/status"])))[0][1].startswith("XML")


# --- streams ------------------------------------------------------------------------------------


@pytest.mark.parametrize("between", [b"", b"\n", b"\0", b"\n\0\n"])
def test_standard_input_may_be_many_messages(between: bytes) -> None:
    stdin = between.join([answer(1), b"<a/>", answer(2)]) + between

    assert told(examined(find(["-"]), stdin=stdin)) == [("-[1]", ""), ("-[2]", "DOC-001"), ("-[3]", "")]


def test_the_first_line_of_a_message_is_told() -> None:
    one, two = examined(find(["-"]), stdin=answer(1) + b"\n\n" + answer(2))

    assert [fact.value for fact in (*one.examined.facts, *two.examined.facts)] == ["1", "3"]


@pytest.mark.parametrize("stdin", [answer(), b"no xml at all", b"<a><b></a>"])
def test_one_message_keeps_its_name(stdin: bytes) -> None:
    (one,) = examined(find(["-"]), stdin=stdin)

    assert (one.examined.name, one.examined.facts) == ("-", ())


def test_nothing_on_standard_input_is_a_finding() -> None:
    assert told(examined(find(["-"]))) == [("-", "FILE-005")]


def test_a_file_may_be_a_stream_longer_than_a_message_may_be(tmp_path: Path) -> None:
    count = OPTIONS.limits.size // len(answer()) + 10
    (tmp_path / "a.xml").write_bytes(b"\n".join(answer(number) for number in range(count)))

    results = examined(find([str(tmp_path)]))

    assert [one.examined.name for one in results] == [f"{tmp_path}/a.xml[{n + 1}]" for n in range(count)]
    assert {one.examined.verdict for one in results} == {Verdict.PASSED}


# --- several processes --------------------------------------------------------------------------


def test_the_results_are_the_same_in_the_same_order_however_many_work(tmp_path: Path) -> None:
    for number in range(70):
        content = answer(number) * (40 if number == 30 else 1) if number % 7 else b"<a/>"
        (tmp_path / f"{number:02}.xml").write_bytes(content)
    (tmp_path / "11.xml").unlink()
    (tmp_path / "11.xml").symlink_to("nowhere")
    found = find([str(tmp_path), "-"])
    stdin = b"\n".join(answer(number) for number in range(100, 150))

    alone = examined(found, stdin=stdin)
    together = examined(found, stdin=stdin, jobs=3)

    assert len(alone) == 69 + 40 + 50
    assert together == alone


def test_few_documents_start_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.xml").write_bytes(answer())
    monkeypatch.setattr(batch, "Workers", None)

    assert len(examined(find([str(tmp_path), "-"]), stdin=answer() * 10, jobs=8)) == 11


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_run_ends_when_it_is_asked_to(jobs: int) -> None:
    stop = Stop()
    stdin = io.BytesIO(answer() * 500)

    results = examine_all(find(["-"]), OPTIONS, jobs=jobs, standard_input=stdin, stop=stop)
    first = next(results)
    stop.asked = True

    assert first.examined.name == "-[1]"
    assert len(list(results)) < 200


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_folder_without_schemas_is_told_at_once(jobs: int, tmp_path: Path) -> None:
    options = Options(now=NOW, schemas=tmp_path)

    with pytest.raises(ConfigurationError):
        examined(find(["-"]), stdin=answer() * 30, jobs=jobs, options=options)


def failing(*_: object) -> Examination:
    raise RecursionError("197010632391")


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_failure_of_the_tool_names_the_document_and_no_value(
    jobs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "examine", failing)

    with pytest.raises(ExaminingFailed, match=r"-\[1\] could not be examined.*RecursionError") as caught:
        examined(find(["-"]), stdin=answer() * 30, jobs=jobs)

    assert "197010632391" not in str(caught.value)


# --- the processes themselves -------------------------------------------------------------------


def work(task: str, settings: int) -> Iterable[bytes]:
    """Do what the task says."""
    if task == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if task == "fail":
        raise ConfigurationError("the setting is wrong")
    if task == "slow":
        time.sleep(0.2)
    for number in range(settings if task == "many" else 1):
        yield f"{task}{number}".encode()


def test_pieces_come_in_the_order_of_the_tasks() -> None:
    tasks = ["slow", "a", "many", "b", "slow", "many", *"cdefghijklmnop"]

    with Workers(3, work, 50) as workers:
        pieces = list(workers.results(iter(tasks)))

    expected = [f"{task}{number}".encode() for task in tasks for number in range(50 if task == "many" else 1)]
    assert pieces == expected


def test_pieces_larger_than_any_pipe_come_through() -> None:
    with Workers(2, large, 3_000_000) as workers:
        sizes = [len(piece) for piece in workers.results(iter([b"x" * 2_000_000] * 6))]

    assert sizes == [3_000_000] * 12


def large(task: bytes, settings: int) -> Iterable[bytes]:
    """Answer a large task with more than one large piece."""
    return (task[:1] * settings for _ in range(2))


def test_a_process_that_is_killed_ends_the_run() -> None:
    with Workers(2, work, 1) as workers, pytest.raises(WorkerLost, match="fewer --jobs"):
        list(workers.results(iter(["a", "b", "die", *"cdefghijklmnopqrst"])))


def test_an_error_of_a_process_is_raised_where_it_is_waited_for() -> None:
    with Workers(2, work, 1) as workers, pytest.raises(ConfigurationError, match="the setting is wrong"):
        list(workers.results(iter(["a", "fail", "b"])))


def test_the_processes_end_with_the_one_that_started_them() -> None:
    read, write = os.pipe()
    parent = os.fork()
    if parent == 0:
        workers = Workers(3, work, 1)
        next(workers.results(iter("abcdef")))
        os.kill(os.getpid(), signal.SIGKILL)
    os.close(write)
    os.waitpid(parent, 0)

    # The pipe is at its end when nobody holds its other end any more.
    with os.fdopen(read) as pipe:
        assert pipe.read() == ""


def test_no_more_tasks_are_taken_than_can_be_worked_on_soon() -> None:
    taken = 0

    def tasks() -> Iterable[str]:
        nonlocal taken
        for _ in range(1000):
            taken += 1
            yield "a"

    with Workers(2, work, 1) as workers:
        next(results := workers.results(iter(tasks())))

    assert taken < 20
    results.close()  # type: ignore[attr-defined] # a generator
