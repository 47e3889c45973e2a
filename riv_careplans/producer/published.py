"""The contracts' files, byte for byte as published, for whoever asks with GET.

The WSDLs import their schemas by relative paths, so a client resolves them against whatever path it
asked at; a file is therefore found by its name alone, under any path. Only names that are in the
release packages lead to anything, so there is no path to walk out of.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qsl

from riv_careplans.contract import Contract

__all__ = ["Published"]

_MOST_PARAMETERS = 20


class Published:
    """Every published file of some contracts, kept in memory.

    - `?wsdl` is the WSDL of the contract that the path names, as `/Update/1/rivtabp21` does, else of the
      first;
    - `?wsdl=2.0` is the WSDL of that version, `?wsdl=Update` that of the contract of that name;
    - `…/NAME.wsdl` and `…/NAME.xsd` are the files of that name.
    """

    def __init__(self, contracts: Iterable[Contract]) -> None:
        self._files: dict[str, bytes] = {}
        self._wsdls: dict[str, bytes] = {}
        for contract in contracts:
            for name in ("", contract.version, contract.name):
                self._wsdls.setdefault(name, contract.wsdl.read_bytes())
            for path in sorted(contract.folder.rglob("*")):
                if path.suffix in (".wsdl", ".xsd"):
                    # Files that contracts share have the same bytes in every package.
                    self._files.setdefault(path.name, path.read_bytes())

    def find(self, path: str, query: str) -> bytes | None:
        """Return the file that a URL's path and query mean, or None."""
        try:
            parameters = parse_qsl(query, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)
        except ValueError:
            return None
        steps = path.split("/")
        named = next((step for step in steps if step and step in self._wsdls), "")
        for name, value in parameters:
            if name.lower() == "wsdl":
                return self._wsdls.get(value or named)
        return self._files.get(steps[-1])
