"""Which files a producer project has, and what stands in them. Pure, except that it reads our own files.

A template is a file as it will be, about an example: its own name and HSA-id stand for the vendor's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Final

from riv_careplans.contract import GET_CARE_PLANS_2, GET_CARE_PLANS_3
from riv_careplans.description import describe
from riv_careplans.description.tables import Schema
from riv_careplans.kit.comments import weave
from riv_careplans.kit.operator_settings import settings_text

__all__ = ["CORE", "Project", "Proposal", "Variant", "propose"]

CORE: Final = "core_components/clinicalprocess_logistics_logistics_4.0.xsd"
"""The schema of the contract's types, in the release package."""

_TEMPLATES: Final = Path(str(files("riv_careplans.kit").joinpath("templates")))
_SUFFIX: Final = ".template"
_EXAMPLE_NAME: Final = "example-producer"
_EXAMPLE_ADDRESS: Final = "SE2329999995-JOURNAL"
_EXAMPLE_VERSION: Final = "==0.0.0"
_JOURNAL_FILES: Final = "JOURNAL_FILES"
_OURS: Final = frozenset({"service.py"})
_WOVEN: Final = "source.py"
_NAMES: Final = {"gitignore": ".gitignore"}
"""Files that would change how this very repository is handled if they lay here with their own names."""


class Variant(StrEnum):
    """Where the vendor's plans are."""

    PLAIN = "plain"
    SQL = "sql"
    CSV = "csv"


_FOLDERS: Final = {
    Variant.PLAIN: ("common", "plain", "rows_in_python"),
    Variant.SQL: ("common", "sql", "rows_in_python"),
    Variant.CSV: ("common", "csv"),
}
_JOURNAL: Final = {
    Variant.PLAIN: "| `example.py` | made-up plans; delete it when you have your own |",
    Variant.SQL: (
        "| `tables.py` | the tables that are asked |\n"
        "| `make_example.py`, `example.py` | a made-up journal; delete them when you have your own |"
    ),
    Variant.CSV: (
        "| `lines.py` | reads CSV, and says what is wrong by file, line and column |\n"
        "| `exports/` | made-up exports; delete them when you have your own |"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """What the vendor has said about the project."""

    name: str
    """Small letters, digits and hyphens: also the name of the service."""

    logical_address: str
    """HSA-id of the source system."""

    variant: Variant
    version: str
    """The library's, which the project pins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A file of the project."""

    path: str
    """Relative to the project's folder."""

    data: bytes
    ours: bool
    """Made anew each time; otherwise it is the vendor's as soon as it is there."""


def propose(project: Project, package: Path = GET_CARE_PLANS_3.folder) -> tuple[Proposal, ...]:
    """Give every file of a project, by path; the same project gives the same bytes.

    `package` is the release package that the vendor's source is made from.
    """
    found = {one.path: one for one in (*_from_templates(project, package), *_contract(package))}
    settings = settings_text(project.logical_address)
    found["settings.toml"] = Proposal(path="settings.toml", data=settings.encode(), ours=False)
    return tuple(found[path] for path in sorted(found))


def _from_templates(project: Project, package: Path) -> Iterator[Proposal]:
    for folder in _FOLDERS[project.variant]:
        for path in sorted((_TEMPLATES / folder).rglob(f"*{_SUFFIX}")):
            name = path.relative_to(_TEMPLATES / folder).as_posix().removesuffix(_SUFFIX)
            text = path.read_text(encoding="utf-8")
            if name == _WOVEN:
                text = weave(text, Schema(package / CORE))
            yield Proposal(
                path=_filled(_NAMES.get(name, name), project),
                data=_filled(text, project).encode(),
                ours=name in _OURS,
            )


def _filled(text: str, project: Project) -> str:
    return (
        text.replace(_EXAMPLE_NAME, project.name)
        .replace(_EXAMPLE_ADDRESS, project.logical_address)
        .replace(_EXAMPLE_VERSION, f"=={project.version}")
        .replace(_JOURNAL_FILES, _JOURNAL[project.variant])
    )


def _contract(package: Path) -> Iterator[Proposal]:
    """Give the schemas as published, and the description that is made from them."""
    for folder in (package, GET_CARE_PLANS_2.folder):
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".xsd", ".wsdl"):
                name = f"contract/{folder.name}/{path.relative_to(folder).as_posix()}"
                yield Proposal(path=name, data=path.read_bytes(), ours=True)
    yield Proposal(path="contract/TKB.md", data=describe().encode(), ours=True)
