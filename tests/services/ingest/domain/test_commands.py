"""Who may ask what, and how a command goes on."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from llm_session_manager.protocol.commands import CommandAnswer, CommandResult
from services.ingest.domain.commands import after, check, command_view, overdue, standing
from services.runtime.auth import Caller
from services.runtime.errors import Problem
from tests.support.builders import ANNA, BEN, START, TEAM
from tests.support.builders import after as later

ANNA_IN = Caller(ANNA, TEAM, "member", "sid", frozenset({"read", "write"}))
MACHINE = {"commands": None, "admin_commands": False, "revoked_at": None}
ROW = {
    "id": UUID(int=1), "session_id": UUID(int=2), "kind": "close", "status": "pending", "claim": None,
    "asked_by": ANNA, "asked_as": "owner", "asked_by_name": "anna", "hostname": "box", "code": None,
    "detail": None, "export_bytes": None, "created_at": START, "expires_at": later(minutes=10),
    "sent_at": None, "started_at": None, "ended_at": None, "last_seen_at": START,
}  # fmt: skip


def refusal(work, *given) -> str:
    with pytest.raises(Problem) as found:
        work(*given)
    return f"{found.value.status} {found.value.code}"


@pytest.mark.parametrize("visibility", ["private", "team"])
def test_the_owner_may_ask_and_a_viewer_nothing(visibility):
    session = {"user_id": ANNA, "visibility": visibility}
    assert standing(ANNA_IN, session, {}) == "owner"
    viewer = replace(ANNA_IN, role="viewer", scopes=frozenset({"read"}))
    assert refusal(standing, viewer, session, {"admin_commands": True}) == "403 forbidden"


@pytest.mark.parametrize(
    ("role", "visibility", "allowed", "expected"),
    [
        ("member", "team", True, "403 forbidden"),
        ("admin", "team", False, "403 forbidden"),
        ("admin", "private", True, "403 forbidden"),
        ("admin", "team", True, "admin"),
        ("admin", "public", True, "admin"),
    ],
)
def test_an_admin_may_where_the_team_says_so(role, visibility, allowed, expected):
    caller = replace(ANNA_IN, user_id=BEN, role=role)
    session, settings = {"user_id": ANNA, "visibility": visibility}, {"admin_commands": allowed}
    if expected == "admin":
        assert standing(caller, session, settings) == expected
    else:
        assert refusal(standing, caller, session, settings) == expected


@pytest.mark.parametrize(
    ("asked_as", "settings", "machine", "expected"),
    [
        ("owner", {"commands_allowed": []}, MACHINE, "403 kind_not_allowed"),
        ("owner", {"commands_allowed": ["refresh"]}, MACHINE, "403 kind_not_allowed"),
        ("owner", {}, None, "409 no_machine"),
        ("owner", {}, MACHINE | {"revoked_at": START}, "409 no_machine"),
        ("owner", {}, MACHINE | {"commands": ["refresh"]}, "409 not_taken"),
        ("owner", {}, MACHINE | {"commands": []}, "409 not_taken"),
        ("admin", {}, MACHINE, "403 forbidden"),
        ("admin", {}, MACHINE | {"commands": ["close"]}, "403 forbidden"),
    ],
)
def test_team_and_machine_have_a_say(asked_as, settings, machine, expected):
    assert refusal(check, "close", asked_as, settings, machine) == expected


@pytest.mark.parametrize(
    ("asked_as", "machine"),
    [
        ("owner", MACHINE),
        ("owner", MACHINE | {"commands": ["close", "refresh"]}),
        ("admin", MACHINE | {"admin_commands": True}),
    ],
)
def test_what_nobody_forbids_is_allowed(asked_as, machine):
    check("close", asked_as, {"commands_allowed": ["close"]}, machine)


STARTED = CommandAnswer(status="started", claim="one")
DONE = CommandAnswer(status="done", claim="one", result=CommandResult(code="closed", detail="It ended."))


def test_it_is_started_until_it_expires():
    changes = after(ROW, STARTED, None, later(minutes=9))
    assert changes == {
        "status": "started", "claim": "one", "sent_at": later(minutes=9), "started_at": later(minutes=9),
    }  # fmt: skip
    assert after(ROW | {"sent_at": START}, STARTED, None, later(minutes=1))["sent_at"] == START
    assert refusal(after, ROW, STARTED, None, later(minutes=10)) == "409 expired"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"status": "started", "claim": "two"}, "409 taken"),
        ({"status": "done", "claim": "one"}, "409 ended"),
        ({"status": "failed"}, "409 ended"),
        ({"status": "expired"}, "409 ended"),
    ],
)
def test_what_was_begun_or_has_ended_is_not_started(changes, expected):
    assert refusal(after, ROW | changes, STARTED, None, START) == expected


def test_starting_twice_changes_nothing():
    assert after(ROW | {"status": "started", "claim": "one"}, STARTED, None, later(hours=1)) == {}


@pytest.mark.parametrize("status", ["pending", "sent", "started"])
def test_its_first_end_stands(status):
    open_ = ROW | {"status": status, "claim": "one" if status == "started" else None}
    ended = after(open_, DONE, b"{}", later(hours=1))
    assert ended == {
        "status": "done", "code": "closed", "detail": "It ended.", "export": b"{}", "export_bytes": 2,
        "ended_at": later(hours=1),
    }  # fmt: skip
    again = CommandAnswer(status="failed", claim="one")
    assert after(open_ | ended, again, None, later(hours=2)) == {}


def test_who_was_given_up_may_still_come_back():
    started = ROW | {"status": "started", "claim": "one"}
    given_up = started | overdue(started, later(hours=1))
    assert (given_up["status"], given_up["code"]) == ("failed", "no_answer")
    assert after(given_up, DONE, None, later(hours=2))["status"] == "done"
    assert overdue(ROW, later(hours=1))["status"] == "expired"


@pytest.mark.parametrize(
    ("changes", "seconds", "note"),
    [
        ({}, 0, "waits for box; expires in 10 min"),
        ({}, 90, "waits for box; expires in 9 min"),
        ({}, 91, "waits for box, which is not heard from; expires in 9 min"),
        ({"hostname": None, "last_seen_at": None}, 599,
         "waits for its machine, which is not heard from; expires in 1 min"),
        ({"status": "sent"}, 0, "box has it"),
        ({"status": "started"}, 0, "box is at it"),
        ({"status": "done", "detail": "It ended.", "code": "closed", "ended_at": START}, 0, "It ended."),
        ({"status": "failed", "code": "error", "ended_at": START}, 0, "failed"),
    ],
)  # fmt: skip
def test_it_says_how_it_stands(changes, seconds, note):
    view = command_view(ROW | changes, later(seconds=seconds), timedelta(seconds=90))
    assert view.note == note
    assert (view.result is None) is ("ended_at" not in changes)
