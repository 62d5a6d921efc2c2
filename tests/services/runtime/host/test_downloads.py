"""A JSON file that is written while it is read."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.runtime.host.downloads import BLOCK_BYTES, json_download, json_pieces

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


async def each(values):
    for value in values:
        yield value


def lazy(value):
    """The same with every list read one by one."""
    if isinstance(value, list):
        return each([lazy(one) for one in value])
    return {name: lazy(one) for name, one in value.items()} if isinstance(value, dict) else value


async def text(value):
    return b"".join([piece async for piece in json_pieces(value)])


@given(PLAIN)
async def test_it_is_the_same_whether_lists_are_read_at_once_or_one_by_one(value):
    assert json.loads(await text(lazy(value))) == json.loads(await text(value)) == value


async def test_instants_and_ids_are_texts():
    at = datetime(2026, 3, 1, 12, 0, 0, 5000, tzinfo=UTC)
    assert await text({"at": at, "id": UUID(int=1)}) == (
        b'{"at":"2026-03-01T12:00:00.005000Z","id":"00000000-0000-0000-0000-000000000001"}'
    )


async def test_no_more_is_read_than_was_taken():
    """However long the list is, a block is on its way as soon as it is full."""
    read = 0

    async def endless():
        nonlocal read
        while True:
            read += 1
            yield {"n": read, "text": "x" * 1000}

    blocks = json_download("a.json", {"items": endless()}).body_iterator
    first = await anext(blocks)
    assert BLOCK_BYTES <= len(first) < BLOCK_BYTES + 2_000
    assert read < 80
    await anext(blocks)
    assert read < 160


async def test_what_fails_in_between_cuts_the_file_short():
    async def failing():
        yield 1
        raise OSError

    blocks = json_download("a.json", {"items": failing()}).body_iterator
    with pytest.raises(OSError):
        [block async for block in blocks]


def test_it_is_saved_under_its_name_and_kept_by_nobody_else():
    answer = json_download("sessions.json", {})
    assert answer.headers["content-disposition"] == 'attachment; filename="sessions.json"'
    assert answer.headers["cache-control"] == "no-store"
    assert answer.media_type == "application/json"
