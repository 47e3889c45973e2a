"""The scenario's engagement index as a process: `python -m riv_careplans.demo.index`.

Prints its address when it listens, and ends when its standard input closes. It begins empty, in a
folder of its own that goes with it.
"""

from __future__ import annotations

from datetime import datetime, time
from tempfile import TemporaryDirectory
from uuid import uuid4

from riv_careplans.demo.lifeline import stopped_with_parent, tell_parent
from riv_careplans.demo.scenario import INDEX, TODAY
from riv_careplans.index import Database, Store, make_app
from riv_careplans.producer import serve
from riv_careplans.settings import IndexSettings

__all__ = ["main"]

_MORNING = datetime.combine(TODAY, time(8))
"""When everything is registered: it is always the same day in the scenario."""


def main() -> None:
    """Serve an index until standard input closes."""
    stopped = stopped_with_parent()
    with TemporaryDirectory(prefix="riv-careplans-") as folder:
        database = Database(f"sqlite:///{folder}/index.sqlite")
        database.upgrade()
        app = make_app(
            Store(database, owner=INDEX),
            IndexSettings(owner=INDEX),
            clock=lambda: _MORNING,
            new_log_id=lambda: str(uuid4()),
        )
        serve(app, ready=tell_parent, stopped=stopped)
        database.close()


if __name__ == "__main__":
    main()
