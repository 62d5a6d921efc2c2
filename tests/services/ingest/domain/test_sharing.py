"""Who sees a session, until when, and who afterwards."""

from datetime import timedelta

import pytest

from services.ingest.domain.sharing import ended, shared, until_of
from services.runtime.errors import Problem
from tests.support.builders import START, after

LATER = after(hours=1)


def row(visibility, *, until=None, then=None):
    at = None if visibility == "private" else START
    return {
        "visibility": visibility, "shared_at": at, "shared_until": until, "visibility_after": then,
    }  # fmt: skip


AFTERWARDS = [
    (row("private"), "team", None, None),
    (row("private"), "team", LATER, "private"),
    (row("team"), "team", LATER, "private"),
    (row("private"), "public", LATER, "private"),
    (row("team"), "public", LATER, "team"),
    (row("team", until=LATER, then="private"), "public", LATER, "private"),
    (row("public", until=LATER, then="team"), "public", LATER, "team"),
    (row("public", until=LATER, then="private"), "public", LATER, "private"),
    (row("public", until=LATER, then="team"), "private", None, None),
]


@pytest.mark.parametrize(("before", "wanted", "until", "then"), AFTERWARDS)
def test_afterwards_a_session_is_what_it_was_for_good(before, wanted, until, then):
    made = shared(before, wanted, until, after(minutes=5))
    assert (made["visibility"], made["shared_until"], made["visibility_after"]) == (wanted, until, then)
    if until is not None:
        assert ended(before | made)["visibility"] == then
        assert ended(before | made)["shared_until"] is None


def test_since_when_it_is_shared_is_when_it_came_to_be_seen_so():
    now = after(minutes=5)
    assert shared(row("private"), "team", None, now)["shared_at"] == now
    assert shared(row("team"), "team", LATER, now)["shared_at"] == START
    assert shared(row("team"), "private", None, now)["shared_at"] is None
    assert ended(row("public", until=LATER, then="team"))["shared_at"] == START
    assert ended(row("team", until=LATER, then="private"))["shared_at"] is None


def test_a_public_page_always_ends():
    assert until_of("public", None, START, days=30, most_days=365) == START + timedelta(days=30)
    assert until_of("public", LATER, START, days=30, most_days=365) == LATER
    assert until_of("team", None, START, days=30, most_days=365) is None
    assert until_of("team", after(days=999), START, days=30, most_days=365) == after(days=999)


@pytest.mark.parametrize(
    ("visibility", "at"),
    [("team", START), ("public", START), ("public", after(days=366)), ("private", LATER)],
)
def test_an_end_that_cannot_be(visibility, at):
    with pytest.raises(Problem) as caught:
        until_of(visibility, at, START, days=30, most_days=365)
    assert [error.field for error in caught.value.errors] == ["expires_at"]
