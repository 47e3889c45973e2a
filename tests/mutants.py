"""Small mistakes made on purpose in functions of a module, one at a time, while the program runs.

A mutant is a function whose code differs in one place from the source: a comparison turned, `and` for
`or`, a `not` dropped, a number one higher, a `yield` left out; or a constant of the module that is one
higher. Only the code of the function object is exchanged, so whoever holds the function holds the mutant.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import functools
import inspect
import signal
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

__all__ = ["Mutant", "TookTooLong", "mutants_of", "within"]

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}


class TookTooLong(BaseException):
    """A mutant does not come to an end."""


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One mistake."""

    name: str
    """Where and what: `times._recurrence_faults: recurrence.every < 1 -> recurrence.every <= 1`."""

    holder: Any
    """What holds the part that is wrong: a function or a module."""

    part: str
    wrong: Any

    caches: tuple[Any, ...]
    """What must be forgotten before and after."""

    @contextlib.contextmanager
    def alive(self) -> Iterator[None]:
        """Let the mistake be there while the block runs."""
        right = getattr(self.holder, self.part)
        setattr(self.holder, self.part, self.wrong)
        try:
            self._forget()
            yield
        finally:
            setattr(self.holder, self.part, right)
            self._forget()

    def _forget(self) -> None:
        for cache in self.caches:
            cache.cache_clear()


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise `TookTooLong` in the block when it does not end."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TookTooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def mutants_of(module: ModuleType) -> Iterator[Mutant]:
    """Give every mutant of every function, method and numeric constant of a module."""
    tree = ast.parse(inspect.getsource(module))
    caches = tuple(one for one in vars(module).values() if hasattr(one, "cache_clear"))
    seen: Counter[str] = Counter()
    short = module.__name__.rpartition(".")[2]
    for name, value in vars(module).items():
        if type(value) is int:
            told = f"{short}: {name} + 1"
            yield Mutant(name=told, holder=module, part=name, wrong=value + 1, caches=caches)
    for names, definition in _definitions(tree):
        function = _function(module, names)
        for position in range(len(_nodes(definition))):
            for told, changed in _changes(definition, position):
                # Compiled with all around it, because what it inherits (annotations) stands there.
                whole = copy.deepcopy(tree)
                _replace(whole, names, changed)
                code = _code(compile(ast.fix_missing_locations(whole), module.__file__ or "", "exec"), names)
                name = f"{short}.{'.'.join(names)}: {told}"
                seen[name] += 1
                name += f" (number {seen[name]})" if seen[name] > 1 else ""
                yield Mutant(name=name, holder=function, part="__code__", wrong=code, caches=caches)


def _nodes(definition: ast.FunctionDef) -> list[ast.AST]:
    return [node for statement in definition.body for node in ast.walk(statement)]


def _definitions(tree: ast.Module) -> Iterator[tuple[tuple[str, ...], ast.FunctionDef]]:
    for one in tree.body:
        if isinstance(one, ast.FunctionDef):
            yield (one.name,), one
        elif isinstance(one, ast.ClassDef):
            for inner in one.body:
                if isinstance(inner, ast.FunctionDef):
                    yield (one.name, inner.name), inner


def _function(module: ModuleType, names: tuple[str, ...]) -> Any:
    holder: Any = module
    for name in names[:-1]:
        holder = getattr(holder, name)
    found = inspect.getattr_static(holder, names[-1])
    plain: Any = found.fget if isinstance(found, property) else getattr(found, "__func__", found)
    found = inspect.unwrap(plain)
    assert isinstance(found, FunctionType)
    return found


def _code(code: CodeType, names: tuple[str, ...]) -> CodeType:
    for name in names:
        code = next(one for one in code.co_consts if isinstance(one, CodeType) and one.co_name == name)
    return code


def _replace(tree: ast.Module, names: tuple[str, ...], changed: ast.FunctionDef) -> None:
    body = tree.body
    for name in names[:-1]:
        body = next(one.body for one in body if isinstance(one, ast.ClassDef) and one.name == name)
    places = (n for n, one in enumerate(body) if isinstance(one, ast.FunctionDef) and one.name == names[-1])
    body[next(places)] = changed


def _changes(definition: ast.FunctionDef, position: int) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Give every change of one node of a function, each in a copy of the function."""
    for number in range(len(_new(_nodes(definition)[position]))):
        changed = copy.deepcopy(definition)
        old = _nodes(changed)[position]
        told = ast.unparse(old)
        new = _new(old)[number]
        for holder in ast.walk(changed):
            for field, value in ast.iter_fields(holder):
                if value is old:
                    setattr(holder, field, new)
                elif isinstance(value, list) and any(one is old for one in value):
                    value[next(n for n, one in enumerate(value) if one is old)] = new
        yield f"{told} -> {ast.unparse(new)}", changed


@functools.singledispatch
def _new(node: ast.AST) -> list[ast.AST]:
    """Return what could stand there by mistake."""
    return []


@_new.register
def _(node: ast.Compare) -> list[ast.AST]:
    if len(node.ops) != 1:
        return []
    return [ast.Compare(node.left, [op()], node.comparators) for op in _COMPARED[type(node.ops[0])]]


@_new.register
def _(node: ast.BoolOp) -> list[ast.AST]:
    return [ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)]


@_new.register
def _(node: ast.UnaryOp) -> list[ast.AST]:
    return [node.operand] if isinstance(node.op, ast.Not) else []


@_new.register
def _(node: ast.Constant) -> list[ast.AST]:
    return [ast.Constant(node.value + 1)] if type(node.value) is int else []


@_new.register
def _(node: ast.Expr) -> list[ast.AST]:
    if not isinstance(node.value, ast.Yield | ast.YieldFrom):
        return []
    # It stays there, unreachable, because without it the function may be no generator any more.
    return [ast.If(ast.Constant(value=False), [node], [])]
