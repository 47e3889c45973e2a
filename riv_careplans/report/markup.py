"""The parts of the report's page as HTML: findings, levels, facts, rules. Pure.

Every text that is not this module's own goes through `shown`. Nothing here sets a style: the page's
policy forbids it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Final

from riv_careplans.report import wording
from riv_careplans.report.escaping import visible
from riv_careplans.report.excerpts import Marked
from riv_careplans.report.writer import HIGHEST_LEVEL, Look, levels_together, shown_name
from riv_careplans.validation.explained import Explanation
from riv_careplans.validation.report import Examined, Excerpt, Kind, ReportedFinding, Summary, Verdict

__all__ = ["Parts", "proportions", "shown"]

_SIGNS: Final = {Verdict.PASSED: "✓", Verdict.REMARKS: "!", Verdict.FAILED: "✕", Verdict.SKIPPED: "–"}
_MOST_COLUMNS: Final = 240
"""Of a document's line; what is further from the place is left out."""

_QUOTED: Final = re.compile("`([^`]+)`")

_MOST_PATHS: Final = 6
"""Plans of one level that are named; more of them are counted."""


def shown(text: str) -> str:
    """Make a text harmless in HTML, between tags and in quoted attributes alike."""
    return escape(visible(text))


def _sentence(text: str) -> str:
    """Write a sentence of ours; what stands between backticks in it is code."""
    return _QUOTED.sub(r'<code translate="no">\1</code>', shown(text))


def proportions(parts: Iterable[tuple[str, int]], *, of: int) -> str:
    """Draw shares of a whole as coloured pieces of a bar, each with its class."""
    pieces, left = [], 0.0
    for name, value in parts:
        width = 100 * value / max(of, 1)
        if value:
            pieces.append(f'<rect class="{name}" x="{left:.2f}" width="{width:.2f}" height="1"/>')
        left += width
    return f'viewBox="0 0 100 1" preserveAspectRatio="none">{"".join(pieces)}</svg>'


class Parts:
    """Writes the parts of the page in one language."""

    def __init__(self, look: Look) -> None:
        self._look = look

    def sign(self, verdict: Verdict) -> str:
        """Show a verdict as a sign that is also read aloud."""
        word = self._look.choose(wording.VERDICTS[verdict])
        return f'<span class="sign" role="img" aria-label="{word}">{_SIGNS[verdict]}</span>'

    def file(self, examined: Examined, findings: str) -> Iterator[str]:
        """Write what was examined as a section that can be folded; `findings` stands in it."""
        yield f'<details open class="file {examined.verdict}"><summary>{self.sign(examined.verdict)}<div>'
        yield f"<h2>{self._name(examined)}</h2>"
        if meta := "; ".join(self._meta(examined)):
            yield f'<p class="meta">{shown(meta)}</p>'
        yield '</div></summary><div class="inside">'
        facts = [(self._look.choose(fact.label), shown(fact.value)) for fact in examined.facts]
        if examined.reference:
            facts.append(
                (
                    self._look.say("Står i", "Written in"),
                    shown(wording.reference_in(self._look.language, examined.reference)),
                )
            )
        yield _facts(facts)
        yield f"<ol>{findings}</ol>" if findings else ""
        yield self._levels(examined)
        yield "</div></details>\n"

    def _name(self, examined: Examined) -> str:
        look = self._look
        if examined.kind is Kind.TOGETHER:
            return look.say("Dokumenten tillsammans", "The documents together")
        name = shown(shown_name(examined.name))
        if examined.title is None:
            return f'<span class="name" translate="no" dir="ltr">{name}</span>'
        return f'<span class="code" translate="no">{name}</span>{shown(look.choose(examined.title))}'

    def _meta(self, examined: Examined) -> Iterator[str]:
        look = self._look
        if about := wording.about(examined, look.language):
            yield about
        if examined.kind is Kind.CHECK or examined.verdict is Verdict.SKIPPED:
            yield look.choose(wording.VERDICTS[examined.verdict])
        if findings := wording.findings_of(examined, look.language):
            yield findings
        if examined.known:
            yield look.say(
                f"{examined.known} kända sedan tidigare", f"{examined.known} known from the baseline"
            )

    def finding(self, finding: ReportedFinding, *, file: str, rule: str) -> str:
        """Write one finding; `file` is named when it is another than the section's, `rule` is an anchor."""
        look = self._look
        code, remedy = shown(finding.code), look.remedy(finding)
        link = f'<a class="code" href="#{rule}">{code}</a>' if rule else f'<span class="code">{code}</span>'
        severity = look.choose(wording.SEVERITIES[finding.severity]).capitalize()
        facts = [
            (look.say("Hjälp", "Help"), f"<b>{_sentence(remedy)}</b>" if remedy else ""),
            (look.say("Plats", "Place"), _code(finding.path)),
            ("XPath", _code(finding.xpath)),
            (look.say("Står i", "Written in"), shown(wording.reference_in(look.language, finding.reference))),
        ]
        return (
            f'<li class="finding {finding.severity}" data-severity="{finding.severity}" data-code="{code}">'
            f'<p class="head"><span class="severity">{severity}</span>{link}{self._place(finding, file)}</p>'
            f'<p class="message">{_sentence(look.message(finding))}</p>'
            f"{self._excerpt(finding.excerpt, finding.line) if finding.excerpt else ''}"
            f"{_facts(facts)}</li>"
        )

    def _place(self, finding: ReportedFinding, file: str) -> str:
        say = self._look.say
        words = []
        if finding.line is not None:
            words.append(say(f"rad {finding.line}", f"line {finding.line}"))
        if finding.column is not None:
            words.append(say(f"kolumn {finding.column}", f"column {finding.column}"))
        if file:
            words.insert(0, shown(shown_name(file)))
        return f'<span class="name">{", ".join(words)}</span>' if words else ""

    def _excerpt(self, excerpt: Excerpt, line: int | None) -> str:
        before, place, after = map(escape, Marked.of(excerpt).within(_MOST_COLUMNS))
        number = "" if line is None else f"<span>{line}</span>"
        marked = f'<code translate="no">{before}<mark>{place or " "}</mark>{after}</code>'
        return f'<pre class="excerpt" dir="ltr">{number}{marked}</pre>'

    def _levels(self, examined: Examined) -> str:
        look = self._look
        rows = []
        for level, need, paths in levels_together(examined):
            some = len(paths) <= _MOST_PATHS
            plans = _code(", ".join(paths)) if some else wording.counted(len(paths), "plan", look.language)
            said = f"<span>{shown(look.choose(need))}</span>" if need else ""
            rows.append(f"<li>{self._scale(level)}<span>{plans}</span>{said}</li>")
        return f'<ul class="levels">{"".join(rows)}</ul>' if rows else ""

    def _scale(self, level: int) -> str:
        label = self._look.say(
            f"Strukturnivå {level} av {HIGHEST_LEVEL}", f"Structure level {level} of {HIGHEST_LEVEL}"
        )
        steps = "".join('<i class="on"></i>' if step < level else "<i></i>" for step in range(HIGHEST_LEVEL))
        return f'<span class="scale" role="img" aria-label="{label}" title="{label}">{steps}</span>'

    def row(self, examined: Examined) -> str:
        """Write a document without findings as one line."""
        look = self._look
        scales = "".join(
            f"<span>{self._scale(level)} {wording.counted(len(paths), 'plan', look.language)}"
            f"{f'; {shown(look.choose(need))}' if need else ''}</span>"
            for level, need, paths in levels_together(examined)
        )
        return (
            f'<li class="row passed">{self.sign(examined.verdict)}'
            f'<span class="name" translate="no" dir="ltr">{shown(shown_name(examined.name))}</span>'
            f'<span class="meta">{shown("; ".join(self._meta(examined)))}</span>'
            f'<span class="scales">{scales}</span></li>\n'
        )

    def ladder(self, levels: Mapping[int, int]) -> str:
        """Write how many plans stand on each structure level; empty when there are no plans."""
        look = self._look
        if not levels:
            return ""
        steps = []
        for level in sorted({*wording.LEVELS, *levels}):
            count = levels.get(level, 0)
            name = look.choose(wording.LEVELS[level]) if level in wording.LEVELS else ""
            plans = wording.counted(count, "plan", look.language)
            bar = proportions([("step", count)], of=sum(levels.values()))
            steps.append(
                f"<li>{self._scale(level)} <b>{plans}</b>"
                f'<svg aria-hidden="true" {bar}<p>{level}. {name}</p></li>'
            )
        heading = look.say("Planernas struktur", "How structured the plans are")
        return f'<section><h2>{heading}</h2><ol class="ladder">{"".join(steps)}</ol></section>\n'

    def rule(self, known: Explanation, *, anchor: str, count: int) -> str:
        """Explain a code that was found."""
        look = self._look
        what, why, mend = (_sentence(look.choose(text)) for text in (known.what, known.why, known.mend))
        times = look.say(f"{count} i den här rapporten", f"{count} in this report")
        mending = look.say("Så rättar du:", "How to mend it:")
        where = shown(wording.reference_in(look.language, known.reference))
        source = f"{look.say('Står i', 'Written in')} {where}; {times}."
        return (
            f'<article class="rule" id="{anchor}"><h3><code>{shown(known.code)}</code>{what}</h3>'
            f"<p>{why}</p><p><b>{mending}</b> {mend}</p>"
            f'<p class="meta">{source}</p></article>\n'
        )

    def tiles(self, summary: Summary) -> str:
        """Write how many there are of each verdict, and of each severity."""
        look = self._look
        tiles = []
        for verdict in Verdict:
            count: int = getattr(summary, verdict)
            if count or verdict is not Verdict.SKIPPED:
                word = look.choose((wording.VERDICTS if count == 1 else wording.VERDICTS_OF_MANY)[verdict])
                tiles.append((str(verdict), count, word))
        return "".join(
            f'<li class="{name}"><b>{wording.number(count, look.language)}</b><span>{word}</span></li>'
            for name, count, word in tiles
        )


def _code(text: str) -> str:
    return f'<code translate="no">{shown(text)}</code>' if text else ""


def _facts(facts: Iterable[tuple[str, str]]) -> str:
    """Write labels with their values, which are markup already; what has no value is left out."""
    rows = [f"<dt>{shown(label)}</dt><dd>{value}</dd>" for label, value in facts if value]
    return f'<dl class="facts">{"".join(rows)}</dl>' if rows else ""
