"""Any set of parts as one app: its answers when something is wrong, its operations, its order."""

import asyncio
import logging
from typing import Annotated

import httpx
import pytest
import structlog
from fastapi import APIRouter, Body, Request
from pydantic import BaseModel, ConfigDict
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from services.runtime.bus import NotConfirmed, Transient
from services.runtime.errors import FieldError, Problem, unauthenticated, unavailable
from services.runtime.host import Step, build_app
from services.runtime.metrics import Metrics
from services.runtime.settings import Settings


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    path: str = ""
    count: int = 0


class DriverError(Exception):
    sqlstate = "XX000"


RAISED = {
    "problem": Problem(409, "taken", "It is taken.", errors=[FieldError("name", "is taken")]),
    "anonymous": unauthenticated(),
    "busy": unavailable("Later.", retry_after=7),
    "unconfirmed": NotConfirmed("secret"),
    "transient": Transient("secret"),
    "away": ConnectionError("secret"),
    "slow": TimeoutError("secret"),
    "pool": PoolTimeout("secret"),
    "locked": OperationalError("secret", {}, Exception("database is locked")),
    "sql": DBAPIError("secret", {}, DriverError("secret")),
    "bug": ZeroDivisionError("secret"),
    "group": ExceptionGroup("secret", [ValueError("secret")]),
}


class Part:
    """A part that keeps what is done to it."""

    internal_routers = ()

    def __init__(self, name="thing", log=None, fails=False):
        self.name = name
        self.routers = [self._routes()] if name == "thing" else []
        self.log = log if log is not None else []
        self.fails = fails
        self.trouble: str | None = None
        self.begun = asyncio.Event()

    async def start(self):
        self.log.append(f"start {self.name}")
        if self.fails:
            raise RuntimeError("cannot start")

    async def drain(self):
        pass

    async def stop(self):
        self.log.append(f"stop {self.name}")
        raise RuntimeError("cannot stop")

    def problem(self):
        return self.trouble

    def _routes(self):
        router = APIRouter()

        @router.get("/api/raise/{name}")
        async def raising(name: str):
            raise RAISED[name]

        @router.post("/api/form")
        async def form(form: Form):
            return form

        @router.post("/api/any")
        async def anything(body: Annotated[dict, Body()]):
            return body

        @router.post("/api/sessions/sync")
        async def raw(request: Request):
            return {"size": len(await request.body())}

        @router.get("/api/id")
        async def identity():
            return structlog.contextvars.get_contextvars()

        @router.get("/api/number")
        async def number(count: int):
            return count

        return router


LIMITS = Settings(body_bytes=1000, sync_body_bytes=5000)


@pytest.fixture
def part():
    return Part()


@pytest.fixture
def metrics():
    return Metrics()


@pytest.fixture
async def client(part, metrics):
    app = build_app(LIMITS, metrics, [part])
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        yield client


def problem(answer):
    """Check the form of a problem document; answers its status and code."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert body["type"].endswith(body["code"])
    assert body["title"]
    assert body["detail"]
    assert (body["status"], body["correlation_id"]) == (
        answer.status_code,
        answer.headers["x-correlation-id"],
    )
    return answer.status_code, body["code"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("problem", (409, "taken")),
        ("anonymous", (401, "unauthenticated")),
        ("busy", (503, "unavailable")),
        ("unconfirmed", (503, "unavailable")),
        ("transient", (503, "unavailable")),
        ("away", (503, "unavailable")),
        ("slow", (503, "unavailable")),
        ("pool", (503, "unavailable")),
        ("locked", (503, "unavailable")),
        ("sql", (500, "internal")),
        ("bug", (500, "internal")),
        ("group", (500, "internal")),
    ],
)
async def test_every_failure_is_a_problem_document_without_secrets(client, name, expected):
    answer = await client.get(f"/api/raise/{name}")
    assert problem(answer) == expected
    assert "secret" not in answer.text
    assert ("retry-after" in answer.headers) == (expected[0] == 503)
    assert ("www-authenticate" in answer.headers) == (expected[0] == 401)


async def test_a_problem_names_its_fields(client):
    assert (await client.get("/api/raise/problem")).json()["errors"] == [
        {"field": "name", "message": "is taken"}
    ]
    assert (await client.get("/api/raise/busy")).headers["retry-after"] == "7"


async def test_the_log_of_an_unforeseen_failure_bears_the_answers_id(client):
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        answer = await client.get("/api/raise/bug")
    (line,) = [line for line in lines if line["event"] == "request failed"]
    assert line["correlation_id"] == answer.json()["correlation_id"]
    assert isinstance(line["exc_info"], ZeroDivisionError)
    assert line["log_level"] == logging.getLevelName(logging.ERROR).lower()


JSON = {"Content-Type": "application/json"}
BODIES = [
    (b'{"count": 1}', 200), (b"{}", 200), (b'{"count": "1"}', 422), (b'{"count": 1.5}', 422),
    (b'{"path": null}', 422), (b'{"secret-key": 1}', 422), (b"[]", 422), (b"null", 422), (b"5", 422),
    (b'"secret"', 422), (b"", 422), (b'{"count": NaN}', 400), (b'{"count": Infinity}', 400),
    (b'{"count": 1e999}', 400), (b'{"path": "\\ud800"}', 400), (b'{"\\ud800": 1}', 400), (b"{", 400),
    (b"\xff", 400), (b'{"path": "\xff"}', 400), (b"{} {}", 400), (b"[" * 900, 400),
]  # fmt: skip


@pytest.mark.parametrize(("body", "status"), BODIES, ids=lambda value: str(value)[:30])
async def test_a_body_is_read_strictly_and_never_repeated(client, body, status):
    answer = await client.post("/api/form", content=body, headers=JSON)
    assert answer.status_code == status
    if status != 200:
        problem(answer)
        assert "secret" not in answer.text
        assert "ud800" not in answer.text


async def test_a_field_is_named_as_it_is(client):
    answer = await client.post("/api/form", json={"path": 5, "count": "x", "Other Key": 1, "other_key": 1})
    assert answer.json()["errors"] == [
        {"field": "path", "message": "string type"},
        {"field": "count", "message": "int type"},
        {"field": "*", "message": "extra forbidden"},
        {"field": "other_key", "message": "extra forbidden"},
    ]
    missing = await client.get("/api/number")
    assert missing.json()["errors"] == [{"field": "count", "message": "Field required"}]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])
async def test_another_form_than_json_is_a_415(client, kind):
    answer = await client.post("/api/form", content=b"{}", headers={"Content-Type": kind})
    assert problem(answer) == (415, "wrong_type")


async def test_kinds_of_json_are_json(client):
    for kind in ("application/json; charset=utf-8", "application/merge-patch+json"):
        assert (
            await client.post("/api/form", content=b"{}", headers={"Content-Type": kind})
        ).status_code == 200


async def test_what_is_not_there_is_a_404_and_another_method_a_405(client):
    assert problem(await client.get("/api/nothing")) == (404, "not_found")
    assert problem(await client.get("/api/form")) == (405, "method_not_allowed")


async def chunks(total, size=100):
    for _ in range(total // size):
        yield b" " * size


@pytest.mark.parametrize("url", ["/api/form", "/api/any", "/api/nothing", "/api/sessions/sync"])
async def test_a_body_above_the_limit_is_a_413_declared_or_in_chunks(client, url):
    limit = 5000 if url.endswith("sync") else 1000
    assert problem(await client.post(url, content=b" " * (limit + 1), headers=JSON)) == (413, "too_large")
    if url != "/api/nothing":  # nobody reads the body of what is not there
        assert problem(await client.post(url, content=chunks(limit + 100), headers=JSON)) == (
            413,
            "too_large",
        )


async def test_a_body_at_the_limit_is_taken(client):
    text = '{"path": "' + "x" * (1000 - 12) + '"}'
    assert (await client.post("/api/form", content=text, headers=JSON)).status_code == 200
    assert (await client.post("/api/sessions/sync", content=chunks(5000))).json() == {"size": 5000}


@pytest.mark.parametrize("length", ["-1", "1e9", "x", ""])
async def test_a_length_that_is_none_is_refused(client, length):
    answer = await client.post("/api/form", content=b"{}", headers=JSON | {"Content-Length": length})
    assert problem(answer)[0] == 413


async def test_an_address_has_bounds(client):
    room = 4096 - len("/api/numbercount=1&x=")
    assert (await client.get("/api/number?count=1&x=" + "x" * room)).status_code == 200
    assert problem(await client.get("/api/number?count=1&x=" + "x" * (room + 1))) == (414, "url_too_long")
    assert problem(await client.get("/" + "x" * 4100)) == (414, "url_too_long")
    for url in ("/api/%00", "/api/number?count=%00", "/%00"):
        assert problem(await client.get(url)) == (400, "bad_request")


async def test_a_request_keeps_its_plain_correlation_id(client):
    answer = await client.get("/api/id", headers={"X-Correlation-Id": "one-of-mine_1.2"})
    assert answer.json() == {"correlation_id": "one-of-mine_1.2"}
    assert answer.headers["x-correlation-id"] == "one-of-mine_1.2"


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "with space", 'quote"quote', "é" * 10])
async def test_any_other_correlation_id_is_replaced(client, given):
    answer = await client.get("/api/id", headers={"X-Correlation-Id": given.encode("latin-1")})
    made = answer.headers["x-correlation-id"]
    assert (len(made), made.isalnum()) == (32, True)
    assert answer.json() == {"correlation_id": made}
    assert structlog.contextvars.get_contextvars() == {}


async def test_alive_is_not_ready(client, part):
    assert (await client.get("/healthz")).json() == {"status": "alive"}
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "parts": {"thing": "running"}})
    part.trouble = "ingest.reports is paused"
    ready = await client.get("/readyz")
    body = {"ready": False, "parts": {"thing": "ingest.reports is paused"}}
    assert (ready.status_code, ready.json()) == (503, body)
    assert (await client.get("/healthz")).status_code == 200


async def test_requests_are_counted_by_route(client, metrics):
    for url in (
        "/api/number?count=1",
        "/api/number?count=2",
        "/api/number",
        "/api/raise/bug",
        "/api/raise/sql",
        "/x",
    ):
        await client.get(url)
    text = (await client.get("/metrics")).text

    def counted(route, status):
        labels = {"method": "GET", "route": route, "status": status}
        return metrics.registry.get_sample_value("td_http_requests_total", labels)

    assert (counted("/api/number", "200"), counted("/api/number", "422")) == (2, 1)
    assert counted("/api/raise/{name}", "500") == 2
    assert counted("other", "404") == 1
    assert "td_http_requests_total" in text
    assert "count=1" not in text


async def lifespan(parts, steps):
    app = build_app(LIMITS, Metrics(), parts, steps)
    async with app.router.lifespan_context(app):
        parts[0].log.append("running")


def step(name, log):
    async def start():
        log.append(f"start {name}")

    async def stop():
        log.append(f"stop {name}")

    return Step(name, start, stop)


async def test_parts_start_in_order_and_stop_in_reverse_though_one_fails_to_stop():
    log: list[str] = []
    await lifespan([Part("a", log), Part("b", log)], [step("database", log), step("bus", log)])
    assert log == [
        "start database", "start bus", "start a", "start b", "running",
        "stop b", "stop a", "stop bus", "stop database",
    ]  # fmt: skip


async def test_what_had_started_stops_when_another_cannot_start():
    log: list[str] = []
    with pytest.raises(RuntimeError, match="cannot start"):
        await lifespan([Part("a", log), Part("b", log, fails=True)], [step("database", log)])
    assert log == ["start database", "start a", "start b", "stop a", "stop database"]
