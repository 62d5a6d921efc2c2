"""API tokens: what they look like, and that a slip of the hand is seen."""

import re

from hypothesis import given
from hypothesis import strategies as st

from services.runtime.auth.api_token import ALPHABET, ApiToken


def test_a_token_is_read_as_it_was_made():
    made = ApiToken.make()
    assert re.fullmatch(r"lsm_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}", made.text)
    assert ApiToken.parse(made.text) == made
    assert re.fullmatch(r"[0-9a-f]{64}", made.digest)


def test_tokens_differ():
    made = [ApiToken.make() for _ in range(100)]
    assert len({token.id for token in made}) == len({token.text[17:60] for token in made}) == 100


@given(st.integers(4, 65), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_seen(place, letter):
    text = ApiToken.make().text
    wrong = text[:place] + letter + text[place + 1 :]
    assert (ApiToken.parse(wrong) is None) == (wrong != text)


@given(st.text(max_size=100))
def test_anything_else_is_no_token(text):
    assert ApiToken.parse(text) is None
    assert ApiToken.parse("lsm_" + text) is None
