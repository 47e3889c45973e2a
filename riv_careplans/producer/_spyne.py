"""spyne 2.14.0, made importable on every supported Python: the one place that imports it.

Two things stand in its way. Its vendored `six` finds modules with a protocol that Python 3.12 took
away, and it imports `cgi`, which Python 3.13 took away, for `parse_header` alone. Both are put right
around the first import and nothing is left behind: no stand-in for `cgi`, no warning. Its loggers
are silenced, because they write whole requests. Knows nothing of contracts.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec, spec_from_file_location, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

__all__ = [
    "AnyXml",
    "Application",
    "ComplexModel",
    "Fault",
    "Service",
    "Soap11",
    "Unicode",
    "WsgiApplication",
    "XmlData",
    "forget",
    "rpc",
]

_SIX = "spyne.util.six"


def _mend_six() -> None:
    """Load spyne's own six before spyne does, and give its importer what Python 3.12 asks for."""
    package = find_spec("spyne")
    if package is None or not package.submodule_search_locations:
        raise ImportError("the producer needs spyne: install riv-careplans[producer]", name="spyne")
    spec = spec_from_file_location(_SIX, Path(package.submodule_search_locations[0]) / "util" / "six.py")
    if spec is None or spec.loader is None:
        raise ImportError("the producer needs spyne 2.14.0, which carries six", name=_SIX)
    six = module_from_spec(spec)
    sys.modules[_SIX] = six
    spec.loader.exec_module(six)
    importer = type(next(found for found in sys.meta_path if type(found).__module__ == _SIX))
    for method in (_find_spec, _create_module, _exec_module):
        setattr(importer, method.__name__.removeprefix("_"), method)


def _find_spec(self: Any, fullname: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
    return spec_from_loader(fullname, self) if fullname in self.known_modules else None


def _create_module(_self: Any, _spec: ModuleSpec) -> None:
    """Let the import system make an empty module; it is exchanged below."""


def _exec_module(self: Any, module: ModuleType) -> None:
    # What stands in sys.modules afterwards is what the import gives: the module of the standard
    # library that the name stands for, untouched.
    del sys.modules[module.__name__]
    self.load_module(module.__name__)


@contextmanager
def _cgi() -> Iterator[None]:
    """Lend spyne a `cgi` while it is imported; it keeps its reference, everyone else loses theirs."""
    if "cgi" in sys.modules:
        yield
        return
    lent = ModuleType("cgi")
    lent.__dict__["parse_header"] = _parse_header
    sys.modules["cgi"] = lent
    try:
        yield
    finally:
        del sys.modules["cgi"]


def _parse_header(line: str) -> tuple[str, dict[str, str]]:
    """Split a header such as Content-Type into its value and its parameters, as `cgi` did."""
    message = Message()
    message["Content-Type"] = line
    (value, _), *parameters = message.get_params(failobj=[(line, "")])
    return value, dict(parameters)


def _silence(name: str) -> None:
    logger = logging.getLogger(name)
    logger.setLevel(logging.CRITICAL + 1)
    logger.propagate = False


_silence("spyne")
if "spyne" not in sys.modules:
    _mend_six()
with _cgi():
    from spyne import AnyXml, Application, ComplexModel, Fault, Service, Unicode, const, rpc
    from spyne.model.complex import XmlData
    from spyne.protocol.soap import Soap11
    from spyne.server.wsgi import WsgiApplication
    from spyne.util import appreg

# It would collect the whole process's garbage every other second, to close files that it has been
# sent; it is sent none here, and everybody would wait meanwhile.
const.MIN_GC_INTERVAL = float("inf")


def forget(application: Application) -> None:
    """Take an application out of spyne's registry, which would keep it and its source for ever."""
    appreg.applications.pop((application.tns, application.name), None)
