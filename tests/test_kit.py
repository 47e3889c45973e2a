"""What new-producer writes: made from the contract and the settings, and never over the vendor's work."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
import tomllib
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import msgspec
import pytest

from riv_careplans import kit
from riv_careplans.cli import main
from riv_careplans.contract import GET_CARE_PLANS_2, GET_CARE_PLANS_3
from riv_careplans.description.tables import Schema
from riv_careplans.kit import Action, Project, Variant, propose, steps_for
from riv_careplans.kit.comments import weave
from riv_careplans.kit.project import CORE
from riv_careplans.settings import ProducerSettings, load
from tests.commands import run

PROJECT = Project(
    name="journal-plans",
    logical_address="SE2329999995-TEST1",
    variant=Variant.PLAIN,
    version=version("riv-careplans"),
)
WOVEN = (
    *("Header", "AccessControl", "Record", "Author", "Provenance"),
    *("CarePlanBody", "Goal", "Activity", "Participant"),
)


def proposed(project: Project = PROJECT) -> dict[str, str]:
    """Every file of a project that is text, by its path."""
    return {one.path: one.data.decode() for one in propose(project)}


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return proposed()


# --- from the contract --------------------------------------------------------------------------


@pytest.mark.parametrize("name", WOVEN)
def test_the_source_tells_every_element_of_a_type_it_makes(name: str, files: dict[str, str]) -> None:
    elements = list(Schema(GET_CARE_PLANS_3.folder / CORE).elements(f"{name}Type"))
    comments = " ".join(re.findall(r"^\s*# (.*)$", files["source.py"], re.MULTILINE))

    assert elements
    assert [one.name for one in elements if f"{one.name} {one.occurs}" not in comments] == []
    assert [one.name for one in elements if " ".join(one.text.split()) not in comments] == []


def test_a_new_element_of_the_contract_shows_up_in_the_next_project(tmp_path: Path) -> None:
    package = tmp_path / "package"
    shutil.copytree(GET_CARE_PLANS_3.folder, package)
    core = package / CORE
    new = (
        '<xs:element name="mood" type="xs:string" minOccurs="0"><xs:annotation>'
        "<xs:documentation>Humör: hur målet känns.</xs:documentation></xs:annotation></xs:element>"
    )
    head, _, tail = core.read_text(encoding="utf-8").partition('<xs:complexType name="GoalType">')
    body, _, rest = tail.partition("<xs:any ")
    core.write_text(f'{head}<xs:complexType name="GoalType">{body}{new}<xs:any {rest}', encoding="utf-8")

    (source,) = (one.data.decode() for one in propose(PROJECT, package) if one.path == "source.py")

    assert "# + mood 0..1 (string): Humör: hur målet känns." in source


def test_what_is_given_and_what_is_left_out_stand_in_the_contracts_order() -> None:
    code = 'need = riv.Need(\n    # Mine.\n    id="1",\n    text="x",\n)\n'

    woven = weave(code, Schema(GET_CARE_PLANS_3.folder / CORE)).splitlines()

    told = [line.split(":")[0].split(" (")[0].strip() for line in woven]
    order = [
        *("need = riv.Need(", "# id 1..1", "# Mine.", 'id="1",', "# text 1..1", 'text="x",'),
        *("# + area 0..1", "# + expressedBy 0..1", "# + circumstanceId 0..*", ")"),
    ]
    assert [line for line in told if line in order] == order


def test_the_contracts_of_both_versions_lie_in_the_project_as_published(files: dict[str, str]) -> None:
    published = {
        f"contract/{contract.package}/{path.relative_to(contract.folder).as_posix()}": path
        for contract in (GET_CARE_PLANS_3, GET_CARE_PLANS_2)
        for path in contract.folder.rglob("*.[xw]sd*")
    }

    assert len(published) > 8
    assert {
        name for name, path in published.items() if files[name] != path.read_text(encoding="utf-8")
    } == set()
    assert "CP-006" in files["contract/TKB.md"]


def test_the_project_bears_the_vendors_name_address_and_version(files: dict[str, str]) -> None:
    told = "".join(text for name, text in files.items() if not name.startswith("contract/"))

    assert 'SYSTEM: Final = "SE2329999995-TEST1"' in files["source.py"]
    assert f"riv-careplans[producer,consumer,index]=={PROJECT.version}" in files["requirements.txt"]
    assert "WorkingDirectory=/srv/journal-plans" in files["deploy/journal-plans.service"]
    assert [
        word for word in ("example-producer", "SE2329999995-JOURNAL", "JOURNAL_FILES") if word in told
    ] == []


@pytest.mark.parametrize("variant", Variant)
def test_the_same_project_gives_the_same_bytes(variant: Variant) -> None:
    project = replace(PROJECT, variant=variant)

    assert propose(project) == propose(project)


# --- from the settings --------------------------------------------------------------------------


def uncommented(text: str, *, until: str = r"\Z", table: str = "") -> str:
    """Take the # away from settings: those before the tables, or those of one table."""
    part = text.partition(f"#[{table}]" if table else "\0")[2] or text
    part = re.split(until, part, maxsplit=1, flags=re.MULTILINE)[0]
    return (f"[{table}]\n" if table else "") + re.sub(r"^#(?=[a-z])", "", part, flags=re.MULTILINE)


def test_every_setting_is_shown_with_its_meaning(files: dict[str, str]) -> None:
    text = files["settings.toml"]
    fields = msgspec.structs.fields(ProducerSettings)

    missing = [
        field.encode_name
        for field in fields
        if not re.search(rf"^# .+\n#?\[*{field.encode_name}(\]| = )", text, re.MULTILINE)
    ]

    assert len(fields) > 15
    assert missing == []


def test_the_settings_as_they_are_answer_for_the_vendors_address_alone(
    files: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(files["settings.toml"], encoding="utf-8")

    assert load(path, ProducerSettings) == ProducerSettings(logical_addresses=("SE2329999995-TEST1",))


def test_a_setting_shows_its_default(files: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(uncommented(files["settings.toml"], until=r"^#\["), encoding="utf-8")

    assert load(path, ProducerSettings) == ProducerSettings(
        logical_addresses=("SE2329999995-TEST1",), operations_port=8081
    )


@pytest.mark.parametrize("tables", [("tls", "[callers]"), ("proxy", "[callers]"), ("index",)])
def test_a_commented_table_can_be_uncommented_as_it_stands(
    tables: tuple[str, ...], files: dict[str, str], tmp_path: Path
) -> None:
    parts = [uncommented(files["settings.toml"], until=r"^#\[", table=table) for table in tables]
    path = tmp_path / "settings.toml"
    path.write_text("\n".join(parts), encoding="utf-8")
    for name in ("certificate", "key", "authority"):
        (tmp_path / f"{name}.pem").touch()

    settings = load(path, ProducerSettings)

    assert {table.strip("[]") for table in tables} <= {
        field.encode_name
        for field in msgspec.structs.fields(settings)
        if getattr(settings, field.name) not in (None, ())
    }
    assert tomllib.loads(path.read_text(encoding="utf-8"))


# --- into a folder ------------------------------------------------------------------------------


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A project that has just been made."""
    folder = tmp_path / "mine"
    proposals = propose(PROJECT)
    kit.carry_out(PROJECT, proposals, steps_for(proposals, folder), folder)
    return folder


def everything(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def again(folder: Path, *options: str) -> str:
    """Run new-producer in a project; give what it says."""
    code, said, complained = new_producer(folder, *options)
    assert code == 0, complained
    return said


def new_producer(folder: Path, *options: str) -> tuple[object, str, str]:
    """Run the command in this process; give its exit code, and what it says and complains of."""
    said, complained = io.StringIO(), io.StringIO()
    streams = contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained)
    with streams[0], streams[1], pytest.raises(SystemExit) as ended:
        main(["--lang", "en", "new-producer", str(folder), *options])
    return ended.value.code, said.getvalue(), complained.getvalue()


def test_a_second_run_changes_nothing(made: Path) -> None:
    before = everything(made)

    steps = steps_for(propose(PROJECT), made)
    kit.carry_out(PROJECT, propose(PROJECT), steps, made)

    assert {step.action for step in steps} == {Action.KEEP}
    assert "Nothing is new." in again(made, "--dry-run")
    assert everything(made) == before


def test_what_is_the_vendors_is_never_written_over(made: Path) -> None:
    vendors = sorted(one.path for one in propose(PROJECT) if not one.ours)
    for name in vendors:
        (made / name).write_text("mine\n", encoding="utf-8")

    told = again(made, "--logical-address", "SE2329999995-TEST2")

    assert [name for name in vendors if (made / name).read_bytes() != b"mine\n"] == []
    assert "SE2329999995-TEST2" in (made / "settings.toml.new").read_text(encoding="utf-8")
    assert "source.py.new (your own file is untouched)" in told


def test_a_proposal_that_has_not_changed_is_not_made_again(made: Path) -> None:
    (made / "source.py").write_text("mine\n", encoding="utf-8")
    again(made)
    (made / "source.py.new").unlink(missing_ok=True)

    told = again(made)

    assert "source.py" not in told
    assert not (made / "source.py.new").exists()


def test_what_is_ours_is_made_anew_and_an_edit_of_it_is_kept_beside(made: Path) -> None:
    (made / "service.py").write_text("edited\n", encoding="utf-8")
    (made / "contract" / "TKB.md").unlink()

    told = again(made)

    assert (made / "service.py.old").read_text(encoding="utf-8") == "edited\n"
    assert "make_app" in (made / "service.py").read_text(encoding="utf-8")
    assert (made / "contract" / "TKB.md").exists()
    assert "it was edited: what was there is in service.py.old" in told


def test_what_the_vendor_has_removed_does_not_come_back(made: Path) -> None:
    (made / "example.py").unlink()

    told = again(made)

    assert not (made / "example.py").exists()
    assert "example.py by you; not written again" in told


def test_a_dry_run_and_a_diff_write_nothing(made: Path) -> None:
    (made / "service.py").write_text("edited\n", encoding="utf-8")
    before = everything(made)

    dry = again(made, "--dry-run", "--logical-address", "SE2329999995-TEST2")
    shown = again(made, "--diff", "--logical-address", "SE2329999995-TEST2")

    assert everything(made) == before
    assert "settings.toml.new" in dry
    assert "Nothing is written." in dry
    assert '-logical-addresses = ["SE2329999995-TEST1"]' in shown
    assert '+logical-addresses = ["SE2329999995-TEST2"]' in shown
    assert "-edited" in shown


def test_a_dry_run_of_a_new_project_does_not_even_make_the_folder(tmp_path: Path) -> None:
    told = again(tmp_path / "new", "--dry-run")

    assert "source.py" in told
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_only_a_repository_and_an_environment_becomes_a_project(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".venv").mkdir()

    again(tmp_path)

    assert (tmp_path / "source.py").exists()


def foreign(folder: Path) -> None:
    (folder / "thesis.txt").write_text("mine", encoding="utf-8")


def a_broken_marker(folder: Path) -> None:
    (folder / ".riv-careplans.json").write_text('{"format": ', encoding="utf-8")


def a_marker_of_tomorrow(folder: Path) -> None:
    marker = {"format": 2, "made_with": "9", "name": "x", "variant": "csv", "files": {}}
    marker["logical_address"] = "SE2329999995-TEST1"
    (folder / ".riv-careplans.json").write_text(json.dumps(marker), encoding="utf-8")


def a_link_out(folder: Path) -> None:
    again(folder)
    shutil.rmtree(folder / "contract")
    outside = folder.parent / f"{folder.name}-outside"
    outside.mkdir()
    (folder / "contract").symlink_to(outside)


def a_file_in_the_way(folder: Path) -> None:
    again(folder)
    shutil.rmtree(folder / "contract")
    (folder / "contract").touch()


def another_kind(folder: Path) -> None:
    again(folder, "--from-csv")


@pytest.mark.parametrize(
    ("prepare", "options", "sentence"),
    [
        (foreign, (), "there is something here that new-producer did not make: name a new or empty folder"),
        (a_broken_marker, (), "cannot be read: restore it, or make a new project in another folder"),
        (a_marker_of_tomorrow, (), "made by another version of the library: use that of requirements.txt"),
        (a_link_out, (), "leads out of the project's folder: nothing is written there"),
        (
            another_kind,
            ("--from-sql",),
            "the project was made --from-csv: make another one in another folder",
        ),
        (a_file_in_the_way, (), "contract: cannot be written: File exists"),
        (None, ("--name", "Min Journal"), "--name: expected at most 31 small letters, digits and hyphens"),
        (None, ("--name", "x" * 32), "--name: expected at most 31 small letters, digits and hyphens"),
        (None, ("--logical-address", "191212121212"), "--logical-address: expected an HSA-id, such as"),
        (None, ("--from-csv", "--from-sql"), "give --from-csv or --from-sql, not both"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(
    prepare: Callable[[Path], None] | None, options: tuple[str, ...], sentence: str, tmp_path: Path
) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    if prepare is not None:
        prepare(folder)
    before = everything(tmp_path)

    code, _, complained = new_producer(folder, *options)

    assert code == 2
    assert sentence in complained
    assert "191212121212" not in complained
    assert everything(tmp_path) == before


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "project").write_text("x", encoding="utf-8")

    done = run("new-producer", tmp_path / "project")

    assert done.returncode == 2
    assert "this is a file: name a folder that is new or empty" in done.stderr


def test_it_speaks_swedish(tmp_path: Path) -> None:
    done = run("--lang", "sv", "new-producer", tmp_path / "mitt-projekt")

    assert "Kör producenten:" in done.stdout
    assert "mitt-projekt" in (tmp_path / "mitt-projekt" / "README.md").read_text(encoding="utf-8")
