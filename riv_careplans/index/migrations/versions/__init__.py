"""One module for each step; a step that has been published is never changed."""

__all__: list[str] = []
