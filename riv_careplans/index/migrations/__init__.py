"""How the index's tables came to be, step by step; alembic runs the steps that a database lacks."""

__all__: list[str] = []
