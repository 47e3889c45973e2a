"""Check a live producer: questions asked over the network, and what its answers prove."""

__all__: list[str] = []
