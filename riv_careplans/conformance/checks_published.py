"""Checks of what the producer publishes: its WSDL, and the schemas that the WSDL imports."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

from riv_careplans import codec
from riv_careplans.conformance import published
from riv_careplans.conformance.check import Check, Context, Noted, Skipped, error, fact, warning
from riv_careplans.conformance.client import Reply
from riv_careplans.contract import Contract
from riv_careplans.rules import Text

__all__ = ["CHECKS", "Wsdl", "find_wsdl"]

_OK: Final = 200
_MOST_FILES: Final = 20
_IN_A_TARGET: Final = "/?&=%:;,+~!*'()@$"
"""What may stand in a path and a query as it is."""
_MOST_DIFFERENCES: Final = 10
_ONLY_NAMES: Final = frozenset(("definitions name", "portType", "binding", "service", "port"))
"""What nobody's question goes by: another name is against the rules of naming, and harms no one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wsdl:
    """A WSDL that the producer gave, and at which query."""

    query: str
    data: bytes
    root: codec.Element


def find_wsdl(context: Context) -> Wsdl | None:
    """Fetch the contract's WSDL; a producer of several versions gives the others at ?wsdl=VERSION."""
    contract = context.interaction.contract
    first: Wsdl | None = None
    for query in ("wsdl", f"wsdl={contract.version}"):
        reply = context.client.get(query=query)
        root = published.read(reply.body) if reply.status == _OK else None
        if root is not None and codec.local_name(root) == "definitions":
            found = Wsdl(query=query, data=reply.body, root=root)
            if root.get("targetNamespace") == contract.wsdl_namespace:
                return found
            first = first or found
    return first


_EQUAL: Final = Text("byte for byte the same", "samma byte för byte")
_UNLIKE: Final = Text("not byte for byte: by what they mean", "inte byte för byte: efter vad de betyder")


def _compared(context: Context, how: Text) -> Noted:
    return fact("compared with the contract's own", "jämfört med kontraktets egna", context.settings.say(how))


def _found(context: Context) -> Wsdl:
    found = find_wsdl(context)
    if found is None:
        raise Skipped("no WSDL was found: see PC-003", "ingen WSDL hittades: se PC-003")
    return found


def _wsdl_is_the_contracts(context: Context) -> Iterator[Noted]:
    contract = context.interaction.contract
    found = find_wsdl(context)
    if found is None:
        yield error("there is no WSDL at ?wsdl", "det finns ingen WSDL på ?wsdl", _PUBLISH)
        return
    yield fact("WSDL", "WSDL", f"?{found.query}")
    if found.data == contract.wsdl.read_bytes():
        yield _compared(context, _EQUAL)
        return
    yield _compared(context, _UNLIKE)
    own = published.read(contract.wsdl.read_bytes())
    expected = {} if own is None else published.names_of(own)
    collected = _Collected(context, found)
    # What cannot be fetched is told by PC-004.
    deque(collected.fetch(), maxlen=0)
    given = published.names_of(found.root, *collected.wsdls)
    for name, value in expected.items():
        said = given.get(name, "")
        if name == "soapAction" and said in contract.soap_actions:
            continue
        if said != value:
            tell = warning if name in _ONLY_NAMES else error
            yield tell(
                f"the WSDL's {name} is not the contract's; right is {value}",
                f"WSDL:ens {name} är inte kontraktets; rätt är {value}",
                _PUBLISH,
            )


_PUBLISH: Final = Text(
    "publish the contract's own WSDL as it is, not one made from the code",
    "publicera kontraktets egen WSDL som den är, inte en som gjorts av koden",
)


def _schemas_are_the_contracts(context: Context) -> Iterator[Noted]:
    contract = context.interaction.contract
    wsdl = _found(context)
    collected = _Collected(context, wsdl)
    lacking = list(collected.fetch())
    yield from lacking
    yield fact("schemas fetched", "hämtade scheman", len(collected.files))
    if lacking:
        # What is declared in a file that is not there would be told as missing once more.
        return
    own = {path.read_bytes() for path in contract.folder.rglob("*.xsd")}
    if collected.files and all(data in own for data in collected.files.values()):
        yield _compared(context, _EQUAL)
        return
    yield _compared(context, _UNLIKE)
    given = published.shape(collected.schemas, contract)
    if not given:
        yield error(
            "the WSDL and what it imports do not declare the contract's question and answer",
            "WSDL:en och det den importerar deklarerar inte kontraktets fråga och svar",
        )
        return
    yield from _differences(_expected_shape(contract), given)


def _differences(expected: dict[str, str], given: dict[str, str]) -> Iterator[Noted]:
    different = [path for path in expected if given.get(path) != expected[path]]
    # Below an element that is missing, everything is.
    roots = [path for path in different if path.rpartition("/")[0] not in set(different)]
    for path in roots[:_MOST_DIFFERENCES]:
        if path in given:
            yield error(
                f"the published schema declares {path} in another way than the contract: {expected[path]}",
                f"det publicerade schemat deklarerar {path} på ett annat sätt än kontraktet: "
                f"{expected[path]}",
            )
        else:
            yield error(f"the published schema lacks {path}", f"det publicerade schemat saknar {path}")
    added = len(given.keys() - expected.keys())
    if added:
        yield warning(
            f"the published schema has {added} elements that the contract lacks",
            f"det publicerade schemat har {added} element som kontraktet saknar",
        )
    if len(roots) > _MOST_DIFFERENCES:
        yield error(
            f"the published schema differs in {len(roots) - _MOST_DIFFERENCES} more places",
            f"det publicerade schemat skiljer sig på {len(roots) - _MOST_DIFFERENCES} ställen till",
        )


def _expected_shape(contract: Contract) -> dict[str, str]:
    files = [published.read(path.read_bytes()) for path in sorted(contract.folder.rglob("*.xsd"))]
    return published.shape((root for root in files if root is not None), contract)


class _Collected:
    """The schemas that a WSDL holds and imports, fetched from the producer's own host alone."""

    def __init__(self, context: Context, wsdl: Wsdl) -> None:
        self._context = context
        settings = context.settings
        self._host = settings.parts[:2]
        self._base = settings.parts._replace(query=wsdl.query).geturl()
        self._wsdl = wsdl.root
        self.files: dict[str, bytes] = {}
        self.wsdls: list[codec.Element] = []
        """The WSDLs that the first one imports."""

        self.schemas: list[codec.Element] = list(published.schemas_in(wsdl.root))

    def fetch(self) -> Iterator[Noted]:
        """Follow the imports; say of each that cannot be had why."""
        waiting = [urljoin(self._base, place) for place in published.imports(self._wsdl)]
        while waiting and len(self.files) < _MOST_FILES:
            url = waiting.pop(0)
            name = _shown(url)
            if url in self.files:
                continue
            if urlsplit(url)[:2] != self._host:
                yield error(
                    f"the import {name} leads to another host, where nothing is fetched from",
                    f"importen {name} leder till en annan värd, och därifrån hämtas inget",
                )
                continue
            root = self._fetched(url)
            if root is None:
                yield error(
                    f"the imported file {name} cannot be fetched or is not XML",
                    f"den importerade filen {name} går inte att hämta eller är inte XML",
                )
                continue
            self.schemas += published.schemas_in(root)
            if codec.local_name(root) == "definitions":
                self.wsdls.append(root)
            waiting += [urljoin(url, place) for place in published.imports(root)]

    def _fetched(self, url: str) -> codec.Element | None:
        parts = urlsplit(url)
        target = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=_IN_A_TARGET)
        reply: Reply = self._context.client.get(target)
        if reply.status != _OK:
            self.files[url] = b""
            return None
        self.files[url] = reply.body
        return published.read(reply.body)


def _shown(url: str) -> str:
    """Return a file's name as far as it may stand in a report: letters, digits and a few signs."""
    name = url.rpartition("/")[2].rpartition("?")[2] or "?"
    kept = "".join(sign for sign in name[:100] if sign.isascii() and (sign.isalnum() or sign in "._-="))
    return kept or "?"


CHECKS: Final = (
    Check(
        code="PC-003",
        title=Text("The contract's WSDL is published at ?wsdl", "Kontraktets WSDL är publicerad på ?wsdl"),
        why=Text(
            "A consumer that makes its client from a WSDL which differs asks in a way that others do not "
            "understand.",
            "En konsument som gör sin klient av en avvikande WSDL frågar på ett sätt som andra inte förstår.",
        ),
        mend=Text(
            "Serve the release package's WSDL at ?wsdl, byte for byte. Most frameworks can be told to.",
            "Lämna ut releasepaketets WSDL på ?wsdl, byte för byte. De flesta ramverk går att ställa in så.",
        ),
        reference="RIV-TA Basic Profile 2.1, rules #18 and #20, and #3 to #15 for its names",
        run=_wsdl_is_the_contracts,
    ),
    Check(
        code="PC-004",
        title=Text(
            "The schemas that the WSDL imports can be fetched and are the contract's",
            "Scheman som WSDL:en importerar går att hämta och är kontraktets",
        ),
        why=Text(
            "Without the schemas the WSDL cannot be used, and with others the two sides mean different "
            "things.",
            "Utan scheman går WSDL:en inte att använda, och med andra menar de två sidorna olika saker.",
        ),
        mend=Text(
            "Serve the release package's schemas beside the WSDL, under the relative paths that it imports.",
            "Lämna ut releasepaketets scheman bredvid WSDL:en, på de relativa sökvägar som den importerar.",
        ),
        reference="RIV-TA Basic Profile 2.1, rules #16 and #20",
        run=_schemas_are_the_contracts,
    ),
)
