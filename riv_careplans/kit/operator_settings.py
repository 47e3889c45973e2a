"""Every setting of a producer as a TOML file, written from the settings' class so that it cannot lag.

What is to be chosen stands there; everything else is commented out with its default and its meaning. A
setting is uncommented by taking its `#` away: explanations have a blank after theirs.
"""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

import msgspec

from riv_careplans import settings as settings_module
from riv_careplans.settings import ProducerSettings

__all__ = ["settings_text"]

_WIDTH: Final = 100
_HEAD: Final = """\
# How the producer is served. A setting that begins with # has the default that is shown: take the # away to
# change it. Paths are relative to this file. No secret belongs here.
"""
_EXAMPLES: Final[Mapping[str, object]] = {
    "sources.source": "source:source",
    "proxy.addresses": ["10.0.0.10"],
    "proxy.header": "X-Client-Cert",
    "callers.hsa-id": "SE2321000016-A1",
    "index.url": "https://index.example.org/Update",
    "index.logical-address": "SE2329999995-INDEX",
    "index.data-controller": "SE2329999995",
}
"""What a setting without a default looks like."""


def settings_text(logical_address: str) -> str:
    """Return the settings of a producer that answers for one address."""
    pieces = [_HEAD]
    chosen = {"logical-addresses": [logical_address]}
    tables = []
    for field in msgspec.structs.fields(ProducerSettings):
        table = _table_of(field)
        if table is None:
            pieces.append(_setting(ProducerSettings, field, chosen.get(field.encode_name)))
        else:
            tables.append((field, *table))
    for field, kind, many in tables:
        head = f"[[{field.encode_name}]]" if many else f"[{field.encode_name}]"
        pieces.append(f"{_comment(_told(ProducerSettings, field.name))}#{head}\n")
        pieces += _examples(field.encode_name, kind, logical_address)
    return "\n".join(pieces)


def _examples(table: str, kind: type, logical_address: str) -> Iterator[str]:
    own = {"sources.logical-address": logical_address, "index.source-system": logical_address}
    for field in msgspec.structs.fields(kind):
        key = f"{table}.{field.encode_name}"
        example = {**_EXAMPLES, **own}.get(key)
        if example is None and field.type in (Path, Path | None):
            example = f"{field.encode_name}.pem"
        yield _setting(kind, field, None, example)


def _setting(
    kind: type, field: msgspec.structs.FieldInfo, chosen: object, example: object | None = None
) -> str:
    told = _comment(_told(kind, field.name))
    if chosen is not None:
        return f"{told}{field.encode_name} = {_toml(chosen)}\n"
    default = example if example is not None else field.default
    if default is None or default is msgspec.NODEFAULT:
        # There is no way to write nothing: a number stands for it.
        default = 8081 if default is None else "…"
    return f"{told}#{field.encode_name} = {_toml(default)}\n"


def _table_of(field: msgspec.structs.FieldInfo) -> tuple[type, bool] | None:
    """Return the class of a table, and whether there may be many; nothing for a plain setting."""
    found = msgspec.inspect.type_info(field.type)
    many = isinstance(found, msgspec.inspect.VarTupleType)
    inner = getattr(found, "item_type", found)
    for one in getattr(inner, "types", (inner,)):
        if isinstance(one, msgspec.inspect.StructType):
            return one.cls, many
    return None


def _toml(value: object) -> str:
    # Texts, numbers, truth values and lists are written alike in JSON and TOML.
    return json.dumps(value, ensure_ascii=False)


def _comment(text: str) -> str:
    return "".join(
        f"{line}\n" for line in textwrap.wrap(text, _WIDTH, initial_indent="# ", subsequent_indent="# ")
    )


def _told(kind: type, name: str) -> str:
    return _docstrings().get((kind.__name__, name), "")


@cache
def _docstrings() -> Mapping[tuple[str, str], str]:
    """Return what stands below each field, by class and field."""
    found: dict[tuple[str, str], str] = {}
    for kind in ast.parse(inspect.getsource(settings_module)).body:
        if isinstance(kind, ast.ClassDef):
            for one, after in pairwise(kind.body):
                match one, after:
                    case (
                        ast.AnnAssign(target=ast.Name(id=name)),
                        ast.Expr(value=ast.Constant(value=str(text))),
                    ):
                        found[kind.name, name] = " ".join(text.split())
                    case _:
                        pass
    return found
