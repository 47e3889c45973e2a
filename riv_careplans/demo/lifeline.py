"""How a process of the demo lives: it tells its parent one line, and ends when the parent does."""

from __future__ import annotations

import sys
from threading import Event, Thread

__all__ = ["stopped_with_parent", "tell_parent"]


def tell_parent(*told: str) -> None:
    """Write one line of texts with tabs between them."""
    print(*told, sep="\t", flush=True)  # noqa: T201 - the parent reads it


def stopped_with_parent() -> Event:
    """Return an event that is set when standard input closes, as it does however the parent ends."""
    stopped = Event()

    def wait() -> None:
        sys.stdin.read()
        stopped.set()

    Thread(target=wait, daemon=True).start()
    return stopped
