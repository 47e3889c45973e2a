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

    - `?wsdl` is the WSDL of the first contract, under any path;
    - `?wsdl=2.0` is the WSDL of that version;
    - `…/NAME.wsdl` and `…/NAME.xsd` are the files of that name.
    """

    def __init__(self, contracts: Iterable[Contract]) -> None:
        self._files: dict[str, bytes] = {}
        self._wsdls: dict[str, bytes] = {}
        for contract in contracts:
            self._wsdls[contract.version] = contract.wsdl.read_bytes()
            self._wsdls.setdefault("", self._wsdls[contract.version])
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
        for name, value in parameters:
            if name.lower() == "wsdl":
                return self._wsdls.get(value)
        return self._files.get(path.rpartition("/")[2])
