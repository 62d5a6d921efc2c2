"""Texts as words: the same on every database, and nothing in them that means anything to one."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.words import sought, words_of
from services.runtime.words import MOST

TEAM = UUID(int=0xA)
CUT = [
    ("", []),
    ("  -- '&|!:*\\ ", []),
    ("Fix the cart", ["fix", "the", "cart"]),
    ("acme/shop-api", ["acme", "shop", "api"]),
    ("feature/CART_42", ["feature", "cart", "42"]),
    ("Café ＦＵＬＬ Straße İzmir", ["cafe", "full", "strasse", "izmir"]),
    ("v2.1.9", ["v2", "1", "9"]),
    ("修复购物车", ["修", "复", "购", "物", "车"]),
    ("naïve'; DROP TABLE--", ["naive", "drop", "table"]),
    ("x" * 200, ["x" * MOST]),
    ("CartService", ["cartservice"]),
]


@pytest.mark.parametrize(("text", "words"), CUT, ids=[repr(text)[:20] for text, _ in CUT])
def test_a_question_is_cut_into_words(text, words):
    assert sought(text) == words


def row(**texts):
    names = ("own_title", "title", "project", "repository", "branch", "note")
    return {"team_id": TEAM, "tags": [], **dict.fromkeys(names), **texts}


def test_the_words_of_a_session_are_all_of_its_texts():
    made = row(title="Fix CartService", branch="feature/x", tags=["needs review"], note="Fix")
    words = ["cart", "cartservice", "feature", "fix", "needs", "review", "service", "x"]
    assert words_of(made) == " ".join(f"00000000{word}" for word in words)
    assert words_of(row()) == ""


@given(st.text(max_size=200))
def test_no_word_means_anything_to_a_database(text):
    for word in sought(text):
        assert word.isalnum()
        assert word.isprintable()
        assert 0 < len(word) <= MOST
        assert sought(word) == [word]


@given(st.text(max_size=200), st.data())
def test_a_text_is_found_by_its_own_words(text, data):
    """By all of them, and by the beginning of any as the last."""
    kept = [word.removeprefix("00000000") for word in words_of(row(note=text)).split()]
    assert set(sought(text)) <= set(kept)
    for word in sought(text):
        beginning = word[: data.draw(st.integers(1, len(word)))]
        assert all(any(one.startswith(part) for one in kept) for part in sought(beginning))
