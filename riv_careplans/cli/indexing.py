"""The commands `serve-index`, `index find` and `index stats`: an engagement index of one's own."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import click

from riv_careplans.cli.language import Language
from riv_careplans.cli.spoken import SpokenCommand, SpokenGroup
from riv_careplans.errors import ConfigurationError

if TYPE_CHECKING:
    from riv_careplans.contracts.engagement_index import Engagement
    from riv_careplans.index import Store
    from riv_careplans.settings import IndexSettings

__all__ = ["make_index", "make_serve_index"]

_NOT_NAMED = "SE0000000000-NONE"
"""The owner where nothing is written."""


# --- the commands -------------------------------------------------------------------------------


def make_serve_index(say: Language) -> click.Command:
    """Make the command `serve-index`."""
    return SpokenCommand(
        say=say,
        name="serve-index",
        params=[
            *_database_options(say),
            click.Option(
                ["--owner"],
                metavar="HSA-ID",
                help=say("Organisationen vars index det är.", "The organisation whose index it is."),
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
                default=8081,
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
        ],
        callback=lambda **options: _serve(say, **options),
        help=say(
            "Svara som ett engagemangsindex: Update, FindContent och ProcessNotification 1.0.\n\n"
            "Databasen skapas om den saknas och uppgraderas till den här versionen. Det som är kvitterat"
            " finns kvar. WSDL finns på adressen med ?wsdl=Update, ?wsdl=FindContent och"
            " ?wsdl=ProcessNotification, hälsa på /health/ready och mätvärden på /metrics. TLS och anropare"
            " står i inställningarna.",
            "Answer as an engagement index: Update, FindContent and ProcessNotification 1.0.\n\n"
            "The database is made where there is none, and brought to this version. What is acknowledged"
            " stays. The WSDLs are at the address with ?wsdl=Update, ?wsdl=FindContent and"
            " ?wsdl=ProcessNotification, health at /health/ready and counts at /metrics. TLS and callers"
            " stand in the settings.",
        ),
        epilog=say(
            "\b\nBörja med:\n  riv-careplans serve-index --owner SE2329999995-IDX",
            "\b\nBegin with:\n  riv-careplans serve-index --owner SE2329999995-IDX",
        ),
    )


def make_index(say: Language) -> click.Command:
    """Make the group `index`."""

    def teach() -> None:
        context = click.get_current_context()
        if context.invoked_subcommand is None:
            click.echo(context.get_help())

    group = SpokenGroup(
        say=say,
        name="index",
        callback=teach,
        invoke_without_command=True,
        help=say("Se vad ett engagemangsindex innehåller.", "See what is in an engagement index."),
    )
    group.add_command(_make_find(say))
    group.add_command(_make_stats(say))
    return group


def _make_find(say: Language) -> click.Command:
    return SpokenCommand(
        say=say,
        name="find",
        params=[
            click.Option(
                ["--patient"],
                required=True,
                metavar="ID",
                help=say(
                    "Person- eller samordningsnummer, tolv tecken; - läser det från standard in.",
                    "Personnummer or samordningsnummer, twelve characters; - reads it from standard input.",
                ),
            ),
            click.Option(
                ["--service-domain"],
                metavar="URI",
                help=say(
                    "Tjänstedomän; annars vårdplanernas.", "Service domain; otherwise that of care plans."
                ),
            ),
            *_database_options(say),
            click.Option(
                ["--url"],
                metavar="URL",
                help=say(
                    "Fråga ett index som kör, med FindContent, i stället för databasen.",
                    "Ask a running index, with FindContent, instead of the database.",
                ),
            ),
            click.Option(
                ["--owner"],
                metavar="HSA-ID",
                help=say("Den logiska adressen, med --url.", "The logical address, with --url."),
            ),
        ],
        callback=lambda **options: _find(say, **options),
        help=say(
            "Visa vilka källsystem som har anmält uppgifter om en person.\n\nSlutar med 1 om inget har det.",
            "Show which source systems have registered something about a person.\n\n"
            "Exits with 1 when none has.",
        ),
    )


def _make_stats(say: Language) -> click.Command:
    return SpokenCommand(
        say=say,
        name="stats",
        params=_database_options(say),
        callback=lambda **options: _stats(say, **options),
        help=say(
            "Räkna posterna i ett index, per slag och källsystem.",
            "Count the posts of an index, by kind and source system.",
        ),
    )


def _database_options(say: Language) -> list[click.Option]:
    return [
        click.Option(
            ["--database"],
            metavar="URL",
            help=say(
                "sqlite:///FIL eller postgresql://ANVÄNDARE@VÄRD/NAMN; annars inställningarnas, eller"
                " filen index.sqlite här.",
                "sqlite:///FILE or postgresql://USER@HOST/NAME; otherwise that of the settings, or the file"
                " index.sqlite here.",
            ),
        ),
        click.Option(
            ["--settings"],
            type=click.Path(path_type=Path),
            metavar="FILE",
            help=say("Indexets inställningar (TOML).", "The index's settings (TOML)."),
        ),
    ]


# --- what they do -------------------------------------------------------------------------------


def _settings(file: Path | None, *, database: str | None, owner: str | None) -> IndexSettings:
    """Return the settings of a file and of the command line, which counts."""
    import msgspec

    from riv_careplans.settings import IndexSettings, load

    given = {name: value for name, value in (("database", database), ("owner", owner)) if value is not None}
    try:
        alone = msgspec.convert({"owner": _NOT_NAMED, **given}, IndexSettings)
    except msgspec.ValidationError:
        raise ConfigurationError("--owner: expected an HSA-id") from None
    return msgspec.structs.replace(load(file, IndexSettings), **given) if file is not None else alone


def _opened(settings: IndexSettings, *, make: bool) -> Store:
    try:
        from riv_careplans.index import Database, Store, read_secret
    except ModuleNotFoundError as exc:
        raise ConfigurationError(
            f"an index needs {exc.name}, which is not here: install riv-careplans[index,producer]"
        ) from None

    secret = read_secret(settings.secret_file) if settings.secret_file else None
    database = Database(
        settings.database,
        timeout=settings.database_timeout,
        # One for each thread, and some for those who ask how the index is.
        connections=settings.serving.threads + 4,
    )
    if make:
        database.upgrade()
    database.check()
    return Store(database, owner=settings.owner, secret=secret)


def _serve(
    say: Language,
    *,
    database: str | None,
    settings: Path | None,
    owner: str | None,
    host: str,
    port: int,
    log_format: str,
) -> int:
    """Serve until Ctrl-C or SIGTERM; what has been asked is answered first."""
    from riv_careplans.cli.serving import log_lines, set_by_sigterm

    if settings is None and owner is None:
        raise click.UsageError(say("ange --owner eller --settings", "give --owner or --settings"))
    log_lines(log_format)
    chosen = _settings(settings, database=database, owner=owner)
    store = _opened(chosen, make=True)

    from riv_careplans.index import make_app
    from riv_careplans.producer import serve

    app = make_app(store, chosen, clock=lambda: datetime.now(UTC), new_log_id=lambda: str(uuid4()))

    def ready(url: str) -> None:
        told = f"{url}/ (WSDL: {url}/?wsdl=Update)"
        click.echo(say(f"Lyssnar på {told}", f"Listening on {told}"))
        sys.stdout.flush()

    serve(app, host=host, port=port, ready=ready, stopped=set_by_sigterm())
    return 0


def _find(
    say: Language,
    *,
    patient: str,
    service_domain: str | None,
    database: str | None,
    settings: Path | None,
    url: str | None,
    owner: str | None,
) -> int:
    from riv_careplans.contracts.engagement_index import CARE_PLANS_DOMAIN, Search
    from riv_careplans.contracts.engagement_index_rules import search_problems

    given = (sys.stdin.readline() if patient == "-" else patient).strip().replace("-", "")
    search = Search(patient_id=given, service_domain=service_domain or CARE_PLANS_DOMAIN)
    for problem in search_problems(search):
        raise ConfigurationError(problem)
    if url is not None:
        found = _asked(say, search, url=url, owner=owner)
    else:
        found = _opened(_settings(settings, database=database, owner=None), make=False).find(search)
    for one in found:
        click.echo(_line(say, one))
    if not found:
        click.echo(say("Inget källsystem har anmält något.", "No source system has registered anything."))
    return 0 if found else 1


def _asked(say: Language, search: Any, *, url: str, owner: str | None) -> tuple[Engagement, ...]:  # noqa: ANN401 - imported late
    import msgspec

    from riv_careplans import bridge
    from riv_careplans.consumer.lookup import find_content
    from riv_careplans.settings import ProducerAddress

    if owner is None:
        raise click.UsageError(say("ange --owner tillsammans med --url", "give --owner together with --url"))
    try:
        index = msgspec.convert({"logical-address": owner, "url": url}, ProducerAddress)
    except msgspec.ValidationError:
        raise ConfigurationError("--url or --owner: expected an address and an HSA-id") from None
    return bridge.run(lambda: find_content(index, search))


def _line(say: Language, one: Engagement) -> str:
    content = one.most_recent_content
    when = f"{content:%Y-%m-%d %H:%M}" if content else say("okänt när", "not known when")
    same = "" if one.logical_address == one.source_system else f" ({one.logical_address})"
    return _printable(f"{one.source_system}{same}  {one.categorization}  {when}  {one.data_controller}")


def _printable(text: str) -> str:
    """Take out what a terminal would obey: what others registered may hold any character of XML."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)


def _stats(say: Language, *, database: str | None, settings: Path | None) -> int:
    stats = _opened(_settings(settings, database=database, owner=None), make=False).stats()
    for one in stats.counts:
        click.echo(
            f"{one.engagements:>9}  "
            + _printable(f"{one.source_system}  {one.categorization}  {one.service_domain}")
            + f"  {say('senast', 'latest')} {one.latest_update:%Y-%m-%d %H:%M}"
        )
    engagements, persons = say("Poster", "Engagements"), say("personer", "persons")
    click.echo(f"{engagements}: {stats.engagements}, {persons}: {stats.patients}")
    return 0
