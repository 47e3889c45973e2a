"""Ask several producers for one person's plans and print the overview.

Run it with `python examples/ask.py SETTINGS.toml 191212121212`; the settings are those of
`riv-careplans ask --help`.
"""

import sys
from datetime import date
from pathlib import Path

from riv_careplans import II, Query
from riv_careplans.aggregate import AggregatedSource, NamedSource
from riv_careplans.consumer import RemoteSource
from riv_careplans.overview import Audience, build_overview, print_overview
from riv_careplans.settings import AskSettings, load


def main(settings_file: str, patient: str) -> None:
    """Print the overview, and on standard error what became of each source."""
    settings = load(Path(settings_file), AskSettings)
    sources = [NamedSource(one.logical_address, one.name, RemoteSource(one)) for one in settings.sources]
    everyone = AggregatedSource(sources, deadline=settings.deadline)
    answer = everyone.care_plans(Query(patient_id=II.personnummer(patient)))
    for outcome in answer.outcomes:
        print(outcome.name or outcome.logical_address, outcome.kind.value, outcome.records, file=sys.stderr)
    print_overview(build_overview(answer, today=date.today(), audience=Audience.PATIENT))


if __name__ == "__main__":
    main(*sys.argv[1:])
