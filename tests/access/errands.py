"""Sessions that a machine reports, what is asked of it, and what it answers."""

import json
import uuid
from collections.abc import Callable
from functools import cache
from typing import Any

from llm_session_manager.protocol.commands import SessionExport
from tests.e2e.people import Person
from tests.support.builders import START, make_event, make_facts, make_report
from tests.support.waiting import until

Ask = Callable[..., Any]
MINE = "/api/agents/me/commands"


class Errands:
    """`ask(method, path, token, **more)` asks the product; `machine` is the person's, `token` its agent's."""

    def __init__(self, ask: Ask, person: Person, token: str, machine: str) -> None:
        self._ask = ask
        self._person = person
        self._token = token
        self._machine = machine
        self.session = cache(self.new_session)
        self.exported = cache(self._exported)

    def new_session(self, state: str, **facts: Any) -> str:
        """The id of a session that the machine reports."""
        native_id = uuid.uuid4().hex
        report = make_report(1, native_id, **facts).model_dump(mode="json")
        batch = {"v": 1, "agent_id": self._machine, "sent_at": report["sent_at"], "reports": [report]}
        self._done("POST", "/api/sessions/sync", self._token, batch)
        found = str(until(lambda: self._person.sessions().get(native_id))["id"])
        if state != "private":
            path = f"/api/sessions/{found}/share"
            self._done("POST", path, self._person.access_token, {"visibility": "team"})
        return found

    def command(self, session_id: str, kind: str = "refresh") -> str:
        """The id of something that waits for the machine."""
        path = f"/api/sessions/{session_id}/commands"
        return str(self._done("POST", path, self._person.access_token, {"kind": kind})["id"])

    def _exported(self, session_id: str) -> str:
        """The id of a command that has come back with an export."""
        made = SessionExport(exported_at=START, tier="metadata", session=make_facts(), events=(make_event(),))
        result = {"code": "exported", "export": made.model_dump(mode="json")}
        command_id = self.command(session_id, "export")
        self._done("POST", f"{MINE}/{command_id}", self._token, {"status": "done", "result": result})
        return command_id

    def _done(self, method: str, path: str, token: str, body: Any) -> Any:
        headers = {"Content-Type": "application/json"}
        answer = self._ask(method, path, token, content=json.dumps(body), headers=headers)
        assert answer.is_success, f"{method} {path}: {answer.text}"
        return answer.json()
