"""What happens to sessions and members is told to whom the table says, and to nobody else, in both shapes."""

import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from websockets.sync.client import ClientConnection

from tests.access.cast import Cast
from tests.access.matrix import heard_lines
from tests.access.warnings import UNWELL
from tests.e2e.people import Person
from tests.e2e.sockets import ask, frames, socket
from tests.support.waiting import until

LINES = list(heard_lines())
LISTENERS = tuple(LINES[0].cells)
Told = set[tuple[str, str]]
NOTICED = {"health_alert", "notification", "token_warning", "notifications_read"}


class Happenings:
    """One session of the owner's, or one colleague, for each line of the table."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.natives = {line: uuid.uuid4().hex for line in map(str, LINES)}
        self.ids: dict[str, str] = {}
        self.people: dict[str, Person] = {}
        for line in LINES:
            if line.deed in {"member_left", "member_role_changed"}:
                self.people[str(line)] = cast.joining()
            elif line.state == "learnt":
                self.ids[str(line)] = str(cast.lessons.another()["id"])
            elif line.deed not in {"session_created", "member_joined", "team_updated"}:
                state = "shared" if line.state in {"shared", "taken-back"} else "private"
                if line.deed == "command_result":
                    self.ids[str(line)] = cast.errands.new_session(state)
                elif line.deed == "token_warning":
                    self.ids[str(line)] = self._of_machine(state, self.natives[str(line)])
                else:
                    self.ids[str(line)] = cast.session(state, self.natives[str(line)])
        self.marks = (cast.session("shared"), self._elsewhere())

    def _of_machine(self, state: str, native_id: str) -> str:
        self.cast.warnings.filling(1, native_id)
        session_id = str(until(lambda: self.cast.owner.sessions().get(native_id))["id"])
        if state == "shared":
            self.cast.share(session_id, "team")
        return session_id

    def _elsewhere(self) -> str:
        token = self.cast.other.api_token("agent")
        body = {"session_id": "theirs", "metrics": {"token_count": 1}, "hostname": "h"}
        assert self.cast.ask("POST", "/api/sessions/sync", token, json=body).status_code == 202
        return str(until(lambda: self.cast.other.sessions().get("theirs"))["id"])

    def happen(self) -> None:
        for line in LINES:
            self._happen(line.deed, line.state, str(line))
        # Last comes what each listener hears: a session of all at home, and one elsewhere.
        self._note(self.cast.owner.access_token, self.marks[0])
        self._note(self.cast.other.access_token, self.marks[1])

    def _happen(self, deed: str, state: str, line: str) -> None:
        if deed.startswith("member"):
            self._happen_to_member(deed, line)
        elif state == "learnt":
            self._happen_to_insight(deed, line)
        elif deed == "team_updated":
            self._change_team(line)
        elif deed in NOTICED:
            self._be_noticed(deed, line)
        elif deed == "command_result":
            self.cast.errands.command(self.ids[line])
        elif deed != "presence":  # Whoever could open it is there by now.
            self._happen_to_session(deed, state, line)

    def _be_noticed(self, deed: str, line: str) -> None:
        if deed == "token_warning":
            self.cast.warnings.filling(2, self.natives[line], context_used=195_000)
        elif deed == "notifications_read":
            self.ids[line] = self.cast.warnings.read()
        else:
            self.cast.report(self.natives[line], **UNWELL)

    def _happen_to_session(self, deed: str, state: str, line: str) -> None:
        if deed == "session_created":
            self.ids[line] = self.cast.session(native_id=self.natives[line])
        elif deed == "session_ended":
            self.cast.report(self.natives[line], status="ended")
        elif deed == "session_deleted":
            path = f"/api/sessions/{self.ids[line]}"
            assert self.cast.ask("DELETE", path, self.cast.owner.access_token).status_code == 204
        elif state in {"newly-shared", "taken-back"}:
            self.cast.share(self.ids[line], "private" if state == "taken-back" else "team")
        else:
            self._note(self.cast.owner.access_token, self.ids[line])

    def _happen_to_member(self, deed: str, line: str) -> None:
        if deed == "member_joined":
            self.people[line] = self.cast.joining("viewer")
        person = self.people[line]
        self.ids[line] = str(person.user["id"])
        if deed == "member_left":
            self.cast.remove(person)
        elif deed == "member_role_changed":
            path = f"/api/teams/{self.cast.team_id}/members/{self.ids[line]}"
            assert self.cast.admin.client.put(path, json={"role": "viewer"}).status_code == 200

    def _change_team(self, line: str) -> None:
        self.ids[line] = self.cast.team_id
        change = {"settings": {"token_warning_percent": 91}}
        assert self.cast.admin.client.put(f"/api/teams/{self.cast.team_id}", json=change).is_success

    def _happen_to_insight(self, deed: str, line: str) -> None:
        if deed == "insight_shared":
            self.ids[line] = str(self.cast.lessons.another()["id"])
            return
        path, token = f"/api/insights/{self.ids[line]}", self.cast.owner.access_token
        asked: dict[str, tuple[str, str, dict[str, str] | None]] = {
            "insight_updated": ("PUT", path, {"state": "accepted"}),
            "insight_deleted": ("DELETE", path, None),
            "comment_added": ("POST", f"{path}/comments", {"content": "Is it?"}),
        }
        method, path, body = asked[deed]
        assert self.cast.ask(method, path, token, **({"json": body} if body else {})).is_success

    def open_pages(self, opened: ClientConnection) -> None:
        """Have a listener open the sessions of which it would hear who looks at them."""
        for line in LINES:
            if line.deed == "presence":
                ask(opened, f"session:{self.ids[str(line)]}")

    def _note(self, token: str | None, session_id: str) -> None:
        body = {"note": f"noted {uuid.uuid4().hex}"}
        answer = self.cast.ask("PUT", f"/api/sessions/{session_id}", token, json=body)
        assert answer.status_code == 200, answer.text

    def expected(self, actor: str) -> Told:
        return {(line.deed, self.ids[str(line)]) for line in LINES if line.cells[actor] == "yes"}


def subject(frame: dict[str, Any]) -> str:
    """What a frame is about."""
    data = frame["data"]
    if frame["type"] == "notifications_read":
        return str(data["ids"][0])
    data = data.get("notification") or data
    names = ("insight_id", "session_id", "user_id", "id")
    return next((str(data[name]) for name in names if data.get(name)), "")


def heard(opened: ClientConnection, expected: Told, marks: tuple[str, str]) -> Iterator[dict[str, Any]]:
    """Every frame with news until the mark and all that is expected have come."""
    missing, marked = set(expected), False
    for frame in frames(opened):
        if "data" in frame:
            yield frame
            missing.discard((frame["type"], subject(frame)))
            marked = marked or subject(frame) in marks
        if marked and not missing:
            return


@pytest.fixture
def happenings(cast: Cast) -> Happenings:
    return Happenings(cast)


def test_news_reach_whom_the_table_names_and_nobody_else(cast: Cast, happenings: Happenings) -> None:
    with ExitStack() as open_now:
        listening = {
            actor: open_now.enter_context(socket(cast.shape, token=cast.token(actor))) for actor in LISTENERS
        }
        for actor, opened in listening.items():
            person = cast.behind(actor)
            for channel in (f"user:{person.user['id']}", f"team:{person.team_id}"):
                assert ask(opened, channel)["type"] == "subscribed"
            happenings.open_pages(opened)
        happenings.happen()
        ids = set(happenings.ids.values())
        for actor, opened in listening.items():
            expected = happenings.expected(actor)
            told = list(heard(opened, expected, happenings.marks))
            assert {subject(one) for one in told} & ids == {thing for _, thing in expected}, actor
            roles = {one["type"]: one["data"]["role"] for one in told if one["type"].startswith("member")}
            assert set(roles.values()) == ({"viewer", None} if actor != "other" else set())
            if actor != "owner":
                left = [one for one in told if one["type"] == "session_update" and one["left"]]
                assert all("note" not in one["data"] and "title" not in one["data"] for one in left)
            hidden = [one for one in told if one["data"].get("visibility") == "private"]
            assert actor in {"owner", "other"} or hidden == []
