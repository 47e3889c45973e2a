"""A producer project of the vendor's own, written into a folder and never over the vendor's work."""

__all__: list[str] = []
