"""Access that is taken away while a socket is open: how soon it has ended, and what was heard in between."""

import itertools
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from tests.access.cast import Cast
from tests.e2e.sockets import ask, frames, socket

UNAUTHENTICATED = 4401


@dataclass
class Ended:
    """Seconds from the deed's answer to the socket's end or new role; whether the API knew it at once."""

    seconds: float
    known: bool
    code: int | None = None
    heard: list[str] = field(default_factory=list)


class Revocations:
    """Takes a member's access away, again and again; each time they come in anew."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._person = cast.joining()
        self._member = f"/api/teams/{cast.team_id}/members/{self._person.user['id']}"
        self._roles = itertools.cycle(("viewer", "member"))
        self.kinds: dict[str, Callable[[], Ended]] = {
            "log-out": self.log_out, "removal": self.removal, "role": self.role,
        }  # fmt: skip

    def log_out(self) -> Ended:
        token = self._cast.another_token(self._person)
        return self._ends(token, lambda: self._do("POST", "/api/auth/logout", token))

    def removal(self) -> Ended:
        token = self._cast.another_token(self._person)
        deed = self._ends(token, lambda: self._do("DELETE", self._member, self._cast.admin.access_token))
        self._come_back()
        return deed

    def role(self) -> Ended:
        """Another role leaves the socket open; it is told, and the API goes by it."""
        token, role = self._cast.another_token(self._person), next(self._roles)
        with self._listening(token) as opened:
            self._do("PUT", self._member, self._cast.admin.access_token, {"role": role})
            begun = time.monotonic()
            body = {"name": "x", "scopes": ["agent"]}
            api = self._cast.ask("POST", "/api/auth/tokens", token, json=body).status_code
            told = (one["role"] for one in frames(opened) if one["type"] == "authenticated")
            while next(told) != role:
                pass
            return Ended(time.monotonic() - begun, api == (403 if role == "viewer" else 201))

    def _ends(self, token: str, deed: Callable[[], Any]) -> Ended:
        with self._listening(token) as opened:
            deed()
            begun = time.monotonic()
            api = self._cast.ask("GET", "/api/sessions", token).status_code
            note = self._note()
            heard = list(self._until_closed(opened))
            code = opened.close_code
        return Ended(time.monotonic() - begun, api == 401, code, [one for one in heard if note in one])

    def _until_closed(self, opened: ClientConnection) -> Iterator[str]:
        try:
            for frame in frames(opened, seconds=30):
                yield str(frame)
        except ConnectionClosed:
            return

    @contextmanager
    def _listening(self, token: str) -> Iterator[ClientConnection]:
        """A socket that hears of the team; it has been told its role."""
        with socket(self._cast.shape, token=token) as opened:
            assert ask(opened, f"team:{self._cast.team_id}")["type"] == "subscribed"
            yield opened

    def _note(self) -> str:
        """Something happens that the team hears of."""
        note = uuid.uuid4().hex
        self._do("PUT", f"/api/sessions/{self._cast.shared}", self._cast.owner.access_token, {"note": note})
        return note

    def _come_back(self) -> None:
        secret = {"invite": self._cast.admin.invite()}
        self._do("POST", "/api/auth/accept-invite", self._cast.another_token(self._person), secret)

    def _do(self, method: str, path: str, token: str | None, body: Any = None) -> None:
        answer = self._cast.ask(method, path, token, **({} if body is None else {"json": body}))
        assert answer.is_success, answer.text
