"""Ask several producers for one person's plans and print the overview.

Run it with `python examples/ask.py SETTINGS.toml 191212121212`; the settings are those of
`riv-careplans ask --help`.
"""

import sys
from datetime import date
from pathlib import Path

from riv_careplans import II, PersonId, Query
from riv_careplans.aggregate import AggregatedSource, NamedSource
from riv_careplans.consumer import RemoteSource
from riv_careplans.overview import Audience, as_text, build_overview
from riv_careplans.settings import AskSettings, load


def main(settings_file: str, patient: str) -> None:
    """Print the overview, and on standard error what became of each source."""
    settings = load(Path(settings_file), AskSettings)
    everyone = AggregatedSource(
        [
            NamedSource(logical_address=one.logical_address, name=one.name, source=RemoteSource(one))
            for one in settings.sources
        ],
        deadline=settings.deadline,
    )
    person = PersonId.parse(patient)
    patient_id = II(root=person.root, extension=person.extension)
    answer = everyone.care_plans(Query(patient_id=patient_id))
    for outcome in answer.outcomes:
        print(outcome.name or outcome.logical_address, outcome.kind.value, outcome.records, file=sys.stderr)
    overview = build_overview(answer, patient_id=patient_id, today=date.today(), audience=Audience.PATIENT)
    print(as_text(overview))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
