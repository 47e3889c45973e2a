"""A report as text, JSON, JUnit, SARIF, HTML and workflow annotations: one module each, all streaming."""

__all__: list[str] = []
