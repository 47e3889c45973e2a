"""Care plans over RIV-TA: everything that has plans is a source, and any source can be asked or served.

The shop window: it only re-exports what the modules below publish, and holds no logic.
"""

__all__: list[str] = []
