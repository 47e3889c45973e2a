"""What `make bench` runs: every ratio that is promised, measured in one run on one machine."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.fanout import DELAY_MILLISECONDS, measure_fanout
from bench.memory import streaming_peak
from bench.stages import measure_stages

_BROKEN: list[str] = []
_CONSOLE = Console(width=110, highlight=False)


@click.command()
@click.option("--plans", default=100, show_default=True, help="Plans to read and write in each round.")
@click.option("--rounds", default=5, show_default=True, help="Rounds; the median counts.")
@click.option("--producers", default=50, show_default=True, help="Producers of 200 ms to ask at once.")
def main(plans: int, rounds: int, producers: int) -> None:
    """Measure reading, writing, memory and fan-out, as ratios in one run."""
    _stages(plans, rounds)
    _memory()
    _fan_out(producers)
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


def _promise(text: str, ratio: float, *, most: float | None = None, least: float | None = None) -> None:
    kept = (most is None or ratio <= most) and (least is None or ratio >= least)
    if not kept:
        _BROKEN.append(text)
    _CONSOLE.print(f"  {'kept  ' if kept else 'BROKEN'}  {text}: {ratio:.2f}")


if __name__ == "__main__":
    main()
