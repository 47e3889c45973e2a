"""Swedish order, and when two texts say the same."""

import pytest
from hypothesis import given

from riv_careplans.aggregate.collation import same_words, swedish_key
from tests.strategies import texts


@pytest.mark.parametrize(
    "ordered",
    [
        pytest.param(["adel", "zon", "ål", "ärm", "öl"], id="å, ä and ö follow z"),
        pytest.param(["ide", "idé", "idea"], id="an accent matters only between texts else equal"),
        pytest.param(["SIP", "sipp", "SIS"], id="case does not matter first"),
        pytest.param(["sip", "Sip", "SIP"], id="lower case goes first between texts else equal"),
        pytest.param(["!", "4", "a"], id="signs, digits, letters"),
        pytest.param(["Vård plan", "Vård-plan", "Vårdplan"], id="a blank, a sign, a letter"),
        pytest.param(["Område 1", "Område 10", "Område 2"], id="digits one by one"),
        pytest.param(["vår", "W", "y", "ü", "z"], id="w is a letter, ü sorts as y"),
        pytest.param(["ä", "æ", "ö", "ø"], id="the neighbours' letters sort with ours"),
        pytest.param(["öl", "жизнь", "漢字"], id="other alphabets last"),
        pytest.param(["", "a", "aa"], id="shorter first"),
        pytest.param(["{", "|", "z", "å"], id="a sign that follows z in ASCII is still a sign"),
    ],
)
def test_texts_are_ordered_as_a_swedish_reader_expects(ordered: list[str]) -> None:
    assert sorted(sorted(ordered, reverse=True), key=swedish_key) == ordered


@given(texts(), texts())
def test_only_equal_texts_have_equal_keys(one: str, other: str) -> None:
    assert (swedish_key(one) == swedish_key(other)) == (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("DOS-påsar", "dos-påsar"),
        ("Hämta  DOS-påsar ", "hämta\nDOS-påsar"),
        ("Hämta\u00a0DOS-påsar", "hämta dos-påsar"),
        ("pa\u030ase", "påse"),
    ],
)
def test_case_blanks_and_built_accents_do_not_make_words_differ(one: str, other: str) -> None:
    assert same_words(one) == same_words(other)


@pytest.mark.parametrize(
    ("one", "other"), [("påse", "pase"), ("DOS-påsar", "DOS påsar"), ("1 gång", "2 gång")]
)
def test_letters_and_signs_make_words_differ(one: str, other: str) -> None:
    assert same_words(one) != same_words(other)
