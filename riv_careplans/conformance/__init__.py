"""Check a live producer: questions asked over the network, and what its answers prove.

```python
def test_our_producer_conforms() -> None:
    settings = CheckSettings(url="http://localhost:8081/", patient="191212121212")
    check_producer(settings).raise_for_findings()
```

Reads and never writes, with bounds for time, bytes and the number of questions; the report holds no
person's id. A check stands in one of the tables `checks_*`; `run` takes them in turn.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

from riv_careplans.conformance.run import CHECKS, EXPLANATIONS, run
from riv_careplans.conformance.settings import NATIONAL_ADDRESS, UNKNOWN_PATIENT, CheckSettings
from riv_careplans.validation.report import Examined, Report

__all__ = [
    "CHECKS",
    "EXPLANATIONS",
    "NATIONAL_ADDRESS",
    "UNKNOWN_PATIENT",
    "CheckSettings",
    "check_producer",
]


def check_producer(
    settings: CheckSettings,
    *,
    now: datetime | None = None,
    on_check: Callable[[Examined, int], None] | None = None,
) -> Report:
    """Check a producer and report; ends within the settings' deadline.

    `now` is the time that the answers' times are compared with, by default the clock's; `on_check` is
    told each check as it is done, and how many there are in all. Raises `ConfigurationError` for TLS files
    that cannot be read and for codes that nobody has; nothing for what the producer does.
    """
    return run(
        settings,
        # Whoever calls this from a test has no shell of ours that would pass the time in.
        now=now or datetime.now(UTC),
        new_id=_random_id,
        on_check=on_check or _silent,
    )


def _random_id() -> str:
    return str(uuid4())


def _silent(examined: Examined, total: int) -> None:
    del examined, total
