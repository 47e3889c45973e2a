"""The one way in for XML: what is read, what is refused, with which sentence, and at what cost."""

import codecs
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from riv_careplans.codec import ANSWER_LIMITS, REQUEST_LIMITS, Limits, parse
from riv_careplans.errors import NotWellFormed

MIB = 1024 * 1024
CANARY = "kanariefågel191212121212"
NOT_XML = "the document is not well-formed XML"
TOO_MUCH = f"{NOT_XML}: it is deeper, or a name or value in it is longer, than is accepted"
NO_ROOT = f"{NOT_XML}: the document is empty or does not begin with an element"
BAD_BYTES = "the bytes are not text in the encoding of the document"
NO_DOCTYPE = "a DOCTYPE is not accepted"
NO_ENTITY = f"{NOT_XML}: there is an entity, and entities are not accepted"
BAD_CHARACTER = f"{NOT_XML}: there is a character that XML cannot carry"
ENCODINGS = "the encoding must be UTF-8 or UTF-16"


def refusal(data: bytes, limits: Limits = ANSWER_LIMITS, charset: str | None = None) -> str:
    """Give the sentence a document is refused with, without the place in brackets."""
    with pytest.raises(NotWellFormed) as caught:
        parse(data, limits, charset=charset)
    (finding,) = caught.value.findings
    assert finding.message == str(caught.value)
    assert finding.code == "XML"
    return re.sub(r" \(line \d+, column \d+\)$", "", finding.message)


# ------------------------------------------------------------------------------------------- what is read

READ: dict[str, tuple[bytes, str]] = {
    "plain": ("<a>å</a>".encode(), "å"),
    "declared": ('<?xml version="1.0" encoding="UTF-8"?>\n<a>å</a>'.encode(), "å"),
    "declared in single quotes": ("<?xml version='1.0' encoding='utf-8'?><a>å</a>".encode(), "å"),
    "standalone": (b'<?xml version="1.0" standalone="yes"?><a>x</a>', "x"),
    "with a byte order mark": (codecs.BOM_UTF8 + "<a>å</a>".encode(), "å"),
    "with a byte order mark and a declaration": (
        codecs.BOM_UTF8 + '<?xml version="1.0" encoding="UTF-8"?><a>å</a>'.encode(),
        "å",
    ),
    "utf-16 little-endian with mark": (codecs.BOM_UTF16_LE + "<a>å</a>".encode("utf-16-le"), "å"),
    "utf-16 big-endian with mark": (codecs.BOM_UTF16_BE + "<a>å</a>".encode("utf-16-be"), "å"),
    "utf-16 little-endian without mark": ("<a>å</a>".encode("utf-16-le"), "å"),
    "utf-16 big-endian without mark": ("<a>å</a>".encode("utf-16-be"), "å"),
    "utf-16 declared": ('<?xml version="1.0" encoding="UTF-16"?><a>å🧡</a>'.encode("utf-16"), "å🧡"),
    "utf-16 declared, no mark": ('<?xml version="1.0" encoding="UTF-16"?><a>å</a>'.encode("utf-16-be"), "å"),
    "utf-16 that says utf-8": ('<?xml version="1.0" encoding="UTF-8"?><a>å</a>'.encode("utf-16"), "å"),
    "latin-1 declared": ('<?xml version="1.0" encoding="ISO-8859-1"?><a>å</a>'.encode("iso-8859-1"), "å"),
    "latin-9 declared": ('<?xml version="1.0" encoding="iso-8859-15"?><a>€</a>'.encode("iso-8859-15"), "€"),
    "windows declared": ('<?xml version="1.0" encoding="windows-1252"?><a>€</a>'.encode("cp1252"), "€"),
    "ascii declared": (b'<?xml version="1.0" encoding="us-ascii"?><a>&#229;</a>', "å"),
    "comments before the root": (b"<!-- a --><?b c?><!-- <!DOCTYPE d> --><?d <!DOCTYPE e?>\n<a>x</a>", "x"),
    "a stylesheet that is not fetched": (b'<?xml-stylesheet href="x.xsl"?><a>x</a>', "x"),
    "a DOCTYPE in a CDATA section": (b"<a><![CDATA[<!DOCTYPE a>]]></a>", "<!DOCTYPE a>"),
    "comment, instruction and CDATA in a value": (b"<a>1<!--x-->2<?y z?>3<![CDATA[<4>]]>5</a>", "123<4>5"),
    "the five entities and character references": (
        b"<a>&lt;&gt;&amp;&quot;&apos;&#13;&#xE5;</a>",
        "<>&\"'\rå",
    ),
    "line ends as XML normalises them": (b"<a>1\r\n2\r3\n4</a>", "1\n2\n3\n4"),
    "an xml:id twice": (b'<a xml:id="x">1<b xml:id="x"/></a>', "1"),
    "a schema location that is not fetched": (
        b'<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:noNamespaceSchemaLocation="x.xsd">1</a>',
        "1",
    ),
    "an inclusion that is not resolved": (
        b'<a xmlns:i="http://www.w3.org/2001/XInclude">1<i:include href="/etc/passwd"/></a>',
        "1",
    ),
}


@pytest.mark.parametrize("name", READ)
def test_a_document_is_read(name: str) -> None:
    data, text = READ[name]

    assert parse(data).text == text


def test_an_inclusion_and_a_comment_leave_no_trace() -> None:
    root = parse(b'<a xmlns:i="http://www.w3.org/2001/XInclude"><!--x--><i:include href="b"/><?y z?></a>')

    assert [child.tag for child in root] == ["{http://www.w3.org/2001/XInclude}include"]


# ---------------------------------------------------------------------------------------- what is refused

REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", NO_ROOT),
    "blanks": (b" \n\t", NO_ROOT),
    "no XML": (b"%PDF-1.7 hej", NO_ROOT),
    "HTML": (b"<html><body>503<br></body></html>", f"{NOT_XML}: an end tag does not match its start tag"),
    "JSON": (b'{"a": 1}', NO_ROOT),
    "cut": (b"<a><b>", f"{NOT_XML}: the document ends before its root element does"),
    "two roots": (b"<a/><b/>", f"{NOT_XML}: there is something after the end of the root element"),
    "text after": (b"<a/>x", f"{NOT_XML}: there is something after the end of the root element"),
    "NUL after": (b"<a/>\x00", f"{NOT_XML}: there is something after the end of the root element"),
    "NUL before": (b"\x00<a/>", BAD_BYTES),
    "NUL in a value": (b"<a>\x00</a>", BAD_CHARACTER),
    "NUL by reference": (b"<a>&#0;</a>", BAD_CHARACTER),
    "a control character": (b"<a>\x01</a>", BAD_CHARACTER),
    "a control character by reference": (b"<a>&#x1B;</a>", BAD_CHARACTER),
    "U+FFFE": ("<a>\ufffe</a>".encode(), BAD_CHARACTER),
    "a lone surrogate": (b"<a>\xed\xa0\x80</a>", f"{NOT_XML}: {BAD_BYTES}"),
    "a surrogate by reference": (b"<a>&#xD83E;&#xDDE1;</a>", BAD_CHARACTER),
    "overlong UTF-8": (b"<a>\xc0\xbcb/></a>", f"{NOT_XML}: {BAD_BYTES}"),
    "overlong NUL": (b"<a>\xc0\x80</a>", f"{NOT_XML}: {BAD_BYTES}"),
    "latin-1 that says nothing": ("<a>å</a>".encode("iso-8859-1"), f"{NOT_XML}: {BAD_BYTES}"),
    "latin-1 that says utf-8": (
        '<?xml version="1.0" encoding="utf-8"?><a>å</a>'.encode("iso-8859-1"),
        f"{NOT_XML}: {BAD_BYTES}",
    ),
    "utf-8 that says ascii": ('<?xml version="1.0" encoding="us-ascii"?><a>å</a>'.encode(), BAD_BYTES),
    "utf-8 that says utf-16": (b'<?xml version="1.0" encoding="utf-16"?><a>x</a>', BAD_BYTES),
    "half a UTF-16 unit": ("<a>å</a>".encode("utf-16") + b"\x00", BAD_BYTES),
    "a lone surrogate in utf-16": (codecs.BOM_UTF16_LE + b"<\x00a\x00>\x00\x00\xd8<\x00/\x00a\x00>\x00", BAD_BYTES),
    "utf-7": (b'<?xml version="1.0" encoding="utf-7"?><a>+AOU-</a>', ENCODINGS),
    "utf-32 with mark": ("<a>x</a>".encode("utf-32"), NO_ROOT),
    "utf-32 big-endian": ("<a>x</a>".encode("utf-32-be"), NO_ROOT),
    "utf-32 little-endian": ("<a>x</a>".encode("utf-32-le"), BAD_CHARACTER),
    "EBCDIC": ('<?xml version="1.0"?><a>x</a>'.encode("cp037"), NO_ROOT),
    "an encoding nobody knows": (b'<?xml version="1.0" encoding="x-unknown"?><a/>', ENCODINGS),
    "a codec that is no encoding": (b'<?xml version="1.0" encoding="rot13"?><a/>', ENCODINGS),
    "XML 1.1": (b'<?xml version="1.1"?><a/>', "only XML 1.0 is accepted"),
    "XML 1.1 in utf-16": ('<?xml version="1.1"?><a/>'.encode("utf-16"), "only XML 1.0 is accepted"),
    "XML 1.1 in latin-1": (b'<?xml version="1.1" encoding="iso-8859-1"?><a/>', "only XML 1.0 is accepted"),
    "a declaration without version": (b'<?xml encoding="utf-8"?><a/>', "the XML declaration cannot be read"),
    "a declaration without end": (b'<?xml version="1.0"', "the XML declaration cannot be read"),
    "a blank before the declaration": (b' <?xml version="1.0"?><a/>', NOT_XML),
    "a prefix without namespace": (b"<x:a/>", f"{NOT_XML}: a prefix is used that no namespace declaration names"),
    "an attribute twice": (b'<a b="1" b="2"/>', f"{NOT_XML}: an attribute occurs twice in one element"),
    "an attribute twice under two prefixes": (
        b'<a xmlns:p="u" xmlns:q="u" p:b="1" q:b="2"/>',
        f"{NOT_XML}: an attribute occurs twice in one element",
    ),
    "an attribute without quotes": (b"<a b=1/>", NOT_XML),
    "a tag in an attribute": (b'<a b="<c/>"/>', NOT_XML),
    "an unknown entity": (b"<a>&nbsp;</a>", NO_ENTITY),
    "an unknown entity in an attribute": (b'<a b="&nbsp;"/>', NO_ENTITY),
    "a comment with two dashes": (b"<a><!-- -- --></a>", NOT_XML),
    "an unclosed comment": (b"<a><!-- </a>", NOT_XML),
    "the end of CDATA in a text": (b"<a>]]></a>", NOT_XML),
    "a DOCTYPE": (b"<!DOCTYPE a><a/>", NO_DOCTYPE),
    "a DOCTYPE after a mark": (codecs.BOM_UTF8 + b"<!DOCTYPE a><a/>", NO_DOCTYPE),
    "a DOCTYPE after a declaration": (b'<?xml version="1.0"?>\n<!DOCTYPE a><a/>', NO_DOCTYPE),
    "a DOCTYPE after a comment": (b"<!-- a --><!DOCTYPE a><a/>", NO_DOCTYPE),
    "a DOCTYPE after a comment of dashes": (b"<!----><!--- - --><!DOCTYPE a><a/>", NO_DOCTYPE),
    "a DOCTYPE after instructions": (b"<?a?><?b ???><!DOCTYPE a><a/>", NO_DOCTYPE),
    "a DOCTYPE in utf-16": ("<!DOCTYPE a><a/>".encode("utf-16"), NO_DOCTYPE),
    "a DOCTYPE in utf-16 without mark": ("<!DOCTYPE a><a/>".encode("utf-16-be"), NO_DOCTYPE),
    "a DOCTYPE in latin-1": (b'<?xml version="1.0" encoding="iso-8859-1"?><!DOCTYPE a><a/>', NO_DOCTYPE),
    "a DOCTYPE of lower case": (b"<!doctype a><a/>", NOT_XML),
    "a DOCTYPE inside": (b"<a><!DOCTYPE a></a>", NOT_XML),
    "an internal entity": (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', NO_DOCTYPE),
    "an external entity": (b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', NO_DOCTYPE),
    "a parameter entity": (b'<!DOCTYPE a [<!ENTITY % b SYSTEM "http://localhost/b">%b;]><a/>', NO_DOCTYPE),
    "an external DTD": (b'<!DOCTYPE a SYSTEM "http://localhost/a.dtd"><a/>', NO_DOCTYPE),
    "a default attribute": (b'<!DOCTYPE a [<!ATTLIST a b CDATA "c">]><a/>', NO_DOCTYPE),
    "a billion laughs": (
        b"<!DOCTYPE a [<!ENTITY a0 'ha'>"
        + b"".join(b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10))
        + b"]><a>&a9;</a>",
        NO_DOCTYPE,
    ),
    "a quadratic blow-up": (
        b"<!DOCTYPE a [<!ENTITY b '%s'>]><a>%s</a>" % (b"x" * 50_000, b"&b;" * 50_000),
        NO_DOCTYPE,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_document_is_refused_with_a_sentence(name: str) -> None:
    data, sentence = REFUSED[name]

    assert refusal(data) == sentence


def test_a_refusal_says_where() -> None:
    with pytest.raises(NotWellFormed) as caught:
        parse(b'<?xml version="1.0"?>\n<a>\n  <b>x</c>\n</a>')

    assert str(caught.value) == f"{NOT_XML}: an end tag does not match its start tag (line 3, column 11)"
    assert caught.value.findings[0].line == 3


DOCUMENT = """<?xml version="1.0" encoding="{}"?>
<!-- en plan -->
<a:plan xmlns:a="urn:example:a" b="1 &amp; 2"><a:title>Hämta <![CDATA[<DOS>]]>-påsar</a:title><?x y?></a:plan>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_a_document_cut_at_any_byte_is_refused(encoding: str) -> None:
    data = DOCUMENT.format(encoding).encode(encoding)
    whole = parse(data)

    for length in range(len(data)):
        with pytest.raises(NotWellFormed):
            parse(data[:length])

    assert whole[0].text == "Hämta <DOS>-påsar"


@given(
    st.binary(max_size=40)
    | st.text(alphabet="<>/!?-[]CDATA=\"' ax&;\x00\ufeffå", max_size=60).map(str.encode)
)
@example(b"<!--" + b"<?" * 9)
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    with suppress(NotWellFormed):
        parse(data)


PIECES = [b"<!-- a -->", b"<!--->", b"<?b c?>", b"\n", b"<!DOCTYPE a>", b"<![CDATA[", b"]]>", b"-->", b"?>", b"<!--", b"<a/>"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=8))
@example([b"<!-- a -->", b"<!DOCTYPE a>"])
def test_no_prolog_hides_a_doctype(pieces: list[bytes]) -> None:
    try:
        root = parse(b"".join(pieces) + b"<a/>")
    except NotWellFormed:
        return

    assert root.getroottree().docinfo.internalDTD is None


# ---------------------------------------------------------------------------- what the transport says

SAID: dict[str, tuple[bytes, str, str | None]] = {
    "utf-8": ("<a>å</a>".encode(), "utf-8", "å"),
    "upper case in quotes": ("<a>å</a>".encode(), '"UTF-8"', "å"),
    "nothing": ("<a>å</a>".encode(), "", "å"),
    "ascii": (b"<a>x</a>", "us-ascii", "x"),
    "latin-1": ("<a>å</a>".encode("iso-8859-1"), "ISO-8859-1", "å"),
    "latin-1 as declared": (
        '<?xml version="1.0" encoding="iso-8859-1"?><a>å</a>'.encode("iso-8859-1"),
        "ISO-8859-1",
        "å",
    ),
    "windows": ("<a>€</a>".encode("cp1252"), "windows-1252", "€"),
    "utf-16": ("<a>å</a>".encode("utf-16"), "UTF-16", "å"),
    "utf-16le": ("<a>å</a>".encode("utf-16-le"), "utf-16le", "å"),
    "utf-16be": ("<a>å</a>".encode("utf-16-be"), "utf-16be", "å"),
    "utf-16le with mark": ("<a>å</a>".encode("utf-16"), "utf-16le", "å"),
    # "The platform converts every message to UTF-8" and leaves the declaration as it was.
    "utf-8 against a declaration": ('<?xml version="1.0" encoding="iso-8859-1"?><a>å</a>'.encode(), "utf-8", "å"),
}  # fmt: skip

LIES: dict[str, tuple[bytes, str, str]] = {
    "utf-8 over latin-1": ("<a>å</a>".encode("iso-8859-1"), "utf-8", f"{NOT_XML}: {BAD_BYTES}"),
    "utf-8 over declared latin-1": (
        '<?xml version="1.0" encoding="iso-8859-1"?><a>å</a>'.encode("iso-8859-1"),
        "utf-8",
        f"{NOT_XML}: {BAD_BYTES}",
    ),
    "utf-8 over utf-16": ("<a>å</a>".encode("utf-16"), "utf-8", NO_ROOT),
    "utf-16 over utf-8": ("<a>å</a>".encode(), "utf-16", BAD_BYTES),
    "ascii over utf-8": ("<a>å</a>".encode(), "us-ascii", BAD_BYTES),
    "latin-1 over declared utf-8": (
        '<?xml version="1.0" encoding="utf-8"?><a>å</a>'.encode(),
        "iso-8859-1",
        "the transport and the document name different encodings",
    ),
    "latin-1 over a mark": (
        codecs.BOM_UTF8 + "<a>å</a>".encode(),
        "iso-8859-1",
        "the transport and the document name different encodings",
    ),
    "utf-7": (b"<a>+AOU-</a>", "utf-7", ENCODINGS),
    "a codec that is no encoding": (b"<a/>", "hex", ENCODINGS),
    "XML 1.1": (b'<?xml version="1.1"?><a/>', "utf-8 ", "only XML 1.0 is accepted"),
    "a DOCTYPE": (b"<!DOCTYPE a><a/>", "us-ascii", NO_DOCTYPE),
    "windows where it has nothing": (b"<a>\x81</a>", "windows-1252", BAD_BYTES),
}


@pytest.mark.parametrize("name", SAID)
def test_the_transports_charset_goes_before_the_declaration(name: str) -> None:
    data, charset, text = SAID[name]

    assert parse(data, charset=charset).text == text


@pytest.mark.parametrize("name", LIES)
def test_a_lying_charset_is_refused(name: str) -> None:
    data, charset, sentence = LIES[name]

    assert refusal(data, charset=charset) == sentence


# ------------------------------------------------------------------------------------------------ limits


def nested(depth: int) -> bytes:
    return b"<a>" * depth + b"</a>" * depth


def elements(count: int) -> bytes:
    return b"<r>" + b"<a/>" * (count - 1) + b"</r>"


def attributes(count: int) -> bytes:
    return b"<r><a" + b"".join(b' b%d = "x"' % number for number in range(count)) + b"/></r>"


def namespaces(count: int) -> bytes:
    return b"<r><a" + b"".join(b" xmlns:b%d='u'" % number for number in range(count)) + b"/></r>"


def text(size: int) -> bytes:
    return b"<a>" + b"x" * size + b"</a>"


def tail(size: int) -> bytes:
    return b"<a><b/>" + b"x" * size + b"</a>"


def value(size: int) -> bytes:
    return b'<a b="' + b"x" * size + b'"/>'


def padded(size: int) -> bytes:
    return b"<a>" + b" " * (size - len(b"<a></a>")) + b"</a>"


SMALL = Limits(size=2000, depth=5, elements=100, attributes=4, text=300)
EDGES: dict[str, tuple[Callable[[int], bytes], Limits, int, str]] = {
    "size of a question": (padded, REQUEST_LIMITS, MIB, "the document is larger than 1048576 bytes"),
    "size": (padded, Limits(size=2000), 2000, "the document is larger than 2000 bytes"),
    "depth": (nested, ANSWER_LIMITS, 64, "elements are more than 64 deep inside each other"),
    "depth of another setting": (nested, SMALL, 5, "elements are more than 5 deep inside each other"),
    "elements": (elements, ANSWER_LIMITS, 200_000, "the document has more than 200000 elements"),
    "elements of another setting": (elements, SMALL, 100, "the document has more than 100 elements"),
    "attributes": (attributes, ANSWER_LIMITS, 64, "an element has more than 64 attributes"),
    "namespace declarations": (namespaces, ANSWER_LIMITS, 64, "an element has more than 64 attributes"),
    "attributes of another setting": (attributes, SMALL, 4, "an element has more than 4 attributes"),
    "text": (text, ANSWER_LIMITS, 8 * MIB, "a text is longer than 8388608 bytes"),
    "text after an element": (tail, ANSWER_LIMITS, 8 * MIB, "a text is longer than 8388608 bytes"),
    "attribute value": (value, ANSWER_LIMITS, 8 * MIB, "a text is longer than 8388608 bytes"),
    "text of another setting": (text, SMALL, 300, "a text is longer than 300 bytes"),
}


@pytest.mark.parametrize("name", EDGES)
def test_a_limit_holds_at_the_very_edge(name: str) -> None:
    make, limits, edge, sentence = EDGES[name]

    parse(make(edge - 1), limits)
    parse(make(edge), limits)

    assert refusal(make(edge + 1), limits) == sentence


def test_a_text_is_measured_in_bytes() -> None:
    parse(text(0).replace(b"><", b">" + "å".encode() * 150 + b"<"), SMALL)

    assert refusal(b"<a>" + "å".encode() * 150 + b"x</a>", SMALL) == "a text is longer than 300 bytes"


def test_a_text_in_another_encoding_is_measured_in_utf_8() -> None:
    document = '<?xml version="1.0" encoding="iso-8859-1"?><a>{}</a>'

    parse(document.format("å" * 150).encode("iso-8859-1"), SMALL)

    longer = document.format("å" * 270).encode("iso-8859-1")
    assert refusal(longer, SMALL) == "a text is longer than 300 bytes"


def test_a_text_is_measured_over_comments_and_cdata() -> None:
    pieces = b"<a>" + b"x" * 100 + b"<!-- -->" + b"x" * 100 + b"<![CDATA[" + b"x" * 101 + b"]]></a>"

    assert refusal(pieces, SMALL) == "a text is longer than 300 bytes"


@pytest.mark.parametrize(
    "document",
    [
        b"<a>" + b"=" * 500 + b"</a>",
        b"<a><![CDATA[<b " + b'c="d" ' * 20 + b">]]></a>",
        b"<a><!-- <b " + b'c="d" ' * 20 + b"> --></a>",
        b"<a><?b <c " + b'd="e" ' * 20 + b"> ?></a>",
        b'<a b="' + b"c=d " * 20 + b'"/>',
    ],
)
def test_equals_signs_that_are_no_attributes_are_not_counted(document: bytes) -> None:
    parse(document, Limits(size=2000, attributes=4))


@pytest.mark.parametrize("hidden", [b"<!--<b/>-->", b"<![CDATA[<b/>]]>", b"<?x <b/>?>"])
def test_elements_that_are_hidden_are_not_counted(hidden: bytes) -> None:
    limits = Limits(size=5000, elements=100)

    parse(b"<r>" + hidden * 150 + b"<a/>" * 99 + b"</r>", limits)

    crowded = b"<r>" + hidden * 150 + b"<a/>" * 100 + b"</r>"
    assert refusal(crowded, limits) == "the document has more than 100 elements"


def test_attributes_in_all_are_limited_as_elements_are() -> None:
    limits = Limits(size=5000, elements=100)

    parse(b"<r>" + b"<a b='1' c='2'/>" * 50 + b"</r>", limits)

    crowded = b"<r d=''>" + b"<a b='1' c='2'/>" * 50 + b"</r>"
    assert refusal(crowded, limits) == "the document has more than 100 attributes"


# ------------------------------------------------------------------------------------------ what is told

CANARIES = [
    f"<{CANARY}>",
    f"<a><{CANARY}></a>",
    f"<a><{CANARY}></b></a>",
    f"<a>&{CANARY};</a>",
    f"<a {CANARY}='1' {CANARY}='2'/>",
    f"<{CANARY}:a/>",
    f"<a {CANARY}:b='1'/>",
    f"<a b='{CANARY}' <",
    f"<a>{CANARY}\x01</a>",
    f"<!DOCTYPE {CANARY}><a/>",
    f'<?xml version="1.0" encoding="{CANARY}"?><a/>',
    f'<?xml version="{CANARY[:8]}"?><a/>',
    f"<a><?xml {CANARY}?></a>",
    f"<a/>{CANARY}",
    f"{CANARY}",
    f"<a>]]>{CANARY}</a>",
    f"<a xmlns:{CANARY}=''/>",
    "".join(f"<{CANARY}>" for _ in range(70)) + "".join(f"</{CANARY}>" for _ in range(70)),
]


@pytest.mark.parametrize("document", CANARIES)
def test_a_refusal_repeats_nothing_of_the_document(document: str) -> None:
    with pytest.raises(NotWellFormed) as caught:
        parse(document.encode())

    told = "".join(
        map(repr, (caught.value, str(caught.value), caught.value.findings, caught.value.__cause__))
    )
    assert CANARY[:8] not in told
    assert "1912" not in told


def test_a_refusal_of_a_charset_repeats_nothing_of_it() -> None:
    with pytest.raises(NotWellFormed) as caught:
        parse(b"<a/>", charset=CANARY)

    assert CANARY not in repr(caught.value.findings) + str(caught.value)


# ------------------------------------------------------------------------------------------------ threads


def test_threads_parse_side_by_side() -> None:
    good, bad = b"<a>" + b"<b>x</b>" * 1000 + b"</a>", b"<a>" + b"<b>x</b>" * 1000 + b"</c>"

    def work(number: int) -> int:
        with pytest.raises(NotWellFormed):
            parse(bad)
        return len(parse(good))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(80))) == [1000] * 80


# --------------------------------------------------------------------------------------------------- cost

BOMBS = {
    "many elements": (b"<r>", b"<a/>", b"</r>"),
    "elements never closed": (b"", b"<a>", b""),
    "64 attributes on every element": (
        b"<r>",
        b"<a " + b" ".join(b'%c%c=""' % (97 + number // 8, 97 + number % 8) for number in range(64)) + b"/>",
        b"</r>",
    ),
    "many attributes": (b"<a ", b'b="" ', b"/>"),
    "many namespace declarations": (b"<a ", b'xmlns:b="" ', b"/>"),
    "open tags": (b"", b"<", b""),
    "blanks": (b"", b" ", b""),
    "blanks in the declaration": (b"<?xml", b" ", b""),
    "blanks in a tag": (b"<a", b" ", b"b"),
    "blanks before a value": (b"<a b", b" ", b"= 1"),
    "open quotes": (b"<a ", b'b="', b""),
    "open quotes in many tags": (b"", b'<a b="', b""),
    "comments before the root": (b"", b"<!---->", b"<a/>"),
    "instructions before the root": (b"", b"<?a?>", b"<a/>"),
    "comments between elements": (b"<r>", b"<!----><b/>", b"</r>"),
    "comments that never end": (b"", b"<!--", b""),
    "one comment of dashes": (b"<!--", b"- ", b"--><a/>"),
    "one instruction of question marks": (b"<?a ", b"?", b"?><a/>"),
    "CDATA of brackets": (b"<a><![CDATA[", b"]", b"]></a>"),
    "CDATA sections": (b"<a>", b"<![CDATA[<]]>", b"</a>"),
    "equals signs": (b"<a>", b"=", b"</a>"),
    "equals signs in a tag": (b"<a ", b">= ", b""),
    "equals signs up to the limit": (b"<a>", (b"=" + b"x" * 100) * 60 + b"<b/>", b"</a>"),
    "one text": (b"<a>", b"x", b"</a>"),
    "character references": (b"<a>", b"&#229;", b"</a>"),
    "one name": (b"<", b"x", b"/>"),
    "one attribute value": (b'<a b="', b"x", b'"/>'),
    "an entity of the whole document": (b'<!DOCTYPE a [<!ENTITY b "', b"x", b'">]><a>&b;</a>'),
}

_MEASURE = """
import resource, sys
from riv_careplans.codec import parse
from riv_careplans.errors import NotWellFormed

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

data = sys.stdin.buffer.read()
# A bomb takes a good deal less than a second; what grows with the square of the size takes hours.
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
before = peak()
try:
    parse(data)
except NotWellFormed:
    pass
print(peak() - before)
"""


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_of_fifteen_mebibytes_costs_little(name: str) -> None:
    head, unit, foot = BOMBS[name]
    bomb = head + unit * ((15 * MIB - len(head) - len(foot)) // len(unit)) + foot

    measured = subprocess.run([sys.executable, "-c", _MEASURE], input=bomb, capture_output=True, check=True)

    # "memory within three times the limit": the bytes themselves are the third part.
    assert int(measured.stdout) <= 30


# ------------------------------------------------------------------------------- names that are never let go


def named(elements: int) -> bytes:
    return b"<a>" + b"".join(b"<n%d/>" % number for number in range(elements - 1)) + b"</a>"


def attributed(attributes: int) -> bytes:
    return b"<a>" + b"".join(b'<a n%d="1"/>' % number for number in range(attributes - 1)) + b"</a>"


def declared(namespaces: int) -> bytes:
    # The element and the declaration have a name each.
    declarations = (b"<a xmlns='urn:%d'/>" % number for number in range(namespaces - 2))
    return b"<a>" + b"".join(declarations) + b"</a>"


@pytest.mark.parametrize("document", [named, attributed, declared])
@pytest.mark.parametrize("names", [99, 100, 101])
def test_different_names_are_counted_before_parsing(document: Callable[[int], bytes], names: int) -> None:
    limits = Limits(size=MIB, names=100)

    if names > 100:
        assert refusal(document(names), limits) == "the document has more than 100 different names"
    else:
        assert parse(document(names), limits).tag == "a"


def test_the_same_names_again_are_not_more_names() -> None:
    data = b"<a>" + b'<b c="1" xmlns="urn:d"/>' * 20_000 + b"</a>"

    assert len(parse(data, REQUEST_LIMITS)) == 20_000
