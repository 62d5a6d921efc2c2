"""Every frame that is put together as text is one of the contract's."""

import json

import pytest
from pydantic import TypeAdapter

from gateway import frames
from gateway.changes import Changed, Gone, card_of
from gateway.pending import Pending
from gateway.view import Notice
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


def news(notice):
    pending = Pending(1.0)
    pending.put("a", notice, "t", 1, 0.0)
    ((_, waiting),) = pending.take(0.0, count=1, size=1)
    return [json.loads(text) for text in frames.news(frames.address(AWKWARD, "cur"), waiting)]


@pytest.mark.parametrize(
    ("text", "model"),
    [
        (frames.PONG, FramePong),
        (frames.authenticated(caller(ANNA, None)), FrameAuthenticated),
        (frames.unsubscribed(AWKWARD), FrameUnsubscribed),
        (frames.resync(AWKWARD), FrameResync),
        (frames.error("not_found", "x", AWKWARD), FrameError),
        (frames.subscribed(AWKWARD, "c", []), FrameSubscribed),
        (frames.subscribed(AWKWARD, "c", [card_of(make_session(n)) for n in (1, 2)]), FrameSubscribed),
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
    assert str(TEAM) in frames.authenticated(caller(ANNA, TEAM))
