"""Changes on their way to the engagement index, kept until it has taken them."""

__all__: list[str] = []
