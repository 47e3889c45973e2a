"""Commands that answer instead of ask: a producer, and the scenario's messages as files."""

from __future__ import annotations

import importlib
import inspect
import logging
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from riv_careplans.cli.language import Language
from riv_careplans.cli.spoken import SpokenCommand
from riv_careplans.errors import ConfigurationError, whereabouts

if TYPE_CHECKING:
    from riv_careplans.exchange import CarePlanSource
    from riv_careplans.settings import ProducerSettings

__all__ = ["chosen_source", "log_lines", "make", "run_producer", "run_sample", "set_by_sigterm"]


def make(say: Language) -> click.Command:
    """Make the command `serve-producer`."""

    def run(**options: Any) -> int:  # noqa: ANN401 - click's options
        return run_producer(say, **options)

    return SpokenCommand(
        say=say,
        name="serve-producer",
        params=_options(say),
        callback=run,
        help=say(
            "Svara som en tjänsteproducent: GetCarePlans 3.0 och 2.0 på samma adress.\n\n"
            "Skriver sin adress när den lyssnar. WSDL finns på adressen med ?wsdl, hälsa på /health/ready "
            "och mätvärden på /metrics. TLS, anropare och flera källsystem står i inställningarna.",
            "Answer as a producer: GetCarePlans 3.0 and 2.0 at the same address.\n\n"
            "Prints its address when it listens. The WSDL is at the address with ?wsdl, health at "
            "/health/ready and counts at /metrics. TLS, callers and several sources stand in the settings.",
        ),
    )


def _options(say: Language) -> list[click.Parameter]:
    return [
        click.Option(
            ["--directory"],
            type=click.Path(path_type=Path, file_okay=False),
            metavar="DIR",
            help=say("Svara från XML-filerna i en mapp.", "Answer from the XML files of a folder."),
        ),
        click.Option(
            ["--source"],
            metavar="MODULE:OBJECT",
            help=say(
                "Svara från ett eget objekt med metoden care_plans.",
                "Answer from an object of your own with the method care_plans.",
            ),
        ),
        click.Option(
            ["--settings"],
            type=click.Path(path_type=Path),
            metavar="FILE",
            help=say("Producentens inställningar (TOML).", "The producer's settings (TOML)."),
        ),
        click.Option(
            ["--host"],
            metavar=say("ADRESS", "ADDRESS"),
            default="127.0.0.1",
            show_default=True,
            help=say("Adress att lyssna på.", "Address to listen on."),
        ),
        click.Option(
            ["--port"],
            metavar="PORT",
            default=8080,
            show_default=True,
            type=click.IntRange(0, 65535),
            help=say("Port; 0 tar en ledig.", "Port; 0 takes a free one."),
        ),
        click.Option(
            ["--log-format"],
            type=click.Choice(["text", "json"]),
            default="text",
            show_default=True,
            help=say("Loggens rader, på standard error.", "The lines of the log, on standard error."),
        ),
    ]


def run_producer(
    say: Language,
    *,
    directory: Path | None,
    source: str | None,
    settings: Path | None,
    host: str,
    port: int,
    log_format: str = "text",
) -> int:
    """Serve folders or objects until Ctrl-C or SIGTERM; what has been asked is answered first."""
    from riv_careplans.cli.telling import telling
    from riv_careplans.producer import make_app, serve
    from riv_careplans.settings import ProducerSettings, load

    chosen = load(settings, ProducerSettings) if settings else ProducerSettings()
    if [bool(directory), bool(source), bool(chosen.sources)].count(True) != 1:
        raise click.UsageError(
            say(
                "ange --directory eller --source, eller [[sources]] i inställningarna",
                "give --directory or --source, or [[sources]] in the settings",
            )
        )
    log_lines(log_format)
    if settings and chosen.sources:
        served, chosen = _addressed(chosen, settings.parent)
    else:
        served = _folder(directory) if directory else _imported(source or "")

    def ready(url: str) -> None:
        told = f"{url}/ (WSDL: {url}/?wsdl)"
        click.echo(say(f"Lyssnar på {told}", f"Listening on {told}"))
        sys.stdout.flush()

    stopped = set_by_sigterm()
    app = make_app(served, chosen)
    with telling(served, chosen.index, app.metrics):
        serve(app, host=host, port=port, ready=ready, stopped=stopped)
    return 0


def chosen_source(say: Language, *, directory: Path | None, source: str | None) -> CarePlanSource:
    """Return the source that one of two options names; raises `click.UsageError` and `ConfigurationError`."""
    if (directory is None) == (source is None):
        raise click.UsageError(say("ange --directory eller --source", "give --directory or --source"))
    return _folder(directory) if directory else _imported(source or "")


def set_by_sigterm() -> threading.Event:
    """Return an event that is set when a service manager ends the process: what was asked is answered.

    A terminal that closes does the same, and so does whoever takes SIGHUP for a way to have certificates
    read again, which needs none; under nohup it goes on being ignored.
    """
    stopped = threading.Event()
    hangup = getattr(signal, "SIGHUP", signal.SIGTERM)
    signals = {signal.SIGTERM, *(() if signal.getsignal(hangup) is signal.SIG_IGN else (hangup,))}

    def end(*_: object) -> None:
        # make, containers and service managers may send a second one at once: handled inside this one, it
        # would wait for ever for the lock of the event.
        for one in signals:
            signal.signal(one, signal.SIG_IGN)
        stopped.set()

    for one in signals:
        signal.signal(one, end)
    return stopped


def log_lines(log_format: str) -> None:
    """Write what the producer logs, and what other programs tell, on standard error.

    What Python itself would write there of a warning or of an exception that nobody caught may hold a
    patient's number, and is no line of JSON: it goes the same way.
    """
    from riv_careplans.producer.lines import JsonLines, TextLines

    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if log_format == "json" else TextLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    logging.getLogger("riv_careplans").setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
    threading.excepthook = lambda uncaught: _uncaught("a thread ended", uncaught.exc_value)
    sys.unraisablehook = lambda uncaught: _uncaught("what was passed over", uncaught.exc_value)


def _uncaught(what: str, problem: BaseException | None) -> None:
    logging.getLogger("riv_careplans.producer").error(
        "%s: an exception that nobody caught", what, exc_info=problem
    )


def _addressed(settings: ProducerSettings, folder: Path) -> tuple[CarePlanSource, ProducerSettings]:
    """Return the sources of the settings as one, and the settings with their addresses."""
    from msgspec.structs import replace

    from riv_careplans.producer.addressed import AddressedSources

    sources = {
        one.logical_address: _folder(folder / one.directory) if one.directory else _imported(one.source)
        for one in settings.sources
    }
    return AddressedSources(sources), replace(settings, sources=(), logical_addresses=tuple(sources))


def _folder(path: Path) -> CarePlanSource:
    from riv_careplans.directory import DirectorySource

    return DirectorySource(path)


def _imported(name: str) -> CarePlanSource:
    """Return the source that `module:object` names; a class is made without arguments."""
    from riv_careplans.exchange import CarePlanSource

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
