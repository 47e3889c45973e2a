"""Commands that answer instead of ask: a producer, and the scenario's messages as files."""

from __future__ import annotations

import importlib
import inspect
import signal
import sys
import threading
from pathlib import Path

import click

from riv_careplans.cli.language import Language
from riv_careplans.errors import ConfigurationError, whereabouts
from riv_careplans.exchange import CarePlanSource

__all__ = ["run_producer", "run_sample"]


def run_producer(
    say: Language,
    *,
    directory: Path | None,
    source: str | None,
    settings: Path | None,
    host: str,
    port: int,
) -> int:
    """Serve a folder or an object until Ctrl-C."""
    from riv_careplans.directory import DirectorySource
    from riv_careplans.producer import make_app, serve
    from riv_careplans.settings import ProducerSettings, load

    if (directory is None) == (source is None):
        raise click.UsageError(say("ange --directory eller --source", "give --directory or --source"))
    served: CarePlanSource = DirectorySource(directory) if directory else _imported(source or "")
    chosen = load(settings, ProducerSettings) if settings else ProducerSettings()

    def ready(url: str) -> None:
        told = f"{url}/ (WSDL: {url}/?wsdl)"
        click.echo(say(f"Lyssnar på {told}", f"Listening on {told}"))
        sys.stdout.flush()

    # Service managers end a process so; what has been asked is answered first.
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    serve(make_app(served, chosen), host=host, port=port, ready=ready, stopped=stopped)
    return 0


def _imported(name: str) -> CarePlanSource:
    """Return the source that `module:object` names; a class is made without arguments."""
    module_name, _, object_name = name.partition(":")
    if not module_name or not object_name:
        raise ConfigurationError("--source: expected MODULE:OBJECT, such as vendor:source")
    sys.path.insert(0, str(Path.cwd()))
    try:
        found = getattr(importlib.import_module(module_name), object_name, None)
    except ModuleNotFoundError as exc:
        raise ConfigurationError(f"--source: there is no module {exc.name}") from None
    except BaseException as exc:  # noqa: BLE001 - the module is somebody else's program: it may even exit
        raise ConfigurationError(f"--source: importing {module_name} raised {whereabouts(exc)}") from None
    if found is None:
        raise ConfigurationError(f"--source: the module {module_name} has no {object_name}")
    try:
        source = found() if isinstance(found, type) else found
    except BaseException as exc:  # noqa: BLE001 - as above
        raise ConfigurationError(f"--source: making {name} raised {whereabouts(exc)}") from None
    if not isinstance(source, CarePlanSource) or inspect.iscoroutinefunction(source.care_plans):
        raise ConfigurationError(f"--source: {name} has no plain method care_plans(query)")
    return source


def run_sample(say: Language, *, scenario: str, output: Path) -> int:
    """Write the scenario's messages and say where."""
    from riv_careplans.demo.sample import write_sample

    written = list(write_sample(output))
    click.echo(
        say(f"{len(written)} filer i {output} ({scenario})", f"{len(written)} files in {output} ({scenario})")
    )
    return 0
