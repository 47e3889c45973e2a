"""What `explain` and `rules` print: codes with their meaning, and the documents that show them.

Plain text when the output is no terminal; a person at a terminal gets colours.
"""

from __future__ import annotations

import contextlib
import difflib
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

import click
from rich.console import Console
from rich.padding import Padding
from rich.text import Text as Styled

from riv_careplans import codec
from riv_careplans.cli.language import Language
from riv_careplans.contracts import interaction_for
from riv_careplans.report.wording import reference_in
from riv_careplans.rules import RuleFinding, Severity, Text
from riv_careplans.validation.catalogue import CATALOGUE
from riv_careplans.validation.explained import Explanation
from riv_careplans.validation.report import Layer
from riv_careplans.validation.vectors import Vector, documents_of, nearest_good

__all__ = ["code_of", "run_explain", "run_rules"]

_STYLE: Final = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.INFO: "bold cyan"}
_WEIGHT: Final = {
    Severity.ERROR: Text("error", "fel"),
    Severity.WARNING: Text("warning", "varning"),
    Severity.INFO: Text("information", "upplysning"),
}
_LAYER: Final = {
    Layer.FILE: Text("file", "fil"),
    Layer.XML: Text("XML", "XML"),
    Layer.SOAP: Text("SOAP", "SOAP"),
    Layer.CONTRACT: Text("contract", "kontrakt"),
    Layer.SCHEMA: Text("schema", "schema"),
    Layer.CODES: Text("codes", "koder"),
    Layer.RULES: Text("rules", "regler"),
    Layer.TOGETHER: Text("documents together", "dokument tillsammans"),
    Layer.PRODUCER: Text("live producer", "körande producent"),
}
_OF_ONE_CONTRACT: Final = {"CP": ("3.0",), "CP2": ("2.0",)}
_EVERY_CONTRACT: Final = ("3.0", "2.0")
_OF_BOTH: Final = frozenset({"CP-001"})
"""Found by the codec, which reads both versions."""

_WRITTEN: Final = re.compile(r"([A-Z]+)[-_ ]?([0-9]+)(?:[-_ ]([0-9]+))?")
_AROUND: Final = 2
"""Lines shown before and after a difference."""
_MOST_MARKED: Final = 8
"""Lines shown of one difference."""
_WIDEST: Final = 100
_JSON_FORMAT: Final = "1.0"


def run_explain(say: Language, *, code: str, whole: bool, every: bool) -> int:
    """Explain one code; raises `click.UsageError` when there is none such."""
    known = _explanations()
    found = code_of(code, known)
    if found is None:
        near = sorted(difflib.get_close_matches(code.upper(), known, n=3, cutoff=0.5))
        meant = say(" eller ", " or ").join(near)
        hint = say(f"menade du {meant}?", f"did you mean {meant}?") if near else ""
        hint = hint or say("riv-careplans rules listar alla", "riv-careplans rules lists them all")
        raise click.UsageError(say(f"det finns ingen sådan kod: {hint}", f"there is no such code: {hint}"))
    page = _Page(say)
    page.explain(known[found])
    page.show_documents(found, whole=whole, every=every)
    return 0


def run_rules(say: Language, *, style: str, contract: str | None, layer: str | None) -> int:
    """List all codes, or those that can concern one contract or belong to one layer."""
    chosen = [
        one
        for one in _explanations().values()
        if (layer is None or one.layer == layer) and (contract is None or contract in _contracts(one.code))
    ]
    if style == "json":
        document = {"formatVersion": _JSON_FORMAT, "rules": [_as_json(one) for one in chosen]}
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    elif style == "md":
        click.echo("\n".join(_as_markdown(say, chosen)))
    else:
        _Page(say).list(chosen)
    return 0


def code_of(written: str, known: Iterable[str]) -> str | None:
    """Return the code that is meant: in any case, with or without hyphen and leading zeros."""
    codes = frozenset(known)
    text = written.strip().upper()
    if text in codes:
        return text
    match = _WRITTEN.fullmatch(text)
    if match is None:
        return None
    letters, digits, rest = match.groups()
    if rest is not None:
        candidates = [f"{letters}{digits}-{int(rest):03}"]
    else:
        # CP21 is CP-021, and CP24 is CP2-004, because there is no CP-024.
        candidates = [f"{letters}-{int(digits):03}"]
        candidates += [f"{letters}{digits[:1]}-{int(digits[1:]):03}"] if digits[1:] else []
    return next((one for one in candidates if one in codes), None)


def _explanations() -> dict[str, Explanation]:
    """Return every explanation by its code; those of live producers where that part is installed."""
    known = dict(CATALOGUE)
    with contextlib.suppress(ImportError):
        from riv_careplans import conformance

        known |= {one.code: one for one in conformance.EXPLANATIONS}
    return known


def _contracts(code: str) -> tuple[str, ...]:
    return (
        _EVERY_CONTRACT if code in _OF_BOTH else _OF_ONE_CONTRACT.get(code.partition("-")[0], _EVERY_CONTRACT)
    )


def _capital(text: str) -> str:
    """Make a sentence of one that stands without capital and full stop."""
    return f"{text[:1].upper()}{text[1:]}."


# --- documents side by side ---------------------------------------------------------------------


class _Row(NamedTuple):
    """A line of a document as it is shown."""

    number: int | None
    """None for a gap: lines left out, or lines that the other document has."""
    text: str
    marked: bool


def _compared(own: Sequence[str], other: Sequence[str], gap: str) -> list[_Row]:
    """Return a document's lines, marked where the other differs; `gap` stands for lines only it has."""
    # The first two lines are the declaration and the comment, which always differ.
    matcher = difflib.SequenceMatcher(None, ["", "", *own[2:]], ["", "", *other[2:]], autojunk=False)
    rows: list[_Row] = []
    for kind, start, end, _, _ in matcher.get_opcodes():
        if kind == "insert":
            rows.append(_Row(None, gap, marked=True))
        rows += [_Row(n, own[n - 1], kind != "equal") for n in range(start + 1, end + 1)]
    return rows


def _shortened(rows: Sequence[_Row]) -> Iterator[_Row]:
    """Give the marked rows and those around; dots stand for the others."""
    marked = [n for n, row in enumerate(rows) if row.marked]
    middle = marked[_MOST_MARKED - _AROUND : -_AROUND] if len(marked) > _MOST_MARKED else []
    near = {m + step for m in set(marked) - set(middle) for step in range(-_AROUND, _AROUND + 1)}
    shown = sorted(n for n in near - set(middle) if 0 <= n < len(rows))
    for before, n in zip([-1, *shown], shown, strict=False):
        if n > before + 1:
            yield _Row(None, "…", marked=False)
        yield rows[n]
    if shown and shown[-1] < len(rows) - 1:
        yield _Row(None, "…", marked=False)


def _examples(documents: Sequence[Vector]) -> list[tuple[Vector, Vector]]:
    """Pair every bad document with its nearest good one, those that teach best first."""
    pairs = [(bad, good) for bad in documents if not bad.is_good and (good := nearest_good(bad, documents))]
    return sorted(pairs, key=_teaching_order)


def _teaching_order(pair: tuple[Vector, Vector]) -> tuple[bool, int, str]:
    """Put what is wrong in a line before what is missing, and small differences first."""
    bad, good = pair
    marked = [row for row in _compared(bad.lines, good.lines, "") if row.marked]
    return any(row.number is None for row in marked), len(marked), bad.path.name


class _Page:
    """Writes for a person: in colour on a terminal, as plain lines elsewhere."""

    def __init__(self, say: Language) -> None:
        self._say = say
        self._console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
        self._width = min(self._console.width, _WIDEST)

    def explain(self, one: Explanation) -> None:
        """Tell what a code means."""
        say = self._say
        contracts = _contracts(one.code)
        of = f" · GetCarePlans {contracts[0]}" if len(contracts) == 1 else ""
        self._console.print(
            Styled.assemble(
                (one.code, "bold"),
                (f"  {self._in(_WEIGHT[one.severity])}", _STYLE[one.severity]),
                (f" · {self._in(_LAYER[one.layer])}{of}", "dim"),
            )
        )
        self._prose(_capital(self._in(one.what)), indent=0, style="bold")
        for title, text in (
            (say("Varför", "Why"), self._in(one.why)),
            (say("Så rättar du", "How to mend it"), self._in(one.mend)),
            (say("Källa", "Source"), reference_in("sv" if say.code == "sv" else "en", one.reference)),
        ):
            self._title(title)
            self._prose(text, indent=2)

    def show_documents(self, code: str, *, whole: bool, every: bool) -> None:
        """Show a bad and a good document of a rule side by side."""
        say = self._say
        pairs = _examples(documents_of(code))
        for bad, good in pairs if every else pairs[:1]:
            gap = say("(här saknas något)", "(something is missing here)")
            self._title(say("Ett felaktigt dokument", "A bad document"))
            self._document(bad, _compared(bad.lines, good.lines, gap), whole=whole, mark="✗", style="red")
            for finding in _found_in(bad):
                sentence = say(finding.message_sv, finding.message)
                self._prose(f"{finding.path}: {sentence}", indent=2, style="italic")
            gap = say("(här står inget)", "(nothing stands here)")
            self._title(say("Ett riktigt dokument", "A good document"))
            self._document(good, _compared(good.lines, bad.lines, gap), whole=whole, mark="✓", style="green")
        if len(pairs) > 1 and not every:
            self._console.print()
            more = say("Fler exempel", "More examples")
            self._console.print(
                Styled(f"{more} ({len(pairs) - 1}): riv-careplans explain {code} --all", "dim")
            )

    def list(self, chosen: Sequence[Explanation]) -> None:
        """List codes, each on a line of its own where the output is no terminal."""
        codes = max((len(one.code) for one in chosen), default=0)
        weights = max((len(self._in(_WEIGHT[one.severity])) for one in chosen), default=0)
        layer = None
        for one in chosen:
            if one.layer != layer:
                if layer is not None:
                    self._console.print()
                layer = one.layer
                self._console.print(Styled(_capital(self._in(_LAYER[layer])).rstrip("."), "bold"))
            start = Styled.assemble(
                (f"  {one.code:<{codes}}  ", "cyan"),
                (f"{self._in(_WEIGHT[one.severity]):<{weights}}  ", _STYLE[one.severity]),
            )
            self._hanging(start, self._in(one.what))

    def _hanging(self, start: Styled, text: str) -> None:
        """Write a text after its start; on a terminal its further lines stand below its first."""
        if self._console.soft_wrap:
            self._console.print(start + Styled(text))
            return
        lines = Styled(text).wrap(self._console, max(self._width - len(start), 20))
        for n, line in enumerate(lines):
            self._console.print((start if n == 0 else Styled(" " * len(start))) + line)

    def _in(self, text: Text) -> str:
        return self._say(text.swedish, text.english)

    def _title(self, text: str) -> None:
        self._console.print()
        self._console.print(Styled(text, "bold cyan"))

    def _prose(self, text: str, *, indent: int, style: str = "") -> None:
        lines = Styled(text, style).wrap(self._console, self._width - indent)
        for line in lines:
            line.rstrip()
            self._console.print(Padding(line, (0, 0, 0, indent), expand=False))

    def _document(self, vector: Vector, rows: Sequence[_Row], *, whole: bool, mark: str, style: str) -> None:
        self._console.print(Styled(f"  {_near(vector.path)}", "dim"))
        for row in rows if whole else _shortened(rows):
            number = "" if row.number is None else str(row.number)
            line = Styled.assemble(
                (f"  {mark if row.marked else ' '} {number:>4}  ", style if row.marked else "dim"),
                (row.text, style if row.marked else ""),
            )
            if not whole:
                line.truncate(self._width, overflow="ellipsis")
            self._console.print(line)


def _near(path: Path) -> str:
    """Name a file from where the reader stands, when it lies below."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def _found_in(vector: Vector) -> tuple[RuleFinding, ...]:
    message = codec.parse(vector.path.read_bytes())
    check = interaction_for(codec.namespace_of(message)).check
    return check(message, now=datetime.now(UTC), attachments_asked=vector.attachments_asked).findings


# --- all rules ----------------------------------------------------------------------------------


def _as_json(one: Explanation) -> Mapping[str, object]:
    documents = documents_of(one.code)
    return {
        "code": one.code,
        "severity": str(one.severity),
        "layer": str(one.layer),
        "contracts": list(_contracts(one.code)),
        "what": _both(one.what),
        "why": _both(one.why),
        "mend": _both(one.mend),
        "reference": one.reference,
        "documents": {
            "bad": [f"{one.code}/{vector.path.name}" for vector in documents if not vector.is_good],
            "good": [f"{one.code}/{vector.path.name}" for vector in documents if vector.is_good],
        },
    }


def _both(text: Text) -> Mapping[str, str]:
    return {"sv": text.swedish, "en": text.english}


def _as_markdown(say: Language, chosen: Sequence[Explanation]) -> Iterator[str]:
    yield say("# Koder som en granskning kan ge", "# Codes that an examination can give")
    layer = None
    for one in chosen:
        if one.layer != layer:
            layer = one.layer
            yield ""
            yield f"## {_capital(say(_LAYER[layer].swedish, _LAYER[layer].english)).rstrip('.')}"
            yield ""
            yield say(
                "| Kod | Vikt | Vad som gäller | Så rättar du | Källa |",
                "| Code | Severity | What holds | How to mend it | Source |",
            )
            yield "|---|---|---|---|---|"
        weight = _WEIGHT[one.severity]
        cells = (
            one.code,
            say(weight.swedish, weight.english),
            _capital(say(one.what.swedish, one.what.english)),
            say(one.mend.swedish, one.mend.english),
            reference_in("sv" if say.code == "sv" else "en", one.reference),
        )
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
