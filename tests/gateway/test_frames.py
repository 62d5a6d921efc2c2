"""Every frame that is put together as text is one of the contract's."""

import json

import pytest
from pydantic import TypeAdapter

from gateway import frames
from gateway.changes import Changed, Gone, card_of
from gateway.cursor import read_cursor
from gateway.pending import Notice, Waiting
from services.contracts.frames import (
    FrameAuthenticated,
    FrameBatch,
    FrameError,
    FramePong,
    FrameResync,
    FrameSession,
    FrameSessionGone,
    FrameSubscribed,
    FrameUnsubscribed,
)
from tests.gateway.stage import ANNA, TEAM, caller, make_session, session_id

AWKWARD = 'team:"\\\u2028\u00e9\u0000'


def opened(notice):
    waiting = Waiting(notice, 1, 0.0)
    waiting.absorb(notice)
    return frames.news(frames.address(AWKWARD), waiting)


def news(notice):
    return [json.loads(frames.closed(text, b"cur")) for text in opened(notice)]


@pytest.mark.parametrize(
    ("text", "model"),
    [
        (frames.PONG, FramePong),
        (frames.authenticated(caller(ANNA, None)), FrameAuthenticated),
        (frames.unsubscribed(AWKWARD), FrameUnsubscribed),
        (frames.resync(AWKWARD), FrameResync),
        (frames.error("not_found", "x", AWKWARD), FrameError),
        (frames.subscribed(AWKWARD, b"c", []), FrameSubscribed),
        (frames.subscribed(AWKWARD, b"c", [card_of(make_session(n)) for n in (1, 2)]), FrameSubscribed),
        (frames.batch([frames.PONG, frames.PONG]), FrameBatch),
    ],
)
def test_replies_are_the_contracts(text, model):
    known = json.loads(text)
    frame = TypeAdapter(model).validate_json(text)
    assert known["type"] == frame.type
    assert known.keys() == model.model_fields.keys()
    if "channel" in known:
        assert known["channel"] == AWKWARD


def test_news_are_the_contracts():
    session = make_session(1, title='"quoted" \u2028 \U0001f600', tags=["x"])
    told = news(Notice(Changed(card_of(session), created=True, ended=True), left=False))
    assert [frame["type"] for frame in told] == ["session_update", "session_created", "session_ended"]
    for frame in told:
        read = FrameSession.model_validate(frame)
        assert read.data.title == session.title
        assert read.channel == AWKWARD


def test_one_that_ends_and_leaves_is_told_so_and_one_that_begins_unseen_is_not():
    told = news(Notice(Changed(card_of(make_session(1)), created=True, ended=True), left=True))
    assert [(frame["type"], frame["left"]) for frame in told] == [
        ("session_update", True),
        ("session_ended", True),
    ]


@pytest.mark.parametrize(("deleted", "kind"), [(True, "session_deleted"), (False, "session_update")])
def test_what_is_gone_is_told_without_a_word_of_its_content(deleted, kind):
    (frame,) = news(Notice(Gone(session_id(1), ANNA, 7, deleted=deleted), left=True))
    read = FrameSessionGone.model_validate(frame)
    assert (read.type, read.left) == (kind, True)
    assert read.data == {"session_id": str(session_id(1)), "id": str(session_id(1)), "version": 7}


def test_a_single_frame_is_not_wrapped():
    assert frames.batch([frames.PONG]) == frames.PONG
    assert str(TEAM) in frames.authenticated(caller(ANNA, TEAM)).decode()


@pytest.mark.parametrize(("place", "whole", "partial"), [(0, "T.own", "T."), (1, "own.T", ".T")])
@pytest.mark.parametrize("count", [1, 3])
def test_a_message_for_many_has_a_whole_cursor_only_at_its_end(place, whole, partial, count):
    """After the last frame a reader has heard everything; what stands in the others is no cursor at all."""
    some = [
        text for n in range(count) for text in opened(Notice(Changed(card_of(make_session(n))), left=False))
    ]
    message = frames.shared(some, b"T", place)
    read = json.loads(message.begin + b"own" + message.end)
    told = read["frames"] if count > 1 else [read]
    assert [frame["cursor"] for frame in told] == [partial] * (count - 1) + [whole]
    assert [FrameSession.model_validate(frame).data.id for frame in told] == [
        session_id(n) for n in range(count)
    ]
    assert read_cursor(partial, 2) is None
