"""Persons as the scenarios meet them: an account, its tokens, its machine."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import httpx

from tests.support.servers.services import clean_environment
from tests.support.shapes.shape import Shape
from tests.support.waiting import until

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "a quiet mountain lake"


class Person:
    """Somebody with an account, signed in."""

    def __init__(
        self, shape: Shape, name: str, team_name: str | None = None, *, invite: str | None = None
    ) -> None:
        self.shape = shape
        self.email = f"{name}-{uuid.uuid4().hex[:8]}@example.com"
        self.name = name
        self.client = httpx.Client(base_url=shape.url, timeout=60)
        body = {"email": self.email, "username": name, "password": PASSWORD}
        if team_name:
            body["team_name"] = team_name
        if invite:
            body["invite"] = invite
        answer = self.client.post("/api/auth/register", json=body)
        assert answer.status_code == 201, answer.text
        self.user = answer.json()["user"]
        self._use(answer.json()["access_token"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    @property
    def team_id(self) -> str:
        return str(self.user["team_id"])

    def _use(self, access_token: str) -> None:
        self.access_token = access_token
        self.client.headers["Authorization"] = f"Bearer {access_token}"

    def sign_in(self) -> None:
        """Sign in anew, with the team of now."""
        answer = self.client.post("/api/auth/login", json={"email": self.email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        self.user = answer.json()["user"]
        self._use(answer.json()["access_token"])

    def invite(self, role: str = "member") -> str:
        """The secret of an invitation into this person's team."""
        path = f"/api/teams/{self.team_id}/invites"
        answer = self.client.post(path, json={"role": role})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["invite"])

    def invite_by_mail(self, email: str) -> str:
        """Have a letter sent that invites a member into this person's team; the invitation's id."""
        path = f"/api/teams/{self.team_id}/invites"
        answer = self.client.post(path, json={"role": "member", "email": email})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def mail_of(self, invite_id: str) -> dict[str, Any]:
        """How far the letter of an invitation has got."""
        listed = self.get(f"/api/teams/{self.team_id}/invites")["items"]
        found: dict[str, Any] = next(each["mail"] for each in listed if each["id"] == invite_id)
        return found

    def api_token(self, *scopes: str) -> str:
        answer = self.client.post("/api/auth/tokens", json={"name": "test", "scopes": list(scopes)})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["token"])

    def get(self, path: str, **params: Any) -> Any:
        answer = self.client.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def sessions(self, **params: Any) -> dict[str, Any]:
        """All sessions this person sees, by native id."""
        found: dict[str, Any] = {}
        cursor: dict[str, str] = {}
        while True:
            page = self.get("/api/sessions", limit=200, **params, **cursor)
            found |= {item["native_id"]: item for item in page["items"]}
            if page["next_cursor"] is None:
                return found
            cursor = {"cursor": page["next_cursor"]}

    def await_sessions(self, native_ids: set[str]) -> dict[str, Any]:
        """The sessions as soon as all of these are among them: over AMQP they come a moment later."""
        return until(lambda: found if (found := self.sessions()).keys() >= native_ids else None)


class Machine:
    """A machine with the agent on it, and a state folder of its own. `program` is the agent's module."""

    def __init__(
        self,
        shape: Shape,
        token: str,
        folder: Path,
        *,
        over: str = "https",
        program: str = "llm_session_manager.cli",
        tier: str = "metadata",
    ) -> None:
        self.program = program
        self.shape = shape
        self.folder = folder
        self._token = folder / "token"
        self._token.write_text(token)
        self._arguments = ["--dashboard-url", shape.url, "--token-file", str(self._token), "--tier", tier]
        if over == "amqp":
            assert shape.broker_url is not None
            self._arguments += ["--broker-url", shape.broker_url]

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", self.program, "agent", *self._arguments, *arguments]

    @property
    def _environment(self) -> dict[str, str]:
        own = {"XDG_STATE_HOME": str(self.folder / "state"), "HOME": str(self.folder)}
        return clean_environment() | own | {"PYTHONPATH": str(ROOT)}

    def report_once(self, **sources: Path) -> subprocess.CompletedProcess[str]:
        """Scan everything and send it; the spool is empty afterwards."""
        done = subprocess.run(
            self._command("--once", *_sources(sources)),
            env=self._environment, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done

    def start(self, *options: str, **sources: Path) -> subprocess.Popen[bytes]:
        """Begin to watch; the caller ends it."""
        output = os.open(self.folder / "agent.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            return subprocess.Popen(
                self._command(*options, *_sources(sources)),
                env=self._environment,
                stdout=output,
                stderr=output,
            )
        finally:
            os.close(output)

    @contextmanager
    def watching(self, *options: str, **sources: Path) -> Iterator[subprocess.Popen[bytes]]:
        process = self.start(*options, **sources)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(20)


def _sources(sources: dict[str, Path]) -> list[str]:
    pairs = ((name.replace("_", "-"), folder) for name, folder in sources.items())
    return [word for name, folder in pairs for word in ("--source", f"{name}={folder}")]
