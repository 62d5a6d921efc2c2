"""How states are packed into messages, and on which channel a change is told."""

import json
from uuid import uuid4

from services.contracts.channels import SessionChanged
from services.contracts.sessions import SessionDeleted, SessionStates
from services.ingest.publisher import announcements, changed, deleted, deletion_message, left, state_messages
from tests.support.builders import ANNA, START, TEAM, make_event
from tests.support.states import make_session, make_state

MOST = 900 * 1024


def packed(states, most=100, most_bytes=MOST):
    messages = state_messages(states, START, most, most_bytes)
    assert {message.routing_key for message in messages} <= {"session.state"}
    return [SessionStates.model_validate_json(message.body) for message in messages]


def test_what_is_put_together_is_what_the_models_write():
    state = make_state(events=(make_event(),), title='"},"usage":[')
    body = SessionStates(team_id=TEAM, sent_at=START, states=(state,)).model_dump_json().encode()
    assert state_messages([state], START, 9, MOST)[0].body == body
    for created, ended in ((True, False), (False, True)):
        told = SessionChanged(session=state.session, created=created, ended=ended)
        made = changed(state.session, created=created, ended=ended)
        assert made.payload == told.model_dump_json().encode()


def test_nothing_is_no_message():
    assert packed([]) == []


def test_states_are_packed_in_order_up_to_the_number():
    states = [make_state(native_id=str(n)) for n in range(7)]
    told = packed(states, most=3)
    assert [len(one.states) for one in told] == [3, 3, 1]
    assert [state for one in told for state in one.states] == states
    assert {(one.team_id, one.sent_at) for one in told} == {(TEAM, START)}


def test_a_message_is_of_one_team():
    other = uuid4()
    told = packed([make_state(), make_state(team_id=other), make_state()])
    assert [(one.team_id, len(one.states)) for one in told] == [(TEAM, 2), (other, 1)]


def test_messages_stay_below_the_size_counted_in_bytes():
    states = [make_state(title="漢" * 500, native_id=str(n)) for n in range(20)]
    messages = state_messages(states, START, 100, 10_000)
    assert len(messages) > 2
    assert max(len(message.body) for message in messages) < 10_300


def test_a_state_with_more_events_than_fit_is_told_in_parts():
    events = tuple(make_event(f"e{n}", detail="x" * 500) for n in range(100))
    state = make_state(events=events)
    messages = state_messages([make_state(), state, make_state()], START, 100, 20_000)
    assert max(len(message.body) for message in messages) < 20_300
    told = [one for message in messages for one in SessionStates.model_validate_json(message.body).states]
    parts = [one for one in told if one.events]
    assert [event for part in parts for event in part.events] == list(events)
    bare = state.model_copy(update={"events": ()})
    assert all(part.model_copy(update={"events": ()}) == bare for part in parts)


def test_what_cannot_be_parted_goes_as_it_is():
    (told,) = packed([make_state(events=(make_event(),))], most_bytes=10)
    assert len(told.states) == 1


def test_the_channel_decides_who_hears():
    private, shared = make_session(visibility="private"), make_session(visibility="team")
    assert changed(private).channel == deleted(private, 2).channel == f"user:{TEAM}:{ANNA}"
    assert changed(shared).channel == deleted(shared, 2).channel == f"team:{TEAM}"
    assert changed(make_session(visibility="public")).channel == f"team:{TEAM}"
    assert left(private).channel == f"team:{TEAM}"


def test_what_leaves_tells_nothing_but_that_it_left():
    told = json.loads(left(make_session(visibility="private", title="Secret plan")).payload)
    assert told.keys() == {"type", "session_id", "user_id", "version", "why"}
    assert told["why"] == "left"


def test_a_deletion_is_told_with_its_version():
    session = make_session()
    message = deletion_message(session, 5, START)
    gone = SessionDeleted.model_validate_json(message.body)
    assert (message.routing_key, gone.session_id, gone.version, gone.at) == (
        "session.deleted",
        session.id,
        5,
        START,
    )


def test_announcements_say_what_began_and_ended():
    states = [make_state(native_id=str(n)) for n in range(3)]
    first, second, _ = (state.session.id for state in states)
    told = [json.loads(one.payload) for one in announcements(states, {first: True}, {second: True})]
    assert [(one["created"], one["ended"]) for one in told] == [(True, False), (False, True), (False, False)]
