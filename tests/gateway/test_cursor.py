"""Cursors: what was written is read, and nothing else is."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.cursor import join_parts, read_cursor, write_part
from services.contracts.frames import CLIENT_FRAME
from services.runtime.fanout import Position

POSITIONS = st.lists(
    st.builds(Position, st.text("0123456789abcdefg-:", min_size=1, max_size=64), st.integers(0, 10**16 - 1)),
    min_size=1,
    max_size=2,
)


@given(POSITIONS)
def test_a_cursor_comes_back_as_it_was_written_and_fits_into_a_frame(positions):
    text = join_parts([write_part(position) for position in positions]).decode()
    assert read_cursor(text, len(positions)) == tuple(positions)
    assert read_cursor(text, len(positions) + 1) is None
    frame = CLIENT_FRAME.validate_python({"type": "subscribe", "channel": "team:x", "since": text})
    assert frame.since == text


@given(st.text() | st.text("AZaz09-_=", max_size=40))
def test_other_text_is_refused_without_an_error(text):
    found = read_cursor(text, 2)
    assert found is None or len(found) == 2
