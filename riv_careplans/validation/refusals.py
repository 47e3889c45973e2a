"""What the codec refuses to parse, told in both languages: code, sentence, what would be right.

What came instead of a message is called by its name, because a vendor looks elsewhere for the mistake
then: an error page of a proxy, an answer as JSON, a compressed file.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from riv_careplans.codec import Reason, Refusal
from riv_careplans.rules import Text
from riv_careplans.validation.mistakes import Mistake

__all__ = ["HTML_PAGE", "Disguise", "mistake_of"]

_NOT_WELL_FORMED: Final = Text("the document is not well-formed XML", "dokumentet är inte välformad XML")
_LESS = Text("send fewer records in each document", "skicka färre poster i varje dokument")
_WITHOUT_DTD = Text(
    "write the text itself, without DOCTYPE and entities; only &lt; &gt; &amp; &quot; &apos; exist",
    "skriv texten direkt, utan DOCTYPE och entiteter; bara &lt; &gt; &amp; &quot; &apos; finns",
)
_AS_UTF_8 = Text(
    "write the document in UTF-8, and let the XML declaration say so",
    "skriv dokumentet i UTF-8 och låt XML-deklarationen säga det",
)
_BY_A_LIBRARY = Text(
    "let an XML library write the document instead of putting texts together",
    "låt ett XML-bibliotek skriva dokumentet i stället för att sätta ihop texter",
)

_TOLD: Final[dict[Reason, tuple[str, Text, Text | None]]] = {
    Reason.SIZE: (
        "FILE-006",
        Text("the document is larger than {limit} bytes", "dokumentet är större än {limit} byte"),
        _LESS,
    ),
    Reason.DOCTYPE: (
        "XML-002",
        Text(
            "the document has a DOCTYPE, which is not accepted",
            "dokumentet har en DOCTYPE, vilket inte godtas",
        ),
        _WITHOUT_DTD,
    ),
    Reason.ENTITY: (
        "XML-002",
        Text(
            "the document has an entity, which is not accepted",
            "dokumentet har en entitet, vilket inte godtas",
        ),
        _WITHOUT_DTD,
    ),
    Reason.ENCODING: (
        "XML-003",
        Text(
            "the document is in an encoding that is not accepted",
            "dokumentet har en teckenkodning som inte godtas",
        ),
        _AS_UTF_8,
    ),
    Reason.CHARSETS: (
        "XML-003",
        Text(
            "the transport and the document name different encodings",
            "transporten och dokumentet anger olika teckenkodningar",
        ),
        _AS_UTF_8,
    ),
    Reason.BYTES: (
        "XML-003",
        Text(
            "the bytes are not text in the encoding of the document",
            "innehållet är inte text i dokumentets teckenkodning",
        ),
        _AS_UTF_8,
    ),
    Reason.DECLARATION: (
        "XML-005",
        Text("the XML declaration cannot be read", "XML-deklarationen kan inte läsas"),
        Text('write <?xml version="1.0" encoding="UTF-8"?>', 'skriv <?xml version="1.0" encoding="UTF-8"?>'),
    ),
    Reason.DECLARATION_LATE: (
        "XML-005",
        Text("something stands before the XML declaration", "något står före XML-deklarationen"),
        Text("remove the blanks and line breaks before it", "ta bort blanktecken och radbrytningar före den"),
    ),
    Reason.UNESCAPED: (
        "XML-001",
        Text("a < or & in a text stands as it is", "ett < eller & i en text står som det är"),
        Text("write it &lt; or &amp;", "skriv det &lt; eller &amp;"),
    ),
    Reason.VERSION: (
        "XML-005",
        Text("the document is not XML 1.0", "dokumentet är inte XML 1.0"),
        Text('write <?xml version="1.0" encoding="UTF-8"?>', 'skriv <?xml version="1.0" encoding="UTF-8"?>'),
    ),
    Reason.ELEMENTS: (
        "XML-006",
        Text("the document has more than {limit} elements", "dokumentet har fler än {limit} element"),
        _LESS,
    ),
    Reason.ATTRIBUTES: (
        "XML-006",
        Text("the document has more than {limit} attributes", "dokumentet har fler än {limit} attribut"),
        _LESS,
    ),
    Reason.CROWDED: (
        "XML-006",
        Text("an element has more than {limit} attributes", "ett element har fler än {limit} attribut"),
        None,
    ),
    Reason.DEPTH: (
        "XML-006",
        Text(
            "elements are more than {limit} deep inside each other",
            "element ligger mer än {limit} nivåer djupt i varandra",
        ),
        None,
    ),
    Reason.TEXT: (
        "XML-006",
        Text("a text is longer than {limit} bytes", "en text är längre än {limit} byte"),
        None,
    ),
    Reason.TOO_MUCH: (
        "XML-006",
        Text(
            "the document is deeper, or a name or value in it is longer, than is accepted",
            "dokumentet är djupare, eller ett namn eller värde i det är längre, än vad som godtas",
        ),
        None,
    ),
    Reason.NO_ELEMENT: (
        "XML-007",
        Text(
            "the document does not begin with an element: it is not XML",
            "dokumentet börjar inte med ett element: det är inte XML",
        ),
        Text("send the message itself, as XML", "skicka själva meddelandet, som XML"),
    ),
    Reason.CHARACTER: (
        "XML-004",
        Text(
            "the document has a character that XML cannot carry",
            "dokumentet har ett tecken som XML inte kan bära",
        ),
        Text(
            "remove control characters before the text is written", "ta bort styrtecken innan texten skrivs"
        ),
    ),
    Reason.AFTER_THE_END: (
        "XML-001",
        Text("there is something after the end of the root element", "något står efter rotelementets slut"),
        Text("send one message in each document", "skicka ett meddelande i varje dokument"),
    ),
    Reason.END_TAG: (
        "XML-001",
        Text("an end tag does not match its start tag", "en sluttagg hör inte ihop med sin starttagg"),
        _BY_A_LIBRARY,
    ),
    Reason.CUT: (
        "XML-001",
        Text(
            "the document ends before its root element does", "dokumentet tar slut innan rotelementet gör det"
        ),
        Text("see that the whole document is sent", "se till att hela dokumentet skickas"),
    ),
    Reason.ATTRIBUTE_TWICE: (
        "XML-001",
        Text("an attribute occurs twice in one element", "ett attribut förekommer två gånger i ett element"),
        _BY_A_LIBRARY,
    ),
    Reason.PREFIX: (
        "XML-001",
        Text(
            "a prefix is used that no namespace declaration names",
            "ett prefix används som ingen namnrymdsdeklaration anger",
        ),
        Text(
            "declare the prefix with xmlns:prefix on the root element",
            "deklarera prefixet med xmlns:prefix på rotelementet",
        ),
    ),
    Reason.SYNTAX: (
        "XML-001",
        Text("here it breaks the rules of XML", "här bryter det mot XML:s regler"),
        _BY_A_LIBRARY,
    ),
}


class Disguise(NamedTuple):
    """Something that is sent for a message and is none, known by its first bytes."""

    start: re.Pattern[bytes]
    text: Text
    remedy: Text


HTML_PAGE: Final = Disguise(
    re.compile(rb"(?i:<!doctype\s+html|<html)\b"),
    Text("this is an HTML page, not a message", "detta är en HTML-sida, inget meddelande"),
    Text(
        "see that the address is right, and who answered: it is often an error page of a proxy or a login",
        "se efter att adressen är rätt och vem som svarade: det är ofta en felsida från en proxy eller en "
        "inloggning",
    ),
)

_DISGUISES: Final = (
    HTML_PAGE,
    Disguise(
        re.compile(rb"[{\[]\s*[\"{\[\]}]"),
        Text("this is JSON, not XML", "detta är JSON, inte XML"),
        Text(
            "send the message as the contract's XML", "skicka meddelandet som XML, enligt kontraktets schema"
        ),
    ),
    Disguise(
        re.compile(rb"%PDF-"),
        Text("this is a PDF, not a message", "detta är en PDF, inget meddelande"),
        Text(
            "send the message; a PDF stands in it as an attachment, in base64",
            "skicka meddelandet; en PDF står i det som bilaga, i base64",
        ),
    ),
    Disguise(
        re.compile(rb"\x1f\x8b|PK\x03\x04"),
        Text("the document is compressed", "dokumentet är komprimerat"),
        Text("unpack it first", "packa upp det först"),
    ),
    Disguise(
        re.compile(
            rb"HTTP/[0-9]|(?i:content-[a-z-]+|mime-version|date|server)[ \t]*:|--[^\s<>-][^<>]{0,200}\n"
        ),
        Text(
            "HTTP or MIME headers stand before the message", "före meddelandet står HTTP- eller MIME-rubriker"
        ),
        Text(
            "give the message alone, without headers and boundaries; RIV-TA uses no MTOM",
            "ange bara meddelandet, utan rubriker och avgränsare; RIV-TA använder inte MTOM",
        ),
    ),
)
_MARK_AND_BLANKS: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^<>]{0,200}\?>\s*)?")


def mistake_of(refusal: Refusal, data: bytes) -> Mistake:
    """Tell why a document was not parsed; `data` are its bytes."""
    head = data[:1000]
    start = _MARK_AND_BLANKS.match(head)
    head = head[start.end() :] if start else head
    disguise = next((one for one in _DISGUISES if one.start.match(head)), None)
    if disguise is not None and refusal.reason is not Reason.SIZE:
        return Mistake(code="XML-007", text=disguise.text, remedy=disguise.remedy)
    reason = refusal.reason
    if reason is Reason.SYNTAX and not data[-1000:].rstrip().endswith(b">"):
        # libxml2 says of a document that ends inside a tag only that the tag is wrong.
        reason = Reason.CUT
    code, text, remedy = _TOLD[reason]
    if code == "XML-001":
        text = Text(
            f"{_NOT_WELL_FORMED.english}: {text.english}", f"{_NOT_WELL_FORMED.swedish}: {text.swedish}"
        )
    return Mistake(
        code=code,
        text=Text(text.english.format(limit=refusal.limit), text.swedish.format(limit=refusal.limit)),
        remedy=remedy,
    )
