"""Where elements stand in a document, and what of their line is shown: against expat, and against leaks."""

from __future__ import annotations

import re
from xml.parsers import expat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riv_careplans import codec
from riv_careplans.validation.masking import Mask, harmless
from riv_careplans.validation.places import Place, Source, ordinals
from riv_careplans.validation.suggestions import nearest, resembles

NAMES = frozenset({"a", "b", "body", "title"})
MASK = Mask(names=NAMES)
OPEN = Mask(names=NAMES, show_personal_data=True)


def places_by_expat(data: bytes) -> list[Place]:
    """Ask expat where every start tag begins, and count lines and characters up to there."""
    found: list[Place] = []
    parser = expat.ParserCreate("UTF-8")

    def start(_name: str, _attributes: dict[str, str]) -> None:
        lines = data[: parser.CurrentByteIndex].decode().split("\n")
        found.append(Place(len(lines), len(lines[-1]) + 1))

    parser.StartElementHandler = start
    parser.Parse(data, True)  # noqa: FBT003 - expat takes no keyword
    return found


def places_of(data: bytes) -> list[Place]:
    source = Source(data)
    root = codec.parse(data)
    numbers = ordinals(root, root.iter())
    assert sorted(numbers.values()) == list(range(len(numbers)))
    offsets = [source.start_of(number) for number in sorted(numbers.values())]
    places = source.places(offsets)
    return [places[offset] for offset in offsets]


_TEXTS = st.sampled_from(
    ("", "\n", " ", "å", "två\nrader", "]]&gt;", "&lt;b&gt;", "\U0001f9e1", "a > b", "'\"", "=")
)
_OTHERS = st.sampled_from(
    (
        "<!-- <b> - -->",
        "<!--\n-->",
        "<!---->",
        "<![CDATA[<b>]] > ]]]>",
        "<![CDATA[\n]]>",
        "<?p <b> ?>",
        "<?p?>",
        "",
    )
)
_ATTRIBUTES = st.sampled_from(("", " x='>'", ' x="/>"', "\n  x = '\"'\n y=\"'\"", " x='å\n'", " "))


def _element(inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    parts = st.lists(st.one_of(inside, _TEXTS, _OTHERS), max_size=5).map("".join)
    whole = st.builds("<{0}{1}>{2}</{0} >".format, st.sampled_from(("a", "x:b")), _ATTRIBUTES, parts)
    return whole | _ATTRIBUTES.map(lambda attributes: f"<a{attributes}/>")


_DOCUMENTS = st.recursive(_TEXTS | _OTHERS, _element, max_leaves=12).map(
    lambda inside: f'<a xmlns:x="urn:x">{inside}</a>'
)


@settings(max_examples=300)
@given(_DOCUMENTS)
def test_every_start_tag_is_found_where_expat_finds_it(document: str) -> None:
    data = document.encode()

    assert places_of(data) == places_by_expat(data)


@settings(max_examples=300)
@given(_DOCUMENTS)
def test_an_excerpt_is_made_of_brackets_known_names_and_stars(document: str) -> None:
    source = Source(document.encode())
    elements = len(list(codec.parse(document.encode()).iter()))

    for number in range(elements):
        excerpt = MASK.excerpt(source, source.start_of(number))
        whole = re.sub(r"^…[^<]*|<[^<>]*…\Z", "", excerpt.text)
        left = re.sub(r'xmlns:x="\*\*\*"|</?(x:)?[ab](?=[ />]|\Z)|[*<>/="! ?…-]|\[CDATA\[|\]\]', "", whole)
        assert left == "", excerpt.text
        assert excerpt.text[excerpt.start] == "<"
        assert excerpt.start + excerpt.length <= len(excerpt.text)


@pytest.mark.parametrize(
    ("document", "ordinal", "text", "marked"),
    [
        ("<a>hej</a>", 0, "<a>***</a>", "<a"),
        ("<a>\n  <b>hej</b>\n</a>", 1, "<b>***</b>", "<b"),
        ("<a>x\nhemlig <b>y\nz</b></a>", 1, "***<b>***", "<b"),
        ("<a>\n<b>1</b> ord\n</a>", 1, "<b>***</b>***", "<b"),
        ("<a><!-- x\n y --><b/></a>", 1, "***<b/>", "<b"),
        ('<a kund="Asta"/>', 0, '<a ***="***"/>', "<a"),
        ('<a xmlns="urn:riv:x:1" xmlns:b="urn:Asta"/>', 0, '<a xmlns="urn:riv:x:1" xmlns:b="***"/>', "<a"),
        ('<a xmlns="urn:riv:191212121212"/>', 0, '<a xmlns="***"/>', "<a"),
        ('<AstaBlomberg:a xmlns:AstaBlomberg="urn:riv:x"/>', 0, '<***:a xmlns:***="urn:riv:x"/>', "<***:a"),
        ("<Asta/>", 0, "<***/>", "<***"),
        ("<a><![CDATA[Asta]]><b/></a>", 1, "<a><![CDATA[***]]><b/>", "<b"),
    ],
)
def test_a_line_is_shown_without_what_it_says(document: str, ordinal: int, text: str, marked: str) -> None:
    source = Source(document.encode())

    excerpt = MASK.excerpt(source, source.start_of(ordinal))

    assert excerpt.text.startswith(text)
    assert excerpt.text[excerpt.start : excerpt.start + excerpt.length] == marked


def test_a_long_line_is_shortened_around_the_place() -> None:
    document = f"<a>{'<b/>' * 5000}<title>x</title>{'<b/>' * 5000}</a>"
    source = Source(document.encode())

    for mask in (MASK, OPEN):
        excerpt = mask.excerpt(source, source.start_of(5001))
        assert excerpt.text[excerpt.start : excerpt.start + excerpt.length] == "<title"
        assert excerpt.text.startswith("…")
        assert excerpt.text.endswith("…")
        assert len(excerpt.text) < 200


def test_the_senders_own_name_is_shown_where_it_may_be() -> None:
    source = Source(b"<a><titel/><namn/></a>")

    excerpt = MASK.excerpt(source, source.start_of(1), own_name="titel")

    assert excerpt.text == "<a><titel/><***/></a>"


def test_a_line_stands_as_it_is_for_the_one_who_asks() -> None:
    source = Source("<a>\n<b>två\tord</b> och \u202e<c/></a>".encode())

    excerpt = OPEN.excerpt(source, source.start_of(1))

    assert excerpt.text == "<b>två ord</b> och \ufffd<c/></a>"
    assert (excerpt.start, excerpt.length) == (0, 2)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("åäö <&>", "åäö <&>"),
        ("\x1b[31m", "\ufffd[31m"),
        ("a\u202eb\u2066c\u200f", "a\ufffdb\ufffdc\ufffd"),
        ("a\tb\u00a0c", "a b c"),
        ("a\r\u2028\u0085", "a\ufffd\ufffd\ufffd"),
    ],
)
def test_characters_that_play_with_a_terminal_are_made_harmless(text: str, shown: str) -> None:
    assert harmless(text) == shown


@pytest.mark.parametrize(
    ("data", "place", "text"),
    [
        (b"<a>\n<body>Asta <b>1</c>", Place(2, 17), "<body>***<b>***</***>"),
        (b"<a>\n<body>Asta", Place(2, 11), "<body>***"),
        (b"Asta", Place(1, 1), "***"),
        (b"<a>\n\n", Place(2, 1), None),
        (b"\n" * 500 + b"<body/>Asta", Place(501, 8), "<body/>***"),
    ],
)
def test_a_line_of_what_is_not_well_formed_shows_known_names_alone(
    data: bytes, place: Place, text: str | None
) -> None:
    excerpt = MASK.excerpt_of_broken(data, place)

    assert (excerpt.text if excerpt else None) == text or (
        text and "Asta" not in (excerpt.text if excerpt else "")
    )


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("titel", "title"),
        ("TITLE", "title"),
        ("boddy", "body"),
        ("x", None),
        ("personnummer", None),
        ("t" * 100, None),
    ],
)
def test_an_unknown_word_is_likened_to_a_known_one(word: str, meant: str | None) -> None:
    assert nearest(word, NAMES) == meant
    assert resembles(word, NAMES) == (meant is not None)


def test_a_word_that_is_not_of_letters_alone_is_never_shown() -> None:
    assert nearest("title1", NAMES) == "title"
    assert not resembles("title1", NAMES)
