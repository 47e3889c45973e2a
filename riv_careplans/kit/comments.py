"""What the contract's schema says, woven as comments into Python code that makes the contract's types.

In the first call of each type that has an argument a line, every argument gets its element's cardinality and
Swedish documentation, and every element that is not given gets a comment in its place. So a new element of
the contract shows up in the next project that is made. Pure.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from enum import EnumType
from typing import Any, Final, get_args, get_origin, get_type_hints

import msgspec

from riv_careplans import model
from riv_careplans.description.tables import Schema

__all__ = ["weave"]

_WIDTH: Final = 110
_LEFT_OUT: Final = "+ "
"""Begins the comment of an element that the code does not give."""


def weave(code: str, schema: Schema, *, module: str = "riv") -> str:
    """Return Python code with the schema's comments in its calls of `module.TYPE`."""
    lines = code.splitlines()
    comments: dict[int, list[str]] = {}
    seen: set[str] = set()
    for name, arguments in _calls(ast.parse(code), module):
        if name not in seen and _has_a_line_each(arguments, lines):
            seen.add(name)
            for line, comment in _comments(name, arguments, schema):
                column = next(iter(arguments.values())).col_offset
                comments.setdefault(_above_comments(line, lines), []).extend(_wrapped(comment, column))
    woven: list[str] = []
    for number, written in enumerate(lines, 1):
        woven += comments.get(number, ())
        woven.append(written)
    return "\n".join(woven) + "\n"


def _calls(tree: ast.Module, module: str) -> Iterator[tuple[str, Mapping[str, ast.keyword]]]:
    """Give the contract's types that are made, with their arguments by name, from above."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        match call.func:
            case ast.Attribute(value=ast.Name(id=found), attr=name) if found == module:
                made = getattr(model, name, None)
                if isinstance(made, type) and issubclass(made, model.ContractType):
                    yield name, {one.arg: one for one in call.keywords if one.arg}
            case _:
                pass


def _has_a_line_each(arguments: Mapping[str, ast.keyword], lines: Sequence[str]) -> bool:
    return bool(arguments) and all(
        lines[one.lineno - 1].lstrip().startswith(f"{name}=") for name, one in arguments.items()
    )


def _above_comments(line: int, lines: Sequence[str]) -> int:
    """Return the line where the comments begin that stand above a line."""
    while lines[line - 2].lstrip().startswith("#"):
        line -= 1
    return line


def _wrapped(comment: str, column: int) -> list[str]:
    start = f"{' ' * column}# "
    return textwrap.wrap(
        comment,
        _WIDTH,
        initial_indent=start,
        subsequent_indent=start,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _comments(name: str, arguments: Mapping[str, ast.keyword], schema: Schema) -> Iterator[tuple[int, str]]:
    """Give the comments with the lines before which they stand."""
    made = getattr(model, name)
    fields = {field.encode_name: field.name for field in msgspec.structs.fields(made)}
    types = get_type_hints(made)
    elements = [(one, fields.get(one.name, "")) for one in schema.elements(f"{name}Type")]
    # After the last argument: the line that closes the call.
    line = 1 + max(one.end_lineno or one.lineno for one in arguments.values())
    found: list[tuple[int, str]] = []
    for element, field in reversed(elements):
        kind = types.get(field)
        if field in arguments:
            line = arguments[field].lineno
            told = f"{element.name} {element.occurs}{_values(kind)}: {element.text}"
        else:
            written = f"{field}: {_written(kind)}" if field else element.type
            told = f"{_LEFT_OUT}{element.name} {element.occurs} ({written}){_values(kind)}: {element.text}"
        found.append((line, told))
    yield from reversed(found)


def _values(kind: Any) -> str:  # noqa: ANN401 - a type as it was annotated
    """Tell the values of an enumeration as they are written in code."""
    found = next((one for one in (kind, *get_args(kind)) if isinstance(one, EnumType)), None)
    return f", {', '.join(found.__members__)}" if found else ""


def _written(kind: Any) -> str:  # noqa: ANN401 - a type as it was annotated
    """Write a type as the vendor would."""
    parts = [one for one in get_args(kind) if one is not type(None) and one is not Ellipsis]
    if get_origin(kind) is tuple:
        return f"tuple[{_written(parts[0])}, ...]"
    if parts:
        return _written(parts[0])
    name = getattr(kind, "__name__", str(kind))
    return f"riv.{name}" if getattr(kind, "__module__", "").startswith("riv_careplans") else name
