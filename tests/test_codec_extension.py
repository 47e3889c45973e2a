"""What a hostile extension may cost: refused, or kept, and soon."""

from __future__ import annotations

import re

import pytest

from riv_careplans.codec import parse
from riv_careplans.codec.extension import keep

DECLARED = "".join(f' xmlns:n{number}="urn:n:{number}"' for number in range(60))
CROWD = f"<x:a{DECLARED}>{'<x:e/>' * 24_000}</x:a>"


def kept(text: str) -> str:
    return keep(parse(text.encode()), "urn:contract")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (f'<x:y xmlns:x="urn:x">{CROWD}</x:y>', "fewer namespaces"),
        ('<x:y xmlns:x="relative"/>', "absolute addresses"),
        ('<y xmlns="urn:contract"/>', "other namespaces"),
    ],
    ids=["namespaces times elements", "a relative namespace", "the type's own namespace"],
)
def test_an_extension_that_cannot_be_kept_is_refused_with_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        kept(text)


def test_a_long_word_is_looked_at_once() -> None:
    # A pattern that tried every start of the word would take hours.
    text = "<x:y xmlns:x='urn:x'>" + "a" * 4_000_000 + "</x:y>"

    assert len(kept(text)) > 4_000_000
