import pickle
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_session_manager.sources.rows import Index, Rows
from llm_session_manager.sources.steps import in_order

KEYS = st.one_of(
    st.integers(0, 2**63 - 1),
    st.integers(0, 40),
    # Numbers that all begin at one slot, and those that also take one step.
    st.integers(0, 2**20).map(lambda number: number << 30),
    st.integers(0, 40).map(lambda number: (7 << 40) + (number << 20)),
)


@given(st.lists(st.tuples(KEYS, st.binary(min_size=3, max_size=3)), max_size=200))
def test_rows_are_a_dict(pairs: list[tuple[int, bytes]]) -> None:
    rows, expected = Rows(3), dict[int, bytes]()
    for key, row in pairs:
        rows[key] = expected[key] = row
        assert rows[key] == row
    assert list(rows.items()) == list(expected.items())
    assert list(rows.values()) == list(expected.values())
    assert list(rows) == list(expected)
    assert len(rows) == len(expected)
    assert all((key in rows) == (key in expected) for key in range(50))


@given(st.lists(KEYS, max_size=100, unique=True), KEYS)
def test_rows_that_were_put_away_are_the_same(keys: list[int], other: int) -> None:
    rows = Rows(8)
    for key in keys:
        rows[key] = key.to_bytes(8, "big")
    again = pickle.loads(pickle.dumps(rows))
    assert dict(again) == dict(rows)
    again[other] = b"abcdefgh"
    assert again[other] == b"abcdefgh"
    assert len(again) == len({*keys, other})


def test_a_key_that_is_not_there_is_not_found() -> None:
    rows = Rows(1)
    rows[5] = b"a"
    assert rows.get(6) is None
    assert "5" not in rows
    with pytest.raises(KeyError):
        _ = rows[6]


def test_places_are_those_of_their_coming() -> None:
    index = Index()
    for key in range(0, 100_000, 7):
        index.add(key)
    assert [index.find(key) for key in (0, 7, 700, 99_995)] == [0, 1, 100, 14_285]
    assert index.find(1) == -1


@settings(max_examples=20)
@given(st.lists(st.integers(-(2**62), 2**62), max_size=300), st.integers(1, 400))
def test_times_are_sorted_whatever_their_number(times: list[int], repeats: int) -> None:
    many = array("q", times * repeats)
    assert list(in_order(many)) == sorted(many)
