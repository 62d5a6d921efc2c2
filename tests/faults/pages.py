"""Open pages that come back by themselves, and people who go on working meanwhile."""

import json
import random
import threading
from collections.abc import Sequence
from contextlib import suppress
from socket import SHUT_RDWR
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import ClientConnection, connect

from tests.e2e.people import Person
from tests.support.shapes.shape import Shape
from tests.support.waiting import until

LOST = (ConnectionClosed, InvalidHandshake, OSError, TimeoutError)


class Page:
    """A page on one channel. It is never loaded anew: when its socket is lost it comes back with its cursor.

    It believes what it is told, in the order in which it is told it, and looks at no version.
    """

    def __init__(self, shape: Shape, person: Person, channel: str) -> None:
        self.person = person
        self.cards: dict[str, dict[str, Any]] = {}
        self.lost = self.resumed = self.restarted = 0
        self._address = f"{shape.ws_url}/ws/sessions"
        self._channel = channel
        self._cursor: str | None = None
        self._socket: ClientConnection | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self.drop()
        self._thread.join(20)

    @property
    def shown(self) -> dict[str, int]:
        """The version of each session on the screen."""
        return {key: card["version"] for key, card in tuple(self.cards.items())}

    def drop(self) -> None:
        """Lose the connection, as in a tunnel."""
        if (opened := self._socket) is not None:
            with suppress(OSError):
                opened.socket.shutdown(SHUT_RDWR)

    def _run(self) -> None:
        while not self._over.is_set():
            with suppress(*LOST), connect(self._address, proxy=None, open_timeout=5) as opened:
                self._socket = opened
                self._listen(opened)
            self._socket = None
            self.lost += 1
            self._over.wait(random.uniform(0, 0.2))

    def _listen(self, opened: ClientConnection) -> None:
        since = {} if self._cursor is None else {"since": self._cursor}
        opened.send(json.dumps({"type": "auth", "token": self.person.access_token}))
        opened.send(json.dumps({"type": "subscribe", "channel": self._channel, **since}))
        while not self._over.is_set():
            frame = json.loads(opened.recv())
            for one in frame["frames"] if frame["type"] == "batch" else [frame]:
                self._take(one)

    def _take(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "subscribed":
            self.resumed += frame["resumed"]
            self.restarted += not frame["resumed"]
            if not frame["resumed"]:
                self.cards = {one["id"]: one for one in frame["sessions"]}
        elif frame["type"].startswith("session_"):
            data = frame["data"]
            if frame["left"]:
                self.cards.pop(data["session_id"], None)
            else:
                self.cards[data["session_id"]] = data
        self._cursor = frame.get("cursor", self._cursor)


class Work:
    """People change their sessions in every way there is: begin, go on, rename, share, take back, delete."""

    def __init__(self, people: Sequence[Person], seed: int) -> None:
        self._people = people
        self._tokens = {person.name: person.api_token("read", "write", "agent") for person in people}
        self._chance = random.Random(seed)
        self._own: dict[str, list[str]] = {person.name: [] for person in people}
        self._natives: dict[str, str] = {}

    def go_on(self, changes: int) -> None:
        """Make so many changes, each of which the server has confirmed."""
        for _ in range(changes):
            person = self._chance.choice(self._people)
            kinds = [self._begin, self._report, self._rename, self._share, self._delete]
            kind = self._chance.choices(kinds, [2, 4, 2, 3, 1])[0] if self._own[person.name] else self._begin
            kind(person)

    def _begin(self, person: Person) -> None:
        native = uuid4().hex
        self._send(person, native, status="active")
        made = str(until(lambda: person.sessions().get(native))["id"])
        self._own[person.name].append(made)
        self._natives[made] = native

    def _report(self, person: Person) -> None:
        id_ = self._chance.choice(self._own[person.name])
        self._send(person, self._natives[id_], status=self._chance.choice(["active", "idle", "waiting"]))

    def _rename(self, person: Person) -> None:
        path = f"/api/sessions/{self._chance.choice(self._own[person.name])}"
        self._ask(person, "PUT", path, {"title": f"title {self._chance.random()}"})

    def _share(self, person: Person) -> None:
        path = f"/api/sessions/{self._chance.choice(self._own[person.name])}/share"
        self._ask(person, "POST", path, {"visibility": self._chance.choice(["private", "team"])})

    def _delete(self, person: Person) -> None:
        id_ = self._own[person.name].pop()
        self._ask(person, "DELETE", f"/api/sessions/{id_}", None)

    def _send(self, person: Person, native: str, **metrics: Any) -> None:
        body = {"session_id": native, "hostname": "laptop", "metrics": {"token_count": 1, **metrics}}
        headers = {"Authorization": f"Bearer {self._tokens[person.name]}"}
        answer = person.client.post("/api/sessions/sync", json=body, headers=headers)
        assert answer.status_code == 202, answer.text

    def _ask(self, person: Person, method: str, path: str, body: dict[str, Any] | None) -> None:
        answer = person.client.request(method, path, json=body)
        assert answer.status_code in {200, 204}, answer.text
