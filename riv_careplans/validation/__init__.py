"""From the bytes of a document to a report: never raises for what a document is."""

__all__: list[str] = []
