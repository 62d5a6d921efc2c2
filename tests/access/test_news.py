"""What happens to a session is told to whom the table of access says, and to nobody else, in both shapes."""

import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from websockets.sync.client import ClientConnection

from tests.access.cast import Cast
from tests.access.matrix import heard_lines
from tests.e2e.sockets import ask, frames, socket
from tests.support.waiting import until

LINES = list(heard_lines())
LISTENERS = tuple(LINES[0].cells)
Told = set[tuple[str, str]]


class Happenings:
    """One session of the owner's for each line of the table; `told` finds a line by frame and session."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.natives = {line: uuid.uuid4().hex for line in map(str, LINES)}
        self.ids: dict[str, str] = {}
        for line in LINES:
            if line.deed != "session_created":
                state = "shared" if line.state in {"shared", "taken-back"} else "private"
                self.ids[str(line)] = cast.session(state, self.natives[str(line)])
        self.marks = (cast.session("shared"), self._elsewhere())

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

    def _note(self, token: str | None, session_id: str) -> None:
        body = {"note": f"noted {uuid.uuid4().hex}"}
        answer = self.cast.ask("PUT", f"/api/sessions/{session_id}", token, json=body)
        assert answer.status_code == 200, answer.text

    def expected(self, actor: str) -> Told:
        return {(line.deed, self.ids[str(line)]) for line in LINES if line.cells[actor] == "yes"}


def heard(opened: ClientConnection, expected: Told, marks: tuple[str, str]) -> Iterator[dict[str, Any]]:
    """Every frame with news until the mark and all that is expected have come."""
    missing, marked = set(expected), False
    for frame in frames(opened):
        if "data" in frame:
            yield frame
            missing.discard((frame["type"], frame["data"]["session_id"]))
            marked = marked or frame["data"]["session_id"] in marks
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
            assert ask(opened, f"team:{cast.behind(actor).team_id}")["type"] == "subscribed"
        happenings.happen()
        ids = set(happenings.ids.values())
        for actor, opened in listening.items():
            expected = happenings.expected(actor)
            told = list(heard(opened, expected, happenings.marks))
            about = {one["data"]["session_id"] for one in told} & ids
            assert about == {session_id for _, session_id in expected}, actor
            if actor != "owner":
                left = [one for one in told if one["type"] == "session_update" and one["left"]]
                assert all("note" not in one["data"] and "title" not in one["data"] for one in left)
            hidden = [one for one in told if one["data"].get("visibility") == "private"]
            assert actor in {"owner", "other"} or hidden == []
