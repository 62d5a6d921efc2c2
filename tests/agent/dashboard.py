"""A small real dashboard: takes hello and sync over HTTP, and keeps what it is told as the server would."""

import contextlib
import gzip
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson
import uvicorn

from llm_session_manager import protocol

TOKEN = "lsm_test_token"
Key = tuple[str, str]


@dataclass
class Answer:
    """What to say instead of the usual; `before`: without having taken the request in."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    before: bool = True


@dataclass
class Holding:
    """What a server keeps: the newest facts of each session and the newest of each event."""

    position: tuple[int, int] | None = None
    facts: dict[Key, tuple[tuple[int, int], protocol.Session]] = field(default_factory=dict)
    events: dict[tuple[Key, str], tuple[tuple[int, int], protocol.Event]] = field(default_factory=dict)
    log: list[protocol.Report] = field(default_factory=list)

    @property
    def reports(self) -> int:
        return len(self.log)

    def take(self, report: protocol.Report) -> None:
        at = (report.epoch, report.n)
        key = (report.session.tool, report.session.native_id)
        self.position = max(at, self.position or at)
        self.log.append(report)
        if key not in self.facts or self.facts[key][0] < at:
            self.facts[key] = (at, report.session)
        for event in report.events:
            if (key, event.id) not in self.events or self.events[key, event.id][0] < at:
                self.events[key, event.id] = (at, event)

    def session(self, native_id: str) -> protocol.Session:
        return next(facts for (_, name), (_, facts) in self.facts.items() if name == native_id)

    def event_ids(self) -> list[str]:
        return sorted(name for _, name in self.events)

    def last_report(self) -> dict[str, int] | None:
        return {"epoch": self.position[0], "n": self.position[1]} if self.position else None


class Dashboard:
    """An ASGI app. `answers` are given first, one a request; `refuse` names sessions whose reports are
    refused, `poison` those that make a whole batch fail.
    """

    def __init__(self) -> None:
        self.held = Holding()
        self.answers: deque[Answer] = deque()
        self.refuse: set[str] = set()
        self.poison: set[str] = set()
        self.requests: list[str] = []
        self.queries: list[str] = []
        self.hellos: list[protocol.Hello] = []
        self.beats = 0
        self.agent_id = "agent-1"
        self.url = ""
        self.port = 0
        self.changed = threading.Condition()
        self.server: uvicorn.Server | None = None
        self.thread: threading.Thread | None = None

    def start(self, port: int = 0, **options: Any) -> None:
        """Listen; `url` says where."""
        config = uvicorn.Config(self, port=port, lifespan="off", log_level="error", ws="none", **options)
        self.server = server = uvicorn.Server(config)
        self.thread = threading.Thread(target=server.run, daemon=True)
        self.thread.start()
        while not server.started and self.thread.is_alive():
            self.thread.join(0.01)
        self.port = server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        """Listen no more; may be called twice."""
        if self.server is not None and self.thread is not None:
            self.server.should_exit = self.server.force_exit = True
            self.thread.join()

    def wait_for(self, condition: Any, seconds: float = 60.0) -> None:
        """Until `condition()` holds; fails when it never does."""
        with self.changed:
            assert self.changed.wait_for(condition, seconds), "the dashboard never got there"

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        answer = self._answer(scope, body)
        payload = orjson.dumps(answer.body)
        headers = {"content-type": "application/json", **answer.headers}
        await send({
            "type": "http.response.start",
            "status": answer.status,
            "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
        })  # fmt: skip
        await send({"type": "http.response.body", "body": payload})

    def _answer(self, scope: Any, body: bytes) -> Answer:
        headers = dict(scope["headers"])
        if headers.get(b"content-encoding") == b"gzip":
            body = gzip.decompress(body)
        with self.changed:
            self.requests.append(scope["path"])
            self.queries.append(scope["query_string"].decode())
            said = self.answers.popleft() if self.answers else None
            if said is None or not said.before:
                usual = self._take(scope["path"], headers, body)
            self.changed.notify_all()
            return said or usual

    def _take(self, path: str, headers: dict[bytes, bytes], body: bytes) -> Answer:
        if path == "/healthz":
            return Answer(200, {})
        if headers.get(b"authorization") != f"Bearer {TOKEN}".encode():
            return Answer(401, {"code": "invalid_token", "detail": "unknown token"})
        if path == "/api/agents/me/commands":
            return Answer(200, {"items": []})
        if path == "/api/agents":
            self.hellos.append(protocol.Hello.model_validate_json(body))
            return Answer(200, {
                "agent_id": self.agent_id, "team_id": "team-1", "user_id": "user-1",
                "routing_key": "report.t.u.a",
                "command_queue": "commands.a", "command_key": "k", "last_report": self.held.last_report(),
            })  # fmt: skip
        return self._sync(protocol.ReportBatch.model_validate_json(body))

    def _sync(self, batch: protocol.ReportBatch) -> Answer:
        assert batch.agent_id == "agent-1"
        self.beats += not batch.reports
        if any(report.session.native_id in self.poison for report in batch.reports):
            return Answer(422, {"code": "invalid"})
        rejected = []
        for index, report in enumerate(batch.reports):
            if report.session.native_id in self.refuse:
                rejected.append({"index": index, "code": "refused", "detail": "not wanted"})
            else:
                self.held.take(report)
        accepted = len(batch.reports) - len(rejected)
        body = {"accepted": accepted, "rejected": rejected, "last_report": self.held.last_report()}
        return Answer(202, body)


@contextlib.contextmanager
def serving(app: Dashboard, port: int = 0, **options: Any) -> Iterator[Dashboard]:
    """The app on a port of this machine."""
    app.start(port, **options)
    try:
        yield app
    finally:
        app.stop()
