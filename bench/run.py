"""What `make bench` runs: every ratio that is promised, measured in one run on one machine."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.fanout import DELAY_MILLISECONDS, measure_fanout
from bench.index import FEW, PER_SECOND, measure_index
from bench.memory import streaming_peak
from bench.outbox import PER_SECOND as UPDATES
from bench.outbox import ROWS, measure_kills, measure_pace
from bench.producer import measure_loads, measure_memory, measure_throughput
from bench.stages import measure_stages
from bench.validation import measure_validation

_BROKEN: list[str] = []
_CONSOLE = Console(width=110, highlight=False)


@click.command()
@click.option("--plans", default=100, show_default=True, help="Plans to read and write in each round.")
@click.option("--rounds", default=5, show_default=True, help="Rounds; the median counts.")
@click.option("--producers", default=50, show_default=True, help="Producers of 200 ms to ask at once.")
@click.option("--files", default=10_000, show_default=True, help="Files to validate; 0 leaves it out.")
@click.option("--index", is_flag=True, help="Measure the engagement index too, which takes minutes.")
@click.option("--rows", default=1_000_000, show_default=True, help="Rows of the large index.")
def main(plans: int, rounds: int, producers: int, files: int, index: bool, rows: int) -> None:  # noqa: FBT001 - click's flag
    """Measure reading, writing, memory, fan-out, producer, outbox and validation, as ratios in one run."""
    _stages(plans, rounds)
    _memory()
    _fan_out(producers)
    _producer()
    _outbox()
    if files:
        _validation(files)
    if index:
        _index(rows)
    if _BROKEN:
        sys.exit(f"{len(_BROKEN)} of the promises were not kept in this run")


def _stages(plans: int, rounds: int) -> None:
    rows, about = measure_stages(plans, rounds)
    found = {row.name: row.milliseconds for row in rows}
    floor = found["bare lxml parse"]
    table = Table("stage", "ms per 1 000 plans", "ratio to the parse", title=f"Reading and writing: {about}")
    for row in rows:
        table.add_row(
            row.name, f"{row.milliseconds:,.0f}".replace(",", " "), f"{row.milliseconds / floor:.2f}"
        )
    _CONSOLE.print(table)
    reading, writing = found["our reading (parse + schema + model)"], found["our writing"]
    _promise("reading ≤ 4 × the bare parse", reading / floor, most=4)
    _promise("reading ≥ 6 × faster than zeep", found["zeep's own reading"] / reading, least=6)
    _promise("writing ≤ 1.3 × the bare parse", writing / floor, most=1.3)
    _promise("writing ≥ 20 × faster than spyne", found["spyne's own writing"] / writing, least=20)


def _memory() -> None:
    _CONSOLE.print()
    for plans in (100, 1000, 4000):
        peak, sent = streaming_peak(plans)
        _CONSOLE.print(f"Streaming out {plans} plans: {sent:,.0f} kB sent, {peak:,.0f} kB of memory at most")
    _promise("memory for 4 000 plans, as a share of what is sent: flat", peak / sent, most=0.02)


def _fan_out(producers: int) -> None:
    rows = measure_fanout(producers)
    title = f"Fan-out to {producers} producers of {DELAY_MILLISECONDS} ms, one plan each"
    table = Table("way", "wall ms", "CPU ms", title=title)
    for row in rows:
        table.add_row(row.name, f"{row.wall:.0f}", f"{row.cpu:.0f}")
    _CONSOLE.print()
    _CONSOLE.print(table)
    ours, theirs = rows
    _promise("wall ≤ 1.3 × the slowest producer", ours.wall / DELAY_MILLISECONDS, most=1.3)
    _promise("CPU ≤ a quarter of zeep in threads", ours.cpu / theirs.cpu, most=0.25)


def _producer() -> None:
    rates = measure_throughput()
    _CONSOLE.print()
    table = Table("one plan over kept connections", "answers", title="Producer: per second of one core")
    table.add_row("riv-careplans, the same plan again and again", f"{rates.ours:.0f}")
    table.add_row("riv-careplans, another plan each time, checked anew", f"{rates.anew:.0f}")
    table.add_row("riv-careplans, unchecked", f"{rates.unchecked:.0f}")
    table.add_row("stock spyne, unchecked", f"{rates.stock:.0f}")
    _CONSOLE.print(table)
    _promise("answers ≥ 4 × stock spyne's, the same plan", rates.ours / rates.stock, least=4)
    _promise("answers ≥ 2.5 × stock spyne's, another plan each time", rates.anew / rates.stock, least=2.5)
    _promise("answers ≥ 4 × stock spyne's, both unchecked", rates.unchecked / rates.stock, least=4)
    alone, loads = measure_loads()
    _CONSOLE.print(f"Ten plans, a question alone: median {alone:.1f} ms")
    for load in loads:
        told = f"{load.per_second} a second on ten connections: {load.answered} of {load.asked} answered"
        _CONSOLE.print(f"{told}, median {load.median:.1f} ms, p95 {load.p95:.1f} ms")
    _promise("p95 at 50 a second ≤ 5 × the median alone", loads[0].p95 / alone, most=5)
    for load in loads:
        _promise(f"answered at {load.per_second} a second", load.answered / load.asked, least=1)
    for plans, sent, grown in (memory := measure_memory()):
        _CONSOLE.print(f"An answer of {plans} plans: {sent:,.0f} kB, the server's peak grows {grown:,.0f} kB")
    _, sent, grown = memory[-1]
    _promise("memory of the largest answer ≤ 2 × what is sent", grown / sent, most=2)


def _outbox() -> None:
    asked = UPDATES * ROWS
    columns = ("way of reporting", "rows in time", "oldest waited s", "sending, of what is asked for")
    table = Table(*columns, title=f"Outbox to the embedded index: {asked} rows a second")
    measured = measure_pace()
    for one in measured:
        table.add_row(one.way, f"{one.reporting:.2f}", f"{one.oldest:.1f}", f"{one.sending:.1f}")
    _CONSOLE.print()
    _CONSOLE.print(table)
    for one in measured:
        _promise(f"{one.way}: reported in time, as a share", one.reporting, least=0.95)
        _promise(f"{one.way}: the oldest waits, as a share of 5 s", one.oldest / 5, most=1)
        _promise(f"{one.way}: Updates of {ROWS} rows sent, of those asked for", one.sending, least=1)
    kills = measure_kills()
    _CONSOLE.print(
        f"{kills.acknowledged} rows acknowledged through {kills.kills} kills: {kills.lost} lost, "
        f"{kills.different} told as something else, {kills.repeated} told again as the same"
    )
    _promise("acknowledged rows that are lost or told differently", kills.lost + kills.different, most=0)


def _index(rows: int) -> None:
    title = f"Engagement index: FindContent with {FEW} and {rows} rows, Updates in bursts of {PER_SECOND}"
    columns = ("database", "median ms few / many", "p95 ms many / busy", "slowest burst ms", "Updates/s")
    table = Table(*columns, title=title)
    measured = list(measure_index(rows))
    for one in measured:
        table.add_row(
            one.database,
            f"{one.find_few[0]:.2f} / {one.find_many[0]:.2f}",
            f"{one.find_many[1]:.1f} / {one.find_busy[1]:.1f}",
            f"{one.slowest_burst:.0f}",
            f"{one.updates_per_second:.0f}",
        )
    _CONSOLE.print()
    _CONSOLE.print(table)
    for one in measured:
        _promise(f"{one.database}: many rows ≤ 1.5 × few", one.find_many[0] / one.find_few[0], most=1.5)
        _promise(f"{one.database}: p95 of FindContent, as a share of 20 ms", one.find_many[1] / 20, most=1)
        _promise(f"{one.database}: the same while Updates come in", one.find_busy[1] / 20, most=1)
        _promise(
            f"{one.database}: the slowest burst, as a share of its second", one.slowest_burst / 1000, most=1
        )


def _validation(files: int) -> None:
    _CONSOLE.print()
    measured = measure_validation(files)
    if measured is None:
        _CONSOLE.print("Validation is not measured: there is no xmllint to compare with (libxml2-utils)")
        return
    rows, growth = measured
    title = f"Validating {files:,} answers of 10 plans, whole processes".replace(",", " ")
    table = Table("way", "wall s", "largest process MB", title=title)
    for row in rows:
        table.add_row(row.name, f"{row.seconds:.1f}", f"{row.megabytes:.0f}")
    _CONSOLE.print(table)
    ours, theirs, _ = rows
    _promise(
        "validating, rules included, ≤ 2.5 × xmllint with the schema", ours.seconds / theirs.seconds, most=2.5
    )
    _promise("memory for all files ≤ 1.3 × that for a tenth of them", growth, most=1.3)


def _promise(text: str, ratio: float, *, most: float | None = None, least: float | None = None) -> None:
    kept = (most is None or ratio <= most) and (least is None or ratio >= least)
    if not kept:
        _BROKEN.append(text)
    _CONSOLE.print(f"  {'kept  ' if kept else 'BROKEN'}  {text}: {ratio:.2f}")


if __name__ == "__main__":
    main()
