"""Plain Swedish: what codes, days, times and recurrences are called wherever a person reads them.

Pure. Knows the model's small types, no records, and neither screens nor documents.
"""

__all__: list[str] = []
