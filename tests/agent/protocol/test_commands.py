"""What is signed is the same bytes for ever: agents of every age check them."""

from uuid import UUID

import pytest
from pydantic import ValidationError

from llm_session_manager.protocol.commands import Command, session_id, signed_text

SAID = {
    "v": 1,
    "id": "c0000000-0000-4000-8000-000000000001",
    "agent_id": "a0000000-0000-4000-8000-000000000001",
    "kind": "close",
    "session_id": "50000000-0000-4000-8000-000000000001",
    "expires_at": "2026-11-22T12:10:00.123456Z",
    "asked_by": "owner",
    "signature": "A" * 86,
}


def test_what_is_signed_never_changes() -> None:
    command = Command.model_validate(SAID)
    assert signed_text(command) == (
        b"llm-session-manager command 1\n"
        b"a0000000-0000-4000-8000-000000000001\n"
        b"c0000000-0000-4000-8000-000000000001\n"
        b"close\n"
        b"50000000-0000-4000-8000-000000000001\n"
        b"2026-11-22T12:10:00.123456+00:00\n"
        b"owner"
    )
    again = Command.model_validate_json(command.model_dump_json())
    assert signed_text(again) == signed_text(command)


@pytest.mark.parametrize("name", ["id", "agent_id", "session_id"])
def test_no_field_may_hold_a_line_break_that_would_shift_the_others(name: str) -> None:
    """Line feeds are allowed in names; here each field has a line of its own."""
    with pytest.raises(ValidationError):
        Command.model_validate(SAID | {name: "x\ny"})


def test_a_newer_dashboard_may_say_more_and_no_other_kind() -> None:
    assert Command.model_validate(SAID | {"reason": "tired"}).kind == "close"
    for change in ({"kind": "reboot"}, {"signature": "short"}, {"expires_at": "2026-01-01T00:00:00"}):
        with pytest.raises(ValidationError):
            Command.model_validate(SAID | change)


def test_agent_and_server_call_a_session_the_same() -> None:
    team, user = UUID(int=1), UUID(int=2)
    assert session_id(team, user, "codex", "n") == session_id(str(team), str(user), "codex", "n")
    assert str(session_id(team, user, "codex", "n")) == "65c3f7d4-3125-5773-b12b-5608fad0db60"
